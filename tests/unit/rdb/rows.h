/* rows: crafted snapshots, a row each: what stands between the magic and the end, and what a reader must tell
 * of it. The EOF opcode is added, and eight zeros where the version has a checksum (zeros: none was taken);
 * offsets count from the magic, so that the body begins at 9. */
#ifndef RDBKIT_TESTS_ROWS_H
#define RDBKIT_TESTS_ROWS_H

#include "../unit.h"
#include "render.h"

typedef struct {
    const char *name;
    const char *magic; /* NULL: REDIS0011 */
    rk_slice body;
    const char *told;
} snapshot_row;

/* The whole file of a row. */
static inline rk_buf row_file(const snapshot_row *row)
{
    static const uint8_t end[9] = { 0xff };
    rk_buf file = { 0 };
    rk_err err = { 0 };
    const char *magic = row->magic ? row->magic : "REDIS0011";
    bool has_checksum = strcmp(magic, "REDIS0005") >= 0; /* VALKEY too */
    rk_buf_add(&file, rk_slice_of(magic), &err);
    rk_buf_add(&file, row->body, &err);
    rk_buf_add(&file, (rk_slice){ end, has_checksum ? 9 : 1 }, &err);
    return file;
}

static inline void check_told(const char *name, const char *how, rk_buf told, const char *expected)
{
    if (!rk_slice_is(rk_buf_slice(&told), rk_slice_of(expected)))
        printf("# %s, %s:\n#   told     %.*s\n#   expected %s\n", name, how, (int)told.len,
               told.len ? (const char *)told.ptr : "", expected);
    CU_ASSERT(rk_slice_is(rk_buf_slice(&told), rk_slice_of(expected)));
}

/* Each row is read whole and byte by byte; and its keys are the same when their values are passed over. */
static inline void check_rows(const snapshot_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        static const size_t steps[] = { 0, 1 };
        rk_buf file = row_file(&rows[i]);
        for (int k = 0; k < 2; k++) {
            rk_err err = { 0 }, why = { 0 };
            rk_source *source = rk_source_memory(rk_buf_slice(&file), steps[k], &err);
            rk_buf told = render_source(source, false, ' ', true, &why);
            check_told(rows[i].name, k ? "byte by byte" : "whole", told, rows[i].told);
            rk_source_close(source);
            rk_buf_free(&told);
            rk_err passed = { 0 };
            source = rk_source_memory(rk_buf_slice(&file), steps[k], &err);
            told = render_source(source, false, ' ', false, &passed);
            if (why.code == RK_OK && passed.code != RK_OK)
                printf("# %s: passing over values fails: %s\n", rows[i].name, passed.what);
            CU_ASSERT(why.code != RK_OK || passed.code == RK_OK);
            rk_source_close(source);
            rk_buf_free(&told);
        }
        rk_buf_free(&file);
    }
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(rows)[0])

#endif
