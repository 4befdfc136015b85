/* json_parts: inputs, ledger, counts, accounting and proof as JSON: what a report holds besides its findings.
 */
#include "json_out.h"
#include "order.h"

/* ---- inputs
 * ------------------------------------------------------------------------------------------------- */

static json_t *input_modules(const rk_snapshot_info *info)
{
    json_t *list = json_array();
    for (size_t i = 0; i < info->module_count; i++)
        list = rk_json_append(list,
                              json_pack("{s:o, s:o, s:o}", "name", rk_json_out_string(info->modules[i].name),
                                        "values", rk_json_out_count(info->modules[i].values), "records",
                                        rk_json_out_count(info->modules[i].records)));
    return list;
}

static json_t *input_record_counts(const rk_snapshot_info *info)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "functions", rk_json_out_count(info->functions),
                     "module_values", rk_json_out_count(info->module_values), "modules", input_modules(info),
                     "slot_imports", rk_json_out_count(info->slot_imports), "sub_key_expiries",
                     rk_json_out_count(info->sub_key_expiries), "vendor_records",
                     rk_json_out_count(info->vendor_records), "trailing", rk_json_out_count(info->trailing));
}

/* Null of a snapshot. */
static json_t *input_log(const rk_log_facts *log)
{
    if (log->files == 0)
        return json_null();
    json_t *counts =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "files", rk_json_out_count(log->files), "commands",
                  rk_json_out_count(log->commands), "base_keys", rk_json_out_count(log->base_keys), "failed",
                  rk_json_out_count(log->failed), "opaque", rk_json_out_count(log->opaque), "uncertain_keys",
                  rk_json_out_count(log->uncertain_keys), "torn_bytes", rk_json_out_count(log->torn_bytes));
    json_t *signs = json_pack(
        "{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:o, s:o}", "all_uncertain", log->all_uncertain, "torn",
        log->torn, "open_multi", log->open_multi, "annotated", log->annotated, "relative_times",
        log->relative_times, "stopped", log->stopped, "left_out", log->left_out, "first_failed",
        rk_json_out_error(&log->first_failed), "first_opaque", rk_json_out_error(&log->first_opaque));
    return rk_json_join(counts, signs);
}

json_t *rk_json_out_snapshot(const rk_snapshot_info *info)
{
    json_t *json = json_pack(
        "{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:o, s:o}", "path",
        rk_json_out_string(info->path), "format", info->format, "packing", info->packing, "file_size",
        rk_json_out_count(info->file_size), "content_size", rk_json_out_count(info->content_size),
        "rdb_version", info->rdb_version ? rk_json_out_count(info->rdb_version) : json_null(), "server",
        rk_json_out_string(info->server), "ctime", rk_json_out_known(info->ctime), "repl_id",
        rk_json_out_string_or_null(info->repl_id), "repl_offset", rk_json_out_known(info->repl_offset),
        "keys", rk_json_out_count(info->keys), "checksum", rk_checksum_name(info->checksum), "complete",
        info->complete && !info->partial, "unseen_bytes", rk_json_out_count(rk_report_unseen(info)), "reason",
        rk_json_out_error(&info->reason));
    return rk_json_set(rk_json_join(json, input_record_counts(info)), "log", input_log(&info->log));
}

static json_t *input(const rk_snapshot_info *info, bool new_side, uint64_t jobs)
{
    json_t *json =
        rk_json_join(json_pack("{s:s}", "role", new_side ? "new" : "old"), rk_json_out_snapshot(info));
    return rk_json_set(json, "jobs", rk_json_out_count(jobs));
}

json_t *rk_json_out_inputs(const rk_diff *diff)
{
    json_t *list = json_array();
    for (int side = 0; side < 2; side++) {
        const rk_snapshot_info *info;
        for (size_t i = 0; (info = rk_diff_input(diff, side, i)) != NULL; i++)
            list = rk_json_append(list, input(info, side, rk_diff_input_jobs(diff, side, i)));
    }
    return list;
}

/* ---- ledger
 * ------------------------------------------------------------------------------------------------- */

/* The columns in the order of the schema, from `kept` to `unexpected`; moved_in stands in front of
 * duplicated. */
static json_t *ledger_counts(json_t *json, const rk_ledger_row *row)
{
    json = rk_json_set(json, "old", rk_json_out_count(row->old_jobs));
    for (unsigned v = 0; v < RK_VERDICTS; v++) {
        if (v == RK_JOB_DUPLICATED)
            json = rk_json_set(json, "moved_in", rk_json_out_count(row->moved_in));
        json = rk_json_set(json, rk_verdict_name(v), rk_json_out_count(row->counts[v]));
    }
    json = rk_json_set(json, "new", rk_json_out_count(row->new_jobs));
    json = rk_json_set(json, "order", json_string(row->order_changed ? "changed" : "same"));
    json = rk_json_set(json, "out_of_order", rk_json_out_count(row->out_of_order));
    return rk_json_set(json, "irregular", rk_json_out_count(row->irregular));
}

static json_t *layout_name(const rk_layout *layout)
{
    if (!layout)
        return json_null();
    return json_pack("{s:o, s:o}", "db", rk_json_out_count(layout->db), "namespace",
                     rk_json_out_namespace(layout));
}

/* `in_new` tells where the place lies in NEW: elsewhere where a namespace was matched with another. */
static json_t *ledger_row(const rk_ledger_row *row)
{
    const rk_place *place = rk_report_place(row);
    json_t *json =
        json_pack("{s:o, s:o, s:o}", "place", rk_json_out_text(place->name), "db",
                  rk_json_out_count(place->layout->db), "namespace", rk_json_out_namespace(place->layout));
    json = ledger_counts(json, row);
    json = rk_json_set(json, "reversed", json_boolean(row->reversed));
    json = rk_json_set(json, "cut_at", row->cut_at ? rk_json_out_count(row->cut_at) : json_null());
    json = rk_json_set(json, "doubled", json_boolean(row->doubled));
    return rk_json_set(json, "in_new", layout_name(row->new_place ? row->new_place->layout : NULL));
}

json_t *rk_json_out_ledger(const rk_diff *diff)
{
    size_t count;
    rk_err ignored = { 0 }; /* NULL says the same */
    const rk_ledger_row **rows = rk_report_rows(diff, &count, &ignored);
    json_t *places = rows ? json_array() : NULL;
    for (size_t i = 0; rows && i < count; i++)
        places = rk_json_append(places, ledger_row(rows[i]));
    rk_free(rows);
    return json_pack("{s:o, s:o}", "places", places, "total",
                     ledger_counts(json_object(), rk_diff_total(diff)));
}

json_t *rk_json_out_keys(const rk_diff *diff)
{
    const rk_key_counts *keys = rk_diff_keys(diff);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "equal", rk_json_out_count(keys->equal),
                     "equal_other_encoding", rk_json_out_count(keys->equal_other_encoding), "changed",
                     rk_json_out_count(keys->changed), "only_old", rk_json_out_count(keys->only_old),
                     "only_new", rk_json_out_count(keys->only_new), "volatile",
                     rk_json_out_count(keys->volatile_keys), "expired", rk_json_out_count(keys->expired),
                     "empty", rk_json_out_count(keys->empty));
}

/* ---- evidence
 * ----------------------------------------------------------------------------------------------- */

json_t *rk_json_out_accounts(const rk_diff *diff)
{
    size_t count;
    const rk_account *accounts = rk_diff_accounts(diff, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const rk_account *a = &accounts[i];
        json_t *one = json_pack("{s:o, s:o, s:b, s:o, s:o}", "old", layout_name(a->old_layout), "new",
                                layout_name(a->new_layout), "counters", a->has_counters, "processed",
                                a->has_counters ? json_integer(a->processed) : json_null(), "failed",
                                a->has_counters ? json_integer(a->failed) : json_null());
        one = rk_json_set(one, "visible", rk_json_out_count(a->visible));
        one = rk_json_set(one, "gone_runnable", rk_json_out_count(a->gone_runnable));
        one = rk_json_set(one, "gone_idle", rk_json_out_count(a->gone_idle));
        one = rk_json_set(one, "logged_ended", rk_json_out_count(a->logged_ended));
        one = rk_json_set(one, "at_least_lost", rk_json_out_count(a->at_least_lost));
        list = rk_json_append(list, rk_json_set(one, "lagging", json_boolean(a->lagging)));
    }
    return list;
}

static json_t *replication_side(const rk_snapshot_info *info)
{
    if (!info || !info->repl_id[0])
        return json_null();
    return json_pack("{s:o, s:o}", "id", rk_json_out_string(info->repl_id), "offset",
                     rk_json_out_known(info->repl_offset));
}

json_t *rk_json_out_replication(const rk_diff *diff)
{
    return json_pack("{s:s, s:o, s:o}", "proof", rk_repl_proof_name(rk_diff_proof(diff)), "old",
                     replication_side(rk_diff_input(diff, false, 0)), "new",
                     replication_side(rk_diff_input(diff, true, 0)));
}

json_t *rk_json_out_diagnoses(const rk_diff *diff)
{
    size_t count;
    const rk_diagnosis *diagnoses = rk_diff_diagnoses(diff, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        list = rk_json_append(list, json_pack("{s:s, s:o}", "id", diagnoses[i].id, "text",
                                              rk_json_out_string(diagnoses[i].text)));
    return list;
}

json_t *rk_json_out_notes(const rk_notes *notes)
{
    json_t *list = json_array();
    for (size_t i = 0; i < notes->count; i++)
        list = rk_json_append(list, json_pack("{s:s, s:o}", "id", notes->items[i].id, "text",
                                              rk_json_out_string(notes->items[i].text)));
    return list;
}
