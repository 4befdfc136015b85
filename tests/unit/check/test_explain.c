/* test_explain: annotated bytes: what is told of each byte of crafted snapshots; and of every byte of many files, that
 * something is told of it, in order, whatever the damage. */
#include "../rdb/rows.h"
#include "../snapshot/corpus.h"
#include "explain_holds.h"
#include "rdbkit/check_report.h"

static rk_explain *explain(rk_slice bytes, uint64_t offset, uint64_t span, rk_err *err)
{
    rk_explain_options options = { .span = span };
    rk_source *source = rk_source_memory(bytes, 0, err);
    return source ? rk_explain_source(source, offset, &options, err) : NULL;
}

/* Items as lines: depth in blanks, [from,to) of the file or with + of the decompressed string, > for what holds the
 * byte, ! for errors. */
static rk_buf list_of(const rk_explain *e)
{
    rk_buf text = { 0 };
    rk_err err = { 0 };
    const rk_explained *item;
    for (size_t i = 0; (item = rk_explain_item(e, i)) != NULL; i++) {
        uint64_t from = item->decoded ? item->inner : item->offset;
        uint64_t len = item->decoded ? item->inner_len : item->len;
        rk_buf_printf(&text, &err, "%*s%s%" PRIu64 "-%" PRIu64 "%s%s %s\n", (int)item->depth, "",
                      item->decoded ? "+" : "", from, from + len, item->holds ? ">" : "",
                      item->error ? "!" : "", item->text);
    }
    return text;
}

typedef struct {
    const char *name, *magic;
    rk_slice body;
    uint64_t offset;
    const char *told;
} explain_row;

static const explain_row rows[] = {
    { "an expiry, and a string", NULL, BYTES("\xfc\1\2\3\4\5\6\0\0\0\3abc\2hi"), 11,
      "9-26> key 'abc' in db 0: string, string\n"
      " 9-10 opcode 252: EXPIRETIME_MS\n"
      "  10-18> expiry: 6618611909121 ms, 2179-09-26T07:18:29.121Z\n"
      " 18-19 type 0: string, string\n"
      " 19-23 key: string of 3 bytes: 'abc'\n" },
    { "the length of a key", NULL, BYTES("\0\3abc\2hi"), 10,
      "0-9 header\n"
      " 5-9 RDB version: 11\n"
      "9-17> key 'abc' in db 0: string, string\n"
      " 9-10 type 0: string, string\n"
      " 10-14> key: string of 3 bytes: 'abc'\n"
      "  10-11> length: 3 (6 bits)\n"
      "  11-14 content: 'abc'\n" },
    { "the magic", "VALKEY080", BYTES("\0\1a\1b"), 7,
      "0-9> header\n"
      " 0-6 magic: VALKEY\n"
      " 6-9> RDB version: 80\n"
      "9-14 key 'a' in db 0: string, string\n"
      " 9-10 type 0: string, string\n" },
    { "a value of a packed hash", NULL,
      BYTES("\x10\1h\x13\x13\0\0\0\4\0\x81"
            "a\2\5\1\x81"
            "b\2\x81"
            "c\2\xff"),
      22,
      "9-32> key 'h' in db 0: hash, listpack\n"
      " 9-10 type 16: hash, listpack\n"
      " 10-12 key: string of 1 byte: 'h'\n"
      " 12-32> packed value: listpack, string of 19 bytes\n"
      "  19-22 field 1: 'a'\n"
      "  22-24> value 1: 5 (integer)\n"
      "   22-23> encoding and data: unsigned integer of 7 bits\n"
      "   23-24 backlen: 1 bytes of encoding and data\n"
      "  24-27 field 2: 'b'\n" },
    { "a backlen that is wrong", NULL,
      BYTES("\x14\1s\x0d\x0d\0\0\0\2\0\x81"
            "a\3\x81"
            "b\2\xff"),
      21,
      "9-26> key 's' in db 0: set, listpack\n"
      " 9-10 type 20: set, listpack\n"
      " 10-12 key: string of 1 byte: 's'\n"
      " 12-26> packed value: listpack, string of 13 bytes\n"
      "  19-21 an entry that cannot be read\n"
      "  21-21! listpack backlen is 0x03, that of 2 bytes is 0x02\n"
      "  21-26> not read\n" },
    { "the prevlen of a ziplist", NULL, BYTES("\x0a\1l\x10\x10\0\0\0\x0d\0\0\0\2\0\0\1a\3\xf2\xff"), 26,
      "9-29> key 'l' in db 0: list, ziplist\n"
      " 9-10 type 10: list, ziplist\n"
      " 10-12 key: string of 1 byte: 'l'\n"
      " 12-29> packed value: ziplist, string of 16 bytes\n"
      "  23-26 item 1: 'a'\n"
      "  26-28> item 2: 1 (integer)\n"
      "   26-27> prevlen: 3 bytes before\n"
      "   27-28 encoding and data: integer of 4 bits\n"
      "  28-29 end mark\n" },
    { "a run of LZF", NULL, BYTES("\0\1a\xc3\x09\x32\1yy\xe0\x25\0\1yy"), 18,
      "9-24> key 'a' in db 0: string, string\n"
      " 9-10 type 0: string, string\n"
      " 10-12 key: string of 1 byte: 'a'\n"
      " 12-24> string: LZF, 9 bytes that yield 50: 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...'\n"
      "  15-18 LZF literal run: 2 bytes, bytes 0 to 1 of the string\n"
      "  18-21> LZF reference: 46 bytes from 1 back, bytes 2 to 47 of the string\n"
      "  +0-50> decompressed: 50 of 50 bytes\n"
      "   +0-2 bytes 0 to 1 of 50: 'yy'\n"
      "   +2-48> bytes 2 to 47 of 50: 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'\n"
      "   +48-50 bytes 48 to 49 of 50: 'yy'\n" },
    { "an unknown byte", NULL, BYTES("\0\1a\1b\x4e"), 14,
      "9-14 key 'a' in db 0: string, string\n"
      " 9-10 type 0: string, string\n"
      " 10-12 key: string of 1 byte: 'a'\n"
      " 12-14 string: string of 1 byte: 'b'\n"
      "14-15> a record that cannot be read\n"
      " 14-15> byte 0x4e\n"
      " 14-14! byte 0x4e is no known type or opcode in RDB 11; 10 bytes were not seen\n"
      "15-24 end\n"
      " 15-16 opcode 255: EOF\n"
      "  16-24 the checksum: 0000000000000000, none was taken\n" },
    { "a string that is cut off", NULL, BYTES("\1\1l\2\1a\x40\x40"), 15,
      "9-26> key 'l' in db 0: list, list\n"
      " 9-10 type 1: list, list\n"
      " 10-12 key: string of 1 byte: 'l'\n"
      " 12-13 list length: 2 (6 bits)\n"
      "  13-15 list item 1 of 2: string of 1 byte: 'a'\n"
      "  15-26> list item 2 of 2: string of 64 bytes: '\\xff\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00...'\n"
      "   15-17> length: 64 (14 bits)\n"
      "   17-26 content: '\\xff\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00...'\n"
      " 17-17! list item takes 64 bytes, 9 remain\n" },
    { "what is pending in a group of a stream", NULL,
      BYTES("\x13\1x\0\0\0\0\0\0\0\0\0\1\1g\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\1\0\0\0\0\0\0\0\3\0"), 44,
      "9-54> key 'x' in db 0: stream, stream 2\n"
      " 9-10 type 19: stream, stream 2\n"
      " 10-12 key: string of 1 byte: 'x'\n"
      " 12-13 number of stream nodes: 0 (6 bits)\n"
      " 13-14 stream length: 0 (6 bits)\n"
      " 14-15 last id of the stream, milliseconds: 0 (6 bits)\n"
      " 15-16 last id of the stream, sequence: 0 (6 bits)\n"
      " 16-17 first id of the stream, milliseconds: 0 (6 bits)\n"
      " 17-18 first id of the stream, sequence: 0 (6 bits)\n"
      " 18-19 largest deleted id, milliseconds: 0 (6 bits)\n"
      " 19-20 largest deleted id, sequence: 0 (6 bits)\n"
      " 20-21 number of entries added: 0 (6 bits)\n"
      " 21-22 number of groups: 1 (6 bits)\n"
      "  22-24 group name 1 of 1: string of 1 byte: 'g'\n"
      "   27-28 number of pending entries: 1 (6 bits)\n"
      "    28-44 pending id 1 of 1: 1-2\n"
      "     44-52> delivery time: 1\n" },
    { "the class of metadata", "REDIS0013", BYTES("\xf3\1\x08\xf5\xc4\x28\2\5\0\0\1k\1v"), 12,
      "9-23> key 'k' in db 0: string, string\n"
      " 9-10 opcode 243: KEY_META\n"
      "  10-11 number of metadata classes: 1 (6 bits)\n"
      "   11-15> metadata class 1 of 1: 'KMT1', version 1, flags 0\n"
      " 18-19 type 0: string, string\n"
      " 19-21 key: string of 1 byte: 'k'\n" },
    { "a stretch behind the end", NULL, BYTES("\xff\0\0\0\0\0\0\0\0rest"), 20,
      "18-31> behind the end of the snapshot, 13 bytes\n" },
};

static void of_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snapshot_row row = { .magic = rows[i].magic, .body = rows[i].body };
        rk_buf file = row_file(&row);
        rk_err err = { 0 };
        rk_explain *e = explain(rk_buf_slice(&file), rows[i].offset, 2, &err);
        CU_ASSERT_FATAL(e != NULL);
        rk_buf told = list_of(e);
        bool same = rk_slice_is(rk_buf_slice(&told), rk_slice_of(rows[i].told));
        if (!same)
            printf("# %s:\n%.*s", rows[i].name, (int)told.len, (const char *)told.ptr);
        CU_ASSERT(same);
        rk_explain_free(e);
        rk_buf_free(&told);
        rk_buf_free(&file);
    }
}

/* Both views; the JSON parses, and its lines of bytes are what the file has. */
static bool is_shown(const rk_explain *e)
{
    char *text = NULL;
    size_t len = 0;
    rk_err err = { 0 };
    json_error_t why;
    FILE *out = open_memstream(&text, &len);
    rk_check_report_explain_text(e, out);
    fclose(out);
    bool ok = len > 20 && strstr(text, "\n>") != NULL && strstr(text, "[") != NULL;
    free(text);
    out = open_memstream(&text, &len);
    ok = rk_check_report_explain_json(e, out, &err) && ok;
    fclose(out);
    json_t *all = json_loadb(text, len, JSON_ALLOW_NUL, &why);
    ok = ok && all && json_array_size(json_object_get(all, "items")) > 0;
    json_decref(all);
    free(text);
    return ok;
}

/* Every `step`-th byte of a file; fuzzing tries the others. */
static void check_bytes(const char *path, size_t step)
{
    rk_buf content = { 0 };
    rk_err err = { 0 };
    unsigned bad = 0;
    CU_ASSERT_FATAL(corpus_read(path, &content, &err));
    for (size_t at = 0; at < content.len; at += step) {
        rk_err why = { 0 };
        rk_explain *e = explain(rk_buf_slice(&content), at, 0, &why);
        bool ok = e && explain_holds_together(e) && (at % 16 || is_shown(e));
        if (!ok && bad++ == 0) {
            rk_buf told = e ? list_of(e) : (rk_buf){ 0 };
            printf("# %s, byte %zu: %s\n%.*s", path, at, why.what, (int)told.len, (const char *)told.ptr);
            rk_buf_free(&told);
        }
        rk_explain_free(e);
    }
    CU_ASSERT_EQUAL(bad, 0);
    rk_buf_free(&content);
}

static void samples(void)
{
    static const char *const files[] = { "redis-2.8.24-empty", "redis-7.2.6-modules", "redis-7.4.1-functions",
                                         "valkey-9.1.2-functions", "redis-8.7-dev-20260625-vsets" };
    char path[200];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "testdata/%s.rdb", files[i]);
        check_bytes(path, 7);
    }
}

static void crafted(void)
{
    char path[600];
    DIR *dir = opendir("tests/fuzz/seeds/rdb");
    struct dirent *entry;
    CU_ASSERT_FATAL(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        snprintf(path, sizeof path, "tests/fuzz/seeds/rdb/%s", entry->d_name);
        if (entry->d_name[0] != '.')
            check_bytes(path, strstr(path, "-base") ? 541 : 5);
    }
    closedir(dir);
}

static void damaged(void)
{
    static char names[512][128];
    int count = corpus_list("damaged/rdb", ".rdb", names, 512);
    for (int i = 0; i < count; i++) {
        char file[160];
        snprintf(file, sizeof file, "%.120s.rdb", names[i]);
        check_bytes(corpus_path("damaged/rdb", file), 2999);
    }
}

static void beyond_the_end(void)
{
    rk_err err = { 0 };
    rk_explain *e = explain(RK_TEXT("REDIS0001\xff"), 10, 0, &err);
    CU_ASSERT_PTR_NULL(e);
    CU_ASSERT_EQUAL(err.code, RK_USAGE);
    CU_ASSERT_STRING_EQUAL(err.what, "there is no byte 10: it has 10 bytes");
}

static void no_memory(void)
{
    rk_buf content = { 0 };
    rk_err err = { 0 };
    CU_ASSERT_FATAL(corpus_read("testdata/redis-7.4.1-functions.rdb", &content, &err));
    bool done = false;
    for (int64_t n = 0; !done && n < 1000; n++) {
        rk_err why = { 0 };
        rk_alloc_fail_after(n);
        rk_explain *e = explain(rk_buf_slice(&content), content.len / 2, 0, &why);
        rk_alloc_fail_after(-1);
        done = e != NULL;
        CU_ASSERT(done || why.code == RK_NO_MEMORY);
        rk_explain_free(e);
    }
    CU_ASSERT(done);
    rk_buf_free(&content);
}

UNIT_MAIN("explain", { "what is told of a byte", of_rows },
          { "something is told of every byte of small real snapshots", samples },
          { "something is told of every byte of crafted snapshots, damaged or not", crafted },
          { "something is told of bytes of the damaged snapshots of the corpus", damaged },
          { "there is nothing beyond the end", beyond_the_end },
          { "an allocation that fails anywhere is an error", no_memory })
