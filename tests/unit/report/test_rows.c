/* rows: cells stand under each other, whether few or many. */
#include "../../../librdb/report/rows.h"

#include "../unit.h"

static const char *const titles[RK_ROWS_COLUMNS] = { "CLASS", "JID", "PLACE", "", "", "" };

/* What is written of two rows; to be freed. */
static char *written(bool many, const char *below)
{
    static const char *const first[RK_ROWS_COLUMNS] = { "MailerJob", "a1", "", "x", "", "" };
    static const char *const second[RK_ROWS_COLUMNS] = { "\303\234ber", "b22", "", "y", "", "" };
    char *text = NULL;
    size_t len = 0;
    rk_rows rows = { 0 };
    rk_err err = { 0 };
    FILE *out = open_memstream(&text, &len);
    CU_ASSERT_TRUE(rk_rows_add(&rows, first, below, many, &err));
    CU_ASSERT_TRUE(rk_rows_add(&rows, second, "", many, &err));
    CU_ASSERT_TRUE(rk_rows_write(&rows, titles, "  ", out, &err));
    CU_ASSERT_EQUAL(rows.count, 2);
    rk_rows_free(&rows);
    fclose(out);
    return text;
}

static void cells_are_aligned(void)
{
    for (int many = 0; many < 2; many++) {
        char *text = written(many, "");
        CU_ASSERT_STRING_EQUAL(text, "  CLASS      JID\n  MailerJob  a1   x\n  \303\234ber       b22  y\n");
        free(text);
    }
}

static void a_line_may_stand_below(void)
{
    for (int many = 0; many < 2; many++) {
        char *text = written(many, "now in retry");
        CU_ASSERT_STRING_EQUAL(
            text, "  CLASS      JID\n  MailerJob  a1   x\n      now in retry\n  \303\234ber       b22  y\n");
        free(text);
    }
}

static void one_wide_cell_does_not_push_the_others(void)
{
    static const char wide[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const char *const first[RK_ROWS_COLUMNS] = { wide, "1", "", "", "", "" };
    const char *const second[RK_ROWS_COLUMNS] = { "b", "2", "", "", "", "" };
    char *text = NULL;
    size_t len = 0;
    rk_rows rows = { .widest = 5 };
    rk_err err = { 0 };
    FILE *out = open_memstream(&text, &len);
    rk_rows_add(&rows, first, "", false, &err);
    rk_rows_add(&rows, second, "", false, &err);
    CU_ASSERT_TRUE(rk_rows_write(&rows, titles, "", out, &err));
    rk_rows_free(&rows);
    fclose(out);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "aaa  1\nb      2\n"));
    free(text);
}

static void no_rows_write_nothing(void)
{
    rk_rows rows = { 0 };
    rk_err err = { 0 };
    CU_ASSERT_TRUE(rk_rows_write(&rows, titles, "", stdout, &err));
    rk_rows_free(&rows);
}

static void no_room_for_a_file_is_said(void)
{
    static const char *const row[RK_ROWS_COLUMNS] = { "a", "", "", "", "", "" };
    rk_rows rows = { 0 };
    rk_err err = { 0 };
    setenv("TMPDIR", "/nonexistent/folder", 1);
    CU_ASSERT_FALSE(rk_rows_add(&rows, row, "", true, &err));
    CU_ASSERT_EQUAL(err.code, RK_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.what, "/nonexistent/folder/"));
    unsetenv("TMPDIR");
    rk_rows_free(&rows);
}

UNIT_MAIN("rows", { "cells are aligned, empty columns left out", cells_are_aligned },
          { "a line may stand below a row", a_line_may_stand_below },
          { "one wide cell does not push the others", one_wide_cell_does_not_push_the_others },
          { "no rows write nothing", no_rows_write_nothing },
          { "a temporary file that cannot be made is said", no_room_for_a_file_is_said })
