/* packed: the bytes that an entry stands for. */
#include "packed_rows.h"

static void integers(void)
{
    static const struct {
        int64_t integer;
        const char *text;
    } rows[] = {
        { 0, "0" },
        { 9, "9" },
        { 10, "10" },
        { -1, "-1" },
        { INT64_MAX, "9223372036854775807" },
        { INT64_MIN, "-9223372036854775808" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char room[RK_PACKED_TEXT];
        rk_packed entry = { .is_int = true, .integer = rows[i].integer, .text = RK_EMPTY };
        CU_ASSERT(rk_slice_is(rk_packed_bytes(&entry, room), rk_slice_of(rows[i].text)));
    }
}

static void text(void)
{
    char room[RK_PACKED_TEXT];
    rk_packed entry = { .text = BYTES("a\0b") };
    rk_slice bytes = rk_packed_bytes(&entry, room);
    CU_ASSERT_EQUAL(bytes.ptr, entry.text.ptr);
    CU_ASSERT_EQUAL(bytes.len, 3);
}

UNIT_MAIN("packed", { "an integer is its decimal text", integers },
          { "a text is the entry's own bytes", text })
