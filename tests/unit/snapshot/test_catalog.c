/* test_catalog: keys by name: over shards, databases, and twice in one file. */
#include "../unit.h"
#include "rdbkit/catalog.h"

static rk_catalog catalog;

static void add(uint32_t db, const char *name, size_t shard, uint64_t offset)
{
    rk_err err = { 0 };
    rk_key key = { .db = db,
                   .name = rk_slice_of(name),
                   .type = RK_STRING,
                   .offset = offset,
                   .expire_ms = RK_NO_EXPIRY,
                   .meta = RK_EMPTY };
    CU_ASSERT(rk_catalog_add(&catalog, &key, shard, (rk_digest){ offset, 0 }, &err));
}

static uint64_t offset_of(uint32_t db, const char *name)
{
    const rk_catalog_key *key = rk_catalog_find(&catalog, db, rk_slice_of(name));
    return key ? rk_spot_offset(key->spot) : 0;
}

static void by_name(void)
{
    rk_err err = { 0 };
    add(0, "a", 0, 10);
    add(0, "", 0, 20);
    add(1, "a", 0, 30);
    CU_ASSERT(rk_catalog_close(&catalog, &err));
    CU_ASSERT(offset_of(0, "a") == 10 && offset_of(0, "") == 20 && offset_of(1, "a") == 30);
    CU_ASSERT(offset_of(1, "") == 0 && offset_of(0, "b") == 0);
    rk_catalog_free(&catalog);
    CU_ASSERT(offset_of(0, "a") == 0);
}

static void over_shards(void)
{
    rk_err err = { 0 };
    for (size_t shard = 0; shard < 5; shard++)
        add(0, "a", shard, 100 + shard);
    add(0, "a", 2, 500); /* twice in one file */
    CU_ASSERT(rk_catalog_close(&catalog, &err));
    const rk_catalog_key *key = NULL;
    for (size_t shard = 0; shard < 5; shard++) {
        key = rk_catalog_find_digest(&catalog, rk_catalog_name(0, RK_TEXT("a")), key);
        CU_ASSERT_FATAL(key != NULL);
        CU_ASSERT(rk_spot_shard(key->spot) == shard && rk_spot_offset(key->spot) == 100 + shard);
        CU_ASSERT(!(key->flags & RK_KEY_SHADOW) && key->flags & RK_KEY_COUNTED);
    }
    CU_ASSERT(rk_catalog_find_digest(&catalog, key->name, key) == NULL);
    CU_ASSERT(catalog.keys[5].flags & RK_KEY_SHADOW);
    rk_catalog_free(&catalog);
}

/* One name a hundred thousand times in one file, and as many names: neither is slow. */
static void many(void)
{
    enum { MANY = 100000 };
    rk_err err = { 0 };
    char name[32];
    size_t shadows = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "key:%u", (unsigned)i);
        add(0, "one", 0, i + 1);
        add(0, name, 0, i + 1);
    }
    CU_ASSERT(rk_catalog_close(&catalog, &err));
    for (size_t i = 0; i < catalog.count; i++)
        shadows += (catalog.keys[i].flags & RK_KEY_SHADOW) != 0;
    CU_ASSERT(shadows == MANY - 1 && offset_of(0, "one") == 1 && offset_of(0, "key:99999") == MANY);
    rk_catalog_free(&catalog);
}

static void spots(void)
{
    rk_spot spot = rk_spot_of(RK_SHARDS_MOST, (UINT64_C(1) << 48) - 1);
    CU_ASSERT(rk_spot_shard(spot) == RK_SHARDS_MOST && rk_spot_offset(spot) == (UINT64_C(1) << 48) - 1);
}

UNIT_MAIN("catalog", { "keys by name and database", by_name },
          { "one name on several shards, and twice in one", over_shards }, { "a hundred thousand", many },
          { "spots", spots })
