/* hash_ttl: hashes whose fields may expire, of Redis and of Valkey (spec: RDB, "Hashes with field TTL"). */
#include "reader.h"

#define EXPIRY_MOST ((UINT64_C(1) << 48) - 1) /* the largest expiry of a field, in ms */

static bool check_expiry(rk_rdb *rdb, uint64_t expiry, uint64_t offset, rk_element *element)
{
    if (expiry > EXPIRY_MOST)
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "field expiry %" PRIu64 " is above 2^48-1 ms", expiry);
    else
        element->expire_ms = expiry ? (int64_t)expiry : RK_NO_EXPIRY;
    return true;
}

static bool read_pair(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_FIELD;
    return rdb_text_kept(rdb, 0, &element->item, "hash field", err) &&
           rdb_text_kept(rdb, 1, &element->value, "hash value", err);
}

bool rdb_hash_metadata_pre_open(rk_rdb *rdb, rk_err *err)
{
    rdb->plain.minimum = 1; /* the expiries are absolute: 1 + t - 1 */
    return rdb_count(rdb, &rdb->plain.left, "hash size", err);
}

bool rdb_hash_metadata_open(rk_rdb *rdb, rk_err *err)
{
    uint64_t offset = rk_window_offset(&rdb->win);
    if (!rdb_le(rdb, 8, &rdb->plain.minimum, "smallest field expiry", err))
        return false;
    if (rdb->plain.minimum > EXPIRY_MOST + 1) {
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "smallest field expiry %" PRIu64 " is above 2^48 ms",
                rdb->plain.minimum);
        rdb->plain.minimum = 1;
    }
    return rdb_count(rdb, &rdb->plain.left, "hash size", err);
}

bool rdb_hash_metadata_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    uint64_t ttl = 0, offset = rk_window_offset(&rdb->win);
    if (rdb->plain.left == 0)
        return false;
    rdb->plain.left--;
    return rdb_len(rdb, &ttl, "field expiry", err) && read_pair(rdb, element, err) &&
           check_expiry(rdb, ttl == 0 || ttl > EXPIRY_MOST + 1 ? ttl : rdb->plain.minimum + ttl - 1, offset,
                        element);
}

bool rdb_hash_metadata_pre_skip(rk_rdb *rdb, rk_err *err)
{
    uint64_t left = 0, ttl = 0;
    if (!rdb_count(rdb, &left, "hash size", err))
        return false;
    for (; left > 0; left--)
        if (!rdb_len(rdb, &ttl, "field expiry", err) || !rdb_skip_str(rdb, "hash field", err) ||
            !rdb_skip_str(rdb, "hash value", err))
            return false;
    return true;
}

bool rdb_hash_metadata_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_bytes(rdb, 8, "smallest field expiry", err) && rdb_hash_metadata_pre_skip(rdb, err);
}

bool rdb_hash_listpack_ex_open(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_bytes(rdb, 8, "smallest field expiry", err) && rdb_listpack_open(rdb, err);
}

bool rdb_hash_listpack_ex_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_packed field, value, expiry;
    (void)err;
    if (!rdb_packed_next(rdb, &field))
        return false;
    if (!rdb_packed_next(rdb, &value) || !rdb_packed_next(rdb, &expiry))
        return rk_fail(&rdb->bad, RK_DAMAGED, field.offset, "the last field has no value and expiry");
    if (!expiry.is_int || expiry.integer < 0)
        return rk_fail(&rdb->bad, RK_DAMAGED, expiry.offset, "field expiry is not a positive integer");
    element->kind = RK_ELEMENT_FIELD;
    element->item = rk_packed_bytes(&field, rdb->plain.room[0]);
    element->value = rk_packed_bytes(&value, rdb->plain.room[1]);
    return check_expiry(rdb, (uint64_t)expiry.integer, expiry.offset, element);
}

bool rdb_hash_listpack_ex_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_bytes(rdb, 8, "smallest field expiry", err) && rdb_blob_skip(rdb, err);
}

bool rdb_hash_2_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    uint64_t raw = 0;
    if (rdb->plain.left == 0)
        return false;
    rdb->plain.left--;
    if (!read_pair(rdb, element, err))
        return false;
    uint64_t offset = rk_window_offset(&rdb->win);
    if (!rdb_le(rdb, 8, &raw, "field expiry", err))
        return false;
    if ((int64_t)raw < -1)
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "field expiry %" PRId64 " is below -1", (int64_t)raw);
    element->expire_ms = (int64_t)raw == -1 ? RK_NO_EXPIRY : (int64_t)raw;
    return true;
}

bool rdb_hash_2_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted all = { "hash size", { "hash field", "hash value" }, "field expiry" };
    return rdb_skip_counted(rdb, &all, err);
}
