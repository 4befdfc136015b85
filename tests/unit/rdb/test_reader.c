/* test_reader: small real snapshots, read whole, byte by byte, cut off at every offset, and with every
 * allocation failing in turn. Beside each lies what it must tell, with byte offsets. */
#include "../unit.h"
#include "events.h"
#include "rdbkit/snapshot.h"
#include "render.h"

static const char *const files[] = {
    "redis-2.8.24-empty",    "redis-4.0.14-repl",      "redis-7.2.6-modules",
    "redis-7.4.1-functions", "valkey-9.1.2-functions", "redis-8.7-dev-20260625-vsets",
};

enum { FILES = sizeof files / sizeof files[0] };

static rk_buf load(const char *name, const char *ending)
{
    char path[256];
    rk_buf content = { 0 };
    rk_err err = { 0 };
    size_t got = 0;
    snprintf(path, sizeof path, "testdata/%s%s", name, ending);
    rk_source *source = rk_source_open(path, NULL, &err);
    do {
        CU_ASSERT_FATAL(source != NULL && rk_buf_reserve(&content, content.len + 4096, &err));
        CU_ASSERT_FATAL(
            rk_source_read(source, content.ptr + content.len, content.cap - content.len, &got, &err));
        content.len += got;
    } while (got > 0);
    rk_source_close(source);
    return content;
}

static event_log read_memory(rk_slice bytes, size_t step, bool decode)
{
    rk_err err = { 0 };
    rk_source *source = rk_source_memory(bytes, step, &err);
    event_log log = event_log_of(source, decode);
    rk_source_close(source);
    return log;
}

/* RDBKIT_WRITE_EVENTS writes the files anew, to be reviewed by hand. */
static void check_events(const char *name, rk_slice told)
{
    char path[256];
    if (getenv("RDBKIT_WRITE_EVENTS")) {
        snprintf(path, sizeof path, "testdata/%s.events", name);
        FILE *file = fopen(path, "wb");
        CU_ASSERT_FATAL(file != NULL);
        fwrite(told.ptr, 1, told.len, file);
        fclose(file);
    }
    rk_buf events = load(name, ".events");
    CU_ASSERT(rk_slice_is(rk_buf_slice(&events), told));
    rk_buf_free(&events);
}

static void whole(void)
{
    for (int i = 0; i < FILES; i++) {
        rk_err err = { 0 }, why = { 0 };
        rk_buf content = load(files[i], ".rdb");
        rk_source *source = rk_source_memory(rk_buf_slice(&content), 0, &err);
        rk_buf told = render_source(source, true, '\n', true, &why);
        rk_buf_printf(&told, &err, "\n");
        CU_ASSERT_EQUAL(why.code, RK_OK);
        check_events(files[i], rk_buf_slice(&told));
        rk_source_close(source);
        rk_buf_free(&told);
        rk_buf_free(&content);
    }
}

/* What stands at the offset that a key is told to have: its type byte, then its name or an integer. */
static void offsets_of_keys(void)
{
    for (int i = 0; i < FILES; i++) {
        rk_err err = { 0 };
        rk_record rec = { .kind = RK_RECORD_AUX };
        rk_buf content = load(files[i], ".rdb");
        rk_source *source = rk_source_memory(rk_buf_slice(&content), 0, &err);
        rk_rdb *rdb = rk_rdb_open(source, &err);
        while (rec.kind != RK_RECORD_END && rk_rdb_next(rdb, &rec, &err)) {
            const uint8_t *at = content.ptr + rec.key.offset;
            if (rec.kind != RK_RECORD_KEY)
                continue;
            CU_ASSERT_EQUAL(at[0], rec.key.type_byte);
            if (at[1] < 64) {
                CU_ASSERT_EQUAL(at[1], rec.key.name.len);
                CU_ASSERT(memcmp(at + 2, rec.key.name.ptr, at[1]) == 0);
            }
            bool expires = rec.key.expire_ms != RK_NO_EXPIRY;
            CU_ASSERT_EQUAL(content.ptr[rec.key.begin], expires ? 252 : at[0]);
        }
        CU_ASSERT_EQUAL(err.code, RK_OK);
        rk_rdb_close(rdb);
        rk_source_close(source);
        rk_buf_free(&content);
    }
}

static void byte_by_byte(void)
{
    static const size_t steps[] = { 1, 2, 7, 4095 };
    for (int i = 0; i < FILES; i++) {
        rk_buf content = load(files[i], ".rdb");
        event_log all = read_memory(rk_buf_slice(&content), 0, true);
        event_log keys = read_memory(rk_buf_slice(&content), 3, false);
        CU_ASSERT(all.ended && keys.ended && rk_digest_is(all.keys, keys.keys));
        for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
            event_log log = read_memory(rk_buf_slice(&content), steps[k], true);
            CU_ASSERT(log.ended && rk_digest_is(log.all, all.all));
        }
        rk_buf_free(&content);
    }
}

static void cut_off(void)
{
    for (int i = 0; i < FILES; i++) {
        rk_buf content = load(files[i], ".rdb");
        unsigned wrong = 0;
        for (size_t cut = 0; cut < content.len; cut++) {
            event_log log = read_memory(rk_slice_head(rk_buf_slice(&content), cut), 0, cut % 2);
            bool refused = log.err.code == RK_TRUNCATED && log.err.has_offset && log.err.offset <= cut;
            wrong += !refused || !log.err.source[0];
        }
        CU_ASSERT_EQUAL(wrong, 0);
        rk_buf_free(&content);
    }
}

/* Everything that a program does with a snapshot. False: it failed, `err` says why. */
static bool use_all(rk_slice bytes, rk_err *err)
{
    rk_key key;
    rk_element e;
    rk_unit unit;
    rk_digest digest;
    rk_logical logical;
    rk_look *look = NULL;
    uint64_t last = 0, count = 0;
    rk_source *source = rk_source_memory(bytes, 4096, err);
    rk_snapshot *snapshot = source ? rk_snapshot_open_source(source, err) : NULL;
    for (; snapshot && rk_snapshot_next(snapshot, &key, err); count++) {
        last = key.offset;
        rk_snapshot_digest_begin(snapshot);
        if (count % 3 == 0)
            rk_snapshot_digest_end(snapshot, &digest, err);
        else if (count % 3 == 1 && (key.type == RK_LIST || key.type == RK_ZSET))
            while (rk_snapshot_unit(snapshot, &unit, err))
                ;
        else
            while (rk_snapshot_element(snapshot, &e, err))
                ;
        if (err->code != RK_OK)
            break;
    }
    if (err->code == RK_OK && count > 0)
        look = rk_look_open(snapshot, err);
    if (look && rk_look_key(look, last, &key, err))
        rk_look_logical(look, &logical, err);
    rk_look_close(look);
    rk_snapshot_close(snapshot);
    return err->code == RK_OK;
}

static void no_memory(void)
{
    for (int i = 0; i < FILES; i++) {
        rk_buf content = load(files[i], ".rdb");
        bool ok = false;
        int64_t n = 0;
        for (; !ok && n < 10000; n++) {
            rk_err err = { 0 };
            rk_alloc_fail_after(n);
            ok = use_all(rk_buf_slice(&content), &err);
            rk_alloc_fail_after(-1);
            if (!ok)
                CU_ASSERT_EQUAL(err.code, RK_NO_MEMORY);
        }
        CU_ASSERT(ok);
        CU_ASSERT(n > 3);
        rk_buf_free(&content);
    }
}

UNIT_MAIN("reader", { "a small real snapshot tells what is written beside it", whole },
          { "a key stands at the offset that it is told to have", offsets_of_keys },
          { "reading in steps of 1, 2, 7 or 4095 bytes tells the same", byte_by_byte },
          { "a snapshot that is cut off anywhere is refused as truncated", cut_off },
          { "an allocation that fails anywhere is an error, and nothing leaks", no_memory })
