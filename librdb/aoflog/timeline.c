/* timeline: numbers along an axis, in slots that are joined when there are too many. */
#include "rdbkit/aoflog.h"

enum { SLOTS_MOST = 1 << 20 };

/* Pairs of slots become one. */
static void join_pairs(rk_timeline *line)
{
    size_t count = (line->count + 1) / 2;
    for (size_t i = 0; i < count; i++)
        line->slots[i] = line->slots[2 * i] + (2 * i + 1 < line->count ? line->slots[2 * i + 1] : 0);
    memset(line->slots + count, 0, (line->count - count) * sizeof *line->slots);
    line->count = count;
    line->width *= 2;
}

bool rk_timeline_add(rk_timeline *line, int64_t at, uint64_t amount, rk_err *err)
{
    if (!line->slots) {
        line->first = at;
        line->width = 1;
    }
    uint64_t distance = at > line->first ? (uint64_t)at - (uint64_t)line->first : 0;
    while (distance / line->width >= SLOTS_MOST)
        join_pairs(line);
    size_t slot = (size_t)(distance / line->width), had = line->cap;
    if (!rk_grow((void **)&line->slots, &line->cap, slot + 1, sizeof *line->slots, err))
        return false;
    memset(line->slots + had, 0, (line->cap - had) * sizeof *line->slots);
    if (slot >= line->count)
        line->count = slot + 1;
    line->slots[slot] += amount;
    line->total += amount;
    line->early += at < line->first ? amount : 0;
    return true;
}

void rk_timeline_free(rk_timeline *line)
{
    rk_free(line->slots);
    *line = (rk_timeline){ 0 };
}

double rk_timeline_sum(const rk_timeline *line, double from, double to)
{
    double sum = 0, width = (double)line->width;
    if (line->count == 0 || to <= from)
        return 0;
    double begin = (from - (double)line->first) / width, end = (to - (double)line->first) / width;
    begin = begin < 0 ? 0 : begin;
    end = end > (double)line->count ? (double)line->count : end;
    for (size_t i = (size_t)begin; begin < end && i < line->count && (double)i < end; i++) {
        double left = begin > (double)i ? begin : (double)i;
        double right = end < (double)i + 1 ? end : (double)i + 1;
        sum += (double)line->slots[i] * (right - left);
    }
    return sum;
}
