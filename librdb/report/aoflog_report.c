/* aoflog_report: one report in three forms: for people, as one JSON object, as JSON texts a line each. */
#include "aoflog_json.h"
#include "aoflog_view.h"

static const char *question_name(rk_aoflog_question question)
{
    static const char *const names[] = {
        [RK_AOFLOG_SUMMARY] = "summary",
        [RK_AOFLOG_QUIETEST] = "quietest",
        [RK_AOFLOG_LAST_WRITER] = "last_writer",
        [RK_AOFLOG_LIST] = "list",
        [RK_AOFLOG_DESTRUCTIVE] = "destructive",
        [RK_AOFLOG_KEY] = "key",
        [RK_AOFLOG_JID] = "jid",
    };
    return names[question];
}

static json_t *head(const rk_aoflog_report *report)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:s}", "schema", "rdbkit.aoflog/1", "tool", report->tool,
                     "version", RDBKIT_VERSION, "path", rk_json_out_string(report->path), "question",
                     question_name(report->question));
}

static json_t *tail(const rk_aoflog_report *report, const rk_err *why)
{
    static const rk_err nothing;
    return json_pack("{s:i, s:o}", "exit", report->status, "error", rk_json_out_error(why ? why : &nothing));
}

/* ---- answers as a whole ------------------------------------------------------------------------------------- */

/* One object, the same in both forms of JSON but for its type. */
static bool put_answer(rk_aoflog_report *report, json_t *members, rk_err *err)
{
    json_t *object = rk_json_join(rk_json_join(head(report), members), tail(report, report->why));
    if (report->form == RK_AOFLOG_NDJSON)
        object = rk_json_set(object, "type", json_string("summary"));
    bool ok = rk_json_out_dump(object, false, report->out, err);
    fputc('\n', report->out);
    return ok;
}

bool rk_aoflog_report_counts(rk_aoflog_report *report, const rk_aoflog_counts *counts, rk_err *err)
{
    return report->form == RK_AOFLOG_TEXT ? aoflog_text_counts(report, counts, err)
                                          : put_answer(report, aoflog_json_counts(counts), err);
}

bool rk_aoflog_report_quietest(rk_aoflog_report *report, const rk_aoflog_counts *counts,
                               const rk_quietest *quiet, rk_err *err)
{
    if (report->form == RK_AOFLOG_TEXT)
        return aoflog_text_quietest(report, counts, quiet, err);
    return put_answer(report,
                      rk_json_join(aoflog_json_files(counts->info, NULL), aoflog_json_quietest(quiet)), err);
}

bool rk_aoflog_report_writer(rk_aoflog_report *report, const rk_keys_info *info, rk_slice key,
                             const rk_key_event *event, rk_err *err)
{
    if (report->form == RK_AOFLOG_TEXT)
        return aoflog_text_writer(report, info, key, event, err);
    rk_aoflog_report full = *report;
    full.full = true;
    json_t *answer = json_pack("{s:o, s:o}", "key", rk_json_out_text(key), "writer",
                               event ? aoflog_json_key(&full, info, event, err) : json_null());
    answer = rk_json_set(rk_json_join(aoflog_json_set(info->replay->set), answer), "replay",
                         aoflog_json_replay(info->replay));
    return put_answer(report, answer, err);
}

/* ---- answers event by event --------------------------------------------------------------------------------- */

bool rk_aoflog_report_begin(rk_aoflog_report *report, rk_err *err)
{
    if (report->form == RK_AOFLOG_TEXT && report->question == RK_AOFLOG_DESTRUCTIVE)
        aoflog_write_path(report);
    if (report->form != RK_AOFLOG_JSON)
        return true;
    fputc('{', report->out);
    bool ok = rk_json_out_dump(head(report), true, report->out, err);
    fputs(",\"events\":[", report->out);
    return ok;
}

static bool put_event(rk_aoflog_report *report, json_t *event, rk_err *err)
{
    if (report->form == RK_AOFLOG_JSON)
        fputs(report->events ? ",\n" : "\n", report->out);
    report->events++;
    bool ok = rk_json_out_dump(event, false, report->out, err);
    if (report->form == RK_AOFLOG_NDJSON)
        fputc('\n', report->out);
    return ok;
}

/* What is known beside the events, and the end. */
static bool put_end(rk_aoflog_report *report, json_t *members, rk_err *err)
{
    json_t *count = json_pack("{s:o}", "event_count", rk_json_out_count(report->events));
    json_t *end = rk_json_join(rk_json_join(members, count), tail(report, report->why));
    bool lines = report->form == RK_AOFLOG_NDJSON;
    if (lines)
        end = rk_json_set(rk_json_join(head(report), end), "type", json_string("summary"));
    else
        fputs("],\n", report->out);
    bool ok = rk_json_out_dump(end, !lines, report->out, err);
    fputs(lines ? "\n" : "}\n", report->out);
    return ok;
}

bool rk_aoflog_report_entry(rk_aoflog_report *report, const rk_aof_set *set, const rk_aoflog_entry *entry,
                            rk_err *err)
{
    if (report->form != RK_AOFLOG_TEXT)
        return put_event(report, aoflog_json_entry(report, set, entry, err), err);
    report->events++;
    return aoflog_text_entry(report, set, entry, err);
}

bool rk_aoflog_report_harm(rk_aoflog_report *report, const rk_harms_info *info, const rk_harm *harm,
                           rk_err *err)
{
    if (report->form != RK_AOFLOG_TEXT)
        return put_event(report, aoflog_json_harm(report, info, harm, err), err);
    report->events++;
    return aoflog_text_harm(report, info, harm, err);
}

bool rk_aoflog_report_key(rk_aoflog_report *report, const rk_keys_info *info, const rk_key_event *event,
                          rk_err *err)
{
    if (report->form != RK_AOFLOG_TEXT)
        return put_event(report, aoflog_json_key(report, info, event, err), err);
    report->events++;
    return aoflog_text_key(report, info, event, err);
}

bool rk_aoflog_report_job(rk_aoflog_report *report, const rk_history_info *info, const rk_job_event *event,
                          rk_err *err)
{
    if (report->form != RK_AOFLOG_TEXT)
        return put_event(report, aoflog_json_job(info, event), err) &&
               (!event->fate || put_event(report, aoflog_json_fate(info, event->fate), err));
    report->events++;
    aoflog_text_job(report, info, event);
    return true;
}

bool rk_aoflog_report_fate(rk_aoflog_report *report, const rk_history_info *info, const rk_job_fate *fate,
                           rk_err *err)
{
    if (report->form != RK_AOFLOG_TEXT)
        return put_event(report, aoflog_json_fate(info, fate), err);
    report->events++;
    aoflog_text_fate(report, info, fate);
    return true;
}

/* ---- ends --------------------------------------------------------------------------------------------------- */

bool rk_aoflog_report_list_end(rk_aoflog_report *report, const rk_aoflog_info *info, rk_err *err)
{
    return report->form == RK_AOFLOG_TEXT || put_end(report, aoflog_json_files(info, NULL), err);
}

/* Set and replay of those answers that rest on one. */
static json_t *rests_on(const rk_replay_info *info)
{
    return rk_json_set(aoflog_json_set(info->set), "replay", aoflog_json_replay(info));
}

bool rk_aoflog_report_harm_end(rk_aoflog_report *report, const rk_harms_info *info,
                               const rk_harm_tally *tally, rk_err *err)
{
    if (report->form == RK_AOFLOG_TEXT) {
        aoflog_text_harm_end(report, info, tally);
        return true;
    }
    json_t *members = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "counted", rk_json_out_count(tally->counted),
        "small_cuts", rk_json_out_count(info->small_cuts), "small_cut_jobs",
        rk_json_out_count(info->small_cut_jobs), "trims", rk_json_out_count(info->trims), "trimmed_jobs",
        rk_json_out_count(info->trimmed_jobs), "jobs", rk_json_out_count(info->jobs), "writes_behind",
        rk_json_out_count(info->behind), "before_first", rk_json_out_string_or_null(tally->first));
    return put_end(report, rk_json_join(rests_on(info->replay), members), err);
}

bool rk_aoflog_report_key_end(rk_aoflog_report *report, const rk_keys_info *info, rk_err *err)
{
    if (report->form == RK_AOFLOG_TEXT) {
        aoflog_text_key_end(report, info);
        return true;
    }
    return put_end(report, rk_json_set(rests_on(info->replay), "key_count", rk_json_out_count(info->keys)),
                   err);
}

bool rk_aoflog_report_job_end(rk_aoflog_report *report, const rk_history_info *info, rk_err *err)
{
    if (report->form == RK_AOFLOG_TEXT) {
        aoflog_text_job_end(report, info);
        return true;
    }
    return put_end(report, rk_json_set(rests_on(info->replay), "job_count", rk_json_out_count(info->jobs)),
                   err);
}

void rk_aoflog_report_refused(const rk_aoflog_report *report, const rk_err *why)
{
    rk_err none = { 0 };
    rk_aoflog_report refused = *report;
    refused.status = 2;
    refused.why = why;
    if (report->form != RK_AOFLOG_TEXT)
        put_answer(&refused, json_object(), &none);
}
