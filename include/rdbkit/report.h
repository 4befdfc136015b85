/* report: what a diff came to, in words for people, in JSON for programs, and as an exit status. Each view
 * reads the same result (diff.h) and writes to a FILE. Findings are pulled and written one by one, so that a
 * report of a million jobs takes no more memory than one of ten.
 *
 * A payload is never shown: arguments of jobs hold what is nobody's business. */
#ifndef RDBKIT_REPORT_H
#define RDBKIT_REPORT_H

#include <stdio.h>

#include "rdbkit/bundle_diff.h"

/* What may make the exit status 1: the verdicts, and beside them `irregular` (jobs that were moved or changed
 * in a way that Sidekiq has not), `order` (queues), `keys` (changed, only in OLD, only in NEW); `all`,
 * `none`. */
#define RK_FAIL_ON_CHOICES                                                                                   \
    "lost|unaccounted|stranded|damaged|duplicated|resurrected|irregular|order|rescheduled|changed|moved|"    \
    "in_progress|finished|removed|trimmed|added|unexpected|keys|all|none"
#define RK_FAIL_ON_STANDARD "lost,unaccounted,stranded,damaged,duplicated,resurrected,irregular,order"

typedef struct {
    const char *tool;      /* as JSON names it and hints do; NULL: "rdbdiff" */
    const char *fail_on;   /* words of RK_FAIL_ON_CHOICES with commas; NULL: RK_FAIL_ON_STANDARD */
    bool strict;           /* as `fail_on` "all" */
    bool no_jobs, no_keys; /* what was not compared is not spoken of */
    uint64_t limit;        /* text: how many findings are listed of each kind; UINT64_MAX: all */
    bool verbose; /* text: the rows in which all is kept, and jobs that are where they should be, too */
    bool colour;  /* text */
    const rk_diff_bundle *bundle; /* what became of the bundle that was asked for; NULL: none was */
    const rk_err
        *bundle_error; /* why it could not be written, which makes the exit status 2; NULL: it could */
} rk_report_options;

/* 0: nothing counts; 1: something does; 2: part of an input was not seen, so that nobody can tell, or a bundle that was
 * asked for could not be written. A key that
 * expired, one that changes by itself and one in another encoding never count. */
int rk_report_exit(const rk_diff *diff, const rk_report_options *options);

/* True when anything that counts was found, whether or not all was seen. */
bool rk_report_is_different(const rk_diff *diff, const rk_report_options *options);

/* ---- views
 * -------------------------------------------------------------------------------------------------- */

/* All of them: false when a finding could not be pulled, `err` says why; what was written is then not the
 * whole truth (JSON says so itself). When `out` fails they stop early, return true, and leave it to
 * ferror(out). */

/* For people: 100 columns, the verdict last. */
bool rk_report_text(rk_diff *diff, const rk_report_options *options, FILE *out, rk_err *err);

/* One JSON object (schema "rdbkit.diff/1"). The verdict stands behind what it rests on. */
bool rk_report_json(rk_diff *diff, const rk_report_options *options, FILE *out, rk_err *err);

/* The same, a JSON text a line: jobs, keys, and last the summary. */
bool rk_report_ndjson(rk_diff *diff, const rk_report_options *options, FILE *out, rk_err *err);

/* The object, or with `lines` the summary, of a run that failed: status "refused", exit 2, and why. `inputs`
 * may be NULL; their paths are told where they are known. */
void rk_report_refused(const rk_err *why, const rk_diff_options *inputs, const rk_report_options *options,
                       bool lines, FILE *out);

/* ---- words
 * -------------------------------------------------------------------------------------------------- */

const char *rk_why_name(rk_why why);                   /* "counters_still"; NULL for RK_WHY_NONE */
const char *rk_why_sentence(rk_why why);               /* "gone, although no job was processed in between" */
const char *rk_verdict_title(rk_verdict v);            /* "LOST", "IN PROGRESS" */
const char *rk_verdict_words(rk_verdict v);            /* "lost", "in progress": behind a number of jobs */
const char *rk_evidence_name(rk_evidence_level level); /* "snapshots", "counters", "log" */
const char *rk_repl_proof_name(rk_repl_proof proof);   /* "none", "complete", "behind", "other_history" */
const char *rk_transition_name(rk_transition transition); /* "progress", "irregular"; NULL for none */
const char *rk_code_name(rk_code code);                   /* "io", "truncated" ... */

#endif
