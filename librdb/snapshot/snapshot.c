/* snapshot: keys from a snapshot file, and what its records tell about it. */
#include "snapshot.h"

#include <stdio.h>

enum { NEWEST_REDIS = 15, NEWEST_VALKEY = 81 };

/* What a field of AUX is kept as (spec: Compatibility, "AUX fields"). */
typedef enum {
    AUX_REDIS,
    AUX_VALKEY,
    AUX_KEYDB,
    AUX_DRAGONFLY,
    AUX_ENTERPRISE,
    AUX_CTIME,
    AUX_MEMORY,
    AUX_REPL_ID,
    AUX_REPL_OFFSET,
    AUX_REPL_DB,
    AUX_PREAMBLE,
    AUX_SUB_KEY
} aux_meaning;

static const struct {
    const char *name;
    aux_meaning meaning;
} aux_table[] = {
    { "redis-ver", AUX_REDIS },         { "valkey-ver", AUX_VALKEY },
    { "df-ver", AUX_DRAGONFLY },        { "mvcc-tstamp", AUX_KEYDB },
    { "repl-masters", AUX_KEYDB },      { "keydb-subexpire-key", AUX_SUB_KEY },
    { "big-used-ram", AUX_ENTERPRISE }, { "ctime", AUX_CTIME },
    { "used-mem", AUX_MEMORY },         { "repl-id", AUX_REPL_ID },
    { "repl-offset", AUX_REPL_OFFSET }, { "repl-stream-db", AUX_REPL_DB },
    { "aof-preamble", AUX_PREAMBLE },
};

static rk_snapshot *fail_open(rk_snapshot *snapshot)
{
    rk_snapshot_close(snapshot);
    return NULL;
}

rk_snapshot *rk_snapshot_open(const char *path, const rk_source_options *options, rk_err *err)
{
    rk_source *source = rk_source_open(path, options, err);
    return source ? rk_snapshot_open_source(source, err) : NULL;
}

rk_snapshot *rk_snapshot_open_source(rk_source *source, rk_err *err)
{
    rk_snapshot *s = rk_alloc(sizeof *s);
    if (!s) {
        rk_source_close(source);
        rk_no_memory(err);
        return NULL;
    }
    s->source = source;
    s->rdb = rk_rdb_open(source, err);
    if (!s->rdb)
        return fail_open(s);
    s->info = (rk_snapshot_info){ .path = rk_source_name(source),
                                  .format = "rdb",
                                  .packing = rk_source_packing(source),
                                  .rdb_version = rk_rdb_version(s->rdb),
                                  .valkey_magic = rk_rdb_is_valkey(s->rdb),
                                  .ctime = -1,
                                  .used_memory = -1,
                                  .repl_offset = -1,
                                  .checksum = RK_CHECKSUM_UNSEEN };
    snprintf(s->info.server, sizeof s->info.server, "unknown");
    s->maker_rank = -1;
    return s;
}

void rk_snapshot_close(rk_snapshot *s)
{
    if (!s)
        return;
    rk_rdb_close(s->rdb);
    rk_source_close(s->source);
    rk_free(s);
}

/* Notes who wrote the file; a surer sign replaces a lesser one. */
static void note_maker(rk_snapshot *s, const char *maker, int rank, rk_slice version)
{
    char shown[40];
    if (version.len > 0)
        rk_slice_print(version, s->version, sizeof s->version);
    if (rank > s->maker_rank) {
        s->maker = maker;
        s->maker_rank = rank;
    }
    snprintf(s->info.server, sizeof s->info.server, "%s%s%s", s->maker, s->version[0] ? " " : "",
             rk_slice_print(rk_slice_of(s->version), shown, sizeof shown));
}

static int64_t number_or(rk_slice text, int64_t otherwise)
{
    int64_t value;
    return rk_slice_int(text, &value) ? value : otherwise;
}

static void note_aux(rk_snapshot *s, rk_slice name, rk_slice value)
{
    rk_snapshot_info *info = &s->info;
    size_t i = 0, count = sizeof aux_table / sizeof aux_table[0];
    while (i < count && !rk_slice_is(name, rk_slice_of(aux_table[i].name)))
        i++;
    if (i == count)
        return;
    switch (aux_table[i].meaning) {
    case AUX_REDIS:
        note_maker(s, "Redis", 0, value);
        break;
    case AUX_ENTERPRISE:
        note_maker(s, "Redis Enterprise", 1, RK_EMPTY);
        break;
    case AUX_SUB_KEY:
        info->sub_key_expiries++;
        note_maker(s, "KeyDB", 2, RK_EMPTY);
        break;
    case AUX_KEYDB:
        note_maker(s, "KeyDB", 2, RK_EMPTY);
        break;
    case AUX_VALKEY:
        note_maker(s, "Valkey", 3, value);
        break;
    case AUX_DRAGONFLY:
        note_maker(s, "Dragonfly", 4, value);
        break;
    case AUX_CTIME:
        info->ctime = number_or(value, -1);
        break;
    case AUX_MEMORY:
        info->used_memory = number_or(value, -1);
        break;
    case AUX_REPL_ID:
        rk_slice_print(value, info->repl_id, sizeof info->repl_id);
        break;
    case AUX_REPL_OFFSET:
        info->repl_offset = number_or(value, -1);
        break;
    case AUX_REPL_DB:
        s->repl_invalid = number_or(value, -1) == -1;
        break;
    case AUX_PREAMBLE:
        info->aof_preamble = number_or(value, 0) == 1;
        break;
    }
}

/* The entry of a module, made when it is not there; NULL when there is no more room. */
static rk_module_use *module_named(rk_snapshot_info *info, rk_slice name)
{
    for (size_t i = 0; i < info->module_count; i++)
        if (rk_slice_is(name, rk_slice_of(info->modules[i].name)))
            return &info->modules[i];
    if (info->module_count == RK_MODULES_NAMED) {
        info->other_modules++;
        return NULL;
    }
    rk_module_use *use = &info->modules[info->module_count++];
    memcpy(use->name, name.ptr, name.len < 9 ? name.len : 9);
    return use;
}

static void note_module_aux(rk_snapshot *s, rk_slice name)
{
    rk_module_use *use = module_named(&s->info, name);
    if (use)
        use->records++;
}

/* The value pulled before has been read or passed over: now its module is known. */
static void note_module_value(rk_snapshot *s)
{
    char name[10];
    if (!s->in_module)
        return;
    s->in_module = false;
    rk_rdb_module(s->rdb, name);
    rk_module_use *use = module_named(&s->info, rk_slice_of(name));
    if (use)
        use->values++;
}

static void note_record(rk_snapshot *s, const rk_record *rec)
{
    switch (rec->kind) {
    case RK_RECORD_AUX:
        note_aux(s, rec->name, rec->value);
        break;
    case RK_RECORD_FUNCTION:
        s->info.functions++;
        break;
    case RK_RECORD_MODULE_AUX:
        note_module_aux(s, rec->name);
        break;
    case RK_RECORD_SLOT_IMPORT:
        s->info.slot_imports++;
        break;
    case RK_RECORD_VENDOR:
        s->info.vendor_records++;
        break;
    default:
        break;
    }
}

static void set_partial(rk_snapshot *s, const rk_err *reason)
{
    if (s->info.partial)
        return;
    s->info.partial = true;
    s->info.reason = *reason;
}

/* The EOF opcode has been read. */
static bool end(rk_snapshot *s, rk_err *err)
{
    rk_snapshot_info *info = &s->info;
    rk_err reason = { 0 };
    bool newer = info->rdb_version > (uint32_t)(info->valkey_magic ? NEWEST_VALKEY : NEWEST_REDIS);
    s->ended = true;
    info->checksum = rk_rdb_checksum(s->rdb);
    info->trailing = rk_rdb_trailing(s->rdb, err);
    if (err->code != RK_OK)
        return rk_err_source(err, info->path);
    info->file_size = rk_source_file_size(s->source);
    info->content_size = rk_source_size(s->source);
    if (s->repl_invalid) {
        info->repl_id[0] = 0;
        info->repl_offset = -1;
    }
    if (newer)
        rk_fail(&reason, RK_UNKNOWN, RK_NO_OFFSET,
                "RDB version %" PRIu32 " is newer than %d, the newest that is known", info->rdb_version,
                info->valkey_magic ? NEWEST_VALKEY : NEWEST_REDIS);
    else if (info->aof_preamble && info->trailing)
        rk_fail(&reason, RK_UNKNOWN, RK_NO_OFFSET,
                "the head of an append-only file; the %" PRIu64
                " bytes of commands behind it were not replayed",
                info->trailing);
    if (reason.code != RK_OK) {
        rk_err_source(&reason, info->path);
        set_partial(s, &reason);
    }
    info->complete = !info->partial;
    return true;
}

/* It could not be read any further. */
static bool stop(rk_snapshot *s, rk_err *err)
{
    s->ended = true;
    s->info.checksum = rk_rdb_checksum(s->rdb);
    s->info.file_size = rk_source_file_size(s->source);
    s->info.content_size = rk_source_size(s->source);
    if (err->code != RK_UNKNOWN)
        return false;
    set_partial(s, err); /* what stands before an unknown byte has been read soundly */
    *err = (rk_err){ 0 };
    return false;
}

static void note_key(rk_snapshot *s, const rk_key *key)
{
    s->info.keys++;
    s->info.expiries += key->expire_ms != RK_NO_EXPIRY;
    s->info.module_values += key->type == RK_MODULE;
    s->in_module = key->type == RK_MODULE;
    if (key->db > s->info.highest_db)
        s->info.highest_db = key->db;
}

bool rk_snapshot_next_record(rk_snapshot *s, rk_record *rec, rk_err *err)
{
    if (s->ended)
        return false;
    if (!rk_rdb_next(s->rdb, rec, err))
        return stop(s, err);
    note_module_value(s);
    if (rec->kind == RK_RECORD_END) {
        s->info.expiry_without_key = rec->numbers[0] != 0;
        return end(s, err) && false;
    }
    if (rec->kind == RK_RECORD_KEY)
        note_key(s, &rec->key);
    else
        note_record(s, rec);
    return true;
}

bool rk_snapshot_next(rk_snapshot *s, rk_key *key, rk_err *err)
{
    rk_record rec;
    while (rk_snapshot_next_record(s, &rec, err))
        if (rec.kind == RK_RECORD_KEY) {
            *key = rec.key;
            return true;
        }
    return false;
}

uint64_t rk_snapshot_offset(const rk_snapshot *s)
{
    return rk_rdb_offset(s->rdb);
}

bool rk_snapshot_element(rk_snapshot *s, rk_element *element, rk_err *err)
{
    return rk_rdb_element(s->rdb, element, err);
}

bool rk_snapshot_unit(rk_snapshot *s, rk_unit *unit, rk_err *err)
{
    return rk_rdb_unit(s->rdb, unit, err);
}

bool rk_snapshot_pass(rk_snapshot *s, uint64_t *end, rk_err *err)
{
    bool ok = rk_rdb_pass(s->rdb, err);
    *end = rk_rdb_offset(s->rdb);
    return ok;
}

void rk_snapshot_digest_begin(rk_snapshot *s)
{
    rk_rdb_digest_begin(s->rdb);
}

bool rk_snapshot_digest_end(rk_snapshot *s, rk_digest *digest, rk_err *err)
{
    return rk_rdb_digest_end(s->rdb, digest, err);
}

bool rk_snapshot_bytes(const rk_snapshot *s, uint64_t offset, void *into, size_t count, rk_err *err)
{
    for (size_t done = 0, got = 0; done < count; done += got) {
        if (!rk_source_read_at(s->source, offset + done, (uint8_t *)into + done, count - done, &got, err))
            return rk_err_source(err, s->info.path);
        if (got == 0) {
            rk_fail(err, RK_TRUNCATED, offset + done, "the file has become shorter");
            return rk_err_source(err, s->info.path);
        }
    }
    return true;
}

const rk_snapshot_info *rk_snapshot_info_of(const rk_snapshot *s)
{
    return &s->info;
}

const char *rk_checksum_name(rk_checksum checksum)
{
    static const char *const names[] = { [RK_CHECKSUM_OK] = "ok",
                                         [RK_CHECKSUM_ABSENT] = "absent",
                                         [RK_CHECKSUM_BAD] = "bad",
                                         [RK_CHECKSUM_UNSEEN] = "unseen" };
    return names[checksum];
}
