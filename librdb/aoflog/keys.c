/* keys: the life of keys: a replay of what they need, and what each command did to them. */
#include "keys.h"

/* ---- which keys --------------------------------------------------------------------------------------------- */

static bool is_named(const rk_keys *k, rk_slice name)
{
    return k->options.exact ? rk_slice_is(name, k->options.key) : rk_filter_wants_name(k->options.keys, name);
}

static bool wants(void *self, rk_slice name)
{
    return is_named(self, name);
}

bool keys_is_meant(const rk_keys *k, uint32_t db, rk_slice name)
{
    const rk_aoflog_range *range = k->options.range;
    bool meant = !range || range->db_count == 0;
    for (size_t i = 0; !meant && i < range->db_count; i++)
        meant = range->dbs[i] == db;
    return meant && is_named(k, name);
}

static unsigned interest(void *self, uint32_t db, rk_slice name)
{
    const rk_keys *k = self;
    (void)db;
    return k->keep_all || is_named(k, name) || log_links_has(&k->links, name)
               ? RK_INTEREST_KEEP | RK_INTEREST_WATCH
               : 0;
}

keys_followed *keys_find(rk_keys *k, uint32_t db, rk_slice name)
{
    uint32_t at = log_map_get(&k->map, log_key_digest(db, name));
    return at == LOG_MAP_NONE ? NULL : &k->followed[at];
}

bool keys_follow(rk_keys *k, uint32_t db, rk_slice name, rk_err *err)
{
    if (k->count >= LOG_MAP_NONE - 1 ||
        !rk_grow((void **)&k->followed, &k->cap, k->count + 1, sizeof *k->followed, err))
        return false;
    keys_followed *key = &k->followed[k->count];
    *key = (keys_followed){ .db = db, .expire_ms = RK_NO_EXPIRY };
    if (!rk_arena_copy(&k->arena, name, &key->name, err) ||
        !log_map_put(&k->map, log_key_digest(db, name), (uint32_t)k->count, err))
        return false;
    k->count++;
    return true;
}

/* ---- opening ------------------------------------------------------------------------------------------------ */

static bool prepare(rk_keys *k, const char *path, rk_err *err)
{
    const rk_aoflog_range *range = k->options.range;
    k->keep_all = strcmp(path, "-") == 0;
    if (!k->keep_all && !log_links_find(&k->links, path, wants, k, NULL, err))
        return false;
    rk_replay_options replay = { .progress = k->options.progress, .interest = interest, .self = k };
    if (range)
        replay.until = range->until;
    k->replay = rk_replay_open(path, &replay, err);
    if (!k->replay)
        return false;
    k->info.replay = rk_replay_info_of(k->replay);
    return !range || log_bound_find(path, k->info.replay->set, &range->since, &k->since, err);
}

rk_keys *rk_keys_open(const char *path, const rk_keys_options *options, rk_err *err)
{
    rk_keys *k = rk_alloc(sizeof *k);
    if (!k) {
        rk_no_memory(err);
        return NULL;
    }
    k->options = *options;
    if (prepare(k, path, err))
        return k;
    rk_keys_close(k);
    return NULL;
}

void rk_keys_close(rk_keys *k)
{
    if (!k)
        return;
    rk_replay_close(k->replay);
    log_links_free(&k->links);
    log_map_free(&k->map);
    rk_free(k->followed);
    rk_free(k->touched);
    rk_arena_free(&k->arena);
    rk_free(k);
}

const rk_keys_info *rk_keys_info_of(const rk_keys *k)
{
    return &k->info;
}

/* ---- telling ------------------------------------------------------------------------------------------------ */

static bool is_in_range(const rk_keys *k, const rk_key_event *event)
{
    const rk_aoflog_range *range = k->options.range;
    if (!range)
        return true;
    if (!event->command)
        return range->name_count == 0 && k->since.kind == LOG_BOUND_NONE;
    rk_aoflog_range names = { .names = range->names, .name_count = range->name_count };
    return !log_is_before(&k->since, event->spot.file, k->unit, k->unit_s) &&
           log_range_has(&names, event->db, event->command->args[0]);
}

bool rk_keys_next(rk_keys *k, rk_key_event *event, rk_err *err)
{
    for (;;) {
        while (k->told < k->touched_count) {
            keys_followed *key = &k->followed[k->touched[k->told++]];
            bool tell = keys_tell(k, key, event, err);
            if (err->code != RK_OK)
                return false;
            if (!tell || !is_in_range(k, event))
                continue;
            k->info.events++;
            return true;
        }
        if (!rk_replay_next(k->replay, &k->step, err) || !keys_take(k, err))
            return false;
        k->info.keys = k->count;
    }
}
