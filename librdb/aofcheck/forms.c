/* forms: the tables of first releases. */
#include "forms.h"

#include <strings.h>

/* ---- commands ------------------------------------------------------------------------------------------------ */

/* Those that are not listed came with Redis 1.0. Valkey's are told where they differ from what the fork had. */
static const struct {
    rk_verb verb;
    uint16_t redis, valkey;
} releases[] = {
    { RK_VERB_MULTI, 102, 0 },
    { RK_VERB_EXEC, 102, 0 },
    { RK_VERB_PUBLISH, 200, 0 },
    { RK_VERB_SPUBLISH, 700, 0 },
    { RK_VERB_REPLCONF, 208, 0 },
    { RK_VERB_SCRIPT, 206, 0 },
    { RK_VERB_UNLINK, 400, 0 },
    { RK_VERB_DELEX, 804, RELEASE_NEVER },
    { RK_VERB_DELIFEQ, RELEASE_NEVER, 900 },
    { RK_VERB_GETDEL, 602, 0 },
    { RK_VERB_PEXPIRE, 206, 0 },
    { RK_VERB_EXPIREAT, 102, 0 },
    { RK_VERB_PEXPIREAT, 206, 0 },
    { RK_VERB_PERSIST, 202, 0 },
    { RK_VERB_COPY, 602, 0 },
    { RK_VERB_SWAPDB, 400, 0 },
    { RK_VERB_SFLUSH, 800, RELEASE_NEVER },
    { RK_VERB_TRIMSLOTS, 804, RELEASE_NEVER },
    { RK_VERB_CLUSTER, RELEASE_NEVER, 900 },
    { RK_VERB_RESTORE, 206, 0 },
    { RK_VERB_RESTORE_ASKING, 300, 0 },
    { RK_VERB_FUNCTION, 700, 0 },
    { RK_VERB_SETEX, 200, 0 },
    { RK_VERB_PSETEX, 206, 0 },
    { RK_VERB_MSET, 102, 0 },
    { RK_VERB_MSETNX, 102, 0 },
    { RK_VERB_MSETEX, 804, 901 },
    { RK_VERB_APPEND, 200, 0 },
    { RK_VERB_SETRANGE, 202, 0 },
    { RK_VERB_INCRBYFLOAT, 206, 0 },
    { RK_VERB_SETBIT, 202, 0 },
    { RK_VERB_BITFIELD, 302, 0 },
    { RK_VERB_BITOP, 206, 0 },
    { RK_VERB_PFADD, 208, 0 },
    { RK_VERB_PFMERGE, 208, 0 },
    { RK_VERB_PFCOUNT, 208, 0 },
    { RK_VERB_LPUSHX, 202, 0 },
    { RK_VERB_RPUSHX, 202, 0 },
    { RK_VERB_BLPOP, 200, 0 },
    { RK_VERB_BRPOP, 200, 0 },
    { RK_VERB_LINSERT, 202, 0 },
    { RK_VERB_RPOPLPUSH, 102, 0 },
    { RK_VERB_BRPOPLPUSH, 202, 0 },
    { RK_VERB_LMOVE, 602, 0 },
    { RK_VERB_BLMOVE, 602, 0 },
    { RK_VERB_LMOVEM, 810, RELEASE_NEVER },
    { RK_VERB_LMPOP, 700, 0 },
    { RK_VERB_ZADD, 102, 0 },
    { RK_VERB_ZINCRBY, 102, 0 },
    { RK_VERB_ZREM, 102, 0 },
    { RK_VERB_ZREMRANGEBYRANK, 200, 0 },
    { RK_VERB_ZREMRANGEBYSCORE, 102, 0 },
    { RK_VERB_ZREMRANGEBYLEX, 208, 0 },
    { RK_VERB_ZPOPMIN, 500, 0 },
    { RK_VERB_ZPOPMAX, 500, 0 },
    { RK_VERB_ZUNIONSTORE, 200, 0 },
    { RK_VERB_ZINTERSTORE, 200, 0 },
    { RK_VERB_ZDIFFSTORE, 602, 0 },
    { RK_VERB_ZRANGESTORE, 602, 0 },
    { RK_VERB_GEOADD, 302, 0 },
    { RK_VERB_GEORADIUS, 302, 0 },
    { RK_VERB_GEORADIUSBYMEMBER, 302, 0 },
    { RK_VERB_GEOSEARCHSTORE, 602, 0 },
    { RK_VERB_HSET, 200, 0 },
    { RK_VERB_HMSET, 200, 0 },
    { RK_VERB_HSETNX, 200, 0 },
    { RK_VERB_HDEL, 200, 0 },
    { RK_VERB_HINCRBY, 200, 0 },
    { RK_VERB_HINCRBYFLOAT, 206, 0 },
    { RK_VERB_HSETEX, 800, 900 },
    { RK_VERB_HEXPIRE, 704, 900 },
    { RK_VERB_HPEXPIRE, 704, 900 },
    { RK_VERB_HEXPIREAT, 704, 900 },
    { RK_VERB_HPEXPIREAT, 704, 900 },
    { RK_VERB_HPERSIST, 704, 900 },
    { RK_VERB_HGETDEL, 800, 901 },
    { RK_VERB_HSETC, RELEASE_NEVER, RELEASE_NEVER },
    { RK_VERB_PHSET, RELEASE_NEVER, 902 },
    { RK_VERB_PHMSET, RELEASE_NEVER, 902 },
    { RK_VERB_PHDEL, RELEASE_NEVER, 902 },
    { RK_VERB_XADD, 500, 0 },
    { RK_VERB_XTRIM, 500, 0 },
    { RK_VERB_XDEL, 500, 0 },
    { RK_VERB_XDELEX, 802, RELEASE_NEVER },
    { RK_VERB_XACK, 500, 0 },
    { RK_VERB_XACKDEL, 802, RELEASE_NEVER },
    { RK_VERB_XSETID, 500, 0 },
    { RK_VERB_XGROUP, 500, 0 },
    { RK_VERB_XCLAIM, 500, 0 },
    { RK_VERB_XNACK, 808, RELEASE_NEVER },
    { RK_VERB_XCFGSET, 806, RELEASE_NEVER },
    { RK_VERB_XIDMPRECORD, 806, RELEASE_NEVER },
    { RK_VERB_ARSET, 808, RELEASE_NEVER },
    { RK_VERB_ARMSET, 808, RELEASE_NEVER },
    { RK_VERB_ARDEL, 808, RELEASE_NEVER },
    { RK_VERB_ARDELRANGE, 808, RELEASE_NEVER },
    { RK_VERB_ARINSERT, 808, RELEASE_NEVER },
    { RK_VERB_ARRING, 808, RELEASE_NEVER },
    { RK_VERB_ARSEEK, 808, RELEASE_NEVER },
    { RK_VERB_EVAL, 206, 0 },
    { RK_VERB_EVALSHA, 206, 0 },
    { RK_VERB_FCALL, 700, 0 },
    { RK_VERB_PFDEBUG, 208, 0 },
    { RK_VERB_EXPIREMEMBER, RELEASE_NEVER, RELEASE_NEVER },
    { RK_VERB_EXPIREMEMBERAT, RELEASE_NEVER, RELEASE_NEVER },
    { RK_VERB_PEXPIREMEMBERAT, RELEASE_NEVER, RELEASE_NEVER },
    { RK_VERB_KEYDB_CRON, RELEASE_NEVER, RELEASE_NEVER },
    { RK_VERB_KEYDB_NHSET, RELEASE_NEVER, RELEASE_NEVER },
    { RK_VERB_KEYDB_HRENAME, RELEASE_NEVER, RELEASE_NEVER },
    { RK_VERB_KEYDB_MVCCRESTORE, RELEASE_NEVER, RELEASE_NEVER },
    { RK_VERB_RREPLAY, RELEASE_NEVER, RELEASE_NEVER },
};

aofcheck_release aofcheck_release_of(rk_verb verb)
{
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++)
        if (releases[i].verb == verb)
            return (aofcheck_release){ releases[i].redis,
                                       releases[i].valkey ? releases[i].valkey : releases[i].redis };
    return (aofcheck_release){ 100, 100 };
}

bool aofcheck_is_keydb(rk_verb verb)
{
    return verb == RK_VERB_EXPIREMEMBER || verb == RK_VERB_EXPIREMEMBERAT ||
           verb == RK_VERB_PEXPIREMEMBERAT || verb == RK_VERB_KEYDB_CRON || verb == RK_VERB_KEYDB_NHSET ||
           verb == RK_VERB_KEYDB_HRENAME || verb == RK_VERB_KEYDB_MVCCRESTORE || verb == RK_VERB_RREPLAY;
}

/* ---- forms ----------------------------------------------------------------------------------------------------- */

#define WORD(verb, word, from, redis, valkey, text)                                                          \
    {                                                                                                        \
        RK_VERB_##verb, word, from, redis, valkey, text                                                      \
    }
#define MORE(verb, most, redis, text)                                                                        \
    {                                                                                                        \
        RK_VERB_##verb, NULL, most, redis, 0, text                                                           \
    }

static const aofcheck_form forms[] = {
    WORD(SET, "ex", 3, 206, 0, "SET with EX"),
    WORD(SET, "px", 3, 206, 0, "SET with PX"),
    WORD(SET, "nx", 3, 206, 0, "SET with NX"),
    WORD(SET, "xx", 3, 206, 0, "SET with XX"),
    WORD(SET, "keepttl", 3, 600, 0, "SET with KEEPTTL"),
    WORD(SET, "exat", 3, 602, 0, "SET with EXAT"),
    WORD(SET, "pxat", 3, 602, 0, "SET with PXAT"),
    WORD(SET, "get", 3, 602, 0, "SET with GET"),
    WORD(SET, "ifeq", 3, 804, 801, "SET with IFEQ"),
    WORD(SET, "ifne", 3, 804, RELEASE_NEVER, "SET with IFNE"),
    WORD(SET, "ifdeq", 3, 804, RELEASE_NEVER, "SET with IFDEQ"),
    WORD(SET, "ifdne", 3, 804, RELEASE_NEVER, "SET with IFDNE"),
    MORE(EXPIRE, 3, 700, "EXPIRE with a condition"),
    MORE(PEXPIRE, 3, 700, "PEXPIRE with a condition"),
    MORE(EXPIREAT, 3, 700, "EXPIREAT with a condition"),
    MORE(PEXPIREAT, 3, 700, "PEXPIREAT with a condition"),
    WORD(FLUSHALL, "async", 1, 400, 0, "FLUSHALL with ASYNC"),
    WORD(FLUSHALL, "sync", 1, 602, 0, "FLUSHALL with SYNC"),
    WORD(FLUSHDB, "async", 1, 400, 0, "FLUSHDB with ASYNC"),
    WORD(FLUSHDB, "sync", 1, 602, 0, "FLUSHDB with SYNC"),
    WORD(RESTORE, "replace", 4, 300, 0, "RESTORE with REPLACE"),
    WORD(RESTORE, "absttl", 4, 500, 0, "RESTORE with ABSTTL"),
    WORD(RESTORE, "idletime", 4, 500, 0, "RESTORE with IDLETIME"),
    WORD(RESTORE, "freq", 4, 500, 0, "RESTORE with FREQ"),
    WORD(BITOP, "diff", 1, 802, RELEASE_NEVER, "BITOP with DIFF"),
    WORD(BITOP, "diff1", 1, 802, RELEASE_NEVER, "BITOP with DIFF1"),
    WORD(BITOP, "andor", 1, 802, RELEASE_NEVER, "BITOP with ANDOR"),
    WORD(BITOP, "one", 1, 802, RELEASE_NEVER, "BITOP with ONE"),
    MORE(LPUSH, 3, 204, "LPUSH of several items"),
    MORE(RPUSH, 3, 204, "RPUSH of several items"),
    MORE(LPUSHX, 3, 400, "LPUSHX of several items"),
    MORE(RPUSHX, 3, 400, "RPUSHX of several items"),
    MORE(LPOP, 2, 602, "LPOP with a count"),
    MORE(RPOP, 2, 602, "RPOP with a count"),
    MORE(SADD, 3, 204, "SADD of several members"),
    MORE(SREM, 3, 204, "SREM of several members"),
    MORE(SPOP, 2, 302, "SPOP with a count"),
    MORE(ZADD, 4, 204, "ZADD of several members"),
    WORD(ZADD, "nx", 2, 300, 0, "ZADD with NX"),
    WORD(ZADD, "xx", 2, 300, 0, "ZADD with XX"),
    WORD(ZADD, "ch", 2, 300, 0, "ZADD with CH"),
    WORD(ZADD, "incr", 2, 300, 0, "ZADD with INCR"),
    WORD(ZADD, "gt", 2, 602, 0, "ZADD with GT"),
    WORD(ZADD, "lt", 2, 602, 0, "ZADD with LT"),
    MORE(ZREM, 3, 204, "ZREM of several members"),
    MORE(HSET, 4, 400, "HSET of several fields"),
    MORE(HDEL, 3, 204, "HDEL of several fields"),
    WORD(XADD, "nomkstream", 2, 602, 0, "XADD with NOMKSTREAM"),
    WORD(XADD, "minid", 2, 602, 0, "XADD with MINID"),
    WORD(XADD, "limit", 2, 602, 0, "XADD with LIMIT"),
    WORD(XADD, "keepref", 2, 802, RELEASE_NEVER, "XADD with KEEPREF"),
    WORD(XADD, "delref", 2, 802, RELEASE_NEVER, "XADD with DELREF"),
    WORD(XADD, "acked", 2, 802, RELEASE_NEVER, "XADD with ACKED"),
    WORD(XADD, "idmp", 2, 806, RELEASE_NEVER, "XADD with IDMP"),
    WORD(XADD, "idmpauto", 2, 806, RELEASE_NEVER, "XADD with IDMPAUTO"),
    WORD(XTRIM, "minid", 2, 602, 0, "XTRIM with MINID"),
    WORD(XTRIM, "limit", 2, 602, 0, "XTRIM with LIMIT"),
    WORD(XSETID, "entriesadded", 3, 700, 0, "XSETID with ENTRIESADDED"),
    WORD(XGROUP, "createconsumer", 1, 602, 0, "XGROUP CREATECONSUMER"),
    WORD(XGROUP, "entriesread", 5, 700, 0, "XGROUP with ENTRIESREAD"),
};

_Static_assert(sizeof forms / sizeof forms[0] <= AOFCHECK_FORMS, "forms are bits of one number");

const aofcheck_form *aofcheck_form_at(size_t i)
{
    return i < sizeof forms / sizeof forms[0] ? &forms[i] : NULL;
}

static bool is_word(rk_slice argument, const char *word)
{
    size_t len = strlen(word);
    return argument.len == len && strncasecmp((const char *)argument.ptr, word, len) == 0;
}

/* Options end where the data begins: at an id of XADD, at a score of ZADD. Behind others nothing else comes. */
static size_t options_end(const rk_aof_command *command, size_t from)
{
    double score;
    size_t i = from;
    for (; i < command->argc && i < from + 16; i++) {
        rk_slice a = command->args[i];
        if (command->verb == RK_VERB_XADD && (memchr(a.ptr, '-', a.len) || rk_slice_is(a, RK_TEXT("*"))))
            break;
        if (command->verb == RK_VERB_ZADD && rk_slice_double(a, &score))
            break;
        if (command->verb == RK_VERB_BITOP && i > from)
            break;
        if (command->verb == RK_VERB_XGROUP && from == 1 && i > from)
            break;
    }
    return i;
}

static bool has_form(const rk_aof_command *command, const aofcheck_form *form)
{
    if (!form->word)
        return command->argc > form->from;
    for (size_t i = form->from, end = options_end(command, form->from); i < end; i++)
        if (is_word(command->args[i], form->word))
            return true;
    return false;
}

void aofcheck_form_index_make(aofcheck_form_index *index)
{
    *index = (aofcheck_form_index){ 0 };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (index->count[forms[i].verb]++ == 0)
            index->first[forms[i].verb] = (uint8_t)i;
    }
}

uint64_t aofcheck_forms_of(const aofcheck_form_index *index, const rk_aof_command *command)
{
    uint64_t bits = 0;
    size_t first = index->first[command->verb];
    for (size_t i = first; i < first + index->count[command->verb]; i++)
        if (has_form(command, &forms[i]))
            bits |= UINT64_C(1) << i;
    return bits;
}

/* ---- names --------------------------------------------------------------------------------------------------- */

bool aofcheck_is_unlogged(rk_slice name)
{
    static const char *const names[] = { "blmpop",  "zmpop",   "bzmpop", "bzpopmin",   "bzpopmax",
                                         "getex",   "hgetex",  "increx", "xreadgroup", "xautoclaim",
                                         "himport", "migrate", "blmovem" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_word(name, names[i]))
            return true;
    return false;
}

bool aofcheck_knows_subcommand(const rk_aof_command *command)
{
    static const struct {
        rk_verb verb;
        const char *name;
    } known[] = {
        { RK_VERB_XGROUP, "create" },         { RK_VERB_XGROUP, "setid" },
        { RK_VERB_XGROUP, "destroy" },        { RK_VERB_XGROUP, "delconsumer" },
        { RK_VERB_XGROUP, "createconsumer" }, { RK_VERB_FUNCTION, "load" },
        { RK_VERB_FUNCTION, "delete" },       { RK_VERB_FUNCTION, "flush" },
        { RK_VERB_FUNCTION, "restore" },
    };
    bool has = false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].verb != command->verb)
            continue;
        has = true;
        if (is_word(command->args[1], known[i].name))
            return true;
    }
    return !has;
}
