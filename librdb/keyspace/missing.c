#include "keyspace.h"

#define NO_VERBS(name) const ks_verb name[] = { { RK_VERB_UNKNOWN, NULL } }

NO_VERBS(ks_key_verbs);

NO_VERBS(ks_expiry_verbs);

NO_VERBS(ks_string_verbs);

NO_VERBS(ks_bit_verbs);

NO_VERBS(ks_hll_verbs);

NO_VERBS(ks_list_verbs);

NO_VERBS(ks_set_verbs);

NO_VERBS(ks_zset_verbs);

NO_VERBS(ks_zset_store_verbs);

NO_VERBS(ks_geo_verbs);

NO_VERBS(ks_hash_verbs);

NO_VERBS(ks_sort_verbs);

NO_VERBS(ks_stream_verbs);

NO_VERBS(ks_group_verbs);

NO_VERBS(ks_array_verbs);

NO_VERBS(ks_path_verbs);

NO_VERBS(ks_function_verbs);

NO_VERBS(ks_restore_verbs);

NO_VERBS(ks_script_verbs);

const ks_type ks_string_type = { 0 };

const ks_type ks_list_type = { 0 };

const ks_type ks_set_type = { 0 };

const ks_type ks_zset_type = { 0 };

const ks_type ks_hash_type = { 0 };

const ks_type ks_stream_type = { 0 };

const ks_type ks_array_type = { 0 };

const ks_type ks_paths_type = { 0 };

bool ks_library_add(rk_keyspace *ks, rk_slice source, bool replace)
{
    (void)ks;
    (void)source;
    return replace;
}
