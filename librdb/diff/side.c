/* side: the first pass: one data set into a catalog of keys and the units of its job places. */
#include "side.h"

/* In Unix seconds: the year 5138. What claims to be later tells no time. */
#define TIME_MOST INT64_C(100000000000)

static bool add_candidate(side *s, const rk_key *key, size_t shard)
{
    rk_candidate c = { .db = key->db,
                       .type = key->type,
                       .spot = rk_spot_of(shard, key->offset),
                       .expire_ms = key->expire_ms,
                       .first_unit = s->unit_count };
    if (!rk_arena_copy(&s->arena, key->name, &c.name, &s->err) ||
        !rk_grow((void **)&s->candidates, &s->candidate_cap, s->candidate_count + 1, sizeof c, &s->err))
        return false;
    s->candidates[s->candidate_count++] = c;
    return true;
}

/* Pulls the units of the key at hand, the candidate added last. */
static bool pull_units(side *s, rk_snapshot *snapshot, size_t shard)
{
    rk_candidate *c = &s->candidates[s->candidate_count - 1];
    rk_unit unit;
    while (rk_snapshot_unit(snapshot, &unit, &s->err)) {
        if (s->unit_count == UNITS_MOST)
            return rk_fail(&s->err, RK_USAGE, RK_NO_OFFSET, "more than %d nodes and members",
                           (int)UNITS_MOST);
        if (unit.count > INT32_MAX)
            return rk_fail(&s->err, RK_USAGE, unit.str.offset, "a node of more than %d jobs", INT32_MAX);
        if (!rk_grow((void **)&s->units, &s->unit_cap, s->unit_count + 1, sizeof *s->units, &s->err))
            return false;
        side_unit *u = &s->units[s->unit_count++];
        *u = (side_unit){ .digest = rk_digest_of(unit.raw),
                          .spot = rk_spot_of(shard, unit.str.offset),
                          .count = unit.count,
                          .partner = UNIT_ALONE,
                          .form = unit.form };
        if (unit.scored && unit.form == RK_UNIT_ITEM)
            u->score = unit.score;
        else
            u->position = c->jobs;
        c->jobs += unit.count;
        c->unit_count++;
    }
    return s->err.code == RK_OK;
}

static bool read_key(side *s, rk_snapshot *snapshot, const rk_key *key, size_t shard)
{
    rk_digest value;
    rk_snapshot_digest_begin(snapshot);
    if (rk_candidate_is(key->name, key->type)) {
        if (!add_candidate(s, key, shard))
            return false;
        if ((key->type == RK_LIST || key->type == RK_ZSET) && !pull_units(s, snapshot, shard))
            return false;
    }
    return rk_snapshot_digest_end(snapshot, &value, &s->err) &&
           rk_catalog_add(&s->catalog, key, shard, value, &s->err);
}

static bool read_shard(side *s, size_t i)
{
    rk_key key;
    rk_snapshot_options options = { .source = { .second_look = true,
                                                .progress = s->progress ? &s->progress[i] : NULL },
                                    .without = s->options->without };
    s->shards[i] = rk_snapshot_open_with(s->paths->items[i], &options, &s->err);
    if (!s->shards[i])
        return false;
    while (rk_snapshot_next(s->shards[i], &key, &s->err))
        if (!read_key(s, s->shards[i], &key, i))
            return false;
    if (s->err.code != RK_OK)
        return false;
    const rk_snapshot_info *info = rk_snapshot_info_of(s->shards[i]);
    s->partial |= info->partial;
    if (info->ctime > s->now_s && info->ctime < TIME_MOST)
        s->now_s = info->ctime;
    return (s->looks[i] = rk_look_open(s->shards[i], &s->err)) != NULL;
}

/* Keys that are places of jobs are compared job by job, not as keys. */
static void sort_out_places(side *s)
{
    for (size_t i = 0; i < s->candidate_count; i++) {
        const rk_candidate *c = &s->candidates[i];
        rk_catalog_key *key = c->place ? rk_catalog_find(&s->catalog, c->db, c->name) : NULL;
        while (key && key->spot != c->spot)
            key = rk_catalog_find_digest(&s->catalog, key->name, key);
        if (key)
            key->flags &= (uint8_t)~RK_KEY_COUNTED;
        if (c->place && ((const rk_place *)c->place)->kind != RK_PLACE_WORK)
            s->shard_jobs[rk_spot_shard(c->spot)] += c->jobs;
    }
}

static void count_shadows(side *s)
{
    for (size_t i = 0; i < s->catalog.count; i++)
        s->shadows += (s->catalog.keys[i].flags & RK_KEY_SHADOW) != 0;
}

bool side_find_layouts(side *s, const rk_layouts *hints)
{
    const char *only = side_namespace(s);
    char prefix[300];
    rk_evidence evidence = { .catalog = &s->catalog,
                             .looks = s->looks,
                             .candidates = s->candidates,
                             .candidate_count = s->candidate_count,
                             .now_s = s->now_s,
                             .alive_within_s = s->options->alive_within_s,
                             .hints = hints,
                             .only = only != NULL,
                             .only_prefix = RK_EMPTY };
    if (only && *only) {
        size_t len = strlen(only);
        if (len > sizeof prefix - 2)
            return rk_fail(&s->err, RK_USAGE, RK_NO_OFFSET, "a namespace of %zu bytes is too long", len);
        memcpy(prefix, only, len);
        if (prefix[len - 1] != ':')
            prefix[len++] = ':';
        evidence.only_prefix = (rk_slice){ (const uint8_t *)prefix, len };
    }
    rk_layouts_free(&s->layouts);
    for (size_t i = 0; i < s->catalog.count; i++)
        s->catalog.keys[i].flags |= RK_KEY_COUNTED;
    memset(s->shard_jobs, 0, s->shard_count * sizeof *s->shard_jobs);
    if (!rk_layouts_find(&s->layouts, &evidence, &s->err))
        return false;
    sort_out_places(s);
    return true;
}

bool side_read(side *s)
{
    size_t count = s->paths->count;
    s->now_s = -1;
    if (count > RK_SHARDS_MOST)
        return rk_fail(&s->err, RK_USAGE, RK_NO_OFFSET, "more than %d files a side", RK_SHARDS_MOST);
    s->shards = rk_alloc(count * sizeof(rk_snapshot *));
    s->looks = rk_alloc(count * sizeof(rk_look *));
    s->shard_jobs = rk_alloc(count * sizeof(uint64_t));
    s->shard_count = count;
    if (!s->shards || !s->looks || !s->shard_jobs)
        return rk_no_memory(&s->err);
    for (size_t i = 0; i < count; i++)
        if (!read_shard(s, i))
            return false;
    if (!rk_catalog_close(&s->catalog, &s->err))
        return false;
    count_shadows(s);
    return side_find_layouts(s, NULL);
}

void side_free(side *s)
{
    payload_close(&s->reader);
    for (size_t i = 0; s->looks && i < s->shard_count; i++)
        rk_look_close(s->looks[i]);
    for (size_t i = 0; s->shards && i < s->shard_count; i++)
        rk_snapshot_close(s->shards[i]);
    rk_free(s->shards);
    rk_free(s->looks);
    rk_free(s->shard_jobs);
    rk_layouts_free(&s->layouts);
    rk_catalog_free(&s->catalog);
    rk_free(s->candidates);
    rk_free(s->units);
    rk_free(s->jobs);
    rk_free(s->first_job);
    rk_free(s->place_jobs);
    rk_arena_free(&s->arena);
}
