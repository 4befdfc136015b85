/* listpack: the packed list of RDB 9 and later (spec: RDB, "Listpack").
 *
 *     LE32 size | LE16 elements | { encoding | data | backlen }* | 0xff
 *
 * backlen is the size of encoding and data, 7 bits a byte, highest first, all bytes but the first marked with
 * their high bit. Most of the bytes of a modern snapshot come through rk_listpack_next: its checks are few
 * and stand in line, and what a failure has to say is told apart from it. */
#include "packed.h"

#define HEADER        6
#define SIZE_LEAST    (HEADER + 1)
#define COUNT_UNKNOWN 65535
#define BACKLEN_MOST  5

bool rk_listpack_open(rk_listpack *list, rk_blob blob, rk_err *err)
{
    *list = (rk_listpack){ .cursor = { blob.bytes, blob.offset, err, blob.pinned } };
    rk_cursor *c = &list->cursor;
    size_t size = blob.bytes.len;
    if (size < SIZE_LEAST)
        return rk_packed_fail(c, c->offset, "listpack has %zu bytes, not at least %d", size, SIZE_LEAST);
    uint64_t total = rk_packed_le(c, 4, "listpack size");
    if (total != size)
        return rk_packed_fail(c, blob.offset, "listpack header says %" PRIu64 " bytes, %zu are there", total,
                              size);
    list->count = (uint32_t)rk_packed_le(c, 2, "listpack count");
    return rk_packed_open_end(c, "listpack");
}

static inline uint64_t set_integer(rk_packed *entry, int64_t integer, uint64_t size)
{
    entry->is_int = true;
    entry->integer = integer;
    return size;
}

static inline uint64_t set_text(rk_packed *entry, const uint8_t *text, uint64_t len, uint64_t head)
{
    entry->text = (rk_slice){ text, (size_t)len };
    return head + len;
}

/* Reads the element that begins at `at`, without its backlen, from at least one and at most `rest` bytes.
 * Returns its size; more than `rest`: it does not fit and `entry` means nothing; 0: its first byte has no
 * meaning. */
static inline uint64_t read_element(const uint8_t *at, size_t rest, rk_packed *entry)
{
    uint8_t code = at[0];
    if (code < 0x80)
        return set_integer(entry, code, 1);
    if (code < 0xc0)
        return set_text(entry, at + 1, code & 0x3f, 1);
    if (code < 0xe0) /* 13 bits; 0x1000 is the sign */
        return rest < 2 ? 2 : set_integer(entry, (((code & 0x1f) << 8 | at[1]) ^ 0x1000) - 0x1000, 2);
    if (code < 0xf0)
        return rest < 2 ? 2 : set_text(entry, at + 2, (uint64_t)(code & 0x0f) << 8 | at[1], 2);
    if (code == 0xf0)
        return rest < 5 ? 5 : set_text(entry, at + 5, (uint32_t)rk_packed_int(at + 1, 4), 5);
    if (code > 0xf4)
        return 0;
    unsigned width = code == 0xf4 ? 8 : code - 0xefu;
    return rest < 1 + width ? 1 + width : set_integer(entry, rk_packed_int(at + 1, width), 1 + width);
}

/* How many bytes the backlen of an element of `size` bytes takes. */
static unsigned backlen_width(uint64_t size)
{
    unsigned width = 1;
    while (width < BACKLEN_MOST && size >> (7 * width))
        width++;
    return width;
}

/* The backlen of `size` in `width` bytes, as one number: its first byte is the highest. */
static uint64_t backlen_write(uint64_t size, unsigned width)
{
    uint64_t backlen = 0;
    for (unsigned i = 0; i < width; i++)
        backlen |= (size >> (7 * i) & 0x7f) << (8 * i);
    return backlen | (UINT64_C(0x8080808080) & ((UINT64_C(1) << (8 * (width - 1))) - 1));
}

/* The `width` bytes at `at` as one number, the first byte the highest. */
static uint64_t backlen_read(const uint8_t *at, unsigned width)
{
    uint64_t backlen = 0;
    for (unsigned i = 0; i < width; i++)
        backlen = backlen << 8 | at[i];
    return backlen;
}

/* The width of the backlen of an element of 128 bytes or more, 0 when the `rest` bytes at `at` do not begin
 * with it. Up to Redis 8.6 and Valkey 9.1, an element of exactly 2^14-1, 2^21-1 or 2^28-1 bytes has a byte
 * more than later. */
static unsigned long_backlen(rk_listpack *list, const uint8_t *at, size_t rest, uint64_t size)
{
    unsigned width = backlen_width(size);
    bool boundary = width > 1 && width < BACKLEN_MOST && size == (UINT64_C(1) << (7 * width)) - 1;
    if (rest >= width && backlen_read(at, width) == backlen_write(size, width)) {
        list->backlen_new |= boundary;
        return width;
    }
    if (boundary && rest > width && backlen_read(at, width + 1) == backlen_write(size, width + 1)) {
        list->backlen_old = true;
        return width + 1;
    }
    return 0;
}

/* Says why the element of `size` bytes at the cursor (0: of no known encoding) cannot be had: the first
 * reason is the one that is kept. */
static bool fail_element(rk_cursor *c, uint64_t size)
{
    uint8_t code = c->rest.ptr[0];
    if (code == RK_PACKED_END)
        return rk_packed_fail(c, c->offset, "listpack end mark stands %zu bytes before the last byte",
                              c->rest.len);
    if (size == 0)
        return rk_packed_fail(c, c->offset, "listpack encoding byte is 0x%02x, which has no meaning", code);
    rk_packed_take(c, size, "listpack element");
    unsigned width = backlen_width(size);
    if (c->rest.len < width)
        return rk_packed_fail(c, c->offset, "listpack backlen takes %u bytes, %zu remain", width,
                              c->rest.len);
    return rk_cursor_fail(
        c, RK_DAMAGED, "listpack backlen is 0x%0*" PRIx64 ", that of %" PRIu64 " bytes is 0x%0*" PRIx64,
        2 * (int)width, backlen_read(c->rest.ptr, width), size, 2 * (int)width, backlen_write(size, width));
}

/* What can only be known behind the last element. After a failure there is nothing more to say: the first one
 * is kept. */
static bool end(rk_listpack *list)
{
    rk_cursor *c = &list->cursor;
    if (list->count != COUNT_UNKNOWN && list->count != list->seen)
        rk_packed_fail(c, c->offset, "listpack counts %" PRIu32 " elements, %" PRIu32 " are there",
                       list->count, list->seen);
    return false;
}

bool rk_listpack_next(rk_listpack *list, rk_packed *entry)
{
    rk_cursor *c = &list->cursor;
    const uint8_t *at = c->rest.ptr;
    size_t rest = c->rest.len;
    unsigned width;
    *entry = (rk_packed){ .text = RK_EMPTY, .offset = c->offset };
    if (rest == 0)
        return end(list);
    uint64_t size = read_element(at, rest, entry);
    if (size == 0 || size >= rest) /* a byte of backlen follows at least */
        return fail_element(c, size);
    if (size < 0x80)
        width = at[size] == size;
    else
        width = long_backlen(list, at + size, rest - size, size);
    if (width == 0)
        return fail_element(c, size);
    c->rest.ptr = at + size + width;
    c->rest.len = rest - size - width;
    c->offset += c->pinned ? 0 : size + width;
    list->seen++;
    return true;
}
