/* string: changing strings where they are. While one is changed, its hash is not kept: whoever wants to have the hash of
 * a key's string computes it. (A bitmap of megabytes is set bit by bit: reading all of it each time would be slow.) */
#ifndef RDBKIT_KEYSPACE_STRING_H
#define RDBKIT_KEYSPACE_STRING_H

#include "keyspace.h"

enum { KS_STRING_MOST = 512 << 20 }; /* bytes: longer ones are refused by servers (proto-max-bulk-len) */

/* What a SET or the like does to its key: any old value is replaced, and so is the expiry. `value` becomes the key's, or
 * is ended. NULL: trouble. */
ks_key *ks_string_set(rk_keyspace *ks, uint32_t db, rk_slice name, ks_str value, int64_t expire_ms);

/* The string of argument `arg`, made (empty) when there is no such key; NULL: of another type, or trouble. */
ks_key *ks_string_open_or_make(ks_call *c, size_t arg, bool *wrong);

/* The bytes of a string key, as ks_str_bytes. */
static inline bool ks_string_bytes(rk_keyspace *ks, const ks_key *key, rk_buf *scratch, rk_slice *bytes)
{
    return ks_str_bytes(ks, &key->string, scratch, bytes);
}

/* Makes the string `len` bytes long, cut or filled with zeros, and returns where they can be written to; they must not
 * be touched after anything else was done to the key. NULL: no memory, or the bytes could not be read. Uses scratch 1. */
uint8_t *ks_string_edit(rk_keyspace *ks, ks_key *key, size_t len);

/* Must follow each change: tells the new value. */
void ks_string_edited(rk_keyspace *ks, ks_key *key);

/* Handlers of string_set.c. */
ks_handler ks_set, ks_setnx, ks_setex, ks_psetex, ks_mset, ks_msetnx, ks_msetex, ks_getset;

#endif
