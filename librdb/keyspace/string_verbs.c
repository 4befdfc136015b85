/* string_verbs: the commands that change a string in place (spec: AOF, "Strings"). They keep its expiry. */
#include "string.h"

#include <math.h>
#include <stdio.h>

/* ---- bytes ------------------------------------------------------------------------------------------------ */

static rk_outcome append(ks_call *c)
{
    bool wrong;
    rk_slice more = ks_arg(c, 2);
    ks_key *key = ks_string_open_or_make(c, 1, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    size_t len = (size_t)key->string.len;
    if (more.len > KS_STRING_MOST || len > KS_STRING_MOST - more.len)
        return ks_fails(c, "%zu bytes and %zu more are too long for a string", len, more.len);
    uint8_t *bytes = ks_string_edit(c->ks, key, len + more.len);
    if (!bytes)
        return RK_OUTCOME_FAILED;
    memcpy(bytes + len, more.ptr, more.len);
    ks_string_edited(c->ks, key);
    return RK_OUTCOME_DONE;
}

static rk_outcome setrange(ks_call *c)
{
    bool wrong;
    int64_t at;
    rk_slice part = ks_arg(c, 3);
    if (!ks_int(ks_arg(c, 2), &at) || at < 0)
        return ks_fails(c, "the offset is no number from 0 on");
    ks_key *key = ks_open(c, 1, RK_STRING, &wrong);
    if (wrong || part.len == 0)
        return ks_no_key(c, 1, wrong);
    if (part.len > KS_STRING_MOST || (uint64_t)at > KS_STRING_MOST - part.len)
        return ks_fails(c, "%zu bytes from %" PRId64 " on are too long for a string", part.len, at);
    if (!key)
        key = ks_string_open_or_make(c, 1, &wrong);
    size_t len = (size_t)at + part.len;
    if (key && key->string.len > len)
        len = (size_t)key->string.len;
    uint8_t *bytes = key ? ks_string_edit(c->ks, key, len) : NULL;
    if (!bytes)
        return RK_OUTCOME_FAILED;
    memcpy(bytes + at, part.ptr, part.len);
    ks_string_edited(c->ks, key);
    return RK_OUTCOME_DONE;
}

/* ---- numbers ---------------------------------------------------------------------------------------------- */

/* The key's string becomes this text, its expiry stays; a missing key is made. */
static rk_outcome put_text(ks_call *c, ks_key *key, rk_slice text)
{
    bool wrong;
    if (!key)
        key = ks_string_open_or_make(c, 1, &wrong);
    uint8_t *bytes = key ? ks_string_edit(c->ks, key, text.len) : NULL;
    if (!bytes)
        return RK_OUTCOME_FAILED;
    memcpy(bytes, text.ptr, text.len);
    ks_string_edited(c->ks, key);
    return RK_OUTCOME_DONE;
}

static rk_outcome add(ks_call *c, int64_t more)
{
    bool wrong;
    char text[32];
    int64_t value = 0;
    rk_slice bytes = RK_TEXT("0");
    ks_key *key = ks_open(c, 1, RK_STRING, &wrong);
    if (wrong || ks_bad(c->ks))
        return ks_no_key(c, 1, wrong);
    if (key && !ks_string_bytes(c->ks, key, &c->ks->scratch[1], &bytes))
        return RK_OUTCOME_FAILED;
    if (!ks_int(bytes, &value))
        return ks_fails(c, "the string is no integer");
    if (__builtin_add_overflow(value, more, &value))
        return ks_fails(c, "the sum does not fit into 64 bits");
    snprintf(text, sizeof text, "%" PRId64, value);
    return put_text(c, key, rk_slice_of(text));
}

static rk_outcome incr(ks_call *c)
{
    return add(c, 1);
}

static rk_outcome decr(ks_call *c)
{
    return add(c, -1);
}

static rk_outcome incrby(ks_call *c)
{
    int64_t more;
    return ks_int(ks_arg(c, 2), &more) ? add(c, more) : ks_fails(c, "the increment is no integer");
}

static rk_outcome decrby(ks_call *c)
{
    int64_t less;
    if (!ks_int(ks_arg(c, 2), &less) || less == INT64_MIN)
        return ks_fails(c, "the decrement is no integer that can be subtracted");
    return add(c, -less);
}

static rk_outcome incrbyfloat(ks_call *c)
{
    bool wrong;
    char text[KS_LONG_DOUBLE_TEXT];
    long double value = 0, more;
    rk_slice bytes = RK_TEXT("0");
    ks_key *key = ks_open(c, 1, RK_STRING, &wrong);
    if (wrong || ks_bad(c->ks))
        return ks_no_key(c, 1, wrong);
    if (key && !ks_string_bytes(c->ks, key, &c->ks->scratch[1], &bytes))
        return RK_OUTCOME_FAILED;
    if (!ks_long_double(bytes, &value) || !ks_long_double(ks_arg(c, 2), &more))
        return ks_fails(c, "the string or the increment is no number");
    if (!isfinite(value + more))
        return ks_fails(c, "the sum is not finite");
    return put_text(c, key, ks_long_double_text(value + more, text));
}

const ks_verb ks_string_verbs[] = {
    { RK_VERB_SET, ks_set },        { RK_VERB_GETSET, ks_getset }, { RK_VERB_SETNX, ks_setnx },
    { RK_VERB_SETEX, ks_setex },    { RK_VERB_PSETEX, ks_psetex }, { RK_VERB_MSET, ks_mset },
    { RK_VERB_MSETNX, ks_msetnx },  { RK_VERB_MSETEX, ks_msetex }, { RK_VERB_APPEND, append },
    { RK_VERB_SETRANGE, setrange }, { RK_VERB_INCR, incr },        { RK_VERB_DECR, decr },
    { RK_VERB_INCRBY, incrby },     { RK_VERB_DECRBY, decrby },    { RK_VERB_INCRBYFLOAT, incrbyfloat },
    { RK_VERB_UNKNOWN, NULL },
};
