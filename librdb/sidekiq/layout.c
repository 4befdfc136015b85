/* layout: the prefixes under which a Sidekiq keeps its keys, and what a layout has beside its jobs (spec: Sidekiq,
 * "Recognising a layout in a snapshot"). */
#include "layout.h"

#include <stdlib.h>

/* ---- by prefix ------------------------------------------------------------------------------------------------- */

/* A prefix is a word or two of an operator; longer ones are not tried, so that a name of a megabyte of colons costs
 * no more than another. */
enum { PREFIX_MOST = 512 };

rk_layout *layout_find(const layout_finder *f, uint32_t db, rk_slice prefix)
{
    return layout_index_get(&f->index, layout_key(prefix, db, LAYOUT_PREFIX));
}

bool layout_accept(layout_finder *f, uint32_t db, rk_slice prefix)
{
    rk_layouts *out = f->out;
    if (prefix.len > PREFIX_MOST || layout_find(f, db, prefix))
        return true;
    if (f->evidence->only && !rk_slice_is(prefix, f->evidence->only_prefix))
        return true;
    rk_layout *layout = rk_arena_take(&out->arena, sizeof *layout, f->err);
    if (!layout || !rk_grow((void **)&out->items, &out->cap, out->count + 1, sizeof *out->items, f->err) ||
        !layout_index_put(&f->index, layout_key(prefix, db, LAYOUT_PREFIX), layout, f->err))
        return false;
    layout->db = db;
    layout->prefix = prefix;
    layout->id = out->count;
    out->items[out->count++] = layout;
    return true;
}

bool layout_prefix_before(rk_slice name, const char *anchor, rk_slice *prefix)
{
    rk_slice tail = rk_slice_of(anchor);
    if (!rk_slice_ends(name, tail))
        return false;
    *prefix = rk_slice_head(name, name.len - tail.len);
    return prefix->len == 0 || prefix->ptr[prefix->len - 1] == ':';
}

rk_layout *layout_of(const layout_finder *f, uint32_t db, rk_slice name)
{
    for (size_t len = name.len < PREFIX_MOST ? name.len : PREFIX_MOST; len > 0; len--) {
        rk_layout *layout = name.ptr[len - 1] == ':' ? layout_find(f, db, rk_slice_head(name, len)) : NULL;
        if (layout)
            return layout;
    }
    return layout_find(f, db, RK_EMPTY);
}

/* ---- what a layout has ------------------------------------------------------------------------------------------ */

enum { QUEUES_COUNTED = 100000 };

static bool read_queues(layout_finder *f, rk_layout *layout, const rk_candidate *c)
{
    rk_key key;
    rk_element e;
    rk_look *look = f->evidence->looks[rk_spot_shard(c->spot)];
    layout->has_queues_set = true;
    if (!rk_look_key(look, rk_spot_offset(c->spot), &key, f->err))
        return false;
    while (rk_look_element(look, &e, f->err)) {
        rk_slice name;
        if (f->evidence->counts_only && layout->queue_count == QUEUES_COUNTED)
            break;
        if (!rk_grow((void **)&layout->queues, &layout->queue_cap, layout->queue_count + 1,
                     sizeof *layout->queues, f->err) ||
            !rk_arena_copy(&f->out->arena, e.item, &name, f->err) ||
            !layout_index_put(&f->index, layout_key(name, layout->id, LAYOUT_QUEUE), layout, f->err))
            return false;
        layout->queues[layout->queue_count++] = name;
    }
    return f->err->code == RK_OK;
}

bool layout_is_listed(const layout_finder *f, const rk_layout *layout, rk_slice queue)
{
    return layout_index_get(&f->index, layout_key(queue, layout->id, LAYOUT_QUEUE)) != NULL;
}

/* Counters of shards add up. One beyond any real count is not a counter. */
static bool read_counter(layout_finder *f, const rk_candidate *c, int64_t *sum)
{
    static const int64_t most = INT64_C(1) << 60;
    rk_slice value;
    int64_t number = 0;
    if (!layout_read_string(f, c->spot, &value))
        return false;
    if (rk_slice_int(value, &number) && number >= 0 && number < most && *sum < most)
        *sum += number;
    return true;
}

static bool read_facts(layout_finder *f)
{
    for (size_t i = 0; i < f->evidence->candidate_count; i++) {
        const rk_candidate *c = &f->evidence->candidates[i];
        rk_layout *layout = c->type == RK_SET || c->type == RK_STRING ? layout_of(f, c->db, c->name) : NULL;
        if (!layout)
            continue;
        rk_slice rest = rk_slice_from(c->name, layout->prefix.len);
        bool ok = true;
        if (c->type == RK_SET && rk_slice_is(rest, RK_TEXT("queues"))) {
            ok = read_queues(f, layout, c);
        } else if (c->type == RK_STRING && rk_slice_is(rest, RK_TEXT("stat:processed"))) {
            layout->has_counters = true;
            ok = read_counter(f, c, &layout->processed);
        } else if (c->type == RK_STRING && rk_slice_is(rest, RK_TEXT("stat:failed"))) {
            ok = read_counter(f, c, &layout->failed);
        }
        if (!ok)
            return false;
    }
    for (size_t i = 0; i < f->out->count; i++)
        if (!layout_read_processes(f, f->out->items[i]))
            return false;
    return true;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static void free_layout(rk_layout *layout)
{
    rk_free(layout->places);
    rk_free(layout->processes);
    rk_free(layout->queues);
}

/* A prefix that turned out to be part of a longer one ("a:queue:" of "a:queue:b:queue:c") has nothing of its own. */
static void drop_empty(rk_layouts *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        rk_layout *layout = out->items[i];
        if (layout->place_count || layout->has_counters || layout->has_queues_set || layout->process_count) {
            layout->id = kept;
            out->items[kept++] = layout;
        } else {
            free_layout(layout);
        }
    }
    out->count = kept;
}

static int by_place(const void *a, const void *b)
{
    const rk_held *x = a, *y = b;
    if (x->place->id != y->place->id)
        return x->place->id < y->place->id ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

bool rk_layouts_find(rk_layouts *layouts, const rk_evidence *evidence, rk_err *err)
{
    layout_finder f = { .out = layouts, .evidence = evidence, .err = err };
    *layouts = (rk_layouts){ 0 };
    bool ok = layout_gather_evidence(&f) && read_facts(&f) && layout_give_places(&f);
    drop_empty(layouts);
    if (layouts->held_count > 1)
        qsort(layouts->held, layouts->held_count, sizeof *layouts->held, by_place);
    layout_index_free(&f.index);
    rk_buf_free(&f.text);
    rk_buf_free(&f.blob);
    return ok;
}

void rk_layouts_free(rk_layouts *layouts)
{
    for (size_t i = 0; i < layouts->count; i++)
        free_layout(layouts->items[i]);
    for (size_t i = 0; i < layouts->place_count; i++)
        rk_free(layouts->places[i]->segments);
    rk_free(layouts->items);
    rk_free(layouts->places);
    rk_free(layouts->held);
    rk_arena_free(&layouts->arena);
    *layouts = (rk_layouts){ 0 };
}
