/* rng: the same numbers from the same seed, on every machine. SplitMix64; what is drawn for a job depends on
 * its number alone, so that a payload can be made again whenever it is needed and none has to be kept. */
#ifndef GEN_RNG_H
#define GEN_RNG_H

#include <stdint.h>

typedef struct {
    uint64_t state;
} gen_rng;

static inline uint64_t gen_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline uint64_t gen_next(gen_rng *rng)
{
    return gen_mix(rng->state += UINT64_C(0x9e3779b97f4a7c15));
}

/* A number from 0 to limit - 1; limit is at least 1 and below 2^32. */
static inline uint32_t gen_below(gen_rng *rng, uint32_t limit)
{
    return (uint32_t)(((gen_next(rng) >> 32) * limit) >> 32);
}

/* A stream of its own for thing `number` of sort `sort`. */
static inline gen_rng gen_rng_for(uint64_t seed, uint32_t sort, uint64_t number)
{
    return (gen_rng){ gen_mix(seed * 8 + sort) ^ gen_mix(number + UINT64_C(0x632be59bd9b4e019)) };
}

#endif
