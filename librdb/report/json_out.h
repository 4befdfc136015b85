/* json_out: what the two JSON views share: text, numbers and errors as JSON, and the parts of a report. All
 * functions that return a json_t give it to the caller, and NULL when memory is short. */
#ifndef RK_REPORT_JSON_OUT_H
#define RK_REPORT_JSON_OUT_H

#include <jansson.h>

#include "notes.h"

/* ---- values (json_out.c)
 * ------------------------------------------------------------------------------------ */

/* Bytes as a string, or as {"b64":"..."} where they are no valid UTF-8; always reversible. */
json_t *rk_json_out_text(rk_slice text);

/* The same of a C string. Null for NULL; with `_or_null` for an empty one, too. */
json_t *rk_json_out_string(const char *text);
json_t *rk_json_out_string_or_null(const char *text);

/* The prefix of a layout without its last colon, "" for none. */
json_t *rk_json_out_namespace(const rk_layout *layout);

/* A score: a real that reads back to the same double; "inf", "-inf" or "nan" where JSON has no number. */
json_t *rk_json_out_score(double score);

/* Unix seconds; null for NaN and infinity, which are no times. */
json_t *rk_json_out_time(double seconds);

json_t *rk_json_out_count(uint64_t count);

/* A number of which a negative value says that it is not known: then null. */
json_t *rk_json_out_known(int64_t number);

/* code, what, where, source, offset, hint; null when nothing went wrong. */
json_t *rk_json_out_error(const rk_err *err);

/* Append an item, set a member, move the members of `more` into the object. Each takes all that it is given; any of it
 * may be NULL for want of memory: then all goes, and NULL is returned. */
json_t *rk_json_append(json_t *list, json_t *item);
json_t *rk_json_set(json_t *object, const char *name, json_t *value);
json_t *rk_json_join(json_t *object, json_t *more);

/* Writes `json` and forgets it; of an object only its members when `members` is set. False, with err, when it
 * is NULL or memory is short. A failure of `out` is left to ferror(out). */
bool rk_json_out_dump(json_t *json, bool members, FILE *out, rk_err *err);

/* ---- parts of a report (json_parts.c)
 * ----------------------------------------------------------------------- */

json_t *rk_json_out_snapshot(const rk_snapshot_info *info); /* path, server, sizes, keys, modules ... */
json_t *rk_json_out_inputs(const rk_diff *diff);
json_t *rk_json_out_ledger(const rk_diff *diff);
json_t *rk_json_out_keys(const rk_diff *diff);
json_t *rk_json_out_accounts(const rk_diff *diff);
json_t *rk_json_out_replication(const rk_diff *diff);
json_t *rk_json_out_diagnoses(const rk_diff *diff);
json_t *rk_json_out_notes(const rk_notes *notes);
json_t *rk_json_out_logs(const rk_diff *diff);
json_t *rk_json_out_log_only(const rk_diff *diff); /* jobs that are in neither side, by verdict */

/* ---- findings (json_findings.c)
 * ----------------------------------------------------------------------------- */

/* `type` ("job", "key") is the first member unless it is NULL. */
json_t *rk_json_out_job(const rk_diff *diff, const rk_job_finding *finding, const char *type);
json_t *rk_json_out_key(const rk_diff *diff, const rk_key_finding *finding, const char *type);

#endif
