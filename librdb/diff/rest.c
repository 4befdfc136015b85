/* rest: what was not matched in its own place: work hashes that echo a list, jobs that moved, damaged copies, and
 * what is then left of NEW: copies, and jobs of its own. */
#include "run.h"

#include <math.h>

static uint64_t identity_of(const side_job *job)
{
    return job->jid ? job->jid : 1;
}

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

static bool is_alone(const side_job *job)
{
    return job->partner == NO_PARTNER && !(job->flags & JOB_ECHO);
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

/* ---- damaged ------------------------------------------------------------------------------------------------------ */

/* A copy in NEW that no jid leads to its original. */
static bool lacks_identity(const side_job *job)
{
    return is_alone(job) && !(job->flags & (JOB_HAS_JID | JOB_HELD));
}

static bool may_be_original(const side_job *job)
{
    return is_alone(job) && (job->flags & JOB_HAS_JID) && !(job->flags & JOB_HELD);
}

/* class and args of a payload as one digest; false when it has none. */
static bool work_digest(rk_diff *d, side *s, const side_job *job, rk_digest *digest)
{
    rk_slice payload;
    rk_envelope envelope;
    if (!payload_get(&s->reader, job, &payload, d->err) || !rk_envelope_scan(payload, &envelope) ||
        envelope.args.len == 0 || !rk_json_digest(envelope.args, &d->scratch[0], digest, d->err))
        return false;
    *digest = rk_digest_sum(*digest, rk_digest_of(envelope.class_name));
    return true;
}

static rk_digest score_key(double score)
{
    return join_scored((rk_digest){ 0 }, score);
}

/* Pairs by score, or by class and args. */
static bool pair_damaged(rk_diff *d, const rk_ledger_row *row, bool by_score)
{
    size_t old_count, new_count;
    side_job *olds = jobs_of(&d->old, row->old_place, &old_count);
    side_job *news = jobs_of(&d->new, row->new_place, &new_count);
    rk_digest key;
    if (!join_start(&d->table, old_count, d->err))
        return false;
    for (size_t i = old_count; i-- > 0;) {
        if (!may_be_original(&olds[i]))
            continue;
        if (by_score)
            join_add(&d->table, score_key(olds[i].score), (uint32_t)(olds + i - d->old.jobs));
        else if (work_digest(d, &d->old, &olds[i], &key))
            join_add(&d->table, key, (uint32_t)(olds + i - d->old.jobs));
    }
    for (size_t i = 0; i < new_count && d->err->code == RK_OK; i++) {
        if (!lacks_identity(&news[i]))
            continue;
        if (by_score)
            key = score_key(news[i].score);
        else if (!work_digest(d, &d->new, &news[i], &key))
            continue;
        uint32_t partner = join_take(&d->table, key);
        if (partner != JOIN_NONE)
            set_partners(d, partner, (uint32_t)(news + i - d->new.jobs), RK_JOB_DAMAGED);
    }
    return d->err->code == RK_OK;
}

static size_t common_head(rk_slice a, rk_slice b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n])
        n++;
    return n;
}

/* Among the next few originals in order, the one whose text begins most alike. */
static bool pair_by_text(rk_diff *d, const rk_ledger_row *row)
{
    enum { AHEAD = 8, ALIKE = 16 };
    size_t old_count, new_count, from = 0;
    side_job *olds = jobs_of(&d->old, row->old_place, &old_count);
    side_job *news = jobs_of(&d->new, row->new_place, &new_count);
    for (size_t i = 0; i < new_count; i++) {
        rk_slice copy, text;
        size_t best = SIZE_MAX, best_len = ALIKE, seen = 0;
        if (!lacks_identity(&news[i]))
            continue;
        if (!payload_get(&d->new.reader, &news[i], &copy, d->err))
            return false;
        while (from < old_count && !may_be_original(&olds[from]))
            from++;
        for (size_t j = from; j < old_count && seen < AHEAD; j++) {
            if (!may_be_original(&olds[j]))
                continue;
            seen++;
            if (!payload_get(&d->old.reader, &olds[j], &text, d->err))
                return false;
            size_t len = common_head(copy, text);
            if (len > best_len || (best == SIZE_MAX && len == copy.len && len > 0)) {
                best = j;
                best_len = len;
            }
        }
        if (best != SIZE_MAX)
            set_partners(d, (uint32_t)(olds + best - d->old.jobs), (uint32_t)(news + i - d->new.jobs), RK_JOB_DAMAGED);
    }
    return true;
}

static bool row_has_damaged(rk_diff *d, const rk_ledger_row *row)
{
    size_t old_count, new_count, originals = 0, copies = 0;
    const side_job *olds = jobs_of(&d->old, row->old_place, &old_count);
    const side_job *news = jobs_of(&d->new, row->new_place, &new_count);
    for (size_t i = 0; i < old_count; i++)
        originals += may_be_original(&olds[i]);
    for (size_t i = 0; originals && i < new_count; i++)
        copies += lacks_identity(&news[i]);
    return originals && copies;
}

static bool match_damaged(rk_diff *d)
{
    for (size_t i = 0; i < d->row_count; i++) {
        const rk_ledger_row *row = &d->rows[i];
        if (!row->old_place || !row->new_place || !row_has_damaged(d, row))
            continue;
        if ((side_place_is_scored(row->old_place) && !pair_damaged(d, row, true)) || !pair_damaged(d, row, false) ||
            !pair_by_text(d, row))
            return false;
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
            bool same = (job->flags & JOB_KNOWN_BYTES) ||
                        (twin != JOIN_NONE && rk_digest_is(d->new.jobs[twin].payload, job->payload));
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

/* Probes that enqueue themselves are told of only while they are on both sides. */
static void leave_out_restless(side *s)
{
    for (size_t i = 0; i < s->job_count; i++)
        if (s->jobs[i].partner == NO_PARTNER && (s->jobs[i].flags & JOB_RESTLESS))
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
    leave_out_restless(&d->old);
    leave_out_restless(&d->new);
    return match_damaged(d) && judge_own(d);
}
