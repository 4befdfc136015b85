/* moves: jobs that come into a place and leave it (spec: Sidekiq, "Life cycle, command by command", "Reading the AOF").
 * What leaves with a command that may put it elsewhere is on the move until the command is over. */
#include "life.h"

enum {
    DUE_S = 15,         /* who took a job out of a sorted set to push it has done so by then */
    DUE_STEPS = 200000, /* where the log tells no time */
    BETWEEN_STEPS = 20, /* at the end, that long ago it may still be pushed */
    UNLIST_STEPS = 2    /* `queues` loses the name of a cleared queue with the next command */
};

/* ---- in ----------------------------------------------------------------------------------------------------------- */

static const life_place *place_of(const rk_history *h, const life_job *j)
{
    return j->place == NOTHING ? NULL : &h->places[j->place];
}

static bool is_from(const rk_history *h, const life_job *j, rk_place_kind kind)
{
    const life_place *from = place_of(h, j);
    return from && from->kind == kind;
}

static rk_life by_kind(rk_place_kind kind)
{
    static const rk_life lives[] = {
        [RK_PLACE_QUEUE] = RK_LIFE_PUSHED,
        [RK_PLACE_SCHEDULE] = RK_LIFE_SCHEDULED,
        [RK_PLACE_RETRY] = RK_LIFE_FAILED,
        [RK_PLACE_DEAD] = RK_LIFE_DIED,
        [RK_PLACE_INTERRUPTED] = RK_LIFE_INTERRUPTED,
        [RK_PLACE_WORK] = RK_LIFE_SHOWN,
        [RK_PLACE_PRIVATE] = RK_LIFE_TAKEN_LISTED,
    };
    return lives[kind];
}

/* What it means that the job comes into a place; RK_LIVES: nothing, it is where it was. */
static rk_life life_of_arrival(const rk_history *h, const life_job *j, uint32_t place)
{
    const life_place *to = &h->places[place];
    bool to_queue = to->kind == RK_PLACE_QUEUE, listed = is_from(h, j, RK_PLACE_PRIVATE);
    if (h->base)
        return RK_LIFE_FOUND;
    switch ((life_state)j->state) {
    case JOB_OVER:
        return by_kind(to->kind);
    case JOB_TAKEN:
        return to_queue ? RK_LIFE_PUSHED_BACK : by_kind(to->kind);
    case JOB_DUE:
        if (j->place == place)
            return RK_LIFE_RESCHEDULED; /* taken out with another of the same score, and put back */
        return !to_queue ? by_kind(to->kind) : listed ? RK_LIFE_PUSHED_BACK : RK_LIFE_ENQUEUED;
    case JOB_MOVING:
        if (j->place == place)
            return RK_LIVES;
        if (to->kind == RK_PLACE_PRIVATE && is_from(h, j, RK_PLACE_QUEUE))
            return RK_LIFE_TAKEN_LISTED;
        return to_queue && listed ? RK_LIFE_PUSHED_BACK : RK_LIFE_MOVED;
    case JOB_DOOMED:
        return RK_LIFE_MOVED;
    default: /* it waits elsewhere: out of a private list it goes on before it leaves it */
        return !listed ? RK_LIFE_COPIED : to_queue ? RK_LIFE_PUSHED_BACK : by_kind(to->kind);
    }
}

/* Executions, as stat:processed counts them. What is no JSON goes to `dead` uncounted. */
static void count_started(rk_history *h, const life_job *j, uint32_t place, rk_life what, bool parsed)
{
    life_layout *layout = &h->layouts[h->places[place].layout];
    bool uncounted = (what == RK_LIFE_DIED && j->state == JOB_TAKEN && !parsed) ||
                     (what == RK_LIFE_PUSHED_BACK && is_from(h, j, RK_PLACE_PRIVATE));
    if (uncounted && layout->started > 0)
        layout->started--;
    layout->started += what == RK_LIFE_TAKEN_LISTED;
    if (j->state == JOB_TAKEN)
        layout->last_left = h->number;
}

/* As a process stops it puts back what it has not ended. */
static void note_put_back(rk_history *h, uint32_t place, rk_life what, const rk_effect *e)
{
    life_layout *layout = &h->layouts[h->places[place].layout];
    if (what != RK_LIFE_PUSHED_BACK || e->type != RK_LIST || !e->tail)
        return;
    layout->put_back = h->number;
    layout->put_back_s = h->spot.time_s;
}

/* Without annotations a push tells the time. */
static void note_time(rk_history *h, const life_payload *payload, rk_life what)
{
    bool now = what == RK_LIFE_PUSHED || what == RK_LIFE_ENQUEUED;
    if (now && !h->info.annotated && payload->enqueued_at > (double)h->now_s && payload->enqueued_at < 1e11)
        h->now_s = (int64_t)payload->enqueued_at;
}

static bool arrive(rk_history *h, uint32_t job, uint32_t place, const rk_effect *e,
                   const life_payload *payload)
{
    life_job *j = &h->jobs[job];
    rk_life what = life_of_arrival(h, j, place);
    bool listed_besides = h->places[place].kind == RK_PLACE_PRIVATE && j->copies > 0;
    count_started(h, j, place, what, payload->parsed);
    note_put_back(h, place, what, e);
    note_time(h, payload, what);
    life_begin(h, job);
    if (j->state != JOB_WAITS)
        life_set_state(h, job, JOB_WAITS);
    j->copies++;
    if (!listed_besides)
        j->place = place;
    j->decided = h->spot;
    j->holder = NOTHING;
    j->flags &= JOB_HAS_JID | JOB_NEW_HERE;
    if (what == RK_LIFE_TAKEN_LISTED)
        j->taken = h->spot;
    if (what == RK_LIVES)
        return true;
    life_event *event = life_tell(h, what, job, place);
    if (!event)
        return false;
    event->has_end = e->type == RK_LIST;
    event->tail = e->tail;
    event->has_score = e->type == RK_ZSET;
    event->score = e->score;
    return true;
}

static bool read_item(rk_history *h, const rk_effect *e, life_payload *payload)
{
    rk_slice bytes;
    return rk_replay_item(h->replay, e->item, &h->scratch[0], &bytes, h->err) &&
           life_read_payload(h, bytes, payload);
}

static bool job_in(rk_history *h, uint32_t place, const rk_effect *e)
{
    life_payload payload;
    uint32_t job;
    if (!read_item(h, e, &payload) || !life_job_of(h, &payload, &job))
        return false;
    life_mark *mark = life_mark_of(h, place, e->hash);
    if (!mark)
        return false;
    mark->value = job;
    mark->count++;
    return arrive(h, job, place, e, &payload);
}

/* ---- out ---------------------------------------------------------------------------------------------------------- */

static rk_verb verb_of(const rk_history *h)
{
    return h->step.command ? h->step.command->verb : RK_VERB_UNKNOWN;
}

static bool take(rk_history *h, uint32_t job, uint32_t place, const rk_effect *e)
{
    life_job *j = &h->jobs[job];
    life_set_state(h, job, JOB_TAKEN);
    j->taken = j->decided = h->spot;
    h->layouts[h->places[place].layout].started++;
    life_event *event = life_tell(h, RK_LIFE_TAKEN, job, place);
    if (!event)
        return false;
    event->has_end = e != NULL;
    event->tail = e && e->tail;
    return true;
}

/* Out of a set or a private list, to be pushed, or deleted: what comes next tells. */
static bool be_due(rk_history *h, uint32_t job, uint32_t place, const rk_effect *e)
{
    life_job *j = &h->jobs[job];
    life_payload payload;
    life_set_state(h, job, JOB_DUE);
    j->decided = h->spot;
    if (e->type == RK_ZSET) {
        if (!read_item(h, e, &payload))
            return false;
        j->flags |= payload.poison ? JOB_POISON : 0;
        j->flags |= h->now_s >= 0 && e->score > (double)h->now_s + 1 ? JOB_NOT_DUE : 0;
    }
    life_event *event = life_tell(h, RK_LIFE_DUE, job, place);
    if (!event)
        return false;
    event->has_score = e->type == RK_ZSET;
    event->score = e->score;
    return true;
}

/* ZREMRANGEBYSCORE dead -inf ..., as each death has it; by hand it names one score twice. */
static bool cuts_by_age(const rk_history *h)
{
    const rk_aof_command *c = h->step.command;
    return c && c->argc > 2 && rk_slice_starts(c->args[2], RK_TEXT("-inf"));
}

static bool leave_list(rk_history *h, uint32_t job, uint32_t place, const rk_effect *e)
{
    bool listed = h->places[place].kind == RK_PLACE_PRIVATE;
    rk_verb verb = verb_of(h);
    if (verb == RK_VERB_LTRIM)
        return life_end(h, job, RK_FATE_LOST, RK_BECAUSE_LIST_CUT, NULL);
    if (verb == RK_VERB_LREM && listed)
        return life_end(h, job, RK_FATE_ENDED, RK_BECAUSE_ACKNOWLEDGED, NULL);
    if (verb == RK_VERB_LREM)
        return life_end(h, job, RK_FATE_REMOVED, RK_BECAUSE_DELETED_ALONE, NULL);
    return listed ? be_due(h, job, place, e) : take(h, job, place, e);
}

static bool leave_set(rk_history *h, uint32_t job, uint32_t place, const rk_effect *e)
{
    rk_place_kind kind = h->places[place].kind;
    rk_verb verb = verb_of(h);
    if (kind == RK_PLACE_DEAD || kind == RK_PLACE_INTERRUPTED) {
        if (verb == RK_VERB_ZREMRANGEBYRANK)
            return life_end(h, job, RK_FATE_TRIMMED, RK_BECAUSE_LIMIT, NULL);
        if (verb == RK_VERB_ZREMRANGEBYSCORE && cuts_by_age(h))
            return life_end(h, job, RK_FATE_TRIMMED, RK_BECAUSE_AGE, NULL);
    }
    return be_due(h, job, place, e);
}

/* May the command put elsewhere, or here anew, what it takes out? */
static bool may_move(const rk_history *h, const rk_effect *e)
{
    rk_verb verb = verb_of(h);
    return e->whole || verb == RK_VERB_LSET || (rk_verb_row_of(verb)->flags & RK_VERB_LINKS);
}

static bool job_out(rk_history *h, uint32_t place, const rk_effect *e)
{
    life_mark *mark = life_find(h, place, e->hash);
    if (!mark)
        return true;
    uint32_t job = mark->value;
    life_job *j = &h->jobs[job];
    life_unmark(h, mark);
    if (--j->copies > 0) {
        bool done = h->places[place].kind == RK_PLACE_PRIVATE && verb_of(h) == RK_VERB_LREM;
        return life_tell(h, done ? RK_LIFE_ACKNOWLEDGED : RK_LIFE_COPY_GONE, job, place) != NULL;
    }
    j->place = place;
    if (may_move(h, e)) {
        life_set_state(h, job, JOB_MOVING);
        return true;
    }
    return e->type == RK_LIST ? leave_list(h, job, place, e) : leave_set(h, job, place, e);
}

static bool job_score(rk_history *h, uint32_t place, const rk_effect *e)
{
    life_mark *mark = life_find(h, place, e->hash);
    life_event *event = mark ? life_tell(h, RK_LIFE_RESCHEDULED, mark->value, place) : NULL;
    if (!event)
        return !mark;
    event->has_score = true;
    event->score = e->score;
    return true;
}

bool life_job_effect(rk_history *h, uint32_t place, const rk_effect *e)
{
    switch (e->kind) {
    case RK_EFFECT_IN:
        return job_in(h, place, e);
    case RK_EFFECT_OUT:
        return job_out(h, place, e);
    case RK_EFFECT_SCORE:
        return job_score(h, place, e);
    default:
        return true;
    }
}

/* ---- the command is over ------------------------------------------------------------------------------------------ */

/* Its key was deleted. */
static bool deleted(rk_history *h, uint32_t job)
{
    life_job *j = &h->jobs[job];
    const life_place *from = &h->places[j->place];
    bool as_interface = verb_of(h) == RK_VERB_UNLINK || h->layouts[from->layout].deletes_with_del;
    if (from->kind == RK_PLACE_PRIVATE)
        return life_end(h, job, RK_FATE_LOST, RK_BECAUSE_KEY_GONE, NULL);
    if (from->kind != RK_PLACE_QUEUE)
        return as_interface ? life_end(h, job, RK_FATE_REMOVED, RK_BECAUSE_CLEARED, NULL)
                            : life_end(h, job, RK_FATE_LOST, RK_BECAUSE_KEY_GONE, NULL);
    if (h->unlisted == life_listed(from->layout, from->queue_hash) &&
        h->unlisted_step + UNLIST_STEPS >= h->number)
        return life_end(h, job, RK_FATE_REMOVED, RK_BECAUSE_CLEARED, NULL);
    j->decided = h->spot;
    life_set_state(h, job, JOB_DOOMED);
    return true;
}

static bool stranded(rk_history *h, uint32_t job)
{
    const life_job *j = &h->jobs[job];
    switch (verb_of(h)) {
    case RK_VERB_FLUSHALL:
    case RK_VERB_FLUSHDB:
        return life_end(h, job, RK_FATE_LOST, RK_BECAUSE_FLUSHED, NULL);
    case RK_VERB_DEL:
    case RK_VERB_UNLINK:
        return deleted(h, job);
    case RK_VERB_RPOPLPUSH:
    case RK_VERB_BRPOPLPUSH:
    case RK_VERB_LMOVE:
    case RK_VERB_BLMOVE:
    case RK_VERB_LMOVEM: /* a fetcher whose private lists have names of their own */
        if (h->places[j->place].kind == RK_PLACE_QUEUE)
            return take(h, job, j->place, NULL);
        return life_end(h, job, RK_FATE_LOST, RK_BECAUSE_KEY_GONE, NULL);
    case RK_VERB_RENAME:
    case RK_VERB_RENAMENX:
    case RK_VERB_MOVE:
    case RK_VERB_SWAPDB:
    case RK_VERB_TRIMSLOTS:
    case RK_VERB_CLUSTER:
        return life_end(h, job, RK_FATE_LOST, RK_BECAUSE_KEY_GONE, NULL);
    default:
        return life_end(h, job, RK_FATE_LOST, RK_BECAUSE_OVERWRITTEN, NULL);
    }
}

bool life_moves_end(rk_history *h)
{
    while (h->moving.first != NOTHING)
        if (!stranded(h, h->moving.first))
            return false;
    return true;
}

bool life_unlisted(rk_history *h, uint32_t place, uint64_t queue_hash)
{
    uint32_t next, layout = h->places[place].layout;
    h->unlisted = life_listed(layout, queue_hash);
    h->unlisted_step = h->number;
    for (uint32_t job = h->doomed.first; job != NOTHING; job = next) {
        const life_place *from = &h->places[h->jobs[job].place];
        life_spot spot = h->jobs[job].decided;
        next = h->jobs[job].next;
        if (from->layout == layout && from->queue_hash == queue_hash &&
            !life_end(h, job, RK_FATE_REMOVED, RK_BECAUSE_CLEARED, &spot))
            return false;
    }
    return true;
}

/* ---- what waits for a second command ------------------------------------------------------------------------------ */

static bool settle_doomed(rk_history *h)
{
    const rk_aof_command *c = h->step.command;
    bool within = !h->ended && c && c->in_multi && c->verb != RK_VERB_EXEC;
    while (!within && h->doomed.first != NOTHING) {
        life_spot spot = h->jobs[h->doomed.first].decided;
        if (!h->ended && h->jobs[h->doomed.first].since + UNLIST_STEPS > h->number)
            break;
        if (!life_end(h, h->doomed.first, RK_FATE_LOST, RK_BECAUSE_KEY_GONE, &spot))
            return false;
    }
    return true;
}

/* A process fell silent just then: it may have had the job between the two commands. */
static bool somebody_died(const rk_history *h, const life_job *j)
{
    int64_t then = j->decided.time_s;
    for (size_t i = 0; then && i < h->process_count; i++) {
        const life_process *p = &h->processes[i];
        if (p->layout == h->places[j->place].layout && !p->stopped && p->beat_s >= 0 && p->beat_s <= then &&
            then <= p->beat_s + DUE_S && h->now_s > p->beat_s + DUE_S)
            return true;
    }
    return false;
}

static bool was_deleted(const rk_history *h, const life_job *j)
{
    rk_place_kind kind = h->places[j->place].kind;
    if (kind == RK_PLACE_DEAD || kind == RK_PLACE_INTERRUPTED || (j->flags & JOB_NOT_DUE))
        return true;
    return kind != RK_PLACE_PRIVATE && !(j->flags & JOB_POISON) && !somebody_died(h, j);
}

static bool is_recent(const rk_history *h, const life_job *j)
{
    bool same_moment = h->now_s < 0 || j->decided.time_s == 0 || h->now_s - j->decided.time_s <= 1;
    return same_moment && j->since + BETWEEN_STEPS >= h->number;
}

static bool settle_due(rk_history *h)
{
    uint32_t next;
    for (uint32_t job = h->due.first; job != NOTHING; job = next) {
        const life_job *j = &h->jobs[job];
        life_spot spot = j->decided;
        bool timed = h->now_s >= 0 && spot.time_s;
        next = j->next;
        if (!h->ended && (timed ? h->now_s - spot.time_s <= DUE_S : j->since + DUE_STEPS > h->number))
            return true; /* the others came later */
        if (h->ended && is_recent(h, j) && !(j->flags & (JOB_NOT_DUE | JOB_POISON)) &&
            h->places[j->place].kind != RK_PLACE_DEAD)
            continue; /* BETWEEN */
        bool ok = was_deleted(h, j) ? life_end(h, job, RK_FATE_REMOVED, RK_BECAUSE_DELETED_ALONE, &spot)
                                    : life_end(h, job, RK_FATE_LOST, RK_BECAUSE_NEVER_PUSHED, &spot);
        if (!ok)
            return false;
    }
    return true;
}

bool life_settle_moves(rk_history *h)
{
    return settle_doomed(h) && settle_due(h);
}
