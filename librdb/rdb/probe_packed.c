/* probe_packed: strings that hold a packed encoding: told by the size in their header, and decoded to their end. */
#include "probe.h"

enum { PACKED_HEADER = 40 /* bits of a size that fits and an end mark */ };

typedef struct {
    bool ziplist;
    unsigned multiple; /* entries come in so many */
} packed_kind;

static bool walk_packed(rk_slice bytes, packed_kind kind)
{
    rk_err err = { 0 };
    rk_packed entry;
    rk_ziplist ziplist;
    rk_listpack listpack;
    uint32_t seen = 0;
    rk_blob blob = { bytes, 0, true };
    if (kind.ziplist ? !rk_ziplist_open(&ziplist, blob, &err) : !rk_listpack_open(&listpack, blob, &err))
        return false;
    while (kind.ziplist ? rk_ziplist_next(&ziplist, &entry) : rk_listpack_next(&listpack, &entry))
        seen++;
    return err.code == RK_OK && seen % kind.multiple == 0;
}

static bool walk_intset(rk_slice bytes)
{
    rk_err err = { 0 };
    rk_packed entry;
    rk_intset set;
    if (!rk_intset_open(&set, (rk_blob){ bytes, 0, true }, &err))
        return false;
    while (rk_intset_next(&set, &entry))
        ;
    return err.code == RK_OK;
}

static bool walk_zipmap(rk_slice bytes)
{
    rk_err err = { 0 };
    rk_packed field, value;
    rk_zipmap map;
    if (!rk_zipmap_open(&map, (rk_blob){ bytes, 0, true }, &err))
        return false;
    while (rk_zipmap_next(&map, &field, &value))
        ;
    return err.code == RK_OK;
}

static uint64_t little_endian(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24;
}

/* The first `n` decoded bytes, cheaply. */
static bool head_of(rk_probe *p, const probe_str *str, uint8_t *head, size_t n)
{
    rk_err ignored = { 0 };
    size_t stored = str->stored < PROBE_FAR_SIZE ? (size_t)str->stored : PROBE_FAR_SIZE;
    if (str->len < n || str->form == RK_STR_INT)
        return false;
    if (str->form == RK_STR_RAW)
        stored = n;
    const uint8_t *at = rdb_probe_at(p, str->content, stored);
    if (at && str->form == RK_STR_RAW)
        memcpy(head, at, n);
    return at && (str->form == RK_STR_RAW || rk_lzf_peek((rk_slice){ at, stored }, head, n, 0, &ignored));
}

/* What the header says of the size, and the last byte, where it can be seen without decoding. */
static bool framed(rk_probe *p, const probe_str *str, bool has_end)
{
    uint8_t head[4];
    if (!head_of(p, str, head, 4) || (has_end && little_endian(head) != str->len))
        return false;
    if (!has_end || str->form != RK_STR_RAW)
        return true;
    const uint8_t *last = rdb_probe_at(p, str->next - 1, 1);
    return last && *last == 0xff;
}

/* Decodes the string and has it walked; what is too large for that is believed by its frame. */
static bool decoded_walks(rk_probe *p, const probe_str *str, bool (*walk)(rk_slice bytes), packed_kind kind,
                          rk_look *look)
{
    rk_slice bytes;
    bool affordable;
    if (!rdb_probe_decoded(p, str, &bytes, &affordable)) {
        look->bits += PACKED_HEADER;
        return !affordable && p->err.code == RK_OK;
    }
    rdb_probe_charge(p, bytes.len);
    look->bits += RK_PROOF;
    return walk ? walk(bytes) : walk_packed(bytes, kind);
}

bool rdb_probe_packed(rk_probe *p, uint64_t offset, bool ziplist, unsigned multiple, rk_look *look)
{
    probe_str str;
    packed_kind kind = { ziplist, multiple };
    if (!rdb_probe_str(p, offset, &str) || !framed(p, &str, true))
        return false;
    look->next = str.next;
    return decoded_walks(p, &str, NULL, kind, look);
}

bool rdb_probe_intset(rk_probe *p, uint64_t offset, rk_look *look)
{
    probe_str str;
    uint8_t head[8];
    if (!rdb_probe_str(p, offset, &str) || !head_of(p, &str, head, 8))
        return false;
    uint64_t width = little_endian(head), count = little_endian(head + 4);
    look->next = str.next;
    return (width == 2 || width == 4 || width == 8) && count > 0 && count * width + 8 == str.len &&
           decoded_walks(p, &str, walk_intset, (packed_kind){ 0 }, look);
}

/* A zipmap has no size in its header: its count and its last byte are all that is sure. */
bool rdb_probe_zipmap(rk_probe *p, uint64_t offset, rk_look *look)
{
    probe_str str;
    rk_slice bytes;
    bool affordable;
    if (!rdb_probe_str(p, offset, &str) || str.form == RK_STR_INT ||
        !rdb_probe_decoded(p, &str, &bytes, &affordable) || !walk_zipmap(bytes))
        return false;
    look->next = str.next;
    look->bits += bytes.len > 12 ? RK_PROOF : 20;
    return true;
}
