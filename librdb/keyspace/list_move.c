/* list_move: the commands that take items from one list and put them into another, or the same (spec: AOF, "Lists"). */
#include "list.h"

/* Which items are moved: `n` from an end, to an end; *bulk: they keep their order among each other. */
typedef struct {
    bool from_tail, to_tail, bulk;
    uint64_t n;
} list_move;

static unsigned at_end(bool tail)
{
    return tail ? KS_AT_TAIL : 0;
}

/* The item leaves the end of one list and arrives at that of another. What went out may still be looked at, so that
 * the one that comes in is a second string. */
static bool move_one(ks_call *c, ks_key *from, ks_key *to, bool from_tail, bool to_tail)
{
    ks_str arriving;
    size_t at = from_tail ? from->list->count - 1 : 0;
    if (!ks_list_reserve(c->ks, to->list, 1) || !ks_str_copy(c->ks, ks_list_at(from->list, at), &arriving))
        return false;
    ks_str leaving = ks_list_take(from->list, from_tail);
    ks_tell_out(c->ks, from, &leaving, at_end(from_tail), 0);
    ks_list_put(to->list, to_tail, arriving);
    ks_tell_in(c->ks, to, &arriving, at_end(to_tail), 0);
    return true;
}

/* A block of items that arrives at the end it left has its order turned around when they go one by one; so that it is
 * kept, the block is turned around before. */
static void turn_block(ks_list *list, bool tail, size_t n)
{
    size_t first = tail ? list->count - n : 0;
    for (size_t i = 0; i < n / 2; i++) {
        ks_str *a = ks_list_at(list, first + i), *b = ks_list_at(list, first + n - 1 - i), kept = *a;
        *a = *b;
        *b = kept;
    }
}

/* Moves from the list of argument 1 to that of argument 2, as `m` says. */
static rk_outcome move(ks_call *c, list_move m)
{
    bool wrong, wrong_to;
    ks_doubt_with(c, 1, 2);
    ks_key *from = ks_open(c, 1, RK_LIST, &wrong);
    if (!from)
        return ks_no_key(c, 1, wrong);
    ks_key *to = ks_list_open_or_make(c, 2, &wrong_to);
    if (!to)
        return ks_no_key(c, 2, wrong_to);
    bool same_ends = m.from_tail == m.to_tail;
    if (m.n > from->list->count)
        m.n = from->list->count;
    if (same_ends && from == to && (m.bulk || m.n == 1))
        return RK_OUTCOME_NOTHING;
    if (same_ends && m.bulk)
        turn_block(from->list, m.from_tail, (size_t)m.n);
    while (m.n > 0 && move_one(c, from, to, m.from_tail, m.to_tail))
        m.n--;
    if (from->list->count == 0 && !ks_bad(c->ks))
        ks_drop_empty(c->ks, from);
    return RK_OUTCOME_DONE;
}

rk_outcome ks_rpoplpush(ks_call *c)
{
    return move(c, (list_move){ .from_tail = true, .n = 1 });
}

/* The two words LEFT or RIGHT from argument 3 on. */
static bool read_ends(ks_call *c, list_move *m)
{
    m->from_tail = ks_is(ks_arg(c, 3), "right");
    m->to_tail = ks_is(ks_arg(c, 4), "right");
    if ((m->from_tail || ks_is(ks_arg(c, 3), "left")) && (m->to_tail || ks_is(ks_arg(c, 4), "left")))
        return true;
    ks_fails(c, "neither LEFT nor RIGHT");
    return false;
}

rk_outcome ks_lmove(ks_call *c)
{
    list_move m = { .n = 1 };
    return read_ends(c, &m) ? move(c, m) : RK_OUTCOME_FAILED;
}

/* LMOVEM source destination LEFT|RIGHT LEFT|RIGHT [COUNT n|EXACTLY n OBO|BULK] */
rk_outcome ks_lmovem(ks_call *c)
{
    list_move m = { .n = 1 };
    if (!read_ends(c, &m))
        return RK_OUTCOME_FAILED;
    if (ks_argc(c) == 5)
        return move(c, m);
    int64_t n = 0;
    bool exactly = ks_is(ks_arg(c, 5), "exactly"), wrong;
    if (ks_argc(c) != 8 || (!exactly && !ks_is(ks_arg(c, 5), "count")))
        return ks_fails(c, "how many are moved is not said by COUNT or EXACTLY, a number, and OBO or BULK");
    m.bulk = ks_is(ks_arg(c, 7), "bulk");
    if ((!m.bulk && !ks_is(ks_arg(c, 7), "obo")) || !ks_int(ks_arg(c, 6), &n) || n <= 0)
        return ks_fails(c, "how many are moved is no number from 1 on with OBO or BULK behind it");
    m.n = (uint64_t)n;
    ks_key *from = exactly ? ks_open(c, 1, RK_LIST, &wrong) : NULL;
    if (from && from->list->count < m.n)
        return RK_OUTCOME_NOTHING;
    return move(c, m);
}
