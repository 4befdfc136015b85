/* problem: what is wrong, where, in which step; kept up to a number, counted beyond. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>

const char *rk_problem_kind_name(rk_problem_kind kind)
{
    static const char *const names[] = {
        [RK_PROBLEM_DAMAGE] = "damage", [RK_PROBLEM_UNSEEN] = "unseen", [RK_PROBLEM_NOTICE] = "notice"
    };
    return names[kind];
}

/* The step in which a reader failed, by the words in which it says so: the first that fits. */
static const struct {
    const char *words, *step;
} steps[] = {
    { "the next record takes", "end" },
    { "the end stands here", "end" },
    { "the checksum takes", "checksum" },
    { "LZF", "lzf" },
    { "remain", "length" },
    { "length form", "length" },
    { "not a length", "length" },
    { "string encoding", "string" },
    { "checksum", "checksum" },
    { "listpack", "listpack" },
    { "ziplist", "ziplist" },
    { "intset", "intset" },
    { "zipmap", "zipmap" },
    { "quicklist", "quicklist" },
    { "packed node", "quicklist" },
    { "score", "score" },
    { "field expiry", "ttl" },
    { "field has no value and expiry", "ttl" },
    { "member expiry", "ttl" },
    { "packed", "listpack" },
    { "template", "template" },
    { "metadata", "metadata" },
    { "module", "module" },
    { "array", "array" },
    { "slot", "slots" },
    { "database number", "record" },
    { "type or opcode", "record" },
    { "passed over", "record" },
};

static const char *step_of(const rk_err *why, const rk_key *key)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strstr(why->what, steps[i].words))
            return steps[i].step;
    return key && key->type == RK_STREAM ? "stream" : "record";
}

static bool keep_text(rk_check *c, const char *text, const char **kept, rk_err *err)
{
    rk_slice copy;
    if (!rk_arena_copy(&c->arena, rk_slice_of(text), &copy, err))
        return false;
    *kept = (const char *)copy.ptr;
    return true;
}

static bool add(rk_check *c, const rk_problem *found, bool unknown, const char *what, rk_err *err)
{
    c->found[found->kind]++;
    if (c->problem_count >= c->problems_most)
        return true;
    if (!rk_grow((void **)&c->problems, &c->problem_cap, c->problem_count + 1, sizeof *c->problems, err))
        return false;
    check_problem kept = { .problem = *found, .unknown = unknown };
    if (!keep_text(c, what, &kept.problem.what, err) ||
        (found->has_key && !rk_arena_copy(&c->arena, found->key, &kept.problem.key, err)))
        return false;
    c->problems[c->problem_count++] = kept;
    return true;
}

static void of_key(rk_problem *problem, const rk_key *key)
{
    problem->has_key = key != NULL;
    if (!key)
        return;
    problem->db = key->db;
    problem->key = key->name;
    problem->type = key->type;
    problem->encoding = key->encoding;
}

bool check_problem_add(rk_check *c, rk_problem_kind kind, const char *step, uint64_t offset,
                       const rk_key *key, rk_err *err, const char *format, ...)
{
    char what[240];
    va_list args;
    rk_problem problem = { .kind = kind, .step = step, .offset = offset };
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    of_key(&problem, key);
    return add(c, &problem, false, what, err);
}

bool check_problem_told(rk_check *c, rk_err *why, const rk_key *key, rk_err *err)
{
    bool unknown = why->code == RK_UNKNOWN;
    if (why->code != RK_DAMAGED && why->code != RK_TRUNCATED && !unknown) {
        *err = *why;
        return false;
    }
    rk_problem problem = { .kind = unknown ? RK_PROBLEM_UNSEEN : RK_PROBLEM_DAMAGE,
                           .step = step_of(why, key),
                           .offset = why->has_offset ? why->offset : RK_NO_OFFSET };
    of_key(&problem, key);
    bool kept = add(c, &problem, unknown, why->what, err);
    *why = (rk_err){ 0 };
    return kept;
}

void check_problems_back(rk_check *c, size_t count)
{
    for (; c->problem_count > count; c->problem_count--)
        c->found[c->problems[c->problem_count - 1].problem.kind]--;
}

static int by_offset(const void *a, const void *b)
{
    const check_problem *x = a, *y = b;
    if (x->problem.offset != y->problem.offset)
        return x->problem.offset < y->problem.offset ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* A byte that no known version gives a meaning is damage only in a file of a known version that shows that it is
 * damaged. */
void check_problems_end(rk_check *c)
{
    const rk_snapshot_info *info = &c->notes.info;
    bool damage = info->rdb_version <= rk_info_newest(&c->notes) && info->checksum != RK_CHECKSUM_OK &&
                  (info->checksum == RK_CHECKSUM_BAD || c->found[RK_PROBLEM_DAMAGE] > 0);
    for (size_t i = 0; i < c->problem_count; i++) {
        check_problem *p = &c->problems[i];
        p->order = i;
        if (!p->unknown || !damage)
            continue;
        p->problem.kind = RK_PROBLEM_DAMAGE;
        c->found[RK_PROBLEM_UNSEEN]--;
        c->found[RK_PROBLEM_DAMAGE]++;
    }
    if (c->problem_count)
        qsort(c->problems, c->problem_count, sizeof *c->problems, by_offset);
}
