/* jobs: matches single jobs, place by place: same bytes, same bytes with another score, same jid. What is kept is
 * folded at once, so that memory follows the difference even where no node is the same on both sides. */
#include "run.h"

#include <pthread.h>

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

static void note_twin(rk_diff *d, uint32_t one, uint32_t other)
{
    if (one == JOIN_NONE)
        return;
    d->old.jobs[one].flags |= JOB_TWIN;
    if (other != JOIN_NONE)
        d->old.jobs[other].flags |= JOB_TWIN;
}

/* Pairs what is still alone in one place, with a verdict for each pair. */
static bool pair_by(rk_diff *d, const rk_ledger_row *row, key_of key, bool needs_jid, rk_verdict verdict)
{
    size_t old_count, new_count;
    side_job *olds = jobs_of(&d->old, row->old_place, &old_count);
    side_job *news = jobs_of(&d->new, row->new_place, &new_count);
    if (!join_start(&d->table, old_count, d->err))
        return false;
    for (size_t i = old_count; i-- > 0;) {
        uint32_t id = (uint32_t)(olds + i - d->old.jobs);
        if (olds[i].partner == NO_PARTNER && (!needs_jid || (olds[i].flags & JOB_HAS_JID)))
            note_twin(d, join_add(&d->table, key(&olds[i]), id), id);
    }
    for (size_t i = 0; i < new_count; i++) {
        if (news[i].partner != NO_PARTNER || (needs_jid && !(news[i].flags & JOB_HAS_JID)))
            continue;
        uint32_t partner = join_take(&d->table, key(&news[i]));
        if (partner != JOIN_NONE)
            set_partners(d, partner, (uint32_t)(news + i - d->new.jobs), verdict);
        else
            note_twin(d, join_taken(&d->table, key(&news[i])), JOIN_NONE);
    }
    return true;
}

enum { WORTH_A_THREAD = 64 }; /* units */

typedef struct {
    side *side;
    const rk_place *place;
    bool ok;
} expansion;

static void *expand(void *argument)
{
    expansion *e = argument;
    e->ok = !e->place || side_expand(e->side, e->place);
    return NULL;
}

static size_t lonely_units(const side *s, const rk_place *place)
{
    size_t count = 0;
    for (size_t i = 0; place && i < place->segment_count; i++) {
        const rk_candidate *c = place->segments[i].candidate;
        for (uint64_t u = c->first_unit; u < c->first_unit + c->unit_count && count < WORTH_A_THREAD; u++)
            count += s->units[u].partner == UNIT_ALONE;
    }
    return count;
}

/* Both sides of a row, at once where that is worth it. */
static bool expand_row(rk_diff *d, const rk_ledger_row *row)
{
    expansion olds = { &d->old, row->old_place, false }, news = { &d->new, row->new_place, false };
    pthread_t thread;
    bool worth = lonely_units(&d->old, row->old_place) >= WORTH_A_THREAD &&
                 lonely_units(&d->new, row->new_place) >= WORTH_A_THREAD;
    bool started = worth && pthread_create(&thread, NULL, expand, &news) == 0;
    expand(&olds);
    if (started)
        pthread_join(thread, NULL);
    else
        expand(&news);
    if (!olds.ok || !news.ok)
        *d->err = d->old.err.code != RK_OK ? d->old.err : d->new.err;
    return olds.ok && news.ok;
}

static bool match_row(rk_diff *d, const rk_ledger_row *row)
{
    if (!row->old_place || !row->new_place)
        return true;
    bool scored = side_place_is_scored(row->old_place);
    return pair_by(d, row, scored ? by_bytes_and_score : by_bytes, false, RK_JOB_KEPT) &&
           (!scored || pair_by(d, row, by_bytes, false, RK_JOB_RESCHEDULED)) &&
           pair_by(d, row, by_jid, true, RK_JOB_CHANGED);
}

bool run_match_jobs(rk_diff *d)
{
    if (!side_expand_begin(&d->old) || !side_expand_begin(&d->new)) {
        *d->err = d->old.err.code != RK_OK ? d->old.err : d->new.err;
        return false;
    }
    d->folds = rk_alloc((d->row_count + 1) * sizeof *d->folds);
    if (!d->folds)
        return rk_no_memory(d->err);
    for (size_t i = 0; i < d->row_count; i++) {
        if (!expand_row(d, &d->rows[i]) || !match_row(d, &d->rows[i]))
            return false;
        run_logs_mark(d, d->rows[i].new_place);
        if (!run_fold(d, i))
            return false;
    }
    return true;
}
