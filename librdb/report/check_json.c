/* check_json: what a check came to, as JSON: one object for all files, or lines. */
#include "check_json.h"

#include "aofcheck_view.h"

json_t *check_json_problem(const rk_problem *p)
{
    json_t *json = json_pack("{s:s, s:s, s:o, s:o}", "kind", rk_problem_kind_name(p->kind), "step", p->step,
                             "offset", p->offset == RK_NO_OFFSET ? json_null() : rk_json_out_count(p->offset),
                             "what", rk_json_out_string(p->what));
    if (!p->has_key)
        return rk_json_join(
            json, json_pack("{s:n, s:n, s:n, s:n, s:n}", "db", "key", "type", "key_type", "encoding"));
    return rk_json_join(json, json_pack("{s:o, s:o, s:s, s:s, s:s?}", "db", rk_json_out_count(p->db), "key",
                                        rk_json_out_text(p->key), "type", rk_type_name(p->type), "key_type",
                                        rk_type_name(p->type), "encoding", p->encoding));
}

json_t *check_json_obstacle(const rk_obstacle *o)
{
    json_t *json = json_pack("{s:s, s:b, s:b, s:o, s:o, s:o}", "id", o->id, "blocks", o->blocks, "needs",
                             o->needs, "count", rk_json_out_count(o->count), "what",
                             rk_json_out_string(o->what), "advice", rk_json_out_string_or_null(o->advice));
    json_t *example = o->has_example ? json_pack("{s:o, s:o}", "db", rk_json_out_count(o->db), "key",
                                                 rk_json_out_text(o->key))
                                     : json_null();
    return rk_json_set(json, "example", example);
}

/* ---- parts --------------------------------------------------------------------------------------------------------- */

static json_t *problems(const rk_check *check)
{
    const rk_problem *p;
    json_t *list = json_array();
    for (size_t i = 0; (p = rk_check_problem(check, i)) != NULL; i++)
        list = rk_json_append(list, check_json_problem(p));
    return list;
}

static json_t *problem_counts(const rk_check *check)
{
    json_t *json = json_object();
    for (unsigned kind = RK_PROBLEM_DAMAGE; kind <= RK_PROBLEM_NOTICE; kind++)
        json =
            rk_json_set(json, rk_problem_kind_name(kind), rk_json_out_count(rk_check_problems(check, kind)));
    return json;
}

static json_t *oldest(const rk_check *check)
{
    bool relaxed = false;
    const char *redis = rk_oldest_redis(check), *valkey = rk_oldest_valkey(check, &relaxed);
    return json_pack("{s:s?, s:s?, s:b}", "redis", redis, "valkey", valkey, "valkey_relaxed", relaxed);
}

/* `with_obstacles`: they are not told on lines of their own. */
static json_t *targets(const rk_check *check, const rk_check_report_options *options, bool with_obstacles)
{
    json_t *list = json_array();
    for (size_t t = 0; t < options->target_count; t++) {
        rk_target_room name;
        rk_obstacle o;
        json_t *one = json_pack("{s:s, s:b}", "target", rk_target_name(&options->targets[t], &name), "loads",
                                rk_target_loads(check, &options->targets[t]));
        json_t *obstacles = with_obstacles ? json_array() : NULL;
        for (size_t i = 0; with_obstacles && rk_obstacle_next(check, &options->targets[t], i, &o); i++)
            obstacles = rk_json_append(obstacles, check_json_obstacle(&o));
        if (with_obstacles)
            one = rk_json_set(one, "obstacles", obstacles);
        list = rk_json_append(list, one);
    }
    return list;
}

json_t *check_json_salvage(const rk_salvage_result *s)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "keys", rk_json_out_count(s->keys),
                     "whole", rk_json_out_count(s->whole), "partial", rk_json_out_count(s->partial), "pieces",
                     rk_json_out_count(s->pieces), "lost", rk_json_out_count(s->lost), "left_out",
                     rk_json_out_count(s->left_out), "suspects", rk_json_out_count(s->suspects), "bytes_lost",
                     rk_json_out_count(s->bytes_lost), "bytes_written", rk_json_out_count(s->bytes_written));
}

static json_t *salvage(const rk_checked_file *file)
{
    if (!file->salvaged)
        return json_null();
    return rk_json_join(json_pack("{s:o}", "path", rk_json_out_string(file->salvaged)),
                        check_json_salvage(file->salvage));
}

static json_t *verdict(const rk_checked_file *file, const rk_check_report_options *options)
{
    bool refused = !file->check && !file->aof;
    int whole = file->aof ? rk_aofcheck_exit(file->aof) : file->check ? rk_check_exit(file->check) : 2;
    const char *status = refused ? "refused" : whole == 2 ? "uncertain" : whole == 1 ? "damaged" : "whole";
    return json_pack("{s:s, s:i, s:o}", "status", status, "exit", rk_check_report_exit(file, options),
                     "error", refused ? rk_json_out_error(file->refused) : json_null());
}

/* A file without its problems and obstacles, or with them. */
static json_t *whole_file(const rk_checked_file *file, const rk_check_report_options *options, bool all)
{
    if (file->aof)
        return rk_json_join(aofcheck_json(file, options, all), verdict(file, options));
    if (!file->check)
        return rk_json_join(json_pack("{s:o}", "path", rk_json_out_string(file->path)),
                            verdict(file, options));
    const rk_check *check = file->check;
    json_t *json = rk_json_out_snapshot(rk_check_info(check));
    json = rk_json_set(json, "magic", json_string(rk_check_info(check)->valkey_magic ? "VALKEY" : "REDIS"));
    json = rk_json_set(json, "used_memory", rk_json_out_known(rk_check_info(check)->used_memory));
    json = rk_json_join(json, check_json_facts(rk_check_facts(check)));
    json = rk_json_set(json, "problem_counts", problem_counts(check));
    if (all)
        json = rk_json_set(json, "problems", problems(check));
    json = rk_json_set(json, "oldest", oldest(check));
    json = rk_json_set(json, "targets", targets(check, options, all));
    json = rk_json_set(json, "salvage", salvage(file));
    return rk_json_join(json, verdict(file, options));
}

/* ---- one object ----------------------------------------------------------------------------------------------------- */

static const char *tool_of(const rk_check_report_options *options)
{
    return options->tool ? options->tool : "rdbcheck";
}

bool rk_check_report_json_head(const rk_check_report_options *options, FILE *out, rk_err *err)
{
    fputc('{', out);
    bool ok = rk_json_out_dump(json_pack("{s:s, s:s, s:s}", "schema", "rdbkit.check/1", "tool",
                                         tool_of(options), "version", RDBKIT_VERSION),
                               true, out, err);
    fputs(",\"files\":[", out);
    return ok;
}

bool rk_check_report_json_file(const rk_checked_file *file, bool first,
                               const rk_check_report_options *options, FILE *out, rk_err *err)
{
    fputs(first ? "" : ",", out);
    return rk_json_out_dump(whole_file(file, options, true), false, out, err);
}

void rk_check_report_json_end(int status, FILE *out)
{
    fprintf(out, "],\"exit\":%d}\n", status);
}

/* ---- lines ------------------------------------------------------------------------------------------------------------- */

bool check_json_line(const char *type, const rk_checked_file *file, json_t *rest, FILE *out, rk_err *err)
{
    json_t *line = json_pack("{s:s, s:o}", "type", type, "file", rk_json_out_string(file->path));
    line = rk_json_join(line, rest);
    line = rk_json_set(line, "type", json_string(type)); /* the type of a problem's key is key_type here */
    bool ok = rk_json_out_dump(line, false, out, err);
    fputc('\n', out);
    return ok;
}

bool rk_check_report_ndjson(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                            rk_err *err)
{
    const rk_problem *p;
    rk_target_room name;
    rk_obstacle o;
    bool ok = true;
    if (file->aof)
        ok = aofcheck_json_lines(file, options, out, err);
    for (size_t i = 0; ok && file->check && !ferror(out) && (p = rk_check_problem(file->check, i)) != NULL;
         i++)
        ok = check_json_line("problem", file, check_json_problem(p), out, err);
    for (size_t t = 0; file->check && t < options->target_count; t++)
        for (size_t i = 0; ok && !ferror(out) && rk_obstacle_next(file->check, &options->targets[t], i, &o);
             i++)
            ok = check_json_line("obstacle", file,
                                 rk_json_set(check_json_obstacle(&o), "target",
                                             json_string(rk_target_name(&options->targets[t], &name))),
                                 out, err);
    json_t *head = json_pack("{s:s, s:s, s:s}", "schema", "rdbkit.check/1", "tool", tool_of(options),
                             "version", RDBKIT_VERSION);
    return ok &&
           check_json_line("file", file, rk_json_join(head, whole_file(file, options, false)), out, err);
}
