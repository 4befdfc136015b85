/* runs: items in sorted runs on an unlinked temporary file, and their merge. */
#ifndef RDBKIT_CHECK_RUNS_H
#define RDBKIT_CHECK_RUNS_H

#include "distinct.h"

typedef struct check_runs check_runs;

check_runs *check_runs_new(rk_err *err);
void check_runs_free(check_runs *runs);

/* Sorts the items in place and writes them as one run. */
bool check_runs_add(check_runs *runs, distinct_item *items, size_t count, rk_err *err);

/* Begins the merge, in memory that the caller lends: room for `room` items. */
bool check_runs_merge(check_runs *runs, distinct_item *memory, size_t room, rk_err *err);

/* Pulls the next item whose digest an earlier one has; `first` is the one that stands foremost. False at the end,
 * and on failure. */
bool check_runs_twice(check_runs *runs, distinct_item *first, distinct_item *again, rk_err *err);

#endif
