/* fuzz_listpack_write: texts that are written as a listpack are read back as they are, as many, and in either form of the
 * backlen. The input: a byte whose low bit chooses the form, then texts, each behind two bytes that are its length, the
 * low one first. */
#include <stdlib.h>

#include "rdbkit/rdb_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The next text of the input; false: there is no more. */
static bool next_text(rk_slice *rest, rk_slice *text)
{
    if (rest->len < 2)
        return false;
    size_t len = rest->ptr[0] | (size_t)rest->ptr[1] << 8;
    *text = rk_slice_head(rk_slice_from(*rest, 2), len);
    *rest = rk_slice_from(*rest, 2 + text->len);
    return true;
}

static bool is_text(const rk_packed *entry, rk_slice text)
{
    char room[RK_PACKED_TEXT];
    int64_t value;
    return entry->is_int == (text.len <= 20 && rk_slice_int(text, &value)) &&
           rk_slice_is(rk_packed_bytes(entry, room), text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_listpack_writer out = { 0 };
    rk_listpack list;
    rk_packed entry;
    rk_err err = { 0 };
    rk_slice all = rk_slice_from((rk_slice){ bytes, size }, 1), rest = all, text, packed;
    rk_listpack_write_begin(&out, size > 0 && (bytes[0] & 1));
    while (next_text(&rest, &text))
        must(rk_listpack_write_text(&out, text, &err));
    must(rk_listpack_write_end(&out, &packed, &err));
    must(rk_listpack_open(&list, (rk_blob){ .bytes = packed }, &err));
    for (rest = all; next_text(&rest, &text);)
        must(rk_listpack_next(&list, &entry) && is_text(&entry, text));
    must(!rk_listpack_next(&list, &entry) && err.code == RK_OK);
    must(!list.backlen_old || !(bytes[0] & 1));
    rk_listpack_write_free(&out);
    return 0;
}
