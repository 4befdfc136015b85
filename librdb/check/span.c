/* span: the damage map: what is sound, what is left of damaged keys, what is lost. */
#include "run.h"

#include <stdlib.h>

const char *rk_span_kind_name(rk_span_kind kind)
{
    static const char *const names[] = { [RK_SPAN_SOUND] = "sound",
                                         [RK_SPAN_PIECES] = "pieces",
                                         [RK_SPAN_LOST] = "lost",
                                         [RK_SPAN_LEFT_OUT] = "left_out" };
    return names[kind];
}

static bool push(rk_check *c, const rk_span *span, rk_err *err)
{
    if (!rk_grow((void **)&c->spans, &c->span_cap, c->span_count + 1, sizeof *span, err))
        return false;
    c->spans[c->span_count++] = *span;
    return true;
}

static rk_span *last_span(rk_check *c)
{
    return c->span_count ? &c->spans[c->span_count - 1] : NULL;
}

/* What of the reader's state holds for a span that begins here. */
static rk_span span_of(const rk_check *c, rk_span_kind kind, uint64_t from, uint64_t to)
{
    return (rk_span){ .kind = kind,
                      .from = from,
                      .to = to,
                      .db = c->db,
                      .db_known = !c->db_lost,
                      .suspect = from < c->suspect_to,
                      .key = SIZE_MAX };
}

/* Spans tile the file, whoever adds them: what was noted from `from` on is no longer so, and what nobody vouches for
 * before it is lost. */
static bool join(rk_check *c, uint64_t from, rk_err *err)
{
    rk_span *last = last_span(c);
    uint64_t end = last ? last->to : c->begin;
    if (from < end && last && last->kind == RK_SPAN_PIECES && last->count > 0 && last->from < from) {
        if (!check_pieces_back(c, last->key, from, &end, err))
            return false;
    } else if (from < end) {
        check_span_back(c, from, 0);
        end = from;
    }
    rk_span lost = span_of(c, RK_SPAN_LOST, end, from);
    return from == end || push(c, &lost, err);
}

bool check_span_sound(rk_check *c, uint64_t from, uint64_t to, uint64_t keys, rk_err *err)
{
    if (from == to)
        return true;
    if (!join(c, from, err))
        return false;
    rk_span *last = last_span(c);
    if (last && last->kind == RK_SPAN_SOUND && last->to == from && last->suspect == (from < c->suspect_to)) {
        last->to = to;
        last->keys += keys;
        return true;
    }
    rk_span span = span_of(c, RK_SPAN_SOUND, from, to);
    span.keys = keys;
    return push(c, &span, err);
}

bool check_span_add(rk_check *c, rk_span_kind kind, uint64_t from, uint64_t to, size_t key, uint64_t count,
                    rk_err *err)
{
    if (from == to)
        return true;
    if (!join(c, from, err))
        return false;
    rk_span *last = last_span(c);
    if (last && last->kind == kind && last->to == from &&
        (kind == RK_SPAN_LOST ||
         (kind == RK_SPAN_PIECES && last->key == key && last->count > 0 && count > 0))) {
        last->to = to; /* what is lost belongs to the key in which it begins */
        last->count += count;
        return true;
    }
    rk_span span = span_of(c, kind, from, to);
    span.key = key;
    span.count = count;
    span.keys = kind == RK_SPAN_LEFT_OUT;
    return push(c, &span, err);
}

bool check_span_trailing(rk_check *c, uint64_t from, uint64_t to, rk_err *err)
{
    rk_span span = span_of(c, RK_SPAN_LOST, from, to);
    return push(c, &span, err);
}

void check_span_back(rk_check *c, uint64_t to, uint64_t keys)
{
    rk_span *last;
    while ((last = last_span(c)) != NULL && last->from >= to) {
        keys -= last->keys < keys ? last->keys : keys;
        c->span_count--;
    }
    if (last && last->to > to) {
        last->to = to;
        last->keys -= keys < last->keys ? keys : last->keys;
    }
}

bool check_damaged_add(rk_check *c, const rk_key *key, uint64_t value, uint64_t announced, size_t *index,
                       rk_err *err)
{
    rk_damaged_key damaged = { .db = key->db,
                               .type = key->type,
                               .type_byte = key->type_byte,
                               .encoding = key->encoding,
                               .begin = key->begin,
                               .offset = key->offset,
                               .value = value,
                               .announced = announced };
    if (!rk_arena_copy(&c->arena, key->name, &damaged.name, err) ||
        !rk_grow((void **)&c->damaged, &c->damaged_cap, c->damaged_count + 1, sizeof damaged, err))
        return false;
    *index = c->damaged_count;
    c->damaged[c->damaged_count++] = damaged;
    return true;
}

/* ---- keys that were found to be there twice only at the end ---- */

static int by_begin(const void *a, const void *b)
{
    const check_leaving *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Cuts the records of `leaving` that lie in `span` out of it. */
static bool cut(rk_check *c, rk_span span, const check_leaving *leaving, size_t count, size_t *at,
                rk_err *err)
{
    while (*at < count && leaving[*at].from < span.to) {
        const check_leaving *out = &leaving[(*at)++];
        if (span.kind != RK_SPAN_SOUND || out->from < span.from || out->to > span.to || out->to == out->from)
            continue; /* not whole: nothing of it is sound */
        rk_span before = span, gone = span;
        before.to = gone.from = out->from;
        before.keys = 0;
        gone.to = out->to;
        gone.kind = RK_SPAN_LEFT_OUT;
        gone.db = out->db;
        gone.key = out->key;
        gone.keys = 1;
        if ((before.to > before.from && !push(c, &before, err)) || !push(c, &gone, err))
            return false;
        span.from = out->to;
        span.db = out->db;
        span.keys -= span.keys > 0;
    }
    return span.from == span.to || push(c, &span, err);
}

bool check_span_leave_out(rk_check *c, check_leaving *leaving, size_t count, rk_err *err)
{
    rk_span *spans = c->spans;
    size_t span_count = c->span_count, at = 0;
    bool ok = true;
    if (count == 0)
        return true;
    qsort(leaving, count, sizeof *leaving, by_begin);
    c->spans = NULL;
    c->span_count = c->span_cap = 0;
    for (size_t i = 0; ok && i < span_count; i++)
        ok = cut(c, spans[i], leaving, count, &at, err);
    rk_free(spans);
    return ok;
}
