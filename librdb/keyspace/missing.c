#include "keyspace.h"

#define NO_VERBS(name) const ks_verb name[] = { { RK_VERB_UNKNOWN, NULL } }

NO_VERBS(ks_bit_verbs);

NO_VERBS(ks_hll_verbs);

NO_VERBS(ks_geo_verbs);

NO_VERBS(ks_hash_verbs);

NO_VERBS(ks_sort_verbs);

NO_VERBS(ks_script_verbs);

const ks_type ks_hash_type = { 0 };
