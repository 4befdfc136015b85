/* cursor: the library's one bounds check. */
#include "rdbkit/base.h"

#include <stdio.h>

rk_slice rk_cursor_take(rk_cursor *c, uint64_t n, const char *what)
{
    if (n > c->rest.len) {
        rk_fail(c->err, RK_TRUNCATED, c->offset, "%s takes %" PRIu64 " bytes, %zu remain", what, n,
                c->rest.len);
        c->rest = RK_EMPTY;
        return RK_EMPTY;
    }
    rk_slice taken = { c->rest.ptr, (size_t)n };
    c->rest.ptr += n;
    c->rest.len -= (size_t)n;
    c->offset += c->pinned ? 0 : n;
    return taken;
}

/* The next `n` (at most 8) bytes as a number, lowest byte first; 0 when they are not there. */
static uint64_t take_le(rk_cursor *c, unsigned n, const char *what)
{
    rk_slice taken = rk_cursor_take(c, n, what);
    uint64_t value = 0;
    for (size_t i = 0; i < taken.len; i++)
        value |= (uint64_t)taken.ptr[i] << (8 * i);
    return value;
}

uint8_t rk_cursor_u8(rk_cursor *c, const char *what)
{
    return (uint8_t)take_le(c, 1, what);
}

uint16_t rk_cursor_u16le(rk_cursor *c, const char *what)
{
    return (uint16_t)take_le(c, 2, what);
}

uint32_t rk_cursor_u32le(rk_cursor *c, const char *what)
{
    return (uint32_t)take_le(c, 4, what);
}

uint64_t rk_cursor_u64le(rk_cursor *c, const char *what)
{
    return take_le(c, 8, what);
}

uint64_t rk_cursor_u64be(rk_cursor *c, const char *what)
{
    return __builtin_bswap64(take_le(c, 8, what));
}

bool rk_cursor_fail(rk_cursor *c, rk_code code, const char *format, ...)
{
    char what[sizeof c->err->what];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    c->rest = RK_EMPTY;
    return rk_fail(c->err, code, c->offset, "%s", what);
}
