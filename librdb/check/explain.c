/* explain: what a byte of a snapshot means. A first reader passes over records up to the one before the byte; a second
 * reads on from there with a trace, which is told to the files beside this one; what cannot be read is shown as it
 * is. */
#include "explain.h"

#include "rescue.h"

#include <stdio.h>

enum { MAGIC_SIZE = 9 };

/* Where the second reader starts: the last record that begins far enough before the byte. */
typedef struct {
    uint64_t at;
    uint32_t db;
    bool done;        /* nothing before the byte is left to be passed over */
    uint64_t lost_at; /* where the first reader lost the framing, or UINT64_MAX */
} start_point;

static const char *const record_names[] = {
    [RK_RECORD_AUX] = "AUX",
    [RK_RECORD_DB] = "SELECTDB",
    [RK_RECORD_SIZES] = "RESIZEDB",
    [RK_RECORD_FUNCTION] = "function",
    [RK_RECORD_MODULE_AUX] = "MODULE_AUX",
    [RK_RECORD_SLOT] = "SLOT_INFO",
    [RK_RECORD_SLOT_IMPORT] = "SLOT_IMPORT",
    [RK_RECORD_TEMPLATE] = "HASH_TEMPLATE",
    [RK_RECORD_VENDOR] = "vendor record",
    [RK_RECORD_KEY] = "key",
    [RK_RECORD_END] = "end",
};

static uint64_t begin_of(const rk_record *rec)
{
    return rec->kind == RK_RECORD_KEY ? rec->key.begin : rec->offset;
}

/* ---- the first reader ---- */

/* Passes over records until they lie behind all that is near, or until the framing is lost. */
static void find_start(rk_explain *e, rk_rdb *rdb, start_point *start)
{
    uint64_t target = e->offset > e->span ? e->offset - e->span : 0;
    uint32_t db = start->db;
    rk_record rec = { .kind = RK_RECORD_AUX };
    rk_err stopped = { 0 };
    start->lost_at = UINT64_MAX;
    while (!start->done) {
        bool ok = rk_rdb_next(rdb, &rec, &stopped);
        if (!ok && !rk_rdb_goes_on(rdb))
            break;
        stopped = (rk_err){ 0 };
        uint64_t begin = begin_of(&rec);
        if (begin <= target) {
            start->at = begin;
            start->db = db;
        }
        start->done = rec.kind == RK_RECORD_END || explain_is_past(e, false, begin);
        db = rec.kind == RK_RECORD_DB ? rec.db : db;
    }
    if (stopped.code == RK_IO || stopped.code == RK_NO_MEMORY)
        e->trouble = stopped;
    else if (stopped.code != RK_OK)
        start->lost_at = rk_rdb_offset(rdb);
}

/* The size of the source; what cannot be asked for it is read to its end. */
static bool find_size(rk_explain *e, rk_err *err)
{
    uint8_t room[65536];
    size_t got = 1;
    while (rk_source_size(e->source) == UINT64_MAX && got > 0)
        if (!rk_source_read(e->source, room, sizeof room, &got, err))
            return false;
    e->place.size = rk_source_size(e->source);
    if (e->offset < e->place.size)
        return true;
    rk_fail(err, RK_USAGE, RK_NO_OFFSET, "there is no byte %" PRIu64 ": it has %" PRIu64 " bytes", e->offset,
            e->place.size);
    return rk_err_source(err, e->place.path);
}

/* Where records can be read again behind bytes that mean nothing, which begin at `from`; the end of the file when
 * nowhere. */
static uint64_t go_on_behind(rk_explain *e, uint64_t from, bool *suspect)
{
    rescue_landing landing = { .from = e->place.size };
    rk_rdb_trace(e->again, NULL, NULL);
    if (from >= e->place.size || !check_rescue(e->again, from, NULL, 0, &landing, &e->trouble))
        return e->place.size;
    *suspect = landing.suspect;
    return landing.kind == RESCUE_RECORDS ? landing.from : e->place.size;
}

/* The same as find_start by the second reader, from behind the damage on, as often as it takes. */
static void find_start_behind(rk_explain *e, start_point *start)
{
    uint64_t target = e->offset > e->span ? e->offset - e->span : 0, at;
    bool suspect;
    while (start->lost_at < target && e->trouble.code == RK_OK) {
        at = go_on_behind(e, start->lost_at + 1, &suspect);
        if (at > target || !rk_rdb_seek_record(e->again, at, start->db, &e->trouble))
            return;
        start->at = at;
        find_start(e, e->again, start);
    }
}

/* ---- what stands before, between and behind records ---- */

static void tell_header(rk_explain *e)
{
    uint64_t end = rk_rdb_begin(e->first), magic = end - MAGIC_SIZE;
    size_t word = rk_rdb_is_valkey(e->first) ? 6 : 5;
    explain_start_record(e, 0);
    explain_retell(e, &e->path[0], "header");
    if (magic > 0)
        explain_add(e, (explain_spot){ .depth = 1, .len = magic },
                    "wrapping of a replication stream, %" PRIu64 " bytes", magic);
    explain_add(e, (explain_spot){ .depth = 1, .from = magic, .len = word }, "magic: %s",
                word == 6 ? "VALKEY" : "REDIS");
    explain_add(e, (explain_spot){ .depth = 1, .from = magic + word, .len = MAGIC_SIZE - word },
                "RDB version: %" PRIu32, rk_rdb_version(e->first));
    explain_end_record(e, end);
    if (e->place.in_record)
        e->place.record = "header";
}

/* Bytes that no reader gives a meaning to. */
static void tell_raw(rk_explain *e, uint64_t from, uint64_t to, const char *what)
{
    explain_spot spot = { .from = from, .len = to - from };
    if (from < to)
        explain_add(e, spot, "%s, %" PRIu64 " byte%s", what, spot.len, spot.len == 1 ? "" : "s");
}

/* ---- the second reader ---- */

/* The byte 0x12 that began a key is its type. */
static void name_type(rk_explain *e, const rk_record *rec)
{
    char text[200];
    snprintf(text, sizeof text, "type %u: %s, %s", rec->key.type_byte, rk_type_name(rec->key.type),
             rec->key.encoding);
    for (size_t i = e->count; i-- > 0 && (e->items[i].decoded || e->items[i].offset >= rec->key.offset);)
        if (e->items[i].len == 1 && e->items[i].depth == 1 && e->items[i].offset == rec->key.offset)
            memcpy(e->items[i].text, text, sizeof text);
    for (size_t i = 0; i < e->head_count; i++)
        if (e->heads[i].item.offset == rec->key.offset)
            memcpy(e->heads[i].item.text, text, sizeof text);
}

/* The record that has begun has been pulled: now its name is known. */
static void name_record(rk_explain *e, const rk_record *rec)
{
    char name[200], value[200];
    explain_met *record = &e->path[0];
    e->record = *rec;
    e->headed = true;
    switch (rec->kind) {
    case RK_RECORD_KEY:
        explain_retell(e, record, "key %s in db %" PRIu32 ": %s, %s",
                       explain_quote(rk_slice_head(rec->key.name, 80), rec->key.name.len, name, sizeof name),
                       rec->key.db, rk_type_name(rec->key.type), rec->key.encoding);
        name_type(e, rec);
        rk_arena_copy(&e->arena, rec->key.name, &e->name, &e->trouble);
        break;
    case RK_RECORD_AUX:
        explain_retell(e, record, "AUX field %s: %s",
                       explain_quote(rk_slice_head(rec->name, 40), rec->name.len, name, sizeof name),
                       explain_quote(rk_slice_head(rec->value, 60), rec->value.len, value, sizeof value));
        break;
    default:
        explain_retell(e, record, "%s", record_names[rec->kind]);
    }
}

void explain_record_ends(rk_explain *e, uint64_t end)
{
    const rk_key *key = &e->record.key;
    if (!explain_holds(e, e->begin, end))
        return;
    e->place.in_record = true;
    e->place.begin = e->begin;
    e->place.end = end;
    e->place.record = e->headed ? record_names[e->record.kind] : "record";
    e->place.has_key = e->headed && e->record.kind == RK_RECORD_KEY;
    if (!e->place.has_key)
        return;
    e->place.key = e->name;
    e->place.db = key->db;
    e->place.type = key->type;
    e->place.encoding = key->encoding;
}

/* The record, or what should have been one, in which reading failed. */
static void tell_damage(rk_explain *e, const rk_err *why, uint64_t at)
{
    bool within = e->open && !(e->headed && why->offset >= at && e->record.kind != RK_RECORD_KEY);
    uint64_t where = why->has_offset && why->offset < at ? why->offset : at;
    if (e->open && !e->headed)
        explain_retell(e, &e->path[0], "a record that cannot be read");
    explain_end_record(e, at);
    explain_error(e, within ? 1 : 0, false, where, why->what);
    if (e->place.damage.code == RK_OK)
        e->place.damage = *why;
}

/* The framing was lost: what means nothing is told as it is, and reading goes on behind it. False: it does not. */
static bool tell_lost(rk_explain *e, uint32_t db, const rk_err *why)
{
    bool suspect = false;
    uint64_t at = e->next < e->place.size ? e->next : e->place.size;
    tell_damage(e, why, at);
    uint64_t on = go_on_behind(e, at, &suspect);
    tell_raw(e, at, on, suspect ? "not read, and what follows may be chance" : "not read");
    rk_rdb_trace(e->again, explain_told, e);
    return e->trouble.code == RK_OK && on < e->place.size && !explain_is_past(e, false, on) &&
           rk_rdb_seek_record(e->again, on, db, &e->trouble);
}

/* Reads records with the trace on, from `start` to behind what is near. */
static void tell_records(rk_explain *e, const start_point *start)
{
    rk_record rec = { .kind = RK_RECORD_AUX };
    uint32_t db = start->db;
    e->next = start->at;
    rk_rdb_trace(e->again, explain_told, e);
    bool more = rk_rdb_seek_record(e->again, start->at, db, &e->trouble);
    while (more && e->trouble.code == RK_OK) {
        rk_err stopped = { 0 };
        bool ok = rk_rdb_next(e->again, &rec, &stopped);
        if (stopped.code == RK_IO || stopped.code == RK_NO_MEMORY) {
            e->trouble = stopped;
        } else if (ok || rk_rdb_goes_on(e->again)) {
            name_record(e, &rec);
            if (!ok)
                explain_error(e, 1, false, stopped.offset, stopped.what);
            db = rec.kind == RK_RECORD_DB ? rec.db : db;
            more = rec.kind != RK_RECORD_END && !explain_is_past(e, false, e->begin);
        } else {
            more = tell_lost(e, db, &stopped);
            rec.kind = RK_RECORD_AUX;
        }
    }
    if (rec.kind == RK_RECORD_END) {
        explain_end_record(e, e->next);
        tell_raw(e, e->next, e->place.size, "behind the end of the snapshot");
    }
}

/* ---- running ---- */

/* What is no snapshot from its first byte on. */
static void tell_other(rk_explain *e)
{
    explain_error(e, 0, false, 0, e->place.damage.what);
    tell_raw(e, 0, e->place.size, "not read");
}

static bool tell_all(rk_explain *e, rk_err *err)
{
    start_point start = { 0 };
    if (!e->first)
        return find_size(e, err) && (tell_other(e), true);
    start.at = rk_rdb_begin(e->first);
    find_start(e, e->first, &start);
    if (!find_size(e, err) || !(e->again = rk_rdb_second(e->first, err)))
        return false;
    find_start_behind(e, &start);
    if (start.at == rk_rdb_begin(e->first))
        tell_header(e);
    tell_records(e, &start);
    return true;
}

static bool run(rk_explain *e, rk_err *err)
{
    rk_err *damage = &e->place.damage;
    e->first = rk_rdb_open(e->source, damage);
    if (damage->code == RK_IO || damage->code == RK_NO_MEMORY) {
        *err = *damage;
        return false;
    }
    if (!tell_all(e, err))
        return false;
    if (e->trouble.code != RK_OK)
        *err = e->trouble;
    return e->trouble.code == RK_OK;
}

rk_explain *explain_new(rk_source *source, uint64_t offset, const rk_explain_options *options, rk_err *err)
{
    rk_explain *e = rk_alloc(sizeof *e);
    if (!e) {
        rk_source_close(source);
        rk_no_memory(err);
        return NULL;
    }
    e->source = source;
    e->offset = e->place.offset = offset;
    e->span = options && options->span ? options->span : EXPLAIN_SPAN;
    e->place.path = rk_source_name(source);
    e->place.packing = rk_source_packing(source);
    e->place.key = RK_EMPTY;
    return e;
}

rk_explain *rk_explain_source(rk_source *source, uint64_t offset, const rk_explain_options *options,
                              rk_err *err)
{
    rk_explain *e = explain_new(source, offset, options, err);
    if (!e)
        return NULL;
    if (run(e, err))
        return e;
    rk_err_source(err, rk_source_name(source));
    rk_explain_free(e);
    return NULL;
}

rk_explain *rk_explain_run(const char *path, uint64_t offset, const rk_explain_options *options, rk_err *err)
{
    rk_source_options opening = { .second_look = true, .progress = options ? options->progress : NULL };
    rk_source *source = rk_source_open(path, &opening, err);
    return source ? rk_explain_source(source, offset, options, err) : NULL;
}

void rk_explain_free(rk_explain *e)
{
    if (!e)
        return;
    rk_rdb_close(e->again);
    rk_rdb_close(e->first);
    rk_source_close(e->source);
    rk_source_close(e->whole);
    rk_arena_free(&e->arena);
    rk_buf_free(&e->stored);
    rk_buf_free(&e->decoded);
    rk_free(e->items);
    rk_free(e);
}

const rk_explained_place *rk_explain_where(const rk_explain *e)
{
    return &e->place;
}

const rk_explained *rk_explain_item(const rk_explain *e, size_t i)
{
    return i < e->count ? &e->items[i] : NULL;
}

size_t rk_explain_bytes(const rk_explain *e, const rk_explained *item, uint64_t from, uint8_t *into,
                        size_t count)
{
    uint64_t len = item->decoded ? item->inner_len : item->len;
    rk_err ignored = { 0 };
    size_t got = 0, total = 0;
    if (from >= len)
        return 0;
    if (count > len - from)
        count = (size_t)(len - from);
    if (item->decoded) {
        memcpy(into, e->decoded.ptr + item->inner + from, count);
        return count;
    }
    while (total < count &&
           rk_source_read_at(e->source, item->offset + from + total, into + total, count - total, &got,
                             &ignored) &&
           got > 0)
        total += got;
    return total;
}
