/* fuzz_ziplist: a ziplist that is read to its end, read backwards from its tail offset by its prevlens alone,
 * has the same entries at the same places, back to the header. Texts lie inside of the blob. What is refused
 * is refused in words, at an offset within the blob, and alike when the bytes are pinned. */
#include "packed_fuzz.h"

/* Walks all of it; `starts`, unless NULL, gets where in the blob each entry begins. */
static uint32_t walk(rk_blob blob, uint64_t *starts, rk_err *err)
{
    rk_ziplist list;
    rk_packed entry;
    if (rk_ziplist_open(&list, blob, err))
        while (rk_ziplist_next(&list, &entry)) {
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

static void check(rk_slice bytes)
{
    rk_err in_place = { 0 }, pinned = { 0 };
    uint64_t *starts = malloc((bytes.len + 1) * sizeof *starts);
    if (!starts)
        return;
    uint32_t seen = walk((rk_blob){ bytes, AT, false }, starts, &in_place);
    must(walk((rk_blob){ bytes, AT, true }, NULL, &pinned) == seen);
    must_agree(&in_place, &pinned);
    if (in_place.code == RK_OK && seen > 0) {
        uint64_t at = read_le(bytes.ptr + 4, 4);
        for (; seen > 1; seen--) {
            must(at == starts[seen - 1]);
            uint8_t first = bytes.ptr[at];
            at -= first < 254 ? first : read_le(bytes.ptr + at + 1, 4);
        }
        must(at == 10 && starts[0] == 10);
    }
    free(starts);
}

/* Checks once more with the tail offset put right and the count unknown: else hardly an input would be read
 * to its end. Where the last entry begins is what a walk with any tail offset comes to. */
static void check_with_tail(rk_slice bytes)
{
    check(bytes);
    if (bytes.len < 11)
        return;
    uint8_t *copy = malloc(bytes.len);
    if (!copy)
        return;
    memcpy(copy, bytes.ptr, bytes.len);
    memcpy(copy + 4, "\x0a\0\0\0\xff\xff", 6);
    rk_err err = { 0 };
    rk_ziplist list;
    rk_packed entry;
    uint64_t last = 10;
    if (rk_ziplist_open(&list, (rk_blob){ { copy, bytes.len }, 0, false }, &err))
        while (rk_ziplist_next(&list, &entry))
            last = entry.offset;
    for (int i = 0; i < 4; i++)
        copy[4 + i] = (uint8_t)(last >> (8 * i));
    check((rk_slice){ copy, bytes.len });
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return check_twice(check_with_tail, bytes, size);
}
