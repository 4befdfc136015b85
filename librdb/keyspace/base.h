/* base: the snapshot at the head of a file of a set (spec: AOF, "Kinds of AOF on disk"). */
#ifndef RDBKIT_KEYSPACE_BASE_H
#define RDBKIT_KEYSPACE_BASE_H

#include "keyspace.h"

typedef struct {
    uint64_t keys;
    int64_t ctime_s; /* -1: not told */
    bool valkey;
    char server[40]; /* "7.0.15"; empty: not told */
} ks_base_facts;

/* Opens a file at its beginning: a snapshot, or commands; the other one is NULL. */
bool ks_open_head(rk_source *source, rk_rdb **rdb, rk_aof **aof, rk_err *err);

/* Reads the snapshot to its end. Its keys are in the keyspace then, their values stored; the reader is the keyspace's,
 * on failure too. ks->err says why it failed. */
bool ks_base_load(rk_keyspace *ks, rk_rdb *rdb, ks_base_facts *facts);

#endif
