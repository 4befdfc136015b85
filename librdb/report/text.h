/* text: the report for people, section by section, from the files to the verdict. */
#ifndef RK_REPORT_TEXT_H
#define RK_REPORT_TEXT_H

#include "exit.h"
#include "human.h"
#include "ink.h"
#include "notes.h"
#include "order.h"

typedef struct {
    rk_diff *diff;
    const rk_report_options *options;
    FILE *out;
    rk_err *err;
    const rk_ledger_row **rows; /* of the ledger, in order */
    size_t row_count;
    bool with_db;   /* places are told with their database */
    rk_notes notes; /* grows while key findings are written */
} rk_text;

/* Switches the colour; nothing when there is none. */
const char *rk_text_ink(const rk_text *text, rk_ink ink);

/* Each writes one section, and nothing when there is nothing to say. Those that pull findings may fail. */
void rk_text_files(const rk_text *text);
void rk_text_logs(const rk_text *text);
bool rk_text_ledger(const rk_text *text);
bool rk_text_jobs(const rk_text *text);
void rk_text_order(const rk_text *text);
bool rk_text_keys(rk_text *text);
void rk_text_accounts(const rk_text *text);
void rk_text_replication(const rk_text *text);
void rk_text_verdict(const rk_text *text);

/* Jobs that are in neither side, a line below the ledger. */
void rk_text_log_only(const rk_text *text);

/* Appends the commands that a log shows of a job. */
void rk_text_log_words(const rk_job_evidence *evidence, char *out, size_t cap);

#endif
