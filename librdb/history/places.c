/* places: what the name of a key says, with any prefix (spec: Sidekiq, "Keys of the free edition", "Prefix"). A log
 * cannot be looked at as a whole before its first job is met, as a snapshot can: the first anchor in a name counts. */
#include "life.h"

#include <math.h>

/* ---- names ------------------------------------------------------------------------------------------------------ */

/* `name` is `anchor`, or ends in it behind a colon; `prefix` is what stands before. */
static bool ends_in(rk_slice name, rk_slice anchor, rk_slice *prefix)
{
    if (!rk_slice_ends(name, anchor))
        return false;
    *prefix = rk_slice_head(name, name.len - anchor.len);
    return prefix->len == 0 || prefix->ptr[prefix->len - 1] == ':';
}

/* Where `anchor` first begins the name, or a part of it behind a colon; SIZE_MAX: nowhere. */
static size_t begins_at(rk_slice name, rk_slice anchor)
{
    size_t at = rk_slice_find(name, anchor, 0);
    while (at != SIZE_MAX && at > 0 && name.ptr[at - 1] != ':')
        at = rk_slice_find(name, anchor, at + 1);
    return at;
}

static const struct {
    const char *name;
    rk_type type;
    life_role role;
    rk_place_kind kind;
} tails[] = {
    { "queues", RK_SET, KEY_QUEUES, 0 },
    { "processes", RK_SET, KEY_PROCESSES, 0 },
    { "schedule", RK_ZSET, KEY_JOBS, RK_PLACE_SCHEDULE },
    { "retry", RK_ZSET, KEY_JOBS, RK_PLACE_RETRY },
    { "dead", RK_ZSET, KEY_JOBS, RK_PLACE_DEAD },
    { "interrupted", RK_ZSET, KEY_JOBS, RK_PLACE_INTERRUPTED },
    { "stat:processed", RK_STRING, KEY_PROCESSED, 0 },
};
enum { TAILS = sizeof tails / sizeof tails[0] };

bool life_split_identity(rk_slice name, rk_slice *prefix, rk_slice *identity)
{
    if (!rk_identity_is(name))
        return false;
    size_t end = name.len;
    if (end > 13 && name.ptr[end - 13] == ':' && rk_identity_is(rk_slice_head(name, end - 13)))
        end -= 13; /* the nonce */
    while (end > 0 && name.ptr[end - 1] != ':')
        end--; /* the pid */
    for (end -= end > 0; end > 0 && name.ptr[end - 1] != ':';)
        end--; /* the host */
    *prefix = rk_slice_head(name, end);
    *identity = rk_slice_from(name, end);
    return identity->len > 0;
}

static bool has_nonce(rk_slice name)
{
    return name.len > 13 && name.ptr[name.len - 13] == ':' && rk_identity_is(name) &&
           rk_identity_is(rk_slice_head(name, name.len - 13));
}

static rk_slice without_work(rk_slice name)
{
    size_t tail = rk_slice_ends(name, RK_TEXT(":work"))      ? 5
                  : rk_slice_ends(name, RK_TEXT(":workers")) ? 8
                                                             : 0;
    return tail ? rk_slice_head(name, name.len - tail) : RK_EMPTY;
}

/* worker:HOST:PID-OBJECT:default */
static bool is_worker(rk_slice name, rk_slice *prefix)
{
    size_t at = begins_at(name, RK_TEXT("worker:"));
    if (at == SIZE_MAX || !rk_slice_ends(name, RK_TEXT(":default")))
        return false;
    *prefix = rk_slice_head(name, at);
    return rk_slice_find(name, RK_TEXT("-"), at) != SIZE_MAX;
}

bool rk_history_wants(rk_slice name)
{
    rk_slice prefix;
    for (size_t i = 0; i < TAILS; i++)
        if (ends_in(name, rk_slice_of(tails[i].name), &prefix))
            return true;
    return begins_at(name, RK_TEXT("queue:")) != SIZE_MAX ||
           begins_at(name, RK_TEXT("uniquejobs:working:")) != SIZE_MAX || has_nonce(name) ||
           rk_identity_is(without_work(name)) || is_worker(name, &prefix);
}

/* ---- what a key is ------------------------------------------------------------------------------------------------- */

static bool is_listed(const rk_history *h, uint32_t layout, rk_slice queue)
{
    return life_find(h, TAG_LISTED, life_listed(layout, rk_hash64(queue))) != NULL;
}

static uint32_t layout_of(rk_history *h, uint32_t db, rk_slice prefix)
{
    rk_digest key = rk_digest_seeded(prefix, db);
    life_mark *mark = life_mark_of(h, TAG_LAYOUTS, key.lo);
    if (!mark)
        return NOTHING;
    if (mark->count)
        return mark->value;
    if (!rk_grow((void **)&h->layouts, &h->layout_cap, h->layout_count + 1, sizeof *h->layouts, h->err))
        return NOTHING;
    h->layouts[h->layout_count] = (life_layout){ .db = db, .prefix = prefix };
    mark->count = 1;
    mark->value = (uint32_t)h->layout_count;
    return (uint32_t)h->layout_count++;
}

static void set_list(const rk_history *h, life_place *p, uint32_t layout)
{
    rk_slice queue, owner;
    bool plain = rk_slice_starts(p->key, RK_TEXT("queue:"));
    rk_slice name = plain ? rk_slice_from(p->key, strlen("queue:")) : RK_EMPTY;
    p->role = KEY_JOBS;
    p->kind = RK_PLACE_QUEUE;
    p->queue = name;
    if ((plain && is_listed(h, layout, name)) || !rk_private_list_is(p->key, &queue, &owner))
        return;
    p->kind = RK_PLACE_PRIVATE;
    p->queue = queue;
    p->owner = owner;
}

/* The prefix of a list of jobs; false: it is none. */
static bool list_prefix(rk_slice name, rk_slice *prefix)
{
    rk_slice working = RK_TEXT("working:");
    size_t at = begins_at(name, RK_TEXT("uniquejobs:working:"));
    if (at == SIZE_MAX) {
        at = begins_at(name, RK_TEXT("queue:"));
        if (at == SIZE_MAX)
            return false;
        rk_slice head = rk_slice_head(name, at), before;
        if (ends_in(head, working, &before))
            at = before.len;
    }
    *prefix = rk_slice_head(name, at);
    return true;
}

/* Role and prefix; role stays KEY_OTHER where the type does not fit. */
static void set_role(life_place *p, rk_type type)
{
    rk_slice identity;
    for (size_t i = 0; i < TAILS; i++) {
        if (type != tails[i].type || !ends_in(p->name, rk_slice_of(tails[i].name), &p->prefix))
            continue;
        p->role = tails[i].role;
        p->kind = tails[i].kind;
        return;
    }
    if (type == RK_LIST && list_prefix(p->name, &p->prefix))
        p->role = KEY_JOBS;
    else if (type == RK_STRING && is_worker(p->name, &p->prefix))
        p->role = KEY_WORKER;
    else if (type == RK_HASH && life_split_identity(without_work(p->name), &p->prefix, &identity)) {
        p->role = KEY_WORK;
        p->kind = RK_PLACE_WORK;
        p->owner = identity;
    } else if (type == RK_HASH && life_split_identity(p->name, &p->prefix, &identity)) {
        p->role = KEY_PROCESS;
        p->owner = identity;
    }
}

static bool add_place(rk_history *h, const rk_effect *e, life_place *p)
{
    *p = (life_place){
        .db = e->db, .prefix = RK_EMPTY, .key = RK_EMPTY, .queue = RK_EMPTY, .owner = RK_EMPTY
    };
    if (!rk_arena_copy(&h->arena, e->key, &p->name, h->err))
        return false;
    set_role(p, e->type);
    if (p->role == KEY_OTHER)
        return true;
    p->key = rk_slice_from(p->name, p->prefix.len);
    p->layout = layout_of(h, p->db, p->prefix);
    if (p->layout == NOTHING)
        return false;
    if (p->role == KEY_JOBS && e->type == RK_LIST)
        set_list(h, p, p->layout);
    if (p->role == KEY_WORKER) {
        size_t dash = rk_slice_find(p->key, RK_TEXT("-"), 0), head = strlen("worker:");
        p->owner = dash > head ? (rk_slice){ p->key.ptr + head, dash - head } : p->key;
        p->kind = RK_PLACE_WORK;
    }
    p->queue_hash = rk_hash64(p->queue);
    return true;
}

bool life_place_of(rk_history *h, const rk_effect *e, uint32_t *place)
{
    uint64_t hash = rk_digest_seeded(e->key, (uint64_t)e->db << 8 | (unsigned)e->type).lo;
    life_mark *mark = life_mark_of(h, TAG_KEYS, hash);
    if (!mark)
        return false;
    if (mark->count) {
        *place = mark->value;
        return true;
    }
    life_place p;
    if (h->place_count >= TAG_PLACES)
        return rk_fail(h->err, RK_USAGE, RK_NO_OFFSET, "more than %u places of jobs", TAG_PLACES);
    if (!add_place(h, e, &p) ||
        !rk_grow((void **)&h->places, &h->place_cap, h->place_count + 1, sizeof p, h->err) ||
        !(mark = life_mark_of(h, TAG_KEYS, hash))) /* the table may have grown */
        return false;
    mark->count = 1;
    mark->value = *place = (uint32_t)h->place_count;
    h->places[h->place_count++] = p;
    return true;
}

/* ---- processes ------------------------------------------------------------------------------------------------------ */

bool life_is_known_process(const rk_history *h, uint32_t db, rk_slice name)
{
    rk_slice prefix, identity;
    if (!life_split_identity(name, &prefix, &identity))
        return false;
    const life_mark *layout = life_find(h, TAG_LAYOUTS, rk_digest_seeded(prefix, db).lo);
    return layout && life_find(h, TAG_PROCESSES + layout->value, rk_hash64(identity));
}

bool life_process_named(rk_history *h, uint32_t layout, rk_slice identity, uint32_t *process)
{
    life_mark *mark = life_mark_of(h, TAG_PROCESSES + layout, rk_hash64(identity));
    if (!mark)
        return false;
    if (mark->count) {
        *process = mark->value;
        return true;
    }
    life_process p = { .layout = layout, .beat = NAN, .started_at = NAN, .beat_s = -1, .before_s = -1 };
    if (!rk_arena_copy(&h->arena, identity, &p.identity, h->err) ||
        !rk_grow((void **)&h->processes, &h->process_cap, h->process_count + 1, sizeof p, h->err))
        return false;
    p.first = h->base ? 0 : h->number;
    mark->count = 1;
    mark->value = *process = (uint32_t)h->process_count;
    h->processes[h->process_count++] = p;
    return true;
}
