/* aoflog_json: what is known of a log, and answers as a whole, as JSON. */
#include "aoflog_json.h"

static const char *role(const rk_aof_set *set, size_t file)
{
    if (!set->manifest)
        return "log";
    return set->files[file].role == RK_AOF_BASE ? "base" : "increment";
}

json_t *aoflog_json_set(const rk_aof_set *set)
{
    json_t *files = json_array();
    for (size_t i = 0; i < set->loaded; i++)
        files = rk_json_append(
            files, json_pack("{s:o, s:o, s:s}", "name", rk_json_out_string(set->files[i].name), "path",
                             rk_json_out_string(set->files[i].path), "role", role(set, i)));
    return json_pack("{s:o, s:o}", "manifest", rk_json_out_string(set->manifest), "files", files);
}

/* ---- files -------------------------------------------------------------------------------------------------- */

static json_t *gaps(const rk_aoflog_file *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->gap_count && i < RK_AOFLOG_GAPS; i++)
        list = rk_json_append(list, json_pack("{s:o, s:o, s:o}", "from", rk_json_out_count(f->gaps[i].from),
                                              "to", rk_json_out_count(f->gaps[i].to), "error",
                                              rk_json_out_error(&f->gaps[i].why)));
    return list;
}

static json_t *share(const rk_aoflog_share *s)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "commands", rk_json_out_count(s->commands), "writes",
                     rk_json_out_count(s->writes), "bytes", rk_json_out_count(s->bytes), "first",
                     rk_json_out_known(s->first_s), "last", rk_json_out_known(s->last_s));
}

json_t *aoflog_json_files(const rk_aoflog_info *info, const rk_aoflog_share *shares)
{
    json_t *files = json_array();
    for (size_t i = 0; i < info->set->loaded; i++) {
        const rk_aoflog_file *f = &info->files[i];
        json_t *file = json_pack(
            "{s:o, s:o, s:s, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
            rk_json_out_string(info->set->files[i].name), "path",
            rk_json_out_string(info->set->files[i].path), "role", role(info->set, i), "read", f->read,
            "packing", f->packing, "size", rk_json_out_count(f->size), "begin", rk_json_out_count(f->begin),
            "base_keys", rk_json_out_count(f->base_keys), "saved", rk_json_out_known(f->saved_s), "server",
            rk_json_out_string_or_null(f->server), "annotations", rk_json_out_count(f->times.count));
        file = rk_json_join(file, json_pack("{s:b, s:b, s:o, s:o, s:o, s:o, s:o}", "torn", f->torn,
                                            "open_multi", f->open_multi, "good", rk_json_out_count(f->good),
                                            "torn_bytes", rk_json_out_count(f->torn_bytes), "gap_count",
                                            rk_json_out_count(f->gap_count), "gap_bytes",
                                            rk_json_out_count(f->gap_bytes), "gaps", gaps(f)));
        files = rk_json_append(files, shares ? rk_json_join(file, share(&shares[i])) : file);
    }
    return json_pack("{s:o, s:o, s:b}", "manifest", rk_json_out_string(info->set->manifest), "files", files,
                     "damaged", info->damaged);
}

json_t *aoflog_json_replay(const rk_replay_info *info)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:b, s:b, s:o, s:b}", "done",
                     rk_json_out_count(info->done), "nothing", rk_json_out_count(info->nothing), "failed",
                     rk_json_out_count(info->failed), "opaque", rk_json_out_count(info->opaque),
                     "opaque_first", rk_json_out_error(&info->opaque_first), "uncertain_keys",
                     rk_json_out_count(info->uncertain_keys), "all_uncertain", info->all_uncertain,
                     "torn_bytes", rk_json_out_count(info->torn_bytes), "torn", info->torn, "open_multi",
                     info->open_multi, "time", rk_json_out_known(info->time_s), "stopped", info->stopped);
}

/* ---- counts ------------------------------------------------------------------------------------------------- */

static json_t *names(const rk_aoflog_counts *counts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < counts->name_count; i++)
        list =
            rk_json_append(list, json_pack("{s:o, s:o, s:o}", "name", rk_json_out_text(counts->names[i].name),
                                           "commands", rk_json_out_count(counts->names[i].commands), "bytes",
                                           rk_json_out_count(counts->names[i].bytes)));
    return list;
}

static json_t *suspects(const rk_aoflog_counts *counts)
{
    json_t *list = json_array();
    for (uint64_t i = 0; i < counts->suspect_count && i < RK_AOFLOG_SUSPECTS; i++) {
        const rk_aoflog_suspect *s = &counts->suspects[i];
        list = rk_json_append(
            list,
            json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "name", rk_verb_row_of(s->spot.verb)->name, "file",
                      rk_json_out_string(counts->info->set->files[s->spot.file].name), "offset",
                      rk_json_out_count(s->spot.offset), "time", rk_json_out_known(s->spot.time_s), "db",
                      rk_json_out_count(s->db), "key", s->key.len ? rk_json_out_text(s->key) : json_null()));
    }
    return list;
}

/* Writes by the minute, or by wider slots where the log is long: [time, writes], only those with writes. */
static json_t *minutes(const rk_timeline *line)
{
    uint64_t width = line->width > 60 ? line->width : 60;
    json_t *list = json_array();
    int64_t end = line->first + (int64_t)(line->count * line->width);
    for (int64_t at = line->first - line->first % 60; line->count > 0 && at < end; at += (int64_t)width) {
        double sum = rk_timeline_sum(line, (double)at, (double)at + (double)width);
        if (sum > 0)
            list = rk_json_append(list, json_pack("[I, I]", (json_int_t)at, (json_int_t)(sum + 0.5)));
    }
    return json_pack("{s:o, s:o}", "seconds", rk_json_out_count(width), "writes", list);
}

json_t *aoflog_json_counts(const rk_aoflog_counts *counts)
{
    json_t *object = aoflog_json_files(counts->info, counts->files);
    return rk_json_join(
        object, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "all", share(&counts->all),
                          "transactions", rk_json_out_count(counts->transactions), "names", names(counts),
                          "other_names", rk_json_out_count(counts->other_names), "minutes",
                          minutes(&counts->times), "untimed", rk_json_out_count(counts->untimed), "suspects",
                          json_pack("{s:o, s:o}", "count", rk_json_out_count(counts->suspect_count), "first",
                                    suspects(counts)),
                          "clock_stepped_back", counts->stepped_back));
}

static json_t *window(rk_quiet_window w)
{
    return json_pack("{s:I, s:I, s:o}", "from", (json_int_t)w.from_s, "to", (json_int_t)w.to_s, "writes",
                     rk_json_out_count(w.writes));
}

json_t *aoflog_json_quietest(const rk_quietest *quiet)
{
    json_t *best = json_array(), *hours = quiet->has_hours ? json_array() : json_null();
    for (size_t i = 0; i < quiet->count; i++)
        best = rk_json_append(best, window(quiet->best[i]));
    for (unsigned i = 0; quiet->has_hours && i < 24; i++)
        hours = rk_json_append(hours, json_real(quiet->hour_writes[i]));
    return json_pack("{s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "span", rk_json_out_count(quiet->span_s),
                     "first", (json_int_t)quiet->first_s, "to", (json_int_t)quiet->to_s, "slot",
                     rk_json_out_count(quiet->slot_s), "quietest", best, "busiest", window(quiet->busiest),
                     "usual", rk_json_out_count(quiet->usual), "hours", hours);
}
