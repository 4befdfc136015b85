/* zset_tie: the order of members that have the same score. Jobs that were pushed for the same moment have, by the
 * thousand, and lie in a file: each would be read again for every comparison. They begin alike, so what all of them have
 * in common is kept once, and of each the 8 bytes behind that, which nearly always differ. */
#include "zset.h"

enum { PEEK = 8, COMMON_MOST = 4096 };

/* What was common is so with these bytes, too. */
static bool align(rk_keyspace *ks, ks_order *o, rk_slice bytes)
{
    size_t same = 0;
    if (!o->has_common) {
        o->has_common = true;
        return rk_buf_add(&o->common, rk_slice_head(bytes, COMMON_MOST), ks->err);
    }
    while (same < o->common.len && same < bytes.len && o->common.ptr[same] == bytes.ptr[same])
        same++;
    o->common.len = same;
    return true;
}

/* The bytes behind the common ones as a number, zeros where there are none. */
static uint64_t peek_into(const ks_order *o, rk_slice bytes)
{
    uint64_t peek = 0;
    for (size_t i = o->common.len; i < o->common.len + PEEK; i++)
        peek = peek << 8 | (i < bytes.len ? bytes.ptr[i] : 0);
    return peek;
}

/* Makes the node's peek one behind what is common now. */
static bool peek_node(rk_keyspace *ks, ks_order *o, ks_node *node)
{
    rk_slice bytes;
    if (node->peeked_at == o->common.len + 1)
        return true;
    if (!ks_str_bytes(ks, &node->name, &ks->scratch[3], &bytes) || !align(ks, o, bytes))
        return false;
    node->peek = peek_into(o, bytes);
    node->peeked_at = o->common.len + 1;
    return true;
}

int ks_tie(rk_keyspace *ks, ks_order *o, ks_node *node, ks_sought *s)
{
    rk_slice bytes;
    if (!s->is_read && !ks_str_bytes(ks, s->name, &ks->scratch[2], &s->bytes))
        return 0;
    s->is_read = true;
    if (s->name->home >= KS_FILE && node->name.home >= KS_FILE) {
        if (!s->is_aligned && !align(ks, o, s->bytes))
            return 0;
        s->is_aligned = true;
        if (!peek_node(ks, o, node))
            return 0;
        uint64_t peek = peek_into(o, s->bytes);
        if (peek != node->peek)
            return node->peek < peek ? -1 : 1;
    }
    return ks_str_bytes(ks, &node->name, &ks->scratch[3], &bytes) ? rk_slice_compare(bytes, s->bytes) : 0;
}
