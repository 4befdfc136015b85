/* jobs: matches single jobs within a place: same bytes, same bytes with another score, same jid. */
#include "run.h"

typedef rk_digest (*key_of)(const side_job *job);

static rk_digest by_bytes_and_score(const side_job *job)
{
    return join_scored(job->payload, job->score);
}

static rk_digest by_bytes(const side_job *job)
{
    return job->payload;
}

static rk_digest by_jid(const side_job *job)
{
    return (rk_digest){ job->jid, (job->flags & JOB_HAS_JID) ? 1 : 0 };
}

/* Pairs what is still alone in one place, with a verdict for each pair. */
static bool pair_by(rk_diff *d, const rk_ledger_row *row, key_of key, bool needs_jid, rk_verdict verdict)
{
    size_t old_count, new_count;
    side_job *olds = jobs_of(&d->old, row->old_place, &old_count);
    side_job *news = jobs_of(&d->new, row->new_place, &new_count);
    if (!join_start(&d->table, old_count, d->err))
        return false;
    for (size_t i = old_count; i-- > 0;)
        if (olds[i].partner == NO_PARTNER && (!needs_jid || (olds[i].flags & JOB_HAS_JID)))
            join_add(&d->table, key(&olds[i]), (uint32_t)(olds + i - d->old.jobs));
    for (size_t i = 0; i < new_count; i++) {
        if (news[i].partner != NO_PARTNER || (needs_jid && !(news[i].flags & JOB_HAS_JID)))
            continue;
        uint32_t partner = join_take(&d->table, key(&news[i]));
        if (partner != JOIN_NONE)
            set_partners(d, partner, (uint32_t)(news + i - d->new.jobs), verdict);
    }
    return true;
}

bool run_match_jobs(rk_diff *d)
{
    for (size_t i = 0; i < d->row_count; i++) {
        const rk_ledger_row *row = &d->rows[i];
        if (!row->old_place || !row->new_place)
            continue;
        bool scored = side_place_is_scored(row->old_place);
        if (!pair_by(d, row, scored ? by_bytes_and_score : by_bytes, false, RK_JOB_KEPT) ||
            (scored && !pair_by(d, row, by_bytes, false, RK_JOB_RESCHEDULED)) ||
            !pair_by(d, row, by_jid, true, RK_JOB_CHANGED))
            return false;
    }
    return true;
}
