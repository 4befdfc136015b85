/* The spans of a log in which least was written. */
#include "rdbkit/aoflog.h"

#include "../unit.h"

static void fill(rk_timeline *line, int64_t from, const char *digits)
{
    rk_err err = { 0 };
    for (size_t i = 0; digits[i]; i++)
        CU_ASSERT(rk_timeline_add(line, from + (int64_t)i, (uint64_t)(digits[i] - '0'), &err));
}

static void finds_three_apart(void)
{
    rk_timeline line = { 0 };
    rk_quietest quiet;
    rk_err err = { 0 };
    fill(&line, 1000, "919300911199");
    CU_ASSERT_FATAL(rk_quietest_find(&line, 2, &quiet, &err));
    CU_ASSERT_EQUAL(quiet.first_s, 1000);
    CU_ASSERT_EQUAL(quiet.to_s, 1012);
    CU_ASSERT_EQUAL_FATAL(quiet.count, 3);
    CU_ASSERT_EQUAL(quiet.best[0].from_s, 1004);
    CU_ASSERT_EQUAL(quiet.best[0].to_s, 1006);
    CU_ASSERT_EQUAL(quiet.best[0].writes, 0);
    CU_ASSERT_EQUAL(quiet.best[1].from_s, 1007);
    CU_ASSERT_EQUAL(quiet.best[1].writes, 2);
    CU_ASSERT_EQUAL(quiet.best[2].from_s, 1000); /* the first of those that have as few */
    CU_ASSERT_EQUAL(quiet.best[2].writes, 10);
    CU_ASSERT_EQUAL(quiet.busiest.from_s, 1010);
    CU_ASSERT_EQUAL(quiet.busiest.writes, 18);
    CU_ASSERT_EQUAL(quiet.usual, 10);
    CU_ASSERT_FALSE(quiet.has_hours);
    rk_timeline_free(&line);
}

static void takes_all_of_it(void)
{
    rk_timeline line = { 0 };
    rk_quietest quiet;
    rk_err err = { 0 };
    fill(&line, 50, "123");
    CU_ASSERT_FATAL(rk_quietest_find(&line, 3, &quiet, &err));
    CU_ASSERT_EQUAL(quiet.count, 1);
    CU_ASSERT_EQUAL(quiet.best[0].writes, 6);
    CU_ASSERT_EQUAL(quiet.usual, 6);
    rk_timeline_free(&line);
}

static void says_why_not(void)
{
    rk_timeline line = { 0 };
    rk_quietest quiet;
    rk_err none = { 0 }, less = { 0 };
    CU_ASSERT_FALSE(rk_quietest_find(&line, 3, &quiet, &none));
    CU_ASSERT_STRING_EQUAL(none.what,
                           "quiet times need annotations (aof-timestamp-enabled yes), and the log has none");
    fill(&line, 50, "123");
    CU_ASSERT_FALSE(rk_quietest_find(&line, 4, &quiet, &less));
    CU_ASSERT_STRING_EQUAL(less.what, "a window of 4 s was asked for, and the log covers 3 s");
    rk_timeline_free(&line);
}

/* Three days, each hour h with h writes a second in its first second, and one with more on one day. */
static void compares_hours(void)
{
    rk_timeline line = { 0 };
    rk_quietest quiet;
    rk_err err = { 0 };
    int64_t day = 1700006400; /* 00:00 UTC */
    for (int64_t hour = 0; hour < 72; hour++)
        CU_ASSERT(
            rk_timeline_add(&line, day + hour * 3600, (uint64_t)(hour % 24 + (hour == 30 ? 30 : 0)), &err));
    CU_ASSERT(rk_timeline_add(&line, day + 72 * 3600 - 1, 0, &err));
    CU_ASSERT_FATAL(rk_quietest_find(&line, 3600, &quiet, &err));
    CU_ASSERT_TRUE_FATAL(quiet.has_hours);
    CU_ASSERT_DOUBLE_EQUAL(quiet.hour_writes[0], 0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(quiet.hour_writes[6], 16, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(quiet.hour_writes[23], 23, 1e-9);
    rk_timeline_free(&line);
}

UNIT_MAIN("quietest", { "finds three that do not overlap", finds_three_apart },
          { "a window may be as long as the log", takes_all_of_it },
          { "says why there is none", says_why_not }, { "compares hours of the day", compares_hours })
