/* test_digest: names and seeds that lie close together have digests of their own. */
#include "../unit.h"

enum { SEEDS = 16, NAMES = 26 * 100, ALL = SEEDS * NAMES };

static int by_value(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(rk_digest));
}

/* Keys in several databases, whose numbers are the seeds: "s:12" in db 0 and "p:11" in db 3 are two keys. */
static void short_names(void)
{
    static rk_digest all[ALL];
    static const size_t lengths[] = { 3, 4, 5, 8, 9, 16, 17 };
    for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
        size_t count = 0, twice = 0;
        char name[32] = "                             ";
        for (int n = 0; n < NAMES; n++)
            for (uint64_t seed = 0; seed < SEEDS; seed++) {
                name[0] = (char)('a' + n / 100);
                name[lengths[l] - 2] = (char)('0' + n % 100 / 10);
                name[lengths[l] - 1] = (char)('0' + n % 10);
                all[count++] = rk_digest_seeded((rk_slice){ (uint8_t *)name, lengths[l] }, seed);
            }
        qsort(all, count, sizeof all[0], by_value);
        for (size_t i = 1; i < count; i++)
            twice += rk_digest_is(all[i - 1], all[i]);
        CU_ASSERT_EQUAL(twice, 0);
    }
}

static void seed_nothing(void)
{
    CU_ASSERT(rk_digest_is(rk_digest_seeded(BYTES("name"), 0), rk_digest_of(BYTES("name"))));
    CU_ASSERT(!rk_digest_is(rk_digest_seeded(RK_EMPTY, 1), rk_digest_of(RK_EMPTY)));
}

UNIT_MAIN("digest", { "short names with small seeds differ", short_names },
          { "no seed is the seed 0", seed_nothing })
