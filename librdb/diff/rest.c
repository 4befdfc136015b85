/* rest: what was not matched in its own place: work hashes that echo a list, jobs that moved, and what is then left
 * of NEW: copies, and jobs of its own. */
#include "run.h"

#include <math.h>

static rk_digest identity_key(const side_job *job)
{
    return (rk_digest){ identity_of(job), 0 };
}

/* ---- echoes ------------------------------------------------------------------------------------------------------ */

/* A job that a work hash shows and that also waits somewhere on the same side is one job, not two. */
static bool mark_echoes(rk_diff *d, side *s)
{
    if (s->layouts.held_count == 0)
        return true;
    if (!join_start(&d->table, s->job_count, d->err))
        return false;
    for (size_t i = s->job_count; i-- > 0;)
        if (!(s->jobs[i].flags & JOB_HELD))
            join_add(&d->table, identity_key(&s->jobs[i]), (uint32_t)i);
    for (size_t i = 0; i < s->job_count; i++) {
        side_job *job = &s->jobs[i];
        if (!(job->flags & JOB_HELD))
            continue;
        if ((job->flags & JOB_KNOWN) || join_peek(&d->table, identity_key(job)) != JOIN_NONE)
            job->flags |= JOB_ECHO;
    }
    return true;
}

/* Held jobs that are in the same work hash on both sides were paired before it was known that one is an echo. */
static void part_from_echoes(side *s, side *other)
{
    for (size_t i = 0; i < s->job_count; i++) {
        side_job *job = &s->jobs[i];
        if (!(job->flags & JOB_ECHO) || job->partner == NO_PARTNER)
            continue;
        other->jobs[job->partner].partner = NO_PARTNER;
        job->partner = NO_PARTNER;
    }
}

/* ---- moved ------------------------------------------------------------------------------------------------------- */

typedef struct {
    bool bytes;    /* by payload, else by jid */
    bool anywhere; /* in another layout, too */
} move_step;

static rk_digest move_key(const rk_diff *d, const side_job *job, bool new_side, const move_step *step)
{
    rk_digest key = step->bytes ? job->payload : (rk_digest){ job->jid, 1 };
    const uint32_t *accounts = new_side ? d->new_accounts : d->old_accounts;
    if (!step->anywhere)
        key.hi ^= (uint64_t)(accounts[job->place] + 1) << 32;
    return key;
}

static bool match_moved(rk_diff *d, const move_step *step)
{
    size_t count = 0;
    for (size_t i = 0; i < d->old.job_count; i++)
        count += is_alone(&d->old.jobs[i]);
    if (count == 0)
        return true;
    if (!join_start(&d->table, count, d->err))
        return false;
    for (size_t i = d->old.job_count; i-- > 0;) {
        const side_job *job = &d->old.jobs[i];
        if (is_alone(job) && (step->bytes || (job->flags & JOB_HAS_JID)))
            join_add(&d->table, move_key(d, job, false, step), (uint32_t)i);
    }
    for (size_t i = 0; i < d->new.job_count; i++) {
        const side_job *job = &d->new.jobs[i];
        if (!is_alone(job) || (!step->bytes && !(job->flags & JOB_HAS_JID)))
            continue;
        uint32_t partner = join_take(&d->table, move_key(d, job, true, step));
        if (partner != JOIN_NONE)
            set_partners(d, partner, (uint32_t)i, RK_JOB_MOVED);
    }
    return true;
}

/* ---- what is NEW's own --------------------------------------------------------------------------------------------- */

/* Created after OLD was taken, or before? The clocks of clients are no better than a second. */
static bool is_younger(rk_diff *d, const side_job *job, bool *younger)
{
    rk_slice payload;
    rk_envelope e;
    *younger = true;
    if (d->old.now_s < 0)
        return true;
    if (!payload_get(&d->new.reader, job, &payload, d->err))
        return false;
    rk_envelope_scan(payload, &e);
    double born = !isnan(e.created_at) ? e.created_at : e.enqueued_at;
    *younger = isnan(born) || born >= (double)d->old.now_s - 1;
    return true;
}

/* Copies of something that has a partner are duplicates; so is the second of two that have none. */
static bool judge_own(rk_diff *d)
{
    if (!join_start(&d->table, d->new.job_count, d->err))
        return false;
    for (size_t i = 0; i < d->new.job_count; i++)
        if (d->new.jobs[i].partner != NO_PARTNER)
            join_add(&d->table, identity_key(&d->new.jobs[i]), (uint32_t)i);
    for (size_t i = 0; i < d->new.job_count; i++) {
        side_job *job = &d->new.jobs[i];
        bool younger;
        if (!is_alone(job))
            continue;
        uint32_t twin = join_peek(&d->table, identity_key(job));
        if (twin != JOIN_NONE || (job->flags & JOB_KNOWN)) {
            bool same = twin != JOIN_NONE ? rk_digest_is(d->new.jobs[twin].payload, job->payload)
                                          : (job->flags & JOB_KNOWN_BYTES) != 0;
            job->verdict = RK_JOB_DUPLICATED;
            job->why = same ? RK_WHY_SAME_BYTES : RK_WHY_SAME_JID;
            continue;
        }
        if (!is_younger(d, job, &younger))
            return false;
        job->verdict = younger ? RK_JOB_ADDED : RK_JOB_UNEXPECTED;
        join_add(&d->table, identity_key(job), (uint32_t)i);
    }
    return true;
}

/* What pushes itself anew for ever is looked at only where it is the same on both sides (spec: Sidekiq, "Ephemeral
 * and noisy keys"). */
static void drop_noise(side *s)
{
    for (size_t i = 0; i < s->job_count; i++)
        if (is_alone(&s->jobs[i]) && (s->jobs[i].flags & JOB_NOISE))
            s->jobs[i].flags |= JOB_ECHO;
}

bool run_match_rest(rk_diff *d)
{
    static const move_step steps[] = { { true, false }, { false, false }, { true, true }, { false, true } };
    if (!mark_echoes(d, &d->old) || !mark_echoes(d, &d->new))
        return false;
    part_from_echoes(&d->old, &d->new);
    part_from_echoes(&d->new, &d->old);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (!match_moved(d, &steps[i]))
            return false;
    if (!run_match_work(d) || !run_match_damaged(d))
        return false;
    drop_noise(&d->old);
    drop_noise(&d->new);
    return judge_own(d);
}
