/* notes: what else somebody should know: facts that are no verdict on a job, yet matter before a cutover. */
#ifndef RK_REPORT_NOTES_H
#define RK_REPORT_NOTES_H

#include "rdbkit/report.h"

typedef struct {
    const char *id;  /* "unlisted_queue": for programs */
    char text[1024]; /* a sentence */
} rk_note;

/* Zero it to start; rk_notes_free ends it. */
typedef struct {
    rk_note *items;
    size_t count, cap;
} rk_notes;

/* Gathers what can be told without looking at the findings. */
bool rk_notes_gather(rk_notes *notes, const rk_diff *diff, const rk_report_options *options, rk_err *err);

/* Looks at a difference between keys: does it mean something for Sidekiq? */
bool rk_notes_key(rk_notes *notes, const rk_diff *diff, const rk_key_finding *finding, rk_err *err);

void rk_notes_free(rk_notes *notes);

/* Bytes behind the place where reading a partial input had to stop; 0: none, or not known. */
uint64_t rk_report_unseen(const rk_snapshot_info *info);

/* Jobs lie in more than database 0, so that a place has to be told with its database. */
bool rk_report_many_dbs(const rk_diff *diff);

#endif
