/* json_out: whatever the bytes, the JSON is valid and gives them back. */
#include "../../../librdb/report/json_out.h"

#include <math.h>

#include "../unit.h"

/* The compact text of `json`, which goes; to be freed. */
static char *dumped(json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(json);
    return text;
}

static void text_is_text_or_base64(void)
{
    static const struct {
        rk_slice bytes;
        const char *json;
    } cases[] = {
        { BYTES(""), "\"\"" },
        { BYTES("queue:default"), "\"queue:default\"" },
        { BYTES("\303\234bersetzung"), "\"\303\234bersetzung\"" },
        { BYTES("a\"b\\c\n\033\0z"), "\"a\\\"b\\\\c\\n\\u001B\\u0000z\"" },
        { BYTES("\377"), "{\"b64\":\"/w==\"}" },
        { BYTES("\377\376"), "{\"b64\":\"//4=\"}" },
        { BYTES("a\377b"), "{\"b64\":\"Yf9i\"}" },
        { BYTES("\355\240\200"), "{\"b64\":\"7aCA\"}" }, /* a surrogate */
        { BYTES("\300\200\0\0"), "{\"b64\":\"wIAAAA==\"}" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = dumped(rk_json_out_text(cases[i].bytes));
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].json);
        free(text);
    }
}

/* The three bytes, or fewer, of four base64 digits. */
static size_t decode_four(const char *four, uint8_t out[3])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    size_t len = four[2] == '=' ? 1 : four[3] == '=' ? 2 : 3;
    for (size_t i = 0; i < 4; i++)
        bits = bits << 6 | (four[i] == '=' ? 0 : (uint32_t)(strchr(digits, four[i]) - digits));
    for (size_t i = 0; i < 3; i++)
        out[i] = (uint8_t)(bits >> (16 - 8 * i));
    return len;
}

static size_t decode(const json_t *json, uint8_t *out)
{
    size_t len = 0;
    if (json_is_string(json)) {
        memcpy(out, json_string_value(json), json_string_length(json));
        return json_string_length(json);
    }
    for (const char *at = json_string_value(json_object_get(json, "b64")); at && *at; at += 4)
        len += decode_four(at, out + len);
    return len;
}

static void any_bytes_come_back(void)
{
    uint32_t state = 1;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[24], back[64];
        size_t len = (size_t)round % 20;
        for (size_t i = 0; i < len; i++) {
            state = state * 1664525 + 1013904223;
            bytes[i] = round & 1 ? (uint8_t)(state >> 24) : (uint8_t)(0x70 + (state >> 24) % 32);
        }
        char *text = dumped(rk_json_out_text((rk_slice){ bytes, len }));
        json_t *json = text ? json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
        bool same = json && decode(json, back) == len && memcmp(back, bytes, len) == 0;
        CU_ASSERT_TRUE(same);
        json_decref(json);
        free(text);
        if (!same)
            return;
    }
}

static void scores_come_back(void)
{
    static const double scores[] = { 0,   -0.0, 1,    1795418990.933207, 1795419920.8335092, 1e300,   5e-324,
                                     0.1, 1e17, -1.5, 1795551010856,     9007199254740993.0, 1.0 / 3, 1e-7 };
    for (size_t i = 0; i < sizeof scores / sizeof scores[0]; i++) {
        char *text = dumped(rk_json_out_score(scores[i]));
        json_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
        double back = json_real_value(json);
        CU_ASSERT_TRUE(json_is_real(json) && memcmp(&back, &scores[i], sizeof back) == 0);
        json_decref(json);
        free(text);
    }
}

static void what_is_no_number_is_a_word_or_null(void)
{
    static const struct {
        double number;
        const char *score, *time;
    } cases[] = { { INFINITY, "\"inf\"", "null" },
                  { -INFINITY, "\"-inf\"", "null" },
                  { NAN, "\"nan\"", "null" } };
    for (size_t i = 0; i < 3; i++) {
        char *score = dumped(rk_json_out_score(cases[i].number)),
             *time = dumped(rk_json_out_time(cases[i].number));
        CU_ASSERT_STRING_EQUAL(score, cases[i].score);
        CU_ASSERT_STRING_EQUAL(time, cases[i].time);
        free(score);
        free(time);
    }
}

static void counts_stay_positive(void)
{
    char *most = dumped(rk_json_out_count(UINT64_MAX)), *unknown = dumped(rk_json_out_known(-1));
    CU_ASSERT_STRING_EQUAL(most, "9223372036854775807");
    CU_ASSERT_STRING_EQUAL(unknown, "null");
    free(most);
    free(unknown);
}

static void an_error_tells_all_it_knows(void)
{
    rk_err err = { 0 };
    char *none = dumped(rk_json_out_error(&err));
    CU_ASSERT_STRING_EQUAL(none, "null");
    rk_fail(&err, RK_TRUNCATED, 48213, "listpack entry takes 70 bytes, 12 remain");
    rk_within(&err, "list 'queue:default' in db 0");
    rk_err_source(&err, "new\377.rdb");
    char *text = dumped(rk_json_out_error(&err));
    CU_ASSERT_STRING_EQUAL(text,
                           "{\"code\":\"truncated\",\"what\":\"listpack entry takes 70 bytes, 12 remain\","
                           "\"where\":\"list 'queue:default' in db 0\",\"source\":{\"b64\":\"bmV3/y5yZGI=\"},"
                           "\"offset\":48213,\"hint\":null}");
    free(none);
    free(text);
}

/* The report of a run that failed. */
static json_t *refused(const char *path, bool lines)
{
    char *text = NULL;
    size_t len = 0;
    char *paths[] = { (char *)"old.rdb" };
    char *other[] = { (char *)path };
    rk_err err = { 0 };
    rk_diff_options inputs = { .old_paths = { paths, 1 }, .new_paths = { other, 1 } };
    rk_report_options options = { 0 };
    FILE *out = open_memstream(&text, &len);
    rk_fail(&err, RK_IO, RK_NO_OFFSET, "cannot open: No such file or directory");
    rk_report_refused(&err, &inputs, &options, lines, out);
    fclose(out);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    CU_ASSERT_TRUE(len > 0 && text[len - 1] == '\n' && strchr(text, '\n') == text + len - 1);
    free(text);
    return json;
}

static void a_refusal_is_a_whole_report(void)
{
    static const char *const paths[] = { "new.rdb", "\377", "a\"b", "" };
    for (size_t i = 0; i < 8; i++) {
        json_t *json = refused(paths[i / 2], i % 2), *error = json_object_get(json, "error");
        CU_ASSERT_PTR_NOT_NULL_FATAL(json);
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json, "status")), "refused");
        CU_ASSERT_TRUE(json_is_null(json_object_get(json, "verdict")));
        CU_ASSERT_EQUAL(json_integer_value(json_object_get(json, "exit")), 2);
        CU_ASSERT_EQUAL(json_array_size(json_object_get(json, "inputs")), 2);
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(error, "code")), "io");
        CU_ASSERT_EQUAL(json_object_get(json, "type") != NULL, i % 2 == 1);
        CU_ASSERT_EQUAL(json_object_get(json, "jobs") != NULL, i % 2 == 0);
        json_decref(json);
    }
}

UNIT_MAIN("json_out", { "text is text, or base64 where it is no UTF-8", text_is_text_or_base64 },
          { "any bytes come back", any_bytes_come_back },
          { "scores come back to the last bit", scores_come_back },
          { "what is no number is a word or null", what_is_no_number_is_a_word_or_null },
          { "counts stay positive", counts_stay_positive },
          { "an error tells all it knows", an_error_tells_all_it_knows },
          { "a refusal is a whole report", a_refusal_is_a_whole_report })
