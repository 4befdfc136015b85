/* distinct: finds what is there twice in a collection of any size: keys of a snapshot, members of a set. Things are
 * known by their digest, and by where they stand. Up to a budget they are held in memory, and a second one is
 * found as it is added; beyond it they go in sorted runs to an unlinked temporary file, and what only the runs
 * show is found when they are merged at the end. */
#ifndef RDBKIT_CHECK_DISTINCT_H
#define RDBKIT_CHECK_DISTINCT_H

#include "rdbkit/base.h"

typedef struct {
    rk_digest digest;
    uint64_t from, to; /* the bytes that hold it; to whoever adds it */
} distinct_item;

typedef struct distinct distinct;

/* Holds up to `most` items in memory, 48 bytes each; allocates as they come. */
distinct *distinct_new(size_t most, rk_err *err);
void distinct_free(distinct *set);

/* Forgets what was added: a new collection begins. Costs next to nothing after a small one. */
void distinct_start(distinct *set);

/* About so many items are to come: saves time. Memory for no more than the budget is taken. */
bool distinct_expect(distinct *set, uint64_t count, rk_err *err);

/* Adds `item`. *before is the item that was added with the same digest before, or NULL; it may be written to, and is
 * borrowed until the next call. Then `item` has not been added. */
bool distinct_add(distinct *set, const distinct_item *item, distinct_item **before, rk_err *err);

/* The item of this digest among those in memory, or NULL; borrowed until the next addition. */
distinct_item *distinct_find(distinct *set, rk_digest digest);

/* True while nothing of the collection had to leave memory. */
bool distinct_is_whole(const distinct *set);

/* The items in memory, in the order in which they came; borrowed until the next addition. */
const distinct_item *distinct_items(const distinct *set, size_t *count);

/* Ends the collection and pulls what distinct_add could not see: items with the digest of one that stands before
 * them. False at the end, and on failure: then err->code is set. After it distinct_start begins anew. */
bool distinct_late(distinct *set, distinct_item *first, distinct_item *again, rk_err *err);

#endif
