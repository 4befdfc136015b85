/* effects: what a command did to the keys that are watched, told item by item. */
#include "keyspace.h"

/* A new effect of the key; NULL: it is not watched, or there is no memory. */
static rk_effect *tell(rk_keyspace *ks, const ks_key *key, rk_effect_kind kind)
{
    if (!key->watched ||
        !rk_grow((void **)&ks->effects, &ks->effect_cap, ks->effect_count + 1, sizeof *ks->effects, ks->err))
        return NULL;
    rk_effect *e = &ks->effects[ks->effect_count++];
    *e = (rk_effect){ .kind = kind,
                      .type = (rk_type)key->type,
                      .db = key->db->id,
                      .key = ks_name(key),
                      .expire_ms = RK_NO_EXPIRY };
    return e;
}

/* Makes the string known under a number. */
static uint32_t refer(rk_keyspace *ks, const ks_str *str)
{
    if (ks->told_count == UINT32_MAX ||
        !rk_grow((void **)&ks->told, &ks->told_cap, ks->told_count + 1, sizeof *ks->told, ks->err))
        return 0;
    ks->told[ks->told_count++] = *str;
    return (uint32_t)(ks->told_count - 1);
}

static rk_effect *tell_item(rk_keyspace *ks, const ks_key *key, rk_effect_kind kind, const ks_str *item)
{
    rk_effect *e = tell(ks, key, kind);
    if (e) {
        e->hash = item->hash;
        e->item = refer(ks, item);
    }
    return e;
}

static void qualify(rk_effect *e, unsigned flags, double score)
{
    if (!e)
        return;
    e->tail = flags & KS_AT_TAIL;
    e->whole = flags & KS_WHOLE;
    e->score = score;
}

void ks_tell_in(rk_keyspace *ks, const ks_key *key, const ks_str *item, unsigned flags, double score)
{
    qualify(tell_item(ks, key, RK_EFFECT_IN, item), flags, score);
}

void ks_tell_out(rk_keyspace *ks, const ks_key *key, ks_str *item, unsigned flags, double score)
{
    qualify(tell_item(ks, key, RK_EFFECT_OUT, item), flags, score);
    ks_str_free(ks, item);
}

void ks_tell_field(rk_keyspace *ks, const ks_key *key, const ks_str *field, const ks_str *value,
                   unsigned flags)
{
    rk_effect *e = tell_item(ks, key, RK_EFFECT_IN, field);
    if (!e)
        return;
    e->value = refer(ks, value);
    qualify(e, flags, 0);
}

void ks_tell_score(rk_keyspace *ks, const ks_key *key, const ks_str *member, double before, double score)
{
    rk_effect *e = tell_item(ks, key, RK_EFFECT_SCORE, member);
    if (!e)
        return;
    e->score_before = before;
    e->score = score;
}

void ks_tell_string(rk_keyspace *ks, const ks_key *key, const ks_str *value)
{
    tell_item(ks, key, RK_EFFECT_STRING, value);
}

void ks_tell_gone(rk_keyspace *ks, const ks_key *key, uint64_t count)
{
    rk_effect *e = tell(ks, key, RK_EFFECT_GONE);
    if (!e)
        return;
    e->count = count;
    e->expire_ms = key->expire_ms;
}

void ks_tell_came(rk_keyspace *ks, const ks_key *key)
{
    tell(ks, key, RK_EFFECT_CAME);
}

void ks_tell_expiry(rk_keyspace *ks, const ks_key *key)
{
    rk_effect *e = tell(ks, key, RK_EFFECT_EXPIRY);
    if (e)
        e->expire_ms = key->expire_ms;
}

void ks_tell_whole(rk_keyspace *ks, const ks_key *key, const ks_str *item, rk_effect_kind kind, double score)
{
    qualify(tell_item(ks, key, kind, item), KS_WHOLE, score);
}

void ks_effects_clear(rk_keyspace *ks)
{
    for (size_t i = 0; i < ks->grave_count; i++)
        rk_free(ks->graves[i].ptr);
    ks->effect_count = ks->told_count = ks->grave_count = 0;
    while (ks->gone) {
        ks_key *key = ks->gone;
        ks->gone = key->after;
        rk_free(key);
    }
}
