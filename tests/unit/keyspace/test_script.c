/* test_script: what cannot be replayed, and the script of Sidekiq that can. */
#include "starved.h"

#include "../../../librdb/keyspace/script.h"

/* As Sidekiq 6.3 and later versions have it, each in its own layout. */
#define OLD_POP                                                                                              \
    "local key, now = KEYS[1], ARGV[1]\nlocal jobs = redis.call('zrangebyscore', key, '-inf', now, "         \
    "'limit', 0, 1)\n"                                                                                       \
    "if jobs[1] then\n  redis.call('zrem', key, jobs[1])\n  return jobs[1]\nend\n"
#define NEW_POP                                                                                              \
    "local key, now = KEYS[1], ARGV[1]\nlocal jobs = redis.call('zrange', key, '-inf', now, 'byscore', "     \
    "'limit', 0, 1)\n"                                                                                       \
    "if jobs[1] then\n  redis.call('zrem', key, jobs[1])\n  return jobs[1]\nend\n"

#define OLD_SHA       "4236a7d0b285d31fcbabadab5d0de9e5fd901c4c"
#define NEW_SHA       "26409a45af5dfa487dda35db155cffb9d88def08"
#define NEW_SHA_UPPER "26409A45AF5DFA487DDA35DB155CFFB9D88DEF08"

static void recognised(void)
{
    static const struct {
        const char *source;
        bool known;
    } rows[] = {
        { OLD_POP, true },
        { NEW_POP, true },
        { "local key,now=KEYS[1],ARGV[1];local "
          "jobs=redis.call(\"ZRANGEBYSCORE\",key,\"-inf\",now,\"LIMIT\",\"0\",\"1\");"
          "if jobs[1] then redis.call(\"ZREM\",key,jobs[1]);return jobs[1];end;",
          true },
        { "local r = redis.pcall('zrange', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, 1) -- one\n\t"
          "if r[1] then redis.pcall('zrem', KEYS[1], r[1]) return r[1] end return nil",
          true },
        { "local set = KEYS[1]\nlocal due = ARGV[1]\r\nlocal "
          "j=redis.call('zrange',set,'-inf',due,'byscore','limit',0,1)"
          "if j[1]then redis.call('zrem',set,j[1])return j[1]end",
          true },
        { "", false },
        { "return 1", false },
        { "local key, now = KEYS[1], ARGV[1]\nlocal jobs = redis.call('zrange', key, '-inf', now, 'byscore', "
          "'limit', 0, 2)\n"
          "if jobs[1] then redis.call('zrem', key, jobs[1]) return jobs[1] end",
          false },
        { "local key, now = KEYS[1], ARGV[1]\nlocal jobs = redis.call('zrevrangebyscore', key, '-inf', now, "
          "'limit', 0, 1)\n"
          "if jobs[1] then redis.call('zrem', key, jobs[1]) return jobs[1] end",
          false },
        { "local now, key = KEYS[1], ARGV[1]\nlocal jobs = redis.call('zrangebyscore', key, '-inf', now, "
          "'limit', 0, 1)\n"
          "if jobs[1] then redis.call('zrem', key, jobs[1]) return jobs[1] end",
          false },
        { "local key, now = KEYS[1], ARGV[1]\nlocal jobs = redis.call('zrangebyscore', key, '-inf', now, "
          "'limit', 0, 1)\n"
          "if jobs[1] then redis.call('zrem', key, jobs[2]) return jobs[1] end",
          false },
        { "local key, now = KEYS[2], ARGV[1]\nlocal jobs = redis.call('zrangebyscore', key, '-inf', now, "
          "'limit', 0, 1)\n"
          "if jobs[1] then redis.call('zrem', key, jobs[1]) return jobs[1] end",
          false },
        { OLD_POP "redis.call('del', KEYS[1])", false },
        { "local x = 'a\\'", false },
        { "local", false },
        { "local a, b, c, d, e = KEYS[1]", false },
        { "local 'KEYS[1]' = KEYS[1]", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (ks_script_pops_by_score(rk_slice_of(rows[i].source)) != rows[i].known) {
            printf("# row %zu: %s\n", i, rows[i].source);
            CU_FAIL("taken for what it is not");
        }
        CU_PASS("");
    }
}

/* Every beginning of a script is looked at without reading behind it, and none but whole ones is known. */
static void cut_short(void)
{
    static const char source[] = NEW_POP;
    for (size_t len = 0; len + 1 < sizeof source - 1; len++) {
        uint8_t *part = malloc(len + 1);
        memcpy(part, source, len);
        CU_ASSERT_EQUAL(ks_script_pops_by_score((rk_slice){ part, len }), false);
        free(part);
    }
}

static void applied(void)
{
    REPLAYED({ "zadd s 1 a 2 b 3 c; eval \"" OLD_POP "\" 1 s 2; eval \"" NEW_POP "\" 1 s 2.5; eval \"" NEW_POP
               "\" 1 s 2.5",
               "zset:'s'{'c'=3}", "DDDN" },
             { "zadd s 1 a; EVAL \"" NEW_POP "\" 1 s 1; eval \"" NEW_POP "\" 1 s 5", "", "DDN" },
             { "zadd s 1 a 2 b; evalsha 7d4bde2a5cbc9b3f0a3b9f3b6d3b3d9f0c3f1c11 1 s 2",
               "zset:'s'{'a'=1 'b'=2}", "DO" },
             { "set s v; eval \"" NEW_POP "\" 1 s 5; eval \"" NEW_POP "\" 1 t x; eval \"" NEW_POP
               "\" 1 t; eval \"" NEW_POP "\" 0 t 5",
               "string:'s'{'v'}", "DFOOO" },
             { "zadd s 1 a; eval \"" NEW_POP "\" 1 s 1", NULL, NULL, "in s 'a'=1, out s 'a'=1" }, );
}

/* EVALSHA of a script that the log has shown, in a SCRIPT LOAD or an EVAL. */
static void by_digest(void)
{
    REPLAYED(
        { "zadd s 1 a 2 b; script load \"" NEW_POP "\"; evalsha " NEW_SHA " 1 s 1; EVALSHA " NEW_SHA_UPPER
          " 1 s 5",
          "", "DDDD" },
        { "zadd s 1 a 2 b; eval \"" OLD_POP "\" 1 s 0; evalsha " OLD_SHA " 1 s 1; evalsha " NEW_SHA " 1 s 5",
          "zset:'s'{'b'=2}", "DNDO" },
        { "script flush; script load \"return 1\"; evalsha e0e1f9fabfc9d4800c877a703b823ac0578ff8db 1 s 1",
          "", "DDO" }, );
}

static void uncertain(void)
{
    static const struct {
        const char *commands;
        uint64_t keys;
        bool all;
    } rows[] = {
        { "set a 1; eval \"return 1\" 1 a", 1, false },
        { "set a 1; set b 1; evalsha 00 2 a b", 2, false },
        { "set a 1; eval \"return 1\" 1 b", 1, false },
        { "set a 1; eval \"return 1\" 0 a", 0, true },
        { "set a 1; fcall f 1 a", 1, false },
        { "set a 1; json.set a . 1", 1, false },
        { "set a 1; vadd a fp32 x y", 1, false },
        { "set a 1; pfdebug todense a", 1, false },
        { "set a 1; debug flushall", 0, true },
        { "set a 1; pexpirememberat a x 5", 1, false },
        { "set a 1; rreplay x y", 0, true },
        { "set a 1; json.set a . 1; del a", 0, false },
        { "set a 1; json.set a . 1; del a; set a 1", 0, false },
        { "set a 1; json.set a . 1; set a 1", 0, false },
        { "set a 1; json.set a . 1; append a 1", 1, false },
        { "set a 1; json.set a . 1; rename a b", 1, false },
        { "set a 1; json.set a . 1; set b 1; rename b a", 0, false },
        { "json.set a . 1; set b 1; rename a b", 1, false },
        { "set a 1; json.set a . 1; copy a b; move a 3", 2, false },
        { "rpush a 1; json.set a . 1; rpush b 1; lmove a b left left", 2, false },
        { "set a 1; json.set a . 1; bitop not b a; bitop or c a b", 3, false },
        { "rpush a 1; json.set a . 1; sort a store b", 2, false },
        { "pfadd a 1; json.set a . 1; pfmerge b a", 2, false },
        { "set a 1; eval \"return 1\" 0; flushall; set a 1", 0, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        replayed r = replay_text(rows[i].commands, false);
        CU_ASSERT_EQUAL(r.err.code, RK_OK);
        if (r.info.uncertain_keys != rows[i].keys || r.info.all_uncertain != rows[i].all)
            printf("# %s: %" PRIu64 " uncertain, all: %d\n", rows[i].commands, r.info.uncertain_keys,
                   r.info.all_uncertain);
        CU_ASSERT_EQUAL(r.info.uncertain_keys, rows[i].keys);
        CU_ASSERT_EQUAL(r.info.all_uncertain, rows[i].all);
        CU_ASSERT_EQUAL(r.info.opaque > 0, strchr(r.outcomes, 'O') != NULL);
        replayed_free(&r);
    }
}

static void without_memory(void)
{
    starved("zadd s 1 aaaaaaaaaaaa 2 bbbbbbbbbbbb; script load \"" NEW_POP "\"; eval \"" OLD_POP
            "\" 1 s 1; evalsha " NEW_SHA " 1 s 5; eval \"return 1\" 1 cccccccccccc; json.set q . 1");
}

UNIT_MAIN("script", { "scripts that are known", recognised }, { "scripts cut short", cut_short },
          { "what they do", applied }, { "by their digests", by_digest }, { "what is uncertain", uncertain },
          { "without memory", without_memory })
