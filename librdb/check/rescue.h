/* rescue: where a snapshot can be read on behind damage. Nothing in the format marks the beginning of a record, so
 * every place behind the damage is tried, and the first one is taken from which sound things follow. What counts as
 * sound is decoded to its end; a chain of records, or a packed encoding that bears itself out, proves more than a short
 * string does. The cost is linear: what one place may cost is bounded (see rdb_probe.h). */
#ifndef RDBKIT_CHECK_RESCUE_H
#define RDBKIT_CHECK_RESCUE_H

#include "rdbkit/rdb.h"

typedef enum {
    RESCUE_RECORDS, /* records begin at `from`: pull them from there */
    RESCUE_PIECES, /* `count` sound pieces (nodes, members, fields, items) of the key `inside` fill [from, to) */
    RESCUE_NOTHING /* nothing more to the end of the file, which is at `from` */
} rescue_kind;

typedef struct {
    rescue_kind kind;
    uint64_t from, to; /* of RECORDS: what lies before `to` is suspect, if anything is */
    uint64_t count;
    bool suspect; /* little proves it */
} rescue_landing;

/* Looks in the bytes from `from` on. `inside` is the key in whose value they were thought to lie (a list, set, sorted
 * set, hash of many strings, or a stream), or NULL; `left` is the most pieces it can still have. `second` is moved about.
 * False only when the source cannot be read. */
bool check_rescue(rk_rdb *second, uint64_t from, const rk_key *inside, uint64_t left, rescue_landing *landing,
                  rk_err *err);

/* Finds where behind `from`, and before `to`, records begin that lead beyond `lost_at`, where the framing was lost, and
 * do not come to `known`, where a record was read: then what was read there was read at the wrong places. *at is
 * UINT64_MAX when there are none; `by_proof`: there must be a packed encoding among them. False only when the source
 * cannot be read. */
typedef struct {
    uint64_t from, to, lost_at, known;
    bool by_proof;
} rescue_doubt;
bool check_swallowed(rk_rdb *second, rescue_doubt where, uint64_t *at, rk_err *err);

/* Does the type byte belong to values that prove themselves when they are decoded to their end: packed encodings, lists
 * of packed nodes, streams? */
bool check_type_proves(uint8_t type_byte);

#endif
