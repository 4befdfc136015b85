/* explain_packed: the entries of a packed string, taken apart: what stands in front of the data, the data, and what
 * stands behind (spec: RDB, "Ziplist", "Listpack", "Intset", "Zipmap"). */
#include <stdio.h>

#include "explain.h"

enum { PARTS_MOST = 6 };

typedef struct {
    size_t from, to; /* in the packed string */
    char text[100];
} part;

typedef struct {
    rk_explain *e;
    const explain_blob *blob;
    const explain_pack *pack;
    rk_err err;
    uint64_t count; /* entries so far */
    size_t reached; /* where the last one ended */
    explain_stream stream;
    part parts[PARTS_MOST];
    size_t part_count;
} walk;

static void tell(walk *w, unsigned deeper, size_t from, size_t to, bool has_parts, const char *text)
{
    size_t there = w->blob->there;
    explain_spot spot = { .depth = w->blob->depth + deeper,
                          .from = w->blob->from + from,
                          .len = (to < there ? to : there) - from,
                          .inner = w->blob->inner,
                          .has_parts = has_parts };
    if (from < there)
        explain_add(w->e, spot, "%s", text);
}

static void add_part(walk *w, size_t from, size_t to, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void add_part(walk *w, size_t from, size_t to, const char *format, ...)
{
    va_list args;
    if (from == to || w->part_count == PARTS_MOST)
        return;
    part *p = &w->parts[w->part_count++];
    p->from = from;
    p->to = to;
    va_start(args, format);
    vsnprintf(p->text, sizeof p->text, format, args);
    va_end(args);
}

static size_t at_of(const walk *w, const rk_cursor *c)
{
    return (size_t)(c->rest.ptr - w->blob->bytes.ptr);
}

static void quote_entry(const rk_packed *entry, char *out, size_t cap)
{
    if (entry->is_int)
        snprintf(out, cap, "%" PRId64 " (integer)", entry->integer);
    else
        explain_quote(rk_slice_head(entry->text, 48), entry->text.len, out, cap);
}

/* "field 3", "score 1", "item 7" */
static void name_entry(walk *w, const rk_packed *entry, char *out, size_t cap)
{
    const explain_pack *p = w->pack;
    uint64_t at = w->count++, cycle = p->names[2] ? 3 : p->names[1] ? 2 : 1;
    if (p->stream) {
        explain_stream_name(&w->stream, entry, out, cap);
    } else if (p->first && at == 0) {
        snprintf(out, cap, "%s", p->first);
    } else {
        at -= p->first != NULL;
        snprintf(out, cap, "%s %" PRIu64, p->names[at % cycle], at / cycle + 1);
    }
}

/* The entry of the bytes [from, to), whose parts have been added. */
static void tell_entry(walk *w, const rk_packed *entry, size_t from, size_t to)
{
    char name[120], value[200], text[340];
    bool inner = w->blob->inner;
    w->reached = to;
    uint64_t begin = w->blob->from + from, end = w->blob->from + to;
    name_entry(w, entry, name, sizeof name);
    if (!explain_is_near(w->e, inner, begin, end))
        return;
    quote_entry(entry, value, sizeof value);
    snprintf(text, sizeof text, "%s: %s", name, value);
    bool holds = inner ? begin < w->e->hit_to && end > w->e->hit_from : explain_holds(w->e, begin, end);
    tell(w, 0, from, to, holds && w->part_count > 1, text);
    for (size_t i = 0; holds && w->part_count > 1 && i < w->part_count; i++)
        tell(w, 1, w->parts[i].from, w->parts[i].to, false, w->parts[i].text);
}

/* ---- listpack ---- */

/* The first bytes of a listpack element: what they say, and how many they are. */
static const struct {
    uint8_t from, bytes;
    const char *text;
} listpack_codes[] = {
    { 0x00, 1, "encoding and data: unsigned integer of 7 bits" },
    { 0x80, 1, "encoding: string, length in 6 bits" },
    { 0xc0, 2, "encoding and data: integer of 13 bits" },
    { 0xe0, 2, "encoding: string, length in 12 bits" },
    { 0xf0, 5, "encoding: string, length in 32 bits" },
    { 0xf1, 1, "encoding: integer of 16 bits" },
    { 0xf2, 1, "encoding: integer of 24 bits" },
    { 0xf3, 1, "encoding: integer of 32 bits" },
    { 0xf4, 1, "encoding: integer of 64 bits" },
};

static void split_listpack_entry(walk *w, const rk_packed *entry, size_t from, size_t to)
{
    static const uint8_t widths[] = { 2, 3, 4, 8 };
    uint8_t code = w->blob->bytes.ptr[from];
    size_t row = sizeof listpack_codes / sizeof listpack_codes[0] - 1;
    while (listpack_codes[row].from > code)
        row--;
    size_t data = from + listpack_codes[row].bytes;
    size_t end = data + (!entry->is_int ? entry->text.len : code >= 0xf1 ? widths[code - 0xf1] : 0);
    add_part(w, from, data, "%s", listpack_codes[row].text);
    add_part(w, data, end, "data");
    add_part(w, end, to, "backlen: %zu bytes of encoding and data", end - from);
}

static void tell_number(walk *w, size_t from, size_t width, const char *what)
{
    uint64_t value = 0;
    char text[100];
    if (from + width > w->blob->bytes.len)
        return;
    for (size_t i = width; i-- > 0;)
        value = value << 8 | w->blob->bytes.ptr[from + i];
    snprintf(text, sizeof text, "%s: %" PRIu64, what, value);
    tell(w, 0, from, from + width, false, text);
    w->reached = from + width;
}

static void walk_listpack(walk *w, rk_blob blob)
{
    rk_listpack list;
    rk_packed entry;
    tell_number(w, 0, 4, "listpack size");
    tell_number(w, 4, 2, "listpack count");
    bool ok = rk_listpack_open(&list, blob, &w->err);
    for (size_t from = 6; ok && rk_listpack_next(&list, &entry);) {
        size_t to = at_of(w, &list.cursor);
        w->part_count = 0;
        split_listpack_entry(w, &entry, from, to);
        tell_entry(w, &entry, from, to);
        from = to;
        if (explain_is_past(w->e, w->blob->inner, w->blob->from + from))
            return;
    }
}

/* ---- ziplist ---- */

static const char *ziplist_code(uint8_t code)
{
    static const char *const strings[] = { "encoding: string, length in 6 bits",
                                           "encoding: string, length in 14 bits",
                                           "encoding: string, length in 32 bits" };
    return code >> 6 < 3  ? strings[code >> 6]
           : code == 0xc0 ? "encoding: integer of 16 bits"
           : code == 0xd0 ? "encoding: integer of 32 bits"
           : code == 0xe0 ? "encoding: integer of 64 bits"
           : code == 0xf0 ? "encoding: integer of 24 bits"
           : code == 0xfe ? "encoding: integer of 8 bits"
                          : "encoding and data: integer of 4 bits";
}

static void split_ziplist_entry(walk *w, const rk_packed *entry, size_t from, size_t to, uint32_t previous)
{
    static const uint8_t string_heads[] = { 1, 2, 5 };
    const uint8_t *bytes = w->blob->bytes.ptr;
    size_t code_at = from + (bytes[from] == 0xfe ? 5 : 1);
    uint8_t code = bytes[code_at];
    size_t data = code_at + (entry->is_int ? 1 : string_heads[code >> 6]);
    add_part(w, from, code_at, "prevlen: %" PRIu32 " bytes before", previous);
    add_part(w, code_at, data, "%s", ziplist_code(code));
    add_part(w, data, to, "data");
}

static void walk_ziplist(walk *w, rk_blob blob)
{
    rk_ziplist list;
    rk_packed entry;
    tell_number(w, 0, 4, "ziplist size");
    tell_number(w, 4, 4, "offset of the last entry");
    tell_number(w, 8, 2, "ziplist count");
    bool ok = rk_ziplist_open(&list, blob, &w->err);
    for (size_t from = 10; ok;) {
        uint32_t previous = list.previous;
        if (!rk_ziplist_next(&list, &entry))
            return;
        size_t to = at_of(w, &list.cursor);
        w->part_count = 0;
        split_ziplist_entry(w, &entry, from, to, previous);
        tell_entry(w, &entry, from, to);
        from = to;
        if (explain_is_past(w->e, w->blob->inner, w->blob->from + from))
            return;
    }
}

/* ---- intset, zipmap ---- */

static void walk_intset(walk *w, rk_blob blob)
{
    rk_intset set;
    rk_packed entry;
    tell_number(w, 0, 4, "bytes a member");
    tell_number(w, 4, 4, "intset count");
    bool ok = rk_intset_open(&set, blob, &w->err);
    for (size_t from = 8; ok && rk_intset_next(&set, &entry); from += set.width) {
        w->part_count = 0;
        tell_entry(w, &entry, from, from + set.width);
        if (explain_is_past(w->e, w->blob->inner, w->blob->from + from))
            return;
    }
}

static void walk_zipmap(walk *w, rk_blob blob)
{
    rk_zipmap map;
    rk_packed field, value;
    const uint8_t *bytes = w->blob->bytes.ptr;
    tell_number(w, 0, 1, "zipmap count");
    bool ok = rk_zipmap_open(&map, blob, &w->err);
    for (size_t from = 1; ok && rk_zipmap_next(&map, &field, &value);) {
        size_t text = (size_t)(field.text.ptr - bytes), middle = text + field.text.len;
        size_t data = (size_t)(value.text.ptr - bytes), to = at_of(w, &map.cursor);
        w->part_count = 0;
        add_part(w, from, text, "length of the field");
        add_part(w, text, middle, "data");
        tell_entry(w, &field, from, middle);
        w->part_count = 0;
        add_part(w, middle, data - 1, "length of the value");
        add_part(w, data - 1, data, "unused bytes behind it: %u", bytes[data - 1]);
        add_part(w, data, data + value.text.len, "data");
        add_part(w, data + value.text.len, to, "unused");
        tell_entry(w, &value, middle, to);
        from = to;
        if (explain_is_past(w->e, w->blob->inner, w->blob->from + from))
            return;
    }
}

/* Where the walk failed, and what it has not told of. */
static void tell_failure(walk *w)
{
    const explain_blob *blob = w->blob;
    size_t at = (size_t)(w->err.offset - blob->from);
    if (w->err.code == RK_NO_MEMORY) {
        w->e->trouble = w->err;
        return;
    }
    bool cut = blob->there < blob->bytes.len && at >= blob->there;
    if (w->reached < at)
        tell(w, 0, w->reached, at, false, "an entry that cannot be read");
    explain_error(w->e, blob->depth, blob->inner, blob->from + (cut ? blob->there : at),
                  cut ? "the decompressed bytes end here" : w->err.what);
    at = at > w->reached ? at : w->reached;
    tell(w, 0, at, blob->there, false, "not read");
}

void explain_packed(rk_explain *e, const explain_blob *blob, const explain_pack *pack)
{
    static void (*const walks[])(walk *, rk_blob) = { [PACK_ZIPLIST] = walk_ziplist,
                                                      [PACK_LISTPACK] = walk_listpack,
                                                      [PACK_INTSET] = walk_intset,
                                                      [PACK_ZIPMAP] = walk_zipmap };
    walk w = { .e = e, .blob = blob, .pack = pack };
    walks[pack->packing](&w, (rk_blob){ blob->bytes, blob->from, false });
    if (w.err.code != RK_OK)
        tell_failure(&w);
    else if (pack->packing != PACK_INTSET && blob->there == blob->bytes.len)
        tell(&w, 0, blob->there - 1, blob->there, false, "end mark");
}
