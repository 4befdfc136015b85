/* test_join: pairs by key: first come first served, whatever the keys and however many are equal. */
#include "../unit.h"

#include "../../../librdb/diff/join.h"

static rk_digest key(uint64_t n)
{
    return (rk_digest){ n, n * 3 };
}

static void first_come_first_served(void)
{
    join j = { 0 };
    rk_err err = { 0 };
    CU_ASSERT_FATAL(join_start(&j, 4, &err));
    for (uint32_t id = 4; id-- > 0;)
        join_add(&j, key(id % 2), id);
    CU_ASSERT(join_peek(&j, key(0)) == 0);
    CU_ASSERT(join_take(&j, key(0)) == 0 && join_take(&j, key(1)) == 1);
    CU_ASSERT(join_take(&j, key(0)) == 2 && join_take(&j, key(0)) == JOIN_NONE &&
              join_peek(&j, key(0)) == JOIN_NONE);
    CU_ASSERT(join_taken(&j, key(0)) == 2 && join_taken(&j, key(1)) == JOIN_NONE &&
              join_taken(&j, key(7)) == JOIN_NONE);
    CU_ASSERT(join_take(&j, key(1)) == 3 && join_take(&j, key(7)) == JOIN_NONE);
    CU_ASSERT_FATAL(join_start(&j, 0, &err));
    CU_ASSERT(join_take(&j, key(0)) == JOIN_NONE && join_peek(&j, key(0)) == JOIN_NONE);
    join_free(&j);
}

/* Keys whose low bits are all the same, keys whose two halves cancel out, and one key for all. */
static void keys_that_collide(void)
{
    enum { COUNT = 2000 };
    for (int kind = 0; kind < 3; kind++) {
        join j = { 0 };
        rk_err err = { 0 };
        CU_ASSERT_FATAL(join_start(&j, COUNT, &err));
        for (uint32_t i = COUNT; i-- > 0;)
            join_add(&j,
                     kind == 0   ? (rk_digest){ (uint64_t)i << 32, 0 }
                     : kind == 1 ? (rk_digest){ i, i }
                                 : key(1),
                     i);
        for (uint32_t i = 0; i < COUNT; i++)
            CU_ASSERT(join_take(&j, kind == 0   ? (rk_digest){ (uint64_t)i << 32, 0 }
                                    : kind == 1 ? (rk_digest){ i, i }
                                                : key(1)) == i);
        join_free(&j);
    }
}

static void scores(void)
{
    rk_digest d = key(5);
    CU_ASSERT(!rk_digest_is(join_scored(d, 1.5), join_scored(d, 1.25)));
    CU_ASSERT(rk_digest_is(join_scored(d, 1.5), join_scored(d, 1.5)));
    CU_ASSERT(!rk_digest_is(join_scored(d, 0.0), join_scored(key(6), 0.0)));
}

UNIT_MAIN("join", { "first come first served", first_come_first_served },
          { "keys that collide", keys_that_collide }, { "scores are part of a key", scores })
