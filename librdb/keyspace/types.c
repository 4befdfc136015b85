/* types: what can be done with each type of value, and how one that lies in a base is made ready. */
#include "keyspace.h"

const ks_type *ks_type_of(const ks_key *key)
{
    static const ks_type *const types[] = {
        [RK_STRING] = &ks_string_type, [RK_LIST] = &ks_list_type,   [RK_SET] = &ks_set_type,
        [RK_ZSET] = &ks_zset_type,     [RK_HASH] = &ks_hash_type,   [RK_STREAM] = &ks_stream_type,
        [RK_ARRAY] = &ks_array_type,   [RK_OTHER] = &ks_paths_type, [RK_MODULE] = NULL,
    };
    if (key->type == RK_OTHER && key->is_stored && !key->is_paths)
        return NULL;
    return types[key->type];
}

bool ks_is_paths(const rk_key *key, rk_rdb_header header)
{
    return key->type == RK_OTHER && header.valkey && strcmp(key->encoding, "path hash") == 0;
}

rk_rdb *ks_second_reader(rk_keyspace *ks, uint32_t base)
{
    ks_base *b = &ks->bases[base];
    if (!b->second)
        b->second = rk_rdb_second(b->rdb, ks->err);
    return b->second;
}

bool ks_thaw(rk_keyspace *ks, ks_key *key)
{
    char shown[100];
    rk_record record;
    const ks_type *type = ks_type_of(key);
    ks_stored stored = key->stored;
    if (!key->is_stored || !type)
        return true;
    rk_rdb *rdb = ks_second_reader(ks, stored.base);
    if (!rdb || !rk_rdb_seek_key(rdb, stored.offset, &record, ks->err))
        return false;
    key->is_stored = false;
    memset(&key->string, 0, sizeof key->string);
    if (type->load(ks, key, rdb) && !ks_bad(ks))
        return true;
    return rk_within(ks->err, "%s '%s' in db %" PRIu32, rk_type_name((rk_type)key->type),
                     rk_slice_print(ks_name(key), shown, sizeof shown), key->db->id);
}
