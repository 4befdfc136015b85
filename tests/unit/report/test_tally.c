/* tally: what a list that is cut short does not show. */
#include "../../../librdb/report/tally.h"

#include <math.h>

#include "../unit.h"

/* The words for `count` jobs of the classes in `names`, one after the other. */
static void check(const char *const *names, size_t count, double time, const char *words)
{
    char out[900];
    rk_tally tally = { 0 };
    rk_err err = { 0 };
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_TRUE(rk_tally_add(&tally, rk_slice_of(names[i]), time, &err));
    CU_ASSERT_STRING_EQUAL(rk_tally_words(&tally, out, sizeof out), words);
    rk_tally_free(&tally);
}

static void the_most_frequent_come_first(void)
{
    static const char *const names[] = { "B", "A", "C", "C", "", "A\n" };
    check(names, 6, NAN, "2 C, 1 ?, 1 A, 1 A\\x0a, 1 B");
    check(names, 3, 1795419812, "1 A, 1 B, 1 C; enqueued from 2026-11-23 07:43:32 to 2026-11-23 07:43:32");
    check(names, 0, NAN, "");
}

static void few_are_named_and_the_rest_counted(void)
{
    static const char *const names[] = { "A", "A", "B", "C", "D", "E", "F", "G", "G", "G" };
    check(names, 7, NAN, "2 A, 1 B, 1 C, 1 D, 1 E, 1 F");
    check(names, 10, NAN, "3 G, 2 A, 1 B, 1 C, 1 D and 2 of other classes");
}

static void very_many_are_counted_together(void)
{
    char name[16], out[900];
    rk_tally tally = { 0 };
    rk_err err = { 0 };
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "Job%d", i);
        CU_ASSERT_TRUE(rk_tally_add(&tally, rk_slice_of(name), NAN, &err));
    }
    CU_ASSERT_EQUAL(tally.class_count, RK_TALLY_CLASSES);
    CU_ASSERT_STRING_EQUAL(rk_tally_words(&tally, out, sizeof out),
                           "1 Job0, 1 Job1, 1 Job10, 1 Job100, 1 Job101 and 995 of other classes");
    rk_tally_free(&tally);
}

UNIT_MAIN("tally", { "the most frequent come first", the_most_frequent_come_first },
          { "few are named and the rest counted", few_are_named_and_the_rest_counted },
          { "very many are counted together", very_many_are_counted_together })
