/* resp_target: which commands and which RESTORE payloads a server takes (spec: Compatibility, "AOF downgrade",
 * "DUMP / RESTORE payloads"; AOF, "Complete list of write commands by first release"). */
#include <stdio.h>

#include "resp.h"

enum { NEVER = 1000000, ALWAYS = 1, NEWEST_REDIS = 810 };

/* From which Redis and which Valkey on. */
static const struct {
    unsigned redis, valkey;
} features[RESP_FEATURES] = {
    [RESP_ZSETS] = { 102, ALWAYS },     [RESP_HASHES] = { 200, ALWAYS },   [RESP_MANY] = { 204, ALWAYS },
    [RESP_PEXPIREAT] = { 206, ALWAYS }, [RESP_RESTORE] = { 206, ALWAYS },  [RESP_REPLACE] = { 300, ALWAYS },
    [RESP_HSET] = { 400, ALWAYS },      [RESP_STREAMS] = { 500, ALWAYS },  [RESP_ABSTTL] = { 500, ALWAYS },
    [RESP_CONSUMERS] = { 602, ALWAYS }, [RESP_SURVIVES] = { 602, ALWAYS }, [RESP_FUNCTIONS] = { 700, ALWAYS },
    [RESP_COUNTERS] = { 700, ALWAYS },  [RESP_FIELD_TTL] = { 704, 900 },   [RESP_IDMP] = { 806, NEVER },
    [RESP_KEY_META] = { 806, NEVER },   [RESP_NACK] = { 808, NEVER },      [RESP_ARRAYS] = { 808, NEVER },
};

/* One row per type byte that RESTORE takes: the oldest servers that know it, and the RDB version that brought it. The
 * lowest is 6: servers before 3.2 take no other. A type that refers to a template outside the value is none. */
static const struct {
    uint8_t type_byte;
    bool valkey_branch;
    unsigned redis, valkey;
    unsigned rdb_version;
} payloads[] = {
    { 0, false, 206, ALWAYS, 6 },   { 1, false, 206, ALWAYS, 6 },   { 2, false, 206, ALWAYS, 6 },
    { 3, false, 206, ALWAYS, 6 },   { 4, false, 206, ALWAYS, 6 },   { 5, false, 400, ALWAYS, 8 },
    { 7, false, 400, ALWAYS, 8 },   { 9, false, 206, ALWAYS, 6 },   { 10, false, 206, ALWAYS, 6 },
    { 11, false, 206, ALWAYS, 6 },  { 12, false, 206, ALWAYS, 6 },  { 13, false, 206, ALWAYS, 6 },
    { 14, false, 302, ALWAYS, 7 },  { 15, false, 500, ALWAYS, 9 },  { 16, false, 700, ALWAYS, 10 },
    { 17, false, 700, ALWAYS, 10 }, { 18, false, 700, ALWAYS, 10 }, { 19, false, 700, ALWAYS, 10 },
    { 20, false, 702, ALWAYS, 11 }, { 21, false, 702, ALWAYS, 11 }, { 24, false, 704, NEVER, 12 },
    { 25, false, 704, NEVER, 12 },  { 26, false, 806, NEVER, 13 },  { 27, false, 808, NEVER, 14 },
    { 28, false, 808, NEVER, 14 },  { 29, false, 810, NEVER, 15 },  { 31, false, 810, NEVER, 15 },
    { 22, true, NEVER, 900, 80 },   { 23, true, NEVER, 902, 81 },
};

enum { META_VERSION = 13, FIRST_OF_BRANCHES = 22 };

static bool is_from(const resp_target *target, unsigned redis, unsigned valkey)
{
    unsigned from = target->valkey ? valkey : redis,
             version = target->valkey ? target->valkey : target->redis;
    return from > 0 && version >= from; /* what has no row is never there */
}

bool resp_target_of(const rk_export_options *options, resp_target *target, rk_err *err)
{
    unsigned version = options->target.major * 100 + options->target.minor;
    const char *name = "Redis";
    *target = (resp_target){ .redis = version };
    if (!options->has_target) {
        target->redis = NEWEST_REDIS;
        snprintf(target->name, sizeof target->name, "Redis 8.10");
        return true;
    }
    switch (options->target.kind) {
    case RK_SERVER_REDIS:
        break;
    case RK_SERVER_VALKEY:
        target->valkey = version;
        name = "Valkey";
        break;
    case RK_SERVER_SIDEKIQ:
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                       "commands are for a server like redis:7.2, Sidekiq takes none");
    case RK_SERVER_KEYDB: /* as old as the Redis that it began as */
        target->redis = version < 600 ? 500 : version < 602 ? 600 : 602;
        name = "KeyDB";
        break;
    default: /* of the others only what Redis 6.2 has is sure */
        target->redis = 602;
        name = "Dragonfly";
    }
    snprintf(target->name, sizeof target->name, "%s %u.%u", name, options->target.major % 1000,
             options->target.minor % 1000);
    return true;
}

bool resp_has(const resp_target *target, resp_feature feature)
{
    return is_from(target, features[feature].redis, features[feature].valkey);
}

unsigned resp_restore_version(const resp_target *target, uint8_t type_byte, bool valkey, bool has_meta)
{
    valkey = valkey && type_byte >= FIRST_OF_BRANCHES;
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        if (payloads[i].type_byte != type_byte || payloads[i].valkey_branch != valkey)
            continue;
        if (!resp_has(target, RESP_RESTORE) || !is_from(target, payloads[i].redis, payloads[i].valkey))
            return 0;
        return has_meta && payloads[i].rdb_version < META_VERSION ? META_VERSION : payloads[i].rdb_version;
    }
    return 0;
}
