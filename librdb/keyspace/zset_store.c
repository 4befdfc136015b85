/* zset_store: ZUNIONSTORE, ZINTERSTORE, ZDIFFSTORE (spec: AOF, "Sorted sets"). */
#include "zset.h"

#include <math.h>
#include <stdlib.h>

/* A set or sorted set that is read; what is not there has no items. */
typedef struct {
    const ks_dict *items; /* NULL: none */
    bool scored;          /* of ks_member; else of ks_str, each with the score 1 */
    double weight;
    size_t place; /* among the arguments */
} operand;

typedef enum { SUM, MIN, MAX, COUNT } aggregate;

typedef struct {
    operand *operands; /* owned */
    size_t count;
    aggregate by;
    ks_zset *result; /* owned */
} combination;

/* ---- reading the command ------------------------------------------------------------------------------------ */

static bool find_operand(ks_call *c, size_t arg, operand *o, rk_outcome *outcome)
{
    ks_key *key = ks_peek(c->ks, c->db, ks_arg(c, arg));
    rk_type type = key && key->type == RK_SET ? RK_SET : RK_ZSET;
    *o = (operand){ .weight = 1, .place = arg, .scored = type == RK_ZSET };
    if (!ks_look(c, arg, type, &key, outcome))
        return false;
    if (key)
        o->items = type == RK_SET ? key->set : &key->zset->members;
    return true;
}

static bool read_weights(ks_call *c, size_t at, combination *all)
{
    if (at + all->count > ks_argc(c))
        return false;
    for (size_t i = 0; i < all->count; i++)
        if (!ks_double(ks_arg(c, at + i), &all->operands[i].weight))
            return false;
    return true;
}

static bool read_aggregate(rk_slice word, aggregate *by)
{
    static const char *const words[] = { [SUM] = "sum", [MIN] = "min", [MAX] = "max", [COUNT] = "count" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ks_is(word, words[i])) {
            *by = (aggregate)i;
            return true;
        }
    return false;
}

/* The words behind the keys. */
static bool read_words(ks_call *c, combination *all)
{
    for (size_t i = 3 + all->count; i < ks_argc(c);) {
        if (ks_is(ks_arg(c, i), "weights") && read_weights(c, i + 1, all))
            i += 1 + all->count;
        else if (ks_is(ks_arg(c, i), "aggregate") && i + 1 < ks_argc(c) &&
                 read_aggregate(ks_arg(c, i + 1), &all->by))
            i += 2;
        else
            return false;
    }
    return true;
}

/* False: the handler returns *outcome. */
static bool gather(ks_call *c, bool with_words, combination *all, rk_outcome *outcome)
{
    *all = (combination){ .by = SUM };
    *outcome = RK_OUTCOME_FAILED;
    if (!ks_numkeys(c, 2, &all->count))
        return false;
    all->operands = rk_alloc(all->count * sizeof *all->operands);
    if (!all->operands)
        return rk_no_memory(c->ks->err);
    for (size_t i = 0; i < all->count; i++)
        if (!find_operand(c, 3 + i, &all->operands[i], outcome))
            return false;
    if (with_words ? !read_words(c, all) : ks_argc(c) > 3 + all->count) {
        ks_fails(c, "the words behind the keys do not go together");
        return false;
    }
    all->result = ks_zset_new(c->ks);
    return all->result != NULL;
}

/* ---- combining ---------------------------------------------------------------------------------------------- */

static uint64_t size_of(const operand *o)
{
    return o->items ? o->items->count : 0;
}

static int by_size(const void *a, const void *b)
{
    const operand *x = a, *y = b;
    if (size_of(x) != size_of(y))
        return size_of(x) < size_of(y) ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static double score_of(const operand *o, const ks_str *item)
{
    return o->scored ? ((const ks_member *)(const void *)item)->score : 1;
}

static double or_zero(double score)
{
    return isnan(score) ? 0 : score;
}

static double join(aggregate by, double so_far, double more)
{
    switch (by) {
    case SUM:
    case COUNT:
        return or_zero(so_far + more);
    case MIN:
        return more < so_far ? more : so_far;
    case MAX:
        return more > so_far ? more : so_far;
    }
    return so_far;
}

/* What an item counts for; a server mends NaN only in what comes first. */
static double weigh(const combination *all, const operand *o, const ks_str *item)
{
    return all->by == COUNT ? o->weight : o->weight * score_of(o, item);
}

static bool add_copy(rk_keyspace *ks, ks_zset *result, const ks_str *name, double score)
{
    ks_str own;
    return ks_str_copy(ks, name, &own) && ks_zset_add(ks, result, own, score);
}

static void unite(rk_keyspace *ks, combination *all)
{
    const ks_str *item;
    qsort(all->operands, all->count, sizeof *all->operands, by_size); /* sums depend on the order */
    for (size_t i = 0; i < all->count; i++) {
        const operand *o = &all->operands[i];
        for (uint32_t at = 0; o->items && (item = ks_dict_next(o->items, &at)) != NULL;) {
            double score = or_zero(weigh(all, o, item));
            ks_member *there = ks_dict_find_str(ks, &all->result->members, item);
            if (there)
                there->score = join(all->by, there->score, score);
            else if (ks_bad(ks) || !add_copy(ks, all->result, item, score))
                return;
        }
    }
}

static void intersect(rk_keyspace *ks, combination *all)
{
    const ks_str *item;
    qsort(all->operands, all->count, sizeof *all->operands, by_size);
    const operand *least = &all->operands[0];
    for (uint32_t at = 0; least->items && (item = ks_dict_next(least->items, &at)) != NULL;) {
        double score = or_zero(weigh(all, least, item));
        size_t i = 1;
        for (; i < all->count; i++) {
            const operand *o = &all->operands[i];
            const ks_str *there = ks_dict_find_str(ks, o->items, item);
            if (!there)
                break;
            score = join(all->by, score, weigh(all, o, there));
        }
        if (ks_bad(ks) || (i == all->count && !add_copy(ks, all->result, item, score)))
            return;
    }
}

static void subtract(rk_keyspace *ks, combination *all)
{
    const ks_str *item;
    const operand *from = &all->operands[0];
    for (uint32_t at = 0; from->items && (item = ks_dict_next(from->items, &at)) != NULL;) {
        bool there = false;
        for (size_t i = 1; i < all->count && !there; i++)
            there = all->operands[i].items && ks_dict_find_str(ks, all->operands[i].items, item);
        if (ks_bad(ks) || (!there && !add_copy(ks, all->result, item, score_of(from, item))))
            return;
    }
}

/* ---- commands ----------------------------------------------------------------------------------------------- */

static rk_outcome store(ks_call *c, bool with_words, void (*combine)(rk_keyspace *ks, combination *all))
{
    combination all;
    rk_outcome outcome;
    if (!gather(c, with_words, &all, &outcome))
        goto done;
    combine(c->ks, &all);
    if (ks_bad(c->ks))
        goto done;
    outcome = ks_zset_store(c, 1, all.result);
    all.result = NULL;
    ks_doubt_like(c, 1, 3, all.count);
done:
    ks_zset_free(c->ks, all.result);
    rk_free(all.operands);
    return outcome;
}

static rk_outcome zunionstore(ks_call *c)
{
    return store(c, true, unite);
}

static rk_outcome zinterstore(ks_call *c)
{
    return store(c, true, intersect);
}

static rk_outcome zdiffstore(ks_call *c)
{
    return store(c, false, subtract);
}

const ks_verb ks_zset_store_verbs[] = { { RK_VERB_ZUNIONSTORE, zunionstore },
                                        { RK_VERB_ZINTERSTORE, zinterstore },
                                        { RK_VERB_ZDIFFSTORE, zdiffstore },
                                        { RK_VERB_UNKNOWN, NULL } };
