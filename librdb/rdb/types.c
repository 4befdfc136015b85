/* types: what each type byte means, by branch (spec: RDB, "Value types" and the table of shared numbers). */
#include "reader.h"

const char *rk_type_name(rk_type type)
{
    static const char *const names[] = {
        [RK_STRING] = "string", [RK_LIST] = "list",   [RK_SET] = "set",
        [RK_ZSET] = "zset",     [RK_HASH] = "hash",   [RK_STREAM] = "stream",
        [RK_MODULE] = "module", [RK_ARRAY] = "array", [RK_OTHER] = "other",
    };
    return names[type];
}

/* `open`, `next` and `skip` are named by what they read; a value whose three have one name is a SAME row. */
#define ROW(type, encoding, open, next, skip)                                                                \
    {                                                                                                        \
        type, encoding, rdb_##open##_open, rdb_##next##_next, rdb_##skip##_skip                              \
    }
#define SAME(type, encoding, name) ROW(type, encoding, name, name, name)

/* The numbers that mean the same everywhere. */
static const rdb_value_type common_types[] = {
    [0] = SAME(RK_STRING, "string", string),
    [1] = SAME(RK_LIST, "list", list),
    [2] = SAME(RK_SET, "hash table", set),
    [3] = SAME(RK_ZSET, "skiplist with text scores", zset_text),
    [4] = SAME(RK_HASH, "hash table", hash),
    [5] = SAME(RK_ZSET, "skiplist", zset),
    [7] = SAME(RK_MODULE, "module", module),
    [9] = ROW(RK_HASH, "zipmap", zipmap, zipmap, blob),
    [10] = ROW(RK_LIST, "ziplist", ziplist, packed_item, blob),
    [11] = ROW(RK_SET, "intset", intset, intset, blob),
    [12] = ROW(RK_ZSET, "ziplist", ziplist, packed_scored, blob),
    [13] = ROW(RK_HASH, "ziplist", ziplist, packed_field, blob),
    [14] = SAME(RK_LIST, "quicklist of ziplists", quicklist),
    [15] = SAME(RK_STREAM, "stream", stream),
    [16] = ROW(RK_HASH, "listpack", listpack, packed_field, blob),
    [17] = ROW(RK_ZSET, "listpack", listpack, packed_scored, blob),
    [18] = ROW(RK_LIST, "quicklist of listpacks", quicklist, quicklist_2, quicklist_2),
    [19] = SAME(RK_STREAM, "stream 2", stream),
    [20] = ROW(RK_SET, "listpack", listpack, packed_member, blob),
    [21] = SAME(RK_STREAM, "stream 3", stream),
};

/* From 22 up the branches differ. */
static const rdb_value_type redis_types[] = {
    [22] = ROW(RK_HASH, "hash table with field TTL (pre-release)", hash_metadata_pre, hash_metadata,
               hash_metadata_pre),
    [23] = ROW(RK_HASH, "listpack with field TTL (pre-release)", listpack, hash_listpack_ex, blob),
    [24] = SAME(RK_HASH, "hash table with field TTL", hash_metadata),
    [25] = SAME(RK_HASH, "listpack with field TTL", hash_listpack_ex),
    [26] = SAME(RK_STREAM, "stream 4", stream),
    [27] = SAME(RK_STREAM, "stream 5", stream),
    [28] = SAME(RK_ARRAY, "array", array),
    [29] = SAME(RK_HASH, "template listpack", template_listpack),
    [30] = ROW(RK_HASH, "template listpack by reference", template_listpack_ref, template_listpack, blob),
    [31] = SAME(RK_HASH, "template array", template_array),
    [32] =
        ROW(RK_HASH, "template array by reference", template_array_ref, template_array, template_array_ref),
    [33] = SAME(RK_OTHER, "rate limiter", number),
    [64] = SAME(RK_OTHER, "KeyDB cron job", cron),
};

static const rdb_value_type valkey_types[] = {
    [22] = ROW(RK_HASH, "hash table with field TTL", hash, hash_2, hash_2),
    [23] = SAME(RK_OTHER, "path hash", path_hash),
};

static const rdb_value_type dragonfly_types[] = {
    [30] = ROW(RK_OTHER, "JSON text", number, json, json),
    [31] = ROW(RK_HASH, "hash table with field TTL", hash, dragonfly_hash, dragonfly_hash),
    [32] = ROW(RK_SET, "hash table with member TTL", set, dragonfly_set, dragonfly_set),
};

static const rdb_value_type rate_limiter_of_8_8 = SAME(RK_OTHER, "rate limiter", number);

#define LOOK_UP(table, byte)                                                                                 \
    ((byte) < sizeof(table) / sizeof(table)[0] && (table)[byte].open ? &(table)[byte] : NULL)

const rdb_value_type *rdb_value_type_of(const rk_rdb *rdb, uint8_t type_byte)
{
    if (type_byte < 22)
        return LOOK_UP(common_types, type_byte);
    if (rdb->header.valkey)
        return LOOK_UP(valkey_types, type_byte);
    if (rdb->dragonfly)
        return LOOK_UP(dragonfly_types, type_byte);
    if (type_byte == 29 && rdb->header.version < 15)
        return &rate_limiter_of_8_8;
    return LOOK_UP(redis_types, type_byte);
}
