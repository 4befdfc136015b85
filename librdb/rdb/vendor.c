/* vendor: values that only some builds write: rate limiters, path hashes, and the types of KeyDB and Dragonfly
 * (spec: RDB, "GCRA", "Valkey path hash", "Vendor variants"). */
#include "reader.h"

bool rdb_number_open(rk_rdb *rdb, rk_err *err)
{
    (void)err;
    rdb->plain.left = 1;
    return true;
}

bool rdb_number_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_OPAQUE;
    if (rdb->plain.left == 0)
        return false;
    rdb->plain.left--;
    element->number2 = RK_OPCODE_UNSIGNED;
    return rdb_len(rdb, &element->number, "arrival time", err);
}

bool rdb_number_skip(rk_rdb *rdb, rk_err *err)
{
    uint64_t number;
    return rdb_len(rdb, &number, "arrival time", err);
}

bool rdb_json_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_OPAQUE;
    if (rdb->plain.left == 0)
        return false;
    rdb->plain.left--;
    element->number2 = RK_OPCODE_STRING;
    return rdb_text(rdb, 0, &element->item, "JSON text", err);
}

bool rdb_json_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "JSON text", err);
}

/* The expiry of a member, in units that the writer alone knows: kept as it is. */
static bool read_raw_expiry(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_slice text;
    int64_t expiry = 0;
    uint64_t offset = rk_window_offset(&rdb->win);
    if (!rdb_text(rdb, 2, &text, "member expiry", err))
        return false;
    if (!rk_slice_int(text, &expiry))
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "member expiry is not an integer");
    element->expire_ms = expiry == -1 ? RK_NO_EXPIRY : expiry;
    return true;
}

bool rdb_dragonfly_hash_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_FIELD;
    if (rdb->plain.left == 0)
        return false;
    rdb->plain.left--;
    return rdb_text_kept(rdb, 0, &element->item, "hash field", err) &&
           rdb_text_kept(rdb, 1, &element->value, "hash value", err) && read_raw_expiry(rdb, element, err);
}

bool rdb_dragonfly_hash_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted all = { "hash size", { "hash field", "hash value", "member expiry" } };
    return rdb_skip_counted(rdb, &all, err);
}

bool rdb_dragonfly_set_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_MEMBER;
    if (rdb->plain.left == 0)
        return false;
    rdb->plain.left--;
    return rdb_text_kept(rdb, 0, &element->item, "set member", err) && read_raw_expiry(rdb, element, err);
}

bool rdb_dragonfly_set_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted all = { "set size", { "set member", "member expiry" } };
    return rdb_skip_counted(rdb, &all, err);
}

/* A path hash: paths, each with its fields. `minimum` counts the fields that are left of the present path. */
bool rdb_path_hash_open(rk_rdb *rdb, rk_err *err)
{
    rdb->plain.minimum = 0;
    return rdb_count(rdb, &rdb->plain.left, "number of paths", err);
}

bool rdb_path_hash_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    if (rdb->plain.minimum > 0) {
        rdb->plain.minimum--;
        element->kind = RK_ELEMENT_FIELD;
        return rdb_text_kept(rdb, 0, &element->item, "path field", err) &&
               rdb_text(rdb, 1, &element->value, "path value", err);
    }
    if (rdb->plain.left == 0)
        return false;
    rdb->plain.left--;
    element->kind = RK_ELEMENT_PATH;
    return rdb_text_kept(rdb, 0, &element->item, "path", err) &&
           rdb_count(rdb, &rdb->plain.minimum, "number of path fields", err);
}

bool rdb_path_hash_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted fields = { "number of path fields", { "path field", "path value" } };
    uint64_t left = 0;
    if (!rdb_count(rdb, &left, "number of paths", err))
        return false;
    for (; left > 0; left--)
        if (!rdb_skip_str(rdb, "path", err) || !rdb_skip_counted(rdb, &fields, err))
            return false;
    return true;
}

/* A cron job of KeyDB: a script, start and interval, keys and arguments. `position` tells what comes next. */
bool rdb_cron_open(rk_rdb *rdb, rk_err *err)
{
    (void)err;
    rdb->plain.position = 0;
    rdb->plain.left = 0;
    return true;
}

bool rdb_cron_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_OPAQUE;
    element->item = RK_EMPTY;
    element->number2 = RK_OPCODE_STRING;
    for (;;) {
        if (rdb->plain.left > 0) {
            rdb->plain.left--;
            return rdb_text(rdb, 0, &element->item, "cron argument", err);
        }
        switch (rdb->plain.position++) {
        case 0:
            return rdb_text(rdb, 0, &element->item, "cron script", err);
        case 1:
        case 2:
            element->number2 = RK_OPCODE_UNSIGNED;
            return rdb_le(rdb, 8, &element->number, "cron time", err);
        case 3:
        case 4:
            if (!rdb_count(rdb, &rdb->plain.left, "number of cron arguments", err))
                return false;
            break;
        default:
            return false;
        }
    }
}

bool rdb_cron_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted keys = { "number of cron keys", { "cron key" } };
    static const rdb_counted arguments = { "number of cron arguments", { "cron argument" } };
    return rdb_skip_str(rdb, "cron script", err) && rdb_skip_bytes(rdb, 8, "cron start", err) &&
           rdb_skip_bytes(rdb, 8, "cron interval", err) && rdb_skip_counted(rdb, &keys, err) &&
           rdb_skip_counted(rdb, &arguments, err);
}
