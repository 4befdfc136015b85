/* keys: handlers of slots.c. */
#ifndef RDBKIT_KEYSPACE_KEYS_H
#define RDBKIT_KEYSPACE_KEYS_H

#include "keyspace.h"

ks_handler ks_sflush, ks_trimslots, ks_cluster;

#endif
