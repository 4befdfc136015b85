/* json_logs: the logs on which verdicts rest, and how many jobs only they know, as JSON. */
#include "json_out.h"

static json_t *files_of(const rk_diff_log *log)
{
    json_t *list = json_array();
    for (size_t i = 0; i < log->file_count; i++)
        list = rk_json_append(list, rk_json_out_string(log->files[i]));
    return list;
}

static json_t *one_log(const rk_diff_log *log)
{
    json_t *json = json_pack(
        "{s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "path", rk_json_out_string(log->path), "files",
        files_of(log), "of", log->of_new ? "new" : "other", "complete", !log->partial, "reason",
        rk_json_out_error(&log->reason), "torn", log->torn ? rk_json_out_error(&log->tear) : json_null(),
        "commands", rk_json_out_count(log->commands), "jobs", rk_json_out_count(log->jobs), "opaque",
        rk_json_out_count(log->opaque));
    return rk_json_join(
        json, json_pack("{s:o, s:o, s:b, s:b, s:b, s:b, s:o}", "first", rk_json_out_known(log->first_s),
                        "last", rk_json_out_known(log->last_s), "annotated", log->annotated, "uncertain",
                        log->uncertain, "goes_beyond_new", log->goes_beyond_new, "ends_before_new",
                        log->ends_before_new, "at_most_lost", rk_json_out_count(log->at_most_lost)));
}

json_t *rk_json_out_logs(const rk_diff *diff)
{
    size_t count;
    const rk_diff_log *logs = rk_diff_logs(diff, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        list = rk_json_append(list, one_log(&logs[i]));
    return list;
}

json_t *rk_json_out_log_only(const rk_diff *diff)
{
    const uint64_t *n = rk_diff_log_only(diff);
    return json_pack("{s:o, s:o, s:o}", "lost", rk_json_out_count(n[RK_JOB_LOST]), "unaccounted",
                     rk_json_out_count(n[RK_JOB_UNACCOUNTED]), "in_progress",
                     rk_json_out_count(n[RK_JOB_IN_PROGRESS]));
}
