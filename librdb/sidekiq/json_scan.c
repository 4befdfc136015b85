/* json_scan: walks one level of a JSON object or array and checks whatever is nested below it. */
#include "json_token.h"

const char *rk_json_kind_name(rk_json_kind kind)
{
    static const char *const names[] = { "string", "number", "true", "false", "null", "object", "array" };
    return names[kind];
}

/* A key and its colon: returns the first byte of the value, NULL when there is none. */
static const uint8_t *key_end(const uint8_t *at, const uint8_t *end, rk_slice *raw_key)
{
    bool escaped = false;
    if (at == end || *at != '"')
        return NULL;
    const uint8_t *after = json_string_end(at, end, &escaped);
    if (!after)
        return NULL;
    *raw_key = json_slice(at + 1, after - 1);
    after = json_space_end(after, end);
    if (after == end || *after != ':')
        return NULL;
    after = json_space_end(after + 1, end);
    return after < end ? after : NULL;
}

/* Loops where a parser would recurse: `closers` holds the bracket that ends each open level. */
const uint8_t *rk_json_nested_end(const uint8_t *at, const uint8_t *end, unsigned depth)
{
    uint8_t closers[RK_JSON_DEPTH];
    unsigned level = 0;
    bool escaped = false;
    rk_slice raw_key;
    rk_json_kind kind;

    for (;;) {
        if (*at == '{' || *at == '[') { /* opens a level; an empty one is closed below */
            if (level + depth >= RK_JSON_DEPTH)
                return NULL;
            closers[level++] = *at == '{' ? '}' : ']';
            at = json_space_end(at + 1, end);
            if (at == end)
                return NULL;
            if (*at != closers[level - 1]) {
                if (closers[level - 1] == '}' && !(at = key_end(at, end, &raw_key)))
                    return NULL;
                continue; /* with the level's first value */
            }
        } else {
            at = json_scalar_end(at, end, &kind, &escaped);
            if (!at)
                return NULL;
        }
        for (;;) { /* behind a value: closers, then a comma and the next value */
            at = json_space_end(at, end);
            if (at == end)
                return NULL;
            if (*at != closers[level - 1])
                break;
            at++;
            if (--level == 0)
                return at;
        }
        if (*at != ',')
            return NULL;
        at = json_space_end(at + 1, end);
        if (closers[level - 1] == '}')
            at = key_end(at, end, &raw_key);
        if (!at || at == end)
            return NULL;
    }
}

static bool open_with(rk_json_walk *walk, rk_slice text, uint8_t opener)
{
    const uint8_t *end = text.ptr + text.len, *at = json_space_end(text.ptr, end);
    bool opens = at < end && *at == opener;
    *walk = (rk_json_walk){ .whole = text, .state = opens ? RK_JSON_BEGUN : RK_JSON_BROKEN };
    walk->rest = json_slice(at + opens, end);
    return opens;
}

bool rk_json_open(rk_json_walk *walk, rk_slice text)
{
    return open_with(walk, text, '{');
}

bool rk_json_array_open(rk_json_walk *walk, rk_slice text)
{
    return open_with(walk, text, '[');
}

/* Ends the walk at `at`, well or, when `at` is not the place for it, badly. Always returns false. */
static bool stop_at(rk_json_walk *walk, const uint8_t *at, bool well)
{
    walk->rest = json_slice(at, walk->rest.ptr + walk->rest.len);
    walk->state = well ? RK_JSON_ENDED : RK_JSON_BROKEN;
    return false;
}

/* Passes the comma before the next member, or the bracket that ends them. */
static bool to_next(rk_json_walk *walk, uint8_t closer)
{
    const uint8_t *end = walk->rest.ptr + walk->rest.len, *at = json_space_end(walk->rest.ptr, end);
    if (walk->state >= RK_JSON_ENDED)
        return false;
    if (at < end && *at == closer) {
        at = json_space_end(at + 1, end);
        return stop_at(walk, at, at == end);
    }
    if (walk->state == RK_JSON_AMID) {
        if (at == end || *at != ',')
            return stop_at(walk, at, false);
        at = json_space_end(at + 1, end);
    }
    if (at == end)
        return stop_at(walk, at, false);
    walk->rest = json_slice(at, end);
    walk->state = RK_JSON_AMID;
    return true;
}

static bool take_value(rk_json_walk *walk, rk_json_value *value)
{
    const uint8_t *at = walk->rest.ptr, *end = at + walk->rest.len;
    bool escaped = false;
    const uint8_t *after = json_value_end(at, end, 1, &value->kind, &escaped);
    if (!after)
        return stop_at(walk, at, false);
    value->text = json_slice(at, after);
    walk->rest = json_slice(after, end);
    return true;
}

bool rk_json_next(rk_json_walk *walk, rk_slice *raw_key, rk_json_value *value)
{
    if (!to_next(walk, '}'))
        return false;
    const uint8_t *end = walk->rest.ptr + walk->rest.len, *at = key_end(walk->rest.ptr, end, raw_key);
    if (!at)
        return stop_at(walk, walk->rest.ptr, false);
    walk->rest = json_slice(at, end);
    return take_value(walk, value);
}

bool rk_json_array_next(rk_json_walk *walk, rk_json_value *value)
{
    return to_next(walk, ']') && take_value(walk, value);
}

bool rk_json_ok(const rk_json_walk *walk)
{
    return walk->state == RK_JSON_ENDED;
}

size_t rk_json_offset(const rk_json_walk *walk)
{
    return walk->whole.len - walk->rest.len;
}

bool rk_json_member(rk_slice text, const char *name, rk_json_value *value)
{
    rk_json_walk walk;
    rk_slice raw_key;
    rk_json_value each;
    bool found = false;
    if (!rk_json_open(&walk, text))
        return false;
    while (rk_json_next(&walk, &raw_key, &each))
        if (rk_json_key_is(raw_key, name)) {
            *value = each;
            found = true;
        }
    return found && rk_json_ok(&walk);
}

bool rk_json_parse(rk_slice text, rk_json_value *value)
{
    const uint8_t *end = text.ptr + text.len, *at = json_space_end(text.ptr, end);
    bool escaped = false;
    if (at == end)
        return false;
    const uint8_t *after = json_value_end(at, end, 0, &value->kind, &escaped);
    if (!after)
        return false;
    value->text = json_slice(at, after);
    return json_space_end(after, end) == end;
}
