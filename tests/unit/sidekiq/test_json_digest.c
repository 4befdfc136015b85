/* Two texts have one digest exactly when they mean the same, and the fields in which two payloads differ are
 * named. */
#include <jansson.h>

#include "rdbkit/json.h"
#include "unit.h"

typedef struct {
    const char *name;
    rk_slice a, b;
    bool same;
    const char *differs; /* why Jansson judges otherwise or refuses */
} pair;

/* clang-format off */
static const pair pairs[] = {
    { "white space", BYTES("{\"a\":[1,2],\"b\":{}}"), BYTES(" {\n\"a\" : [ 1 ,\t2 ] ,\r\"b\" : { } } "), true, NULL },
    { "key order", BYTES("{\"a\":1,\"b\":2}"), BYTES("{\"b\":2,\"a\":1}"), true, NULL },
    { "key order below", BYTES("[{\"a\":{\"x\":1,\"y\":[]},\"b\":2}]"), BYTES("[{\"b\":2,\"a\":{\"y\":[],\"x\":1}}]"), true, NULL },
    { "an escaped letter", BYTES("\"\\u00e9\""), BYTES("\"\xc3\xa9\""), true, NULL },
    { "an escaped slash", BYTES("\"a\\/b\""), BYTES("\"a/b\""), true, NULL },
    { "a surrogate pair", BYTES("\"\\uD83D\\ude00\""), BYTES("\"\xf0\x9f\x98\x80\""), true, NULL },
    { "an escaped key", BYTES("{\"\\u0061\":1}"), BYTES("{\"a\":1}"), true, NULL },
    { "two spellings of a control character", BYTES("\"\\n\""), BYTES("\"\\u000a\""), true, NULL },
    { "a trailing zero of a float", BYTES("1.10"), BYTES("1.1"), true, NULL },
    { "an exponent of a float", BYTES("1.1e0"), BYTES("11E-1"), true, NULL },
    { "a hundred in two spellings", BYTES("1.0e2"), BYTES("100.0"), true, NULL },
    { "more digits than a double knows", BYTES("1795420038.9643598"), BYTES("1795420038.96435980"), true, NULL },
    { "minus zero", BYTES("-0"), BYTES("0"), true, NULL },
    { "a duplicate key, the last one equal", BYTES("{\"a\":1,\"a\":2}"), BYTES("{\"a\":2}"), true, NULL },
    { "a duplicate key in other words", BYTES("{\"\\u0061\":[1],\"b\":0,\"a\":2}"), BYTES("{\"a\":2,\"b\":0}"), true, NULL },
    { "integers of 30 digits", BYTES("123456789012345678901234567890"), BYTES(" 123456789012345678901234567890"), true, "Jansson has 64 bits" },
    { "invalid UTF-8", BYTES("\"\xff\""), BYTES(" \"\xff\""), true, "Jansson wants UTF-8" },
    { "two infinities", BYTES("1e400"), BYTES("1e401"), true, "Jansson wants a finite double" },

    { "a value", BYTES("{\"a\":1}"), BYTES("{\"a\":2}"), false, NULL },
    { "a key", BYTES("{\"a\":1}"), BYTES("{\"b\":1}"), false, NULL },
    { "a member more", BYTES("{\"a\":1}"), BYTES("{\"a\":1,\"b\":1}"), false, NULL },
    { "values exchanged", BYTES("{\"a\":1,\"b\":2}"), BYTES("{\"a\":2,\"b\":1}"), false, NULL },
    { "a duplicate key, the first one equal", BYTES("{\"a\":1,\"a\":2}"), BYTES("{\"a\":1}"), false, NULL },
    { "item order", BYTES("[1,2]"), BYTES("[2,1]"), false, NULL },
    { "an item more", BYTES("[1]"), BYTES("[1,1]"), false, NULL },
    { "nesting", BYTES("[[1],2]"), BYTES("[[1,2]]"), false, NULL },
    { "an empty array and an empty object", BYTES("[]"), BYTES("{}"), false, NULL },
    { "an empty array within", BYTES("[[]]"), BYTES("[]"), false, NULL },
    { "one and 1.0", BYTES("1"), BYTES("1.0"), false, NULL },
    { "zero and 0.0", BYTES("0"), BYTES("0.0"), false, NULL },
    { "0.0 and -0.0", BYTES("0.0"), BYTES("-0.0"), false, "Jansson compares doubles with ==" },
    { "a number and its string", BYTES("1"), BYTES("\"1\""), false, NULL },
    { "true and its string", BYTES("true"), BYTES("\"true\""), false, NULL },
    { "null and false", BYTES("null"), BYTES("false"), false, NULL },
    { "a sign", BYTES("1"), BYTES("-1"), false, NULL },
    { "a late digit", BYTES("123456789012345678901234567890"), BYTES("123456789012345678901234567891"), false, "Jansson has 64 bits" },
    { "an integer squeezed through a double", BYTES("9007199254740993"), BYTES("9007199254740992"), false, NULL },
    { "letters behind a zero", BYTES("\"a\\u0000b\""), BYTES("\"a\\u0000c\""), false, NULL },
    { "a composed and a decomposed letter", BYTES("\"\xc3\xa9\""), BYTES("\"e\xcc\x81\""), false, NULL },
};
/* clang-format on */
enum { PAIRS = sizeof pairs / sizeof pairs[0] };

static json_t *load(rk_slice text)
{
    return json_loadb((const char *)text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

static bool jansson_agrees(const pair *p)
{
    json_t *a = load(p->a), *b = load(p->b);
    bool agrees = a && b && json_equal(a, b) == p->same;
    json_decref(a);
    json_decref(b);
    return agrees;
}

static void equal_when_they_mean_the_same(void)
{
    rk_buf scratch = { 0 };
    for (size_t i = 0; i < PAIRS; i++) {
        const pair *p = &pairs[i];
        rk_err err = { 0 };
        rk_digest a, b;
        bool right = rk_json_digest(p->a, &scratch, &a, &err) && rk_json_digest(p->b, &scratch, &b, &err) &&
                     rk_digest_is(a, b) == p->same && jansson_agrees(p) == (p->differs == NULL);
        if (!right)
            printf("# %s\n", p->name);
        CU_ASSERT(right);
    }
    rk_buf_free(&scratch);
}

static void many_members_in_any_order(void)
{
    enum { MEMBERS = 500 };
    rk_buf forth = { 0 }, back = { 0 }, scratch = { 0 };
    rk_err err = { 0 };
    rk_digest a, b;
    for (int i = 0; i < MEMBERS; i++) {
        CU_ASSERT(rk_buf_printf(&forth, &err, "%s\"key%d\":{\"v\":\"\\u%04x\"}", i ? "," : "{", i, i + 32));
        int j = MEMBERS - 1 - i;
        CU_ASSERT(rk_buf_printf(&back, &err, "%s \"k\\u0065y%d\" : { \"v\" : \"\\u%04X\" }", i ? "," : "{", j,
                                j + 32));
    }
    CU_ASSERT(rk_buf_printf(&forth, &err, "}") && rk_buf_printf(&back, &err, "}"));
    CU_ASSERT(rk_json_digest(rk_buf_slice(&forth), &scratch, &a, &err));
    CU_ASSERT(rk_json_digest(rk_buf_slice(&back), &scratch, &b, &err));
    CU_ASSERT(rk_digest_is(a, b));
    rk_buf_free(&forth);
    rk_buf_free(&back);
    rk_buf_free(&scratch);
}

static void malformed_text_has_no_digest(void)
{
    static const rk_slice texts[] = { BYTES(""),           BYTES(" "),   BYTES("{"),
                                      BYTES("[1,]"),       BYTES("1 2"), BYTES("\"a\nb\""),
                                      BYTES("01"),         BYTES("NaN"), BYTES("\xef\xbb\xbf{}"),
                                      BYTES("{\"a\":1}\0") };
    rk_buf scratch = { 0 };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        rk_err err = { 0 };
        rk_digest digest;
        CU_ASSERT_FALSE(rk_json_digest(texts[i], &scratch, &digest, &err));
        CU_ASSERT(err.code == RK_DAMAGED && !err.has_offset);
    }
    rk_buf_free(&scratch);
}

static void depth_ends_at_100(void)
{
    char text[205];
    rk_buf scratch = { 0 };
    rk_err err = { 0 };
    rk_digest digest;
    memset(text, '[', 101);
    memset(text + 101, ']', 101);
    CU_ASSERT(rk_json_digest((rk_slice){ (uint8_t *)text + 1, 200 }, &scratch, &digest, &err));
    CU_ASSERT_FALSE(rk_json_digest((rk_slice){ (uint8_t *)text, 202 }, &scratch, &digest, &err));
    CU_ASSERT_STRING_EQUAL(err.what, "202 bytes are not one well-formed JSON value");
    rk_buf_free(&scratch);
}

typedef struct {
    const char *name;
    rk_slice before, after;
    const char *differences; /* "changed a, lost b, added c" */
} difference_row;

/* clang-format off */
static const difference_row difference_rows[] = {
    { "nothing", BYTES("{\"a\":[1,{\"x\":2}],\"b\":1.10}"), BYTES("{\"b\":1.1 , \"a\":[1,{\"x\":2}]}"), "" },
    { "two empty objects", BYTES("{}"), BYTES(" { } "), "" },
    { "a field of each kind", BYTES("{\"a\":1,\"b\":2,\"c\":3}"), BYTES("{\"d\":4,\"c\":3,\"a\":\"1\"}"), "changed a, lost b, added d" },
    { "an added null", BYTES("{}"), BYTES("{\"a\":null}"), "added a" },
    { "the order of each side", BYTES("{\"z\":1,\"y\":1,\"x\":1}"), BYTES("{\"c\":1,\"b\":1,\"a\":1}"), "lost z, lost y, lost x, added c, added b, added a" },
    { "an escaped key", BYTES("{\"\\u0061\":1}"), BYTES("{\"a\":1,\"\\u0062\":1}"), "added \\u0062" },
    { "duplicates, the last ones equal", BYTES("{\"a\":1,\"a\":2}"), BYTES("{\"a\":3,\"a\":2}"), "" },
    { "duplicates, the last ones unequal", BYTES("{\"a\":1,\"b\":0,\"a\":2}"), BYTES("{\"a\":2,\"b\":0,\"a\":1}"), "changed a" },
    { "seconds that became milliseconds", BYTES("{\"created_at\":1795420038.9643598,\"failed_at\":1795420039.5}"), BYTES("{\"created_at\":1795420038964,\"failed_at\":1795420039500}"), "" },
    { "milliseconds that became seconds", BYTES("{\"enqueued_at\":1795420038964}"), BYTES("{\"enqueued_at\":1.7954200389643598e9}"), "" },
    { "another moment in milliseconds", BYTES("{\"retried_at\":1795420038.9643598}"), BYTES("{\"retried_at\":1795420038966}"), "changed retried_at" },
    { "less than a millisecond, but both in seconds", BYTES("{\"created_at\":1795420038.9643}"), BYTES("{\"created_at\":1795420038.9644}"), "changed created_at" },
    { "a time in a field of the application", BYTES("{\"seen_at\":1795420038.9643598}"), BYTES("{\"seen_at\":1795420038964}"), "changed seen_at" },
    { "seconds whose fraction was cut", BYTES("{\"created_at\":1795420038.9643598}"), BYTES("{\"created_at\":1795420038}"), "changed created_at" },
    { "an escape in args", BYTES("{\"args\":[\"\\u00e9\"]}"), BYTES("{\"args\":[\"\xc3\xa9\"]}"), "" },
    { "an integer squeezed through a double", BYTES("{\"args\":[9007199254740993]}"), BYTES("{\"args\":[9007199254740992]}"), "changed args" },
    { "null for a string", BYTES("{\"jid\":\"a\"}"), BYTES("{\"jid\":null}"), "changed jid" },
};
/* clang-format on */

static void differences_are_named(void)
{
    rk_buf scratch = { 0 };
    for (size_t i = 0; i < sizeof difference_rows / sizeof difference_rows[0]; i++) {
        const difference_row *row = &difference_rows[i];
        char found[200] = "";
        rk_err err = { 0 };
        rk_json_differ differ;
        rk_json_difference d;
        CU_ASSERT(rk_json_differ_open(&differ, row->before, row->after, &scratch, &err));
        while (rk_json_differ_next(&differ, &d, &err)) {
            size_t used = strlen(found);
            snprintf(found + used, sizeof found - used, "%s%s %.*s", used ? ", " : "",
                     rk_field_state_name(d.state), (int)d.raw_key.len, (const char *)d.raw_key.ptr);
            CU_ASSERT((d.before.text.len == 0) == (d.state == RK_FIELD_ADDED));
            CU_ASSERT((d.after.text.len == 0) == (d.state == RK_FIELD_LOST));
        }
        CU_ASSERT(err.code == RK_OK);
        if (strcmp(found, row->differences) != 0)
            printf("# %s: %s\n", row->name, found);
        CU_ASSERT_STRING_EQUAL(found, row->differences);
    }
    rk_buf_free(&scratch);
}

static void only_objects_have_fields(void)
{
    rk_buf scratch = { 0 };
    rk_err err = { 0 };
    rk_json_differ differ;
    rk_json_difference difference;
    CU_ASSERT_FALSE(rk_json_differ_open(&differ, RK_TEXT("{\"a\":1}"), RK_TEXT("{\"a\":"), &scratch, &err));
    CU_ASSERT_STRING_EQUAL(err.what, "payload after is not a JSON object: wrong at byte 1 of 5");
    CU_ASSERT_FALSE(rk_json_differ_next(&differ, &difference, &err));
    err = (rk_err){ 0 };
    CU_ASSERT_FALSE(rk_json_differ_open(&differ, RK_TEXT("[]"), RK_TEXT("{}"), &scratch, &err));
    CU_ASSERT_STRING_EQUAL(err.what, "payload before is not a JSON object: wrong at byte 0 of 2");
    rk_buf_free(&scratch);
}

/* With the n-th allocation failing, for every n, there is an error or the same result, and nothing leaks. */
static void memory_may_be_short(void)
{
    rk_slice before = BYTES("{\"a\\u0062\":[\"\\n\",{\"x\":1,\"y\":2}],\"b\":1,\"c\":2,\"d\":3,\"e\":4}");
    rk_slice after = BYTES("{\"ab\":[\"\\n\",{\"y\":2,\"x\":1.0}],\"b\":1,\"c\":2,\"d\":3,\"e\":4}");
    for (int n = 0;; n++) {
        rk_buf scratch = { 0 };
        rk_err err = { 0 };
        rk_json_differ differ;
        rk_json_difference difference;
        int found = 0;
        rk_alloc_fail_after(n);
        if (rk_json_differ_open(&differ, before, after, &scratch, &err))
            while (rk_json_differ_next(&differ, &difference, &err))
                found++;
        rk_alloc_fail_after(-1);
        rk_buf_free(&scratch);
        CU_ASSERT(err.code == RK_NO_MEMORY || (err.code == RK_OK && found == 1));
        if (err.code == RK_OK)
            break;
    }
}

UNIT_MAIN("json digest", { "digests are equal when texts mean the same", equal_when_they_mean_the_same },
          { "many members may come in any order", many_members_in_any_order },
          { "malformed text has no digest", malformed_text_has_no_digest },
          { "depth ends at 100", depth_ends_at_100 },
          { "the fields that differ are named", differences_are_named },
          { "only objects have fields", only_objects_have_fields },
          { "memory may be short at any allocation", memory_may_be_short })
