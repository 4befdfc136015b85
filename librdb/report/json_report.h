/* json_report: what both JSON views say before and behind the findings. */
#ifndef RK_REPORT_JSON_REPORT_H
#define RK_REPORT_JSON_REPORT_H

#include "json_out.h"

typedef struct {
    rk_diff *diff;
    const rk_report_options *options;
    FILE *out;
    rk_notes notes; /* grows while key findings are written */
    rk_err *err;    /* what made the report break off, if anything */
} rk_json_report;

/* schema, tool, version, inputs, ledger, keys */
json_t *rk_json_report_front(const rk_json_report *report);

/* diagnosis, accounts, replication, notes, status, verdict, exit, evidence, error */
json_t *rk_json_report_back(const rk_json_report *report);

/* Pulls all findings and writes each, with `between` in front of every one but the first, `behind` it and its
 * type told when `typed`. False when one cannot be pulled. */
typedef struct {
    const char *between, *behind;
    bool typed;
} rk_json_style;
bool rk_json_report_jobs(rk_json_report *report, rk_json_style style);
bool rk_json_report_keys(rk_json_report *report, rk_json_style style);

#endif
