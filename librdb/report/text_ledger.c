/* text_ledger: the ledger as a table. A column without a number in it is left out, and so are the rows in
 * which everything is kept, which stand together in one. */
#include <libsmartcols.h>
#include <stdlib.h>

#include "text.h"

enum { FOLD_FROM = 3 }; /* so many rows in which all is kept become one */

/* The numbers of a row in the order of the columns: OLD, the verdicts with MOVED IN before DUPLICATED, NEW.
 */
enum { CELL_OLD, CELL_MOVED_IN = 1 + RK_JOB_DUPLICATED, CELL_NEW = RK_VERDICTS + 2, CELLS };

typedef struct {
    uint64_t n[CELLS];
} numbers;

static unsigned cell_of(unsigned verdict)
{
    return 1 + verdict + (verdict >= RK_JOB_DUPLICATED);
}

static numbers numbers_of(const rk_ledger_row *row)
{
    numbers all = { { 0 } };
    all.n[CELL_OLD] = row->old_jobs;
    for (unsigned v = 0; v < RK_VERDICTS; v++)
        all.n[cell_of(v)] = row->counts[v];
    all.n[CELL_MOVED_IN] = row->moved_in;
    all.n[CELL_NEW] = row->new_jobs;
    return all;
}

static const char *title_of(unsigned cell)
{
    if (cell == CELL_OLD || cell == CELL_NEW)
        return cell == CELL_OLD ? "OLD" : "NEW";
    if (cell == CELL_MOVED_IN)
        return "MOVED IN";
    return rk_verdict_title(cell < CELL_MOVED_IN ? cell - 1 : cell - 2);
}

static bool all_kept(const rk_ledger_row *row)
{
    return row->counts[RK_JOB_KEPT] == row->old_jobs && row->new_jobs == row->old_jobs &&
           row->moved_in == 0 && row->counts[RK_JOB_ADDED] == 0 && !row->order_changed;
}

/* ---- table
 * -------------------------------------------------------------------------------------------------- */

/* What is shown: which columns, and which rows by themselves. */
typedef struct {
    const rk_text *text;
    size_t folded;
    bool shown[CELLS], order;
    struct libscols_table *table;
} ledger;

static void choose(ledger *l)
{
    const rk_ledger_row *total = rk_diff_total(l->text->diff);
    numbers sums = numbers_of(total);
    for (size_t i = 0; i < l->text->row_count; i++) {
        l->folded += all_kept(l->text->rows[i]);
        l->order = l->order || l->text->rows[i]->order_changed;
    }
    if (l->text->options->verbose || l->folded < FOLD_FROM)
        l->folded = 0;
    for (unsigned c = 0; c < CELLS; c++)
        l->shown[c] = sums.n[c] > 0 || c == CELL_OLD || c == CELL_NEW || c == cell_of(RK_JOB_KEPT);
}

static bool add_columns(const ledger *l)
{
    bool ok = scols_table_new_column(l->table, "PLACE", 0, 0) != NULL;
    for (unsigned c = 0; c < CELLS; c++)
        if (l->shown[c])
            ok = ok && scols_table_new_column(l->table, title_of(c), 0, SCOLS_FL_RIGHT);
    return ok && (!l->order || scols_table_new_column(l->table, "ORDER", 0, 0));
}

/* A verdict that a cutover should not see stands out. */
static rk_ink ink_of(unsigned cell)
{
    for (unsigned v = 0; v < RK_VERDICTS; v++)
        if (cell == cell_of(v) && (v == RK_JOB_LOST || v == RK_JOB_UNACCOUNTED || v == RK_JOB_STRANDED ||
                                   v == RK_JOB_DAMAGED || v == RK_JOB_DUPLICATED || v == RK_JOB_RESURRECTED))
            return RK_INK_BAD;
    return RK_INK_PLAIN;
}

static bool add_line(const ledger *l, const char *name, const numbers *all, const char *order, bool bold)
{
    struct libscols_line *line = scols_table_new_line(l->table, NULL);
    size_t column = 0;
    rk_human number;
    bool ok = line && scols_line_set_data(line, column++, name) == 0;
    for (unsigned c = 0; ok && c < CELLS; c++) {
        if (!l->shown[c])
            continue;
        ok = scols_line_set_data(line, column, rk_human_count(all->n[c], &number)) == 0;
        if (ok && l->text->options->colour && all->n[c] > 0 && ink_of(c) != RK_INK_PLAIN)
            ok =
                scols_cell_set_color(scols_line_get_cell(line, column), rk_text_ink(l->text, ink_of(c))) == 0;
        column++;
    }
    if (ok && l->order)
        ok = scols_line_set_data(line, column, order) == 0;
    if (ok && bold && l->text->options->colour)
        ok = scols_line_set_color(line, rk_text_ink(l->text, RK_INK_BOLD)) == 0;
    return ok;
}

static const char *order_of(const rk_ledger_row *row)
{
    const rk_place *place = rk_report_place(row);
    if (!rk_place_is_list(place->kind) || row->shared < 2)
        return "";
    return row->reversed ? "reversed" : row->order_changed ? "changed" : "same";
}

static bool add_rows(const ledger *l)
{
    numbers folded = { { 0 } };
    rk_human_place_room name;
    char others[80];
    rk_human count;
    bool ok = true;
    for (size_t i = 0; ok && i < l->text->row_count; i++) {
        const rk_ledger_row *row = l->text->rows[i];
        const rk_place *place = rk_report_place(row);
        numbers all = numbers_of(row);
        if (l->folded > 0 && all_kept(row)) {
            for (unsigned c = 0; c < CELLS; c++)
                folded.n[c] += all.n[c];
            continue;
        }
        ok = add_line(l, rk_human_place(place, l->text->with_db, &name), &all, order_of(row), false);
    }
    if (ok && l->folded > 0) {
        snprintf(others, sizeof others, "%s %splaces, all kept", rk_human_count(l->folded, &count),
                 l->folded < l->text->row_count ? "other " : "");
        ok = add_line(l, others, &folded, l->order ? "same" : "", false);
    }
    numbers total = numbers_of(rk_diff_total(l->text->diff));
    return ok && add_line(l, "TOTAL", &total, "", true);
}

/* ---- balance
 * ------------------------------------------------------------------------------------------------ */

static bool leaves(unsigned v)
{
    return v == RK_JOB_FINISHED || v == RK_JOB_REMOVED || v == RK_JOB_TRIMMED || v == RK_JOB_LOST ||
           v == RK_JOB_UNACCOUNTED;
}

/* "901 kept + 70 lost": the verdicts that `chosen` says, those with jobs. */
static void add_terms(char *sum, size_t cap, const rk_ledger_row *total, bool (*chosen)(unsigned v),
                      const char *sign)
{
    rk_human number;
    for (unsigned v = 0; v < RK_VERDICTS; v++)
        if (chosen(v) && total->counts[v] > 0)
            rk_human_join(sum, cap, sign, "%s %s", rk_human_count(total->counts[v], &number),
                          rk_verdict_words(v));
}

static bool was_in_old(unsigned v)
{
    return v < RK_JOB_DUPLICATED;
}

static bool came(unsigned v)
{
    return v >= RK_JOB_DUPLICATED;
}

/* "balance: OLD 971 = 901 kept + 70 lost; NEW 908 = 971 - 70 lost + 7 added" */
static void balance(const rk_text *text)
{
    const rk_ledger_row *total = rk_diff_total(text->diff);
    char old_sum[700] = "", new_sum[700] = "", both[1500];
    rk_human before, after;
    if (total->old_jobs + total->new_jobs == 0)
        return;
    add_terms(old_sum, sizeof old_sum, total, was_in_old, " + ");
    rk_human_join(new_sum, sizeof new_sum, "", "%s", rk_human_count(total->old_jobs, &before));
    add_terms(new_sum, sizeof new_sum, total, leaves, " - ");
    add_terms(new_sum, sizeof new_sum, total, came, " + ");
    snprintf(both, sizeof both, "OLD %s = %s; NEW %s = %s", before.text, old_sum[0] ? old_sum : "0",
             rk_human_count(total->new_jobs, &after), new_sum);
    rk_human_fill(text->out, "balance: ", both);
}

bool rk_text_ledger(const rk_text *text)
{
    ledger l = { .text = text, .table = scols_new_table() };
    char *lines = NULL;
    bool ok = l.table != NULL;
    choose(&l);
    if (ok && text->row_count > 0) {
        /* names are escaped already; but where characters are bytes, libsmartcols 2.38 would never end */
        scols_table_enable_noencoding(l.table, MB_CUR_MAX > 1);
        scols_table_enable_colors(l.table, text->options->colour);
        scols_table_set_termforce(l.table,
                                  SCOLS_TERMFORCE_NEVER); /* a name that is cut cannot be searched for */
        ok = add_columns(&l) && add_rows(&l) && scols_print_table_to_string(l.table, &lines) == 0 && lines;
        if (ok)
            fprintf(text->out, "\n%s\n", lines);
    }
    scols_unref_table(l.table);
    free(lines);
    if (ok) {
        balance(text);
        rk_text_log_only(text);
    }
    return ok || rk_no_memory(text->err);
}
