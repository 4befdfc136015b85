/* zeros: blocks that were never written are read as zeros after a power cut; they fill the end of the file. */
#include "aof.h"

enum { CHUNK = 16 * 1024 };

static size_t zeros_in(const uint8_t *bytes, size_t len)
{
    size_t at = 0;
    uint64_t eight = 0;
    while (len - at >= 8 && (memcpy(&eight, bytes + at, 8), eight == 0))
        at += 8;
    while (at < len && bytes[at] == 0)
        at++;
    return at;
}

/* How many zeros stand at `offset` and behind; *over: they reach the end. Read aside, as far as the source can be. */
static uint64_t zeros_aside(const rk_aof *aof, uint64_t offset, bool *over, rk_err *err)
{
    uint8_t bytes[CHUNK];
    uint64_t count = 0;
    for (size_t got = 1; rk_source_read_at(aof->win.source, offset + count, bytes, CHUNK, &got, err);) {
        size_t zeros = zeros_in(bytes, got);
        count += zeros;
        *over = got == 0;
        if (zeros < got || got == 0)
            break;
    }
    return count;
}

bool aof_zeros(rk_aof *aof, size_t floor, size_t at, size_t *from, rk_err *err)
{
    rk_window *w = &aof->win;
    rk_err aside = { 0 };
    bool over = false;
    uint64_t wrong = aof_offset(aof, at);
    if (wrong >= aof->zeros_from && wrong < aof->zeros_to)
        return false; /* else many broken commands before the same zeros would each look through them */
    for (*from = at; *from > floor && *aof_at(aof, *from - 1) == 0;)
        --*from;
    size_t seen = at + zeros_in(aof_at(aof, at), w->end - w->pos - at);
    uint64_t until = aof_offset(aof, seen);
    if (seen == w->end - w->pos)
        until += zeros_aside(aof, until, &over, &aside);
    if (aside.code == RK_USAGE) { /* a pipe, or a packed file: what is looked at is held */
        while (aof_has(aof, seen + 1, err) && *aof_at(aof, seen) == 0)
            seen += zeros_in(aof_at(aof, seen), w->end - w->pos - seen);
        until = aof_offset(aof, seen);
        over = err->code == RK_OK && seen == w->end - w->pos;
    }
    aof->zeros_from = over ? 0 : aof_offset(aof, *from);
    aof->zeros_to = over ? 0 : until;
    return over;
}
