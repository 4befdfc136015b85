/* packed_rows: cases of a packed encoding as rows. Each is walked twice, as bytes of the file and as bytes
 * that were decompressed (pinned), and lies in memory of exactly its size, so that a sanitizer sees a read
 * behind it. */
#ifndef RDBKIT_PACKED_ROWS_H
#define RDBKIT_PACKED_ROWS_H

#include "../unit.h"
#include "rdbkit/rdb.h"

#define AT 100 /* where the blobs of all rows begin in their source */

/* Walks all of `blob` and prints its entries, each with a space behind: "1 'abc' ". False: `err` says why. */
typedef bool (*packed_walk)(rk_blob blob, rk_buf *text, rk_err *err);

typedef struct {
    const char *name;
    rk_slice bytes;
    const char *text; /* the entries */
} good_row;

typedef struct {
    const char *name;
    rk_slice bytes;
    uint64_t offset; /* of the error */
    const char *what;
} bad_row;

#define ROWS(rows) rows, sizeof rows / sizeof rows[0]

/* Texts are compared; a difference is told with the row's name. */
static inline void row_text(const char *name, const char *got, const char *want)
{
    if (strcmp(got, want) != 0)
        printf("# %s: \"%s\", not \"%s\"\n", name, got, want);
    CU_ASSERT_STRING_EQUAL(got, want);
}

static inline void row_number(const char *name, uint64_t got, uint64_t want)
{
    if (got != want)
        printf("# %s: %" PRIu64 ", not %" PRIu64 "\n", name, got, want);
    CU_ASSERT_EQUAL(got, want);
}

/* Prints an entry, and holds it against the blob: a text lies inside of it. */
static inline void print_entry(const rk_packed *entry, rk_blob blob, rk_buf *text)
{
    rk_err err = { 0 };
    char room[RK_PACKED_TEXT];
    rk_slice bytes = rk_packed_bytes(entry, room);
    if (entry->is_int) {
        CU_ASSERT_EQUAL(entry->text.len, 0);
        rk_buf_printf(text, &err, "%.*s ", (int)bytes.len, (const char *)bytes.ptr);
        return;
    }
    CU_ASSERT(bytes.len == 0 ||
              (bytes.ptr >= blob.bytes.ptr && bytes.ptr + bytes.len < blob.bytes.ptr + blob.bytes.len));
    rk_buf_printf(text, &err, "'%.*s' ", (int)bytes.len, (const char *)bytes.ptr);
}

/* Walks a copy of `bytes`; the text of the entries, to be freed, stays in `text`. */
static inline bool walk_copy(packed_walk walk, rk_slice bytes, bool pinned, rk_buf *text, rk_err *err)
{
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
    bool whole = false;
    *text = (rk_buf){ 0 };
    *err = (rk_err){ 0 };
    rk_err memory = { 0 };
    if (copy && rk_buf_reserve(text, 1, &memory)) {
        memcpy(copy, bytes.ptr, bytes.len);
        whole = walk((rk_blob){ { copy, bytes.len }, AT, pinned }, text, err);
        rk_buf_add(text, (rk_slice){ (const uint8_t *)"", 1 }, &memory);
    }
    free(copy);
    return whole;
}

static inline void check_good(packed_walk walk, const good_row *rows, size_t count)
{
    for (size_t i = 0; i < 2 * count; i++) {
        const good_row *row = &rows[i / 2];
        rk_buf text;
        rk_err err;
        CU_ASSERT(walk_copy(walk, row->bytes, i % 2, &text, &err));
        row_text(row->name, err.what, "");
        row_text(row->name, (const char *)text.ptr, row->text);
        rk_buf_free(&text);
    }
}

static inline void check_bad(packed_walk walk, const bad_row *rows, size_t count)
{
    for (size_t i = 0; i < 2 * count; i++) {
        const bad_row *row = &rows[i / 2];
        bool pinned = i % 2;
        rk_buf text;
        rk_err err;
        CU_ASSERT_FALSE(walk_copy(walk, row->bytes, pinned, &text, &err));
        CU_ASSERT_EQUAL(err.code, RK_DAMAGED);
        CU_ASSERT(err.has_offset);
        row_text(row->name, err.what, row->what);
        row_number(row->name, err.offset, pinned ? AT : row->offset);
        rk_buf_free(&text);
    }
}

/* Puts into the bytes of a shortened blob what its frame must say now: its size and the end mark. */
typedef void (*packed_reframe)(uint8_t *bytes, size_t size);

/* Every truncation of a whole blob fails, also when its frame has been made to fit. */
static inline void check_cuts(packed_walk walk, rk_slice whole, packed_reframe reframe)
{
    uint8_t *cut = malloc(whole.len);
    for (size_t size = 0; cut && size < whole.len; size++) {
        rk_buf text;
        rk_err err;
        memcpy(cut, whole.ptr, size);
        for (int framed = 0; framed < 2; framed++) {
            if (framed)
                reframe(cut, size);
            CU_ASSERT_FALSE(walk_copy(walk, (rk_slice){ cut, size }, false, &text, &err));
            CU_ASSERT_EQUAL(err.code, RK_DAMAGED);
            CU_ASSERT(err.offset >= AT && err.offset <= AT + size);
            rk_buf_free(&text);
        }
    }
    free(cut);
}

#endif
