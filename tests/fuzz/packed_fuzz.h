/* packed_fuzz: what the fuzz targets of the packed encodings share. */
#ifndef RDBKIT_PACKED_FUZZ_H
#define RDBKIT_PACKED_FUZZ_H

#include <stdlib.h>

#include "rdbkit/rdb.h"

#define AT 1000 /* where the blob lies in its source */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static inline void must(bool holds)
{
    if (!holds)
        abort();
}

/* A failure is explained: damage, in words, at an offset within the blob, its first when pinned. */
static inline void must_explain(const rk_err *err, rk_blob blob)
{
    must(err->code == RK_DAMAGED && err->what[0] && err->has_offset);
    must(err->offset >= blob.offset && err->offset <= blob.offset + (blob.pinned ? 0 : blob.bytes.len));
}

/* Two walks over the same bytes, in place and pinned, ended alike. */
static inline void must_agree(const rk_err *in_place, const rk_err *pinned)
{
    must(in_place->code == pinned->code && strcmp(in_place->what, pinned->what) == 0);
}

/* The text of an entry lies between the entry's first byte and the blob's end mark. */
static inline void must_hold(const rk_packed *entry, rk_blob blob)
{
    const uint8_t *first = blob.bytes.ptr + (blob.pinned ? 0 : entry->offset - blob.offset);
    if (entry->text.len > 0)
        must(entry->text.ptr > first && entry->text.ptr + entry->text.len < blob.bytes.ptr + blob.bytes.len);
    must(!entry->is_int || entry->text.len == 0);
}

/* The `n` bytes at `at`, lowest first. */
static inline uint64_t read_le(const uint8_t *at, unsigned n)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < n; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

/* Runs `check` on the bytes as they are and once more with their size and end mark put right, so that most
 * inputs come to their entries. Both copies have exactly their size, so that a sanitizer sees a read behind
 * them. */
static inline int check_twice(void (*check)(rk_slice bytes), const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    if (size)
        memcpy(copy, bytes, size);
    check((rk_slice){ copy, size });
    for (size_t i = 0; i < 4 && i < size; i++)
        copy[i] = (uint8_t)(size >> (8 * i));
    if (size > 4)
        copy[size - 1] = 0xff;
    check((rk_slice){ copy, size });
    free(copy);
    return 0;
}

#endif
