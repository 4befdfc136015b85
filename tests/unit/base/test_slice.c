/* test_slice: parsing, comparing, matching and printing of bytes. */
#include <math.h>

#include "../unit.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static const struct {
    rk_slice text;
    bool ok;
    int64_t value;
} int_rows[] = {
    { BYTES("0"), true, 0 },
    { BYTES("-1"), true, -1 },
    { BYTES("42"), true, 42 },
    { BYTES("9223372036854775807"), true, INT64_MAX },
    { BYTES("-9223372036854775808"), true, INT64_MIN },
    { BYTES("9223372036854775808"), false, 0 },
    { BYTES("-9223372036854775809"), false, 0 },
    { BYTES("18446744073709551616"), false, 0 },
    { BYTES("99999999999999999999"), false, 0 },
    { BYTES(""), false, 0 },
    { BYTES("-"), false, 0 },
    { BYTES("-0"), false, 0 },
    { BYTES("01"), false, 0 },
    { BYTES("-01"), false, 0 },
    { BYTES("+1"), false, 0 },
    { BYTES(" 1"), false, 0 },
    { BYTES("1 "), false, 0 },
    { BYTES("1\0"), false, 0 },
    { BYTES("1e3"), false, 0 },
};

static void integers(void)
{
    for (size_t i = 0; i < COUNT(int_rows); i++) {
        int64_t value = 0;
        CU_ASSERT_EQUAL(rk_slice_int(int_rows[i].text, &value), int_rows[i].ok);
        CU_ASSERT(!int_rows[i].ok || value == int_rows[i].value);
    }
}

static const struct {
    rk_slice text;
    bool ok;
    double value;
} double_rows[] = {
    { BYTES("0"), true, 0 },
    { BYTES("1.5"), true, 1.5 },
    { BYTES("-2.25e3"), true, -2250 },
    { BYTES("inf"), true, INFINITY },
    { BYTES("-inf"), true, -INFINITY },
    { BYTES("4.9406564584124654e-324"), true, 4.9406564584124654e-324 },
    { BYTES("1700000000.0277843"), true, 1700000000.0277843 },
    { BYTES(""), false, 0 },
    { BYTES(" 1"), false, 0 },
    { BYTES("1 "), false, 0 },
    { BYTES("1x"), false, 0 },
    { BYTES("1\0"), false, 0 },
    { BYTES("\0001"), false, 0 },
    { BYTES("--1"), false, 0 },
    { BYTES("0x10"), false, 0 },
    { BYTES("-0x1p3"), false, 0 },
};

static void doubles(void)
{
    for (size_t i = 0; i < COUNT(double_rows); i++) {
        double value = 0;
        CU_ASSERT_EQUAL(rk_slice_double(double_rows[i].text, &value), double_rows[i].ok);
        CU_ASSERT(!double_rows[i].ok || value == double_rows[i].value);
    }
    double value = 0;
    CU_ASSERT(rk_slice_double(BYTES("nan"), &value) && isnan(value));
    char digits[600];
    memset(digits, '1', sizeof digits);
    CU_ASSERT(!rk_slice_double((rk_slice){ (uint8_t *)digits, sizeof digits }, &value));
}

static const struct {
    const char *pattern;
    rk_slice text;
    bool matches;
} glob_rows[] = {
    { "", BYTES(""), true },
    { "", BYTES("a"), false },
    { "*", BYTES(""), true },
    { "*", BYTES("anything\0at all"), true },
    { "queue:*", BYTES("queue:default"), true },
    { "queue:*", BYTES("queues"), false },
    { "*:default", BYTES("app:queue:default"), true },
    { "*a*b*c", BYTES("xxaxxbxxbc"), true },
    { "*a*b*c", BYTES("xxaxxbxxbcd"), false },
    { "a?c", BYTES("abc"), true },
    { "a?c", BYTES("ac"), false },
    { "?", BYTES("\0"), true },
    { "[abc]", BYTES("b"), true },
    { "[^abc]", BYTES("b"), false },
    { "[^abc]", BYTES("d"), true },
    { "[a-c]x", BYTES("bx"), true },
    { "[c-a]x", BYTES("bx"), true },
    { "[a-c]x", BYTES("dx"), false },
    { "[a-]", BYTES("-"), true },
    { "[\\]]", BYTES("]"), true },
    { "[a", BYTES("a"), true },
    { "[", BYTES("["), false },
    { "\\*", BYTES("*"), true },
    { "\\*", BYTES("a"), false },
    { "a\\", BYTES("a\\"), true },
    { "**", BYTES("x"), true },
};

static void globs(void)
{
    for (size_t i = 0; i < COUNT(glob_rows); i++) {
        bool matches = rk_slice_glob(rk_slice_of(glob_rows[i].pattern), glob_rows[i].text);
        if (matches != glob_rows[i].matches)
            printf("# %s\n", glob_rows[i].pattern);
        CU_ASSERT_EQUAL(matches, glob_rows[i].matches);
    }
    static char many[100000]; /* exponential time would not end */
    memset(many, 'a', sizeof many);
    CU_ASSERT(!rk_slice_glob(BYTES("*a*a*a*a*a*a*a*b"), (rk_slice){ (uint8_t *)many, 20000 }));
}

static const struct {
    rk_slice text;
    bool valid;
    const char *shown;
} utf8_rows[] = {
    { BYTES("plain"), true, "plain" },
    { BYTES("gr\303\274n"), true, "gr\303\274n" },
    { BYTES("\342\202\254"), true, "\342\202\254" },
    { BYTES("\360\237\230\200"), true, "\360\237\230\200" },
    { BYTES("\364\217\277\277"), true, "\364\217\277\277" },
    { BYTES("\364\220\200\200"), false, "\\xf4\\x90\\x80\\x80" },
    { BYTES("\300\200"), false, "\\xc0\\x80" },
    { BYTES("\340\200\200"), false, "\\xe0\\x80\\x80" },
    { BYTES("\360\200\200\200"), false, "\\xf0\\x80\\x80\\x80" },
    { BYTES("\355\240\200"), false, "\\xed\\xa0\\x80" },
    { BYTES("\303"), false, "\\xc3" },
    { BYTES("\342\202"), false, "\\xe2\\x82" },
    { BYTES("eight bytes\377"), false, "eight bytes\\xff" },
    { BYTES("a'b\\c\n\0\177"), true, "a\\x27b\\x5cc\\x0a\\x00\\x7f" },
    { BYTES(""), true, "" },
};

static void utf8_and_print(void)
{
    char out[128];
    for (size_t i = 0; i < COUNT(utf8_rows); i++) {
        CU_ASSERT_EQUAL(rk_slice_utf8(utf8_rows[i].text), utf8_rows[i].valid);
        CU_ASSERT_STRING_EQUAL(rk_slice_print(utf8_rows[i].text, out, sizeof out), utf8_rows[i].shown);
    }
    CU_ASSERT_STRING_EQUAL(rk_slice_print(BYTES("abcdefghij"), out, 12), "abcdefgh...");
    CU_ASSERT_STRING_EQUAL(rk_slice_print(BYTES("abcdefgh"), out, 12), "abcdefgh");
    CU_ASSERT_STRING_EQUAL(rk_slice_print(BYTES("\0\0\0"), out, 12), "\\x00\\x00...");
    CU_ASSERT_STRING_EQUAL(rk_slice_print(BYTES("abc"), out, 4), "");
    for (size_t cap = 1; cap < 40; cap++) { /* never beyond its room, always ended */
        memset(out, 'Z', sizeof out);
        rk_slice_print(BYTES("a\0\303\274\360\237\230\200 and some more"), out, cap);
        CU_ASSERT(strlen(out) < cap && out[cap] == 'Z');
    }
}

static void compare_and_find(void)
{
    CU_ASSERT(rk_slice_compare(BYTES("a"), BYTES("b")) < 0);
    CU_ASSERT(rk_slice_compare(BYTES("a"), BYTES("aa")) < 0);
    CU_ASSERT(rk_slice_compare(BYTES("\377"), BYTES("a")) > 0);
    CU_ASSERT(rk_slice_compare(RK_EMPTY, RK_EMPTY) == 0);
    CU_ASSERT_EQUAL(rk_slice_find(BYTES("abcabc"), BYTES("bc"), 0), 1);
    CU_ASSERT_EQUAL(rk_slice_find(BYTES("abcabc"), BYTES("bc"), 2), 4);
    CU_ASSERT_EQUAL(rk_slice_find(BYTES("abcabc"), BYTES("bc"), 5), SIZE_MAX);
    CU_ASSERT_EQUAL(rk_slice_find(BYTES("abc"), BYTES("abcd"), 0), SIZE_MAX);
    CU_ASSERT_EQUAL(rk_slice_find(BYTES("abc"), RK_EMPTY, 3), 3);
    CU_ASSERT_EQUAL(rk_slice_find(BYTES("abc"), RK_EMPTY, 4), SIZE_MAX);
    CU_ASSERT(rk_slice_starts(BYTES("abc"), BYTES("ab")) && !rk_slice_starts(BYTES("a"), BYTES("ab")));
    CU_ASSERT(rk_slice_ends(BYTES("abc"), BYTES("bc")) && !rk_slice_ends(BYTES("c"), BYTES("bc")));
    CU_ASSERT(rk_slice_is(rk_slice_from(BYTES("abc"), 2), BYTES("c")) &&
              rk_slice_from(BYTES("abc"), 9).len == 0);
    CU_ASSERT(rk_slice_is(rk_slice_head(BYTES("abc"), 2), BYTES("ab")) &&
              rk_slice_head(BYTES("abc"), 9).len == 3);
}

UNIT_MAIN("slice", { "integers, as Redis stores them", integers }, { "floating point numbers", doubles },
          { "shell patterns", globs }, { "UTF-8, and bytes printed for a person", utf8_and_print },
          { "comparing and finding", compare_and_find })
