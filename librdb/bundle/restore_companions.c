/* restore_companions: the keys that jobs need, some items at a time. */
#include <stdio.h>

#include "restore.h"

/* How many of the items from `from` on go into one command; fields stay with their values. */
static size_t chunk_of(const rk_companion *c, size_t from)
{
    size_t step = c->type == RK_HASH || c->type == RK_ZSET ? 2 : 1, count = 0, bytes = 0;
    for (; from + count < c->item_count && count < BATCH_ITEMS; count += step) {
        for (size_t i = 0; i < step; i++)
            bytes += c->items[from + count + i].len;
        if (count > 0 && bytes > BATCH_BYTES)
            break;
    }
    return count;
}

static bool add_claim(rk_restore *r, bool edge, rk_err *err)
{
    rk_bundle_command *c = &r->command;
    char claim[48];
    snprintf(claim, sizeof claim, "%" PRIu64 ":%" PRIu64, r->companion_number, r->chunk);
    bool ok = rk_bundle_command_word(c, claim, err) && rk_bundle_command_u64(c, r->companion_number, err) &&
              rk_bundle_command_word(c, edge ? "1" : "0", err);
    snprintf(claim, sizeof claim, "%" PRId64, r->companion.expire_ms);
    return ok && rk_bundle_command_word(c, r->companion.expire_ms == RK_NO_EXPIRY ? "" : claim, err) &&
           rk_bundle_command_u64(c, r->item, err);
}

static bool chunk_by_script(rk_restore *r, rk_slice *bytes, rk_err *err)
{
    rk_bundle_command *c = &r->command;
    const rk_companion *companion = &r->companion;
    size_t count = chunk_of(companion, r->item), end = r->item + count;
    bool edge = r->undo ? end == companion->item_count : r->item == 0;
    bool ok = rk_bundle_command_start(c, err) && rk_bundle_command_word(c, "EVAL", err) &&
              rk_bundle_command_word(c, rk_bundle_companion_script(companion->type, r->undo), err) &&
              rk_bundle_command_word(c, r->undo ? "3" : "2", err) &&
              rk_bundle_command_word(c, r->notes, err) &&
              rk_bundle_command_arg(c, rk_buf_slice(&r->companion_key), err) &&
              (!r->undo || rk_bundle_command_word(c, r->guard, err)) && add_claim(r, edge, err);
    for (size_t i = r->item; ok && i < end; i++)
        ok = rk_bundle_command_arg(c, companion->items[i], err);
    if (!ok)
        return false;
    *bytes = rk_bundle_command_end(c);
    r->item = end;
    r->chunk++;
    r->has_companion = end < companion->item_count;
    return true;
}

/* Bare commands can neither ask whether a list is there nor note what they did. */
static bool all_plain(rk_restore *r, rk_slice *bytes, rk_err *err)
{
    const rk_companion *c = &r->companion;
    rk_slice key = rk_buf_slice(&r->companion_key);
    char text[32];
    bool ok = true;
    r->plain.len = 0;
    for (size_t i = 0; ok && i < c->item_count; i++) {
        if (c->type == RK_STRING)
            ok = rk_bundle_command_add(
                &r->plain, (rk_slice[]){ RK_TEXT("SET"), key, c->items[i], RK_TEXT("NX") }, 4, err);
        else if (c->type == RK_SET)
            ok = rk_bundle_command_add(&r->plain, (rk_slice[]){ RK_TEXT("SADD"), key, c->items[i] }, 3, err);
        else if (c->type == RK_HASH)
            ok = i % 2 == 1 ||
                 rk_bundle_command_add(
                     &r->plain, (rk_slice[]){ RK_TEXT("HSETNX"), key, c->items[i], c->items[i + 1] }, 4, err);
        else if (c->type == RK_ZSET)
            ok = i % 2 == 1 ||
                 rk_bundle_command_add(
                     &r->plain, (rk_slice[]){ RK_TEXT("ZADD"), key, c->items[i + 1], c->items[i] }, 4, err);
    }
    snprintf(text, sizeof text, "%" PRId64, c->expire_ms);
    if (ok && c->expire_ms != RK_NO_EXPIRY)
        ok = rk_bundle_command_add(&r->plain, (rk_slice[]){ RK_TEXT("PEXPIREAT"), key, rk_slice_of(text) }, 3,
                                   err);
    *bytes = rk_buf_slice(&r->plain);
    r->has_companion = false;
    return ok;
}

/* Bare commands leave out lists, and, as they cannot spare what is there, what has expired by now; an undo by them leaves
 * companions where they are. */
static bool is_wanted(const rk_restore *r)
{
    const rk_companion *c = &r->companion;
    if (c->blocked || !r->options->plain)
        return !c->blocked;
    bool expired = c->expire_ms != RK_NO_EXPIRY && c->expire_ms / 1000 <= r->options->now_s;
    return !r->undo && c->type != RK_LIST && !expired;
}

static bool pull(rk_restore *r, rk_err *err)
{
    while (rk_bundle_next_companion(r->bundle, &r->companion, err)) {
        r->companion_number++;
        if (!is_wanted(r))
            continue;
        r->item = 0;
        r->chunk = 0;
        r->has_companion = true;
        return rk_bundle_restore_key(r->options, r->companion.prefix, r->companion.key, &r->companion_key,
                                     err);
    }
    return false;
}

bool rk_bundle_restore_companion(rk_restore *r, rk_slice *bytes, rk_err *err)
{
    bool ok;
    if (!r->has_companion && !pull(r, err))
        return false;
    if (rk_bundle_restore_select(r, r->options->has_db ? r->options->db : r->companion.db, bytes, &ok, err))
        return ok;
    return r->options->plain ? all_plain(r, bytes, err) : chunk_by_script(r, bytes, err);
}
