/* fuzz_lzf: the input is decoded by a reader of a few lines as well, and both agree on what can be decoded
 * and into what. A string that can be decoded cannot be decoded into one byte more or less, yields at most
 * rk_lzf_most of its size, and peeking at its first n bytes gives the first n bytes. What is refused is
 * refused in words at the string's offset, and checking without an output refuses it in the same words. No byte behind the output is touched. Taken as plain text, the
 * input survives packing and decoding. */
#include "packed_fuzz.h"

#include <liblzf/lzf.h>

#define SIZE_MOST  4096
#define YIELD_BYTE 264 /* no byte yields more */
#define CANARY     0x5a

/* The definition (spec: RDB, "LZF stream"): what `packed` yields into `out`, up to its damage if
 * it is not whole. */
static size_t plain_decode(rk_slice packed, uint8_t *out, bool *whole)
{
    size_t len = 0, in = 0;
    *whole = false;
    while (in < packed.len) {
        uint8_t control = packed.ptr[in++];
        size_t n = control < 32 ? control + 1u : control >> 5, back = 0;
        if (control >= 32) {
            if (n == 7 && in < packed.len)
                n += packed.ptr[in++];
            if (in == packed.len)
                return len;
            back = ((control & 31u) << 8 | packed.ptr[in++]) + 1u;
            n += 2;
        }
        if (back > len || (!back && n > packed.len - in))
            return len;
        for (; n > 0; n--, len++)
            out[len] = back ? out[len - back] : packed.ptr[in++];
    }
    *whole = packed.len > 0;
    return len;
}

/* Decodes or peeks into memory of exactly `len` bytes and one canary; the caller frees it. NULL: refused. */
static uint8_t *unpack(bool (*how)(rk_slice, uint8_t *, size_t, uint64_t, rk_err *), rk_slice packed,
                       size_t len)
{
    rk_err err = { 0 };
    uint8_t *out = malloc(len + 1);
    if (!out)
        abort();
    out[len] = CANARY;
    bool whole = how(packed, out, len, AT, &err);
    must(out[len] == CANARY);
    must(whole == (err.code == RK_OK));
    if (how == rk_lzf_decode) { /* the check says the same, in the same words */
        rk_err same = { 0 };
        must(rk_lzf_check(packed, len, AT, &same) == whole && strcmp(same.what, err.what) == 0);
    }
    if (whole)
        return out;
    must_explain(&err, (rk_blob){ packed, AT, true });
    free(out);
    return NULL;
}

static void check_peeks(rk_slice packed, const uint8_t *plain, size_t len)
{
    const size_t firsts[] = { 0, 1, len / 3, len / 2, len - 1, len };
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        uint8_t *out = unpack(rk_lzf_peek, packed, firsts[i]);
        must(out && memcmp(out, plain, firsts[i]) == 0);
        free(out);
    }
    must(!unpack(rk_lzf_peek, packed, len + 1));
}

static void check_packed(rk_slice packed)
{
    uint8_t *plain = malloc(packed.len * YIELD_BYTE + 1);
    if (!plain)
        return;
    bool whole;
    size_t len = plain_decode(packed, plain, &whole);
    uint8_t *out = unpack(rk_lzf_decode, packed, len);
    must((out != NULL) == whole);
    if (out) {
        must(memcmp(out, plain, len) == 0 && len <= rk_lzf_most(packed.len));
        must(!unpack(rk_lzf_decode, packed, len + 1) && !unpack(rk_lzf_decode, packed, len - 1));
        check_peeks(packed, plain, len);
    }
    free(out);
    free(plain);
}

static void check_round_trip(rk_slice plain)
{
    unsigned room = (unsigned)(plain.len + plain.len / 16 + 64);
    uint8_t *packed = malloc(room);
    unsigned size = packed && plain.len > 0 ? lzf_compress(plain.ptr, (unsigned)plain.len, packed, room) : 0;
    if (size > 0) {
        uint8_t *out = unpack(rk_lzf_decode, (rk_slice){ packed, size }, plain.len);
        must(out && memcmp(out, plain.ptr, plain.len) == 0 && plain.len <= rk_lzf_most(size));
        free(out);
        check_peeks((rk_slice){ packed, size }, plain.ptr, plain.len);
    }
    free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_slice input = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    if (size > SIZE_MOST)
        return 0;
    check_packed(input);
    check_round_trip(input);
    return 0;
}
