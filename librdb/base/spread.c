/* spread: what chance adds to the places of digests. */
#include <sys/random.h>
#include <time.h>

#include "rdbkit/base.h"

rk_spread rk_spread_new(void)
{
    rk_spread spread = { 0 };
    struct timespec now = { 0 };
    if (getrandom(&spread, sizeof spread, GRND_NONBLOCK) != (ssize_t)sizeof spread) {
        clock_gettime(CLOCK_MONOTONIC, &now); /* early in the life of a machine: better than nothing */
        spread.lo = (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15);
        spread.hi = (uint64_t)(uintptr_t)&now * UINT64_C(0xd6e8feb86659fd93) + (uint64_t)now.tv_sec;
    }
    spread.lo |= 1;
    spread.hi |= 1;
    return spread;
}
