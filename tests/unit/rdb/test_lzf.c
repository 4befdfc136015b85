/* lzf: whole strings, their beginnings, and the most they can yield. */
#include "packed_rows.h"

#include <liblzf/lzf.h>

#define FIFTY_Y BYTES("\1yy\xe0\x25\0\1yy") /* spec: RDB, "LZF stream", the worked example */

/* Decodes into exactly `len` bytes of memory; NULL when that fails. */
static uint8_t *decode(rk_slice packed, size_t len, rk_err *err)
{
    uint8_t *out = malloc(len ? len : 1);
    *err = (rk_err){ 0 };
    if (out && rk_lzf_decode(packed, out, len, AT, err))
        return out;
    free(out);
    return NULL;
}

static void decodes(void)
{
    const struct {
        const char *name;
        rk_slice packed;
        rk_slice out;
    } rows[] = {
        { "the worked example", FIFTY_Y, BYTES("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy") },
        { "one literal", BYTES("\0a"), BYTES("a") },
        { "the longest literal run",
          BYTES("\x1f"
                "abcdefghijklmnopqrstuvwxyz012345"),
          BYTES("abcdefghijklmnopqrstuvwxyz012345") },
        { "the shortest reference", BYTES("\2abc\x20\2"), BYTES("abcabc") },
        { "a reference that overlaps itself", BYTES("\1ab\x80\1\0c"),
          BYTES("abababab"
                "c") },
        { "the longest short reference", BYTES("\0a\xc0\0"), BYTES("aaaaaaaaa") },
        { "the shortest long reference", BYTES("\0a\xe0\0\0"), BYTES("aaaaaaaaaa") },
        { "zeros", BYTES("\1\0\0\x20\0"), BYTES("\0\0\0\0\0") },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err;
        uint8_t *out = decode(rows[i].packed, rows[i].out.len, &err);
        row_text(rows[i].name, err.what, "");
        CU_ASSERT_PTR_NOT_NULL_FATAL(out);
        CU_ASSERT(rk_slice_is((rk_slice){ out, rows[i].out.len }, rows[i].out));
        free(out);
    }
}

static void refuses(void)
{
    const struct {
        const char *name;
        rk_slice packed;
        size_t len;
        const char *what;
    } rows[] = {
        { "no byte", RK_EMPTY, 1, "LZF string has 0 bytes, not at least 1" },
        { "no byte for no byte", RK_EMPTY, 0, "LZF string has 0 bytes, not at least 1" },
        { "bytes for no byte", BYTES("\0a"), 0, "LZF string has 2 bytes left after yielding 0" },
        { "literals cut", BYTES("\4abc"), 5, "LZF literal run takes 5 bytes, 3 remain" },
        { "no literal", BYTES("\0"), 1, "LZF literal run takes 1 bytes, 0 remain" },
        { "reference without offset", BYTES("\0a\x20"), 4, "LZF reference offset takes 1 bytes, 0 remain" },
        { "reference without length", BYTES("\0a\xe0"), 10, "LZF reference length takes 1 bytes, 0 remain" },
        { "long reference without offset", BYTES("\0a\xe0\0"), 10,
          "LZF reference offset takes 1 bytes, 0 remain" },
        { "reference at the start", BYTES("\x20\0"), 3, "LZF reference reaches 1 bytes back, 0 precede it" },
        { "reference before the start", BYTES("\1ab\x20\2"), 5,
          "LZF reference reaches 3 bytes back, 2 precede it" },
        { "the farthest reference", BYTES("\1ab\x3f\xff"), 5,
          "LZF reference reaches 8192 bytes back, 2 precede it" },
        { "yields too little", BYTES("\1ab\x20\1"), 6, "LZF string yields 5 bytes, not 6" },
        { "literals yield too much", BYTES("\2abc"), 2, "LZF run yields 3 bytes, 2 are left of 2" },
        { "a reference yields too much", BYTES("\1ab\x20\1"), 4, "LZF run yields 3 bytes, 2 are left of 4" },
        { "a run too many", BYTES("\1ab\x20\1\0c"), 5, "LZF string has 2 bytes left after yielding 5" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err;
        CU_ASSERT_PTR_NULL(decode(rows[i].packed, rows[i].len, &err));
        row_text(rows[i].name, err.what, rows[i].what);
        CU_ASSERT_EQUAL(err.code, RK_DAMAGED);
        CU_ASSERT(err.has_offset);
        row_number(rows[i].name, err.offset, AT);
    }
}

/* Something like a job: text that repeats itself in parts, with runs and far references. */
static void fill(uint8_t *bytes, size_t len)
{
    uint32_t state = 7;
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] = i % 1000 < 300              ? 'a'
                   : i > 4000 && i % 700 < 400 ? bytes[i - 3500]
                                               : (uint8_t)(state >> 24);
    }
}

static void round_trips(void)
{
    enum { MOST = 20000 };
    uint8_t *plain = malloc(MOST), *packed = malloc(2 * MOST);
    CU_ASSERT_PTR_NOT_NULL_FATAL(plain);
    CU_ASSERT_PTR_NOT_NULL_FATAL(packed);
    fill(plain, MOST);
    for (unsigned len = 1; len <= MOST; len += 1 + len / 7) {
        rk_err err;
        unsigned size = lzf_compress(plain, len, packed, 2 * MOST);
        if (size == 0)
            continue;
        CU_ASSERT(len <= rk_lzf_most(size));
        uint8_t *out = decode((rk_slice){ packed, size }, len, &err);
        CU_ASSERT_PTR_NOT_NULL_FATAL(out);
        CU_ASSERT(memcmp(out, plain, len) == 0);
        free(out);
    }
    free(packed);
    free(plain);
}

static void cuts(void)
{
    rk_slice whole = FIFTY_Y;
    for (size_t size = 0; size < whole.len; size++) {
        rk_err err;
        uint8_t *cut = malloc(size ? size : 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(cut);
        memcpy(cut, whole.ptr, size);
        CU_ASSERT_PTR_NULL(decode((rk_slice){ cut, size }, 50, &err));
        CU_ASSERT_EQUAL(err.code, RK_DAMAGED);
        free(cut);
    }
    for (size_t len = 0; len < 100; len++) {
        rk_err err;
        uint8_t *out = decode(whole, len, &err);
        CU_ASSERT_EQUAL(out != NULL, len == 50);
        free(out);
    }
}

static void peeks(void)
{
    enum { LEN = 6000 };
    static uint8_t plain[LEN], packed[2 * LEN];
    fill(plain, LEN);
    unsigned size = lzf_compress(plain, LEN, packed, sizeof packed);
    CU_ASSERT_FATAL(size > 0);
    for (size_t n = 0; n <= LEN; n++) {
        uint8_t *out = malloc(n ? n : 1);
        rk_err err = { 0 };
        CU_ASSERT_PTR_NOT_NULL_FATAL(out);
        CU_ASSERT(rk_lzf_peek((rk_slice){ packed, size }, out, n, AT, &err));
        CU_ASSERT(memcmp(out, plain, n) == 0);
        free(out);
    }
}

static void peeks_no_further(void)
{
    const struct {
        const char *name;
        rk_slice packed;
        size_t len;
        const char *out, *what;
    } rows[] = {
        { "nothing of nothing", RK_EMPTY, 0, "", "" },
        { "damage behind is not seen", BYTES("\1ab\x3f\xff"), 2, "ab", "" },
        { "a literal run that is cut later", BYTES("\5abc"), 3, "abc", "" },
        { "into a literal run that is cut", BYTES("\5abc"), 4, "",
          "LZF literal run takes 4 bytes, 3 remain" },
        { "a part of a reference", BYTES("\1ab\xe0\xff\1"), 7, "abababa", "" },
        { "more than there is", BYTES("\1ab\x20\1"), 6, "", "LZF string yields 5 bytes, not 6" },
        { "reference before the start", BYTES("\1ab\x20\2"), 3, "",
          "LZF reference reaches 3 bytes back, 2 precede it" },
        { "reference without length", BYTES("\0a\xe0"), 2, "",
          "LZF reference length takes 1 bytes, 0 remain" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[16] = { 0 };
        rk_err err = { 0 };
        bool peeked = rk_lzf_peek(rows[i].packed, out, rows[i].len, AT, &err);
        CU_ASSERT_EQUAL(peeked, rows[i].what[0] == 0);
        row_text(rows[i].name, err.what, rows[i].what);
        CU_ASSERT(out[rows[i].len] == 0);
        CU_ASSERT(!peeked || memcmp(out, rows[i].out, rows[i].len) == 0);
        row_number(rows[i].name, err.offset, peeked ? 0 : AT);
    }
}

/* The most by trying every way to spend the bytes: best[n] is the most that n bytes in front yield. */
static void most_of_all(void)
{
    enum { MOST = 1000 };
    static uint64_t best[MOST + 1];
    for (unsigned n = 2; n <= MOST; n++) {
        for (unsigned run = 1; run <= 32 && run + 1 <= n; run++)
            if (n == run + 1 || best[n - run - 1] > 0)
                best[n] = best[n - run - 1] + run > best[n] ? best[n - run - 1] + run : best[n];
        if (n >= 4 && best[n - 2] > 0 && best[n - 2] + 8 > best[n])
            best[n] = best[n - 2] + 8;
        if (n >= 5 && best[n - 3] > 0 && best[n - 3] + 264 > best[n])
            best[n] = best[n - 3] + 264;
    }
    for (unsigned n = 0; n <= MOST; n++)
        row_number("most", rk_lzf_most(n), best[n]);
    CU_ASSERT_EQUAL(rk_lzf_most(UINT64_MAX), UINT64_MAX);
    CU_ASSERT_EQUAL(rk_lzf_most(UINT64_C(1) << 32), 1 + ((UINT64_C(1) << 32) - 2) / 3 * 264 + 8);
}

/* A string that yields the most is one that can be decoded. */
static void most_is_reached(void)
{
    const rk_slice rows[] = { BYTES("\0a"),
                              BYTES("\1ab"),
                              BYTES("\0a\xc0\0"),
                              BYTES("\0a\xe0\xff\0"),
                              BYTES("\1ab\xe0\xff\0"),
                              BYTES("\0a\xc0\0\xe0\xff\0"),
                              BYTES("\0a\xe0\xff\0\xe0\xff\0") };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err;
        uint8_t *out = decode(rows[i], rk_lzf_most(rows[i].len), &err);
        row_text("most", err.what, "");
        CU_ASSERT_PTR_NOT_NULL(out);
        free(out);
    }
}

UNIT_MAIN("lzf", { "decodes literals and references", decodes },
          { "refuses what contradicts the format", refuses }, { "decodes what liblzf packs", round_trips },
          { "refuses every truncation and every other length", cuts },
          { "peeks at every number of first bytes", peeks },
          { "peeks no further than asked", peeks_no_further },
          { "knows the most that packed bytes can yield", most_of_all },
          { "reaches that most", most_is_reached })
