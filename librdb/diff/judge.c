/* judge: what it means that a job is now here (spec: Sidekiq, "Classes of change of one jid", "When are two payloads
 * the same job?"; design: "Verdicts"). */
#include "run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A job on both sides, with what its payloads say. */
typedef struct {
    side_job *old, *new;
    const rk_place *from, *to;
    rk_slice before, after;
    rk_envelope was, is;
    bool same_bytes;
} job_pair;

/* ---- scores -------------------------------------------------------------------------------------------------- */

/* True when `after` is what a careless writer makes of `before`: fewer digits, another unit, or no time at all. */
static bool is_cut(double before, double after)
{
    char text[64];
    static const double scales[] = { 1, 1000, 1000000, 0.001 };
    if (before == after || !isfinite(before) || before <= 0)
        return false;
    if (!isfinite(after) || after <= 0)
        return true;
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        double scaled = before * scales[i];
        if (after == trunc(scaled) || after == round(scaled) || (scales[i] != 1 && after == scaled))
            return true;
        for (int digits = 5; scales[i] == 1 && digits < 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, scaled);
            if (after == strtod(text, NULL))
                return true;
        }
        for (int decimals = 0; decimals < 7; decimals++) {
            snprintf(text, sizeof text, "%.*f", decimals, scaled);
            if (after == strtod(text, NULL))
                return true;
        }
    }
    return false;
}

/* ---- fields --------------------------------------------------------------------------------------------------- */

/* What may happen to a field as a job goes its way. Fields that are not listed are the application's. */
typedef struct {
    const char *name;
    bool rewritten; /* Sidekiq writes it anew, which shows that the job went through its hands */
    bool fixed;     /* may be added, must never change */
    bool may_go;    /* Sidekiq takes it out */
} field_rule;

static const field_rule field_rules[] = {
    { "enqueued_at", true, false, false },
    { "retry_count", true, false, false },
    { "failed_at", true, false, false },
    { "retried_at", true, false, false },
    { "error_class", true, false, false },
    { "error_message", true, false, false },
    { "error_backtrace", true, false, true },
    { "interrupted_count", true, false, false },
    { "overrated", true, false, false },
    { "discarded_at", true, false, true },
    { "queue", false, false, false },
    { "at", false, false, true },
    { "jid", false, true, false },
    { "class", false, true, false },
    { "args", false, true, false },
    { "created_at", false, true, false },
    { "bid", false, true, false },
    { "wrapped", false, true, false },
    { "tags", false, true, false },
    { "retry", false, true, false },
};

static const field_rule *rule_of(rk_slice raw_key)
{
    for (size_t i = 0; i < sizeof field_rules / sizeof field_rules[0]; i++)
        if (rk_json_key_is(raw_key, field_rules[i].name))
            return &field_rules[i];
    return NULL;
}

static bool pushed_again(const job_pair *p)
{
    return !isnan(p->is.enqueued_at) && (isnan(p->was.enqueued_at) || p->is.enqueued_at > p->was.enqueued_at);
}

/* `text`, a raw string, names that queue. */
static bool names(rk_diff *d, rk_slice text, bool escaped, rk_slice queue)
{
    if (escaped && !rk_json_unescape(text, &d->scratch[1], &text, d->err))
        return false;
    return text.len > 0 && rk_slice_is(text, queue);
}

/* The queue that the payload names has changed: to its retry_queue, or to the one that it ran from. */
static bool queue_progress(rk_diff *d, const job_pair *p)
{
    return rk_slice_is(p->is.queue, p->is.retry_queue) ||
           (p->from->queue.len > 0 && names(d, p->is.queue, p->is.queue_escaped, p->from->queue)) ||
           (p->to->queue.len > 0 && names(d, p->is.queue, p->is.queue_escaped, p->to->queue));
}

/* Sidekiq took the field out, as it does in some steps. */
static bool may_go(const job_pair *p, const field_rule *rule)
{
    if (rk_slice_is(rk_slice_of(rule->name), RK_TEXT("enqueued_at")))
        return p->to->kind == RK_PLACE_SCHEDULE; /* which is put there, not pushed */
    return rule->may_go;
}

static bool field_progress(rk_diff *d, const job_pair *p, const rk_json_difference *diff,
                           const field_rule *rule)
{
    if (diff->state == RK_FIELD_LOST)
        return rule && may_go(p, rule);
    if (diff->state == RK_FIELD_ADDED ||
        !rule) /* others are tracing headers and the like, written at each push */
        return true;
    if (rk_slice_is(rk_slice_of(rule->name), RK_TEXT("queue")))
        return queue_progress(d, p);
    return !rule->fixed;
}

/* A start by hand takes one off the count, on the way into a queue; nothing takes more, and what failed since has it
 * back. An attempt that failed is put off to a later time. */
static bool attempts_progress(const job_pair *p)
{
    int64_t was = p->was.retry_count, is = p->is.retry_count;
    bool may_be_one_less = p->to->kind == RK_PLACE_QUEUE || p->to->kind == RK_PLACE_PRIVATE;
    if (!p->was.has_retry_count || !p->is.has_retry_count)
        return true;
    if (is < was && !(may_be_one_less && is == was - 1))
        return false;
    bool earlier =
        p->from->kind == RK_PLACE_RETRY && p->to->kind == RK_PLACE_RETRY && p->new->score < p->old->score;
    return is > was || !earlier || pushed_again(p);
}

/* Are the differences those that Sidekiq itself makes? */
static bool fields_progress(rk_diff *d, const job_pair *p, rk_why *why)
{
    rk_json_differ differ;
    rk_json_difference diff;
    bool rewritten = false, strange = false;
    size_t count = 0;
    *why = RK_WHY_FIELDS;
    if (!p->was.is_object || !p->is.is_object)
        return false;
    if (!rk_json_differ_open(&differ, p->before, p->after, &d->scratch[0], d->err))
        return false;
    for (; rk_json_differ_next(&differ, &diff, d->err); count++) {
        const field_rule *rule = rule_of(diff.raw_key);
        rewritten |= rule && rule->rewritten;
        strange |= !field_progress(d, p, &diff, rule);
    }
    if (count == 0)
        *why = RK_WHY_RESPELLED;
    return !strange && rewritten && attempts_progress(p);
}

/* ---- moves ---------------------------------------------------------------------------------------------------- */

/* The queue that the payload names is the one it is in, or the one it was taken from: a worker does not look at what
 * the payload names. */
static bool fits_queue(rk_diff *d, const job_pair *p)
{
    bool back = p->from->kind == RK_PLACE_PRIVATE && rk_slice_is(p->from->queue, p->to->queue);
    return back || p->is.queue.len == 0 || names(d, p->is.queue, p->is.queue_escaped, p->to->queue) ||
           names(d, p->is.retry_queue, p->is.retry_queue_escaped, p->to->queue);
}

static bool is_due(const rk_diff *d, const job_pair *p)
{
    return d->new.now_s < 0 || p->old->score <= (double)d->new.now_s + 1;
}

/* Out of the place it was in, into a queue: by Sidekiq's scheduler, by hand, or pushed back. */
static rk_why out_to_run(const rk_diff *d, const job_pair *p)
{
    bool by_hand = pushed_again(p) || p->is.retry_count < p->was.retry_count;
    switch (p->from->kind) {
    case RK_PLACE_QUEUE:
        return p->to->kind == RK_PLACE_PRIVATE || pushed_again(p) ? RK_WHY_NONE : RK_WHY_NOT_A_STEP;
    case RK_PLACE_SCHEDULE:
    case RK_PLACE_RETRY:
        return is_due(d, p) || by_hand ? RK_WHY_NONE : RK_WHY_BEFORE_TIME;
    case RK_PLACE_DEAD:
    case RK_PLACE_INTERRUPTED: /* nothing runs from there by itself, and a start by hand is a push */
        return by_hand ? RK_WHY_NONE : RK_WHY_NOT_A_STEP;
    default:
        return RK_WHY_NONE;
    }
}

static rk_why into_queue(rk_diff *d, const job_pair *p)
{
    return fits_queue(d, p) ? out_to_run(d, p) : RK_WHY_WRONG_QUEUE;
}

/* In hand of a process that keeps a list of its own: it came through a queue. */
static rk_why into_private(rk_diff *d, const job_pair *p)
{
    bool same = rk_slice_is(p->from->queue, p->to->queue);
    bool tells =
        p->to->queue.len > 0 && p->from->kind != RK_PLACE_WORK; /* not every name holds the queue's */
    return same || !tells || fits_queue(d, p) ? out_to_run(d, p) : RK_WHY_WRONG_QUEUE;
}

/* The marks of a failure that OLD's payload does not have: those of an earlier one prove nothing. */
static bool has_failed(const job_pair *p)
{
    double was = !isnan(p->was.retried_at) ? p->was.retried_at : p->was.failed_at;
    double is = !isnan(p->is.retried_at) ? p->is.retried_at : p->is.failed_at;
    if (isnan(was) && p->was.error_class.len == 0)
        return !isnan(is) || p->is.error_class.len > 0;
    return is > was || p->is.retry_count > p->was.retry_count;
}

static rk_why into_failed(const job_pair *p)
{
    bool set = p->from->kind == RK_PLACE_SCHEDULE || p->from->kind == RK_PLACE_RETRY ||
               p->from->kind == RK_PLACE_INTERRUPTED;
    bool killed = p->to->kind == RK_PLACE_DEAD && set;
    bool unreadable = p->to->kind == RK_PLACE_DEAD && !(p->new->flags &JOB_PARSED);
    return has_failed(p) || killed || unreadable ? RK_WHY_NONE : RK_WHY_NO_FAILURE;
}

/* RK_WHY_NONE when the life cycle allows the step (spec: Sidekiq, "Life cycle"). */
static rk_why judge_step(rk_diff *d, const job_pair *p)
{
    bool from_hand = rk_place_is_list(p->from->kind) || p->from->kind == RK_PLACE_WORK;
    if (d->old_accounts[p->old->place] != d->new_accounts[p->new->place])
        return RK_WHY_OTHER_LAYOUT;
    switch (p->to->kind) {
    case RK_PLACE_QUEUE:
        return into_queue(d, p);
    case RK_PLACE_RETRY:
    case RK_PLACE_DEAD:
        return into_failed(p);
    case RK_PLACE_SCHEDULE: /* only a limiter puts a job back */
        return p->is.overrated > p->was.overrated ? RK_WHY_NONE : RK_WHY_NOT_A_STEP;
    case RK_PLACE_PRIVATE:
        return into_private(d, p);
    default: /* interrupted too often */
        return from_hand || p->is.interrupted_count > p->was.interrupted_count ? RK_WHY_NONE
                                                                               : RK_WHY_NOT_A_STEP;
    }
}

/* ---- verdicts --------------------------------------------------------------------------------------------------- */

static void decide(const job_pair *p, rk_verdict verdict, rk_transition transition, rk_why why)
{
    p->old->verdict = p->new->verdict = (uint8_t)verdict;
    p->old->transition = p->new->transition = (uint8_t)transition;
    p->old->why = p->new->why = (uint8_t)why;
}

static bool has_score(const job_pair *p)
{
    return p->from == p->to ||
           (side_place_is_scored(p->from) && side_place_is_scored(p->to) && p->from->kind == p->to->kind);
}

/* Damage in the copy, or RK_WHY_NONE. */
static rk_why damage_of(const job_pair *p)
{
    if ((p->old->flags & JOB_PARSED) && !(p->new->flags &JOB_PARSED))
        return RK_WHY_NOT_JSON;
    if ((p->old->flags & JOB_HAS_JID) && !(p->new->flags &JOB_HAS_JID))
        return RK_WHY_NO_JID;
    if ((p->old->flags & JOB_UTF8) && !(p->new->flags &JOB_UTF8))
        return RK_WHY_NOT_UTF8;
    if (side_place_is_scored(p->from) && has_score(p) && is_cut(p->old->score, p->new->score))
        return RK_WHY_SCORE_CUT;
    return RK_WHY_NONE;
}

static bool read_pair(rk_diff *d, job_pair *p)
{
    if (!payload_get(&d->old.reader, p->old, &p->before, d->err) ||
        !payload_get(&d->new.reader, p->new, &p->after, d->err))
        return false;
    rk_envelope_scan(p->before, &p->was);
    rk_envelope_scan(p->after, &p->is);
    p->same_bytes = rk_digest_is(p->old->payload, p->new->payload);
    return true;
}

static void judge_changed(rk_diff *d, const job_pair *p)
{
    rk_why why;
    bool progress = fields_progress(d, p, &why);
    decide(p, RK_JOB_CHANGED, progress ? RK_PROGRESS : RK_IRREGULAR, progress ? RK_WHY_NONE : why);
    d->reserialised += why == RK_WHY_RESPELLED;
    if (p->to->kind == RK_PLACE_QUEUE && pushed_again(p))
        p->old->flags |= JOB_PUSHED_AGAIN;
}

static void judge_moved(rk_diff *d, const job_pair *p)
{
    rk_why why = judge_step(d, p), fields = RK_WHY_NONE;
    if (why == RK_WHY_NONE && !p->same_bytes && !fields_progress(d, p, &fields))
        why = fields;
    decide(p, RK_JOB_MOVED, why == RK_WHY_NONE ? RK_PROGRESS : RK_IRREGULAR, why);
}

/* What only the place tells: in hand, or left behind. True when that settles it. */
static bool judge_by_place(const job_pair *p)
{
    if (p->to->kind == RK_PLACE_WORK)
        decide(p, RK_JOB_IN_PROGRESS, RK_TRANSITION_NONE, RK_WHY_NONE);
    else if (p->to->kind == RK_PLACE_PRIVATE && !p->to->alive)
        decide(p, RK_JOB_STRANDED, RK_TRANSITION_NONE, RK_WHY_NONE);
    else
        return p->old->verdict == RK_JOB_KEPT;
    return true;
}

static bool judge_pair(rk_diff *d, side_job *old)
{
    job_pair p = { .old = old, .new = &d->new.jobs[old->partner] };
    p.from = d->old.layouts.places[p.old->place];
    p.to = d->new.layouts.places[p.new->place];
    if (judge_by_place(&p))
        return true;
    if (!read_pair(d, &p))
        return false;
    rk_why damage = damage_of(&p);
    if (damage != RK_WHY_NONE)
        decide(&p, RK_JOB_DAMAGED, RK_TRANSITION_NONE, damage);
    else if (old->verdict == RK_JOB_CHANGED)
        judge_changed(d, &p);
    else if (old->verdict == RK_JOB_MOVED)
        judge_moved(d, &p);
    return d->err->code == RK_OK;
}

bool run_judge(rk_diff *d)
{
    for (size_t i = 0; i < d->old.job_count; i++)
        if (d->old.jobs[i].partner != NO_PARTNER && !judge_pair(d, &d->old.jobs[i]))
            return false;
    return true;
}
