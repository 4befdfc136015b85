/* diff: the steps of a comparison, and the plain answers to what came out. */
#include "run.h"

#include <pthread.h>

#define TOLERANCE_MOST INT64_C(1000000000000000) /* 30,000 years in ms */

static void *read_thread(void *argument)
{
    side_read(argument);
    return NULL;
}

/* Both sides at once. */
static bool read_sides(rk_diff *d)
{
    pthread_t thread;
    bool started = pthread_create(&thread, NULL, read_thread, &d->new) == 0;
    side_read(&d->old);
    if (started)
        pthread_join(thread, NULL);
    else
        side_read(&d->new);
    if (d->old.err.code != RK_OK)
        *d->err = d->old.err;
    else if (d->new.err.code != RK_OK)
        *d->err = d->new.err;
    return d->err->code == RK_OK;
}

/* A side whose jobs are all in ruins shows no layout by itself: there it is what the other side says. */
static bool agree_on_layouts(rk_diff *d)
{
    side *poorer = d->old.layouts.count < d->new.layouts.count ? &d->old : &d->new;
    side *richer = poorer == &d->old ? &d->new : &d->old;
    if (poorer->layouts.count == richer->layouts.count || side_find_layouts(poorer, &richer->layouts))
        return true;
    *d->err = poorer->err;
    return false;
}

static bool compare(rk_diff *d)
{
    if (!read_sides(d) || !agree_on_layouts(d) || !run_pair(d))
        return false;
    if (!d->options.no_jobs &&
        !(run_logs_read(d) && run_match_units(d) && run_logs_part(d) && run_match_jobs(d) && run_scan(d) &&
          run_match_rest(d) && run_judge(d) && run_lag(d) && run_logs_end(d) && run_logs_judge(d) &&
          run_judge_gone(d) && run_logs_why(d) && run_logs_alone(d) && run_order(d) && run_ledger(d)))
        return false;
    return (d->options.no_keys || run_keys(d)) && (run_diagnose(d), true);
}

rk_diff *rk_diff_run(const rk_diff_options *options, rk_err *err)
{
    rk_diff *d = rk_alloc(sizeof *d);
    if (!d) {
        rk_no_memory(err);
        return NULL;
    }
    d->options = *options;
    if (d->options.ttl_tolerance_ms > TOLERANCE_MOST)
        d->options.ttl_tolerance_ms = TOLERANCE_MOST; /* so that times can be added to it */
    d->err = err;
    d->old.options = d->new.options = &d->options;
    d->old.paths = &d->options.old_paths;
    d->new.paths = &d->options.new_paths;
    d->old.progress = options->old_progress;
    d->new.progress = options->new_progress;
    d->new.is_new = true;
    if (compare(d))
        return d;
    rk_diff_free(d);
    return NULL;
}

void rk_diff_free(rk_diff *d)
{
    if (!d)
        return;
    side_free(&d->old);
    side_free(&d->new);
    rk_free(d->accounts);
    rk_free(d->rows);
    rk_free(d->old_rows);
    rk_free(d->new_rows);
    rk_free(d->old_accounts);
    rk_free(d->new_accounts);
    rk_free(d->differences);
    rk_free(d->folds);
    rk_free(d->stretches);
    rk_free(d->holdings);
    rk_free(d->laggards);
    rk_free(d->first_laggard);
    rk_free(d->lag_from);
    log_book_free(&d->book);
    join_free(&d->table);
    for (size_t i = 0; i < sizeof d->scratch / sizeof d->scratch[0]; i++)
        rk_buf_free(&d->scratch[i]);
    rk_free(d);
}

/* What a log may hold behind the place where it could not be read further, nobody knows. Commands that could not be
 * replayed leave a doubt where a job is not accounted for. */
static bool is_in_doubt(const rk_diff *d)
{
    for (size_t i = 0; i < d->book.file_count; i++) {
        const rk_diff_log *log = &d->book.told[i];
        uint64_t open = d->total.counts[RK_JOB_UNACCOUNTED] + d->log_only[RK_JOB_UNACCOUNTED];
        if (log->partial || (log->uncertain && open > 0))
            return true;
    }
    return false;
}

bool rk_diff_is_partial(const rk_diff *d)
{
    return d->old.partial || d->new.partial || is_in_doubt(d);
}

rk_evidence_level rk_diff_evidence(const rk_diff *d)
{
    if (d->book.file_count > 0)
        return RK_BY_LOG;
    for (size_t i = 0; i < d->account_count; i++)
        if (d->accounts[i].has_counters)
            return RK_BY_COUNTERS;
    return RK_BY_SNAPSHOTS;
}

const rk_snapshot_info *rk_diff_input(const rk_diff *d, bool new_side, size_t i)
{
    const side *s = new_side ? &d->new : &d->old;
    return i < s->shard_count ? rk_snapshot_info_of(s->shards[i]) : NULL;
}

uint64_t rk_diff_input_jobs(const rk_diff *d, bool new_side, size_t i)
{
    const side *s = new_side ? &d->new : &d->old;
    return i < s->shard_count ? s->shard_jobs[i] : 0;
}

const rk_layouts *rk_diff_layouts(const rk_diff *d, bool new_side)
{
    return new_side ? &d->new.layouts : &d->old.layouts;
}

const rk_diff_options *rk_diff_options_of(const rk_diff *d)
{
    return &d->options;
}

const rk_snapshot *rk_diff_snapshot(const rk_diff *d, bool new_side, size_t i)
{
    const side *s = new_side ? &d->new : &d->old;
    return i < s->shard_count ? s->shards[i] : NULL;
}

const rk_catalog *rk_diff_catalog(const rk_diff *d, bool new_side)
{
    return new_side ? &d->new.catalog : &d->old.catalog;
}

rk_look **rk_diff_looks(const rk_diff *d, bool new_side)
{
    return new_side ? d->new.looks : d->old.looks;
}

int64_t rk_diff_saved_s(const rk_diff *d, bool new_side)
{
    return new_side ? d->new.now_s : d->old.now_s;
}

const rk_ledger_row *rk_diff_rows(const rk_diff *d, size_t *count)
{
    *count = d->row_count;
    return d->rows;
}

const rk_ledger_row *rk_diff_total(const rk_diff *d)
{
    return &d->total;
}

uint64_t rk_diff_irregular(const rk_diff *d)
{
    return d->irregular;
}

uint64_t rk_diff_stranded_new(const rk_diff *d)
{
    return d->stranded_new;
}

uint64_t rk_diff_orders_changed(const rk_diff *d)
{
    return d->orders_changed;
}

const rk_key_counts *rk_diff_keys(const rk_diff *d)
{
    return &d->keys;
}

const rk_account *rk_diff_accounts(const rk_diff *d, size_t *count)
{
    *count = d->account_count;
    return d->accounts;
}

const rk_diagnosis *rk_diff_diagnoses(const rk_diff *d, size_t *count)
{
    *count = d->diagnosis_count;
    return d->diagnoses;
}

const rk_diff_log *rk_diff_logs(const rk_diff *d, size_t *count)
{
    *count = d->book.told ? d->book.file_count : 0;
    return d->book.told;
}

const uint64_t *rk_diff_log_only(const rk_diff *d)
{
    return d->log_only;
}

uint64_t rk_diff_resurrected_new(const rk_diff *d)
{
    return d->resurrected_new;
}

uint64_t rk_diff_shadows(const rk_diff *d, bool new_side)
{
    return new_side ? d->new.shadows : d->old.shadows;
}

/* spec: Compatibility, "Replication id and offset: what they prove"; for one file a side only. */
rk_repl_proof rk_diff_proof(const rk_diff *d)
{
    if (d->old.shard_count != 1 || d->new.shard_count != 1)
        return RK_PROOF_NONE;
    const rk_snapshot_info *old = rk_snapshot_info_of(d->old.shards[0]),
                           *new = rk_snapshot_info_of(d->new.shards[0]);
    if (!old->repl_id[0] || !new->repl_id[0] || old->repl_offset < 0 || new->repl_offset < 0)
        return RK_PROOF_NONE;
    if (strcmp(old->repl_id, new->repl_id) != 0)
        return RK_PROOF_OTHER_HISTORY;
    return new->repl_offset >= old->repl_offset ? RK_PROOF_COMPLETE : RK_PROOF_BEHIND;
}
