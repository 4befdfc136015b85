/* catalog: every key of a data set in a few tens of bytes: what is needed to find it again, to tell whether it
 * changed, and to compare it. A data set is one or more snapshots (shards). */
#ifndef RDBKIT_CATALOG_H
#define RDBKIT_CATALOG_H

#include "rdbkit/snapshot.h"

/* Where something stands: in which shard, at which byte. */
typedef uint64_t rk_spot;
#define RK_SHARDS_MOST 65535
static inline rk_spot rk_spot_of(size_t shard, uint64_t offset)
{
    return (uint64_t)shard << 48 | (offset & ((UINT64_C(1) << 48) - 1));
}
static inline size_t rk_spot_shard(rk_spot spot)
{
    return (size_t)(spot >> 48);
}
static inline uint64_t rk_spot_offset(rk_spot spot)
{
    return spot & ((UINT64_C(1) << 48) - 1);
}

typedef enum {
    RK_KEY_COUNTED = 1, /* part of the comparison of keys (not a place of jobs) */
    RK_KEY_MATCHED = 2,
    RK_KEY_SHADOW = 4 /* the same key stood in the same file before */
} rk_key_flag;

typedef struct {
    rk_digest name;  /* of the bytes of the name, db mixed in */
    rk_digest value; /* of the raw bytes of the value */
    rk_spot spot;    /* of the type byte */
    int64_t expire_ms;
    uint32_t db;
    uint32_t meta; /* hash of the key metadata, 0 without */
    uint8_t type_byte, type, flags;
} rk_catalog_key;

typedef struct {
    rk_catalog_key *keys;
    size_t count, cap;
    uint32_t *table; /* open addressing over names; index + 1, 0 free */
    size_t slots;
    rk_spread spread;
} rk_catalog;

rk_digest rk_catalog_name(uint32_t db, rk_slice name);
bool rk_catalog_add(rk_catalog *catalog, const rk_key *key, size_t shard, rk_digest value, rk_err *err);

/* Makes the names findable; to be called once, when all keys are in. Marks shadows. */
bool rk_catalog_close(rk_catalog *catalog, rk_err *err);

/* The first key of that name (every shard), or NULL; the next one after `before`. */
rk_catalog_key *rk_catalog_find(const rk_catalog *catalog, uint32_t db, rk_slice name);
rk_catalog_key *rk_catalog_find_digest(const rk_catalog *catalog, rk_digest name,
                                       const rk_catalog_key *before);
void rk_catalog_free(rk_catalog *catalog);

#endif
