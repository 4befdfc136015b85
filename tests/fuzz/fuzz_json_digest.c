/* fuzz_json_digest: a digest tells meaning from spelling. The input is one JSON text or two with a zero
 * between.
 *   - There is a digest exactly when the text is well formed.
 *   - White space between the tokens does not change it.
 *   - Written anew by Jansson with sorted keys, escaped letters and floats of 17 digits, it does not change,
 * if Jansson can read the text.
 *   - Two texts have one digest exactly when Jansson finds their trees equal (0.0 and -0.0 apart); and so has
 *     each of their members, if both are objects: the differ names as many fields as differ. */
#include <jansson.h>
#include <stdlib.h>

#include "rdbkit/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : abort())

static bool digest_of(rk_slice text, rk_digest *digest)
{
    rk_buf scratch = { 0 };
    rk_err err = { 0 };
    rk_json_value value;
    bool done = rk_json_digest(text, &scratch, digest, &err);
    HOLDS(done == rk_json_parse(text, &value) && done == (err.code == RK_OK));
    rk_buf_free(&scratch);
    return done;
}

static void white_space_changes_nothing(rk_slice text, rk_digest digest)
{
    static const char spaces[] = " \t\r\n";
    rk_buf spaced = { 0 };
    rk_err err = { 0 };
    bool in_string = false;
    rk_digest again;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool structural = !in_string && memchr("{}[],:", c, 6);
        HOLDS(!structural || rk_buf_printf(&spaced, &err, "%c", spaces[i % 4]));
        HOLDS(rk_buf_add(&spaced, (rk_slice){ text.ptr + i, 1 }, &err));
        HOLDS(!structural || rk_buf_printf(&spaced, &err, "%c%c", spaces[i / 4 % 4], spaces[text.len % 4]));
        if (c == '"')
            in_string = !in_string;
        else if (c == '\\' && in_string)
            HOLDS(rk_buf_add(&spaced, (rk_slice){ text.ptr + ++i, 1 }, &err));
    }
    HOLDS(digest_of(rk_buf_slice(&spaced), &again) && rk_digest_is(digest, again));
    rk_buf_free(&spaced);
}

static void writing_anew_changes_nothing(json_t *tree, rk_digest digest)
{
    rk_digest again;
    size_t flags =
        JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_ENSURE_ASCII | JSON_ESCAPE_SLASH | JSON_REAL_PRECISION(17);
    char *text = json_dumps(tree, flags);
    HOLDS(text && digest_of(rk_slice_of(text), &again) && rk_digest_is(digest, again));
    free(text);
}

/* 0.0 and -0.0, which Jansson takes for equal, may hide in the texts: then nothing is asked. */
static bool has_minus_zero(rk_slice text)
{
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '-' && text.ptr[i + 1] == '0')
            return true;
    return rk_slice_find(text, RK_TEXT("e-"), 0) != SIZE_MAX ||
           rk_slice_find(text, RK_TEXT("E-"), 0) != SIZE_MAX;
}

static size_t members_that_differ(json_t *before, json_t *after)
{
    size_t count = 0;
    const char *name;
    json_t *member;
    json_object_foreach(before, name, member) count +=
        !json_object_get(after, name) || !json_equal(member, json_object_get(after, name));
    json_object_foreach(after, name, member) count += !json_object_get(before, name);
    return count;
}

static void differ_agrees(rk_slice before, rk_slice after, json_t *before_tree, json_t *after_tree)
{
    static const char *const times[] = { "created_at", "enqueued_at", "failed_at", "retried_at" };
    rk_buf scratch = { 0 };
    rk_err err = { 0 };
    rk_json_differ differ;
    rk_json_difference difference;
    size_t count = 0;
    bool has_times = false;
    HOLDS(rk_json_differ_open(&differ, before, after, &scratch, &err));
    while (rk_json_differ_next(&differ, &difference, &err))
        count++;
    HOLDS(err.code == RK_OK);
    for (size_t i = 0; i < 4; i++) /* compared as times, of which Jansson knows nothing */
        has_times = has_times || json_object_get(before_tree, times[i]);
    size_t expected = members_that_differ(before_tree, after_tree);
    HOLDS(has_times ? count <= expected : count == expected);
    rk_buf_free(&scratch);
}

static void two_agree(rk_slice a, rk_slice b, json_t *a_tree, json_t *b_tree)
{
    rk_digest a_digest, b_digest;
    if (!a_tree || !b_tree || !digest_of(a, &a_digest) || !digest_of(b, &b_digest))
        return;
    if (has_minus_zero(a) || has_minus_zero(b))
        return;
    HOLDS(rk_digest_is(a_digest, b_digest) == json_equal(a_tree, b_tree));
    if (json_is_object(a_tree) && json_is_object(b_tree))
        differ_agrees(a, b, a_tree, b_tree);
}

static json_t *one_holds(rk_slice text)
{
    rk_digest digest;
    json_t *tree = json_loadb((const char *)text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (digest_of(text, &digest)) {
        white_space_changes_nothing(text, digest);
        if (tree)
            writing_anew_changes_nothing(tree, digest);
    }
    return tree;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_slice input = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    size_t zero = rk_slice_find(input, (rk_slice){ (const uint8_t *)"", 1 }, 0);
    rk_slice a = rk_slice_head(input, zero), b = zero < size ? rk_slice_from(input, zero + 1) : RK_EMPTY;
    json_t *a_tree = one_holds(a), *b_tree = one_holds(b);
    two_agree(a, b, a_tree, b_tree);
    json_decref(a_tree);
    json_decref(b_tree);
    return 0;
}
