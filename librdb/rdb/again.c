/* again: a second look at what stands at an offset, and the trace of what is read. */
#include "reader.h"

/* Forgets what was being read. */
static void forget(rk_rdb *rdb)
{
    rdb->type = NULL;
    rdb->in_pieces = false;
    rdb->digest_tap.on = rdb->copy_tap.on = false;
    rdb->ended = rdb->goes_on = false;
    rdb->bad.code = rdb->lost.code = RK_OK;
    rdb_reset_attributes(rdb);
}

bool rk_rdb_seek_key(rk_rdb *rdb, uint64_t offset, rk_record *rec, rk_err *err)
{
    uint8_t byte = 0;
    *rec = (rk_record){ .offset = offset, .name = RK_EMPTY, .value = RK_EMPTY, .engine = RK_EMPTY };
    forget(rdb);
    if (rdb->first)
        rdb->db = rdb->first->db; /* for whoever looks again at the key that he stands at */
    return rdb_settle(rdb,
                      rk_window_seek(&rdb->win, offset, err) && rdb_u8(rdb, &byte, "type", err) &&
                          rdb_read_key(rdb, byte, offset, rec, err),
                      err);
}

bool rk_rdb_seek_record(rk_rdb *rdb, uint64_t offset, uint32_t db, rk_err *err)
{
    forget(rdb);
    rdb->db = db;
    return rdb_settle(rdb, rk_window_seek(&rdb->win, offset, err), err);
}

bool rk_rdb_seek_str(rk_rdb *rdb, uint64_t offset, rk_str *str, rk_err *err)
{
    forget(rdb);
    return rdb_settle(rdb, rk_window_seek(&rdb->win, offset, err) && rdb_str(rdb, str, "string", err), err);
}

void rk_rdb_trace(rk_rdb *rdb, void (*tell)(void *self, const rk_traced *traced), void *self)
{
    rdb->trace = tell;
    rdb->trace_self = self;
}

void rdb_tell(const rk_rdb *rdb, rk_trace_kind kind, const char *what, uint64_t from, uint64_t number,
              const rk_str *str)
{
    rk_traced traced = { kind, what, from, rk_window_offset(&rdb->win), number, str };
    rdb->trace(rdb->trace_self, &traced);
}
