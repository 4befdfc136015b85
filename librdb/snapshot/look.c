/* look: the second look at keys and strings by their offsets. */
#include "snapshot.h"

struct rk_look {
    rk_rdb *rdb;
};

rk_look *rk_look_open_rdb(const rk_rdb *first, rk_err *err)
{
    rk_look *look = rk_alloc(sizeof *look);
    if (!look) {
        rk_no_memory(err);
        return NULL;
    }
    look->rdb = rk_rdb_second(first, err);
    if (!look->rdb) {
        rk_free(look);
        return NULL;
    }
    return look;
}

rk_look *rk_look_open(const rk_snapshot *snapshot, rk_err *err)
{
    return rk_look_open_rdb(snapshot->rdb, err);
}

void rk_look_close(rk_look *look)
{
    if (!look)
        return;
    rk_rdb_close(look->rdb);
    rk_free(look);
}

bool rk_look_key(rk_look *look, uint64_t offset, rk_key *key, rk_err *err)
{
    rk_record record;
    if (!rk_rdb_seek_key(look->rdb, offset, &record, err))
        return false;
    *key = record.key;
    return true;
}

bool rk_look_element(rk_look *look, rk_element *element, rk_err *err)
{
    return rk_rdb_element(look->rdb, element, err);
}

bool rk_look_unit(rk_look *look, rk_unit *unit, rk_err *err)
{
    return rk_rdb_unit(look->rdb, unit, err);
}

bool rk_look_str(rk_look *look, uint64_t offset, rk_str *str, rk_err *err)
{
    return rk_rdb_seek_str(look->rdb, offset, str, err);
}

uint64_t rk_look_offset(const rk_look *look)
{
    return rk_rdb_offset(look->rdb);
}
