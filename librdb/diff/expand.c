/* expand: jobs, one by one, of the units that were not matched as they lie in the file. */
#include "side.h"

/* What tells one job from another: its jid, or, where it has none, its bytes. */
static bool identify(side *s, side_job *job, rk_slice payload)
{
    rk_envelope envelope;
    bool parsed = rk_envelope_scan(payload, &envelope);
    job->payload = rk_digest_of(payload);
    job->flags |= (parsed ? JOB_PARSED : 0) | (rk_slice_utf8(payload) ? JOB_UTF8 : 0);
    job->flags |= rk_class_is_volatile(envelope.class_name) ? JOB_NOISE : 0;
    if (!payload_jid(&envelope, &s->reader.text, &job->jid, &s->err))
        return false;
    if (job->jid)
        job->flags |= JOB_HAS_JID;
    else
        job->jid = job->payload.lo;
    return true;
}

static side_job *new_job(side *s, uint32_t place)
{
    if (s->job_count >= NO_PARTNER - 1) {
        rk_fail(&s->err, RK_USAGE, RK_NO_OFFSET, "more than %" PRIu32 " jobs differ", NO_PARTNER - 1);
        return NULL;
    }
    if (!rk_grow((void **)&s->jobs, &s->job_cap, s->job_count + 1, sizeof *s->jobs, &s->err))
        return NULL;
    side_job *job = &s->jobs[s->job_count++];
    *job = (side_job){ .place = place, .partner = NO_PARTNER };
    return job;
}

static bool expand_unit(side *s, const rk_place *place, uint32_t unit)
{
    rk_slice payload;
    double score = 0;
    bool scored = side_place_is_scored(place);
    if (!payload_open_unit(&s->reader, unit, scored, &s->err))
        return false;
    while (payload_next(&s->reader, &payload, &score, &s->err)) {
        side_job *job = new_job(s, (uint32_t)place->id);
        if (!job)
            return false;
        job->unit = unit;
        job->index = s->reader.next - 1;
        if (scored)
            job->score = score;
        else
            job->position = s->units[unit].position + job->index;
        if (!identify(s, job, payload))
            return false;
    }
    return s->err.code == RK_OK;
}

/* The first held job of a place; they are sorted by it. */
static size_t first_held(const rk_layouts *l, const rk_place *place)
{
    size_t from = 0, to = l->held_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (l->held[middle].place->id < place->id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static bool expand_held(side *s, const rk_place *place)
{
    size_t i = place->alive ? first_held(&s->layouts, place) : s->layouts.held_count;
    for (; i < s->layouts.held_count && s->layouts.held[i].place == place; i++) {
        side_job *job = new_job(s, (uint32_t)place->id);
        if (!job)
            return false;
        job->unit = (uint32_t)i;
        job->flags = JOB_HELD;
        if (!identify(s, job, s->layouts.held[i].payload))
            return false;
    }
    return true;
}

static bool expand_units(side *s, const rk_place *place)
{
    for (size_t i = 0; i < place->segment_count; i++) {
        const rk_candidate *c = place->segments[i].candidate;
        for (uint64_t u = c->first_unit; u < c->first_unit + c->unit_count; u++)
            if (s->units[u].partner == UNIT_ALONE && !expand_unit(s, place, (uint32_t)u))
                return false;
    }
    return true;
}

bool side_expand(side *s, const rk_place *place)
{
    size_t first = s->first_job[place->id] = s->job_count;
    if (!(place->kind == RK_PLACE_WORK ? expand_held(s, place) : expand_units(s, place)))
        return false;
    s->place_jobs[place->id] = s->job_count - first;
    return true;
}

bool side_expand_begin(side *s)
{
    size_t count = s->layouts.place_count;
    s->first_job = rk_alloc((count + 1) * sizeof *s->first_job);
    s->place_jobs = rk_alloc((count + 1) * sizeof *s->place_jobs);
    if (!s->first_job || !s->place_jobs)
        return rk_no_memory(&s->err);
    return payload_open(&s->reader, s, &s->err);
}
