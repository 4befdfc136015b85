/* hll_verbs: PFADD, PFMERGE, PFCOUNT (spec: AOF, "Strings"). */
#include "hll.h"

static rk_outcome not_one(ks_call *c, size_t arg)
{
    char shown[100];
    return ks_fails(c, "'%s' is no HyperLogLog", rk_slice_print(ks_arg(c, arg), shown, sizeof shown));
}

/* The key that argument `arg` names and its bytes, if there is one: *key is NULL otherwise. False: it is no HyperLogLog,
 * or trouble; *outcome tells. The bytes are in scratch 2, or the key's own. */
static bool open_hll(ks_call *c, size_t arg, ks_key **key, rk_slice *bytes, rk_outcome *outcome)
{
    bool wrong;
    *key = ks_open(c, arg, RK_STRING, &wrong);
    *outcome = ks_no_key(c, arg, wrong);
    if (wrong || ks_bad(c->ks))
        return false;
    if (!*key)
        return true;
    if (!ks_string_bytes(c->ks, *key, &c->ks->scratch[2], bytes))
        return false;
    if (!ks_hll_is(*bytes))
        *outcome = not_one(c, arg);
    return ks_hll_is(*bytes);
}

/* The string in `hll` becomes that of argument 1, whose expiry stays. */
static rk_outcome store(ks_call *c, ks_key *key, const rk_buf *hll)
{
    bool wrong;
    if (!key)
        key = ks_string_open_or_make(c, 1, &wrong);
    uint8_t *bytes = key ? ks_string_edit(c->ks, key, hll->len) : NULL;
    if (!bytes)
        return RK_OUTCOME_FAILED;
    memcpy(bytes, hll->ptr, hll->len);
    ks_string_edited(c->ks, key);
    return RK_OUTCOME_DONE;
}

/* The string of a key to work on, in `hll`: a new one when there is no key. */
static bool take_bytes(ks_call *c, const ks_key *key, rk_slice bytes, rk_buf *hll)
{
    hll->len = 0;
    return key ? rk_buf_add(hll, bytes, c->ks->err) : ks_hll_start(hll, c->ks->err);
}

static rk_outcome pfadd(ks_call *c)
{
    ks_key *key;
    rk_slice bytes;
    rk_outcome outcome;
    rk_buf *hll = &c->ks->scratch[3];
    if (!open_hll(c, 1, &key, &bytes, &outcome))
        return outcome;
    bool changed = !key;
    if (!take_bytes(c, key, bytes, hll))
        return RK_OUTCOME_FAILED;
    for (size_t i = 2; i < ks_argc(c); i++) {
        uint8_t value;
        unsigned place = ks_hll_place(ks_arg(c, i), &value);
        ks_hll_outcome one = ks_hll_raise(hll, place, value, c->ks->err);
        if (one == KS_HLL_BROKEN || one == KS_HLL_TROUBLE)
            return not_one(c, 1);
        changed |= one == KS_HLL_CHANGED;
    }
    if (!changed)
        return RK_OUTCOME_NOTHING;
    ks_hll_spoil_count(hll);
    return store(c, key, hll);
}

/* All registers of the HyperLogLogs that the arguments from 1 on name. */
static bool merge_all(ks_call *c, uint8_t *most, bool *dense, rk_outcome *outcome)
{
    ks_key *key;
    rk_slice bytes;
    for (size_t i = 1; i < ks_argc(c); i++) {
        if (!open_hll(c, i, &key, &bytes, outcome))
            return false;
        if (!key)
            continue;
        *dense |= ks_hll_is_dense(bytes);
        if (!ks_hll_merge(bytes, most)) {
            *outcome = not_one(c, i);
            return false;
        }
        if (i > 1)
            ks_doubt_with(c, i, 1);
    }
    return true;
}

static rk_outcome pfmerge(ks_call *c)
{
    uint8_t most[KS_HLL_REGISTERS] = { 0 };
    bool dense = false;
    ks_key *key;
    rk_slice bytes;
    rk_outcome outcome;
    rk_buf *hll = &c->ks->scratch[3];
    if (!merge_all(c, most, &dense, &outcome) || !open_hll(c, 1, &key, &bytes, &outcome))
        return outcome;
    if (!take_bytes(c, key, bytes, hll) || (dense && ks_hll_make_dense(hll, c->ks->err) == KS_HLL_TROUBLE))
        return RK_OUTCOME_FAILED;
    for (unsigned n = 0; n < KS_HLL_REGISTERS; n++)
        if (most[n] > 0 && ks_hll_raise(hll, n, most[n], c->ks->err) == KS_HLL_TROUBLE)
            return RK_OUTCOME_FAILED;
    ks_hll_spoil_count(hll);
    return store(c, key, hll);
}

/* Is in the log when it has computed the count anew; of several keys nothing is kept. */
static rk_outcome pfcount(ks_call *c)
{
    uint8_t registers[KS_HLL_REGISTERS] = { 0 };
    ks_key *key;
    rk_slice bytes;
    rk_outcome outcome;
    rk_buf *hll = &c->ks->scratch[3];
    if (ks_argc(c) > 2)
        return RK_OUTCOME_NOTHING;
    if (!open_hll(c, 1, &key, &bytes, &outcome) || !key || ks_hll_has_count(bytes))
        return outcome;
    if (!ks_hll_merge(bytes, registers))
        return not_one(c, 1);
    if (!take_bytes(c, key, bytes, hll))
        return RK_OUTCOME_FAILED;
    ks_hll_set_count(hll, ks_hll_estimate(registers));
    return store(c, key, hll);
}

const ks_verb ks_hll_verbs[] = {
    { RK_VERB_PFADD, pfadd },
    { RK_VERB_PFMERGE, pfmerge },
    { RK_VERB_PFCOUNT, pfcount },
    { RK_VERB_UNKNOWN, NULL },
};
