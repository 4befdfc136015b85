/* test_restore: RESTORE: values of every type, its words, and payloads that are not sound. */
#include "dumped.h"
#include "starved.h"

static void expect(const char *name, replayed r, const char *state, const char *outcomes)
{
    if (strcmp(r.state, state) != 0)
        replayed_differs(name, "state", r.state, state);
    if (strcmp(r.outcomes, outcomes) != 0)
        replayed_differs(name, "outcomes", r.outcomes, outcomes);
    CU_PASS("");
    replayed_free(&r);
}

/* What servers wrote (spec: RDB, "DUMP payload"). */
static void vectors(void)
{
    expect("version 11",
           dumped_replay("restore k 0", "\"\\x00\\x01v\\x0b\\x00\\xf8\\xd7s\\xc1\\xe4\\xa7cG\"", "", false),
           "string:'k'{'v'}", "D");
    expect("version 6",
           dumped_replay("restore k 0", "\"\\x00\\x01v\\x06\\x00\\x07\\xe5\\xa62\\xecm\\xb6]\"", "", false),
           "string:'k'{'v'}", "D");
}

static void types(void)
{
    static const struct {
        const char *name;
        rk_slice value;
        unsigned version;
        const char *state;
    } rows[] = {
        { "an integer", BYTES("\0\300\7"), 11, "string:'k'{'7'}" },
        { "an empty string", BYTES("\0\0"), 11, "string:'k'{''}" },
        { "LZF", BYTES("\0\303\11\62\1yy\340\45\0\1yy"), 11,
          "string:'k'{'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'}" },
        { "a list", BYTES("\1\2\1a\1b"), 6, "list:'k'{'a' 'b'}" },
        { "a quicklist of listpacks", BYTES("\22\1\2\15\15\0\0\0\2\0\201a\2\201b\2\377"), 11,
          "list:'k'{'a' 'b'}" },
        { "a set", BYTES("\2\1\1m"), 6, "set:'k'{'m'}" },
        { "an intset", BYTES("\13\14\2\0\0\0\2\0\0\0\1\0\2\0"), 11, "set:'k'{'1' '2'}" },
        { "a sorted set", BYTES("\5\1\1m\0\0\0\0\0\0\370\77"), 11, "zset:'k'{'m'=1.5}" },
        { "a hash", BYTES("\4\1\1f\1v"), 11, "hash:'k'{'f'='v'}" },
        { "a hash with an expiry in a field, of Redis", BYTES("\30\0\100\224\122\243\3\0\0\1\1\1f\1v"), 12,
          "hash:'k'{'f'='v'@4000000000000}" },
        { "a hash with an expiry in a field, of Valkey", BYTES("\26\1\1f\1v\0\100\224\122\243\3\0\0"), 80,
          "hash:'k'{'f'='v'@4000000000000}" },
        { "a template hash that brings its own fields", BYTES("\37\1\1\1f\1v"), 15, "hash:'k'{'f'='v'}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int sum = 0; sum < 2; sum++)
            expect(rows[i].name,
                   dumped_replay("restore k 0", dumped(rows[i].value, rows[i].version, sum), "", false),
                   rows[i].state, "D");
}

static void words(void)
{
    const char *v = dumped(BYTES("\0\1v"), 11, 1), *none = "";
    expect("an expiry", dumped_replay("restore k 4000000000000", v, "absttl", false),
           "string:'k'@4000000000000{'v'}", "D");
    expect("a span after an annotation", dumped_replay("#TS:1700000000\nrestore k 5000", v, none, false),
           "string:'k'@1700000005000{'v'}", "D");
    replayed r = dumped_replay("restore k 5000", v, none, false);
    CU_ASSERT(r.info.relative_time);
    expect("a span from nowhere", r, "string:'k'{'v'}", "D");
    r = dumped_replay("restore k 4000000000000", v, "ABSTTL", false);
    CU_ASSERT(!r.info.relative_time);
    replayed_free(&r);
    expect("how it was used", dumped_replay("restore-asking k 0", v, "REPLACE IDLETIME 7 FREQ 3", false),
           "string:'k'{'v'}", "D");
    expect("there already", dumped_replay("rpush k a; restore k 0", v, none, false), "list:'k'{'a'}", "DF");
    expect("replaced",
           dumped_replay("rpush k a; pexpireat k 4000000000000; restore k 0", v, "replace", false),
           "string:'k'{'v'}", "DDD");
    expect("in another database", dumped_replay("select 3; restore k 0", v, "; select 0; set k 1", false),
           "string:'k'{'1'} db 3 string:'k'{'v'}", "DDDD");
    expect("no such word", dumped_replay("restore k 0", v, "soon", false), "", "F");
    expect("no number behind a word", dumped_replay("restore k 0", v, "freq", false), "", "F");
    expect("no time to live", dumped_replay("restore k x", v, none, false), "", "F");
    expect("a negative time to live", dumped_replay("restore k -1", v, none, false), "", "F");
}

static void unsound(void)
{
    static const struct {
        const char *name;
        rk_slice value;
        unsigned version;
        int sum;
        const char *what;
    } rows[] = {
        { "a wrong checksum", BYTES("\0\1v"), 11, 2, "the checksum of the payload is" },
        { "no version", BYTES("\0\1v"), 0, 1, "the payload has the RDB version 0" },
        { "no value", BYTES(""), 11, 1, "the next record takes 1 bytes, 0 remain" },
        { "a value that is cut off", BYTES("\1\2\1a"), 11, 1, "list item takes 1 bytes, 0 remain" },
        { "bytes behind the value", BYTES("\0\1vx"), 11, 1, "1 bytes stand behind the value" },
        { "a list of nothing", BYTES("\1\0"), 11, 1, "the value has no elements" },
        { "a type that is not known", BYTES("\142\1v"), 11, 1, "byte 0x62 is no known type or opcode" },
        { "an expiry within", BYTES("\374\0\0\0\0\0\0\0\1\0\1v"), 11, 1, "the payload holds no value" },
        { "no key but a field of AUX", BYTES("\372\1a\1b"), 11, 1, "the payload holds no value" },
        { "a reference to a template", BYTES("\40\0\1v"), 15, 1, "the payload holds no value" },
        { "LZF that lies", BYTES("\0\303\2\62\1y"), 11, 1, "" },
        { "a member twice", BYTES("\13\14\2\0\0\0\2\0\0\0\2\0\1\0"), 11, 1, "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        replayed r = dumped_replay("set other 1; rpush k a; restore k 0",
                                   dumped(rows[i].value, rows[i].version, rows[i].sum), "replace", false);
        if (!strstr(r.info.failed_first.what, rows[i].what))
            replayed_differs(rows[i].name, "what", r.info.failed_first.what, rows[i].what);
        expect(rows[i].name, r, "string:'other'{'1'} list:'k'{'a'}", "DDF");
    }
    expect("nothing at all", replay_text("restore k 0 short", false), "", "F");
}

static void metadata(void)
{
    /* one class, one string; then the type byte */
    const char *with = dumped(BYTES("\363\1\10\365\304\50\5\1x\0\0\1v"), 14, 1);
    replayed r = dumped_replay("restore k 0", with, "", false);
    CU_ASSERT_STRING_EQUAL(r.outcomes, "D");
    CU_ASSERT(strncmp(r.state, "string:'k'", 10) == 0 && strstr(r.state, "{'v'}") && strstr(r.state, "meta"));
    replayed_free(&r);
}

static void modules(void)
{
    /* test__rdb, version 1: what it holds only its module knows */
    const char *value = dumped(BYTES("\7\201\265\353\55\377\372\335\154\1\1\1\0"), 11, 1);
    replayed r = dumped_replay("set k 1; restore k 0", value, "replace", false);
    CU_ASSERT_STRING_EQUAL(r.outcomes, "DO");
    CU_ASSERT_STRING_EQUAL(r.state, "");
    CU_ASSERT(r.info.opaque == 1 && strstr(r.info.opaque_first.what, "restores 'k', a value that only"));
    replayed_free(&r);
}

static void effects(void)
{
    const char *list = dumped(BYTES("\1\2\1a\1b"), 11, 1);
    replayed r = dumped_replay("set k 1; restore k 4000000000000", list, "replace absttl", true);
    CU_ASSERT_STRING_EQUAL(
        r.effects,
        "string k '1', gone k of 1, in k 'a' whole, in k 'b' whole, expiry k 4000000000000");
    replayed_free(&r);
}

static void short_of_memory(void)
{
    char commands[4096];
    snprintf(commands, sizeof commands, "set k 1; restore k 0 %s replace; restore l 0 %s",
             dumped(BYTES("\4\1\1f\24vvvvvvvvvvvvvvvvvvvv"), 11, 1),
             dumped(BYTES("\363\1\10\365\304\50\5\1x\0\1\2\24aaaaaaaaaaaaaaaaaaaa\1b"), 14, 1));
    starved(commands);
}

UNIT_MAIN("restore", { "what servers wrote", vectors }, { "each type, with a checksum and without", types },
          { "its words", words }, { "a payload that is not sound fails, and changes nothing", unsound },
          { "metadata of the key come along", metadata },
          { "a value of a module cannot be restored, and that is told", modules },
          { "what it did is told", effects }, { "short of memory", short_of_memory })
