/* scripts: what cannot be replayed (spec: AOF, "Scripts, functions, modules, rest"), and the one script that can. */
#include "script.h"
#include "zset.h"

#include <sha1.h>

/* What the command did to its keys is not known; what it did at all, when it names none. */
static rk_outcome opaque(ks_call *c)
{
    char shown[80];
    size_t at, n = 0;
    for (; (at = rk_verb_key(c->command->verb, c->command->args, ks_argc(c), n)) != 0; n++)
        if (ks_is_kept(c, ks_arg(c, at)) && !ks_doubt(c->ks, c->db, ks_arg(c, at)))
            return RK_OUTCOME_OPAQUE;
    c->ks->all_uncertain |= n == 0;
    rk_fail(&c->why, RK_UNKNOWN, c->command->offset, "what '%s' did is not in the log",
            rk_slice_print(ks_arg(c, 0), shown, sizeof shown));
    return RK_OUTCOME_OPAQUE;
}

/* ---- the script that pops by score ------------------------------------------------------------------------ */

enum { SHA_TEXT = 40 };

/* By which EVALSHA calls a script, in small letters. */
static void name_script(rk_slice source, char name[SHA_TEXT + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t sum[SHA1_DIGEST_LENGTH];
    SHA1_CTX state;
    SHA1Init(&state);
    SHA1Update(&state, source.ptr, source.len);
    SHA1Final(sum, &state);
    for (size_t i = 0; i < sizeof sum; i++) {
        name[2 * i] = digits[sum[i] >> 4];
        name[2 * i + 1] = digits[sum[i] & 15];
    }
    name[SHA_TEXT] = 0;
}

/* Remembers the script if it is the known one. */
static bool learn(ks_call *c, rk_slice source)
{
    char name[SHA_TEXT + 1];
    ks_str own;
    if (!ks_script_pops_by_score(source))
        return false;
    name_script(source, name);
    rk_slice text = { (const uint8_t *)name, SHA_TEXT };
    if (!ks_dict_find(c->ks, &c->ks->pop_scripts, text, rk_hash64(text)) && ks_str_of(c->ks, text, &own))
        ks_dict_add(c->ks, &c->ks->pop_scripts, own);
    return true;
}

static bool is_learnt(ks_call *c, rk_slice sha)
{
    uint8_t name[SHA_TEXT];
    if (sha.len != SHA_TEXT)
        return false;
    for (size_t i = 0; i < SHA_TEXT; i++)
        name[i] = (uint8_t)(sha.ptr[i] >= 'A' && sha.ptr[i] <= 'F' ? sha.ptr[i] + 'a' - 'A' : sha.ptr[i]);
    rk_slice text = { name, SHA_TEXT };
    return ks_dict_find(c->ks, &c->ks->pop_scripts, text, rk_hash64(text)) != NULL;
}

/* EVAL script 1 key now */
static rk_outcome pop(ks_call *c)
{
    int64_t keys;
    double most;
    if (!ks_int(ks_arg(c, 2), &keys) || keys < 1 || (uint64_t)keys >= ks_argc(c) - 3 ||
        !ks_double(ks_arg(c, 3 + (size_t)keys), &most))
        return opaque(c);
    ks_key *key = ks_peek(c->ks, c->db, ks_arg(c, 3));
    if (key && key->type != RK_ZSET)
        return ks_wrong_type(c, key);
    return ks_zset_pop_upto(c, 3, most) ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

static rk_outcome eval(ks_call *c)
{
    return learn(c, ks_arg(c, 1)) ? pop(c) : opaque(c);
}

static rk_outcome evalsha(ks_call *c)
{
    return is_learnt(c, ks_arg(c, 1)) ? pop(c) : opaque(c);
}

/* SCRIPT LOAD source, SCRIPT FLUSH ...: change no key. */
static rk_outcome script(ks_call *c)
{
    if (ks_argc(c) == 3 && ks_is(ks_arg(c, 1), "load"))
        learn(c, ks_arg(c, 2));
    return RK_OUTCOME_DONE;
}

const ks_verb ks_script_verbs[] = {
    { RK_VERB_EVAL, eval },
    { RK_VERB_EVALSHA, evalsha },
    { RK_VERB_SCRIPT, script },
    { RK_VERB_FCALL, opaque },
    { RK_VERB_PFDEBUG, opaque },
    { RK_VERB_DEBUG, opaque },
    { RK_VERB_EXPIREMEMBER, opaque },
    { RK_VERB_EXPIREMEMBERAT, opaque },
    { RK_VERB_PEXPIREMEMBERAT, opaque },
    { RK_VERB_KEYDB_CRON, opaque },
    { RK_VERB_KEYDB_NHSET, opaque },
    { RK_VERB_KEYDB_HRENAME, opaque },
    { RK_VERB_KEYDB_MVCCRESTORE, opaque },
    { RK_VERB_RREPLAY, opaque },
    { RK_VERB_MODULE_VERB, opaque },
    { RK_VERB_UNKNOWN, NULL },
};
