/* Who can load it: files of real servers against what real servers said when they were given them (spec:
 * Compatibility, "Tried with real files"), and each finding of the matrix by facts made for it. */
#include "unit.h"

#include "../snapshot/corpus.h"
#include "subject.h"

static rk_target target_of(const char *words)
{
    rk_target target = { 0 };
    rk_err err = { 0 };
    CU_ASSERT(rk_target_parse(words, &target, &err));
    if (err.code != RK_OK)
        printf("# %s\n", err.what);
    return target;
}

/* The ids of all obstacles, those that block in capitals' stead with a '!', and one that needs something with '?'. */
static const char *obstacles(const load_subject *subject, const char *words, char *out, size_t cap)
{
    rk_target target = target_of(words);
    rk_obstacle o;
    size_t len = 0;
    out[0] = 0;
    for (size_t i = 0; loadable_obstacle(subject, &target, i, &o) && len < cap; i++)
        len += (size_t)snprintf(out + len, cap - len, "%s%s%s%s", len ? " " : "", o.id, o.blocks ? "!" : "",
                                o.needs ? "?" : "");
    return out;
}

/* ---- tried with real files ------------------------------------------------------------------------------------- */

static const struct {
    const char *file;
    const char *loads;   /* targets, and */
    const char *refuses; /* others */
} tried[] = {
    { "redis-2.4.18-types", "redis:2.4 redis:2.6 redis:8.0 valkey:8.1 valkey:9.1 keydb:6 redis:8.10",
      "redis:2.2" },
    { "redis-2.8.24-types", "redis:2.6 redis:2.8 redis:3.0 redis:8.0 valkey:9.1", "redis:2.4 redis:2.2" },
    { "redis-3.2.13-types", "redis:3.2 redis:8.0 valkey:7.2", "redis:3.0" },
    { "redis-4.0.14-types", "redis:4.0 redis:8.0 valkey:9.1", "redis:3.2" },
    { "redis-5.0.14-streams", "redis:5.0 redis:6.2 redis:8.0 valkey:8.1 keydb:5", "redis:4.0" },
    { "redis-6.2.16-types", "redis:6.2 redis:5.0 redis:8.0 valkey:9.1 keydb:6", "redis:4.0" },
    { "redis-7.0.15-types", "redis:7.0 redis:8.0 valkey:7.2 valkey:9.1", "redis:6.2 keydb:6" },
    { "redis-7.2.6-types", "redis:7.2 redis:7.4 redis:8.0 valkey:7.2 valkey:8.1 valkey:9.1", "redis:7.0" },
    { "redis-7.4.1-types", "redis:7.4 redis:8.0",
      "redis:7.2 valkey:8.1 valkey:8.1:relaxed valkey:9.1 valkey:9.1:relaxed" },
    { "redis-7.4.1-hfe", "redis:7.4 redis:8.0",
      "redis:7.2 valkey:9.1 valkey:9.1:relaxed valkey:8.1:relaxed" },
    { "redis-7.4.1-functions", "redis:7.4 redis:8.0 valkey:9.1:relaxed", "redis:7.2 redis:6.2 valkey:9.1" },
    { "redis-7.4.1-empty", "redis:7.4 valkey:9.1:relaxed", "redis:7.2 valkey:9.1 valkey:8.1:relaxed" },
    { "redis-8.0.6-hfe", "redis:7.4 redis:8.0", "redis:7.2 valkey:9.1 valkey:9.1:relaxed" },
    { "redis-8.7-dev-20260625-empty", "redis:8.8 redis:8.10", "redis:8.0 redis:8.6 valkey:9.1" },
    { "redis-8.7-dev-20260625-arrays", "redis:8.8", "redis:8.6 valkey:9.1:relaxed" },
    { "redis-8.7-dev-20260625-streams", "redis:8.8", "redis:8.6 valkey:9.1:relaxed" },
    { "valkey-8.0.1-cluster", "redis:7.2 redis:8.0 valkey:7.2 valkey:8.0 valkey:9.1", "redis:7.0" },
    { "valkey-8.0.1-streams", "redis:7.2 redis:8.0 valkey:7.2 valkey:9.1", "redis:7.0" },
    { "valkey-9.1.2-functions", "valkey:9.0 valkey:9.1 valkey:8.1:relaxed",
      "redis:8.0 redis:7.4 redis:7.2 valkey:8.0 valkey:8.1" },
    { "valkey-9.1.2-streams", "valkey:9.0 valkey:8.1:relaxed", "redis:8.0 valkey:8.1" },
    { "valkey-9.1.2-hfe", "valkey:9.0 valkey:9.1", "redis:8.0 redis:8.10 valkey:8.1:relaxed valkey:8.1" },
    { "valkey-9.1.2-slotimport", "", "valkey:9.1 valkey:8.1:relaxed redis:8.10" },
    { "valkey-9.1.2-empty", "valkey:9.1 valkey:8.1:relaxed", "redis:8.0 redis:7.4 redis:7.2 valkey:8.0" },
};

static bool is_loaded(const load_subject *subject, const char *words)
{
    char ids[512];
    return strchr(obstacles(subject, words, ids, sizeof ids), '!') == NULL;
}

static void check_each(const char *file, const load_subject *subject, const char *list, bool loads)
{
    char words[256], *rest = words, *word, ids[512];
    snprintf(words, sizeof words, "%s", list);
    while ((word = strtok_r(rest, " ", &rest)) != NULL) {
        bool as_tried = is_loaded(subject, word) == loads;
        if (!as_tried)
            printf("# %s: %s should %s, has: %s\n", file, word, loads ? "load it" : "refuse it",
                   obstacles(subject, word, ids, sizeof ids));
        CU_ASSERT(as_tried);
    }
}

static const char *corpus_file(const char *name)
{
    char file[160];
    snprintf(file, sizeof file, "%s.rdb", name);
    if (corpus_has("rdb", file))
        return corpus_path("rdb", file);
    snprintf(file, sizeof file, "%s.rdb.gz", name);
    return corpus_has("rdb", file) ? corpus_path("rdb", file) : NULL;
}

static void what_real_servers_said(void)
{
    size_t skipped = 0;
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        read_facts s;
        const char *path = corpus_file(tried[i].file);
        if (!path) {
            skipped++;
            continue;
        }
        bool ok = subject_open(&s, path, 3, false);
        if (!ok)
            printf("# %s: %s\n", tried[i].file, s.err.what);
        CU_ASSERT(ok);
        if (ok) {
            load_subject subject = subject_of(&s);
            check_each(tried[i].file, &subject, tried[i].loads, true);
            check_each(tried[i].file, &subject, tried[i].refuses, false);
        }
        subject_close(&s);
    }
    if (skipped)
        printf("# skipped: %zu of the files are not here\n", skipped);
}

/* ---- the matrix, finding by finding ------------------------------------------------------------------------------- */

/* A file as far as it matters: its header, type bytes, opcodes and traits (-1: none), each three times. */
typedef struct {
    uint32_t version;
    int type, opcode, trait;
    const char *target;
    const char *ids;    /* what stands in the way: '!' blocks, '?' needs something */
    const char *what;   /* of the last of them */
    const char *advice; /* and its advice; NULL: not looked at */
} finding;

#define N (-1)
static const finding findings[] = {
    { 10, N, N, N, "redis:7.0", "", NULL, NULL },
    { 11, N, N, N, "redis:7.0", "version!", "RDB version 11: Redis 7.0 loads versions 1 to 10",
      "rewritten with an older header it loads, if nothing else stands in the way" },
    { 2, N, N, N, "redis:2.2", "version!", "RDB version 2: Redis 2.2 loads version 1 alone",
      "it says so in its log, starts empty, and overwrites the file with its next save" },
    { 12, N, N, N, "valkey:9", "version!", "RDB version 12: Valkey 9.0 loads versions 1 to 11",
      "with `rdb-version-check relaxed` it tries, and stops at what it does not know" },
    { 12, N, N, N, "valkey:8.1:relaxed", "version!", NULL, NULL },
    { 79, N, N, N, "valkey:9:relaxed", "", NULL, NULL },
    { 80, N, N, N, "redis:8.10", "magic!",
      "the magic VALKEY: Redis 8.10 does not take it, whatever the file holds", NULL },
    { 80, N, N, N, "valkey:8.1", "magic!", NULL, NULL },
    { 81, N, N, N, "valkey:9.1", "version!", "RDB version VALKEY81: Valkey 9.1 loads VALKEY80 alone", NULL },
    { 81, N, N, N, "valkey:9.2", "", NULL, NULL },
    { 500, N, N, N, "valkey:9.1:relaxed", "", NULL, NULL },
    { 500, 23, N, N, "valkey:9.1:relaxed", "type!", NULL, NULL },
    { 9, 16, N, N, "redis:6.2", "encoding!", "3 hashes (listpack): Redis 6.2 does not know type 16",
      "written in the plain form of its type, nothing is lost" },
    { 6, 4, N, N, "redis:2.6", "", NULL, NULL },
    { 1, 4, N, N, "redis:1.2", "type!", "3 hashes (hash table): Redis 1.2 does not know type 4",
      "there is no older form: it would have to be left out" },
    { 1, 3, N, N, "redis:1.0", "type!", NULL, NULL },
    { 8, 5, N, N, "redis:3.2", "version! encoding!", "3 zsets (skiplist): Redis 3.2 does not know type 5",
      "written with its scores as text, nothing is lost" },
    { 9, 15, N, N, "redis:4.0", "version! stream!", "3 streams: Redis 4.0 knows no streams",
      "there is no older form: it would have to be left out" },
    { 11, 21, N, N, "redis:6.2", "version! stream!", "3 streams: Redis 6.2 does not know type 21",
      "an older form loses counters and lag (the server estimates them), when consumers were active last" },
    { 14, 27, N, N, "redis:8.6", "version! stream!", "3 streams: Redis 8.6 does not know type 27",
      "an older form loses entries given back (NACK), which get an owner" },
    { 14, 28, N, N, "redis:8.6", "version! array!", NULL, NULL },
    { 15, 30, N, N, "redis:8.8", "version! template!", NULL, "written as a plain hash, nothing is lost" },
    { 14, 29, N, N, "redis:8.10", "rate_limiter!", NULL, NULL }, /* a byte that means something else there */
    { 12, 24, N, RK_TRAIT_FIELD_TTL, "redis:7.2", "version! field_ttl!",
      "3 hashes with field TTL (5 fields): Redis 7.2 cannot load them",
      "writing them as plain hashes makes 5 fields permanent" },
    { 12, 24, N, N, "redis:7.2", "version! field_ttl!",
      "3 hashes in a form for field TTL, without any: Redis 7.2 does not know this form",
      "written as a plain hash, nothing is lost" },
    { 12, 25, N, RK_TRAIT_FIELD_TTL, "valkey:9:relaxed", "field_ttl!",
      "3 hashes with field TTL (5 fields): Valkey 9.0 (relaxed) cannot load them in this form",
      "it has a form of its own for them: rewritten, nothing is lost" },
    { 80, 22, N, RK_TRAIT_FIELD_TTL, "redis:8.0", "magic! field_ttl!", NULL,
      "it has a form of its own for them: rewritten, nothing is lost" },
    { 80, 22, N, RK_TRAIT_FIELD_TTL, "valkey:9", "", NULL, NULL },
    { 80, 22, N, RK_TRAIT_FIELD_TTL, "valkey:8.1:relaxed", "field_ttl!", NULL, NULL },
    { 12, 22, N, RK_TRAIT_FIELD_TTL, "redis:7.4", "", NULL, NULL },
    { 9, 64, N, N, "redis:6.2", "cron!", NULL, NULL },
    { 9, 64, N, N, "keydb", "", NULL, NULL },
    { 6, N, 252, N, "redis:2.4", "version! expiry_ms!", NULL, "written in seconds, rounded up, it loads" },
    { 7, N, 250, N, "redis:3.0", "version! aux!", NULL, NULL },
    { 9, N, 248, RK_TRAIT_IDLE, "redis:4.0", "version! idle!",
      "3 idle times: Redis 4.0 does not know opcode 248", "left out, only the order of eviction is lost" },
    { 10, N, 245, N, "redis:6.2", "version! function!",
      "3 function libraries: Redis 6.2 does not know opcode 245",
      "they would be left out: write their code to files first" },
    { 10, N, 246, N, "redis:7.0", "", NULL, NULL },
    { 10, N, 246, N, "redis:7.2", "function!", NULL, NULL },
    { 11, N, 244, N, "valkey:8.1", "slot_info!", NULL, "left out, nothing is lost" },
    { 11, N, 244, N, "valkey:9", "", NULL, NULL },
    { 12, N, 244, N, "redis:7.4", "", NULL, NULL },
    { 13, N, 243, RK_TRAIT_KEY_META, "redis:8.4", "version! key_meta!", NULL,
      "left out, the metadata is lost" },
    { 13, N, 243, RK_TRAIT_KEY_META, "redis:8.6", "key_meta!?", NULL, NULL },
    { 80, N, 243, N, "valkey:8.1:relaxed", "slot_import!", NULL, NULL },
    { 15, N, 242, N, "redis:8.8", "version! template!", NULL, NULL },
    { 7, N, N, RK_TRAIT_WIDE_LENGTH, "redis:3.2", "wide_length!", NULL, NULL },
    { 7, N, N, RK_TRAIT_WIDE_LENGTH, "redis:4.0", "", NULL, NULL },
    { 2, N, N, RK_TRAIT_SMALL_ZIPLIST_INT, "redis:2.4", "small_ziplist_int!", NULL, NULL },
    { 2, N, N, RK_TRAIT_SMALL_ZIPLIST_INT, "redis:2.6", "", NULL, NULL },
    { 14, N, N, RK_TRAIT_BACKLEN_OLD, "redis:8.8", "backlen_old!", NULL, NULL },
    { 11, N, N, RK_TRAIT_BACKLEN_OLD, "valkey:9", "", NULL, NULL },
    { 11, N, N, RK_TRAIT_BACKLEN_NEW, "valkey:9", "backlen_new!", NULL, NULL },
    { 12, N, N, RK_TRAIT_BACKLEN_NEW, "redis:8.4", "backlen_new!", NULL, NULL },
    { 12, N, N, RK_TRAIT_BACKLEN_NEW, "redis:8.8", "", NULL, NULL },
    { 12, N, N, RK_TRAIT_STREAM_LENGTH, "redis:8.8", "stream_length!", NULL, NULL },
    { 12, N, N, RK_TRAIT_STREAM_LENGTH, "redis:8.4", "", NULL, NULL },
    { 9, N, N, RK_TRAIT_STREAM_UNOWNED, "redis:7.0", "stream_unowned", NULL, NULL },
    { 9, N, N, RK_TRAIT_DUPLICATE_KEY, "redis:2.6", "version! duplicate_key!", NULL, NULL },
    { 9, N, N, RK_TRAIT_EMPTY, "redis:6.0", "empty",
      "3 empty keys: Redis 6.0 loads such a key, and may crash later", NULL },
    { 9, N, N, RK_TRAIT_EMPTY, "redis:6.2", "empty",
      "3 empty keys: Redis 6.2 passes over such a key: it is gone", NULL },
    { 2, N, N, RK_TRAIT_LATE_EXPIRY, "redis:2.4", "late_expiry", NULL, NULL },
    { 9, N, N, RK_TRAIT_SUB_KEY_EXPIRY, "redis:6.2", "sub_key_expiry", NULL, NULL },
    { 9, N, N, RK_TRAIT_SUB_KEY_EXPIRY, "keydb:6", "", NULL, NULL },
    { 9, 18, N, N, "dragonfly", "", NULL, NULL },
    { 12, 25, N, RK_TRAIT_FIELD_TTL, "dragonfly", "field_ttl!", NULL, NULL },
};

static void set_up(const finding *row, rk_snapshot_info *info, rk_facts *facts, rk_encoding_facts *encoding)
{
    static const struct {
        int type;
        rk_type is;
        const char *encoding;
    } names[] = { { 3, RK_ZSET, "skiplist with text scores" },
                  { 5, RK_ZSET, "skiplist" },
                  { 4, RK_HASH, "hash table" },
                  { 16, RK_HASH, "listpack" },
                  { 15, RK_STREAM, "stream" },
                  { 21, RK_STREAM, "stream 3" },
                  { 27, RK_STREAM, "stream 5" },
                  { 28, RK_ARRAY, "array" },
                  { 22, RK_HASH, "x" },
                  { 24, RK_HASH, "x" },
                  { 25, RK_HASH, "x" },
                  { 30, RK_HASH, "template" },
                  { 18, RK_LIST, "quicklist of listpacks" } };
    *encoding = (rk_encoding_facts){ .type_byte = (uint8_t)row->type,
                                     .type = RK_OTHER,
                                     .encoding = "x",
                                     .keys = 3,
                                     .example = RK_TEXT("first"),
                                     .example_db = 2 };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].type == row->type) {
            encoding->type = names[i].is;
            encoding->encoding = names[i].encoding;
        }
    info->rdb_version = row->version;
    info->valkey_magic = row->version >= 80;
    snprintf(info->server, sizeof info->server, "unknown");
    facts->encodings = encoding;
    facts->encoding_count = row->type >= 0;
    if (row->opcode >= 0)
        facts->opcodes[row->opcode] = 3;
    if (row->trait >= 0)
        facts->traits[row->trait] =
            (rk_trait){ .count = 3, .has_example = true, .db = 2, .key = RK_TEXT("first") };
    facts->field_ttls = row->trait == RK_TRAIT_FIELD_TTL ? 5 : 0;
}

static void each_finding(void)
{
    for (size_t i = 0; i < sizeof findings / sizeof findings[0]; i++) {
        const finding *row = &findings[i];
        rk_snapshot_info info = { 0 };
        rk_facts facts = { 0 };
        rk_encoding_facts encoding;
        rk_obstacle o = { 0 };
        char ids[512];
        set_up(row, &info, &facts, &encoding);
        load_subject subject = { .info = &info, .facts = &facts };
        rk_target target = target_of(row->target);
        obstacles(&subject, row->target, ids, sizeof ids);
        for (size_t n = 0; loadable_obstacle(&subject, &target, n, &o); n++)
            ;
        bool ok = strcmp(ids, row->ids) == 0 && (!row->what || strcmp(o.what, row->what) == 0) &&
                  (!row->advice || strcmp(o.advice, row->advice) == 0);
        if (!ok)
            printf("# row %zu, %s: has '%s', '%s', '%s'\n", i, row->target, ids, o.what, o.advice);
        CU_ASSERT(ok);
    }
}

/* ---- the oldest -------------------------------------------------------------------------------------------------- */

static const struct {
    uint32_t version;
    int type, opcode, trait;
    const char *redis, *valkey;
    bool relaxed;
} oldest[] = {
    { 1, 3, N, N, "1.2", "7.2", false },
    { 6, 10, 252, N, "2.6", "7.2", false },
    { 9, 15, N, N, "5.0", "7.2", false },
    { 9, 4, N, N, "5.0", "7.2", false },
    { 9, 18, N, N, "7.0", "7.2", false }, /* of Dragonfly: the header promises less than is in it */
    { 11, N, N, N, "7.2", "7.2", false },
    { 12, 4, N, N, "7.4", "9.0", true },
    { 12, 25, N, N, "7.4", NULL, false },
    { 14, N, N, RK_TRAIT_BACKLEN_OLD, NULL, "9.0", true },
    { 15, N, N, N, "8.10", "9.0", true },
    { 16, N, N, N, NULL, "9.0", true },
    { 80, 22, N, N, NULL, "9.0", false },
    { 80, 4, N, N, NULL, "9.0", false },
    { 13, N, 243, RK_TRAIT_KEY_META, "8.6", NULL, false },
};

static void the_oldest(void)
{
    for (size_t i = 0; i < sizeof oldest / sizeof oldest[0]; i++) {
        finding row = {
            oldest[i].version, oldest[i].type, oldest[i].opcode, oldest[i].trait, "", "", NULL, NULL
        };
        rk_snapshot_info info = { 0 };
        rk_facts facts = { 0 };
        rk_encoding_facts encoding;
        bool relaxed = false, ignored;
        set_up(&row, &info, &facts, &encoding);
        load_subject subject = { .info = &info, .facts = &facts };
        const char *redis = loadable_oldest(&subject, RK_SERVER_REDIS, &ignored);
        const char *valkey = loadable_oldest(&subject, RK_SERVER_VALKEY, &relaxed);
        bool ok = strcmp(redis ? redis : "none", oldest[i].redis ? oldest[i].redis : "none") == 0 &&
                  strcmp(valkey ? valkey : "none", oldest[i].valkey ? oldest[i].valkey : "none") == 0 &&
                  relaxed == oldest[i].relaxed;
        if (!ok)
            printf("# row %zu: %s, %s%s\n", i, redis ? redis : "none", valkey ? valkey : "none",
                   relaxed ? " relaxed" : "");
        CU_ASSERT(ok);
        subject.damage = 1;
        CU_ASSERT_PTR_NULL(loadable_oldest(&subject, RK_SERVER_REDIS, &ignored));
    }
}

/* ---- facts of the whole file ------------------------------------------------------------------------------------- */

static void the_rest(void)
{
    rk_aux_field aux[] = { { RK_TEXT("lua"), RK_TEXT("return 1"), 2 },
                           { RK_TEXT("aof-base"), RK_TEXT("1"), 1 } };
    rk_snapshot_info info = { .rdb_version = 9,
                              .highest_db = 17,
                              .module_count = 2,
                              .modules = { { "vectorset", 0, 2 }, { "test__rdb", 1, 1 } } };
    rk_facts facts = { .longest_string = UINT64_C(3) << 30, .aux = aux, .aux_count = 2 };
    load_subject subject = { .info = &info, .facts = &facts, .damage = 4 };
    char ids[512];
    rk_target target = target_of("redis:8.0");
    rk_obstacle o;
    CU_ASSERT_STRING_EQUAL(obstacles(&subject, "redis:8.0", ids, sizeof ids),
                           "damage! module!? long_string databases?");
    CU_ASSERT_STRING_EQUAL(obstacles(&subject, "redis:6.2", ids, sizeof ids),
                           "damage! aof_base module!? module!? long_string databases? lua");
    CU_ASSERT_STRING_EQUAL(obstacles(&subject, "redis:2.6", ids, sizeof ids),
                           "damage! version! aof_base long_string! databases?");
    CU_ASSERT(loadable_obstacle(&subject, &target, 3, &o));
    CU_ASSERT_STRING_EQUAL(o.what, "database 17: Redis 8.0 has 16 unless it is told otherwise");
    CU_ASSERT_STRING_EQUAL(o.advice, "set `databases 18`, or the load stops there");
    CU_ASSERT(loadable_obstacle(&subject, &target, 1, &o));
    CU_ASSERT_STRING_EQUAL(
        o.what, "1 key and 1 record outside keys of module test__rdb: Redis 8.0 loads them only with "
                "that module, in the same or a newer version");
    info = (rk_snapshot_info){ .rdb_version = 80, .valkey_magic = true, .slot_imports = 1 };
    facts = (rk_facts){ 0 };
    facts.opcodes[243] = 1;
    subject.damage = 0;
    CU_ASSERT_STRING_EQUAL(obstacles(&subject, "valkey:9.1", ids, sizeof ids), "slot_import!");
}

/* ---- Sidekiq ------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *target, *ids;
} sidekiqs[] = {
    { "sidekiq:6.5", "server? private in_hand new_wrapper! ms_time broken" },
    { "sidekiq:7.0", "server? namespace! private in_hand new_wrapper! extension! ms_time broken" },
    { "sidekiq:7.2", "server? namespace! private in_hand new_wrapper! extension! ms_limit ms_time broken" },
    { "sidekiq:7.3", "server? namespace! private in_hand new_wrapper? extension! ms_limit ms_time broken" },
    { "sidekiq:8.1", "server? namespace! private in_hand extension! broken" },
};

static void what_a_sidekiq_takes(void)
{
    rk_layout layout = { .db = 1, .prefix = RK_TEXT("shop:"), .place_count = 4 };
    rk_candidate key = { .db = 1, .name = RK_TEXT("shop:queue:a") };
    rk_segment segment = { &key };
    static const rk_place_kind kinds[] = { RK_PLACE_QUEUE, RK_PLACE_DEAD, RK_PLACE_PRIVATE, RK_PLACE_WORK };
    rk_place places[4], *all[4];
    rk_layout *layouts[] = { &layout };
    for (size_t i = 0; i < 4; i++) {
        places[i] = (rk_place){
            .kind = kinds[i], .jobs = i + 1, .layout = &layout, .segments = &segment, .segment_count = 1
        };
        all[i] = &places[i];
    }
    layout.places = all;
    rk_layouts found = { .items = layouts, .count = 1, .places = all, .place_count = 4 };
    rk_snapshot_info info = { .rdb_version = 10 };
    rk_facts facts = { .sidekiq = &found, .jobs_looked_into = true };
    static const rk_job_form forms[] = { RK_FORM_MS_TIME, RK_FORM_MS_LIMIT, RK_FORM_NEW_WRAPPER,
                                         RK_FORM_EXTENSION, RK_FORM_BROKEN };
    for (size_t i = 0; i < 5; i++)
        facts.job_forms[forms[i]].count = 7;
    load_subject subject = { .info = &info, .facts = &facts };
    char ids[512];
    for (size_t i = 0; i < sizeof sidekiqs / sizeof sidekiqs[0]; i++) {
        bool ok = strcmp(obstacles(&subject, sidekiqs[i].target, ids, sizeof ids), sidekiqs[i].ids) == 0;
        if (!ok)
            printf("# %s: %s\n", sidekiqs[i].target, ids);
        CU_ASSERT(ok);
    }
    facts.jobs_looked_into = false;
    CU_ASSERT_STRING_EQUAL(obstacles(&subject, "sidekiq:2.0", ids, sizeof ids),
                           "server? dead order private in_hand");
    CU_ASSERT_STRING_EQUAL(obstacles(&subject, "sidekiq:2.7", ids, sizeof ids),
                           "server? dead private in_hand");
    rk_target target = target_of("sidekiq:8.1");
    rk_obstacle o;
    CU_ASSERT(loadable_obstacle(&subject, &target, 0, &o));
    CU_ASSERT_STRING_EQUAL(
        o.what, "the server: Sidekiq 8.1 runs on Redis 7.0, Valkey 7.2 or Dragonfly 1.27 or newer");
    CU_ASSERT_STRING_EQUAL(o.advice, "this file needs Redis 7.0 or Valkey 7.2 at least");
    CU_ASSERT(loadable_obstacle(&subject, &target, 1, &o));
    CU_ASSERT_STRING_EQUAL(
        o.what,
        "10 jobs under the namespace 'shop': Sidekiq 8.1 knows no namespaces, and would not see them");
    CU_ASSERT(o.has_example && o.db == 1 && rk_slice_is(o.key, key.name));
    info.rdb_version = 200; /* no server */
    CU_ASSERT(loadable_obstacle(&subject, &target, 0, &o));
    CU_ASSERT_STRING_EQUAL(o.advice, "this file loads in no server as it is");
    CU_ASSERT(o.blocks);
}

UNIT_MAIN("loadable", { "files of real servers load where they did", what_real_servers_said },
          { "each finding of the matrix", each_finding },
          { "the oldest server that loads a file", the_oldest },
          { "findings about the file as a whole", the_rest },
          { "what a Sidekiq takes", what_a_sidekiq_takes })
