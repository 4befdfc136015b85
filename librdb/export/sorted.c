/* sorted: sets, sorted sets and hashes as JSON. A server keeps them in any order; while their elements fit a budget
 * they are held and put in order, so that the same value is always the same text. A larger value comes in the order of
 * the file: nothing huge is held. */
#include <math.h>
#include <stdlib.h>

#include "run.h"

enum { HELD_MOST = 4 << 20, FEW = 12 };

/* ---- order: score, then bytes --------------------------------------------------------------------------------- */

static uint64_t head_of(rk_slice item)
{
    uint64_t head = 0;
    if (item.len >= 8) {
        memcpy(&head, item.ptr, 8);
        return __builtin_bswap64(head);
    }
    for (size_t i = 0; i < item.len; i++)
        head |= (uint64_t)item.ptr[i] << (56 - 8 * i);
    return head;
}

static int by_order(const void *left, const void *right, void *held)
{
    const export_row *a = left, *b = right;
    const uint8_t *text = held;
    if (a->score != b->score)
        return a->score < b->score ? -1 : 1;
    if (a->head != b->head)
        return a->head < b->head ? -1 : 1;
    return rk_slice_compare((rk_slice){ text + a->item, a->item_len },
                            (rk_slice){ text + b->item, b->item_len });
}

static void sort_rows(rk_export *run)
{
    export_row *rows = run->rows;
    size_t count = run->row_count;
    const uint8_t *held = rk_buf_slice(&run->held).ptr; /* never NULL, if all items are empty */
    if (count > FEW) {
        qsort_r(rows, count, sizeof *rows, by_order, (void *)held);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        export_row row = rows[i];
        size_t to = i;
        for (; to > 0 && by_order(&row, &rows[to - 1], (void *)held) < 0; to--)
            rows[to] = rows[to - 1];
        rows[to] = row;
    }
}

/* ---- holding -------------------------------------------------------------------------------------------------- */

static bool fits(const rk_export *run, const rk_element *e)
{
    uint64_t rows = (run->row_count + 1) * sizeof(export_row);
    return e->item.len <= HELD_MOST && e->value.len <= HELD_MOST &&
           run->held.len + e->item.len + e->value.len + rows <= HELD_MOST;
}

static bool hold(rk_export *run, const rk_element *e, rk_err *err)
{
    uint32_t at = (uint32_t)run->held.len;
    if (!rk_grow((void **)&run->rows, &run->row_cap, run->row_count + 1, sizeof *run->rows, err) ||
        !rk_buf_add(&run->held, e->item, err) || !rk_buf_add(&run->held, e->value, err))
        return false;
    run->kind = e->kind;
    run->rows[run->row_count++] = (export_row){ .head = head_of(e->item),
                                                .item = at,
                                                .item_len = (uint32_t)e->item.len,
                                                .value = at + (uint32_t)e->item.len,
                                                .value_len = (uint32_t)e->value.len,
                                                .score = e->score,
                                                .expire_ms = e->expire_ms };
    return true;
}

/* ---- writing -------------------------------------------------------------------------------------------------- */

static void write_element(export_out *out, const rk_element *e)
{
    bool pair = e->kind != RK_ELEMENT_MEMBER;
    bool ends =
        e->kind == RK_ELEMENT_FIELD || e->expire_ms != RK_NO_EXPIRY; /* Dragonfly lets members expire, too */
    if (pair || ends)
        export_out_byte(out, '[');
    export_json_bytes(out, e->item);
    if (pair)
        export_out_byte(out, ',');
    if (e->kind == RK_ELEMENT_SCORED)
        export_json_double(out, e->score, 17);
    else if (pair)
        export_json_bytes(out, e->value);
    if (ends) {
        export_out_byte(out, ',');
        export_json_i64_or_null(out, e->expire_ms != RK_NO_EXPIRY, e->expire_ms);
    }
    if (pair || ends)
        export_out_byte(out, ']');
}

/* What is held, in its present order. Returns what stands before the next element. */
static char write_rows(rk_export *run)
{
    rk_slice held = rk_buf_slice(&run->held);
    for (size_t i = 0; i < run->row_count; i++) {
        const export_row *row = &run->rows[i];
        rk_element e = { .kind = run->kind,
                         .item = { held.ptr + row->item, row->item_len },
                         .value = { held.ptr + row->value, row->value_len },
                         .score = row->score,
                         .expire_ms = row->expire_ms };
        export_out_byte(&run->out, i ? ',' : '[');
        write_element(&run->out, &e);
    }
    return run->row_count ? ',' : '[';
}

bool export_json_sorted(rk_export *run, rk_err *err)
{
    rk_element e;
    bool more = false;
    run->row_count = run->held.len = 0;
    while (!more && export_element(run, &e, err)) {
        more = !fits(run, &e);
        if (!more && !hold(run, &e, err))
            return false;
    }
    if (err->code != RK_OK)
        return false;
    if (!more)
        sort_rows(run);
    char before = write_rows(run);
    for (; more; more = export_element(run, &e, err), before = ',') {
        export_out_byte(&run->out, before);
        write_element(&run->out, &e);
    }
    export_out_text(&run->out, before == '[' ? "[]" : "]");
    return err->code == RK_OK;
}
