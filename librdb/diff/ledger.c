/* ledger: what became of how many, place by place; it must balance. */
#include "run.h"

const char *rk_verdict_name(rk_verdict verdict)
{
    static const char *const names[RK_VERDICTS] = {
        "kept",        "rescheduled", "changed", "moved",      "in_progress", "stranded",
        "finished",    "removed",     "trimmed", "lost",       "unaccounted", "damaged",
        "resurrected", "duplicated",  "added",   "unexpected",
    };
    return names[verdict];
}

/* Jobs that were matched as units, or that wait in units: all but the single ones. */
static uint64_t matched_in_units(const side *s, const rk_place *place)
{
    uint64_t count = 0;
    for (size_t i = 0; place && place->kind != RK_PLACE_WORK && i < place->segment_count; i++) {
        const rk_candidate *c = place->segments[i].candidate;
        for (uint64_t u = c->first_unit; u < c->first_unit + c->unit_count; u++)
            count += s->units[u].partner == UNIT_ALONE ? 0 : s->units[u].count;
    }
    return count;
}

/* In the hands of a worker, as a log shows, and not yet in a work hash. */
static bool is_in_hand(const side_job *job)
{
    return job->verdict == RK_JOB_IN_PROGRESS && job->partner == NO_PARTNER;
}

static bool is_job(const side_job *job)
{
    return !(job->flags & JOB_ECHO);
}

/* A job of OLD: its verdict counts where it was, and where it is now if that is another place. */
static void count_old(rk_diff *d, const side_job *job)
{
    rk_ledger_row *row = &d->rows[d->old_rows[job->place]];
    bool irregular = job->transition == RK_IRREGULAR;
    row->old_jobs++;
    row->counts[job->verdict]++;
    row->irregular += irregular;
    d->irregular += irregular;
    if (job->partner == NO_PARTNER)
        return;
    rk_ledger_row *to = &d->rows[d->new_rows[d->new.jobs[job->partner].place]];
    to->new_jobs++;
    if (to != row) {
        to->moved_in++;
        d->total.moved_in++;
    }
}

static void count_own(rk_diff *d, const side_job *job)
{
    const rk_place *place = d->new.layouts.places[job->place];
    rk_ledger_row *row = &d->rows[d->new_rows[job->place]];
    row->new_jobs++;
    row->counts[job->verdict]++;
    d->stranded_new += place->kind == RK_PLACE_PRIVATE && !place->alive;
}

/* What left the row's place for another one does not stand in it any more. */
static uint64_t went_elsewhere(const rk_diff *d, const rk_ledger_row *row)
{
    size_t count;
    uint64_t gone = 0;
    const side_job *jobs = jobs_of(&d->old, row->old_place, &count);
    for (size_t i = 0; i < count; i++)
        if (is_job(&jobs[i]) && is_in_hand(&jobs[i]))
            gone++;
        else if (is_job(&jobs[i]) && jobs[i].partner != NO_PARTNER)
            gone += d->new_rows[d->new.jobs[jobs[i].partner].place] != (uint32_t)(row - d->rows);
    return gone;
}

/* design: "The ledger must balance, per place and in total" */
static bool balances(const rk_ledger_row *row, uint64_t elsewhere)
{
    const uint64_t *n = row->counts;
    uint64_t old = 0, new;
    for (size_t v = 0; v < RK_JOB_DUPLICATED; v++)
        old += n[v];
    new = old - n[RK_JOB_FINISHED] - n[RK_JOB_REMOVED] - n[RK_JOB_TRIMMED] - n[RK_JOB_LOST] -
          n[RK_JOB_UNACCOUNTED] - elsewhere + row->moved_in + n[RK_JOB_DUPLICATED] + n[RK_JOB_ADDED] +
          n[RK_JOB_UNEXPECTED];
    return old == row->old_jobs && new == row->new_jobs;
}

static void find_cut(const rk_diff *d, rk_ledger_row *row)
{
    size_t count;
    uint64_t first = UINT64_MAX, gone = 0;
    const side_job *jobs = jobs_of(&d->old, row->old_place, &count);
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].partner != NO_PARTNER || !is_job(&jobs[i]))
            continue;
        gone++;
        first = jobs[i].position < first ? jobs[i].position : first;
    }
    if (row->new_place && gone > 0 && first > 0 && first + gone == row->old_jobs)
        row->cut_at = first;
}

static void finish_row(rk_diff *d, rk_ledger_row *row)
{
    uint64_t whole = matched_in_units(&d->old, row->old_place) + d->folds[row - d->rows].jobs;
    row->old_jobs += whole;
    row->new_jobs += whole;
    row->counts[RK_JOB_KEPT] += whole;
    row->doubled = row->old_jobs > 0 && row->counts[RK_JOB_DUPLICATED] == row->old_jobs;
    if (row->old_place && rk_place_is_list(row->old_place->kind))
        find_cut(d, row);
    for (size_t v = 0; v < RK_VERDICTS; v++)
        d->total.counts[v] += row->counts[v];
    d->total.old_jobs += row->old_jobs;
    d->total.new_jobs += row->new_jobs;
    d->total.irregular += row->irregular;
    d->total.shared += row->shared;
    d->total.out_of_order += row->out_of_order;
    d->total.order_changed |= row->order_changed;
}

/* A row for what is in hand and that NEW shows nowhere: jobs of NEW all the same. */
static bool add_hands(rk_diff *d, size_t account, uint64_t count)
{
    const rk_account *a = &d->accounts[account];
    rk_place *place = rk_arena_take(&d->book.arena, sizeof *place, d->err);
    folded *folds = rk_realloc(d->folds, (d->row_count + 1) * sizeof *folds);
    if (!place || !folds)
        return rk_no_memory(d->err);
    d->folds = folds;
    folds[d->row_count] = (folded){ 0 };
    *place = (rk_place){ .kind = RK_PLACE_WORK,
                         .name = RK_TEXT("in_hand"),
                         .queue = RK_EMPTY,
                         .owner = RK_EMPTY,
                         .alive = true,
                         .jobs = count,
                         .layout = (rk_layout *)(a->new_layout ? a->new_layout : a->old_layout),
                         .id = d->new.layouts.place_count };
    if (!rk_grow((void **)&d->rows, &d->row_cap, d->row_count + 1, sizeof *d->rows, d->err))
        return false;
    d->rows[d->row_count++] = (rk_ledger_row){ .new_place = place, .new_jobs = count, .moved_in = count };
    d->total.moved_in += count;
    return true;
}

static bool count_hands(rk_diff *d)
{
    for (size_t account = 0; account < d->account_count; account++) {
        uint64_t count = 0;
        for (size_t i = 0; i < d->old.job_count; i++)
            count += is_job(&d->old.jobs[i]) && is_in_hand(&d->old.jobs[i]) &&
                     d->old_accounts[d->old.jobs[i].place] == account;
        if (count > 0 && !add_hands(d, account, count))
            return false;
    }
    return true;
}

bool run_ledger(rk_diff *d)
{
    if (d->book.file_count > 0 && !count_hands(d))
        return false;
    for (size_t i = 0; i < d->old.job_count; i++)
        if (is_job(&d->old.jobs[i]))
            count_old(d, &d->old.jobs[i]);
    for (size_t i = 0; i < d->new.job_count; i++)
        if (is_job(&d->new.jobs[i]) && d->new.jobs[i].partner == NO_PARTNER)
            count_own(d, &d->new.jobs[i]);
    for (size_t i = 0; i < d->row_count; i++) {
        finish_row(d, &d->rows[i]);
        if (!balances(&d->rows[i], went_elsewhere(d, &d->rows[i])))
            return rk_fail(
                d->err, RK_DAMAGED, RK_NO_OFFSET,
                "the ledger of %.60s does not balance: a fault of this program",
                (const char *)(d->rows[i].old_place ? d->rows[i].old_place : d->rows[i].new_place)->name.ptr);
    }
    return true;
}
