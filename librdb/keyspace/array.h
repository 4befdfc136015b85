/* array: sparse arrays of Redis 8.8 (spec: AOF, "Arrays"; RDB, "Array"). */
#ifndef RDBKIT_KEYSPACE_ARRAY_H
#define RDBKIT_KEYSPACE_ARRAY_H

#include "ids.h"

typedef struct {
    rk_stream_id id; /* ms: the index */
    ks_str value;
} ks_element;

struct ks_array {
    ks_ids elements; /* of ks_element */
    uint64_t cursor; /* the last index that was inserted at; the next one goes behind it */
    bool has_cursor; /* else the next one goes to 0 */
};

#define KS_INDEX_MOST (UINT64_MAX - 1)

ks_array *ks_array_new(rk_keyspace *ks); /* NULL: no memory */

/* Puts a value at an index, whatever is there. The value becomes the array's, on failure too. */
bool ks_array_set(rk_keyspace *ks, ks_array *array, uint64_t index, ks_str value);
ks_element *ks_array_at(const ks_array *array, uint64_t index); /* NULL: empty */

/* Empties the indexes from `first` to `last`. True when there was something. */
bool ks_array_empty(rk_keyspace *ks, ks_array *array, uint64_t first, uint64_t last);

/* All elements end. */
void ks_array_clear(rk_keyspace *ks, ks_array *array);

#endif
