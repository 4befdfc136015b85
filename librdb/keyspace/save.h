/* save: how a keyspace becomes a snapshot (spec: RDB, "Order of records", "Value types"). The pass over the keyspace,
 * what stands around keys, and values that are copied as they lie in a base, are in save.c; how a value of a type is
 * written stands beside its commands, in the `save` function of its row:
 *
 *     return ks_save_key(saver, key, 1) && ks_save_count(saver, list->count) && ... ks_save_str(saver, item) ...
 *
 * Which version is written is settled before the first key is: as low as it can be, so that old servers load it. Each
 * value is asked by the `needs` function of its row. What writes more than it needs depends on ks_save_version alone:
 * a stream is written in the newest form that the version has, so that no counter is lost; strings, lists, sets, sorted
 * sets and hashes without field expiries are always written in the forms of RDB 6 (types 0 to 4), but for the scores,
 * see ks_save_zset_byte. */
#ifndef RDBKIT_KEYSPACE_SAVE_H
#define RDBKIT_KEYSPACE_SAVE_H

#include "keyspace.h"

enum { KS_LOWEST_RDB = 6 }; /* every server from 2.6 on loads it */
enum { KS_ZSET_TEXT = 3, KS_ZSET_BINARY = 5 };

struct ks_saver {
    rk_keyspace *ks;
    rk_rdb_writer out;
    bool valkey; /* type bytes from 22 up mean what they mean to Valkey */
    bool plain;  /* only encodings that old servers load, where there is a choice */
    rk_buf text; /* of ks_save_str */
    const rk_keyspace_save_options *options;
    rk_keyspace_saved saved;
    void *asking; /* of save_version.c */
};

/* All of these return false on trouble, which is then in ks->err. */

/* Type byte and name: what every value begins with. Expiry and metadata have been written before. */
bool ks_save_key(ks_saver *saver, const ks_key *key, uint8_t type_byte);

/* A length, or a number that is written as one. */
bool ks_save_count(ks_saver *saver, uint64_t count);

/* A string of the keyspace, read again from its file where it is not held; a string of bytes. */
bool ks_save_str(ks_saver *saver, const ks_str *str);
bool ks_save_text(ks_saver *saver, rk_slice bytes);

/* Times, and whatever else takes 8 bytes, lowest first; the bits of a double. */
bool ks_save_ms(ks_saver *saver, int64_t ms);
bool ks_save_double(ks_saver *saver, double value);

/* A score, in the form that belongs to the type byte of sorted sets: text of 17 digits, which is exact, when it must be
 * plain, else 8 bytes. */
bool ks_save_score(ks_saver *saver, double score);
uint8_t ks_save_zset_byte(const ks_saver *saver);

/* Bytes as they are; an id of a stream as 16 of them, and as two lengths. */
bool ks_save_raw(ks_saver *saver, rk_slice bytes);
bool ks_save_id(ks_saver *saver, rk_stream_id id);
bool ks_save_id_lengths(ks_saver *saver, rk_stream_id id);

/* ---- for save.c and save_version.c ------------------------------------------------------------------------- */

/* Decides saver->saved and saver->valkey. */
bool ks_settle_version(ks_saver *saver);

/* Is the key's value copied as it lies in its base, into a file of that family? */
bool ks_is_copied(const ks_saver *saver, const ks_key *key, bool valkey);
bool ks_is_wanted(const ks_saver *saver, const ks_key *key);

/* Makes the value ready, shows it to `visit`, and has it stored again where it was. */
bool ks_save_thawed(ks_saver *saver, ks_key *key, bool (*visit)(ks_saver *saver, const ks_key *key));

static inline uint32_t ks_save_version(const ks_saver *saver)
{
    return saver->out.version;
}

#endif
