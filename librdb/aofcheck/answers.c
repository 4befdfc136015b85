/* answers: what a check has to say, for those who ask. */
#include "run.h"

const char *rk_aofcheck_path(const rk_aofcheck *c)
{
    return c->path;
}

const char *rk_aofcheck_manifest(const rk_aofcheck *c)
{
    return c->manifest;
}

bool rk_aofcheck_is_folder(const rk_aofcheck *c)
{
    return c->is_folder;
}

const rk_aof_part *rk_aofcheck_part(const rk_aofcheck *c, size_t i)
{
    return i < c->part_count ? &c->parts[i].part : NULL;
}

const rk_aof_span *rk_aofcheck_span(const rk_aofcheck *c, size_t part, size_t i)
{
    return part < c->part_count && i < c->parts[part].span_count ? &c->parts[part].spans[i] : NULL;
}

const rk_aof_problem *rk_aofcheck_problem(const rk_aofcheck *c, size_t i)
{
    return i < c->problem_count ? &c->problems[i] : NULL;
}

uint64_t rk_aofcheck_problems(const rk_aofcheck *c, rk_problem_kind kind)
{
    return c->found[kind];
}

const rk_aof_torn *rk_aofcheck_torn(const rk_aofcheck *c)
{
    return &c->torn;
}

int rk_aofcheck_exit(const rk_aofcheck *c)
{
    if (c->found[RK_PROBLEM_DAMAGE])
        return 1;
    return c->found[RK_PROBLEM_UNSEEN] ? 2 : 0;
}

const rk_aof_load *rk_aofcheck_load(const rk_aofcheck *c)
{
    return &c->load;
}

const rk_aof_replayed *rk_aofcheck_replayed(const rk_aofcheck *c)
{
    return &c->replayed;
}
