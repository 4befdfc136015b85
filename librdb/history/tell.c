/* tell: records as whoever follows the log sees them. */
#include "life.h"

#include <math.h>

rk_log_spot life_log_spot(const life_spot *spot)
{
    if (spot->kind == SPOT_UNKNOWN)
        return (rk_log_spot){ .time_s = -1 };
    return (rk_log_spot){ .known = true,
                          .base = spot->kind == SPOT_BASE,
                          .file = (size_t)(spot->at >> 48),
                          .offset = spot->at & ((UINT64_C(1) << 48) - 1),
                          .number = spot->number,
                          .time_s = spot->time_s ? (int64_t)spot->time_s : -1,
                          .verb = (rk_verb)spot->verb };
}

static rk_log_place place_of(const rk_history *h, uint32_t place)
{
    if (place == NOTHING)
        return (rk_log_place){ .prefix = RK_EMPTY, .key = RK_EMPTY };
    const life_place *p = &h->places[place];
    return (rk_log_place){ .known = true, .kind = p->kind, .db = p->db, .prefix = p->prefix, .key = p->key };
}

static rk_slice class_of(const rk_history *h, const life_job *job)
{
    return job->class_name ? h->classes[job->class_name - 1] : RK_EMPTY;
}

static rk_slice process_of(const rk_history *h, uint32_t process)
{
    return process == NOTHING ? RK_EMPTY : h->processes[process].identity;
}

void life_fill_fate(const rk_history *h, const life_job *j, rk_fate_kind kind, rk_because because,
                    rk_job_fate *fate)
{
    *fate =
        (rk_job_fate){ .kind = kind,
                       .because = because,
                       .id = j->id,
                       .has_jid = j->flags & JOB_HAS_JID,
                       .jid = life_jid(j),
                       .class_name = class_of(h, j),
                       .place = place_of(h, j->place),
                       .pushed = life_log_spot(&j->pushed),
                       .taken = life_log_spot(&j->taken),
                       .decided = life_log_spot(&j->decided),
                       .process = process_of(h, j->state == JOB_TAKEN && h->ended ? j->suspect : j->holder),
                       .pushed_here = j->flags & JOB_NEW_HERE };
    if (kind == RK_FATE_LOST && j->state == JOB_TAKEN) {
        life_spot last = life_last_sign(h, j, j->suspect);
        fate->decided = life_log_spot(&last);
    }
}

void life_fill_event(rk_history *h, const life_event *from, rk_job_event *event)
{
    const life_job *j = &h->jobs[from->job];
    *event = (rk_job_event){ .what = from->what,
                             .id = j->id,
                             .has_jid = j->flags & JOB_HAS_JID,
                             .jid = life_jid(j),
                             .class_name = class_of(h, j),
                             .place = place_of(h, from->place),
                             .has_end = from->has_end,
                             .tail = from->tail,
                             .has_score = from->has_score,
                             .score = from->score,
                             .process = process_of(h, from->process),
                             .spot = life_log_spot(&from->spot) };
    if (!rk_life_is_final(from->what))
        return;
    life_fill_fate(h, j, from->fate, from->because, &h->fate);
    h->fate.decided = event->spot;
    h->fate.place = event->place;
    h->fate.process = event->process;
    event->fate = &h->fate;
}
