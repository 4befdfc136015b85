/* lag: what counters do not show yet. A process adds what it ended to stat:processed with its next heartbeat, and takes
 * it along when it is killed before (spec: Sidekiq, "Accounting with the counters"). So counters that did not move prove
 * nothing for the queues of a process that was at work behind its last heartbeat. */
#include "run.h"

#include <math.h>

enum {
    HEARTBEAT_S = 10, /* 5 until Sidekiq 6.5 */
    POLL_S = 30,      /* a due job is pushed to its queue some time later */
    DEAD_S = 15       /* whoever is silent for so long has missed a heartbeat */
};

static double started_at(const rk_process *p)
{
    rk_json_value value;
    double number;
    bool integer;
    if (!rk_json_member(p->info, "started_at", &value) || !rk_json_number(value, &number, &integer))
        return NAN;
    return number > 1e11 ? number / 1000 : number; /* in ms, should it become so */
}

/* It was there before OLD, and had nothing to do at a heartbeat since: it does not take what has waited since OLD. */
static bool stood_idle(const rk_diff *d, const rk_process *p)
{
    double old_s = (double)d->old.now_s;
    return d->old.now_s >= 0 && p->busy == 0 && p->beat >= old_s + 1 && !(started_at(p) >= old_s);
}

/* Could it have ended jobs between the two snapshots, behind its last heartbeat? Two copies of one moment leave no time. */
static bool may_lag(const rk_diff *d, const rk_process *p)
{
    bool no_time = d->old.now_s >= 0 && d->new.now_s >= 0 && d->new.now_s <= d->old.now_s;
    return !no_time && !p->quiet && (isnan(p->beat) || d->old.now_s < 0 || p->beat + HEARTBEAT_S >= (double)d->old.now_s);
}

static const rk_process *find_process(const rk_layout *layout, rk_slice identity)
{
    for (size_t i = 0; layout && i < layout->process_count; i++)
        if (rk_slice_is(layout->processes[i].identity, identity))
            return &layout->processes[i];
    return NULL;
}

/* The processes of one account that may have ended jobs that are not counted. */
typedef struct {
    const rk_process **items;
    size_t count, cap;
} suspects;

/* As it was seen last: one without a hash died more than a minute ago, and is a member of `processes` until somebody
 * cleans up; OLD, whose processes are in the table, may know it. */
static const rk_process *last_seen(const rk_diff *d, const rk_account *a, const rk_process *p)
{
    if (!isnan(p->beat))
        return p;
    uint32_t old = join_peek(&d->table, rk_digest_of(p->identity));
    return old == JOIN_NONE ? NULL : &a->old_layout->processes[old];
}

static bool find_suspects(rk_diff *d, const rk_account *a, suspects *s)
{
    size_t old_count = a->old_layout ? a->old_layout->process_count : 0;
    s->count = 0;
    if (!join_start(&d->table, old_count, d->err))
        return false;
    for (size_t i = 0; i < old_count; i++)
        join_add(&d->table, rk_digest_of(a->old_layout->processes[i].identity), (uint32_t)i);
    for (size_t i = 0; a->new_layout && i < a->new_layout->process_count; i++) {
        const rk_process *p = last_seen(d, a, &a->new_layout->processes[i]);
        if (!p || isnan(p->beat) || !may_lag(d, p))
            continue;
        if (!rk_grow((void **)&s->items, &s->cap, s->count + 1, sizeof *s->items, d->err))
            return false;
        s->items[s->count++] = p;
    }
    return true;
}

/* Whom to ask is a handful of processes; where there are more than a thousand, any of them may be the one. */
enum { SUSPECTS_ASKED = 1000 };

/* From when on a job of the place must have been runnable, so that it may have run uncounted. */
static double lag_from(const rk_diff *d, const suspects *s, const rk_place *place)
{
    bool queue = place->kind == RK_PLACE_QUEUE;
    double from = INFINITY;
    if (s->count > SUSPECTS_ASKED)
        return -INFINITY;
    for (size_t i = 0; i < s->count; i++) {
        const rk_process *p = s->items[i];
        if (queue && !rk_process_serves(p, place->queue))
            continue;
        if (!stood_idle(d, p))
            return -INFINITY;
        if (side_place_is_scored(place))
            from = fmin(from, p->beat - POLL_S);
    }
    return from;
}

bool run_lag(rk_diff *d)
{
    suspects s = { 0 };
    bool ok = true;
    d->lag_from = rk_alloc((d->old.layouts.place_count + 1) * sizeof *d->lag_from);
    if (!d->lag_from)
        return rk_no_memory(d->err);
    for (size_t i = 0; ok && i < d->account_count; i++) {
        const rk_account *a = &d->accounts[i];
        ok = find_suspects(d, a, &s);
        for (size_t j = 0; ok && a->old_layout && j < a->old_layout->place_count; j++)
            d->lag_from[a->old_layout->places[j]->id] = lag_from(d, &s, a->old_layout->places[j]);
    }
    rk_free(s.items);
    return ok;
}

bool run_may_lag(const rk_diff *d, const side_job *job)
{
    bool scored = side_place_is_scored(d->old.layouts.places[job->place]);
    return (scored ? job->score : -INFINITY) >= d->lag_from[job->place] && d->lag_from[job->place] < INFINITY;
}

bool run_holder_is_dead(const rk_held *held)
{
    const rk_process *p = find_process(held->place->layout, held->place->owner);
    return !p || !(p->silent_s <= DEAD_S);
}
