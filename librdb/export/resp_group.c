/* resp_group: the groups of a stream as commands. The file tells a group's pending entries first, then which consumer
 * has which, so that those of one group are held (40 bytes each). */
#include <stdlib.h>

#include "resp.h"

enum { PER_CLAIM = 64 };
#define NOBODY "rdbkit-unowned"

static int by_id(const void *a, const void *b)
{
    return resp_id_compare(((const resp_pending *)a)->id, ((const resp_pending *)b)->id);
}

/* ---- claims --------------------------------------------------------------------------------------------------------- */

static uint64_t shown_count(uint64_t count)
{
    return count > INT64_MAX ? INT64_MAX : count;
}

/* XCLAIM key group consumer 0 id ... TIME ms RETRYCOUNT n FORCE JUSTID; the ids are there. */
static bool send_claim(resp *r, rk_err *err)
{
    resp_stream *s = &r->stream;
    if (s->claimed == 0)
        return true;
    s->claimed = 0;
    if (!resp_add_text(r, "TIME", err) || !resp_add_i64(r, s->claim.time_ms, err) ||
        !resp_add_text(r, "RETRYCOUNT", err) || !resp_add_u64(r, shown_count(s->claim.count), err) ||
        !resp_add_text(r, "FORCE", err) || !resp_add_text(r, "JUSTID", err))
        return false;
    resp_send(r, "XCLAIM", true);
    return true;
}

/* Entries that were delivered at one time, as often, are claimed together. */
static bool claim(resp *r, resp_pending *p, rk_err *err)
{
    resp_stream *s = &r->stream;
    bool alike = p->time_ms == s->claim.time_ms && p->count == s->claim.count;
    if (s->claimed > 0 && (!alike || s->claimed == PER_CLAIM) && !send_claim(r, err))
        return false;
    if (s->claimed == 0 &&
        (!resp_add_raw(r, &s->group, err) || !resp_add_raw(r, &s->consumer, err) || !resp_add_u64(r, 0, err)))
        return false;
    s->claim = *p;
    s->claimed++;
    s->consumer_sent = p->sent = true;
    return resp_add_id(r, p->id, err);
}

/* ---- pending entries -------------------------------------------------------------------------------------------------- */

static bool add_pending(resp_stream *s, const rk_element *e, rk_err *err)
{
    if (!rk_grow((void **)&s->pending, &s->pending_cap, s->pending_count + 1, sizeof *s->pending, err))
        return false;
    s->pending[s->pending_count++] = (resp_pending){ e->id, e->time_ms, e->number, false };
    return true;
}

/* NULL when the group does not have it. */
static resp_pending *find_pending(resp_stream *s, rk_stream_id id)
{
    resp_pending wanted = { .id = id };
    if (s->pending_count == 0)
        return NULL;
    if (!s->pending_sorted)
        qsort(s->pending, s->pending_count, sizeof *s->pending, by_id);
    s->pending_sorted = true;
    return bsearch(&wanted, s->pending, s->pending_count, sizeof wanted, by_id);
}

static bool owned(resp *r, const rk_element *e, rk_err *err)
{
    resp_pending *p = find_pending(&r->stream, e->id);
    if (!p || p->sent)
        return resp_lose(r, LOSS_PENDING, 1, err);
    return claim(r, p, err);
}

/* XNACK key group FAIL IDS 1 id RETRYCOUNT n FORCE: the zone is in the order of these. */
static bool nack(resp *r, resp_pending *p, rk_err *err)
{
    p->sent = true;
    if (!resp_add_raw(r, &r->stream.group, err) || !resp_add_text(r, "FAIL", err) ||
        !resp_add_text(r, "IDS", err) || !resp_add_u64(r, 1, err) || !resp_add_id(r, p->id, err) ||
        !resp_add_text(r, "RETRYCOUNT", err) || !resp_add_u64(r, shown_count(p->count), err) ||
        !resp_add_text(r, "FORCE", err))
        return false;
    resp_send(r, "XNACK", true);
    return true;
}

/* ---- consumers -------------------------------------------------------------------------------------------------------- */

/* One without a pending entry. Before there was a command for it, reading its history made a consumer. */
static bool create_consumer(resp *r, rk_err *err)
{
    resp_stream *s = &r->stream;
    if (resp_has(&r->target, RESP_CONSUMERS)) {
        if (!resp_add_raw(r, &s->group, err) || !resp_add_raw(r, &s->consumer, err))
            return false;
        resp_send(r, "XGROUP CREATECONSUMER", true);
        return true;
    }
    if (!resp_add_text(r, "GROUP", err) || !resp_add_raw(r, &s->group, err) ||
        !resp_add_raw(r, &s->consumer, err) || !resp_add_text(r, "COUNT", err) || !resp_add_u64(r, 1, err) ||
        !resp_add_text(r, "STREAMS", err) || !resp_add_raw(r, &r->key, err) || !resp_add_u64(r, 0, err))
        return false;
    resp_send(r, "XREADGROUP", false);
    return true;
}

static bool end_consumer(resp *r, rk_err *err)
{
    resp_stream *s = &r->stream;
    bool idle = s->in_consumer && !s->consumer_sent;
    s->in_consumer = false;
    return send_claim(r, err) && (!idle || create_consumer(r, err));
}

static bool begin_consumer(resp *r, rk_slice name, rk_err *err)
{
    resp_stream *s = &r->stream;
    if (!end_consumer(r, err))
        return false;
    s->in_consumer = true;
    s->consumer_sent = false;
    s->consumer.len = 0;
    return resp_arg(&s->consumer, name, err);
}

/* ---- groups ------------------------------------------------------------------------------------------------------------ */

static bool begin_group(resp *r, const rk_element *e, rk_err *err)
{
    resp_stream *s = &r->stream;
    if (!resp_group_end(r, err))
        return false;
    s->in_group = true;
    s->pending_count = 0;
    s->pending_sorted = false;
    s->group.len = 0;
    if (!resp_arg(&s->group, e->item, err) || !resp_add_raw(r, &s->group, err) || !resp_add_id(r, e->id, err))
        return false;
    if (e->has_counters && resp_has(&r->target, RESP_COUNTERS) &&
        (!resp_add_text(r, "ENTRIESREAD", err) || !resp_add_i64(r, (int64_t)e->number, err)))
        return false;
    resp_send(r, "XGROUP CREATE", true);
    return true;
}

/* Pending entries that nobody has: to drop them would be to acknowledge them. */
static bool send_unowned(resp *r, rk_err *err)
{
    resp_stream *s = &r->stream;
    for (size_t i = 0; i < s->pending_count; i++) {
        resp_pending *p = &s->pending[i];
        if (p->sent)
            continue;
        if (resp_has(&r->target, RESP_NACK)) {
            if (!nack(r, p, err))
                return false;
            continue;
        }
        p->time_ms = 0;
        if ((!s->in_consumer && !begin_consumer(r, RK_TEXT(NOBODY), err)) || !claim(r, p, err) ||
            !resp_lose(r, LOSS_UNOWNED, 1, err))
            return false;
    }
    return end_consumer(r, err);
}

bool resp_group_end(resp *r, rk_err *err)
{
    resp_stream *s = &r->stream;
    if (!s->in_group)
        return true;
    s->in_group = false;
    return end_consumer(r, err) && send_unowned(r, err);
}

bool resp_group_element(resp *r, const rk_element *e, rk_err *err)
{
    resp_pending *p;
    switch (e->kind) {
    case RK_ELEMENT_GROUP:
        return begin_group(r, e, err);
    case RK_ELEMENT_PENDING:
        return add_pending(&r->stream, e, err);
    case RK_ELEMENT_CONSUMER:
        return begin_consumer(r, e->item, err);
    case RK_ELEMENT_OWNED:
        return owned(r, e, err);
    case RK_ELEMENT_NACKED:
        p = find_pending(&r->stream, e->id);
        if (!end_consumer(r, err))
            return false;
        return !p || p->sent || !resp_has(&r->target, RESP_NACK) || nack(r, p, err);
    default:
        return true;
    }
}
