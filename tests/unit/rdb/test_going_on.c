/* test_going_on: behind a content that cannot be decoded the next pull goes on; behind a lost framing every pull fails
 * in the same words. */
#include "rows.h"

/* Pulls everything by elements; a failure that goes on is told as "(bad)", another as "(lost)". */
static rk_buf pull_all(rk_slice file, size_t step, bool units)
{
    rk_buf out = { 0 };
    rk_err err = { 0 }, io = { 0 };
    rk_record rec = { 0 };
    rk_source *source = rk_source_memory(file, step, &io);
    rk_rdb *rdb = rk_rdb_open(source, &io);
    while (rec.kind != RK_RECORD_END) {
        bool read = rk_rdb_next(rdb, &rec, &err);
        if (!read && !rk_rdb_goes_on(rdb)) {
            rk_err again = { 0 };
            CU_ASSERT(!rk_rdb_next(rdb, &rec, &again) && strcmp(again.what, err.what) == 0);
            rk_buf_printf(&out, &io, "(lost) ");
            break;
        }
        if (!read)
            rk_buf_printf(&out, &io, "(bad) ");
        err = (rk_err){ 0 };
        if (rec.kind != RK_RECORD_KEY)
            continue;
        rk_buf_printf(&out, &io, "%.*s:", (int)rec.key.name.len, (const char *)rec.key.name.ptr);
        rk_element e;
        rk_unit unit;
        for (;;) {
            bool there = units ? rk_rdb_unit(rdb, &unit, &err) : rk_rdb_element(rdb, &e, &err);
            if (!there && err.code == RK_OK)
                break;
            if (!there && !rk_rdb_goes_on(rdb))
                break; /* told by the next record */
            if (!there)
                rk_buf_printf(&out, &io, "(bad) ");
            else if (units)
                rk_buf_printf(&out, &io, "%u ", unit.count);
            else
                rk_buf_printf(&out, &io, "%.*s%.*s ", (int)e.item.len, (const char *)e.item.ptr,
                              (int)e.value.len, (const char *)e.value.ptr);
            err = (rk_err){ 0 };
        }
        err = (rk_err){ 0 };
    }
    rk_rdb_close(rdb);
    rk_source_close(source);
    return out;
}

#define BAD_LZF "\303\5\12\0a\40\7\0" /* reaches before its beginning */

static const snapshot_row rows[] = {
    { "a list", NULL, BYTES("\1\1k\3\1a" BAD_LZF "\1b\0\1z\1v"), "k:a (bad) b z:v " },
    { "a field and a value", NULL, BYTES("\4\1k\3" BAD_LZF "\1b\1c" BAD_LZF "\1d\1e\0\1z\1v"),
      "k:(bad) (bad) de z:v " },
    { "nodes", NULL,
      BYTES("\22\1k\3\2" BAD_LZF "\2\11\11\0\0\0\2\0\1\1\377\2\11\11\0\0\0\1\0\2\1\377\0\1z\1v"),
      "k:(bad) 1 (bad) 2 z:v " },
    { "a listpack ends where it is bad", NULL, BYTES("\20\1k\11\11\0\0\0\1\0\1\1\377\0\1z\1v"),
      "k:(bad) z:v " },
    { "a name", NULL, BYTES("\0" BAD_LZF "\1a\0\1z\1v"), "(bad) :a z:v " },
    { "a stream's node", "REDIS0009",
      BYTES("\17\1k\2\20\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\3" BAD_LZF "\17\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0" BAD_LZF
            "\0\5\3\0\0\1z\1v"),
      "k:(bad) (bad)  z:v " },
    { "a record that is no key", NULL, BYTES("\372\1a" BAD_LZF "\0\1z\1v"), "(bad) z:v " },
    { "what is lost stays lost", NULL, BYTES("\1\1k\3\1a\305\1b\0\1z\1v"), "k:a (lost) " },
    { "bad, and then lost", NULL, BYTES("\4\1k\1" BAD_LZF "\305\1b"), "k:(bad) (lost) " },
};

static void elements(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_buf file = row_file(&rows[i]);
        for (size_t step = 0; step < 2; step++) {
            rk_buf told = pull_all(rk_buf_slice(&file), step, false);
            check_told(rows[i].name, step ? "byte by byte" : "whole", told, rows[i].told);
            rk_buf_free(&told);
        }
        rk_buf_free(&file);
    }
}

static void units(void)
{
    static const snapshot_row row = {
        "units", NULL,
        BYTES("\22\1k\3\2" BAD_LZF
              "\1\1a\2\11\11\0\0\0\1\0\1\1\377\5\1s\2\1a\0\0\0\0\0\0\370\177\1b\0\0\0\0\0\0\0\0"),
        "k:(bad) 1 1 s:(bad) 1 "
    };
    rk_buf file = row_file(&row);
    rk_buf told = pull_all(rk_buf_slice(&file), 1, true);
    check_told(row.name, "byte by byte", told, row.told);
    rk_buf_free(&told);
    rk_buf_free(&file);
}

/* Strings are verified without being decoded; an LZF check says what decoding says. */
static void strings(void)
{
    rk_err err = { 0 };
    rk_record rec;
    uint64_t len = 0;
    rk_source *source = rk_source_memory(
        BYTES("REDIS0009\0\1a\3abc\0\1b" BAD_LZF "\0\1c\303\4\4\0x\40\0\377\0\0\0\0\0\0\0\0"), 1, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err);
    CU_ASSERT(rk_rdb_next(rdb, &rec, &err) && rk_rdb_string(rdb, &len, &err) && len == 3);
    CU_ASSERT(!rk_rdb_string(rdb, &len, &err) && err.code == RK_OK);
    CU_ASSERT(rk_rdb_next(rdb, &rec, &err) && !rk_rdb_string(rdb, &len, &err) && rk_rdb_goes_on(rdb));
    CU_ASSERT(strcmp(err.what, "LZF reference reaches 8 bytes back, 1 precede it") == 0 && err.offset == 19);
    err = (rk_err){ 0 };
    CU_ASSERT(rk_rdb_next(rdb, &rec, &err) && rk_rdb_string(rdb, &len, &err) && len == 4);
    rk_rdb_close(rdb);
    rk_source_close(source);
}

UNIT_MAIN("going on", { "by elements", elements }, { "by units", units }, { "strings alone", strings })
