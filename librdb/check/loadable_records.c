/* loadable_records: the header, records that stand beside the keys, and modules (spec: Compatibility, "What blocks a
 * load"). */
#include "loadable.h"

#include <stdio.h>

/* ---- the header ------------------------------------------------------------------------------------------------ */

static bool has_aux(const rk_facts *facts, const char *name, const char *value, uint64_t *count)
{
    for (size_t i = 0; i < facts->aux_count; i++)
        if (rk_slice_is(facts->aux[i].name, rk_slice_of(name)) &&
            (!value || rk_slice_is(facts->aux[i].value, rk_slice_of(value)))) {
            *count = facts->aux[i].count;
            return true;
        }
    return false;
}

static void add_version(load_view *v)
{
    const rk_snapshot_info *info = v->subject->info;
    uint32_t oldest = info->valkey_magic ? v->row->valkey : v->row->oldest;
    uint32_t newest = info->valkey_magic ? v->row->valkey_newest : v->row->newest;
    rk_obstacle o = { .id = "version", .blocks = true };
    char things[60], words[100];
    const char *advice = "";
    if (info->rdb_version >= oldest && info->rdb_version <= newest)
        return;
    snprintf(things, sizeof things, "RDB version %s%" PRIu32, info->valkey_magic ? "VALKEY" : "",
             info->rdb_version);
    if (oldest == newest)
        snprintf(words, sizeof words, "loads %s%" PRIu32 " alone", info->valkey_magic ? "VALKEY" : "version ",
                 newest);
    else
        snprintf(words, sizeof words, "loads %s%" PRIu32 " to %" PRIu32,
                 info->valkey_magic ? "VALKEY" : "versions ", oldest, newest);
    if (v->row->like < 204)
        advice = "it says so in its log, starts empty, and overwrites the file with its next save";
    else if (v->row->kind == RK_SERVER_VALKEY && v->row->valkey_newest && !v->target->relaxed)
        advice = "with `rdb-version-check relaxed` it tries, and stops at what it does not know";
    else
        advice = "rewritten with an older header it loads, if nothing else stands in the way";
    load_add(v, &o, things, words, advice);
}

static void add_magic(load_view *v)
{
    rk_obstacle o = { .id = "magic", .blocks = true };
    if (!v->subject->info->valkey_magic || v->row->valkey_newest)
        return;
    load_add(v, &o, "the magic VALKEY", "does not take it, whatever the file holds",
             "a Valkey 8 or Redis 7.2 replica of a Valkey 9 saves version 11, if no hash has field TTL");
}

static void add_append_only(load_view *v)
{
    uint64_t count;
    rk_obstacle head = { .id = "aof_preamble", .blocks = true }, base = { .id = "aof_base" };
    if (v->subject->info->aof_preamble && v->row->like < 400)
        load_add(v, &head, "the head of an append-only file", "takes no snapshot there", "");
    if (!has_aux(v->subject->facts, "aof-base", "1", &count))
        return;
    if (v->row->like < 700)
        load_add(v, &base, "the base of an append-only directory",
                 "does not look for one: with appendonly on it starts empty", "");
    else if (v->subject->info->valkey_magic && v->row->kind == RK_SERVER_VALKEY && v->target->major < 9)
        load_add(v, &base, "the base of an append-only directory", "takes it there from 8.1.5 on", "");
}

void load_header(load_view *v)
{
    if (v->subject->info->valkey_magic && !v->row->valkey_newest)
        add_magic(v);
    else
        add_version(v);
    add_append_only(v);
}

/* ---- opcodes ----------------------------------------------------------------------------------------------------- */

typedef enum { ANY_MAGIC, REDIS_ONLY, VALKEY_ONLY } magic_kind;

static const struct {
    unsigned opcode;
    magic_kind magic;
    const char *id, *one, *many, *advice;
    int trait; /* that has an example, -1: none */
} opcode_rows[] = {
    { 252, ANY_MAGIC, "expiry_ms", "expiry in milliseconds", "expiries in milliseconds",
      "written in seconds, rounded up, it loads", -1 },
    { 250, ANY_MAGIC, "aux", "AUX field", "AUX fields", "left out, no key loses anything", -1 },
    { 251, ANY_MAGIC, "resizedb", "size hint", "size hints", "left out, nothing is lost", -1 },
    { 249, ANY_MAGIC, "idle", "LFU counter", "LFU counters", "left out, only the order of eviction is lost",
      RK_TRAIT_IDLE },
    { 248, ANY_MAGIC, "idle", "idle time", "idle times", "left out, only the order of eviction is lost",
      RK_TRAIT_IDLE },
    { 247, ANY_MAGIC, "module_aux", "record of a module outside keys", "records of modules outside keys",
      "left out, what modules keep beside their keys is lost", -1 },
    { 246, ANY_MAGIC, "function", "function library of a pre-release", "function libraries of a pre-release",
      "with a first line of '#!lua name=...' it is one of today; its description is lost", -1 },
    { 245, ANY_MAGIC, "function", "function library", "function libraries",
      "they would be left out: write their code to files first", -1 },
    { 244, ANY_MAGIC, "slot_info", "slot hint", "slot hints", "left out, nothing is lost", -1 },
    { 243, REDIS_ONLY, "key_meta", "key with metadata of a module", "keys with metadata of modules",
      "left out, the metadata is lost", RK_TRAIT_KEY_META },
    { 243, VALKEY_ONLY, "slot_import", "slot import under way", "slot imports under way",
      "it has to be finished before the save", -1 },
    { 242, REDIS_ONLY, "template", "hash template", "hash templates",
      "written as plain hashes, nothing is lost", -1 },
    { 242, VALKEY_ONLY, "update", "update record", "update records", "", -1 },
    { 220, ANY_MAGIC, "vendor", "record of Dragonfly", "records of Dragonfly",
      "left out, flags of keys are lost", -1 },
    { 121, ANY_MAGIC, "vendor", "record of Redis Enterprise", "records of Redis Enterprise",
      "left out, no key loses anything", -1 },
    { 107, ANY_MAGIC, "vendor", "record of Redis Enterprise", "records of Redis Enterprise",
      "left out, no key loses anything", -1 },
};

void load_records(load_view *v)
{
    const rk_facts *facts = v->subject->facts;
    magic_kind magic = v->subject->info->valkey_magic ? VALKEY_ONLY : REDIS_ONLY;
    load_words things;
    char words[60];
    for (size_t i = 0; i < sizeof opcode_rows / sizeof opcode_rows[0]; i++) {
        unsigned opcode = opcode_rows[i].opcode;
        uint64_t count = facts->opcodes[opcode];
        if (count == 0 || load_knows_opcode(v, opcode) ||
            (opcode_rows[i].magic != ANY_MAGIC && opcode_rows[i].magic != magic))
            continue;
        rk_obstacle o = { .id = opcode_rows[i].id, .blocks = true };
        if (opcode_rows[i].trait >= 0)
            o = load_of_trait(opcode_rows[i].id, true, &facts->traits[opcode_rows[i].trait]);
        o.count = count;
        snprintf(words, sizeof words, "does not know opcode %u", opcode);
        load_add(v, &o, load_things(count, opcode_rows[i].one, opcode_rows[i].many, &things), words,
                 opcode_rows[i].advice);
    }
}

/* ---- what the server knows, and yet needs something for -------------------------------------------------------------- */

/* Types of modules that are part of a server. */
static const struct {
    const char *name;
    rk_server_kind kind;
    unsigned like;
} built_in[] = { { "vectorset", RK_SERVER_REDIS, 800 } };

static bool is_built_in(const load_view *v, const char *name)
{
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
        if (v->row->kind == built_in[i].kind && v->row->like >= built_in[i].like &&
            strcmp(name, built_in[i].name) == 0)
            return true;
    return false;
}

static void add_module(load_view *v, const rk_module_use *use)
{
    const rk_trait *trait = &v->subject->facts->traits[RK_TRAIT_MODULE];
    rk_obstacle o = { .id = "module", .blocks = true, .needs = true, .count = use->values + use->records };
    char things[320], name[40];
    load_words values, records;
    rk_slice_print(rk_slice_of(use->name), name, sizeof name);
    load_things(use->values, "key", "keys", &values);
    load_things(use->records, "record outside keys", "records outside keys", &records);
    snprintf(things, sizeof things, "%s%s%s of module %s", use->values ? values.text : "",
             use->values && use->records ? " and " : "", use->records ? records.text : "", name);
    if (v->subject->info->module_count == 1 && use->values) {
        o.has_example = trait->has_example;
        o.db = trait->db;
        o.key = trait->key;
    }
    load_add(v, &o, things, "loads them only with that module, in the same or a newer version",
             "without it they would have to be left out");
}

void load_modules(load_view *v)
{
    const rk_snapshot_info *info = v->subject->info;
    const rk_trait *meta = &v->subject->facts->traits[RK_TRAIT_KEY_META];
    load_words things;
    for (size_t i = 0; i < info->module_count; i++) {
        const rk_module_use *use = &info->modules[i];
        bool known =
            (!use->values || server_lists(v->row->types, 7)) && (!use->records || load_knows_opcode(v, 247));
        if (known && !is_built_in(v, use->name))
            add_module(v, use);
    }
    if (meta->count > 0 && load_knows_opcode(v, 243)) {
        rk_obstacle o = load_of_trait("key_meta", true, meta);
        o.needs = true;
        load_add(v, &o,
                 load_things(meta->count, "key with metadata of a module", "keys with metadata of modules",
                             &things),
                 "needs the module that registers their class", "left out, the metadata is lost");
    }
    if (info->slot_imports > 0 && info->valkey_magic && load_knows_opcode(v, 243)) {
        rk_obstacle o = { .id = "slot_import", .blocks = true, .count = info->slot_imports };
        load_add(v, &o,
                 load_things(info->slot_imports, "slot import under way", "slot imports under way", &things),
                 "crashes on it outside of cluster mode, and drops the keys of these slots in it",
                 "it has to be finished before the save");
    }
}
