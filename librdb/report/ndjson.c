/* ndjson: the report as a JSON text a line, for pipes: each job, each key, and last the summary. */
#include "json_report.h"

bool rk_report_ndjson(rk_diff *diff, const rk_report_options *options, FILE *out, rk_err *err)
{
    static const rk_json_style lines = { "", "\n", true };
    rk_json_report report = { .diff = diff, .options = options, .out = out, .err = err };
    rk_err late = { 0 };
    bool ok = rk_notes_gather(&report.notes, diff, options, err) && rk_json_report_jobs(&report, lines) &&
              rk_json_report_keys(&report, lines);

    fputs("{\"type\":\"summary\",", out);
    bool whole = rk_json_out_dump(rk_json_report_front(&report), true, out, &late);
    fputc(',', out);
    if (whole && !ferror(out) && rk_json_out_dump(rk_json_report_back(&report), true, out, &late))
        fputs("}\n", out);
    rk_notes_free(&report.notes);
    return ok && (late.code == RK_OK || rk_no_memory(err));
}
