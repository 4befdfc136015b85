/* explain_lzf: the runs of an LZF string, one by one, and what they yield (spec: RDB, "LZF stream"). */
#include <stdio.h>

#include "explain.h"

enum { LITERAL_CODES = 32, LENGTH_LONG = 7 };

typedef struct {
    rk_explain *e;
    unsigned depth;
    rk_cursor in; /* over the compressed bytes; its offset is that of the file */
    rk_err err;
} unpacker;

/* The run that begins at `from` of the file has yielded what `decoded` holds from `before` on. */
static void tell_run(unpacker *u, uint64_t from, uint64_t before, uint64_t back)
{
    rk_explain *e = u->e;
    uint64_t to = u->in.offset, yields = e->decoded.len - before;
    explain_spot spot = { .depth = u->depth, .from = from, .len = to - from };
    if (explain_holds(e, from, to)) {
        e->hit_from = before;
        e->hit_to = e->decoded.len;
    }
    if (!explain_is_near(e, false, from, to) || yields == 0)
        return;
    if (back)
        explain_add(e, spot,
                    "LZF reference: %" PRIu64 " bytes from %" PRIu64 " back, bytes %" PRIu64 " to %" PRIu64
                    " of the string",
                    yields, back, before, before + yields - 1);
    else
        explain_add(e, spot,
                    "LZF literal run: %" PRIu64 " bytes, bytes %" PRIu64 " to %" PRIu64 " of the string",
                    yields, before, before + yields - 1);
}

/* Bytes that stand `back` bytes before the end once more; the regions may overlap. */
static bool repeat(rk_buf *out, uint64_t back, size_t count, rk_err *err)
{
    if (back > out->len)
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                       "LZF reference reaches %" PRIu64 " bytes back, %zu precede it", back, out->len);
    if (!rk_buf_reserve(out, out->len + count, err))
        return false;
    for (; count > 0; count--, out->len++)
        out->ptr[out->len] = out->ptr[out->len - back];
    return true;
}

static bool next_run(unpacker *u)
{
    rk_explain *e = u->e;
    uint64_t from = u->in.offset, before = e->decoded.len, back = 0;
    uint8_t control = rk_cursor_u8(&u->in, "LZF control byte");
    if (control < LITERAL_CODES) {
        rk_slice run = rk_cursor_take(&u->in, (uint64_t)control + 1, "LZF literal run");
        if (!rk_cursor_ok(&u->in) || !rk_buf_add(&e->decoded, run, &u->err))
            return false;
    } else {
        size_t count = control >> 5;
        if (count == LENGTH_LONG)
            count += rk_cursor_u8(&u->in, "LZF reference length");
        back = ((uint64_t)(control & 31) << 8 | rk_cursor_u8(&u->in, "LZF reference offset")) + 1;
        if (!rk_cursor_ok(&u->in) || !repeat(&e->decoded, back, count + 2, &u->err))
            return false;
    }
    tell_run(u, from, before, back);
    return true;
}

void explain_lzf(rk_explain *e, unsigned depth, uint64_t len)
{
    unpacker u = { .e = e, .depth = depth };
    char why[120];
    u.in = (rk_cursor){ rk_buf_slice(&e->stored), e->string_content, &u.err, false };
    e->decoded.len = 0;
    uint64_t at = u.in.offset, end = at + e->stored.len;
    while (u.in.rest.len > 0 && e->decoded.len <= len && next_run(&u))
        at = u.in.offset;
    if (u.err.code == RK_NO_MEMORY)
        e->trouble = u.err;
    if (u.err.code == RK_OK && e->decoded.len == len)
        return;
    snprintf(why, sizeof why, "LZF string yields %zu bytes, not %" PRIu64, e->decoded.len, len);
    explain_error(e, depth, false, at, u.err.code != RK_OK ? u.err.what : why);
    if (at < end)
        explain_add(e, (explain_spot){ .depth = depth, .from = at, .len = end - at }, "not read");
}
