/* list_verbs: the commands of one list (spec: AOF, "Lists"). */
#include "list.h"

/* ---- pushing and popping ---------------------------------------------------------------------------------- */

static rk_outcome push(ks_call *c, bool tail, bool only_existing)
{
    bool wrong = false;
    ks_key *key = only_existing ? ks_open(c, 1, RK_LIST, &wrong) : ks_list_open_or_make(c, 1, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    ks_str item;
    if (!ks_list_reserve(c->ks, key->list, ks_argc(c) - 2))
        return RK_OUTCOME_FAILED;
    for (size_t i = 2; i < ks_argc(c); i++) {
        if (!ks_str_of_arg(c, i, &item))
            return RK_OUTCOME_FAILED;
        ks_list_put(key->list, tail, item);
        ks_tell_in(c->ks, key, &item, tail ? KS_AT_TAIL : 0, 0);
    }
    return RK_OUTCOME_DONE;
}

static rk_outcome lpush(ks_call *c)
{
    return push(c, false, false);
}

static rk_outcome rpush(ks_call *c)
{
    return push(c, true, false);
}

static rk_outcome lpushx(ks_call *c)
{
    return push(c, false, true);
}

static rk_outcome rpushx(ks_call *c)
{
    return push(c, true, true);
}

/* Takes `n` items, or all when there are fewer, from an end; the key goes with the last one. */
static void drop_items(ks_call *c, ks_key *key, bool tail, uint64_t n)
{
    for (; n > 0 && key->list->count > 0; n--) {
        ks_str item = ks_list_take(key->list, tail);
        ks_tell_out(c->ks, key, &item, tail ? KS_AT_TAIL : 0, 0);
    }
}

static rk_outcome pop_from(ks_call *c, ks_key *key, bool tail, int64_t n)
{
    if (n == 0)
        return RK_OUTCOME_NOTHING;
    drop_items(c, key, tail, (uint64_t)n);
    if (key->list->count == 0)
        ks_drop_empty(c->ks, key);
    return RK_OUTCOME_DONE;
}

static rk_outcome pop(ks_call *c, bool tail)
{
    bool wrong;
    int64_t n = 1;
    if (ks_argc(c) > 3)
        return ks_fails(c, "%zu arguments are too many", ks_argc(c) - 1);
    if (ks_argc(c) == 3 && (!ks_int(ks_arg(c, 2), &n) || n < 0))
        return ks_fails(c, "the count is no number from 0 on");
    ks_key *key = ks_open(c, 1, RK_LIST, &wrong);
    return key ? pop_from(c, key, tail, n) : ks_no_key(c, 1, wrong);
}

static rk_outcome lpop(ks_call *c)
{
    return pop(c, false);
}

static rk_outcome rpop(ks_call *c)
{
    return pop(c, true);
}

/* Pops from the first list there is among the arguments [from, to). */
static rk_outcome pop_first(ks_call *c, size_t from, size_t to, bool tail, int64_t n)
{
    for (size_t i = from; i < to; i++) {
        bool wrong;
        ks_key *key = ks_open(c, i, RK_LIST, &wrong);
        if (key)
            return pop_from(c, key, tail, n);
        if (wrong || ks_bad(c->ks))
            return ks_no_key(c, i, wrong);
    }
    return RK_OUTCOME_NOTHING;
}

static rk_outcome blpop(ks_call *c)
{
    return pop_first(c, 1, ks_argc(c) - 1, false, 1);
}

static rk_outcome brpop(ks_call *c)
{
    return pop_first(c, 1, ks_argc(c) - 1, true, 1);
}

/* LMPOP numkeys key... LEFT|RIGHT [COUNT n] */
static rk_outcome lmpop(ks_call *c)
{
    int64_t keys, n = 1;
    if (!ks_int(ks_arg(c, 1), &keys) || keys <= 0 || (uint64_t)keys > ks_argc(c) - 3)
        return ks_fails(c, "the number of keys does not fit");
    size_t at = (size_t)keys + 2;
    bool tail = ks_is(ks_arg(c, at), "right");
    if (!tail && !ks_is(ks_arg(c, at), "left"))
        return ks_fails(c, "neither LEFT nor RIGHT");
    if (ks_argc(c) > at + 1 && (ks_argc(c) != at + 3 || !ks_is(ks_arg(c, at + 1), "count") ||
                                !ks_int(ks_arg(c, at + 2), &n) || n <= 0))
        return ks_fails(c, "no count from 1 on stands behind %s", tail ? "RIGHT" : "LEFT");
    return pop_first(c, 2, at, tail, n);
}

/* ---- within ----------------------------------------------------------------------------------------------- */

/* An item that is neither pushed nor popped counts as at the tail when it is the last one. */
static unsigned end_of(const ks_list *list, size_t i)
{
    return i + 1 == list->count ? KS_AT_TAIL : 0;
}

static rk_outcome linsert(ks_call *c)
{
    bool wrong, after = ks_is(ks_arg(c, 2), "after");
    if (!after && !ks_is(ks_arg(c, 2), "before"))
        return ks_fails(c, "neither BEFORE nor AFTER");
    ks_key *key = ks_open(c, 1, RK_LIST, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    size_t at = 0;
    ks_str item;
    uint64_t hash = rk_hash64(ks_arg(c, 3));
    while (at < key->list->count && !ks_str_is(c->ks, ks_list_at(key->list, at), ks_arg(c, 3), hash))
        at++;
    if (at == key->list->count)
        return RK_OUTCOME_NOTHING;
    at += after;
    if (!ks_list_reserve(c->ks, key->list, 1) || !ks_str_of_arg(c, 4, &item))
        return RK_OUTCOME_FAILED;
    ks_list_insert(key->list, at, item);
    ks_tell_in(c->ks, key, &item, end_of(key->list, at), 0);
    return RK_OUTCOME_DONE;
}

static rk_outcome lset(ks_call *c)
{
    bool wrong;
    int64_t at;
    ks_str item;
    ks_key *key = ks_open(c, 1, RK_LIST, &wrong);
    if (!key && !wrong)
        return ks_fails(c, "there is no such key");
    if (!key)
        return ks_no_key(c, 1, wrong);
    int64_t count = (int64_t)key->list->count;
    if (!ks_int(ks_arg(c, 2), &at))
        return ks_fails(c, "the index is no number");
    at = at < 0 ? at + count : at;
    if (at < 0 || at >= count)
        return ks_fails(c, "the index is out of range: the list has %" PRId64 " items", count);
    if (!ks_str_of_arg(c, 3, &item))
        return RK_OUTCOME_FAILED;
    ks_str *place = ks_list_at(key->list, (size_t)at), before = *place;
    *place = item;
    ks_tell_out(c->ks, key, &before, end_of(key->list, (size_t)at), 0);
    ks_tell_in(c->ks, key, &item, end_of(key->list, (size_t)at), 0);
    return RK_OUTCOME_DONE;
}

/* Takes out up to `most` items that are the value, and moves what it passes together, towards the end at which it
 * began. Returns how many were taken; *seen: how many places were looked at. */
static size_t take_equal(ks_call *c, ks_key *key, rk_slice value, bool from_tail, uint64_t most, size_t *seen)
{
    ks_list *list = key->list;
    uint64_t hash = rk_hash64(value);
    size_t taken = 0, i = 0;
    for (; i < list->count && taken < most; i++) {
        size_t at = from_tail ? list->count - 1 - i : i;
        ks_str *item = ks_list_at(list, at);
        if (ks_str_is(c->ks, item, value, hash)) {
            ks_tell_out(c->ks, key, item, end_of(list, from_tail ? at + taken : at), 0);
            taken++;
        } else if (taken > 0) {
            *ks_list_at(list, from_tail ? at + taken : at - taken) = *item;
        }
    }
    *seen = i;
    return taken;
}

static rk_outcome lrem(ks_call *c)
{
    bool wrong;
    int64_t n;
    if (!ks_int(ks_arg(c, 2), &n))
        return ks_fails(c, "the count is no number");
    ks_key *key = ks_open(c, 1, RK_LIST, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    size_t seen;
    uint64_t most = n == 0 ? UINT64_MAX : n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    size_t taken = take_equal(c, key, ks_arg(c, 3), n < 0, most, &seen);
    if (taken == 0)
        return RK_OUTCOME_NOTHING;
    ks_list_close(key->list, n < 0 ? key->list->count - seen : seen - taken, taken);
    if (key->list->count == 0)
        ks_drop_empty(c->ks, key);
    return RK_OUTCOME_DONE;
}

static rk_outcome ltrim(ks_call *c)
{
    bool wrong;
    int64_t start, stop;
    uint64_t first = 0, last = 0;
    if (!ks_int(ks_arg(c, 2), &start) || !ks_int(ks_arg(c, 3), &stop))
        return ks_fails(c, "the range is not given in numbers");
    ks_key *key = ks_open(c, 1, RK_LIST, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    size_t count = key->list->count;
    if (!ks_range(start, stop, count, &first, &last)) {
        drop_items(c, key, false, count);
        ks_drop_empty(c->ks, key);
        return RK_OUTCOME_DONE;
    }
    drop_items(c, key, false, first);
    drop_items(c, key, true, count - 1 - last);
    return first > 0 || last + 1 < count ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

const ks_verb ks_list_verbs[] = {
    { RK_VERB_LPUSH, lpush },
    { RK_VERB_RPUSH, rpush },
    { RK_VERB_LPUSHX, lpushx },
    { RK_VERB_RPUSHX, rpushx },
    { RK_VERB_LPOP, lpop },
    { RK_VERB_RPOP, rpop },
    { RK_VERB_BLPOP, blpop },
    { RK_VERB_BRPOP, brpop },
    { RK_VERB_LMPOP, lmpop },
    { RK_VERB_LINSERT, linsert },
    { RK_VERB_LSET, lset },
    { RK_VERB_LREM, lrem },
    { RK_VERB_LTRIM, ltrim },
    { RK_VERB_RPOPLPUSH, ks_rpoplpush },
    { RK_VERB_BRPOPLPUSH, ks_rpoplpush },
    { RK_VERB_LMOVE, ks_lmove },
    { RK_VERB_BLMOVE, ks_lmove },
    { RK_VERB_LMOVEM, ks_lmovem },
    { RK_VERB_UNKNOWN, NULL },
};
