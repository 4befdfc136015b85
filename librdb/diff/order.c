/* order: did the jobs that both sides have in a list keep their order? The heaviest increasing subsequence tells how
 * many did; n log n for lists of any length (spec: Sidekiq, "What order means in a diff"). */
#include "run.h"

#include <stdlib.h>

/* A run of jobs that stand in both lists one behind the other. */
typedef struct {
    uint64_t before, after; /* position of its first job */
    uint64_t count;
    uint32_t old_shard, new_shard;
} stretch;

typedef struct {
    stretch *items;
    size_t count, cap;
    uint64_t *best;   /* Fenwick tree over ranks: the heaviest sequence that ends at or before */
    size_t best_cap;
    bool but_twins;   /* leave out what stands twice, found by its digest in d->table */
    bool nameless;    /* and nodes, which may hold such jobs: there are jobs without a jid that look alike */
} stretches;

static bool add_stretch(rk_diff *d, stretches *s, stretch item)
{
    if (!rk_grow((void **)&s->items, &s->cap, s->count + 1, sizeof item, d->err))
        return false;
    s->items[s->count++] = item;
    return true;
}

/* All runs of a row: matched units, and matched jobs that were not pushed anew. */
static bool is_ambiguous(const rk_diff *d, const stretches *s, const side_unit *unit)
{
    return s->but_twins && ((s->nameless && unit->count > 1) || join_count(&d->table, unit->digest, 3) > 2);
}

static bool gather(rk_diff *d, const rk_ledger_row *row, stretches *s)
{
    size_t count;
    const side_job *jobs = jobs_of(&d->old, row->old_place, &count);
    s->count = 0;
    for (size_t i = 0; i < row->new_place->segment_count; i++) {
        const rk_candidate *c = row->new_place->segments[i].candidate;
        for (uint64_t u = c->first_unit; u < c->first_unit + c->unit_count; u++) {
            const side_unit *unit = &d->new.units[u];
            if (unit->partner == UNIT_ALONE || is_ambiguous(d, s, unit))
                continue;
            const side_unit *old = &d->old.units[unit->partner];
            if (!add_stretch(d, s, (stretch){ old->position, unit->position, unit->count,
                                              (uint32_t)rk_spot_shard(old->spot), (uint32_t)rk_spot_shard(unit->spot) }))
                return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const side_job *old = &jobs[i];
        if (old->partner == NO_PARTNER || (old->flags & (JOB_PUSHED_AGAIN | JOB_TWIN)))
            continue;
        const side_job *new = &d->new.jobs[old->partner];
        if (new->flags & JOB_TWIN)
            continue;
        if (new->place != row->new_place->id || (old->flags & JOB_HELD))
            continue;
        if (!add_stretch(d, s, (stretch){ old->position, new->position, 1,
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

/* How many jobs the longest sequence holds that ascends, or descends: the heaviest subsequence of `items` (sorted by their place in OLD, `after` replaced by ranks 1..n) that ascends. */
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
    uint64_t kept = 0, count = row->new_place->jobs;
    uint64_t pushed = a->has_counters && a->failed > 0 ? (uint64_t)a->failed : 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].count > 1 || s->items[i].after + pushed < count)
            s->items[kept++] = s->items[i];
    s->count = (size_t)kept;
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

static bool mark_twin_jobs(rk_diff *d, const side *sd, const rk_place *place, stretches *s)
{
    size_t count;
    side_job *jobs = jobs_of(sd, place, &count);
    if (!join_start(&d->table, count, d->err))
        return false;
    for (size_t i = 0; i < count; i++) {
        uint32_t first = join_peek(&d->table, jobs[i].payload);
        if (first == JOIN_NONE) {
            join_add(&d->table, jobs[i].payload, (uint32_t)i);
            continue;
        }
        jobs[i].flags |= JOB_TWIN;
        jobs[first].flags |= JOB_TWIN;
        s->nameless |= !(jobs[i].flags & JOB_HAS_JID);
    }
    return true;
}

/* Leaves all units of both sides in d->table: three of a kind, and one side has it twice. */
static bool table_units(rk_diff *d, const rk_ledger_row *row)
{
    const rk_place *places[2] = { row->old_place, row->new_place };
    const side *sides[2] = { &d->old, &d->new };
    size_t count = 0;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < places[k]->segment_count; i++)
            count += places[k]->segments[i].candidate->unit_count;
    if (!join_start(&d->table, count, d->err))
        return false;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < places[k]->segment_count; i++)
            for (uint64_t u = 0; u < places[k]->segments[i].candidate->unit_count; u++)
                join_add(&d->table, side_units(sides[k], &places[k]->segments[i])[u].digest, (uint32_t)u);
    return true;
}

/* Jobs without a jid may have the same bytes: whichever of them were paired, that says nothing of their order. */
static bool judge_but_twins(rk_diff *d, stretches *s, rk_ledger_row *row)
{
    s->but_twins = true;
    s->nameless = false;
    return mark_twin_jobs(d, &d->old, row->old_place, s) && mark_twin_jobs(d, &d->new, row->new_place, s) &&
           table_units(d, row) && gather(d, row, s) && judge_row(d, s, row);
}

static bool judge_queue(rk_diff *d, stretches *s, rk_ledger_row *row)
{
    s->but_twins = false;
    if (!gather(d, row, s) || !judge_row(d, s, row))
        return false;
    uint64_t shared = row->shared;
    if (row->out_of_order > 0 && !judge_but_twins(d, s, row))
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
    if (!row->order_changed)
        row->shared = shared; /* those that were left out keep their order as well as any */
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
