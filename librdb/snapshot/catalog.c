/* catalog: the keys of a data set, compactly. */
#include "rdbkit/catalog.h"

rk_digest rk_catalog_name(uint32_t db, rk_slice name)
{
    return rk_digest_seeded(name, db);
}

bool rk_catalog_add(rk_catalog *c, const rk_key *key, size_t shard, rk_digest value, rk_err *err)
{
    if (c->count == UINT32_MAX - 1)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "more than %" PRIu32 " keys", UINT32_MAX - 1);
    if (!rk_grow((void **)&c->keys, &c->cap, c->count + 1, sizeof *c->keys, err))
        return false;
    c->keys[c->count++] = (rk_catalog_key){ .name = rk_catalog_name(key->db, key->name),
                                            .value = value,
                                            .spot = rk_spot_of(shard, key->offset),
                                            .expire_ms = key->expire_ms,
                                            .db = key->db,
                                            .meta = key->meta.len ? (uint32_t)rk_hash64(key->meta) | 1 : 0,
                                            .type_byte = key->type_byte,
                                            .type = (uint8_t)key->type,
                                            .flags = RK_KEY_COUNTED };
    return true;
}

/* Puts key `i` into the first free slot behind its home, and notes whether its file had the name before. */
static void place(rk_catalog *c, size_t i)
{
    rk_catalog_key *key = &c->keys[i];
    size_t mask = c->slots - 1, at = rk_spread_slot(c->spread, key->name, c->slots);
    for (; c->table[at]; at = (at + 1) & mask) {
        const rk_catalog_key *other = &c->keys[c->table[at] - 1];
        if (rk_digest_is(other->name, key->name) && rk_spot_shard(other->spot) == rk_spot_shard(key->spot)) {
            key->flags |= RK_KEY_SHADOW; /* stays out of the table, so that a repeated key cannot fill it */
            return;
        }
    }
    c->table[at] = (uint32_t)i + 1;
}

bool rk_catalog_close(rk_catalog *c, rk_err *err)
{
    c->slots = 16;
    while (c->slots < c->count + c->count / 2)
        c->slots *= 2;
    c->spread = rk_spread_new();
    c->table = rk_alloc(c->slots * sizeof *c->table);
    if (!c->table)
        return rk_no_memory(err);
    for (size_t i = 0; i < c->count; i++)
        place(c, i);
    return true;
}

rk_catalog_key *rk_catalog_find_digest(const rk_catalog *c, rk_digest name, const rk_catalog_key *before)
{
    size_t mask = c->slots - 1;
    bool passed = !before;
    if (!c->slots)
        return NULL;
    for (size_t at = rk_spread_slot(c->spread, name, c->slots); c->table[at]; at = (at + 1) & mask) {
        rk_catalog_key *key = &c->keys[c->table[at] - 1];
        if (passed && rk_digest_is(key->name, name))
            return key;
        passed |= key == before;
    }
    return NULL;
}

rk_catalog_key *rk_catalog_find(const rk_catalog *c, uint32_t db, rk_slice name)
{
    return rk_catalog_find_digest(c, rk_catalog_name(db, name), NULL);
}

void rk_catalog_free(rk_catalog *c)
{
    rk_free(c->keys);
    rk_free(c->table);
    *c = (rk_catalog){ 0 };
}
