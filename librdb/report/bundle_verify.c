/* bundle_verify: that a bundle is whole, and what of it is in a data set. */
#include "bundle_view.h"

/* ---- for people ---------------------------------------------------------------------------------------------------- */

static const char *found_words(rk_found found)
{
    static const char *const words[RK_FOUND_KINDS] = { "there exactly once", "missing", "there too often",
                                                       "there with other bytes" };
    return words[found];
}

static void write_counts(const rk_bundle_report *report, const rk_comparison *comparison)
{
    const rk_comparison_counts *c = rk_comparison_counts_of(comparison);
    char line[300] = "";
    rk_human jobs, count;
    for (size_t i = 0; i < RK_FOUND_KINDS; i++)
        if (c->found[i] > 0)
            rk_human_join(line, sizeof line, ", ", "%s %s", rk_human_count(c->found[i], &count),
                          found_words((rk_found)i));
    fprintf(report->out, "  %s to give back%s%s\n", rk_human_things(c->jobs, "job", &jobs),
            line[0] ? ": " : "", line);
    if (c->held > 0)
        fprintf(report->out, "  %s held, of which %s there\n", rk_human_things(c->held, "job", &jobs),
                rk_human_count(c->held_there, &count));
}

static bool write_table(const rk_bundle_report *report, rk_comparison *comparison, rk_err *err)
{
    static const char *const titles[] = { "FOUND", "JID", "CLASS", "PLACE", ">COPIES", NULL };
    const rk_comparison_counts *c = rk_comparison_counts_of(comparison);
    rk_table *table = rk_table_new(titles);
    rk_bundle_job job;
    rk_found found;
    uint64_t copies, listed = 0;
    while (listed < report->limit && rk_comparison_next(comparison, &job, &found, &copies, err)) {
        char jid[80], name[200], key[200];
        rk_human count;
        rk_table_row(table, (const char *[]){ rk_found_name(found), rk_slice_print(job.jid, jid, sizeof jid),
                                              rk_slice_print(job.class_name, name, sizeof name),
                                              rk_bundle_view_key(job.db, job.key, key, sizeof key),
                                              rk_human_count(copies, &count) });
        listed++;
    }
    if (listed > 0)
        fputc('\n', report->out);
    if (!rk_table_write(table, "  ", report->out, err) || err->code != RK_OK)
        return false;
    rk_bundle_view_more(report, c->jobs - c->found[RK_FOUND_ONCE], "more job");
    return true;
}

static bool write_text(const rk_bundle_report *report, rk_bundle *bundle, rk_comparison *comparison,
                       rk_err *err)
{
    const rk_bundle_info *info = rk_bundle_info_of(bundle);
    char path[300];
    rk_human jobs, companions;
    fprintf(report->out, "%s: whole: %s, %s\n", rk_slice_print(rk_slice_of(report->path), path, sizeof path),
            rk_human_things(info->jobs, "job", &jobs),
            rk_human_things(info->companions, "companion key", &companions));
    if (!comparison)
        return true;
    write_counts(report, comparison);
    return write_table(report, comparison, err);
}

/* ---- for programs ---------------------------------------------------------------------------------------------------- */

static json_t *counts_of(const rk_comparison *comparison)
{
    const rk_comparison_counts *c = rk_comparison_counts_of(comparison);
    const rk_err *partial = rk_comparison_partial(comparison);
    json_t *json = json_pack("{s:o, s:o, s:o}", "jobs", rk_json_out_count(c->jobs), "held",
                             rk_json_out_count(c->held), "held_there", rk_json_out_count(c->held_there));
    for (size_t i = 0; i < RK_FOUND_KINDS; i++)
        json = rk_json_set(json, rk_found_name((rk_found)i), rk_json_out_count(c->found[i]));
    return rk_json_set(json, "partial", partial ? rk_json_out_error(partial) : json_null());
}

static json_t *job_of(const rk_bundle_job *job, rk_found found, uint64_t copies)
{
    return rk_json_join(json_pack("{s:s, s:s, s:o}", "type", "job", "found", rk_found_name(found), "copies",
                                  rk_json_out_count(copies)),
                        rk_bundle_json_job(job));
}

static bool write_json(const rk_bundle_report *report, rk_bundle *bundle, rk_comparison *comparison,
                       rk_err *err)
{
    bool lines = report->form == RK_BUNDLE_NDJSON;
    json_t *jobs = lines ? NULL : json_array();
    rk_bundle_job job;
    rk_found found;
    uint64_t copies;
    while (comparison && !ferror(report->out) && rk_comparison_next(comparison, &job, &found, &copies, err)) {
        if (!lines)
            jobs = rk_json_append(jobs, job_of(&job, found, copies));
        else if (!rk_bundle_json_put(report, job_of(&job, found, copies), err))
            return false;
    }
    if (err->code != RK_OK) {
        json_decref(jobs);
        return false;
    }
    json_t *json = rk_json_set(rk_bundle_json_head(report, bundle), "whole", json_true());
    json = rk_json_set(json, "comparison", comparison ? counts_of(comparison) : json_null());
    json =
        lines ? rk_json_join(json_pack("{s:s}", "type", "summary"), json) : rk_json_set(json, "jobs", jobs);
    return rk_bundle_json_put(report, json, err);
}

bool rk_bundle_report_verify(const rk_bundle_report *report, rk_bundle *bundle, rk_comparison *comparison,
                             rk_err *err)
{
    return report->form == RK_BUNDLE_TEXT ? write_text(report, bundle, comparison, err)
                                          : write_json(report, bundle, comparison, err);
}
