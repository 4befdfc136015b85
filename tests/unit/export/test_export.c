/* test_export: what each format writes of small snapshots, whole and damaged; how it ends. */
#include <unistd.h>

#include "told.h"
#include "unit.h"

/* A snapshot of RDB version 11 with these records, without a checksum. */
static rk_buf file_of(rk_slice records)
{
    rk_buf file = { 0 };
    rk_err err = { 0 };
    rk_buf_add(&file, RK_TEXT("REDIS0011"), &err);
    rk_buf_add(&file, records, &err);
    rk_buf_add(&file, BYTES("\377\0\0\0\0\0\0\0\0"), &err);
    return file;
}

static rk_buf tell(const rk_buf *file, size_t step, const rk_export_options *options, rk_err *err)
{
    return told_by(rk_source_memory(rk_buf_slice(file), step, err), options, err);
}

typedef struct {
    const char *name;
    rk_slice records;
    rk_export_options options;
    rk_slice text;
} export_row;

static void check_rows(const export_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t step = 0; step < 2; step++) { /* at once, and a byte at a time */
            rk_err err = { 0 };
            rk_export_options options = rows[i].options;
            if (!options.limit)
                options.limit = UINT64_MAX;
            rk_buf file = file_of(rows[i].records), told = tell(&file, step, &options, &err);
            bool same = err.code == RK_OK && rk_slice_is(rk_buf_slice(&told), rows[i].text);
            if (!same)
                printf("# %s: %s\n# %.*s\n", rows[i].name, err.what, (int)told.len, (const char *)told.ptr);
            CU_ASSERT(same);
            rk_buf_free(&file);
            rk_buf_free(&told);
        }
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(rows)[0])
#define NDJSON                                                                                               \
    {                                                                                                        \
        .format = RK_EXPORT_NDJSON                                                                           \
    }
#define HEAD(name, type, encoding)                                                                           \
    "{\"db\":0,\"key\":\"" name "\",\"type\":\"" type "\",\"encoding\":\"" encoding                          \
    "\",\"expire_ms\":null,\"value\":"

/* Keys with odd names: a newline, a quote, bytes that are no UTF-8, a byte 0, none. */
#define ODD_NAMES                                                                                            \
    "\0\3a\nb\1v"                                                                                            \
    "\0\3a\"b\1v"                                                                                            \
    "\0\3a\377b\1v"                                                                                          \
    "\0\3a\0b\1v"                                                                                            \
    "\0\0\1v"                                                                                                \
    "\0\4\303\274'\\\1v"

static void attributes(void)
{
    static const export_row rows[] = {
        { "no key", BYTES(""), NDJSON, BYTES("") },
        { "a string", BYTES("\0\1k\1v"), NDJSON, BYTES(HEAD("k", "string", "string") "\"v\"}\n") },
        { "expiry and idle time in db 3", BYTES("\376\3\374\350\3\0\0\0\0\0\0\370\5\0\1k\1v"), NDJSON,
          BYTES("{\"db\":3,\"key\":\"k\",\"type\":\"string\",\"encoding\":\"string\",\"expire_ms\":1000,"
                "\"idle_s\":5,"
                "\"value\":\"v\"}\n") },
        { "LFU counter", BYTES("\371\7\0\1k\1v"), NDJSON,
          BYTES("{\"db\":0,\"key\":\"k\",\"type\":\"string\",\"encoding\":\"string\",\"expire_ms\":null,"
                "\"freq\":7,"
                "\"value\":\"v\"}\n") },
        { "an integer", BYTES("\0\1k\300\377"), NDJSON, BYTES(HEAD("k", "string", "string") "\"-1\"}\n") },
    };
    CHECK_ROWS(rows);
}

static void orders(void)
{
    static const export_row rows[] = {
        { "an empty list and set", BYTES("\1\1k\0\2\1s\0"), NDJSON,
          BYTES(HEAD("k", "list", "list") "[]}\n" HEAD("s", "set", "hash table") "[]}\n") },
        { "a list as it is", BYTES("\1\1k\3\1b\1a\1c"), NDJSON,
          BYTES(HEAD("k", "list", "list") "[\"b\",\"a\",\"c\"]}\n") },
        { "a set by bytes", BYTES("\2\1k\6\2ab\1b\1a\0\1\377\11abcdefghi"), NDJSON,
          BYTES(HEAD("k", "set",
                     "hash table") "[\"\",\"a\",\"ab\",\"abcdefghi\",\"b\",{\"b64\":\"/w==\"}]}\n") },
        { "two members that are empty", BYTES("\2\1k\2\0\0"), NDJSON,
          BYTES(HEAD("k", "set", "hash table") "[\"\",\"\"]}\n") },
        { "a set of many", BYTES("\2\1k\16\1n\1m\1l\1k\1j\1i\1h\1g\1f\1e\1d\1c\1b\1a"), NDJSON,
          BYTES(HEAD("k", "set", "hash table") "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\","
                                               "\"k\",\"l\",\"m\",\"n\"]}\n") },
        { "a hash by field", BYTES("\4\1k\2\1b\0011\1a\0012"), NDJSON,
          BYTES(HEAD("k", "hash", "hash table") "[[\"a\",\"2\",null],[\"b\",\"1\",null]]}\n") },
        { "a sorted set by score and bytes",
          BYTES("\3\1k\6\1c\0011\1b\0011\1a\3-\060.\1i\376\1n\377\1z\3\061.5"), NDJSON,
          BYTES(HEAD("k", "zset",
                     "skiplist with text scores") "[[\"n\",\"-inf\"],[\"a\",\"-0\"],[\"b\",\"1\"],[\"c\","
                                                  "\"1\"],[\"z\",\"1.5\"],[\"i\",\"inf\"]]}\n") },
    };
    CHECK_ROWS(rows);
}

static void odd_names(void)
{
    static const export_row rows[] = {
        { "ndjson", BYTES("\0\3a\nb\1v\0\3a\377b\1v"), NDJSON,
          BYTES(HEAD("a\\nb", "string", "string") "\"v\"}\n"
                                                  "{\"db\":0,\"key\":{\"b64\":\"Yf9i\"},\"type\":\"string\","
                                                  "\"encoding\":\"string\",\"expire_ms\":null,"
                                                  "\"value\":\"v\"}\n") },
        { "keys",
          BYTES(ODD_NAMES),
          { .format = RK_EXPORT_KEYS },
          BYTES("a\\x0ab\na\"b\na\\xffb\na\\x00b\n\n\303\274'\\x5c\n") },
        { "keys that steer a terminal",
          BYTES("\0\5\302\233\033\177\302\1v"),
          { .format = RK_EXPORT_KEYS },
          BYTES("\\xc2\\x9b\\x1b\\x7f\\xc2\n") },
        { "keys ended by zero",
          BYTES(ODD_NAMES),
          { .format = RK_EXPORT_KEYS, .null_ends = true },
          BYTES("a\nb\0a\"b\0a\377b\0a\0b\0\0\303\274'\\\0") },
        { "csv",
          BYTES(ODD_NAMES),
          { .format = RK_EXPORT_CSV },
          BYTES("db,key,key_b64,type,encoding,expire_ms,idle_s,freq,elements,bytes,offset,slot\r\n"
                "0,\"a\nb\",,string,string,,,,1,7,9,3956\r\n"
                "0,\"a\"\"b\",,string,string,,,,1,7,16,59\r\n"
                "0,,Yf9i,string,string,,,,1,7,23,9024\r\n"
                "0,,YQBi,string,string,,,,1,7,30,8383\r\n"
                "0,\"\",,string,string,,,,1,4,37,0\r\n"
                "0,\"\303\274'\\\",,string,string,,,,1,8,41,10222\r\n") },
    };
    CHECK_ROWS(rows);
}

static void arrays_of_json(void)
{
    static const export_row rows[] = {
        { "no key", BYTES(""), { .format = RK_EXPORT_JSON }, BYTES("[]\n") },
        { "one key",
          BYTES("\0\1k\1v"),
          { .format = RK_EXPORT_JSON },
          BYTES("[\n" HEAD("k", "string", "string") "\"v\"}\n]\n") },
        { "two keys",
          BYTES("\0\1k\1v\0\1l\1w"),
          { .format = RK_EXPORT_JSON },
          BYTES(
              "[\n" HEAD("k", "string", "string") "\"v\"},\n" HEAD("l", "string", "string") "\"w\"}\n]\n") },
        { "one of two",
          BYTES("\0\1k\1v\0\1l\1w"),
          { .format = RK_EXPORT_JSON, .limit = 1 },
          BYTES("[\n" HEAD("k", "string", "string") "\"v\"}\n]\n") },
    };
    CHECK_ROWS(rows);
}

/* The first record has 5 bytes, the second 10 with an expiry, the third 6. */
static void sizes(void)
{
    static const rk_slice three = BYTES("\0\1k\1v\375\377\377\377\177\0\1l\1w\2\1m\1\1x");
    static const char head[] =
        "db,key,key_b64,type,encoding,expire_ms,idle_s,freq,elements,bytes,offset,slot\r\n";
    const struct {
        rk_range size;
        const char *keys, *csv;
    } rows[] = {
        { { true, 0, 5 }, "k\n", "0,\"k\",,string,string,,,,1,5,9,7629\r\n" },
        { { true, 6, 9 }, "m\n", "0,\"m\",,set,hash table,,,,1,6,24,15627\r\n" },
        { { true, 10, 10 }, "l\n", "0,\"l\",,string,string,2147483647000,,,1,10,19,11562\r\n" },
        { { true, 11, UINT64_MAX }, "", "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char csv[400];
        rk_err err = { 0 };
        snprintf(csv, sizeof csv, "%s%s", head, rows[i].csv);
        rk_export_options keys = { .format = RK_EXPORT_KEYS, .limit = UINT64_MAX, .size = rows[i].size };
        rk_export_options list = { .format = RK_EXPORT_CSV, .limit = UINT64_MAX, .size = rows[i].size };
        rk_buf file = file_of(three), told = tell(&file, 0, &keys, &err), table = tell(&file, 1, &list, &err);
        CU_ASSERT(err.code == RK_OK && rk_slice_is(rk_buf_slice(&told), rk_slice_of(rows[i].keys)));
        CU_ASSERT(rk_slice_is(rk_buf_slice(&table), rk_slice_of(csv)));
        if (!rk_slice_is(rk_buf_slice(&table), rk_slice_of(csv)))
            printf("# %.*s# %s\n", (int)table.len, (const char *)table.ptr, csv);
        rk_buf_free(&file);
        rk_buf_free(&told);
        rk_buf_free(&table);
    }
}

/* ---- damage --------------------------------------------------------------------------------------------------- */

static rk_buf cut(rk_buf file, size_t bytes)
{
    file.len -= bytes;
    return file;
}

static bool parses(const rk_buf *told)
{
    char why[8];
    json_t *json = told_parse(rk_buf_slice(told), why, sizeof why);
    json_decref(json);
    return json != NULL;
}

static void damage_is_told(void)
{
    /* a key that is whole, then a list that ends in its second item */
    rk_buf file = cut(file_of(BYTES("\0\1k\1v\1\1l\3\1a\5bc")), 9);
    rk_err err = { 0 };
    rk_export_options options = { .limit = UINT64_MAX };
    rk_buf told = tell(&file, 0, &options, &err);
    CU_ASSERT(err.code == RK_TRUNCATED && err.has_offset);
    CU_ASSERT_STRING_EQUAL(err.where, "list 'l' in db 0");
    rk_slice whole = RK_TEXT(HEAD("k", "string", "string") "\"v\"}\n"), text = rk_buf_slice(&told);
    CU_ASSERT(rk_slice_starts(text, whole));
    CU_ASSERT(rk_slice_ends(text, RK_TEXT("\n")) && !rk_slice_ends(text, RK_TEXT("}\n")));
    rk_buf_free(&told);

    static const rk_export_format formats[] = { RK_EXPORT_JSON, RK_EXPORT_CSV };
    for (size_t i = 0; i < 2; i++) {
        err = (rk_err){ 0 };
        options.format = formats[i];
        told = tell(&file, 0, &options, &err);
        CU_ASSERT(err.code == RK_TRUNCATED && told.len > 0 && !parses(&told));
        rk_buf_free(&told);
    }
    rk_buf_free(&file);
}

/* Sound keys, and yet the array must not look whole: the end is cut off, or the checksum does not hold. */
static void json_stays_open(void)
{
    static const rk_slice ends[] = { BYTES("REDIS0011\0\1k\1v"),
                                     BYTES("REDIS0011\0\1k\1v\377\1\2\3\4\5\6\7\10"),
                                     BYTES("REDIS0011\0\1k\1v\377\1\2"), BYTES("REDIS0011\0\1k\1v\242rest"),
                                     BYTES("REDIS0011\0\1k\1v\242") };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        rk_err err = { 0 };
        rk_export_options options = { .format = RK_EXPORT_JSON, .limit = UINT64_MAX };
        rk_buf told = told_by(rk_source_memory(ends[i], 0, &err), &options, &err);
        CU_ASSERT(rk_slice_ends(rk_buf_slice(&told), RK_TEXT("\"v\"}")) && !parses(&told));
        rk_buf_free(&told);
    }
}

/* ---- large values --------------------------------------------------------------------------------------------- */

/* A set of a..., one letter ten thousand times each, in descending order: 7 MB. */
static rk_buf large_set(void)
{
    enum { MEMBERS = 700, LENGTH = 10000 };
    rk_err err = { 0 };
    char *member = malloc(LENGTH);
    rk_buf file = { 0 };
    rk_buf_add(&file, BYTES("REDIS0011\2\1k\102\274"), &err); /* 700 members */
    for (unsigned i = 0; member && i < MEMBERS; i++) {
        memset(member, 'a', LENGTH);
        snprintf(member, LENGTH, "%04u", MEMBERS - i);
        member[4] = 'a';
        rk_buf_add(&file, BYTES("\147\20"), &err); /* 10000 bytes follow */
        rk_buf_add(&file, (rk_slice){ (uint8_t *)member, LENGTH }, &err);
    }
    rk_buf_add(&file, BYTES("\377\0\0\0\0\0\0\0\0"), &err);
    free(member);
    return file;
}

static void large_values_are_not_held(void)
{
    char why[200] = "";
    rk_err err = { 0 };
    size_t i;
    json_t *member;
    rk_export_options options = { .limit = UINT64_MAX };
    rk_buf file = large_set();
    rk_source *source = rk_source_memory(rk_buf_slice(&file), 0, &err);
    rk_snapshot *snapshot = rk_snapshot_open_source(source, &err);
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    rk_alloc_largest();
    CU_ASSERT(rk_export_write(snapshot, &options, out, &err));
    CU_ASSERT(rk_alloc_largest() <= 8u << 20);
    fclose(out);
    json_t *json = told_parse((rk_slice){ (uint8_t *)text, len }, why, sizeof why);
    json_t *members = json_object_get(json, "value");
    CU_ASSERT(json_array_size(members) == 700);
    json_array_foreach(members, i, member)
    {
        char wanted[8];
        snprintf(wanted, sizeof wanted, "%04zu", 700 - i);
        CU_ASSERT(json_string_length(member) == 10000 && strncmp(json_string_value(member), wanted, 4) == 0);
    }
    json_decref(json);
    free(text);
    rk_snapshot_close(snapshot);
    rk_buf_free(&file);
}

/* ---- outputs and memory --------------------------------------------------------------------------------------- */

static void a_full_disk_stops_it(void)
{
    rk_err err = { 0 };
    rk_export_options options = { .limit = UINT64_MAX };
    rk_buf file = large_set();
    rk_snapshot *snapshot = rk_snapshot_open_source(rk_source_memory(rk_buf_slice(&file), 0, &err), &err);
    FILE *full = fopen("/dev/full", "w");
    rk_export *run = rk_export_open(&options, full, &err);
    CU_ASSERT_FATAL(run != NULL);
    CU_ASSERT(rk_export_snapshot(run, snapshot, &err) && err.code == RK_OK);
    CU_ASSERT(ferror(full) && rk_export_is_done(run));
    rk_export_finish(run);
    rk_export_close(run);
    fclose(full);
    rk_snapshot_close(snapshot);
    rk_buf_free(&file);
}

static void several_snapshots_are_one_array(void)
{
    char *text = NULL;
    size_t len = 0;
    rk_err err = { 0 };
    rk_export_options options = { .format = RK_EXPORT_JSON, .limit = 3 };
    FILE *out = open_memstream(&text, &len);
    rk_export *run = rk_export_open(&options, out, &err);
    rk_buf file = file_of(BYTES("\0\1k\1v\0\1l\1w"));
    for (int i = 0; i < 2; i++) {
        CU_ASSERT(!rk_export_is_done(run));
        rk_snapshot *snapshot = rk_snapshot_open_source(rk_source_memory(rk_buf_slice(&file), 0, &err), &err);
        CU_ASSERT(rk_export_snapshot(run, snapshot, &err));
        rk_snapshot_close(snapshot);
    }
    CU_ASSERT(rk_export_is_done(run));
    rk_export_finish(run);
    rk_export_close(run);
    fclose(out);
    json_t *json = told_parse((rk_slice){ (uint8_t *)text, len }, NULL, 0);
    CU_ASSERT(json_array_size(json) == 3);
    json_decref(json);
    free(text);
    rk_buf_free(&file);
}

/* For every n the n-th allocation fails: an error, or the same text. */
static void memory_may_be_short(void)
{
    static const char *const paths[] = { "testdata/redis-7.4.1-functions.rdb",
                                         "testdata/redis-8.7-dev-20260625-vsets.rdb",
                                         "testdata/redis-4.0.14-repl.rdb" };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        for (unsigned format = RK_EXPORT_NDJSON; format <= RK_EXPORT_CSV; format++) {
            rk_err err = { 0 };
            rk_export_options options = { .format = (rk_export_format)format,
                                          .limit = UINT64_MAX,
                                          .size = { i == 0, 0, UINT64_MAX } };
            rk_buf whole = told_by(rk_source_open(paths[i], NULL, &err), &options, &err);
            CU_ASSERT(err.code == RK_OK && whole.len > 0);
            bool failed = true;
            for (int64_t n = 0; failed; n++) {
                err = (rk_err){ 0 };
                rk_alloc_fail_after(n);
                rk_source *source = rk_source_open(paths[i], NULL, &err);
                rk_buf told = told_by(source, &options, &err);
                rk_alloc_fail_after(-1);
                failed = err.code != RK_OK;
                CU_ASSERT(!failed || err.code == RK_NO_MEMORY);
                CU_ASSERT(failed || told.len == 0 || rk_slice_is(rk_buf_slice(&told), rk_buf_slice(&whole)));
                rk_buf_free(&told);
            }
            rk_buf_free(&whole);
        }
}

/* ---- redaction ------------------------------------------------------------------------------------------------ */

static void tokens_instead_of_names_and_values(void)
{
    char path[] = "/tmp/rdbkit-test-XXXXXX";
    int fd = mkstemp(path);
    rk_err err = { 0 };
    CU_ASSERT_FATAL(fd >= 0 && write(fd, "0123456789abcdef", 16) == 16);
    close(fd);
    rk_redactor *redactor = rk_redactor_open(path, true, true, &err);
    unlink(path);
    CU_ASSERT_FATAL(redactor != NULL);
    rk_buf file = file_of(BYTES("\0\6secret\6secret\4\6secret\1\6secret\6SECRET"));
    for (unsigned format = RK_EXPORT_NDJSON; format <= RK_EXPORT_KEYS; format++) {
        rk_export_options options = { .format = (rk_export_format)format,
                                      .limit = UINT64_MAX,
                                      .redactor = redactor };
        if (format == RK_EXPORT_RESP)
            continue;
        rk_buf told = tell(&file, 0, &options, &err);
        CU_ASSERT(err.code == RK_OK && rk_slice_find(rk_buf_slice(&told), RK_TEXT("r:"), 0) != SIZE_MAX);
        CU_ASSERT(rk_slice_find(rk_buf_slice(&told), RK_TEXT("secret"), 0) == SIZE_MAX);
        CU_ASSERT(rk_slice_find(rk_buf_slice(&told), RK_TEXT("SECRET"), 0) == SIZE_MAX);
        rk_buf_free(&told);
    }
    rk_buf_free(&file);
    rk_redactor_close(redactor);
}

UNIT_MAIN("export", { "what stands beside a value", attributes }, { "values in their order", orders },
          { "odd names in every format", odd_names }, { "an array of JSON", arrays_of_json },
          { "keys by the size of their record", sizes }, { "damage is told", damage_is_told },
          { "JSON that is not whole stays open", json_stays_open },
          { "large values are not held", large_values_are_not_held },
          { "a full disk stops it", a_full_disk_stops_it },
          { "several snapshots are one array", several_snapshots_are_one_array },
          { "memory may be short", memory_may_be_short },
          { "tokens instead of names and values", tokens_instead_of_names_and_values })
