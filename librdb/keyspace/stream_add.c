/* stream_add: XADD, in the forms in which logs have it (spec: AOF, "Rewritten forms by version"), and XSETID. */
#include "stream.h"

typedef enum { ID_GIVEN, ID_OF_TIME, ID_AUTO } id_form; /* `ms-seq`, `ms-*`, `*` */

typedef struct {
    id_form form;
    rk_stream_id id;
    bool no_stream; /* NOMKSTREAM */
    bool idmp;
    size_t producer, iid; /* arguments; iid 0: IDMPAUTO */
    size_t fields;        /* the first of them */
    ks_trim trim;
} add;

/* IDMPAUTO producer, IDMP producer iid; false: it is neither, or, then `c->why` is set, wrong. */
static bool read_idmp(ks_call *c, size_t *at, add *a)
{
    bool is_auto = ks_is(ks_arg(c, *at), "IDMPAUTO");
    if (!is_auto && !ks_is(ks_arg(c, *at), "IDMP"))
        return false;
    size_t behind = *at + (is_auto ? 2 : 3);
    if (a->idmp || behind > ks_argc(c) || ks_arg(c, *at + 1).len == 0 || ks_arg(c, behind - 1).len == 0) {
        ks_fails(c, "IDMP and IDMPAUTO take a producer and an id, and do not go together");
        return false;
    }
    c->ks->before_7 = false; /* which knew no producers */
    a->idmp = true;
    a->producer = *at + 1;
    a->iid = is_auto ? 0 : *at + 2;
    *at = behind;
    return true;
}

static bool read_id(ks_call *c, rk_slice text, add *a)
{
    char shown[60];
    if (ks_is(text, "*")) {
        a->form = ID_AUTO;
        return true;
    }
    a->form = rk_slice_ends(text, RK_TEXT("-*")) ? ID_OF_TIME : ID_GIVEN;
    bool whole = a->form == ID_OF_TIME ? ks_unsigned(rk_slice_head(text, text.len - 2), &a->id.ms)
                                       : ks_stream_id(text, 0, &a->id);
    if (!whole)
        ks_fails(c, "'%s' is no id", rk_slice_print(text, shown, sizeof shown));
    return whole;
}

static bool read_add(ks_call *c, add *a)
{
    size_t at = 2;
    *a = (add){ .form = ID_GIVEN };
    while (at < ks_argc(c)) {
        if (ks_is(ks_arg(c, at), "NOMKSTREAM")) {
            a->no_stream = true;
            at++;
        } else if (!ks_trim_option(c, &at, &a->trim) && c->why.code == RK_OK && !read_idmp(c, &at, a)) {
            break;
        }
        if (c->why.code != RK_OK)
            return false;
    }
    if (c->why.code != RK_OK || at == ks_argc(c) || !read_id(c, ks_arg(c, at), a)) {
        ks_fails(c, "there is no id"); /* unless something else was told already */
        return false;
    }
    a->fields = at + 1;
    if (a->fields == ks_argc(c) || (ks_argc(c) - a->fields) % 2 != 0) {
        ks_fails(c, "fields and values are %zu arguments", ks_argc(c) - a->fields);
        return false;
    }
    if (a->form == ID_GIVEN && a->id.ms == 0 && a->id.seq == 0)
        ks_fails(c, "the id is 0-0");
    return c->why.code == RK_OK;
}

/* ---- ids -------------------------------------------------------------------------------------------------- */

/* The sequence that `ms-*` stands for, or 0, which will not do. */
static uint64_t next_seq(rk_stream_id last, uint64_t ms)
{
    return ms == last.ms && last.seq < UINT64_MAX ? last.seq + 1 : 0;
}

/* The id that the entry will have in the stream, of which there may be none yet; false: the command fails. */
static bool settle_id(ks_call *c, const ks_stream *stream, add *a)
{
    rk_stream_id last = stream ? stream->last : (rk_stream_id){ 0, 0 };
    if (a->form == ID_OF_TIME)
        a->id.seq = next_seq(last, a->id.ms);
    if (ks_id_compare(a->id, last) > 0)
        return true;
    ks_fails(c, "the id %" PRIu64 "-%" PRIu64 " is not greater than %" PRIu64 "-%" PRIu64 ", the last one",
             a->id.ms, a->id.seq, last.ms, last.seq);
    return false;
}

/* An id that the server was to make is told in logs, unless nothing was added, since the idempotent id was known: then
 * the command is there as it was sent. */
static rk_outcome add_untold(ks_call *c, ks_stream *stream, const add *a)
{
    if (stream && a->idmp) {
        stream->idmp.duplicates++;
        return RK_OUTCOME_NOTHING;
    }
    ks_fails(c, "the id of the entry is not told");
    ks_doubt(c->ks, c->db, ks_arg(c, 1));
    return RK_OUTCOME_OPAQUE;
}

/* ---- XADD ------------------------------------------------------------------------------------------------- */

static bool append(ks_call *c, ks_stream *stream, const add *a)
{
    ks_str body;
    if (!ks_body_of_args(c, a->fields, &body))
        return false;
    ks_entry *entry = ks_ids_put(c->ks, &stream->entries, a->id);
    if (!entry) {
        ks_str_free(c->ks, &body);
        return false;
    }
    entry->body = body;
    stream->last = a->id;
    stream->added++;
    return true;
}

/* XADD k [NOMKSTREAM] [KEEPREF|DELREF|ACKED] [IDMPAUTO p | IDMP p i] [MAXLEN|MINID [=] x [LIMIT n]] id f v ... */
rk_outcome ks_xadd(ks_call *c)
{
    add a;
    bool wrong, unsure = false;
    uint8_t made[16];
    rk_slice iid = { made, sizeof made };
    if (!read_add(c, &a))
        return RK_OUTCOME_FAILED;
    if (a.idmp && a.iid)
        iid = ks_arg(c, a.iid);
    else if (a.idmp && !ks_idmp_auto(c, a.fields, made))
        return RK_OUTCOME_FAILED;
    ks_stream *stream = ks_stream_open(c, 1, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    if (!stream && a.no_stream)
        return RK_OUTCOME_NOTHING;
    if (a.form == ID_AUTO)
        return add_untold(c, stream, &a);
    if (!settle_id(c, stream, &a))
        return RK_OUTCOME_FAILED;
    stream = ks_stream_open_or_make(c, 1, &wrong);
    if (!stream || !append(c, stream, &a))
        return RK_OUTCOME_FAILED;
    if (a.idmp && !ks_idmp_record(c->ks, &stream->idmp, ks_arg(c, a.producer), iid, a.id))
        return RK_OUTCOME_FAILED;
    ks_trim_apply(c->ks, stream, &a.trim, &unsure);
    return unsure ? ks_trim_unsure(c) : RK_OUTCOME_DONE;
}

/* ---- XSETID ----------------------------------------------------------------------------------------------- */

typedef struct {
    rk_stream_id last, max_deleted;
    int64_t added; /* -1: not given */
} setting;

static bool read_setting(ks_call *c, setting *set)
{
    *set = (setting){ .added = -1 };
    if (!ks_are_ids(c, 2, 3))
        return false;
    set->last = ks_id_arg(c, 2);
    for (size_t at = 3; at < ks_argc(c); at += 2) {
        bool more = at + 1 < ks_argc(c);
        if (more && ks_is(ks_arg(c, at), "ENTRIESADDED") && ks_int(ks_arg(c, at + 1), &set->added) &&
            set->added >= 0) {
            c->ks->before_7 = false;
            continue;
        }
        if (!more || !ks_is(ks_arg(c, at), "MAXDELETEDID") ||
            !ks_stream_id(ks_arg(c, at + 1), 0, &set->max_deleted)) {
            ks_fails(c, "argument %zu is no setting", at);
            return false;
        }
    }
    if (ks_id_compare(set->last, set->max_deleted) < 0)
        ks_fails(c, "the id is smaller than that of a deleted entry");
    return c->why.code == RK_OK;
}

/* XSETID k id [ENTRIESADDED n] [MAXDELETEDID id] */
rk_outcome ks_xsetid(ks_call *c)
{
    bool wrong;
    setting set;
    if (!read_setting(c, &set))
        return RK_OUTCOME_FAILED;
    ks_stream *stream = ks_stream_open(c, 1, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    if (!stream)
        return ks_fails(c, "there is no such key");
    const ks_entry *top = ks_ids_last(&stream->entries);
    if (!c->ks->before_7 && ks_id_compare(set.last, stream->max_deleted) < 0)
        return ks_fails(c, "the id is smaller than that of a deleted entry");
    if (top && ks_id_compare(set.last, top->id) < 0)
        return ks_fails(c, "the id is smaller than that of the last entry");
    if (set.added >= 0 && (uint64_t)set.added < stream->entries.count)
        return ks_fails(c, "%" PRId64 " entries added are less than there are", set.added);
    stream->last = set.last;
    if (set.added >= 0)
        stream->added = (uint64_t)set.added;
    if (set.max_deleted.ms || set.max_deleted.seq)
        stream->max_deleted = set.max_deleted;
    return RK_OUTCOME_DONE;
}
