/* log_alone: jobs that are in neither side: they came after OLD, and were lost before NEW, or wait in another instance. What
 * came and ended in between is nobody's loss. */
#include "run.h"

#include <stdatomic.h>
#include <stdlib.h>

/* ---- which they are -------------------------------------------------------------------------------------------------------- */

/* In hand when OLD was taken, it may be on neither side, too. */
static bool is_in_hand(const log_fact *fact)
{
    return fact->fate == RK_FATE_IN_HAND || fact->because == RK_BECAUSE_HELD_BY_DEAD ||
           fact->because == RK_BECAUSE_TAKEN_BY_DEAD;
}

static bool is_after_old(const rk_diff *d, const log_job *job, const log_fact *fact)
{
    const log_file *file = &d->book.files[job->log];
    if (!file->told.annotated && fact->decided.at >= file->after_old)
        return true;
    /* In hand since before the log began, perhaps: no command of its own need stand in it. */
    if (fact->fate == RK_FATE_IN_HAND)
        return d->book.old_s < 0 || d->book.told[job->log].last_s >= d->book.old_s;
    int64_t pushed_s = job->pushed_here ? job->pushed.time_s : 0, decided_s = fact->decided.time_s;
    if (d->book.old_s < 0 || (!pushed_s && !decided_s))
        return job->pushed_here;
    return pushed_s >= d->book.old_s || decided_s + is_in_hand(fact) > d->book.old_s;
}

static bool is_before_new(const rk_diff *d, const log_job *job, const log_fact *fact)
{
    const log_spot *spot = fact->fate == RK_FATE_LOST && fact->decided.time_s ? &fact->decided : &job->pushed;
    return d->book.new_s < 0 || !spot->time_s || (int64_t)spot->time_s <= d->book.new_s;
}

/* What another log has to say that settles it. */
static bool is_settled_elsewhere(const rk_diff *d, const log_job *job)
{
    for (size_t i = 0; i < d->book.file_count; i++) {
        const log_fact *fact = i == job->log ? NULL : log_find(&d->book, job->id, i);
        if (fact && fact->fate != RK_FATE_LOST && fact->fate != RK_FATE_UNKNOWN &&
            fact->fate != RK_FATE_PENDING)
            return true;
    }
    return false;
}

static void judge(const rk_diff *d, log_job *job)
{
    const log_fact *fact = log_find(&d->book, job->id, job->log);
    job->verdict = RK_VERDICTS;
    if (!fact || !is_after_old(d, job, fact) || !is_before_new(d, job, fact) || is_settled_elsewhere(d, job))
        return;
    switch ((rk_fate_kind)fact->fate) {
    case RK_FATE_LOST:
        job->verdict = RK_JOB_LOST;
        job->why = (uint8_t)log_why(fact);
        break;
    case RK_FATE_PENDING: /* noted only for logs of another instance */
        job->verdict = d->book.told[job->log].ends_before_new ? RK_JOB_UNACCOUNTED : RK_JOB_LOST;
        job->why = job->verdict == RK_JOB_LOST ? RK_WHY_ELSEWHERE : RK_WHY_LOG_ENDS;
        break;
    case RK_FATE_IN_HAND:
        job->verdict = d->book.told[job->log].ends_before_new ? RK_JOB_UNACCOUNTED : RK_JOB_IN_PROGRESS;
        job->why = job->verdict == RK_JOB_IN_PROGRESS ? log_why(fact) : RK_WHY_LOG_ENDS;
        break;
    case RK_FATE_UNKNOWN:
    case RK_FATE_BETWEEN:
        job->verdict = RK_JOB_UNACCOUNTED;
        job->why = fact->fate == RK_FATE_UNKNOWN ? log_why(fact) : RK_WHY_BETWEEN;
        break;
    default:
        break;
    }
}

/* ---- and which are in NEW, or OLD, after all -------------------------------------------------------------------------------- */

typedef struct {
    log_job *jobs;
    join ids;
    _Atomic uint8_t *found;
} search;

static bool visit(void *self, uint32_t unit, rk_slice payload, rk_buf *scratch, rk_err *err)
{
    const search *s = self;
    rk_envelope envelope;
    uint64_t id;
    (void)unit;
    rk_envelope_scan(payload, &envelope);
    if (!payload_jid(&envelope, scratch, &id, err))
        return false;
    if (id == 0) {
        id = rk_hash64(payload);
        id += id == 0;
    }
    uint32_t at = join_peek(&s->ids, (rk_digest){ id, 0 });
    if (at != JOIN_NONE)
        atomic_store(&s->found[at], 1);
    return true;
}

/* A log knows a job without a jid by its bytes. */
static bool find_in_side(const rk_diff *d, const search *s, side *in)
{
    for (size_t i = 0; i < in->job_count; i++) {
        rk_slice payload;
        uint64_t id = in->jobs[i].jid;
        if (!(in->jobs[i].flags & JOB_HAS_JID)) {
            if (!payload_get(&in->reader, &in->jobs[i], &payload, d->err))
                return false;
            id = rk_hash64(payload);
            id += id == 0;
        }
        uint32_t at = join_peek(&s->ids, (rk_digest){ id, 0 });
        if (at != JOIN_NONE)
            atomic_store(&s->found[at], 1);
    }
    return true;
}

/* The first one of an id stands for all. */
static bool index_jobs(rk_diff *d, search *s)
{
    if (!join_start(&s->ids, d->book.job_count, d->err))
        return false;
    for (size_t i = 0; i < d->book.job_count; i++) {
        log_job *job = &d->book.jobs[i];
        rk_digest key = { job->id, 0 };
        if (job->verdict == RK_VERDICTS)
            continue;
        if (join_peek(&s->ids, key) != JOIN_NONE)
            job->verdict = RK_VERDICTS;
        else
            join_add(&s->ids, key, (uint32_t)i);
    }
    return true;
}

static bool drop_found(rk_diff *d)
{
    search s = { .jobs = d->book.jobs };
    bool ok = index_jobs(d, &s);
    if (ok && s.ids.count > 0) {
        s.found = rk_alloc(d->book.job_count * sizeof *s.found);
        ok = s.found ? true : rk_no_memory(d->err);
        ok = ok && find_in_side(d, &s, &d->old) && find_in_side(d, &s, &d->new) && run_scan_new(d, visit, &s);
        for (size_t i = 0; ok && i < d->book.job_count; i++)
            if (atomic_load(&s.found[i]))
                d->book.jobs[i].verdict = RK_VERDICTS;
    }
    rk_free(s.found);
    join_free(&s.ids);
    return ok;
}

bool run_logs_alone(rk_diff *d)
{
    for (size_t i = 0; i < d->book.job_count; i++)
        judge(d, &d->book.jobs[i]);
    if (d->book.job_count > 0 && !drop_found(d))
        return false;
    for (size_t i = 0; i < d->book.job_count; i++)
        if (d->book.jobs[i].verdict != RK_VERDICTS)
            d->log_only[d->book.jobs[i].verdict]++;
    return true;
}
