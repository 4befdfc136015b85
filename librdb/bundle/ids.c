/* ids: open addressing, at most half full. */
#include "ids.h"

static size_t slot_of(const rk_bundle_ids *ids, uint64_t id)
{
    size_t at = rk_spread_slot(ids->spread, (rk_digest){ id, id >> 32 }, ids->cap);
    while (ids->slots[at] != 0 && ids->slots[at] != id)
        at = (at + 1) & (ids->cap - 1);
    return at;
}

static bool widen(rk_bundle_ids *ids, rk_err *err)
{
    rk_bundle_ids wide = { .count = ids->count,
                           .cap = ids->cap ? ids->cap * 2 : 64,
                           .spread = ids->cap ? ids->spread : rk_spread_new() };
    wide.slots = rk_alloc(wide.cap * sizeof *wide.slots);
    if (!wide.slots)
        return rk_no_memory(err);
    for (size_t i = 0; i < ids->cap; i++)
        if (ids->slots[i] != 0)
            wide.slots[slot_of(&wide, ids->slots[i])] = ids->slots[i];
    rk_free(ids->slots);
    *ids = wide;
    return true;
}

bool rk_bundle_ids_add(rk_bundle_ids *ids, uint64_t id, bool *fresh, rk_err *err)
{
    id += id == 0;
    if ((ids->count + 1) * 2 > ids->cap && !widen(ids, err))
        return false;
    size_t at = slot_of(ids, id);
    *fresh = ids->slots[at] == 0;
    ids->slots[at] = id;
    ids->count += *fresh;
    return true;
}

bool rk_bundle_ids_has(const rk_bundle_ids *ids, uint64_t id)
{
    id += id == 0;
    return ids->count > 0 && ids->slots[slot_of(ids, id)] == id;
}

void rk_bundle_ids_free(rk_bundle_ids *ids)
{
    rk_free(ids->slots);
    *ids = (rk_bundle_ids){ 0 };
}

bool rk_bundle_id_of(rk_slice payload, const rk_envelope *envelope, rk_buf *scratch, uint64_t *id,
                     rk_err *err)
{
    rk_slice jid = envelope->jid;
    if (jid.len == 0) {
        *id = rk_digest_of(payload).lo;
        return true;
    }
    if (envelope->jid_escaped && !rk_json_unescape(jid, scratch, &jid, err))
        return false;
    *id = rk_hash64(jid);
    return true;
}
