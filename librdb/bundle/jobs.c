/* jobs: every job of a data set, one after the other, read again where it lies. */
#include "jobs.h"

/* A work hash shows again what a place holds: that must be known by the time the held jobs are told. */
static bool note_shown(rk_jobs *jobs, rk_err *err)
{
    rk_envelope envelope;
    uint64_t id;
    bool fresh;
    for (size_t i = 0; i < jobs->layouts.held_count; i++) {
        rk_slice payload = jobs->layouts.held[i].payload;
        rk_envelope_scan(payload, &envelope);
        if (!rk_bundle_id_of(payload, &envelope, &jobs->jid, &id, err) ||
            !rk_bundle_ids_add(&jobs->shown, id, &fresh, err))
            return false;
    }
    return true;
}

rk_jobs *rk_jobs_open(const rk_jobs_options *options, rk_err *err)
{
    rk_jobs *jobs = rk_alloc(sizeof *jobs);
    if (!jobs) {
        rk_no_memory(err);
        return NULL;
    }
    jobs->options = options;
    if (rk_jobs_read(jobs, err) && note_shown(jobs, err))
        return jobs;
    rk_jobs_close(jobs);
    return NULL;
}

void rk_jobs_close(rk_jobs *jobs)
{
    if (!jobs)
        return;
    for (size_t i = 0; i < jobs->shard_count; i++) {
        rk_look_close(jobs->walkers ? jobs->walkers[i] : NULL);
        rk_look_close(jobs->looks ? jobs->looks[i] : NULL);
        rk_snapshot_close(jobs->shards ? jobs->shards[i] : NULL);
    }
    rk_free(jobs->walkers);
    rk_free(jobs->shards);
    rk_free(jobs->looks);
    rk_layouts_free(&jobs->layouts);
    rk_catalog_free(&jobs->catalog);
    rk_free(jobs->candidates);
    rk_arena_free(&jobs->arena);
    rk_bundle_ids_free(&jobs->shown);
    rk_bundle_ids_free(&jobs->listed);
    rk_buf_free(&jobs->blob);
    rk_buf_free(&jobs->jid);
    rk_buf_free(&jobs->class_name);
    rk_free(jobs);
}

const rk_snapshot *rk_jobs_snapshot(const rk_jobs *jobs, size_t source)
{
    return source < jobs->shard_count ? jobs->shards[source] : NULL;
}

const rk_layouts *rk_jobs_layouts(const rk_jobs *jobs)
{
    return &jobs->layouts;
}

rk_data_set rk_jobs_data_set(const rk_jobs *jobs)
{
    return (rk_data_set){ &jobs->catalog, jobs->looks, jobs->now_s };
}

/* ---- the walk ---------------------------------------------------------------------------------------------------- */

static bool fill_in(rk_jobs *jobs, rk_job_seen *job, rk_err *err)
{
    job->is_object = rk_envelope_scan(job->payload, &job->envelope);
    job->jid = job->envelope.jid;
    if (job->envelope.jid_escaped && !rk_json_unescape(job->envelope.jid, &jobs->jid, &job->jid, err))
        return false;
    job->id = job->jid.len > 0 ? rk_hash64(job->jid) : rk_digest_of(job->payload).lo;
    return rk_envelope_class(&job->envelope, &jobs->class_name, &job->class_name, err);
}

static const rk_candidate *segment_at(const rk_jobs *jobs)
{
    return jobs->layouts.places[jobs->place]->segments[jobs->segment].candidate;
}

/* Moves to the next place, or part of one, that holds jobs in a list or a sorted set. */
static bool find_segment(rk_jobs *jobs)
{
    for (; jobs->place < jobs->layouts.place_count; jobs->place++, jobs->segment = 0) {
        const rk_place *place = jobs->layouts.places[jobs->place];
        if (place->kind != RK_PLACE_WORK && jobs->segment < place->segment_count)
            return true;
    }
    return false;
}

static bool open_key(rk_jobs *jobs, rk_err *err)
{
    rk_key key;
    const rk_candidate *c = segment_at(jobs);
    jobs->position = 0; /* a list in several sources is taken for one behind the other */
    for (size_t i = 0; i < jobs->segment; i++)
        jobs->position += jobs->layouts.places[jobs->place]->segments[i].candidate->jobs;
    jobs->unit_open = false;
    jobs->told = 0;
    jobs->key_open = rk_look_key(jobs->walkers[rk_spot_shard(c->spot)], rk_spot_offset(c->spot), &key, err);
    return jobs->key_open;
}

/* Opens the next unit of the key at hand; *more is false behind the last. */
static bool open_unit(rk_jobs *jobs, bool *more, rk_err *err)
{
    rk_slice bytes;
    *more = rk_look_unit(jobs->walkers[rk_spot_shard(segment_at(jobs)->spot)], &jobs->unit, err);
    if (!*more)
        return err->code == RK_OK;
    jobs->walk_err = (rk_err){ 0 };
    if (!rk_str_bytes(&jobs->unit.str, &jobs->blob, &bytes, err))
        return false;
    jobs->unit_open = rk_unit_walk_open(&jobs->unit_walk, &jobs->unit, bytes, &jobs->walk_err);
    if (!jobs->unit_open)
        *err = jobs->walk_err;
    return jobs->unit_open;
}

/* All that the first pass counted has been met again. */
static bool end_key(rk_jobs *jobs, rk_err *err)
{
    const rk_candidate *c = segment_at(jobs);
    if (jobs->told != c->jobs)
        return rk_fail(err, RK_DAMAGED, rk_spot_offset(c->spot), "the file changed while it was read");
    jobs->key_open = false;
    jobs->segment++;
    return true;
}

/* The next payload of a list or a sorted set; *found is false behind the last of all. */
static bool next_listed(rk_jobs *jobs, rk_job_seen *job, bool *found, rk_err *err)
{
    bool more = true;
    *found = false;
    while (jobs->key_open || find_segment(jobs)) {
        if (!jobs->key_open && !open_key(jobs, err))
            return false;
        if (jobs->unit_open && rk_unit_walk_next(&jobs->unit_walk, &job->payload, &job->score)) {
            *found = true;
            return true;
        }
        if (jobs->unit_open && jobs->walk_err.code != RK_OK) {
            *err = jobs->walk_err;
            return false;
        }
        jobs->unit_open = false;
        if (!open_unit(jobs, &more, err))
            return false;
        if (!more && !end_key(jobs, err))
            return false;
    }
    return true;
}

static bool tell_listed(rk_jobs *jobs, rk_job_seen *job, rk_err *err)
{
    const rk_candidate *c = segment_at(jobs);
    bool fresh;
    job->place = jobs->layouts.places[jobs->place];
    job->key = c->name;
    job->source = rk_spot_shard(c->spot);
    job->position = jobs->position++;
    jobs->told++;
    job->offset = jobs->unit.str.offset;
    if (!fill_in(jobs, job, err))
        return false;
    return !rk_bundle_ids_has(&jobs->shown, job->id) ||
           rk_bundle_ids_add(&jobs->listed, job->id, &fresh, err);
}

static bool tell_held(rk_jobs *jobs, rk_job_seen *job, rk_err *err)
{
    const rk_held *held = &jobs->layouts.held[jobs->held++];
    job->place = held->place;
    job->key = held->place->segment_count > 0 ? held->place->segments[0].candidate->name : RK_EMPTY;
    job->source = rk_spot_shard(held->spot);
    job->offset = rk_spot_offset(held->spot);
    job->payload = held->payload;
    if (!fill_in(jobs, job, err))
        return false;
    job->echo = rk_bundle_ids_has(&jobs->listed, job->id);
    return true;
}

bool rk_jobs_next(rk_jobs *jobs, rk_job_seen *job, rk_err *err)
{
    bool found;
    *job = (rk_job_seen){ .key = RK_EMPTY, .payload = RK_EMPTY, .jid = RK_EMPTY, .class_name = RK_EMPTY };
    if (!next_listed(jobs, job, &found, err))
        return rk_err_source(err, jobs->options->paths->items[rk_spot_shard(segment_at(jobs)->spot)]);
    if (found)
        return tell_listed(jobs, job, err);
    return jobs->held < jobs->layouts.held_count && tell_held(jobs, job, err);
}
