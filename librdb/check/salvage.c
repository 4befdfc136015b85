/* salvage: writes what is sound of a damaged snapshot as a snapshot of its own: whole records byte for byte, of other
 * keys the pieces that are left. Nothing is invented: a key of which no piece is left is lost. */
#include "salvage.h"

enum { CHUNK = 256 * 1024, KEYS_HELD = 512 * 1024 };

bool salvage_copy(salvage *s, uint64_t from, uint64_t to, rk_err *err)
{
    while (from < to) {
        size_t got = 0, most = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
        if (!rk_source_read_at(s->check->source, from, s->chunk, most, &got, err))
            return false;
        if (got == 0)
            return rk_fail(err, RK_IO, from, "the file became shorter while it was read");
        if (!rk_rdb_write_raw(&s->out, (rk_slice){ s->chunk, got }, err))
            return false;
        from += got;
    }
    return true;
}

bool salvage_db(salvage *s, uint32_t db, rk_err *err)
{
    if (s->has_db && s->db == db)
        return true;
    s->has_db = true;
    s->db = db;
    return rk_rdb_write_db(&s->out, db, err);
}

/* Hints of how many keys follow: wrong, as soon as keys are lost; and the database is written where a key needs it. */
static bool is_hint(const rk_record *rec)
{
    return rec->kind == RK_RECORD_SIZES || rec->kind == RK_RECORD_SLOT || rec->kind == RK_RECORD_DB ||
           (rec->kind == RK_RECORD_AUX && rk_slice_is(rec->name, RK_TEXT("slot-info")));
}

bool salvage_is_new(salvage *s, uint32_t db, rk_slice name, bool *fresh, rk_err *err)
{
    distinct_item *before, item = { .digest = rk_digest_seeded(name, db) };
    bool ok = distinct_add(s->keys, &item, &before, err);
    *fresh = !before;
    return ok;
}

/* What becomes of a record: it is copied with those before it, or stands apart from them. */
static bool take_record(salvage *s, const rk_record *rec, uint64_t begin, uint64_t *copied, rk_err *err)
{
    bool key = rec->kind == RK_RECORD_KEY, fresh = true;
    if (key && !salvage_is_new(s, rec->db, rec->key.name, &fresh, err))
        return false;
    bool leaves = is_hint(rec) || !fresh, moves = key && (!s->has_db || s->db != rec->db);
    if ((leaves || moves) && !salvage_copy(s, *copied, begin, err))
        return false;
    if (key && !rk_rdb_pass(s->rdb, err))
        return rk_within(err, "in what was found to be sound");
    if (leaves || moves)
        *copied = leaves ? rk_rdb_offset(s->rdb) : begin;
    s->result->keys += key && fresh;
    s->result->whole += key && fresh;
    s->result->left_out += !fresh;
    return !key || !fresh || salvage_db(s, rec->db, err);
}

bool salvage_records(salvage *s, const rk_span *span, rk_err *err)
{
    rk_record rec;
    uint64_t copied = span->from, before = s->result->keys;
    if (!rk_rdb_seek_record(s->rdb, span->from, span->db, err))
        return false;
    while (rk_rdb_offset(s->rdb) < span->to) {
        if (!rk_rdb_next(s->rdb, &rec, err))
            return rk_within(err, "in what was found to be sound");
        uint64_t begin = rec.kind == RK_RECORD_KEY ? rec.key.begin : rec.offset;
        if (begin >= span->to)
            break;
        if (!take_record(s, &rec, begin, &copied, err))
            return false;
    }
    s->result->suspects += span->suspect ? s->result->keys - before : 0;
    return copied >= span->to || salvage_copy(s, copied, span->to, err);
}

/* ---- keys that are not whole ---- */

static bool write_key(salvage *s, const salvage_key *key, rk_err *err)
{
    uint64_t pieces = 0;
    bool suspect = false, fresh = true;
    uint8_t type_byte = key->key->type_byte;
    if (!salvage_is_new(s, key->key->db, key->key->name, &fresh, err))
        return false;
    bool ok = !fresh                                 ? true
              : key->key->type == RK_STREAM          ? salvage_stream(s, key, &pieces, err)
              : rk_rdb_has_pieces(s->rdb, type_byte) ? salvage_pieces(s, key, &pieces, err)
              : salvage_is_packed(s, type_byte)      ? salvage_packed(s, key, &pieces, err)
                                                     : true;
    for (size_t i = key->first; i < key->end; i++)
        suspect |= s->check->spans[i].suspect;
    s->result->pieces += pieces;
    s->result->keys += pieces > 0;
    s->result->partial += pieces > 0;
    s->result->lost += pieces == 0;
    s->result->suspects += pieces > 0 && suspect;
    return ok;
}

/* The spans from `i` on that belong to one key. */
static salvage_key key_at(const rk_check *c, size_t i)
{
    salvage_key key = { .key = &c->damaged[c->spans[i].key], .first = i, .end = i };
    while (key.end < c->span_count && c->spans[key.end].key == c->spans[i].key)
        key.end++;
    return key;
}

static bool write_spans(salvage *s, rk_err *err)
{
    const rk_check *c = s->check;
    for (size_t i = 0; i < c->span_count;) {
        const rk_span *span = &c->spans[i];
        salvage_key key = { .end = i + 1 };
        s->result->bytes_lost += span->kind == RK_SPAN_LOST ? span->to - span->from : 0;
        if (span->kind == RK_SPAN_SOUND) {
            if (!salvage_records(s, span, err))
                return false;
        } else if (span->kind == RK_SPAN_LEFT_OUT) {
            s->result->left_out++;
        } else if (span->key != SIZE_MAX) {
            key = key_at(c, i);
            for (size_t k = i + 1; k < key.end; k++)
                s->result->bytes_lost +=
                    c->spans[k].kind == RK_SPAN_LOST ? c->spans[k].to - c->spans[k].from : 0;
            if (!write_key(s, &key, err))
                return false;
        }
        i = key.end;
    }
    return true;
}

/* ---- the file ---- */

static bool write_all(salvage *s, rk_err *err)
{
    const rk_snapshot_info *info = rk_check_info(s->check);
    distinct_start(s->keys);
    return rk_rdb_write_magic(&s->out, s->sink, info->valkey_magic, info->rdb_version, err) &&
           write_spans(s, err) && rk_rdb_write_end(&s->out, err);
}

static bool prepare(salvage *s, rk_err *err)
{
    *s->result = (rk_salvage_result){ 0 };
    return (s->rdb = rk_rdb_second(s->check->first, err)) &&
           ((s->chunk = rk_alloc(CHUNK)) || rk_no_memory(err)) && (s->keys = distinct_new(KEYS_HELD, err));
}

static void finish(salvage *s)
{
    rk_rdb_close(s->rdb);
    distinct_free(s->keys);
    rk_free(s->chunk);
    rk_buf_free(&s->stored);
    rk_buf_free(&s->text);
}

bool rk_salvage_write(const rk_check *check, const char *path, bool force, rk_salvage_result *result,
                      rk_err *err)
{
    salvage s = { .check = check, .result = result };
    rk_sink_options options = { .force = force, .input = check->source };
    bool ok = prepare(&s, err) && (s.sink = rk_sink_open(path, &options, err)) && write_all(&s, err) &&
              rk_check_read_back(s.sink, path, NULL, err);
    result->bytes_written = s.sink ? rk_sink_written(s.sink) : 0;
    ok = ok && rk_sink_commit(s.sink, err);
    rk_sink_close(s.sink);
    finish(&s);
    return ok;
}

bool rk_salvage_append(const rk_check *check, rk_sink *sink, rk_salvage_result *result, rk_err *err)
{
    salvage s = { .check = check, .result = result, .sink = sink };
    uint64_t before = rk_sink_written(sink);
    bool ok = prepare(&s, err) && write_all(&s, err);
    result->bytes_written = rk_sink_written(sink) - before;
    finish(&s);
    return ok;
}
