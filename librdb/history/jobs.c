/* jobs: the record of a job, from its first sight to its end, and its events. */
#include "life.h"

#include <math.h>

enum {
    CLASSES_MOST = 100000
}; /* names of classes are kept for good: who has more than these gets none told */

/* ---- payloads --------------------------------------------------------------------------------------------------- */

/* What the scheduler cannot push: it is gone when it was due (spec: Sidekiq, "The scheduler"). */
static bool is_poison(const rk_envelope *e, rk_slice bytes)
{
    return !e->is_object || !e->has_class || !e->has_args || !e->args_is_array || !rk_slice_utf8(bytes);
}

bool life_read_payload(rk_history *h, rk_slice bytes, life_payload *payload)
{
    rk_envelope e;
    *payload = (life_payload){ .jid = RK_EMPTY, .class_name = RK_EMPTY };
    payload->parsed = rk_envelope_scan(bytes, &e);
    payload->poison = is_poison(&e, bytes);
    payload->failed = e.error_class.len > 0 || !isnan(e.failed_at);
    payload->enqueued_at = e.enqueued_at;
    payload->jid = e.jid;
    if (e.jid_escaped && !rk_json_unescape(e.jid, &h->scratch[1], &payload->jid, h->err))
        return false;
    payload->has_jid = payload->jid.len > 0;
    payload->id = rk_hash64(payload->has_jid ? payload->jid : bytes);
    payload->id += payload->id == 0;
    return rk_envelope_class(&e, &h->scratch[2], &payload->class_name, h->err);
}

/* ---- records ------------------------------------------------------------------------------------------------------ */

rk_slice life_jid(const life_job *job)
{
    if (job->jid_len == 0)
        return RK_EMPTY;
    return (rk_slice){ job->jid_len > sizeof job->jid.here ? job->jid.elsewhere : job->jid.here,
                       job->jid_len };
}

static bool keep_jid(rk_history *h, life_job *job, rk_slice jid)
{
    if (jid.len > UINT32_MAX)
        jid = RK_EMPTY;
    job->jid_len = (uint32_t)jid.len;
    if (jid.len > sizeof job->jid.here && !(job->jid.elsewhere = rk_alloc(jid.len)))
        return rk_no_memory(h->err);
    memcpy(jid.len > sizeof job->jid.here ? job->jid.elsewhere : job->jid.here, jid.ptr, jid.len);
    return true;
}

/* The number of a class' name; 0: none. */
static bool class_of(rk_history *h, rk_slice name, uint32_t *number)
{
    *number = 0;
    if (name.len == 0)
        return true;
    life_mark *mark = life_mark_of(h, TAG_CLASSES, rk_hash64(name));
    if (!mark)
        return false;
    if (!mark->count && h->class_count < CLASSES_MOST) {
        if (!rk_grow((void **)&h->classes, &h->class_cap, h->class_count + 1, sizeof *h->classes, h->err) ||
            !rk_arena_copy(&h->arena, name, &h->classes[h->class_count], h->err))
            return false;
        mark->count = 1;
        mark->value = (uint32_t)++h->class_count;
    }
    *number = mark->count ? mark->value : 0;
    h->mark_count -= !mark->count; /* it was not used */
    return true;
}

static bool new_record(rk_history *h, uint32_t *job)
{
    *job = h->free_jobs;
    if (*job != NOTHING) {
        h->free_jobs = h->jobs[*job].next;
        return true;
    }
    if (h->job_count == NOTHING)
        return rk_fail(h->err, RK_USAGE, RK_NO_OFFSET, "more than %u jobs at once", NOTHING);
    if (!rk_grow((void **)&h->jobs, &h->job_cap, h->job_count + 1, sizeof *h->jobs, h->err))
        return false;
    *job = (uint32_t)h->job_count++;
    return true;
}

bool life_job_of(rk_history *h, const life_payload *payload, uint32_t *job)
{
    uint32_t class_name;
    life_mark *mark = life_find(h, TAG_IDS, payload->id);
    if (mark) {
        *job = mark->value;
        return true;
    }
    if (!class_of(h, payload->class_name, &class_name) || !new_record(h, job))
        return false;
    life_job *j = &h->jobs[*job];
    *j = (life_job){ .id = payload->id,
                     .class_name = class_name,
                     .place = NOTHING,
                     .holder = NOTHING,
                     .suspect = NOTHING,
                     .next = NOTHING,
                     .before = NOTHING,
                     .flags = payload->has_jid ? JOB_HAS_JID : 0 };
    if (!keep_jid(h, j, payload->jid) || !(mark = life_mark_of(h, TAG_IDS, payload->id)))
        return false;
    mark->value = *job;
    mark->count = 1;
    return true;
}

void life_release(rk_history *h, uint32_t job)
{
    life_job *j = &h->jobs[job];
    if (j->state != JOB_OVER || j->copies || j->shown || j->queued)
        return;
    life_mark *mark = life_find(h, TAG_IDS, j->id);
    if (!mark || mark->value != job)
        return; /* a free record */
    life_unmark(h, mark);
    if (j->jid_len > sizeof j->jid.here)
        rk_free(j->jid.elsewhere);
    *j = (life_job){ .next = h->free_jobs };
    h->free_jobs = job;
}

/* ---- states ------------------------------------------------------------------------------------------------------- */

static life_list *list_of(rk_history *h, uint8_t state)
{
    return state == JOB_TAKEN    ? &h->taken
           : state == JOB_DUE    ? &h->due
           : state == JOB_DOOMED ? &h->doomed
           : state == JOB_MOVING ? &h->moving
                                 : NULL;
}

static void take_out(rk_history *h, life_list *list, life_job *j)
{
    *(j->before == NOTHING ? &list->first : &h->jobs[j->before].next) = j->next;
    *(j->next == NOTHING ? &list->last : &h->jobs[j->next].before) = j->before;
    list->count--;
}

void life_set_state(rk_history *h, uint32_t job, life_state state)
{
    life_job *j = &h->jobs[job];
    life_list *from = list_of(h, j->state), *to = list_of(h, (uint8_t)state);
    if (from)
        take_out(h, from, j);
    j->state = (uint8_t)state;
    j->since = h->number;
    j->next = j->before = NOTHING;
    if (!to)
        return;
    j->before = to->last;
    *(to->last == NOTHING ? &to->first : &h->jobs[to->last].next) = job;
    to->last = job;
    to->count++;
}

void life_begin(rk_history *h, uint32_t job)
{
    life_job *j = &h->jobs[job];
    if (j->state != JOB_OVER)
        return;
    h->info.jobs++;
    j->flags &= JOB_HAS_JID;
    j->flags |= h->base ? 0 : JOB_NEW_HERE;
    j->holder = NOTHING;
    j->taken = j->decided = (life_spot){ 0 };
    j->pushed = h->spot;
}

/* ---- events -------------------------------------------------------------------------------------------------------- */

life_event *life_tell(rk_history *h, rk_life what, uint32_t job, uint32_t place)
{
    if (!rk_grow((void **)&h->events, &h->event_cap, h->event_count + 1, sizeof *h->events, h->err))
        return NULL;
    life_event *event = &h->events[h->event_count++];
    *event = (life_event){ .what = what, .job = job, .place = place, .process = NOTHING, .spot = h->spot };
    h->jobs[job].queued++;
    h->info.lives[what]++;
    return event;
}

bool life_end(rk_history *h, uint32_t job, rk_fate_kind fate, rk_because because, const life_spot *spot)
{
    static const rk_life lives[RK_FATES] = { [RK_FATE_ENDED] = RK_LIFE_ENDED,
                                             [RK_FATE_REMOVED] = RK_LIFE_REMOVED,
                                             [RK_FATE_TRIMMED] = RK_LIFE_TRIMMED,
                                             [RK_FATE_LOST] = RK_LIFE_LOST,
                                             [RK_FATE_UNKNOWN] = RK_LIFE_UNKNOWN };
    life_job *j = &h->jobs[job];
    life_set_state(h, job, JOB_OVER);
    j->decided = spot ? *spot : h->spot;
    life_event *event = life_tell(h, lives[fate], job, j->place);
    if (!event)
        return false;
    event->spot = j->decided;
    event->process = j->holder;
    event->fate = fate;
    event->because = because;
    h->info.fates[fate]++;
    return true;
}
