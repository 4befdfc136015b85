/* base: the snapshot at the head of a set, or of a file of it. Its keys become known by name and place, and stay where
 * they are. */
#include "base.h"

#include <stdio.h>

static bool is_aux(const rk_record *rec, const char *name)
{
    return rk_slice_is(rec->name, rk_slice_of(name));
}

static void note_aux(const rk_record *rec, ks_base_facts *facts)
{
    char shown[sizeof facts->server];
    bool valkey = is_aux(rec, "valkey-ver");
    if (valkey || is_aux(rec, "redis-ver")) {
        facts->valkey |= valkey;
        snprintf(facts->server, sizeof facts->server, "%s", rk_slice_print(rec->value, shown, sizeof shown));
    }
    if (is_aux(rec, "ctime") && !ks_int(rec->value, &facts->ctime_s))
        facts->ctime_s = -1;
}

static bool keep_key(rk_keyspace *ks, const rk_key *from, uint32_t base)
{
    rk_rdb *rdb = ks->bases[base].rdb;
    if (ks->interest && !(ks->interest(ks->self, from->db, from->name) & RK_INTEREST_KEEP))
        return true;
    ks_drop_name(ks, from->db, from->name); /* a name that stands twice: the later one holds */
    ks_key *key = ks_make(ks, from->db, from->name, from->type);
    if (!key)
        return false;
    key->expire_ms = from->expire_ms;
    key->is_stored = true;
    key->is_paths = ks_is_paths(from, ks->bases[base].header);
    key->stored = (ks_stored){ .offset = from->offset, .base = base, .type_byte = from->type_byte };
    if (from->meta.len) {
        uint8_t *own = rk_alloc(from->meta.len);
        if (!own)
            return rk_no_memory(ks->err);
        memcpy(own, from->meta.ptr, from->meta.len);
        key->meta = (rk_slice){ own, from->meta.len };
    }
    if (!rk_rdb_pass(rdb, ks->err))
        return false;
    key->stored.length = rk_rdb_offset(rdb) - from->offset;
    return true;
}

static bool add_base(rk_keyspace *ks, rk_rdb *rdb)
{
    if (!rk_grow((void **)&ks->bases, &ks->base_cap, ks->base_count + 1, sizeof *ks->bases, ks->err)) {
        rk_rdb_close(rdb);
        return false;
    }
    ks->bases[ks->base_count++] =
        (ks_base){ .rdb = rdb, .source = rk_rdb_source(rdb), .header = rk_rdb_header_of(rdb) };
    return true;
}

bool ks_base_load(rk_keyspace *ks, rk_rdb *rdb, ks_base_facts *facts)
{
    rk_record rec;
    *facts = (ks_base_facts){ .ctime_s = -1, .valkey = rk_rdb_is_valkey(rdb) };
    if (!add_base(ks, rdb))
        return false;
    while (rk_rdb_next(rdb, &rec, ks->err)) {
        if (rec.kind == RK_RECORD_END)
            return true;
        if (rec.kind == RK_RECORD_AUX)
            note_aux(&rec, facts);
        else if (rec.kind == RK_RECORD_FUNCTION && !ks_library_record(ks, &rec, true))
            return false;
        else if (rec.kind == RK_RECORD_KEY) {
            facts->keys++;
            if (!keep_key(ks, &rec.key, (uint32_t)ks->base_count - 1))
                return false;
        }
    }
    return rk_err_source(ks->err, rk_source_name(rk_rdb_source(rdb)));
}

bool ks_open_head(rk_source *source, rk_rdb **rdb, rk_aof **aof, rk_err *err)
{
    rk_window window = { 0 };
    rk_err short_file = { 0 };
    *rdb = NULL;
    *aof = NULL;
    if (!rk_window_open(&window, source, err))
        return rk_err_source(err, rk_source_name(source));
    bool snapshot = rk_window_need(&window, 6, "the magic", &short_file) &&
                    (memcmp(window.buf + window.pos, "REDIS0", 6) == 0 ||
                     memcmp(window.buf + window.pos, "VALKEY", 6) == 0);
    if (!snapshot && short_file.code != RK_OK && short_file.code != RK_TRUNCATED) {
        *err = short_file;
        rk_window_close(&window);
        return rk_err_source(err, rk_source_name(source));
    }
    if (snapshot)
        *rdb = rk_rdb_open_window(&window, err);
    else
        *aof = rk_aof_open_behind(&window, err);
    return *rdb || *aof;
}
