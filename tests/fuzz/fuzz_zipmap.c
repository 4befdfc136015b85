/* fuzz_zipmap: in a zipmap that is read to its end, lengths, fields, values and slack follow each other
 * without a gap from the count to the end mark. What is refused is refused in words, at an offset within the
 * blob, and alike when the bytes are pinned. */
#include "packed_fuzz.h"

/* The bytes that a length takes. */
static uint64_t length_width(uint64_t length)
{
    return length < 254 ? 1 : 5;
}

/* Where the pair ends that begins at `at`; it must lie as its parts say. */
static uint64_t pair_end(rk_slice bytes, uint64_t at, const rk_packed *field, const rk_packed *value)
{
    uint64_t value_at = at + length_width(field->text.len) + field->text.len;
    uint64_t text_at = value_at + length_width(value->text.len) + 1;
    must(field->offset == AT + at && value->offset == AT + value_at);
    must(value->text.len == 0 || value->text.ptr == bytes.ptr + text_at);
    return text_at + value->text.len + bytes.ptr[text_at - 1];
}

static void walk(rk_blob blob, rk_err *err)
{
    rk_zipmap map;
    rk_packed field, value;
    uint64_t end = 1;
    if (rk_zipmap_open(&map, blob, err))
        while (rk_zipmap_next(&map, &field, &value)) {
            must(err->code == RK_OK);
            must_hold(&field, blob);
            must_hold(&value, blob);
            if (!blob.pinned)
                end = pair_end(blob.bytes, end, &field, &value);
        }
    if (err->code != RK_OK) {
        must_explain(err, blob);
        return;
    }
    must(blob.pinned || end == blob.bytes.len - 1);
    must(map.seen > 0 && (map.count >= 254 || map.count == map.seen));
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
    if (size >= 2) { /* once more with a count that is not known and an end mark */
        copy[0] = 254;
        copy[size - 1] = 0xff;
        check((rk_slice){ copy, size });
    }
    free(copy);
    return 0;
}
