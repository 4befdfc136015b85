/* lzf: strings that Redis compressed (spec: RDB, "LZF stream").
 *
 *     ctrl < 32:  ctrl + 1 literal bytes follow
 *     else:       L = ctrl >> 5, and the next byte more if that is 7; copy L + 2 bytes from
 *                 ((ctrl & 31) << 8 | next byte) + 1 bytes back in the output; the regions may overlap
 *
 * Whole strings are decoded by lzf_fast.c. What is here reads the beginning of a string, and says what is wrong
 * when the other only says that something is. */
#include "packed.h"
#include "reader.h"

#define LITERAL_CODES        32 /* control bytes below this begin a literal run */
#define LENGTH_LONG          7
#define REFERENCE_MOST       (LENGTH_LONG + 255 + 2)
#define SHORT_REFERENCE_MOST (LENGTH_LONG - 1 + 2)

typedef struct {
    rk_cursor in; /* pinned: errors are at the string's first byte */
    uint8_t *out;
    size_t len, cap; /* bytes yielded, and asked for */
    bool whole;      /* the string must yield `cap` bytes, not more */
} unpacker;

/* How many of the `n` bytes that come next are asked for. */
static size_t wanted(unpacker *u, size_t n)
{
    size_t left = u->cap - u->len;
    if (n <= left)
        return n;
    if (u->whole)
        rk_packed_fail(&u->in, u->in.offset, "LZF run yields %zu bytes, %zu are left of %zu", n, left,
                       u->cap);
    return left;
}

static void copy_literals(unpacker *u, size_t n)
{
    rk_slice run = rk_packed_take(&u->in, wanted(u, n), "LZF literal run");
    if (u->out)
        memcpy(u->out + u->len, run.ptr, run.len);
    u->len += run.len;
}

static void copy_reference(unpacker *u, uint8_t control)
{
    size_t n = control >> 5;
    if (n == LENGTH_LONG)
        n += rk_packed_le(&u->in, 1, "LZF reference length");
    size_t back = ((size_t)(control & 31) << 8 | rk_packed_le(&u->in, 1, "LZF reference offset")) + 1;
    if (rk_cursor_ok(&u->in) && back > u->len)
        rk_packed_fail(&u->in, u->in.offset, "LZF reference reaches %zu bytes back, %zu precede it", back,
                       u->len);
    n = wanted(u, n + 2);
    if (!rk_cursor_ok(&u->in))
        return;
    for (size_t i = 0; u->out && i < n; i++)
        u->out[u->len + i] = u->out[u->len + i - back];
    u->len += n;
}

static bool unpack(unpacker *u)
{
    while (u->len < u->cap && u->in.rest.len > 0) {
        uint8_t control = (uint8_t)rk_packed_le(&u->in, 1, "LZF control byte");
        if (control < LITERAL_CODES)
            copy_literals(u, (size_t)control + 1);
        else
            copy_reference(u, control);
    }
    if (!rk_cursor_ok(&u->in))
        return false;
    if (u->len < u->cap)
        return rk_packed_fail(&u->in, u->in.offset, "LZF string yields %zu bytes, not %zu", u->len, u->cap);
    if (u->whole && u->in.rest.len > 0)
        return rk_packed_fail(&u->in, u->in.offset, "LZF string has %zu bytes left after yielding %zu",
                              u->in.rest.len, u->cap);
    return true;
}

bool rk_lzf_decode(rk_slice packed, uint8_t *out, size_t out_len, uint64_t offset, rk_err *err)
{
    unpacker own = { { packed, offset, err, true }, out, 0, out_len, true };
    if (packed.len == 0)
        return rk_packed_fail(&own.in, offset, "LZF string has 0 bytes, not at least 1");
    return rdb_lzf_fast(packed, out, out_len) || unpack(&own);
}

/* The walk that says what is wrong, which costs more, is taken only when something is. */
static bool all_runs_fit(rk_slice packed, uint64_t out_len)
{
    const uint8_t *at = packed.ptr, *end = packed.ptr + packed.len;
    uint64_t len = 0;
    while (at < end) {
        uint8_t control = *at++;
        if (control < LITERAL_CODES) {
            if (end - at <= control)
                return false;
            at += control + 1;
            len += (uint64_t)control + 1;
            continue;
        }
        uint64_t n = control >> 5;
        if (end - at < (n == LENGTH_LONG ? 2 : 1))
            return false;
        if (n == LENGTH_LONG)
            n += *at++;
        if ((((uint64_t)(control & 31) << 8) | *at++) >= len)
            return false;
        len += n + 2;
    }
    return len == out_len && packed.len > 0;
}

bool rk_lzf_check(rk_slice packed, uint64_t out_len, uint64_t offset, rk_err *err)
{
    unpacker own = { { packed, offset, err, true }, NULL, 0, (size_t)out_len, true };
    if (all_runs_fit(packed, out_len))
        return true;
    if (packed.len == 0)
        return rk_packed_fail(&own.in, offset, "LZF string has 0 bytes, not at least 1");
    return unpack(&own);
}

bool rk_lzf_peek(rk_slice packed, uint8_t *out, size_t out_len, uint64_t offset, rk_err *err)
{
    unpacker own = { { packed, offset, err, true }, out, 0, out_len, false };
    return unpack(&own);
}

/* The best there is begins with one literal in 2 bytes, for a reference needs something to refer to, and goes
 * on with long references, 3 bytes each. A byte too many is one more literal; two are a short reference. */
uint64_t rk_lzf_most(uint64_t packed_len)
{
    static const uint64_t remainder[3] = { 0, 1, SHORT_REFERENCE_MOST };
    uint64_t references = packed_len < 2 ? 0 : (packed_len - 2) / 3;
    if (packed_len < 2)
        return 0;
    if (references > UINT64_MAX / REFERENCE_MOST - 1)
        return UINT64_MAX;
    return 1 + references * REFERENCE_MOST + remainder[(packed_len - 2) % 3];
}
