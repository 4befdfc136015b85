/* needs: of the companions of a bundle, those that a part of its jobs need. */
#include "combine.h"

/* Ids of one kind are apart from those of others. */
typedef enum { NEED_JID, NEED_BATCH, NEED_LOCK, NEED_QUEUE } need_kind;

static uint64_t need_id(need_kind kind, rk_slice text)
{
    return rk_digest_seeded(text, kind).lo;
}

static bool add(rk_bundle_ids *needs, need_kind kind, rk_slice text, rk_err *err)
{
    bool fresh;
    return text.len == 0 || rk_bundle_ids_add(needs, need_id(kind, text), &fresh, err);
}

static bool has(const rk_bundle_ids *needs, need_kind kind, rk_slice text)
{
    return rk_bundle_ids_has(needs, need_id(kind, text));
}

static bool add_member(rk_bundle_ids *needs, need_kind kind, rk_slice payload, const char *name,
                       rk_buf *scratch, rk_err *err)
{
    rk_json_value value;
    rk_slice text;
    if (!rk_json_member(payload, name, &value) || value.kind != RK_JSON_STRING)
        return true;
    return rk_json_string(value, scratch, &text, err) && add(needs, kind, text, err);
}

bool rk_bundle_needs_note(rk_bundle_ids *needs, const rk_bundle_job *job, rk_buf *scratch, rk_err *err)
{
    if (job->act == RK_ACT_HOLD)
        return true;
    return add(needs, NEED_JID, job->jid, err) &&
           add_member(needs, NEED_BATCH, job->payload, "bid", scratch, err) &&
           add_member(needs, NEED_LOCK, job->payload, "lock_digest", scratch, err) &&
           add_member(needs, NEED_LOCK, job->payload, "unique_digest", scratch, err) &&
           (job->queue.len > 0 ? add(needs, NEED_QUEUE, job->queue, err)
                               : add_member(needs, NEED_QUEUE, job->payload, "queue", scratch, err));
}

/* Of the key of a batch: a BID may hold dashes, and one is followed by a dash or nothing. */
static bool is_batch_key(const rk_bundle_ids *needs, rk_slice name)
{
    size_t from = rk_slice_starts(name, RK_TEXT("b-"))     ? 2
                  : rk_slice_starts(name, RK_TEXT("BID-")) ? 4
                                                           : name.len;
    for (size_t to = from + 1; to <= name.len; to++)
        if ((to == name.len || name.ptr[to] == '-') &&
            has(needs, NEED_BATCH, (rk_slice){ name.ptr + from, to - from }))
            return true;
    return false;
}

static rk_slice name_of(const rk_companion *c)
{
    return rk_slice_from(c->key, c->prefix.len);
}

static bool is_parent_field(rk_slice field)
{
    return rk_slice_is(field, RK_TEXT("parent")) || rk_slice_is(field, RK_TEXT("pbid"));
}

bool rk_bundle_needs_parents(rk_bundle_ids *needs, rk_bundle *bundle, rk_err *err)
{
    enum { LEVELS_MOST = 64 };
    rk_companion c;
    size_t before = SIZE_MAX;
    for (unsigned level = 0; needs->count != before && level < LEVELS_MOST; level++) {
        before = needs->count;
        rk_bundle_rewind_companions(bundle);
        while (rk_bundle_next_companion(bundle, &c, err)) {
            if (c.type != RK_HASH || !is_batch_key(needs, name_of(&c)))
                continue;
            for (size_t i = 0; i + 1 < c.item_count; i += 2)
                if (is_parent_field(c.items[i]) && !add(needs, NEED_BATCH, c.items[i + 1], err))
                    return false;
        }
        rk_bundle_rewind_companions(bundle);
        if (err->code != RK_OK)
            return false;
    }
    return true;
}

/* Leaves the members that are needed. */
static bool filter_members(const rk_bundle_ids *needs, need_kind kind, rk_companion *c, rk_slice *items)
{
    size_t step = c->type == RK_HASH || c->type == RK_ZSET ? 2 : 1, kept = 0;
    for (size_t i = 0; i + step <= c->item_count; i += step) {
        if (!has(needs, kind, c->items[i]))
            continue;
        memcpy(items + kept, c->items + i, step * sizeof *items);
        kept += step;
    }
    c->items = items;
    c->item_count = kept;
    return kept > 0;
}

void rk_bundle_needs_filter(const rk_bundle_ids *needs, rk_companion *c, rk_slice *items, bool *needed)
{
    rk_slice name = name_of(c);
    if (rk_slice_is(c->why, RK_TEXT("paused")))
        *needed = filter_members(needs, NEED_QUEUE, c, items);
    else if (rk_slice_is(c->why, RK_TEXT("iteration")))
        *needed = rk_slice_starts(name, RK_TEXT("it-")) && has(needs, NEED_JID, rk_slice_from(name, 3));
    else if (rk_slice_is(c->why, RK_TEXT("lock")) && c->type == RK_ZSET)
        *needed = filter_members(needs, NEED_LOCK, c, items);
    else if (rk_slice_is(c->why, RK_TEXT("lock")))
        *needed =
            filter_members(needs, NEED_JID, c, items); /* a string holds the jid, a hash has it for a field */
    else if (rk_slice_is(c->why, RK_TEXT("batch")))
        *needed = is_batch_key(needs, name) ||
                  (!rk_slice_starts(name, RK_TEXT("b-")) && !rk_slice_starts(name, RK_TEXT("BID-")) &&
                   filter_members(needs, NEED_BATCH, c, items));
    else
        *needed = true;
}
