/* fuzz_envelope: of any bytes, the envelope scan, the member walk and Jansson give one account: all three
 * find an object, with the same members and values, or all three refuse. Known to differ, and nothing else:
 *   - Jansson reads arrays at the top, nesting to depth 2048 instead of 100, and a zero byte behind a number;
 *   - Jansson refuses invalid UTF-8, lone surrogates, zeros in keys, integers beyond 64 bits, infinite
 * floats. Every slice lies within the input; the envelope's fields are what the walk finds under their names.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "rdbkit/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : abort())

static bool lies_within(rk_slice part, rk_slice whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

/* The deepest nesting of a text, its strings left out. */
static size_t depth_of(rk_slice text)
{
    size_t depth = 0, deepest = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            deepest = ++depth > deepest ? depth : deepest;
        else if (!in_string && (c == '}' || c == ']'))
            depth -= depth > 0;
    }
    return deepest;
}

static bool may_refuse(const json_error_t *error)
{
    enum json_error_code code = json_error_code(error);
    return code == json_error_invalid_utf8 || code == json_error_numeric_overflow ||
           code == json_error_null_byte_in_key || strncmp(error->text, "invalid Unicode", 15) == 0;
}

static void same_value(json_t *tree, rk_json_value value)
{
    static const json_type kinds[] = {
        [RK_JSON_STRING] = JSON_STRING, [RK_JSON_NUMBER] = JSON_INTEGER, [RK_JSON_TRUE] = JSON_TRUE,
        [RK_JSON_FALSE] = JSON_FALSE,   [RK_JSON_NULL] = JSON_NULL,      [RK_JSON_OBJECT] = JSON_OBJECT,
        [RK_JSON_ARRAY] = JSON_ARRAY,
    };
    rk_buf scratch = { 0 };
    rk_err err = { 0 };
    rk_slice text;
    double number;
    bool is_integer;
    HOLDS(json_typeof(tree) == kinds[value.kind] || (json_is_real(tree) && value.kind == RK_JSON_NUMBER));
    if (value.kind == RK_JSON_STRING) {
        HOLDS(rk_json_string(value, &scratch, &text, &err));
        HOLDS(rk_slice_is(text,
                          (rk_slice){ (const uint8_t *)json_string_value(tree), json_string_length(tree) }));
    }
    if (value.kind == RK_JSON_NUMBER) {
        HOLDS(rk_json_number(value, &number, &is_integer) && is_integer == json_is_integer(tree));
        HOLDS(number == json_number_value(tree));
    }
    if (value.kind == RK_JSON_ARRAY) {
        rk_json_walk walk;
        rk_json_value item;
        size_t count = 0;
        HOLDS(rk_json_array_open(&walk, value.text));
        for (; rk_json_array_next(&walk, &item); count++)
            HOLDS(json_is_string(json_array_get(tree, count)) == (item.kind == RK_JSON_STRING));
        HOLDS(rk_json_ok(&walk) && count == json_array_size(tree));
    }
    rk_buf_free(&scratch);
}

/* The envelope's texts and times are those of the last members of their names. */
static void same_envelope(rk_slice payload, const rk_envelope *envelope)
{
    const struct {
        const char *name;
        rk_slice text;
    } texts[] = { { "jid", envelope->jid },
                  { "class", envelope->class_name },
                  { "wrapped", envelope->wrapped },
                  { "queue", envelope->queue },
                  { "bid", envelope->bid },
                  { "error_class", envelope->error_class },
                  { "retry_queue", envelope->retry_queue } };
    const struct {
        const char *name;
        double time_s;
    } times[] = { { "at", envelope->at },
                  { "created_at", envelope->created_at },
                  { "enqueued_at", envelope->enqueued_at },
                  { "failed_at", envelope->failed_at },
                  { "retried_at", envelope->retried_at } };
    rk_json_value value;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool found = rk_json_member(payload, texts[i].name, &value) && value.kind == RK_JSON_STRING;
        HOLDS(rk_slice_is(texts[i].text,
                          found ? (rk_slice){ value.text.ptr + 1, value.text.len - 2 } : RK_EMPTY));
    }
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        double time_s = rk_json_member(payload, times[i].name, &value) ? rk_json_time(value) : NAN;
        HOLDS(time_s == times[i].time_s || (isnan(time_s) && isnan(times[i].time_s)));
    }
    HOLDS(envelope->has_jid == rk_json_member(payload, "jid", &value));
    HOLDS(envelope->has_args == rk_json_member(payload, "args", &value));
    HOLDS(!envelope->has_args || envelope->args_is_array == (value.kind == RK_JSON_ARRAY));
    HOLDS(rk_slice_is(envelope->args, envelope->args_is_array ? value.text : RK_EMPTY));
}

static bool walk_accepts(rk_slice payload)
{
    rk_json_walk walk;
    rk_slice raw_key;
    rk_json_value value;
    if (!rk_json_open(&walk, payload))
        return false;
    while (rk_json_next(&walk, &raw_key, &value))
        HOLDS(lies_within(raw_key, payload) && lies_within(value.text, payload) && value.text.len > 0);
    HOLDS(rk_json_offset(&walk) <= payload.len);
    return rk_json_ok(&walk);
}

/* Every member of the walk is one of the tree, under the name that its key stands for. */
static void same_names(rk_slice payload, json_t *tree)
{
    rk_json_walk walk;
    rk_slice raw_key, key;
    rk_json_value value;
    rk_buf scratch = { 0 };
    rk_err err = { 0 };
    HOLDS(rk_json_open(&walk, payload));
    while (rk_json_next(&walk, &raw_key, &value)) {
        HOLDS(rk_json_unescape(raw_key, &scratch, &key, &err));
        HOLDS(memchr(key.ptr, 0, key.len) == NULL); /* Jansson has refused it */
        char *name = malloc(key.len + 1);
        memcpy(name, key.ptr, key.len);
        name[key.len] = 0;
        HOLDS(json_object_get(tree, name) != NULL);
        free(name);
    }
    rk_buf_free(&scratch);
}

static void class_can_be_had(const rk_envelope *envelope)
{
    rk_buf scratch = { 0 };
    rk_err err = { 0 };
    rk_slice name;
    HOLDS(rk_envelope_class(envelope, &scratch, &name, &err));
    rk_buf_free(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_slice payload = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    rk_envelope envelope;
    json_error_t error;
    bool scanned = rk_envelope_scan(payload, &envelope);
    json_t *tree = json_loadb((const char *)payload.ptr, size, JSON_ALLOW_NUL, &error), *member;
    const char *name;

    HOLDS(scanned == envelope.is_object && scanned == walk_accepts(payload));
    HOLDS(lies_within(envelope.jid, payload) && lies_within(envelope.args, payload));
    if (scanned) {
        same_envelope(payload, &envelope);
        class_can_be_had(&envelope);
        HOLDS(tree ? json_is_object(tree) : may_refuse(&error));
    } else {
        HOLDS(!tree || json_is_array(tree) || depth_of(payload) > RK_JSON_DEPTH || memchr(bytes, 0, size));
    }
    if (scanned && tree) {
        same_names(payload, tree);
        json_object_foreach(tree, name, member)
        {
            rk_json_value value = { RK_JSON_NULL, RK_EMPTY };
            HOLDS(rk_json_member(payload, name, &value));
            same_value(member, value);
        }
    }
    json_decref(tree);
    return 0;
}
