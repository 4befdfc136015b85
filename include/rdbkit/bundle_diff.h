/* bundle_diff: what a comparison found lost, as a bundle that gives it back (design: "Job bundle"; spec: Sidekiq, "Restoring").
 *
 *   lost, removed, trimmed, unaccounted   act RESTORE: into the place where OLD has it, under the prefix and in the database
 *                             that its layout has in NEW; from the hands of a worker into its queue. The payload is OLD's; of a
 *                             job that only a log knows the last one that the log has of it
 *   damaged, irregular        act REPLACE: the copy in NEW, in its own place, gives way to OLD's payload and score
 *   stranded                  act PUSH_BACK: out of the private list in NEW, to its queue, with the bytes that lie there
 *
 * A job whose jid is in NEW besides (RK_HOLD_THERE), the second of two with the same jid (RK_HOLD_DOUBLE), and what would be
 * destroyed or would block where it was (bundle_make.h) is held: it is in the bundle, and no restore touches it. */
#ifndef RDBKIT_BUNDLE_DIFF_H
#define RDBKIT_BUNDLE_DIFF_H

#include "rdbkit/bundle_make.h"
#include "rdbkit/diff.h"

/* Which jobs are meant: verdicts, and `irregular` for those that were changed irregularly in their place. */
#define RK_BUNDLE_VERDICTS_CHOICES  "lost|damaged|irregular|stranded|unaccounted|removed|trimmed"
#define RK_BUNDLE_VERDICTS_STANDARD "lost,damaged,irregular,stranded"

#define RK_HOLD_THERE  "there"  /* its jid is in NEW already */
#define RK_HOLD_DOUBLE "double" /* another job of the bundle has its jid */

typedef struct {
    const char *path; /* of the bundle */
    rk_bundle_options bundle;
    const char *verdicts; /* words of RK_BUNDLE_VERDICTS_CHOICES with commas; NULL: the standard ones */
    bool
        although_partial; /* write it, with a warning, where part of the input was not seen: what is taken to be lost may be
                              there, or may have run */
} rk_diff_bundle_options;

typedef enum {
    RK_DIFF_BUNDLE_WRITTEN,
    RK_DIFF_BUNDLE_EMPTY,  /* there was nothing to put into it: nothing was written */
    RK_DIFF_BUNDLE_PARTIAL /* part of the input was not seen: nothing was written */
} rk_diff_bundle_outcome;

const char *rk_diff_bundle_outcome_name(rk_diff_bundle_outcome outcome); /* "written", "empty", "partial" */

typedef struct {
    rk_diff_bundle_outcome outcome;
    const char *path; /* as in the options */
    char id[33];      /* of what was written, else "" */
    uint64_t jobs, acts[RK_ACTS];
    uint64_t
        may_have_run; /* of those that a restore touches: they were in somebody's hand, or are unaccounted for */
    uint64_t
        without_payload; /* jobs that a log knows to be lost, and no source has the payload of: not in the bundle */
} rk_diff_bundle;

/* Writes it: all of it, or nothing. Reads the findings twice, the jobs of NEW once more, and, where there are jobs that only a
 * log knows, that log. Held are some hundred bytes for each job of the bundle. */
bool rk_bundle_create_from_diff(rk_diff *diff, const rk_diff_bundle_options *options, rk_diff_bundle *made,
                                rk_err *err);

#endif
