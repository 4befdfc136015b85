/* salvage_pieces: values that are a count and so many nodes, members, fields or items: those that are left are copied as
 * they are, behind a new count; members and fields but once. */
#include "salvage.h"

#include <stdlib.h>

enum { SMALLEST_EXPIRY = 8, HASH_METADATA = 24, MEMBERS_HELD = 256 * 1024 };

/* Bytes that are not copied: members that were there before. */
typedef struct {
    uint64_t from, to;
} hole;

typedef struct {
    hole *at;
    size_t count, cap;
} holes;

static bool is_run(const rk_span *span)
{
    return span->kind == RK_SPAN_PIECES && span->count > 0;
}

static bool add_hole(holes *h, uint64_t from, uint64_t to, rk_err *err)
{
    if (!rk_grow((void **)&h->at, &h->cap, h->count + 1, sizeof *h->at, err))
        return false;
    h->at[h->count++] = (hole){ from, to };
    return true;
}

static int by_from(const void *a, const void *b)
{
    const hole *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static bool find_holes_in(salvage *s, const salvage_key *key, const rk_span *run, distinct *seen, holes *h,
                          rk_err *err)
{
    rk_element e;
    distinct_item *before;
    if (!rk_rdb_seek_pieces(s->rdb, key->key->type_byte, run->from, run->count, err))
        return false;
    for (uint64_t from = run->from; rk_rdb_element(s->rdb, &e, err);) {
        distinct_item item = { .digest = rk_digest_of(e.item), .from = from, .to = rk_rdb_offset(s->rdb) };
        from = item.to;
        if (!distinct_add(seen, &item, &before, err) || (before && !add_hole(h, item.from, item.to, err)))
            return false;
    }
    return err->code == RK_OK;
}

static bool find_holes(salvage *s, const salvage_key *key, holes *h, rk_err *err)
{
    distinct *seen = distinct_new(MEMBERS_HELD, err);
    distinct_item first, again;
    bool ok = seen;
    if (ok)
        distinct_start(seen);
    for (size_t i = key->first; ok && i < key->end; i++)
        ok = !is_run(&s->check->spans[i]) || find_holes_in(s, key, &s->check->spans[i], seen, h, err);
    while (ok && distinct_late(seen, &first, &again, err))
        ok = add_hole(h, again.from, again.to, err);
    ok = ok && err->code == RK_OK;
    if (ok && h->count)
        qsort(h->at, h->count, sizeof *h->at, by_from);
    distinct_free(seen);
    return ok;
}

/* Attributes, type and name, and what stands between the name and the count. */
static bool write_head(salvage *s, const rk_damaged_key *key, uint64_t count, rk_err *err)
{
    uint64_t to = key->value + (key->type_byte == HASH_METADATA ? SMALLEST_EXPIRY : 0);
    return salvage_db(s, key->db, err) && salvage_copy(s, key->begin, to, err) &&
           rk_rdb_write_len(&s->out, count, err);
}

/* A run without its holes, which begin at h->at[*next]. */
static bool copy_run(salvage *s, const rk_span *run, const holes *h, size_t *next, rk_err *err)
{
    uint64_t from = run->from;
    for (; *next < h->count && h->at[*next].from < run->to; ++*next) {
        if (!salvage_copy(s, from, h->at[*next].from, err))
            return false;
        from = h->at[*next].to;
    }
    return salvage_copy(s, from, run->to, err);
}

bool salvage_pieces(salvage *s, const salvage_key *key, uint64_t *pieces, rk_err *err)
{
    holes h = { 0 };
    size_t next = 0;
    bool ok = key->key->type == RK_LIST || find_holes(s, key, &h, err);
    *pieces = 0;
    for (size_t i = key->first; i < key->end; i++)
        *pieces += is_run(&s->check->spans[i]) ? s->check->spans[i].count : 0;
    *pieces -= h.count < *pieces ? h.count : *pieces;
    if (ok && *pieces > 0)
        ok = write_head(s, key->key, *pieces, err);
    for (size_t i = key->first; ok && *pieces > 0 && i < key->end; i++)
        ok = !is_run(&s->check->spans[i]) || copy_run(s, &s->check->spans[i], &h, &next, err);
    rk_free(h.at);
    return ok;
}
