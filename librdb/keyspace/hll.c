/* hll: the registers of a HyperLogLog string, sparse and dense. Sparse is a row of runs:
 *
 *     00nnnnnn            n + 1 registers that are 0
 *     01nnnnnn nnnnnnnn   the same, up to 16384
 *     1vvvvvnn            n + 1 registers that are v + 1
 */
#include "hll.h"

enum {
    HEADER = 16,
    AT_ENCODING = 4,
    AT_COUNT = 8,
    DENSE = 0,
    SPARSE = 1,
    BITS = 6,
    MASK = (1 << BITS) - 1,
    DENSE_SIZE = HEADER + KS_HLL_REGISTERS * BITS / 8,
    SPARSE_MOST = 3000, /* bytes of the string: the default of hll-sparse-max-bytes */
    ZEROS_MOST = 64,    /* registers of the short form of zeros */
    VALUES_MOST = 4,    /* registers of a run of values */
    VALUE_MOST = 32     /* the highest value of a sparse register */
};

bool ks_hll_start(rk_buf *hll, rk_err *err)
{
    static const uint8_t empty[] = {
        'H', 'Y', 'L', 'L', SPARSE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0xff
    };
    hll->len = 0;
    return rk_buf_add(hll, (rk_slice){ empty, sizeof empty }, err);
}

bool ks_hll_is(rk_slice bytes)
{
    return bytes.len >= HEADER && rk_slice_starts(bytes, RK_TEXT("HYLL")) &&
           bytes.ptr[AT_ENCODING] <= SPARSE && (bytes.ptr[AT_ENCODING] != DENSE || bytes.len == DENSE_SIZE);
}

bool ks_hll_is_dense(rk_slice bytes)
{
    return bytes.ptr[AT_ENCODING] == DENSE;
}

void ks_hll_spoil_count(rk_buf *hll)
{
    hll->ptr[AT_COUNT + 7] |= 0x80;
}

bool ks_hll_has_count(rk_slice hll)
{
    return !(hll.ptr[AT_COUNT + 7] & 0x80);
}

void ks_hll_set_count(rk_buf *hll, uint64_t count)
{
    for (unsigned i = 0; i < 8; i++)
        hll->ptr[AT_COUNT + i] = (uint8_t)(count >> (8 * i));
}

/* ---- dense ------------------------------------------------------------------------------------------------- */

/* Register n is the bits from 6 n on, counted from the lowest one of byte 0. */
static uint8_t dense_get(const uint8_t *registers, unsigned n)
{
    unsigned byte = n * BITS / 8, shift = n * BITS % 8, bits = registers[byte] >> shift;
    if (shift > 8 - BITS)
        bits |= (unsigned)registers[byte + 1] << (8 - shift);
    return bits & MASK;
}

static void dense_set(uint8_t *registers, unsigned n, uint8_t value)
{
    unsigned byte = n * BITS / 8, shift = n * BITS % 8;
    registers[byte] = (uint8_t)((registers[byte] & ~(MASK << shift)) | value << shift);
    if (shift > 8 - BITS)
        registers[byte + 1] =
            (uint8_t)((registers[byte + 1] & ~(MASK >> (8 - shift))) | value >> (8 - shift));
}

/* ---- sparse ------------------------------------------------------------------------------------------------ */

typedef struct {
    size_t at;             /* offset in the string */
    unsigned bytes;        /* 1 or 2 */
    unsigned first, count; /* registers */
    uint8_t value;
} hll_run;

/* The run at an offset of the string, which covers registers from `first` on. False: there is none. */
static bool run_at(rk_slice hll, size_t at, unsigned first, hll_run *run)
{
    if (at >= hll.len || ((hll.ptr[at] & 0xc0) == 0x40 && at + 1 >= hll.len))
        return false;
    uint8_t head = hll.ptr[at];
    *run = (hll_run){ .at = at, .bytes = 1, .first = first };
    if (head & 0x80) {
        run->value = (uint8_t)((head >> 2 & 0x1f) + 1);
        run->count = (head & 3u) + 1;
    } else if (head & 0x40) {
        run->bytes = 2;
        run->count = ((head & 0x3fu) << 8 | hll.ptr[at + 1]) + 1;
    } else {
        run->count = (head & 0x3fu) + 1;
    }
    return true;
}

bool ks_hll_merge(rk_slice hll, uint8_t most[KS_HLL_REGISTERS])
{
    hll_run run = { .at = HEADER };
    if (ks_hll_is_dense(hll)) {
        for (unsigned n = 0; n < KS_HLL_REGISTERS; n++) {
            uint8_t value = dense_get(hll.ptr + HEADER, n);
            most[n] = value > most[n] ? value : most[n];
        }
        return true;
    }
    while (run_at(hll, run.at + run.bytes, run.first + run.count, &run)) {
        if (run.count > KS_HLL_REGISTERS - run.first)
            return false;
        for (unsigned n = run.first; n < run.first + run.count && run.value; n++)
            most[n] = run.value > most[n] ? run.value : most[n];
    }
    return run.at + run.bytes == hll.len && run.first + run.count == KS_HLL_REGISTERS;
}

ks_hll_outcome ks_hll_make_dense(rk_buf *hll, rk_err *err)
{
    uint8_t registers[KS_HLL_REGISTERS] = { 0 };
    if (ks_hll_is_dense(rk_buf_slice(hll)))
        return KS_HLL_SAME;
    if (!ks_hll_merge(rk_buf_slice(hll), registers))
        return KS_HLL_BROKEN;
    if (!rk_buf_reserve(hll, DENSE_SIZE, err))
        return KS_HLL_TROUBLE;
    memset(hll->ptr + HEADER, 0, DENSE_SIZE - HEADER);
    hll->len = DENSE_SIZE;
    hll->ptr[AT_ENCODING] = DENSE;
    for (unsigned n = 0; n < KS_HLL_REGISTERS; n++)
        dense_set(hll->ptr + HEADER, n, registers[n]);
    return KS_HLL_CHANGED;
}

/* Writes a run of that value; returns how many bytes it takes. */
static size_t put_run(uint8_t *to, uint8_t value, unsigned count)
{
    if (count == 0)
        return 0;
    if (value == 0 && count > ZEROS_MOST) {
        to[0] = (uint8_t)(0x40 | (count - 1) >> 8);
        to[1] = (uint8_t)(count - 1);
        return 2;
    }
    to[0] = value ? (uint8_t)(0x80 | (value - 1) << 2 | (count - 1)) : (uint8_t)(count - 1);
    return 1;
}

/* Puts together what are now neighbours of the same value, among the five runs from `at` on: as many as servers look at. */
static void join_runs(rk_buf *hll, size_t at)
{
    hll_run run, next;
    for (int looks = 5; looks > 0 && run_at(rk_buf_slice(hll), at, 0, &run); looks--) {
        at += run.bytes;
        if (!run.value || !run_at(rk_buf_slice(hll), at, 0, &next) || next.value != run.value ||
            run.count + next.count > VALUES_MOST)
            continue;
        at -= run.bytes;
        put_run(hll->ptr + at + 1, run.value, run.count + next.count);
        memmove(hll->ptr + at, hll->ptr + at + 1, hll->len - at - 1);
        hll->len--;
    }
}

static ks_hll_outcome raise_dense(rk_buf *hll, unsigned place, uint8_t value)
{
    if (dense_get(hll->ptr + HEADER, place) >= value)
        return KS_HLL_SAME;
    dense_set(hll->ptr + HEADER, place, value);
    return KS_HLL_CHANGED;
}

static ks_hll_outcome raise_promoted(rk_buf *hll, unsigned place, uint8_t value, rk_err *err)
{
    ks_hll_outcome outcome = ks_hll_make_dense(hll, err);
    return outcome == KS_HLL_CHANGED ? raise_dense(hll, place, value) : outcome;
}

/* The run that covers the place becomes up to three. */
static ks_hll_outcome raise_sparse(rk_buf *hll, unsigned place, uint8_t value, rk_err *err)
{
    uint8_t fresh[5];
    hll_run run = { .at = HEADER };
    size_t before = HEADER, len = 0;
    do {
        before = run.bytes ? run.at : HEADER;
        if (!run_at(rk_buf_slice(hll), run.at + run.bytes, run.first + run.count, &run))
            return KS_HLL_BROKEN;
    } while (place >= run.first + run.count);
    if (run.value >= value)
        return KS_HLL_SAME;
    len += put_run(fresh + len, run.value, place - run.first);
    len += put_run(fresh + len, value, 1);
    len += put_run(fresh + len, run.value, run.first + run.count - 1 - place);
    if (len > run.bytes && hll->len + len - run.bytes > SPARSE_MOST)
        return raise_promoted(hll, place, value, err);
    size_t rest = run.at + run.bytes;
    if (!rk_buf_reserve(hll, hll->len + sizeof fresh, err))
        return KS_HLL_TROUBLE;
    memmove(hll->ptr + run.at + len, hll->ptr + rest, hll->len - rest);
    memcpy(hll->ptr + run.at, fresh, len);
    hll->len = hll->len - run.bytes + len;
    join_runs(hll, before);
    return KS_HLL_CHANGED;
}

ks_hll_outcome ks_hll_raise(rk_buf *hll, unsigned place, uint8_t value, rk_err *err)
{
    ks_hll_outcome outcome = ks_hll_is_dense(rk_buf_slice(hll)) ? raise_dense(hll, place, value)
                             : value > VALUE_MOST               ? raise_promoted(hll, place, value, err)
                                                                : raise_sparse(hll, place, value, err);
    if (outcome == KS_HLL_CHANGED)
        ks_hll_spoil_count(hll);
    return outcome;
}

bool rk_hll_registers(rk_slice bytes, uint8_t registers[RK_HLL_REGISTERS])
{
    memset(registers, 0, RK_HLL_REGISTERS);
    return ks_hll_is(bytes) && ks_hll_merge(bytes, registers);
}
