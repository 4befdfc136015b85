/* human: numbers, sizes and times as people read them. */
#include "../../../librdb/report/human.h"

#include <math.h>

#include "../unit.h"

static void counts_have_commas(void)
{
    rk_human room;
    CU_ASSERT_STRING_EQUAL(rk_human_count(0, &room), "0");
    CU_ASSERT_STRING_EQUAL(rk_human_count(999, &room), "999");
    CU_ASSERT_STRING_EQUAL(rk_human_count(1000, &room), "1,000");
    CU_ASSERT_STRING_EQUAL(rk_human_count(1234567, &room), "1,234,567");
    CU_ASSERT_STRING_EQUAL(rk_human_count(UINT64_MAX, &room), "18,446,744,073,709,551,615");
    CU_ASSERT_STRING_EQUAL(rk_human_signed(0, &room), "0");
    CU_ASSERT_STRING_EQUAL(rk_human_signed(1500, &room), "+1,500");
    CU_ASSERT_STRING_EQUAL(rk_human_signed(INT64_MIN, &room), "-9,223,372,036,854,775,808");
    CU_ASSERT_STRING_EQUAL(rk_human_things(1, "job", &room), "1 job");
    CU_ASSERT_STRING_EQUAL(rk_human_things(0, "job", &room), "0 jobs");
}

static void sizes_have_units(void)
{
    static const struct {
        uint64_t bytes;
        const char *words;
    } cases[] = { { 0, "0 bytes" },
                  { 1, "1 byte" },
                  { 1023, "1,023 bytes" },
                  { 1024, "1.0 KiB" },
                  { 1048575, "1.0 MiB" },
                  { 1073032, "1.0 MiB" },
                  { 48318382080, "45.0 GiB" },
                  { UINT64_MAX, "16.0 EiB" } };
    rk_human room;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_STRING_EQUAL(rk_human_size(cases[i].bytes, &room), cases[i].words);
}

static void spans_have_two_units_at_most(void)
{
    static const struct {
        double seconds;
        const char *words;
    } cases[] = { { 0, "0 s" },
                  { 119, "119 s" },
                  { 125, "2 min 5 s" },
                  { 3600, "1 h" },
                  { 12000, "3 h 20 min" },
                  { 86400, "1 day" },
                  { 180000, "2 days 2 h" },
                  { NAN, "an unknown time" },
                  { -1, "an unknown time" },
                  { INFINITY, "an unknown time" } };
    rk_human room;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_STRING_EQUAL(rk_human_span(cases[i].seconds, &room), cases[i].words);
}

static void times_are_utc_and_other_scores_numbers(void)
{
    static const struct {
        double seconds;
        const char *stamp, *time;
    } cases[] = {
        { 1795418990.933207, "2026-11-23T07:29:50Z", "2026-11-23 07:29:50" },
        { 253402300799, "9999-12-31T23:59:59Z", "9999-12-31 23:59:59" },
        { 1795418990933, "1795418990933", "1795418990933" }, /* milliseconds */
        { 1.5, "1.5", "1.5" },
        { 0.1, "0.1", "0.1" },
        { -INFINITY, "-inf", "-inf" },
        { NAN, "nan", "nan" },
        { 1e300, "1e+300", "1e+300" },
    };
    rk_human room;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_STRING_EQUAL(rk_human_stamp(cases[i].seconds, &room), cases[i].stamp);
        CU_ASSERT_STRING_EQUAL(rk_human_time(cases[i].seconds, &room), cases[i].time);
    }
}

static void places_are_escaped_and_cut(void)
{
    static uint8_t many[5000];
    rk_layout layout = { .db = 3, .prefix = BYTES("shop:") };
    rk_place place = { .name = BYTES("queue:a\nb"), .layout = &layout };
    rk_human_place_room room;
    CU_ASSERT_STRING_EQUAL(rk_human_place(&place, false, &room), "shop:queue:a\\x0ab");
    CU_ASSERT_STRING_EQUAL(rk_human_place(&place, true, &room), "db3 shop:queue:a\\x0ab");
    place.name = layout.prefix = (rk_slice){ many, sizeof many };
    CU_ASSERT_TRUE(strlen(rk_human_place(&place, true, &room)) < sizeof room.text);
}

static void words_are_joined_and_cut(void)
{
    char out[12] = "";
    rk_human_join(out, sizeof out, ", ", "%d", 1);
    CU_ASSERT_STRING_EQUAL(out, "1");
    rk_human_join(out, sizeof out, ", ", "%s", "two");
    CU_ASSERT_STRING_EQUAL(out, "1, two");
    rk_human_join(out, sizeof out, ", ", "%s", "three");
    CU_ASSERT_STRING_EQUAL(out, "1, two, thr");
    rk_human_join(out, sizeof out, ", ", "%s", "four");
    CU_ASSERT_STRING_EQUAL(out, "1, two, thr");
}

static void layouts_have_names(void)
{
    rk_layout layout = { .db = 3, .prefix = BYTES("prod:shop:") }, bare = { .prefix = RK_EMPTY };
    rk_human_place_room room;
    CU_ASSERT_STRING_EQUAL(rk_human_layout(&layout, true, &room), "namespace 'prod:shop' in db 3");
    CU_ASSERT_STRING_EQUAL(rk_human_layout(&layout, false, &room), "namespace 'prod:shop'");
    CU_ASSERT_STRING_EQUAL(rk_human_layout(&bare, false, &room), "no namespace");
}

static void words_are_filled_to_the_width(void)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    rk_human_fill(
        out, "note: ",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
        "\303\2341 \303\2342 1\0374 b");
    fclose(out);
    CU_ASSERT_STRING_EQUAL(
        text, "note: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
              "aaaaaaaa \303\2341\n      \303\2342 1 4 b\n");
    free(text);
}

UNIT_MAIN("human", { "counts have commas", counts_have_commas }, { "sizes have units", sizes_have_units },
          { "spans have two units at most", spans_have_two_units_at_most },
          { "times are UTC, other scores are numbers", times_are_utc_and_other_scores_numbers },
          { "places are escaped and cut", places_are_escaped_and_cut },
          { "words are joined and cut", words_are_joined_and_cut },
          { "layouts have names", layouts_have_names },
          { "words are filled to the width", words_are_filled_to_the_width })
