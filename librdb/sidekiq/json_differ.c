/* json_differ: in which top-level fields two payloads differ. The scratch holds one record for each key of
 * either side, in the order in which they are reported; behind it the digests do their work. */
#include "json_token.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    rk_digest name;   /* of the decoded key */
    uint64_t place;   /* where the key first stands: before's places come before after's */
    rk_slice raw_key; /* as `before` spells it, if it has it */
    rk_json_value before, after;
} field;

const char *rk_field_state_name(rk_field_state state)
{
    static const char *const names[] = { "changed", "lost", "added" };
    return names[state];
}

static field *fields_of(const rk_json_differ *differ)
{
    return (field *)(void *)differ->scratch->ptr;
}

/* Digest of a decoded key. */
static bool name_digest(rk_slice raw_key, rk_buf *scratch, rk_digest *name, rk_err *err)
{
    size_t before = scratch->len;
    *name = rk_digest_of(raw_key);
    if (!memchr(raw_key.ptr, '\\', raw_key.len))
        return true;
    if (!rk_json_unescape_add(raw_key, scratch, err))
        return false;
    *name = rk_digest_of((rk_slice){ scratch->ptr + before, scratch->len - before });
    scratch->len = before;
    return true;
}

static bool add_side(rk_json_differ *differ, rk_slice text, bool is_after, rk_err *err)
{
    rk_json_walk walk;
    rk_json_value value;
    field added = { .before = { RK_JSON_NULL, RK_EMPTY }, .after = { RK_JSON_NULL, RK_EMPTY } };
    bool opened = rk_json_open(&walk, text);
    while (opened && rk_json_next(&walk, &added.raw_key, &value)) {
        *(is_after ? &added.after : &added.before) = value;
        added.place = differ->count++;
        if (!name_digest(added.raw_key, differ->scratch, &added.name, err) ||
            !rk_buf_add(differ->scratch, (rk_slice){ (const uint8_t *)&added, sizeof added }, err))
            return false;
    }
    if (!opened || !rk_json_ok(&walk))
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                       "payload %s is not a JSON object: wrong at byte %zu of %zu",
                       is_after ? "after" : "before", rk_json_offset(&walk), text.len);
    return true;
}

static int by_name(const void *a, const void *b)
{
    const field *x = a, *y = b;
    if (x->name.hi != y->name.hi)
        return x->name.hi < y->name.hi ? -1 : 1;
    if (x->name.lo != y->name.lo)
        return x->name.lo < y->name.lo ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int by_place(const void *a, const void *b)
{
    const field *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* Merges the records of each key into one; of a side's duplicates the last value wins. */
static void merge_names(rk_json_differ *differ)
{
    field *fields = fields_of(differ);
    size_t kept = 0;
    qsort(fields, differ->count, sizeof *fields, by_name);
    for (size_t i = 0; i < differ->count; i++) {
        if (kept == 0 || !rk_digest_is(fields[kept - 1].name, fields[i].name)) {
            fields[kept++] = fields[i];
            continue;
        }
        if (fields[i].before.text.len)
            fields[kept - 1].before = fields[i].before;
        if (fields[i].after.text.len)
            fields[kept - 1].after = fields[i].after;
    }
    differ->count = kept;
    differ->scratch->len = kept * sizeof *fields;
    qsort(fields, kept, sizeof *fields, by_place);
}

bool rk_json_differ_open(rk_json_differ *differ, rk_slice before, rk_slice after, rk_buf *scratch,
                         rk_err *err)
{
    *differ = (rk_json_differ){ .scratch = scratch };
    scratch->len = 0;
    if (!add_side(differ, before, false, err) || !add_side(differ, after, true, err)) {
        differ->count = 0;
        return false;
    }
    if (differ->count)
        merge_names(differ);
    return true;
}

/* Fields that Sidekiq 8 writes in milliseconds and its forerunners in seconds. */
static bool is_time(rk_slice raw_key)
{
    static const char *const names[] = { "created_at", "enqueued_at", "failed_at", "retried_at" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (rk_json_key_is(raw_key, names[i]))
            return true;
    return false;
}

/* One is float seconds, the other integer milliseconds, of the same moment. */
static bool same_moment(rk_json_value a, rk_json_value b)
{
    double x = 0, y = 0;
    bool x_is_integer = false, y_is_integer = false;
    if (!rk_json_number(a, &x, &x_is_integer) || !rk_json_number(b, &y, &y_is_integer))
        return false;
    if (x_is_integer == y_is_integer || (x_is_integer ? x : y) <= 1e11)
        return false;
    return fabs(rk_json_time(a) - rk_json_time(b)) <= 0.001 + 1e-6; /* a double knows our seconds to 0.2 us */
}

static bool same_value(rk_json_differ *differ, const field *f, bool *same, rk_err *err)
{
    rk_digest before, after;
    rk_json_value a = f->before, b = f->after;
    *same = rk_slice_is(a.text, b.text) || (is_time(f->raw_key) && same_moment(a, b));
    if (*same || a.kind != b.kind)
        return true;
    if (!rk_json_digest_behind(a.text, differ->scratch, &before, err) ||
        !rk_json_digest_behind(b.text, differ->scratch, &after, err))
        return false;
    *same = rk_digest_is(before, after);
    return true;
}

bool rk_json_differ_next(rk_json_differ *differ, rk_json_difference *difference, rk_err *err)
{
    while (differ->at < differ->count) {
        field f = fields_of(differ)[differ->at++]; /* a copy: the digests may move the scratch */
        bool same = false;
        rk_field_state state = RK_FIELD_CHANGED;
        if (!f.before.text.len)
            state = RK_FIELD_ADDED;
        else if (!f.after.text.len)
            state = RK_FIELD_LOST;
        else if (!same_value(differ, &f, &same, err))
            return false;
        if (same)
            continue;
        *difference = (rk_json_difference){ f.raw_key, state, f.before, f.after };
        return true;
    }
    return false;
}
