/* aoflog_report: what an append-only file tells of the past, in words for people and in JSON for programs. */
#ifndef RDBKIT_AOFLOG_REPORT_H
#define RDBKIT_AOFLOG_REPORT_H

#include <stdio.h>

#include "rdbkit/aoflog.h"

typedef struct {
    const char *tool;     /* as JSON names it and hints do */
    const char *path;     /* the log, as the user named it */
    const char *question; /* what was asked, as JSON tells it: "summary", "quietest" ... */
    uint64_t limit;       /* text: how many rows are listed of each kind; UINT64_MAX: all */
    bool full;            /* commands with all of their arguments */
    bool colour;          /* text */
    bool lines;           /* JSON: a text a line, not one object */
    int status;           /* the exit status, unless standard output fails */
} rk_aoflog_report;

/* All of them: false for want of memory; when `out` fails they stop early, return true, and leave it to ferror(out). */

/* ---- for people --------------------------------------------------------------------------------------------- */

bool rk_aoflog_text_counts(const rk_aoflog_report *report, const rk_aoflog_counts *counts, FILE *out,
                           rk_err *err);
bool rk_aoflog_text_quietest(const rk_aoflog_report *report, const rk_aoflog_counts *counts,
                             const rk_quietest *quiet, FILE *out, rk_err *err);

/* One line: FILE:OFFSET, time, database, command. */
bool rk_aoflog_text_command(const rk_aoflog_report *report, const rk_aof_set *set,
                            const rk_aoflog_entry *entry, FILE *out, rk_err *err);

/* What was taken away: a head, each of them, and an end, with advice when any of them counts. */
typedef struct {
    uint64_t told, counted;
    rk_harm_kind first_kind; /* of the first that counts */
    char first[330];         /* and the moment before it */
    char without[330];       /* its place, as rdbconv(1) takes it */
    uint64_t first_jobs;     /* that were there before it */
} rk_harm_tally;
bool rk_aoflog_text_harm_head(const rk_aoflog_report *report, FILE *out, rk_err *err);
bool rk_aoflog_text_harm(const rk_aoflog_report *report, const rk_harms_info *info, const rk_harm *harm,
                         FILE *out, rk_err *err);
bool rk_aoflog_text_harm_end(const rk_aoflog_report *report, const rk_harms_info *info,
                             const rk_harm_tally *tally, FILE *out, rk_err *err);

/* Adds one to the tally. */
void rk_harm_tally_add(rk_harm_tally *tally, const rk_harms_info *info, const rk_harm *harm);

#endif
