/* packed_value: values that are one packed blob: small lists, sets, sorted sets and hashes (spec: RDB, "Blobs"). */
#include "reader.h"

#include <math.h>

/* The next entry of whichever packed list is open; `err` tells the end from a failure. */
static bool next_entry(rk_rdb *rdb, bool ziplist, rk_packed *entry)
{
    return ziplist ? rk_ziplist_next(&rdb->plain.ziplist, entry) : rk_listpack_next(&rdb->plain.listpack, entry);
}

/* The second half of a pair, which must be there. */
static bool second_entry(rk_rdb *rdb, bool ziplist, const rk_packed *first, rk_packed *entry, rk_err *err)
{
    return next_entry(rdb, ziplist, entry) ||
           rk_fail(err, RK_DAMAGED, first->offset, "the last entry of the packed pairs has no partner");
}

static bool open_ziplist(rk_rdb *rdb, const char *what, rk_err *err)
{
    rk_blob blob;
    return rdb_blob(rdb, 0, &blob, what, err) && rk_ziplist_open(&rdb->plain.ziplist, blob, err);
}

static bool open_listpack(rk_rdb *rdb, const char *what, rk_err *err)
{
    rk_blob blob;
    return rdb_blob(rdb, 0, &blob, what, err) && rk_listpack_open(&rdb->plain.listpack, blob, err);
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

/* One entry as an element of the given kind. */
static bool next_single(rk_rdb *rdb, bool ziplist, rk_element_kind kind, rk_element *element)
{
    rk_packed entry;
    if (!next_entry(rdb, ziplist, &entry))
        return false;
    element->kind = kind;
    element->item = rk_packed_bytes(&entry, rdb->plain.room[0]);
    return true;
}

static bool next_scored(rk_rdb *rdb, bool ziplist, rk_element *element, rk_err *err)
{
    rk_packed member, score;
    if (!next_entry(rdb, ziplist, &member) || !second_entry(rdb, ziplist, &member, &score, err))
        return false;
    element->kind = RK_ELEMENT_SCORED;
    element->item = rk_packed_bytes(&member, rdb->plain.room[0]);
    return rdb_packed_score(&score, &element->score, err);
}

static bool next_field(rk_rdb *rdb, bool ziplist, rk_element *element, rk_err *err)
{
    rk_packed field, value;
    if (!next_entry(rdb, ziplist, &field) || !second_entry(rdb, ziplist, &field, &value, err))
        return false;
    element->kind = RK_ELEMENT_FIELD;
    element->item = rk_packed_bytes(&field, rdb->plain.room[0]);
    element->value = rk_packed_bytes(&value, rdb->plain.room[1]);
    return true;
}

bool rdb_list_ziplist_open(rk_rdb *rdb, rk_err *err)
{
    return open_ziplist(rdb, "ziplist", err);
}

bool rdb_list_ziplist_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    (void)err;
    return next_single(rdb, true, RK_ELEMENT_ITEM, element);
}

bool rdb_list_ziplist_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "ziplist", err);
}

bool rdb_intset_open(rk_rdb *rdb, rk_err *err)
{
    rk_blob blob;
    return rdb_blob(rdb, 0, &blob, "intset", err) && rk_intset_open(&rdb->plain.intset, blob, err);
}

bool rdb_intset_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_packed entry;
    (void)err;
    if (!rk_intset_next(&rdb->plain.intset, &entry))
        return false;
    element->kind = RK_ELEMENT_MEMBER;
    element->item = rk_packed_bytes(&entry, rdb->plain.room[0]);
    return true;
}

bool rdb_intset_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "intset", err);
}

bool rdb_set_listpack_open(rk_rdb *rdb, rk_err *err)
{
    return open_listpack(rdb, "listpack", err);
}

bool rdb_set_listpack_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    (void)err;
    return next_single(rdb, false, RK_ELEMENT_MEMBER, element);
}

bool rdb_set_listpack_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "listpack", err);
}

bool rdb_zset_ziplist_open(rk_rdb *rdb, rk_err *err)
{
    return open_ziplist(rdb, "ziplist", err);
}

bool rdb_zset_ziplist_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    return next_scored(rdb, true, element, err);
}

bool rdb_zset_ziplist_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "ziplist", err);
}

bool rdb_zset_listpack_open(rk_rdb *rdb, rk_err *err)
{
    return open_listpack(rdb, "listpack", err);
}

bool rdb_zset_listpack_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    return next_scored(rdb, false, element, err);
}

bool rdb_zset_listpack_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "listpack", err);
}

bool rdb_hash_ziplist_open(rk_rdb *rdb, rk_err *err)
{
    return open_ziplist(rdb, "ziplist", err);
}

bool rdb_hash_ziplist_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    return next_field(rdb, true, element, err);
}

bool rdb_hash_ziplist_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "ziplist", err);
}

bool rdb_hash_listpack_open(rk_rdb *rdb, rk_err *err)
{
    return open_listpack(rdb, "listpack", err);
}

bool rdb_hash_listpack_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    return next_field(rdb, false, element, err);
}

bool rdb_hash_listpack_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "listpack", err);
}

bool rdb_hash_zipmap_open(rk_rdb *rdb, rk_err *err)
{
    rk_blob blob;
    return rdb_blob(rdb, 0, &blob, "zipmap", err) && rk_zipmap_open(&rdb->plain.zipmap, blob, err);
}

bool rdb_hash_zipmap_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_packed field, value;
    (void)err;
    if (!rk_zipmap_next(&rdb->plain.zipmap, &field, &value))
        return false;
    element->kind = RK_ELEMENT_FIELD;
    element->item = field.text;
    element->value = value.text;
    return true;
}

bool rdb_hash_zipmap_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "zipmap", err);
}
