/* test_unit: units of lists and sorted sets hold what elements tell, wherever the window ends. */
#include "../unit.h"
#include "events.h"

static rk_buf file;

static void add(rk_slice bytes)
{
    rk_err err = { 0 };
    CU_ASSERT_FATAL(rk_buf_add(&file, bytes, &err));
}

/* A count or length in the 5-byte form. */
static void add_len(uint32_t len)
{
    uint8_t form[5] = { 0x80, (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };
    add((rk_slice){ form, sizeof form });
}

enum { MEMBERS = 9000 };

/* Members of 0 to 99 bytes, each third an integer, with whatever score belongs to the type: 700 KB in all, so
 * that windows of 16 and of 256 KiB end in strings, in their lengths and in scores. */
static void add_members(uint8_t type, const char *name)
{
    static const uint8_t filler[100] = { 'a', 'b', 0, 'c' };
    add((rk_slice){ &type, 1 });
    add((rk_slice){ (const uint8_t *)"\1", 1 });
    add(rk_slice_of(name));
    add_len(MEMBERS);
    for (uint32_t i = 0; i < MEMBERS; i++) {
        if (i % 3 == 0) {
            add(BYTES("\302"));
            add((rk_slice){ (const uint8_t *)&i, 4 });
        } else {
            add_len(i % 100);
            add((rk_slice){ filler, i % 100 });
        }
        double score = i * 0.5;
        if (type == 5)
            add((rk_slice){ (const uint8_t *)&score, 8 });
        else if (type == 3)
            add(i % 2 ? BYTES("\4-1.5") : BYTES("\376"));
    }
}

static rk_digest fold(rk_digest so_far, rk_slice item, double score)
{
    uint64_t bits;
    rk_digest d = rk_digest_of(item);
    memcpy(&bits, &score, 8);
    d.lo += bits;
    return event_chain(so_far, d);
}

static rk_digest by_elements(rk_rdb *rdb, rk_err *err)
{
    rk_element e;
    rk_digest all = { 0 };
    while (rk_rdb_element(rdb, &e, err))
        all = fold(all, e.item, e.score);
    return all;
}

static rk_digest by_units(rk_rdb *rdb, rk_err *err)
{
    rk_unit unit;
    rk_unit_walk walk;
    rk_buf scratch = { 0 };
    rk_slice bytes, item;
    rk_digest all = { 0 };
    double score;
    unsigned wrong = 0;
    while (rk_rdb_unit(rdb, &unit, err)) {
        wrong += memcmp(unit.raw.ptr, file.ptr + unit.str.offset, unit.raw.len) != 0 || unit.count != 1;
        if (!rk_str_bytes(&unit.str, &scratch, &bytes, err) || !rk_unit_walk_open(&walk, &unit, bytes, err))
            break;
        while (rk_unit_walk_next(&walk, &item, &score))
            all = fold(all, item, score);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    rk_buf_free(&scratch);
    return all;
}

static void windows(void)
{
    static const size_t steps[] = { 0, 1, 4099 };
    rk_digest told[3] = { { 0 } };
    uint64_t offsets[3] = { 0 };
    rk_err err = { 0 };
    rk_record rec;
    file.len = 0;
    add(BYTES("REDIS0011"));
    add_members(1, "l");
    add_members(3, "t");
    add_members(5, "z");
    add(BYTES("\377\0\0\0\0\0\0\0\0"));
    for (int i = 0; i < 3; i++) {
        rk_source *source = rk_source_memory(rk_buf_slice(&file), steps[i], &err);
        rk_rdb *rdb = rk_rdb_open(source, &err);
        for (int key = 0; rk_rdb_next(rdb, &rec, &err) && rec.kind == RK_RECORD_KEY; key++) {
            rk_digest d = i == 0 ? by_elements(rdb, &err) : by_units(rdb, &err);
            if (i == 0)
                told[key] = d;
            offsets[key] = rec.key.offset;
            CU_ASSERT(rk_digest_is(d, told[key]));
        }
        CU_ASSERT_EQUAL(rec.kind, RK_RECORD_END);
        rk_rdb *again = rk_rdb_second(rdb, &err);
        for (int key = 2; key >= 0; key--) {
            CU_ASSERT_FATAL(rk_rdb_seek_key(again, offsets[key], &rec, &err));
            CU_ASSERT(rk_digest_is(by_units(again, &err), told[key]));
        }
        CU_ASSERT_EQUAL(err.code, RK_OK);
        rk_rdb_close(again);
        rk_rdb_close(rdb);
        rk_source_close(source);
    }
    rk_buf_free(&file);
}

static void refused(void)
{
    static const struct {
        const char *file, *what;
        size_t len;
        uint64_t offset;
    } rows[] = {
        { "REDIS0011\22\1k\1\3\0", "quicklist container is 3, not 1 or 2", 15, 13 },
        { "REDIS0011\22\1k\1\2\2hi", "a packed node of 2 bytes, 6 at least", 17, 14 },
        { "REDIS0011\1\1k\7\1a", "number of elements is 7, 2 bytes remain", 15, 12 },
        { "REDIS0011\5\1k\1\1a\0\0\0", "score takes 8 bytes, 3 remain", 18, 15 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err = { 0 };
        rk_record rec;
        rk_unit unit;
        rk_source *source =
            rk_source_memory((rk_slice){ (const uint8_t *)rows[i].file, rows[i].len }, 1, &err);
        rk_rdb *rdb = rk_rdb_open(source, &err);
        CU_ASSERT_FATAL(rk_rdb_next(rdb, &rec, &err));
        while (rk_rdb_unit(rdb, &unit, &err))
            ;
        CU_ASSERT_STRING_EQUAL(err.what, rows[i].what);
        CU_ASSERT_EQUAL(err.offset, rows[i].offset);
        CU_ASSERT(err.where[0] && err.source[0]);
        rk_rdb_close(rdb);
        rk_source_close(source);
    }
}

/* Asking in both ways is our own mistake, and an error all the same. */
static void mixed(void)
{
    rk_err err = { 0 }, again = { 0 };
    rk_record rec;
    rk_unit unit;
    rk_element e;
    rk_slice bytes = BYTES("REDIS0004\1\1k\2\1a\1b\1\1k\2\1a\1b\377");
    rk_source *source = rk_source_memory(bytes, 0, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err);
    CU_ASSERT(rk_rdb_next(rdb, &rec, &err) && rk_rdb_unit(rdb, &unit, &err));
    CU_ASSERT(!rk_rdb_element(rdb, &e, &again) && again.code == RK_USAGE);
    again = (rk_err){ 0 };
    CU_ASSERT(rk_rdb_next(rdb, &rec, &err) && rk_rdb_element(rdb, &e, &err));
    CU_ASSERT(!rk_rdb_unit(rdb, &unit, &again) && again.code == RK_USAGE);
    CU_ASSERT(rk_rdb_next(rdb, &rec, &err) && rec.kind == RK_RECORD_END);
    CU_ASSERT(!rk_rdb_next(rdb, &rec, &err) && err.code == RK_USAGE);
    rk_rdb_close(rdb);
    rk_source_close(source);
}

/* 100,000 templates whose ids descend, each looked up once: a second at most, not minutes. */
static void many_templates(void)
{
    enum { TEMPLATES = 100000 };
    rk_err err = { 0 };
    file.len = 0;
    add(BYTES("REDIS0015"));
    for (uint32_t i = TEMPLATES; i > 0; i--) {
        add(BYTES("\362"));
        add_len(i * 7);
        add(BYTES("\1\1f"));
    }
    for (uint32_t i = 1; i <= TEMPLATES; i++) {
        add(BYTES("\40\1k"));
        add_len(i * 7);
        add(BYTES("\1v"));
    }
    add(BYTES("\377\0\0\0\0\0\0\0\0"));
    rk_source *source = rk_source_memory(rk_buf_slice(&file), 0, &err);
    event_log log = event_log_of(source, true);
    CU_ASSERT(log.ended && log.key_count == TEMPLATES && log.element_count == TEMPLATES);
    rk_source_close(source);
    rk_buf_free(&file);
}

UNIT_MAIN("unit", { "units hold what elements tell, wherever a window ends", windows },
          { "what is refused, with message and offset", refused },
          { "units behind elements, and elements behind units, are refused", mixed },
          { "many hash templates with ids of no order", many_templates })
