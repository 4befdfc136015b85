/* gone: what may be said of a job that is nowhere in NEW (spec: Sidekiq, "Gone - what may be said", "Accounting with
 * the counters"; design: finished, trimmed, lost, unaccounted). */
#include "run.h"

#include <math.h>

enum { DEAD_DAYS = 180, INTERRUPTED_DAYS = 90, DAY_S = 86400, DEAD_LIMIT = 10000 };

static bool is_gone(const side_job *job)
{
    return job->partner == NO_PARTNER && !(job->flags & JOB_ECHO);
}

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
        if (!is_gone(&jobs[i]) && jobs[i].score < lowest)
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
    bool full = row->new_place && after >= before && (after == before || after >= DEAD_LIMIT - 1);
    double lowest = full ? lowest_kept(d, row) : -INFINITY;
    double oldest = (double)d->new.now_s - (double)(place->kind == RK_PLACE_DEAD ? DEAD_DAYS : INTERRUPTED_DAYS) * DAY_S;
    for (size_t i = 0; i < count; i++) {
        if (!is_gone(&jobs[i]))
            continue;
        if (d->new.now_s >= 0 && row->new_place && jobs[i].score < oldest)
            condemn(&jobs[i], RK_JOB_TRIMMED, RK_WHY_AGE);
        else if (full && jobs[i].score <= lowest)
            condemn(&jobs[i], RK_JOB_TRIMMED, RK_WHY_LIMIT);
    }
}

/* ---- accounting --------------------------------------------------------------------------------------------------- */

/* Executions that show in jobs that are still there: failed attempts. */
static bool count_visible(rk_diff *d, const side_job *job)
{
    const rk_place *place = d->new.layouts.places[job->place];
    rk_account *account = &d->accounts[d->new_accounts[job->place]];
    rk_slice payload;
    rk_envelope e, was = { 0 };
    bool failed_set = place->kind == RK_PLACE_RETRY || place->kind == RK_PLACE_DEAD;
    if (!failed_set || job->verdict == RK_JOB_KEPT || job->verdict == RK_JOB_RESCHEDULED ||
        job->verdict == RK_JOB_DAMAGED || job->verdict == RK_JOB_DUPLICATED)
        return true;
    if (!payload_get(&d->new.reader, job, &payload, d->err))
        return false;
    rk_envelope_scan(payload, &e);
    if (job->partner != NO_PARTNER) {
        if (!payload_get(&d->old.reader, &d->old.jobs[job->partner], &payload, d->err))
            return false;
        rk_envelope_scan(payload, &was);
    }
    double last = !isnan(e.retried_at) ? e.retried_at : e.failed_at;
    if (job->partner == NO_PARTNER && d->old.now_s >= 0 && !(last >= (double)d->old.now_s))
        return true; /* it failed before OLD was taken */
    int64_t before = was.has_retry_count ? was.retry_count : -1, after = e.has_retry_count ? e.retry_count : 0;
    account->visible += after > before ? (uint64_t)(after - before) : job->verdict == RK_JOB_MOVED ? 0 : 1;
    return true;
}

/* Threads of living processes that may hold jobs which no work hash shows yet. */
static int64_t free_threads(const rk_layout *layout, const rk_layouts *layouts, rk_slice queue)
{
    int64_t count = 0;
    for (size_t i = 0; layout && i < layout->process_count; i++) {
        const rk_process *p = &layout->processes[i];
        int64_t shown = 0;
        if (!p->alive || !rk_process_serves(p, queue))
            continue;
        for (size_t j = 0; j < layouts->held_count; j++)
            shown += rk_slice_is(layouts->held[j].place->owner, p->identity);
        count += p->concurrency > shown ? p->concurrency - shown : 0;
    }
    return count;
}

typedef struct {
    bool still, back, gone_place, exhausted, idle_explained;
} account_view;

static account_view view_of(const rk_diff *d, const rk_account *a)
{
    account_view v = { 0 };
    uint64_t ended = a->processed > 0 ? (uint64_t)a->processed : 0;
    v.gone_place = a->old_layout && a->old_layout->has_counters && (!a->new_layout || !a->new_layout->has_counters);
    v.still = a->has_counters && a->processed == 0 && a->failed == 0;
    v.back = a->has_counters && (a->processed < 0 || a->failed < 0);
    uint64_t left = ended > a->visible ? ended - a->visible : 0;
    v.exhausted = a->has_counters && !v.back && left == 0;
    v.idle_explained = a->has_counters && !v.back && left >= a->gone_runnable + a->gone_idle;
    (void)d;
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
static void judge_runnable(const rk_diff *d, side_job *job, const rk_account *a, const account_view *v, int64_t *free)
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
    else if (d->lagging[job->place])
        condemn(job, RK_JOB_UNACCOUNTED, RK_WHY_NOT_COUNTED_YET);
    else
        condemn(job, RK_JOB_LOST, v->still ? RK_WHY_COUNTERS_STILL : RK_WHY_EXPLAINED);
}

static void judge_place(rk_diff *d, const rk_place *place)
{
    size_t count;
    side_job *jobs = jobs_of(&d->old, place, &count);
    const rk_account *a = &d->accounts[d->old_accounts[place->id]];
    account_view v = view_of(d, a);
    bool queue = place->kind == RK_PLACE_QUEUE; /* what was in hand already is not waiting for a thread */
    int64_t threads = queue ? free_threads(a->new_layout, &d->new.layouts, place->queue) : 0;
    for (size_t i = count; i-- > 0;) { /* from the tail: what is taken next */
        side_job *job = &jobs[i];
        if (!is_gone(job) || job->verdict == RK_JOB_TRIMMED)
            continue;
        if (could_run(d, place, job))
            judge_runnable(d, job, a, &v, &threads);
        else
            judge_idle(d, place, job, &v);
    }
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
        if (!is_gone(job) || !(job->flags & JOB_HAS_JID) || job->verdict == RK_JOB_TRIMMED)
            continue;
        uint32_t held = join_peek(&d->table, (rk_digest){ job->jid, 1 });
        if (held == JOIN_NONE)
            continue;
        if (!rk_grow((void **)&d->holdings, &d->holding_cap, d->holding_count + 1, sizeof *d->holdings, d->err))
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
    uint64_t ended = a->processed > 0 ? (uint64_t)a->processed : 0;
    uint64_t left = ended > a->visible ? ended - a->visible : 0;
    bool asked = a->has_counters && a->processed >= 0 && a->failed >= 0 && left > 0;
    a->at_least_lost = asked && !a->lagging && a->gone_runnable > left ? a->gone_runnable - left : 0;
}

bool run_judge_gone(rk_diff *d)
{
    for (size_t i = 0; i < d->new.job_count; i++)
        if (!(d->new.jobs[i].flags & JOB_ECHO) && !count_visible(d, &d->new.jobs[i]))
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
        if (!is_gone(job) || job->verdict == RK_JOB_TRIMMED)
            continue;
        bool runnable = could_run(d, place, job);
        a->gone_runnable += runnable;
        a->gone_idle += !runnable;
        a->lagging |= runnable && d->lagging[job->place];
        d->counters_spoke |= a->has_counters;
    }
    for (size_t i = 0; i < d->account_count; i++)
        count_shortfall(&d->accounts[i]);
    for (size_t i = 0; i < d->row_count; i++)
        if (d->rows[i].old_place)
            judge_place(d, d->rows[i].old_place);
    return note_silent_holders(d);
}
