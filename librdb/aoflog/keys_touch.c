/* keys_touch: which of the followed keys a command touched, and which it sent elsewhere. */
#include "keys.h"

static bool touch(rk_keys *k, keys_followed *key, rk_err *err)
{
    if (key->step == k->steps)
        return true;
    if (!rk_grow((void **)&k->touched, &k->touched_cap, k->touched_count + 1, sizeof *k->touched, err))
        return false;
    k->touched[k->touched_count++] = (uint32_t)(key - k->followed);
    key->step = k->steps;
    key->gone = key->value = key->arrived = false;
    return true;
}

/* The key of that name, if it is followed, or is to be from here on. */
static keys_followed *wanted(rk_keys *k, uint32_t db, rk_slice name, rk_err *err)
{
    keys_followed *key = keys_find(k, db, name);
    if (key || !keys_is_meant(k, db, name) || !keys_follow(k, db, name, err))
        return key;
    return keys_find(k, db, name);
}

static bool touch_by_effects(rk_keys *k, rk_err *err)
{
    rk_slice last = RK_EMPTY;
    uint32_t last_db = UINT32_MAX;
    keys_followed *key = NULL;
    for (size_t i = 0; i < k->step.effect_count; i++) {
        const rk_effect *e = &k->step.effects[i];
        if (e->db != last_db || !rk_slice_is(e->key, last)) {
            key = wanted(k, e->db, e->key, err);
            last = e->key;
            last_db = e->db;
        }
        if (!key && err->code != RK_OK)
            return false;
        if (!key)
            continue;
        if (!touch(k, key, err))
            return false;
        key->gone |= e->kind == RK_EFFECT_GONE;
        key->value |= e->kind != RK_EFFECT_EXPIRY;
    }
    return true;
}

/* Streams, arrays and values of modules have no items that are told: the command names them. So does one that cannot be
 * replayed. */
static bool touch_by_name(rk_keys *k, rk_err *err)
{
    const rk_aof_command *c = k->step.command;
    bool opaque = k->step.outcome == RK_OUTCOME_OPAQUE;
    size_t at, most = rk_verb_row_of(c->verb)->flags & RK_VERB_STORES_FIRST ? 1 : SIZE_MAX;
    if (k->step.outcome != RK_OUTCOME_DONE && !opaque)
        return true;
    for (size_t n = 0; n < most && (at = rk_verb_key(c->verb, c->args, c->argc, n)) != 0; n++) {
        rk_keyspace_key now = { .type = RK_STRING };
        keys_followed *key = wanted(k, k->step.db, c->args[at], err);
        if (!key) {
            if (err->code != RK_OK)
                return false;
            continue;
        }
        bool there = rk_keyspace_find(rk_replay_keyspace(k->replay), key->db, key->name, &now, err);
        if (err->code != RK_OK)
            return false;
        bool untold = now.type != RK_STRING && now.type != RK_LIST && now.type != RK_SET &&
                      now.type != RK_ZSET && now.type != RK_HASH;
        if (opaque || (there && untold)) {
            if (!touch(k, key, err))
                return false;
            key->value = true;
        }
    }
    return true;
}

/* ---- going elsewhere ---------------------------------------------------------------------------------------- */

/* Follows a key where it has come to. */
static bool adopt(rk_keys *k, uint32_t db, rk_slice name, rk_err *err)
{
    rk_keyspace_key now;
    keys_followed *known = keys_find(k, db, name);
    if (known) {
        known->arrived = known->step == k->steps;
        return true;
    }
    if (!keys_follow(k, db, name, err))
        return false;
    keys_followed *key = &k->followed[k->count - 1];
    key->there = rk_keyspace_find(rk_replay_keyspace(k->replay), db, name, &now, err);
    if (!key->there)
        return err->code == RK_OK;
    key->type = now.type;
    key->elements = now.elements;
    key->expire_ms = now.expire_ms;
    return true;
}

static bool follow_renamed(rk_keys *k, rk_err *err)
{
    const rk_aof_command *c = k->step.command;
    keys_followed *from = keys_find(k, k->step.db, c->args[1]);
    return !from || from->step != k->steps || !from->gone || adopt(k, k->step.db, c->args[2], err);
}

static bool follow_moved(rk_keys *k, rk_err *err)
{
    const rk_aof_command *c = k->step.command;
    int64_t db;
    keys_followed *from = keys_find(k, k->step.db, c->args[1]);
    if (!from || from->step != k->steps || !rk_slice_int(c->args[2], &db) || db < 0 || db > UINT32_MAX)
        return true;
    return adopt(k, (uint32_t)db, c->args[1], err);
}

/* Each key that went with its database is followed in the other one. */
static bool follow_swapped(rk_keys *k, rk_err *err)
{
    const rk_aof_command *c = k->step.command;
    int64_t a, b;
    if (!rk_slice_int(c->args[1], &a) || !rk_slice_int(c->args[2], &b))
        return true;
    for (size_t i = 0, count = k->touched_count; i < count; i++) {
        keys_followed key = k->followed[k->touched[i]];
        uint32_t other = key.db == (uint32_t)a ? (uint32_t)b : (uint32_t)a;
        if (key.gone && !adopt(k, other, key.name, err))
            return false;
    }
    return true;
}

bool keys_take(rk_keys *k, rk_err *err)
{
    const rk_aof_command *c = k->step.command;
    k->steps++;
    k->touched_count = k->told = 0;
    if (c && (!c->in_multi || c->verb == RK_VERB_MULTI)) {
        k->unit = c->offset;
        k->unit_s = c->time_s;
    }
    if (!touch_by_effects(k, err) || !c)
        return err->code == RK_OK;
    if (!touch_by_name(k, err))
        return false;
    if (k->step.outcome != RK_OUTCOME_DONE)
        return true;
    switch (c->verb) {
    case RK_VERB_RENAME:
    case RK_VERB_RENAMENX:
        return follow_renamed(k, err);
    case RK_VERB_MOVE:
        return follow_moved(k, err);
    case RK_VERB_SWAPDB:
        return follow_swapped(k, err);
    default:
        return true;
    }
}
