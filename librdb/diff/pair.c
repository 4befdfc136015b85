/* pair: which layout and which place of NEW belongs to which of OLD. */
#include "run.h"

/* Compares a prefix, which has its last colon, with a word of the user, which may lack it. */
static bool prefix_is(rk_slice prefix, const char *word)
{
    rk_slice w = rk_slice_of(word);
    if (rk_slice_is(prefix, w))
        return true;
    return prefix.len == w.len + 1 && prefix.ptr[w.len] == ':' && rk_slice_starts(prefix, w) && w.len > 0;
}

const char *side_namespace(const side *s)
{
    const rk_diff_options *o = s->options;
    bool mapped = s->is_new && o->namespace_only && o->map_old && *o->map_old &&
                  (prefix_is(rk_slice_of(o->namespace_only), o->map_old) ||
                   prefix_is(rk_slice_of(o->map_old), o->namespace_only));
    return mapped ? o->map_new : o->namespace_only;
}

static bool add_account(rk_diff *d, const rk_layout *old_layout, const rk_layout *new_layout)
{
    rk_account a = { .old_layout = old_layout, .new_layout = new_layout };
    if (old_layout && new_layout && old_layout->has_counters && new_layout->has_counters) {
        a.has_counters = true;
        a.processed = new_layout->processed - old_layout->processed;
        a.failed = new_layout->failed - old_layout->failed;
    }
    if (!rk_grow((void **)&d->accounts, &d->account_cap, d->account_count + 1, sizeof a, d->err))
        return false;
    d->accounts[d->account_count++] = a;
    return true;
}

static rk_digest layout_key(const rk_layout *layout)
{
    return rk_digest_seeded(layout->prefix, layout->db);
}

/* --map: the layout of NEW with the other prefix, in the same database if there is one. */
static const rk_layout *mapped_partner(const rk_diff *d, const rk_layout *old_layout, const bool *taken)
{
    const rk_layouts *news = &d->new.layouts;
    const rk_layout *best = NULL;
    for (size_t j = 0; j < news->count; j++)
        if (!taken[j] && prefix_is(news->items[j]->prefix, d->options.map_new) &&
            (!best || news->items[j]->db == old_layout->db))
            best = news->items[j];
    return best;
}

static bool is_mapped(const rk_diff *d, const rk_layout *old_layout)
{
    return d->options.map_old && prefix_is(old_layout->prefix, d->options.map_old);
}

/* Partners by --map come first: what they take is not there for others of its own name. */
static bool find_partners(rk_diff *d, const rk_layout **partners, bool *taken)
{
    const rk_layouts *olds = &d->old.layouts, *news = &d->new.layouts;
    bool lonely = olds->count == 1 && news->count == 1 && !d->options.map_old;
    for (size_t i = 0; i < olds->count; i++) {
        partners[i] = lonely                         ? news->items[0]
                      : is_mapped(d, olds->items[i]) ? mapped_partner(d, olds->items[i], taken)
                                                     : NULL;
        if (partners[i])
            taken[partners[i]->id] = true;
    }
    if (!join_start(&d->table, news->count, d->err))
        return false;
    for (size_t j = 0; j < news->count; j++)
        if (!taken[j])
            join_add(&d->table, layout_key(news->items[j]), (uint32_t)j);
    for (size_t i = 0; i < olds->count; i++) {
        uint32_t j = partners[i] || is_mapped(d, olds->items[i])
                         ? JOIN_NONE
                         : join_take(&d->table, layout_key(olds->items[i]));
        if (j == JOIN_NONE)
            continue;
        partners[i] = news->items[j];
        taken[j] = true;
    }
    return true;
}

static bool pair_layouts(rk_diff *d)
{
    const rk_layouts *olds = &d->old.layouts, *news = &d->new.layouts;
    bool *taken = rk_alloc(news->count * sizeof *taken);
    const rk_layout **partners = rk_alloc(olds->count * sizeof *partners);
    bool ok = taken && partners ? find_partners(d, partners, taken) : rk_no_memory(d->err);
    for (size_t i = 0; ok && i < olds->count; i++)
        ok = add_account(d, olds->items[i], partners[i]);
    for (size_t j = 0; ok && j < news->count; j++)
        ok = taken[j] || add_account(d, NULL, news->items[j]);
    rk_free(partners);
    rk_free(taken);
    return ok;
}

static bool add_row(rk_diff *d, rk_place *old_place, rk_place *new_place, uint32_t account)
{
    rk_ledger_row row = { .old_place = old_place, .new_place = new_place };
    if (!rk_grow((void **)&d->rows, &d->row_cap, d->row_count + 1, sizeof row, d->err))
        return false;
    if (old_place) {
        d->old_rows[old_place->id] = (uint32_t)d->row_count;
        d->old_accounts[old_place->id] = account;
    }
    if (new_place) {
        d->new_rows[new_place->id] = (uint32_t)d->row_count;
        d->new_accounts[new_place->id] = account;
    }
    d->rows[d->row_count++] = row;
    return true;
}

static rk_digest place_key(const rk_place *place)
{
    return rk_digest_seeded(place->name, place->kind);
}

static bool pair_places(rk_diff *d, uint32_t account)
{
    const rk_layout *olds = d->accounts[account].old_layout, *news = d->accounts[account].new_layout;
    size_t new_count = news ? news->place_count : 0;
    if (!join_start(&d->table, new_count, d->err))
        return false;
    for (size_t i = 0; i < new_count; i++)
        join_add(&d->table, place_key(news->places[i]), (uint32_t)i);
    for (size_t i = 0; olds && i < olds->place_count; i++) {
        uint32_t j = join_take(&d->table, place_key(olds->places[i]));
        if (!add_row(d, olds->places[i], j == JOIN_NONE ? NULL : news->places[j], account))
            return false;
    }
    for (size_t i = 0; i < new_count; i++)
        if (d->new_rows[news->places[i]->id] == NO_ROW && !add_row(d, NULL, news->places[i], account))
            return false;
    return true;
}

static uint32_t *no_rows(size_t count)
{
    uint32_t *rows = rk_alloc((count + 1) * sizeof *rows);
    for (size_t i = 0; rows && i < count; i++)
        rows[i] = NO_ROW;
    return rows;
}

bool run_pair(rk_diff *d)
{
    d->old_rows = no_rows(d->old.layouts.place_count);
    d->new_rows = no_rows(d->new.layouts.place_count);
    d->old_accounts = no_rows(d->old.layouts.place_count);
    d->new_accounts = no_rows(d->new.layouts.place_count);
    if (!d->old_rows || !d->new_rows || !d->old_accounts || !d->new_accounts)
        return rk_no_memory(d->err);
    if (!pair_layouts(d))
        return false;
    for (size_t i = 0; i < d->account_count; i++)
        if (!pair_places(d, (uint32_t)i))
            return false;
    return true;
}

bool run_has_mapping(const rk_diff *d)
{
    for (size_t i = 0; i < d->account_count; i++) {
        const rk_account *a = &d->accounts[i];
        if (a->old_layout && a->new_layout &&
            (a->old_layout->db != a->new_layout->db ||
             !rk_slice_is(a->old_layout->prefix, a->new_layout->prefix)))
            return true;
    }
    return d->options.map_old != NULL;
}

/* Puts `head` instead of the first `cut` bytes of `name`. */
static bool put_head(rk_diff *d, rk_slice head, rk_slice name, size_t cut, rk_buf *mapped)
{
    mapped->len = 0;
    return rk_buf_add(mapped, head, d->err) && rk_buf_add(mapped, rk_slice_from(name, cut), d->err);
}

bool run_map_name(rk_diff *d, uint32_t db, rk_slice name, uint32_t *new_db, rk_buf *mapped)
{
    const rk_account *best = NULL;
    *new_db = db;
    for (size_t i = 0; i < d->account_count; i++) {
        const rk_account *a = &d->accounts[i];
        if (a->old_layout && a->old_layout->db == db && rk_slice_starts(name, a->old_layout->prefix) &&
            (!best || a->old_layout->prefix.len > best->old_layout->prefix.len))
            best = a;
    }
    if (best && !best->new_layout)
        return false;
    if (best) {
        *new_db = best->new_layout->db;
        return put_head(d, best->new_layout->prefix, name, best->old_layout->prefix.len, mapped);
    }
    if (!d->options.map_old || !*d->options.map_old)
        return false;
    rk_slice head = rk_slice_of(d->options.map_old); /* no layout has that prefix: other keys may */
    if (!rk_slice_starts(name, head) || name.len == head.len || name.ptr[head.len] != ':')
        return false;
    size_t cut = head.len + (*d->options.map_new ? 0 : 1);
    return put_head(d, rk_slice_of(d->options.map_new), name, cut, mapped);
}

bool rk_diff_home(const rk_diff *d, uint32_t db, rk_slice prefix, uint32_t *new_db, rk_buf *new_prefix,
                  rk_err *err)
{
    rk_slice home = prefix;
    *new_db = db;
    for (size_t i = 0; i < d->account_count; i++) {
        const rk_account *a = &d->accounts[i];
        if (a->old_layout && a->new_layout && a->old_layout->db == db &&
            rk_slice_is(a->old_layout->prefix, prefix)) {
            *new_db = a->new_layout->db;
            new_prefix->len = 0;
            return rk_buf_add(new_prefix, a->new_layout->prefix, err);
        }
    }
    bool mapped = d->options.map_old && prefix_is(prefix, d->options.map_old);
    if (mapped)
        home = rk_slice_of(d->options.map_new);
    new_prefix->len = 0;
    return rk_buf_add(new_prefix, home, err) &&
           (!mapped || home.len == 0 || rk_buf_add(new_prefix, RK_TEXT(":"), err));
}
