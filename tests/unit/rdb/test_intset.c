/* intset: what is read, and what is refused. */
#include "packed_rows.h"

#define THREE BYTES("\2\0\0\0\3\0\0\0\xff\xff\0\0\5\0")

static bool walk(rk_blob blob, rk_buf *text, rk_err *err)
{
    rk_intset set;
    rk_packed entry;
    if (!rk_intset_open(&set, blob, err))
        return false;
    while (rk_intset_next(&set, &entry)) {
        CU_ASSERT_EQUAL(err->code, RK_OK);
        print_entry(&entry, blob, text);
    }
    CU_ASSERT_FALSE(rk_intset_next(&set, &entry)); /* the end stays the end */
    return err->code == RK_OK;
}

static void reads(void)
{
    const good_row rows[] = {
        { "three members", THREE, "-1 0 5 " },
        { "16 bits", BYTES("\2\0\0\0\2\0\0\0\0\x80\xff\x7f"), "-32768 32767 " },
        { "32 bits", BYTES("\4\0\0\0\2\0\0\0\0\0\0\x80\xff\xff\xff\x7f"), "-2147483648 2147483647 " },
        { "64 bits", BYTES("\x08\0\0\0\2\0\0\0\0\0\0\0\0\0\0\x80\xff\xff\xff\xff\xff\xff\xff\x7f"),
          "-9223372036854775808 9223372036854775807 " },
        { "a width larger than needed", BYTES("\4\0\0\0\1\0\0\0\1\0\0\0"), "1 " },
        { "the least of all is no mark", BYTES("\x08\0\0\0\1\0\0\0\0\0\0\0\0\0\0\x80"),
          "-9223372036854775808 " },
    };
    check_good(walk, ROWS(rows));
}

static void refuses(void)
{
    const bad_row rows[] = {
        { "no byte", RK_EMPTY, AT, "intset has 0 bytes, not at least 8" },
        { "header cut", BYTES("\2\0\0\0\1\0\0"), AT, "intset has 7 bytes, not at least 8" },
        { "odd width", BYTES("\3\0\0\0\0\0\0\0"), AT, "intset width is 3, not 2, 4 or 8" },
        { "width 1", BYTES("\1\0\0\0\1\0\0\0\5"), AT, "intset width is 1, not 2, 4 or 8" },
        { "width 16", BYTES("\x10\0\0\0\0\0\0\0"), AT, "intset width is 16, not 2, 4 or 8" },
        { "width in its highest byte", BYTES("\2\0\0\1\0\0\0\0"), AT,
          "intset width is 16777218, not 2, 4 or 8" },
        { "no member", BYTES("\2\0\0\0\0\0\0\0"), AT + 4, "intset counts 0 members, not at least 1" },
        { "count too high", BYTES("\2\0\0\0\2\0\0\0\1\0"), AT + 4,
          "intset counts 2 members of 2 bytes, 2 bytes follow" },
        { "count too low", BYTES("\2\0\0\0\1\0\0\0\1\0\2\0"), AT + 4,
          "intset counts 1 members of 2 bytes, 4 bytes follow" },
        { "half a member more", BYTES("\2\0\0\0\1\0\0\0\1\0\2"), AT + 4,
          "intset counts 1 members of 2 bytes, 3 bytes follow" },
        { "count that overflows 32 bits", BYTES("\x08\0\0\0\1\0\0\x20\1\0\0\0\0\0\0\0"), AT + 4,
          "intset counts 536870913 members of 8 bytes, 8 bytes follow" },
        { "twice the same", BYTES("\2\0\0\0\3\0\0\0\1\0\2\0\2\0"), AT + 12,
          "intset member 2 comes after 2, not ascending" },
        { "descending", BYTES("\2\0\0\0\2\0\0\0\0\0\xff\xff"), AT + 10,
          "intset member -1 comes after 0, not ascending" },
    };
    check_bad(walk, ROWS(rows));
}

static void offsets(void)
{
    rk_err err = { 0 };
    rk_intset set;
    rk_packed entry;
    rk_intset_open(&set, (rk_blob){ THREE, AT, false }, &err);
    for (uint64_t i = 0; i < 3; i++) {
        CU_ASSERT(rk_intset_next(&set, &entry));
        CU_ASSERT_EQUAL(entry.offset, AT + 8 + 2 * i);
    }
}

static void reframe(uint8_t *bytes, size_t size)
{
    if (size > 8 && size % 2) /* half a member: the count of whole ones */
        bytes[4] = (uint8_t)((size - 8) / 2);
}

static void cuts(void)
{
    check_cuts(walk, THREE, reframe);
}

UNIT_MAIN("intset", { "reads every width", reads }, { "refuses what contradicts the format", refuses },
          { "tells where each member begins", offsets }, { "refuses every truncation", cuts })
