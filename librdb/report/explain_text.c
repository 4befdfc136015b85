/* explain_text: annotated bytes for people: offset, up to 16 bytes a line, and what they are, indented by depth. */
#include "human.h"
#include "rdbkit/check_report.h"

enum { ROW = 16, ROWS_WHOLE = 3, HEX_COLUMNS = 3 * ROW + 1 };

typedef struct {
    const rk_explain *explain;
    const rk_explained_place *place;
    FILE *out;
    int digits; /* of an offset */
    uint64_t told,
        told_inner; /* up to where bytes have been shown, in the file and in what was decompressed */
} view;

static void print_blank_offset(const view *v)
{
    fprintf(v->out, "  %*s  ", v->digits + 1, "");
}

static void print_gap(const view *v, uint64_t from, uint64_t to, const char *what)
{
    rk_human room;
    if (from >= to)
        return;
    print_blank_offset(v);
    fprintf(v->out, " ... %s %s\n", rk_human_things(to - from, "byte", &room), what);
}

static void print_offset(const view *v, const rk_explained *item, uint64_t from, bool marked)
{
    uint64_t at = item->decoded ? item->inner + from : item->offset + from;
    fprintf(v->out, "%c %s%0*" PRIx64 "  ", marked ? '>' : ' ', item->decoded ? "+" : " ", v->digits, at);
}

/* Up to 16 bytes in hexadecimal; the one that was asked for in brackets. A text that follows stands in one column. */
static void print_hex(const view *v, const rk_explained *item, uint64_t from)
{
    uint8_t bytes[ROW];
    char line[3 * ROW + 2] = "";
    size_t got = rk_explain_bytes(v->explain, item, from, bytes, ROW), asked = SIZE_MAX;
    if (!item->decoded && v->place->offset >= item->offset + from)
        asked = (size_t)(v->place->offset - item->offset - from);
    for (size_t i = 0; i < got; i++)
        snprintf(line + 3 * i, 5, "%c%02x%s",
                 i == asked                      ? '['
                 : asked < got && i == asked + 1 ? ']'
                                                 : ' ',
                 bytes[i], i == asked && i + 1 == got ? "]" : "");
    fprintf(v->out, "%-*s", from ? 0 : HEX_COLUMNS, line);
}

static void print_text(const view *v, const rk_explained *item, const char *mark)
{
    fprintf(v->out, "   %*s%s%s\n", (int)(2 * item->depth), "", mark, item->text);
}

static void print_row(const view *v, const rk_explained *item, uint64_t from)
{
    print_offset(v, item, from, item->holds && item->asked / ROW == from / ROW);
    print_hex(v, item, from);
    if (from == 0)
        print_text(v, item, "");
    else
        fputc('\n', v->out);
}

/* The rows of an item: all, or the first and those around the byte that was asked for. */
static void print_rows(const view *v, const rk_explained *item)
{
    uint64_t len = item->decoded ? item->inner_len : item->len, shown = 0;
    uint64_t asked = item->holds ? item->asked / ROW : 0;
    print_row(v, item, 0);
    for (uint64_t row = 1; row * ROW < len; row++) {
        bool whole = len <= ROWS_WHOLE * ROW, is_near = row + 1 >= asked && row <= asked + 1 && asked > 0;
        if (!whole && !is_near && row > asked)
            break;
        if (!whole && !is_near) {
            row = asked - 2; /* nothing up to there is shown */
            continue;
        }
        print_gap(v, (shown + 1) * ROW, row * ROW, "more");
        print_row(v, item, row * ROW);
        shown = row;
    }
    print_gap(v, (shown + 1) * ROW, len, "more");
}

static void print_item(view *v, const rk_explained *item)
{
    if (item->decoded && item->inner_len > 0 && item->has_parts && v->told < item->offset + item->len) {
        print_gap(v, v->told, item->offset + item->len, "not shown");
        v->told = item->offset + item->len;
    }
    if (item->decoded)
        print_gap(v, v->told_inner, item->inner, "of the decompressed string");
    else
        print_gap(v, v->told, item->offset, "not shown");
    if (item->error || item->has_parts) {
        print_offset(v, item, 0, false);
        fprintf(v->out, "%*s", HEX_COLUMNS, "");
        print_text(v, item, item->error ? "! " : "");
    } else {
        print_rows(v, item);
    }
    uint64_t end = item->offset + (item->has_parts || item->error ? 0 : item->len);
    if (!item->decoded && end > v->told)
        v->told = end;
    v->told_inner = item->decoded ? item->inner + (item->has_parts ? 0 : item->inner_len) : 0;
}

static void print_head(const view *v)
{
    const rk_explained_place *p = v->place;
    rk_human offset, size;
    char path[300], key[200];
    fprintf(v->out, "%s, byte %s of %s (0x%" PRIx64 ")",
            rk_slice_print(rk_slice_of(p->path), path, sizeof path), rk_human_count(p->offset, &offset),
            rk_human_count(p->size, &size), p->offset);
    if (strcmp(p->packing, "plain") != 0)
        fprintf(v->out, " when decompressed");
    if (p->has_key)
        fprintf(v->out, ": %s '%s' in db %" PRIu32 ", %s", rk_type_name(p->type),
                rk_slice_print(p->key, key, sizeof key), p->db, p->encoding);
    else if (p->in_record)
        fprintf(v->out, ": %s", p->record);
    if (p->in_record)
        fprintf(v->out, ", bytes %" PRIu64 " to %" PRIu64, p->begin, p->end - (p->end > p->begin));
    fputs("\n\n", v->out);
}

void rk_check_report_explain_text(const rk_explain *explain, FILE *out)
{
    view v = { .explain = explain, .place = rk_explain_where(explain), .out = out, .digits = 8 };
    const rk_explained *item = rk_explain_item(explain, 0);
    if (v.place->size >> 32)
        v.digits = 12;
    print_head(&v);
    v.told = item ? item->offset : 0;
    for (size_t i = 0; (item = rk_explain_item(explain, i)) != NULL; i++)
        print_item(&v, item);
}
