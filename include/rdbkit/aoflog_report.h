/* aoflog_report: what an append-only file tells of the past, in words for people and in JSON for programs (schema
 * "rdbkit.aoflog/1"). */
#ifndef RDBKIT_AOFLOG_REPORT_H
#define RDBKIT_AOFLOG_REPORT_H

#include <stdio.h>

#include "rdbkit/aoflog.h"

/* For people; one JSON object; JSON texts, a line each. */
typedef enum { RK_AOFLOG_TEXT, RK_AOFLOG_JSON, RK_AOFLOG_NDJSON } rk_aoflog_form;

/* What was asked. The first three are answered as a whole, the others event by event. */
typedef enum {
    RK_AOFLOG_SUMMARY,
    RK_AOFLOG_QUIETEST,
    RK_AOFLOG_LAST_WRITER,
    RK_AOFLOG_LIST,
    RK_AOFLOG_DESTRUCTIVE,
    RK_AOFLOG_KEY,
    RK_AOFLOG_JID
} rk_aoflog_question;

typedef struct {
    const char *tool; /* as JSON names it and hints do */
    const char *path; /* the log, as the user named it, without a moment */
    rk_aoflog_question question;
    rk_aoflog_form form;
    uint64_t limit;    /* text: how many rows are listed of each kind; UINT64_MAX: all */
    bool full;         /* commands with all of their arguments */
    bool colour;       /* text */
    int status;        /* the exit status, unless standard output fails; to be set before the end */
    const rk_err *why; /* what stopped the reading, if its code is set; told at the end */
    uint64_t events;   /* written so far; begins at 0 */
    FILE *out;
} rk_aoflog_report;

/* All of them: false for want of memory; when `out` fails they stop early, return true, and leave it to ferror(out). */

/* ---- answers as a whole ------------------------------------------------------------------------------------- */

bool rk_aoflog_report_counts(rk_aoflog_report *report, const rk_aoflog_counts *counts, rk_err *err);
bool rk_aoflog_report_quietest(rk_aoflog_report *report, const rk_aoflog_counts *counts,
                               const rk_quietest *quiet, rk_err *err);

/* `event` is NULL when there was no such key. */
bool rk_aoflog_report_writer(rk_aoflog_report *report, const rk_keys_info *info, rk_slice key,
                             const rk_key_event *event, rk_err *err);

/* ---- answers event by event: a beginning, events, an end ---------------------------------------------------- */

bool rk_aoflog_report_begin(rk_aoflog_report *report, rk_err *err);
bool rk_aoflog_report_entry(rk_aoflog_report *report, const rk_aof_set *set, const rk_aoflog_entry *entry,
                            rk_err *err);
bool rk_aoflog_report_harm(rk_aoflog_report *report, const rk_harms_info *info, const rk_harm *harm,
                           rk_err *err);
bool rk_aoflog_report_key(rk_aoflog_report *report, const rk_keys_info *info, const rk_key_event *event,
                          rk_err *err);
bool rk_aoflog_report_job(rk_aoflog_report *report, const rk_history_info *info, const rk_job_event *event,
                          rk_err *err);
bool rk_aoflog_report_fate(rk_aoflog_report *report, const rk_history_info *info, const rk_job_fate *fate,
                           rk_err *err);

/* What counts of what was taken away; zero it to start. */
typedef struct {
    uint64_t counted;
    char first[330];   /* the moment before the first that counts */
    char without[330]; /* its place, as rdbconv(1) takes it */
} rk_harm_tally;
void rk_harm_tally_add(rk_harm_tally *tally, const rk_harms_info *info, const rk_harm *harm);

bool rk_aoflog_report_list_end(rk_aoflog_report *report, const rk_aoflog_info *info, rk_err *err);
bool rk_aoflog_report_harm_end(rk_aoflog_report *report, const rk_harms_info *info,
                               const rk_harm_tally *tally, rk_err *err);
bool rk_aoflog_report_key_end(rk_aoflog_report *report, const rk_keys_info *info, rk_err *err);
bool rk_aoflog_report_job_end(rk_aoflog_report *report, const rk_history_info *info, rk_err *err);

/* ---- nothing to tell ---------------------------------------------------------------------------------------- */

/* JSON of a run that failed before it began: why, and exit 2. Of text, nothing. */
void rk_aoflog_report_refused(const rk_aoflog_report *report, const rk_err *why);

/* ---- words -------------------------------------------------------------------------------------------------- */

/* What became of a job and why, as a sentence without a full stop, into `out`. */
const char *rk_fate_sentence(const rk_job_fate *fate, char *out, size_t cap);

#endif
