/* string_set: SET and its relatives, which replace whatever there is (spec: AOF, "Strings"). */
#include "expiry.h"
#include "string.h"

#include <stdio.h>

/* What has to hold of the key before it is set. */
typedef enum { ALWAYS, IF_NEW, IF_OLD, IF_EQUAL, IF_OTHER, IF_DIGEST, IF_OTHER_DIGEST } set_condition;

typedef struct {
    set_condition condition;
    size_t operand; /* index of the argument that it compares with */
    int64_t expire_ms;
    bool has_time, keeps, gets;
} set_options;

/* ---- options ---------------------------------------------------------------------------------------------- */

static bool read_condition(ks_call *c, size_t *i, set_options *o)
{
    static const char *const words[] = {
        [IF_NEW] = "nx",     [IF_OLD] = "xx",       [IF_EQUAL] = "ifeq",
        [IF_OTHER] = "ifne", [IF_DIGEST] = "ifdeq", [IF_OTHER_DIGEST] = "ifdne",
    };
    set_condition which = IF_NEW;
    while (which <= IF_OTHER_DIGEST && !ks_is(ks_arg(c, *i), words[which]))
        which++;
    if (which > IF_OTHER_DIGEST || o->condition != ALWAYS || (which >= IF_EQUAL && *i + 1 >= ks_argc(c)))
        return false;
    o->condition = which;
    if (which >= IF_EQUAL)
        o->operand = ++*i;
    return true;
}

/* The options from argument `i` on. */
static bool read_options(ks_call *c, size_t i, set_options *o)
{
    char shown[40];
    unsigned how;
    for (; i < ks_argc(c); i++) {
        rk_slice word = ks_arg(c, i);
        bool free_of_time = !o->has_time && !o->keeps;
        if (free_of_time && i + 1 < ks_argc(c) && ks_is_time_word(word, &how)) {
            o->has_time = true;
            if (!ks_when(c, ++i, how, true, &o->expire_ms))
                return false;
        } else if (free_of_time && ks_is(word, "keepttl")) {
            o->keeps = true;
        } else if (ks_is(word, "get")) {
            o->gets = true;
        } else if (!read_condition(c, &i, o)) {
            ks_fails(c, "the option '%s' is not known, or does not go with the others",
                     rk_slice_print(word, shown, sizeof shown));
            return false;
        }
    }
    return true;
}

/* Is the string that of argument `operand`, or has it that digest (XXH3, 16 hexadecimal digits)? */
static bool is_equal(ks_call *c, const ks_key *key, const set_options *o)
{
    rk_slice bytes;
    char digest[17];
    if (!ks_string_bytes(c->ks, key, &c->ks->scratch[1], &bytes))
        return false;
    if (o->condition == IF_EQUAL || o->condition == IF_OTHER)
        return rk_slice_is(bytes, ks_arg(c, o->operand));
    snprintf(digest, sizeof digest, "%016" PRIx64, rk_hash64(bytes));
    return ks_is(ks_arg(c, o->operand), digest);
}

/* Does the condition hold of the key of argument `arg`? RK_OUTCOME_DONE: yes; else what becomes of the command. */
static rk_outcome check(ks_call *c, size_t arg, const set_options *o)
{
    bool must_be_string = o->gets || o->condition >= IF_EQUAL, holds = true;
    ks_key *key = ks_peek(c->ks, c->db, ks_arg(c, arg));
    if (key && must_be_string && key->type != RK_STRING)
        return ks_wrong_type(c, key);
    if (o->condition == IF_NEW)
        holds = !key;
    else if (o->condition == IF_OLD)
        holds = key;
    else if (o->condition != ALWAYS) {
        bool equal = key && ks_thaw(c->ks, key) && is_equal(c, key, o);
        holds = equal == (o->condition == IF_EQUAL || o->condition == IF_DIGEST);
    }
    return holds ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

/* ---- setting ---------------------------------------------------------------------------------------------- */

/* Sets key `arg` to the value behind it. */
static bool set_pair(ks_call *c, size_t arg, size_t value, const set_options *o)
{
    ks_str str;
    const ks_key *before = o->keeps ? ks_peek(c->ks, c->db, ks_arg(c, arg)) : NULL;
    int64_t expire_ms = before ? before->expire_ms : o->expire_ms;
    return ks_str_of_arg(c, value, &str) && ks_string_set(c->ks, c->db, ks_arg(c, arg), str, expire_ms);
}

rk_outcome ks_set(ks_call *c)
{
    set_options o = { .expire_ms = RK_NO_EXPIRY };
    if (ks_argc(c) > 3 && !read_options(c, 3, &o))
        return RK_OUTCOME_FAILED;
    rk_outcome may = check(c, 1, &o);
    if (may == RK_OUTCOME_DONE)
        set_pair(c, 1, 2, &o);
    return may;
}

rk_outcome ks_getset(ks_call *c)
{
    set_options o = { .expire_ms = RK_NO_EXPIRY, .gets = true };
    rk_outcome may = check(c, 1, &o);
    if (may == RK_OUTCOME_DONE)
        set_pair(c, 1, 2, &o);
    return may;
}

rk_outcome ks_setnx(ks_call *c)
{
    set_options o = { .expire_ms = RK_NO_EXPIRY, .condition = IF_NEW };
    rk_outcome may = check(c, 1, &o);
    if (may == RK_OUTCOME_DONE)
        set_pair(c, 1, 2, &o);
    return may;
}

static rk_outcome set_for(ks_call *c, unsigned how)
{
    set_options o = { .has_time = true };
    if (!ks_when(c, 2, how, true, &o.expire_ms))
        return RK_OUTCOME_FAILED;
    set_pair(c, 1, 3, &o);
    return RK_OUTCOME_DONE;
}

rk_outcome ks_setex(ks_call *c)
{
    return set_for(c, KS_IN_SECONDS | KS_AS_SPAN);
}

rk_outcome ks_psetex(ks_call *c)
{
    return set_for(c, KS_AS_SPAN);
}

/* Sets the pairs in the arguments [from, to), if what the options demand holds of each key. */
static rk_outcome set_pairs(ks_call *c, size_t from, size_t to, const set_options *o)
{
    for (size_t i = from; i < to && o->condition != ALWAYS; i += 2) {
        rk_outcome may = check(c, i, o);
        if (may != RK_OUTCOME_DONE)
            return may;
    }
    for (size_t i = from; i < to; i += 2)
        if (!set_pair(c, i, i + 1, o))
            return RK_OUTCOME_FAILED;
    return RK_OUTCOME_DONE;
}

static rk_outcome set_all(ks_call *c, set_condition condition)
{
    set_options o = { .expire_ms = RK_NO_EXPIRY, .condition = condition };
    if (ks_argc(c) % 2 == 0)
        return ks_fails(c, "the last key has no value");
    return set_pairs(c, 1, ks_argc(c), &o);
}

rk_outcome ks_mset(ks_call *c)
{
    return set_all(c, ALWAYS);
}

rk_outcome ks_msetnx(ks_call *c)
{
    return set_all(c, IF_NEW);
}

/* MSETEX numkeys key value [key value ...] [NX|XX] [EX s|PX ms|EXAT s|PXAT ms|KEEPTTL] */
rk_outcome ks_msetex(ks_call *c)
{
    int64_t n;
    set_options o = { .expire_ms = RK_NO_EXPIRY };
    if (!ks_int(ks_arg(c, 1), &n) || n <= 0 || (uint64_t)n > (ks_argc(c) - 2) / 2)
        return ks_fails(c, "the number of keys does not fit");
    size_t to = 2 + 2 * (size_t)n;
    if (!read_options(c, to, &o))
        return RK_OUTCOME_FAILED;
    if (o.gets || o.condition > IF_OLD)
        return ks_fails(c, "an option does not go with several keys");
    return set_pairs(c, 2, to, &o);
}
