/* order: compares jobs of a bundle, and sorts an index of many without memory for a second one. */
#include "order.h"

#include <stdlib.h>

#include "line.h"

/* ---- one against another -------------------------------------------------------------------------------------- */

/* Doubles in their order as whole numbers; the two zeros are one. */
static uint64_t rank_of_score(double score)
{
    uint64_t bits;
    score += 0.0;
    memcpy(&bits, &score, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

rk_bundle_turn rk_bundle_turn_of(const rk_bundle_job *job)
{
    if (!rk_bundle_goes_to_list(job))
        return (rk_bundle_turn){ !job->has_score, job->has_score ? rank_of_score(job->score) : 0 };
    return (rk_bundle_turn){ !job->has_position, job->has_position ? UINT64_MAX - job->position : 0 };
}

int rk_bundle_turn_compare(rk_bundle_turn a, rk_bundle_turn b)
{
    if (a.late != b.late)
        return a.late ? 1 : -1;
    return a.rank < b.rank ? -1 : a.rank > b.rank;
}

int rk_bundle_place_compare(const rk_bundle_place *a, const rk_bundle_place *b)
{
    static const uint8_t turns[RK_BUNDLE_PLACES] = {
        [RK_PLACE_WORK] = 0,  [RK_PLACE_PRIVATE] = 1, [RK_PLACE_QUEUE] = 2,      [RK_PLACE_SCHEDULE] = 3,
        [RK_PLACE_RETRY] = 4, [RK_PLACE_DEAD] = 5,    [RK_PLACE_INTERRUPTED] = 6
    };
    if (a->db != b->db)
        return a->db < b->db ? -1 : 1;
    int keys = rk_slice_compare(a->key, b->key);
    return keys != 0 ? keys : (int)turns[a->kind] - (int)turns[b->kind];
}

/* ---- places --------------------------------------------------------------------------------------------------- */

static rk_digest digest_of(const rk_bundle_place *place)
{
    return rk_digest_seeded(place->key, (uint64_t)place->db * RK_BUNDLE_PLACES + (uint64_t)place->kind);
}

static void put_slot(rk_bundle_index *index, uint32_t id)
{
    size_t at = rk_spread_slot(index->spread, digest_of(&index->places[id]), index->slot_count);
    while (index->slots[at])
        at = (at + 1) & (index->slot_count - 1);
    index->slots[at] = id + 1;
}

static bool widen(rk_bundle_index *index, rk_err *err)
{
    size_t count = index->slot_count ? index->slot_count * 2 : 64;
    uint32_t *slots = rk_alloc(count * sizeof *slots);
    if (!slots)
        return rk_no_memory(err);
    if (!index->slot_count)
        index->spread = rk_spread_new();
    rk_free(index->slots);
    index->slots = slots;
    index->slot_count = count;
    for (uint32_t id = 0; id < index->place_count; id++)
        put_slot(index, id);
    return true;
}

bool rk_bundle_index_place(rk_bundle_index *index, rk_bundle_place place, uint32_t *id, rk_err *err)
{
    if ((index->place_count + 1) * 2 > index->slot_count && !widen(index, err))
        return false;
    size_t at = rk_spread_slot(index->spread, digest_of(&place), index->slot_count);
    for (; index->slots[at]; at = (at + 1) & (index->slot_count - 1)) {
        *id = index->slots[at] - 1;
        if (rk_bundle_place_compare(&index->places[*id], &place) == 0)
            return true;
    }
    if (index->place_count >= UINT32_MAX - 1)
        return rk_no_memory(err);
    if (!rk_grow((void **)&index->places, &index->place_cap, index->place_count + 1, sizeof place, err) ||
        !rk_arena_copy(&index->arena, place.key, &place.key, err))
        return false;
    *id = (uint32_t)index->place_count;
    index->places[index->place_count++] = place;
    index->slots[at] = *id + 1;
    return true;
}

bool rk_bundle_index_add(rk_bundle_index *index, const rk_bundle_job *job, uint64_t at, rk_err *err)
{
    rk_bundle_turn turn = rk_bundle_turn_of(job);
    rk_bundle_entry entry = { .late = turn.late, .rank = turn.rank, .at = at };
    if (!rk_bundle_index_place(index, (rk_bundle_place){ job->db, job->key, job->kind }, &entry.place, err) ||
        !rk_grow((void **)&index->entries, &index->cap, index->count + 1, sizeof entry, err))
        return false;
    index->entries[index->count++] = entry;
    return true;
}

/* ---- sorting -------------------------------------------------------------------------------------------------- */

static int compare_entries(const rk_bundle_entry *a, const rk_bundle_entry *b)
{
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    int turns =
        rk_bundle_turn_compare((rk_bundle_turn){ a->late, a->rank }, (rk_bundle_turn){ b->late, b->rank });
    return turns != 0 ? turns : a->at < b->at ? -1 : a->at > b->at;
}

static void sift(rk_bundle_entry *entries, size_t from, size_t count)
{
    rk_bundle_entry sinking = entries[from];
    for (size_t child; (child = from * 2 + 1) < count; from = child) {
        if (child + 1 < count && compare_entries(&entries[child], &entries[child + 1]) < 0)
            child++;
        if (compare_entries(&sinking, &entries[child]) >= 0)
            break;
        entries[from] = entries[child];
    }
    entries[from] = sinking;
}

/* A heap sort: qsort would take as much memory again. */
static void sort_entries(rk_bundle_entry *entries, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift(entries, i - 1, count);
    for (size_t end = count; end > 1; end--) {
        rk_bundle_entry last = entries[0];
        entries[0] = entries[end - 1];
        entries[end - 1] = last;
        sift(entries, 0, end - 1);
    }
}

static int by_place(const void *a, const void *b, void *places)
{
    const rk_bundle_place *all = places;
    return rk_bundle_place_compare(&all[*(const uint32_t *)a], &all[*(const uint32_t *)b]);
}

bool rk_bundle_index_sort(rk_bundle_index *index, rk_err *err)
{
    size_t count = index->place_count;
    uint32_t *ids = rk_alloc(count * sizeof *ids), *ranks = rk_alloc(count * sizeof *ranks);
    bool ok = (ids && ranks) || rk_no_memory(err);
    if (ok) {
        for (uint32_t i = 0; i < count; i++)
            ids[i] = i;
        qsort_r(ids, count, sizeof *ids, by_place, index->places);
        for (uint32_t i = 0; i < count; i++)
            ranks[ids[i]] = i;
        for (size_t i = 0; i < index->count; i++)
            index->entries[i].place = ranks[index->entries[i].place];
        sort_entries(index->entries, index->count);
    }
    rk_free(ranks);
    rk_free(ids);
    return ok;
}

void rk_bundle_index_free(rk_bundle_index *index)
{
    rk_free(index->entries);
    rk_free(index->places);
    rk_free(index->slots);
    rk_arena_free(&index->arena);
    *index = (rk_bundle_index){ 0 };
}
