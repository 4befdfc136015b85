/* order: did the jobs that both sides have in a list keep their order? The heaviest increasing subsequence tells how
 * many did; n log n for lists of any length (spec: Sidekiq, "What order means in a diff"). */
#include "run.h"

#include <stdlib.h>

typedef struct {
    stretch *items;
    size_t count, cap;
    uint64_t *best; /* Fenwick tree over ranks: the heaviest sequence that ends at or before */
    size_t best_cap;
} stretches;

static bool add_stretch(rk_diff *d, stretches *s, stretch item)
{
    if (!rk_grow((void **)&s->items, &s->cap, s->count + 1, sizeof item, d->err))
        return false;
    s->items[s->count++] = item;
    return true;
}

/* All runs of a row: matched units, folded jobs, and matched jobs that were not pushed anew. */
static bool gather(rk_diff *d, const rk_ledger_row *row, stretches *s)
{
    size_t count;
    const side_job *jobs = jobs_of(&d->old, row->old_place, &count);
    s->count = 0;
    for (size_t i = 0; i < row->new_place->segment_count; i++) {
        const rk_candidate *c = row->new_place->segments[i].candidate;
        for (uint64_t u = c->first_unit; u < c->first_unit + c->unit_count; u++) {
            const side_unit *unit = &d->new.units[u];
            if (unit->partner == UNIT_ALONE || unit->count == 0)
                continue;
            const side_unit *old = &d->old.units[unit->partner];
            if (old->twin)
                continue; /* among equals there is no order */
            if (!add_stretch(d, s,
                             (stretch){ old->position, unit->position, unit->count,
                                        (uint32_t)rk_spot_shard(old->spot),
                                        (uint32_t)rk_spot_shard(unit->spot) }))
                return false;
        }
    }
    const folded *fold = &d->folds[row - d->rows];
    for (size_t i = 0; i < fold->stretch_count; i++)
        if (!add_stretch(d, s, d->stretches[fold->first_stretch + i]))
            return false;
    for (size_t i = 0; i < count; i++) {
        const side_job *old = &jobs[i];
        if (old->partner == NO_PARTNER || (old->flags & (JOB_PUSHED_AGAIN | JOB_TWIN)))
            continue;
        const side_job *new = &d->new.jobs[old->partner];
        if (new->place != row->new_place->id || (old->flags & JOB_HELD))
            continue;
        if (!add_stretch(d, s,
                         (stretch){ old->position, new->position, 1,
                                    (uint32_t)rk_spot_shard(d->old.units[old->unit].spot),
                                    (uint32_t)rk_spot_shard(d->new.units[new->unit].spot) }))
            return false;
    }
    return true;
}

static int by_shards_then_after(const void *a, const void *b)
{
    const stretch *x = a, *y = b;
    if (x->old_shard != y->old_shard)
        return x->old_shard < y->old_shard ? -1 : 1;
    if (x->new_shard != y->new_shard)
        return x->new_shard < y->new_shard ? -1 : 1;
    return (x->after > y->after) - (x->after < y->after);
}

static int by_before(const void *a, const void *b)
{
    const stretch *x = a, *y = b;
    return (x->before > y->before) - (x->before < y->before);
}

/* How many jobs the longest sequence holds that ascends, or descends. `items` are sorted by their place in OLD; their
 * `after` is a rank from 1 to `count`. */
static uint64_t heaviest(const stretch *items, size_t count, uint64_t *best, bool descending)
{
    memset(best, 0, (count + 1) * sizeof *best);
    for (size_t i = 0; i < count; i++) {
        size_t rank = descending ? count + 1 - items[i].after : items[i].after;
        uint64_t weight = 0;
        for (size_t at = rank; at > 0; at &= at - 1)
            weight = best[at] > weight ? best[at] : weight;
        weight += descending ? 1 : items[i].count; /* within a run jobs ascend */
        for (size_t at = rank; at <= count; at += at & (0 - at))
            best[at] = best[at] > weight ? best[at] : weight;
    }
    uint64_t most = 0;
    for (size_t at = count; at > 0; at &= at - 1)
        most = best[at] > most ? best[at] : most;
    return most;
}

/* One run of items whose shards agree. */
static bool judge_group(rk_diff *d, stretches *s, stretch *items, size_t count, rk_ledger_row *row)
{
    if (!rk_grow((void **)&s->best, &s->best_cap, count + 1, sizeof *s->best, d->err))
        return false;
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        items[i].after = i + 1; /* they come sorted by it */
        total += items[i].count;
    }
    qsort(items, count, sizeof *items, by_before);
    row->shared += total;
    row->out_of_order += total - heaviest(items, count, s->best, false);
    row->backward += heaviest(items, count, s->best, true);
    return true;
}

/* Workers that were stopped push back what they held, at the tail, in any order: leave out that many. */
static void drop_pushed_back(const rk_diff *d, const rk_ledger_row *row, stretches *s)
{
    const rk_account *a = &d->accounts[d->old_accounts[row->old_place->id]];
    bool began = a->new_layout &&
                 !(a->old_layout && a->old_layout->has_counters); /* there are none before the first job */
    int64_t failed = a->has_counters ? a->failed : began ? a->new_layout->failed : 0;
    uint64_t pushed = failed > 0 ? (uint64_t)failed : 0;
    uint64_t end = row->new_place->jobs > pushed ? row->new_place->jobs - pushed : 0;
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        stretch item = s->items[i];
        if (item.after >= end)
            continue;
        if (item.count > end - item.after)
            item.count = end - item.after;
        s->items[kept++] = item;
    }
    s->count = kept;
}

static bool judge_row(rk_diff *d, stretches *s, rk_ledger_row *row)
{
    if (s->count > 1) /* qsort takes no NULL, even for nothing */
        qsort(s->items, s->count, sizeof *s->items, by_shards_then_after);
    row->shared = row->out_of_order = row->backward = 0;
    for (size_t from = 0, to; from < s->count; from = to) {
        for (to = from; to < s->count && s->items[to].old_shard == s->items[from].old_shard &&
                        s->items[to].new_shard == s->items[from].new_shard;)
            to++;
        if (!judge_group(d, s, s->items + from, to - from, row))
            return false;
    }
    return true;
}

static bool judge_queue(rk_diff *d, stretches *s, rk_ledger_row *row)
{
    if (!gather(d, row, s) || !judge_row(d, s, row))
        return false;
    if (row->out_of_order > 0) {
        rk_ledger_row strict = *row;
        if (!gather(d, row, s))
            return false;
        drop_pushed_back(d, row, s);
        if (!judge_row(d, s, row))
            return false;
        if (row->out_of_order > 0)
            *row = strict;
    }
    row->order_changed = row->out_of_order > 0;
    row->reversed = row->order_changed && row->backward == row->shared && row->shared > 2;
    d->orders_changed += row->order_changed;
    return true;
}

bool run_order(rk_diff *d)
{
    stretches s = { 0 };
    bool ok = true;
    for (size_t i = 0; ok && i < d->row_count; i++) {
        rk_ledger_row *row = &d->rows[i];
        if (row->old_place && row->new_place && row->old_place->kind == RK_PLACE_QUEUE)
            ok = judge_queue(d, &s, row);
    }
    rk_free(s.items);
    rk_free(s.best);
    return ok;
}
