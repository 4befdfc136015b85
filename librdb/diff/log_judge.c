/* log_judge: what logs decide: of a job that is gone, what became of it; of one that is pending, that it had ended
 * (design: finished, removed, trimmed, lost, in_progress, resurrected). */
#include "run.h"

#include <math.h>

/* ---- which fact counts -------------------------------------------------------------------------------------------------- */

/* Where several logs know a job, the first of these that one of them has. What waits or is in hand in one instance may
 * have ended in the other. */
static const uint8_t ranks[RK_FATES] = {
    [RK_FATE_ENDED] = 8, [RK_FATE_IN_HAND] = 7, [RK_FATE_REMOVED] = 6, [RK_FATE_TRIMMED] = 5,
    [RK_FATE_LOST] = 4,  [RK_FATE_UNKNOWN] = 3, [RK_FATE_BETWEEN] = 2, [RK_FATE_PENDING] = 1,
};

/* What was over before OLD was taken is another life of a job that OLD has. */
static bool is_since_old(const rk_diff *d, const log_fact *fact)
{
    return fact->fate == RK_FATE_PENDING ||
           !log_is_before(&d->book.files[fact->log], &fact->decided, d->book.old_s);
}

static const log_fact *best_fact(const rk_diff *d, uint64_t id)
{
    const log_fact *best = NULL;
    for (size_t i = 0; i < d->book.file_count; i++) {
        const log_fact *fact = log_find(&d->book, id, i);
        if (fact && is_since_old(d, fact) && (!best || ranks[fact->fate] > ranks[best->fate]))
            best = fact;
    }
    return best;
}

bool run_logs_evidence(rk_diff *d, uint64_t id, rk_job_evidence *evidence)
{
    const log_fact *fact = best_fact(d, id);
    if (!fact)
        return false;
    *evidence = (rk_job_evidence){ .log = &d->book.told[fact->log],
                                   .fate = fact->fate,
                                   .because = fact->because,
                                   .taken = log_spot_of(&fact->taken),
                                   .decided = log_spot_of(&fact->decided),
                                   .process = fact->process ? d->book.names[fact->process - 1] : RK_EMPTY,
                                   .place = { .prefix = RK_EMPTY, .key = RK_EMPTY } };
    return true;
}

static bool id_of(rk_diff *d, side *s, const side_job *job, uint64_t *id)
{
    rk_slice payload;
    *id = job->jid;
    if (job->flags & JOB_HAS_JID)
        return true;
    if (!payload_get(&s->reader, job, &payload, d->err))
        return false;
    *id = rk_hash64(payload);
    *id += *id == 0;
    return true;
}

/* ---- gone ---------------------------------------------------------------------------------------------------------------- */

static const rk_why whys[RK_BECAUSES] = {
    [RK_BECAUSE_SHOWN] = RK_WHY_IN_HAND,
    [RK_BECAUSE_NOT_BEAT_YET] = RK_WHY_IN_HAND,
    [RK_BECAUSE_HEARTBEATS] = RK_WHY_ENDED,
    [RK_BECAUSE_STOPPED] = RK_WHY_ENDED,
    [RK_BECAUSE_ACKNOWLEDGED] = RK_WHY_ENDED,
    [RK_BECAUSE_COUNTED] = RK_WHY_ENDED,
    [RK_BECAUSE_DELETED_ALONE] = RK_WHY_DELETED_ALONE,
    [RK_BECAUSE_CLEARED] = RK_WHY_CLEARED,
    [RK_BECAUSE_AGE] = RK_WHY_AGE,
    [RK_BECAUSE_LIMIT] = RK_WHY_LIMIT,
    [RK_BECAUSE_FLUSHED] = RK_WHY_FLUSHED,
    [RK_BECAUSE_KEY_GONE] = RK_WHY_KEY_GONE,
    [RK_BECAUSE_OVERWRITTEN] = RK_WHY_OVERWRITTEN,
    [RK_BECAUSE_LIST_CUT] = RK_WHY_LIST_CUT,
    [RK_BECAUSE_HELD_BY_DEAD] = RK_WHY_HELD_BY_DEAD,
    [RK_BECAUSE_TAKEN_BY_DEAD] = RK_WHY_TAKEN_BY_DEAD,
    [RK_BECAUSE_NEVER_PUSHED] = RK_WHY_NEVER_PUSHED,
    [RK_BECAUSE_SEVERAL] = RK_WHY_ONE_OF_SEVERAL,
    [RK_BECAUSE_MORE_THAN_THREADS] = RK_WHY_MORE_THAN_THREADS,
    [RK_BECAUSE_NO_PROCESS] = RK_WHY_NO_PROCESS,
};

/* RK_VERDICTS: the log does not decide. */
rk_verdict log_verdict(const rk_diff *d, const log_fact *fact)
{
    switch ((rk_fate_kind)fact->fate) {
    case RK_FATE_ENDED:
        return RK_JOB_FINISHED;
    case RK_FATE_REMOVED:
        return RK_JOB_REMOVED;
    case RK_FATE_TRIMMED:
        return RK_JOB_TRIMMED;
    case RK_FATE_LOST:
        return RK_JOB_LOST;
    case RK_FATE_IN_HAND:
        return d->book.told[fact->log].ends_before_new ? RK_VERDICTS : RK_JOB_IN_PROGRESS;
    default:
        return RK_VERDICTS;
    }
}

rk_why log_why(const log_fact *fact)
{
    return whys[fact->because];
}

static bool judge_gone(rk_diff *d, side_job *job)
{
    uint64_t id;
    if (!id_of(d, &d->old, job, &id))
        return false;
    const log_fact *fact = best_fact(d, id);
    rk_verdict verdict = fact ? log_verdict(d, fact) : RK_VERDICTS;
    if (verdict == RK_VERDICTS)
        return true;
    job->verdict = (uint8_t)verdict;
    job->why = (uint8_t)log_why(fact);
    job->flags |= JOB_LOGGED;
    log_file *file = &d->book.files[fact->log]; /* OLD has the job: that came later */
    if (fact->decided.known && !fact->decided.base && fact->decided.at < file->after_old)
        file->after_old = fact->decided.at;
    d->accounts[d->old_accounts[job->place]].logged_ended += verdict == RK_JOB_FINISHED;
    return true;
}

/* ---- resurrected ------------------------------------------------------------------------------------------------------------ */

/* It was pushed anew after it had ended: somebody wanted it to run again. */
static bool pushed_since(rk_diff *d, const side_job *job, const log_fact *fact, bool *pushed)
{
    rk_slice payload;
    rk_envelope e;
    if (!payload_get(&d->new.reader, job, &payload, d->err))
        return false;
    rk_envelope_scan(payload, &e);
    *pushed = fact->decided.time_s && e.enqueued_at > (double)fact->decided.time_s + 1;
    return true;
}

/* It had ended before NEW was taken. In NEW's own log that must be beyond doubt: it was perhaps taken right after. */
static bool ended_before_new(const rk_diff *d, const log_fact *fact)
{
    bool own = d->book.told[fact->log].of_new;
    if (fact->fate != RK_FATE_ENDED)
        return false;
    if (!fact->decided.time_s || d->book.new_s < 0)
        return !own;
    return (int64_t)fact->decided.time_s < d->book.new_s + !own;
}

static bool may_be_judged(const rk_diff *d, const side_job *job)
{
    const rk_place *place = d->new.layouts.places[job->place];
    if (!(job->flags & JOB_ENDED) || (job->flags & (JOB_HELD | JOB_ECHO)) || place->kind == RK_PLACE_PRIVATE)
        return false;
    return job->verdict == RK_JOB_KEPT || job->verdict == RK_JOB_RESCHEDULED ||
           job->verdict == RK_JOB_CHANGED || job->verdict == RK_JOB_MOVED || job->verdict == RK_JOB_ADDED ||
           job->verdict == RK_JOB_UNEXPECTED;
}

static bool judge_pending(rk_diff *d, side_job *job)
{
    const log_fact *fact = may_be_judged(d, job) ? best_fact(d, job->jid) : NULL;
    bool pushed;
    if (!fact || !ended_before_new(d, fact))
        return true;
    if (!pushed_since(d, job, fact, &pushed))
        return false;
    if (pushed)
        return true;
    job->why = RK_WHY_HAD_ENDED;
    job->flags |= JOB_LOGGED;
    d->resurrected_new += job->partner == NO_PARTNER;
    if (job->partner == NO_PARTNER)
        return true;
    side_job *old = &d->old.jobs[job->partner];
    old->verdict = job->verdict = RK_JOB_RESURRECTED;
    old->transition = job->transition = RK_TRANSITION_NONE;
    old->why = RK_WHY_HAD_ENDED;
    old->flags |= JOB_LOGGED;
    return true;
}

bool run_logs_judge(rk_diff *d)
{
    if (d->book.file_count == 0)
        return true;
    for (size_t i = 0; i < d->old.job_count; i++)
        if (is_alone(&d->old.jobs[i]) && !judge_gone(d, &d->old.jobs[i]))
            return false;
    for (size_t i = 0; i < d->new.job_count; i++)
        if (!judge_pending(d, &d->new.jobs[i]))
            return false;
    return true;
}

/* ---- what they do not decide --------------------------------------------------------------------------------------------------- */

static rk_why why_not(const rk_diff *d, const log_fact *fact)
{
    if (!fact)
        return RK_WHY_NOT_IN_LOG;
    if (fact->fate == RK_FATE_PENDING && !d->book.told[fact->log].of_new)
        return RK_WHY_OTHER_LOG;
    return fact->fate == RK_FATE_UNKNOWN   ? log_why(fact)
           : fact->fate == RK_FATE_BETWEEN ? RK_WHY_BETWEEN
                                           : RK_WHY_LOG_ENDS;
}

bool run_logs_why(rk_diff *d)
{
    uint64_t id;
    for (size_t i = 0; d->book.file_count && i < d->old.job_count; i++) {
        side_job *job = &d->old.jobs[i];
        if (!is_alone(job) || job->verdict != RK_JOB_UNACCOUNTED || job->why == RK_WHY_HELD_BY_SILENT)
            continue;
        if (!id_of(d, &d->old, job, &id))
            return false;
        const log_fact *fact = best_fact(d, id);
        job->why = (uint8_t)why_not(d, fact);
        job->flags |= fact ? JOB_LOGGED : 0;
    }
    return true;
}
