/* join: pairs things of two sides by a 128-bit key, first come first served; linear whatever the keys. */
#ifndef RDBKIT_DIFF_JOIN_H
#define RDBKIT_DIFF_JOIN_H

#include "rdbkit/base.h"

#define JOIN_NONE UINT32_MAX

typedef struct {
    rk_digest key;
    uint32_t id, next;
} join_entry;

typedef struct {
    join_entry *entries;
    size_t count, cap;
    uint32_t *slots;
    size_t slot_count, slot_cap;
    rk_spread spread;
} join;

/* Empties the table and makes room for `expected` entries. */
bool join_start(join *j, size_t expected, rk_err *err);

/* Adds in reverse: what is added last is taken first among equals. No more than expected. Returns the one with that
 * key that was added before, or JOIN_NONE. */
uint32_t join_add(join *j, rk_digest key, uint32_t id);

/* Takes one thing with that key out of the table, or JOIN_NONE. */
uint32_t join_take(join *j, rk_digest key);

/* The one with that key that was taken last, when there is none left; else JOIN_NONE. */
uint32_t join_taken(const join *j, rk_digest key);

/* One with that key, left in the table, or JOIN_NONE; taken ones are gone. */
uint32_t join_peek(const join *j, rk_digest key);
void join_free(join *j);

/* A key that tells scores apart, too. */
static inline rk_digest join_scored(rk_digest digest, double score)
{
    uint64_t bits;
    memcpy(&bits, &score, sizeof bits);
    digest.lo += bits * UINT64_C(0x9e3779b97f4a7c15);
    digest.hi ^= bits;
    return digest;
}

#endif
