/* test_listpack_write: what is written is what servers write, and what the reader reads. */
#include "../unit.h"
#include "rdbkit/rdb_write.h"

static rk_err err;

/* Ends the list and opens it. */
static rk_slice end(rk_listpack_writer *out, rk_listpack *list)
{
    rk_slice bytes = RK_EMPTY;
    CU_ASSERT(rk_listpack_write_end(out, &bytes, &err));
    CU_ASSERT(rk_listpack_open(list, (rk_blob){ .bytes = bytes }, &err));
    return bytes;
}

/* spec: RDB, "Listpack": a listpack that a server has written */
static void bytes_of_a_server(void)
{
    static const char *const words[] = { "field7",  "value7",  "field8",  "value8", "9",  "value9",
                                         "field10", "value10", "field11", "11",     "12", "12.0" };
    rk_listpack_writer out = { 0 };
    rk_listpack list;
    rk_listpack_write_begin(&out, false);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        CU_ASSERT(rk_listpack_write_text(&out, rk_slice_of(words[i]), &err));
    CU_ASSERT(rk_slice_is(end(&out, &list), BYTES("\x56\0\0\0\x0c\0\x86"
                                                  "field7\x07\x86value7\x07\x86"
                                                  "field8\x07\x86value8\x07\x09\x01\x86value9\x07\x87"
                                                  "field10\x08\x87value10\x08\x87"
                                                  "field11\x08\x0b\x01\x0c\x01\x84"
                                                  "12.0\x05\xff")));
    rk_listpack_write_free(&out);
}

static const int64_t edges[] = { 0,
                                 1,
                                 127,
                                 128,
                                 -1,
                                 4095,
                                 4096,
                                 -4096,
                                 -4097,
                                 INT16_MAX,
                                 INT16_MAX + 1,
                                 INT16_MIN,
                                 INT16_MIN - 1,
                                 (1 << 23) - 1,
                                 1 << 23,
                                 -(1 << 23),
                                 -(1 << 23) - 1,
                                 INT32_MAX,
                                 INT32_MAX + INT64_C(1),
                                 INT32_MIN,
                                 INT32_MIN - INT64_C(1),
                                 INT64_MAX,
                                 INT64_MIN };

/* Each in the form that takes the fewest bytes: with its backlen 2, 3, 4, 5, 6 or 10. */
static size_t smallest(int64_t value)
{
    return value >= 0 && value <= 127                      ? 2
           : value >= -4096 && value <= 4095               ? 3
           : value >= INT16_MIN && value <= INT16_MAX      ? 4
           : value >= -(1 << 23) && value <= (1 << 23) - 1 ? 5
           : value >= INT32_MIN && value <= INT32_MAX      ? 6
                                                           : 10;
}

static void integers(void)
{
    rk_listpack_writer out = { 0 };
    rk_listpack list;
    rk_packed entry;
    char text[24];
    size_t size = 7;
    rk_listpack_write_begin(&out, false);
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        snprintf(text, sizeof text, "%" PRId64, edges[i]);
        CU_ASSERT(rk_listpack_write_int(&out, edges[i], &err) &&
                  rk_listpack_write_text(&out, rk_slice_of(text), &err));
        size += 2 * smallest(edges[i]);
    }
    CU_ASSERT_EQUAL(end(&out, &list).len, size);
    for (size_t i = 0; i < 2 * sizeof edges / sizeof edges[0]; i++)
        CU_ASSERT(rk_listpack_next(&list, &entry) && entry.is_int && entry.integer == edges[i / 2]);
    CU_ASSERT(!rk_listpack_next(&list, &entry) && err.code == RK_OK);
    rk_listpack_write_free(&out);
}

static void texts_that_are_no_integers(void)
{
    static const char *const texts[] = { "",    "-",  "+1",
                                         "01",  "-0", "1.0",
                                         " 1",  "1 ", "9223372036854775808",
                                         "1e5", "a",  "-9223372036854775809" };
    rk_listpack_writer out = { 0 };
    rk_listpack list;
    rk_packed entry;
    rk_listpack_write_begin(&out, true);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CU_ASSERT(rk_listpack_write_text(&out, rk_slice_of(texts[i]), &err));
    end(&out, &list);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CU_ASSERT(rk_listpack_next(&list, &entry) && !entry.is_int &&
                  rk_slice_is(entry.text, rk_slice_of(texts[i])));
    CU_ASSERT(!rk_listpack_next(&list, &entry) && err.code == RK_OK);
    rk_listpack_write_free(&out);
}

/* A text of `len` bytes takes so many as an element, its backlen included. */
static size_t element_size(size_t len, bool short_backlen, bool *old, bool *fresh)
{
    rk_listpack_writer out = { 0 };
    rk_listpack list;
    rk_packed entry;
    uint8_t *text = rk_alloc(len + 1);
    CU_ASSERT_FATAL(text != NULL);
    memset(text, 'x', len);
    rk_listpack_write_begin(&out, short_backlen);
    CU_ASSERT(rk_listpack_write_text(&out, (rk_slice){ text, len }, &err));
    size_t size = end(&out, &list).len - 7;
    CU_ASSERT(rk_listpack_next(&list, &entry) && rk_slice_is(entry.text, (rk_slice){ text, len }));
    *old = list.backlen_old;
    *fresh = list.backlen_new;
    rk_listpack_write_free(&out);
    rk_free(text);
    return size;
}

/* Elements of exactly 2^14-1 bytes and the like have a byte more up to Redis 8.6. */
static void sizes_at_the_limits(void)
{
    static const struct {
        size_t len, more, more_short;
        bool limit;
    } rows[] = {
        { 63, 2, 2, false },    { 64, 3, 3, false },      { 125, 3, 3, false },    { 126, 4, 4, false },
        { 4095, 4, 4, false },  { 4096, 7, 7, false },    { 16377, 7, 7, false },  { 16378, 8, 7, true },
        { 16379, 8, 8, false }, { 2097145, 8, 8, false }, { 2097146, 9, 8, true }, { 2097147, 9, 9, false },
    };
    bool old, fresh;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_EQUAL(element_size(rows[i].len, false, &old, &fresh), rows[i].len + rows[i].more);
        CU_ASSERT(old == rows[i].limit && !fresh);
        CU_ASSERT_EQUAL(element_size(rows[i].len, true, &old, &fresh), rows[i].len + rows[i].more_short);
        CU_ASSERT(!old && fresh == rows[i].limit);
    }
}

static void counts(void)
{
    rk_listpack_writer out = { 0 };
    rk_listpack list;
    rk_packed entry;
    static const uint32_t most[] = { 0, 1, 65534, 65535, 70000 };
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++) {
        uint32_t seen = 0;
        rk_listpack_write_begin(&out, false);
        for (uint32_t k = 0; k < most[i]; k++)
            CU_ASSERT(rk_listpack_write_int(&out, k % 100, &err));
        end(&out, &list);
        CU_ASSERT_EQUAL(list.count, most[i] < 65535 ? most[i] : 65535);
        while (rk_listpack_next(&list, &entry))
            seen++;
        CU_ASSERT(seen == most[i] && err.code == RK_OK);
    }
    rk_listpack_write_free(&out);
}

static void no_memory(void)
{
    rk_listpack_writer out = { 0 };
    rk_slice bytes;
    rk_err failed = { 0 };
    rk_listpack_write_begin(&out, false);
    rk_alloc_fail_after(0);
    CU_ASSERT(!rk_listpack_write_text(&out, RK_TEXT("a"), &failed) && failed.code == RK_NO_MEMORY);
    CU_ASSERT(!rk_listpack_write_end(&out, &bytes, &failed));
    rk_alloc_fail_after(-1);
    rk_listpack_write_free(&out);
}

UNIT_MAIN("listpack_write", { "a listpack of a server is written byte by byte", bytes_of_a_server },
          { "integers take as few bytes as they can", integers },
          { "other texts stay texts", texts_that_are_no_integers },
          { "sizes at the limits have the backlen of the target", sizes_at_the_limits },
          { "the count is told while it fits", counts }, { "without memory it fails", no_memory })
