/* explain_items: of all that is met, what is near the byte that was asked for, and the path that leads there. */
#include <stdarg.h>
#include <stdio.h>

#include "explain.h"

enum { PREVIEW = 48, PREVIEW_STORED = 4096 };

static uint64_t near_from(const rk_explain *e)
{
    return e->offset > e->span ? e->offset - e->span : 0;
}

static uint64_t near_to(const rk_explain *e)
{
    return e->offset > UINT64_MAX - e->span - 1 ? UINT64_MAX : e->offset + e->span + 1;
}

bool explain_is_near(const rk_explain *e, bool inner, uint64_t from, uint64_t to)
{
    uint64_t low = inner ? e->near_from : near_from(e), high = inner ? e->near_to : near_to(e);
    return from < high && (to > low || from >= low);
}

bool explain_is_past(const rk_explain *e, bool inner, uint64_t at)
{
    return at >= (inner ? e->near_to : near_to(e));
}

bool explain_holds(const rk_explain *e, uint64_t from, uint64_t to)
{
    return from <= e->offset && e->offset < to;
}

size_t explain_read(rk_explain *e, uint64_t from, void *into, size_t count)
{
    size_t total = 0, got = 1;
    while (
        total < count && got > 0 &&
        rk_source_read_at(e->source, from + total, (uint8_t *)into + total, count - total, &got, &e->trouble))
        total += got;
    return total;
}

const char *explain_quote(rk_slice bytes, uint64_t len, char *out, size_t cap)
{
    char shown[160];
    rk_slice_print(bytes, shown, sizeof shown);
    snprintf(out, cap, "'%s%s'", shown, bytes.len < len ? "..." : "");
    return out;
}

/* Adds the beginning of the string to its text. */
static void show_preview(rk_explain *e, explain_met *met)
{
    const explain_preview *p = &met->preview;
    uint8_t stored[PREVIEW_STORED], bytes[PREVIEW];
    char quoted[200];
    rk_err ignored = { 0 };
    rk_str str = { .form = p->form, .len = p->len, .stored = { stored, 0 } };
    size_t wanted = p->form == RK_STR_LZF ? sizeof stored : sizeof bytes, got = 0,
           len = strlen(met->item.text);
    str.stored.len = explain_read(e, p->content, stored, p->stored < wanted ? (size_t)p->stored : wanted);
    if (p->form == RK_STR_RAW)
        str.len = str.stored.len < p->len ? str.stored.len : p->len;
    met->preview.is = false;
    if (rk_str_peek(&str, bytes, sizeof bytes, &got, &ignored))
        snprintf(met->item.text + len, sizeof met->item.text - len, ": %s",
                 explain_quote((rk_slice){ bytes, got }, p->len, quoted, sizeof quoted));
}

static void keep(rk_explain *e, explain_met *met)
{
    if (met->kept_at != SIZE_MAX ||
        !rk_grow((void **)&e->items, &e->cap, e->count + 1, sizeof *e->items, &e->trouble))
        return;
    if (met->preview.is)
        show_preview(e, met);
    met->kept_at = e->count;
    e->items[e->count++] = met->item;
}

/* Keeps what leads to an item at `depth`: the record, how it begins, and the last item at each depth between. */
static void keep_path(rk_explain *e, unsigned depth)
{
    if (depth > 0 && e->depth > 0)
        keep(e, &e->path[0]);
    for (size_t i = 0; depth > 0 && i < e->head_count; i++)
        keep(e, &e->heads[i]);
    if (depth > 0)
        e->head_count = 0;
    for (unsigned i = 1; i < depth && i < e->depth; i++)
        if (!e->path[i].head)
            keep(e, &e->path[i]);
}

static void set_place(const rk_explain *e, const explain_spot *spot, rk_explained *item)
{
    item->depth = spot->depth;
    item->has_parts = spot->has_parts;
    item->error = spot->error;
    item->decoded = spot->inner;
    item->offset = spot->inner ? e->string_from : spot->from;
    item->len = spot->inner ? e->string_len : spot->len;
    item->inner = spot->inner ? spot->from : 0;
    item->inner_len = spot->inner ? spot->len : 0;
    item->holds = spot->inner ? spot->from < e->hit_to && spot->from + spot->len > e->hit_from
                              : explain_holds(e, spot->from, spot->from + spot->len);
    uint64_t asked = spot->inner ? e->hit_from : e->offset;
    item->asked = item->holds && asked > spot->from ? asked - spot->from : 0;
}

void explain_add(rk_explain *e, explain_spot spot, const char *format, ...)
{
    va_list args;
    explain_met met = { .kept_at = SIZE_MAX, .head = spot.head };
    if (spot.depth >= EXPLAIN_DEPTHS || spot.depth > e->depth)
        spot.depth = e->depth < EXPLAIN_DEPTHS ? e->depth : EXPLAIN_DEPTHS - 1;
    set_place(e, &spot, &met.item);
    if (spot.preview)
        met.preview = (explain_preview){ true, spot.preview->str->form, spot.preview->str->content,
                                         spot.preview->number, spot.preview->str->len };
    va_start(args, format);
    vsnprintf(met.item.text, sizeof met.item.text, format, args);
    va_end(args);
    /* how the record that holds the byte goes on until its key is known */
    bool begins = met.head && !e->headed && e->begin <= e->offset && spot.from > e->offset &&
                  e->later_heads++ < EXPLAIN_HEADS;
    if (begins || explain_is_near(e, spot.inner, spot.from, spot.from + spot.len)) {
        keep_path(e, spot.depth);
        keep(e, &met);
    } else if (met.head && e->head_count < EXPLAIN_HEADS) {
        e->heads[e->head_count++] = met;
    }
    e->path[spot.depth] = met;
    e->depth = spot.depth + 1;
}

void explain_error(rk_explain *e, unsigned depth, bool inner, uint64_t at, const char *what)
{
    uint64_t offset = e->offset;
    explain_met met = { .kept_at = SIZE_MAX };
    explain_spot spot = { .depth = depth, .from = at, .inner = inner, .error = true };
    if (depth > e->depth)
        spot.depth = e->depth;
    if (!inner && at > offset && !explain_is_near(e, inner, at, at))
        return;
    set_place(e, &spot, &met.item);
    met.item.holds = false;
    snprintf(met.item.text, sizeof met.item.text, "%s", what);
    keep_path(e, spot.depth);
    keep(e, &met);
    e->depth = spot.depth;
}

void explain_retell(rk_explain *e, explain_met *met, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(met->item.text, sizeof met->item.text, format, args);
    va_end(args);
    if (met->kept_at != SIZE_MAX)
        memcpy(e->items[met->kept_at].text, met->item.text, sizeof met->item.text);
}

void explain_start_record(rk_explain *e, uint64_t at)
{
    e->depth = 0;
    e->head_count = e->later_heads = 0;
    e->open = true;
    e->headed = false;
    e->begin = at;
    e->container = 0;
    e->pair_what = NULL;
    memset(e->counters, 0, sizeof e->counters);
    explain_add(e, (explain_spot){ .from = at, .has_parts = true }, "a record");
}

void explain_end_record(rk_explain *e, uint64_t at)
{
    rk_explained *item = &e->path[0].item;
    if (!e->open)
        return;
    e->open = false;
    explain_record_ends(e, at);
    item->len = at - e->begin;
    item->holds = explain_holds(e, e->begin, at);
    if (e->path[0].kept_at != SIZE_MAX) {
        e->items[e->path[0].kept_at].len = item->len;
        e->items[e->path[0].kept_at].holds = item->holds;
    }
}
