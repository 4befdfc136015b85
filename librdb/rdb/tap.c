/* tap: what passes by is shown to the checksum, to the digest of a value, to the copy of a record. */
#include "reader.h"

static rk_slice tap_part(const rdb_tap *tap, uint64_t at, const uint8_t *bytes, size_t count)
{
    size_t before = tap->from > at ? (size_t)(tap->from - at) : 0;
    return before >= count ? RK_EMPTY : (rk_slice){ bytes + before, count - before };
}

void rdb_drain(void *self, const uint8_t *bytes, size_t count)
{
    rk_rdb *rdb = self;
    rk_err ignored = { 0 };
    uint64_t at = rdb->win.base + rdb->win.drained;
    if (!rdb->second)
        rdb->crc = rk_crc64(rdb->crc, (rk_slice){ bytes, count });
    if (rdb->digest_tap.on) {
        if (!rdb->digest_tap.fed)
            rk_hasher_start(rdb->hasher);
        rk_hasher_add(rdb->hasher, tap_part(&rdb->digest_tap, at, bytes, count));
        rdb->digest_tap.fed = true;
        rdb->digest_tap.from = at + count;
    }
    if (rdb->copy_tap.on) {
        rdb->copy_tap.fed |= !rk_buf_add(&rdb->copy, tap_part(&rdb->copy_tap, at, bytes, count), &ignored);
        rdb->copy_tap.from = at + count;
    }
}

/* What has passed since the tap was last shown something; it lies in the window. */
static rk_slice tap_rest(const rk_rdb *rdb, const rdb_tap *tap)
{
    uint64_t end = rk_window_offset(&rdb->win);
    size_t len = (size_t)(end - tap->from);
    return len ? (rk_slice){ rdb->win.buf + rdb->win.pos - len, len } : RK_EMPTY;
}

void rdb_copy_begin(rk_rdb *rdb)
{
    rdb->copy.len = 0;
    rdb->copy_tap = (rdb_tap){ .on = true, .from = rk_window_offset(&rdb->win) };
}

bool rdb_copy_end(rk_rdb *rdb, rk_err *err)
{
    rdb->copy_tap.on = false;
    if (rdb->copy_tap.fed)
        return rk_no_memory(err); /* `fed` of a copy means that a piece of it is missing */
    return rk_buf_add(&rdb->copy, tap_rest(rdb, &rdb->copy_tap), err);
}

void rk_rdb_digest_begin(rk_rdb *rdb)
{
    rdb->digest_tap = (rdb_tap){ .on = true, .from = rk_window_offset(&rdb->win) };
}

bool rk_rdb_digest_end(rk_rdb *rdb, rk_digest *digest, rk_err *err)
{
    rdb_tap *tap = &rdb->digest_tap;
    if (!rdb->type || !tap->on)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "no digest of a value has been begun");
    if (!rdb_skip_rest(rdb, err))
        return false;
    rk_slice rest = tap_rest(rdb, tap);
    if (tap->fed)
        rk_hasher_add(rdb->hasher, rest);
    *digest = tap->fed ? rk_hasher_end(rdb->hasher) : rk_digest_of(rest);
    tap->on = false;
    rdb->type = NULL;
    return true;
}
