/* save: a keyspace as a snapshot: first which version holds it (save_version.c), then its records. A value that lies in
 * a base is copied from there, or made ready, written, and let go again, so that memory does not grow. */
#include "save.h"

#include <stdio.h>

enum { FIRST_AUX = 7, CHUNK = 64 * 1024 };

/* ---- parts of values -------------------------------------------------------------------------------------- */

bool ks_save_key(ks_saver *s, const ks_key *key, uint8_t type_byte)
{
    return rk_rdb_write_key(&s->out, type_byte, ks_name(key), s->ks->err);
}

bool ks_save_count(ks_saver *s, uint64_t count)
{
    return rk_rdb_write_len(&s->out, count, s->ks->err);
}

bool ks_save_text(ks_saver *s, rk_slice bytes)
{
    return rk_rdb_write_str(&s->out, bytes, s->ks->err);
}

bool ks_save_str(ks_saver *s, const ks_str *str)
{
    rk_slice bytes;
    return ks_str_bytes(s->ks, str, &s->text, &bytes) && ks_save_text(s, bytes);
}

bool ks_save_ms(ks_saver *s, int64_t ms)
{
    return rk_rdb_write_le64(&s->out, (uint64_t)ms, s->ks->err);
}

bool ks_save_double(ks_saver *s, double value)
{
    return rk_rdb_write_double(&s->out, value, s->ks->err);
}

uint8_t ks_save_zset_byte(const ks_saver *s)
{
    return s->plain ? KS_ZSET_TEXT : KS_ZSET_BINARY;
}

bool ks_save_score(ks_saver *s, double score)
{
    return s->plain ? rk_rdb_write_text_double(&s->out, score, s->ks->err) : ks_save_double(s, score);
}

bool ks_save_raw(ks_saver *s, rk_slice bytes)
{
    return rk_rdb_write_raw(&s->out, bytes, s->ks->err);
}

bool ks_save_id(ks_saver *s, rk_stream_id id)
{
    uint8_t stored[16];
    for (int i = 0; i < 8; i++) {
        stored[i] = (uint8_t)(id.ms >> (56 - 8 * i));
        stored[8 + i] = (uint8_t)(id.seq >> (56 - 8 * i));
    }
    return ks_save_raw(s, (rk_slice){ stored, sizeof stored });
}

bool ks_save_id_lengths(ks_saver *s, rk_stream_id id)
{
    return ks_save_count(s, id.ms) && ks_save_count(s, id.seq);
}

/* ---- values that lie in a base ---------------------------------------------------------------------------- */

static bool copy_raw(ks_saver *s, const rk_source *source, uint64_t from, uint64_t to)
{
    rk_err *err = s->ks->err;
    if (!rk_buf_reserve(&s->text, CHUNK, err))
        return false;
    while (from < to) {
        size_t got = 0, most = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
        if (!rk_source_read_at(source, from, s->text.ptr, most, &got, err))
            return false;
        if (got == 0)
            return rk_fail(err, RK_IO, from, "the file became shorter while it was read") ||
                   rk_err_source(err, rk_source_name(source));
        if (!ks_save_raw(s, (rk_slice){ s->text.ptr, got }))
            return false;
        from += got;
    }
    return true;
}

/* Type byte and value as they lie there; the name is the key's own, since it may have been renamed. */
static bool copy_stored(ks_saver *s, const ks_key *key)
{
    rk_str name;
    const ks_stored *stored = &key->stored;
    rk_rdb *rdb = ks_second_reader(s->ks, stored->base);
    return rdb && rk_rdb_seek_str(rdb, stored->offset + 1, &name, s->ks->err) &&
           ks_save_key(s, key, stored->type_byte) &&
           copy_raw(s, s->ks->bases[stored->base].source, rk_rdb_offset(rdb),
                    stored->offset + stored->length);
}

bool ks_save_thawed(ks_saver *s, ks_key *key, bool (*visit)(ks_saver *saver, const ks_key *key))
{
    ks_stored stored = key->stored;
    if (!key->is_stored)
        return visit(s, key);
    bool ok = ks_thaw(s->ks, key) && visit(s, key);
    if (!key->is_stored)
        ks_type_of(key)->free(s->ks, key);
    key->stored = stored;
    key->is_stored = true;
    return ok;
}

static bool save_value(ks_saver *s, const ks_key *key)
{
    return ks_type_of(key)->save(s, key);
}

/* ---- records ---------------------------------------------------------------------------------------------- */

static bool save_key(ks_saver *s, ks_key *key)
{
    char shown[100];
    rk_err *err = s->ks->err;
    bool ok = rk_rdb_write_expiry(&s->out, key->expire_ms, err) &&
              rk_rdb_write_meta(&s->out, key->meta, err) &&
              (ks_is_copied(s, key, s->valkey) ? copy_stored(s, key) : ks_save_thawed(s, key, save_value));
    s->saved.keys++;
    return ok || rk_within(err, "%s '%s' in db %" PRIu32, rk_type_name((rk_type)key->type),
                           rk_slice_print(ks_name(key), shown, sizeof shown), key->db->id);
}

/* The wanted keys of a database are counted first. */
static bool save_db(ks_saver *s, ks_db *db)
{
    uint64_t count = 0, expiries = 0;
    rk_err *err = s->ks->err;
    for (ks_key *key = db->first; key; key = key->after) {
        bool wanted = ks_is_wanted(s, key);
        count += wanted;
        expiries += wanted && key->expire_ms != RK_NO_EXPIRY;
    }
    if (count == 0)
        return true;
    if (!rk_rdb_write_db(&s->out, db->id, err) ||
        (ks_save_version(s) >= FIRST_AUX && !rk_rdb_write_sizes(&s->out, count, expiries, err)))
        return false;
    for (ks_key *key = db->first; key; key = key->after)
        if (ks_is_wanted(s, key) && !save_key(s, key))
            return false;
    return true;
}

static bool save_number(ks_saver *s, const char *name, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    return rk_rdb_write_aux(&s->out, rk_slice_of(name), rk_slice_of(text), s->ks->err);
}

static bool save_head(ks_saver *s)
{
    const rk_keyspace_save_options *opt = s->options;
    ks_library *library;
    if (ks_save_version(s) >= FIRST_AUX) {
        rk_slice name = opt->valkey ? RK_TEXT("valkey-ver") : RK_TEXT("redis-ver");
        if (opt->server.len && !rk_rdb_write_aux(&s->out, name, opt->server, s->ks->err))
            return false;
        if (!save_number(s, "redis-bits", 64) || (opt->has_now && !save_number(s, "ctime", opt->now_s)))
            return false;
    }
    for (uint32_t at = 0; (library = ks_dict_next(&s->ks->libraries, &at)) != NULL;)
        if (!rk_rdb_write_function(&s->out, library->source, s->ks->err))
            return false;
    return true;
}

static bool save_all(ks_saver *s, rk_sink *sink)
{
    rk_err *err = s->ks->err;
    if (!ks_settle_version(s))
        return false;
    if (!rk_rdb_write_magic(&s->out, sink, s->saved.valkey, s->saved.version, err) || !save_head(s))
        return false;
    for (size_t i = 0; i < s->ks->db_count; i++)
        if (s->ks->dbs[i] && !save_db(s, s->ks->dbs[i]))
            return false;
    return rk_rdb_write_end(&s->out, err);
}

bool ks_is_wanted(const ks_saver *s, const ks_key *key)
{
    const rk_keyspace_save_options *opt = s->options;
    return !opt->wanted || opt->wanted(opt->self, key->db->id, ks_name(key), (rk_type)key->type);
}

bool rk_keyspace_save(rk_keyspace *ks, rk_sink *sink, const rk_keyspace_save_options *options, rk_err *err)
{
    ks_saver s = { .ks = ks, .options = options, .plain = options->plain };
    rk_err *before = ks->err;
    ks_effects_clear(ks);
    ks->err = err;
    bool ok = save_all(&s, sink);
    ks->err = before;
    rk_buf_free(&s.text);
    if (ok && options->saved)
        *options->saved = s.saved;
    return ok;
}
