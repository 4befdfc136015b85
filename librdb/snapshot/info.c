/* info: what the records of a snapshot tell about it as a whole. */
#include "info.h"

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

void rk_info_begin(rk_info_notes *s, const rk_source *source, const rk_rdb *rdb)
{
    *s = (rk_info_notes){ .maker_rank = -1 };
    s->info = (rk_snapshot_info){ .path = rk_source_name(source),
                                  .format = "rdb",
                                  .packing = rk_source_packing(source),
                                  .rdb_version = rk_rdb_version(rdb),
                                  .valkey_magic = rk_rdb_is_valkey(rdb),
                                  .ctime = -1,
                                  .used_memory = -1,
                                  .repl_offset = -1,
                                  .checksum = RK_CHECKSUM_UNSEEN };
    snprintf(s->info.server, sizeof s->info.server, "unknown");
}

/* Notes who wrote the file; a surer sign replaces a lesser one. */
static void note_maker(rk_info_notes *s, const char *maker, int rank, rk_slice version)
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

static void note_aux(rk_info_notes *s, rk_slice name, rk_slice value)
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

static void note_module_aux(rk_info_notes *s, rk_slice name)
{
    rk_module_use *use = module_named(&s->info, name);
    if (use)
        use->records++;
}

void rk_info_value_read(rk_info_notes *s, const rk_rdb *rdb)
{
    char name[10];
    if (!s->in_module)
        return;
    s->in_module = false;
    rk_rdb_module(rdb, name);
    rk_module_use *use = module_named(&s->info, rk_slice_of(name));
    if (use)
        use->values++;
}

static void note_key(rk_info_notes *s, const rk_key *key)
{
    rk_snapshot_info *info = &s->info;
    info->keys++;
    info->expiries += key->expire_ms != RK_NO_EXPIRY;
    info->module_values += key->type == RK_MODULE;
    s->in_module = key->type == RK_MODULE;
    if (key->db > info->highest_db)
        info->highest_db = key->db;
}

void rk_info_record(rk_info_notes *s, const rk_record *rec)
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
    case RK_RECORD_KEY:
        note_key(s, &rec->key);
        break;
    case RK_RECORD_END:
        s->info.expiry_without_key = rec->numbers[0] != 0;
        break;
    default:
        break;
    }
}

uint32_t rk_info_newest(const rk_info_notes *s)
{
    return s->info.valkey_magic ? NEWEST_VALKEY : NEWEST_REDIS;
}

void rk_info_end(rk_info_notes *s, const rk_source *source)
{
    rk_snapshot_info *info = &s->info;
    info->file_size = rk_source_file_size(source);
    info->content_size = rk_source_size(source);
    if (!s->repl_invalid)
        return;
    info->repl_id[0] = 0;
    info->repl_offset = -1;
}
