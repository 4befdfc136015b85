/* packed: what the packed encodings share; private to this room. A blob is there as a whole when it is
 * walked, so whatever does not fit into it is RK_DAMAGED; RK_TRUNCATED is for sources. */
#ifndef RDBKIT_RDB_PACKED_H
#define RDBKIT_RDB_PACKED_H

#include "rdbkit/rdb.h"

#define RK_PACKED_END 0xff /* the last byte of a ziplist, a listpack and a zipmap */

/* Ends the walk: the blob is damaged at `offset`, in bytes into the source. Always returns false. */
bool rk_packed_fail(rk_cursor *c, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The next `n` bytes of the blob; empty, and the cursor fails, when they are not there. */
static inline rk_slice rk_packed_take(rk_cursor *c, uint64_t n, const char *what)
{
    if (n > c->rest.len) {
        rk_packed_fail(c, c->offset, "%s takes %" PRIu64 " bytes, %zu remain", what, n, c->rest.len);
        return RK_EMPTY;
    }
    return rk_cursor_take(c, n, what);
}

/* The next `n` (at most 8) bytes as an unsigned number, lowest byte first; 0 when they are not there. */
static inline uint64_t rk_packed_le(rk_cursor *c, unsigned n, const char *what)
{
    rk_slice taken = rk_packed_take(c, n, what);
    uint64_t value = 0;
    for (size_t i = 0; i < taken.len; i++)
        value |= (uint64_t)taken.ptr[i] << (8 * i);
    return value;
}

/* The signed number that the `width` (1 to 8) bytes at `at` hold, lowest byte first. */
static inline int64_t rk_packed_int(const uint8_t *at, unsigned width)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < width; i++)
        bits |= (uint64_t)at[i] << (8 * i);
    return (int64_t)(bits << (64 - 8 * width)) >> (64 - 8 * width);
}

/* Takes the end mark off the cursor's bytes, so that they end where the entries do. False when it is not
 * there; `name` is that of the encoding. */
bool rk_packed_open_end(rk_cursor *c, const char *name);

#endif
