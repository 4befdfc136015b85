/* bundle_view: cells and lines about bundles. */
#include "bundle_view.h"

const char *rk_bundle_view_acts(const uint64_t acts[RK_ACTS], char *out, size_t cap)
{
    static const char *const words[RK_ACTS] = { "to restore", "to replace", "to push back", "to hold" };
    rk_human count;
    out[0] = 0;
    for (size_t i = 0; i < RK_ACTS; i++)
        if (acts[i] > 0)
            rk_human_join(out, cap, ", ", "%s %s", rk_human_count(acts[i], &count), words[i]);
    return out;
}

const char *rk_bundle_view_key(uint32_t db, rk_slice key, char *out, size_t cap)
{
    int used = db > 0 ? snprintf(out, cap, "db%" PRIu32 " ", db) : 0;
    rk_slice_print(key, out + used, cap - (size_t)used);
    return out;
}

const char *rk_bundle_view_times(const rk_bundle_sum *sum, char *out, size_t cap)
{
    rk_human from, to;
    out[0] = 0;
    if (sum->timed)
        snprintf(out, cap, "enqueued from %s to %s", rk_human_time(sum->oldest_s, &from),
                 rk_human_time(sum->newest_s, &to));
    return out;
}

static bool is_printable(rk_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f ||
            (text.ptr[i] == 0xc2 && i + 1 < text.len && text.ptr[i + 1] < 0xa0)) /* U+0080 to U+009F */
            return false;
    return rk_slice_utf8(text);
}

const char *rk_bundle_view_sentence(const char *sentence, char *out, size_t cap)
{
    rk_slice text = rk_slice_of(sentence);
    if (text.len >= cap || !is_printable(text))
        return rk_slice_print(text, out, cap);
    memcpy(out, sentence, text.len + 1);
    return out;
}

size_t rk_bundle_view_shown(const rk_bundle_report *report, uint64_t all)
{
    return (size_t)(all < report->limit ? all : report->limit);
}

void rk_bundle_view_more(const rk_bundle_report *report, uint64_t all, const char *thing)
{
    rk_human count;
    if (all > report->limit)
        fprintf(report->out, "  ... and %s (--limit all)\n",
                rk_human_things(all - report->limit, thing, &count));
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------ */

json_t *rk_bundle_json_head(const rk_bundle_report *report, const rk_bundle *bundle)
{
    const rk_bundle_info *info = rk_bundle_info_of(bundle);
    return json_pack("{s:s, s:s, s:o, s:s, s:I, s:o, s:o, s:o, s:o, s:b}", "schema", "rdbkit.bundle/1",
                     "tool", report->tool, "path", rk_json_out_string(report->path), "id", info->id,
                     "version", (json_int_t)info->version, "made_by", rk_json_out_string(info->tool),
                     "made_by_version", rk_json_out_string(info->made_by), "reason",
                     rk_json_out_string_or_null(info->reason), "created", rk_json_out_known(info->created_s),
                     "redacted", info->redacted);
}

static json_t *text_or_null(rk_slice text)
{
    return text.len > 0 ? rk_json_out_text(text) : json_null();
}

json_t *rk_bundle_json_job(const rk_bundle_job *job)
{
    return json_pack("{s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "seq",
                     rk_json_out_count(job->seq), "act", rk_act_name(job->act), "db",
                     rk_json_out_count(job->db), "key", rk_json_out_text(job->key), "place",
                     rk_bundle_place_name(job->kind), "queue", text_or_null(job->queue), "position",
                     job->has_position ? rk_json_out_count(job->position) : json_null(), "score",
                     job->has_score ? rk_json_out_score(job->score) : json_null(), "verdict",
                     rk_json_out_text(job->verdict), "reason", text_or_null(job->reason), "jid",
                     text_or_null(job->jid), "class", text_or_null(job->class_name), "may_have_run",
                     job->may_have_run, "source", rk_json_out_count(job->source), "payload_bytes",
                     rk_json_out_count(job->payload.len));
}

bool rk_bundle_json_put(const rk_bundle_report *report, json_t *json, rk_err *err)
{
    if (!rk_json_out_dump(json, false, report->out, err))
        return false;
    fputc('\n', report->out);
    return true;
}

bool rk_bundle_report_show(const rk_bundle_report *report, rk_bundle *bundle, const rk_bundle_facts *facts,
                           rk_err *err)
{
    return report->form == RK_BUNDLE_TEXT ? rk_bundle_text_show(report, bundle, facts, err)
                                          : rk_bundle_json_show(report, bundle, facts, err);
}
