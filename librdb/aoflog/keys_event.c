/* keys_event: what a command did to a key, from what is known of it before and after. */
#include "keys.h"

const char *rk_key_life_name(rk_key_life life)
{
    static const char *const names[] = {
        [RK_KEY_LIFE_FOUND] = "found",         [RK_KEY_LIFE_CREATED] = "created",
        [RK_KEY_LIFE_CHANGED] = "changed",     [RK_KEY_LIFE_EXPIRY] = "expiry",
        [RK_KEY_LIFE_REPLACED] = "replaced",   [RK_KEY_LIFE_RENAMED] = "renamed",
        [RK_KEY_LIFE_MOVED] = "moved",         [RK_KEY_LIFE_EMPTIED] = "emptied",
        [RK_KEY_LIFE_REMOVED] = "removed",     [RK_KEY_LIFE_FLUSHED] = "flushed",
        [RK_KEY_LIFE_UNCERTAIN] = "uncertain",
    };
    return (unsigned)life < RK_KEY_LIVES ? names[life] : NULL;
}

/* The key went as a whole, and is not there any more. */
static rk_key_life how_gone(const rk_keys *k, const keys_followed *key, rk_key_event *event)
{
    const rk_aof_command *c = k->step.command;
    int64_t db = 0, other = 0;
    event->other_db = key->db;
    switch (c->verb) {
    case RK_VERB_RENAME:
    case RK_VERB_RENAMENX:
        event->other = c->args[2];
        return RK_KEY_LIFE_RENAMED;
    case RK_VERB_MOVE:
        rk_slice_int(c->args[2], &db);
        event->other_db = (uint32_t)db;
        event->other = key->name;
        return RK_KEY_LIFE_MOVED;
    case RK_VERB_SWAPDB:
        rk_slice_int(c->args[1], &db);
        rk_slice_int(c->args[2], &other);
        event->other_db = key->db == (uint32_t)db ? (uint32_t)other : (uint32_t)db;
        event->other = key->name;
        return RK_KEY_LIFE_MOVED;
    case RK_VERB_FLUSHALL:
    case RK_VERB_FLUSHDB:
    case RK_VERB_SFLUSH:
    case RK_VERB_TRIMSLOTS:
    case RK_VERB_CLUSTER:
        return RK_KEY_LIFE_FLUSHED;
    default:
        event->expired = (c->verb == RK_VERB_DEL || c->verb == RK_VERB_UNLINK) &&
                         key->expire_ms != RK_NO_EXPIRY &&
                         (c->time_s < 0 || key->expire_ms / 1000 <= c->time_s);
        return RK_KEY_LIFE_REMOVED;
    }
}

static bool what_happened(const rk_keys *k, const keys_followed *key, rk_key_event *event)
{
    if (!k->step.command)
        event->what = RK_KEY_LIFE_FOUND;
    else if (k->step.outcome == RK_OUTCOME_OPAQUE)
        event->what = RK_KEY_LIFE_UNCERTAIN;
    else if (key->there && !event->has_after)
        event->what = key->gone ? how_gone(k, key, event) : RK_KEY_LIFE_EMPTIED;
    else if (!event->has_after)
        return false; /* came and went within the command */
    else if (!key->there && key->arrived)
        return false;
    else if (!key->there)
        event->what = RK_KEY_LIFE_CREATED;
    else if (key->gone)
        event->what = RK_KEY_LIFE_REPLACED;
    else
        event->what = key->value ? RK_KEY_LIFE_CHANGED : RK_KEY_LIFE_EXPIRY;
    return true;
}

/* Takes over what the key is now. */
static void remember(keys_followed *key, const rk_key_event *event)
{
    key->there = event->has_after;
    key->type = event->type;
    key->elements = event->after;
    key->expire_ms = event->expire_ms;
}

bool keys_tell(rk_keys *k, keys_followed *key, rk_key_event *event, rk_err *err)
{
    const rk_aof_command *c = k->step.command;
    rk_keyspace_key now = { .type = key->type, .expire_ms = RK_NO_EXPIRY };
    bool there = rk_keyspace_find(rk_replay_keyspace(k->replay), key->db, key->name, &now, err);
    if (err->code != RK_OK)
        return false;
    *event = (rk_key_event){ .db = key->db,
                             .key = key->name,
                             .command = c,
                             .unit = k->unit,
                             .has_before = key->there,
                             .type_before = key->type,
                             .before = key->there ? key->elements : 0,
                             .expire_before_ms = key->there ? key->expire_ms : RK_NO_EXPIRY,
                             .has_after = there,
                             .type = now.type,
                             .after = there ? now.elements : 0,
                             .expire_ms = there ? now.expire_ms : RK_NO_EXPIRY,
                             .other = RK_EMPTY,
                             .other_db = key->db };
    event->spot = (rk_log_spot){ .known = true, .base = !c, .file = k->step.file, .time_s = -1 };
    if (c) {
        event->in_multi = c->in_multi;
        event->spot.offset = c->offset;
        event->spot.number = c->number;
        event->spot.time_s = c->time_s;
        event->spot.verb = c->verb;
    }
    bool tell = what_happened(k, key, event);
    remember(key, event);
    return tell;
}
