/* test_keys: keys that are no places of jobs: equal by value whatever the encoding, times to live, what changes by
 * itself, filters, namespaces, several databases and shards. */
#include "pair.h"

#define K LIST("queue:k", { J_IN("k", "k") })
#define EXPIRES(key, seconds)                                                                                \
    {                                                                                                        \
        .type = RK_STRING, .name = key, .items = { { "v" } }, .expire_s = seconds                            \
    }
#define PATTERNS(...)                                                                                        \
    (const char *const[])                                                                                    \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }

static void values(void)
{
    static const pair_row rows[] = {
        { "equal",
          { STRING("a", "1"), SET("b", { "x" }, { "y" }) },
          { STRING("a", "1"), SET("b", { "x" }, { "y" }) },
          .keys = "equal 2" },
        { "in another order",
          { SET("b", { "x" }, { "y" }), HASH("h", { "f", .value = "1" }, { "g", .value = "2" }) },
          { HASH("h", { "g", .value = "2" }, { "f", .value = "1" }), SET("b", { "y" }, { "x" }) },
          .keys = "other_encoding 2" },
        { "a list has an order",
          { LIST("l", { "x" }, { "y" }) },
          { LIST("l", { "y" }, { "x" }) },
          .keys = "changed 'l' value" },
        { "packed and not",
          { ZSET("z", { "m", 1.5 }, { "n", 2 }), LIST("l", { "x" }, { "y" }) },
          { { .type = RK_ZSET, .name = "z", .items = { { "m", 1.5 }, { "n", 2 } }, .packed = 1 },
            { .type = RK_LIST, .name = "l", .items = { { "x" }, { "y" } }, .packed = 1 } },
          .keys = "other_encoding 2" },
        { "zero and minus zero are one score",
          { ZSET("z", { "m", 0.0 }) },
          { ZSET("z", { "m", -0.0 }) },
          .keys = "other_encoding 1" },
        { "another value", { STRING("a", "1") }, { STRING("a", "2") }, .keys = "changed 'a' value" },
        { "another type", { STRING("a", "1") }, { SET("a", { "1" }) }, .keys = "changed 'a' type value" },
        { "on one side", { STRING("a", "1") }, { STRING("b", "1") }, .keys = "only_old 'a'; only_new 'b'" },
        { "what is empty is no key",
          { SET("b", { NULL }), STRING("e", "") },
          { LIST("l", { NULL }) },
          .keys = "only_old 'e'; empty 2" },
        { "names of any bytes", { STRING("a\n\377", "1") }, { { 0 } }, .keys = "only_old 'a\\x0a\\xff'" },
        { "no name at all", { STRING("", "1") }, { STRING("", "2") }, .keys = "changed '' value" },
        { "jobs are no keys, what is called like one of another type is",
          { K, LIST("queue:default", { J("a") }) },
          { K, STRING("queue:default", "x") },
          .told = "a unaccounted no_counters",
          .keys = "only_new 'queue:default'" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        pair_check_row(&rows[i], false);
}

static void times_to_live(void)
{
    static const pair_row rows[] = {
        { "the same", { EXPIRES("a", 1795500000) }, { EXPIRES("a", 1795500000) }, .keys = "equal 1" },
        { "within the tolerance",
          { EXPIRES("a", 1795500000) },
          { EXPIRES("a", 1795500001) },
          .keys = "equal 1" },
        { "beyond it",
          { EXPIRES("a", 1795500000) },
          { EXPIRES("a", 1795500002) },
          .keys = "changed 'a' ttl" },
        { "a tolerance of a minute",
          { EXPIRES("a", 1795500000) },
          { EXPIRES("a", 1795500060) },
          .keys = "equal 1",
          .options = { .ttl_tolerance_ms = 60000 } },
        { "a tolerance beyond any",
          { EXPIRES("a", 1), EXPIRES("b", 1795500000) },
          { EXPIRES("a", 1895500000) },
          .keys = "expired 'b'; equal 1",
          .options = { .ttl_tolerance_ms = INT64_MAX } },
        { "lost", { EXPIRES("a", 1795500000) }, { STRING("a", "v") }, .keys = "changed 'a' ttl" },
        { "gained", { STRING("a", "v") }, { EXPIRES("a", 1795500000) }, .keys = "changed 'a' ttl" },
        { "in milliseconds beyond any",
          { EXPIRES("a", -9000000000000) },
          { EXPIRES("a", 9000000000000) },
          .keys = "changed 'a' ttl" },
        { "it ran out",
          { EXPIRES("a", NEW_TIME - 1), EXPIRES("b", NEW_TIME + 3) },
          { { 0 } },
          .keys = "expired 'a'; only_old 'b'; " },
        { "nobody knows the time",
          { EXPIRES("a", NEW_TIME - 1) },
          { { 0 } },
          .new_time = NO_TIME,
          .keys = "only_old 'a'" },
        { "only in NEW, and out of time there", { { 0 } }, { EXPIRES("a", 1) }, .keys = "only_new 'a'" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pair_row row = rows[i];
        char keys[200];
        snprintf(keys, sizeof keys, "%s", row.keys);
        size_t len = strlen(keys);
        if (len > 2 && strcmp(keys + len - 2, "; ") == 0)
            keys[len - 2] = 0;
        row.keys = keys;
        pair_check_row(&row, false);
    }
}

static void what_changes_by_itself(void)
{
    static const pair_row rows[] = {
        { "under the prefix of its layout and without",
          { STRING("app:stat:processed", "1"), STRING("app:stat:failed:2026-11-23", "1"),
            LIST("app:queue:k", { J_IN("k", "k") }), STRING("dear-leader", "x") },
          { STRING("app:stat:processed", "2"), LIST("app:queue:k", { J_IN("k", "k") }),
            STRING("dear-leader", "y") },
          .keys = "volatile 3" },
        { "not under another one",
          { STRING("b:stat:failed", "1"), K },
          { STRING("b:stat:failed", "2"), K },
          .keys = "changed 'b:stat:failed' value" },
        { "the hash of a process without a nonce, if it is in the set",
          { K, PROCESSES({ "web:7" }), PROCESS("web:7", BEAT_OLD), PROCESS("web:8", "1") },
          { K, PROCESSES({ "web:7" }), PROCESS("web:7", BEAT_NEW), PROCESS("web:8", "2") },
          .keys = "changed 'web:8' value; equal 1; volatile 1" },
        { "a profile",
          { HASH("tok-0123456789abcdef01234567", { "jid", .value = "0123456789abcdef01234567" },
                 { "token", .value = "tok" }, { "started_at", .value = "1" }),
            HASH("cart-0123456789abcdef01234567", { "jid", .value = "x" }) },
          { { 0 } },
          .keys = "only_old 'cart-0123456789abcdef01234567'; volatile 1" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        pair_check_row(&rows[i], false);
}

static void filters(void)
{
    static const pair_key olds[] = { STRING("a:1", "1"), STRING("a:2", "1"), STRING("b:1", "1"),
                                     STRING("ab:1", "1") };
    static const pair_key news[] = { STRING("a:1", "2"), STRING("a:3", "1"), STRING("b:1", "2"),
                                     STRING("ab:1", "2") };
    const struct {
        const char *name;
        rk_diff_options options;
        const char *keys;
        rk_filter_options filter;
    } rows[] = {
        { "all",
          { .no_keys = false },
          "changed 'a:1' value; only_old 'a:2'; changed 'b:1' value; changed 'ab:1' value; only_new 'a:3'" },
        { "--key",
          { .no_keys = false },
          "changed 'a:1' value; only_old 'a:2'; only_new 'a:3'",
          { .keys = PATTERNS("a:*"), .key_count = 1 } },
        { "two --key",
          { .no_keys = false },
          "changed 'b:1' value; only_new 'a:3'",
          { .keys = PATTERNS("a:3", "b:?"), .key_count = 2 } },
        { "--ignore",
          { .no_keys = false },
          "changed 'b:1' value",
          { .not_keys = PATTERNS("a*"), .not_key_count = 1 } },
        { "--key and --ignore",
          { .no_keys = false },
          "only_old 'a:2'; only_new 'a:3'",
          { .keys = PATTERNS("a:*"), .key_count = 1, .not_keys = PATTERNS("*:1"), .not_key_count = 1 } },
        { "--re",
          { .no_keys = false },
          "changed 'b:1' value",
          { .keys = PATTERNS("^b"), .key_count = 1, .regex = true } },
        { "--type", { .no_keys = false }, "", { .types = 1u << RK_SET } },
        { "--db", { .no_keys = false }, "", { .dbs = (const uint32_t[]){ 1 }, .db_count = 1 } },
        { "--namespace and --key",
          { .namespace_only = "a" },
          "only_old 'a:2'",
          { .keys = PATTERNS("*:2"), .key_count = 1 } },
        { "--namespace", { .namespace_only = "a" }, "changed 'a:1' value; only_old 'a:2'; only_new 'a:3'" },
        { "--namespace with its colon",
          { .namespace_only = "a:" },
          "changed 'a:1' value; only_old 'a:2'; only_new 'a:3'" },
        { "--map",
          { .map_old = "a", .map_new = "b" },
          "changed 'a:1' value; only_old 'a:2'; only_old 'b:1'; changed 'ab:1' value; only_new 'a:1'; "
          "only_new 'a:3'" },
        { "--map to no namespace",
          { .map_old = "a", .map_new = "" },
          "changed 'a:1' value; only_old 'a:2'; changed 'b:1' value; changed 'ab:1' value; only_new 'a:3'" },
        { "--only jobs", { .no_keys = true }, "" },
        { "--only keys",
          { .no_jobs = true },
          "changed 'a:1' value; only_old 'a:2'; changed 'b:1' value; changed 'ab:1' value; only_new 'a:3'" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pair_row row = { .name = rows[i].name, .options = rows[i].options, .keys = rows[i].keys };
        rk_err err = { 0 };
        rk_filter *filter = rk_filter_open(&rows[i].filter, &err);
        row.options.filter = filter;
        memcpy(row.old, olds, sizeof olds);
        memcpy(row.new, news, sizeof news);
        pair_check_row(&row, false);
        rk_filter_close(filter);
    }
}

static void namespaces(void)
{
    static const pair_row rows[] = {
        { "taken off, with other keys under it and beside it",
          { LIST("shop:queue:default", { J("a") }), STRING("shop:cache", "1"), STRING("user:1", "1") },
          { LIST("queue:default", { J("a") }), STRING("cache", "1"), STRING("user:1", "2") },
          .keys = "changed 'user:1' value; equal 1" },
        { "taken off, and some keys kept it",
          { LIST("shop:queue:default", { J("a") }), STRING("shop:cache", "1") },
          { LIST("queue:default", { J("a") }), STRING("shop:cache", "1") },
          .keys = "equal 1" },
        { "put on, and keys of others kept their names",
          { LIST("queue:default", { J("a") }), STRING("user:1", "1"), SET("queues", { "default" }) },
          { LIST("shop:queue:default", { J("a") }), STRING("user:1", "1"),
            SET("shop:queues", { "default" }) },
          .keys = "equal 2" },
        { "--map, one of two",
          { LIST("a:queue:default", { J("a") }), LIST("b:queue:default", { J("b") }), STRING("a:x", "1"),
            STRING("b:x", "1") },
          { LIST("c:queue:default", { J("a") }), LIST("b:queue:default", { J("b") }), STRING("c:x", "1"),
            STRING("b:x", "1") },
          .options = { .map_old = "a", .map_new = "c" },
          .keys = "equal 2" },
        { "two that changed places",
          { LIST("a:queue:default", { J("a") }), LIST("b:queue:default", { J("b") }) },
          { LIST("b:queue:default", { J("a") }) },
          .options = { .map_old = "a", .map_new = "b" },
          .told = "b unaccounted no_counters",
          .keys = "" },
        { "--map with --namespace",
          { LIST("a:queue:default", { J("a") }), LIST("b:queue:default", { J("b") }), STRING("a:x", "1") },
          { LIST("c:queue:default", { J("a") }), STRING("c:x", "1"), STRING("c:y", "1"), STRING("a:y", "1") },
          .options = { .map_old = "a", .map_new = "c", .namespace_only = "a" },
          .keys = "only_new 'c:y'; equal 1" },
        { "--namespace leaves out the others",
          { LIST("a:queue:default", { J("a") }), LIST("b:queue:default", { J("b") }) },
          { LIST("c:queue:default", { J("c") }) },
          .options = { .namespace_only = "a" },
          .told = "a unaccounted no_counters",
          .keys = "" },
        { "one within another",
          { LIST("a:queue:default", { J("a") }), LIST("a:b:queue:default", { J("b") }),
            STRING("a:b:x", "1") },
          { LIST("a:queue:default", { J("a") }), LIST("a:b:queue:default", { J("b") }),
            STRING("a:b:x", "1") },
          .keys = "equal 1" },
        { "and the inner one is gone",
          { LIST("a:queue:default", { J("a") }), LIST("a:b:queue:default", { J("b") }),
            STRING("a:b:stat:processed", "1"), STRING("a:b:x", "1") },
          { LIST("a:queue:default", { J("a") }) },
          .told = "b lost place_gone",
          .keys = "only_old 'a:b:x'; volatile 1" },
        { "databases are apart",
          { { .type = RK_STRING, .name = "x", .items = { { "1" } }, .db = 1 },
            { .type = RK_LIST, .name = "queue:default", .items = { { J("a") } }, .db = 1 },
            LIST("queue:default", { J("b") }) },
          { { .type = RK_STRING, .name = "x", .items = { { "1" } }, .db = 2 },
            { .type = RK_LIST, .name = "queue:default", .items = { { J("a") } }, .db = 1 },
            LIST("queue:default", { J("b") }) },
          .told = "",
          .keys = "only_old 'x'; only_new 'x'" },
        { "--map in each database",
          { { .type = RK_LIST, .name = "a:queue:q", .items = { { J_IN("a", "q") } }, .db = 1 },
            LIST("a:queue:q", { J_IN("b", "q") }) },
          { { .type = RK_LIST, .name = "c:queue:q", .items = { { J_IN("a", "q") } }, .db = 1 },
            LIST("c:queue:q", { J_IN("b", "q") }) },
          .options = { .map_old = "a", .map_new = "c" },
          .told = "",
          .keys = "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        pair_check_row(&rows[i], false);
}

#define ON(number, kind, key, ...)                                                                           \
    {                                                                                                        \
        .type = kind, .name = key, .items = { __VA_ARGS__ }, .shard = number                                 \
    }

static void shards(void)
{
    static const pair_row rows[] = {
        { "a queue on two shards becomes one on one",
          { LIST("queue:default", { J("a") }), ON(1, RK_LIST, "queue:default", { J("b") }), STRING("x", "1"),
            ON(1, RK_STRING, "y", { "1" }) },
          { LIST("queue:default", { J("a") }, { J("b") }), STRING("x", "1"), STRING("y", "1") },
          .told = "",
          .keys = "equal 2",
          .facts = "" },
        { "one shard is missing",
          { LIST("queue:default", { J("a") }), ON(1, RK_LIST, "queue:default", { J("b") }),
            ON(1, RK_STRING, "y", { "1" }) },
          { LIST("queue:default", { J("a") }) },
          .told = "b unaccounted no_counters",
          .keys = "only_old 'y'" },
        { "counters add up",
          { LIST("queue:default", { J("a") }), STRING("stat:processed", "3"),
            ON(1, RK_STRING, "stat:processed", { "4" }) },
          { STRING("stat:processed", "7") },
          .told = "a lost counters_still" },
        { "the same key on two shards",
          { STRING("x", "1"), ON(1, RK_STRING, "x", { "2" }) },
          { STRING("x", "2"), ON(1, RK_STRING, "x", { "1" }) },
          .keys = "equal 2" },
        { "a key twice in one file: the first counts",
          { STRING("x", "1"), STRING("x", "2") },
          { STRING("x", "1") },
          .keys = "equal 1" },
        { "a queue twice in one file",
          { LIST("queue:default", { J("a") }), LIST("queue:default", { J("b") }) },
          { LIST("queue:default", { J("a") }, { J("b") }) },
          .told = "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        pair_check_row(&rows[i], false);
}

UNIT_MAIN("keys", { "values", values }, { "times to live", times_to_live },
          { "what changes by itself", what_changes_by_itself }, { "filters", filters },
          { "namespaces and databases", namespaces }, { "shards", shards })
