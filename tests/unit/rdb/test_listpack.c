/* listpack: what is read, and what is refused. */
#include "packed_rows.h"

/* A listpack of less than 256 bytes and elements: its size, count, and elements with backlens. */
#define LISTPACK(size, count, elements) BYTES(size "\0\0\0" count "\0" elements "\xff")

#define PAIRS /* spec: RDB, "Listpack", the worked example */                                                \
    LISTPACK("\x56", "\x0c",                                                                                 \
             "\206field7\7\206value7\7\206field8\7\206value8\7\11\1\206value9\7\207field10\10\207value10\10" \
             "\207field11\10\13\1\14\1\20412.0\5")

static bool walk(rk_blob blob, rk_buf *text, rk_err *err)
{
    rk_listpack list;
    rk_packed entry;
    if (!rk_listpack_open(&list, blob, err))
        return false;
    while (rk_listpack_next(&list, &entry)) {
        CU_ASSERT_EQUAL(err->code, RK_OK);
        print_entry(&entry, blob, text);
    }
    CU_ASSERT_FALSE(rk_listpack_next(&list, &entry)); /* the end stays the end */
    return err->code == RK_OK;
}

static void reads(void)
{
    const good_row rows[] = {
        { "the worked example", PAIRS,
          "'field7' 'value7' 'field8' 'value8' 9 'value9' 'field10' 'value10' 'field11' 11 12 '12.0' " },
        { "no element", LISTPACK("\7", "\0", ""), "" },
        { "7 bits", LISTPACK("\x0b", "\2", "\0\1\x7f\1"), "0 127 " },
        { "13 bits", LISTPACK("\x13", "\4", "\xd0\0\2\xcf\xff\2\xdf\xff\2\xc0\x80\2"), "-4096 4095 -1 128 " },
        { "16 bits", LISTPACK("\x0f", "\2", "\xf1\0\x80\3\xf1\xff\x7f\3"), "-32768 32767 " },
        { "24 bits", LISTPACK("\x11", "\2", "\xf2\0\0\x80\4\xf2\xff\xff\x7f\4"), "-8388608 8388607 " },
        { "32 bits", LISTPACK("\x13", "\2", "\xf3\0\0\0\x80\5\xf3\xff\xff\xff\x7f\5"),
          "-2147483648 2147483647 " },
        { "64 bits",
          LISTPACK("\x1b", "\2", "\xf4\0\0\0\0\0\0\0\x80\x09\xf4\xff\xff\xff\xff\xff\xff\xff\x7f\x09"),
          "-9223372036854775808 9223372036854775807 " },
        { "an empty string", LISTPACK("\x09", "\1", "\x80\1"), "'' " },
        { "a short string with 12 bits of length", LISTPACK("\x0d", "\1", "\xe0\3abc\5"), "'abc' " },
        { "a short string with 32 bits of length", LISTPACK("\x10", "\1", "\xf0\3\0\0\0abc\x08"), "'abc' " },
        { "count unknown", BYTES("\x0b\0\0\0\xff\xff\1\1\2\1\xff"), "1 2 " },
    };
    check_good(walk, ROWS(rows));
}

static void refuses(void)
{
    const bad_row rows[] = {
        { "no byte", RK_EMPTY, AT, "listpack has 0 bytes, not at least 7" },
        { "no room for the end mark", BYTES("\6\0\0\0\0\0"), AT, "listpack has 6 bytes, not at least 7" },
        { "size too high", LISTPACK("\x0a", "\1", "\1\1"), AT, "listpack header says 10 bytes, 9 are there" },
        { "size too low", LISTPACK("\x08", "\1", "\1\1"), AT, "listpack header says 8 bytes, 9 are there" },
        { "size in its highest byte", BYTES("\7\0\0\1\0\0\xff"), AT,
          "listpack header says 16777223 bytes, 7 are there" },
        { "no end mark", BYTES("\x09\0\0\0\1\0\1\1\xfe"), AT + 8, "listpack ends in byte 0xfe, not 0xff" },
        { "end mark too early", LISTPACK("\x0c", "\1", "\1\1\xff\1\1"), AT + 8,
          "listpack end mark stands 3 bytes before the last byte" },
        { "encoding f5", LISTPACK("\x0b", "\2", "\1\1\xf5\1"), AT + 8,
          "listpack encoding byte is 0xf5, which has no meaning" },
        { "encoding fe", LISTPACK("\x09", "\1", "\xfe\1"), AT + 6,
          "listpack encoding byte is 0xfe, which has no meaning" },
        { "6-bit string too long",
          LISTPACK("\x0c", "\1",
                   "\xbf"
                   "abc\4"),
          AT + 6, "listpack element takes 64 bytes, 5 remain" },
        { "string up to the end mark",
          LISTPACK("\x0a", "\1",
                   "\x83"
                   "ab"),
          AT + 6, "listpack element takes 4 bytes, 3 remain" },
        { "12-bit length cut", LISTPACK("\x08", "\1", "\xe0"), AT + 6,
          "listpack element takes 2 bytes, 1 remain" },
        { "12-bit string too long", LISTPACK("\x0b", "\1", "\xe1\1ab"), AT + 6,
          "listpack element takes 259 bytes, 4 remain" },
        { "32-bit length cut", LISTPACK("\x0b", "\1", "\xf0\1\0\0"), AT + 6,
          "listpack element takes 5 bytes, 4 remain" },
        { "32-bit string too long",
          LISTPACK("\x0f", "\1",
                   "\xf0\xff\xff\xff\xff"
                   "ab\7"),
          AT + 6, "listpack element takes 4294967300 bytes, 8 remain" },
        { "13-bit integer cut", LISTPACK("\x08", "\1", "\xc0"), AT + 6,
          "listpack element takes 2 bytes, 1 remain" },
        { "16-bit integer cut", LISTPACK("\x09", "\1", "\xf1\1"), AT + 6,
          "listpack element takes 3 bytes, 2 remain" },
        { "24-bit integer cut", LISTPACK("\x0a", "\1", "\xf2\1\1"), AT + 6,
          "listpack element takes 4 bytes, 3 remain" },
        { "32-bit integer cut", LISTPACK("\x0b", "\1", "\xf3\1\1\1"), AT + 6,
          "listpack element takes 5 bytes, 4 remain" },
        { "64-bit integer cut", LISTPACK("\x0f", "\1", "\xf4\1\1\1\1\1\1\1"), AT + 6,
          "listpack element takes 9 bytes, 8 remain" },
        { "no backlen",
          LISTPACK("\x0b", "\2",
                   "\1\1\x81"
                   "a"),
          AT + 10, "listpack backlen takes 1 bytes, 0 remain" },
        { "backlen too low",
          LISTPACK("\x0e", "\2",
                   "\1\1\x83"
                   "abc\3"),
          AT + 12, "listpack backlen is 0x03, that of 4 bytes is 0x04" },
        { "backlen marked",
          LISTPACK("\x0c", "\1",
                   "\x83"
                   "abc\x84"),
          AT + 10, "listpack backlen is 0x84, that of 4 bytes is 0x04" },
        { "count too high", LISTPACK("\x0b", "\3", "\1\1\2\1"), AT + 10,
          "listpack counts 3 elements, 2 are there" },
        { "count too low", LISTPACK("\x0b", "\1", "\1\1\2\1"), AT + 10,
          "listpack counts 1 elements, 2 are there" },
        { "count in its second byte", BYTES("\x09\0\0\0\1\1\1\1\xff"), AT + 8,
          "listpack counts 257 elements, 1 are there" },
    };
    check_bad(walk, ROWS(rows));
}

/* A listpack of one text whose encoding and data take `size` bytes (5 at least), `backlen` behind it; zeros
 * else. */
static uint8_t *one_element(uint64_t size, rk_slice backlen, size_t *total)
{
    *total = 6 + size + backlen.len + 1;
    uint8_t *bytes = calloc(1, *total);
    if (!bytes)
        return NULL;
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(*total >> (8 * i));
        bytes[7 + i] = (uint8_t)((size - 5) >> (8 * i));
    }
    bytes[4] = 1;
    bytes[6] = 0xf0;
    memcpy(bytes + 6 + size, backlen.ptr, backlen.len);
    bytes[*total - 1] = 0xff;
    return bytes;
}

/* Walks a listpack of one element; "" when it is whole, else what is wrong, into `what`. */
static void walk_one(uint64_t size, rk_slice backlen, bool pinned, char what[200], uint64_t *offset)
{
    size_t total;
    rk_err err = { 0 };
    rk_listpack list;
    rk_packed entry;
    uint8_t *bytes = one_element(size, backlen, &total);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    CU_ASSERT(rk_listpack_open(&list, (rk_blob){ { bytes, total }, AT, pinned }, &err));
    bool read = rk_listpack_next(&list, &entry);
    CU_ASSERT_EQUAL(read, err.code == RK_OK);
    if (read) {
        CU_ASSERT_EQUAL(entry.text.len, size - 5);
        CU_ASSERT_EQUAL(entry.offset, pinned ? AT : AT + 6);
        CU_ASSERT_FALSE(rk_listpack_next(&list, &entry));
    }
    memcpy(what, err.what, sizeof err.what);
    *offset = err.offset;
    free(bytes);
}

static void backlens(void)
{
    const struct {
        uint64_t size;
        rk_slice backlen;
        const char *what; /* "": it is the right one */
    } rows[] = {
        { 127, BYTES("\x7f"), "" },
        { 127, BYTES("\x00\xff"),
          "listpack backlen is 0x00, that of 127 bytes is 0x7f" }, /* no boundary of old */
        { 128, BYTES("\x01\x80"), "" },
        { 128, BYTES("\x01\x00"), "listpack backlen is 0x0100, that of 128 bytes is 0x0180" },
        { 128, BYTES("\x81\x80"), "listpack backlen is 0x8180, that of 128 bytes is 0x0180" },
        { 128, BYTES("\x80"), "listpack backlen takes 2 bytes, 1 remain" },
        { 128, BYTES("\x00\x81\x80"), "listpack backlen is 0x0081, that of 128 bytes is 0x0180" },
        { 16382, BYTES("\x7f\xfe"), "" },
        { 16382, BYTES("\x00\xff\xfe"), "listpack backlen is 0x00ff, that of 16382 bytes is 0x7ffe" },
        { 16383, BYTES("\x7f\xff"), "" },
        { 16383, BYTES("\x00\xff\xff"), "" },
        { 16383, BYTES("\x00\xff"), "listpack backlen is 0x00ff, that of 16383 bytes is 0x7fff" },
        { 16383, BYTES("\x01\xff\xff"), "listpack backlen is 0x01ff, that of 16383 bytes is 0x7fff" },
        { 16384, BYTES("\x01\x80\x80"), "" },
        { 2097150, BYTES("\x7f\xff\xfe"), "" },
        { 2097150, BYTES("\x00\xff\xff\xfe"),
          "listpack backlen is 0x00ffff, that of 2097150 bytes is 0x7ffffe" },
        { 2097151, BYTES("\x7f\xff\xff"), "" },
        { 2097151, BYTES("\x00\xff\xff\xff"), "" },
        { 2097151, BYTES("\x00\xff\xff\xfe"),
          "listpack backlen is 0x00ffff, that of 2097151 bytes is 0x7fffff" },
        { 2097152, BYTES("\x01\x80\x80\x80"), "" },
        { 268435455, BYTES("\x7f\xff\xff\xff"), "" },
        { 268435455, BYTES("\x00\xff\xff\xff\xff"), "" },
        { 268435455, BYTES("\x7f\xff\xff\x7f"),
          "listpack backlen is 0x7fffff7f, that of 268435455 bytes is 0x7fffffff" },
        { 268435456, BYTES("\x01\x80\x80\x80\x80"), "" },
        { 268435456, BYTES("\x01\x80\x80\x80"), "listpack backlen takes 5 bytes, 4 remain" },
    };
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        char what[200], name[64];
        uint64_t offset;
        bool pinned = i % 2;
        snprintf(name, sizeof name, "row %zu, %" PRIu64 " bytes", i / 2, rows[i / 2].size);
        walk_one(rows[i / 2].size, rows[i / 2].backlen, pinned, what, &offset);
        row_text(name, what, rows[i / 2].what);
        if (what[0])
            row_number(name, offset, pinned ? AT : AT + 6 + rows[i / 2].size);
    }
}

/* Both widths in the middle of a listpack: the walk goes on at the right byte. */
static void goes_on(void)
{
    enum { SIZE = 16383, TOTAL = 6 + SIZE + 3 + 2 + 1 };
    rk_err err = { 0 };
    rk_listpack list;
    rk_packed entry;
    size_t total;
    uint8_t *bytes = one_element(SIZE, BYTES("\x00\xff\xff\x05\x01"), &total);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    CU_ASSERT_EQUAL_FATAL(total, TOTAL);
    bytes[4] = 2;
    CU_ASSERT(rk_listpack_open(&list, (rk_blob){ { bytes, total }, AT, false }, &err));
    CU_ASSERT(rk_listpack_next(&list, &entry));
    CU_ASSERT(rk_listpack_next(&list, &entry));
    CU_ASSERT_EQUAL(entry.offset, AT + 6 + SIZE + 3);
    CU_ASSERT_EQUAL(entry.integer, 5);
    CU_ASSERT_FALSE(rk_listpack_next(&list, &entry));
    CU_ASSERT_EQUAL(err.code, RK_OK);
    free(bytes);
}

static void offsets(void)
{
    static const uint64_t rows[] = { 6, 14, 22, 30, 38, 40, 48, 57, 66, 75, 77, 79 };
    rk_err err = { 0 };
    rk_listpack list;
    rk_packed entry;
    rk_listpack_open(&list, (rk_blob){ PAIRS, AT, false }, &err);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT(rk_listpack_next(&list, &entry));
        CU_ASSERT_EQUAL(entry.offset, AT + rows[i]);
    }
    CU_ASSERT_FALSE(rk_listpack_next(&list, &entry));
}

static void reframe(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < 4 && i < size; i++)
        bytes[i] = (uint8_t)(size >> (8 * i));
    if (size > 6)
        bytes[size - 1] = 0xff;
}

static void cuts(void)
{
    check_cuts(walk, PAIRS, reframe);
}

UNIT_MAIN("listpack", { "reads every encoding", reads }, { "refuses what contradicts the format", refuses },
          { "takes both backlen widths at the boundary sizes, one elsewhere", backlens },
          { "goes on behind a wide backlen", goes_on }, { "tells where each element begins", offsets },
          { "refuses every truncation", cuts })
