/* test_save: a keyspace as a snapshot: which version it takes and why, what stands around the keys, what is copied from a
 * base and what is written anew. */
#include "replayed.h"
#include "starved.h"

/* A snapshot without a checksum; commands may follow. */
#define END "\377\0\0\0\0\0\0\0\0"

/* What was saved, as bytes and as text. */
typedef struct {
    bool ok;
    rk_err err;
    rk_keyspace_saved told;
    rk_buf bytes;
    char *text;
} saved;

static void read_all(rk_source *source, rk_buf *into, rk_err *err)
{
    size_t got = 1;
    while (got > 0 && rk_buf_reserve(into, into->len + 65536, err) &&
           rk_source_read(source, into->ptr + into->len, 65536, &got, err))
        into->len += got;
}

static saved save_again(rk_replay *replay, rk_keyspace_save_options options)
{
    saved s = { 0 };
    render r = { 0 };
    rk_sink *sink = rk_sink_open_temporary(&s.err);
    options.saved = &s.told;
    s.ok = rk_keyspace_save(rk_replay_keyspace(replay), sink, &options, &s.err);
    if (!s.ok) {
        rk_sink_close(sink);
        return s;
    }
    rk_source *source = rk_sink_to_source(sink, "saved", &s.err);
    read_all(source, &s.bytes, &s.err);
    rk_source_close(source);
    source = rk_source_memory(rk_buf_slice(&s.bytes), 0, &s.err);
    replayed_read(source, &r);
    rk_source_close(source);
    if (r.err.code != RK_OK)
        rk_buf_printf(&r.text, &s.err, " error: %s", r.err.what);
    s.text = replayed_text(&r.text);
    return s;
}

static rk_replay *replay_of(rk_slice file)
{
    rk_err err = { 0 };
    rk_replay *replay = rk_replay_open_source(rk_source_memory(file, 0, &err), NULL, &err);
    bool ok = replay && rk_replay_run(replay, &err);
    if (!ok)
        printf("# %s\n", err.what);
    CU_ASSERT_FATAL(ok);
    return replay;
}

static void free_saved(saved *s)
{
    rk_buf_free(&s->bytes);
    rk_free(s->text);
}

/* ---- versions --------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *commands;
    bool valkey;
    uint32_t version;
    const char *why, *magic;
} versions[] = {
    { "nothing", "", false, 6, NULL, "REDIS0006" },
    { "plain types",
      "set a 1; rpush b 1; sadd c 1; zadd d 1 m; hset e f 1; pexpireat a 4000000000000; pfadd h x", true, 6,
      NULL, "REDIS0006" },
    { "a stream without counters", "xadd s 1-1 a b", false, 9, "streams", "REDIS0009" },
    { "functions", "function load \"#!lua name=a\\nx\"", false, 10, "functions", "REDIS0010" },
    { "fields that expire", "hset h f 1; hpexpireat h 4000000000000 fields 1 f", false, 12, NULL,
      "REDIS0012" },
    { "fields that expire, of Valkey", "hset h f 1; hpexpireat h 4000000000000 fields 1 f", true, 80, NULL,
      "VALKEY080" },
    { "fields that do not expire any more",
      "hset h f 1; hpexpireat h 4000000000000 fields 1 f; hpersist h fields 1 f", true, 6, NULL,
      "REDIS0006" },
    { "arrays", "arset a 0 x", false, 14, "arrays", "REDIS0014" },
    { "arrays, which Valkey does not have", "arset a 0 x", true, 14, "arrays", "REDIS0014" },
    { "path hashes", "phset k p fields 1 f v", false, 81, "path hashes", "VALKEY081" },
};

static void lowest_version(void)
{
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        rk_buf resp = { 0 };
        rk_err err = { 0 };
        replayed_resp(versions[i].commands, &resp, &err);
        rk_replay *replay = replay_of(rk_buf_slice(&resp));
        saved s =
            save_again(replay, (rk_keyspace_save_options){ .plain = true, .valkey = versions[i].valkey });
        bool same_why = !versions[i].why || (s.told.why && strcmp(s.told.why, versions[i].why) == 0);
        if (!s.ok || s.told.version != versions[i].version || !same_why)
            printf("# %s: %" PRIu32 ", %s %s\n", versions[i].name, s.told.version,
                   s.told.why ? s.told.why : "no reason", s.err.what);
        CU_ASSERT(s.ok && s.told.version == versions[i].version && same_why);
        CU_ASSERT((s.told.why == NULL) == (s.told.version == 6));
        CU_ASSERT(s.bytes.len > 9 && memcmp(s.bytes.ptr, versions[i].magic, 9) == 0);
        CU_ASSERT(s.told.valkey == (versions[i].magic[0] == 'V'));
        free_saved(&s);
        rk_replay_close(replay);
        rk_buf_free(&resp);
    }
}

static void what_does_not_go_together(void)
{
    rk_buf resp = { 0 };
    rk_err err = { 0 };
    replayed_resp("arset a 0 x; phset k p fields 1 f v", &resp, &err);
    rk_replay *replay = replay_of(rk_buf_slice(&resp));
    saved s = save_again(replay, (rk_keyspace_save_options){ .plain = true });
    CU_ASSERT(!s.ok && s.err.code == RK_USAGE);
    CU_ASSERT_STRING_EQUAL(s.err.what,
                           "no snapshot holds both: arrays, which Valkey does not have, and path hashes, "
                           "which Redis does not have");
    free_saved(&s);
    rk_replay_close(replay);
    rk_buf_free(&resp);
}

/* ---- records ---------------------------------------------------------------------------------------------- */

static bool no_lists(void *self, uint32_t db, rk_slice name, rk_type type)
{
    (void)name;
    return type != RK_LIST && db != *(uint32_t *)self;
}

static void around_the_keys(void)
{
    rk_buf resp = { 0 };
    rk_err err = { 0 };
    uint32_t left_out = 7;
    replayed_resp("select 3; set b 1; select 0; set a 2; pexpireat a 4000000000000; set c 3; rpush l x; "
                  "select 7; set z 1",
                  &resp, &err);
    rk_replay *replay = replay_of(rk_buf_slice(&resp));
    saved s = save_again(replay, (rk_keyspace_save_options){ .server = RK_TEXT("7.0.15"),
                                                             .has_now = true,
                                                             .now_s = 1795403519,
                                                             .wanted = no_lists,
                                                             .self = &left_out });
    static const char head[] = "REDIS0011\372\11redis-ver\0067.0.15\372\12redis-bits\300\100\372\5ctime",
                      rest[] = "\376\0\373\2\1\374\0\100\224\122\243\3\0\0\0\1a\300\2\0\1c\300\3"
                               "\376\3\373\1\0\0\1b\300\1\377";
    rk_slice bytes = rk_buf_slice(&s.bytes);
    CU_ASSERT(s.ok && s.told.keys == 3 && s.told.version == 11);
    CU_ASSERT_STRING_EQUAL(s.text, "string:'a'@4000000000000{'2'} string:'c'{'3'} db 3 string:'b'{'1'}");
    CU_ASSERT(rk_slice_starts(bytes, BYTES(head)));
    CU_ASSERT(rk_slice_ends(rk_slice_head(bytes, bytes.len - 8), BYTES(rest)));
    free_saved(&s);
    s = save_again(replay, (rk_keyspace_save_options){ .server = RK_TEXT("9.1.2"), .valkey = true });
    CU_ASSERT(s.ok && rk_slice_find(rk_buf_slice(&s.bytes), RK_TEXT("\372\12valkey-ver\0059.1.2"), 0) == 9);
    free_saved(&s);
    rk_replay_close(replay);
    rk_buf_free(&resp);
}

/* ---- bases ------------------------------------------------------------------------------------------------ */

/* Type bytes by their names, in the order of the keys; they stand in the bytes right before them. */
static uint8_t byte_before(const saved *s, rk_slice name)
{
    size_t at = rk_slice_find(rk_buf_slice(&s->bytes), name, 0);
    return at == SIZE_MAX ? 0xff : s->bytes.ptr[at - 1];
}

/* A quicklist, a listpack of pairs, a sorted set with binary scores, a stream of 7.0, a value of a module. */
#define BASE                                                                                                 \
    "REDIS0011"                                                                                              \
    "\22\4list\1\2\15\15\0\0\0\2\0\201a\2\201b\2\377"                                                        \
    "\374\0\100\224\122\243\3\0\0\20\4hash\15\15\0\0\0\2\0\201f\2\201v\2\377"                                \
    "\5\4zset\1\1m\0\0\0\0\0\0\370\77"                                                                       \
    "\7\6module\201\265\353\55\377\372\335\154\1\1\1\0"                                                      \
    "\0\4text\1v" END
#define STATE                                                                                                \
    "list:'list'{'a' 'b'} hash:'hash'@4000000000000{'f'='v'} zset:'zset'{'m'=1.5} "                          \
    "module:'module'{module 'test__rdb' version 1 op 1 1 ''} string:'text'{'v'}"

static void untouched_values(void)
{
    rk_replay *replay = replay_of(BYTES(BASE));
    for (int round = 0; round < 2; round++) { /* the second time as the first */
        saved s = save_again(replay, (rk_keyspace_save_options){ 0 });
        CU_ASSERT(s.ok && s.told.version == 11);
        CU_ASSERT(byte_before(&s, RK_TEXT("\4list")) == 18 && byte_before(&s, RK_TEXT("\4hash")) == 16);
        CU_ASSERT(byte_before(&s, RK_TEXT("\4zset")) == 5 && byte_before(&s, RK_TEXT("\6module")) == 7);
        CU_ASSERT_STRING_EQUAL(s.text, STATE);
        free_saved(&s);
        s = save_again(replay, (rk_keyspace_save_options){ .plain = true });
        CU_ASSERT(s.ok && s.told.version == 8 && strcmp(s.told.why, "values of modules") == 0);
        CU_ASSERT(byte_before(&s, RK_TEXT("\4list")) == 1 && byte_before(&s, RK_TEXT("\4hash")) == 4);
        CU_ASSERT(byte_before(&s, RK_TEXT("\4zset")) == 3 && byte_before(&s, RK_TEXT("\6module")) == 7);
        CU_ASSERT_STRING_EQUAL(s.text, STATE);
        free_saved(&s);
    }
    rk_replay_close(replay);
}

static void renamed_and_changed(void)
{
    rk_replay *replay = replay_of(BYTES(BASE "*3\r\n$6\r\nRENAME\r\n$4\r\nlist\r\n$8\r\nnew name\r\n"
                                             "*4\r\n$4\r\nHSET\r\n$4\r\nhash\r\n$1\r\ng\r\n$1\r\nw\r\n"
                                             "*3\r\n$6\r\nRENAME\r\n$6\r\nmodule\r\n$1\r\nm\r\n"));
    saved s = save_again(replay, (rk_keyspace_save_options){ 0 });
    CU_ASSERT(s.ok);
    CU_ASSERT(byte_before(&s, RK_TEXT("\10new name")) == 18 && byte_before(&s, RK_TEXT("\4hash")) == 4);
    CU_ASSERT_STRING_EQUAL(
        s.text, "hash:'hash'@4000000000000{'f'='v' 'g'='w'} zset:'zset'{'m'=1.5} string:'text'{'v'} "
                "list:'new name'{'a' 'b'} module:'m'{module 'test__rdb' version 1 op 1 1 ''}");
    free_saved(&s);
    rk_replay_close(replay);
}

/* A reference to a template means nothing in another file; and type 22 is one thing to Redis, another to Valkey. */
static void values_that_mean_something_here_alone(void)
{
    rk_replay *replay = replay_of(BYTES("REDIS0015\362\5\2\1a\1b\40\1t\5\1x\1y" END));
    saved s = save_again(replay, (rk_keyspace_save_options){ 0 });
    CU_ASSERT(s.ok && s.told.version == 11 && byte_before(&s, RK_TEXT("\1t")) == 4);
    CU_ASSERT_STRING_EQUAL(s.text, "hash:'t'{'a'='x' 'b'='y'}");
    free_saved(&s);
    rk_replay_close(replay);
    replay = replay_of(BYTES("VALKEY080\26\1h\1\1f\1v\0\100\224\122\243\3\0\0" END));
    s = save_again(replay, (rk_keyspace_save_options){ .valkey = true });
    CU_ASSERT(s.ok && s.told.version == 80 && s.told.valkey && byte_before(&s, RK_TEXT("\1h")) == 22);
    free_saved(&s);
    s = save_again(replay, (rk_keyspace_save_options){ .valkey = false });
    CU_ASSERT(s.ok && s.told.version == 12 && !s.told.valkey && byte_before(&s, RK_TEXT("\1h")) == 24);
    CU_ASSERT_STRING_EQUAL(s.text, "hash:'h'{'f'='v'@4000000000000}");
    free_saved(&s);
    rk_replay_close(replay);
}

static void metadata(void)
{
    rk_replay *replay = replay_of(BYTES("REDIS0013\363\1\10\365\304\50\5\1x\0\0\1k\1v" END));
    saved s = save_again(replay, (rk_keyspace_save_options){ .plain = true });
    CU_ASSERT(s.ok && s.told.version == 13 && strcmp(s.told.why, "metadata of keys") == 0);
    CU_ASSERT(rk_slice_find(rk_buf_slice(&s.bytes), BYTES("\363\1\10\365\304\50\5\1x\0\0\1k\1v"), 0) !=
              SIZE_MAX);
    free_saved(&s);
    rk_replay_close(replay);
}

/* ---- memory ----------------------------------------------------------------------------------------------- */

static void short_of_memory(void)
{
    rk_replay *replay = replay_of(BYTES(BASE));
    rk_code code = RK_NO_MEMORY;
    int64_t n = 0;
    for (; code == RK_NO_MEMORY && n < 10000; n++) {
        rk_err err = { 0 };
        rk_keyspace_save_options options = { .plain = n % 2 == 0 };
        rk_alloc_fail_after(n / 2);
        rk_sink *sink = rk_sink_open_temporary(&err);
        if (sink)
            rk_keyspace_save(rk_replay_keyspace(replay), sink, &options, &err);
        rk_alloc_fail_after(-1);
        rk_sink_close(sink);
        code = err.code;
    }
    CU_ASSERT(code == RK_OK && n > 6);
    saved s = save_again(replay, (rk_keyspace_save_options){ 0 });
    CU_ASSERT_STRING_EQUAL(s.text, STATE); /* what failed before has spoilt nothing */
    free_saved(&s);
    rk_replay_close(replay);
    starved("set a 1; rpush l a b; select 1; hset h f v; pexpireat h 4000000000000; function load \"#!lua "
            "name=a\\nx\"");
}

UNIT_MAIN("save", { "the version is the lowest that holds all", lowest_version },
          { "what no version holds together is told", what_does_not_go_together },
          { "what stands around the keys", around_the_keys },
          { "untouched values are copied, or written in plain encodings, and stay untouched",
            untouched_values },
          { "renamed values are copied, changed ones are not", renamed_and_changed },
          { "what means something in its file alone is written anew", values_that_mean_something_here_alone },
          { "metadata of keys", metadata }, { "short of memory", short_of_memory })
