/* companions: the keys that jobs need, found by name in the catalog of where the jobs were. */
#include "companions.h"

rk_companions *rk_companions_open(const rk_data_set *from, const rk_data_set *now, rk_err *err)
{
    rk_companions *c = rk_alloc(sizeof *c);
    if (!c) {
        rk_no_memory(err);
        return NULL;
    }
    c->from = *from;
    c->has_now = now != NULL;
    if (now)
        c->now = *now;
    return c;
}

void rk_companions_close(rk_companions *c)
{
    if (!c)
        return;
    rk_free(c->layouts);
    rk_free(c->wishes);
    rk_free(c->open_batches);
    rk_free(c->locks);
    rk_free(c->items);
    rk_bundle_ids_free(&c->batches);
    rk_bundle_ids_free(&c->queues);
    rk_buf_free(&c->name);
    rk_buf_free(&c->scratch);
    rk_arena_free(&c->arena);
    rk_arena_free(&c->item_arena);
    rk_free(c);
}

/* ---- looking ------------------------------------------------------------------------------------------------- */

static bool is_there(const rk_data_set *set, const rk_catalog_key *key)
{
    return key && (key->expire_ms == RK_NO_EXPIRY || set->now_s < 0 || key->expire_ms / 1000 >= set->now_s);
}

bool rk_companion_find(rk_companions *c, const rk_data_set *set, uint32_t layout, rk_slice head,
                       rk_slice tail, const rk_catalog_key **key, rk_err *err)
{
    const companion_layout *l = &c->layouts[layout];
    bool is_now = set == &c->now;
    c->name.len = 0;
    if (!rk_buf_add(&c->name, is_now ? l->home : l->prefix, err) || !rk_buf_add(&c->name, head, err) ||
        !rk_buf_add(&c->name, tail, err))
        return false;
    *key = rk_catalog_find(set->catalog, is_now ? l->home_db : l->db, rk_buf_slice(&c->name));
    if (!is_there(set, *key))
        *key = NULL;
    return true;
}

bool rk_companion_wish(rk_companions *c, const rk_catalog_key *key, uint32_t layout, companion_why why,
                       rk_slice member, bool blocked, rk_err *err)
{
    companion_wish wish = { .key = (uint32_t)(key - c->from.catalog->keys),
                            .layout = layout,
                            .why = (uint8_t)why,
                            .part = member.len > 0,
                            .blocked = blocked,
                            .order = (uint32_t)c->wish_count };
    if (c->wish_count == UINT32_MAX)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "more than %" PRIu32 " keys that jobs need", UINT32_MAX);
    if (!rk_arena_copy(&c->arena, member, &wish.member, err) ||
        !rk_grow((void **)&c->wishes, &c->wish_cap, c->wish_count + 1, sizeof wish, err))
        return false;
    c->wishes[c->wish_count++] = wish;
    return true;
}

rk_look *rk_companion_look(const rk_data_set *set, const rk_catalog_key *key, rk_key *seen, rk_err *err)
{
    rk_look *look = set->looks[rk_spot_shard(key->spot)];
    return rk_look_key(look, rk_spot_offset(key->spot), seen, err) ? look : NULL;
}

bool rk_companion_text(rk_slice payload, const char *name, rk_buf *scratch, rk_slice *text, bool *there,
                       rk_err *err)
{
    rk_json_value value;
    *text = RK_EMPTY;
    *there = rk_json_member(payload, name, &value) && value.kind == RK_JSON_STRING;
    return !*there || rk_json_string(value, scratch, text, err);
}

/* ---- what a job needs ------------------------------------------------------------------------------------------ */

static bool find_layout(rk_companions *c, uint32_t db, rk_slice prefix, uint32_t *id, rk_err *err)
{
    for (size_t i = 0; i < c->layout_count; i++) {
        size_t at = (c->layout_at + i) % c->layout_count; /* mostly the one of the job before */
        if (c->layouts[at].db == db && rk_slice_is(c->layouts[at].prefix, prefix)) {
            *id = (uint32_t)(c->layout_at = at);
            return true;
        }
    }
    companion_layout layout = { .db = db, .home_db = db };
    if (!rk_arena_copy(&c->arena, prefix, &layout.prefix, err) ||
        !rk_grow((void **)&c->layouts, &c->layout_cap, c->layout_count + 1, sizeof layout, err))
        return false;
    layout.home = layout.prefix;
    *id = (uint32_t)(c->layout_at = c->layout_count);
    c->layouts[c->layout_count++] = layout;
    return true;
}

bool rk_companions_home(rk_companions *c, uint32_t db, rk_slice prefix, uint32_t home_db, rk_slice home,
                        rk_err *err)
{
    uint32_t id;
    if (!find_layout(c, db, prefix, &id, err))
        return false;
    c->layouts[id].home_db = home_db;
    return rk_slice_is(c->layouts[id].home, home) ||
           rk_arena_copy(&c->arena, home, &c->layouts[id].home, err);
}

static bool want_iteration(rk_companions *c, const companion_job *job, rk_err *err)
{
    const rk_catalog_key *key = NULL;
    if (job->jid.len == 0)
        return true;
    if (!rk_companion_find(c, &c->from, job->layout, RK_TEXT("it-"), job->jid, &key, err))
        return false;
    return !key || key->type != RK_HASH ||
           rk_companion_wish(c, key, job->layout, COMPANION_ITERATION, RK_EMPTY, false, err);
}

/* The queue to which the job will come sooner or later. */
static bool want_paused(rk_companions *c, const companion_job *job, rk_slice queue, rk_err *err)
{
    const rk_catalog_key *key;
    bool fresh;
    if (!rk_bundle_ids_add(&c->queues, rk_hash64(queue) + job->layout, &fresh, err))
        return false;
    if (!fresh || queue.len == 0)
        return true;
    if (!rk_companion_find(c, &c->from, job->layout, RK_TEXT("paused"), RK_EMPTY, &key, err))
        return false;
    return !key || key->type != RK_SET ||
           rk_companion_wish(c, key, job->layout, COMPANION_PAUSED, queue, false, err);
}

static bool queue_of(const rk_bundle_job *job, const rk_envelope *envelope, rk_buf *scratch, rk_slice *queue,
                     rk_err *err)
{
    *queue = job->queue.len > 0 ? job->queue : envelope->queue.len > 0 ? envelope->queue : RK_TEXT("default");
    return job->queue.len > 0 || !envelope->queue_escaped ||
           rk_json_unescape(envelope->queue, scratch, queue, err);
}

bool rk_companions_want(rk_companions *c, const rk_bundle_job *job, bool *blocked, rk_err *err)
{
    rk_envelope envelope;
    companion_job j = { .payload = job->payload, .jid = job->jid, .envelope = &envelope };
    rk_slice queue;
    *blocked = false;
    if (job->act == RK_ACT_HOLD || !rk_envelope_scan(job->payload, &envelope))
        return true;
    if (!find_layout(c, job->db, job->prefix, &j.layout, err) || !rk_companion_want_lock(c, &j, blocked, err))
        return false;
    if (*blocked)
        return true;
    return want_iteration(c, &j, err) && rk_companion_want_batch(c, &j, err) &&
           queue_of(job, &envelope, &c->scratch, &queue, err) && want_paused(c, &j, queue, err);
}
