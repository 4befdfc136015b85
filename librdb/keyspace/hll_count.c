/* hll_count: elements to registers, and registers to a count. */
#include "hll.h"

#include <math.h>

enum { PLACE_BITS = 14, HASH_SEED = 0xadc83b19 };

static uint64_t load_le(const uint8_t *at, size_t count)
{
    uint64_t value = 0;
    for (size_t i = count; i > 0; i--)
        value = value << 8 | at[i - 1];
    return value;
}

/* MurmurHash64A. */
static uint64_t murmur(rk_slice bytes, uint64_t seed)
{
    const uint64_t factor = UINT64_C(0xc6a4a7935bd1e995);
    uint64_t hash = seed ^ bytes.len * factor;
    size_t at = 0;
    for (; bytes.len - at >= 8; at += 8) {
        uint64_t eight = load_le(bytes.ptr + at, 8) * factor;
        hash = (hash ^ (eight ^ eight >> 47) * factor) * factor;
    }
    if (at < bytes.len)
        hash = (hash ^ load_le(bytes.ptr + at, bytes.len - at)) * factor;
    hash = (hash ^ hash >> 47) * factor;
    return hash ^ hash >> 47;
}

unsigned ks_hll_place(rk_slice element, uint8_t *value)
{
    uint64_t hash = murmur(element, HASH_SEED);
    uint64_t rest = hash >> PLACE_BITS | UINT64_C(1) << (64 - PLACE_BITS);
    *value = (uint8_t)(1 + __builtin_ctzll(rest));
    return hash & (KS_HLL_REGISTERS - 1);
}

/* The sum over k of x^(2^k) 2^(k-1), to where the next term no longer changes it. */
static double sigma(double x)
{
    double sum = x, before, weight = 1;
    if (x == 1)
        return INFINITY;
    do {
        x *= x;
        before = sum;
        sum += x * weight;
        weight += weight;
    } while (sum != before);
    return sum;
}

/* A third of 1 - x less the sum over k of (1 - x^(2^-k))^2 2^-k. */
static double tau(double x)
{
    double sum = 1 - x, before, weight = 1;
    if (x == 0 || x == 1)
        return 0;
    do {
        x = sqrt(x);
        before = sum;
        weight /= 2;
        sum -= (1 - x) * (1 - x) * weight;
    } while (sum != before);
    return sum / 3;
}

uint64_t ks_hll_estimate(const uint8_t registers[KS_HLL_REGISTERS])
{
    enum { HIGHEST = 64 - PLACE_BITS };
    const double alpha = 0.721347520444481703680, m = KS_HLL_REGISTERS; /* alpha: 1 / (2 ln 2) */
    uint32_t counts[64] = { 0 };
    for (size_t i = 0; i < KS_HLL_REGISTERS; i++)
        counts[registers[i] & 63]++;
    double z = m * tau((m - counts[HIGHEST + 1]) / m);
    for (int value = HIGHEST; value >= 1; value--)
        z = (z + counts[value]) / 2;
    z += m * sigma(counts[0] / m);
    return (uint64_t)llroundl(alpha * m * m / z);
}
