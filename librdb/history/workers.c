/* workers: the processes of Sidekiq, their heartbeats, what their work hashes show, and what the counters say (spec:
 * Sidekiq, "Heartbeat", "Stop", "Accounting with the counters"). */
#include "life.h"

#include <math.h>

enum {
    STATED_MOST = 100000, /* threads: more are no number of threads */
    INTERVAL_LEAST = 4,   /* seconds from heartbeat to heartbeat that are usual */
    INTERVAL_MOST = 11,
    BOOT_S = 5,        /* from the start of a process to its first heartbeat, at most */
    BEFORE_THE_LOG = 1 /* stopped in step 1: as the log begins, its hash is there, and it is no member */
};

static bool read_bytes(rk_history *h, uint32_t item, rk_slice *bytes)
{
    return rk_replay_item(h->replay, item, &h->scratch[0], bytes, h->err);
}

static rk_verb verb_of(const rk_history *h)
{
    return h->step.command ? h->step.command->verb : RK_VERB_UNKNOWN;
}

/* ---- work hashes --------------------------------------------------------------------------------------------------- */

/* The job within the JSON of one thread: an object until 6.0.1, a text in a string from 6.0.2 on. Empty: there is none. */
static bool held_payload(rk_history *h, rk_slice json, rk_slice *payload)
{
    rk_json_value value;
    *payload = RK_EMPTY;
    if (!rk_json_member(json, "payload", &value))
        return true;
    *payload = value.text;
    return value.kind != RK_JSON_STRING || rk_json_string(value, &h->scratch[3], payload, h->err) ||
           h->err->code == RK_OK;
}

/* The job is in the hands of the process. */
static bool show(rk_history *h, uint32_t job, uint32_t place, uint32_t process)
{
    life_job *j = &h->jobs[job];
    rk_life what = h->base ? RK_LIFE_FOUND : RK_LIFE_SHOWN;
    bool again = j->state == JOB_TAKEN && j->holder == process;
    if (j->state == JOB_OVER) { /* taken before the log began; or thought to have ended */
        life_begin(h, job);
        j->flags &= (uint8_t)~JOB_NEW_HERE;
        j->place = place;
        life_set_state(h, job, JOB_TAKEN);
        h->layouts[h->places[place].layout].started++;
    } else if (j->state != JOB_TAKEN) {
        return true; /* also in a private list, or pushed back since */
    }
    j->holder = process;
    j->since = h->number;
    j->flags &= (uint8_t)~JOB_UNSHOWN;
    life_event *event = again ? NULL : life_tell(h, what, job, place);
    if (event)
        event->process = process;
    return again || event;
}

static bool work_in(rk_history *h, uint32_t place, uint32_t process, uint64_t field, uint32_t item)
{
    rk_slice bytes, text;
    life_payload payload;
    uint32_t job;
    if (!read_bytes(h, item, &bytes) || !held_payload(h, bytes, &text))
        return false;
    if (text.len == 0)
        return true;
    if (!life_read_payload(h, text, &payload) || !life_job_of(h, &payload, &job))
        return false;
    life_mark *mark = life_mark_of(h, place, field);
    if (!mark)
        return false;
    if (mark->count && mark->value != job) { /* the thread has another one now */
        uint32_t before = mark->value;
        h->jobs[before].shown--;
        h->jobs[before].flags |= JOB_UNSHOWN;
        h->jobs[before].since = h->number;
        life_release(h, before);
        mark->count = 0;
        h->processes[process].shown--;
    }
    if (!mark->count) {
        mark->count = 1;
        mark->value = job;
        h->jobs[job].shown++;
        h->processes[process].shown++;
    }
    return show(h, job, place, process);
}

/* What a thread takes out of the hash by itself, until 3.x, it has ended; else the next heartbeat will tell. */
static bool work_out(rk_history *h, uint32_t place, uint32_t process, uint64_t field, bool by_itself)
{
    life_mark *mark = life_find(h, place, field);
    if (!mark)
        return true;
    uint32_t job = mark->value;
    life_job *j = &h->jobs[job];
    life_unmark(h, mark);
    j->shown--;
    h->processes[process].shown--;
    if (j->state == JOB_TAKEN && j->holder == process && by_itself)
        return life_end(h, job, RK_FATE_ENDED, RK_BECAUSE_HEARTBEATS, NULL);
    if (j->state == JOB_TAKEN && j->holder == process) {
        j->flags |= JOB_UNSHOWN;
        j->since = h->number;
    }
    life_release(h, job);
    return true;
}

static bool work_effect(rk_history *h, uint32_t place, uint32_t process, const rk_effect *e)
{
    rk_verb verb = verb_of(h);
    bool within = h->step.command && h->step.command->in_multi;
    switch (e->kind) {
    case RK_EFFECT_IN:
        return work_in(h, place, process, e->hash, e->value);
    case RK_EFFECT_OUT:
        return work_out(h, place, process, e->hash, verb == RK_VERB_HDEL);
    case RK_EFFECT_GONE:
        if (verb == RK_VERB_DEL && within)
            h->layouts[h->places[place].layout].deletes_with_del = true;
        return true;
    default:
        return true;
    }
}

/* Until 2.17 each thread has a string of its own, and deletes it when it is done. */
static bool worker_effect(rk_history *h, uint32_t place, uint32_t process, const rk_effect *e)
{
    bool done = verb_of(h) == RK_VERB_DEL || verb_of(h) == RK_VERB_UNLINK;
    if (e->kind == RK_EFFECT_STRING || e->kind == RK_EFFECT_IN)
        return work_in(h, place, process, 0, e->item);
    return e->kind != RK_EFFECT_GONE || work_out(h, place, process, 0, done);
}

/* ---- processes ------------------------------------------------------------------------------------------------------ */

/* What a process says of itself; a new start of the same name is a new process. */
static bool read_info(rk_history *h, life_process *p, rk_slice bytes)
{
    rk_json_value value;
    double number;
    bool integer;
    p->info.len = 0;
    if (!rk_buf_add(&p->info, bytes, h->err))
        return false;
    if (p->serves_cap)
        memset(p->serves, 0, p->serves_cap);
    if (rk_json_member(bytes, "concurrency", &value) && rk_json_number(value, &number, &integer) &&
        number > 0 && number < STATED_MOST)
        p->concurrency = (int64_t)number;
    if (!rk_json_member(bytes, "started_at", &value) || !rk_json_number(value, &number, &integer))
        return true;
    double started_at = number > 1e11 ? number / 1000 : number;
    if (p->stopped && started_at > p->started_at) {
        p->stopped = p->quiet = 0;
        p->first = h->number;
    }
    p->started_at = started_at;
    return true;
}

static void note_beat(rk_history *h, life_process *p, rk_slice bytes)
{
    double beat;
    if (!rk_slice_double(bytes, &beat) || !isfinite(beat))
        return;
    p->beat = beat;
    p->beating = true;
    if (!h->info.annotated && beat > (double)h->now_s && beat < 1e11)
        h->now_s = (int64_t)beat;
}

static bool process_field(rk_history *h, life_process *p, const rk_effect *e)
{
    rk_slice bytes;
    int64_t number;
    static const char *const names[] = { "info", "beat", "quiet", "concurrency" };
    size_t i = 0;
    while (i < sizeof names / sizeof names[0] && e->hash != rk_hash64(rk_slice_of(names[i])))
        i++;
    if (i == sizeof names / sizeof names[0])
        return true;
    if (!read_bytes(h, e->value, &bytes))
        return false;
    if (i == 0)
        return read_info(h, p, bytes);
    if (i == 1)
        note_beat(h, p, bytes);
    else if (i == 2 && rk_slice_is(bytes, RK_TEXT("true")))
        p->quiet = p->quiet ? p->quiet : h->number;
    else if (i == 2)
        p->quiet = 0;
    else if (rk_slice_int(bytes, &number) && number > 0 && number < STATED_MOST)
        p->concurrency = number;
    return true;
}

static bool process_effect(rk_history *h, uint32_t process, const rk_effect *e)
{
    life_process *p = &h->processes[process];
    if (e->kind == RK_EFFECT_IN) {
        p->hash_there = true;
        return process_field(h, p, e);
    }
    if (e->kind == RK_EFFECT_GONE)
        p->hash_there = false;
    return true;
}

/* Every 5 s until Sidekiq 6.5, then every 10 s. */
static void note_interval(life_layout *layout, life_process *p)
{
    int64_t seconds = p->before_s < 0 ? 0 : p->beat_s - p->before_s;
    if (seconds < INTERVAL_LEAST || seconds > INTERVAL_MOST)
        return;
    if (seconds > p->interval_s)
        p->interval_s = seconds;
    if (seconds > layout->interval_s)
        layout->interval_s = seconds;
}

/* It has a heartbeat with this command. What it took before was counted, and what it has was shown. */
static bool beat(rk_history *h, uint32_t process)
{
    life_process *p = &h->processes[process];
    p->beating = false;
    p->before = p->last;
    p->before_s = p->beat_s;
    p->last = h->base ? 0 : h->number;
    p->beat_s = h->base && isfinite(p->beat) && fabs(p->beat) < 1e11 ? (int64_t)p->beat : h->now_s;
    p->down_s = h->down_s;
    p->beat_spot = h->spot;
    note_interval(&h->layouts[p->layout], p);
    if (p->stopped == BEFORE_THE_LOG)
        p->stopped = 0;
    if (p->before_s < 0 && !h->base && h->info.first_s >= 0 &&
        p->started_at + BOOT_S < (double)h->info.first_s)
        h->layouts[p->layout].at_work_before = true;
    h->asked = true;
    if (p->on_roster)
        return true;
    if (!rk_grow((void **)&h->roster, &h->roster_cap, h->roster_count + 1, sizeof *h->roster, h->err))
        return false;
    h->roster[h->roster_count++] = process;
    p->on_roster = true;
    return true;
}

bool life_workers_end(rk_history *h)
{
    for (size_t i = 0; i < h->beating_count; i++)
        if (!beat(h, h->beating[i]))
            return false;
    h->beating_count = 0;
    return true;
}

void life_base_end(rk_history *h)
{
    for (size_t i = 0; i < h->process_count; i++) {
        life_process *p = &h->processes[i];
        bool alive = p->member && !(h->now_s - p->beat_s > RENEWED_S);
        if (!p->member && p->hash_there)
            p->stopped = BEFORE_THE_LOG;
        h->layouts[p->layout].at_work_before |= alive;
    }
}

size_t life_layout_of(const rk_history *h, const life_job *j)
{
    return j->holder != NOTHING  ? h->processes[j->holder].layout
           : j->place != NOTHING ? h->places[j->place].layout
                                 : 0;
}

/* ---- `processes` ------------------------------------------------------------------------------------------------------ */

/* The member leaves: as it stops, cleanly, or because somebody cleans up behind one that died: then its hash is gone. */
static void leave(rk_history *h, uint32_t layout, uint64_t identity)
{
    life_mark *mark = life_find(h, TAG_PROCESSES + layout, identity);
    life_process *p = mark ? &h->processes[mark->value] : NULL;
    if (p)
        p->member = false;
    if (!p || !p->hash_there || (h->now_s >= 0 && p->beat_s >= 0 && h->now_s - p->beat_s > RENEWED_S))
        return;
    p->stopped = h->number;
    p->stop_spot = h->spot;
    h->layouts[layout].last_stop = h->number;
    h->asked = true;
}

static bool processes_effect(rk_history *h, uint32_t layout, const rk_effect *e)
{
    rk_slice bytes;
    uint32_t process;
    if (e->kind == RK_EFFECT_OUT && !e->whole)
        leave(h, layout, e->hash);
    if (e->kind != RK_EFFECT_IN)
        return true;
    if (!read_bytes(h, e->item, &bytes) || !life_process_named(h, layout, bytes, &process))
        return false;
    h->processes[process].member = true;
    return true;
}

/* ---- `queues` and the counter -------------------------------------------------------------------------------------------- */

static bool queues_effect(rk_history *h, uint32_t place, const rk_effect *e)
{
    uint64_t hash = life_listed(h->places[place].layout, e->hash);
    life_mark *mark = life_find(h, TAG_LISTED, hash);
    if (e->kind == RK_EFFECT_IN && !mark) {
        mark = life_mark_of(h, TAG_LISTED, hash);
        if (!mark)
            return false;
        mark->count = 1;
    } else if (e->kind == RK_EFFECT_OUT && mark) {
        life_unmark(h, mark);
        return e->whole || life_unlisted(h, place, e->hash);
    }
    return true;
}

/* A counter that goes back was reset, or flushed. */
static bool counter_effect(rk_history *h, uint32_t layout, const rk_effect *e)
{
    life_layout *l = &h->layouts[layout];
    rk_slice bytes;
    int64_t value;
    if (e->kind == RK_EFFECT_GONE)
        l->counter = 0;
    if (e->kind != RK_EFFECT_STRING && e->kind != RK_EFFECT_IN)
        return true;
    if (!read_bytes(h, e->item, &bytes))
        return false;
    if (!rk_slice_int(bytes, &value) || value < 0)
        return true;
    bool counts = !h->base && verb_of(h) != RK_VERB_SET && verb_of(h) != RK_VERB_MSET;
    if (counts && (uint64_t)value > l->counter)
        l->counted += (uint64_t)value - l->counter;
    l->counter = (uint64_t)value;
    return true;
}

bool life_worker_effect(rk_history *h, uint32_t place, const rk_effect *e)
{
    const life_place *p = &h->places[place];
    uint32_t process;
    switch (p->role) {
    case KEY_PROCESSES:
        return processes_effect(h, p->layout, e);
    case KEY_QUEUES:
        return queues_effect(h, place, e);
    case KEY_PROCESSED:
        return counter_effect(h, p->layout, e);
    case KEY_WORK:
    case KEY_WORKER:
    case KEY_PROCESS:
        break;
    default:
        return true;
    }
    life_role role = p->role;
    if (!life_process_named(h, p->layout, p->owner, &process))
        return false;
    if (role == KEY_WORK)
        return work_effect(h, place, process, e);
    if (role == KEY_WORKER)
        return worker_effect(h, place, process, e);
    if (!process_effect(h, process, e))
        return false;
    if (!h->processes[process].beating)
        return true;
    for (size_t i = 0; i < h->beating_count; i++)
        if (h->beating[i] == process)
            return true;
    if (h->beating_count == BEATING_MOST)
        return true;
    h->beating[h->beating_count++] = process;
    return true;
}
