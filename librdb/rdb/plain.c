/* plain: values that are a count and that many strings (spec: RDB, "Plain types"). */
#include "reader.h"

/* Starts a value that begins with a count of what follows. */
static bool open_counted(rk_rdb *rdb, const char *what, rk_err *err)
{
    return rdb_count(rdb, &rdb->plain.left, what, err);
}

static bool take_one(rk_rdb *rdb)
{
    return rdb->plain.left > 0 && rdb->plain.left--;
}

bool rdb_skip_counted(rk_rdb *rdb, const rdb_counted *all, rk_err *err)
{
    uint64_t left = 0;
    if (!rdb_count(rdb, &left, all->count, err))
        return false;
    for (; left > 0; left--) {
        for (unsigned i = 0; all->strings[i]; i++)
            if (!rdb_skip_str(rdb, all->strings[i], err))
                return false;
        if (all->fixed && !rdb_skip_bytes(rdb, 8, all->fixed, err))
            return false;
    }
    return true;
}

bool rdb_string_open(rk_rdb *rdb, rk_err *err)
{
    (void)err;
    rdb->plain.left = 1;
    return true;
}

bool rdb_string_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_STRING;
    return take_one(rdb) && rdb_text(rdb, 0, &element->item, "string", err);
}

bool rdb_string_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_skip_str(rdb, "string", err);
}

bool rdb_list_open(rk_rdb *rdb, rk_err *err)
{
    return open_counted(rdb, "list length", err);
}

bool rdb_list_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_ITEM;
    return take_one(rdb) && rdb_text(rdb, 0, &element->item, "list item", err);
}

bool rdb_list_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted all = { "list length", { "list item" } };
    return rdb_skip_counted(rdb, &all, err);
}

bool rdb_set_open(rk_rdb *rdb, rk_err *err)
{
    return open_counted(rdb, "set size", err);
}

bool rdb_set_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_MEMBER;
    return take_one(rdb) && rdb_text(rdb, 0, &element->item, "set member", err);
}

bool rdb_set_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted all = { "set size", { "set member" } };
    return rdb_skip_counted(rdb, &all, err);
}

bool rdb_zset_text_open(rk_rdb *rdb, rk_err *err)
{
    return open_counted(rdb, "sorted set size", err);
}

bool rdb_zset_text_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_SCORED;
    return take_one(rdb) && rdb_text_kept(rdb, 0, &element->item, "sorted set member", err) &&
           rdb_text_double(rdb, &element->score, err);
}

bool rdb_zset_text_skip(rk_rdb *rdb, rk_err *err)
{
    uint64_t left = 0;
    double score;
    if (!rdb_count(rdb, &left, "sorted set size", err))
        return false;
    for (; left > 0; left--)
        if (!rdb_skip_str(rdb, "sorted set member", err) || !rdb_text_double(rdb, &score, err))
            return false;
    return true;
}

bool rdb_zset_open(rk_rdb *rdb, rk_err *err)
{
    return open_counted(rdb, "sorted set size", err);
}

bool rdb_zset_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_SCORED;
    return take_one(rdb) && rdb_text_kept(rdb, 0, &element->item, "sorted set member", err) &&
           rdb_double(rdb, &element->score, "score", err);
}

bool rdb_zset_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted all = { "sorted set size", { "sorted set member" }, "score" };
    return rdb_skip_counted(rdb, &all, err);
}

bool rdb_hash_open(rk_rdb *rdb, rk_err *err)
{
    return open_counted(rdb, "hash size", err);
}

bool rdb_hash_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_FIELD;
    return take_one(rdb) && rdb_text_kept(rdb, 0, &element->item, "hash field", err) &&
           rdb_text(rdb, 1, &element->value, "hash value", err);
}

bool rdb_hash_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted all = { "hash size", { "hash field", "hash value" } };
    return rdb_skip_counted(rdb, &all, err);
}
