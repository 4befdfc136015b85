/* test_cost: what a hostile file may cost. Each row is an attack in few bytes. Whatever becomes of it, no single allocation
 * is out of proportion to the bytes that are there, and no more things are told than there are bytes: by the reader,
 * by a check, and by an explanation. Time is not measured: what takes it are the things that are told and the bytes
 * that are decoded, and an LZF string decodes into at most 88 times its bytes (see test_lzf). */
#include "../snapshot/corpus.h"
#include "../unit.h"
#include "rdbkit/check.h"

enum { PIECES = 4000, KEPT_WHATEVER = 2 * 1024 * 1024 };

typedef struct {
    rk_buf file;
    rk_err err;
} maker;

static void put(maker *m, rk_slice bytes)
{
    rk_buf_add(&m->file, bytes, &m->err);
}

/* The same bytes again and again; '#' is a number that goes up, in 4 bytes. */
static void repeat(maker *m, rk_slice bytes, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++) {
        uint8_t number[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };
        for (size_t i = 0; i < bytes.len; i++)
            put(m, bytes.ptr[i] == '#' ? (rk_slice){ number, 4 } : (rk_slice){ bytes.ptr + i, 1 });
    }
}

/* What stands before the pieces, a piece, and what stands behind them. */
typedef struct {
    const char *name, *magic;
    rk_slice before, piece, behind;
    uint32_t pieces; /* 0: PIECES */
} attack;

#define LEN_4000   "\x4f\xa0"
#define COUNT_4000 "\x80\0\0\x0f\xa0"

static const attack attacks[] = {
    { "a list of 2^32-1 items", NULL, BYTES("\1\1k\x80\xff\xff\xff\xff"), BYTES("\1a"), BYTES(""), 0 },
    { "a hash of 2^63 fields", NULL, BYTES("\4\1k\x81\x80\0\0\0\0\0\0\0"), BYTES("\1a"), BYTES(""), 0 },
    { "a string of 2^63 bytes", NULL, BYTES("\0\1k\x81\x80\0\0\0\0\0\0\0"), BYTES("a"), BYTES(""), 0 },
    { "a key of 2^32-1 bytes", NULL, BYTES("\0\x80\xff\xff\xff\xff"), BYTES("a"), BYTES(""), 0 },
    { "5 bytes of LZF that yield 2^31", NULL, BYTES("\0\1k\xc3\5\x80\x80\0\0\0\1aa\x20\0"), BYTES("a"),
      BYTES(""), 0 },
    { "LZF strings of the largest ratio", NULL, BYTES(""),
      BYTES("\0\5#k\xc3\x0e\x44\x29\1aa\xe0\xff\0\xe0\xff\0\xe0\xff\0\xe0\xff\0"), BYTES(""), 0 },
    { "a listpack of 2^32-1 bytes", NULL, BYTES("\x14\1k\x0a\xff\xff\xff\xff\xff\xff\1\1\1\xff"), BYTES("a"),
      BYTES(""), 0 },
    { "a listpack element of 2^32-1 bytes", NULL,
      BYTES("\x14\1k\x0d\x0d\0\0\0\1\0\xf0\xff\xff\xff\xff\1\xff"), BYTES("a"), BYTES(""), 0 },
    { "a ziplist entry of 2^32-1 bytes", NULL,
      BYTES("\x0a\1k\x11\x11\0\0\0\x0a\0\0\0\1\0\0\x80\xff\xff\xff\xff\xff"), BYTES("a"), BYTES(""), 0 },
    { "an intset of 2^32-1 members", NULL, BYTES("\x0b\1k\x0a\2\0\0\0\xff\xff\xff\xff\1\0"), BYTES("a"),
      BYTES(""), 0 },
    { "a quicklist of empty nodes", NULL, BYTES("\x12\1k" LEN_4000), BYTES("\2\7\7\0\0\0\0\0\xff"), BYTES(""),
      0 },
    { "a quicklist of 2^40 nodes", NULL, BYTES("\x12\1k\x81\0\0\1\0\0\0\0\0"), BYTES("\2\7\7\0\0\0\0\0\xff"),
      BYTES(""), 0 },
    { "a set of one member", NULL, BYTES("\2\1k" LEN_4000), BYTES("\1a"), BYTES(""), 0 },
    { "one key again and again", NULL, BYTES(""), BYTES("\0\1k\1v"), BYTES(""), 0 },
    { "keys without an end", NULL, BYTES(""), BYTES("\0\4#\1v"), BYTES(""), 0 },
    { "databases without an end", NULL, BYTES(""), BYTES("\xfe\x80#\0\1k\1v"), BYTES(""), 0 },
    { "AUX fields without an end", NULL, BYTES(""), BYTES("\xfa\5n#\1v"), BYTES("\0\1k\1v"), 0 },
    { "modules without an end", NULL, BYTES(""), BYTES("\xf7\x81##\2\1\0"), BYTES("\0\1k\1v"), 0 },
    { "function libraries without an end", NULL, BYTES(""), BYTES("\xf5\x14#!lua name=l#\n"),
      BYTES("\0\1k\1v"), 0 },
    { "expiries without a key", NULL, BYTES(""), BYTES("\xfc\0\0\0\0\0\0\0\0"), BYTES("\0\1k\1v"), 0 },
    { "metadata without an end", "REDIS0013", BYTES("\xf3\1\x08\xf5\xc4\x28"), BYTES("\2\5"),
      BYTES("\0\0\1k\1v"), 0 },
    { "slots without an end", "VALKEY080",
      BYTES("\xf3\x28"
            "0123456789012345678901234567890123456789\x80\xff\xff\xff\xff"),
      BYTES("\0\0"), BYTES("\0\1k\1v"), 0 },
    { "templates without an end", "REDIS0015", BYTES(""), BYTES("\xf2\x80#\1\1f"), BYTES("\0\1k\1v"), 0 },
    { "a template of 2^32-1 fields", "REDIS0015", BYTES("\xf2\0\x80\xff\xff\xff\xff"), BYTES("\4#"),
      BYTES("\0\1k\1v"), 0 },
    { "hashes with fields of their own", "REDIS0015", BYTES(""), BYTES("\x1f\5k#\1\1\1f\1v"), BYTES(""), 0 },
    { "a template of many fields, used by all", "REDIS0015", BYTES("\xf2\0\3\1a\1b\1c"),
      BYTES("\x20\5k#\0\1x\1y\1z"), BYTES(""), 0 },
    { "an array of 2^40 elements", "REDIS0014", BYTES("\x1c\1k\x81\0\0\1\0\0\0\0\0\0"), BYTES("\0\3\1a"),
      BYTES(""), 0 },
    { "a stream of 2^40 nodes", NULL, BYTES("\x0f\1k\x81\0\0\1\0\0\0\0\0"), BYTES("\0\0"), BYTES(""), 0 },
    { "groups without an end", NULL, BYTES("\x0f\1k\0\0\0\0\x80\xff\xff\xff\xff"), BYTES("\5g#\0\0\0\0"),
      BYTES(""), 0 },
    { "pending entries without an end", NULL, BYTES("\x0f\1k\0\0\0\0\1\1g\0\0\x80\xff\xff\xff\xff"),
      BYTES("\0\0\0\0#\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), BYTES(""), 0 },
    { "consumers without an end", NULL, BYTES("\x0f\1k\0\0\0\0\1\1g\0\0\0" COUNT_4000),
      BYTES("\5c#\0\0\0\0\0\0\0\0\0"), BYTES(""), 0 },
    { "sub-key expiries of KeyDB", "REDIS0009", BYTES("\2\1k\1\1m"),
      BYTES("\xfa\x14keydb-subexpire-key\1m\xfa\x15keydb-subexpire-when\0019"), BYTES(""), 0 },
    { "layouts without an end", "REDIS0009", BYTES(""), BYTES("\1\x0cn#:queue:a\1\1x"), BYTES(""), 0 },
    { "lengths that lie, behind damage", NULL, BYTES("\x4e"), BYTES("\4\1a\x40\xff"), BYTES(""), 0 },
    { "beginnings of lists, behind damage", NULL, BYTES("\x4e"), BYTES("\x12\1a\x40\xff\2"), BYTES(""), 0 },
    { "beginnings of LZF, behind damage", NULL, BYTES("\x4e"), BYTES("\0\1a\xc3\x50\0\x7f\xff"), BYTES(""),
      0 },
    { "zeros, behind damage", NULL, BYTES("\x4e"), BYTES("\0\0\0\0\0\0\0\0"), BYTES(""), 0 },
    { "damage between sound records", NULL, BYTES(""), BYTES("\0\3abc\3def\0\3abc\3def\x4e"), BYTES(""), 0 },
};

static rk_buf file_of(const attack *a)
{
    maker m = { 0 };
    put(&m, rk_slice_of(a->magic ? a->magic : "REDIS0011"));
    put(&m, a->before);
    repeat(&m, a->piece, a->pieces ? a->pieces : PIECES);
    put(&m, a->behind);
    put(&m, BYTES("\xff\0\0\0\0\0\0\0\0"));
    CU_ASSERT_EQUAL_FATAL(m.err.code, RK_OK);
    return m.file;
}

/* How many things the reader tells, damage or not. */
static uint64_t things_told(rk_slice bytes)
{
    uint64_t told = 0;
    rk_err err = { 0 };
    rk_record rec = { .kind = RK_RECORD_AUX };
    rk_element e;
    rk_source *source = rk_source_memory(bytes, 0, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err);
    while (rdb && rec.kind != RK_RECORD_END && err.code == RK_OK && rk_rdb_next(rdb, &rec, &err))
        for (told++; rec.kind == RK_RECORD_KEY && rk_rdb_element(rdb, &e, &err);)
            told++;
    rk_rdb_close(rdb);
    rk_source_close(source);
    return told;
}

static uint64_t spans_of_check(rk_slice bytes)
{
    rk_err err = { 0 };
    uint64_t count = 0;
    rk_source *source = rk_source_memory(bytes, 0, &err);
    rk_check *check = rk_check_source(source, NULL, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(check);
    while (rk_check_span(check, (size_t)count))
        count++;
    for (int kind = 0; kind < 3; kind++)
        count += rk_check_problems(check, (rk_problem_kind)kind);
    rk_check_free(check);
    return count;
}

static uint64_t items_of_explain(rk_slice bytes)
{
    rk_err err = { 0 };
    uint64_t count = 0;
    rk_source *source = rk_source_memory(bytes, 0, &err);
    rk_explain *explain = rk_explain_source(source, bytes.len / 2, NULL, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(explain);
    while (rk_explain_item(explain, (size_t)count))
        count++;
    rk_explain_free(explain);
    return count;
}

/* A consumer of bytes, how many things it may tell of a file of so many bytes, and how much it may ask for at once. */
static const struct {
    const char *name;
    uint64_t (*run)(rk_slice bytes);
    uint64_t things_per_byte, things_anyway, memory_per_byte;
} consumers[] = {
    { "reader", things_told, 1, 0, 96 },
    { "check", spans_of_check, 1, 16, 96 },
    { "explain", items_of_explain, 0, 1500, 96 },
};

static void in_proportion(void)
{
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        rk_buf file = file_of(&attacks[i]);
        for (size_t k = 0; k < sizeof consumers / sizeof consumers[0]; k++) {
            rk_alloc_largest();
            uint64_t things = consumers[k].run(rk_buf_slice(&file));
            uint64_t largest = rk_alloc_largest();
            bool few = things <= consumers[k].things_per_byte * file.len + consumers[k].things_anyway;
            bool small = largest <= consumers[k].memory_per_byte * file.len + KEPT_WHATEVER;
            if (!few || !small)
                printf("# %s, %s: %" PRIu64 " things, %" PRIu64 " bytes at once of a file of %zu\n",
                       attacks[i].name, consumers[k].name, things, largest, file.len);
            CU_ASSERT(few && small);
        }
        rk_buf_free(&file);
    }
}

/* Entries of a stream that take their field names from the master entry: as many as have values, whatever the master
 * promises. */
static void same_fields(void)
{
    enum { FIELDS = 60, ENTRIES = 100 };
    maker m = { 0 };
    rk_buf pack = { 0 };
    rk_err err = { 0 };
    rk_buf_add(&pack, BYTES("\0\0\0\0\xff\xff\x64\1\0\1\x3c\1"),
               &err); /* 100 entries, 0 deleted, 60 fields */
    for (int i = 0; i < FIELDS; i++)
        rk_buf_add(&pack,
                   BYTES("\x81"
                         "f\2"),
                   &err);
    rk_buf_add(&pack, BYTES("\0\1"), &err);
    for (int i = 0; i < ENTRIES; i++) {
        rk_buf_add(&pack, BYTES("\2\1\0\1\1\1"), &err);
        for (int k = 0; k < FIELDS; k++)
            rk_buf_add(&pack, BYTES("\1\1"), &err);
        rk_buf_add(&pack, BYTES("\x3f\1"), &err);
    }
    rk_buf_add(&pack, BYTES("\xff"), &err);
    uint8_t size[4] = { (uint8_t)pack.len, (uint8_t)(pack.len >> 8), (uint8_t)(pack.len >> 16), 0 };
    memcpy(pack.ptr, size, 4);
    uint8_t length[5] = { 0x80, 0, 0, size[1], size[0] };
    put(&m, BYTES("REDIS0011\x0f\1k\1\x10\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0"));
    put(&m, (rk_slice){ length, 5 });
    put(&m, rk_buf_slice(&pack));
    put(&m, BYTES("\x40\x64\0\0\0\xff\0\0\0\0\0\0\0\0"));
    uint64_t things = things_told(rk_buf_slice(&m.file));
    CU_ASSERT_EQUAL(things, ENTRIES * (FIELDS + 1) + 3); /* the key, the stream, the end */
    CU_ASSERT(things < m.file.len);
    rk_buf_free(&pack);
    rk_buf_free(&m.file);
}

UNIT_MAIN("cost", { "what an attack costs is in proportion to its bytes", in_proportion },
          { "entries that share field names cost their values", same_fields })
