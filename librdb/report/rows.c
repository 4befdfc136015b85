/* rows: lines of cells, kept as text with tabs between until their widths are known. */
#include "rows.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "human.h"

static const char below_mark = '\1'; /* begins a line that is no row; no cell holds it */

static FILE *temporary_file(rk_err *err)
{
    char path[4096];
    const char *dir = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/rdbkit-XXXXXX", dir && dir[0] ? dir : "/tmp");
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");
    if (fd >= 0)
        unlink(path);
    if (!file) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot make the temporary file '%s': %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
    }
    return file;
}

static bool open_lines(rk_rows *rows, bool many, rk_err *err)
{
    if (rows->lines)
        return true;
    if (many)
        return (rows->lines = temporary_file(err)) != NULL;
    rows->lines = open_memstream(&rows->memory, &rows->memory_size);
    return rows->lines || rk_no_memory(err);
}

bool rk_rows_add(rk_rows *rows, const char *const cells[RK_ROWS_COLUMNS], const char *below, bool many,
                 rk_err *err)
{
    if (!open_lines(rows, many, err))
        return false;
    for (int i = 0; i < RK_ROWS_COLUMNS; i++) {
        size_t width = rk_human_width(cells[i]);
        unsigned widest = rows->widest ? rows->widest : 40;
        if (width > rows->widths[i])
            rows->widths[i] = width < widest ? (unsigned)width : widest;
        fprintf(rows->lines, "%s%c", cells[i], i + 1 < RK_ROWS_COLUMNS ? '\t' : '\n');
    }
    if (below[0])
        fprintf(rows->lines, "%c%s\n", below_mark, below);
    rows->count++;
    return !ferror(rows->lines) || rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot write a temporary file");
}

/* Ends a line of cells: what is missing of a cell's width is owed until the next cell comes. */
static void write_cells(const rk_rows *rows, const char *const cells[RK_ROWS_COLUMNS], const char *indent,
                        FILE *out)
{
    size_t owed = 0;
    fputs(indent, out);
    for (int i = 0; i < RK_ROWS_COLUMNS; i++) {
        size_t width = rk_human_width(cells[i]);
        if (rows->widths[i] == 0)
            continue;
        if (width > 0)
            fprintf(out, "%*s%s", (int)owed, "", cells[i]);
        owed = (width > 0 ? 0 : owed) + (width < rows->widths[i] ? rows->widths[i] - width : 0) + 2;
    }
    fputc('\n', out);
}

/* Takes a line apart at its tabs, in place. */
static void split(char *line, const char *cells[RK_ROWS_COLUMNS])
{
    for (int i = 0; i < RK_ROWS_COLUMNS; i++) {
        char *tab = strchr(line, '\t');
        cells[i] = line;
        if (tab)
            *tab = 0;
        line = tab ? tab + 1 : line + strlen(line);
    }
}

static void write_line(const rk_rows *rows, char *line, const char *indent, FILE *out)
{
    const char *cells[RK_ROWS_COLUMNS];
    char first[40];
    if (line[0] == below_mark) {
        snprintf(first, sizeof first, "%s    ", indent);
        rk_human_fill(out, first, line + 1);
        return;
    }
    split(line, cells);
    write_cells(rows, cells, indent, out);
}

bool rk_rows_write(rk_rows *rows, const char *const titles[RK_ROWS_COLUMNS], const char *indent, FILE *out,
                   rk_err *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    if (rows->count == 0)
        return true;
    for (int i = 0; i < RK_ROWS_COLUMNS; i++) {
        size_t width = rk_human_width(titles[i]);
        if (rows->widths[i] > 0 && width > rows->widths[i])
            rows->widths[i] = (unsigned)width;
    }
    write_cells(rows, titles, indent, out);
    bool ok = fflush(rows->lines) == 0;
    FILE *lines = rows->memory ? fmemopen(rows->memory, rows->memory_size, "r") : rows->lines;
    if (!lines)
        return rk_no_memory(err);
    rewind(lines);
    while (ok && !ferror(out) && (len = getline(&line, &cap, lines)) > 0) {
        line[len - 1] = 0;
        write_line(rows, line, indent, out);
    }
    ok = ok && !ferror(lines);
    if (lines != rows->lines)
        fclose(lines);
    free(line);
    return ok || rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot read a temporary file");
}

void rk_rows_free(rk_rows *rows)
{
    if (rows->lines)
        fclose(rows->lines);
    free(rows->memory);
    *rows = (rk_rows){ 0 };
}
