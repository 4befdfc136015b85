/* intset: a sorted array of integers of one width (spec: RDB, "Intset").
 *
 *     LE32 width (2, 4 or 8) | LE32 count | count signed integers, strictly ascending */
#include "packed.h"

#define HEADER 8

bool rk_intset_open(rk_intset *set, rk_blob blob, rk_err *err)
{
    *set = (rk_intset){ .cursor = { blob.bytes, blob.offset, err, blob.pinned } };
    rk_cursor *c = &set->cursor;
    if (blob.bytes.len < HEADER)
        return rk_packed_fail(c, c->offset, "intset has %zu bytes, not at least %d", blob.bytes.len, HEADER);
    set->width = (uint32_t)rk_packed_le(c, 4, "intset width");
    if (set->width != 2 && set->width != 4 && set->width != 8)
        return rk_packed_fail(c, blob.offset, "intset width is %" PRIu32 ", not 2, 4 or 8", set->width);
    uint64_t count_at = c->offset;
    set->left = (uint32_t)rk_packed_le(c, 4, "intset count");
    if ((uint64_t)set->left * set->width != c->rest.len) /* a count is a claim until bytes bear it out */
        return rk_packed_fail(c, count_at,
                              "intset counts %" PRIu32 " members of %" PRIu32 " bytes, %zu bytes follow",
                              set->left, set->width, c->rest.len);
    if (set->left == 0)
        return rk_packed_fail(c, count_at, "intset counts 0 members, not at least 1");
    return true;
}

bool rk_intset_next(rk_intset *set, rk_packed *entry)
{
    rk_cursor *c = &set->cursor;
    *entry = (rk_packed){ .text = RK_EMPTY, .offset = c->offset, .is_int = true };
    if (set->left == 0 || !rk_cursor_ok(c))
        return false;
    entry->integer = rk_packed_int(rk_cursor_take(c, set->width, "intset member").ptr, set->width);
    if (set->started && entry->integer <= set->before)
        return rk_packed_fail(c, entry->offset,
                              "intset member %" PRId64 " comes after %" PRId64 ", not ascending",
                              entry->integer, set->before);
    set->before = entry->integer;
    set->started = true;
    set->left--;
    return true;
}
