/* quietest: the spans of a log in which least was written. */
#include "rdbkit/aoflog.h"

#include <stdlib.h>

enum { HOUR_S = 3600, DAY_S = 86400 };

/* Windows of `slots` slots, one beginning at each slot; `sums` are their writes. */
typedef struct {
    const rk_timeline *line;
    uint64_t *sums;
    size_t count, slots;
} windows;

static rk_quiet_window window_at(const windows *w, size_t at)
{
    int64_t from = w->line->first + (int64_t)(at * w->line->width);
    return (rk_quiet_window){ from, from + (int64_t)(w->slots * w->line->width), w->sums[at] };
}

static void sum_windows(windows *w)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < w->line->count; i++) {
        sum += w->line->slots[i];
        if (i >= w->slots)
            sum -= w->line->slots[i - w->slots];
        if (i + 1 >= w->slots)
            w->sums[i + 1 - w->slots] = sum;
    }
}

static bool overlaps(const rk_quietest *quiet, rk_quiet_window window)
{
    for (size_t i = 0; i < quiet->count; i++)
        if (window.from_s < quiet->best[i].to_s && quiet->best[i].from_s < window.to_s)
            return true;
    return false;
}

static void choose(const windows *w, rk_quietest *quiet)
{
    size_t busiest = 0;
    for (size_t i = 1; i < w->count; i++)
        busiest = w->sums[i] > w->sums[busiest] ? i : busiest;
    quiet->busiest = window_at(w, busiest);
    while (quiet->count < RK_QUIET_WINDOWS) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < w->count; i++)
            if ((best == SIZE_MAX || w->sums[i] < w->sums[best]) && !overlaps(quiet, window_at(w, i)))
                best = i;
        if (best == SIZE_MAX)
            return;
        quiet->best[quiet->count++] = window_at(w, best);
    }
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Each hour of the day, over all the days in which it was seen as a whole. */
static void compare_hours(const rk_timeline *line, rk_quietest *quiet)
{
    unsigned seen[24] = { 0 };
    double writes[24] = { 0 };
    quiet->has_hours = quiet->to_s - quiet->first_s >= 2 * DAY_S && line->width <= HOUR_S;
    if (!quiet->has_hours)
        return;
    int64_t first = (quiet->first_s + HOUR_S - 1) / HOUR_S;
    for (int64_t hour = first; (hour + 1) * HOUR_S <= quiet->to_s; hour++) {
        seen[hour % 24]++;
        writes[hour % 24] += rk_timeline_sum(line, (double)(hour * HOUR_S), (double)((hour + 1) * HOUR_S));
    }
    for (unsigned i = 0; i < 24; i++)
        quiet->hour_writes[i] = seen[i] ? writes[i] / seen[i] : 0;
}

bool rk_quietest_find(const rk_timeline *line, uint64_t span_s, rk_quietest *quiet, rk_err *err)
{
    if (line->count == 0)
        return rk_fail(err, RK_FORMAT, RK_NO_OFFSET,
                       "quiet times need annotations (aof-timestamp-enabled yes), and the log has none");
    uint64_t covered = line->count * line->width;
    *quiet = (rk_quietest){ .span_s = span_s,
                            .first_s = line->first,
                            .to_s = line->first + (int64_t)covered,
                            .slot_s = line->width };
    if (span_s == 0 || span_s > covered)
        return rk_fail(err, RK_FORMAT, RK_NO_OFFSET,
                       "a window of %" PRIu64 " s was asked for, and the log covers %" PRIu64 " s", span_s,
                       covered);
    windows w = { .line = line, .slots = (size_t)((span_s + line->width - 1) / line->width) };
    w.count = line->count - w.slots + 1;
    w.sums = rk_alloc(w.count * sizeof *w.sums);
    if (!w.sums)
        return rk_no_memory(err);
    sum_windows(&w);
    choose(&w, quiet);
    qsort(w.sums, w.count, sizeof *w.sums, by_size);
    quiet->usual = w.sums[w.count / 2];
    compare_hours(line, quiet);
    rk_free(w.sums);
    return true;
}
