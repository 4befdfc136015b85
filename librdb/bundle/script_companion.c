/* script_companion: what the server does with some items of a companion. KEYS: notes, the companion's key and, for an undo,
 * the claims of jobs. ARGV: the name of the claim, the companion's number, 1 for its first items (for an undo: its last),
 * when it expires or nothing, the index of the first item, then items. */
#include "restore.h"

/* A key that was not there is made, and is ours as a whole; one that was there gets what it lacks, item by item noted. */
#define MAKE                                                                                                 \
    "if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 0 end\n"                                  \
    "local mark = ARGV[2] .. ':made'\n"                                                                      \
    "if ARGV[3] == '1' and redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SADD', KEYS[1], mark) end\n"  \
    "local made = redis.call('SISMEMBER', KEYS[1], mark) == 1\n"                                             \
    "local function note(i)\n"                                                                               \
    "  if not made then redis.call('SADD', KEYS[1], ARGV[2] .. ':item' .. (ARGV[5] + i - 6)) end\n"          \
    "end\n"

#define MADE                                                                                                 \
    "if made and ARGV[4] ~= '' then redis.call('PEXPIREAT', KEYS[2], ARGV[4]) end\n"                         \
    "redis.call('SADD', KEYS[1], ARGV[1])\n"                                                                 \
    "redis.call('EXPIRE', KEYS[1], 2592000)\n"                                                               \
    "return 1\n"

static const char put_string[] = MAKE "if made then redis.call('SET', KEYS[2], ARGV[6]) end\n" MADE;

static const char put_list[] = MAKE "for i = 6, #ARGV do\n"
                                    "  if made then redis.call('RPUSH', KEYS[2], ARGV[i]) end\n"
                                    "end\n" MADE;

static const char put_set[] = MAKE "for i = 6, #ARGV do\n"
                                   "  if redis.call('SADD', KEYS[2], ARGV[i]) == 1 then note(i) end\n"
                                   "end\n" MADE;

static const char put_hash[] =
    MAKE "for i = 6, #ARGV, 2 do\n"
         "  if redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) == 1 then note(i) end\n"
         "end\n" MADE;

static const char put_zset[] = MAKE "for i = 6, #ARGV, 2 do\n"
                                    "  if not redis.call('ZSCORE', KEYS[2], ARGV[i]) then\n"
                                    "    redis.call('ZADD', KEYS[2], ARGV[i + 1], ARGV[i])\n"
                                    "    note(i)\n"
                                    "  end\n"
                                    "end\n" MADE;

/* Nothing while a job of the bundle is in hand, or has run: it may need the key. What is ours goes where all of it is still
 * as it was put. */
#define UNMAKE(step)                                                                                         \
    "if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return 0 end\n"                                  \
    "if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end\n"                                              \
    "local mark = ARGV[2] .. ':made'\n"                                                                      \
    "local made = redis.call('SISMEMBER', KEYS[1], mark) == 1\n"                                             \
    "local ours, same = {}, true\n"                                                                          \
    "for i = 6, #ARGV, " step " do\n"                                                                        \
    "  if made or redis.call('SREM', KEYS[1], ARGV[2] .. ':item' .. (ARGV[5] + i - 6)) == 1 then\n"          \
    "    ours[#ours + 1] = i\n"                                                                              \
    "    same = same and "

#define UNMAKE_EACH                                                                                          \
    "\n  end\n"                                                                                              \
    "end\n"                                                                                                  \
    "for _, i in ipairs(same and ours or {}) do\n"                                                           \
    "  "

#define UNMADE                                                                                               \
    "\nend\n"                                                                                                \
    "redis.call('SREM', KEYS[1], ARGV[1])\n"                                                                 \
    "if ARGV[3] == '1' then redis.call('SREM', KEYS[1], mark) end\n"                                         \
    "return 1\n"

static const char take_string[] = UNMAKE("1") "made and redis.call('GET', KEYS[2]) == ARGV[i]" UNMAKE_EACH
                                              "redis.call('DEL', KEYS[2])" UNMADE;

/* A list goes only as a whole. */
static const char take_list[] =
    UNMAKE("1") "made and redis.call('LLEN', KEYS[2]) == #ARGV - 5 and redis.call('LINDEX', KEYS[2], i - 6) "
                "== ARGV[i]" UNMAKE_EACH "redis.call('DEL', KEYS[2])" UNMADE;

static const char take_set[] = UNMAKE("1") "redis.call('SISMEMBER', KEYS[2], ARGV[i]) == 1" UNMAKE_EACH
                                           "redis.call('SREM', KEYS[2], ARGV[i])" UNMADE;

static const char take_hash[] = UNMAKE("2") "redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1]" UNMAKE_EACH
                                            "redis.call('HDEL', KEYS[2], ARGV[i])" UNMADE;

static const char take_zset[] =
    UNMAKE("2") "tonumber(redis.call('ZSCORE', KEYS[2], ARGV[i]) or '') == tonumber(ARGV[i + 1])" UNMAKE_EACH
                "redis.call('ZREM', KEYS[2], ARGV[i])" UNMADE;

const char *rk_bundle_companion_script(rk_type type, bool undo)
{
    static const char *const scripts[][2] = {
        [RK_STRING] = { put_string, take_string }, [RK_LIST] = { put_list, take_list },
        [RK_SET] = { put_set, take_set },          [RK_ZSET] = { put_zset, take_zset },
        [RK_HASH] = { put_hash, take_hash },
    };
    return scripts[type][undo];
}
