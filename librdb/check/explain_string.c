/* explain_string: a string: its head, and what its bytes hold. */
#include <stdio.h>

#include "explain.h"

static const char *const packing_names[] = {
    [PACK_NONE] = "",           [PACK_ZIPLIST] = "ziplist, ", [PACK_LISTPACK] = "listpack, ",
    [PACK_INTSET] = "intset, ", [PACK_ZIPMAP] = "zipmap, ",
};

static const char *const length_forms[] = { "6 bits", "14 bits", "32 bits" };

/* How many bytes the length that begins with `byte` takes (spec: RDB, "Length encoding"). */
static unsigned size_of_length(uint8_t byte)
{
    return byte < 0x40 ? 1 : byte < 0x80 ? 2 : byte == 0x81 ? 9 : 5;
}

static void tell_length(rk_explain *e, unsigned depth, uint64_t *at, const char *what, uint64_t value)
{
    uint8_t first = 0;
    explain_read(e, *at, &first, 1);
    unsigned size = size_of_length(first);
    explain_add(e, (explain_spot){ .depth = depth, .from = *at, .len = size }, "%s: %" PRIu64 " (%s)", what,
                value, size == 9 ? "64 bits" : length_forms[size / 2]);
    *at += size;
}

static void tell_head(rk_explain *e, unsigned depth, const rk_traced *t)
{
    static const char *const ints[] = { "an integer of 8 bits follows", "an integer of 16 bits follows",
                                        "an integer of 32 bits follows" };
    uint64_t at = t->from;
    uint8_t first = 0;
    explain_read(e, at, &first, 1);
    switch (t->str->form) {
    case RK_STR_RAW:
        tell_length(e, depth, &at, "length", t->number);
        break;
    case RK_STR_INT:
        explain_add(e, (explain_spot){ .depth = depth, .from = at, .len = 1 }, "string encoding %u: %s",
                    first & 63, ints[(first & 63) % 3]);
        explain_add(e, (explain_spot){ .depth = depth, .from = at + 1, .len = t->to - at - 1 },
                    "integer: %" PRId64, t->str->integer);
        break;
    case RK_STR_LZF:
        explain_add(e, (explain_spot){ .depth = depth, .from = at, .len = 1 }, "string encoding 3: LZF");
        at++;
        tell_length(e, depth, &at, "compressed size", t->number);
        tell_length(e, depth, &at, "decompressed size", t->str->len);
        break;
    }
}

/* The bytes of the string that are there, into e->stored. */
static bool load(rk_explain *e, uint64_t from, uint64_t len)
{
    uint64_t there = from < e->place.size ? e->place.size - from : 0;
    size_t wanted = (size_t)(len < there ? len : there);
    e->stored.len = 0;
    if (!rk_buf_reserve(&e->stored, wanted, &e->trouble))
        return false;
    e->stored.len = explain_read(e, from, e->stored.ptr, wanted);
    return e->trouble.code == RK_OK;
}

/* Bytes of a decompressed string that is no packed one: before, from and behind the run that holds the byte. */
static void tell_text(rk_explain *e, const explain_blob *blob)
{
    const uint64_t ends[] = { e->near_from, e->hit_from, e->hit_to, e->near_to };
    char quoted[200];
    for (size_t i = 0; i < 3; i++) {
        uint64_t from = ends[i], to = ends[i + 1] < blob->bytes.len ? ends[i + 1] : blob->bytes.len;
        if (from >= to)
            continue;
        rk_slice part = { blob->bytes.ptr + from, (size_t)(to - from) };
        explain_add(e, (explain_spot){ .depth = blob->depth, .from = from, .len = part.len, .inner = true },
                    "bytes %" PRIu64 " to %" PRIu64 " of %zu: %s", from, to - 1, blob->bytes.len,
                    explain_quote(part, part.len, quoted, sizeof quoted));
    }
}

/* Makes a packed string whole of which the end could not be decompressed, so that its beginning can be walked. */
static bool pad(rk_explain *e, uint64_t len)
{
    size_t there = e->decoded.len;
    if (there >= len)
        return true;
    if (!rk_buf_reserve(&e->decoded, (size_t)len, &e->trouble))
        return false;
    memset(e->decoded.ptr + there, 0, (size_t)len - there);
    e->decoded.ptr[len - 1] = 0xff;
    e->decoded.len = (size_t)len;
    return true;
}

static void tell_lzf(rk_explain *e, unsigned depth, uint64_t len, const explain_pack *pack)
{
    e->near_from = e->near_to = e->hit_from = e->hit_to = 0;
    explain_lzf(e, depth, len);
    if (e->hit_to == 0 || e->trouble.code != RK_OK)
        e->hit_to = e->hit_from; /* the byte is one of the head */
    e->near_from = e->hit_from > e->span ? e->hit_from - e->span : 0;
    e->near_to = e->hit_to + e->span;
    explain_add(e, (explain_spot){ .depth = depth, .len = e->decoded.len, .inner = true, .has_parts = true },
                "decompressed: %zu of %" PRIu64 " bytes", e->decoded.len, len);
    size_t there = e->decoded.len;
    if (pack && !pad(e, len))
        return;
    explain_blob blob = { rk_buf_slice(&e->decoded), there, 0, true, depth + 1 };
    if (pack)
        explain_packed(e, &blob, pack);
    else
        tell_text(e, &blob);
}

static void tell_content(rk_explain *e, unsigned depth, const rk_traced *t, const explain_pack *pack)
{
    char quoted[200];
    if (t->number == 0 || !load(e, t->to, t->number))
        return;
    if (t->str->form == RK_STR_LZF) {
        tell_lzf(e, depth, t->str->len, pack);
        return;
    }
    explain_blob blob = { rk_buf_slice(&e->stored), e->stored.len, t->to, false, depth };
    if (pack) {
        explain_packed(e, &blob, pack);
        return;
    }
    explain_add(e, (explain_spot){ .depth = depth, .from = t->to, .len = e->stored.len }, "content: %s",
                explain_quote(rk_slice_head(blob.bytes, 60), t->number, quoted, sizeof quoted));
}

void explain_string(rk_explain *e, unsigned depth, bool head, const char *name, const rk_traced *t,
                    const explain_pack *pack)
{
    const rk_str *str = t->str;
    uint64_t size = e->place.size, there = t->to < size ? size - t->to : 0;
    uint64_t len = t->to - t->from + (t->number < there ? t->number : there);
    bool parts = explain_holds(e, t->from, t->from + len);
    explain_spot spot = { .depth = depth,
                          .from = t->from,
                          .len = len,
                          .head = head,
                          .has_parts = parts,
                          .preview = pack || str->form == RK_STR_INT ? NULL : t };
    const char *form = packing_names[pack ? pack->packing : PACK_NONE];
    if (str->form == RK_STR_INT)
        explain_add(e, spot, "%s: integer %" PRId64, name, str->integer);
    else if (str->form == RK_STR_LZF)
        explain_add(e, spot, "%s: %sLZF, %" PRIu64 " bytes that yield %" PRIu64, name, form, t->number,
                    str->len);
    else
        explain_add(e, spot, "%s: %sstring of %" PRIu64 " byte%s", name, form, t->number,
                    t->number == 1 ? "" : "s");
    if (!parts)
        return;
    e->string_from = t->from;
    e->string_len = len;
    e->string_content = t->to;
    tell_head(e, depth + 1, t);
    tell_content(e, depth + 1, t, pack);
}
