/* expiry: the commands that set and take away expiries (spec: AOF, "Keys", "Clock rules for replay"). No expiry deletes
 * anything here, be it ever so far in the past: servers do not either, while they load. */
#include "expiry.h"

bool ks_when(ks_call *c, size_t arg, unsigned how, bool positive, int64_t *expire_ms)
{
    char shown[40];
    int64_t t;
    bool fits = ks_int(ks_arg(c, arg), &t) && (!positive || t > 0) &&
                (!(how & KS_IN_SECONDS) || !__builtin_mul_overflow(t, 1000, &t));
    if (fits && (how & KS_AS_SPAN) && c->now_ms >= 0)
        fits = !__builtin_add_overflow(t, c->now_ms, &t);
    if (!fits) {
        ks_fails(c, "'%s' is no time for an expiry", rk_slice_print(ks_arg(c, arg), shown, sizeof shown));
        return false;
    }
    if ((how & KS_AS_SPAN) && c->now_ms < 0)
        t = RK_NO_EXPIRY;
    else if (t == RK_NO_EXPIRY)
        t++; /* the earliest time there is stands for none at all */
    c->relative_time |= t == RK_NO_EXPIRY;
    *expire_ms = t;
    return true;
}

bool ks_is_time_word(rk_slice word, unsigned *how)
{
    static const struct {
        const char *word;
        unsigned how;
    } rows[] = {
        { "ex", KS_IN_SECONDS | KS_AS_SPAN }, { "px", KS_AS_SPAN }, { "exat", KS_IN_SECONDS }, { "pxat", 0 }
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!ks_is(word, rows[i].word))
            continue;
        *how = rows[i].how;
        return true;
    }
    return false;
}

enum { ONLY_NEW = 1, ONLY_OLD = 2, ONLY_LATER = 4, ONLY_EARLIER = 8 };

static bool read_conditions(ks_call *c, unsigned *conditions)
{
    static const char *const words[] = { "nx", "xx", "gt", "lt" };
    char shown[40];
    for (size_t i = 3; i < ks_argc(c); i++) {
        size_t at = 0;
        while (at < 4 && !ks_is(ks_arg(c, i), words[at]))
            at++;
        if (at == 4) {
            ks_fails(c, "'%s' is no condition", rk_slice_print(ks_arg(c, i), shown, sizeof shown));
            return false;
        }
        *conditions |= 1u << at;
    }
    bool clash = ((*conditions & ONLY_NEW) && *conditions != ONLY_NEW) ||
                 (*conditions & (ONLY_LATER | ONLY_EARLIER)) == (ONLY_LATER | ONLY_EARLIER);
    if (clash)
        ks_fails(c, "the conditions exclude each other");
    return !clash;
}

static bool is_met(unsigned conditions, int64_t before, int64_t after)
{
    bool has = before != RK_NO_EXPIRY; /* none counts as never */
    return !((conditions & ONLY_NEW) && has) && !((conditions & ONLY_OLD) && !has) &&
           !((conditions & ONLY_LATER) && (!has || after <= before)) &&
           !((conditions & ONLY_EARLIER) && has && after >= before);
}

static rk_outcome expire_as(ks_call *c, unsigned how)
{
    unsigned conditions = 0;
    int64_t at;
    if (!read_conditions(c, &conditions) || !ks_when(c, 2, how, false, &at))
        return RK_OUTCOME_FAILED;
    ks_key *key = ks_peek(c->ks, c->db, ks_arg(c, 1));
    if (!key || !is_met(conditions, key->expire_ms, at))
        return RK_OUTCOME_NOTHING;
    ks_set_expiry(c->ks, key, at);
    return RK_OUTCOME_DONE;
}

static rk_outcome expire(ks_call *c)
{
    return expire_as(c, KS_IN_SECONDS | KS_AS_SPAN);
}

static rk_outcome pexpire(ks_call *c)
{
    return expire_as(c, KS_AS_SPAN);
}

static rk_outcome expireat(ks_call *c)
{
    return expire_as(c, KS_IN_SECONDS);
}

static rk_outcome pexpireat(ks_call *c)
{
    return expire_as(c, 0);
}

static rk_outcome persist(ks_call *c)
{
    ks_key *key = ks_peek(c->ks, c->db, ks_arg(c, 1));
    if (!key || key->expire_ms == RK_NO_EXPIRY)
        return RK_OUTCOME_NOTHING;
    ks_set_expiry(c->ks, key, RK_NO_EXPIRY);
    return RK_OUTCOME_DONE;
}

const ks_verb ks_expiry_verbs[] = {
    { RK_VERB_EXPIRE, expire },       { RK_VERB_PEXPIRE, pexpire }, { RK_VERB_EXPIREAT, expireat },
    { RK_VERB_PEXPIREAT, pexpireat }, { RK_VERB_PERSIST, persist }, { RK_VERB_UNKNOWN, NULL },
};
