/* hash: what the commands of hashes share. A hash is a dict of its fields; each may have an expiry of its own. */
#ifndef RDBKIT_KEYSPACE_HASH_H
#define RDBKIT_KEYSPACE_HASH_H

#include "family.h"

/* The field that argument `arg` names; NULL: not there, or trouble. */
ks_field *ks_hash_find(ks_call *c, const ks_key *key, size_t arg);

/* The hash that argument 1 names, made when it is not there. NULL: the handler returns *outcome. */
ks_key *ks_hash_open(ks_call *c, rk_outcome *outcome);

/* Gives a value, which becomes the hash's, and an expiry to the field that argument `arg` names, and tells it. False:
 * trouble, and the value has been ended. */
bool ks_hash_put(ks_call *c, ks_key *key, size_t arg, ks_str value, int64_t expire_ms);

/* Takes `count` fields out, which argument `first` and those behind it name; an emptied key goes. */
rk_outcome ks_hash_remove(ks_call *c, size_t first, size_t count);

/* hash_ttl.c */
ks_handler ks_hsetex, ks_hexpire, ks_hpexpire, ks_hexpireat, ks_hpexpireat, ks_hpersist, ks_hgetdel;
uint32_t ks_hash_needs(rk_keyspace *ks, const ks_key *key, bool valkey, const char **why);
bool ks_hash_save(ks_saver *saver, const ks_key *key);

#endif
