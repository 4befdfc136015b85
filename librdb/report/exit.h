/* exit: which findings make a difference. */
#ifndef RK_REPORT_EXIT_H
#define RK_REPORT_EXIT_H

#include "rdbkit/report.h"

/* Jobs with that verdict: those of the ledger, and beside it those that only a log knows. */
uint64_t rk_report_jobs_with(const rk_diff *diff, rk_verdict verdict);

/* True when findings of that word of RK_FAIL_ON_CHOICES make the exit status 1. */
bool rk_report_counts(const rk_report_options *options, const char *word);

#endif
