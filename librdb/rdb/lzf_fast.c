/* lzf_fast: LZF as it is nearly always: sound. Bytes are copied sixteen at a time wherever so many are there and so
 * much room is, also beyond the end of a run: what stands there is written next. Says only whether the string is sound;
 * lzf.c finds out what is wrong (and draws the format). */
#include "reader.h"

enum { LITERAL_CODES = 32, LENGTH_LONG = 7, BLOCK = 16 };

static inline void copy_block(uint8_t *to, const uint8_t *from)
{
    uint8_t block[BLOCK];
    memcpy(block, from, BLOCK); /* by way of a register: the two may overlap */
    memcpy(to, block, BLOCK);
}

/* Copies `n` bytes from `back` bytes before `to`, where `room` (at least n) bytes are free. */
static inline void copy_back(uint8_t *to, size_t back, size_t n, size_t room)
{
    const uint8_t *from = to - back;
    if (back >= BLOCK && room - n >= BLOCK) {
        for (size_t i = 0; i < n; i += BLOCK)
            copy_block(to + i, from + i);
        return;
    }
    if (back == 1) {
        memset(to, *from, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
}

bool rdb_lzf_fast(rk_slice packed, uint8_t *out, size_t out_len)
{
    const uint8_t *in = packed.ptr, *in_end = packed.ptr + packed.len;
    uint8_t *to = out, *out_end = out + out_len;
    while (in < in_end) {
        size_t control = *in++, n = control + 1, room = (size_t)(out_end - to), left = (size_t)(in_end - in);
        if (control < LITERAL_CODES) {
            if (left >= LITERAL_CODES && room >= LITERAL_CODES) {
                copy_block(to, in);
                copy_block(to + BLOCK, in + BLOCK);
            } else if (n <= left && n <= room) {
                memcpy(to, in, n);
            } else {
                return false;
            }
            in += n;
            to += n;
            continue;
        }
        n = (control >> 5) + 2;
        if (left < (n == LENGTH_LONG + 2 ? 2 : 1))
            return false;
        if (n == LENGTH_LONG + 2)
            n += *in++;
        size_t back = ((control & 31) << 8 | *in++) + 1;
        if (back > (size_t)(to - out) || n > room)
            return false;
        copy_back(to, back, n, room);
        to += n;
    }
    return to == out_end;
}
