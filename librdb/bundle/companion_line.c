/* companion_line: a key that jobs need as a line of companions.ndjson. */
#include "fields.h"
#include "line.h"

#define AT(member) offsetof(rk_companion, member)

static bool expires(const void *companion)
{
    return ((const rk_companion *)companion)->expire_ms != RK_NO_EXPIRY;
}

static const rk_bundle_field fields[] = {
    { "db", BUNDLE_U32, AT(db) },
    { "prefix", BUNDLE_BYTES, AT(prefix), .optional = true },
    { "key", BUNDLE_BYTES, AT(key) },
    { "type", BUNDLE_TYPE, AT(type) },
    { "expire_ms", BUNDLE_I64, AT(expire_ms), .optional = true, .there = expires },
    { "why", BUNDLE_BYTES, AT(why) },
    { "blocked", BUNDLE_BOOL, AT(blocked) },
    { "items", BUNDLE_ITEMS, AT(items), .count = AT(item_count) },
};

enum { FIELDS = sizeof fields / sizeof fields[0] };

static const char *contradiction(const rk_companion *c)
{
    bool pairs = c->type == RK_HASH || c->type == RK_ZSET;
    double score;
    if (c->type > RK_HASH)
        return "companion has a type that cannot be put back";
    if (c->key.len == 0 || !rk_slice_starts(c->key, c->prefix))
        return "key of the companion is empty, or does not begin with its prefix";
    if (c->item_count == 0 || (c->type == RK_STRING && c->item_count != 1) ||
        (pairs && c->item_count % 2 != 0))
        return "companion has a number of items that does not go with its type";
    for (size_t i = 1; c->type == RK_ZSET && i < c->item_count; i += 2)
        if (!rk_slice_double(c->items[i], &score) || score != score)
            return "score of the companion is no number";
    return NULL;
}

bool rk_bundle_companion_check(const rk_companion *companion, rk_code code, rk_err *err)
{
    const char *wrong = contradiction(companion);
    return !wrong || rk_fail(err, code, RK_NO_OFFSET, "%s", wrong);
}

bool rk_bundle_companion_line(rk_buf *out, const rk_companion *companion, rk_err *err)
{
    return rk_bundle_add_word(out, "{", err) && rk_bundle_fields_write(out, fields, FIELDS, companion, err) &&
           rk_bundle_add_word(out, "}\n", err);
}

bool rk_bundle_companion_read(rk_slice line, uint64_t offset, rk_companion *companion, rk_buf *scratch,
                              rk_arena *arena, rk_err *err)
{
    *companion =
        (rk_companion){ .prefix = RK_EMPTY, .key = RK_EMPTY, .why = RK_EMPTY, .expire_ms = RK_NO_EXPIRY };
    return rk_bundle_fields_read(line, offset, fields, FIELDS, companion, scratch, arena, err);
}
