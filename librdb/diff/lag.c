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
    return !no_time && !p->quiet &&
           (isnan(p->beat) || d->old.now_s < 0 || p->beat + HEARTBEAT_S >= (double)d->old.now_s);
}

static rk_digest process_key(size_t account, const rk_process *p)
{
    return rk_digest_seeded(p->identity, account);
}

/* OLD's processes, for those of NEW that have no hash: they died more than a minute before, and stay members of
 * `processes` until somebody cleans up. */
static bool index_old(rk_diff *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->account_count; i++)
        count += d->accounts[i].old_layout ? d->accounts[i].old_layout->process_count : 0;
    if (!join_start(&d->table, count, d->err))
        return false;
    for (size_t i = 0; i < d->account_count; i++) {
        const rk_layout *layout = d->accounts[i].old_layout;
        for (size_t j = 0; layout && j < layout->process_count; j++)
            join_add(&d->table, process_key(i, &layout->processes[j]), (uint32_t)j);
    }
    return true;
}

static const rk_process *last_seen(const rk_diff *d, size_t account, const rk_process *p)
{
    if (!isnan(p->beat))
        return p;
    uint32_t old = join_peek(&d->table, process_key(account, p));
    return old == JOIN_NONE ? NULL : &d->accounts[account].old_layout->processes[old];
}

bool run_lag(rk_diff *d)
{
    d->lag_from = rk_alloc((d->old.layouts.place_count + 1) * sizeof *d->lag_from);
    d->first_laggard = rk_alloc((d->account_count + 1) * sizeof *d->first_laggard);
    if (!d->lag_from || !d->first_laggard)
        return rk_no_memory(d->err);
    for (size_t i = 0; i < d->old.layouts.place_count; i++)
        d->lag_from[i] = NAN;
    if (!index_old(d))
        return false;
    for (size_t i = 0; i < d->account_count; i++) {
        const rk_layout *layout = d->accounts[i].new_layout;
        d->first_laggard[i] = d->laggard_count;
        for (size_t j = 0; layout && j < layout->process_count; j++) {
            const rk_process *p = last_seen(d, i, &layout->processes[j]);
            if (!p || isnan(p->beat) || !may_lag(d, p))
                continue;
            if (!rk_grow((void **)&d->laggards, &d->laggard_cap, d->laggard_count + 1, sizeof *d->laggards,
                         d->err))
                return false;
            d->laggards[d->laggard_count++] = p;
        }
    }
    d->first_laggard[d->account_count] = d->laggard_count;
    return true;
}

/* From when on a job of the place must have been runnable, so that it may have run uncounted. */
static double lag_from(const rk_diff *d, const rk_place *place)
{
    uint32_t account = d->old_accounts[place->id];
    double from = INFINITY;
    for (size_t i = d->first_laggard[account]; i < d->first_laggard[account + 1]; i++) {
        const rk_process *p = d->laggards[i];
        if (place->kind == RK_PLACE_QUEUE && !rk_process_serves(p, place->queue))
            continue;
        if (!stood_idle(d, p))
            return -INFINITY;
        if (side_place_is_scored(place))
            from = fmin(from, p->beat - POLL_S);
    }
    return from;
}

bool run_may_lag(rk_diff *d, const side_job *job)
{
    const rk_place *place = d->old.layouts.places[job->place];
    double *from = &d->lag_from[job->place];
    if (isnan(*from))
        *from = lag_from(d, place);
    return *from < INFINITY && (!side_place_is_scored(place) || job->score >= *from);
}

bool run_holder_is_dead(const rk_held *held)
{
    return !held->process || !(held->process->silent_s <= DEAD_S);
}
