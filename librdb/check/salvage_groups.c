/* salvage_groups: the groups of a stream, written anew from what is read of them: what does not go together is left out,
 * as a server would refuse the whole snapshot for it. */
#include "salvage.h"

#include <stdlib.h>

enum {
    FIRST_COUNTERS = 19,
    FIRST_ACTIVE = 21,
    FIRST_IDMP = 26,
    FIRST_NACK = 27,
    IDMP_DEFAULT = 100,
    NAMES_HELD = 4096
};

typedef struct {
    rk_stream_id id;
    uint64_t time_ms, count;
    bool owned;
} pending;

typedef struct {
    rk_slice name;
    int64_t seen_ms, active_ms;
    size_t first, owned; /* of the ids */
    bool gone;
} consumer;

/* One group, as long as it is looked at. */
typedef struct {
    rk_element head;
    rk_slice name;
    pending *pending;
    size_t pending_count, pending_cap;
    consumer *consumers;
    size_t consumer_count, consumer_cap;
    rk_stream_id *ids; /* owned by consumers, then those in the NACK zone */
    size_t id_count, id_cap, nacked_from;
    rk_arena arena;
    bool twice, cut; /* the name was there before; something of it does not go together */
} group;

typedef struct {
    salvage *s;
    uint8_t type_byte;
    uint64_t tail;
    distinct *names, *inner;
    bool write;
    salvage_groups_found *found;
} group_walk;

static int by_id(const void *a, const void *b)
{
    const rk_stream_id *x = a, *y = b;
    if (x->ms != y->ms)
        return x->ms < y->ms ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static bool add_id(group *g, rk_stream_id id, rk_err *err)
{
    if (!rk_grow((void **)&g->ids, &g->id_cap, g->id_count + 1, sizeof *g->ids, err))
        return false;
    g->ids[g->id_count++] = id;
    return true;
}

static bool add_consumer(group *g, const rk_element *e, rk_err *err)
{
    consumer one = { .seen_ms = e->time_ms, .active_ms = e->active_ms, .first = g->id_count };
    if (!rk_arena_copy(&g->arena, e->item, &one.name, err) ||
        !rk_grow((void **)&g->consumers, &g->consumer_cap, g->consumer_count + 1, sizeof one, err))
        return false;
    g->consumers[g->consumer_count++] = one;
    return true;
}

static bool add_part(group *g, const rk_element *e, rk_err *err)
{
    switch (e->kind) {
    case RK_ELEMENT_PENDING:
        if (!rk_grow((void **)&g->pending, &g->pending_cap, g->pending_count + 1, sizeof *g->pending, err))
            return false;
        g->pending[g->pending_count++] = (pending){ e->id, (uint64_t)e->time_ms, e->number, false };
        return true;
    case RK_ELEMENT_CONSUMER:
        return add_consumer(g, e, err);
    case RK_ELEMENT_OWNED:
        g->consumers[g->consumer_count - 1].owned++;
        return add_id(g, e->id, err);
    default:
        g->nacked_from = g->nacked_from == SIZE_MAX ? g->id_count : g->nacked_from;
        return add_id(g, e->id, err);
    }
}

/* ---- what goes together ---- */

/* Keeps the ids of [from, from + count) that are pending and that nobody owns yet; how many they are. */
static size_t claim(group *g, size_t from, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        pending *p = g->pending_count
                         ? bsearch(&g->ids[from + i], g->pending, g->pending_count, sizeof *g->pending, by_id)
                         : NULL;
        if (!p || p->owned)
            continue;
        p->owned = true;
        g->ids[from + kept++] = g->ids[from + i];
    }
    g->cut |= kept < count;
    return kept;
}

static bool is_first(distinct *names, rk_slice name, bool *first, rk_err *err)
{
    distinct_item *before, item = { .digest = rk_digest_of(name) };
    bool ok = distinct_add(names, &item, &before, err);
    *first = !before;
    return ok;
}

static bool sift(group_walk *w, group *g, rk_err *err)
{
    size_t all = g->pending_count, kept = 0;
    bool first;
    if (all)
        qsort(g->pending, all, sizeof *g->pending, by_id);
    for (size_t i = 0; i < all; i++)
        if (i == 0 || by_id(&g->pending[i], &g->pending[i - 1]) != 0)
            g->pending[kept++] = g->pending[i];
    g->pending_count = kept;
    distinct_start(w->inner);
    for (size_t i = 0; i < g->consumer_count; i++) {
        consumer *one = &g->consumers[i];
        if (!is_first(w->inner, one->name, &first, err))
            return false;
        one->gone = !first;
        g->cut |= one->gone;
        one->owned = one->gone ? 0 : claim(g, one->first, one->owned);
    }
    size_t zone = g->nacked_from == SIZE_MAX ? g->id_count : g->nacked_from;
    g->nacked_from = zone;
    g->id_count = zone + claim(g, zone, g->id_count - zone);
    kept = 0;
    for (size_t i = 0; i < g->pending_count; i++)
        if (g->pending[i].owned)
            g->pending[kept++] = g->pending[i];
    g->cut |= kept < all;
    g->pending_count = kept;
    return true;
}

/* ---- writing ---- */

static bool write_raw_id(salvage *s, rk_stream_id id, rk_err *err)
{
    uint64_t both[2] = { __builtin_bswap64(id.ms), __builtin_bswap64(id.seq) };
    return rk_rdb_write_raw(&s->out, (rk_slice){ (const uint8_t *)both, sizeof both }, err);
}

static bool write_ids(group_walk *w, const group *g, size_t from, size_t count, rk_err *err)
{
    if (!rk_rdb_write_len(&w->s->out, count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!write_raw_id(w->s, g->ids[from + i], err))
            return false;
    return true;
}

static bool write_pending(group_walk *w, const group *g, rk_err *err)
{
    rk_rdb_writer *out = &w->s->out;
    if (!rk_rdb_write_len(out, g->pending_count, err))
        return false;
    for (size_t i = 0; i < g->pending_count; i++)
        if (!write_raw_id(w->s, g->pending[i].id, err) ||
            !rk_rdb_write_le64(out, g->pending[i].time_ms, err) ||
            !rk_rdb_write_len(out, g->pending[i].count, err))
            return false;
    return true;
}

static bool write_consumers(group_walk *w, const group *g, rk_err *err)
{
    rk_rdb_writer *out = &w->s->out;
    size_t count = 0;
    for (size_t i = 0; i < g->consumer_count; i++)
        count += !g->consumers[i].gone;
    if (!rk_rdb_write_len(out, count, err))
        return false;
    for (size_t i = 0; i < g->consumer_count; i++) {
        const consumer *one = &g->consumers[i];
        if (one->gone)
            continue;
        if (!rk_rdb_write_str(out, one->name, err) || !rk_rdb_write_le64(out, (uint64_t)one->seen_ms, err) ||
            (w->type_byte >= FIRST_ACTIVE && !rk_rdb_write_le64(out, (uint64_t)one->active_ms, err)) ||
            !write_ids(w, g, one->first, one->owned, err))
            return false;
    }
    return true;
}

static bool write_group(group_walk *w, const group *g, rk_err *err)
{
    rk_rdb_writer *out = &w->s->out;
    return rk_rdb_write_str(out, g->name, err) && rk_rdb_write_len(out, g->head.id.ms, err) &&
           rk_rdb_write_len(out, g->head.id.seq, err) &&
           (w->type_byte < FIRST_COUNTERS || rk_rdb_write_len(out, g->head.number, err)) &&
           write_pending(w, g, err) && write_consumers(w, g, err) &&
           (w->type_byte < FIRST_NACK || write_ids(w, g, g->nacked_from, g->id_count - g->nacked_from, err));
}

/* ---- all groups ---- */

static void drop_group(group *g)
{
    rk_free(g->pending);
    rk_free(g->consumers);
    rk_free(g->ids);
    rk_arena_free(&g->arena);
    *g = (group){ .nacked_from = SIZE_MAX };
}

static bool end_group(group_walk *w, group *g, bool open, rk_err *err)
{
    bool ok = !open || sift(w, g, err);
    if (ok && open) {
        w->found->groups += !g->twice;
        w->found->cut |= g->cut || g->twice;
        ok = !w->write || g->twice || write_group(w, g, err);
    }
    drop_group(g);
    return ok;
}

static bool begin_group(group_walk *w, group *g, const rk_element *e, rk_err *err)
{
    bool first;
    g->head = *e;
    if (!rk_arena_copy(&g->arena, e->item, &g->name, err) || !is_first(w->names, g->name, &first, err))
        return false;
    g->twice = !first;
    return true;
}

static bool walk(group_walk *w, rk_err *err)
{
    group g = { .nacked_from = SIZE_MAX };
    rk_element e;
    bool open = false, ok = rk_rdb_seek_tail(w->s->rdb, w->type_byte, w->tail, err);
    distinct_start(w->names);
    *w->found = (salvage_groups_found){ 0 };
    while (ok && rk_rdb_element(w->s->rdb, &e, err)) {
        bool part = e.kind == RK_ELEMENT_PENDING || e.kind == RK_ELEMENT_CONSUMER ||
                    e.kind == RK_ELEMENT_OWNED || e.kind == RK_ELEMENT_NACKED;
        if (part) {
            ok = add_part(&g, &e, err);
            continue;
        }
        ok = end_group(w, &g, open, err) && (e.kind != RK_ELEMENT_GROUP || begin_group(w, &g, &e, err));
        open = e.kind == RK_ELEMENT_GROUP;
        if (e.kind == RK_ELEMENT_STREAM)
            w->found->from = rk_rdb_offset(w->s->rdb);
    }
    ok = end_group(w, &g, ok && open, err) && ok;
    w->found->to = rk_rdb_offset(w->s->rdb);
    return ok && err->code == RK_OK;
}

static bool write_groups(group_walk *w, rk_err *err)
{
    static const uint64_t no_producers[] = { IDMP_DEFAULT, IDMP_DEFAULT, 0, 0, 0 };
    rk_rdb_writer *out = &w->s->out;
    if (!rk_rdb_write_len(out, w->found->groups, err))
        return false;
    if (!w->found->cut) /* all of it goes together: as it is */
        return salvage_copy(w->s, w->found->from, w->found->to, err);
    w->write = true;
    bool ok = walk(w, err);
    for (size_t i = 0; ok && w->type_byte >= FIRST_IDMP && i < sizeof no_producers / sizeof no_producers[0];
         i++)
        ok = rk_rdb_write_len(out, no_producers[i], err);
    return ok;
}

bool salvage_groups(salvage *s, uint8_t type_byte, uint64_t tail, rk_err *err)
{
    salvage_groups_found found;
    group_walk w = { .s = s, .type_byte = type_byte, .tail = tail, .found = &found };
    bool ok = (w.names = distinct_new(NAMES_HELD, err)) && (w.inner = distinct_new(NAMES_HELD, err)) &&
              walk(&w, err) && write_groups(&w, err);
    distinct_free(w.names);
    distinct_free(w.inner);
    return ok;
}
