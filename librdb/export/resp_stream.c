/* resp_stream: a stream as commands. Groups and producers may name entries that the stream has no more, and a server
 * takes no such name: so a stream is read twice. The first time tells which ids are named; the second time those
 * without an entry get one for a while, which is taken away again when groups and producers are there. */
#include <stdlib.h>

#include "resp.h"

enum { IDMP_USUAL = 100, PER_COMMAND = 128 };

static int by_id(const void *a, const void *b)
{
    return resp_id_compare(*(const rk_stream_id *)a, *(const rk_stream_id *)b);
}

/* ---- first look ----------------------------------------------------------------------------------------------------- */

static bool want(resp_stream *s, rk_stream_id id, rk_err *err)
{
    if (!rk_grow((void **)&s->wanted, &s->wanted_cap, s->wanted_count + 1, sizeof id, err))
        return false;
    s->wanted[s->wanted_count++] = id;
    return true;
}

/* Ascending, each once; 0-0 can be no entry's. */
static void sort_wanted(resp_stream *s)
{
    size_t kept = 0;
    if (s->wanted_count > 0)
        qsort(s->wanted, s->wanted_count, sizeof *s->wanted, by_id);
    for (size_t i = 0; i < s->wanted_count; i++) {
        rk_stream_id id = s->wanted[i];
        bool again = kept > 0 && resp_id_compare(s->wanted[kept - 1], id) == 0;
        if (!again && (id.ms || id.seq))
            s->wanted[kept++] = id;
    }
    s->wanted_count = kept;
}

static bool look_first(resp *r, rk_err *err)
{
    rk_element e;
    resp_stream *s = &r->stream;
    while (export_element(r->run, &e, err)) {
        bool named = e.kind == RK_ELEMENT_PENDING ||
                     (e.kind == RK_ELEMENT_IDEMPOTENT && resp_has(&r->target, RESP_IDMP));
        if (named && !want(s, e.id, err))
            return false;
        s->has_producers |= e.kind == RK_ELEMENT_IDEMPOTENT;
        if (e.kind == RK_ELEMENT_STREAM)
            s->meta = e;
        if (e.kind == RK_ELEMENT_IDMP)
            s->idmp = e;
    }
    sort_wanted(s);
    return err->code == RK_OK;
}

/* ---- entries -------------------------------------------------------------------------------------------------------- */

static void note_sent(resp_stream *s, rk_stream_id id)
{
    if (resp_id_compare(id, s->last) > 0)
        s->last = id;
}

/* Entries that stand in for those that are named and gone, up to `before`. */
static bool stand_in(resp *r, const rk_stream_id *before, rk_err *err)
{
    resp_stream *s = &r->stream;
    for (; s->next < s->wanted_count; s->next++) {
        rk_stream_id id = s->wanted[s->next];
        int order = before ? resp_id_compare(id, *before) : -1;
        if (order > 0)
            return true;
        if (order == 0)
            continue;
        if (!resp_add_id(r, id, err) || !resp_add_text(r, "x", err) || !resp_add_text(r, "y", err))
            return false;
        resp_send(r, "XADD", true);
        note_sent(s, id);
        s->wanted[s->made++] = id;
    }
    return true;
}

static bool begin_entry(resp *r, const rk_element *e, rk_err *err)
{
    resp_stream *s = &r->stream;
    s->fields = e->number;
    s->keep_entry = e->number > 0 && (e->id.ms || e->id.seq);
    if (!s->keep_entry)
        return resp_lose(r, LOSS_NO_FIELDS, 1, err);
    if (!stand_in(r, &e->id, err) || !resp_add_id(r, e->id, err))
        return false;
    s->first = s->live++ ? s->first : e->id;
    note_sent(s, e->id);
    return true;
}

/* The entry is sent with its last field: none is cut in the middle. */
static bool entry_field(resp *r, const rk_element *e, rk_err *err)
{
    resp_stream *s = &r->stream;
    s->fields--;
    if (!s->keep_entry)
        return true;
    if (e->item.len > RESP_BULK_MOST || e->value.len > RESP_BULK_MOST)
        return resp_lose(r, LOSS_LONG, 1, err); /* XADD then lacks this field alone */
    if (!resp_add(r, e->item, err) || !resp_add(r, e->value, err))
        return false;
    return true;
}

static void end_entry(resp *r)
{
    if (r->arg_count > 1)
        resp_send(r, "XADD", true);
    r->args.len = 0;
    r->arg_count = 0;
}

/* ---- behind the entries ---------------------------------------------------------------------------------------------- */

static rk_stream_id larger(rk_stream_id a, rk_stream_id b)
{
    return resp_id_compare(a, b) > 0 ? a : b;
}

/* XSETID key last [ENTRIESADDED n MAXDELETEDID id], with what a server refuses put right: it wants no less than what
 * is there. `sent` are the entries that are there now. */
static bool set_counters(resp *r, uint64_t sent, rk_err *err)
{
    resp_stream *s = &r->stream;
    rk_stream_id last = larger(s->meta.id, s->last), deleted = s->meta.max_deleted;
    uint64_t added = s->meta.has_counters ? s->meta.more[0] : s->live;
    if (!resp_add_id(r, last, err))
        return false;
    if (resp_has(&r->target, RESP_COUNTERS)) {
        added = added > INT64_MAX ? INT64_MAX : added < sent ? sent : added;
        if (resp_id_compare(deleted, last) > 0)
            deleted = last;
        if (!resp_add_text(r, "ENTRIESADDED", err) || !resp_add_u64(r, added, err) ||
            !resp_add_text(r, "MAXDELETEDID", err) || !resp_add_id(r, deleted, err))
            return false;
    }
    resp_send(r, "XSETID", true);
    return true;
}

static bool has_idmp(const resp_stream *s)
{
    bool usual = s->idmp.number == IDMP_USUAL && s->idmp.number2 == IDMP_USUAL;
    return s->idmp.kind == RK_ELEMENT_IDMP && (!usual || s->has_producers);
}

static bool configure_idmp(resp *r, rk_err *err)
{
    resp_stream *s = &r->stream;
    if (!has_idmp(s))
        return true;
    if (!resp_has(&r->target, RESP_IDMP))
        return resp_lose(r, LOSS_IDMP, 1, err);
    if (!resp_add_text(r, "IDMP-DURATION", err) || !resp_add_u64(r, s->idmp.number, err) ||
        !resp_add_text(r, "IDMP-MAXSIZE", err) || !resp_add_u64(r, s->idmp.number2, err))
        return false;
    resp_send(r, "XCFGSET", true);
    return true;
}

/* All entries have been sent. A stream without one is made by an entry that is trimmed at once. */
static bool end_entries(resp *r, rk_err *err)
{
    resp_stream *s = &r->stream;
    if (!stand_in(r, NULL, err))
        return false;
    if (s->live + s->made == 0) {
        static const char *const words[] = { "MAXLEN", "0", "0-1", "x", "y" };
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (!resp_add_text(r, words[i], err))
                return false;
        resp_send(r, "XADD", true);
    }
    if (s->meta.has_counters && !resp_has(&r->target, RESP_COUNTERS) && !resp_lose(r, NOTE_COUNTERS, 1, err))
        return false;
    return set_counters(r, s->live + s->made, err) && configure_idmp(r, err);
}

static bool record_idempotent(resp *r, const rk_element *e, rk_err *err)
{
    resp_stream *s = &r->stream;
    if (!resp_has(&r->target, RESP_IDMP))
        return true; /* has been counted */
    if (!resp_add_raw(r, &s->producer, err) || !resp_add(r, e->item, err) || !resp_add_id(r, e->id, err))
        return false;
    resp_send(r, "XIDMPRECORD", true);
    return true;
}

/* ---- the end -------------------------------------------------------------------------------------------------------- */

/* Takes away stand-ins before the first entry by trimming: that counts as no deletion, as it did when they went. */
static bool trim_stand_ins(resp *r, size_t *trimmed, rk_err *err)
{
    resp_stream *s = &r->stream;
    *trimmed = 0;
    if (s->live > 0 && !resp_has(&r->target, RESP_CONSUMERS))
        return true;
    while (*trimmed < s->made && (s->live == 0 || resp_id_compare(s->wanted[*trimmed], s->first) < 0))
        (*trimmed)++;
    if (*trimmed == 0)
        return true;
    if (!(s->live == 0 ? resp_add_text(r, "MAXLEN", err) && resp_add_u64(r, 0, err)
                       : resp_add_text(r, "MINID", err) && resp_add_id(r, s->first, err)))
        return false;
    resp_send(r, "XTRIM", true);
    return true;
}

static bool remove_stand_ins(resp *r, rk_err *err)
{
    resp_stream *s = &r->stream;
    size_t i = 0;
    if (s->made == 0)
        return true;
    if (!trim_stand_ins(r, &i, err))
        return false;
    while (i < s->made) {
        if (!resp_add_id(r, s->wanted[i++], err))
            return false;
        if (r->arg_count == PER_COMMAND || i == s->made)
            resp_send(r, "XDEL", true);
    }
    return set_counters(r, s->live, err);
}

static bool write_element(resp *r, const rk_element *e, rk_err *err)
{
    resp_stream *s = &r->stream;
    switch (e->kind) {
    case RK_ELEMENT_ENTRY:
        return begin_entry(r, e, err);
    case RK_ELEMENT_ENTRY_FIELD:
        if (!entry_field(r, e, err))
            return false;
        if (s->fields == 0)
            end_entry(r);
        return true;
    case RK_ELEMENT_STREAM:
        return end_entries(r, err);
    case RK_ELEMENT_PRODUCER:
        s->producer.len = 0;
        return resp_group_end(r, err) && resp_arg(&s->producer, e->item, err);
    case RK_ELEMENT_IDEMPOTENT:
        return record_idempotent(r, e, err);
    case RK_ELEMENT_IDMP:
        return true;
    default:
        return resp_group_element(r, e, err);
    }
}

/* What was used of a stream before is used again. */
static void start(resp_stream *s)
{
    resp_stream before = *s;
    *s = (resp_stream){ .wanted = before.wanted,
                        .wanted_cap = before.wanted_cap,
                        .pending = before.pending,
                        .pending_cap = before.pending_cap,
                        .group = before.group,
                        .consumer = before.consumer,
                        .producer = before.producer };
}

bool resp_write_stream(resp *r, const rk_key *key, rk_err *err)
{
    rk_element e;
    start(&r->stream);
    if (!look_first(r, err) || !export_look_again(r->run, key, err))
        return false;
    resp_clear_key(r);
    while (export_element(r->run, &e, err))
        if (!write_element(r, &e, err))
            return false;
    return err->code == RK_OK && resp_group_end(r, err) && remove_stand_ins(r, err);
}
