/* ids: blocks of items in order. New items mostly come at the end, and old ones mostly leave at the beginning: neither
 * moves others. */
#include "ids.h"

enum { BLOCK_LEAST = 4, BLOCK_MOST = 64 }; /* items */

struct ks_ids_block {
    uint16_t start, count, cap; /* items: before the first one, in use, room */
    _Alignas(8) uint8_t items[];
};

static ks_ids_block *block_at(const ks_ids *ids, size_t i)
{
    return ids->blocks[ids->head + i];
}

static void *item_at(const ks_ids *ids, const ks_ids_block *block, size_t i)
{
    return (void *)(uintptr_t)(block->items + (block->start + i) * ids->item_size);
}

static rk_stream_id id_at(const ks_ids *ids, const ks_ids_block *block, size_t i)
{
    return *(const rk_stream_id *)item_at(ids, block, i);
}

void ks_ids_start(ks_ids *ids, size_t item_size)
{
    *ids = (ks_ids){ .item_size = item_size };
}

void ks_ids_clear(ks_ids *ids)
{
    for (size_t i = 0; i < ids->block_count; i++)
        rk_free(block_at(ids, i));
    rk_free(ids->blocks);
    ks_ids_start(ids, ids->item_size);
}

/* ---- finding ---------------------------------------------------------------------------------------------- */

/* The last block that begins with `id` or a smaller one, or else the first. */
static size_t block_of(const ks_ids *ids, rk_stream_id id)
{
    size_t low = 0,
           high = ids->block_count; /* blocks before `low` begin with such, those from `high` on do not */
    if (high > 0 && ks_id_compare(id_at(ids, block_at(ids, high - 1), 0), id) <= 0)
        return high - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ks_id_compare(id_at(ids, block_at(ids, middle), 0), id) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? low - 1 : 0;
}

/* How many items of the block are smaller than `id`. */
static uint32_t smaller_in(const ks_ids *ids, const ks_ids_block *block, rk_stream_id id)
{
    uint32_t low = 0, high = block->count;
    if (ks_id_compare(id_at(ids, block, high - 1), id) < 0)
        return high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ks_id_compare(id_at(ids, block, middle), id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

ks_ids_place ks_ids_seek(const ks_ids *ids, rk_stream_id id)
{
    ks_ids_place place = { .block = block_of(ids, id) };
    if (ids->block_count > 0)
        place.at = smaller_in(ids, block_at(ids, place.block), id);
    return place;
}

void *ks_ids_next(const ks_ids *ids, ks_ids_place *place)
{
    if (place->block < ids->block_count && place->at == block_at(ids, place->block)->count)
        *place = (ks_ids_place){ .block = place->block + 1 };
    return place->block < ids->block_count ? item_at(ids, block_at(ids, place->block), place->at++) : NULL;
}

void *ks_ids_find(const ks_ids *ids, rk_stream_id id)
{
    ks_ids_place place = ks_ids_seek(ids, id);
    void *item = ks_ids_next(ids, &place);
    return item && ks_id_compare(*(rk_stream_id *)item, id) == 0 ? item : NULL;
}

void *ks_ids_first(const ks_ids *ids)
{
    return ids->count ? item_at(ids, block_at(ids, 0), 0) : NULL;
}

void *ks_ids_last(const ks_ids *ids)
{
    const ks_ids_block *last = ids->count ? block_at(ids, ids->block_count - 1) : NULL;
    return last ? item_at(ids, last, last->count - 1u) : NULL;
}

/* ---- putting in ------------------------------------------------------------------------------------------- */

/* Room for one more block among the blocks. */
static bool room_for_block(rk_keyspace *ks, ks_ids *ids)
{
    if (ids->head + ids->block_count < ids->cap)
        return true;
    if (ids->head > ids->cap / 2) {
        memmove(ids->blocks, ids->blocks + ids->head, ids->block_count * sizeof *ids->blocks);
        ids->head = 0;
        return true;
    }
    return rk_grow((void **)&ids->blocks, &ids->cap, ids->cap + 1, sizeof *ids->blocks, ks->err);
}

/* A new block, with room for `cap` items, as the `at`-th one. */
static ks_ids_block *add_block(rk_keyspace *ks, ks_ids *ids, size_t at, uint16_t cap)
{
    ks_ids_block *block = room_for_block(ks, ids) ? rk_alloc(sizeof *block + cap * ids->item_size) : NULL;
    if (!block) {
        rk_no_memory(ks->err);
        return NULL;
    }
    ks_ids_block **place = ids->blocks + ids->head + at;
    memmove(place + 1, place, (ids->block_count - at) * sizeof *place);
    *place = block;
    block->cap = cap;
    ids->block_count++;
    return block;
}

/* Items of a full block from the middle on go to a new one behind it. */
static bool split(rk_keyspace *ks, ks_ids *ids, size_t at)
{
    ks_ids_block *behind = add_block(ks, ids, at + 1, BLOCK_MOST), *block = block_at(ids, at);
    if (!behind)
        return false;
    behind->count = block->count / 2;
    block->count = (uint16_t)(block->count - behind->count);
    memcpy(behind->items, item_at(ids, block, block->count), behind->count * ids->item_size);
    return true;
}

/* Room behind the last item of a block that has less than the most: items that left at the beginning have left some, or
 * the block grows. */
static bool room_in_block(rk_keyspace *ks, ks_ids *ids, size_t at)
{
    ks_ids_block *block = block_at(ids, at);
    if (block->start + block->count < block->cap)
        return true;
    if (block->start > 0) {
        memmove(block->items, item_at(ids, block, 0), block->count * ids->item_size);
        block->start = 0;
        return true;
    }
    uint16_t cap = (uint16_t)(block->cap * 2 < BLOCK_MOST ? block->cap * 2 : BLOCK_MOST);
    block = rk_realloc(block, sizeof *block + cap * ids->item_size);
    if (!block)
        return rk_no_memory(ks->err);
    block->cap = cap;
    ids->blocks[ids->head + at] = block;
    return true;
}

/* Settles where the item goes: a place within a block that has room behind its last item. */
static bool make_room(rk_keyspace *ks, ks_ids *ids, ks_ids_place *place)
{
    if (ids->block_count == 0)
        return add_block(ks, ids, 0, BLOCK_LEAST) != NULL;
    ks_ids_block *block = block_at(ids, place->block);
    bool at_end = place->block == ids->block_count - 1 && place->at == block->count;
    bool full = block->start + block->count == BLOCK_MOST;
    if (at_end && full && block->count > BLOCK_MOST / 2) {
        *place = (ks_ids_place){ .block = ids->block_count };
        return add_block(ks, ids, ids->block_count, BLOCK_MOST) != NULL;
    }
    if (block->count == BLOCK_MOST) {
        if (!split(ks, ids, place->block))
            return false;
        block = block_at(ids, place->block);
        if (place->at > block->count)
            *place = (ks_ids_place){ .block = place->block + 1, .at = place->at - block->count };
    }
    return room_in_block(ks, ids, place->block);
}

void *ks_ids_put(rk_keyspace *ks, ks_ids *ids, rk_stream_id id)
{
    ks_ids_place place = ks_ids_seek(ids, id);
    if (!make_room(ks, ids, &place))
        return NULL;
    ks_ids_block *block = block_at(ids, place.block);
    uint8_t *item = item_at(ids, block, place.at);
    memmove(item + ids->item_size, item, (block->count - place.at) * ids->item_size);
    memset(item, 0, ids->item_size);
    *(rk_stream_id *)(void *)item = id;
    block->count++;
    ids->count++;
    return item;
}

/* ---- taking out ------------------------------------------------------------------------------------------- */

static void remove_block(ks_ids *ids, size_t at)
{
    ks_ids_block **place = ids->blocks + ids->head + at;
    rk_free(*place);
    ids->block_count--;
    if (at == 0)
        ids->head = ids->block_count ? ids->head + 1 : 0;
    else
        memmove(place, place + 1, (ids->block_count - at) * sizeof *place);
}

void ks_ids_remove_before(ks_ids *ids, ks_ids_place *place)
{
    ks_ids_block *block = block_at(ids, place->block);
    uint32_t at = --place->at;
    ids->count--;
    block->count--;
    if (block->count == 0) {
        remove_block(ids, place->block);
        place->at = 0;
    } else if (at == 0) {
        block->start++;
    } else {
        uint8_t *item = item_at(ids, block, at);
        memmove(item, item + ids->item_size, (block->count - at) * ids->item_size);
    }
}

void ks_ids_remove(ks_ids *ids, rk_stream_id id)
{
    ks_ids_place place = ks_ids_seek(ids, id);
    void *item = ks_ids_next(ids, &place);
    if (item && ks_id_compare(*(rk_stream_id *)item, id) == 0)
        ks_ids_remove_before(ids, &place);
}
