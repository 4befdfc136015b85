/* order: in which the jobs of a bundle stand (spec: Sidekiq, "Queues and order"): by database, key, kind of place, then as
 * they would run. */
#ifndef RDBKIT_BUNDLE_ORDER_H
#define RDBKIT_BUNDLE_ORDER_H

#include "rdbkit/bundle.h"

/* Where a job stands in its place. */
typedef struct {
    bool late; /* of a list, and says no position: behind those that do */
    uint64_t rank;
} rk_bundle_turn;

rk_bundle_turn rk_bundle_turn_of(const rk_bundle_job *job);
int rk_bundle_turn_compare(rk_bundle_turn a, rk_bundle_turn b);

/* What jobs of one place share; of one key first those that were in hand. */
typedef struct {
    uint32_t db;
    rk_slice key; /* in the arena of whoever keeps it */
    rk_place_kind kind;
} rk_bundle_place;

int rk_bundle_place_compare(const rk_bundle_place *a, const rk_bundle_place *b);

/* ---- the index of a writer ------------------------------------------------------------------------------------ */

/* Some tens of bytes a job: where it was put down, and what it is sorted by. */
typedef struct {
    uint32_t place; /* id; from the sort on the rank among places */
    bool late;
    uint64_t rank, at;
} rk_bundle_entry;

typedef struct {
    rk_bundle_entry *entries;
    size_t count, cap;
    rk_bundle_place *places;
    size_t place_count, place_cap;
    uint32_t *slots; /* ids + 1 by digest of the place; 0: free */
    size_t slot_count;
    rk_spread spread;
    rk_arena arena;
} rk_bundle_index;

/* The id of a place, which gets one if it has none yet. */
bool rk_bundle_index_place(rk_bundle_index *index, rk_bundle_place place, uint32_t *id, rk_err *err);

bool rk_bundle_index_add(rk_bundle_index *index, const rk_bundle_job *job, uint64_t at, rk_err *err);
bool rk_bundle_index_sort(rk_bundle_index *index,
                          rk_err *err); /* in place; what is equal stays in the order of `at` */
void rk_bundle_index_free(rk_bundle_index *index);

#endif
