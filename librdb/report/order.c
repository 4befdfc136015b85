/* order: the ledger in an order that does not depend on where keys stand in a file, so that reports can be
 * compared with each other. */
#include "order.h"

#include <stdlib.h>

static int by_number(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
    const rk_place *x = rk_report_place(*(const rk_ledger_row *const *)a);
    const rk_place *y = rk_report_place(*(const rk_ledger_row *const *)b);
    int order = by_number(x->layout->db, y->layout->db);
    if (order == 0)
        order = rk_slice_compare(x->layout->prefix, y->layout->prefix);
    if (order == 0)
        order = by_number(x->kind, y->kind);
    if (order == 0)
        order = rk_slice_compare(x->name, y->name);
    return order ? order : by_number(x->id, y->id);
}

const rk_ledger_row **rk_report_rows(const rk_diff *diff, size_t *count, rk_err *err)
{
    const rk_ledger_row *rows = rk_diff_rows(diff, count);
    const rk_ledger_row **sorted = rk_alloc((*count ? *count : 1) * sizeof *sorted);
    if (!sorted) {
        rk_no_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < *count; i++)
        sorted[i] = &rows[i];
    qsort(sorted, *count, sizeof *sorted, by_place);
    return sorted;
}
