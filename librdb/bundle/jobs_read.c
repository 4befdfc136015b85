/* jobs_read: the first pass over a data set: its keys into a catalog, and the layouts that are in it. */
#include "jobs.h"

/* In Unix seconds: the year 5138. What claims to be later tells no time. */
#define TIME_MOST INT64_C(100000000000)

/* What is counted, by a part of the name or by its role in a layout (spec: Sidekiq, "Ephemeral and noisy keys"). */
typedef enum { PROCESSES, WORK_HASHES, BY_NAME } left_out_kind;

static const struct {
    const char *part, *words;
} left_out_table[JOBS_LEFT_OUT] = {
    [PROCESSES] = { NULL, "heartbeats of processes" },
    [WORK_HASHES] = { NULL, "work hashes, which only show what processes have in hand" },
    [BY_NAME] = { "reliable-fetcher-", "heartbeats and locks of a fetcher" },
    { "super_processes", "registers of fetchers" },
    { "dear-leader", "tokens of a leader" },
    { "limit_fetch:probed:", "slots of a limiter that are taken" },
    { "limit_fetch:busy:", "slots of a limiter that are taken by queues" },
    { "throttled:", "counters of a throttle" },
    { "uniquejobs:reaper", "locks of a reaper" },
};

bool rk_jobs_left_out_next(const rk_jobs *jobs, size_t i, rk_jobs_left_out *left_out)
{
    for (size_t kind = 0; kind < JOBS_LEFT_OUT; kind++) {
        if (jobs->left_out[kind] == 0 || i-- > 0)
            continue;
        *left_out = (rk_jobs_left_out){ left_out_table[kind].words, jobs->left_out[kind] };
        return true;
    }
    return false;
}

static void note_left_out(rk_jobs *jobs, rk_slice name)
{
    for (size_t kind = BY_NAME; kind < JOBS_LEFT_OUT; kind++) {
        size_t at = rk_slice_find(name, rk_slice_of(left_out_table[kind].part), 0);
        jobs->left_out[kind] += at == 0 || (at != SIZE_MAX && name.ptr[at - 1] == ':');
    }
}

static bool add_key(rk_jobs *jobs, rk_snapshot *snapshot, const rk_key *key, size_t shard, rk_err *err)
{
    rk_candidate c = {
        .db = key->db, .type = key->type, .spot = rk_spot_of(shard, key->offset), .expire_ms = key->expire_ms
    };
    note_left_out(jobs, key->name);
    if (!rk_catalog_add(&jobs->catalog, key, shard, (rk_digest){ 0 }, err))
        return false;
    if (!rk_candidate_is(key->name, key->type))
        return true;
    if (!rk_arena_copy(&jobs->arena, key->name, &c.name, err) ||
        !rk_grow((void **)&jobs->candidates, &jobs->candidate_cap, jobs->candidate_count + 1, sizeof c, err))
        return false;
    rk_unit unit;
    while ((key->type == RK_LIST || key->type == RK_ZSET) && rk_snapshot_unit(snapshot, &unit, err))
        c.jobs += unit.count;
    jobs->candidates[jobs->candidate_count++] = c;
    return err->code == RK_OK;
}

static bool read_shard(rk_jobs *jobs, size_t i, rk_err *err)
{
    rk_key key;
    rk_progress *progress = jobs->options->progress;
    rk_snapshot_options options = { .source = { .second_look = true,
                                                .progress = progress ? &progress[i] : NULL },
                                    .without = jobs->options->without };
    rk_snapshot *snapshot = jobs->shards[i] =
        rk_snapshot_open_with(jobs->options->paths->items[i], &options, err);
    while (snapshot && rk_snapshot_next(snapshot, &key, err))
        if (!add_key(jobs, snapshot, &key, i, err))
            return rk_err_source(err, jobs->options->paths->items[i]);
    if (!snapshot || err->code != RK_OK)
        return false;
    int64_t ctime = rk_snapshot_info_of(snapshot)->ctime;
    if (ctime > jobs->now_s && ctime < TIME_MOST)
        jobs->now_s = ctime;
    return (jobs->looks[i] = rk_look_open(snapshot, err)) != NULL &&
           (jobs->walkers[i] = rk_look_open(snapshot, err)) != NULL;
}

static bool find_layouts(rk_jobs *jobs, rk_err *err)
{
    const char *only = jobs->options->namespace_only;
    rk_buf prefix = { 0 };
    rk_evidence evidence = { .catalog = &jobs->catalog,
                             .looks = jobs->looks,
                             .candidates = jobs->candidates,
                             .candidate_count = jobs->candidate_count,
                             .now_s = jobs->now_s,
                             .alive_within_s = jobs->options->alive_within_s,
                             .only = only != NULL };
    bool ok = true;
    if (only && *only)
        ok = rk_buf_add(&prefix, rk_slice_of(only), err) && rk_buf_add(&prefix, RK_TEXT(":"), err);
    evidence.only_prefix = rk_buf_slice(&prefix);
    ok = ok && rk_layouts_find(&jobs->layouts, &evidence, err);
    rk_buf_free(&prefix);
    return ok;
}

static void count_in_layouts(rk_jobs *jobs)
{
    for (size_t i = 0; i < jobs->layouts.count; i++)
        jobs->left_out[PROCESSES] += jobs->layouts.items[i]->process_count;
    for (size_t i = 0; i < jobs->layouts.place_count; i++)
        jobs->left_out[WORK_HASHES] += jobs->layouts.places[i]->kind == RK_PLACE_WORK;
}

bool rk_jobs_read(rk_jobs *jobs, rk_err *err)
{
    size_t count = jobs->options->paths->count;
    jobs->now_s = -1;
    if (count > RK_SHARDS_MOST)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "%zu files in one data set, %d are the most", count,
                       RK_SHARDS_MOST);
    jobs->shards = rk_alloc((count + 1) * sizeof(rk_snapshot *));
    jobs->looks = rk_alloc((count + 1) * sizeof(rk_look *));
    jobs->walkers = rk_alloc((count + 1) * sizeof(rk_look *));
    if (!jobs->shards || !jobs->looks || !jobs->walkers)
        return rk_no_memory(err);
    jobs->shard_count = count;
    for (size_t i = 0; i < count; i++)
        if (!read_shard(jobs, i, err))
            return false;
    if (!rk_catalog_close(&jobs->catalog, err) || !find_layouts(jobs, err))
        return false;
    count_in_layouts(jobs);
    return true;
}
