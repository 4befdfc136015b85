/* table: cells in columns, by libsmartcols. */
#include "table.h"

#include <libsmartcols.h>
#include <stdlib.h>

struct rk_table {
    struct libscols_table *table;
    struct libscols_line *last;
    size_t columns;
    bool failed;
};

rk_table *rk_table_new(const char *const titles[])
{
    rk_table *t = rk_alloc(sizeof *t);
    if (!t)
        return NULL;
    t->table = scols_new_table();
    t->failed = !t->table;
    for (; titles[t->columns]; t->columns++) {
        bool right = titles[t->columns][0] == '>';
        if (!t->failed)
            t->failed =
                !scols_table_new_column(t->table, titles[t->columns] + right, 0, right ? SCOLS_FL_RIGHT : 0);
    }
    if (t->failed)
        return t;
    /* names are escaped already; but where characters are bytes, libsmartcols 2.38 would never end */
    scols_table_enable_noencoding(t->table, MB_CUR_MAX > 1);
    scols_table_set_termforce(t->table,
                              SCOLS_TERMFORCE_NEVER); /* a name that is cut cannot be searched for */
    return t;
}

void rk_table_row(rk_table *t, const char *const cells[])
{
    if (!t || t->failed)
        return;
    t->last = scols_table_new_line(t->table, NULL);
    t->failed = !t->last;
    for (size_t i = 0; !t->failed && i < t->columns; i++)
        t->failed = scols_line_set_data(t->last, i, cells[i]) != 0;
}

void rk_table_bold(rk_table *t, const char *code)
{
    if (!t || t->failed || !code[0] || !t->last)
        return;
    scols_table_enable_colors(t->table, 1);
    t->failed = scols_line_set_color(t->last, code) != 0;
}

static void write_indented(const char *lines, const char *indent, FILE *out)
{
    while (*lines) {
        size_t len = strcspn(lines, "\n"), shown = len;
        while (shown > 0 && lines[shown - 1] == ' ')
            shown--;
        fprintf(out, "%s%.*s\n", indent, (int)shown, lines);
        lines += len + (lines[len] == '\n');
    }
}

bool rk_table_write(rk_table *t, const char *indent, FILE *out, rk_err *err)
{
    char *lines = NULL;
    bool ok = t && !t->failed && scols_print_table_to_string(t->table, &lines) == 0 && lines;
    if (ok)
        write_indented(lines, indent, out);
    free(lines);
    if (t)
        scols_unref_table(t->table);
    rk_free(t);
    return ok || rk_no_memory(err);
}
