/* rows: lines of cells that are aligned once all of them are known. A few are kept in memory, many in an
 * unlinked temporary file. */
#ifndef RK_REPORT_ROWS_H
#define RK_REPORT_ROWS_H

#include <stdio.h>

#include "rdbkit/base.h"

enum { RK_ROWS_COLUMNS = 6 };

/* Zero it to start; rk_rows_free ends it. */
typedef struct {
    FILE *lines;
    char *memory; /* of `lines`, when it is not a file */
    size_t memory_size;
    unsigned widths[RK_ROWS_COLUMNS];
    unsigned widest; /* set before the first row: no column is made wider for one cell; 0: 40 */
    uint64_t count;
} rk_rows;

/* Adds a row. Cells are ours or escaped: without tabs and newlines. `below` ("" for none) goes on a line of
 * its own under it. `many`: there may be any number of rows, so they are not kept in memory. */
bool rk_rows_add(rk_rows *rows, const char *const cells[RK_ROWS_COLUMNS], const char *below, bool many,
                 rk_err *err);

/* Writes them under `titles`, with `indent` in front; a column without anything in it is left out, and one
 * cell that is very wide does not push the others. Stops when `out` fails. */
bool rk_rows_write(rk_rows *rows, const char *const titles[RK_ROWS_COLUMNS], const char *indent, FILE *out,
                   rk_err *err);

void rk_rows_free(rk_rows *rows);

#endif
