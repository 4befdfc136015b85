/* reckon: what the counters say of jobs that were taken and that no work hash shows (spec: Sidekiq, "Accounting with the
 * counters"). Each execution that begins is counted once, with the heartbeat behind its end, unless its process is killed.
 * So at a heartbeat it is known how many of those that are nowhere to be seen have ended: all, none, or some. */
#include "life.h"

enum { EXIT_STEPS = 20 }; /* commands from the stop of a process to its last counters, at most */

/* Of one layout. */
typedef struct {
    int64_t missing; /* begun, not counted, and in no hand that is known; below 0: nothing can be said */
    uint64_t open;   /* taken, not shown, and not known to be with somebody who has had no heartbeat since */
} balance;

static void strike(rk_history *h, balance *all)
{
    for (size_t i = 0; i < h->layout_count; i++) {
        const life_layout *l = &h->layouts[i];
        all[i] = (balance){ .missing = (int64_t)(l->started - l->counted - l->given_up) };
    }
    for (uint32_t job = h->taken.first; job != NOTHING; job = h->jobs[job].next) {
        const life_job *j = &h->jobs[job];
        bool known = j->holder != NOTHING || (j->flags & JOB_UNCOUNTED);
        balance *b = &all[life_layout_of(h, j)];
        b->missing -= known;
        b->open += !known;
    }
}

/* Everybody at work has had a heartbeat since a job last came back from a hand: all that ended is counted. */
static bool is_calm(const rk_history *h, size_t layout)
{
    for (size_t i = 0; i < h->roster_count; i++) {
        const life_process *p = &h->processes[h->roster[i]];
        if (p->layout == layout && !p->stopped && p->before <= h->layouts[layout].last_left)
            return false;
    }
    return true;
}

/* What was counted and had begun before the log shows where more was counted than began, or where nothing is open. */
static void adjust(rk_history *h, const balance *all)
{
    for (size_t i = 0; i < h->layout_count; i++) {
        life_layout *l = &h->layouts[i];
        bool calm = l->at_work_before && all[i].open == 0 && is_calm(h, i);
        if (all[i].missing >= 0 && !calm)
            continue;
        l->started -= (uint64_t)all[i].missing; /* back to nothing missing, either way */
        l->at_work_before &= !calm;
    }
}

/* Whoever stopped has had the time to count. */
static bool is_counted_up(const rk_history *h, const life_layout *layout)
{
    return !layout->last_stop || h->number > layout->last_stop + EXIT_STEPS;
}

static bool decide(rk_history *h, uint32_t job, const balance *b)
{
    life_job *j = &h->jobs[job];
    bool exact = !h->layouts[life_layout_of(h, j)].at_work_before;
    if (j->holder != NOTHING || (j->flags & JOB_UNCOUNTED))
        return true;
    if (b->missing == 0 && exact)
        return life_end(h, job, RK_FATE_ENDED, RK_BECAUSE_COUNTED, NULL);
    if (b->missing >= (int64_t)b->open && is_counted_up(h, &h->layouts[life_layout_of(h, j)]) &&
        life_stand(h, j).cleared > 0)
        j->flags |= JOB_UNCOUNTED;
    return true;
}

bool life_reckon(rk_history *h)
{
    uint32_t next;
    if (h->layout_count == 0)
        return true;
    balance *all = rk_alloc(h->layout_count * sizeof *all);
    if (!all)
        return rk_no_memory(h->err);
    strike(h, all);
    adjust(h, all);
    bool ok = true;
    for (uint32_t job = h->taken.first; ok && job != NOTHING; job = next) {
        next = h->jobs[job].next;
        ok = decide(h, job, &all[life_layout_of(h, &h->jobs[job])]);
    }
    rk_free(all);
    return ok && h->err->code == RK_OK;
}
