/* check_report: what a check of a snapshot or of an append-only file came to, in words for people, in JSON for programs, and as an exit status. Files are
 * reported one by one, so that a check can be freed before the next one begins. Values are never shown, only names of
 * keys. */
#ifndef RDBKIT_CHECK_REPORT_H
#define RDBKIT_CHECK_REPORT_H

#include <stdio.h>

#include "rdbkit/aofcheck.h"

/* A file and what became of it. */
typedef struct {
    const char *path;
    const rk_check *check; /* of a snapshot */
    const rk_aofcheck
        *aof; /* of an append-only file or a set of them. Neither: there is nothing to say of it, */
    const rk_err *refused;            /* and this says why */
    const char *salvaged;             /* the file or folder that the salvage was written to; NULL: none was */
    const rk_salvage_result *salvage; /* and what it holds */
    const rk_aof_salvage *aof_salvage;
} rk_checked_file;

typedef struct {
    const char *tool; /* as JSON names it and hints do; NULL: "rdbcheck" */
    const rk_target *targets;
    size_t target_count;
    size_t top;     /* text: how many commands by name are told */
    uint64_t limit; /* text: how many problems and places are listed; UINT64_MAX: all */
    bool verbose;   /* text: AUX fields, type bytes, opcodes */
    bool colour;    /* text */
} rk_check_report_options;

/* 0: whole, and every target loads it; 1: damage, or something that blocks a load; 2: part of it could not be judged. */
int rk_check_report_exit(const rk_checked_file *file, const rk_check_report_options *options);

/* The views. False for want of memory; when `out` fails they stop early, return true, and leave it to ferror(out). */

/* For people: 100 columns, the verdict last. */
bool rk_check_report_text(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                          rk_err *err);

/* One JSON object (schema "rdbkit.check/1") for any number of files: a head, each file, and an end that tells the exit
 * status of all. `first` is the first file. */
bool rk_check_report_json_head(const rk_check_report_options *options, FILE *out, rk_err *err);
bool rk_check_report_json_file(const rk_checked_file *file, bool first,
                               const rk_check_report_options *options, FILE *out, rk_err *err);
void rk_check_report_json_end(int status, FILE *out);

/* A JSON text a line: each problem, each obstacle, and last the rest of the file. */
bool rk_check_report_ndjson(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                            rk_err *err);

/* Writes the damage map to a file of its own, whole or not at all (schema "rdbkit.map/1"): the spans of the check, and
 * the keys that are not whole; of an append-only file those of each of its files. Never over the input, and over no other file without `force`. */
bool rk_check_report_map(const rk_checked_file *file, const char *path, bool force, rk_err *err);

/* ---- annotated bytes ---------------------------------------------------------------------------------------- */

/* For people: a line has an offset, up to 16 bytes, and what they are, indented by depth. `>` and brackets mark the
 * byte that was asked for; an offset with `+` counts in a decompressed string, of which `>` marks what comes from
 * the byte. */
void rk_check_report_explain_text(const rk_explain *explain, FILE *out);

/* One JSON object (schema "rdbkit.explain/1"). As the views above. */
bool rk_check_report_explain_json(const rk_explain *explain, FILE *out, rk_err *err);

#endif
