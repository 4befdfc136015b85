/* salvage_entries: the entries of a damaged packed string that can still be decoded. */
#ifndef RDBKIT_CHECK_SALVAGE_ENTRIES_H
#define RDBKIT_CHECK_SALVAGE_ENTRIES_H

#include "rdbkit/rdb.h"

typedef enum { PACKED_LISTPACK, PACKED_ZIPLIST, PACKED_INTSET, PACKED_ZIPMAP } packed_form;

/* Zero it to start; `at` is freed by rk_free. The entries borrow from the bytes they were taken from. */
typedef struct {
    rk_packed *at;
    size_t count, cap;
} packed_entries;

/* Takes what can be decoded from the front, in whole groups of `multiple` entries, and, when the string is whole, from
 * the tail. False only when there is no memory. */
bool packed_entries_take(packed_entries *entries, packed_form form, unsigned multiple, rk_slice bytes,
                         bool whole, rk_err *err);

#endif
