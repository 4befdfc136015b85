/* distinct: open addressing over digests, with stamps instead of clearing. */
#include "distinct.h"

#include <unistd.h>

#include "runs.h"

enum { SLOTS_FIRST = 256 };

/* A slot counts only when its stamp is the present one; `tag` is a part of the digest, so that what differs is
 * seldom looked at. */
typedef struct {
    uint16_t stamp, tag;
    uint32_t index;
} slot;

struct distinct {
    distinct_item *items;
    size_t count, cap, most;
    slot *slots;
    size_t slot_cap, mask; /* only mask + 1 of the slots are in use: a small collection stays in the cache */
    uint16_t stamp;
    rk_spread spread;
    check_runs *runs; /* NULL: everything is in memory */
    bool merging;
};

distinct *distinct_new(size_t most, rk_err *err)
{
    distinct *set = rk_alloc(sizeof *set);
    if (!set) {
        rk_no_memory(err);
        return NULL;
    }
    set->most = most;
    set->spread = rk_spread_new();
    return set;
}

void distinct_free(distinct *set)
{
    if (!set)
        return;
    check_runs_free(set->runs);
    rk_free(set->items);
    rk_free(set->slots);
    rk_free(set);
}

/* All slots are free from now on. */
static void new_stamp(distinct *set)
{
    if (++set->stamp != 0)
        return;
    if (set->slots)
        memset(set->slots, 0, set->slot_cap * sizeof *set->slots);
    set->stamp = 1;
}

void distinct_start(distinct *set)
{
    check_runs_free(set->runs);
    set->runs = NULL;
    set->merging = false;
    set->count = 0;
    set->mask = SLOTS_FIRST - 1;
    new_stamp(set);
}

/* The slot of the digest: the one that holds it, or the free one where it belongs. */
static slot *slot_of(const distinct *set, rk_digest digest)
{
    size_t at = rk_spread_slot(set->spread, digest, set->mask + 1);
    uint16_t tag = (uint16_t)digest.hi;
    while (set->slots[at].stamp == set->stamp &&
           (set->slots[at].tag != tag || !rk_digest_is(set->items[set->slots[at].index].digest, digest)))
        at = (at + 1) & set->mask;
    return &set->slots[at];
}

static void take_slot(distinct *set, slot *at, rk_digest digest, size_t index)
{
    *at = (slot){ set->stamp, (uint16_t)digest.hi, (uint32_t)index };
}

/* So many slots are in use from now on, a power of two. */
static bool widen(distinct *set, size_t wanted, rk_err *err)
{
    if (wanted > set->slot_cap) {
        slot *slots = rk_alloc(wanted * sizeof *slots);
        if (!slots)
            return rk_no_memory(err);
        rk_free(set->slots);
        set->slots = slots;
        set->slot_cap = wanted;
    }
    set->mask = wanted - 1;
    new_stamp(set);
    for (size_t i = 0; i < set->count; i++)
        take_slot(set, slot_of(set, set->items[i].digest), set->items[i].digest, i);
    return true;
}

bool distinct_expect(distinct *set, uint64_t count, rk_err *err)
{
    size_t wanted = SLOTS_FIRST;
    if (count > set->most)
        count = set->most;
    while (wanted < 2 * (count + 1))
        wanted *= 2;
    return wanted <= set->mask + 1 || widen(set, wanted, err);
}

/* What is in memory becomes a run. */
static bool spill(distinct *set, rk_err *err)
{
    if (!set->runs && !(set->runs = check_runs_new(err)))
        return false;
    if (!check_runs_add(set->runs, set->items, set->count, err))
        return false;
    set->count = 0;
    new_stamp(set);
    return true;
}

bool distinct_add(distinct *set, const distinct_item *item, distinct_item **before, rk_err *err)
{
    *before = NULL;
    if (!set->slots && !widen(set, SLOTS_FIRST, err))
        return false;
    slot *at = slot_of(set, item->digest);
    if (at->stamp == set->stamp) {
        *before = &set->items[at->index];
        return true;
    }
    if (!rk_grow((void **)&set->items, &set->cap, set->count == set->most ? 1 : set->count + 1, sizeof *item,
                 err))
        return false;
    bool full = set->count == set->most, wide = 2 * (set->count + 1) > set->mask + 1;
    if ((full && !spill(set, err)) || (!full && wide && !widen(set, 2 * (set->mask + 1), err)))
        return false;
    take_slot(set, full || wide ? slot_of(set, item->digest) : at, item->digest, set->count);
    set->items[set->count++] = *item;
    return true;
}

distinct_item *distinct_find(distinct *set, rk_digest digest)
{
    if (!set->slots)
        return NULL;
    slot *at = slot_of(set, digest);
    return at->stamp == set->stamp ? &set->items[at->index] : NULL;
}

bool distinct_is_whole(const distinct *set)
{
    return set->runs == NULL;
}

const distinct_item *distinct_items(const distinct *set, size_t *count)
{
    *count = set->count;
    return set->items;
}

bool distinct_late(distinct *set, distinct_item *first, distinct_item *again, rk_err *err)
{
    if (!set->runs)
        return false;
    if (!set->merging) {
        if (!spill(set, err))
            return false;
        set->merging = true; /* the items' memory now serves the merge */
        if (!check_runs_merge(set->runs, set->items, set->cap, err))
            return false;
    }
    return check_runs_twice(set->runs, first, again, err);
}
