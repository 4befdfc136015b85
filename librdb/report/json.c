/* json: the report as one object, written while the findings are pulled: what could not be pulled makes it
 * "refused" in the end, and it is valid all the same. */
#include "json_report.h"

bool rk_report_json(rk_diff *diff, const rk_report_options *options, FILE *out, rk_err *err)
{
    static const rk_json_style items = { ",\n", "", false };
    rk_json_report report = { .diff = diff, .options = options, .out = out, .err = err };
    rk_err late = {
        0
    }; /* no memory for the end: the object stays open, which no parser takes for a report */
    bool ok = rk_notes_gather(&report.notes, diff, options, err);

    fputc('{', out);
    ok = rk_json_out_dump(rk_json_report_front(&report), true, out, err) && ok;
    fputs(",\n\"jobs\":[", out);
    ok = ok && rk_json_report_jobs(&report, items);
    fputs("],\n\"key_findings\":[", out);
    ok = ok && rk_json_report_keys(&report, items);
    fputs("],\n", out);
    if (!ferror(out) && rk_json_out_dump(rk_json_report_back(&report), true, out, &late))
        fputs("}\n", out);
    rk_notes_free(&report.notes);
    return ok && (late.code == RK_OK || rk_no_memory(err));
}
