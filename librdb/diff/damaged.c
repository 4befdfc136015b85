/* damaged: copies in NEW that no jid leads to their originals any more, paired by score, by what they do, by the text
 * that is left, or by position (design: "damaged"). */
#include "run.h"

/* A copy in NEW that may be anybody's. */
static bool lacks_identity(const side_job *job)
{
    return is_alone(job) && !(job->flags & (JOB_HAS_JID | JOB_HELD));
}

static bool may_be_original(const side_job *job)
{
    return is_alone(job) && (job->flags & JOB_HAS_JID) && !(job->flags & JOB_HELD);
}

static rk_digest score_key(double score)
{
    return join_scored((rk_digest){ 0 }, score);
}

/* Pairs by score, or by class and args. */
static bool pair_by_key(rk_diff *d, const rk_ledger_row *row, bool by_score)
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
        else if (run_work_digest(d, &d->old, &olds[i], false, &key))
            join_add(&d->table, key, (uint32_t)(olds + i - d->old.jobs));
    }
    for (size_t i = 0; i < new_count && d->err->code == RK_OK; i++) {
        if (!lacks_identity(&news[i]))
            continue;
        if (by_score)
            key = score_key(news[i].score);
        else if (!run_work_digest(d, &d->new, &news[i], false, &key))
            continue;
        uint32_t partner = join_take(&d->table, key);
        if (partner != JOIN_NONE)
            set_partners(d, partner, (uint32_t)(news + i - d->new.jobs), RK_JOB_DAMAGED);
    }
    return d->err->code == RK_OK;
}

/* How many bytes the two have in common at their heads and tails. */
static size_t alike(rk_slice a, rk_slice b)
{
    size_t most = a.len < b.len ? a.len : b.len, head = 0, tail = 0;
    while (head < most && a.ptr[head] == b.ptr[head])
        head++;
    while (head + tail < most && a.ptr[a.len - 1 - tail] == b.ptr[b.len - 1 - tail])
        tail++;
    return head + tail;
}

enum { AHEAD = 8 };

/* The originals that come next, in the order of the list; one that found its copy makes room. */
typedef struct {
    side_job *all;
    size_t count, next;
    size_t ahead[AHEAD], ahead_count;
} original_queue;

static void refill(original_queue *q)
{
    for (; q->ahead_count < AHEAD && q->next < q->count; q->next++)
        if (may_be_original(&q->all[q->next]))
            q->ahead[q->ahead_count++] = q->next;
}

/* Takes the one at `i`, and passes over those before it: lists keep their order. */
static side_job *take(original_queue *q, size_t i)
{
    side_job *job = &q->all[q->ahead[i]];
    q->ahead_count -= i + 1;
    memmove(q->ahead, q->ahead + i + 1, q->ahead_count * sizeof q->ahead[0]);
    return job;
}

/* The one of the next originals whose text is most alike, if three quarters of the copy are; or AHEAD. */
static size_t most_alike(rk_diff *d, const original_queue *q, const side_job *copy)
{
    rk_slice text, original;
    size_t best = AHEAD;
    if (!payload_get(&d->new.reader, copy, &text, d->err))
        return AHEAD;
    size_t most = text.len - text.len / 4;
    for (size_t i = 0; i < q->ahead_count; i++) {
        if (!payload_get(&d->old.reader, &q->all[q->ahead[i]], &original, d->err))
            return AHEAD;
        size_t same = alike(text, original);
        if (same < most || same == 0 || (best < AHEAD && same == most))
            continue;
        best = i;
        most = same;
    }
    return best;
}

/* What parses as a job of its own and does something else is no damaged copy. */
static bool is_fragment(const side_job *job)
{
    return lacks_identity(job) && !(job->flags & JOB_PARSED);
}

static bool pair_by_text(rk_diff *d, const rk_ledger_row *row)
{
    size_t new_count;
    original_queue q = { 0 };
    q.all = jobs_of(&d->old, row->old_place, &q.count);
    side_job *news = jobs_of(&d->new, row->new_place, &new_count);
    for (size_t i = 0; i < new_count; i++) {
        if (!is_fragment(&news[i]))
            continue;
        refill(&q);
        size_t best = most_alike(d, &q, &news[i]);
        if (d->err->code != RK_OK)
            return false;
        if (best < AHEAD)
            set_partners(d, (uint32_t)(take(&q, best) - d->old.jobs), (uint32_t)(news + i - d->new.jobs),
                         RK_JOB_DAMAGED);
    }
    return true;
}

/* Where a list has as many items as before, what stands in the place of an original is what is left of it. */
static void pair_by_position(rk_diff *d, const rk_ledger_row *row)
{
    size_t old_count, new_count, o = 0;
    side_job *olds = jobs_of(&d->old, row->old_place, &old_count);
    side_job *news = jobs_of(&d->new, row->new_place, &new_count);
    bool one_list = row->old_place->segment_count == 1 && row->new_place->segment_count == 1;
    if (!one_list || !rk_place_is_list(row->old_place->kind) || row->old_place->jobs != row->new_place->jobs)
        return;
    for (size_t i = 0; i < new_count; i++) { /* both are sorted by position */
        while (o < old_count && olds[o].position < news[i].position)
            o++;
        if (o < old_count && olds[o].position == news[i].position && is_fragment(&news[i]) &&
            may_be_original(&olds[o]))
            set_partners(d, (uint32_t)(olds + o - d->old.jobs), (uint32_t)(news + i - d->new.jobs),
                         RK_JOB_DAMAGED);
    }
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

bool run_match_damaged(rk_diff *d)
{
    for (size_t i = 0; i < d->row_count; i++) {
        const rk_ledger_row *row = &d->rows[i];
        if (!row->old_place || !row->new_place || !row_has_damaged(d, row))
            continue;
        if ((side_place_is_scored(row->old_place) && !pair_by_key(d, row, true)) ||
            !pair_by_key(d, row, false) || !pair_by_text(d, row))
            return false;
        pair_by_position(d, row);
    }
    return true;
}
