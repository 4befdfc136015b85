/* look: the second look at keys and strings by their offsets. */
#include "snapshot.h"

struct rk_look {
    const rk_snapshot *snapshot;
    rk_rdb *rdb;
};

rk_look *rk_look_open(const rk_snapshot *snapshot, rk_err *err)
{
    rk_look *look = rk_alloc(sizeof *look);
    if (!look) {
        rk_no_memory(err);
        return NULL;
    }
    look->snapshot = snapshot;
    look->rdb = rk_rdb_second(snapshot->rdb, err);
    if (!look->rdb) {
        rk_free(look);
        return NULL;
    }
    return look;
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

bool rk_look_bytes(rk_look *look, uint64_t offset, void *into, size_t count, rk_err *err)
{
    const rk_source *source = look->snapshot->source;
    for (size_t done = 0, got = 0; done < count; done += got) {
        if (!rk_source_read_at(source, offset + done, (uint8_t *)into + done, count - done, &got, err))
            return rk_err_source(err, rk_source_name(source));
        if (got == 0) {
            rk_fail(err, RK_TRUNCATED, offset + done, "the file has become shorter");
            return rk_err_source(err, rk_source_name(source));
        }
    }
    return true;
}

uint64_t rk_look_offset(const rk_look *look)
{
    return rk_rdb_offset(look->rdb);
}
