/* facts: how the check fills the summary while it reads. The facts own copies of all names. */
#ifndef RDBKIT_CHECK_FACTS_H
#define RDBKIT_CHECK_FACTS_H

#include "rdbkit/check.h"

typedef struct check_facts check_facts; /* holds an rk_facts and what it takes to fill it */

check_facts *check_facts_new(size_t top, rk_err *err);
void check_facts_free(check_facts *facts);
const rk_facts *check_facts_of(const check_facts *facts);

/* A record that is no key (AUX, SELECTDB, functions ...) and the opcode byte it began with. Notes the sub-key
 * expiries of KeyDB. */
bool check_facts_record(check_facts *facts, const rk_record *record, uint8_t opcode, rk_err *err);

/* A key whose value has been read to its end: so many elements, so many bytes of the whole record. Notes the traits
 * that the record alone tells: STREAM, ARRAY, MODULE, KEY_META, IDLE, LATE_EXPIRY; and its opcodes. */
bool check_facts_key(check_facts *facts, const rk_key *key, uint64_t elements, uint64_t bytes, rk_err *err);

/* The key (NULL: none) has this trait, which only its value shows; `count` is added. Of FIELD_TTL, `count` is the
 * number of its fields that have one: they are added up, and the hash counts once. */
bool check_facts_trait(check_facts *facts, rk_trait_kind kind, uint64_t count, const rk_key *key,
                       rk_err *err);

/* The logical length of a string, or of the longest one since: the longest of all is kept. */
void check_facts_string(check_facts *facts, uint64_t len);

/* At the end, every job will be looked at for what only some versions of Sidekiq know. */
void check_facts_look_into_jobs(check_facts *facts);

/* The source has been read: looks for Sidekiq's places among the keys that may be some (this is where a second look
 * is needed), sorts what is sorted. `first` may be NULL: then Sidekiq is not looked for. `snapshot_time_s` is -1 where
 * it is not known. Damage that the second look meets is no failure. */
bool check_facts_end(check_facts *facts, const rk_rdb *first, int64_t snapshot_time_s, rk_err *err);

#endif
