/* zipmap: the packed hash of RDB 2 and 3 (spec: RDB, "Zipmap").
 *
 *     u8 pairs | { length | field | length | u8 free | value | free bytes of slack }* | 0xff
 *
 * A length is one byte up to 253, else 0xfe and LE32; 0xff in its place is the end mark. */
#include "packed.h"

#define SIZE_LEAST    2
#define LENGTH_LONG   0xfe
#define COUNT_UNKNOWN 254 /* and above */

bool rk_zipmap_open(rk_zipmap *map, rk_blob blob, rk_err *err)
{
    *map = (rk_zipmap){ .cursor = { blob.bytes, blob.offset, err, blob.pinned } };
    rk_cursor *c = &map->cursor;
    if (blob.bytes.len < SIZE_LEAST)
        return rk_packed_fail(c, c->offset, "zipmap has %zu bytes, not at least %d", blob.bytes.len,
                              SIZE_LEAST);
    map->count = (uint8_t)rk_packed_le(c, 1, "zipmap count");
    return rk_packed_open_end(c, "zipmap");
}

/* The length of the field or value at the cursor. */
static uint64_t take_length(rk_cursor *c, const char *what)
{
    uint64_t at = c->offset;
    size_t left = c->rest.len;
    uint64_t length = rk_packed_le(c, 1, what);
    if (length < LENGTH_LONG)
        return length;
    if (length == RK_PACKED_END) {
        rk_packed_fail(c, at, "zipmap end mark stands %zu bytes before the last byte", left);
        return 0;
    }
    length = rk_packed_le(c, 4, what);
    if (rk_cursor_ok(c) && length < LENGTH_LONG)
        rk_packed_fail(c, at, "%s is %" PRIu64 " in 5 bytes, not in 1", what, length);
    return length;
}

/* What can only be known behind the last pair. After a failure there is nothing more to say: the first one is
 * kept. */
static bool end(rk_zipmap *map)
{
    rk_cursor *c = &map->cursor;
    if (map->seen == 0)
        return rk_packed_fail(c, c->offset, "zipmap holds 0 pairs, not at least 1");
    if (map->count < COUNT_UNKNOWN && map->count != map->seen)
        return rk_packed_fail(c, c->offset, "zipmap counts %d pairs, %" PRIu32 " are there", map->count,
                              map->seen);
    return false;
}

bool rk_zipmap_next(rk_zipmap *map, rk_packed *field, rk_packed *value)
{
    rk_cursor *c = &map->cursor;
    *field = *value = (rk_packed){ .text = RK_EMPTY, .offset = c->offset };
    if (c->rest.len == 0)
        return end(map);
    field->text = rk_packed_take(c, take_length(c, "zipmap field length"), "zipmap field");
    value->offset = c->offset;
    uint64_t length = take_length(c, "zipmap value length");
    uint64_t slack = rk_packed_le(c, 1, "zipmap free byte");
    value->text = rk_packed_take(c, length, "zipmap value");
    rk_packed_take(c, slack, "zipmap slack");
    if (!rk_cursor_ok(c))
        return false;
    map->seen++;
    return true;
}
