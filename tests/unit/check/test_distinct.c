/* test_distinct: what is there twice is found, in memory and across the runs of the temporary file. */
#include "../../../librdb/check/distinct.h"

#include "../unit.h"

static distinct_item item_of(uint64_t name, uint64_t from)
{
    return (distinct_item){ .digest = rk_digest_of((rk_slice){ (const uint8_t *)&name, sizeof name }),
                            .from = from };
}

/* Adds the names 0 to count - 1, each of those that `again` divides a second time at the end; tells how many were
 * found to be there twice, each with the right first one. */
static uint64_t found(distinct *set, uint64_t count, uint64_t again)
{
    rk_err err = { 0 };
    distinct_item *before, first, second;
    uint64_t twice = 0;
    distinct_start(set);
    for (uint64_t i = 0; i < count; i++) {
        distinct_item item = item_of(i, 10 * i);
        CU_ASSERT(distinct_add(set, &item, &before, &err) && before == NULL);
    }
    for (uint64_t i = 0; i < count; i += again) {
        distinct_item item = item_of(i, 10 * (count + i));
        CU_ASSERT(distinct_add(set, &item, &before, &err));
        twice += before != NULL;
        CU_ASSERT(!before || before->from == 10 * i);
    }
    while (distinct_late(set, &first, &second, &err)) {
        twice++;
        CU_ASSERT(second.from == first.from + 10 * count && rk_digest_is(first.digest, second.digest));
    }
    CU_ASSERT(err.code == RK_OK);
    return twice;
}

static void in_memory(void)
{
    rk_err err = { 0 };
    distinct *set = distinct_new(100000, &err);
    for (int round = 0; round < 70000; round++) /* stamps come round */
        distinct_start(set);
    CU_ASSERT(found(set, 0, 1) == 0);
    CU_ASSERT(found(set, 10000, 10) == 1000);
    CU_ASSERT(distinct_is_whole(set));
    CU_ASSERT(found(set, 3, 1) == 3);
    CU_ASSERT(distinct_expect(set, UINT64_MAX, &err));
    CU_ASSERT(found(set, 10000, 10) == 1000);
    distinct_free(set);
}

static void in_runs(void)
{
    rk_err err = { 0 };
    distinct *set = distinct_new(1000, &err);
    CU_ASSERT(found(set, 999, 1) == 999); /* just before a run */
    for (uint64_t count = 1001; count < 30000; count += 7771) {
        CU_ASSERT(found(set, count, 3) == (count + 2) / 3);
        CU_ASSERT(!distinct_is_whole(set));
    }
    CU_ASSERT(found(set, 10, 2) == 5);
    CU_ASSERT(distinct_is_whole(set));
    distinct_free(set);
}

static void no_memory(void)
{
    for (int64_t n = 0; n < 40; n++) {
        rk_err err = { 0 };
        distinct_item *before, first, second;
        rk_alloc_fail_after(n);
        distinct *set = distinct_new(64, &err);
        if (set)
            distinct_start(set);
        for (uint64_t i = 0; set && i < 500 && err.code == RK_OK; i++) {
            distinct_item item = item_of(i, i);
            distinct_add(set, &item, &before, &err);
        }
        while (set && err.code == RK_OK && distinct_late(set, &first, &second, &err))
            ;
        rk_alloc_fail_after(-1);
        CU_ASSERT(err.code == RK_OK || err.code == RK_NO_MEMORY);
        distinct_free(set);
    }
}

UNIT_MAIN("distinct", { "in memory", in_memory }, { "beyond memory, in runs", in_runs },
          { "without memory it fails, and leaks nothing", no_memory })
