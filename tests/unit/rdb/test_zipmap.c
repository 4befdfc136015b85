/* zipmap: what is read, and what is refused. */
#include "packed_rows.h"

#define ZIPMAP(count, pairs) BYTES(count pairs "\xff")

#define NINE /* spec: RDB, "Zipmap", the worked example */                                                   \
    ZIPMAP("\x09", "\0011\001\0001\0012\001\0002\0013\001\0003\0014\001\0004\0015\001\0005"                  \
                   "\0016\001\0006\0017\001\0007\0018\001\0008\0019\001\0009")

static bool walk(rk_blob blob, rk_buf *text, rk_err *err)
{
    rk_zipmap map;
    rk_packed field, value;
    if (!rk_zipmap_open(&map, blob, err))
        return false;
    while (rk_zipmap_next(&map, &field, &value)) {
        CU_ASSERT_EQUAL(err->code, RK_OK);
        print_entry(&field, blob, text);
        print_entry(&value, blob, text);
    }
    CU_ASSERT_FALSE(rk_zipmap_next(&map, &field, &value)); /* the end stays the end */
    return err->code == RK_OK;
}

static void reads(void)
{
    const good_row rows[] = {
        { "the worked example", NINE,
          "'1' '1' '2' '2' '3' '3' '4' '4' '5' '5' '6' '6' '7' '7' '8' '8' '9' '9' " },
        { "slack behind a value", ZIPMAP("\2", "\1k\1\3v\xff\xfe\0\1l\1\0w"), "'k' 'v' 'l' 'w' " },
        { "empty field and value", ZIPMAP("\1", "\0\0\0"), "'' '' " },
        { "slack behind an empty value", ZIPMAP("\1", "\1k\0\2xx"), "'k' '' " },
        { "count unknown", ZIPMAP("\xfe", "\1k\1\0v"), "'k' 'v' " },
        { "count above unknown", ZIPMAP("\xff", "\1k\1\0v"), "'k' 'v' " },
    };
    check_good(walk, ROWS(rows));
}

static void refuses(void)
{
    const bad_row rows[] = {
        { "no byte", RK_EMPTY, AT, "zipmap has 0 bytes, not at least 2" },
        { "one byte", BYTES("\xff"), AT, "zipmap has 1 bytes, not at least 2" },
        { "no pair", BYTES("\0\xff"), AT + 1, "zipmap holds 0 pairs, not at least 1" },
        { "no pair, count unknown", BYTES("\xfe\xff"), AT + 1, "zipmap holds 0 pairs, not at least 1" },
        { "no end mark", BYTES("\1\1k\1\0v\xfe"), AT + 6, "zipmap ends in byte 0xfe, not 0xff" },
        { "end mark for a field", ZIPMAP("\1", "\1k\1\0v\xff\1"), AT + 6,
          "zipmap end mark stands 2 bytes before the last byte" },
        { "end mark for a value", ZIPMAP("\1", "\1k\xff\1\0v"), AT + 3,
          "zipmap end mark stands 4 bytes before the last byte" },
        { "long field length cut", ZIPMAP("\1", "\xfe\1\0"), AT + 2,
          "zipmap field length takes 4 bytes, 2 remain" },
        { "long length of a short field", ZIPMAP("\1", "\xfe\1\0\0\0k\1\0v"), AT + 1,
          "zipmap field length is 1 in 5 bytes, not in 1" },
        { "long length of a short value", ZIPMAP("\1", "\1k\xfe\1\0\0\0\0v"), AT + 3,
          "zipmap value length is 1 in 5 bytes, not in 1" },
        { "long length just short", ZIPMAP("\1", "\xfe\xfd\0\0\0k\1\0v"), AT + 1,
          "zipmap field length is 253 in 5 bytes, not in 1" },
        { "long length, too long", ZIPMAP("\1", "\xfe\xfe\0\0\0k\1\0v"), AT + 6,
          "zipmap field takes 254 bytes, 4 remain" },
        { "long length in its highest byte", ZIPMAP("\1", "\xfe\0\0\0\xffk\1\0v"), AT + 6,
          "zipmap field takes 4278190080 bytes, 4 remain" },
        { "field too long", ZIPMAP("\1", "\3ab"), AT + 2, "zipmap field takes 3 bytes, 2 remain" },
        { "no value", ZIPMAP("\1", "\1k"), AT + 3, "zipmap value length takes 1 bytes, 0 remain" },
        { "no free byte", ZIPMAP("\1", "\1k\1"), AT + 4, "zipmap free byte takes 1 bytes, 0 remain" },
        { "value too long", ZIPMAP("\1", "\1k\3\0ab"), AT + 5, "zipmap value takes 3 bytes, 2 remain" },
        { "slack too long", ZIPMAP("\1", "\1k\1\3vxx"), AT + 6, "zipmap slack takes 3 bytes, 2 remain" },
        { "count too high", ZIPMAP("\2", "\1k\1\0v"), AT + 6, "zipmap counts 2 pairs, 1 are there" },
        { "count too low", ZIPMAP("\1", "\1k\1\0v\1l\1\0w"), AT + 11, "zipmap counts 1 pairs, 2 are there" },
        { "highest count that is known", ZIPMAP("\xfd", "\1k\1\0v"), AT + 6,
          "zipmap counts 253 pairs, 1 are there" },
    };
    check_bad(walk, ROWS(rows));
}

/* One pair whose value has `len` bytes, with the length form that goes with it. */
static void long_value(size_t len)
{
    size_t head = len < 254 ? 1 : 5, total = 1 + 2 + head + 1 + len + 1;
    uint8_t *bytes = calloc(1, total);
    rk_err err = { 0 };
    rk_zipmap map;
    rk_packed field, value;
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    memcpy(bytes, "\1\1k", 3);
    bytes[3] = head == 1 ? (uint8_t)len : 0xfe;
    for (int i = 0; i < 4 && head == 5; i++)
        bytes[4 + i] = (uint8_t)(len >> (8 * i));
    bytes[total - 1] = 0xff;
    CU_ASSERT(rk_zipmap_open(&map, (rk_blob){ { bytes, total }, AT, false }, &err));
    CU_ASSERT(rk_zipmap_next(&map, &field, &value));
    CU_ASSERT_EQUAL(value.text.len, len);
    CU_ASSERT_EQUAL(value.offset, AT + 3);
    CU_ASSERT_FALSE(rk_zipmap_next(&map, &field, &value));
    CU_ASSERT_EQUAL(err.code, RK_OK);
    free(bytes);
}

static void lengths(void)
{
    static const size_t rows[] = { 252, 253, 254, 255, 256, 70000 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        long_value(rows[i]);
}

static void offsets(void)
{
    rk_err err = { 0 };
    rk_zipmap map;
    rk_packed field, value;
    rk_zipmap_open(&map, (rk_blob){ NINE, AT, false }, &err);
    for (uint64_t i = 0; i < 9; i++) {
        CU_ASSERT(rk_zipmap_next(&map, &field, &value));
        CU_ASSERT_EQUAL(field.offset, AT + 1 + 5 * i);
        CU_ASSERT_EQUAL(value.offset, AT + 3 + 5 * i);
    }
}

static void reframe(uint8_t *bytes, size_t size)
{
    if (size > 1)
        bytes[size - 1] = 0xff;
}

static void cuts(void)
{
    check_cuts(walk, NINE, reframe);
}

UNIT_MAIN("zipmap", { "reads pairs, slack and all", reads },
          { "refuses what contradicts the format", refuses },
          { "reads lengths on both sides of 254", lengths },
          { "tells where each field and value begins", offsets }, { "refuses every truncation", cuts })
