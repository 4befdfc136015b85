/* test_header: snapshots without a header, or under one that is known better: what is found behind it, and which version
 * it is taken to be. */
#include "../../../librdb/check/header.h"
#include "../../../librdb/check/servers.h"
#include "salvage_trial.h"

static const char *const samples[] = { "redis-2.8.24-empty",           "redis-4.0.14-repl",
                                       "redis-7.2.6-modules",          "redis-7.4.1-functions",
                                       "redis-8.7-dev-20260625-vsets", "valkey-9.1.2-functions",
                                       "sidekiq/lost_tail/old",        "sidekiq/in_progress/new" };
enum { SAMPLES = sizeof samples / sizeof samples[0], MAGIC_SIZE = 9 };

static rk_buf read_sample(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "testdata/%s.rdb", name);
    return trial_get(path);
}

static rk_check *check_bytes(rk_slice bytes, const rk_check_options *options, rk_err *err)
{
    rk_source *source = rk_source_memory(bytes, 0, err);
    return source ? rk_check_source(source, options, err) : NULL;
}

static bool told(const rk_check *check, rk_problem_kind kind, const char *what)
{
    const rk_problem *p;
    for (size_t i = 0; (p = rk_check_problem(check, i)) != NULL; i++)
        if (p->kind == kind && strcmp(p->step, "header") == 0 && p->offset <= MAGIC_SIZE &&
            strstr(p->what, what))
            return true;
    return false;
}

/* ---- the header alone is damaged ---- */

static void one_magic(const char *name, const rk_buf *sound, const char *magic, const char *what)
{
    rk_check_options options = { .header_may_be_lost = true };
    rk_err err = { 0 };
    rk_salvage_result result;
    const char *path = trial_path("saved.rdb");
    rk_buf copy = { 0 };
    CU_ASSERT_FATAL(rk_buf_add(&copy, rk_buf_slice(sound), &err));
    memcpy(copy.ptr, magic, MAGIC_SIZE);
    CU_ASSERT(check_bytes(rk_buf_slice(&copy), NULL, &err) == NULL && err.code == RK_FORMAT);
    CU_ASSERT(strstr(err.what, what) != NULL);
    CU_ASSERT(strstr(err.hint, "--salvage") != NULL);
    err = (rk_err){ 0 };
    contents before = contents_read(rk_buf_slice(sound));
    rk_check *check = check_bytes(rk_buf_slice(&copy), &options, &err);
    CU_ASSERT_FATAL(check != NULL);
    const rk_span *lost = rk_check_span(check, 0), *rest = rk_check_span(check, 1);
    CU_ASSERT(told(check, RK_PROBLEM_DAMAGE, what) && told(check, RK_PROBLEM_NOTICE, "it is read as "));
    CU_ASSERT(rk_check_exit(check) == 1);
    CU_ASSERT(lost && lost->kind == RK_SPAN_LOST && lost->from == 0 && lost->to == MAGIC_SIZE);
    CU_ASSERT(rest && rest->kind == RK_SPAN_SOUND && rest->db_known && !rest->suspect);
    CU_ASSERT(rest && rest->keys == before.count && !rk_check_span(check, 2));
    CU_ASSERT(rk_salvage_write(check, path, true, &result, &err) && result.whole == before.count);
    rk_buf bytes = trial_get(path);
    CU_ASSERT(memcmp(bytes.ptr, sound->ptr, 6) == 0); /* REDIS0 or VALKEY */
    if (memcmp(bytes.ptr, sound->ptr, 6) != 0 || rk_check_exit(check) != 1)
        printf("# %s: %.9s became %.9s\n", name, (const char *)sound->ptr, (const char *)bytes.ptr);
    rk_buf_free(&bytes);
    rk_check_free(check);
    contents_free(&before);
    rk_buf_free(&copy);
}

static void magic_alone(void)
{
    static const char *const magics[][2] = { { "redis0011", "begins with 'redis0011'" },
                                             { "REDSI0011", "begins with 'REDSI0011'" },
                                             { "\211PNG\r\n\032\n\0", "not a Redis snapshot" },
                                             { "\0\0\0\0\0\0\0\0\0", "not a Redis snapshot" },
                                             { "REDIS00a1", "is not a number" },
                                             { "REDIS    ", "is not a number" },
                                             { "REDIS0000", "no server writes RDB version 0" },
                                             { "VALKEY011", "no server writes RDB version 11 under" } };
    for (size_t i = 0; i < SAMPLES; i++) {
        rk_buf sound = read_sample(samples[i]);
        bool valkey = strncmp(samples[i], "valkey", 6) == 0, empty = strstr(samples[i], "empty") != NULL;
        for (size_t m = 0; !valkey && !empty && m < sizeof magics / sizeof magics[0]; m++)
            one_magic(samples[i], &sound, magics[m][0], magics[m][1]);
        rk_buf_free(&sound);
    }
}

/* ---- the first block is destroyed ---- */

static void first_block(void)
{
    static const char *const names[] = { "sidekiq/lost_tail/old", "sidekiq/in_progress/new" };
    static const size_t sizes[] = { 9, 100, 512, 4096 };
    rk_buf other = read_sample("redis-7.2.6-modules");
    trial_sums sums = { 0 };
    for (size_t i = 0; i < 2; i++) {
        rk_buf sound = read_sample(names[i]);
        contents before = contents_read(rk_buf_slice(&sound));
        for (unsigned kind = 0; kind < DAMAGE_FLIP; kind++)
            for (size_t s = 0; s < 4; s++) {
                rk_err err = { 0 };
                rk_buf copy = { 0 };
                CU_ASSERT_FATAL(rk_buf_add(&copy, rk_buf_slice(&sound), &err));
                damage_do(copy.ptr, 0, sizes[s], kind, 7, rk_buf_slice(&other));
                trial t = { .name = names[i],
                            .sound = rk_buf_slice(&sound),
                            .before = &before,
                            .damaged = rk_buf_slice(&copy),
                            .to = sizes[s],
                            .loud = getenv("SALVAGE_LOUD"),
                            .sums = &sums };
                trial_run(&t);
                rk_buf_free(&copy);
            }
        contents_free(&before);
        rk_buf_free(&sound);
    }
    rk_buf_free(&other);
    CU_ASSERT_EQUAL(sums.refused, 0);
    CU_ASSERT_EQUAL(sums.saved, sums.intact);
    CU_ASSERT_EQUAL(sums.pieces_saved, sums.pieces);
    CU_ASSERT(sums.invented == 0 && sums.changed == 0 && sums.foreign == 0);
    if (sums.saved != sums.intact)
        trial_print("first block", &sums);
}

/* ---- what is no snapshot ---- */

static void no_snapshot(void)
{
    static uint8_t noise[256 * 1024];
    static const struct {
        rk_slice bytes;
        const char *what;
    } rows[] = {
        { BYTES(""), "the magic takes" },
        { BYTES("REDIS"), "the magic takes" },
        { BYTES("\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\10\6\0\0\0\\r\250f\0\0\0\4gAMA"),
          "no record of a snapshot was found" },
        { BYTES("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n"),
          "an append-only file of commands, not a snapshot; no record" },
        { BYTES("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.\n"),
          "no record of a snapshot was found" },
        { BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
          "no record of a snapshot was found" },
        { BYTES("\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377"),
          "no record of a snapshot was found" },
        { { noise, sizeof noise }, "no record of a snapshot was found" },
    };
    rk_check_options options = { .header_may_be_lost = true };
    uint32_t seed = 4711;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)(damage_random(&seed) >> 11);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err = { 0 };
        rk_check *check = check_bytes(rows[i].bytes, &options, &err);
        CU_ASSERT(!check && strstr(err.what, rows[i].what));
        if (check || !strstr(err.what, rows[i].what))
            printf("# row %zu: %s\n", i, err.what);
        rk_check_free(check);
        err = (rk_err){ 0 };
        CU_ASSERT(check_bytes(rows[i].bytes, NULL, &err) == NULL && err.hint[0] == 0);
    }
}

/* ---- a header that is known better ---- */

static void assumed(void)
{
    rk_rdb_header header = { .version = 12 };
    rk_check_options options = { .assume = &header };
    rk_err err = { 0 };
    rk_buf sound = read_sample("redis-7.4.1-functions");
    rk_check *check = check_bytes(rk_buf_slice(&sound), &options, &err);
    CU_ASSERT(check && rk_check_exit(check) == 0); /* it says the same */
    rk_check_free(check);
    memcpy(sound.ptr, "REDIS0999", MAGIC_SIZE);
    check = check_bytes(rk_buf_slice(&sound), &options, &err);
    CU_ASSERT(check && rk_check_info(check)->rdb_version == 12);
    CU_ASSERT(check && told(check, RK_PROBLEM_DAMAGE, "the header says RDB version 999, it is read as 12"));
    rk_check_free(check);
    memset(sound.ptr, 0, MAGIC_SIZE);
    check = check_bytes(rk_buf_slice(&sound), &options, &err);
    CU_ASSERT(check && rk_check_info(check)->rdb_version == 12 && rk_check_span(check, 0)->to == MAGIC_SIZE);
    rk_check_free(check);
    rk_buf_free(&sound);
}

/* ---- which header ---- */

static void guesses(void)
{
    static const struct {
        const char *types, *opcodes, *redis, *valkey;
        bool checksum, dragonfly, branch;
        rk_rdb_header header;
    } rows[] = {
        { "0-4", "254", "", "", false, false, false, { 1, false } },
        { "0-4", "254", "", "", true, false, false, { 6, false } },
        { "0-4 9-12", "254", "", "", false, false, false, { 2, false } },
        { "0", "250 251", "", "", true, false, false, { 7, false } },
        { "0 5", "250 251", "", "", true, false, false, { 8, false } },
        { "15", "", "", "", true, false, false, { 9, false } },
        { "16 17", "245", "", "", true, false, false, { 10, false } },
        { "20", "", "", "", true, false, false, { 11, false } },
        { "24 25", "", "", "", true, false, false, { 12, false } },
        { "33", "", "", "", true, false, false, { 15, false } },
        { "0", "", "7.4.1", "", true, false, false, { 12, false } },
        { "24", "", "6.2.16", "", true, false, false, { 12, false } }, /* of another file, perhaps */
        { "20", "", "255.255.255", "", true, false, false, { 11, false } },
        { "0", "", "", "8.0.1", true, false, true, { 11, false } },
        { "0", "", "", "9.1.2", true, false, true, { 11, false } },
        { "22", "", "", "9.1.2", true, false, true, { 80, true } },
        { "22", "", "", "", true, false, true, { 80, true } },
        { "0 64", "", "6.3.4", "", true, false, false, { 9, false } },
        { "16 30", "", "6.2.11", "", true, true, false, { 9, false } },
    };
    char why[160];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        header_signs signs = { .checksum = rows[i].checksum, .dragonfly = rows[i].dragonfly };
        for (uint32_t byte = 0; byte < 256; byte++) {
            signs.types[byte] = server_lists(rows[i].types, byte) ? HEADER_SURE : HEADER_NOT_MET;
            signs.opcodes[byte] = server_lists(rows[i].opcodes, byte) ? HEADER_SURE : HEADER_NOT_MET;
        }
        snprintf(signs.redis, sizeof signs.redis, "%s", rows[i].redis);
        snprintf(signs.valkey, sizeof signs.valkey, "%s", rows[i].valkey);
        rk_rdb_header header = check_header_guess(&signs, rows[i].branch, why, sizeof why);
        bool right = header.version == rows[i].header.version && header.valkey == rows[i].header.valkey;
        CU_ASSERT(right);
        if (!right)
            printf("# row %zu: %s\n", i, why);
    }
}

UNIT_MAIN("header", { "the magic alone is damaged", magic_alone },
          { "the first block is destroyed", first_block },
          { "what is no snapshot stays refused", no_snapshot }, { "a header that is known better", assumed },
          { "which header would have been written", guesses })
