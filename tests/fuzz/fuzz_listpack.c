/* fuzz_listpack: a listpack that is read to its end, read backwards by its backlens alone, has the same
 * elements at the same places, from the end mark back to the header. Texts lie inside of the blob. What is
 * refused is refused in words, at an offset within the blob, and alike when the bytes are pinned. */
#include "packed_fuzz.h"

/* Walks all of it; `starts`, unless NULL, gets where in the blob each element begins. */
static uint32_t walk(rk_blob blob, uint64_t *starts, rk_err *err)
{
    rk_listpack list;
    rk_packed entry;
    if (rk_listpack_open(&list, blob, err))
        while (rk_listpack_next(&list, &entry)) {
            must(err->code == RK_OK);
            must_hold(&entry, blob);
            if (starts)
                starts[list.seen - 1] = entry.offset - blob.offset;
        }
    if (err->code != RK_OK) {
        must_explain(err, blob);
        return 0;
    }
    must(list.count == 65535 || list.count == list.seen);
    return list.seen;
}

/* Where the element begins whose backlen ends before `end`. */
static size_t backwards(rk_slice bytes, size_t end)
{
    uint64_t size = 0;
    unsigned width = 0;
    do {
        must(width < 5 && width < end);
        width++;
        size |= (uint64_t)(bytes.ptr[end - width] & 0x7f) << (7 * (width - 1));
    } while (bytes.ptr[end - width] & 0x80);
    /* the leading zero group of old servers is part of the backlen and ends it, for the byte before it is
     * marked */
    must(size + width <= end);
    return end - width - (size_t)size;
}

static void check(rk_slice bytes)
{
    rk_err in_place = { 0 }, pinned = { 0 };
    uint64_t *starts = malloc((bytes.len + 1) * sizeof *starts);
    if (!starts)
        return;
    uint32_t seen = walk((rk_blob){ bytes, AT, false }, starts, &in_place);
    must(walk((rk_blob){ bytes, AT, true }, NULL, &pinned) == seen);
    must_agree(&in_place, &pinned);
    if (in_place.code == RK_OK) {
        size_t at = bytes.len - 1;
        while (seen-- > 0) {
            at = backwards(bytes, at);
            must(at == starts[seen]);
        }
        must(at == 6);
    }
    free(starts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return check_twice(check, bytes, size);
}
