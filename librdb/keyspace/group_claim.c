/* group_claim: XCLAIM, as which logs have every delivery, and XNACK (spec: AOF, "Streams"). */
#include "stream.h"

/* ---- XCLAIM ----------------------------------------------------------------------------------------------- */

typedef struct {
    int64_t min_idle_ms, time_ms, deliveries; /* -1: not given */
    bool force, just_id;
    rk_stream_id last;
    size_t ids_end; /* the argument behind the last id */
} claim;

static bool read_number(ks_call *c, size_t at, const char *word, int64_t *value)
{
    return ks_is(ks_arg(c, at), word) && at + 1 < ks_argc(c) && ks_int(ks_arg(c, at + 1), value);
}

/* The option at argument *at; false: there is none. */
static bool read_option(ks_call *c, size_t *at, claim *cl)
{
    int64_t number;
    if (ks_is(ks_arg(c, *at), "FORCE")) {
        cl->force = true;
        return true;
    }
    if (ks_is(ks_arg(c, *at), "JUSTID")) {
        cl->just_id = true;
        return true;
    }
    if (read_number(c, *at, "TIME", &number)) {
        cl->time_ms = number < 0 ? c->now_ms : number;
    } else if (read_number(c, *at, "IDLE", &number)) {
        c->relative_time = true;
        cl->time_ms = c->now_ms >= 0 && (number < 0 || number > c->now_ms) ? c->now_ms
                      : c->now_ms >= 0                                     ? c->now_ms - number
                                                                           : -1;
    } else if (read_number(c, *at, "RETRYCOUNT", &number)) {
        cl->deliveries = number < 0 ? -1 : number;
    } else if (!ks_is(ks_arg(c, *at), "LASTID") || *at + 1 == ks_argc(c) ||
               !ks_stream_id(ks_arg(c, *at + 1), 0, &cl->last)) {
        return false;
    }
    ++*at;
    return true;
}

static bool read_claim(ks_call *c, claim *cl)
{
    rk_stream_id id;
    size_t at = 5;
    *cl = (claim){ .time_ms = -1, .deliveries = -1 };
    if (!ks_int(ks_arg(c, 4), &cl->min_idle_ms)) {
        ks_fails(c, "the least idle time is no number");
        return false;
    }
    while (at < ks_argc(c) && ks_stream_id(ks_arg(c, at), 0, &id))
        at++;
    cl->ids_end = at;
    for (; at < ks_argc(c); at++)
        if (!read_option(c, &at, cl)) {
            ks_fails(c, "argument %zu is no option", at);
            return false;
        }
    if (cl->time_ms < 0) {
        c->relative_time = true; /* it is that at which the command is applied */
        cl->time_ms = c->now_ms > 0 ? c->now_ms : 0;
    }
    return true;
}

/* Is it too early to take it from its owner? */
static bool is_early(const ks_call *c, const claim *cl, const ks_pending *pending)
{
    return pending->owner && cl->min_idle_ms > 0 && c->now_ms >= 0 &&
           c->now_ms - pending->time_ms < cl->min_idle_ms;
}

/* Servers before 7.0 go on to own what is pending of an entry that is gone; later ones forget it. */
static bool is_forgotten(const ks_call *c, const ks_stream *stream, rk_stream_id id)
{
    return !c->ks->before_7 && !ks_ids_find(&stream->entries, id);
}

static ks_consumer *consumer_of(ks_call *c, ks_group *group)
{
    ks_consumer *consumer = ks_consumer_find(c->ks, group, ks_arg(c, 3));
    return consumer || ks_bad(c->ks) ? consumer : ks_consumer_add(c->ks, group, ks_arg(c, 3));
}

/* True when something has changed. */
static bool claim_one(ks_call *c, const ks_stream *stream, ks_group *group, const claim *cl, rk_stream_id id)
{
    ks_pending *pending = ks_ids_find(&group->pending, id);
    if (pending && is_forgotten(c, stream, id))
        return ks_pending_remove(group, id);
    if (!pending && (!cl->force || !ks_ids_find(&stream->entries, id)))
        return false;
    if (pending && is_early(c, cl, pending))
        return false;
    ks_consumer *consumer = consumer_of(c, group);
    if (consumer && !pending && (pending = ks_ids_put(c->ks, &group->pending, id)) != NULL)
        pending->deliveries = 1;
    if (!consumer || !pending)
        return false;
    ks_pending_own(group, pending, consumer);
    pending->time_ms = cl->time_ms;
    if (cl->deliveries >= 0)
        pending->deliveries = (uint64_t)cl->deliveries;
    else if (!cl->just_id)
        pending->deliveries++;
    if (consumer->seen_ms < cl->time_ms)
        consumer->seen_ms = cl->time_ms;
    consumer->active_ms = consumer->seen_ms;
    return true;
}

static ks_group *open_group(ks_call *c, ks_stream **stream, bool *wrong)
{
    *stream = ks_stream_open(c, 1, wrong);
    return *stream ? ks_group_find(c->ks, *stream, ks_arg(c, 2)) : NULL;
}

/* XCLAIM k g c minidle id... [IDLE ms] [TIME ms] [RETRYCOUNT n] [FORCE] [JUSTID] [LASTID id] */
rk_outcome ks_xclaim(ks_call *c)
{
    claim cl;
    bool wrong;
    ks_stream *stream;
    ks_group *group = open_group(c, &stream, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    if (!group)
        return ks_fails(c, "there is no such key or group");
    if (!read_claim(c, &cl))
        return RK_OUTCOME_FAILED;
    bool changed = ks_id_compare(cl.last, group->last) > 0;
    if (changed)
        group->last = cl.last;
    uint32_t consumers = group->consumers.count;
    if (!c->ks->before_7)
        consumer_of(c, group); /* comes to be even where there is nothing to claim */
    for (size_t i = 5; i < cl.ids_end && !ks_bad(c->ks); i++)
        changed |= claim_one(c, stream, group, &cl, ks_id_arg(c, i));
    return changed || group->consumers.count != consumers ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

/* ---- XNACK ------------------------------------------------------------------------------------------------ */

typedef enum { SILENT, FAIL, FATAL } nack_mode;

typedef struct {
    nack_mode mode;
    int64_t deliveries; /* -1: not given */
    bool force;
    size_t first, behind; /* arguments: the ids */
} nack;

static bool read_nack(ks_call *c, nack *n)
{
    rk_slice word = ks_arg(c, 3);
    *n = (nack){ .mode = ks_is(word, "SILENT") ? SILENT
                         : ks_is(word, "FAIL") ? FAIL
                                               : FATAL,
                 .deliveries = -1 };
    if (n->mode == FATAL && !ks_is(word, "FATAL")) {
        ks_fails(c, "argument 3 is not SILENT, FAIL or FATAL");
        return false;
    }
    if (!ks_ids_argument(c, 4, &n->first, &n->behind))
        return false;
    for (size_t at = n->behind; at < ks_argc(c); at++) {
        if (ks_is(ks_arg(c, at), "FORCE")) {
            n->force = true;
        } else if (read_number(c, at, "RETRYCOUNT", &n->deliveries) && n->deliveries >= 0) {
            at++;
        } else {
            ks_fails(c, "argument %zu is no option", at);
            return false;
        }
    }
    return true;
}

static void count_nack(ks_pending *pending, const nack *n)
{
    if (n->deliveries >= 0)
        pending->deliveries = (uint64_t)n->deliveries;
    else if (n->mode == FATAL)
        pending->deliveries = INT64_MAX;
    else if (n->mode == SILENT && pending->deliveries > 0)
        pending->deliveries--;
}

/* XNACK k g SILENT|FAIL|FATAL IDS n id... [RETRYCOUNT n] [FORCE]: nobody owns it any more. */
rk_outcome ks_xnack(ks_call *c)
{
    nack n;
    bool wrong, changed = false;
    ks_stream *stream;
    ks_group *group = open_group(c, &stream, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    if (!group)
        return ks_fails(c, "there is no such key or group");
    if (!read_nack(c, &n))
        return RK_OUTCOME_FAILED;
    for (size_t i = n.first; i < n.behind && !ks_bad(c->ks); i++) {
        ks_pending *pending = ks_ids_find(&group->pending, ks_id_arg(c, i));
        if (!pending && n.force && ks_ids_find(&stream->entries, ks_id_arg(c, i)))
            pending = ks_ids_put(c->ks, &group->pending, ks_id_arg(c, i));
        if (!pending)
            continue;
        ks_pending_nack(group, pending);
        pending->time_ms = 0;
        count_nack(pending, &n);
        changed = true;
    }
    return changed ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}
