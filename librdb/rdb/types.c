/* types: what each type byte means, by branch (spec: RDB, "Value types" and the table of shared numbers). */
#include "reader.h"

const char *rk_type_name(rk_type type)
{
    static const char *const names[] = {
        [RK_STRING] = "string", [RK_LIST] = "list",     [RK_SET] = "set",       [RK_ZSET] = "zset",  [RK_HASH] = "hash",
        [RK_STREAM] = "stream", [RK_MODULE] = "module", [RK_ARRAY] = "array", [RK_OTHER] = "other",
    };
    return names[type];
}

#define ROW(type, encoding, name) { type, encoding, rdb_##name##_open, rdb_##name##_next, rdb_##name##_skip }

/* The numbers that mean the same everywhere. */
static const rdb_value_type common_types[] = {
    [0] = ROW(RK_STRING, "string", string),
    [1] = ROW(RK_LIST, "list", list),
    [2] = ROW(RK_SET, "hash table", set),
    [3] = ROW(RK_ZSET, "skiplist with text scores", zset_text),
    [4] = ROW(RK_HASH, "hash table", hash),
    [5] = ROW(RK_ZSET, "skiplist", zset),
    [7] = ROW(RK_MODULE, "module", module),
    [9] = ROW(RK_HASH, "zipmap", hash_zipmap),
    [10] = ROW(RK_LIST, "ziplist", list_ziplist),
    [11] = ROW(RK_SET, "intset", intset),
    [12] = ROW(RK_ZSET, "ziplist", zset_ziplist),
    [13] = ROW(RK_HASH, "ziplist", hash_ziplist),
    [14] = ROW(RK_LIST, "quicklist of ziplists", quicklist),
    [15] = ROW(RK_STREAM, "stream", stream),
    [16] = ROW(RK_HASH, "listpack", hash_listpack),
    [17] = ROW(RK_ZSET, "listpack", zset_listpack),
    [18] = ROW(RK_LIST, "quicklist of listpacks", quicklist_2),
    [19] = ROW(RK_STREAM, "stream 2", stream),
    [20] = ROW(RK_SET, "listpack", set_listpack),
    [21] = ROW(RK_STREAM, "stream 3", stream),
};

/* From 22 up the branches differ. */
static const rdb_value_type redis_types[] = {
    [22] = ROW(RK_HASH, "hash table with field TTL (pre-release)", hash_metadata_pre),
    [23] = ROW(RK_HASH, "listpack with field TTL (pre-release)", hash_listpack_ex_pre),
    [24] = ROW(RK_HASH, "hash table with field TTL", hash_metadata),
    [25] = ROW(RK_HASH, "listpack with field TTL", hash_listpack_ex),
    [26] = ROW(RK_STREAM, "stream 4", stream),
    [27] = ROW(RK_STREAM, "stream 5", stream),
    [28] = ROW(RK_ARRAY, "array", array),
    [29] = ROW(RK_HASH, "template listpack", template_listpack),
    [30] = ROW(RK_HASH, "template listpack by reference", template_listpack_ref),
    [31] = ROW(RK_HASH, "template array", template_array),
    [32] = ROW(RK_HASH, "template array by reference", template_array_ref),
    [33] = ROW(RK_OTHER, "rate limiter", number),
    [64] = ROW(RK_OTHER, "KeyDB cron job", cron),
};

static const rdb_value_type valkey_types[] = {
    [22] = ROW(RK_HASH, "hash table with field TTL", hash_2),
    [23] = ROW(RK_OTHER, "path hash", path_hash),
};

static const rdb_value_type dragonfly_types[] = {
    [30] = ROW(RK_OTHER, "JSON text", json),
    [31] = ROW(RK_HASH, "hash table with field TTL", dragonfly_hash),
    [32] = ROW(RK_SET, "hash table with member TTL", dragonfly_set),
};

static const rdb_value_type rate_limiter_of_8_8 = ROW(RK_OTHER, "rate limiter", number);

#define LOOK_UP(table, byte) \
    ((byte) < sizeof(table) / sizeof(table)[0] && (table)[byte].open ? &(table)[byte] : NULL)

const rdb_value_type *rdb_value_type_of(const rk_rdb *rdb, uint8_t type_byte)
{
    if (type_byte < 22)
        return LOOK_UP(common_types, type_byte);
    if (rdb->valkey)
        return LOOK_UP(valkey_types, type_byte);
    if (rdb->dragonfly)
        return LOOK_UP(dragonfly_types, type_byte);
    if (type_byte == 29 && rdb->version < 15)
        return &rate_limiter_of_8_8;
    return LOOK_UP(redis_types, type_byte);
}
