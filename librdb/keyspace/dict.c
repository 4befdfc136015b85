/* dict: names and what belongs to each, in the order of arrival. Items stand in one array, with holes where some have
 * left; a table of open addressing finds them, once there are more than a few. */
#include "keyspace.h"

enum { TABLE_LEAST = 9, LEFT = -1 }; /* items from which on there is a table; a slot whose item has left */

static ks_str *item_at(const ks_dict *d, uint32_t i)
{
    return (ks_str *)(void *)(d->items + (size_t)i * d->item_size);
}

static size_t home_of(const rk_keyspace *ks, const ks_dict *d, uint64_t hash)
{
    return rk_spread_slot(ks->spread, (rk_digest){ hash, hash >> 32 }, d->slots);
}

ks_dict *ks_dict_new(rk_keyspace *ks, size_t item_size)
{
    ks_dict *d = rk_alloc(sizeof *d);
    if (!d)
        rk_no_memory(ks->err);
    else
        ks_dict_start(d, item_size);
    return d;
}

void ks_dict_start(ks_dict *d, size_t item_size)
{
    *d = (ks_dict){ .item_size = (uint32_t)item_size };
}

/* What is sought: a string of this or another dict, or bytes. */
typedef struct {
    const ks_str *str; /* NULL: bytes */
    rk_slice bytes;
    uint64_t hash;
} sought;

static bool is_sought(rk_keyspace *ks, const ks_str *item, const sought *s)
{
    return s->str ? ks_str_same(ks, item, s->str) : ks_str_is(ks, item, s->bytes, s->hash);
}

static void *find(rk_keyspace *ks, const ks_dict *d, const sought *s)
{
    if (!d->table) {
        for (uint32_t i = 0; i < d->used; i++)
            if (item_at(d, i)->home != KS_HOLE && is_sought(ks, item_at(d, i), s))
                return item_at(d, i);
        return NULL;
    }
    size_t mask = d->slots - 1;
    for (size_t at = home_of(ks, d, s->hash); d->table[at]; at = (at + 1) & mask)
        if (d->table[at] != (uint32_t)LEFT && is_sought(ks, item_at(d, d->table[at] - 1), s))
            return item_at(d, d->table[at] - 1);
    return NULL;
}

void *ks_dict_find(rk_keyspace *ks, const ks_dict *d, rk_slice name, uint64_t hash)
{
    return find(ks, d, &(sought){ .bytes = name, .hash = hash });
}

void *ks_dict_find_str(rk_keyspace *ks, const ks_dict *d, const ks_str *name)
{
    return find(ks, d, &(sought){ .str = name, .hash = name->hash });
}

static void put(const rk_keyspace *ks, ks_dict *d, uint32_t i)
{
    size_t mask = d->slots - 1, at = home_of(ks, d, item_at(d, i)->hash);
    while (d->table[at] && d->table[at] != (uint32_t)LEFT)
        at = (at + 1) & mask;
    d->filled += d->table[at] == 0;
    d->table[at] = i + 1;
}

/* A table with room for `count` items, made anew. */
static bool make_table(rk_keyspace *ks, ks_dict *d, uint32_t count)
{
    uint64_t slots = 16;
    while (slots < (uint64_t)count * 2)
        slots *= 2;
    if (slots > UINT32_MAX)
        return rk_fail(ks->err, RK_USAGE, RK_NO_OFFSET, "more than a billion items in one key");
    uint32_t *table = rk_alloc((size_t)slots * sizeof *table);
    if (!table)
        return rk_no_memory(ks->err);
    rk_free(d->table);
    d->table = table;
    d->slots = (uint32_t)slots;
    d->filled = 0;
    for (uint32_t i = 0; i < d->used; i++)
        if (item_at(d, i)->home != KS_HOLE)
            put(ks, d, i);
    return true;
}

static void close_holes(ks_dict *d)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < d->used; i++) {
        if (item_at(d, i)->home == KS_HOLE)
            continue;
        if (kept != i)
            memcpy(item_at(d, kept), item_at(d, i), d->item_size);
        kept++;
    }
    d->used = kept;
}

/* Room for one more item, in the array and in the table. */
static bool make_room(rk_keyspace *ks, ks_dict *d)
{
    bool moved = d->used == d->cap && d->used - d->count > d->used / 4;
    if (moved) {
        close_holes(d);
    } else if (d->used == d->cap) {
        size_t cap = d->cap;
        if (!rk_grow((void **)&d->items, &cap, cap ? (size_t)d->used + 1 : 2, d->item_size, ks->err))
            return false;
        d->cap = cap > UINT32_MAX / 4 ? UINT32_MAX / 4 : (uint32_t)cap;
        if (d->used == d->cap)
            return rk_fail(ks->err, RK_USAGE, RK_NO_OFFSET, "more than a billion items in one key");
    }
    if (d->count + 1 < TABLE_LEAST && !d->table)
        return true;
    if (moved || !d->table || (uint64_t)(d->filled + 1) * 4 > (uint64_t)d->slots * 3)
        return make_table(ks, d, d->count + 1);
    return true;
}

void *ks_dict_add(rk_keyspace *ks, ks_dict *d, ks_str name)
{
    if (!make_room(ks, d)) {
        ks_str_free(ks, &name);
        return NULL;
    }
    ks_str *item = item_at(d, d->used);
    memset(item, 0, d->item_size);
    *item = name;
    d->used++;
    d->count++;
    if (d->table)
        put(ks, d, d->used - 1);
    return item;
}

void ks_dict_remove(rk_keyspace *ks, ks_dict *d, void *item)
{
    ks_str *name = item;
    uint32_t i = (uint32_t)((size_t)((uint8_t *)item - d->items) / d->item_size);
    if (d->table) {
        size_t mask = d->slots - 1, at = home_of(ks, d, name->hash);
        while (d->table[at] != i + 1)
            at = (at + 1) & mask;
        d->table[at] = (uint32_t)LEFT;
    }
    ks_str_free(ks, name);
    name->home = KS_HOLE;
    d->count--;
    while (d->used > 0 && item_at(d, d->used - 1)->home == KS_HOLE)
        d->used--;
}

void *ks_dict_next(const ks_dict *d, uint32_t *at)
{
    while (*at < d->used && item_at(d, *at)->home == KS_HOLE)
        ++*at;
    return *at < d->used ? item_at(d, (*at)++) : NULL;
}

void ks_dict_clear(rk_keyspace *ks, ks_dict *d)
{
    for (uint32_t i = 0; i < d->used; i++)
        if (item_at(d, i)->home != KS_HOLE)
            ks_str_free(ks, item_at(d, i));
    rk_free(d->items);
    rk_free(d->table);
    ks_dict_start(d, d->item_size);
}

void ks_dict_free(rk_keyspace *ks, ks_dict *d)
{
    if (!d)
        return;
    ks_dict_clear(ks, d);
    rk_free(d);
}
