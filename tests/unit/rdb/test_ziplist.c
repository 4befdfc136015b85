/* ziplist: what is read, and what is refused. */
#include "packed_rows.h"

/* A ziplist of less than 256 bytes and entries: its size, where its last entry begins, its count, its
 * entries. */
#define ZIPLIST(size, last, count, entries) BYTES(size "\0\0\0" last "\0\0\0" count "\0" entries "\xff")

#define INTEGERS /* spec: RDB, "Ziplist", the worked example */                                              \
    ZIPLIST(                                                                                                 \
        "\x55", "\x4a", "\x18",                                                                              \
        "\0\xf1\2\xf2\2\xf3\2\xf4\2\xf5\2\xf6\2\xf7\2\xf8\2\xf9\2\xfa\2\xfb\2\xfc\2\xfd\2\xfe\xfe\3\xfe\x0d" \
        "\3\xfe\x19\3\xfe\xc3\3\xfe\x3f\3\xc0\xfc\x3f\4\xc0\x80\xc1\4\xf0\xff\xff\0\5\xf0\x0d\0\xff"         \
        "\5\xf0\0\0\x40\5\xe0\xff\xff\xff\xff\xff\xff\xff\x7f")

static bool walk(rk_blob blob, rk_buf *text, rk_err *err)
{
    rk_ziplist list;
    rk_packed entry;
    if (!rk_ziplist_open(&list, blob, err))
        return false;
    while (rk_ziplist_next(&list, &entry)) {
        CU_ASSERT_EQUAL(err->code, RK_OK);
        print_entry(&entry, blob, text);
    }
    CU_ASSERT_FALSE(rk_ziplist_next(&list, &entry)); /* the end stays the end */
    return err->code == RK_OK;
}

static void reads(void)
{
    const good_row rows[] = {
        { "the worked example", INTEGERS,
          "0 1 2 3 4 5 6 7 8 9 10 11 12 -2 13 25 -61 63 16380 -16000 65535 -65523 4194304 "
          "9223372036854775807 " },
        { "no entry", ZIPLIST("\x0b", "\x0a", "\0", ""), "" },
        { "8 bits", ZIPLIST("\x11", "\x0d", "\2", "\0\xfe\x80\3\xfe\x7f"), "-128 127 " },
        { "16 bits", ZIPLIST("\x13", "\x0e", "\2", "\0\xc0\0\x80\4\xc0\xff\x7f"), "-32768 32767 " },
        { "24 bits", ZIPLIST("\x15", "\x0f", "\2", "\0\xf0\0\0\x80\5\xf0\xff\xff\x7f"), "-8388608 8388607 " },
        { "32 bits", ZIPLIST("\x17", "\x10", "\2", "\0\xd0\0\0\0\x80\6\xd0\xff\xff\xff\x7f"),
          "-2147483648 2147483647 " },
        { "64 bits", ZIPLIST("\x15", "\x0a", "\1", "\0\xe0\0\0\0\0\0\0\0\x80"), "-9223372036854775808 " },
        { "strings with 6, 14 and 32 bits of length",
          ZIPLIST("\x1f", "\x15", "\3", "\0\3abc\5\x40\3abc\6\x80\0\0\0\3abc"), "'abc' 'abc' 'abc' " },
        { "a 32-bit length whose low bits servers ignore", ZIPLIST("\x14", "\x0a", "\1", "\0\xbf\0\0\0\3abc"),
          "'abc' " },
        { "an empty string", ZIPLIST("\x0d", "\x0a", "\1", "\0\0"), "'' " },
        { "a small prevlen in five bytes", ZIPLIST("\x13", "\x0c", "\2", "\0\xf2\xfe\2\0\0\0\xf3"), "1 2 " },
        { "a prevlen of 0 in five bytes", ZIPLIST("\x11", "\x0a", "\1", "\xfe\0\0\0\0\xf2"), "1 " },
        { "count unknown", BYTES("\x0f\0\0\0\x0c\0\0\0\xff\xff\0\xf2\2\xf3\xff"), "1 2 " },
    };
    check_good(walk, ROWS(rows));
}

static void refuses_frames(void)
{
    const bad_row rows[] = {
        { "no byte", RK_EMPTY, AT, "ziplist has 0 bytes, not at least 11" },
        { "no room for the end mark", BYTES("\x0a\0\0\0\x0a\0\0\0\0\0"), AT,
          "ziplist has 10 bytes, not at least 11" },
        { "size too high", ZIPLIST("\x0e", "\x0a", "\1", "\0\xf2"), AT,
          "ziplist header says 14 bytes, 13 are there" },
        { "size too low", ZIPLIST("\x0c", "\x0a", "\1", "\0\xf2"), AT,
          "ziplist header says 12 bytes, 13 are there" },
        { "tail offset in the header", ZIPLIST("\x0d", "\x09", "\1", "\0\xf2"), AT + 4,
          "ziplist tail offset is 9, not within 10 and 12" },
        { "tail offset behind the blob", ZIPLIST("\x0d", "\x0d", "\1", "\0\xf2"), AT + 4,
          "ziplist tail offset is 13, not within 10 and 12" },
        { "tail offset in its highest byte", BYTES("\x0d\0\0\0\x0a\0\0\1\1\0\0\xf2\xff"), AT + 4,
          "ziplist tail offset is 16777226, not within 10 and 12" },
        { "tail offset at the first of two", ZIPLIST("\x0f", "\x0a", "\2", "\0\xf2\2\xf3"), AT + 14,
          "ziplist tail offset is 10, its last entry begins at 12" },
        { "tail offset at the end mark", ZIPLIST("\x0d", "\x0c", "\1", "\0\xf2"), AT + 12,
          "ziplist tail offset is 12, its last entry begins at 10" },
        { "no end mark", BYTES("\x0d\0\0\0\x0a\0\0\0\1\0\0\xf2\xfe"), AT + 12,
          "ziplist ends in byte 0xfe, not 0xff" },
        { "end mark too early", ZIPLIST("\x10", "\x0a", "\1", "\0\xf2\xff\2\xf3"), AT + 12,
          "ziplist end mark stands 3 bytes before the last byte" },
        { "count too high", ZIPLIST("\x0f", "\x0c", "\3", "\0\xf2\2\xf3"), AT + 14,
          "ziplist counts 3 entries, 2 are there" },
        { "count too low", ZIPLIST("\x0f", "\x0c", "\1", "\0\xf2\2\xf3"), AT + 14,
          "ziplist counts 1 entries, 2 are there" },
        { "count of an empty one", ZIPLIST("\x0b", "\x0a", "\1", ""), AT + 10,
          "ziplist counts 1 entries, 0 are there" },
        { "count in its second byte", BYTES("\x0d\0\0\0\x0a\0\0\0\1\1\0\xf2\xff"), AT + 12,
          "ziplist counts 257 entries, 1 are there" },
    };
    check_bad(walk, ROWS(rows));
}

static void refuses_entries(void)
{
    const bad_row rows[] = {
        { "first prevlen not 0", ZIPLIST("\x0d", "\x0a", "\1", "\2\xf2"), AT + 10,
          "ziplist prevlen is 2, the entry before takes 0 bytes" },
        { "prevlen too high", ZIPLIST("\x0f", "\x0c", "\2", "\0\xf2\3\xf3"), AT + 12,
          "ziplist prevlen is 3, the entry before takes 2 bytes" },
        { "prevlen of five bytes too low", ZIPLIST("\x13", "\x0c", "\2", "\0\xf2\xfe\1\0\0\0\xf3"), AT + 12,
          "ziplist prevlen is 1, the entry before takes 2 bytes" },
        { "prevlen in its highest byte", ZIPLIST("\x13", "\x0c", "\2", "\0\xf2\xfe\2\0\0\1\xf3"), AT + 12,
          "ziplist prevlen is 16777218, the entry before takes 2 bytes" },
        { "prevlen cut", ZIPLIST("\x10", "\x0c", "\2", "\0\xf2\xfe\2\0"), AT + 13,
          "ziplist prevlen takes 4 bytes, 2 remain" },
        { "no encoding", ZIPLIST("\x0e", "\x0c", "\2", "\0\xf2\2"), AT + 13,
          "ziplist encoding takes 1 bytes, 0 remain" },
        { "14-bit length cut", ZIPLIST("\x0d", "\x0a", "\1", "\0\x40"), AT + 12,
          "ziplist string length takes 1 bytes, 0 remain" },
        { "32-bit length cut", ZIPLIST("\x10", "\x0a", "\1", "\0\x80\0\0\0"), AT + 12,
          "ziplist string length takes 4 bytes, 3 remain" },
        { "6-bit string too long", ZIPLIST("\x0f", "\x0a", "\1", "\0\3ab"), AT + 12,
          "ziplist string takes 3 bytes, 2 remain" },
        { "14-bit string too long",
          ZIPLIST("\x10", "\x0a", "\1",
                  "\0\x7f\xff"
                  "ab"),
          AT + 13, "ziplist string takes 16383 bytes, 2 remain" },
        { "32-bit string too long", ZIPLIST("\x13", "\x0a", "\1", "\0\x80\1\0\0\0ab"), AT + 16,
          "ziplist string takes 16777216 bytes, 2 remain" },
        { "8-bit integer cut", ZIPLIST("\x0d", "\x0a", "\1", "\0\xfe"), AT + 12,
          "ziplist integer takes 1 bytes, 0 remain" },
        { "16-bit integer cut", ZIPLIST("\x0e", "\x0a", "\1", "\0\xc0\1"), AT + 12,
          "ziplist integer takes 2 bytes, 1 remain" },
        { "24-bit integer cut", ZIPLIST("\x0f", "\x0a", "\1", "\0\xf0\1\1"), AT + 12,
          "ziplist integer takes 3 bytes, 2 remain" },
        { "32-bit integer cut", ZIPLIST("\x10", "\x0a", "\1", "\0\xd0\1\1\1"), AT + 12,
          "ziplist integer takes 4 bytes, 3 remain" },
        { "64-bit integer cut", ZIPLIST("\x14", "\x0a", "\1", "\0\xe0\1\1\1\1\1\1\1"), AT + 12,
          "ziplist integer takes 8 bytes, 7 remain" },
        { "encoding c1", ZIPLIST("\x0f", "\x0c", "\2", "\0\xf2\2\xc1"), AT + 13,
          "ziplist encoding byte is 0xc1, which has no meaning" },
        { "encoding ff", ZIPLIST("\x0d", "\x0a", "\1", "\0\xff"), AT + 11,
          "ziplist encoding byte is 0xff, which has no meaning" },
    };
    check_bad(walk, ROWS(rows));
}

/* Two entries, the first of `size` bytes (4 at least), the second with `prevlen` in front: what is wrong, or
 * "". */
static void walk_two(uint32_t size, rk_slice prevlen, char what[200])
{
    size_t total = 10 + size + prevlen.len + 1 + 1;
    uint8_t *bytes = calloc(1, total);
    rk_err err = { 0 };
    rk_buf text = { 0 };
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    for (int i = 0; i < 2; i++) {
        bytes[i] = (uint8_t)(total >> (8 * i));
        bytes[4 + i] = (uint8_t)((10 + size) >> (8 * i));
    }
    bytes[8] = 2;
    bytes[11] = (uint8_t)(0x40 | (size - 3) >> 8);
    bytes[12] = (uint8_t)(size - 3);
    memcpy(bytes + 10 + size, prevlen.ptr, prevlen.len);
    bytes[total - 2] = 0xf2;
    bytes[total - 1] = 0xff;
    walk((rk_blob){ { bytes, total }, AT, false }, &text, &err);
    memcpy(what, err.what, sizeof err.what);
    rk_buf_free(&text);
    free(bytes);
}

static void prevlens(void)
{
    const struct {
        uint32_t size;
        rk_slice prevlen;
        const char *what;
    } rows[] = {
        { 253, BYTES("\xfd"), "" },
        { 253, BYTES("\xfe\xfd\0\0\0"), "" },
        { 254, BYTES("\xfe\xfe\0\0\0"), "" },
        { 254, BYTES("\xfd"), "ziplist prevlen is 253, the entry before takes 254 bytes" },
        { 300, BYTES("\xfe\x2c\1\0\0"), "" },
        { 300, BYTES("\xfe\x2c\0\0\0"), "ziplist prevlen is 44, the entry before takes 300 bytes" },
        { 16386, BYTES("\xfe\2\x40\0\0"), "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char what[200];
        walk_two(rows[i].size, rows[i].prevlen, what);
        row_text("prevlen", what, rows[i].what);
    }
}

static void offsets(void)
{
    rk_err err = { 0 };
    rk_ziplist list;
    rk_packed entry = { 0 };
    rk_ziplist_open(&list, (rk_blob){ INTEGERS, AT, false }, &err);
    for (uint64_t i = 0; i < 13; i++) { /* two bytes each */
        CU_ASSERT(rk_ziplist_next(&list, &entry));
        CU_ASSERT_EQUAL(entry.offset, AT + 10 + 2 * i);
    }
    while (rk_ziplist_next(&list, &entry) && list.seen < 24)
        continue;
    CU_ASSERT_EQUAL(entry.offset, AT + 0x4a);
}

static void reframe(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < 4 && i < size; i++)
        bytes[i] = (uint8_t)(size >> (8 * i));
    if (size > 4)
        bytes[4] = 10; /* inside, so that the entries are looked at */
    if (size > 10)
        bytes[size - 1] = 0xff;
}

static void cuts(void)
{
    check_cuts(walk, INTEGERS, reframe);
}

UNIT_MAIN("ziplist", { "reads every encoding", reads },
          { "refuses a frame that contradicts the bytes", refuses_frames },
          { "refuses entries that contradict the format", refuses_entries },
          { "holds every prevlen against the entry before", prevlens },
          { "tells where each entry begins", offsets }, { "refuses every truncation", cuts })
