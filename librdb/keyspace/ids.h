/* ids: things in the order of their ids: entries of a stream, what is pending in a group, elements of an array (by their
 * index). They stand in blocks of at most 64, so that one is found in logarithmic time, and put in or taken out
 * anywhere. */
#ifndef RDBKIT_KEYSPACE_IDS_H
#define RDBKIT_KEYSPACE_IDS_H

#include "keyspace.h"

typedef struct ks_ids_block ks_ids_block;

/* Items are structs that begin with their rk_stream_id. Pointers to items hold until the next one comes or leaves. */
typedef struct {
    ks_ids_block **blocks; /* from `head` on; none is empty */
    size_t head, block_count, cap;
    uint64_t count; /* items */
    size_t item_size;
} ks_ids;

/* A place between two items. Zero it to stand before the first. */
typedef struct {
    size_t block;
    uint32_t at;
} ks_ids_place;

static inline int ks_id_compare(rk_stream_id a, rk_stream_id b)
{
    if (a.ms != b.ms)
        return a.ms < b.ms ? -1 : 1;
    return a.seq < b.seq ? -1 : a.seq > b.seq;
}

void ks_ids_start(ks_ids *ids, size_t item_size);

/* NULL: there is none. */
void *ks_ids_find(const ks_ids *ids, rk_stream_id id);
void *ks_ids_first(const ks_ids *ids);
void *ks_ids_last(const ks_ids *ids);

/* Puts in an item of that id, zeroed behind it; there must be none. NULL: no memory. */
void *ks_ids_put(rk_keyspace *ks, ks_ids *ids, rk_stream_id id);

/* Takes out the item of that id, if there is one; what it owns is the caller's to end before. */
void ks_ids_remove(ks_ids *ids, rk_stream_id id);

/* The item behind the place, which then stands behind it; NULL: no more. */
void *ks_ids_next(const ks_ids *ids, ks_ids_place *place);

/* The place before the first item whose id is `id` or greater. */
ks_ids_place ks_ids_seek(const ks_ids *ids, rk_stream_id id);

/* Takes out the item that ks_ids_next has just yielded; the next pull yields the one behind it. */
void ks_ids_remove_before(ks_ids *ids, ks_ids_place *place);

/* Ends all memory but what the items own. */
void ks_ids_clear(ks_ids *ids);

#endif
