/* hash: HSET, HMSET, HSETNX, HSETC, HDEL, HINCRBY, HINCRBYFLOAT, and what can be done with a hash (spec: AOF, "Hashes").
 * What has to do with the expiries of fields is in hash_ttl.c. */
#include "hash.h"

#include <math.h>
#include <stdio.h>

/* ---- the type ----------------------------------------------------------------------------------------------- */

static uint64_t hash_count(const ks_key *key)
{
    return key->hash_fields ? key->hash_fields->count : 0;
}

static void hash_free(rk_keyspace *ks, ks_key *key)
{
    ks_field *field;
    for (uint32_t at = 0; key->hash_fields && (field = ks_dict_next(key->hash_fields, &at)) != NULL;)
        ks_str_free(ks, &field->value);
    ks_dict_free(ks, key->hash_fields);
}

/* Adds a field that is not there; both strings become the dict's, on failure, too. */
static ks_field *add(rk_keyspace *ks, ks_dict *fields, ks_str name, ks_str value, int64_t expire_ms)
{
    ks_field *field = ks_dict_add(ks, fields, name);
    if (!field) {
        ks_str_free(ks, &value);
        return NULL;
    }
    field->value = value;
    field->expire_ms = expire_ms;
    return field;
}

static bool hash_load(rk_keyspace *ks, ks_key *key, rk_rdb *rdb)
{
    rk_element e;
    ks_str name, value;
    if (!(key->hash_fields = ks_dict_new(ks, sizeof(ks_field))))
        return false;
    while (rk_rdb_element(rdb, &e, ks->err)) {
        if (e.kind != RK_ELEMENT_FIELD)
            continue;
        if (ks_dict_find(ks, key->hash_fields, e.item, rk_hash64(e.item)))
            return rk_fail(ks->err, RK_DAMAGED, RK_NO_OFFSET, "a hash has the same field twice");
        if (!ks_str_of(ks, e.item, &name))
            return false;
        if (!ks_str_of(ks, e.value, &value)) {
            ks_str_free(ks, &name);
            return false;
        }
        if (!add(ks, key->hash_fields, name, value, e.expire_ms))
            return false;
    }
    return !ks_bad(ks);
}

static bool hash_copy(rk_keyspace *ks, const ks_key *from, ks_key *to)
{
    const ks_field *field;
    ks_str name, value;
    if (!(to->hash_fields = ks_dict_new(ks, sizeof(ks_field))))
        return false;
    for (uint32_t at = 0; (field = ks_dict_next(from->hash_fields, &at)) != NULL;) {
        if (!ks_str_copy(ks, &field->name, &name))
            return false;
        if (!ks_str_copy(ks, &field->value, &value)) {
            ks_str_free(ks, &name);
            return false;
        }
        if (!add(ks, to->hash_fields, name, value, field->expire_ms))
            return false;
    }
    return true;
}

static void hash_tell(rk_keyspace *ks, ks_key *key, rk_effect_kind kind)
{
    const ks_field *field;
    for (uint32_t at = 0; (field = ks_dict_next(key->hash_fields, &at)) != NULL;)
        if (kind == RK_EFFECT_IN)
            ks_tell_field(ks, key, &field->name, &field->value, KS_WHOLE);
        else
            ks_tell_whole(ks, key, &field->name, kind, 0);
}

const ks_type ks_hash_type = { .count = hash_count,
                               .free = hash_free,
                               .load = hash_load,
                               .copy = hash_copy,
                               .tell = hash_tell,
                               .save = ks_hash_save,
                               .needs = ks_hash_needs };

/* ---- fields ------------------------------------------------------------------------------------------------- */

ks_field *ks_hash_find(ks_call *c, const ks_key *key, size_t arg)
{
    rk_slice name = ks_arg(c, arg);
    return ks_dict_find(c->ks, key->hash_fields, name, rk_hash64(name));
}

ks_key *ks_hash_open(ks_call *c, rk_outcome *outcome)
{
    ks_key *key;
    if (!ks_look(c, 1, RK_HASH, &key, outcome))
        return NULL;
    if (!key && (key = ks_make(c->ks, c->db, ks_arg(c, 1), RK_HASH)) != NULL &&
        !(key->hash_fields = ks_dict_new(c->ks, sizeof(ks_field))))
        return NULL;
    return key;
}

bool ks_hash_put(ks_call *c, ks_key *key, size_t arg, ks_str value, int64_t expire_ms)
{
    ks_str name;
    ks_field *field = ks_hash_find(c, key, arg);
    if (field) {
        ks_str_free(c->ks, &field->value);
        field->value = value;
        field->expire_ms = expire_ms;
    } else if (ks_bad(c->ks) || !ks_str_of_arg(c, arg, &name)) {
        ks_str_free(c->ks, &value);
        return false;
    } else if (!(field = add(c->ks, key->hash_fields, name, value, expire_ms))) {
        return false;
    }
    ks_tell_field(c->ks, key, &field->name, &field->value, 0);
    return true;
}

rk_outcome ks_hash_remove(ks_call *c, size_t first, size_t count)
{
    ks_key *key;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (!ks_look(c, 1, RK_HASH, &key, &outcome) || !key)
        return outcome;
    for (size_t i = first; i < first + count && !ks_bad(c->ks); i++) {
        ks_field *field = ks_hash_find(c, key, i);
        if (!field)
            continue;
        ks_str_free(c->ks, &field->value);
        ks_leave(c->ks, key, key->hash_fields, field, 0);
        outcome = RK_OUTCOME_DONE;
    }
    if (key->hash_fields->count == 0)
        ks_drop_empty(c->ks, key);
    return outcome;
}

/* ---- commands ----------------------------------------------------------------------------------------------- */

/* `count` fields from argument 2 on, `step` arguments apart, with their values, `off` arguments behind each. */
static rk_outcome set_fields(ks_call *c, size_t count, size_t step, size_t off)
{
    ks_str value;
    rk_outcome outcome = RK_OUTCOME_DONE;
    ks_key *key = ks_hash_open(c, &outcome);
    if (!key)
        return outcome;
    for (size_t i = 0, at = 2; i < count; i++, at += step)
        if (!ks_str_of_arg(c, at + off, &value) || !ks_hash_put(c, key, at, value, RK_NO_EXPIRY))
            break;
    return outcome;
}

static rk_outcome hset(ks_call *c)
{
    return ks_argc(c) % 2 ? ks_fails(c, "a field has no value") : set_fields(c, ks_argc(c) / 2 - 1, 2, 1);
}

/* All fields come first, then their values. */
static rk_outcome hsetc(ks_call *c)
{
    size_t count = ks_argc(c) / 2 - 1;
    return ks_argc(c) % 2 ? ks_fails(c, "a field has no value") : set_fields(c, count, 1, count);
}

static rk_outcome hsetnx(ks_call *c)
{
    ks_key *key;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (ks_argc(c) != 4)
        return ks_fails(c, "HSETNX takes one field and its value");
    if (!ks_look(c, 1, RK_HASH, &key, &outcome) || (key && ks_hash_find(c, key, 2)))
        return outcome;
    return set_fields(c, 1, 2, 1);
}

static rk_outcome hdel(ks_call *c)
{
    return ks_hash_remove(c, 2, ks_argc(c) - 2);
}

/* ---- counting ----------------------------------------------------------------------------------------------- */

/* The number that a field holds, as text, in scratch 1 or where it is; "0" when it is not there. */
static bool read_field(ks_call *c, const ks_key *key, rk_slice *text, int64_t *expire_ms)
{
    const ks_field *field = key ? ks_hash_find(c, key, 2) : NULL;
    *text = RK_TEXT("0");
    *expire_ms = field ? field->expire_ms : RK_NO_EXPIRY;
    return !field || ks_str_bytes(c->ks, &field->value, &c->ks->scratch[1], text);
}

static rk_outcome put_number(ks_call *c, rk_slice text, int64_t expire_ms)
{
    ks_str value;
    rk_outcome outcome = RK_OUTCOME_DONE;
    ks_key *key = ks_hash_open(c, &outcome);
    if (key && ks_str_of(c->ks, text, &value))
        ks_hash_put(c, key, 2, value, expire_ms);
    return outcome;
}

static rk_outcome hincrby(ks_call *c)
{
    ks_key *key;
    rk_slice text;
    char room[24];
    int64_t before, step, after, expire_ms;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (ks_argc(c) != 4 || !ks_int(ks_arg(c, 3), &step))
        return ks_fails(c, "the increment is not an integer");
    if (!ks_look(c, 1, RK_HASH, &key, &outcome) || !read_field(c, key, &text, &expire_ms))
        return outcome;
    if (!ks_int(text, &before))
        return ks_fails(c, "the value is not an integer");
    if (__builtin_add_overflow(before, step, &after))
        return ks_fails(c, "the sum does not fit 64 bits");
    snprintf(room, sizeof room, "%" PRId64, after);
    return put_number(c, rk_slice_of(room), expire_ms);
}

static rk_outcome hincrbyfloat(ks_call *c)
{
    ks_key *key;
    rk_slice text;
    int64_t expire_ms;
    long double before, step;
    char room[KS_LONG_DOUBLE_TEXT];
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (ks_argc(c) != 4 || !ks_long_double(ks_arg(c, 3), &step))
        return ks_fails(c, "the increment is not a number");
    if (!ks_look(c, 1, RK_HASH, &key, &outcome) || !read_field(c, key, &text, &expire_ms))
        return outcome;
    if (!ks_long_double(text, &before))
        return ks_fails(c, "the value is not a number");
    if (!isfinite(before + step))
        return ks_fails(c, "the sum is not finite");
    return put_number(c, ks_long_double_text(before + step, room), expire_ms);
}

const ks_verb ks_hash_verbs[] = { { RK_VERB_HSET, hset },
                                  { RK_VERB_HMSET, hset },
                                  { RK_VERB_HSETNX, hsetnx },
                                  { RK_VERB_HSETC, hsetc },
                                  { RK_VERB_HDEL, hdel },
                                  { RK_VERB_HINCRBY, hincrby },
                                  { RK_VERB_HINCRBYFLOAT, hincrbyfloat },
                                  { RK_VERB_HSETEX, ks_hsetex },
                                  { RK_VERB_HEXPIRE, ks_hexpire },
                                  { RK_VERB_HPEXPIRE, ks_hpexpire },
                                  { RK_VERB_HEXPIREAT, ks_hexpireat },
                                  { RK_VERB_HPEXPIREAT, ks_hpexpireat },
                                  { RK_VERB_HPERSIST, ks_hpersist },
                                  { RK_VERB_HGETDEL, ks_hgetdel },
                                  { RK_VERB_UNKNOWN, NULL } };
