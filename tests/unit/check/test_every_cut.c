/* test_every_cut: all that consumes a snapshot, on small real snapshots and on crafted records of every type, sound and
 * damaged: in steps, cut off anywhere, without memory. A new consumer is a function and a line in the table. */
#include <unistd.h>

#include "../every_cut.h"
#include "../snapshot/corpus.h"
#include "rdbkit/check_report.h"
#include "rdbkit/export.h"

/* ---- consumers ---- */

static void tell_key(rk_digest *told, const rk_key *key)
{
    uint64_t numbers[] = { key->db,
                           key->type_byte,
                           key->offset,
                           key->begin,
                           (uint64_t)key->expire_ms,
                           (uint64_t)key->idle_s,
                           (uint64_t)key->frequency,
                           key->meta_classes };
    cut_tell(told, key->name.ptr, key->name.len);
    cut_tell(told, numbers, sizeof numbers);
}

static bool read_elements(rk_source *source, rk_digest *told, rk_err *err)
{
    rk_key key;
    rk_element e;
    rk_snapshot *snapshot = rk_snapshot_open_source(source, err);
    while (snapshot && err->code == RK_OK && rk_snapshot_next(snapshot, &key, err))
        for (tell_key(told, &key); rk_snapshot_element(snapshot, &e, err);) {
            cut_tell(told, e.item.ptr, e.item.len);
            cut_tell(told, e.value.ptr, e.value.len);
            cut_tell_number(told, e.number);
        }
    rk_snapshot_close(snapshot);
    return err->code == RK_OK;
}

static bool read_units(rk_source *source, rk_digest *told, rk_err *err)
{
    rk_key key;
    rk_unit unit;
    rk_snapshot *snapshot = rk_snapshot_open_source(source, err);
    while (snapshot && err->code == RK_OK && rk_snapshot_next(snapshot, &key, err))
        for (tell_key(told, &key); rk_snapshot_unit(snapshot, &unit, err);)
            cut_tell(told, unit.raw.ptr, unit.raw.len);
    rk_snapshot_close(snapshot);
    return err->code == RK_OK;
}

/* Every key a second time, by its logical value. */
static bool look_again(rk_source *source, rk_digest *told, rk_err *err)
{
    uint64_t offsets[64];
    size_t count = 0;
    rk_key key;
    rk_logical logical;
    rk_look *look = NULL;
    rk_snapshot *snapshot = rk_snapshot_open_source(source, err);
    while (snapshot && err->code == RK_OK && rk_snapshot_next(snapshot, &key, err))
        offsets[count++ % 64] = key.offset;
    if (snapshot && err->code == RK_OK)
        look = rk_look_open(snapshot, err);
    for (size_t i = 0; look && i < count && i < 64 && err->code == RK_OK; i++)
        if (rk_look_key(look, offsets[i], &key, err) && rk_look_logical(look, &logical, err))
            cut_tell(told, &logical.core, sizeof logical.core);
    rk_look_close(look);
    rk_snapshot_close(snapshot);
    return err->code == RK_OK;
}

static void tell_check(const rk_check *check, rk_digest *told)
{
    const rk_problem *problem;
    const rk_span *span;
    const rk_facts *facts = rk_check_facts(check);
    for (size_t i = 0; (problem = rk_check_problem(check, i)) != NULL; i++) {
        cut_tell_text(told, problem->step);
        cut_tell_text(told, problem->what);
        cut_tell_number(told, problem->offset);
    }
    for (size_t i = 0; (span = rk_check_span(check, i)) != NULL; i++) {
        uint64_t numbers[] = { (uint64_t)span->kind, span->from, span->to, span->keys, span->count };
        cut_tell(told, numbers, sizeof numbers);
    }
    for (size_t i = 0; i < facts->db_count; i++)
        cut_tell(told, facts->dbs[i].keys, sizeof facts->dbs[i].keys);
    for (size_t i = 0; i < facts->biggest_count; i++)
        cut_tell(told, facts->biggest[i].name.ptr, facts->biggest[i].name.len);
    for (size_t i = 0; i < RK_TRAIT_COUNT; i++)
        cut_tell_number(told, facts->traits[i].count);
    cut_tell_number(told, (uint64_t)rk_check_exit(check));
}

static const rk_check_options check_options = { .top = 5, .look_into_jobs = true };

static bool check(rk_source *source, rk_digest *told, rk_err *err)
{
    rk_check *done = rk_check_source(source, &check_options, err);
    if (done)
        tell_check(done, told);
    rk_check_free(done);
    return done != NULL;
}

/* What is saved is read back: its keys are told. */
static bool salvage(rk_source *source, rk_digest *told, rk_err *err)
{
    char path[64];
    rk_salvage_result result = { 0 };
    rk_err again = { 0 };
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; /* it is synced each time */
    snprintf(path, sizeof path, "%s/rdbkit-cut-%d", folder, (int)getpid());
    rk_check *done = rk_check_source(source, &check_options, err);
    bool ok = done && rk_salvage_write(done, path, true, &result, err);
    rk_check_free(done);
    rk_alloc_fail_after(-1); /* reading it back is not what is tried */
    if (ok) {
        rk_source *saved = rk_source_open(path, NULL, &again);
        cut_tell_number(told, result.keys);
        CU_ASSERT(saved && read_elements(saved, told, &again));
    }
    unlink(path);
    return ok;
}

static bool explain(rk_source *source, rk_digest *told, rk_err *err)
{
    const rk_explained *item;
    uint64_t size = rk_source_size(source);
    rk_explain *done = rk_explain_source(source, size == UINT64_MAX ? 0 : size / 2, NULL, err);
    for (size_t i = 0; done && (item = rk_explain_item(done, i)) != NULL; i++) {
        cut_tell_text(told, item->text);
        cut_tell_number(told, item->offset);
    }
    rk_explain_free(done);
    return done != NULL;
}

static bool export(rk_source *source, rk_export_format format, rk_digest *told, rk_err *err)
{
    char *text = NULL;
    size_t len = 0;
    rk_export_options options = { .format = format, .limit = UINT64_MAX };
    rk_snapshot *snapshot = rk_snapshot_open_source(source, err);
    FILE *out = open_memstream(&text, &len);
    bool ok = snapshot && rk_export_write(snapshot, &options, out, err);
    fclose(out);
    cut_tell(told, text, len);
    free(text);
    rk_snapshot_close(snapshot);
    return ok;
}

#define EXPORT(name, format)                                                                                 \
    static bool export_##name(rk_source *source, rk_digest *told, rk_err *err)                               \
    {                                                                                                        \
        return export(source, format, told, err);                                                            \
    }
EXPORT(ndjson, RK_EXPORT_NDJSON)
EXPORT(csv, RK_EXPORT_CSV)
EXPORT(resp, RK_EXPORT_RESP)

static const cut_consumer consumers[] = {
    { "elements", read_elements },   { "units", read_units },
    { "a second look", look_again }, { "check", check },
    { "salvage", salvage },          { "explain", explain },
    { "ndjson", export_ndjson },     { "csv", export_csv },
    { "resp", export_resp },
};

enum { CONSUMERS = sizeof consumers / sizeof consumers[0] };

/* ---- what is consumed ---- */

typedef unsigned trial(const cut_consumer *c, const char *file, rk_slice bytes);

static unsigned in_steps(const cut_consumer *c, const char *file, rk_slice bytes)
{
    return cut_steps(c, file, bytes);
}

static unsigned cut_off(const cut_consumer *c, const char *file, rk_slice bytes)
{
    return cut_everywhere(c, file, bytes, 60);
}

static unsigned without_memory(const cut_consumer *c, const char *file, rk_slice bytes)
{
    return cut_memory(c, file, bytes, bytes.len > 500 ? 7 : 1);
}

/* Every file of the folder whose name ends so, by every consumer; of `of` files one. */
static void try_folder(const char *folder, trial *one, unsigned of)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    unsigned bad = 0, number = 0;
    char path[600];
    CU_ASSERT_FATAL(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name);
        rk_buf content = { 0 };
        rk_err err = { 0 };
        if (len < 4 || strcmp(entry->d_name + len - 4, ".rdb") != 0 ||
            rk_hash64(rk_slice_of(entry->d_name)) % of != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        CU_ASSERT_FATAL(corpus_read(path, &content, &err));
        for (size_t i = 0; i < CONSUMERS; i++)
            bad += one(&consumers[i], entry->d_name, rk_buf_slice(&content));
        rk_buf_free(&content);
        number++;
    }
    closedir(dir);
    printf("# %s: %u files\n", folder, number);
    CU_ASSERT_EQUAL(bad, 0);
}

static void samples_in_steps(void)
{
    try_folder("testdata", in_steps, 1);
}

static void samples_cut_off(void)
{
    try_folder("testdata", cut_off, 1);
}

static void samples_without_memory(void)
{
    try_folder("testdata", without_memory, 1);
}

static void crafted_in_steps(void)
{
    try_folder("tests/fuzz/seeds/rdb", in_steps, 1);
}

static void crafted_cut_off(void)
{
    try_folder("tests/fuzz/seeds/rdb", cut_off, 2);
}

static void crafted_without_memory(void)
{
    try_folder("tests/fuzz/seeds/rdb", without_memory, 4);
}

UNIT_MAIN("every_cut", { "small real snapshots, in steps", samples_in_steps },
          { "small real snapshots, cut off anywhere", samples_cut_off },
          { "small real snapshots, with any allocation failing", samples_without_memory },
          { "crafted records, in steps", crafted_in_steps },
          { "crafted records, cut off anywhere", crafted_cut_off },
          { "crafted records, with any allocation failing", crafted_without_memory })
