/* Numbers along an axis: slots, shares of slots, and what happens when there are too many. */
#include "rdbkit/aoflog.h"

#include "../unit.h"

static void adds_up(void)
{
    rk_timeline line = { 0 };
    rk_err err = { 0 };
    CU_ASSERT(rk_timeline_add(&line, 100, 3, &err) && rk_timeline_add(&line, 102, 1, &err) &&
              rk_timeline_add(&line, 100, 2, &err));
    CU_ASSERT_EQUAL(line.first, 100);
    CU_ASSERT_EQUAL(line.width, 1);
    CU_ASSERT_EQUAL_FATAL(line.count, 3);
    CU_ASSERT_EQUAL(line.slots[0], 5);
    CU_ASSERT_EQUAL(line.slots[1], 0);
    CU_ASSERT_EQUAL(line.slots[2], 1);
    CU_ASSERT_EQUAL(line.total, 6);
    rk_timeline_free(&line);
}

static void takes_what_came_early(void)
{
    rk_timeline line = { 0 };
    rk_err err = { 0 };
    CU_ASSERT(rk_timeline_add(&line, 100, 1, &err) && rk_timeline_add(&line, 40, 7, &err));
    CU_ASSERT_EQUAL(line.count, 1);
    CU_ASSERT_EQUAL(line.slots[0], 8);
    CU_ASSERT_EQUAL(line.early, 7);
    rk_timeline_free(&line);
}

static void shares_slots(void)
{
    rk_timeline line = { 0 };
    rk_err err = { 0 };
    for (int i = 0; i < 10; i++)
        CU_ASSERT(rk_timeline_add(&line, i, 10, &err));
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&line, 0, 10), 100, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&line, 2.5, 4.25), 17.5, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&line, -5, 1), 10, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&line, 9, 400), 10, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&line, 4, 4), 0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&line, 20, 30), 0, 1e-9);
    rk_timeline_free(&line);
}

static void widens_and_loses_nothing(void)
{
    rk_timeline line = { 0 };
    rk_err err = { 0 };
    for (int i = 0; i < 1000; i++)
        CU_ASSERT(rk_timeline_add(&line, i, 1, &err));
    CU_ASSERT(rk_timeline_add(&line, 4000000, 5, &err));
    CU_ASSERT_EQUAL(line.width, 4);
    CU_ASSERT(line.count <= 1 << 20);
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&line, 0, 1000), 1000, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&line, 4000000, 4000004), 5, 1e-9);
    CU_ASSERT(rk_timeline_add(&line, INT64_MAX, 1, &err)); /* a clock that is quite wrong */
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&line, -1, 1e19), 1006, 1e-6);
    CU_ASSERT_EQUAL(line.total, 1006);
    rk_timeline_free(&line);
}

UNIT_MAIN("timeline", { "adds up", adds_up }, { "takes what came early", takes_what_came_early },
          { "shares slots", shares_slots }, { "widens and loses nothing", widens_and_loses_nothing })
