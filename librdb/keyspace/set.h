/* set: what the commands of sets share. A set is a dict of its members. */
#ifndef RDBKIT_KEYSPACE_SET_H
#define RDBKIT_KEYSPACE_SET_H

#include "family.h"

ks_handler ks_sinterstore, ks_sunionstore, ks_sdiffstore; /* set_store.c */

#endif
