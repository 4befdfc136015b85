/* json_report: what both JSON views say before, in and behind the findings. */
#include "json_report.h"

#include "bundle_line.h"

static json_t *head(const rk_report_options *options)
{
    return json_pack("{s:s, s:s, s:s}", "schema", "rdbkit.diff/1", "tool",
                     options->tool ? options->tool : "rdbdiff", "version", RDBKIT_VERSION);
}

json_t *rk_json_report_front(const rk_json_report *report)
{
    const rk_report_options *options = report->options;
    return rk_json_join(head(options),
                        json_pack("{s:o, s:o, s:o}", "inputs", rk_json_out_inputs(report->diff), "ledger",
                                  options->no_jobs ? json_null() : rk_json_out_ledger(report->diff), "keys",
                                  options->no_keys ? json_null() : rk_json_out_keys(report->diff)));
}

static json_t *refusal(const rk_err *why)
{
    return json_pack("{s:s, s:n, s:i, s:n, s:o}", "status", "refused", "verdict", "exit", 2, "evidence",
                     "error", rk_json_out_error(why));
}

static json_t *verdict(const rk_json_report *report)
{
    const rk_diff *diff = report->diff;
    bool different = rk_report_is_different(diff, report->options);
    return json_pack("{s:s, s:s, s:i, s:s, s:n}", "status", rk_diff_is_partial(diff) ? "partial" : "complete",
                     "verdict", different ? "different" : "same", "exit",
                     rk_report_exit(diff, report->options), "evidence",
                     rk_evidence_name(rk_diff_evidence(diff)), "error");
}

json_t *rk_json_report_back(const rk_json_report *report)
{
    json_t *facts = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "logs", rk_json_out_logs(report->diff), "log_only",
        rk_json_out_log_only(report->diff), "diagnosis", rk_json_out_diagnoses(report->diff), "accounts",
        rk_json_out_accounts(report->diff), "replication", rk_json_out_replication(report->diff), "notes",
        rk_json_out_notes(&report->notes), "bundle", rk_json_out_bundle(report->options));
    return rk_json_join(facts, report->err->code == RK_OK ? verdict(report) : refusal(report->err));
}

bool rk_json_report_jobs(rk_json_report *report, rk_json_style style)
{
    rk_job_finding finding;
    rk_job_cursor *cursor = NULL;
    const char *between = "";
    bool ok = report->options->no_jobs || (cursor = rk_job_cursor_open(report->diff, report->err)) != NULL;
    while (cursor && ok && !ferror(report->out) && rk_job_cursor_next(cursor, &finding, report->err)) {
        fputs(between, report->out);
        between = style.between;
        ok = rk_json_out_dump(rk_json_out_job(report->diff, &finding, style.typed ? "job" : NULL), false,
                              report->out, report->err);
        fputs(style.behind, report->out);
    }
    rk_job_cursor_close(cursor);
    return ok && report->err->code == RK_OK;
}

bool rk_json_report_keys(rk_json_report *report, rk_json_style style)
{
    rk_key_finding finding;
    rk_key_cursor *cursor = NULL;
    const char *between = "";
    bool ok = report->options->no_keys || (cursor = rk_key_cursor_open(report->diff, report->err)) != NULL;
    while (cursor && ok && !ferror(report->out) && rk_key_cursor_next(cursor, &finding, report->err)) {
        fputs(between, report->out);
        between = style.between;
        ok = rk_json_out_dump(rk_json_out_key(report->diff, &finding, style.typed ? "key" : NULL), false,
                              report->out, report->err) &&
             rk_notes_key(&report->notes, report->diff, &finding, report->err);
        fputs(style.behind, report->out);
    }
    rk_key_cursor_close(cursor);
    return ok && report->err->code == RK_OK;
}

/* ---- a run that failed
 * -------------------------------------------------------------------------------------- */

static json_t *named_inputs(const rk_diff_options *inputs)
{
    json_t *list = json_array();
    for (int side = 0; inputs && list && side < 2; side++) {
        const rk_paths *paths = side ? &inputs->new_paths : &inputs->old_paths;
        for (size_t i = 0; i < paths->count; i++)
            if (json_array_append_new(list, json_pack("{s:s, s:o}", "role", side ? "new" : "old", "path",
                                                      rk_json_out_string(paths->items[i]))) != 0) {
                json_decref(list);
                return NULL;
            }
    }
    return list;
}

void rk_report_refused(const rk_err *why, const rk_diff_options *inputs, const rk_report_options *options,
                       bool lines, FILE *out)
{
    rk_err ignored = { 0 }; /* `why` is told on standard error in any case */
    json_t *report = lines ? json_pack("{s:s}", "type", "summary") : json_object();
    report = rk_json_join(rk_json_join(report, head(options)),
                          json_pack("{s:o, s:n, s:n}", "inputs", named_inputs(inputs), "ledger", "keys"));
    if (!lines)
        report = rk_json_join(report, json_pack("{s:[], s:[]}", "jobs", "key_findings"));
    report = rk_json_join(report, json_pack("{s:[], s:n, s:[], s:[], s:n, s:[]}", "logs", "log_only",
                                            "diagnosis", "accounts", "replication", "notes"));
    rk_json_out_dump(rk_json_join(report, refusal(why)), false, out, &ignored);
    fputc('\n', out);
}
