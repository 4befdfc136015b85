/* loads: what a server makes of a set that may be damaged (spec: AOF, "Truncation, repair"). It reads part after part,
 * and the first thing that it does not take decides. */
#include "run.h"

const char *rk_load_kind_name(rk_load_kind kind)
{
    static const char *const names[] = {
        [RK_LOAD_ALL] = "all", [RK_LOAD_CUT] = "cut", [RK_LOAD_EMPTY] = "empty", [RK_LOAD_REFUSED] = "refused"
    };
    return names[kind];
}

static bool refuse(rk_aofcheck *c, size_t part, const char *why)
{
    c->load = (rk_aof_load){ .with = RK_LOAD_REFUSED, .without = RK_LOAD_REFUSED, .part = part, .why = why };
    return true;
}

/* Does anything sound stand behind the place where it stops? */
static bool is_tail(const aofcheck_part *part)
{
    return part->stop_commands == 0;
}

static bool stop(rk_aofcheck *c, size_t i)
{
    const aofcheck_part *part = &c->parts[i];
    bool last = i + 1 == c->loaded;
    uint64_t behind = part->part.size - part->stop_at;
    refuse(c, i, part->stop_why);
    c->load.offset = part->stop_at;
    c->load.bytes = behind;
    if (part->stop == STOP_END && last) {
        c->load.with = RK_LOAD_CUT;
        c->load.commands = part->stop_commands;
    } else {
        c->load.tail = last && is_tail(part);
    }
    return true;
}

/* The first damage of a snapshot; NULL: it is sound. */
static const char *damage_of(const rk_check *head)
{
    const rk_problem *p;
    for (size_t i = 0; (p = rk_check_problem(head, i)) != NULL; i++)
        if (p->kind == RK_PROBLEM_DAMAGE)
            return p->what;
    return rk_check_problems(head, RK_PROBLEM_DAMAGE) ? "the snapshot is damaged" : NULL;
}

bool aofcheck_load_judge(rk_aofcheck *c, rk_err *err)
{
    (void)err;
    c->load = (rk_aof_load){ .part = SIZE_MAX };
    if (c->manifest_gone) {
        c->load.with = c->load.without = RK_LOAD_EMPTY;
        c->load.why = "there is no manifest";
        return true;
    }
    if (c->manifest_bad)
        return refuse(c, SIZE_MAX, "the manifest is damaged");
    for (size_t i = 0; i < c->loaded; i++) {
        const aofcheck_part *part = &c->parts[i];
        const char *damage = part->head ? damage_of(part->head) : NULL;
        if (part->part.kind == RK_PART_MISSING)
            return refuse(c, i, "a file that is listed is not there");
        if (damage)
            return refuse(c, i, damage);
        if (part->stop != STOP_NOT)
            return stop(c, i);
    }
    return true;
}
