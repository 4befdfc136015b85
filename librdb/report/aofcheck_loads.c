/* aofcheck_loads: what servers make of append-only files, in sentences. */
#include "aofcheck_view.h"
#include "check_view.h"

static void write_stop(const aofcheck_view *v, char *line, size_t cap)
{
    const rk_aof_load *l = rk_aofcheck_load(v->aof);
    char name[120];
    if (l->part != SIZE_MAX && rk_aofcheck_is_folder(v->aof))
        rk_human_join(
            line, cap, " ", "at byte %" PRIu64 " of %s", l->offset,
            rk_slice_print(rk_slice_of(rk_aofcheck_part(v->aof, l->part)->name), name, sizeof name));
    else if (l->part != SIZE_MAX)
        rk_human_join(line, cap, " ", "at byte %" PRIu64, l->offset);
}

static void write_cut(const aofcheck_view *v, char *line, size_t cap)
{
    const rk_aof_load *l = rk_aofcheck_load(v->aof);
    rk_human number;
    rk_human_join(line, cap, "", "with `aof-load-truncated yes` a server cuts it off");
    write_stop(v, line, cap);
    rk_human_join(line, cap, ", ", "%s", rk_human_things(l->bytes, "byte", &number));
    if (l->commands > 0)
        rk_human_join(line, cap, " ", "with %s that %s sound, and loads the rest",
                      rk_human_things(l->commands, "command", &number), l->commands == 1 ? "is" : "are");
    else
        rk_human_join(line, cap, ", ", "and loads the rest");
    rk_human_join(line, cap, "; ", "with `no` it does not start");
}

static void write_refused(const aofcheck_view *v, char *line, size_t cap)
{
    const rk_aof_load *l = rk_aofcheck_load(v->aof);
    rk_human_join(line, cap, "", "no server: it does not start, and stops");
    if (l->part != SIZE_MAX)
        write_stop(v, line, cap);
    else
        rk_human_join(line, cap, " ", "at the manifest");
    if (l->why)
        rk_human_join(line, cap, ": ", "%s", l->why);
    if (l->tail)
        rk_human_join(line, cap, "; ",
                      "from Redis 8.4 on, one with `aof-load-corrupt-tail-max-size` above %" PRIu64
                      " cuts that off",
                      l->bytes);
}

static void write_damaged(const aofcheck_view *v)
{
    const rk_aof_load *l = rk_aofcheck_load(v->aof);
    char line[900] = "";
    if (l->with == RK_LOAD_CUT)
        write_cut(v, line, sizeof line);
    else if (l->with == RK_LOAD_REFUSED)
        write_refused(v, line, sizeof line);
    else if (l->with == RK_LOAD_EMPTY)
        rk_human_join(line, sizeof line, "",
                      "a server finds no manifest, starts empty, and begins a new set");
    else
        return;
    rk_human_fill(v->out, "loads it: ", line);
}

static void write_oldest(const aofcheck_view *v)
{
    bool relaxed = false, damaged = rk_aofcheck_load(v->aof)->with != RK_LOAD_ALL;
    const char *redis = rk_aofcheck_oldest_redis(v->aof),
               *valkey = rk_aofcheck_oldest_valkey(v->aof, &relaxed);
    char line[300] = "";
    if (redis)
        rk_human_join(line, sizeof line, "", "Redis %s is the oldest", redis);
    else
        rk_human_join(line, sizeof line, "", "no Redis that is known");
    if (valkey)
        rk_human_join(line, sizeof line, ", ", "Valkey %s%s", valkey,
                      relaxed ? " with `rdb-version-check relaxed`" : "");
    else
        rk_human_join(line, sizeof line, ", ", "no Valkey");
    rk_human_fill(v->out, damaged ? "knows it: " : "loads it: ", line);
}

static void write_target(const aofcheck_view *v, const rk_target *target)
{
    rk_target_room name;
    rk_obstacle o;
    bool loads = rk_aofcheck_loads(v->aof, target), sidekiq = target->kind == RK_SERVER_SIDEKIQ;
    fprintf(v->out, "%s%s %s%s\n", rk_ink_code(v->options->colour, loads ? RK_INK_GOOD : RK_INK_BAD),
            rk_target_name(target, &name),
            sidekiq ? "cannot be asked:"
            : loads ? "loads it"
                    : "cannot load it:",
            rk_ink_code(v->options->colour, RK_INK_PLAIN));
    for (size_t i = 0; rk_aofcheck_obstacle(v->aof, target, i, &o); i++)
        check_write_obstacle(&o, v->options->colour, v->out);
}

void aofcheck_write_loads(const aofcheck_view *v)
{
    fputc('\n', v->out);
    write_damaged(v);
    if (v->options->target_count == 0)
        write_oldest(v);
    for (size_t i = 0; i < v->options->target_count; i++)
        write_target(v, &v->options->targets[i]);
}
