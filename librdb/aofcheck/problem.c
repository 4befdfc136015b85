/* problem: what is wrong, in the order of the parts and their bytes. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>

const char *aofcheck_text(rk_aofcheck *c, rk_err *err, const char *format, ...)
{
    char text[700];
    rk_slice copy;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return rk_arena_copy(&c->arena, rk_slice_of(text), &copy, err) ? (const char *)copy.ptr : NULL;
}

static bool keep_text(rk_aofcheck *c, const char **text, rk_err *err)
{
    return !*text || (*text = aofcheck_text(c, err, "%s", *text)) != NULL;
}

static bool add(rk_aofcheck *c, rk_aof_problem *p, rk_err *err)
{
    c->found[p->problem.kind]++;
    if (c->problem_count >= c->problems_most)
        return true;
    if (!rk_grow((void **)&c->problems, &c->problem_cap, c->problem_count + 1, sizeof *p, err) ||
        !keep_text(c, &p->problem.what, err) || !keep_text(c, &p->command, err) ||
        !keep_text(c, &p->follows, err) ||
        (p->problem.has_key && !rk_arena_copy(&c->arena, p->problem.key, &p->problem.key, err)))
        return false;
    c->problems[c->problem_count++] = *p;
    return true;
}

bool aofcheck_problem_add(rk_aofcheck *c, const rk_aof_problem *p, rk_err *err, const char *format, ...)
{
    char what[600];
    rk_aof_problem own = *p;
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    own.problem.what = what;
    return add(c, &own, err);
}

bool aofcheck_problems_of_head(rk_aofcheck *c, size_t part, rk_err *err)
{
    const rk_check *head = c->parts[part].head;
    const rk_problem *p;
    uint64_t listed[RK_PROBLEM_NOTICE + 1] = { 0 };
    for (size_t i = 0; (p = rk_check_problem(head, i)) != NULL; i++) {
        rk_aof_problem own = { .problem = *p, .part = part };
        if (!add(c, &own, err))
            return false;
        listed[p->kind]++;
    }
    for (unsigned kind = 0; kind <= RK_PROBLEM_NOTICE; kind++)
        c->found[kind] += rk_check_problems(head, kind) - listed[kind];
    return true;
}

/* What is told of the set comes first: SIZE_MAX and one more is 0. */
static int by_place(const void *a, const void *b)
{
    const rk_aof_problem *x = a, *y = b;
    if (x->part != y->part)
        return x->part + 1 < y->part + 1 ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->problem.offset != y->problem.offset)
        return x->problem.offset < y->problem.offset ? -1 : 1;
    if (x->problem.kind != y->problem.kind)
        return x->problem.kind < y->problem.kind ? -1 : 1;
    return strcmp(x->problem.what, y->problem.what);
}

void aofcheck_problems_sort(rk_aofcheck *c)
{
    if (c->problem_count)
        qsort(c->problems, c->problem_count, sizeof *c->problems, by_place);
}
