/* bundle_report: a bundle in words for people, and in JSON for programs (schema "rdbkit.bundle/1"). */
#ifndef RDBKIT_BUNDLE_REPORT_H
#define RDBKIT_BUNDLE_REPORT_H

#include <stdio.h>

#include "rdbkit/bundle_look.h"

/* For people; one JSON object; JSON texts, a line each. */
typedef enum { RK_BUNDLE_TEXT, RK_BUNDLE_JSON, RK_BUNDLE_NDJSON } rk_bundle_form;

typedef struct {
    const char *tool; /* as JSON names it */
    const char *path; /* of the bundle, as the user named it */
    rk_bundle_form form;
    uint64_t limit; /* text: how many rows are listed of each kind; UINT64_MAX: all */
    bool payloads;  /* NDJSON of show: with the payloads of jobs and the items of companions */
    double now_s;   /* what "overdue" counts from */
    FILE *out;
} rk_bundle_report;

/* All of them: false when the bundle cannot be read or memory is short; a failure of `out` is left to ferror(out). */

/* What is in it: sources, places, classes, when it becomes due, what is held, companions, warnings. As NDJSON each job and
 * companion comes first. */
bool rk_bundle_report_show(const rk_bundle_report *report, rk_bundle *bundle, const rk_bundle_facts *facts,
                           rk_err *err);

/* That the bundle is whole, and, where there is a comparison (else NULL), which jobs are not there exactly once. */
bool rk_bundle_report_verify(const rk_bundle_report *report, rk_bundle *bundle, rk_comparison *comparison,
                             rk_err *err);

/* Where each job would go, by place; text and JSON. */
bool rk_bundle_report_plan(const rk_bundle_report *report, rk_bundle *bundle, const rk_restore_plan *plan,
                           rk_err *err);

/* How many jobs came into a bundle that has been written, and why others did not; text. */
void rk_bundle_report_created(const rk_bundle_report *report, const rk_create_counts *counts);

#endif
