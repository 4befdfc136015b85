/* gone: what may be said of a job that is nowhere in NEW (spec: Sidekiq, "Gone - what may be said", "Accounting with
 * the counters"; design: finished, trimmed, lost, unaccounted). */
#include "run.h"

#include <math.h>
#include <stdlib.h>

/* Sidekiq cuts the dead set to one less than its limit. Another limit may be configured; a set that did not grow
 * shows one, unless it is so small that this may be chance. */
enum { DEAD_DAYS = 180, INTERRUPTED_DAYS = 90, DAY_S = 86400, DEAD_MOST = 9999, OTHER_LIMIT_LEAST = 100 };

/* Could Sidekiq have run the job by itself since OLD was taken? */
static bool could_run(const rk_diff *d, const rk_place *place, const side_job *job)
{
    switch (place->kind) {
    case RK_PLACE_SCHEDULE:
    case RK_PLACE_RETRY:
        return d->new.now_s < 0 || job->score <= (double)d->new.now_s + 1;
    case RK_PLACE_DEAD:
    case RK_PLACE_INTERRUPTED:
        return false;
    default:
        return true;
    }
}

/* Gone, and no log says what became of it. */
static bool is_open(const side_job *job)
{
    return is_alone(job) && !(job->flags & JOB_LOGGED);
}

static void condemn(side_job *job, rk_verdict verdict, rk_why why)
{
    job->verdict = (uint8_t)verdict;
    job->why = (uint8_t)why;
}

/* ---- trimmed ----------------------------------------------------------------------------------------------------- */

static uint64_t jobs_in(const rk_place *place)
{
    return place ? place->jobs : 0;
}

/* The lowest score in the set that is still there; infinity when none of OLD's is. */
static double lowest_kept(const rk_diff *d, const rk_ledger_row *row)
{
    const rk_place *place = row->old_place;
    double lowest = d->folds[row - d->rows].lowest;
    size_t count;
    const side_job *jobs = jobs_of(&d->old, place, &count);
    for (size_t i = 0; i < place->segment_count; i++) {
        const rk_candidate *c = place->segments[i].candidate;
        for (uint64_t u = c->first_unit; u < c->first_unit + c->unit_count; u++) {
            const side_unit *unit = &d->old.units[u];
            if (unit->partner == UNIT_ALONE)
                continue;
            if (unit->form != RK_UNIT_ITEM)
                return -INFINITY; /* a packed set that is whole: nothing of it is gone */
            lowest = unit->score < lowest ? unit->score : lowest;
        }
    }
    for (size_t i = 0; i < count; i++)
        if (!is_alone(&jobs[i]) && jobs[i].score < lowest)
            lowest = jobs[i].score;
    return lowest;
}

/* A death cuts the set at its limit: what is gone are then the lowest scores, and the set is full. */
static void find_trimmed(rk_diff *d, const rk_ledger_row *row)
{
    size_t count;
    const rk_place *place = row->old_place;
    side_job *jobs = jobs_of(&d->old, place, &count);
    uint64_t before = jobs_in(place), after = jobs_in(row->new_place);
    bool full = after == DEAD_MOST || (after == before && after >= OTHER_LIMIT_LEAST);
    double lowest = full ? lowest_kept(d, row) : -INFINITY;
    double oldest =
        (double)d->new.now_s - (double)(place->kind == RK_PLACE_DEAD ? DEAD_DAYS : INTERRUPTED_DAYS) * DAY_S;
    for (size_t i = 0; i < count; i++) {
        if (!is_open(&jobs[i]))
            continue;
        if (d->new.now_s >= 0 && row->new_place && jobs[i].score < oldest)
            condemn(&jobs[i], RK_JOB_TRIMMED, RK_WHY_AGE);
        else if (full && jobs[i].score <= lowest)
            condemn(&jobs[i], RK_JOB_TRIMMED, RK_WHY_LIMIT);
    }
}

/* ---- accounting --------------------------------------------------------------------------------------------------- */

static double last_failure(const rk_envelope *e)
{
    return !isnan(e->retried_at) ? e->retried_at : e->failed_at;
}

/* A count of retries that can be reckoned with; before the first failure there is none. */
static int64_t attempts(const rk_envelope *e, int64_t without)
{
    if (!e->has_retry_count)
        return without;
    return e->retry_count < -1 ? -1 : e->retry_count > 1000000 ? 1000000 : e->retry_count;
}

/* How many attempts of a job at least failed between the two snapshots; too few does no harm, too many calls jobs
 * lost that have run. `was` is NULL where OLD does not have it. */
static uint64_t failed_since(const rk_diff *d, const rk_envelope *was, const rk_envelope *is)
{
    double last = last_failure(is);
    if (isnan(last))
        return 0;
    if (!was) /* it may have been in hand, and have failed often before */
        return d->old.now_s < 0 || last < (double)d->old.now_s ? 0
               : is->failed_at >= (double)d->old.now_s         ? (uint64_t)(attempts(is, 0) + 1)
                                                               : 1;
    if (last <= last_failure(was))
        return 0; /* it has not failed since */
    int64_t before = attempts(was, -1), after = attempts(is, 0);
    return after > before ? (uint64_t)(after - before) : 1;
}

/* Executions that show in jobs that are still there: failed attempts. */
static bool count_visible(rk_diff *d, const side_job *job)
{
    const rk_place *place = d->new.layouts.places[job->place];
    rk_account *account = &d->accounts[d->new_accounts[job->place]];
    rk_slice payload;
    rk_envelope e, was;
    bool failed_set = place->kind == RK_PLACE_RETRY || place->kind == RK_PLACE_DEAD;
    bool has_partner = job->partner != NO_PARTNER;
    if (!failed_set || job->verdict == RK_JOB_KEPT || job->verdict == RK_JOB_RESCHEDULED ||
        job->verdict == RK_JOB_DAMAGED || job->verdict == RK_JOB_DUPLICATED)
        return true;
    if (!payload_get(&d->new.reader, job, &payload, d->err))
        return false;
    rk_envelope_scan(payload, &e);
    if (has_partner) {
        if (!payload_get(&d->old.reader, &d->old.jobs[job->partner], &payload, d->err))
            return false;
        rk_envelope_scan(payload, &was);
    }
    account->visible += failed_since(d, has_partner ? &was : NULL, &e);
    return true;
}

/* Executions between the two snapshots that no job shows which is still there: so many of the gone ones may have
 * ended. What failed and is not counted as failed yet is not counted as processed yet, either. */
static uint64_t unexplained(const rk_account *a)
{
    uint64_t ended = a->processed > 0 ? (uint64_t)a->processed : 0,
             failed = a->failed > 0 ? (uint64_t)a->failed : 0;
    uint64_t shown = a->visible < failed ? a->visible : failed;
    uint64_t left = ended > shown ? ended - shown : 0;
    return left > a->logged_ended ? left - a->logged_ended : 0;
}

/* ---- threads -------------------------------------------------------------------------------------------------------- */

/* Threads of living processes that may hold jobs which no work hash shows yet. */
static int64_t free_threads(const rk_layout *layout, const rk_place *place)
{
    int64_t count = 0;
    bool queue =
        place->kind == RK_PLACE_QUEUE; /* a due job of a sorted set went through whichever queue it names */
    for (size_t i = 0; layout && i < layout->process_count; i++) {
        const rk_process *p = &layout->processes[i];
        if (p->alive && p->concurrency > p->shown && (!queue || rk_process_serves(p, place->queue)))
            count += p->concurrency - p->shown;
    }
    return count;
}

typedef struct {
    bool still, back, gone_place, exhausted, idle_explained;
} account_view;

static account_view view_of(const rk_account *a)
{
    account_view v = { 0 };
    v.gone_place =
        a->emptied && a->old_layout->has_counters && (!a->new_layout || !a->new_layout->has_counters);
    v.still = a->has_counters && a->processed == 0 && a->failed == 0;
    v.back = a->has_counters && (a->processed < 0 || a->failed < 0);
    uint64_t left = unexplained(a);
    v.exhausted = a->has_counters && !v.back && left == 0;
    v.idle_explained = a->has_counters && !v.back && left >= a->gone_runnable + a->gone_idle;
    return v;
}

/* A gone job that could not run by itself. */
static void judge_idle(const rk_diff *d, const rk_place *place, side_job *job, const account_view *v)
{
    bool dead = place->kind == RK_PLACE_DEAD || place->kind == RK_PLACE_INTERRUPTED;
    if (d->new.partial)
        condemn(job, RK_JOB_UNACCOUNTED, RK_WHY_NOT_SEEN);
    else if (v->gone_place)
        condemn(job, RK_JOB_LOST, RK_WHY_PLACE_GONE);
    else if (v->still)
        condemn(job, RK_JOB_LOST, RK_WHY_COUNTERS_STILL);
    else if (v->idle_explained)
        condemn(job, RK_JOB_UNACCOUNTED, RK_WHY_MAY_HAVE_RUN); /* somebody may have started it by hand */
    else
        condemn(job, RK_JOB_LOST, dead ? RK_WHY_DEAD_DOES_NOT_RUN : RK_WHY_NOT_DUE);
}

/* A gone job that could. `free` counts the threads that may still hold one of this queue. */
static void judge_runnable(rk_diff *d, side_job *job, const rk_account *a, const account_view *v,
                           int64_t *free)
{
    if (d->new.partial)
        condemn(job, RK_JOB_UNACCOUNTED, RK_WHY_NOT_SEEN);
    else if (v->gone_place)
        condemn(job, RK_JOB_LOST, RK_WHY_PLACE_GONE);
    else if (!a->has_counters)
        condemn(job, RK_JOB_UNACCOUNTED, RK_WHY_NO_COUNTERS);
    else if (v->back)
        condemn(job, RK_JOB_UNACCOUNTED, RK_WHY_COUNTERS_BACK);
    else if (!v->exhausted)
        condemn(job, RK_JOB_UNACCOUNTED, RK_WHY_MAY_HAVE_RUN);
    else if ((*free)-- > 0)
        condemn(job, RK_JOB_UNACCOUNTED, RK_WHY_MAY_BE_IN_HAND);
    else if (run_may_lag(d, job))
        condemn(job, RK_JOB_UNACCOUNTED, RK_WHY_NOT_COUNTED_YET);
    else
        condemn(job, RK_JOB_LOST, v->still ? RK_WHY_COUNTERS_STILL : RK_WHY_EXPLAINED);
}

/* In the order in which they are taken: a list from its tail, a sorted set from its lowest score. */
static int by_turn(const void *a, const void *b)
{
    const side_job *x = *(side_job *const *)a, *y = *(side_job *const *)b;
    return (x->score > y->score) - (x->score < y->score);
}

static bool judge_place(rk_diff *d, const rk_place *place)
{
    size_t count, gone = 0;
    side_job *jobs = jobs_of(&d->old, place, &count);
    const rk_account *a = &d->accounts[d->old_accounts[place->id]];
    account_view v = view_of(a);
    bool waited = place->kind != RK_PLACE_PRIVATE && place->kind != RK_PLACE_WORK; /* not in hand already */
    side_job **turns = rk_alloc(count * sizeof *turns);
    if (!turns)
        return rk_no_memory(d->err);
    for (size_t i = count; i-- > 0;)
        if (is_open(&jobs[i]) && jobs[i].verdict != RK_JOB_TRIMMED)
            turns[gone++] = &jobs[i];
    if (side_place_is_scored(place) && gone > 1)
        qsort(turns, gone, sizeof *turns, by_turn);
    int64_t threads = waited && gone ? free_threads(a->new_layout, place) : 0;
    for (size_t i = 0; i < gone; i++) {
        if (could_run(d, place, turns[i]))
            judge_runnable(d, turns[i], a, &v, &threads);
        else
            judge_idle(d, place, turns[i], &v);
    }
    rk_free(turns);
    return true;
}

/* Gone, but a process that fell silent shows it in its work hash: that says more than counters. */
static bool note_silent_holders(rk_diff *d)
{
    const rk_layouts *l = &d->new.layouts;
    if (!join_start(&d->table, l->held_count, d->err))
        return false;
    for (size_t i = 0; i < l->held_count; i++) {
        rk_envelope e;
        uint64_t jid;
        if (l->held[i].place->alive || !rk_envelope_scan(l->held[i].payload, &e))
            continue;
        if (!payload_jid(&e, &d->scratch[0], &jid, d->err))
            return false;
        if (jid)
            join_add(&d->table, (rk_digest){ jid, 1 }, (uint32_t)i);
    }
    for (size_t i = 0; i < d->old.job_count; i++) {
        side_job *job = &d->old.jobs[i];
        if (!is_open(job) || !(job->flags & JOB_HAS_JID) || job->verdict == RK_JOB_TRIMMED)
            continue;
        uint32_t held = join_peek(&d->table, (rk_digest){ job->jid, 1 });
        if (held == JOIN_NONE)
            continue;
        if (!rk_grow((void **)&d->holdings, &d->holding_cap, d->holding_count + 1, sizeof *d->holdings,
                     d->err))
            return false;
        d->holdings[d->holding_count++] = (silent_holding){ (uint32_t)i, held };
        if (job->why == RK_WHY_NOT_COUNTED_YET && run_holder_is_dead(&l->held[held]))
            job->verdict = RK_JOB_LOST; /* it died with the job in its hands */
        job->why = RK_WHY_HELD_BY_SILENT;
    }
    return true;
}

/* How many of the unaccounted ones cannot have ended, whichever they are. */
static void count_shortfall(rk_account *a)
{
    uint64_t left = unexplained(a);
    bool asked = a->has_counters && a->processed >= 0 && a->failed >= 0 && left > 0;
    a->at_least_lost = asked && !a->lagging && a->gone_runnable > left ? a->gone_runnable - left : 0;
}

static bool keeps_something(const rk_diff *d, const rk_ledger_row *row)
{
    size_t count;
    const side_job *jobs = jobs_of(&d->old, row->old_place, &count);
    if (d->folds[row - d->rows].jobs)
        return true;
    for (size_t i = 0; i < count; i++)
        if (jobs[i].partner != NO_PARTNER)
            return true;
    for (size_t i = 0; row->old_place->kind != RK_PLACE_WORK && i < row->old_place->segment_count; i++) {
        const rk_candidate *c = row->old_place->segments[i].candidate;
        for (uint64_t u = c->first_unit; u < c->first_unit + c->unit_count; u++)
            if (d->old.units[u].partner != UNIT_ALONE)
                return true;
    }
    return false;
}

static void find_emptied(rk_diff *d)
{
    for (size_t i = 0; i < d->account_count; i++)
        d->accounts[i].emptied = d->accounts[i].old_layout != NULL;
    for (size_t i = 0; i < d->row_count; i++)
        if (d->rows[i].old_place && keeps_something(d, &d->rows[i]))
            d->accounts[d->old_accounts[d->rows[i].old_place->id]].emptied = false;
}

bool run_judge_gone(rk_diff *d)
{
    find_emptied(d);
    for (size_t i = 0; i < d->new.job_count; i++)
        if (!(d->new.jobs[i].flags &JOB_ECHO) && !count_visible(d, &d->new.jobs[i]))
            return false;
    for (size_t i = 0; i < d->row_count; i++) {
        const rk_place *place = d->rows[i].old_place;
        if (place && (place->kind == RK_PLACE_DEAD || place->kind == RK_PLACE_INTERRUPTED) && !d->new.partial)
            find_trimmed(d, &d->rows[i]);
    }
    for (size_t i = 0; i < d->old.job_count; i++) {
        const side_job *job = &d->old.jobs[i];
        const rk_place *place = d->old.layouts.places[job->place];
        rk_account *a = &d->accounts[d->old_accounts[job->place]];
        if (!is_open(job) || job->verdict == RK_JOB_TRIMMED)
            continue;
        bool runnable = could_run(d, place, job);
        a->gone_runnable += runnable;
        a->gone_idle += !runnable;
        a->lagging |= runnable && run_may_lag(d, job);
    }
    for (size_t i = 0; i < d->account_count && !d->new.partial; i++)
        count_shortfall(&d->accounts[i]);
    for (size_t i = 0; i < d->row_count; i++)
        if (d->rows[i].old_place && !judge_place(d, d->rows[i].old_place))
            return false;
    return note_silent_holders(d);
}
