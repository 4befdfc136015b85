/* hands: which of the taken jobs ended, which are in hand, and which went down with a worker (spec: Sidekiq, "Reading the
 * AOF", "Accounting with the counters"). Nothing is written when a job ends. A process whose heartbeat, begun after the
 * job was taken, does not show it has ended it or never had it; one that is not heard of any more may have it still. */
#include "life.h"

#include <math.h>

enum {
    MARGIN_S = 2,     /* a heartbeat so long after the job was taken began after that */
    BOOT_STEPS = 500, /* a process takes jobs before its first heartbeat, but not for long */
    STOPPING_S = 1,   /* from what it puts back to the last trace of a process that stops */
    STOPPING_STEPS = 50,
    SETTLE_S = 60 /* how often it is asked who died */
};

typedef enum { MAY_NOT, CLEARED, OPEN, SILENT } standing;

/* ---- one process --------------------------------------------------------------------------------------------------- */

static bool serves(rk_history *h, life_process *p, uint32_t place)
{
    const life_place *from = &h->places[place];
    rk_process asked = { .info = rk_buf_slice(&p->info) };
    if (from->kind != RK_PLACE_QUEUE)
        return true;
    if (place >= p->serves_cap) {
        size_t before = p->serves_cap;
        if (!rk_grow((void **)&p->serves, &p->serves_cap, (size_t)place + 1, 1, h->err))
            return true;
        memset(p->serves + before, 0, p->serves_cap - before);
    }
    if (!p->serves[place])
        p->serves[place] = rk_process_serves(&asked, from->queue) ? 2 : 1;
    return p->serves[place] == 2;
}

/* It was there when the job was taken, although its first heartbeat came later. */
static bool was_booting(const life_process *p, const life_job *j)
{
    if (j->taken.time_s && !isnan(p->started_at))
        return p->started_at <= (double)j->taken.time_s + 1;
    return p->first - j->since < BOOT_STEPS;
}

static bool may_have_taken(rk_history *h, life_process *p, const life_job *j)
{
    if (p->layout != h->places[j->place].layout || p->beat_s < 0 || (p->stopped && p->stopped < j->since) ||
        (p->quiet && p->quiet < j->since) || (p->first > j->since && !was_booting(p, j)))
        return false;
    return serves(h, p, j->place);
}

static bool has_beaten_since(const rk_history *h, const life_process *p, const life_job *j)
{
    bool timed = h->info.annotated && j->taken.time_s;
    return p->last > j->since &&
           (p->before > j->since || (timed && p->beat_s >= (int64_t)j->taken.time_s + MARGIN_S));
}

/* How a process stands to a job that was taken and that no work hash has shown. */
static standing stand(rk_history *h, life_process *p, const life_job *j)
{
    if (!may_have_taken(h, p, j))
        return MAY_NOT;
    if (p->stopped || has_beaten_since(h, p, j))
        return CLEARED;
    if (life_is_alive(h, p))
        return OPEN;
    bool too_late =
        j->taken.time_s && (int64_t)j->taken.time_s > life_heard_of(h, p) + life_interval_of(h, p) + LATE_S;
    return too_late ? MAY_NOT : SILENT;
}

/* ---- one job -------------------------------------------------------------------------------------------------------- */

typedef enum { IS_LIVE, IS_ENDED, IS_HELD_BY_DEAD, IS_TAKEN_BY_DEAD, IS_SUSPECT, IS_NOBODYS } hand_kind;

typedef struct {
    hand_kind hand;
    rk_because because; /* of IS_LIVE and IS_ENDED */
    uint32_t process;
    life_spot spot; /* IS_ENDED: what shows it */
} judgement;

static judgement judge_shown(const rk_history *h, const life_job *j)
{
    const life_process *p = &h->processes[j->holder];
    judgement is = { .hand = IS_LIVE, .because = RK_BECAUSE_SHOWN, .process = j->holder };
    if (p->stopped && p->stopped > j->since) {
        is.hand = IS_ENDED;
        is.because = RK_BECAUSE_STOPPED;
        is.spot = p->stop_spot;
    } else if ((j->flags & JOB_UNSHOWN) && p->last > j->since) {
        is.hand = IS_ENDED;
        is.because = RK_BECAUSE_HEARTBEATS;
        is.spot = p->beat_spot;
    } else if (!life_is_alive(h, p)) {
        is.hand = IS_HELD_BY_DEAD;
    }
    return is;
}

static void note_cleared(life_standings *all, const life_process *p, uint64_t *latest)
{
    uint64_t when = p->stopped ? p->stopped : p->last;
    all->cleared++;
    if (when < *latest)
        return;
    *latest = when;
    all->because = p->stopped ? RK_BECAUSE_STOPPED : RK_BECAUSE_HEARTBEATS;
    all->spot = p->stopped ? p->stop_spot : p->beat_spot;
}

/* Taken as the process had put back what it had, and was about to be gone: a thread that still waited for a job was given
 * this one, and did not begin it. */
static bool came_too_late(const rk_history *h, const life_process *p, const life_job *j)
{
    const life_layout *l = &h->layouts[p->layout];
    bool between = p->stopped && l->put_back && j->since > l->put_back && j->since < p->stopped;
    return between && (l->put_back_s ? (int64_t)p->stop_spot.time_s - l->put_back_s <= STOPPING_S
                                     : p->stopped - l->put_back <= STOPPING_STEPS);
}

life_standings life_stand(rk_history *h, const life_job *j)
{
    uint64_t latest = 0;
    life_standings all = { .process = NOTHING };
    for (size_t i = 0; i < h->roster_count; i++) {
        life_process *p = &h->processes[h->roster[i]];
        standing s = stand(h, p, j);
        if (s == MAY_NOT)
            continue;
        all.process = all.cleared + all.open + all.silent == 0 ? h->roster[i] : NOTHING;
        all.open += s == OPEN;
        all.silent += s == SILENT || (s == CLEARED && came_too_late(h, p, j));
        if (s == CLEARED)
            note_cleared(&all, p, &latest);
    }
    return all;
}

static judgement judge_taken(rk_history *h, const life_job *j)
{
    life_standings all = life_stand(h, j);
    judgement is = { .process = all.process, .because = RK_BECAUSE_NOT_BEAT_YET };
    bool another = j->flags & JOB_UNCOUNTED;
    if (all.open)
        return is;
    if (all.silent) {
        is.hand = all.cleared && !another ? IS_SUSPECT : IS_TAKEN_BY_DEAD;
    } else if (all.cleared) {
        is.hand = IS_ENDED;
        is.because = all.because;
        is.spot = all.spot;
    } else {
        is.hand = IS_NOBODYS;
    }
    return is;
}

static judgement judge(rk_history *h, const life_job *j)
{
    return j->holder != NOTHING ? judge_shown(h, j) : judge_taken(h, j);
}

/* ---- all of them ------------------------------------------------------------------------------------------------------ */

/* Ends what heartbeats and stops have shown to have ended. */
static bool end_the_ended(rk_history *h)
{
    uint32_t next;
    for (uint32_t job = h->taken.first; job != NOTHING; job = next) {
        life_job *j = &h->jobs[job];
        judgement is = judge(h, j);
        next = j->next;
        if (is.hand != IS_ENDED)
            continue;
        j->holder = is.process;
        if (!life_end(h, job, RK_FATE_ENDED, is.because, &is.spot))
            return false;
    }
    return h->err->code == RK_OK;
}

/* The reckoning of one layout: executions that began, that were counted, and those of which it is known where they are. */
typedef struct {
    int64_t missing;   /* begun, not counted, and not in a hand that is known: they are among the suspects */
    uint64_t suspects; /* and those that nobody is known to have taken */
    uint64_t charged;  /* with processes that are dead; of each of them see life_process */
    uint64_t room;     /* threads of those */
    uint64_t unknown;  /* of the suspects and those that nobody took, of which nothing can be said */
    uint64_t crowded;  /* of the charged: more than threads */
} reckoning;

static void charge(rk_history *h, reckoning *r, const judgement *is)
{
    r->charged++;
    if (is->process == NOTHING)
        return;
    life_process *p = &h->processes[is->process];
    if (p->charged++ == 0)
        r->room += (uint64_t)p->concurrency;
}

static void reckon(rk_history *h, reckoning *all)
{
    for (size_t i = 0; i < h->layout_count; i++) {
        const life_layout *l = &h->layouts[i];
        all[i] = (reckoning){ .missing = (int64_t)(l->started - l->counted - l->given_up) };
    }
    for (size_t i = 0; i < h->roster_count; i++)
        h->processes[h->roster[i]].charged = 0;
    for (uint32_t job = h->taken.first; job != NOTHING; job = h->jobs[job].next) {
        const life_job *j = &h->jobs[job];
        judgement is = judge(h, j);
        reckoning *r = &all[life_layout_of(h, j)];
        bool open = is.hand == IS_SUSPECT || is.hand == IS_NOBODYS;
        r->suspects += open;
        r->missing -= !open;
        if (is.hand == IS_TAKEN_BY_DEAD || is.hand == IS_HELD_BY_DEAD)
            charge(h, r, &is);
    }
}

static bool is_young(const rk_history *h, const life_job *j)
{
    int64_t within = h->ended ? (int64_t)h->options.alive_within_s : GONE_S, end = life_end_of(h);
    return end < 0 || !j->taken.time_s || end - (int64_t)j->taken.time_s <= within;
}

/* A process that was killed has had no more in hand than it has threads: what it took beyond that it had ended, and not
 * counted yet. What its work hash shows is as likely among that as what it took since. Of the suspects it took at least
 * those that nobody has counted: what began before the log can only make them more. */
static bool had_threads(const rk_history *h, const judgement *is, const reckoning *r)
{
    const life_process *p = is->process == NOTHING ? NULL : &h->processes[is->process];
    uint64_t missing = r->missing > 0 ? (uint64_t)r->missing : 0;
    uint64_t uncounted = missing < r->suspects ? missing : r->suspects;
    if (p)
        return p->concurrency == 0 || p->charged + uncounted <= (uint64_t)p->concurrency;
    return r->room == 0 || r->charged + r->suspects <= r->room;
}

static bool conclude_dead(const rk_history *h, const judgement *is, const reckoning *r, rk_fate_kind *fate,
                          rk_because *because)
{
    bool all = had_threads(h, is, r);
    *fate = all ? RK_FATE_LOST : RK_FATE_UNKNOWN;
    *because = !all                          ? RK_BECAUSE_MORE_THAN_THREADS
               : is->hand == IS_HELD_BY_DEAD ? RK_BECAUSE_HELD_BY_DEAD
                                             : RK_BECAUSE_TAKEN_BY_DEAD;
    return true;
}

/* What is to be said of a job whose worker has fallen silent. False: nothing yet. */
static bool conclude(rk_history *h, const life_job *j, const judgement *is, const reckoning *r,
                     rk_fate_kind *fate, rk_because *because)
{
    bool exact = !h->layouts[life_layout_of(h, j)].at_work_before, suspect = is->hand == IS_SUSPECT;
    if (is->hand == IS_HELD_BY_DEAD || is->hand == IS_TAKEN_BY_DEAD ||
        (suspect && r->missing >= (int64_t)r->suspects))
        return conclude_dead(h, is, r, fate, because);
    if (is->hand == IS_LIVE || is->hand == IS_ENDED || (!suspect && is_young(h, j)))
        return false;
    bool counted = exact && r->missing <= 0;
    *fate = counted ? RK_FATE_ENDED : RK_FATE_UNKNOWN;
    *because = counted ? RK_BECAUSE_COUNTED : suspect ? RK_BECAUSE_SEVERAL : RK_BECAUSE_NO_PROCESS;
    return true;
}

/* Of those of which nothing can be said, no more are lost than were not counted, or than there were threads. None of them
 * will be counted any more. */
static void note_bounds(rk_history *h, const reckoning *all)
{
    for (size_t i = 0; i < h->layout_count; i++) {
        const reckoning *r = &all[i];
        uint64_t missing = r->missing > 0 ? (uint64_t)r->missing : 0, most = r->unknown;
        if (r->suspects > 0 && missing < most && !h->layouts[i].at_work_before)
            most = missing;
        h->info.at_most_lost += most + (r->crowded < r->room ? r->crowded : r->room);
        h->layouts[i].given_up += h->ended ? 0 : most + r->crowded;
    }
}

life_spot life_last_sign(const rk_history *h, const life_job *j, uint32_t process)
{
    const life_process *p = process == NOTHING ? NULL : &h->processes[process];
    bool later = p && p->beat_spot.kind == SPOT_COMMAND &&
                 (j->taken.kind != SPOT_COMMAND || p->beat_spot.at > j->taken.at);
    return later ? p->beat_spot : j->taken;
}

/* Says what became of the jobs of processes that died; at the end it is kept with the job, for rk_history_left. */
static bool settle(rk_history *h)
{
    uint32_t next;
    reckoning *all = rk_alloc((h->layout_count + 1) * sizeof *all);
    if (!all)
        return rk_no_memory(h->err);
    reckon(h, all);
    bool ok = true;
    for (uint32_t job = h->taken.first; ok && job != NOTHING; job = next) {
        life_job *j = &h->jobs[job];
        judgement is = judge(h, j);
        rk_fate_kind fate = RK_FATE_IN_HAND;
        rk_because because = is.because;
        size_t layout = life_layout_of(h, j);
        next = j->next;
        bool over = conclude(h, j, &is, &all[layout], &fate, &because);
        if (!h->ended && !over)
            continue;
        all[layout].unknown += fate == RK_FATE_UNKNOWN && because != RK_BECAUSE_MORE_THAN_THREADS;
        all[layout].crowded += because == RK_BECAUSE_MORE_THAN_THREADS;
        j->fate = (uint8_t)fate;
        j->because = (uint8_t)because;
        j->suspect = is.process;
        if (h->ended)
            continue; /* it may be asked again, for another end */
        h->layouts[layout].given_up += fate == RK_FATE_LOST;
        life_spot spot = life_last_sign(h, j, is.process);
        j->holder = is.process;
        ok = life_end(h, job, fate, because, &spot);
    }
    note_bounds(h, all);
    rk_free(all);
    return ok && h->err->code == RK_OK;
}

/* Who is dead or gone, and had nothing to do with what is in hand now, need not be asked any more. */
static void prune_roster(rk_history *h)
{
    uint64_t oldest = h->taken.first == NOTHING ? h->number : h->jobs[h->taken.first].since;
    size_t kept = 0;
    for (uint32_t job = h->taken.first; job != NOTHING; job = h->jobs[job].next)
        oldest = h->jobs[job].since < oldest ? h->jobs[job].since : oldest;
    for (size_t i = 0; i < h->roster_count; i++) {
        life_process *p = &h->processes[h->roster[i]];
        bool gone = p->stopped ? p->stopped < oldest : p->last < oldest && !life_is_alive(h, p);
        p->on_roster = !gone;
        if (!gone)
            h->roster[kept++] = h->roster[i];
    }
    h->roster_count = kept;
}

bool life_sweep(rk_history *h)
{
    if (h->ended)
        return end_the_ended(h);
    uint64_t cost = h->taken.count * (h->roster_count + 1);
    h->paid += 64;
    if (h->asked && h->paid >= cost) {
        h->asked = false;
        h->paid = 0;
        if (!end_the_ended(h) || !life_reckon(h))
            return false;
    }
    if (h->now_s < 0 || h->now_s - h->settled_s < SETTLE_S)
        return true;
    h->settled_s = h->now_s;
    if (!end_the_ended(h) || !settle(h))
        return false;
    prune_roster(h);
    return true;
}

/* Who takes a job is alive. */
static void note_signs(rk_history *h)
{
    for (uint32_t job = h->taken.first; job != NOTHING; job = h->jobs[job].next) {
        const life_job *j = &h->jobs[job];
        uint32_t process = j->holder == NOTHING ? life_stand(h, j).process : NOTHING;
        if (process != NOTHING && j->taken.time_s > h->processes[process].sign_s)
            h->processes[process].sign_s = j->taken.time_s;
    }
}

bool life_hands_at_end(rk_history *h)
{
    note_signs(h);
    return settle(h);
}
