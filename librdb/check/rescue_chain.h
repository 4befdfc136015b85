/* rescue_chain: records one behind the other from a place that nobody vouches for, and what they weigh together. */
#ifndef RDBKIT_CHECK_RESCUE_CHAIN_H
#define RDBKIT_CHECK_RESCUE_CHAIN_H

#include "rdbkit/rdb_probe.h"

enum {
    CHAIN_LEAST = 26, /* bits below which nothing is taken for a record */
    CHAIN_ODD = 10,   /* bits that a first record without a readable name needs */
    CHAIN_CLEAR = 18  /* bits that make it no suspect */
};

typedef struct {
    uint64_t from;
    uint64_t first_end; /* of the first record; 0: it is proof, and its end was not looked for */
    uint64_t end;       /* where the chain was left, or where it breaks */
    unsigned first_bits, bits, keys;
    bool sure; /* beyond doubt, the first record apart */
    bool first_is_odd;
    bool ended; /* it leads to the end of the file */
} chain;

/* Follows the records from `from` on, until they are beyond doubt and lie behind `upto`. */
chain chain_walk(rk_probe *probe, uint64_t from, uint64_t upto);

/* Looks for a chain that begins within the bytes that an uncertain one covers, and weighs more than what they are
 * taken for. True: *better is one. What is looked at earns its credit. */
bool chain_contest(rk_probe *probe, const chain *doubtful, chain *better);

/* Looks within (from, to) for records beyond doubt that lead beyond `beyond`, and do not come to `known`, where a record
 * was read; `by_proof`: one among them must be proof by itself. */
typedef struct {
    uint64_t from, to, beyond, known;
    bool by_proof;
} swallowed;
bool chain_swallowed(rk_probe *probe, swallowed where, uint64_t *at);

/* Takes away first records whose names are no text, and that weigh next to nothing, unless those behind are no better:
 * what stands right before a sound record may well look like one by chance. */
void chain_trim(rk_probe *probe, chain *c);

#endif
