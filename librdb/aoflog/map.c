/* map: numbers by digest, by open addressing. */
#include "aoflog.h"

static size_t slot_of(const log_map *map, rk_digest key)
{
    size_t at = rk_spread_slot(map->spread, key, map->slot_count);
    while (map->slots[at].value && !rk_digest_is(map->slots[at].key, key))
        at = (at + 1) & (map->slot_count - 1);
    return at;
}

uint32_t log_map_get(const log_map *map, rk_digest key)
{
    return map->slot_count ? map->slots[slot_of(map, key)].value - 1 : LOG_MAP_NONE;
}

static bool make_room(log_map *map, rk_err *err)
{
    log_map old = *map;
    if (!old.slot_count)
        map->spread = rk_spread_new();
    map->slot_count = old.slot_count ? old.slot_count * 2 : 64;
    map->slots = rk_alloc(map->slot_count * sizeof *map->slots);
    if (!map->slots) {
        *map = old;
        return rk_no_memory(err);
    }
    for (size_t i = 0; i < old.slot_count; i++)
        if (old.slots[i].value)
            map->slots[slot_of(map, old.slots[i].key)] = old.slots[i];
    rk_free(old.slots);
    return true;
}

bool log_map_put(log_map *map, rk_digest key, uint32_t value, rk_err *err)
{
    if ((map->count + 1) * 4 > map->slot_count * 3 && !make_room(map, err))
        return false;
    size_t at = slot_of(map, key);
    map->count += !map->slots[at].value;
    map->slots[at].key = key;
    map->slots[at].value = value + 1;
    return true;
}

void log_map_free(log_map *map)
{
    rk_free(map->slots);
    *map = (log_map){ 0 };
}

rk_digest log_key_digest(uint32_t db, rk_slice name)
{
    return rk_digest_seeded(name, db);
}
