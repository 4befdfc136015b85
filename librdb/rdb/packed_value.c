/* packed_value: values that are one packed blob: small lists, sets, sorted sets and hashes (spec: RDB, "Blobs"). */
#include "reader.h"

#include <math.h>

bool rdb_packed_next(rk_rdb *rdb, rk_packed *entry)
{
    rdb_plain *p = &rdb->plain;
    if (p->broken)
        return false;
    if (p->in_ziplist ? rk_ziplist_next(&p->ziplist, entry) : rk_listpack_next(&p->listpack, entry))
        return true;
    p->broken = true; /* at its end, or not to be read further */
    return false;
}

/* The second half of a pair, which must be there. */
static bool second_entry(rk_rdb *rdb, const rk_packed *first, rk_packed *entry)
{
    return rdb_packed_next(rdb, entry) ||
           rk_fail(&rdb->bad, RK_DAMAGED, first->offset, "the last entry of the packed pairs has no partner");
}

bool rdb_packed_score(const rk_packed *entry, double *score, rk_err *err)
{
    char shown[64];
    if (entry->is_int) {
        *score = (double)entry->integer;
        return true;
    }
    if (rk_slice_double(entry->text, score) && !isnan(*score))
        return true;
    return rk_fail(err, RK_DAMAGED, entry->offset, "score '%s' is not a number",
                   rk_slice_print(entry->text, shown, sizeof shown));
}

/* ---- opening: one blob of each kind ---- */

bool rdb_ziplist_open(rk_rdb *rdb, rk_err *err)
{
    rk_blob blob;
    rdb->plain.in_ziplist = true;
    return rdb_blob(rdb, 0, &blob, "ziplist", err) && rk_ziplist_open(&rdb->plain.ziplist, blob, &rdb->bad);
}

bool rdb_listpack_open(rk_rdb *rdb, rk_err *err)
{
    rk_blob blob;
    rdb->plain.in_ziplist = false;
    return rdb_blob(rdb, 0, &blob, "listpack", err) &&
           rk_listpack_open(&rdb->plain.listpack, blob, &rdb->bad);
}

bool rdb_intset_open(rk_rdb *rdb, rk_err *err)
{
    rk_blob blob;
    return rdb_blob(rdb, 0, &blob, "intset", err) && rk_intset_open(&rdb->plain.intset, blob, &rdb->bad);
}

bool rdb_zipmap_open(rk_rdb *rdb, rk_err *err)
{
    rk_blob blob;
    return rdb_blob(rdb, 0, &blob, "zipmap", err) && rk_zipmap_open(&rdb->plain.zipmap, blob, &rdb->bad);
}

bool rdb_blob_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "packed value", err);
}

/* ---- pulling: by what the entries mean ---- */

static bool next_single(rk_rdb *rdb, rk_element_kind kind, rk_element *element)
{
    rk_packed entry;
    if (!rdb_packed_next(rdb, &entry))
        return false;
    element->kind = kind;
    element->item = rk_packed_bytes(&entry, rdb->plain.room[0]);
    return true;
}

bool rdb_packed_item_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    (void)err;
    return next_single(rdb, RK_ELEMENT_ITEM, element);
}

bool rdb_packed_member_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    (void)err;
    return next_single(rdb, RK_ELEMENT_MEMBER, element);
}

bool rdb_packed_scored_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_packed member, score;
    (void)err;
    if (!rdb_packed_next(rdb, &member) || !second_entry(rdb, &member, &score))
        return false;
    element->kind = RK_ELEMENT_SCORED;
    element->item = rk_packed_bytes(&member, rdb->plain.room[0]);
    rdb_packed_score(&score, &element->score, &rdb->bad);
    return true;
}

bool rdb_packed_field_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_packed field, value;
    (void)err;
    if (!rdb_packed_next(rdb, &field) || !second_entry(rdb, &field, &value))
        return false;
    element->kind = RK_ELEMENT_FIELD;
    element->item = rk_packed_bytes(&field, rdb->plain.room[0]);
    element->value = rk_packed_bytes(&value, rdb->plain.room[1]);
    return true;
}

bool rdb_intset_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_packed entry;
    (void)err;
    if (rdb->plain.broken || !rk_intset_next(&rdb->plain.intset, &entry))
        return !(rdb->plain.broken = true);
    element->kind = RK_ELEMENT_MEMBER;
    element->item = rk_packed_bytes(&entry, rdb->plain.room[0]);
    return true;
}

bool rdb_zipmap_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_packed field, value;
    (void)err;
    if (rdb->plain.broken || !rk_zipmap_next(&rdb->plain.zipmap, &field, &value))
        return !(rdb->plain.broken = true);
    element->kind = RK_ELEMENT_FIELD;
    element->item = field.text;
    element->value = value.text;
    return true;
}
