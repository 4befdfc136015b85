/* evidence: which prefixes have a Sidekiq behind them (spec: Sidekiq, "Evidence", "Prefix"). Anchors are names that a
 * prefix may stand before; what lies under them must look like jobs or counters. */
#include "layout.h"

#include <stdlib.h>

/* The first few items are looked at: one may be damaged, or nonsense that somebody pushed. */
enum { ITEMS_TRIED = 16, QUEUES_TRIED = 32, HINTS_TRIED = 16 };

/* Is one of the first items a job: an object with class, and args or jid? `needs_jid` keeps Resque's jobs out. */
static bool holds_jobs(layout_finder *f, const rk_candidate *c, bool needs_jid, bool *yes)
{
    rk_key key;
    rk_element e;
    rk_envelope envelope;
    rk_look *look = f->evidence->looks[rk_spot_shard(c->spot)];
    *yes = false;
    if (!rk_look_key(look, rk_spot_offset(c->spot), &key, f->err))
        return false;
    for (size_t i = 0; i < ITEMS_TRIED && !*yes && rk_look_element(look, &e, f->err); i++)
        *yes = e.item.len > 0 && rk_envelope_scan(e.item, &envelope) && envelope.has_class &&
               envelope.has_args && (envelope.has_jid || !needs_jid);
    return f->err->code == RK_OK;
}

static const char *const set_anchors[] = { "schedule", "retry", "dead", "interrupted" };
enum { SET_ANCHORS = sizeof set_anchors / sizeof set_anchors[0] };

/* Sorted sets: the prefix before the anchor, if there are jobs in it. */
static bool zset_evidence(layout_finder *f, const rk_candidate *c)
{
    rk_slice prefix;
    bool yes = false;
    for (size_t i = 0; i < SET_ANCHORS; i++) {
        if (!layout_prefix_before(c->name, set_anchors[i], &prefix) || layout_find(f, c->db, prefix))
            continue;
        if (!holds_jobs(f, c, false, &yes) || (yes && !layout_accept(f, c->db, prefix)))
            return false;
    }
    return true;
}

/* The prefix before the first `queue:` of a list's name; false when there is none. */
static bool list_prefix(rk_slice name, rk_slice *prefix)
{
    size_t at = rk_slice_find(name, RK_TEXT("queue:"), 0);
    while (at != SIZE_MAX && at > 0 && name.ptr[at - 1] != ':')
        at = rk_slice_find(name, RK_TEXT("queue:"), at + 1);
    if (at == SIZE_MAX)
        return false;
    *prefix = rk_slice_head(name, at);
    rk_slice working = RK_TEXT("working:");
    if (rk_slice_is(*prefix, working) || rk_slice_ends(*prefix, RK_TEXT(":working:")))
        prefix->len -= working.len;
    return true;
}

static bool list_evidence(layout_finder *f, const rk_candidate *c)
{
    rk_slice prefix;
    bool yes = false;
    if (!list_prefix(c->name, &prefix) || layout_find(f, c->db, prefix))
        return true;
    return holds_jobs(f, c, true, &yes) && (!yes || layout_accept(f, c->db, prefix));
}

static int by_spot(const void *key, const void *item)
{
    rk_spot spot = *(const rk_spot *)key, here = ((const rk_candidate *)item)->spot;
    return (spot > here) - (spot < here);
}

/* Candidates stand in the order in which they were read. */
static const rk_candidate *find_candidate(const layout_finder *f, uint32_t db, rk_slice name, rk_type type)
{
    const rk_catalog_key *key = rk_catalog_find(f->evidence->catalog, db, name);
    if (!key || key->type != type || f->evidence->candidate_count == 0)
        return NULL;
    return bsearch(&key->spot, f->evidence->candidates, f->evidence->candidate_count, sizeof(rk_candidate),
                   by_spot);
}

/* A set `queues`: its prefix, if one of its first members has a list of jobs. */
static bool queues_evidence(layout_finder *f, const rk_candidate *c)
{
    rk_slice prefix;
    rk_key key;
    rk_element e;
    const rk_candidate *lists[QUEUES_TRIED];
    size_t count = 0;
    bool yes = false;
    if (!layout_prefix_before(c->name, "queues", &prefix) || layout_find(f, c->db, prefix))
        return true;
    rk_look *look = f->evidence->looks[rk_spot_shard(c->spot)];
    if (!rk_look_key(look, rk_spot_offset(c->spot), &key, f->err))
        return false;
    for (size_t i = 0; i < QUEUES_TRIED && rk_look_element(look, &e, f->err); i++) {
        f->blob.len = 0;
        if (!rk_buf_add(&f->blob, prefix, f->err) || !rk_buf_add(&f->blob, RK_TEXT("queue:"), f->err) ||
            !rk_buf_add(&f->blob, e.item, f->err))
            return false;
        if ((lists[count] = find_candidate(f, c->db, rk_buf_slice(&f->blob), RK_LIST)) != NULL)
            count++;
    }
    bool resque = rk_slice_ends(prefix, RK_TEXT("resque:"));
    for (size_t i = 0; f->err->code == RK_OK && !yes && i < count; i++)
        holds_jobs(f, lists[i], resque, &yes);
    return f->err->code == RK_OK && (!yes || layout_accept(f, c->db, prefix));
}

static bool counter_evidence(layout_finder *f, const rk_candidate *c)
{
    rk_slice prefix, value;
    int64_t number;
    if (!layout_prefix_before(c->name, "stat:processed", &prefix) || layout_find(f, c->db, prefix))
        return true;
    if (rk_slice_ends(prefix, RK_TEXT("resque:"))) /* Resque counts under the same names */
        return true;
    return layout_read_string(f, c->spot, &value) &&
           (!rk_slice_int(value, &number) || layout_accept(f, c->db, prefix));
}

/* The name of the candidate is one of those that hold jobs, behind that prefix. */
static bool is_named(const rk_candidate *c, const rk_layout *hint)
{
    rk_slice rest = rk_slice_from(c->name, hint->prefix.len);
    if (c->db != hint->db || !rk_slice_starts(c->name, hint->prefix))
        return false;
    if (c->type == RK_LIST)
        return rk_slice_starts(rest, RK_TEXT("queue:")) || rk_slice_starts(rest, RK_TEXT("working:queue:"));
    for (size_t i = 0; c->type == RK_ZSET && i < SET_ANCHORS; i++)
        if (rk_slice_is(rest, rk_slice_of(set_anchors[i])))
            return true;
    return false;
}

/* What was a layout in another snapshot is one here, though all that is left of its jobs may be ruins. */
static bool hinted_evidence(layout_finder *f)
{
    const rk_layouts *hints = f->evidence->hints;
    size_t tried = 0;
    for (size_t h = 0; hints && h < hints->count && tried < HINTS_TRIED; h++) {
        const rk_layout *hint = hints->items[h];
        bool yes = false;
        rk_slice prefix;
        if (layout_find(f, hint->db, hint->prefix))
            continue;
        tried++;
        for (size_t i = 0; !yes && i < f->evidence->candidate_count; i++)
            yes = is_named(&f->evidence->candidates[i], hint);
        if (yes && (!rk_arena_copy(&f->out->arena, hint->prefix, &prefix, f->err) ||
                    !layout_accept(f, hint->db, prefix)))
            return false;
    }
    return true;
}

bool layout_gather_evidence(layout_finder *f)
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
    return hinted_evidence(f);
}
