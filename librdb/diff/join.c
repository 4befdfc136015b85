/* join: open addressing over the first entry of each key; equal keys form a chain, so that a thousand equal ones
 * cost no more than a thousand different ones. */
#include "join.h"

#define TAKEN UINT32_C(0x80000000)

bool join_start(join *j, size_t expected, rk_err *err)
{
    size_t wanted = 16;
    while (wanted < expected * 2)
        wanted *= 2;
    if (expected >= TAKEN || !rk_grow((void **)&j->entries, &j->cap, expected, sizeof *j->entries, err) ||
        !rk_grow((void **)&j->slots, &j->slot_cap, wanted, sizeof *j->slots, err))
        return false;
    j->count = 0;
    if (j->spread.lo == 0)
        j->spread = rk_spread_new();
    j->slot_count = wanted;
    memset(j->slots, 0xff, wanted * sizeof *j->slots);
    return true;
}

/* The slot of `key`, or the free one where it belongs. */
static uint32_t *slot_of(const join *j, rk_digest key)
{
    size_t mask = j->slot_count - 1, at = rk_spread_slot(j->spread, key, j->slot_count);
    while (j->slots[at] != JOIN_NONE && !rk_digest_is(j->entries[j->slots[at]].key, key))
        at = (at + 1) & mask;
    return &j->slots[at];
}

uint32_t join_add(join *j, rk_digest key, uint32_t id)
{
    uint32_t *slot = slot_of(j, key);
    uint32_t before = *slot == JOIN_NONE ? JOIN_NONE : j->entries[*slot].id & ~TAKEN;
    j->entries[j->count] = (join_entry){ key, id, *slot };
    *slot = (uint32_t)j->count++;
    return before;
}

uint32_t join_take(join *j, rk_digest key)
{
    if (j->count == 0)
        return JOIN_NONE;
    uint32_t *slot = slot_of(j, key);
    if (*slot == JOIN_NONE || j->entries[*slot].id & TAKEN)
        return JOIN_NONE;
    join_entry *entry = &j->entries[*slot];
    uint32_t id = entry->id;
    if (entry->next == JOIN_NONE)
        entry->id |= TAKEN; /* stays, to keep the key's slot */
    else
        *slot = entry->next;
    return id;
}

uint32_t join_peek(const join *j, rk_digest key)
{
    if (j->count == 0)
        return JOIN_NONE;
    uint32_t slot = *slot_of(j, key);
    return slot == JOIN_NONE || j->entries[slot].id & TAKEN ? JOIN_NONE : j->entries[slot].id;
}

uint32_t join_taken(const join *j, rk_digest key)
{
    if (j->count == 0)
        return JOIN_NONE;
    uint32_t slot = *slot_of(j, key);
    return slot != JOIN_NONE && (j->entries[slot].id & TAKEN) ? j->entries[slot].id & ~TAKEN : JOIN_NONE;
}

void join_free(join *j)
{
    rk_free(j->entries);
    rk_free(j->slots);
    *j = (join){ 0 };
}
