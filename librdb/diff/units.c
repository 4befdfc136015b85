/* units: matches what lies byte for byte the same in the same place, undecoded. */
#include "run.h"

static rk_digest unit_key(const side_unit *u, bool scored)
{
    return scored && u->form == RK_UNIT_ITEM ? join_scored(u->digest, u->score) : u->digest;
}

static size_t count_units(const rk_place *place)
{
    size_t count = 0;
    for (size_t i = 0; i < place->segment_count; i++)
        count += place->segments[i].candidate->unit_count;
    return count;
}

/* Units of OLD that have the same bytes, or have them with two of NEW. */
static void note_twin(rk_diff *d, uint32_t one, uint32_t other)
{
    if (one == JOIN_NONE)
        return;
    d->old.units[one].twin = 1;
    if (other != JOIN_NONE)
        d->old.units[other].twin = 1;
}

static bool match_place(rk_diff *d, const rk_place *olds, const rk_place *news)
{
    bool scored = side_place_is_scored(olds);
    if (!join_start(&d->table, count_units(olds), d->err))
        return false;
    for (size_t i = olds->segment_count; i-- > 0;) {
        const rk_candidate *c = olds->segments[i].candidate;
        for (uint64_t u = c->first_unit + c->unit_count; u-- > c->first_unit;)
            note_twin(d, join_add(&d->table, unit_key(&d->old.units[u], scored), (uint32_t)u), (uint32_t)u);
    }
    for (size_t i = 0; i < news->segment_count; i++) {
        const rk_candidate *c = news->segments[i].candidate;
        for (uint64_t u = c->first_unit; u < c->first_unit + c->unit_count; u++) {
            rk_digest key = unit_key(&d->new.units[u], scored);
            uint32_t partner = join_take(&d->table, key);
            if (partner == JOIN_NONE) {
                note_twin(d, join_taken(&d->table, key), JOIN_NONE);
                continue;
            }
            d->new.units[u].partner = partner;
            d->old.units[partner].partner = (uint32_t)u & UNIT_ALONE;
        }
    }
    return true;
}

bool run_match_units(rk_diff *d)
{
    for (size_t i = 0; i < d->row_count; i++) {
        const rk_ledger_row *row = &d->rows[i];
        bool stranded = row->new_place && row->new_place->kind == RK_PLACE_PRIVATE && !row->new_place->alive;
        if (row->old_place && row->new_place && !stranded && row->old_place->kind != RK_PLACE_WORK &&
            !match_place(d, row->old_place, row->new_place))
            return false;
    }
    return true;
}
