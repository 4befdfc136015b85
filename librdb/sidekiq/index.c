/* index: finds what a layout has by its name, however many there are: open addressing over digests. */
#include "layout.h"

rk_digest layout_key(rk_slice name, uint64_t scope, layout_kind kind)
{
    return rk_digest_seeded(name, scope << 4 | kind);
}

static size_t slot_of(const layout_index *index, rk_digest key)
{
    size_t mask = index->slot_count - 1, at = rk_spread_slot(index->spread, key, index->slot_count);
    while (index->slots[at].thing && !rk_digest_is(index->slots[at].key, key))
        at = (at + 1) & mask;
    return at;
}

void *layout_index_get(const layout_index *index, rk_digest key)
{
    return index->count ? index->slots[slot_of(index, key)].thing : NULL;
}

static bool widen(layout_index *index, rk_err *err)
{
    layout_index wider = { .slot_count = index->slot_count ? index->slot_count * 2 : 64,
                           .count = index->count,
                           .spread = rk_spread_new() };
    wider.slots = rk_alloc(wider.slot_count * sizeof *wider.slots);
    if (!wider.slots)
        return rk_no_memory(err);
    for (size_t i = 0; i < index->slot_count; i++)
        if (index->slots[i].thing)
            wider.slots[slot_of(&wider, index->slots[i].key)] = index->slots[i];
    rk_free(index->slots);
    *index = wider;
    return true;
}

bool layout_index_put(layout_index *index, rk_digest key, void *thing, rk_err *err)
{
    if (index->count * 2 >= index->slot_count && !widen(index, err))
        return false;
    size_t at = slot_of(index, key);
    index->count += !index->slots[at].thing;
    index->slots[at] = (layout_slot){ key, thing };
    return true;
}

void layout_index_free(layout_index *index)
{
    rk_free(index->slots);
    *index = (layout_index){ 0 };
}
