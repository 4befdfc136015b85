/* table: cells in columns, by libsmartcols, for a few hundred rows. */
#ifndef RK_REPORT_TABLE_H
#define RK_REPORT_TABLE_H

#include <stdio.h>

#include "rdbkit/base.h"

typedef struct rk_table rk_table;

/* Titles end with NULL; one that begins with '>' is of a column that stands at the right. NULL for want of memory; the
 * other functions take that, and rk_table_write says so. Cells are ours or escaped. */
rk_table *rk_table_new(const char *const titles[]);

/* As many cells as there are columns. */
void rk_table_row(rk_table *table, const char *const cells[]);
void rk_table_bold(rk_table *table, const char *code); /* the row added last; "" does nothing */

/* Writes it with `indent` before each line, and ends it. */
bool rk_table_write(rk_table *table, const char *indent, FILE *out, rk_err *err);

#endif
