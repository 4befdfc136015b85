/* packed: what the packed encodings share. */
#include "packed.h"

#include <stdio.h>

bool rk_packed_fail(rk_cursor *c, uint64_t offset, const char *format, ...)
{
    char what[sizeof c->err->what];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    c->rest = RK_EMPTY;
    return rk_fail(c->err, RK_DAMAGED, offset, "%s", what);
}

rk_slice rk_packed_bytes(const rk_packed *entry, char *room)
{
    char *at = room + RK_PACKED_TEXT;
    uint64_t left = (uint64_t)entry->integer;
    if (!entry->is_int)
        return entry->text;
    if (entry->integer < 0)
        left = 0 - left;
    do
        *--at = (char)('0' + left % 10);
    while (left /= 10);
    if (entry->integer < 0)
        *--at = '-';
    return (rk_slice){ (const uint8_t *)at, (size_t)(room + RK_PACKED_TEXT - at) };
}

bool rk_packed_open_end(rk_cursor *c, const char *name)
{
    size_t entries = c->rest.len - 1;
    uint8_t last = c->rest.ptr[entries];
    if (last != RK_PACKED_END)
        return rk_packed_fail(c, c->offset + (c->pinned ? 0 : entries), "%s ends in byte 0x%02x, not 0xff",
                              name, last);
    c->rest.len = entries;
    return true;
}
