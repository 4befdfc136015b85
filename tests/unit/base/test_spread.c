/* test_spread: where digests stand in a table: what agrees in the bits that it likes does not stand in one place. */
#include "../unit.h"

enum { SLOTS = 4096, DIGESTS = 2000, FULL_MOST = 16 };

/* The largest number of the digests that stand in one place. */
static unsigned fullest(const rk_digest *digests, rk_spread spread)
{
    static unsigned counts[SLOTS];
    unsigned most = 0;
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < DIGESTS; i++) {
        size_t slot = rk_spread_slot(spread, digests[i], SLOTS);
        CU_ASSERT_FATAL(slot < SLOTS);
        if (++counts[slot] > most)
            most = counts[slot];
    }
    return most;
}

static void crafted(void)
{
    static rk_digest digests[4][DIGESTS];
    for (uint64_t i = 0; i < DIGESTS; i++) {
        digests[0][i] = (rk_digest){ i << 12 | 77, i * UINT64_C(0x9e3779b97f4a7c15) };
        digests[1][i] = (rk_digest){ i << 52, i };
        digests[2][i] = (rk_digest){ 5, i << 32 };
        digests[3][i] = (rk_digest){ i, i >> 32 };
    }
    for (int i = 0; i < 4; i++)
        for (int again = 0; again < 10; again++)
            CU_ASSERT(fullest(digests[i], rk_spread_new()) <= FULL_MOST);
}

static void by_chance(void)
{
    rk_spread a = rk_spread_new(), b = rk_spread_new();
    CU_ASSERT(a.lo != b.lo || a.hi != b.hi);
    CU_ASSERT(a.lo & 1 && a.hi & 1);
    CU_ASSERT_EQUAL(rk_spread_slot(a, (rk_digest){ 0, 0 }, 2), 0);
}

UNIT_MAIN("spread", { "digests that agree in some of their bits are spread", crafted },
          { "each table has its own", by_chance })
