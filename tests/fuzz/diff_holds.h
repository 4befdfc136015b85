/* diff_holds: what must hold of any comparison, for the fuzz targets that make one. */
#ifndef RDBKIT_FUZZ_DIFF_HOLDS_H
#define RDBKIT_FUZZ_DIFF_HOLDS_H

#include <stdlib.h>

#include "rdbkit/diff.h"

/* abort() and not assert(): these hold in every build. */
static inline void must(bool holds)
{
    if (!holds)
        abort();
}

static inline rk_diff *diff_run(char *old_path, char *new_path, rk_err *err)
{
    rk_diff_options options = { .old_paths = { &old_path, 1 },
                                .new_paths = { &new_path, 1 },
                                .ttl_tolerance_ms = 1000,
                                .alive_within_s = 4 };
    rk_diff *diff = rk_diff_run(&options, err);
    must(diff || (err->code != RK_OK && err->what[0]));
    must(strncmp(err->what, "the ledger of ", 14) != 0 && strncmp(err->what, "the file changed", 16) != 0);
    return diff;
}

static inline uint64_t sum(const rk_ledger_row *row, rk_verdict from, rk_verdict to)
{
    uint64_t all = 0;
    for (rk_verdict v = from; v < to; v++)
        all += row->counts[v];
    return all;
}

static inline void ledger_balances(const rk_diff *diff)
{
    size_t count;
    const rk_ledger_row *rows = rk_diff_rows(diff, &count), *total = rk_diff_total(diff);
    uint64_t olds = 0, news = 0;
    for (size_t i = 0; i < count; i++) {
        must(sum(&rows[i], 0, RK_JOB_DUPLICATED) == rows[i].old_jobs);
        must(rows[i].out_of_order <= rows[i].shared && rows[i].backward <= rows[i].shared);
        olds += rows[i].old_jobs;
        news += rows[i].new_jobs;
    }
    must(olds == total->old_jobs && news == total->new_jobs);
    uint64_t gone = sum(total, RK_JOB_FINISHED, RK_JOB_DAMAGED);
    must(total->new_jobs == total->old_jobs - gone + sum(total, RK_JOB_DUPLICATED, RK_VERDICTS));
}

/* Pulls all; `same`: both sides are one file. */
static inline void findings_agree(rk_diff *diff, bool same)
{
    rk_err err = { 0 };
    rk_job_finding job;
    rk_key_finding key;
    uint64_t jobs = 0, keys = 0;
    rk_job_cursor *job_cursor = rk_job_cursor_open(diff, &err);
    while (rk_job_cursor_next(job_cursor, &job, &err)) {
        must(job.old_side.place || job.new_side.place);
        must(!same || job.verdict == RK_JOB_IN_PROGRESS || job.verdict == RK_JOB_STRANDED);
        jobs++;
    }
    rk_job_cursor_close(job_cursor);
    const rk_ledger_row *total = rk_diff_total(diff);
    must(err.code == RK_OK && jobs == sum(total, RK_JOB_RESCHEDULED, RK_VERDICTS));
    rk_key_cursor *key_cursor = rk_key_cursor_open(diff, &err);
    while (rk_key_cursor_next(key_cursor, &key, &err))
        keys++;
    rk_key_cursor_close(key_cursor);
    const rk_key_counts *n = rk_diff_keys(diff);
    /* what the comparison never decoded may turn out to be damaged when it is told */
    must(err.code == RK_DAMAGED || err.code == RK_TRUNCATED ||
         (err.code == RK_OK && keys == n->changed + n->only_old + n->only_new + n->expired));
    must(!same || (keys == 0 && n->equal_other_encoding == 0));
    must(!same || rk_diff_orders_changed(diff) == 0);
}

/* Compares, checks all that must hold, and tells the numbers of all rows as one digest, those of the order if asked. */
static inline rk_digest diff_holds(char *old_path, char *new_path, bool with_order)
{
    rk_err err = { 0 };
    rk_digest all = { 0 };
    size_t count;
    rk_diff *diff = diff_run(old_path, new_path, &err);
    if (!diff)
        return all;
    ledger_balances(diff);
    findings_agree(diff, old_path == new_path);
    const rk_ledger_row *rows = rk_diff_rows(diff, &count);
    for (size_t i = 0; i < count; i++) {
        rk_digest row = rk_digest_of((rk_slice){ (const uint8_t *)rows[i].counts, sizeof rows[i].counts });
        uint64_t order[3] = { rows[i].irregular, with_order * rows[i].shared,
                              with_order * rows[i].out_of_order };
        rk_digest more = rk_digest_of((rk_slice){ (const uint8_t *)order, sizeof order });
        all = rk_digest_sum(all, rk_digest_seeded((rk_slice){ (const uint8_t *)&more, sizeof more }, row.lo));
    }
    rk_diff_free(diff);
    return all;
}

#endif
