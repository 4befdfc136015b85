/* zset: what can be done with a sorted set, and the table of its commands (spec: AOF, "Sorted sets"). */
#include "save.h"
#include "zset.h"

#include <math.h>

ks_zset *ks_zset_new(rk_keyspace *ks)
{
    ks_zset *zset = rk_alloc(sizeof *zset);
    if (!zset)
        rk_no_memory(ks->err);
    else
        ks_dict_start(&zset->members, sizeof(ks_member));
    return zset;
}

void ks_zset_free(rk_keyspace *ks, ks_zset *zset)
{
    if (!zset)
        return;
    ks_dict_clear(ks, &zset->members);
    rk_free(zset->order.nodes);
    rk_buf_free(&zset->order.common);
    rk_free(zset);
}

ks_member *ks_zset_find(rk_keyspace *ks, const ks_zset *zset, rk_slice name)
{
    return ks_dict_find(ks, &zset->members, name, rk_hash64(name));
}

ks_member *ks_zset_add(rk_keyspace *ks, ks_zset *zset, ks_str name, double score)
{
    ks_member *member = ks_dict_add(ks, &zset->members, name);
    if (!member)
        return NULL;
    member->score = score;
    return !zset->order.made || ks_order_add(ks, &zset->order, member) ? member : NULL;
}

bool ks_zset_rescore(rk_keyspace *ks, ks_zset *zset, ks_member *member, double score)
{
    if (zset->order.made)
        ks_order_remove(ks, &zset->order, member);
    member->score = score;
    return !zset->order.made || ks_order_add(ks, &zset->order, member);
}

void ks_zset_remove(rk_keyspace *ks, ks_key *key, ks_member *member)
{
    if (key->zset->order.made)
        ks_order_remove(ks, &key->zset->order, member);
    ks_leave(ks, key, &key->zset->members, member, member->score);
}

rk_outcome ks_zset_store(ks_call *c, size_t arg, ks_zset *zset)
{
    ks_key *key = NULL;
    if (zset->members.count > 0 && (key = ks_replace(c, arg, RK_ZSET)) != NULL) {
        key->zset = zset;
        ks_tell_arrival(c->ks, key);
        return RK_OUTCOME_DONE;
    }
    rk_outcome outcome = ks_bad(c->ks) ? RK_OUTCOME_NOTHING : ks_replace_by_nothing(c, arg);
    ks_zset_free(c->ks, zset);
    return outcome;
}

bool ks_zset_pop_upto(ks_call *c, size_t key_arg, double most)
{
    bool wrong;
    ks_key *key = ks_open(c, key_arg, RK_ZSET, &wrong);
    if (!key || key->zset->members.count == 0 || !ks_order_make(c->ks, key->zset))
        return false;
    ks_member *first = ks_order_at(c->ks, key->zset, 0);
    if (!first || first->score > most)
        return false;
    ks_zset_remove(c->ks, key, first);
    if (key->zset->members.count == 0)
        ks_drop_empty(c->ks, key);
    return true;
}

/* ---- the type ----------------------------------------------------------------------------------------------- */

static uint64_t zset_count(const ks_key *key)
{
    return key->zset ? key->zset->members.count : 0;
}

static void zset_free(rk_keyspace *ks, ks_key *key)
{
    ks_zset_free(ks, key->zset);
}

static bool zset_load(rk_keyspace *ks, ks_key *key, rk_rdb *rdb)
{
    rk_element e;
    ks_str name;
    if (!(key->zset = ks_zset_new(ks)))
        return false;
    while (rk_rdb_element(rdb, &e, ks->err)) {
        if (e.kind != RK_ELEMENT_SCORED)
            continue;
        if (isnan(e.score))
            return rk_fail(ks->err, RK_DAMAGED, RK_NO_OFFSET, "a score is not a number");
        if (ks_zset_find(ks, key->zset, e.item))
            return rk_fail(ks->err, RK_DAMAGED, RK_NO_OFFSET, "a sorted set has the same member twice");
        if (!ks_str_of(ks, e.item, &name) || !ks_zset_add(ks, key->zset, name, e.score))
            return false;
    }
    return !ks_bad(ks);
}

static bool zset_copy(rk_keyspace *ks, const ks_key *from, ks_key *to)
{
    const ks_member *member;
    ks_str name;
    if (!(to->zset = ks_zset_new(ks)))
        return false;
    for (uint32_t at = 0; (member = ks_dict_next(&from->zset->members, &at)) != NULL;)
        if (!ks_str_copy(ks, &member->name, &name) || !ks_zset_add(ks, to->zset, name, member->score))
            return false;
    return true;
}

static void zset_tell(rk_keyspace *ks, ks_key *key, rk_effect_kind kind)
{
    const ks_member *member;
    for (uint32_t at = 0; (member = ks_dict_next(&key->zset->members, &at)) != NULL;)
        ks_tell_whole(ks, key, &member->name, kind, member->score);
}

static bool zset_save(ks_saver *saver, const ks_key *key)
{
    const ks_member *member;
    if (!ks_save_key(saver, key, ks_save_zset_byte(saver)) || !ks_save_count(saver, key->zset->members.count))
        return false;
    for (uint32_t at = 0; (member = ks_dict_next(&key->zset->members, &at)) != NULL;)
        if (!ks_save_str(saver, &member->name) || !ks_save_score(saver, member->score))
            return false;
    return true;
}

const ks_type ks_zset_type = { .count = zset_count,
                               .free = zset_free,
                               .load = zset_load,
                               .copy = zset_copy,
                               .tell = zset_tell,
                               .save = zset_save };

const ks_verb ks_zset_verbs[] = { { RK_VERB_ZADD, ks_zadd },
                                  { RK_VERB_ZINCRBY, ks_zincrby },
                                  { RK_VERB_ZREM, ks_zrem },
                                  { RK_VERB_ZREMRANGEBYRANK, ks_zremrangebyrank },
                                  { RK_VERB_ZREMRANGEBYSCORE, ks_zremrangebyscore },
                                  { RK_VERB_ZREMRANGEBYLEX, ks_zremrangebylex },
                                  { RK_VERB_ZPOPMIN, ks_zpopmin },
                                  { RK_VERB_ZPOPMAX, ks_zpopmax },
                                  { RK_VERB_ZRANGESTORE, ks_zrangestore },
                                  { RK_VERB_UNKNOWN, NULL } };
