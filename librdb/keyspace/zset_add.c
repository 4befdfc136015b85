/* zset_add: ZADD, ZINCRBY, ZREM (spec: AOF, "Sorted sets"). */
#include "zset.h"

#include <math.h>

/* ---- scores ------------------------------------------------------------------------------------------------- */

/* The score that a member with score `before` gets; false: it keeps its own, or none can be had (NaN). */
static bool next_score(ks_call *c, unsigned how, double before, double *score)
{
    if (how & KS_ZADD_NX)
        return false;
    if (how & KS_ZADD_INCR)
        *score += before;
    if (isnan(*score)) {
        ks_fails(c, "the score would not be a number");
        return false;
    }
    if (((how & KS_ZADD_LT) && *score >= before) || ((how & KS_ZADD_GT) && *score <= before))
        return false;
    return *score != before;
}

/* Gives argument `arg` a score; true when that changed something. */
static bool put(ks_call *c, ks_key *key, unsigned how, double score, size_t arg)
{
    rk_keyspace *ks = c->ks;
    ks_str name;
    ks_member *member = ks_zset_find(ks, key->zset, ks_arg(c, arg));
    if (ks_bad(ks))
        return false;
    if (!member) {
        if ((how & KS_ZADD_XX) || !ks_str_of_arg(c, arg, &name))
            return false;
        member = ks_zset_add(ks, key->zset, name, score);
        if (member)
            ks_tell_in(ks, key, &member->name, 0, score);
        return true;
    }
    double before = member->score;
    if (!next_score(c, how, before, &score) || !ks_zset_rescore(ks, key->zset, member, score))
        return false;
    ks_tell_score(ks, key, &member->name, before, score);
    return true;
}

rk_outcome ks_zset_put(ks_call *c, unsigned how, const double *scores, size_t count, size_t first,
                       size_t step)
{
    ks_key *key;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (!ks_look(c, 1, RK_ZSET, &key, &outcome) || (!key && (how & KS_ZADD_XX)))
        return outcome;
    if (!key && (!(key = ks_make(c->ks, c->db, ks_arg(c, 1), RK_ZSET)) || !(key->zset = ks_zset_new(c->ks))))
        return outcome;
    for (size_t i = 0; i < count && !ks_bad(c->ks); i++)
        if (put(c, key, how, scores[i], first + i * step))
            outcome = RK_OUTCOME_DONE;
    return c->why.code ? RK_OUTCOME_FAILED : outcome;
}

/* ---- commands ----------------------------------------------------------------------------------------------- */

/* The words before the first score; *at: where that is. False: they do not go together. */
static bool read_words(ks_call *c, unsigned *how, size_t *at)
{
    static const struct {
        const char *word;
        unsigned flag;
    } words[] = {
        { "nx", KS_ZADD_NX }, { "xx", KS_ZADD_XX },     { "gt", KS_ZADD_GT },
        { "lt", KS_ZADD_LT }, { "incr", KS_ZADD_INCR }, { "ch", 0 },
    };
    enum { WORDS = sizeof words / sizeof words[0] };
    for (*at = 2; *at < ks_argc(c); ++*at) {
        size_t i = 0;
        while (i < WORDS && !ks_is(ks_arg(c, *at), words[i].word))
            i++;
        if (i == WORDS)
            break;
        *how |= words[i].flag;
    }
    unsigned rivals = *how & (KS_ZADD_NX | KS_ZADD_GT | KS_ZADD_LT);
    return (rivals & (rivals - 1)) == 0 && !((*how & KS_ZADD_NX) && (*how & KS_ZADD_XX));
}

rk_outcome ks_zadd(ks_call *c)
{
    enum { FEW = 16 };
    double few[FEW], *scores = few;
    unsigned how = 0;
    size_t at;
    bool sound = read_words(c, &how, &at);
    size_t count = (ks_argc(c) - at) / 2;
    rk_outcome outcome = RK_OUTCOME_FAILED;
    if (!sound || count == 0 || (ks_argc(c) - at) % 2 || ((how & KS_ZADD_INCR) && count > 1))
        return ks_fails(c, "the words or pairs of ZADD do not go together");
    if (count > FEW && !(scores = rk_alloc(count * sizeof *scores))) {
        rk_no_memory(c->ks->err);
        return outcome;
    }
    for (size_t i = 0; i < count && sound; i++)
        sound = ks_double(ks_arg(c, at + 2 * i), &scores[i]);
    if (sound)
        outcome = ks_zset_put(c, how, scores, count, at + 1, 2);
    else
        ks_fails(c, "a score is not a number");
    if (scores != few)
        rk_free(scores);
    return outcome;
}

rk_outcome ks_zincrby(ks_call *c)
{
    double step;
    if (ks_argc(c) != 4 || !ks_double(ks_arg(c, 2), &step))
        return ks_fails(c, "the increment is not a number");
    return ks_zset_put(c, KS_ZADD_INCR, &step, 1, 3, 1);
}

rk_outcome ks_zrem(ks_call *c)
{
    ks_key *key;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (!ks_look(c, 1, RK_ZSET, &key, &outcome) || !key)
        return outcome;
    for (size_t i = 2; i < ks_argc(c) && !ks_bad(c->ks); i++) {
        ks_member *member = ks_zset_find(c->ks, key->zset, ks_arg(c, i));
        if (!member)
            continue;
        ks_zset_remove(c->ks, key, member);
        outcome = RK_OUTCOME_DONE;
    }
    if (key->zset->members.count == 0)
        ks_drop_empty(c->ks, key);
    return outcome;
}
