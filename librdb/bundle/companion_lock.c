/* companion_lock: unique locks. A job gets back the lock that it held; where another job holds it now, the work has been
 * enqueued anew, and the job must not come back (spec: Sidekiq, "Where to put what"). */
#include "companions.h"

#include <stdlib.h>

#define ENTERPRISE "unique:"

/* The text of a string key; *is is whether it is `text`. */
static bool string_is(const rk_data_set *set, const rk_catalog_key *key, rk_slice text, bool *is, rk_err *err)
{
    rk_key seen;
    rk_element e;
    *is = false;
    if (!key || key->type != RK_STRING)
        return true;
    rk_look *look = rk_companion_look(set, key, &seen, err);
    if (look && rk_look_element(look, &e, err))
        *is = rk_slice_is(e.item, text);
    return err->code == RK_OK;
}

/* Whether a hash has that field, and how many fields. */
static bool hash_has(const rk_data_set *set, const rk_catalog_key *key, rk_slice field, bool *has,
                     uint64_t *count, rk_err *err)
{
    rk_key seen;
    rk_element e;
    *has = false;
    *count = 0;
    if (!key || key->type != RK_HASH)
        return true;
    rk_look *look = rk_companion_look(set, key, &seen, err);
    while (look && rk_look_element(look, &e, err)) {
        *has |= rk_slice_is(e.item, field);
        ++*count;
    }
    return err->code == RK_OK;
}

/* ---- sidekiq-unique-jobs: the payload names the lock ------------------------------------------------------------- */

static uint64_t limit_of(rk_slice payload)
{
    rk_json_value value;
    double number;
    bool integer;
    return rk_json_member(payload, "lock_limit", &value) && rk_json_number(value, &number, &integer) &&
                   number >= 1 && number < 1e9
               ? (uint64_t)number
               : 1;
}

static bool is_taken(rk_companions *c, const companion_job *job, rk_slice digest, bool *taken, rk_err *err)
{
    const rk_catalog_key *locked, *holder;
    uint64_t count;
    bool has, is;
    if (!rk_companion_find(c, &c->now, job->layout, digest, RK_TEXT(":LOCKED"), &locked, err) ||
        !hash_has(&c->now, locked, job->jid, &has, &count, err))
        return false;
    *taken = !has && count >= limit_of(job->payload);
    if (locked)
        return true;
    if (!rk_companion_find(c, &c->now, job->layout, digest, RK_EMPTY, &holder, err) ||
        !string_is(&c->now, holder, job->jid, &is, err))
        return false;
    *taken = holder && holder->type == RK_STRING && !is;
    return true;
}

/* `PREFIX:digests` and its like, in which each lock is a member. */
static bool want_listing(rk_companions *c, const companion_job *job, rk_slice digest, bool blocked,
                         rk_err *err)
{
    static const char *const names[] = { "digests", "expiring_digests" };
    const rk_catalog_key *key;
    size_t colon = digest.len;
    while (colon > 0 && digest.ptr[colon - 1] != ':')
        colon--;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!rk_companion_find(c, &c->from, job->layout, rk_slice_head(digest, colon), rk_slice_of(names[i]),
                               &key, err))
            return false;
        if (key && key->type == RK_ZSET &&
            !rk_companion_wish(c, key, job->layout, COMPANION_LOCK, digest, blocked, err))
            return false;
    }
    return true;
}

static bool want_held(rk_companions *c, const companion_job *job, rk_slice digest, bool blocked, rk_err *err)
{
    const rk_catalog_key *locked, *holder;
    uint64_t count;
    bool has, is;
    if (!rk_companion_find(c, &c->from, job->layout, digest, RK_TEXT(":LOCKED"), &locked, err) ||
        !hash_has(&c->from, locked, job->jid, &has, &count, err) ||
        !rk_companion_find(c, &c->from, job->layout, digest, RK_EMPTY, &holder, err) ||
        !string_is(&c->from, holder, job->jid, &is, err))
        return false;
    if (is && !rk_companion_wish(c, holder, job->layout, COMPANION_LOCK, RK_EMPTY, blocked, err))
        return false;
    if (has && !rk_companion_wish(c, locked, job->layout, COMPANION_LOCK, job->jid, blocked, err))
        return false;
    return !has || want_listing(c, job, digest, blocked, err);
}

static bool want_named(rk_companions *c, const companion_job *job, bool *blocked, rk_err *err)
{
    rk_buf room = { 0 };
    rk_slice digest;
    bool there;
    bool ok = rk_companion_text(job->payload, "lock_digest", &room, &digest, &there, err) &&
              (there || rk_companion_text(job->payload, "unique_digest", &room, &digest, &there, err));
    if (ok && there && digest.len > 0)
        ok = (!c->has_now || is_taken(c, job, digest, blocked, err)) &&
             want_held(c, job, digest, *blocked, err);
    rk_buf_free(&room);
    return ok;
}

/* ---- Enterprise: the lock names the job ---------------------------------------------------------------------------- */

static int by_jid(const void *a, const void *b)
{
    const companion_lock *l = a, *m = b;
    return l->jid != m->jid ? (l->jid < m->jid ? -1 : 1) : l->key < m->key ? -1 : l->key > m->key;
}

/* `unique:HASH`, maybe behind a prefix. */
static bool is_lock_name(rk_slice name)
{
    size_t at = rk_slice_find(name, RK_TEXT(ENTERPRISE), 0);
    return at == 0 || (at != SIZE_MAX && name.ptr[at - 1] == ':');
}

/* Once, and only where a job says that it has such a lock: all string keys are looked at. */
static bool learn_locks(rk_companions *c, rk_err *err)
{
    const rk_catalog *catalog = c->from.catalog;
    rk_key key;
    rk_element e;
    for (size_t i = 0; i < catalog->count; i++) {
        if (catalog->keys[i].type != RK_STRING)
            continue;
        rk_look *look = rk_companion_look(&c->from, &catalog->keys[i], &key, err);
        if (!look)
            return false;
        if (!is_lock_name(key.name))
            continue;
        if (!rk_look_element(look, &e, err) ||
            !rk_grow((void **)&c->locks, &c->lock_cap, c->lock_count + 1, sizeof *c->locks, err))
            return false;
        c->locks[c->lock_count++] = (companion_lock){ rk_hash64(e.item), (uint32_t)i };
    }
    if (c->lock_count > 0)
        qsort(c->locks, c->lock_count, sizeof *c->locks, by_jid);
    c->locks_known = true;
    return true;
}

static const companion_lock *first_lock(const rk_companions *c, uint64_t jid)
{
    size_t from = 0, to = c->lock_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (c->locks[middle].jid < jid)
            from = middle + 1;
        else
            to = middle;
    }
    return from < c->lock_count && c->locks[from].jid == jid ? &c->locks[from] : NULL;
}

static bool want_lock_of(rk_companions *c, const companion_job *job, const rk_catalog_key *lock,
                         bool *blocked, rk_err *err)
{
    rk_key key;
    const rk_catalog_key *holder;
    const companion_layout *layout = &c->layouts[job->layout];
    bool is;
    if (!rk_companion_look(&c->from, lock, &key, err))
        return false;
    if (lock->db != layout->db || !rk_slice_starts(key.name, layout->prefix) ||
        !rk_slice_starts(rk_slice_from(key.name, layout->prefix.len), RK_TEXT(ENTERPRISE)))
        return true;
    if (c->has_now) {
        rk_slice rest = rk_slice_from(key.name, layout->prefix.len);
        if (!rk_companion_find(c, &c->now, job->layout, rest, RK_EMPTY, &holder, err) ||
            !string_is(&c->now, holder, job->jid, &is, err))
            return false;
        *blocked |= holder && !is;
    }
    return rk_companion_wish(c, lock, job->layout, COMPANION_LOCK, RK_EMPTY, *blocked, err);
}

static bool want_enterprise(rk_companions *c, const companion_job *job, bool *blocked, rk_err *err)
{
    rk_json_value value;
    if (rk_slice_find(job->payload, RK_TEXT("unique_for"), 0) == SIZE_MAX ||
        !rk_json_member(job->payload, "unique_for", &value))
        return true;
    if (!c->locks_known && !learn_locks(c, err))
        return false;
    uint64_t jid = rk_hash64(job->jid);
    const companion_lock *lock = first_lock(c, jid), *end = c->locks + c->lock_count;
    for (; lock && lock < end && lock->jid == jid; lock++)
        if (!want_lock_of(c, job, &c->from.catalog->keys[lock->key], blocked, err))
            return false;
    return true;
}

bool rk_companion_want_lock(rk_companions *c, const companion_job *job, bool *blocked, rk_err *err)
{
    if (job->jid.len == 0)
        return true;
    if (rk_slice_find(job->payload, RK_TEXT("_digest"), 0) != SIZE_MAX && !want_named(c, job, blocked, err))
        return false;
    return *blocked || want_enterprise(c, job, blocked, err);
}
