/* stream: what must hold between the parts of a stream (spec: RDB, "Integrity", Stream): the reader decodes each node
 * and counts its entries; here the parts are compared. */
#include "run.h"

#include <stdio.h>

enum {
    TYPE_COUNTERS = 19,
    TYPE_NACK = 27,
    IDMP_DEFAULT = 100,
    IDMP_DURATION_MOST = 86400,
    IDMP_ENTRIES_MOST = 10000
};

typedef enum { OWNER_NONE, OWNER_CONSUMER, OWNER_NACK_ZONE } pending_owner;

/* What has been seen of the stream. */
typedef struct {
    bool node_open, tail; /* a node is being read; all have been */
    uint64_t node_to;     /* where it ends */
    uint64_t at;          /* where the present element begins */
    uint64_t live;
    rk_stream_id node, first, last;
    bool any_node;

    bool in_group;
    rk_slice group; /* in c->text[1] */
    uint64_t pending, owned, nacked;
    rk_digest pending_sum, owned_sum;
    bool in_producers;
} stream_state;

static int compare_ids(rk_stream_id a, rk_stream_id b)
{
    if (a.ms != b.ms)
        return a.ms < b.ms ? -1 : 1;
    return a.seq < b.seq ? -1 : a.seq > b.seq;
}

static rk_digest digest_of_id(rk_stream_id id)
{
    return rk_digest_of((rk_slice){ (const uint8_t *)&id, sizeof id });
}

/* Something of the stream contradicts another part of it. */
static bool refuse(rk_check *c, check_value *v, uint64_t offset, rk_err *err, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static bool refuse(rk_check *c, check_value *v, uint64_t offset, rk_err *err, const char *format, ...)
{
    char what[240];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    v->refused = true;
    return check_problem_add(c, RK_PROBLEM_DAMAGE, "stream", offset, v->key, err, "%s", what);
}

static bool notice(rk_check *c, check_value *v, uint64_t offset, const char *what, rk_err *err)
{
    return check_problem_add(c, RK_PROBLEM_NOTICE, "stream", offset, v->key, err, "%s", what);
}

/* ---- names that must be there once ---- */

static bool add_name(rk_check *c, check_value *v, distinct *names, const rk_element *e, uint64_t at,
                     const char *thing, rk_err *err)
{
    distinct_item *before, item = { .digest = rk_digest_of(e->item), .from = at };
    char shown[80];
    if (!distinct_add(names, &item, &before, err))
        return false;
    return !before || refuse(c, v, at, err, "%s '%s' is there twice, first at byte %" PRIu64, thing,
                             rk_slice_print(e->item, shown, sizeof shown), before->from);
}

static bool late_names(rk_check *c, check_value *v, distinct *names, const char *thing, rk_err *err)
{
    distinct_item first, again;
    while (distinct_late(names, &first, &again, err))
        if (!refuse(c, v, again.from, err, "%s is there twice, first at byte %" PRIu64, thing, first.from))
            return false;
    return err->code == RK_OK;
}

/* ---- nodes and entries ---- */

static void close_node(check_value *v, stream_state *s)
{
    if (!s->node_open)
        return;
    s->node_open = false;
    v->pulled++;
    v->run_count++;
    v->bad_from = RK_NO_OFFSET;
    v->proven = true;
    v->piece_from = s->node_to;
}

static bool read_node(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    distinct_item *before, item = { .digest = digest_of_id(e->id), .from = s->at };
    close_node(v, s);
    s->node_open = true;
    s->node_to = rk_rdb_offset(c->rdb);
    if (!distinct_add(c->ids, &item, &before, err))
        return false;
    if (before)
        return refuse(c, v, s->at, err,
                      "stream node %" PRIu64 "-%" PRIu64 " is there twice, first at byte %" PRIu64, e->id.ms,
                      e->id.seq, before->from);
    bool ascends = !s->any_node || compare_ids(e->id, s->node) > 0;
    s->any_node = true;
    s->node = e->id;
    return ascends || v->unordered ||
           ((v->unordered = true) && notice(c, v, s->at, "the nodes of a stream do not ascend", err));
}

static bool read_entry(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    bool ascends = s->live == 0 || compare_ids(e->id, s->last) > 0;
    if (s->live == 0)
        s->first = e->id;
    if (ascends)
        s->last = e->id;
    s->live++;
    v->elements++;
    return ascends || v->unordered ||
           ((v->unordered = true) && notice(c, v, s->at, "the entries of a stream do not ascend", err));
}

/* Length, last id and counters, against the entries. */
static bool read_meta(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    bool whole = v->damaged == SIZE_MAX && !v->bad; /* else entries are missing */
    close_node(v, s);
    s->tail = true;
    s->at = v->piece_from;
    if (whole && e->number != s->live) {
        if (!check_facts_trait(c->facts, RK_TRAIT_STREAM_LENGTH, 1, v->key, err))
            return false;
        if (v->key->type_byte >= TYPE_NACK) {
            if (!refuse(c, v, s->at, err, "the length is %" PRIu64 ", %" PRIu64 " entries are there",
                        e->number, s->live))
                return false;
        } else if (!check_problem_add(c, RK_PROBLEM_NOTICE, "stream", s->at, v->key, err,
                                      "the length is %" PRIu64 ", %" PRIu64
                                      " entries are there: Redis 8.8 refuses it",
                                      e->number, s->live))
            return false;
    }
    if (s->live && compare_ids(e->id, s->last) < 0 &&
        !refuse(c, v, s->at, err,
                "the last id is %" PRIu64 "-%" PRIu64 ", the last entry has %" PRIu64 "-%" PRIu64, e->id.ms,
                e->id.seq, s->last.ms, s->last.seq))
        return false;
    if (!e->has_counters || !whole)
        return true;
    if (s->live && compare_ids(e->first, s->first) != 0 &&
        !notice(c, v, s->at, "the first id is not that of the first entry", err))
        return false;
    if (compare_ids(e->max_deleted, e->id) > 0 &&
        !notice(c, v, s->at, "the largest deleted id is above the last id", err))
        return false;
    return e->more[0] >= s->live || notice(c, v, s->at, "fewer entries were added than are there", err);
}

/* ---- groups ---- */

/* The group has been read: who owns its pending entries? */
static bool end_group(rk_check *c, check_value *v, stream_state *s, rk_err *err)
{
    char shown[80];
    size_t count = 0;
    uint64_t unowned = 0, at = 0;
    if (!s->in_group)
        return true;
    s->in_group = false;
    rk_slice_print(s->group, shown, sizeof shown);
    if (!distinct_is_whole(c->ids)) {
        bool agree = s->pending == s->owned && rk_digest_is(s->pending_sum, s->owned_sum);
        if (!agree &&
            !refuse(c, v, s->at, err,
                    "of the %" PRIu64 " pending entries of group '%s', consumers and the NACK zone own "
                    "%" PRIu64 ", and not the same",
                    s->pending, shown, s->owned))
            return false;
        return late_names(c, v, c->ids, "a pending id", err) &&
               late_names(c, v, c->consumers, "a consumer", err);
    }
    const distinct_item *items = distinct_items(c->ids, &count);
    for (size_t i = 0; i < count; i++)
        if (items[i].to == OWNER_NONE && unowned++ == 0)
            at = items[i].from;
    if (unowned && (!check_facts_trait(c->facts, RK_TRAIT_STREAM_UNOWNED, unowned, v->key, err) ||
                    !refuse(c, v, at, err, "no consumer owns %" PRIu64 " pending entries of group '%s'",
                            unowned, shown)))
        return false;
    return late_names(c, v, c->consumers, "a consumer", err);
}

static bool read_group(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    if (!end_group(c, v, s, err))
        return false;
    s->in_group = true;
    s->pending = s->owned = s->nacked = 0;
    s->pending_sum = s->owned_sum = (rk_digest){ 0, 0 };
    distinct_start(c->ids);
    distinct_start(c->consumers);
    c->text[1].len = 0;
    if (!rk_buf_add(&c->text[1], e->item, err))
        return false;
    s->group = rk_buf_slice(&c->text[1]);
    return add_name(c, v, c->names, e, s->at, "group", err);
}

static bool read_pending(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    distinct_item *before, item = { .digest = digest_of_id(e->id), .from = s->at, .to = OWNER_NONE };
    s->pending++;
    s->pending_sum = rk_digest_sum(s->pending_sum, item.digest);
    if (!distinct_add(c->ids, &item, &before, err))
        return false;
    return !before || refuse(c, v, s->at, err,
                             "pending id %" PRIu64 "-%" PRIu64 " is there twice, first at byte %" PRIu64,
                             e->id.ms, e->id.seq, before->from);
}

static bool read_owned(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    pending_owner owner = e->kind == RK_ELEMENT_NACKED ? OWNER_NACK_ZONE : OWNER_CONSUMER;
    const char *what = owner == OWNER_NACK_ZONE ? "the NACK zone" : "a consumer";
    rk_digest digest = digest_of_id(e->id);
    s->owned++;
    s->nacked += owner == OWNER_NACK_ZONE;
    s->owned_sum = rk_digest_sum(s->owned_sum, digest);
    if (!distinct_is_whole(c->ids))
        return true;
    distinct_item *pending = distinct_find(c->ids, digest);
    if (!pending)
        return refuse(c, v, s->at, err, "%s owns %" PRIu64 "-%" PRIu64 ", which is not pending in the group",
                      what, e->id.ms, e->id.seq);
    if (pending->to != OWNER_NONE)
        return refuse(c, v, s->at, err, "%s owns %" PRIu64 "-%" PRIu64 ", which %s owns already", what,
                      e->id.ms, e->id.seq, pending->to == OWNER_NACK_ZONE ? "the NACK zone" : "a consumer");
    pending->to = owner;
    return true;
}

/* ---- idempotent producers ---- */

static bool read_producer(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    if (!s->in_producers) {
        if (!end_group(c, v, s, err) || !late_names(c, v, c->names, "a group", err))
            return false;
        distinct_start(c->names);
    }
    s->in_producers = true;
    distinct_start(c->consumers);
    return add_name(c, v, c->names, e, s->at, "producer", err);
}

static bool read_idempotent(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    distinct_item *before, item = { .digest = rk_digest_of(e->item), .from = s->at };
    return distinct_add(c->consumers, &item, &before, err) &&
           (!before || notice(c, v, s->at, "an idempotent id is there twice: servers skip the second", err));
}

static bool read_idmp(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    bool plain = !s->in_producers && e->number == IDMP_DEFAULT && e->number2 == IDMP_DEFAULT;
    if ((e->number < 1 || e->number > IDMP_DURATION_MOST) &&
        !refuse(c, v, s->at, err, "the idempotence duration is %" PRIu64 " s, not 1 to %d", e->number,
                IDMP_DURATION_MOST))
        return false;
    if ((e->number2 < 1 || e->number2 > IDMP_ENTRIES_MOST) &&
        !refuse(c, v, s->at, err, "the number of idempotence entries is %" PRIu64 ", not 1 to %d", e->number2,
                IDMP_ENTRIES_MOST))
        return false;
    return plain || check_facts_trait(c->facts, RK_TRAIT_STREAM_IDMP, 1, v->key, err);
}

static bool read_one(rk_check *c, check_value *v, stream_state *s, const rk_element *e, rk_err *err)
{
    switch (e->kind) {
    case RK_ELEMENT_NODE:
        return read_node(c, v, s, e, err);
    case RK_ELEMENT_ENTRY:
        return read_entry(c, v, s, e, err);
    case RK_ELEMENT_STREAM:
        return read_meta(c, v, s, e, err);
    case RK_ELEMENT_GROUP:
        return read_group(c, v, s, e, err);
    case RK_ELEMENT_PENDING:
        return read_pending(c, v, s, e, err);
    case RK_ELEMENT_CONSUMER:
        return add_name(c, v, c->consumers, e, s->at, "consumer", err);
    case RK_ELEMENT_OWNED:
        return read_owned(c, v, s, e, err);
    case RK_ELEMENT_NACKED:
        return (s->nacked || check_facts_trait(c->facts, RK_TRAIT_STREAM_NACK, 1, v->key, err)) &&
               read_owned(c, v, s, e, err);
    case RK_ELEMENT_PRODUCER:
        return read_producer(c, v, s, e, err);
    case RK_ELEMENT_IDEMPOTENT:
        return read_idempotent(c, v, s, e, err);
    case RK_ELEMENT_IDMP:
        return read_idmp(c, v, s, e, err);
    default:
        return true;
    }
}

/* Something could not be decoded: the node that was being read, the one behind it, or a part of what follows. */
static bool read_bad(rk_check *c, check_value *v, stream_state *s, rk_err *err)
{
    bool next = s->node_open && rk_rdb_offset(c->rdb) > s->node_to;
    if (s->tail) {
        v->refused = true;
        return true;
    }
    if (next)
        close_node(v, s);
    s->node_open = false;
    return check_piece_bad(c, v, err);
}

bool check_stream_read(rk_check *c, check_value *v, rk_err *err)
{
    rk_element element;
    stream_state s = { .at = v->value };
    distinct_start(c->ids);
    distinct_start(c->names);
    for (bool first = true;; first = false) {
        bool there, bad;
        if (!check_element(c, v, &element, &there, &bad, err))
            return false;
        if (first) {
            check_pieces_begin(c, v);
            s.at = v->piece_from;
        }
        if (v->lost && s.node_open && s.node_to < rk_rdb_offset(c->rdb))
            close_node(v, &s);
        if (v->lost)
            return true;
        if (!there && !bad)
            break;
        if (bad ? !read_bad(c, v, &s, err) : !read_one(c, v, &s, &element, err))
            return false;
        s.at = rk_rdb_offset(c->rdb);
    }
    v->tail_sound = !v->refused;
    return end_group(c, v, &s, err) && late_names(c, v, c->names, "a group or producer", err) &&
           (v->key->type_byte < TYPE_COUNTERS ||
            check_facts_trait(c->facts, RK_TRAIT_STREAM_COUNTERS, 1, v->key, err));
}
