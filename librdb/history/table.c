/* table: open addressing for everything that is found by a hash; what goes closes its gap, so that the table follows
 * what is there, not what was. */
#include "life.h"

static size_t home_of(const rk_history *h, uint32_t tag, uint64_t hash)
{
    return rk_spread_slot(h->spread, (rk_digest){ hash, tag }, h->mark_cap);
}

/* The slot of the mark, or the free one where it belongs. */
static size_t slot_of(const rk_history *h, uint32_t tag, uint64_t hash)
{
    size_t at = home_of(h, tag, hash);
    while (h->marks[at].count && (h->marks[at].hash != hash || h->marks[at].tag != tag))
        at = (at + 1) & (h->mark_cap - 1);
    return at;
}

life_mark *life_find(const rk_history *h, uint32_t tag, uint64_t hash)
{
    life_mark *mark = h->mark_cap ? &h->marks[slot_of(h, tag, hash)] : NULL;
    return mark && mark->count ? mark : NULL;
}

static bool widen(rk_history *h)
{
    size_t before = h->mark_cap;
    life_mark *marks = h->marks;
    h->mark_cap = before ? before * 2 : 1024;
    h->marks = rk_alloc(h->mark_cap * sizeof *h->marks);
    if (!h->marks) {
        h->marks = marks;
        h->mark_cap = before;
        return rk_no_memory(h->err);
    }
    for (size_t i = 0; i < before; i++)
        if (marks[i].count)
            h->marks[slot_of(h, marks[i].tag, marks[i].hash)] = marks[i];
    rk_free(marks);
    return true;
}

life_mark *life_mark_of(rk_history *h, uint32_t tag, uint64_t hash)
{
    if (h->mark_count * 3 >= h->mark_cap * 2 && !widen(h))
        return NULL;
    life_mark *mark = &h->marks[slot_of(h, tag, hash)];
    if (!mark->count) {
        *mark = (life_mark){ .hash = hash, .tag = tag };
        h->mark_count++;
    }
    return mark;
}

/* What stands behind the gap, and may not stand nearer to its home, moves into it. */
static void close_gap(rk_history *h, size_t gap)
{
    size_t mask = h->mark_cap - 1;
    for (size_t at = (gap + 1) & mask; h->marks[at].count; at = (at + 1) & mask) {
        size_t home = home_of(h, h->marks[at].tag, h->marks[at].hash);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        h->marks[gap] = h->marks[at];
        gap = at;
    }
    h->marks[gap].count = 0;
}

void life_unmark(rk_history *h, life_mark *mark)
{
    if (--mark->count)
        return;
    h->mark_count--;
    close_gap(h, (size_t)(mark - h->marks));
}
