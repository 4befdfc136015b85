/* json_digest: one number for what a JSON text means, however it is spelled. The text is checked first; the
 * walk over it can then rely on its grammar and skip commas and colons. A frame per open level holds what has
 * been digested of it; the members of open objects are kept in the scratch until their object closes, for
 * only then is it known which of two equal keys comes last. */
#include "json_token.h"

#include <stdlib.h>

/* Seeds, so that a string, a number and a word of the same letters differ. */
enum { SEED_STRING = 1, SEED_INTEGER, SEED_FLOAT, SEED_WORD, SEED_ARRAY, SEED_OBJECT };

typedef struct {
    rk_digest key, value;
    uint64_t place; /* of two members with one key the later one counts */
} member;

typedef struct {
    bool is_object, has_key;
    rk_digest key;   /* of the member whose value comes next */
    rk_digest items; /* array: all items so far */
    size_t first;    /* object: where its members begin in the scratch */
} frame;

typedef struct {
    const uint8_t *at, *end;
    frame frames[RK_JSON_DEPTH];
    unsigned depth;
    rk_buf *scratch;
    rk_err *err;
} digester;

static void put64(uint8_t *out, uint64_t number)
{
    for (int i = 0; i < 8; i++, number >>= 8)
        out[i] = (uint8_t)number;
}

/* Digest of three digests one behind the other, the same on every machine. */
static rk_digest fold(rk_digest a, rk_digest b, rk_digest c, uint64_t seed)
{
    uint8_t bytes[48];
    const uint64_t words[] = { a.lo, a.hi, b.lo, b.hi, c.lo, c.hi };
    for (size_t i = 0; i < 6; i++)
        put64(bytes + 8 * i, words[i]);
    return rk_digest_seeded((rk_slice){ bytes, sizeof bytes }, seed);
}

static int member_compare(const void *a, const void *b)
{
    const member *x = a, *y = b;
    if (x->key.hi != y->key.hi)
        return x->key.hi < y->key.hi ? -1 : 1;
    if (x->key.lo != y->key.lo)
        return x->key.lo < y->key.lo ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static rk_digest object_digest(digester *d, const frame *object)
{
    size_t count = (d->scratch->len - object->first) / sizeof(member);
    rk_digest sum = { SEED_OBJECT, 0 };
    if (count == 0)
        return fold(sum, sum, sum, SEED_OBJECT);
    member *members = (member *)(void *)(d->scratch->ptr + object->first);
    qsort(members, count, sizeof *members, member_compare);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || !rk_digest_is(members[i].key, members[i + 1].key))
            sum = fold(sum, members[i].key, members[i].value, SEED_OBJECT);
    d->scratch->len = object->first;
    return sum;
}

static bool string_digest(digester *d, rk_slice raw, rk_digest *digest)
{
    size_t mark = d->scratch->len;
    rk_slice text = raw;
    if (memchr(raw.ptr, '\\', raw.len)) {
        if (!rk_json_unescape_add(raw, d->scratch, d->err))
            return false;
        text = (rk_slice){ d->scratch->ptr + mark, d->scratch->len - mark };
        d->scratch->len = mark;
    }
    *digest = rk_digest_seeded(text, SEED_STRING);
    return true;
}

static rk_digest number_digest(rk_slice text)
{
    double number = 0;
    bool is_integer = false;
    uint64_t bits = 0;
    uint8_t bytes[8];
    rk_json_number((rk_json_value){ RK_JSON_NUMBER, text }, &number, &is_integer);
    if (is_integer)
        return rk_digest_seeded(rk_slice_is(text, RK_TEXT("-0")) ? RK_TEXT("0") : text, SEED_INTEGER);
    memcpy(&bits, &number, sizeof bits);
    put64(bytes, bits);
    return rk_digest_seeded((rk_slice){ bytes, sizeof bytes }, SEED_FLOAT);
}

/* Digests the string, number or word at d->at and passes it. */
static bool scalar_digest(digester *d, rk_digest *digest)
{
    rk_json_kind kind;
    bool escaped = false;
    const uint8_t *from = d->at;
    d->at = json_scalar_end(from, d->end, &kind, &escaped);
    if (kind == RK_JSON_STRING)
        return string_digest(d, json_slice(from + 1, d->at - 1), digest);
    if (kind == RK_JSON_NUMBER)
        *digest = number_digest(json_slice(from, d->at));
    else
        *digest = rk_digest_seeded(json_slice(from, d->at), SEED_WORD);
    return true;
}

/* Gives a finished value to the level around it. */
static bool add_to_level(digester *d, rk_digest value)
{
    frame *level = &d->frames[d->depth - 1];
    if (!level->is_object) {
        level->items = fold(level->items, value, (rk_digest){ 0, 0 }, SEED_ARRAY);
        return true;
    }
    member added = { level->key, value, d->scratch->len };
    level->has_key = false;
    return rk_buf_add(d->scratch, (rk_slice){ (const uint8_t *)&added, sizeof added }, d->err);
}

/* Reads the next token of a checked text. `value` is finished when it ended a scalar, an array or an object;
 * a key or an opening bracket finishes none. */
static bool step(digester *d, rk_digest *value, bool *finished)
{
    frame *level = d->depth ? &d->frames[d->depth - 1] : NULL;
    *finished = true;
    switch (*d->at) {
    case '{':
    case '[':
        *finished = false;
        d->frames[d->depth++] =
            (frame){ .is_object = *d->at == '{', .items = { SEED_ARRAY, 0 }, .first = d->scratch->len };
        d->at++;
        return true;
    case '}':
    case ']':
        *value = level->is_object ? object_digest(d, level) : level->items;
        d->depth--;
        d->at++;
        return true;
    case '"':
        if (!level || !level->is_object || level->has_key)
            return scalar_digest(d, value);
        *finished = false;
        level->has_key = true;
        return scalar_digest(d, &level->key);
    default:
        return scalar_digest(d, value);
    }
}

static bool digest_checked(digester *d, rk_digest *digest)
{
    bool finished = false;
    for (;;) {
        while (*d->at == ',' || *d->at == ':' || *d->at <= ' ')
            d->at++;
        if (!step(d, digest, &finished))
            return false;
        if (finished && d->depth == 0)
            return true;
        if (finished && !add_to_level(d, *digest))
            return false;
    }
}

bool rk_json_digest_behind(rk_slice value_text, rk_buf *scratch, rk_digest *digest, rk_err *err)
{
    rk_json_value value;
    size_t before = scratch->len;
    size_t aligned = (before + 7) & ~(size_t)7;
    if (!rk_json_parse(value_text, &value))
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "%zu bytes are not one well-formed JSON value",
                       value_text.len);
    if (!rk_buf_reserve(scratch, aligned, err))
        return false;
    scratch->len = aligned;
    digester d = {
        .at = value.text.ptr, .end = value.text.ptr + value.text.len, .scratch = scratch, .err = err
    };
    bool done = digest_checked(&d, digest);
    scratch->len = before;
    return done;
}

bool rk_json_digest(rk_slice value_text, rk_buf *scratch, rk_digest *digest, rk_err *err)
{
    scratch->len = 0;
    return rk_json_digest_behind(value_text, scratch, digest, err);
}
