/* Targets as users name them, and what is refused with which words. */
#include "unit.h"

#include "../../../librdb/check/servers.h"

static const struct {
    const char *words, *name; /* NULL: refused */
    const char *what;
} rows[] = {
    { "redis:6.2", "Redis 6.2", NULL },
    { "redis:7", "Redis 7.0", NULL },
    { "redis:8.10", "Redis 8.10", NULL },
    { "redis:7.2.6", "Redis 7.2", NULL },
    { "redis:6.1", "Redis 6.1", NULL },
    { "valkey:8", "Valkey 8.0", NULL },
    { "valkey:7", "Valkey 7.2", NULL },
    { "valkey:9:relaxed", "Valkey 9.0 (relaxed)", NULL },
    { "valkey:8.1:relaxed", "Valkey 8.1 (relaxed)", NULL },
    { "keydb:6", "KeyDB 6", NULL },
    { "keydb", "KeyDB 6", NULL },
    { "dragonfly", "Dragonfly", NULL },
    { "sidekiq:8.1", "Sidekiq 8.1", NULL },
    { "sidekiq:6", "Sidekiq 6.0", NULL },
    { "", NULL, "'' names no server: redis, valkey, keydb, dragonfly or sidekiq, as in redis:6.2" },
    { "postgres:9", NULL,
      "'postgres:9' names no server: redis, valkey, keydb, dragonfly or sidekiq, as in redis:6.2" },
    { "redis", NULL, "'redis' lacks a version, as in redis:6.2" },
    { "redis6.2", NULL,
      "'redis6.2' names no server: redis, valkey, keydb, dragonfly or sidekiq, as in redis:6.2" },
    { "redis:", NULL, "'redis:' has no version like 6.2" },
    { "redis:x", NULL, "'redis:x' has no version like 6.2" },
    { "redis:6.", NULL, "'redis:6.' has no version like 6.2" },
    { "redis:6.2x", NULL, "'redis:6.2x' has no version like 6.2" },
    { "redis:99999999999999999999", NULL, "'redis:99999999999999999999' has no version like 6.2" },
    { "redis:9", NULL, "'redis:9' is newer than Redis 8.10, the newest that is known" },
    { "redis:8.11", NULL, "'redis:8.11' is newer than Redis 8.10, the newest that is known" },
    { "redis:0.9", NULL, "'redis:0.9' is older than any Redis that is known" },
    { "valkey:7.0", NULL, "'valkey:7.0' is older than any Valkey that is known" },
    { "sidekiq:1.0", NULL, "'sidekiq:1.0' is older than any Sidekiq that is known" },
    { "sidekiq:9", NULL, "'sidekiq:9' is newer than Sidekiq 8, the newest that is known" },
    { "redis:7.2:relaxed", NULL, "'redis:7.2:relaxed': only Valkey can be told to be relaxed" },
    { "valkey:8.0:relaxed", NULL, "'valkey:8.0:relaxed': Valkey can be told to be relaxed from 8.1 on" },
    { "valkey:9:strict", NULL, "'valkey:9:strict' ends in what is not ':relaxed'" },
};

static void each_target(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_target target;
        rk_target_room room;
        rk_err err = { 0 };
        bool taken = rk_target_parse(rows[i].words, &target, &err);
        bool ok = taken ? rows[i].name && strcmp(rk_target_name(&target, &room), rows[i].name) == 0
                        : rows[i].what && strcmp(err.what, rows[i].what) == 0 && err.code == RK_USAGE;
        if (!ok)
            printf("# '%s': %s\n", rows[i].words, taken ? rk_target_name(&target, &room) : err.what);
        CU_ASSERT(ok);
    }
}

static void a_version_between(void)
{
    rk_target target = { .kind = RK_SERVER_REDIS, .major = 6, .minor = 1 };
    server_row row;
    CU_ASSERT(server_of(&target, &row));
    CU_ASSERT_STRING_EQUAL(row.version, "6.0");
    target = (rk_target){ .kind = RK_SERVER_REDIS, .major = 8, .minor = 9 };
    CU_ASSERT(server_of(&target, &row));
    CU_ASSERT_STRING_EQUAL(row.version, "8.8");
}

static void lists_of_numbers(void)
{
    CU_ASSERT(server_lists("0-4 9-12", 0) && server_lists("0-4 9-12", 4) && server_lists("0-4 9-12", 12));
    CU_ASSERT(!server_lists("0-4 9-12", 5) && !server_lists("0-4 9-12", 13) && !server_lists("", 0));
    CU_ASSERT(server_lists("0-7 9-15 64", 64) && !server_lists("0-7 9-15 64", 6464));
}

UNIT_MAIN("target", { "what users write", each_target },
          { "a version between two is the older one", a_version_between },
          { "lists of numbers", lists_of_numbers })
