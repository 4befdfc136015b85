/* alive: which processes are alive, and which are dead, by what was heard of them (spec: Sidekiq, "Heartbeat", "Stop"). In
 * between two heartbeats nothing tells a process that was killed from one that is at work. */
#include "life.h"

#include <math.h>

enum { INTERVAL_S = 10 }; /* from one heartbeat to the next, where none is seen */

int64_t life_end_of(const rk_history *h)
{
    return h->ended && h->options.end_s > h->now_s ? h->options.end_s : h->now_s;
}

int64_t life_interval_of(const rk_history *h, const life_process *p)
{
    int64_t seen = p->interval_s ? p->interval_s : h->layouts[p->layout].interval_s;
    return seen ? seen : INTERVAL_S;
}

int64_t life_heard_of(const rk_history *h, const life_process *p)
{
    return p->beat_s + (h->down_s - p->down_s);
}

static double heard_of(const rk_history *h, const life_process *p)
{
    bool by_log = h->info.annotated; /* clocks of hosts differ */
    return by_log ? (double)life_heard_of(h, p) : p->beat + (double)(h->down_s - p->down_s);
}

static bool is_overdue(const rk_history *h, const life_process *p, double end)
{
    return end - heard_of(h, p) > (double)(life_interval_of(h, p) + LATE_S);
}

/* All others stopped or are dead, and one of them stopped behind its last heartbeat: as all was brought to an end, it did
 * not stop. */
static bool missed_the_stop(const rk_history *h, const life_process *p, double end)
{
    bool stop = false;
    for (size_t i = 0; i < h->process_count; i++) {
        const life_process *other = &h->processes[i];
        if (other == p || other->layout != p->layout || isnan(other->beat))
            continue;
        if (!other->stopped && !is_overdue(h, other, end))
            return false;
        stop |= other->stopped > p->last;
    }
    return stop;
}

/* Its next heartbeat is not overdue: it is alive, unless something else says that it is not. */
static bool may_be_at_work(const rk_history *h, const life_process *p, double end)
{
    return !h->options.alive_strictly && !is_overdue(h, p, end) && !missed_the_stop(h, p, end);
}

bool life_is_alive(const rk_history *h, const life_process *p)
{
    int64_t end = life_end_of(h);
    if (p->stopped || isnan(p->beat))
        return !p->stopped;
    if (end < 0)
        return true;
    if (!h->ended)
        return end - life_heard_of(h, p) <= GONE_S;
    double beat = heard_of(h, p), heard = beat > (double)p->sign_s ? beat : (double)p->sign_s;
    return (double)end - heard <= h->options.alive_within_s || may_be_at_work(h, p, (double)end);
}
