/* aoflog_json_events: what happened, one by one, as JSON. */
#include "aoflog_json.h"
#include "command_text.h"

/* A spot of the log; null where none is known. */
static json_t *spot(const rk_aof_set *set, const rk_log_spot *s)
{
    if (!s->known)
        return json_null();
    if (s->base)
        return json_pack("{s:b, s:s}", "base", 1, "file", set->files[s->file].name);
    return json_pack("{s:b, s:o, s:o, s:o, s:o, s:s}", "base", 0, "file",
                     rk_json_out_string(set->files[s->file].name), "offset", rk_json_out_count(s->offset),
                     "number", rk_json_out_count(s->number), "time", rk_json_out_known(s->time_s), "name",
                     rk_verb_row_of(s->verb)->name);
}

/* The command as a line, and, where all is to be shown, its arguments. */
static json_t *add_command(json_t *object, const rk_aoflog_report *report, const rk_slice *args, size_t kept,
                           size_t argc, rk_err *err)
{
    rk_buf line = { 0 };
    bool ok = rk_command_text(&line, args, kept, report->full, err) &&
              (argc == kept || rk_buf_printf(&line, err, " ...(%zu more)", argc - kept));
    object = rk_json_set(object, "command", ok ? rk_json_out_text(rk_buf_slice(&line)) : NULL);
    rk_buf_free(&line);
    if (!report->full)
        return object;
    json_t *list = json_array();
    for (size_t i = 0; i < kept; i++)
        list = rk_json_append(list, rk_json_out_text(args[i]));
    return rk_json_set(object, "args", list);
}

static json_t *add_multi(json_t *object, bool in_multi, uint64_t unit)
{
    return rk_json_set(object, "multi", in_multi ? rk_json_out_count(unit) : json_null());
}

json_t *aoflog_json_entry(const rk_aoflog_report *report, const rk_aof_set *set, const rk_aoflog_entry *entry,
                          rk_err *err)
{
    const rk_aof_command *c = entry->command;
    rk_log_spot at = rk_aoflog_spot(entry);
    json_t *object = json_pack("{s:s, s:o, s:o}", "type", "command", "spot", spot(set, &at), "db",
                               rk_json_out_count(entry->db));
    object = add_command(object, report, c->args, c->argc, c->argc, err);
    return add_multi(object, c->in_multi, entry->unit);
}

/* ---- what was taken away ------------------------------------------------------------------------------------ */

static json_t *harm_keys(const rk_harm *harm)
{
    json_t *list = json_array();
    for (size_t i = 0; i < harm->key_count; i++) {
        const rk_harm_key *k = &harm->keys[i];
        list = rk_json_append(
            list, json_pack("{s:o, s:o, s:s, s:b, s:o, s:o}", "db", rk_json_out_count(k->db), "key",
                            rk_json_out_text(k->name), "type", rk_type_name(k->type), "jobs", k->jobs,
                            "before", rk_json_out_count(k->before), "after", rk_json_out_count(k->after)));
    }
    return list;
}

static json_t *harm_classes(const rk_harm *harm)
{
    json_t *list = json_array();
    for (size_t i = 0; i < harm->class_count; i++)
        list = rk_json_append(list, json_pack("{s:o, s:o}", "class", rk_json_out_text(harm->classes[i].name),
                                              "jobs", rk_json_out_count(harm->classes[i].count)));
    return list;
}

json_t *aoflog_json_harm(const rk_aoflog_report *report, const rk_harms_info *info, const rk_harm *harm,
                         rk_err *err)
{
    char moment[330];
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:b, s:o, s:o}", "type", "destructive", "kind", rk_harm_name(harm->kind),
                  "hand", rk_harm_hand_name(harm->hand), "counts", rk_harm_counts(harm), "spot",
                  spot(info->replay->set, &harm->spot), "db", rk_json_out_count(harm->db));
    object = add_command(object, report, harm->args, harm->args_kept, harm->argc, err);
    object = add_multi(object, harm->in_multi, harm->unit);
    rk_aoflog_moment(info->replay->set, harm->spot.file, harm->unit, moment);
    return rk_json_join(
        object,
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "keys_before",
                  harm->keys_counted ? rk_json_out_count(harm->keys_before) : json_null(), "keys_after",
                  harm->keys_counted ? rk_json_out_count(harm->keys_after) : json_null(), "jobs_before",
                  rk_json_out_count(harm->jobs_before), "jobs_after", rk_json_out_count(harm->jobs_after),
                  "carried", rk_json_out_count(harm->carried), "keys", harm_keys(harm), "more_keys",
                  rk_json_out_count(harm->more_keys), "classes", harm_classes(harm), "classes_of",
                  rk_json_out_count(harm->looked_at), "before", rk_json_out_string(moment)));
}

/* ---- keys --------------------------------------------------------------------------------------------------- */

static json_t *key_state(bool there, rk_type type, uint64_t elements, int64_t expire_ms)
{
    if (!there)
        return json_null();
    return json_pack("{s:s, s:o, s:o}", "type", rk_type_name(type), "elements", rk_json_out_count(elements),
                     "expire_ms", expire_ms == RK_NO_EXPIRY ? json_null() : json_integer(expire_ms));
}

json_t *aoflog_json_key(const rk_aoflog_report *report, const rk_keys_info *info, const rk_key_event *e,
                        rk_err *err)
{
    bool other = e->what == RK_KEY_LIFE_RENAMED || e->what == RK_KEY_LIFE_MOVED;
    json_t *object = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "type", "key", "what",
                               rk_key_life_name(e->what), "spot", spot(info->replay->set, &e->spot), "db",
                               rk_json_out_count(e->db), "key", rk_json_out_text(e->key), "before",
                               key_state(e->has_before, e->type_before, e->before, e->expire_before_ms),
                               "after", key_state(e->has_after, e->type, e->after, e->expire_ms), "expired",
                               e->expired, "other", other ? rk_json_out_text(e->other) : json_null(),
                               "other_db", other ? rk_json_out_count(e->other_db) : json_null());
    object = add_multi(object, e->in_multi, e->unit);
    if (!e->command)
        return object;
    return add_command(object, report, e->command->args, e->command->argc, e->command->argc, err);
}

/* ---- jobs --------------------------------------------------------------------------------------------------- */

static json_t *text_or_null(rk_slice text)
{
    return text.len ? rk_json_out_text(text) : json_null();
}

static json_t *place(const rk_log_place *p)
{
    static const char *const kinds[] = {
        [RK_PLACE_QUEUE] = "queue",    [RK_PLACE_SCHEDULE] = "schedule",       [RK_PLACE_RETRY] = "retry",
        [RK_PLACE_DEAD] = "dead",      [RK_PLACE_INTERRUPTED] = "interrupted", [RK_PLACE_WORK] = "work",
        [RK_PLACE_PRIVATE] = "private"
    };
    if (!p->known)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:o}", "kind", kinds[p->kind], "db", rk_json_out_count(p->db),
                     "namespace",
                     rk_json_out_text(rk_slice_head(p->prefix, p->prefix.len ? p->prefix.len - 1 : 0)), "key",
                     rk_json_out_text(p->key));
}

json_t *aoflog_json_fate(const rk_history_info *info, const rk_job_fate *f)
{
    const rk_aof_set *set = info->replay->set;
    char sentence[600];
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "type", "fate", "fate",
                     rk_fate_name(f->kind), "because", rk_json_out_string(rk_because_name(f->because)), "jid",
                     text_or_null(f->jid), "class", text_or_null(f->class_name), "place", place(&f->place),
                     "pushed", spot(set, &f->pushed), "taken", spot(set, &f->taken), "decided",
                     spot(set, &f->decided), "process", text_or_null(f->process), "pushed_here",
                     f->pushed_here, "sentence",
                     rk_json_out_string(rk_fate_sentence(f, sentence, sizeof sentence)));
}

json_t *aoflog_json_job(const rk_history_info *info, const rk_job_event *e)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "type", "job", "what",
                     rk_life_name(e->what), "spot", spot(info->replay->set, &e->spot), "jid",
                     text_or_null(e->jid), "class", text_or_null(e->class_name), "place", place(&e->place),
                     "end", e->has_end ? json_string(e->tail ? "tail" : "head") : json_null(), "score",
                     e->has_score ? rk_json_out_score(e->score) : json_null(), "process",
                     text_or_null(e->process));
}
