/* layout: finds the prefixes under which a Sidekiq keeps its keys, by evidence, and gives each job key its place
 * (spec: Sidekiq, "Recognising a layout in a snapshot"). */
#include "layout.h"

/* ---- evidence ------------------------------------------------------------------------------------------------- */

static rk_layout *find_layout(const rk_layouts *out, uint32_t db, rk_slice prefix)
{
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i]->db == db && rk_slice_is(out->items[i]->prefix, prefix))
            return out->items[i];
    return NULL;
}

static bool accept(layout_finder *f, uint32_t db, rk_slice prefix)
{
    rk_layouts *out = f->out;
    if (find_layout(out, db, prefix))
        return true;
    if (f->evidence->only && !rk_slice_is(prefix, f->evidence->only_prefix))
        return true;
    rk_layout *layout = rk_arena_take(&out->arena, sizeof *layout, f->err);
    if (!layout || !rk_grow((void **)&out->items, &out->cap, out->count + 1, sizeof *out->items, f->err))
        return false;
    layout->db = db;
    layout->prefix = prefix;
    out->items[out->count++] = layout;
    return true;
}

/* What stands before `anchor`, when the name ends in it and that is empty or ends in a colon. */
static bool prefix_before(rk_slice name, const char *anchor, rk_slice *prefix)
{
    rk_slice tail = rk_slice_of(anchor);
    if (!rk_slice_ends(name, tail))
        return false;
    *prefix = rk_slice_head(name, name.len - tail.len);
    return prefix->len == 0 || prefix->ptr[prefix->len - 1] == ':';
}

/* The first item of a list or sorted set, decoded; empty when there is none. */
static bool first_item(layout_finder *f, const rk_candidate *c, rk_slice *item, double *score)
{
    rk_key key;
    rk_element e;
    rk_look *look = f->evidence->looks[rk_spot_shard(c->spot)];
    *item = RK_EMPTY;
    *score = 0;
    if (!rk_look_key(look, rk_spot_offset(c->spot), &key, f->err))
        return false;
    if (rk_look_element(look, &e, f->err)) {
        *item = e.item;
        *score = e.score;
    }
    return f->err->code == RK_OK;
}

/* Is the first item a job: an object with class, and args or jid? `needs_jid` keeps Resque's jobs out. */
static bool looks_like_job(layout_finder *f, const rk_candidate *c, bool needs_jid, bool *yes)
{
    rk_slice item;
    rk_envelope envelope;
    double score;
    *yes = false;
    if (!first_item(f, c, &item, &score))
        return false;
    *yes = item.len > 0 && rk_envelope_scan(item, &envelope) && envelope.has_class && envelope.has_args &&
           (envelope.has_jid || !needs_jid);
    return true;
}

/* Sorted sets: the prefix before the anchor, if the first member is a job. */
static bool zset_evidence(layout_finder *f, const rk_candidate *c)
{
    static const char *const anchors[] = { "schedule", "retry", "dead", "interrupted" };
    rk_slice prefix;
    bool yes = false;
    for (size_t i = 0; i < sizeof anchors / sizeof anchors[0]; i++) {
        if (!prefix_before(c->name, anchors[i], &prefix) || find_layout(f->out, c->db, prefix))
            continue;
        if (!looks_like_job(f, c, false, &yes) || (yes && !accept(f, c->db, prefix)))
            return false;
    }
    return true;
}

/* Lists: the prefix before the first `queue:`, if the first item is a job with a jid. */
static bool list_evidence(layout_finder *f, const rk_candidate *c)
{
    size_t at = rk_slice_find(c->name, RK_TEXT("queue:"), 0);
    bool yes = false;
    while (at != SIZE_MAX && at > 0 && c->name.ptr[at - 1] != ':')
        at = rk_slice_find(c->name, RK_TEXT("queue:"), at + 1);
    if (at == SIZE_MAX)
        return true;
    rk_slice prefix = rk_slice_head(c->name, at), working = RK_TEXT("working:");
    if (rk_slice_ends(prefix, working))
        prefix.len -= working.len;
    if (find_layout(f->out, c->db, prefix))
        return true;
    return looks_like_job(f, c, true, &yes) && (!yes || accept(f, c->db, prefix));
}

static const rk_candidate *find_candidate(const layout_finder *f, uint32_t db, rk_slice name, rk_type type)
{
    const rk_catalog_key *key = rk_catalog_find(f->evidence->catalog, db, name);
    if (!key || key->type != type)
        return NULL;
    for (size_t i = 0; i < f->evidence->candidate_count; i++)
        if (f->evidence->candidates[i].spot == key->spot)
            return &f->evidence->candidates[i];
    return NULL;
}

/* A set `queues`: its prefix, if one of its first members has a list of jobs. */
static bool queues_evidence(layout_finder *f, const rk_candidate *c)
{
    enum { TRIES = 32 };
    rk_slice prefix;
    rk_key key;
    rk_element e;
    const rk_candidate *lists[TRIES];
    size_t count = 0;
    bool yes = false;
    if (!prefix_before(c->name, "queues", &prefix) || find_layout(f->out, c->db, prefix))
        return true;
    rk_look *look = f->evidence->looks[rk_spot_shard(c->spot)];
    if (!rk_look_key(look, rk_spot_offset(c->spot), &key, f->err))
        return false;
    for (size_t i = 0; i < TRIES && rk_look_element(look, &e, f->err); i++) {
        f->blob.len = 0;
        if (!rk_buf_add(&f->blob, prefix, f->err) || !rk_buf_add(&f->blob, RK_TEXT("queue:"), f->err) ||
            !rk_buf_add(&f->blob, e.item, f->err))
            return false;
        if ((lists[count] = find_candidate(f, c->db, rk_buf_slice(&f->blob), RK_LIST)) != NULL)
            count++;
    }
    bool resque = rk_slice_ends(prefix, RK_TEXT("resque:"));
    for (size_t i = 0; f->err->code == RK_OK && !yes && i < count; i++)
        looks_like_job(f, lists[i], resque, &yes);
    return f->err->code == RK_OK && (!yes || accept(f, c->db, prefix));
}

static bool counter_evidence(layout_finder *f, const rk_candidate *c)
{
    rk_slice prefix, value;
    int64_t number;
    if (!prefix_before(c->name, "stat:processed", &prefix) || find_layout(f->out, c->db, prefix))
        return true;
    if (rk_slice_ends(prefix, RK_TEXT("resque:"))) /* Resque counts under the same names */
        return true;
    return layout_read_string(f, c->spot, &value) && (!rk_slice_int(value, &number) || accept(f, c->db, prefix));
}

static bool gather_evidence(layout_finder *f)
{
    for (size_t i = 0; i < f->evidence->candidate_count; i++) {
        const rk_candidate *c = &f->evidence->candidates[i];
        bool ok = c->type == RK_STRING ? counter_evidence(f, c)
                  : c->type == RK_SET  ? queues_evidence(f, c)
                  : c->type == RK_ZSET ? zset_evidence(f, c)
                  : c->type == RK_LIST ? list_evidence(f, c)
                                       : true;
        if (!ok)
            return false;
    }
    return true;
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* The longest accepted prefix of a name. */
static rk_layout *layout_of(const rk_layouts *out, const rk_candidate *c)
{
    rk_layout *best = NULL;
    for (size_t i = 0; i < out->count; i++) {
        rk_layout *l = out->items[i];
        if (l->db == c->db && rk_slice_starts(c->name, l->prefix) && (!best || l->prefix.len > best->prefix.len))
            best = l;
    }
    return best;
}

static bool join(layout_finder *f, const char *head, rk_slice tail, rk_slice *joined)
{
    f->blob.len = 0;
    return rk_buf_add(&f->blob, rk_slice_of(head), f->err) && rk_buf_add(&f->blob, tail, f->err) &&
           rk_arena_copy(&f->out->arena, rk_buf_slice(&f->blob), joined, f->err);
}

/* The place of that name in the layout, made when it is not there yet. */
static rk_place *get_place(layout_finder *f, rk_layout *layout, rk_place_kind kind, const char *head, rk_slice tail)
{
    rk_slice name;
    if (!join(f, head, tail, &name))
        return NULL;
    for (size_t i = 0; i < layout->place_count; i++)
        if (layout->places[i]->kind == kind && rk_slice_is(layout->places[i]->name, name))
            return layout->places[i];
    rk_place *place = rk_arena_take(&f->out->arena, sizeof *place, f->err);
    if (!place ||
        !rk_grow((void **)&layout->places, &layout->place_cap, layout->place_count + 1, sizeof place, f->err) ||
        !rk_grow((void **)&f->out->places, &f->out->place_cap, f->out->place_count + 1, sizeof place, f->err))
        return NULL;
    *place = (rk_place){ .kind = kind, .name = name, .queue = RK_EMPTY, .owner = RK_EMPTY, .layout = layout,
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
    if (layout_private_list(layout, rest, &queue, &owner)) {
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
    for (size_t i = 0; i < layout->queue_count; i++)
        place->listed |= rk_slice_is(layout->queues[i], place->queue);
    return add_segment(f, place, c);
}

static bool place_zset(layout_finder *f, rk_layout *layout, rk_candidate *c, rk_slice rest)
{
    static const struct {
        const char *name;
        rk_place_kind kind;
    } sets[] = { { "schedule", RK_PLACE_SCHEDULE }, { "retry", RK_PLACE_RETRY }, { "dead", RK_PLACE_DEAD },
                 { "interrupted", RK_PLACE_INTERRUPTED } };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        if (rk_slice_is(rest, rk_slice_of(sets[i].name)))
            return add_segment(f, get_place(f, layout, sets[i].kind, "", rest), c);
    return true;
}

static bool place_work(layout_finder *f, rk_layout *layout, rk_candidate *c, rk_slice rest)
{
    size_t tail = rk_slice_ends(rest, RK_TEXT(":work")) ? 5 : rk_slice_ends(rest, RK_TEXT(":workers")) ? 8 : 0;
    rk_slice identity = rk_slice_head(rest, rest.len - tail);
    if (tail == 0 || !rk_identity_is(identity))
        return true;
    rk_place *place = get_place(f, layout, RK_PLACE_WORK, "work:", identity);
    if (!place)
        return false;
    place->owner = identity;
    return add_segment(f, place, c) && layout_read_work(f, layout, c, place, identity);
}

static bool give_places(layout_finder *f)
{
    for (size_t i = 0; i < f->evidence->candidate_count; i++) {
        rk_candidate *c = &f->evidence->candidates[i];
        rk_layout *layout = layout_of(f->out, c);
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

/* ---- what else a layout has ---------------------------------------------------------------------------------------- */

static bool read_queues(layout_finder *f, rk_layout *layout, const rk_candidate *c)
{
    rk_key key;
    rk_element e;
    rk_look *look = f->evidence->looks[rk_spot_shard(c->spot)];
    layout->has_queues_set = true;
    if (!rk_look_key(look, rk_spot_offset(c->spot), &key, f->err))
        return false;
    while (rk_look_element(look, &e, f->err))
        if (!rk_grow((void **)&layout->queues, &layout->queue_cap, layout->queue_count + 1, sizeof *layout->queues,
                     f->err) ||
            !rk_arena_copy(&f->out->arena, e.item, &layout->queues[layout->queue_count++], f->err))
            return false;
    return f->err->code == RK_OK;
}

static bool read_counter(layout_finder *f, const rk_candidate *c, int64_t *sum)
{
    rk_slice value;
    int64_t number = 0;
    if (!layout_read_string(f, c->spot, &value))
        return false;
    rk_slice_int(value, &number);
    *sum += number;
    return true;
}

static bool read_facts(layout_finder *f)
{
    for (size_t i = 0; i < f->evidence->candidate_count; i++) {
        const rk_candidate *c = &f->evidence->candidates[i];
        rk_layout *layout = layout_of(f->out, c);
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

bool rk_layouts_find(rk_layouts *layouts, const rk_evidence *evidence, rk_err *err)
{
    layout_finder f = { .out = layouts, .evidence = evidence, .err = err };
    *layouts = (rk_layouts){ 0 };
    bool ok = gather_evidence(&f) && read_facts(&f) && give_places(&f);
    rk_buf_free(&f.text);
    rk_buf_free(&f.blob);
    return ok;
}

void rk_layouts_free(rk_layouts *layouts)
{
    for (size_t i = 0; i < layouts->count; i++) {
        rk_free(layouts->items[i]->places);
        rk_free(layouts->items[i]->processes);
        rk_free(layouts->items[i]->queues);
    }
    for (size_t i = 0; i < layouts->place_count; i++)
        rk_free(layouts->places[i]->segments);
    rk_free(layouts->items);
    rk_free(layouts->places);
    rk_free(layouts->held);
    rk_arena_free(&layouts->arena);
    *layouts = (rk_layouts){ 0 };
}
