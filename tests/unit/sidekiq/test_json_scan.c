/* What the JSON walk accepts, what it refuses, and what strings, numbers and times mean. Where Jansson can be
 * asked, it must agree; `differs` says why it cannot. */
#include <jansson.h>
#include <math.h>

#include "rdbkit/json.h"
#include "unit.h"

/* clang-format off */
#define DEEP10(s) s s s s s s s s s s
#define DEEP99(s) DEEP10(s) DEEP10(s) DEEP10(s) DEEP10(s) DEEP10(s) DEEP10(s) DEEP10(s) DEEP10(s) DEEP10(s) \
                  s s s s s s s s s

typedef struct {
    const char *name;
    rk_slice text;
    bool accepted;
    const char *differs; /* why Jansson judges otherwise */
} form;

static const form forms[] = {
    { "an empty object", BYTES("{}"), true, NULL },
    { "white space around every token", BYTES(" \t\r\n{ \"a\" : [ 1 , 2 ] ,\n\"b\"\t:\r{ } } \n"), true, NULL },
    { "every kind of value", BYTES("{\"a\":[true,false,null,-1.5e+3,\"\",{}]}"), true, NULL },
    { "a duplicate key", BYTES("{\"a\":1,\"a\":2}"), true, NULL },
    { "every escape", BYTES("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"}"), true, NULL },
    { "a delete character in a string", BYTES("{\"a\":\"\x7f\"}"), true, NULL },
    { "depth 100", BYTES("{\"a\":" DEEP99("[") DEEP99("]") "}"), true, NULL },
    { "a string of more than one vector", BYTES("{\"a\":\"0123456789012345678901234567890123456789\"}"), true, NULL },
    { "invalid UTF-8 in a string", BYTES("{\"a\":\"\xff\xc3\"}"), true, "Jansson wants UTF-8" },
    { "a lone surrogate", BYTES("{\"a\":\"\\udc00\"}"), true, "Jansson wants pairs" },
    { "a zero as an escape in a key", BYTES("{\"\\u0000\":1}"), true, "Jansson's keys are C strings" },
    { "an integer of 30 digits", BYTES("{\"a\":123456789012345678901234567890}"), true, "Jansson has 64 bits" },
    { "a float beyond the range", BYTES("{\"a\":1e400}"), true, "Jansson wants a finite double" },

    { "empty text", BYTES(""), false, NULL },
    { "white space alone", BYTES(" \n"), false, NULL },
    { "an array", BYTES("[1]"), false, "Jansson reads any array" },
    { "null", BYTES("null"), false, NULL },
    { "a text cut in a key", BYTES("{\"a"), false, NULL },
    { "a text cut behind a key", BYTES("{\"a\""), false, NULL },
    { "a text cut behind a colon", BYTES("{\"a\":"), false, NULL },
    { "a text cut in a string", BYTES("{\"a\":\"b"), false, NULL },
    { "a text cut behind a backslash", BYTES("{\"a\":\"b\\"), false, NULL },
    { "a text cut in a nested array", BYTES("{\"a\":[1,"), false, NULL },
    { "a text cut behind a value", BYTES("{\"a\":1"), false, NULL },
    { "a text cut behind a comma", BYTES("{\"a\":1,"), false, NULL },
    { "bytes after the object", BYTES("{\"a\":1}x"), false, NULL },
    { "a second object", BYTES("{}{}"), false, NULL },
    { "a zero byte after the object", BYTES("{\"a\":1}\0"), false, NULL },
    { "a byte order mark", BYTES("\xef\xbb\xbf{\"a\":1}"), false, NULL },
    { "a zero byte in a string", BYTES("{\"a\":\"x\0y\"}"), false, NULL },
    { "a line feed in a string", BYTES("{\"a\":\"x\ny\"}"), false, NULL },
    { "a control character at the end of a string", BYTES("{\"a\":\"0123456789012345678901234\x1f\"}"), false, NULL },
    { "a control character amid a string", BYTES("{\"a\":\"0123456789\x1f" "and sixteen bytes behind it\"}"), false, NULL },
    { "a control character in a key", BYTES("{\"a\x01\":1}"), false, NULL },
    { "NaN", BYTES("{\"a\":NaN}"), false, NULL },
    { "Infinity", BYTES("{\"a\":Infinity}"), false, NULL },
    { "minus Infinity", BYTES("{\"a\":-Infinity}"), false, NULL },
    { "an unknown escape", BYTES("{\"a\":\"\\q\"}"), false, NULL },
    { "an escape with three digits", BYTES("{\"a\":\"\\u12g4\"}"), false, NULL },
    { "an escape cut by the quote", BYTES("{\"a\":\"\\u12\"}"), false, NULL },
    { "an unknown escape in a key", BYTES("{\"\\x61\":1}"), false, NULL },
    { "a leading zero", BYTES("{\"a\":01}"), false, NULL },
    { "a leading zero behind a minus", BYTES("{\"a\":-01}"), false, NULL },
    { "a plus sign", BYTES("{\"a\":+1}"), false, NULL },
    { "a minus sign alone", BYTES("{\"a\":-}"), false, NULL },
    { "a point without a fraction", BYTES("{\"a\":1.}"), false, NULL },
    { "a fraction without a whole", BYTES("{\"a\":.5}"), false, NULL },
    { "an exponent without digits", BYTES("{\"a\":1e+}"), false, NULL },
    { "a hexadecimal number", BYTES("{\"a\":0x10}"), false, NULL },
    { "a cut word", BYTES("{\"a\":tru}"), false, NULL },
    { "a word with a tail", BYTES("{\"a\":nulls}"), false, NULL },
    { "a word in capitals", BYTES("{\"a\":True}"), false, NULL },
    { "depth 101", BYTES("{\"a\":[" DEEP99("[") DEEP99("]") "]}"), false, "Jansson goes to 2048" },
    { "a comma before the brace", BYTES("{\"a\":1,}"), false, NULL },
    { "a comma before the bracket", BYTES("{\"a\":[1,]}"), false, NULL },
    { "a comma alone", BYTES("{,}"), false, NULL },
    { "no comma between members", BYTES("{\"a\":1 \"b\":2}"), false, NULL },
    { "no comma between items", BYTES("{\"a\":[1 2]}"), false, NULL },
    { "no colon", BYTES("{\"a\" 1}"), false, NULL },
    { "a colon in an array", BYTES("{\"a\":[1:2]}"), false, NULL },
    { "a key without quotes", BYTES("{a:1}"), false, NULL },
    { "a number as a key of a nested object", BYTES("{\"a\":{1:2}}"), false, NULL },
    { "single quotes", BYTES("{'a':1}"), false, NULL },
    { "brackets that do not match", BYTES("{\"a\":[1}]"), false, NULL },
    { "a closing bracket too many", BYTES("{\"a\":1]}"), false, NULL },
    { "a comment", BYTES("{/*x*/\"a\":1}"), false, NULL },
    { "a form feed as white space", BYTES("{\"a\":\f1}"), false, NULL },
};
/* clang-format on */
enum { FORMS = sizeof forms / sizeof forms[0] };

static bool walk_accepts(rk_slice text)
{
    rk_json_walk walk;
    rk_slice raw_key;
    rk_json_value value;
    if (!rk_json_open(&walk, text))
        return false;
    while (rk_json_next(&walk, &raw_key, &value))
        CU_ASSERT(value.text.len > 0);
    return rk_json_ok(&walk);
}

static bool jansson_accepts(rk_slice text)
{
    json_t *tree = json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL, NULL);
    json_decref(tree);
    return tree != NULL;
}

/* Each text lies in a block of just its size, so that a read beyond its end is seen. */
static void accepts_and_refuses(void)
{
    for (size_t i = 0; i < FORMS; i++) {
        const form *f = &forms[i];
        uint8_t *exact = malloc(f->text.len ? f->text.len : 1);
        memcpy(exact, f->text.ptr, f->text.len);
        rk_slice text = { exact, f->text.len };
        rk_envelope envelope;
        rk_json_value value;
        bool is_array = f->text.len && f->text.ptr[0] == '[';
        bool is_null = rk_slice_is(f->text, RK_TEXT("null"));
        bool right = walk_accepts(text) == f->accepted && rk_envelope_scan(text, &envelope) == f->accepted &&
                     envelope.is_object == f->accepted &&
                     rk_json_parse(text, &value) == (f->accepted || is_array || is_null) &&
                     (jansson_accepts(text) == f->accepted) == (f->differs == NULL);
        if (!right)
            printf("# %s\n", f->name);
        CU_ASSERT(right);
        free(exact);
    }
}

static void every_cut_is_refused(void)
{
    rk_slice whole =
        BYTES("{\"retry\":true,\"class\":\"A\\u0041\",\"args\":[1.5e1,{\"x\":[null,\"y\"]}],\"jid\":\"0\"}");
    for (size_t len = 0; len < whole.len; len++) {
        uint8_t *exact = malloc(len ? len : 1);
        rk_envelope envelope;
        memcpy(exact, whole.ptr, len);
        CU_ASSERT_FALSE(walk_accepts((rk_slice){ exact, len }));
        CU_ASSERT_FALSE(rk_envelope_scan((rk_slice){ exact, len }, &envelope));
        free(exact);
    }
    CU_ASSERT(walk_accepts(whole));
}

static void members_come_in_order(void)
{
    rk_slice text = BYTES(" { \"a\" : \"x\\ny\" , \"b\":[1, {}] ,\"a\":-2 } ");
    rk_json_walk walk;
    rk_slice raw_key;
    rk_json_value value;
    CU_ASSERT_FATAL(rk_json_open(&walk, text));
    CU_ASSERT_FATAL(rk_json_next(&walk, &raw_key, &value));
    CU_ASSERT(rk_slice_is(raw_key, RK_TEXT("a")));
    CU_ASSERT(value.kind == RK_JSON_STRING && rk_slice_is(value.text, RK_TEXT("\"x\\ny\"")));
    CU_ASSERT_FATAL(rk_json_next(&walk, &raw_key, &value));
    CU_ASSERT(value.kind == RK_JSON_ARRAY && rk_slice_is(value.text, RK_TEXT("[1, {}]")));
    CU_ASSERT_FATAL(rk_json_next(&walk, &raw_key, &value));
    CU_ASSERT(value.kind == RK_JSON_NUMBER && rk_slice_is(value.text, RK_TEXT("-2")));
    CU_ASSERT_FALSE(rk_json_next(&walk, &raw_key, &value));
    CU_ASSERT_FALSE(rk_json_next(&walk, &raw_key, &value));
    CU_ASSERT(rk_json_ok(&walk));
    CU_ASSERT(rk_json_offset(&walk) == text.len);
    CU_ASSERT(rk_json_member(text, "a", &value) && value.kind == RK_JSON_NUMBER);
    CU_ASSERT_FALSE(rk_json_member(text, "c", &value));
}

static void array_items_lead_to_members(void)
{
    rk_json_walk walk;
    rk_json_value item, member;
    CU_ASSERT_FATAL(rk_json_array_open(&walk, RK_TEXT("[ {\"job_class\":\"A\"} , 2 ]")));
    CU_ASSERT_FATAL(rk_json_array_next(&walk, &item));
    CU_ASSERT(rk_json_member(item.text, "job_class", &member) && rk_slice_is(member.text, RK_TEXT("\"A\"")));
    CU_ASSERT(rk_json_array_next(&walk, &item) && item.kind == RK_JSON_NUMBER);
    CU_ASSERT_FALSE(rk_json_array_next(&walk, &item));
    CU_ASSERT(rk_json_ok(&walk));
    CU_ASSERT_FALSE(rk_json_array_open(&walk, RK_TEXT("{}")));
    CU_ASSERT_FALSE(rk_json_ok(&walk));
    CU_ASSERT(rk_json_array_open(&walk, RK_TEXT("[]")) && !rk_json_array_next(&walk, &item) &&
              rk_json_ok(&walk));
}

static void an_error_says_where(void)
{
    rk_json_walk walk;
    rk_slice raw_key;
    rk_json_value value;
    CU_ASSERT_FATAL(rk_json_open(&walk, RK_TEXT("{\"a\":1,\"b\":tru}")));
    CU_ASSERT(rk_json_next(&walk, &raw_key, &value));
    CU_ASSERT_FALSE(rk_json_next(&walk, &raw_key, &value));
    CU_ASSERT_FALSE(rk_json_ok(&walk));
    CU_ASSERT(rk_json_offset(&walk) == 11);
    CU_ASSERT_FALSE(rk_json_next(&walk, &raw_key, &value));
}

static void strings_are_decoded(void)
{
    static const struct {
        rk_slice raw, text;
    } rows[] = {
        { BYTES("plain \xff"), BYTES("plain \xff") },
        { BYTES("\\\"\\\\\\/\\b\\f\\n\\r\\t"), BYTES("\"\\/\b\f\n\r\t") },
        { BYTES("\\u0041\\u00E9\\u20ac\\u0000."), BYTES("A\xc3\xa9\xe2\x82\xac\0.") },
        { BYTES("x\\ud83d\\ude00y"), BYTES("x\xf0\x9f\x98\x80y") },
        { BYTES("\\ud83d\\u0041"), BYTES("\xed\xa0\xbd\x41") },
        { BYTES("\\udc00"), BYTES("\xed\xb0\x80") },
        { BYTES("\\ud83d"), BYTES("\xed\xa0\xbd") },
    };
    rk_buf scratch = { 0 };
    rk_err err = { 0 };
    rk_slice text;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT(rk_json_unescape(rows[i].raw, &scratch, &text, &err));
        CU_ASSERT(rk_slice_is(text, rows[i].text));
        CU_ASSERT((text.ptr == rows[i].raw.ptr) == (memchr(rows[i].raw.ptr, '\\', rows[i].raw.len) == NULL));
    }
    CU_ASSERT(rk_json_string((rk_json_value){ RK_JSON_STRING, RK_TEXT("\"a\\nb\"") }, &scratch, &text, &err));
    CU_ASSERT(rk_slice_is(text, RK_TEXT("a\nb")));
    CU_ASSERT_FALSE(rk_json_string((rk_json_value){ RK_JSON_NULL, RK_TEXT("null") }, &scratch, &text, &err));
    CU_ASSERT_STRING_EQUAL(err.what, "JSON value is of kind null, not a string");
    err = (rk_err){ 0 };
    CU_ASSERT_FALSE(rk_json_unescape(RK_TEXT("ab\\u12"), &scratch, &text, &err));
    CU_ASSERT_STRING_EQUAL(err.what, "JSON string has a malformed escape at byte 2 of 6");
    rk_buf_free(&scratch);
    err = (rk_err){ 0 };
    rk_alloc_fail_after(0);
    CU_ASSERT_FALSE(rk_json_unescape(RK_TEXT("a\\n"), &scratch, &text, &err));
    rk_alloc_fail_after(-1);
    CU_ASSERT(err.code == RK_NO_MEMORY);
    rk_buf_free(&scratch);
}

static void keys_are_recognised(void)
{
    CU_ASSERT(rk_json_key_is(RK_TEXT("jid"), "jid"));
    CU_ASSERT(rk_json_key_is(RK_TEXT("j\\u0069d"), "jid"));
    CU_ASSERT(rk_json_key_is(RK_TEXT("\\u00e9"), "\xc3\xa9"));
    CU_ASSERT(rk_json_key_is(RK_TEXT(""), ""));
    CU_ASSERT_FALSE(rk_json_key_is(RK_TEXT("ji"), "jid"));
    CU_ASSERT_FALSE(rk_json_key_is(RK_TEXT("jids"), "jid"));
    CU_ASSERT_FALSE(rk_json_key_is(RK_TEXT("jid\\u0000"), "jid"));
    CU_ASSERT_FALSE(rk_json_key_is(RK_TEXT("\\u00e9"), "\xc3"));
    CU_ASSERT_FALSE(rk_json_key_is(RK_TEXT("j\\q"), "jq"));
}

static bool number(const char *text, double *value, bool *is_integer)
{
    return rk_json_number((rk_json_value){ RK_JSON_NUMBER, rk_slice_of(text) }, value, is_integer);
}

static void numbers_are_the_nearest_double(void)
{
    static const char *const rows[] = {
        "0",
        "-0",
        "0.0",
        "-0.0",
        "1",
        "-1",
        "12345678",
        "123456789012345",
        "1234567890123456",
        "9007199254740993",
        "123456789012345678901234567890",
        "1.1",
        "1.10",
        "11e-1",
        "0.1",
        "0.5",
        "1795420038.9643598",
        "1795420039.99999999999",
        "1073741824.000000119209",
        "2147483647.4999999",
        "99999999999.12345678901",
        "1e22",
        "1e23",
        "1E+2",
        "1e400",
        "-1e400",
        "1e-400",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1.7976931348623157e308",
        "0.000000000000000000000000000000000000001",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "0e99999999999999999999",
        "17954200.38964359812",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203124",
        "1.000000000000000111022302462515654042363166809082031251",
    };
    char lengthy[3000];
    double value = 0, expected = 0;
    bool is_integer = false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT(number(rows[i], &value, &is_integer));
        expected = strtod(rows[i], NULL);
        CU_ASSERT(memcmp(&value, &expected, sizeof value) == 0);
        CU_ASSERT(is_integer == (strpbrk(rows[i], ".eE") == NULL));
    }
    for (int zeros = 700; zeros < 2000;
         zeros += 100) { /* exactly between two doubles, but for the last digit */
        snprintf(lengthy, sizeof lengthy, "1.00000000000000011102230246251565404236316680908203125%0*d",
                 zeros, 1);
        CU_ASSERT(number(lengthy, &value, &is_integer) && value == strtod(lengthy, NULL));
        CU_ASSERT(value > 1);
    }
    CU_ASSERT_FALSE(rk_json_number((rk_json_value){ RK_JSON_STRING, RK_TEXT("\"1\"") }, &value, &is_integer));
}

/* What Jansson makes of a number of digits and a point; millions of times of our days among them. */
static void random_numbers_are_the_nearest_double(void)
{
    char text[64];
    unsigned seed = 7;
    for (int i = 0; i < 200000; i++) {
        double value = 0;
        bool is_integer = false;
        unsigned whole = (unsigned)rand_r(&seed) + (i % 2 ? 1u << 30 : 0), parts = (unsigned)rand_r(&seed);
        snprintf(text, sizeof text, "%u.%0*u", whole >> (i % 5 ? 0 : i % 31), 1 + i % 12, parts);
        CU_ASSERT_FATAL(number(text, &value, &is_integer) && value == strtod(text, NULL) && !is_integer);
    }
}

static void times_come_in_every_form(void)
{
    static const struct {
        const char *text;
        rk_json_kind kind;
        double time_s; /* NAN: none */
    } rows[] = {
        { "1795420038.9643598", RK_JSON_NUMBER, 1795420038.9643598 },
        { "1795420038964", RK_JSON_NUMBER, 1795420038.964 },
        { "1795420038", RK_JSON_NUMBER, 1795420038 },
        { "100000000000", RK_JSON_NUMBER, 100000000000 },
        { "100000000001", RK_JSON_NUMBER, 100000000.001 },
        { "1.7954200389643e+09", RK_JSON_NUMBER, 1795420038.9643 },
        { "\"2013-05-01 12:34:56 UTC\"", RK_JSON_STRING, 1367411696 },
        { "\"2013-05-01T12:34:56Z\"", RK_JSON_STRING, 1367411696 },
        { "\"2013-05-01T12:34:56.125Z\"", RK_JSON_STRING, 1367411696.125 },
        { "\"2013-05-01 12:34:56 +0000\"", RK_JSON_STRING, 1367411696 },
        { "\"2012-02-29 00:00:00 UTC\"", RK_JSON_STRING, 1330473600 },
        { "\"1970-01-01T00:00:00+00:00\"", RK_JSON_STRING, 0 },
        { "\"2013-05-01 12:34:56 +0200\"", RK_JSON_STRING, NAN },
        { "\"2013-05-01\"", RK_JSON_STRING, NAN },
        { "\"2013-13-01 12:34:56 UTC\"", RK_JSON_STRING, NAN },
        { "\"2013-05-00 12:34:56 UTC\"", RK_JSON_STRING, NAN },
        { "\"yesterday\"", RK_JSON_STRING, NAN },
        { "\"\"", RK_JSON_STRING, NAN },
        { "null", RK_JSON_NULL, NAN },
        { "{}", RK_JSON_OBJECT, NAN },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double time_s = rk_json_time((rk_json_value){ rows[i].kind, rk_slice_of(rows[i].text) });
        bool right = isnan(rows[i].time_s) ? isnan(time_s) : fabs(time_s - rows[i].time_s) < 1e-9;
        if (!right)
            printf("# %s: %.17g\n", rows[i].text, time_s);
        CU_ASSERT(right);
    }
}

UNIT_MAIN("json scan", { "texts are accepted and refused as a worker does", accepts_and_refuses },
          { "a text cut off anywhere is refused", every_cut_is_refused },
          { "members come in their order", members_come_in_order },
          { "array items lead to their members", array_items_lead_to_members },
          { "an error says where", an_error_says_where }, { "strings are decoded", strings_are_decoded },
          { "keys are recognised with escapes and without", keys_are_recognised },
          { "numbers are the nearest double", numbers_are_the_nearest_double },
          { "random numbers are the nearest double", random_numbers_are_the_nearest_double },
          { "times come in every form", times_come_in_every_form })
