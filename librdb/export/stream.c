/* stream: a stream as JSON while it passes by: entries, groups, idempotent producers. The pending entries of a group
 * stand before the consumers that own them, so they are held, in a few bytes each, until these have come: the consumers
 * are written first, then the pending entries with their owners. */
#include <stdlib.h>

#include "run.h"

#define NO_OWNER UINT32_MAX

typedef struct {
    rk_stream_id id;
    int64_t time_ms;
    uint64_t count;
    uint32_t owner; /* index of a consumer */
} pending;

/* What is open at present: JSON that has begun and not ended, from the outside in. */
typedef enum {
    IN_ENTRIES,
    IN_ENTRY,
    IN_STREAM,
    IN_GROUP,
    IN_CONSUMER,
    IN_NACKED,
    IN_IDMP,
    IN_PRODUCER
} place;

typedef struct {
    export_out *out;
    place at;
    bool more;                                  /* something stands before in the innermost list */
    bool groups, entries, producers, consumers; /* something stands in these */
    pending *rows;
    size_t row_count, row_cap;
    bool unsorted;
    rk_buf names;        /* of the group's consumers, one behind the other */
    uint64_t *name_ends; /* where each ends */
    size_t name_count, name_cap;
    rk_buf producer; /* the name of one of whom nothing has come yet */
    bool has_producer;
} stream;

static void next_item(stream *s, bool *more)
{
    if (*more)
        export_out_byte(s->out, ',');
    *more = true;
}

static void write_known(stream *s, const char *member, bool known, int64_t number)
{
    export_out_text(s->out, member);
    export_json_i64_or_null(s->out, known, number);
}

static void write_id(stream *s, const char *member, rk_stream_id id)
{
    export_out_text(s->out, member);
    export_json_id(s->out, id);
}

/* ---- pending entries and their owners ------------------------------------------------------------------------- */

static int compare_ids(rk_stream_id a, rk_stream_id b)
{
    if (a.ms != b.ms)
        return a.ms < b.ms ? -1 : 1;
    return (a.seq > b.seq) - (a.seq < b.seq);
}

static int by_id(const void *left, const void *right)
{
    return compare_ids(((const pending *)left)->id, ((const pending *)right)->id);
}

static bool hold_pending(stream *s, const rk_element *e, rk_err *err)
{
    if (!rk_grow((void **)&s->rows, &s->row_cap, s->row_count + 1, sizeof *s->rows, err))
        return false;
    s->unsorted |= s->row_count > 0 && compare_ids(s->rows[s->row_count - 1].id, e->id) > 0;
    s->rows[s->row_count++] = (pending){ e->id, e->time_ms, e->number, NO_OWNER };
    return true;
}

/* A server keeps them by id; whoever does not is put right. */
static void sort_pending(stream *s)
{
    if (s->unsorted)
        qsort(s->rows, s->row_count, sizeof *s->rows, by_id);
    s->unsorted = false;
}

static bool hold_name(stream *s, rk_slice name, rk_err *err)
{
    if (s->name_count >= NO_OWNER)
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "a group has more than 2^32-2 consumers");
    if (!rk_grow((void **)&s->name_ends, &s->name_cap, s->name_count + 1, sizeof *s->name_ends, err) ||
        !rk_buf_add(&s->names, name, err))
        return false;
    s->name_ends[s->name_count++] = s->names.len;
    return true;
}

static rk_slice name_at(const stream *s, uint32_t owner)
{
    size_t from = owner ? (size_t)s->name_ends[owner - 1] : 0;
    return (rk_slice){ rk_buf_slice(&s->names).ptr + from, (size_t)s->name_ends[owner] - from };
}

static void write_pending(stream *s)
{
    sort_pending(s);
    export_out_text(s->out, "],\"pel\":[");
    for (size_t i = 0; i < s->row_count && !s->out->failed; i++) {
        const pending *row = &s->rows[i];
        write_id(s, i ? ",[" : "[", row->id);
        export_out_byte(s->out, ',');
        if (row->owner == NO_OWNER)
            export_out_text(s->out, "null");
        else
            export_json_bytes(s->out, name_at(s, row->owner));
        write_known(s, ",", true, row->time_ms);
        write_known(s, ",", true, (int64_t)row->count);
        export_out_byte(s->out, ']');
    }
    export_out_byte(s->out, ']');
    s->row_count = s->name_count = s->names.len = 0;
}

/* ---- closing what is open ------------------------------------------------------------------------------------- */

/* Ends what is open until `to` is the innermost thing. */
static void close_to(stream *s, place to)
{
    while (s->at != to) {
        switch (s->at) {
        case IN_ENTRY:
            export_out_text(s->out, "]]");
            s->at = IN_ENTRIES;
            break;
        case IN_CONSUMER:
            export_out_text(s->out, "]}");
            s->at = IN_GROUP;
            break;
        case IN_GROUP:
            write_pending(s);
            export_out_byte(s->out, '}');
            s->at = IN_STREAM;
            break;
        case IN_NACKED:
            export_out_text(s->out, "]}");
            s->at = IN_STREAM;
            break;
        case IN_PRODUCER:
            export_out_text(s->out, "]]");
            s->at = IN_IDMP;
            break;
        default:
            return;
        }
    }
}

/* ---- one function for each kind of element -------------------------------------------------------------------- */

static bool on_entry(stream *s, const rk_element *e, rk_err *err)
{
    (void)err;
    close_to(s, IN_ENTRIES);
    next_item(s, &s->entries);
    write_id(s, "[", e->id);
    export_out_text(s->out, ",[");
    s->at = IN_ENTRY;
    s->more = false;
    return true;
}

static bool on_entry_field(stream *s, const rk_element *e, rk_err *err)
{
    (void)err;
    next_item(s, &s->more);
    export_json_bytes(s->out, e->item);
    export_out_byte(s->out, ',');
    export_json_bytes(s->out, e->value);
    return true;
}

static bool on_stream(stream *s, const rk_element *e, rk_err *err)
{
    (void)err;
    close_to(s, IN_ENTRIES);
    export_out_text(s->out, "],\"length\":");
    export_out_u64(s->out, e->number);
    write_id(s, ",\"last_id\":", e->id);
    if (e->has_counters)
        write_id(s, ",\"max_deleted_id\":", e->max_deleted);
    else
        export_out_text(s->out, ",\"max_deleted_id\":null");
    write_known(s, ",\"entries_added\":", e->has_counters, (int64_t)e->more[0]);
    export_out_text(s->out, ",\"groups\":[");
    s->at = IN_STREAM;
    return true;
}

static bool on_group(stream *s, const rk_element *e, rk_err *err)
{
    (void)err;
    close_to(s, IN_STREAM);
    next_item(s, &s->groups);
    export_out_text(s->out, "{\"name\":");
    export_json_bytes(s->out, e->item);
    write_id(s, ",\"last_id\":", e->id);
    write_known(s, ",\"entries_read\":", e->has_counters && e->number != UINT64_MAX, (int64_t)e->number);
    export_out_text(s->out, ",\"consumers\":[");
    s->at = IN_GROUP;
    s->consumers = false;
    return true;
}

static bool on_consumer(stream *s, const rk_element *e, rk_err *err)
{
    close_to(s, IN_GROUP);
    sort_pending(s);
    if (!hold_name(s, e->item, err))
        return false;
    next_item(s, &s->consumers);
    export_out_text(s->out, "{\"name\":");
    export_json_bytes(s->out, e->item);
    write_known(s, ",\"seen_ms\":", true, e->time_ms);
    write_known(s, ",\"active_ms\":", e->has_active, e->active_ms);
    export_out_text(s->out, ",\"pending\":[");
    s->at = IN_CONSUMER;
    s->more = false;
    return true;
}

static bool on_owned(stream *s, const rk_element *e, rk_err *err)
{
    (void)err;
    pending wanted = { .id = e->id }, *row = NULL;
    next_item(s, &s->more);
    export_json_id(s->out, e->id);
    if (s->row_count)
        row = bsearch(&wanted, s->rows, s->row_count, sizeof wanted, by_id);
    if (row)
        row->owner = (uint32_t)(s->name_count - 1);
    return true;
}

static bool on_nacked(stream *s, const rk_element *e, rk_err *err)
{
    (void)err;
    if (s->at != IN_NACKED) {
        close_to(s, IN_GROUP);
        write_pending(s);
        export_out_text(s->out, ",\"nacked\":[");
        s->at = IN_NACKED;
        s->more = false;
    }
    next_item(s, &s->more);
    export_json_id(s->out, e->id);
    return true;
}

/* A producer of whom nothing is known but the name is left out, as commands leave him out. */
static bool on_producer(stream *s, const rk_element *e, rk_err *err)
{
    s->producer.len = 0;
    s->has_producer = true;
    return rk_buf_add(&s->producer, e->item, err);
}

static void open_idmp(stream *s)
{
    if (s->at == IN_IDMP || s->at == IN_PRODUCER)
        return;
    close_to(s, IN_STREAM);
    export_out_text(s->out, "],\"idmp\":{\"producers\":[");
    s->at = IN_IDMP;
}

static bool on_idempotent(stream *s, const rk_element *e, rk_err *err)
{
    (void)err;
    open_idmp(s);
    if (s->has_producer) {
        close_to(s, IN_IDMP);
        next_item(s, &s->producers);
        export_out_byte(s->out, '[');
        export_json_bytes(s->out, rk_buf_slice(&s->producer));
        export_out_text(s->out, ",[");
        s->at = IN_PRODUCER;
        s->has_producer = s->more = false;
    }
    next_item(s, &s->more);
    export_out_byte(s->out, '[');
    export_json_bytes(s->out, e->item);
    write_id(s, ",", e->id);
    export_out_byte(s->out, ']');
    return true;
}

/* Comes last. What was never used is left out. */
static bool on_idmp(stream *s, const rk_element *e, rk_err *err)
{
    enum { USUAL_S = 100, USUAL_ENTRIES = 100 };
    (void)err;
    if (!s->producers && e->number == USUAL_S && e->number2 == USUAL_ENTRIES && !e->more[0] && !e->more[1])
        return true;
    open_idmp(s);
    close_to(s, IN_IDMP);
    write_known(s, "],\"duration\":", true, (int64_t)e->number);
    write_known(s, ",\"max_entries\":", true, (int64_t)e->number2);
    write_known(s, ",\"iids_added\":", true, (int64_t)e->more[0]);
    write_known(s, ",\"iids_duplicates\":", true, (int64_t)e->more[1]);
    return true;
}

static bool (*const on_element[])(stream *, const rk_element *, rk_err *) = {
    [RK_ELEMENT_ENTRY] = on_entry,       [RK_ELEMENT_ENTRY_FIELD] = on_entry_field,
    [RK_ELEMENT_STREAM] = on_stream,     [RK_ELEMENT_GROUP] = on_group,
    [RK_ELEMENT_PENDING] = hold_pending, [RK_ELEMENT_CONSUMER] = on_consumer,
    [RK_ELEMENT_OWNED] = on_owned,       [RK_ELEMENT_NACKED] = on_nacked,
    [RK_ELEMENT_PRODUCER] = on_producer, [RK_ELEMENT_IDEMPOTENT] = on_idempotent,
    [RK_ELEMENT_IDMP] = on_idmp,
};

bool export_json_stream(rk_export *run, rk_err *err)
{
    stream s = { .out = &run->out, .at = IN_ENTRIES };
    rk_element e;
    bool ok = true;
    export_out_text(s.out, "{\"entries\":[");
    while (ok && export_element(run, &e, err))
        ok = on_element[e.kind](&s, &e, err);
    ok = ok && err->code == RK_OK;
    if (ok) {
        bool idmp = s.at == IN_IDMP;
        close_to(&s, idmp ? IN_IDMP : IN_STREAM);
        export_out_text(s.out, idmp ? "}}" : "]}");
    }
    rk_free(s.rows);
    rk_free(s.name_ends);
    rk_buf_free(&s.names);
    rk_buf_free(&s.producer);
    return ok;
}
