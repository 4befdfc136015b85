/* fold: jobs that were matched one by one and are where they were need not be held one by one any more. */
#include "run.h"

#include <math.h>

/* A job is folded when nothing more will be asked of it than that it was kept. */
static bool is_folded(const rk_ledger_row *row, const side_job *job)
{
    const rk_place *to = row->new_place;
    bool stranded = to && to->kind == RK_PLACE_PRIVATE && !to->alive;
    return job->partner != NO_PARTNER && job->verdict == RK_JOB_KEPT &&
           !(job->flags & (JOB_HELD | JOB_ENDED)) && !stranded;
}

static uint32_t shard_of(const side *s, const side_job *job)
{
    return (uint32_t)rk_spot_shard(s->units[job->unit].spot);
}

/* Notes where a kept job stands in both lists, as part of the run before where it continues that. */
static bool note_stretch(rk_diff *d, folded *fold, const side_job *old, const side_job *new)
{
    stretch item = { old->position, new->position, 1, shard_of(&d->old, old), shard_of(&d->new, new) };
    stretch *last = fold->stretch_count ? &d->stretches[d->stretch_count - 1] : NULL;
    if (last && last->old_shard == item.old_shard && last->new_shard == item.new_shard &&
        last->before + last->count == item.before && last->after + last->count == item.after) {
        last->count++;
        return true;
    }
    if (!rk_grow((void **)&d->stretches, &d->stretch_cap, d->stretch_count + 1, sizeof item, d->err))
        return false;
    d->stretches[d->stretch_count++] = item;
    fold->stretch_count++;
    return true;
}

/* Moves the jobs of a place that stay to the front, and tells their partners. The place's jobs are the last ones. */
static void close_ranks(side *s, side *other, const rk_ledger_row *row, const rk_place *place)
{
    size_t count;
    side_job *jobs = jobs_of(s, place, &count);
    uint32_t to = place ? (uint32_t)s->first_job[place->id] : 0;
    for (size_t i = 0; i < count; i++) {
        if (is_folded(row, &jobs[i]))
            continue;
        if (jobs[i].partner != NO_PARTNER)
            other->jobs[jobs[i].partner].partner = to;
        s->jobs[to++] = jobs[i];
    }
    if (!place)
        return;
    s->place_jobs[place->id] = to - s->first_job[place->id];
    s->job_count = to;
}

bool run_fold(rk_diff *d, size_t row_index)
{
    const rk_ledger_row *row = &d->rows[row_index];
    folded *fold = &d->folds[row_index];
    size_t count;
    const side_job *news = jobs_of(&d->new, row->new_place, &count);
    *fold = (folded){ .lowest = INFINITY, .first_stretch = d->stretch_count };
    if (!row->old_place || !row->new_place)
        return true;
    bool scored = side_place_is_scored(row->old_place);
    for (size_t i = 0; i < count; i++) {
        if (!is_folded(row, &news[i]))
            continue;
        fold->jobs++;
        if (scored)
            fold->lowest = news[i].score < fold->lowest ? news[i].score : fold->lowest;
        else if (!(d->old.jobs[news[i].partner].flags & JOB_TWIN) &&
                 !note_stretch(d, fold, &d->old.jobs[news[i].partner], &news[i]))
            return false;
    }
    if (fold->jobs > 0) {
        close_ranks(&d->new, &d->old, row, row->new_place);
        close_ranks(&d->old, &d->new, row, row->old_place);
    }
    return true;
}
