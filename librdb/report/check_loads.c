/* check_loads: who can load a snapshot, in sentences. */
#include "check_view.h"

static void write_oldest(const check_view *v)
{
    bool relaxed = false;
    const char *redis = rk_oldest_redis(v->check), *valkey = rk_oldest_valkey(v->check, &relaxed);
    char line[300] = "";
    if (rk_check_problems(v->check, RK_PROBLEM_DAMAGE) > 0) {
        rk_human_fill(v->out, "loads it: ", "no server that can be trusted with the damage");
        return;
    }
    if (redis)
        rk_human_join(line, sizeof line, "", "Redis %s is the oldest", redis);
    else
        rk_human_join(line, sizeof line, "", "no Redis that is known");
    if (valkey)
        rk_human_join(line, sizeof line, ", ", "Valkey %s%s", valkey,
                      relaxed ? " with `rdb-version-check relaxed`" : "");
    else
        rk_human_join(line, sizeof line, ", ", "no Valkey");
    for (size_t i = 0; i < v->info->module_count; i++)
        rk_human_join(line, sizeof line, i == 0 ? "; with the module " : ", ", "%s",
                      v->info->modules[i].name);
    rk_human_fill(v->out, "loads it: ", line);
}

static const char *effect(const rk_obstacle *o)
{
    return o->blocks ? "blocks" : o->needs ? "needs" : "loses";
}

void check_write_obstacle(const rk_obstacle *o, bool colour, FILE *out)
{
    char line[800] = "", key[100], first[32];
    rk_ink ink = o->blocks ? RK_INK_BAD : RK_INK_WARN;
    rk_human_join(line, sizeof line, "", "%s", o->what);
    if (o->has_example)
        rk_human_join(line, sizeof line, " ", "(%s'%s' in db %" PRIu32 ")", o->count > 1 ? "first: " : "",
                      rk_slice_print(o->key, key, sizeof key), o->db);
    if (o->advice[0])
        rk_human_join(line, sizeof line, "; ", "%s", o->advice);
    snprintf(first, sizeof first, "  %s: ", effect(o));
    fputs(rk_ink_code(colour, ink), out);
    rk_human_fill(out, first, line);
    fputs(rk_ink_code(colour, RK_INK_PLAIN), out);
}

static void write_target(const check_view *v, const rk_target *target)
{
    rk_target_room name;
    rk_obstacle o;
    bool loads = rk_target_loads(v->check, target), sidekiq = target->kind == RK_SERVER_SIDEKIQ;
    fprintf(v->out, "%s%s %s%s\n", rk_ink_code(v->options->colour, loads ? RK_INK_GOOD : RK_INK_BAD),
            rk_target_name(target, &name),
            sidekiq ? loads ? "takes it:" : "cannot take it:"
            : loads ? "loads it"
                    : "cannot load it:",
            rk_ink_code(v->options->colour, RK_INK_PLAIN));
    for (size_t i = 0; rk_obstacle_next(v->check, target, i, &o); i++)
        check_write_obstacle(&o, v->options->colour, v->out);
}

void check_write_loads(const check_view *v)
{
    fputc('\n', v->out);
    if (v->options->target_count == 0)
        write_oldest(v);
    for (size_t i = 0; i < v->options->target_count; i++)
        write_target(v, &v->options->targets[i]);
}
