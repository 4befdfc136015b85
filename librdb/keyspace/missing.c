#include "keyspace.h"

#define NO_VERBS(name) const ks_verb name[] = { { RK_VERB_UNKNOWN, NULL } }

NO_VERBS(ks_array_verbs);

NO_VERBS(ks_path_verbs);

const ks_type ks_array_type = { 0 };

const ks_type ks_paths_type = { 0 };
