/* set_store: SINTERSTORE, SUNIONSTORE, SDIFFSTORE (spec: AOF, "Sets"). */
#include "set.h"

/* The sets that are read; NULL for one that is not there. */
typedef struct {
    const ks_dict **sets; /* owned */
    size_t count;
    ks_dict *result; /* owned */
} operands;

static void operands_free(rk_keyspace *ks, operands *o)
{
    rk_free(o->sets);
    ks_dict_free(ks, o->result);
}

/* Arguments 2 and on. False: the handler returns *outcome. */
static bool gather(ks_call *c, operands *o, rk_outcome *outcome)
{
    ks_key *key;
    *o = (operands){ .count = ks_argc(c) - 2 };
    o->sets = rk_alloc(o->count * sizeof *o->sets);
    if (!o->sets)
        return rk_no_memory(c->ks->err);
    for (size_t i = 0; i < o->count; i++) {
        if (!ks_look(c, i + 2, RK_SET, &key, outcome))
            return false;
        o->sets[i] = key ? key->set : NULL;
    }
    o->result = ks_dict_new(c->ks, sizeof(ks_str));
    return o->result != NULL;
}

static bool add_copy(rk_keyspace *ks, ks_dict *result, const ks_str *member)
{
    ks_str own;
    return ks_str_copy(ks, member, &own) && ks_dict_add(ks, result, own);
}

/* Is it in one of those sets, or in every one (`all`)? `but` is not asked. */
static bool is_in(rk_keyspace *ks, const operands *o, const ks_str *member, size_t but, bool all)
{
    for (size_t i = 0; i < o->count; i++)
        if (i != but && (o->sets[i] && ks_dict_find_str(ks, o->sets[i], member)) != all)
            return !all;
    return all;
}

static void intersect(rk_keyspace *ks, const operands *o)
{
    const ks_str *member;
    size_t least = 0;
    for (size_t i = 0; i < o->count; i++) {
        if (!o->sets[i])
            return;
        if (o->sets[i]->count < o->sets[least]->count)
            least = i;
    }
    for (uint32_t at = 0; (member = ks_dict_next(o->sets[least], &at)) != NULL;)
        if (is_in(ks, o, member, least, true) && !add_copy(ks, o->result, member))
            return;
}

static void unite(rk_keyspace *ks, const operands *o)
{
    const ks_str *member;
    for (size_t i = 0; i < o->count; i++)
        for (uint32_t at = 0; o->sets[i] && (member = ks_dict_next(o->sets[i], &at)) != NULL;)
            if (!ks_dict_find_str(ks, o->result, member) && !add_copy(ks, o->result, member))
                return;
}

static void subtract(rk_keyspace *ks, const operands *o)
{
    const ks_str *member;
    for (uint32_t at = 0; o->sets[0] && (member = ks_dict_next(o->sets[0], &at)) != NULL;)
        if (!is_in(ks, o, member, 0, false) && !add_copy(ks, o->result, member))
            return;
}

static rk_outcome store(ks_call *c, void (*combine)(rk_keyspace *ks, const operands *o))
{
    operands o;
    ks_key *key;
    rk_outcome outcome = RK_OUTCOME_DONE;
    if (!gather(c, &o, &outcome))
        goto done;
    combine(c->ks, &o);
    if (ks_bad(c->ks))
        goto done;
    if (o.result->count == 0) {
        outcome = ks_replace_by_nothing(c, 1);
    } else if ((key = ks_replace(c, 1, RK_SET)) != NULL) {
        key->set = o.result;
        o.result = NULL;
        ks_tell_arrival(c->ks, key);
    }
    ks_doubt_like(c, 1, 2, o.count);
done:
    operands_free(c->ks, &o);
    return outcome;
}

rk_outcome ks_sinterstore(ks_call *c)
{
    return store(c, intersect);
}

rk_outcome ks_sunionstore(ks_call *c)
{
    return store(c, unite);
}

rk_outcome ks_sdiffstore(ks_call *c)
{
    return store(c, subtract);
}
