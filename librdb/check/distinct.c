/* distinct: open addressing over digests, with stamps instead of clearing. */
#include "distinct.h"

#include <unistd.h>

#include "runs.h"

enum { SLOTS_FIRST = 256 };

/* A slot counts only when its stamp is the present one. */
typedef struct {
    uint32_t stamp, index;
} slot;

struct distinct {
    distinct_item *items;
    size_t count, cap, most;
    slot *slots;
    size_t slot_cap, mask; /* only mask + 1 of the slots are in use: a small collection stays in the cache */
    uint32_t stamp;
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
    size_t at = (size_t)digest.lo & set->mask;
    while (set->slots[at].stamp == set->stamp &&
           !rk_digest_is(set->items[set->slots[at].index].digest, digest))
        at = (at + 1) & set->mask;
    return &set->slots[at];
}

/* Twice as many slots in use. */
static bool widen(distinct *set, rk_err *err)
{
    size_t wanted = set->slots ? 2 * (set->mask + 1) : SLOTS_FIRST;
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
        *slot_of(set, set->items[i].digest) = (slot){ set->stamp, (uint32_t)i };
    return true;
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
    if (!set->slots && !widen(set, err))
        return false;
    slot *at = slot_of(set, item->digest);
    if (at->stamp == set->stamp) {
        *before = &set->items[at->index];
        return true;
    }
    if (set->count == set->most && !spill(set, err))
        return false;
    if (2 * (set->count + 1) > set->mask + 1 && !widen(set, err))
        return false;
    if (!rk_grow((void **)&set->items, &set->cap, set->count + 1, sizeof *item, err))
        return false;
    *slot_of(set, item->digest) = (slot){ set->stamp, (uint32_t)set->count };
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
