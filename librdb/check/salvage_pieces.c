/* salvage_pieces: values that are a count and so many nodes, members, fields or items: those that are left are copied as
 * they are, behind a new count. */
#include "salvage.h"

enum { SMALLEST_EXPIRY = 8, HASH_METADATA = 24 };

/* Attributes, type and name, and what stands between the name and the count. */
static bool write_head(salvage *s, const rk_damaged_key *key, uint64_t count, rk_err *err)
{
    uint64_t to = key->value + (key->type_byte == HASH_METADATA ? SMALLEST_EXPIRY : 0);
    return salvage_db(s, key->db, err) && salvage_copy(s, key->begin, to, err) &&
           rk_rdb_write_len(&s->out, count, err);
}

bool salvage_pieces(salvage *s, const salvage_key *key, uint64_t *pieces, rk_err *err)
{
    *pieces = 0;
    for (size_t i = key->first; i < key->end; i++)
        *pieces += s->check->spans[i].kind == RK_SPAN_PIECES ? s->check->spans[i].count : 0;
    if (*pieces == 0)
        return true;
    if (!write_head(s, key->key, *pieces, err))
        return false;
    for (size_t i = key->first; i < key->end; i++) {
        const rk_span *span = &s->check->spans[i];
        if (span->kind == RK_SPAN_PIECES && span->count > 0 && !salvage_copy(s, span->from, span->to, err))
            return false;
    }
    return true;
}
