/* verbs: the commands that change data, one row each (spec: AOF, "Complete list of write commands by first release",
 * "Rewritten forms by version"). A new command is a row here, and a handler in keyspace/. */
#ifndef RDBKIT_VERBS_H
#define RDBKIT_VERBS_H

#include "rdbkit/base.h"

/* What a command is to those who do not apply it. */
enum {
    RK_VERB_KEYLESS = 1,       /* names no key: the whole database, or none */
    RK_VERB_DESTRUCTIVE = 2,   /* takes away whole keys or databases */
    RK_VERB_LINKS = 4,         /* carries data from one of its keys to another */
    RK_VERB_NUMKEYS = 8,       /* the argument before the first key counts the keys; `last` is not used */
    RK_VERB_NO_EFFECT = 16,    /* changes no key: SELECT, SCRIPT, PUBLISH ... */
    RK_VERB_OPAQUE = 32,       /* cannot be replayed: scripts, modules */
    RK_VERB_MODULE = 64,       /* of a module; its key is argument 1 */
    RK_VERB_STORES_FIRST = 128 /* the first key is what is written, the further ones are read */
};

/* X(NAME, "name", least argc, first key, last key (negative: from the end), step, flags).
 * Where keys stand behind words (SORT .. STORE), `last` covers the first ones, and the handler knows the rest. */
#define RK_VERB_ROWS(X)                                                                                      \
    X(SELECT, "select", 2, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_NO_EFFECT)                                     \
    X(MULTI, "multi", 1, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_NO_EFFECT)                                       \
    X(EXEC, "exec", 1, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_NO_EFFECT)                                         \
    X(PING, "ping", 1, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_NO_EFFECT)                                         \
    X(PUBLISH, "publish", 3, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_NO_EFFECT)                                   \
    X(SPUBLISH, "spublish", 3, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_NO_EFFECT)                                 \
    X(REPLCONF, "replconf", 1, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_NO_EFFECT)                                 \
    X(SCRIPT, "script", 2, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_NO_EFFECT)                                     \
    /* keys */                                                                                               \
    X(DEL, "del", 2, 1, -1, 1, RK_VERB_DESTRUCTIVE)                                                          \
    X(UNLINK, "unlink", 2, 1, -1, 1, RK_VERB_DESTRUCTIVE)                                                    \
    X(DELEX, "delex", 2, 1, 1, 1, RK_VERB_DESTRUCTIVE)                                                       \
    X(DELIFEQ, "delifeq", 3, 1, 1, 1, RK_VERB_DESTRUCTIVE)                                                   \
    X(GETDEL, "getdel", 2, 1, 1, 1, RK_VERB_DESTRUCTIVE)                                                     \
    X(EXPIRE, "expire", 3, 1, 1, 1, 0)                                                                       \
    X(PEXPIRE, "pexpire", 3, 1, 1, 1, 0)                                                                     \
    X(EXPIREAT, "expireat", 3, 1, 1, 1, 0)                                                                   \
    X(PEXPIREAT, "pexpireat", 3, 1, 1, 1, 0)                                                                 \
    X(PERSIST, "persist", 2, 1, 1, 1, 0)                                                                     \
    X(RENAME, "rename", 3, 1, 2, 1, RK_VERB_DESTRUCTIVE | RK_VERB_LINKS)                                     \
    X(RENAMENX, "renamenx", 3, 1, 2, 1, RK_VERB_DESTRUCTIVE | RK_VERB_LINKS)                                 \
    X(MOVE, "move", 3, 1, 1, 1, RK_VERB_DESTRUCTIVE)                                                         \
    X(COPY, "copy", 3, 1, 2, 1, RK_VERB_LINKS)                                                               \
    X(SWAPDB, "swapdb", 3, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_DESTRUCTIVE)                                   \
    X(FLUSHDB, "flushdb", 1, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_DESTRUCTIVE)                                 \
    X(FLUSHALL, "flushall", 1, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_DESTRUCTIVE)                               \
    X(SFLUSH, "sflush", 3, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_DESTRUCTIVE)                                   \
    X(TRIMSLOTS, "trimslots", 5, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_DESTRUCTIVE)                             \
    X(CLUSTER, "cluster", 2, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_DESTRUCTIVE)                                 \
    X(RESTORE, "restore", 4, 1, 1, 1, 0)                                                                     \
    X(RESTORE_ASKING, "restore-asking", 4, 1, 1, 1, 0)                                                       \
    X(SORT, "sort", 2, 1, 1, 1, RK_VERB_LINKS)                                                               \
    X(FUNCTION, "function", 2, 0, 0, 0, RK_VERB_KEYLESS)                                                     \
    /* strings */                                                                                            \
    X(SET, "set", 3, 1, 1, 1, 0)                                                                             \
    X(SETNX, "setnx", 3, 1, 1, 1, 0)                                                                         \
    X(SETEX, "setex", 4, 1, 1, 1, 0)                                                                         \
    X(PSETEX, "psetex", 4, 1, 1, 1, 0)                                                                       \
    X(MSET, "mset", 3, 1, -1, 2, 0)                                                                          \
    X(MSETNX, "msetnx", 3, 1, -1, 2, 0)                                                                      \
    X(MSETEX, "msetex", 4, 2, 0, 2, RK_VERB_NUMKEYS)                                                         \
    X(GETSET, "getset", 3, 1, 1, 1, 0)                                                                       \
    X(APPEND, "append", 3, 1, 1, 1, 0)                                                                       \
    X(SETRANGE, "setrange", 4, 1, 1, 1, 0)                                                                   \
    X(INCR, "incr", 2, 1, 1, 1, 0)                                                                           \
    X(DECR, "decr", 2, 1, 1, 1, 0)                                                                           \
    X(INCRBY, "incrby", 3, 1, 1, 1, 0)                                                                       \
    X(DECRBY, "decrby", 3, 1, 1, 1, 0)                                                                       \
    X(INCRBYFLOAT, "incrbyfloat", 3, 1, 1, 1, 0)                                                             \
    X(SETBIT, "setbit", 4, 1, 1, 1, 0)                                                                       \
    X(BITFIELD, "bitfield", 2, 1, 1, 1, 0)                                                                   \
    X(BITOP, "bitop", 4, 2, -1, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                                     \
    X(PFADD, "pfadd", 2, 1, 1, 1, 0)                                                                         \
    X(PFMERGE, "pfmerge", 2, 1, -1, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                                 \
    X(PFCOUNT, "pfcount", 2, 1, -1, 1, 0)                                                                    \
    /* lists */                                                                                              \
    X(LPUSH, "lpush", 3, 1, 1, 1, 0)                                                                         \
    X(RPUSH, "rpush", 3, 1, 1, 1, 0)                                                                         \
    X(LPUSHX, "lpushx", 3, 1, 1, 1, 0)                                                                       \
    X(RPUSHX, "rpushx", 3, 1, 1, 1, 0)                                                                       \
    X(LPOP, "lpop", 2, 1, 1, 1, 0)                                                                           \
    X(RPOP, "rpop", 2, 1, 1, 1, 0)                                                                           \
    X(BLPOP, "blpop", 3, 1, -2, 1, 0)                                                                        \
    X(BRPOP, "brpop", 3, 1, -2, 1, 0)                                                                        \
    X(LINSERT, "linsert", 5, 1, 1, 1, 0)                                                                     \
    X(LSET, "lset", 4, 1, 1, 1, 0)                                                                           \
    X(LREM, "lrem", 4, 1, 1, 1, 0)                                                                           \
    X(LTRIM, "ltrim", 4, 1, 1, 1, 0)                                                                         \
    X(RPOPLPUSH, "rpoplpush", 3, 1, 2, 1, RK_VERB_LINKS)                                                     \
    X(BRPOPLPUSH, "brpoplpush", 4, 1, 2, 1, RK_VERB_LINKS)                                                   \
    X(LMOVE, "lmove", 5, 1, 2, 1, RK_VERB_LINKS)                                                             \
    X(BLMOVE, "blmove", 6, 1, 2, 1, RK_VERB_LINKS)                                                           \
    X(LMOVEM, "lmovem", 5, 1, 2, 1, RK_VERB_LINKS)                                                           \
    X(LMPOP, "lmpop", 4, 2, 0, 1, RK_VERB_NUMKEYS)                                                           \
    /* sets */                                                                                               \
    X(SADD, "sadd", 3, 1, 1, 1, 0)                                                                           \
    X(SREM, "srem", 3, 1, 1, 1, 0)                                                                           \
    X(SPOP, "spop", 2, 1, 1, 1, 0)                                                                           \
    X(SMOVE, "smove", 4, 1, 2, 1, RK_VERB_LINKS)                                                             \
    X(SINTERSTORE, "sinterstore", 3, 1, -1, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                         \
    X(SUNIONSTORE, "sunionstore", 3, 1, -1, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                         \
    X(SDIFFSTORE, "sdiffstore", 3, 1, -1, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                           \
    /* sorted sets */                                                                                        \
    X(ZADD, "zadd", 4, 1, 1, 1, 0)                                                                           \
    X(ZINCRBY, "zincrby", 4, 1, 1, 1, 0)                                                                     \
    X(ZREM, "zrem", 3, 1, 1, 1, 0)                                                                           \
    X(ZREMRANGEBYRANK, "zremrangebyrank", 4, 1, 1, 1, 0)                                                     \
    X(ZREMRANGEBYSCORE, "zremrangebyscore", 4, 1, 1, 1, 0)                                                   \
    X(ZREMRANGEBYLEX, "zremrangebylex", 4, 1, 1, 1, 0)                                                       \
    X(ZPOPMIN, "zpopmin", 2, 1, 1, 1, 0)                                                                     \
    X(ZPOPMAX, "zpopmax", 2, 1, 1, 1, 0)                                                                     \
    X(ZUNIONSTORE, "zunionstore", 4, 1, 1, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                          \
    X(ZINTERSTORE, "zinterstore", 4, 1, 1, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                          \
    X(ZDIFFSTORE, "zdiffstore", 4, 1, 1, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                            \
    X(ZRANGESTORE, "zrangestore", 5, 1, 2, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                          \
    X(GEOADD, "geoadd", 5, 1, 1, 1, 0)                                                                       \
    X(GEORADIUS, "georadius", 6, 1, 1, 1, RK_VERB_LINKS)                                                     \
    X(GEORADIUSBYMEMBER, "georadiusbymember", 5, 1, 1, 1, RK_VERB_LINKS)                                     \
    X(GEOSEARCHSTORE, "geosearchstore", 8, 1, 2, 1, RK_VERB_LINKS | RK_VERB_STORES_FIRST)                    \
    /* hashes */                                                                                             \
    X(HSET, "hset", 4, 1, 1, 1, 0)                                                                           \
    X(HMSET, "hmset", 4, 1, 1, 1, 0)                                                                         \
    X(HSETNX, "hsetnx", 4, 1, 1, 1, 0)                                                                       \
    X(HDEL, "hdel", 3, 1, 1, 1, 0)                                                                           \
    X(HINCRBY, "hincrby", 4, 1, 1, 1, 0)                                                                     \
    X(HINCRBYFLOAT, "hincrbyfloat", 4, 1, 1, 1, 0)                                                           \
    X(HSETEX, "hsetex", 6, 1, 1, 1, 0)                                                                       \
    X(HEXPIRE, "hexpire", 6, 1, 1, 1, 0)                                                                     \
    X(HPEXPIRE, "hpexpire", 6, 1, 1, 1, 0)                                                                   \
    X(HEXPIREAT, "hexpireat", 6, 1, 1, 1, 0)                                                                 \
    X(HPEXPIREAT, "hpexpireat", 6, 1, 1, 1, 0)                                                               \
    X(HPERSIST, "hpersist", 5, 1, 1, 1, 0)                                                                   \
    X(HGETDEL, "hgetdel", 5, 1, 1, 1, 0)                                                                     \
    X(HSETC, "hsetc", 4, 1, 1, 1, 0)                                                                         \
    X(PHSET, "phset", 7, 1, 1, 1, 0)                                                                         \
    X(PHMSET, "phmset", 7, 1, 1, 1, 0)                                                                       \
    X(PHDEL, "phdel", 3, 1, 1, 1, 0)                                                                         \
    /* streams */                                                                                            \
    X(XADD, "xadd", 5, 1, 1, 1, 0)                                                                           \
    X(XTRIM, "xtrim", 4, 1, 1, 1, 0)                                                                         \
    X(XDEL, "xdel", 3, 1, 1, 1, 0)                                                                           \
    X(XDELEX, "xdelex", 5, 1, 1, 1, 0)                                                                       \
    X(XACK, "xack", 4, 1, 1, 1, 0)                                                                           \
    X(XACKDEL, "xackdel", 6, 1, 1, 1, 0)                                                                     \
    X(XSETID, "xsetid", 3, 1, 1, 1, 0)                                                                       \
    X(XGROUP, "xgroup", 4, 2, 2, 1, 0)                                                                       \
    X(XCLAIM, "xclaim", 6, 1, 1, 1, 0)                                                                       \
    X(XNACK, "xnack", 7, 1, 1, 1, 0)                                                                         \
    X(XCFGSET, "xcfgset", 4, 1, 1, 1, 0)                                                                     \
    X(XIDMPRECORD, "xidmprecord", 5, 1, 1, 1, 0)                                                             \
    /* arrays */                                                                                             \
    X(ARSET, "arset", 4, 1, 1, 1, 0)                                                                         \
    X(ARMSET, "armset", 4, 1, 1, 1, 0)                                                                       \
    X(ARDEL, "ardel", 3, 1, 1, 1, 0)                                                                         \
    X(ARDELRANGE, "ardelrange", 4, 1, 1, 1, 0)                                                               \
    X(ARINSERT, "arinsert", 3, 1, 1, 1, 0)                                                                   \
    X(ARRING, "arring", 4, 1, 1, 1, 0)                                                                       \
    X(ARSEEK, "arseek", 3, 1, 1, 1, 0)                                                                       \
    /* what cannot be replayed as it stands */                                                               \
    X(EVAL, "eval", 3, 3, 0, 1, RK_VERB_NUMKEYS | RK_VERB_OPAQUE)                                            \
    X(EVALSHA, "evalsha", 3, 3, 0, 1, RK_VERB_NUMKEYS | RK_VERB_OPAQUE)                                      \
    X(FCALL, "fcall", 3, 3, 0, 1, RK_VERB_NUMKEYS | RK_VERB_OPAQUE)                                          \
    X(PFDEBUG, "pfdebug", 3, 2, 2, 1, RK_VERB_OPAQUE)                                                        \
    X(DEBUG, "debug", 2, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_OPAQUE)                                          \
    X(EXPIREMEMBER, "expiremember", 4, 1, 1, 1, RK_VERB_OPAQUE)                                              \
    X(EXPIREMEMBERAT, "expirememberat", 4, 1, 1, 1, RK_VERB_OPAQUE)                                          \
    X(PEXPIREMEMBERAT, "pexpirememberat", 4, 1, 1, 1, RK_VERB_OPAQUE)                                        \
    X(KEYDB_CRON, "keydb.cron", 2, 1, 1, 1, RK_VERB_OPAQUE)                                                  \
    X(KEYDB_NHSET, "keydb.nhset", 3, 1, 1, 1, RK_VERB_OPAQUE)                                                \
    X(KEYDB_HRENAME, "keydb.hrename", 4, 1, 1, 1, RK_VERB_OPAQUE)                                            \
    X(KEYDB_MVCCRESTORE, "keydb.mvccrestore", 5, 1, 1, 1, RK_VERB_OPAQUE)                                    \
    X(RREPLAY, "rreplay", 3, 0, 0, 0, RK_VERB_KEYLESS | RK_VERB_OPAQUE)                                      \
    X(MODULE_VERB, "", 1, 1, 1, 1, RK_VERB_MODULE | RK_VERB_OPAQUE) /* any of a module: rk_verb_of */

#define RK_VERB_ENUM(id, name, least, first, last, step, flags) RK_VERB_##id,
typedef enum { RK_VERB_UNKNOWN, RK_VERB_ROWS(RK_VERB_ENUM) RK_VERBS } rk_verb;
#undef RK_VERB_ENUM

typedef struct {
    const char *name; /* lower case */
    int16_t least;    /* arguments, the name included */
    int16_t first, last, step;
    uint16_t flags;
} rk_verb_row;

/* The row of a verb; that of RK_VERB_UNKNOWN has an empty name. */
const rk_verb_row *rk_verb_row_of(rk_verb verb);

/* The verb of that name, in whatever case. RK_VERB_MODULE_VERB for what only modules call so: names with a dot
 * (JSON.SET, BF.ADD ...) that are no rows, and the vector set commands (VADD, VREM, VSETATTR). Quick. */
rk_verb rk_verb_of(rk_slice name);

/* The index in args of the `n`-th key (from 0) of a command with `argc` arguments, or 0: it has no more. Handles
 * NUMKEYS. */
size_t rk_verb_key(rk_verb verb, const rk_slice *args, size_t argc, size_t n);

#endif
