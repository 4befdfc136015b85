/* rescue_run: pieces of one value, one behind the other, from a place that nobody vouches for. */
#ifndef RDBKIT_CHECK_RESCUE_RUN_H
#define RDBKIT_CHECK_RESCUE_RUN_H

#include "rdbkit/rdb_probe.h"

typedef struct {
    uint64_t from, to, count;
    uint64_t first_end; /* of the first piece */
    uint64_t ttls;      /* pieces that cannot be keys of strings */
    unsigned bits;
    bool by_record; /* a record that bears itself out follows */
    bool too_many;  /* more than the value can have: they belong to another */
} run;

/* Are the pieces of this type packed, each of them a proof in itself? */
bool run_is_packed(uint8_t type_byte);

/* Are they fields with an expiry in front? Those without one look like keys of strings. */
bool run_has_ttl(uint8_t type_byte);

/* Follows the pieces from `from` on. False: there are none that weigh enough. */
bool run_walk(rk_probe *probe, uint8_t type_byte, uint64_t from, uint64_t left, run *found);

/* The same, where pieces are plain: a start within the first piece is preferred that leads to the same place over
 * pieces that weigh more. */
bool run_settle(rk_probe *probe, uint8_t type_byte, uint64_t left, run *found);

/* Takes away the pieces that do not end before `at`. False: none that weighs anything is left. */
bool run_cut(rk_probe *probe, uint8_t type_byte, uint64_t at, run *r);

#endif
