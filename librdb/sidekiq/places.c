/* places: which place of its layout a key is, or is part of (spec: Sidekiq, "Keys of the free edition" and on). */
#include "layout.h"

static bool join(layout_finder *f, const char *head, rk_slice tail, rk_slice *joined)
{
    f->blob.len = 0;
    return rk_buf_add(&f->blob, rk_slice_of(head), f->err) && rk_buf_add(&f->blob, tail, f->err) &&
           rk_arena_copy(&f->out->arena, rk_buf_slice(&f->blob), joined, f->err);
}

/* The place of that name in the layout, made when it is not there yet. */
static rk_place *get_place(layout_finder *f, rk_layout *layout, rk_place_kind kind, const char *head,
                           rk_slice tail)
{
    rk_slice name;
    if (!join(f, head, tail, &name))
        return NULL;
    rk_digest key = layout_key(name, layout->id << 4 | kind, LAYOUT_PLACE);
    rk_place *place = layout_index_get(&f->index, key);
    if (place)
        return place;
    place = rk_arena_take(&f->out->arena, sizeof *place, f->err);
    if (!place ||
        !rk_grow((void **)&layout->places, &layout->place_cap, layout->place_count + 1, sizeof place,
                 f->err) ||
        !rk_grow((void **)&f->out->places, &f->out->place_cap, f->out->place_count + 1, sizeof place,
                 f->err) ||
        !layout_index_put(&f->index, key, place, f->err))
        return NULL;
    *place = (rk_place){ .kind = kind,
                         .name = name,
                         .queue = RK_EMPTY,
                         .owner = RK_EMPTY,
                         .layout = layout,
                         .id = f->out->place_count };
    layout->places[layout->place_count++] = place;
    f->out->places[f->out->place_count++] = place;
    return place;
}

static bool add_segment(layout_finder *f, rk_place *place, rk_candidate *c)
{
    if (!place || !rk_grow((void **)&place->segments, &place->segment_cap, place->segment_count + 1,
                           sizeof *place->segments, f->err))
        return false;
    place->segments[place->segment_count++].candidate = c;
    place->jobs += c->jobs;
    c->place = place;
    return true;
}

static bool place_list(layout_finder *f, rk_layout *layout, rk_candidate *c, rk_slice rest)
{
    rk_slice queue, owner;
    if (layout_private_list(f, layout, rest, &queue, &owner)) {
        rk_place *place = get_place(f, layout, RK_PLACE_PRIVATE, "private:", rest);
        if (!place)
            return false;
        place->queue = queue;
        place->owner = owner;
        place->alive = layout_owner_alive(f, layout, rest, owner);
        return add_segment(f, place, c);
    }
    if (!rk_slice_starts(rest, RK_TEXT("queue:")))
        return true;
    rk_place *place = get_place(f, layout, RK_PLACE_QUEUE, "", rest);
    if (!place)
        return false;
    place->queue = rk_slice_from(place->name, strlen("queue:"));
    place->listed = layout_is_listed(f, layout, place->queue);
    return add_segment(f, place, c);
}

static bool place_zset(layout_finder *f, rk_layout *layout, rk_candidate *c, rk_slice rest)
{
    static const struct {
        const char *name;
        rk_place_kind kind;
    } sets[] = { { "schedule", RK_PLACE_SCHEDULE },
                 { "retry", RK_PLACE_RETRY },
                 { "dead", RK_PLACE_DEAD },
                 { "interrupted", RK_PLACE_INTERRUPTED } };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        if (rk_slice_is(rest, rk_slice_of(sets[i].name)))
            return add_segment(f, get_place(f, layout, sets[i].kind, "", rest), c);
    return true;
}

/* IDENTITY:work; an application may have an "order:12:work", too, which holds no payloads. */
static bool place_work(layout_finder *f, rk_layout *layout, rk_candidate *c, rk_slice rest)
{
    size_t tail = rk_slice_ends(rest, RK_TEXT(":work"))      ? 5
                  : rk_slice_ends(rest, RK_TEXT(":workers")) ? 8
                                                             : 0;
    rk_slice identity = rk_slice_head(rest, rest.len - tail);
    if (tail == 0 || !rk_identity_is(identity))
        return true;
    if (!layout_process(f, layout, identity) && !layout_is_work(f, c))
        return f->err->code == RK_OK;
    rk_place *place = get_place(f, layout, RK_PLACE_WORK, "work:", identity);
    if (!place)
        return false;
    place->owner = identity;
    return add_segment(f, place, c) && layout_read_work(f, c, place);
}

bool layout_give_places(layout_finder *f)
{
    for (size_t i = 0; i < f->evidence->candidate_count; i++) {
        rk_candidate *c = &f->evidence->candidates[i];
        rk_layout *layout = layout_of(f, c->db, c->name);
        c->place = NULL;
        if (!layout)
            continue;
        rk_slice rest = rk_slice_from(c->name, layout->prefix.len);
        bool ok = c->type == RK_LIST   ? place_list(f, layout, c, rest)
                  : c->type == RK_ZSET ? place_zset(f, layout, c, rest)
                  : c->type == RK_HASH ? place_work(f, layout, c, rest)
                                       : true;
        if (!ok)
            return false;
    }
    return true;
}
