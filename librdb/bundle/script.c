/* script: what the server does with a batch of jobs, in the Lua of Redis 2.8 and later. A script asks for nothing but what
 * stands in its keys, so that a replica that runs it comes to the same. A job is claimed behind its push: an error in
 * between leaves it unclaimed. What needs no doing any more is claimed all the same, with a mark, so that it is not done
 * later, when the same bytes stand there for another reason. */
#include "restore.h"

/* Of lists. KEYS: claims, notes, target, the set of names of queues, where jobs are taken from. ARGV: the push, the count
 * for LREM, the name of the queue, then the jobs: seq, payload and, of a replacement, the damaged copy. */

#define EXPIRE_CLAIMS "  redis.call('EXPIRE', KEYS[1], 2592000)\n"

#define LIST_LOOP(step)                                                                                      \
    "local done, gone = 0, 0\n"                                                                              \
    "for i = 4, #ARGV, " step " do\n"                                                                        \
    "  if redis.call('SISMEMBER', KEYS[1], ARGV[i]) == 0 then\n"                                             \
    "    local due = true\n"

#define LOOP_END                                                                                             \
    "    if not due then\n"                                                                                  \
    "      redis.call('SADD', KEYS[1], ARGV[i] .. ':skip')\n"                                                \
    "      gone = gone + 1\n"                                                                                \
    "    end\n"                                                                                              \
    "    redis.call('SADD', KEYS[1], ARGV[i])\n"                                                             \
    "    done = done + 1\n"                                                                                  \
    "  end\n"                                                                                                \
    "end\n"

#define LIST_END                                                                                             \
    LOOP_END                                                                                                 \
    "if done > gone and redis.call('SADD', KEYS[4], ARGV[3]) == 1 then\n"                                    \
    "  redis.call('SADD', KEYS[2], 'queue:' .. KEYS[3])\n"                                                   \
    "  redis.call('EXPIRE', KEYS[2], 2592000)\n"                                                             \
    "end\n"                                                                                                  \
    "if done > 0 then\n" EXPIRE_CLAIMS "end\n"

#define REPLACED                                                                                             \
    "if gone > 0 then\n"                                                                                     \
    "  return redis.error_reply('ERR rdbkit: ' .. gone .. ' damaged copies were not there any more, "        \
    "or their jobs were there already: nothing was done')\n"                                                 \
    "end\n"                                                                                                  \
    "return done\n"

static const char list_put[] =
    LIST_LOOP("2") "    redis.call(ARGV[1], KEYS[3], ARGV[i + 1])\n" LIST_END "return done\n";

static const char list_replace[] =
    LIST_LOOP("3") "    if KEYS[3] == KEYS[5] then\n"
                   "      due = redis.call('LINSERT', KEYS[3], 'BEFORE', ARGV[i + 2], ARGV[i + 1]) > 0\n"
                   "      if due then redis.call('LREM', KEYS[3], 1, ARGV[i + 2]) end\n"
                   "    else\n"
                   "      due = redis.call('LREM', KEYS[5], 1, ARGV[i + 2]) == 1\n"
                   "      if due then redis.call(ARGV[1], KEYS[3], ARGV[i + 1]) end\n"
                   "    end\n" LIST_END REPLACED;

static const char list_push_back[] =
    LIST_LOOP("2") "    due = redis.call('LREM', KEYS[5], 1, ARGV[i + 1]) == 1\n"
                   "    if due then redis.call(ARGV[1], KEYS[3], ARGV[i + 1]) end\n" LIST_END "return done\n";

/* Of sorted sets. KEYS: claims, target, where a damaged copy is taken from. ARGV: the jobs: seq, score, payload and, of a
 * replacement, the damaged copy. */

#define ZSET_LOOP(step)                                                                                      \
    "local done, gone = 0, 0\n"                                                                              \
    "for i = 1, #ARGV, " step " do\n"                                                                        \
    "  if redis.call('SISMEMBER', KEYS[1], ARGV[i]) == 0 then\n"                                             \
    "    local due = not redis.call('ZSCORE', KEYS[2], ARGV[i + 2])\n"

#define ZSET_ADD "redis.call('ZADD', KEYS[2], ARGV[i + 1], ARGV[i + 2])"

#define ZSET_END LOOP_END "if done > 0 then\n" EXPIRE_CLAIMS "end\n"

static const char zset_put[] = ZSET_LOOP("3") "    if due then " ZSET_ADD " end\n" ZSET_END "return done\n";

static const char zset_replace[] = ZSET_LOOP(
    "4") "    due = (due or ARGV[i + 2] == ARGV[i + 3]) and redis.call('ZREM', KEYS[3], ARGV[i + 3]) == 1\n"
         "    if due then " ZSET_ADD " end\n" ZSET_END REPLACED;

/* ---- undo ------------------------------------------------------------------------------------------------------ */

/* The same keys and arguments. What was claimed and is found is taken out, and is free to be restored again; what is not
 * found is running, or has run, and stays claimed. ARGV[1] of lists puts back into the private list; the score of a
 * replacement is that of the damaged copy. */

#define UNDO_LOOP(first, step)                                                                               \
    "local done = 0\n"                                                                                       \
    "for i = " first ", #ARGV, " step " do\n"                                                                \
    "  if redis.call('SISMEMBER', KEYS[1], ARGV[i]) == 1 then\n"                                             \
    "    local out = redis.call('SREM', KEYS[1], ARGV[i] .. ':skip') == 1\n"                                 \
    "    if not out then\n"

#define UNDO_LOOP_END                                                                                        \
    "    end\n"                                                                                              \
    "    if out then\n"                                                                                      \
    "      redis.call('SREM', KEYS[1], ARGV[i])\n"                                                           \
    "      done = done + 1\n"                                                                                \
    "    end\n"                                                                                              \
    "  end\n"                                                                                                \
    "end\n"

#define UNDO_LIST_END                                                                                        \
    UNDO_LOOP_END                                                                                            \
    "if redis.call('EXISTS', KEYS[3]) == 0 and redis.call('SREM', KEYS[2], 'queue:' .. KEYS[3]) == 1 then\n" \
    "  redis.call('SREM', KEYS[4], ARGV[3])\n"                                                               \
    "end\n"                                                                                                  \
    "return done\n"

#define TAKE_OUT "      out = redis.call('LREM', KEYS[3], ARGV[2], ARGV[i + 1]) == 1\n"

static const char undo_list_put[] = UNDO_LOOP("4", "2") TAKE_OUT UNDO_LIST_END;

static const char undo_list_replace[] = UNDO_LOOP(
    "4", "3") "      if KEYS[3] == KEYS[5] then\n"
              "        out = redis.call('LINSERT', KEYS[3], 'BEFORE', ARGV[i + 1], ARGV[i + 2]) > 0\n"
              "        if out then redis.call('LREM', KEYS[3], 1, ARGV[i + 1]) end\n"
              "      else\n" TAKE_OUT "        if out then redis.call(ARGV[1], KEYS[5], ARGV[i + 2]) end\n"
              "      end\n" UNDO_LIST_END;

static const char undo_list_push_back[] = UNDO_LOOP("4", "2") TAKE_OUT
    "      if out then redis.call(ARGV[1], KEYS[5], ARGV[i + 1]) end\n" UNDO_LIST_END;

#define TAKE_MEMBER_OUT "      out = redis.call('ZREM', KEYS[2], ARGV[i + 2]) == 1\n"

static const char undo_zset_put[] = UNDO_LOOP("1", "3") TAKE_MEMBER_OUT UNDO_LOOP_END "return done\n";

static const char undo_zset_replace[] = UNDO_LOOP("1", "4") TAKE_MEMBER_OUT
    "      if out then redis.call('ZADD', KEYS[3], ARGV[i + 1], ARGV[i + 3]) end\n" UNDO_LOOP_END
    "return done\n";

rk_bundle_op rk_bundle_op_of(const rk_bundle_job *job)
{
    if (!rk_bundle_goes_to_list(job))
        return job->act == RK_ACT_REPLACE ? OP_ZSET_REPLACE : OP_ZSET_PUT;
    if (job->act == RK_ACT_PUSH_BACK)
        return OP_LIST_PUSH_BACK;
    return job->act == RK_ACT_REPLACE ? OP_LIST_REPLACE : OP_LIST_PUT;
}

const char *rk_bundle_job_script(rk_bundle_op op, bool undo)
{
    static const char *const scripts[OP_JOBS][2] = {
        [OP_LIST_PUT] = { list_put, undo_list_put },
        [OP_LIST_REPLACE] = { list_replace, undo_list_replace },
        [OP_LIST_PUSH_BACK] = { list_push_back, undo_list_push_back },
        [OP_ZSET_PUT] = { zset_put, undo_zset_put },
        [OP_ZSET_REPLACE] = { zset_replace, undo_zset_replace },
    };
    return scripts[op][undo];
}
