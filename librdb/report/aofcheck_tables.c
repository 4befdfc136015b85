/* aofcheck_tables: the files of a set, and its commands by name, in tables. */
#include "aofcheck_view.h"
#include "table.h"

#include <stdlib.h>

static const char indent[] = "  ";

/* ---- files ------------------------------------------------------------------------------------------------------ */

static const char *standing(const aofcheck_view *v, const rk_aof_part *p)
{
    if (!rk_aofcheck_is_folder(v->aof))
        return "";
    return p->kind == RK_PART_LOADED ? rk_aof_role_name(p->role) : rk_part_kind_name(p->kind);
}

static const char *keys_of(const rk_aof_part *p, rk_human *room)
{
    return p->head ? rk_human_count(rk_check_facts(p->head)->keys, room) : "";
}

static const char *time_of(int64_t seconds, rk_human *room)
{
    return seconds < 0 ? "" : rk_human_stamp((double)seconds, room);
}

static void part_row(const aofcheck_view *v, rk_table *table, const rk_aof_part *p)
{
    rk_human size, keys, commands, lost, from, to;
    char name[100];
    bool read = p->verbs != NULL;
    const char *cells[] = { rk_slice_print(rk_slice_of(p->name), name, sizeof name),
                            standing(v, p),
                            p->kind == RK_PART_MISSING ? "" : rk_human_size(p->size, &size),
                            keys_of(p, &keys),
                            read ? rk_human_count(p->commands, &commands) : "",
                            read ? rk_human_count(p->lost_commands, &lost) : "",
                            time_of(p->times.first_s, &from),
                            time_of(p->times.last_s, &to) };
    rk_table_row(table, cells);
}

bool aofcheck_write_parts(const aofcheck_view *v)
{
    static const char *const titles[] = { "FILE",  "",      ">SIZE", ">KEYS", ">COMMANDS",
                                          ">LOST", "FIRST", "LAST",  NULL };
    const rk_aof_part *part;
    rk_human size, commands, lost;
    uint64_t totals[3] = { 0 };
    rk_table *table = rk_table_new(titles);
    for (size_t i = 0; (part = rk_aofcheck_part(v->aof, i)) != NULL; i++) {
        part_row(v, table, part);
        totals[0] += part->verbs ? part->size : 0;
        totals[1] += part->commands;
        totals[2] += part->lost_commands;
    }
    const char *cells[] = { "TOTAL",
                            "",
                            rk_human_size(totals[0], &size),
                            "",
                            rk_human_count(totals[1], &commands),
                            rk_human_count(totals[2], &lost),
                            "",
                            "" };
    rk_table_row(table, cells);
    rk_table_bold(table, rk_ink_code(v->options->colour, RK_INK_BOLD));
    fputc('\n', v->out);
    return rk_table_write(table, indent, v->out, v->err);
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    uint64_t count;
} named_count;

/* The most frequent first. */
static int by_count(const void *a, const void *b)
{
    const named_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->name, y->name);
}

static size_t count_names(const aofcheck_view *v, named_count names[RK_VERBS])
{
    const rk_aof_part *part;
    size_t used = 0;
    for (unsigned verb = 0; verb < RK_VERBS; verb++) {
        named_count one = { verb == RK_VERB_MODULE_VERB ? "(modules)"
                            : verb == RK_VERB_UNKNOWN   ? "(others)"
                                                        : rk_verb_row_of(verb)->name,
                            0 };
        for (size_t i = 0; (part = rk_aofcheck_part(v->aof, i)) != NULL; i++)
            one.count += part->verbs ? part->verbs[verb] : 0;
        if (one.count > 0)
            names[used++] = one;
    }
    qsort(names, used, sizeof *names, by_count);
    return used;
}

bool aofcheck_write_commands(const aofcheck_view *v)
{
    static const char *const titles[] = { "COMMAND", ">TIMES", NULL };
    named_count names[RK_VERBS];
    rk_human number;
    size_t used = count_names(v, names), shown = used < v->options->top ? used : v->options->top;
    if (shown == 0)
        return true;
    rk_table *table = rk_table_new(titles);
    for (size_t i = 0; i < shown; i++) {
        const char *cells[] = { names[i].name, rk_human_count(names[i].count, &number) };
        rk_table_row(table, cells);
    }
    fputc('\n', v->out);
    bool ok = rk_table_write(table, indent, v->out, v->err);
    if (shown < used)
        fprintf(v->out, "%s... and %zu other commands (--top)\n", indent, used - shown);
    return ok;
}
