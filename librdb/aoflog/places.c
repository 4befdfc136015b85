/* places: which keys may hold jobs, by their names (spec: Sidekiq, "Keys of the free edition" and on), and which commands
 * take such keys away. */
#include "aoflog.h"

#include <strings.h>

static bool is_processes(rk_slice name)
{
    return rk_slice_ends(name, RK_TEXT("processes"));
}

bool log_holds_jobs(rk_slice name, rk_type type)
{
    return (type == RK_LIST || type == RK_ZSET || type == RK_SET) && rk_candidate_is(name, type) &&
           !(type == RK_SET && is_processes(name));
}

bool log_may_hold_jobs(rk_slice name)
{
    return log_holds_jobs(name, RK_LIST) || log_holds_jobs(name, RK_ZSET) || log_holds_jobs(name, RK_SET);
}

static bool is_word(rk_slice arg, const char *word)
{
    return arg.len == strlen(word) && strncasecmp((const char *)arg.ptr, word, arg.len) == 0;
}

/* Sidekiq itself cuts its dead set. */
static bool is_dead_set(rk_slice name)
{
    return rk_slice_ends(name, RK_TEXT("dead")) && rk_candidate_is(name, RK_ZSET);
}

/* The first key that may hold jobs, of the first `most` keys. */
static bool has_place(const rk_aof_command *c, size_t most, rk_slice *key)
{
    size_t at;
    for (size_t n = 0; n < most && (at = rk_verb_key(c->verb, c->args, c->argc, n)) != 0; n++) {
        *key = c->args[at];
        if (log_may_hold_jobs(*key))
            return true;
    }
    *key = RK_EMPTY;
    return false;
}

bool log_may_touch_jobs(const rk_aof_command *c)
{
    rk_slice key;
    return c->verb == RK_VERB_UNKNOWN || (rk_verb_row_of(c->verb)->flags & RK_VERB_KEYLESS) ||
           rk_verb_key(c->verb, c->args, c->argc, 0) == 0 || has_place(c, SIZE_MAX, &key);
}

bool log_is_suspect(const rk_aof_command *c, rk_slice *key)
{
    *key = RK_EMPTY;
    switch (c->verb) {
    case RK_VERB_FLUSHALL:
    case RK_VERB_FLUSHDB:
    case RK_VERB_SFLUSH:
    case RK_VERB_TRIMSLOTS:
    case RK_VERB_SWAPDB:
        return true;
    case RK_VERB_CLUSTER:
        return c->argc > 1 && is_word(c->args[1], "flushslot");
    case RK_VERB_DEL:
    case RK_VERB_UNLINK:
    case RK_VERB_DELEX:
    case RK_VERB_RENAME:
    case RK_VERB_RENAMENX:
    case RK_VERB_MOVE:
        return has_place(c, SIZE_MAX, key);
    case RK_VERB_LTRIM:
        return has_place(c, 1, key);
    case RK_VERB_ZREMRANGEBYRANK:
    case RK_VERB_ZREMRANGEBYSCORE:
    case RK_VERB_ZREMRANGEBYLEX:
        return has_place(c, 1, key) && !is_dead_set(*key);
    default:
        return (rk_verb_row_of(c->verb)->flags & RK_VERB_STORES_FIRST) && has_place(c, 1, key);
    }
}
