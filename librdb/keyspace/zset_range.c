/* zset_range: what goes by rank, score or bytes: ZREMRANGEBYRANK, ZREMRANGEBYSCORE, ZREMRANGEBYLEX, ZPOPMIN, ZPOPMAX,
 * ZRANGESTORE (spec: AOF, "Sorted sets"). Every range becomes one of ranks first. */
#include "zset.h"

#include <math.h>

/* ---- ends of a range ---------------------------------------------------------------------------------------- */

static bool read_score(rk_slice arg, ks_bound *bound)
{
    *bound = (ks_bound){ .open = arg.len > 0 && arg.ptr[0] == '(' };
    return ks_double(rk_slice_from(arg, bound->open), &bound->score);
}

static bool read_lex(rk_slice arg, ks_bound *bound)
{
    *bound = (ks_bound){ .lex = true, .bytes = rk_slice_from(arg, 1) };
    if (arg.len == 0)
        return false;
    if (arg.len == 1 && (arg.ptr[0] == '-' || arg.ptr[0] == '+'))
        bound->beyond = arg.ptr[0] == '-' ? -1 : 1;
    else
        bound->open = arg.ptr[0] == '(';
    return bound->beyond || bound->open || arg.ptr[0] == '[';
}

bool ks_bounds(ks_call *c, bool lex, size_t min_arg, size_t max_arg, ks_bound ends[2])
{
    bool (*read)(rk_slice arg, ks_bound * bound) = lex ? read_lex : read_score;
    if (read(ks_arg(c, min_arg), &ends[0]) && read(ks_arg(c, max_arg), &ends[1]))
        return true;
    ks_fails(c, lex ? "an end of the range does not begin with '(' or '['"
                    : "an end of the range is not a number");
    return false;
}

/* ---- removing ----------------------------------------------------------------------------------------------- */

/* Removes those of the ranks [first, last), the highest first or the lowest. */
static rk_outcome remove_ranks(ks_call *c, ks_key *key, uint64_t first, uint64_t last, bool highest_first)
{
    for (uint64_t left = last - first; left > 0; left--) {
        ks_member *member = ks_order_at(c->ks, key->zset, highest_first ? first + left - 1 : first);
        if (!member)
            return RK_OUTCOME_DONE;
        ks_zset_remove(c->ks, key, member);
    }
    if (key->zset->members.count == 0)
        ks_drop_empty(c->ks, key);
    return first < last ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

rk_outcome ks_zremrangebyrank(ks_call *c)
{
    ks_key *key;
    int64_t start, stop;
    uint64_t first, last;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (ks_argc(c) != 4 || !ks_int(ks_arg(c, 2), &start) || !ks_int(ks_arg(c, 3), &stop))
        return ks_fails(c, "an end of the range is not an integer");
    if (!ks_look(c, 1, RK_ZSET, &key, &outcome) || !key ||
        !ks_range(start, stop, key->zset->members.count, &first, &last) || !ks_order_make(c->ks, key->zset))
        return outcome;
    return remove_ranks(c, key, first, last + 1, false);
}

static rk_outcome remove_between(ks_call *c, bool lex)
{
    ks_key *key;
    ks_bound ends[2];
    uint64_t first, last;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (ks_argc(c) != 4)
        return ks_fails(c, "a range has two ends");
    if (!ks_bounds(c, lex, 2, 3, ends))
        return RK_OUTCOME_FAILED;
    if (!ks_look(c, 1, RK_ZSET, &key, &outcome) || !key || !ks_order_make(c->ks, key->zset) ||
        !ks_order_range(c->ks, key->zset, ends, false, &first, &last))
        return outcome;
    return remove_ranks(c, key, first, last, false);
}

rk_outcome ks_zremrangebyscore(ks_call *c)
{
    return remove_between(c, false);
}

rk_outcome ks_zremrangebylex(ks_call *c)
{
    return remove_between(c, true);
}

static rk_outcome pop(ks_call *c, bool highest)
{
    ks_key *key;
    int64_t count = 1;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (ks_argc(c) > 3)
        return ks_fails(c, "it takes a key and a count");
    if (ks_argc(c) == 3 && (!ks_int(ks_arg(c, 2), &count) || count < 0))
        return ks_fails(c, "the count is not a number from 0 on");
    if (!ks_look(c, 1, RK_ZSET, &key, &outcome) || !key || !ks_order_make(c->ks, key->zset))
        return outcome;
    uint64_t all = key->zset->members.count, some = (uint64_t)count < all ? (uint64_t)count : all;
    return remove_ranks(c, key, highest ? all - some : 0, highest ? all : some, highest);
}

rk_outcome ks_zpopmin(ks_call *c)
{
    return pop(c, false);
}

rk_outcome ks_zpopmax(ks_call *c)
{
    return pop(c, true);
}

/* ---- ZRANGESTORE d s min max [BYSCORE | BYLEX] [REV] [LIMIT offset count] ------------------------------------- */

typedef struct {
    bool by_score, by_lex, reverse, has_limit;
    int64_t offset, count;
} range_words;

static bool read_words(ks_call *c, range_words *words)
{
    *words = (range_words){ .count = -1 };
    for (size_t i = 5; i < ks_argc(c); i++) {
        if (ks_is(ks_arg(c, i), "byscore")) {
            words->by_score = true;
        } else if (ks_is(ks_arg(c, i), "bylex")) {
            words->by_lex = true;
        } else if (ks_is(ks_arg(c, i), "rev")) {
            words->reverse = true;
        } else if (ks_is(ks_arg(c, i), "limit") && i + 2 < ks_argc(c) &&
                   ks_int(ks_arg(c, i + 1), &words->offset) && ks_int(ks_arg(c, i + 2), &words->count)) {
            words->has_limit = true;
            i += 2;
        } else {
            return false;
        }
    }
    return !(words->by_score && words->by_lex) && (!words->has_limit || words->by_score || words->by_lex);
}

/* Leaves of [*first, *last) what LIMIT does; false: nothing. */
static bool limit(const range_words *words, uint64_t *first, uint64_t *last)
{
    uint64_t there = *last - *first;
    if (words->offset < 0 || (uint64_t)words->offset >= there)
        return false;
    uint64_t kept = there - (uint64_t)words->offset;
    if (words->count >= 0 && (uint64_t)words->count < kept)
        kept = (uint64_t)words->count;
    *first = words->reverse ? *last - (uint64_t)words->offset - kept : *first + (uint64_t)words->offset;
    *last = *first + kept;
    return kept > 0;
}

/* The ends are told apart before the key is looked at, as a server does. */
typedef struct {
    ks_bound bounds[2];
    int64_t start, stop;
} range_ends;

static bool read_ends(ks_call *c, const range_words *words, range_ends *ends)
{
    if (words->by_score || words->by_lex)
        return ks_bounds(c, words->by_lex, words->reverse ? 4 : 3, words->reverse ? 3 : 4, ends->bounds);
    if (ks_int(ks_arg(c, 3), &ends->start) && ks_int(ks_arg(c, 4), &ends->stop))
        return true;
    ks_fails(c, "an end of the range is not an integer");
    return false;
}

/* The ranks [*first, *last) that are asked for; false: none. */
static bool find_ranks(rk_keyspace *ks, const ks_zset *zset, const range_words *words, const range_ends *ends,
                       uint64_t *first, uint64_t *last)
{
    uint64_t count = zset->members.count, from, to;
    if (words->by_score || words->by_lex)
        return ks_order_range(ks, zset, ends->bounds, words->reverse, first, last) &&
               limit(words, first, last);
    if (!ks_range(ends->start, ends->stop, count, &from, &to))
        return false;
    *first = words->reverse ? count - 1 - to : from;
    *last = *first + (to - from) + 1;
    return true;
}

static bool copy_ranks(rk_keyspace *ks, const ks_zset *from, uint64_t first, uint64_t last, ks_zset *to)
{
    for (uint64_t rank = first; rank < last; rank++) {
        ks_str name;
        const ks_member *member = ks_order_at(ks, from, rank);
        if (!member || !ks_str_copy(ks, &member->name, &name) || !ks_zset_add(ks, to, name, member->score))
            return false;
    }
    return true;
}

rk_outcome ks_zrangestore(ks_call *c)
{
    ks_key *key;
    range_words words;
    range_ends ends;
    uint64_t first = 0, last = 0;
    rk_outcome outcome = RK_OUTCOME_FAILED;
    if (!read_words(c, &words))
        return ks_fails(c, "the words of ZRANGESTORE do not go together");
    if (!read_ends(c, &words, &ends) || !ks_look(c, 2, RK_ZSET, &key, &outcome))
        return outcome;
    ks_zset *result = ks_zset_new(c->ks);
    if (!result)
        return outcome;
    if (key && ks_order_make(c->ks, key->zset) && find_ranks(c->ks, key->zset, &words, &ends, &first, &last))
        copy_ranks(c->ks, key->zset, first, last, result);
    if (ks_bad(c->ks)) {
        ks_zset_free(c->ks, result);
        return outcome;
    }
    outcome = ks_zset_store(c, 1, result);
    ks_doubt_like(c, 1, 2, 1);
    return outcome;
}
