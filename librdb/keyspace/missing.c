#include "keyspace.h"

#define NO_VERBS(name) const ks_verb name[] = { { RK_VERB_UNKNOWN, NULL } }

