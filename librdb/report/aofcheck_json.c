/* aofcheck_json: what a check of append-only files came to, as JSON. */
#include "aofcheck_view.h"
#include "check_json.h"

/* ---- problems and obstacles -------------------------------------------------------------------------------------- */

static json_t *problem(const rk_aofcheck *aof, const rk_aof_problem *p)
{
    const rk_aof_part *part = p->part == SIZE_MAX ? NULL : rk_aofcheck_part(aof, p->part);
    bool passed = p->from < p->to;
    json_t *more = json_pack("{s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o}", "part",
                             part ? rk_json_out_string(part->name) : json_null(), "line",
                             p->line ? rk_json_out_count(p->line) : json_null(), "number",
                             p->number ? rk_json_out_count(p->number) : json_null(), "command",
                             p->command ? rk_json_out_string(p->command) : json_null(), "in_multi",
                             p->in_multi, "passed_from", passed ? rk_json_out_count(p->from) : json_null(),
                             "passed_to", passed ? rk_json_out_count(p->to) : json_null(), "follows",
                             p->follows ? rk_json_out_string(p->follows) : json_null());
    return rk_json_join(check_json_problem(&p->problem), more);
}

static json_t *problems(const rk_aofcheck *aof)
{
    const rk_aof_problem *p;
    json_t *list = json_array();
    for (size_t i = 0; (p = rk_aofcheck_problem(aof, i)) != NULL; i++)
        list = rk_json_append(list, problem(aof, p));
    return list;
}

static json_t *problem_counts(const rk_aofcheck *aof)
{
    json_t *json = json_object();
    for (unsigned kind = RK_PROBLEM_DAMAGE; kind <= RK_PROBLEM_NOTICE; kind++)
        json =
            rk_json_set(json, rk_problem_kind_name(kind), rk_json_out_count(rk_aofcheck_problems(aof, kind)));
    return json;
}

static json_t *targets(const rk_aofcheck *aof, const rk_check_report_options *options, bool all)
{
    json_t *list = json_array();
    for (size_t t = 0; t < options->target_count; t++) {
        rk_target_room name;
        rk_obstacle o;
        const rk_target *target = &options->targets[t];
        json_t *one = json_pack("{s:s, s:b}", "target", rk_target_name(target, &name), "loads",
                                rk_aofcheck_loads(aof, target));
        json_t *obstacles = all ? json_array() : NULL;
        for (size_t i = 0; all && rk_aofcheck_obstacle(aof, target, i, &o); i++)
            obstacles = rk_json_append(obstacles, check_json_obstacle(&o));
        list = rk_json_append(list, all ? rk_json_set(one, "obstacles", obstacles) : one);
    }
    return list;
}

/* ---- parts --------------------------------------------------------------------------------------------------------- */

static json_t *verbs(const uint64_t *counts)
{
    json_t *json = json_object();
    for (unsigned verb = 0; counts && verb < RK_VERBS; verb++) {
        const char *name = verb == RK_VERB_MODULE_VERB ? "(modules)"
                           : verb == RK_VERB_UNKNOWN   ? "(others)"
                                                       : rk_verb_row_of(verb)->name;
        if (counts[verb] > 0)
            json = rk_json_set(json, name, rk_json_out_count(counts[verb]));
    }
    return json;
}

static json_t *times(const rk_aof_times *t)
{
    return json_pack("{s:o, s:o, s:o, s:b}", "first", rk_json_out_known(t->first_s), "last",
                     rk_json_out_known(t->last_s), "annotations", rk_json_out_count(t->count), "stepped_back",
                     t->stepped_back);
}

static json_t *head(const rk_check *check)
{
    if (!check)
        return json_null();
    return rk_json_join(rk_json_out_snapshot(rk_check_info(check)), check_json_facts(rk_check_facts(check)));
}

static json_t *part(const rk_aof_part *p)
{
    json_t *json =
        json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:s}", "path", rk_json_out_string(p->path), "name",
                  rk_json_out_string(p->name), "standing", rk_part_kind_name(p->kind), "role",
                  rk_aof_role_name(p->role), "seq", p->seq ? rk_json_out_count(p->seq) : json_null(), "line",
                  p->line ? rk_json_out_count(p->line) : json_null(), "size", rk_json_out_count(p->size),
                  "packing", p->packing);
    if (!p->verbs)
        return json;
    json_t *more =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o}", "commands_begin",
                  rk_json_out_count(p->begin), "complete_to", rk_json_out_count(p->good), "commands",
                  rk_json_out_count(p->commands), "transactions", rk_json_out_count(p->transactions),
                  "lost_commands", rk_json_out_count(p->lost_commands), "lost_bytes",
                  rk_json_out_count(p->lost_bytes), "torn", p->torn, "open_multi", p->open_multi, "times",
                  times(&p->times), "by_name", verbs(p->verbs), "head", head(p->head));
    return rk_json_join(json, more);
}

static json_t *parts(const rk_aofcheck *aof)
{
    const rk_aof_part *p;
    json_t *list = json_array();
    for (size_t i = 0; (p = rk_aofcheck_part(aof, i)) != NULL; i++)
        list = rk_json_append(list, part(p));
    return list;
}

static json_t *totals(const rk_aofcheck *aof)
{
    const rk_aof_part *p;
    uint64_t commands = 0, transactions = 0, lost = 0, bytes = 0;
    for (size_t i = 0; (p = rk_aofcheck_part(aof, i)) != NULL; i++) {
        commands += p->commands;
        transactions += p->transactions;
        lost += p->lost_commands;
        bytes += p->lost_bytes;
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "commands", rk_json_out_count(commands), "transactions",
                     rk_json_out_count(transactions), "lost_commands", rk_json_out_count(lost), "lost_bytes",
                     rk_json_out_count(bytes));
}

/* ---- what becomes of it ------------------------------------------------------------------------------------------- */

static json_t *torn(const rk_aofcheck *aof)
{
    const rk_aof_torn *t = rk_aofcheck_torn(aof);
    if (!t->there)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "part",
                     rk_json_out_string(rk_aofcheck_part(aof, t->part)->name), "offset",
                     rk_json_out_count(t->offset), "command",
                     t->command ? rk_json_out_string(t->command) : json_null(), "key",
                     t->has_key ? rk_json_out_text(t->key) : json_null(), "arguments",
                     rk_json_out_count(t->argc), "whole", rk_json_out_count(t->whole), "values",
                     rk_json_out_count(t->values), "jobs", rk_json_out_count(t->jobs));
}

static json_t *replayed(const rk_aofcheck *aof)
{
    const rk_aof_replayed *r = rk_aofcheck_replayed(aof);
    if (!r->done)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o}", "keys", rk_json_out_count(r->keys), "failed",
                     rk_json_out_count(r->failed), "opaque", rk_json_out_count(r->opaque), "uncertain_keys",
                     rk_json_out_count(r->uncertain_keys));
}

static json_t *load(const rk_aofcheck *aof)
{
    const rk_aof_load *l = rk_aofcheck_load(aof);
    bool in_part = l->part != SIZE_MAX;
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:o}", "load_truncated_yes",
                     rk_load_kind_name(l->with), "load_truncated_no", rk_load_kind_name(l->without), "part",
                     in_part ? rk_json_out_string(rk_aofcheck_part(aof, l->part)->name) : json_null(),
                     "offset", in_part ? rk_json_out_count(l->offset) : json_null(), "bytes",
                     rk_json_out_count(l->bytes), "commands", rk_json_out_count(l->commands), "only_the_tail",
                     l->tail, "why", l->why ? rk_json_out_string(l->why) : json_null());
}

static json_t *oldest(const rk_aofcheck *aof)
{
    bool relaxed = false;
    const char *redis = rk_aofcheck_oldest_redis(aof), *valkey = rk_aofcheck_oldest_valkey(aof, &relaxed);
    return json_pack("{s:s?, s:s?, s:b}", "redis", redis, "valkey", valkey, "valkey_relaxed", relaxed);
}

static json_t *salvage(const rk_checked_file *file)
{
    const rk_aof_salvage *s = file->aof_salvage;
    if (!file->salvaged)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "path", rk_json_out_string(file->salvaged),
                     "files", rk_json_out_count(s->files), "files_lost", rk_json_out_count(s->files_lost),
                     "commands", rk_json_out_count(s->commands), "left_out", rk_json_out_count(s->left_out),
                     "bytes_left_out", rk_json_out_count(s->bytes_left_out), "bytes_written",
                     rk_json_out_count(s->bytes_written), "snapshots", check_json_salvage(&s->heads));
}

json_t *aofcheck_json(const rk_checked_file *file, const rk_check_report_options *options, bool all)
{
    const rk_aofcheck *aof = file->aof;
    const char *manifest = rk_aofcheck_manifest(aof);
    json_t *json = json_pack("{s:o, s:s, s:b, s:o}", "path", rk_json_out_string(file->path), "format", "aof",
                             "directory", rk_aofcheck_is_folder(aof), "manifest",
                             manifest ? rk_json_out_string(manifest) : json_null());
    json = rk_json_set(rk_json_join(json, totals(aof)), "parts", parts(aof));
    json = rk_json_set(json, "problem_counts", problem_counts(aof));
    if (all)
        json = rk_json_set(json, "problems", problems(aof));
    json = rk_json_set(rk_json_set(json, "torn_command", torn(aof)), "load", load(aof));
    json = rk_json_set(json, "replay", replayed(aof));
    json = rk_json_set(rk_json_set(json, "oldest", oldest(aof)), "targets", targets(aof, options, all));
    return rk_json_set(json, "salvage", salvage(file));
}

bool aofcheck_json_lines(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                         rk_err *err)
{
    const rk_aof_problem *p;
    rk_target_room name;
    rk_obstacle o;
    bool ok = true;
    for (size_t i = 0; ok && !ferror(out) && (p = rk_aofcheck_problem(file->aof, i)) != NULL; i++)
        ok = check_json_line("problem", file, problem(file->aof, p), out, err);
    for (size_t t = 0; t < options->target_count; t++)
        for (size_t i = 0; ok && !ferror(out) && rk_aofcheck_obstacle(file->aof, &options->targets[t], i, &o);
             i++)
            ok = check_json_line("obstacle", file,
                                 rk_json_set(check_json_obstacle(&o), "target",
                                             json_string(rk_target_name(&options->targets[t], &name))),
                                 out, err);
    return ok;
}
