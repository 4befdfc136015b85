/* set: SADD, SREM, SPOP, SMOVE, and what can be done with a set (spec: AOF, "Sets"). */
#include "save.h"
#include "set.h"

/* ---- the type ----------------------------------------------------------------------------------------------- */

static uint64_t set_count(const ks_key *key)
{
    return key->set ? key->set->count : 0;
}

static void set_free(rk_keyspace *ks, ks_key *key)
{
    ks_dict_free(ks, key->set);
}

static bool set_load(rk_keyspace *ks, ks_key *key, rk_rdb *rdb)
{
    rk_element e;
    ks_str member;
    if (!(key->set = ks_dict_new(ks, sizeof(ks_str))))
        return false;
    while (rk_rdb_element(rdb, &e, ks->err)) {
        if (e.kind != RK_ELEMENT_MEMBER)
            continue;
        if (ks_dict_find(ks, key->set, e.item, rk_hash64(e.item)))
            return rk_fail(ks->err, RK_DAMAGED, RK_NO_OFFSET, "a set has the same member twice");
        if (!ks_str_of(ks, e.item, &member) || !ks_dict_add(ks, key->set, member))
            return false;
    }
    return !ks_bad(ks);
}

static bool set_copy(rk_keyspace *ks, const ks_key *from, ks_key *to)
{
    const ks_str *member;
    ks_str own;
    if (!(to->set = ks_dict_new(ks, sizeof(ks_str))))
        return false;
    for (uint32_t at = 0; (member = ks_dict_next(from->set, &at)) != NULL;)
        if (!ks_str_copy(ks, member, &own) || !ks_dict_add(ks, to->set, own))
            return false;
    return true;
}

static void set_tell(rk_keyspace *ks, ks_key *key, rk_effect_kind kind)
{
    const ks_str *member;
    for (uint32_t at = 0; (member = ks_dict_next(key->set, &at)) != NULL;)
        ks_tell_whole(ks, key, member, kind, 0);
}

static bool set_save(ks_saver *saver, const ks_key *key)
{
    enum { PLAIN_SET = 2 };
    const ks_str *member;
    if (!ks_save_key(saver, key, PLAIN_SET) || !ks_save_count(saver, key->set->count))
        return false;
    for (uint32_t at = 0; (member = ks_dict_next(key->set, &at)) != NULL;)
        if (!ks_save_str(saver, member))
            return false;
    return true;
}

const ks_type ks_set_type = { .count = set_count,
                              .free = set_free,
                              .load = set_load,
                              .copy = set_copy,
                              .tell = set_tell,
                              .save = set_save };

/* ---- commands ----------------------------------------------------------------------------------------------- */

static ks_str *find(ks_call *c, const ks_key *key, size_t arg)
{
    rk_slice member = ks_arg(c, arg);
    return ks_dict_find(c->ks, key->set, member, rk_hash64(member));
}

/* The key that argument `arg` names, which is not there, as a set without members. */
static ks_key *make(ks_call *c, size_t arg)
{
    ks_key *key = ks_make(c->ks, c->db, ks_arg(c, arg), RK_SET);
    if (key && !(key->set = ks_dict_new(c->ks, sizeof(ks_str))))
        return NULL;
    return key;
}

static void put(rk_keyspace *ks, ks_key *key, ks_str member)
{
    const ks_str *own = ks_dict_add(ks, key->set, member);
    if (own)
        ks_tell_in(ks, key, own, 0, 0);
}

static rk_outcome sadd(ks_call *c)
{
    ks_key *key;
    ks_str member;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (!ks_look(c, 1, RK_SET, &key, &outcome) || (!key && !(key = make(c, 1))))
        return outcome;
    for (size_t i = 2; i < ks_argc(c) && !ks_bad(c->ks); i++) {
        if (find(c, key, i) || ks_bad(c->ks) || !ks_str_of_arg(c, i, &member))
            continue;
        put(c->ks, key, member);
        outcome = RK_OUTCOME_DONE;
    }
    return outcome;
}

static rk_outcome srem(ks_call *c)
{
    ks_key *key;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (!ks_look(c, 1, RK_SET, &key, &outcome) || !key)
        return outcome;
    for (size_t i = 2; i < ks_argc(c) && !ks_bad(c->ks); i++) {
        ks_str *member = find(c, key, i);
        if (!member)
            continue;
        ks_leave(c->ks, key, key->set, member, 0);
        outcome = RK_OUTCOME_DONE;
    }
    if (key->set->count == 0)
        ks_drop_empty(c->ks, key);
    return outcome;
}

/* What was popped is known only when all of it was. */
static rk_outcome spop(ks_call *c)
{
    ks_key *key;
    ks_str *member;
    int64_t count = 1;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (ks_argc(c) > 3)
        return ks_fails(c, "SPOP takes a key and a count");
    if (ks_argc(c) == 3 && (!ks_int(ks_arg(c, 2), &count) || count < 0))
        return ks_fails(c, "the count is not a number from 0 on");
    if (!ks_look(c, 1, RK_SET, &key, &outcome) || !key || count == 0)
        return outcome;
    if ((uint64_t)count < key->set->count) {
        ks_fails(c, "SPOP took members at random");
        ks_doubt(c->ks, c->db, ks_arg(c, 1));
        return RK_OUTCOME_OPAQUE;
    }
    for (uint32_t at = 0; (member = ks_dict_next(key->set, &at)) != NULL;)
        ks_leave(c->ks, key, key->set, member, 0);
    ks_drop_empty(c->ks, key);
    return RK_OUTCOME_DONE;
}

static rk_outcome smove(ks_call *c)
{
    ks_key *from, *to;
    ks_str member;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (ks_argc(c) != 4)
        return ks_fails(c, "SMOVE takes two keys and a member");
    if (!ks_look(c, 1, RK_SET, &from, &outcome) || !from || !ks_look(c, 2, RK_SET, &to, &outcome))
        return outcome;
    ks_str *there = find(c, from, 3);
    if (!there || from == to || !ks_str_copy(c->ks, there, &member))
        return outcome;
    ks_leave(c->ks, from, from->set, there, 0);
    if (from->set->count == 0)
        ks_drop_empty(c->ks, from);
    if ((to && find(c, to, 3)) || ks_bad(c->ks) || (!to && !(to = make(c, 2))))
        ks_str_free(c->ks, &member);
    else
        put(c->ks, to, member);
    return RK_OUTCOME_DONE;
}

const ks_verb ks_set_verbs[] = { { RK_VERB_SADD, sadd },
                                 { RK_VERB_SREM, srem },
                                 { RK_VERB_SPOP, spop },
                                 { RK_VERB_SMOVE, smove },
                                 { RK_VERB_SINTERSTORE, ks_sinterstore },
                                 { RK_VERB_SUNIONSTORE, ks_sunionstore },
                                 { RK_VERB_SDIFFSTORE, ks_sdiffstore },
                                 { RK_VERB_UNKNOWN, NULL } };
