/* fuzz_intset: an intset that is read to its end has as many members as it counts, which fill the blob, and
 * each is greater than the one before. What is refused is refused in words, at an offset within the blob, and
 * alike when the bytes are pinned. */
#include "packed_fuzz.h"

static void walk(rk_blob blob, rk_err *err)
{
    rk_intset set;
    rk_packed entry;
    uint64_t seen = 0;
    int64_t before = 0;
    if (rk_intset_open(&set, blob, err))
        while (rk_intset_next(&set, &entry)) {
            must(err->code == RK_OK && entry.is_int);
            must(blob.pinned || entry.offset == blob.offset + 8 + seen * set.width);
            must(seen == 0 || entry.integer > before);
            before = entry.integer;
            seen++;
        }
    if (err->code != RK_OK)
        must_explain(err, blob);
    else
        must(seen > 0 && seen == read_le(blob.bytes.ptr + 4, 4) && blob.bytes.len == 8 + seen * set.width);
}

static void check(rk_slice bytes)
{
    rk_err in_place = { 0 }, pinned = { 0 };
    walk((rk_blob){ bytes, AT, false }, &in_place);
    walk((rk_blob){ bytes, AT, true }, &pinned);
    must_agree(&in_place, &pinned);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    if (size)
        memcpy(copy, bytes, size);
    check((rk_slice){ copy, size });
    if (size >= 8 && copy[0]) { /* once more with a count that fits the size */
        size_t count = (size - 8) / copy[0];
        for (int i = 0; i < 4; i++)
            copy[4 + i] = (uint8_t)(count >> (8 * i));
        check((rk_slice){ copy, size });
    }
    free(copy);
    return 0;
}
