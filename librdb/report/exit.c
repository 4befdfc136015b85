/* exit: which findings make a difference (design: "Exit code of the gate"). */
#include "exit.h"

typedef uint64_t (*counter)(const rk_diff *diff, rk_verdict verdict);

uint64_t rk_report_jobs_with(const rk_diff *diff, rk_verdict verdict)
{
    return rk_diff_total(diff)->counts[verdict] + rk_diff_log_only(diff)[verdict];
}

static uint64_t resurrected(const rk_diff *diff, rk_verdict verdict)
{
    return rk_report_jobs_with(diff, verdict) + rk_diff_resurrected_new(diff);
}

static uint64_t stranded(const rk_diff *diff, rk_verdict verdict)
{
    return rk_report_jobs_with(diff, verdict) + rk_diff_stranded_new(diff);
}

static uint64_t irregular(const rk_diff *diff, rk_verdict verdict)
{
    (void)verdict;
    return rk_diff_irregular(diff);
}

static uint64_t orders(const rk_diff *diff, rk_verdict verdict)
{
    (void)verdict;
    return rk_diff_orders_changed(diff);
}

static uint64_t keys(const rk_diff *diff, rk_verdict verdict)
{
    const rk_key_counts *counts = rk_diff_keys(diff);
    (void)verdict;
    return counts->changed + counts->only_old + counts->only_new;
}

static const struct {
    const char *word;
    counter count;
    rk_verdict verdict;
} words[] = {
    { "lost", rk_report_jobs_with, RK_JOB_LOST },
    { "unaccounted", rk_report_jobs_with, RK_JOB_UNACCOUNTED },
    { "stranded", stranded, RK_JOB_STRANDED },
    { "damaged", rk_report_jobs_with, RK_JOB_DAMAGED },
    { "duplicated", rk_report_jobs_with, RK_JOB_DUPLICATED },
    { "resurrected", resurrected, RK_JOB_RESURRECTED },
    { "irregular", irregular, RK_JOB_KEPT },
    { "order", orders, RK_JOB_KEPT },
    { "rescheduled", rk_report_jobs_with, RK_JOB_RESCHEDULED },
    { "changed", rk_report_jobs_with, RK_JOB_CHANGED },
    { "moved", rk_report_jobs_with, RK_JOB_MOVED },
    { "in_progress", rk_report_jobs_with, RK_JOB_IN_PROGRESS },
    { "finished", rk_report_jobs_with, RK_JOB_FINISHED },
    { "removed", rk_report_jobs_with, RK_JOB_REMOVED },
    { "trimmed", rk_report_jobs_with, RK_JOB_TRIMMED },
    { "added", rk_report_jobs_with, RK_JOB_ADDED },
    { "unexpected", rk_report_jobs_with, RK_JOB_UNEXPECTED },
    { "keys", keys, RK_JOB_KEPT },
};

/* True when `list` ("lost,damaged") holds `word`. */
static bool list_has(const char *list, const char *word)
{
    size_t from = 0;
    rk_slice text = rk_slice_of(list);
    while (from <= text.len) {
        size_t comma = rk_slice_find(text, RK_TEXT(","), from), end = comma == SIZE_MAX ? text.len : comma;
        if (rk_slice_is((rk_slice){ text.ptr + from, end - from }, rk_slice_of(word)))
            return true;
        from = end + 1;
    }
    return false;
}

bool rk_report_counts(const rk_report_options *options, const char *word)
{
    const char *list = options->fail_on ? options->fail_on : RK_FAIL_ON_STANDARD;
    return options->strict || list_has(list, "all") || list_has(list, word);
}

bool rk_report_is_different(const rk_diff *diff, const rk_report_options *options)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (rk_report_counts(options, words[i].word) && words[i].count(diff, words[i].verdict) > 0)
            return true;
    return false;
}

int rk_report_exit(const rk_diff *diff, const rk_report_options *options)
{
    if (rk_diff_is_partial(diff) || options->bundle_error)
        return 2;
    return rk_report_is_different(diff, options);
}
