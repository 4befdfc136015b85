/* Filters: words of ranges, patterns over binary names, what each kind of filter lets through. */
#include "rdbkit/filter.h"

#include "unit.h"

enum { NOW = 1000000000 };

/* ---- ranges --------------------------------------------------------------------------------------------------- */

typedef bool parse_range(const char *words, rk_range *range, rk_err *err);

typedef struct {
    const char *words;
    parse_range *parse;
    uint64_t least, most;
    const char *what; /* of the error, else NULL */
} range_row;

#define SIZES "a range of sizes is like 512, 10k-1.5M, 2G- or -100k, "
#define SLOTS "a range of slots is like 42, 0-8191, 8192- or -100, up to 16383, "

static void ranges(void)
{
    static const range_row rows[] = {
        { "512", rk_range_parse_bytes, 512, 512, NULL },
        { "0", rk_range_parse_bytes, 0, 0, NULL },
        { "10k-1.5M", rk_range_parse_bytes, 10240, 1572864, NULL },
        { "2G-", rk_range_parse_bytes, UINT64_C(2) << 30, UINT64_MAX, NULL },
        { "-100K", rk_range_parse_bytes, 0, 102400, NULL },
        { "18446744073709551615", rk_range_parse_bytes, UINT64_MAX, UINT64_MAX, NULL },
        { "18446744073709551616", rk_range_parse_bytes, 0, 0, SIZES "not '18446744073709551616'" },
        { "18446744073709551615k", rk_range_parse_bytes, 0, 0, SIZES "not '18446744073709551615k'" },
        { "", rk_range_parse_bytes, 0, 0, SIZES "not ''" },
        { "-", rk_range_parse_bytes, 0, 0, SIZES "not '-'" },
        { "1-2-3", rk_range_parse_bytes, 0, 0, SIZES "not '1-2-3'" },
        { "1.k", rk_range_parse_bytes, 0, 0, SIZES "not '1.k'" },
        { ".5k", rk_range_parse_bytes, 0, 0, SIZES "not '.5k'" },
        { "1T", rk_range_parse_bytes, 0, 0, SIZES "not '1T'" },
        { " 1", rk_range_parse_bytes, 0, 0, SIZES "not ' 1'" },
        { "2k-1k", rk_range_parse_bytes, 0, 0, "the range '2k-1k' begins behind its end" },
        { "42", rk_range_parse_slots, 42, 42, NULL },
        { "0-16383", rk_range_parse_slots, 0, 16383, NULL },
        { "8192-", rk_range_parse_slots, 8192, 16383, NULL },
        { "0-16384", rk_range_parse_slots, 0, 0, SLOTS "not '0-16384'" },
        { "1k", rk_range_parse_slots, 0, 0, SLOTS "not '1k'" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const range_row *row = &rows[i];
        rk_range range;
        rk_err err = { 0 };
        bool ok = row->parse(row->words, &range, &err);
        CU_ASSERT_EQUAL(ok, row->what == NULL);
        if (ok)
            CU_ASSERT(range.set && range.least == row->least && range.most == row->most);
        if (row->what)
            CU_ASSERT_STRING_EQUAL(err.what, row->what);
        if (row->what)
            CU_ASSERT_EQUAL(err.code, RK_USAGE);
    }
}

#define TIMES "a time to live is none, any, expired, or a range like 1h-7d, 30d- or -60s, "

static void times_to_live(void)
{
    static const struct {
        const char *words;
        int kind;
        int64_t least, most;
        const char *what;
    } rows[] = {
        { "none", RK_TTL_NONE, 0, 0, NULL },
        { "any", RK_TTL_ANY, 0, 0, NULL },
        { "expired", RK_TTL_EXPIRED, 0, 0, NULL },
        { "1h-7d", RK_TTL_RANGE, 3600000, 604800000, NULL },
        { "-60s", RK_TTL_RANGE, 0, 60000, NULL },
        { "500ms-1.5m", RK_TTL_RANGE, 500, 90000, NULL },
        { "90-", RK_TTL_RANGE, 90000, INT64_MAX, NULL },
        { "1h", 0, 0, 0, TIMES "not '1h'" },
        { "soon-", 0, 0, 0, TIMES "not 'soon-'" },
        { "1h-99999999999999d", 0, 0, 0, TIMES "not '1h-99999999999999d'" },
        { "2h-1h", 0, 0, 0, "the range '2h-1h' begins behind its end" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_ttl_range ttl;
        rk_err err = { 0 };
        bool ok = rk_ttl_parse(rows[i].words, &ttl, &err);
        CU_ASSERT_EQUAL(ok, rows[i].what == NULL);
        if (ok)
            CU_ASSERT((int)ttl.kind == rows[i].kind && ttl.least_ms == rows[i].least &&
                      ttl.most_ms == rows[i].most);
        if (rows[i].what)
            CU_ASSERT_STRING_EQUAL(err.what, rows[i].what);
    }
}

static void types_and_databases(void)
{
    uint32_t types = 0, db = 9;
    rk_err err = { 0 };
    CU_ASSERT(rk_types_parse("string,zset", &types, &err) && types == (1u << RK_STRING | 1u << RK_ZSET));
    CU_ASSERT(rk_types_parse("other", &types, &err) && (types >> RK_OTHER & 1));
    CU_ASSERT_FALSE(rk_types_parse("string,", &types, &err));
    CU_ASSERT_STRING_EQUAL(err.what,
                           "a type is string, list, set, zset, hash, stream, module, array or other, not ''");
    err = (rk_err){ 0 };
    CU_ASSERT(rk_db_parse("15", &db, &err) && db == 15);
    CU_ASSERT_FALSE(rk_db_parse("-1", &db, &err));
    CU_ASSERT_STRING_EQUAL(err.what, "a database is a number from 0, not '-1'");
}

/* ---- what passes --------------------------------------------------------------------------------------------------- */

#define TEXTS(...)                                                                                           \
    (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)
#define NO_TEXTS NULL, 0

typedef struct {
    const char *const *keys;
    size_t key_count;
    const char *const *not_keys;
    size_t not_key_count;
    bool regex;
    rk_slice name;
    bool wanted;
} name_row;

static void names(void)
{
    const name_row rows[] = {
        { NO_TEXTS, NO_TEXTS, false, BYTES("any"), true },
        { TEXTS("queue:*"), NO_TEXTS, false, BYTES("queue:a"), true },
        { TEXTS("queue:*"), NO_TEXTS, false, BYTES("a queue:a"), false },
        { TEXTS("a", "b?"), NO_TEXTS, false, BYTES("bc"), true },
        { TEXTS("*"), TEXTS("cache:*"), false, BYTES("cache:1"), false },
        { NO_TEXTS, TEXTS("cache:*", "tmp"), false, BYTES("tmp"), false },
        { NO_TEXTS, TEXTS("cache:*", "tmp"), false, BYTES("tmpx"), true },
        { TEXTS("a?b"), NO_TEXTS, false, BYTES("a\0b"), true },
        { TEXTS("^user:[0-9]+$"), NO_TEXTS, true, BYTES("user:12"), true },
        { TEXTS("^user:[0-9]+$"), NO_TEXTS, true, BYTES("user:12x"), false },
        { TEXTS("er:1"), NO_TEXTS, true, BYTES("user:12"), true },
        { TEXTS("b$"), NO_TEXTS, true, BYTES("a\nb"), true },
        { TEXTS("^b"), NO_TEXTS, true, BYTES("a\nb"), false },
        { TEXTS("^b"), NO_TEXTS, true, BYTES("a\0b"), false },
        { TEXTS("b"), NO_TEXTS, true, BYTES("a\0b"), true },
        { TEXTS("^a.b$"), NO_TEXTS, true, BYTES("a\0b"), true },
        { TEXTS("^a.*b\\.$"), NO_TEXTS, true, BYTES("a\0\n\377b."), true },
        { TEXTS("^a[.]b$"), NO_TEXTS, true, BYTES("a\0b"), false },
        { TEXTS("a[^x]b"), NO_TEXTS, true, BYTES("a\0b"), true },
        { TEXTS("^.$"), NO_TEXTS, true, BYTES("\xff"), true },
        { TEXTS("^\xc3\xa9$"), NO_TEXTS, true, BYTES("\xc3\xa9"), true },
        { TEXTS("x|y"), NO_TEXTS, true, BYTES("ay"), true },
        { TEXTS("^$"), NO_TEXTS, true, BYTES(""), true },
        { TEXTS("[)(]"), NO_TEXTS, true, BYTES("a)"), true },
        { TEXTS("[])]"), NO_TEXTS, true, BYTES("a]"), true },
        { TEXTS("[[:digit:])]"), NO_TEXTS, true, BYTES("7"), true },
        { TEXTS("[\\1]"), NO_TEXTS, true, BYTES("1"), true },
        { TEXTS("\\(1\\)"), NO_TEXTS, true, BYTES("(1)"), true },
        { NO_TEXTS, TEXTS("^c", "d$"), true, BYTES("abcd"), false },
        { NO_TEXTS, TEXTS("^c", "d$"), true, BYTES("abc"), true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const name_row *row = &rows[i];
        rk_filter_options options = { .keys = row->keys,
                                      .key_count = row->key_count,
                                      .not_keys = row->not_keys,
                                      .not_key_count = row->not_key_count,
                                      .regex = row->regex };
        rk_err err = { 0 };
        rk_filter *filter = rk_filter_open(&options, &err);
        CU_ASSERT_PTR_NOT_NULL_FATAL(filter);
        rk_key key = { .name = row->name, .expire_ms = RK_NO_EXPIRY };
        if (rk_filter_wants(filter, &key) != row->wanted)
            printf("# row %zu\n", i);
        CU_ASSERT_EQUAL(rk_filter_wants(filter, &key), row->wanted);
        CU_ASSERT_EQUAL(rk_filter_wants_name(filter, key.name), row->wanted);
        rk_filter_close(filter);
    }
}

static void no_expressions(void)
{
    static const struct {
        const char *text, *what;
    } rows[] = {
        { "(a", "'(a' is no regular expression: Unmatched ( or \\(" },
        { "[a", "'[a' is no regular expression: Unmatched [, [^, [:, [., or [=" },
        { "a)b", "the regular expression 'a)b' has a ')' too many" },
        { "(a)\\1", "the regular expression '(a)\\1' has a back-reference" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_filter_options options = { .keys = &rows[i].text, .key_count = 1, .regex = true };
        rk_err err = { 0 };
        CU_ASSERT_PTR_NULL(rk_filter_open(&options, &err));
        CU_ASSERT_EQUAL(err.code, RK_USAGE);
        CU_ASSERT_STRING_EQUAL(err.what, rows[i].what);
    }
}

/* Tried at each byte, this would take 10^12 steps. */
static void long_names_take_one_pass(void)
{
    size_t len = 1000000;
    uint8_t *name = malloc(len);
    const char *text = "a.*b";
    rk_filter_options options = { .keys = &text, .key_count = 1, .regex = true };
    rk_err err = { 0 };
    rk_filter *filter = rk_filter_open(&options, &err);
    memset(name, 'a', len);
    CU_ASSERT_FALSE(rk_filter_wants_name(filter, (rk_slice){ name, len }));
    name[len - 1] = 'b';
    CU_ASSERT(rk_filter_wants_name(filter, (rk_slice){ name, len }));
    rk_filter_close(filter);
    free(name);
}

static void other_than_names(void)
{
    static const uint32_t two_dbs[] = { 3, 5 };
    static const struct {
        const char *name;
        rk_filter_options options;
        rk_key key;
        bool wanted;
    } rows[] = {
        { "type", { .types = 1u << RK_HASH }, { .type = RK_HASH }, true },
        { "other type", { .types = 1u << RK_HASH }, { .type = RK_LIST }, false },
        { "db", { .dbs = two_dbs, .db_count = 2 }, { .db = 5 }, true },
        { "other db", { .dbs = two_dbs, .db_count = 2 }, { .db = 4 }, false },
        { "none", { .ttl = { .kind = RK_TTL_NONE } }, { .expire_ms = RK_NO_EXPIRY }, true },
        { "none, has one", { .ttl = { .kind = RK_TTL_NONE } }, { .expire_ms = 1 }, false },
        { "any", { .ttl = { .kind = RK_TTL_ANY } }, { .expire_ms = 1 }, true },
        { "any, has none", { .ttl = { .kind = RK_TTL_ANY } }, { .expire_ms = RK_NO_EXPIRY }, false },
        { "expired", { .ttl = { .kind = RK_TTL_EXPIRED } }, { .expire_ms = NOW - 1 }, true },
        { "in its last ms", { .ttl = { .kind = RK_TTL_EXPIRED } }, { .expire_ms = NOW }, false },
        { "expired, has none", { .ttl = { .kind = RK_TTL_EXPIRED } }, { .expire_ms = RK_NO_EXPIRY }, false },
        { "at the low end", { .ttl = { RK_TTL_RANGE, 10, 20 } }, { .expire_ms = NOW + 10 }, true },
        { "below", { .ttl = { RK_TTL_RANGE, 10, 20 } }, { .expire_ms = NOW + 9 }, false },
        { "at the high end", { .ttl = { RK_TTL_RANGE, 10, 20 } }, { .expire_ms = NOW + 20 }, true },
        { "above", { .ttl = { RK_TTL_RANGE, 10, 20 } }, { .expire_ms = NOW + 21 }, false },
        { "range, has none",
          { .ttl = { RK_TTL_RANGE, 0, INT64_MAX } },
          { .expire_ms = RK_NO_EXPIRY },
          false },
        { "range, long past", { .ttl = { RK_TTL_RANGE, 0, 9 } }, { .expire_ms = INT64_MIN + 1 }, false },
        { "slot", { .slots = { true, 0, 100 } }, { .db = 0 }, true },
        { "other slot", { .slots = { true, 1, 100 } }, { .db = 0 }, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_filter_options options = rows[i].options;
        rk_key key = rows[i].key;
        rk_err err = { 0 };
        options.now_ms = NOW;
        key.name = RK_EMPTY; /* slot 0 */
        rk_filter *filter = rk_filter_open(&options, &err);
        if (rk_filter_wants(filter, &key) != rows[i].wanted)
            printf("# %s\n", rows[i].name);
        CU_ASSERT_EQUAL(rk_filter_wants(filter, &key), rows[i].wanted);
        rk_filter_close(filter);
    }
    CU_ASSERT(rk_filter_wants(NULL, &rows[0].key));
}

static void no_memory(void)
{
    const char *texts[] = { "a", "b+" };
    rk_filter_options options = { .keys = texts, .key_count = 2, .regex = true };
    bool opened = false;
    for (int64_t n = 0; !opened && n < 100; n++) {
        rk_err err = { 0 };
        rk_alloc_fail_after(n);
        rk_filter *filter = rk_filter_open(&options, &err);
        rk_alloc_fail_after(-1);
        opened = filter != NULL;
        CU_ASSERT(opened || err.code == RK_NO_MEMORY);
        rk_filter_close(filter);
    }
    CU_ASSERT(opened);
}

UNIT_MAIN("filter", { "ranges of sizes and slots", ranges }, { "times to live", times_to_live },
          { "types and databases", types_and_databases }, { "names", names },
          { "what is no regular expression", no_expressions },
          { "a long name takes one pass", long_names_take_one_pass },
          { "types, databases, expiries, slots", other_than_names }, { "no memory", no_memory })
