/* quicklist: lists of ziplist nodes, and of listpack or plain nodes (spec: RDB, "Lists"). */
#include "reader.h"

enum { CONTAINER_PLAIN = 1, CONTAINER_PACKED = 2 };

bool rdb_quicklist_open(rk_rdb *rdb, rk_err *err)
{
    rdb->plain.in_blob = false;
    return rdb_count(rdb, &rdb->plain.left, "number of quicklist nodes", err);
}

bool rdb_quicklist_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_packed entry;
    rk_blob blob;
    for (;;) {
        if (rdb->plain.in_blob && rk_ziplist_next(&rdb->plain.ziplist, &entry))
            break;
        rdb->plain.in_blob = false;
        if (rdb->bad.code != RK_OK || rdb->plain.left == 0)
            return false;
        rdb->plain.left--;
        if (!rdb_blob(rdb, 0, &blob, "quicklist node", err) ||
            !rk_ziplist_open(&rdb->plain.ziplist, blob, &rdb->bad))
            return false;
        rdb->plain.in_blob = true;
    }
    element->kind = RK_ELEMENT_ITEM;
    element->item = rk_packed_bytes(&entry, rdb->plain.room[0]);
    return true;
}

bool rdb_quicklist_skip(rk_rdb *rdb, rk_err *err)
{
    static const rdb_counted all = { "number of quicklist nodes", { "quicklist node" } };
    return rdb_skip_counted(rdb, &all, err);
}

static bool read_container(rk_rdb *rdb, uint64_t *container, rk_err *err)
{
    uint64_t offset = rk_window_offset(&rdb->win);
    if (!rdb_len(rdb, container, "quicklist container", err))
        return false;
    return *container == CONTAINER_PLAIN || *container == CONTAINER_PACKED ||
           rk_fail(err, RK_DAMAGED, offset, "quicklist container is %" PRIu64 ", not 1 or 2", *container);
}

bool rdb_quicklist_2_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rk_packed entry;
    rk_blob blob;
    element->kind = RK_ELEMENT_ITEM;
    for (;;) {
        uint64_t container = 0;
        if (rdb->plain.in_blob && rk_listpack_next(&rdb->plain.listpack, &entry))
            break;
        rdb->plain.in_blob = false;
        if (rdb->bad.code != RK_OK || rdb->plain.left == 0)
            return false;
        rdb->plain.left--;
        if (!read_container(rdb, &container, err))
            return false;
        if (container == CONTAINER_PLAIN)
            return rdb_text(rdb, 0, &element->item, "plain quicklist node", err);
        if (!rdb_blob(rdb, 0, &blob, "quicklist node", err) ||
            !rk_listpack_open(&rdb->plain.listpack, blob, &rdb->bad))
            return false;
        rdb->plain.in_blob = true;
    }
    element->item = rk_packed_bytes(&entry, rdb->plain.room[0]);
    return true;
}

bool rdb_quicklist_2_skip(rk_rdb *rdb, rk_err *err)
{
    uint64_t left = 0, container = 0;
    if (!rdb_count(rdb, &left, "number of quicklist nodes", err))
        return false;
    for (; left > 0; left--)
        if (!read_container(rdb, &container, err) || !rdb_skip_str(rdb, "quicklist node", err))
            return false;
    return true;
}
