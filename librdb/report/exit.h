/* exit: which findings make a difference. */
#ifndef RK_REPORT_EXIT_H
#define RK_REPORT_EXIT_H

#include "rdbkit/report.h"

/* True when findings of that word of RK_FAIL_ON_CHOICES make the exit status 1. */
bool rk_report_counts(const rk_report_options *options, const char *word);

#endif
