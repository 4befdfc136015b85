/* ziplist: the packed list of RDB 2 to 9 (spec: RDB, "Ziplist").
 *
 *     LE32 size | LE32 offset of the last entry | LE16 entries | { prevlen | encoding | data }* | 0xff
 *
 * prevlen is the size of the entry before: one byte up to 253, else 0xfe and LE32. Redis leaves the long form
 * where it stands when the entry before shrinks, so a small size in five bytes is legal. */
#include "packed.h"

#define HEADER        10
#define SIZE_LEAST    (HEADER + 1)
#define PREVLEN_LONG  0xfe
#define COUNT_UNKNOWN 65535

bool rk_ziplist_open(rk_ziplist *list, rk_blob blob, rk_err *err)
{
    *list = (rk_ziplist){ .cursor = { blob.bytes, blob.offset, err, blob.pinned } };
    rk_cursor *c = &list->cursor;
    size_t size = blob.bytes.len;
    if (size < SIZE_LEAST)
        return rk_packed_fail(c, c->offset, "ziplist has %zu bytes, not at least %d", size, SIZE_LEAST);
    list->total = rk_packed_le(c, 4, "ziplist size");
    if (list->total != size)
        return rk_packed_fail(c, blob.offset, "ziplist header says %" PRIu64 " bytes, %zu are there",
                              list->total, size);
    uint64_t last_at = c->offset;
    list->last = rk_packed_le(c, 4, "ziplist tail offset");
    if (list->last < HEADER || list->last > size - 1)
        return rk_packed_fail(c, last_at, "ziplist tail offset is %" PRIu64 ", not within %d and %zu",
                              list->last, HEADER, size - 1);
    list->count = (uint32_t)rk_packed_le(c, 2, "ziplist count");
    return rk_packed_open_end(c, "ziplist");
}

/* Reads an entry of an integer, whose encoding byte `code` stood at `code_at`. */
static void take_integer(rk_ziplist *list, uint8_t code, uint64_t code_at, rk_packed *entry)
{
    rk_cursor *c = &list->cursor;
    unsigned width = code == 0xc0 ? 2 : code == 0xd0 ? 4 : code == 0xe0 ? 8 : code == 0xf0 ? 3 : code == 0xfe;
    entry->is_int = true;
    list->small_ints |= code >= 0xf0;
    if (width > 0) {
        rk_slice number = rk_packed_take(c, width, "ziplist integer");
        entry->integer = number.len ? rk_packed_int(number.ptr, width) : 0;
    } else if (code > 0xf0 && code < 0xfe) { /* 0xf1 is 0, 0xfd is 12 */
        entry->integer = (code & 0x0f) - 1;
    } else {
        rk_packed_fail(c, code_at, "ziplist encoding byte is 0x%02x, which has no meaning", code);
    }
}

/* Reads what stands behind prevlen. Servers ignore the low bits of the 32-bit length form, and so do we. */
static void take_value(rk_ziplist *list, rk_packed *entry)
{
    rk_cursor *c = &list->cursor;
    uint64_t code_at = c->offset, length = 0;
    uint8_t code = (uint8_t)rk_packed_le(c, 1, "ziplist encoding");
    switch (code >> 6) {
    case 0:
        length = code;
        break;
    case 1:
        length = (uint64_t)(code & 0x3f) << 8 | rk_packed_le(c, 1, "ziplist string length");
        break;
    case 2:
        length = __builtin_bswap32((uint32_t)rk_packed_le(c, 4, "ziplist string length"));
        break;
    default:
        take_integer(list, code, code_at, entry);
        return;
    }
    entry->text = rk_packed_take(c, length, "ziplist string");
}

/* What can only be known behind the last entry. After a failure there is nothing more to say: the first one
 * is kept. */
static bool end(rk_ziplist *list)
{
    rk_cursor *c = &list->cursor;
    uint64_t last = list->total - 1 - list->previous;
    if (list->seen > 0 && list->last != last)
        return rk_packed_fail(c, c->offset,
                              "ziplist tail offset is %" PRIu64 ", its last entry begins at %" PRIu64,
                              list->last, last);
    if (list->count != COUNT_UNKNOWN && list->count != list->seen)
        return rk_packed_fail(c, c->offset, "ziplist counts %" PRIu32 " entries, %" PRIu32 " are there",
                              list->count, list->seen);
    return false;
}

bool rk_ziplist_next(rk_ziplist *list, rk_packed *entry)
{
    rk_cursor *c = &list->cursor;
    size_t before = c->rest.len;
    *entry = (rk_packed){ .text = RK_EMPTY, .offset = c->offset };
    if (before == 0)
        return end(list);
    uint64_t prevlen = rk_packed_le(c, 1, "ziplist prevlen");
    if (prevlen == RK_PACKED_END)
        return rk_packed_fail(c, entry->offset, "ziplist end mark stands %zu bytes before the last byte",
                              before);
    if (prevlen == PREVLEN_LONG)
        prevlen = rk_packed_le(c, 4, "ziplist prevlen");
    if (rk_cursor_ok(c) && prevlen != list->previous)
        return rk_packed_fail(c, entry->offset,
                              "ziplist prevlen is %" PRIu64 ", the entry before takes %" PRIu32 " bytes",
                              prevlen, list->previous);
    take_value(list, entry);
    if (!rk_cursor_ok(c))
        return false;
    list->previous = (uint32_t)(before - c->rest.len);
    list->seen++;
    return true;
}
