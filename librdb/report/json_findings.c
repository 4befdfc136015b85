/* json_findings: one job, or one key, as JSON. */
#include "json_out.h"

#include <stdio.h>

/* Adds "file" where a side has several. False when memory is short. */
static bool add_file(json_t *side, const rk_diff *diff, bool new_side, size_t shard)
{
    const rk_snapshot_info *info = rk_diff_input(diff, new_side, shard);
    if (!side || !info || !rk_diff_input(diff, new_side, 1))
        return side != NULL;
    return json_object_set_new(side, "file", rk_json_out_string(info->path)) == 0;
}

/* Where a thing stands in its file; null where the keys come from a replay, and stand nowhere. */
static json_t *place_in_file(const rk_diff *diff, bool new_side, size_t shard, uint64_t offset)
{
    const rk_snapshot_info *info = rk_diff_input(diff, new_side, shard);
    return info && info->log.files > 0 ? json_null() : rk_json_out_count(offset);
}

static json_t *job_side(const rk_diff *diff, const rk_job_side *side, bool new_side)
{
    if (!side->place)
        return json_null();
    const rk_layout *layout = side->place->layout;
    json_t *json = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "place", rk_json_out_text(side->place->name),
                             "db", rk_json_out_count(layout->db), "namespace", rk_json_out_namespace(layout),
                             "position", side->has_position ? rk_json_out_count(side->position) : json_null(),
                             "score", side->has_score ? rk_json_out_score(side->score) : json_null(),
                             "offset", place_in_file(diff, new_side, side->shard, side->offset));
    if (add_file(json, diff, new_side, side->shard))
        return json;
    json_decref(json);
    return NULL;
}

static json_t *job_fields(const rk_job_finding *finding)
{
    json_t *fields = json_array();
    for (size_t i = 0; fields && i < finding->field_count; i++) {
        rk_slice name = { (const uint8_t *)finding->fields[i], finding->field_lengths[i] };
        if (json_array_append_new(fields, rk_json_out_text(name)) != 0) {
            json_decref(fields);
            return NULL;
        }
    }
    return fields;
}

/* A job without a jid goes by the digest of its payload. */
static bool add_raw(json_t *job, const rk_job_finding *finding)
{
    char raw[17];
    snprintf(raw, sizeof raw, "%016" PRIx64, finding->payload_hash);
    return json_object_set_new(job, "raw", json_string(raw)) == 0;
}

static json_t *text_or_null(rk_slice text)
{
    return text.len ? rk_json_out_text(text) : json_null();
}

/* ---- evidence of a log
 * -------------------------------------------------------------------------------------------- */

/* One command of a log; null where none is known, or where it was so as the log begins. */
static json_t *log_spot(const rk_diff_log *log, const rk_log_spot *spot)
{
    if (!spot->known || spot->base)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "command", rk_verb_row_of(spot->verb)->name, "file",
                     spot->file < log->file_count ? rk_json_out_string(log->files[spot->file]) : json_null(),
                     "offset", rk_json_out_count(spot->offset), "number", rk_json_out_count(spot->number),
                     "time", rk_json_out_known(spot->time_s));
}

static json_t *log_place(const rk_log_place *place)
{
    if (!place->known)
        return json_null();
    bool listed = place->kind == RK_PLACE_PRIVATE;
    rk_slice prefix = place->prefix.len ? rk_slice_head(place->prefix, place->prefix.len - 1) : RK_EMPTY;
    return json_pack("{s:o, s:b, s:o, s:o}", "place", rk_json_out_text(place->key), "private", listed, "db",
                     rk_json_out_count(place->db), "namespace", rk_json_out_text(prefix));
}

static json_t *evidence(const rk_job_evidence *e)
{
    if (!e)
        return json_null();
    return json_pack("{s:o, s:s, s:s?, s:o, s:o, s:o, s:o}", "log", rk_json_out_string(e->log->path), "fate",
                     rk_fate_name(e->fate), "because", rk_because_name(e->because), "taken",
                     log_spot(e->log, &e->taken), "decided", log_spot(e->log, &e->decided), "process",
                     text_or_null(e->process), "last_place", log_place(&e->place));
}

/* ---- a job
 * -------------------------------------------------------------------------------------------------------- */

json_t *rk_json_out_job(const rk_diff *diff, const rk_job_finding *finding, const char *type)
{
    bool stranded = finding->verdict == RK_JOB_STRANDED || finding->stranded;
    json_t *job = type ? json_pack("{s:s}", "type", type) : json_object();
    json_t *rest = json_pack(
        "{s:s, s:s?, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:b}", "verdict",
        rk_verdict_name(finding->verdict), "transition", rk_transition_name(finding->transition), "why",
        rk_why_name(finding->why), "jid", text_or_null(finding->jid), "class",
        text_or_null(finding->class_name), "old", job_side(diff, &finding->old_side, false), "new",
        job_side(diff, &finding->new_side, true), "fields", job_fields(finding), "created_at",
        rk_json_out_time(finding->created_at), "enqueued_at", rk_json_out_time(finding->enqueued_at),
        "error_class", text_or_null(finding->error_class), "stranded", stranded, "holder",
        finding->holder ? rk_json_out_text(finding->holder->identity) : json_null(), "log",
        evidence(finding->log), "resurrected",
        finding->verdict == RK_JOB_RESURRECTED || finding->resurrected);
    bool ok =
        job && rest && json_object_update(job, rest) == 0 && (finding->jid.len > 0 || add_raw(job, finding));
    json_decref(rest);
    if (ok)
        return job;
    json_decref(job);
    return NULL;
}

static json_t *key_side(const rk_diff *diff, const rk_key_finding *finding, bool new_side)
{
    if (finding->verdict == (new_side ? RK_KEY_ONLY_OLD : RK_KEY_ONLY_NEW) ||
        (new_side && finding->verdict == RK_KEY_EXPIRED))
        return json_null();
    rk_type type = new_side ? finding->new_type : finding->old_type;
    int64_t expire_ms = new_side ? finding->new_expire_ms : finding->old_expire_ms;
    size_t shard = new_side ? finding->new_shard : finding->old_shard;
    json_t *side =
        json_pack("{s:s, s:o, s:o, s:o}", "type", rk_type_name(type), "expire_ms",
                  expire_ms == RK_NO_EXPIRY ? json_null() : json_integer(expire_ms), "elements",
                  rk_json_out_count(new_side ? finding->new_elements : finding->old_elements), "offset",
                  place_in_file(diff, new_side, shard, new_side ? finding->new_offset : finding->old_offset));
    if (add_file(side, diff, new_side, shard))
        return side;
    json_decref(side);
    return NULL;
}

static json_t *key_differs(const rk_key_finding *finding)
{
    const char *const words[] = { "type", "value", "ttl" };
    const bool differs[] = { finding->type_differs, finding->value_differs, finding->ttl_differs };
    json_t *list = json_array();
    for (size_t i = 0; list && i < 3; i++)
        if (differs[i] && json_array_append_new(list, json_string(words[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

json_t *rk_json_out_key(const rk_diff *diff, const rk_key_finding *finding, const char *type)
{
    json_t *key = type ? json_pack("{s:s}", "type", type) : json_object();
    json_t *rest = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "verdict",
                             rk_key_verdict_name(finding->verdict), "key", rk_json_out_text(finding->name),
                             "db", rk_json_out_count(finding->db), "old", key_side(diff, finding, false),
                             "new", key_side(diff, finding, true), "differs", key_differs(finding));
    bool ok = key && rest && json_object_update(key, rest) == 0;
    json_decref(rest);
    if (ok)
        return key;
    json_decref(key);
    return NULL;
}
