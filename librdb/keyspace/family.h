/* family: what handlers of several families share: a key looked up by its type, an item that leaves its dict, a result
 * that takes the place of a key. */
#ifndef RDBKIT_KEYSPACE_FAMILY_H
#define RDBKIT_KEYSPACE_FAMILY_H

#include "keyspace.h"

/* The key that argument `arg` names, ready to be looked at; *key is NULL when it is not there. False: the handler returns
 * *outcome, since the key is of another type, or there was trouble. */
bool ks_look(ks_call *c, size_t arg, rk_type type, ks_key **key, rk_outcome *outcome);

/* Takes an item out of the dict of the key's value, and tells that it left. What it owns but its name is the caller's to
 * end before. */
void ks_leave(rk_keyspace *ks, const ks_key *key, ks_dict *dict, void *item, double score);

/* The number of keys that argument `arg` announces, which follow it; false: there are not so many, or none. */
bool ks_numkeys(ks_call *c, size_t arg, size_t *count);

/* Puts a new key, its value zeroed, in place of whatever argument `arg` names; the caller fills it, and then tells so by
 * ks_tell_arrival. NULL: no memory. */
ks_key *ks_replace(ks_call *c, size_t arg, rk_type type);

/* The result is empty: whatever argument `arg` names goes. */
rk_outcome ks_replace_by_nothing(ks_call *c, size_t arg);

/* What argument `arg` names has been made from `count` keys, the first one argument `first`: it is uncertain when one of
 * them is, or is not kept; else it is certain now. */
void ks_doubt_like(ks_call *c, size_t arg, size_t first, size_t count);

#endif
