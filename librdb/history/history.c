/* history: from the steps of a replay to the events of jobs, and what is left at the end. */
#include "life.h"

#include <math.h>

enum { ALIVE_WITHIN_S = 15 };

/* ---- opening ------------------------------------------------------------------------------------------------------ */

static unsigned interest(void *self, uint32_t db, rk_slice name)
{
    bool wanted = rk_history_wants(name) || life_is_known_process(self, db, name);
    return wanted ? RK_INTEREST_KEEP | RK_INTEREST_WATCH : 0;
}

static rk_history *new_history(const rk_history_options *options, rk_replay_options *replay, rk_err *err)
{
    rk_history *h = rk_alloc(sizeof *h);
    if (!h) {
        rk_no_memory(err);
        return NULL;
    }
    if (options)
        h->options = *options;
    if (h->options.alive_within_s <= 0)
        h->options.alive_within_s = ALIVE_WITHIN_S;
    h->spread = rk_spread_new();
    h->now_s = -1;
    h->free_jobs = h->told = NOTHING;
    h->taken = h->due = h->doomed = h->moving = (life_list){ NOTHING, NOTHING, 0 };
    h->info.first_s = h->info.last_s = -1;
    *replay = (rk_replay_options){
        .progress = h->options.progress, .interest = interest, .self = h, .until = h->options.until
    };
    return h;
}

static rk_history *opened(rk_history *h)
{
    if (!h->replay) {
        rk_history_close(h);
        return NULL;
    }
    h->info.replay = rk_replay_info_of(h->replay);
    return h;
}

rk_history *rk_history_open(const char *path, const rk_history_options *options, rk_err *err)
{
    rk_replay_options replay;
    rk_history *h = new_history(options, &replay, err);
    if (!h)
        return NULL;
    h->replay = rk_replay_open(path, &replay, err);
    return opened(h);
}

rk_history *rk_history_open_source(rk_source *source, const rk_history_options *options, rk_err *err)
{
    rk_replay_options replay;
    rk_history *h = new_history(options, &replay, err);
    if (!h) {
        rk_source_close(source);
        return NULL;
    }
    h->replay = rk_replay_open_source(source, &replay, err);
    return opened(h);
}

void rk_history_close(rk_history *h)
{
    if (!h)
        return;
    rk_replay_close(h->replay);
    for (size_t i = 0; i < h->job_count; i++)
        if (h->jobs[i].jid_len > sizeof h->jobs[i].jid.here)
            rk_free(h->jobs[i].jid.elsewhere);
    for (size_t i = 0; i < h->process_count; i++) {
        rk_buf_free(&h->processes[i].info);
        rk_free(h->processes[i].serves);
    }
    rk_free(h->jobs);
    rk_free(h->places);
    rk_free(h->layouts);
    rk_free(h->processes);
    rk_free(h->classes);
    rk_free(h->marks);
    rk_free(h->events);
    rk_free(h->roster);
    rk_free(h->listed);
    rk_arena_free(&h->arena);
    for (size_t i = 0; i < sizeof h->scratch / sizeof h->scratch[0]; i++)
        rk_buf_free(&h->scratch[i]);
    rk_free(h);
}

/* ---- steps -------------------------------------------------------------------------------------------------------- */

/* A file of the set that is its base, in the form of commands, tells what was there, as a snapshot does. */
static bool is_base(const rk_history *h)
{
    const rk_aof_set *set = h->info.replay->set;
    return !h->step.command ||
           (set->count > 1 && h->step.file < set->loaded && set->files[h->step.file].role == RK_AOF_BASE);
}

/* A server that starts selects the database anew, although it goes on with the file. While it was down, nobody could be
 * heard of. */
static void note_restart(rk_history *h, int64_t before_s)
{
    const rk_aof_command *c = h->step.command;
    bool anew = c && c->verb == RK_VERB_SELECT && c->number > 1 && h->step.file == h->last_file &&
                h->step.db == h->last_db;
    if (anew && before_s >= 0 && h->now_s > before_s)
        h->down_s += h->now_s - before_s;
    h->last_file = h->step.file;
    h->last_db = h->step.db;
}

static void note_step(rk_history *h)
{
    const rk_aof_command *c = h->step.command;
    bool base = is_base(h);
    int64_t before_s = h->now_s;
    h->number++;
    if (c && c->time_s >= 0) {
        h->info.annotated = true;
        h->now_s = c->time_s;
    } else if (base && h->info.replay->time_s > h->now_s) {
        h->now_s = h->info.replay->time_s;
    }
    if (!base)
        note_restart(h, before_s);
    if (h->base && !base)
        life_base_end(h);
    h->base = base;
    bool timed = h->now_s > 0 && h->now_s <= UINT32_MAX;
    h->spot = (life_spot){ .at = (uint64_t)h->step.file << 48 | (c ? c->offset : 0),
                           .number = !c                       ? 0
                                     : c->number < UINT32_MAX ? (uint32_t)c->number
                                                              : UINT32_MAX,
                           .time_s = timed ? (uint32_t)h->now_s : 0,
                           .verb = (uint16_t)(c ? c->verb : RK_VERB_UNKNOWN),
                           .kind = base ? SPOT_BASE : SPOT_COMMAND };
    if (h->info.first_s < 0 && !base)
        h->info.first_s = h->now_s;
    h->info.last_s = h->now_s;
    h->info.opaque += h->step.outcome == RK_OUTCOME_OPAQUE;
}

static bool take_effect(rk_history *h)
{
    const rk_effect *e = &h->step.effects[h->effect++];
    uint32_t place;
    if (!life_place_of(h, e, &place))
        return false;
    return h->places[place].role == KEY_JOBS ? life_job_effect(h, place, e) : life_worker_effect(h, place, e);
}

/* ---- the end -------------------------------------------------------------------------------------------------------- */

static rk_fate_kind fate_left(const life_job *j)
{
    return j->state == JOB_WAITS ? RK_FATE_PENDING : j->state == JOB_DUE ? RK_FATE_BETWEEN : j->fate;
}

static void list_processes(rk_history *h)
{
    for (size_t i = 0; i < h->process_count; i++) {
        const life_process *p = &h->processes[i];
        h->listed[i] = (rk_log_process){ .identity = p->identity,
                                         .beat = p->beat,
                                         .stopped = p->stopped > 0,
                                         .alive = life_is_alive(h, p),
                                         .listed = p->member && p->hash_there,
                                         .shown = p->shown };
    }
}

/* Decides of those that are left, by what is known of the end of the log. */
static bool close_log(rk_history *h)
{
    memcpy(h->info.fates, h->final_fates, sizeof h->info.fates);
    h->info.at_most_lost = h->final_at_most_lost;
    h->left = 0;
    h->closed = true;
    if (!life_hands_at_end(h))
        return false;
    for (size_t i = 0; i < h->job_count; i++)
        if (h->jobs[i].state != JOB_OVER)
            h->info.fates[fate_left(&h->jobs[i])]++;
    list_processes(h);
    return true;
}

void rk_history_known_until(rk_history *h, int64_t end_s)
{
    h->options.end_s = end_s;
    h->closed = false;
}

bool rk_history_knows(const rk_history *h, uint64_t id)
{
    const life_mark *mark = life_find(h, TAG_IDS, id);
    return mark && h->jobs[mark->value].state != JOB_OVER;
}

bool rk_history_left(rk_history *h, rk_job_fate *fate, rk_err *err)
{
    h->err = err;
    if (!h->listed || (!h->closed && !close_log(h)))
        return false;
    while (h->left < h->job_count) {
        const life_job *j = &h->jobs[h->left++];
        if (j->state == JOB_OVER)
            continue;
        life_fill_fate(h, j, fate_left(j), j->state == JOB_TAKEN ? j->because : RK_BECAUSE_NONE, fate);
        return true;
    }
    return false;
}

/* Nothing more will be pulled. */
static bool finish(rk_history *h)
{
    h->ended = true;
    if (h->err->code != RK_OK || !life_settle_moves(h) || !life_sweep(h))
        return false;
    h->listed = rk_alloc((h->process_count + 1) * sizeof *h->listed);
    if (!h->listed)
        return rk_no_memory(h->err);
    memcpy(h->final_fates, h->info.fates, sizeof h->final_fates);
    h->final_at_most_lost = h->info.at_most_lost;
    h->info.processes = h->listed;
    h->info.process_count = h->process_count;
    list_processes(h);
    h->info.uncertain = h->info.opaque > 0 || h->info.replay->all_uncertain;
    return true;
}

/* ---- pulling ------------------------------------------------------------------------------------------------------- */

/* Goes on until there is something to tell, or the log has come to its end. False on failure. */
static bool go_on(rk_history *h)
{
    while (h->event_next == h->event_count && !h->ended) {
        h->event_next = h->event_count = 0;
        if (h->stepping && h->effect < h->step.effect_count) {
            if (!take_effect(h))
                return false;
            continue;
        }
        if (h->stepping) {
            h->stepping = false;
            if (!life_moves_end(h) || !life_workers_end(h) || !life_settle_moves(h) || !life_sweep(h))
                return false;
            continue;
        }
        h->effect = 0;
        h->stepping = rk_replay_next(h->replay, &h->step, h->err);
        if (h->stepping) {
            note_step(h);
            continue;
        }
        if (!finish(h))
            return false;
    }
    return true;
}

bool rk_history_next(rk_history *h, rk_job_event *event, rk_err *err)
{
    h->err = err;
    if (h->told != NOTHING)
        life_release(h, h->told);
    h->told = NOTHING;
    if (!go_on(h) || h->event_next == h->event_count)
        return false;
    const life_event *next = &h->events[h->event_next++];
    h->told = next->job;
    h->jobs[next->job].queued--;
    life_fill_event(h, next, event);
    return true;
}

const rk_history_info *rk_history_info_of(const rk_history *h)
{
    return &h->info;
}
