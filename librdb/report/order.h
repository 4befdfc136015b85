/* order: the ledger in an order that does not depend on where keys stand in a file. */
#ifndef RK_REPORT_ORDER_H
#define RK_REPORT_ORDER_H

#include "rdbkit/report.h"

/* The rows by database, namespace, kind of place and name; to be freed with rk_free. NULL for want of memory.
 */
const rk_ledger_row **rk_report_rows(const rk_diff *diff, size_t *count, rk_err *err);

/* Where the jobs of a row are, or were: in OLD, if there. */
static inline const rk_place *rk_report_place(const rk_ledger_row *row)
{
    return row->old_place ? row->old_place : row->new_place;
}

#endif
