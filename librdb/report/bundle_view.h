/* bundle_view: what the views of a bundle share. */
#ifndef RK_REPORT_BUNDLE_VIEW_H
#define RK_REPORT_BUNDLE_VIEW_H

#include "human.h"
#include "json_out.h"
#include "rdbkit/bundle_report.h"
#include "table.h"

/* "3 jobs" and what is to be done with them: ": 2 to restore, 1 to hold"; the latter empty where there are none. */
const char *rk_bundle_view_acts(const uint64_t acts[RK_ACTS], char *out, size_t cap);

/* A key as a cell: with its database where that is not 0. */
const char *rk_bundle_view_key(uint32_t db, rk_slice key, char *out, size_t cap);

/* "from 2026-... to 2026-..."; "" where no time is known. */
const char *rk_bundle_view_times(const rk_bundle_sum *sum, char *out, size_t cap);

/* "  ... and 7 more places (--limit all)", unless there are none. */
void rk_bundle_view_more(const rk_bundle_report *report, uint64_t all, const char *thing);

/* A sentence of a manifest: as it is, or, where it holds what a terminal would take for a command, escaped. */
const char *rk_bundle_view_sentence(const char *sentence, char *out, size_t cap);

/* How many of `all` rows are listed. */
size_t rk_bundle_view_shown(const rk_bundle_report *report, uint64_t all);

/* schema, tool, path, id ... of every JSON object. */
json_t *rk_bundle_json_head(const rk_bundle_report *report, const rk_bundle *bundle);

/* A job without its payload. */
json_t *rk_bundle_json_job(const rk_bundle_job *job);

/* bundle_text.c, bundle_json.c: rk_bundle_report_show in either form. */
bool rk_bundle_text_show(const rk_bundle_report *report, const rk_bundle *bundle,
                         const rk_bundle_facts *facts, rk_err *err);
bool rk_bundle_json_show(const rk_bundle_report *report, rk_bundle *bundle, const rk_bundle_facts *facts,
                         rk_err *err);

/* A JSON text on a line of its own. */
bool rk_bundle_json_put(const rk_bundle_report *report, json_t *json, rk_err *err);

#endif
