/* answers: who can load it, asked of a check. */
#include "loadable.h"

static load_subject subject_of(const rk_check *check)
{
    return (load_subject){ .info = rk_check_info(check),
                           .facts = rk_check_facts(check),
                           .damage = rk_check_problems(check, RK_PROBLEM_DAMAGE) };
}

bool rk_obstacle_next(const rk_check *check, const rk_target *target, size_t i, rk_obstacle *obstacle)
{
    load_subject subject = subject_of(check);
    return loadable_obstacle(&subject, target, i, obstacle);
}

bool rk_target_loads(const rk_check *check, const rk_target *target)
{
    rk_obstacle o;
    for (size_t i = 0; rk_obstacle_next(check, target, i, &o); i++)
        if (o.blocks)
            return false;
    return true;
}

const char *rk_oldest_redis(const rk_check *check)
{
    load_subject subject = subject_of(check);
    bool relaxed;
    return loadable_oldest(&subject, RK_SERVER_REDIS, &relaxed);
}

const char *rk_oldest_valkey(const rk_check *check, bool *relaxed)
{
    load_subject subject = subject_of(check);
    *relaxed = false;
    return loadable_oldest(&subject, RK_SERVER_VALKEY, relaxed);
}
