/* test_needs: who knows the commands of a file, and their forms. */
#include "rdbkit/aofcheck.h"
#include "unit.h"

enum { WORDS = 12 };

typedef struct {
    const char *words; /* of one command, with blanks between */
    const char *redis; /* the oldest that knows it; NULL: none */
    const char *valkey;
    const char *target; /* and what stands between it and this one, by id: "!" blocks, "?" needs */
    const char *obstacles;
} row;

static const row rows[] = {
    { "SET k v", "1.0", "7.2", "redis:1.0", "" },
    { "SET k v PX 100 NX", "2.6", "7.2", "redis:2.4", "form! form!" },
    { "SET k v KEEPTTL", "6.0", "7.2", "redis:5.0", "form!" },
    { "set k v pxat 1900000000000", "6.2", "7.2", "redis:6.0", "form!" },
    { "SET k v IFEQ x", "8.4", "8.1", "valkey:8.0", "form!" },
    { "SET k v IFNE x", "8.4", NULL, "valkey:9.1", "form!" },
    { "SET k PXAT", "1.0", "7.2", "redis:2.0", "" },
    { "LPUSH l a", "1.0", "7.2", "redis:1.0", "" },
    { "LPUSH l a b", "2.4", "7.2", "redis:2.2", "form!" },
    { "HSET h f v", "2.0", "7.2", "redis:2.0", "" },
    { "HSET h f v g w", "4.0", "7.2", "redis:3.2", "form!" },
    { "ZADD z 1 m", "1.2", "7.2", "redis:1.2", "" },
    { "ZADD z GT 1 m", "6.2", "7.2", "redis:6.0", "form!" },
    { "ZADD z 1 gt", "1.2", "7.2", "redis:2.0", "" },
    { "RPOP l 2", "6.2", "7.2", "redis:6.0", "form!" },
    { "PEXPIREAT k 1900000000000", "2.6", "7.2", "redis:2.4", "command!" },
    { "PEXPIREAT k 1900000000000 GT", "7.0", "7.2", "redis:6.2", "form!" },
    { "XADD s NOMKSTREAM 1-1 f v", "6.2", "7.2", "redis:5.0", "form!" },
    { "XADD s 1-1 nomkstream v", "5.0", "7.2", "redis:4.0", "command!" },
    { "XGROUP CREATECONSUMER s g c", "6.2", "7.2", "redis:6.0", "form!" },
    { "XGROUP CREATE s createconsumer 0", "5.0", "7.2", "redis:5.0", "" },
    { "BITOP DIFF d a b", "8.2", NULL, "valkey:9.0", "form!" },
    { "BITOP AND d diff b", "2.6", "7.2", "redis:2.6", "" },
    { "FLUSHALL ASYNC", "4.0", "7.2", "redis:3.2", "form!" },
    { "UNLINK k", "4.0", "7.2", "redis:3.2", "command!" },
    { "FUNCTION FLUSH", "7.0", "7.2", "redis:6.2", "command!" },
    { "HPEXPIREAT h 1900000000000 FIELDS 1 f", "7.4", "9.0", "redis:7.2", "command!" },
    { "HSETEX h FIELDS 1 f v", "8.0", "9.0", "valkey:8.1", "command!" },
    { "HGETDEL h FIELDS 1 f", "8.0", "9.1", "valkey:9.0", "command!" },
    { "DELIFEQ k v", NULL, "9.0", "redis:8.8", "command!" },
    { "ARSET a 0 v", "8.8", NULL, "redis:8.6", "command!" },
    { "LMOVEM a b LEFT RIGHT", "8.10", NULL, "redis:8.8", "command!" },
    { "JSON.SET k . 1", "1.0", "7.2", "redis:7.0", "module_command!?" },
    { "SELECT 31", "1.0", "7.2", "redis:7.0", "databases!?" },
    { "BZPOPMIN z 0", "1.0", "7.2", "redis:7.0", "" },
    { "PEXPIREMEMBERAT k s 1900000000000", NULL, NULL, "keydb:6", "" },
    { "SET k v", "1.0", "7.2", "dragonfly", "append_only!" },
    { "SET k v", "1.0", "7.2", "sidekiq:8", "not_judged!" },
};

static rk_aofcheck *check_words(const char *words)
{
    rk_buf text = { 0 };
    rk_err err = { 0 };
    rk_aofcheck *aof = NULL;
    rk_check *snapshot = NULL;
    char room[200], *list[WORDS];
    size_t count = 0;
    snprintf(room, sizeof room, "%s", words);
    for (char *word = strtok(room, " "); word && count < WORDS; word = strtok(NULL, " "))
        list[count++] = word;
    CU_ASSERT(rk_buf_printf(&text, &err, "*%zu\r\n", count));
    for (size_t i = 0; i < count; i++)
        CU_ASSERT(rk_buf_printf(&text, &err, "$%zu\r\n%s\r\n", strlen(list[i]), list[i]));
    rk_source *source = rk_source_memory(rk_buf_slice(&text), 0, &err);
    CU_ASSERT(rk_aofcheck_source(source, NULL, NULL, &aof, &snapshot, &err));
    CU_ASSERT_FATAL(aof != NULL);
    CU_ASSERT(rk_aofcheck_exit(aof) == 0);
    rk_buf_free(&text);
    return aof;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void each_row(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const row *r = &rows[i];
        rk_aofcheck *aof = check_words(r->words);
        rk_target target;
        rk_obstacle o;
        rk_err err = { 0 };
        char told[200] = "";
        bool relaxed;
        CU_ASSERT_FATAL(rk_target_parse(r->target, &target, &err));
        for (size_t k = 0; rk_aofcheck_obstacle(aof, &target, k, &o); k++)
            snprintf(told + strlen(told), sizeof told - strlen(told), "%s%s%s%s", k ? " " : "", o.id,
                     o.blocks ? "!" : "", o.needs ? "?" : "");
        bool ok =
            strcmp(told, r->obstacles) == 0 && same(rk_aofcheck_oldest_redis(aof), r->redis) &&
            same(rk_aofcheck_oldest_valkey(aof, &relaxed), r->valkey) &&
            rk_aofcheck_loads(aof, &target) == (!strchr(r->obstacles, '!') || strchr(r->obstacles, '?'));
        if (!ok)
            printf("# %s: %s '%s', redis %s, valkey %s\n", r->words, r->target, told,
                   rk_aofcheck_oldest_redis(aof), rk_aofcheck_oldest_valkey(aof, &relaxed));
        CU_ASSERT(ok);
        rk_aofcheck_free(aof);
    }
}

static void told_in_words(void)
{
    static const struct {
        const char *words, *target, *what;
    } cases[] = {
        { "SET k v PXAT 1900000000000", "redis:6.0",
          "1 SET with PXAT: Redis 6.0 fails there without a word, and lacks what it wrote (byte 0)" },
        { "HPEXPIREAT h 1900000000000 FIELDS 1 f", "redis:7.2",
          "1 HPEXPIREAT: Redis 7.2 does not know it, and stops there (byte 0)" },
        { "JSON.SET k . 1", "redis:7.0",
          "1 command of a module: Redis 7.0 stops there without that module (byte 0)" },
        { "SELECT 31", "redis:7.0", "database 31: Redis 7.0 needs `databases 32` at least (byte 0)" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rk_aofcheck *aof = check_words(cases[i].words);
        rk_target target;
        rk_obstacle o = { 0 };
        rk_err err = { 0 };
        CU_ASSERT_FATAL(rk_target_parse(cases[i].target, &target, &err));
        CU_ASSERT(rk_aofcheck_obstacle(aof, &target, 0, &o));
        CU_ASSERT_STRING_EQUAL(o.what, cases[i].what);
        rk_aofcheck_free(aof);
    }
}

static void annotations_and_payloads(void)
{
    static const char text[] = "#TS:1700000000\r\n*4\r\n$7\r\nRESTORE\r\n$1\r\nk\r\n$1\r\n0\r\n$13\r\n\0\1a"
                               "\13\0\0\0\0\0\0\0\0\0\r\n";
    rk_err err = { 0 };
    rk_aofcheck *aof = NULL;
    rk_check *snapshot = NULL;
    rk_target target;
    rk_obstacle o;
    rk_source *source = rk_source_memory((rk_slice){ (const uint8_t *)text, sizeof text - 1 }, 0, &err);
    CU_ASSERT(rk_aofcheck_source(source, NULL, NULL, &aof, &snapshot, &err));
    CU_ASSERT_FATAL(aof != NULL && rk_target_parse("redis:6.2", &target, &err));
    CU_ASSERT(rk_aofcheck_obstacle(aof, &target, 0, &o) && strcmp(o.id, "annotations") == 0 && o.count == 1);
    CU_ASSERT(rk_aofcheck_obstacle(aof, &target, 1, &o) && strcmp(o.id, "payload") == 0);
    CU_ASSERT_STRING_EQUAL(
        o.what, "a RESTORE of RDB version 11: Redis 6.2 takes version 9 at most, and lacks the key "
                "(byte 16)");
    CU_ASSERT(!rk_aofcheck_obstacle(aof, &target, 2, &o));
    CU_ASSERT(strcmp(rk_aofcheck_oldest_redis(aof), "7.2") == 0);
    rk_aofcheck_free(aof);
}

UNIT_MAIN("needs of commands", { "who knows each command, and each form of it", each_row },
          { "what stands in the way is told in words", told_in_words },
          { "annotations and payloads", annotations_and_payloads })
