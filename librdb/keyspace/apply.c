/* apply: from a command to its handler: which keys are wanted, what is uncertain afterwards. */
#include "keyspace.h"

#include <stdio.h>

static const ks_verb *const families[] = {
    ks_key_verbs,        ks_expiry_verbs,   ks_string_verbs,  ks_bit_verbs,    ks_hll_verbs,
    ks_list_verbs,       ks_set_verbs,      ks_zset_verbs,    ks_geo_verbs,    ks_hash_verbs,
    ks_zset_store_verbs, ks_sort_verbs,     ks_stream_verbs,  ks_group_verbs,  ks_array_verbs,
    ks_path_verbs,       ks_function_verbs, ks_restore_verbs, ks_script_verbs,
};

void ks_fill_handlers(rk_keyspace *ks)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (const ks_verb *row = families[i]; row->verb != RK_VERB_UNKNOWN; row++)
            ks->handlers[row->verb] = row->apply;
}

rk_outcome ks_fails(ks_call *c, const char *format, ...)
{
    char text[sizeof c->why.what];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    rk_fail(&c->why, RK_USAGE, c->command->offset, "%s", text);
    return RK_OUTCOME_FAILED;
}

rk_outcome ks_wrong_type(ks_call *c, const ks_key *key)
{
    char shown[100];
    return ks_fails(c, "'%s' is a %s", rk_slice_print(ks_name(key), shown, sizeof shown),
                    rk_type_name((rk_type)key->type));
}

static rk_outcome select_db(ks_call *c)
{
    int64_t db;
    if (!ks_int(ks_arg(c, 1), &db) || db < 0 || db >= KS_DBS_MOST)
        return ks_fails(c, "there is no such database");
    c->db = (uint32_t)db;
    return RK_OUTCOME_DONE;
}

/* ---- what nobody wants -------------------------------------------------------------------------------------- */

bool ks_is_kept(const ks_call *c, rk_slice name)
{
    return !c->ks->interest || ks_peek(c->ks, c->db, name) ||
           (c->ks->interest(c->ks->self, c->db, name) & RK_INTEREST_KEEP);
}

/* Does the command touch a key that is wanted, or could it? Where keys may stand behind words, each argument is taken
 * for one; what names no key may touch any. */
static bool touches_wanted(const ks_call *c, const rk_verb_row *row)
{
    if (!c->ks->interest || (row->flags & RK_VERB_KEYLESS))
        return true;
    if (row->flags & RK_VERB_LINKS) {
        for (size_t i = 1; i < ks_argc(c); i++)
            if (ks_is_kept(c, ks_arg(c, i)))
                return true;
        return false;
    }
    size_t at, n = 0;
    for (; (at = rk_verb_key(c->command->verb, c->command->args, ks_argc(c), n)) != 0; n++)
        if (ks_is_kept(c, ks_arg(c, at)))
            return true;
    return n == 0;
}

/* A command that carries data on from a key that was not kept: what it arrives in cannot be known. */
static bool comes_from_unwanted(const ks_call *c, const rk_verb_row *row)
{
    size_t at;
    if (!c->ks->interest || !(row->flags & RK_VERB_LINKS))
        return false;
    for (size_t n = row->flags & RK_VERB_STORES_FIRST ? 1 : 0;
         (at = rk_verb_key(c->command->verb, c->command->args, ks_argc(c), n)) != 0; n++) {
        if (!ks_is_kept(c, ks_arg(c, at)))
            return true;
        if (!(row->flags & RK_VERB_STORES_FIRST))
            break; /* only the first is read */
    }
    return false;
}

static rk_outcome doubt_wanted(ks_call *c)
{
    for (size_t i = 1; i < ks_argc(c); i++)
        if (ks_is_kept(c, ks_arg(c, i)))
            ks_doubt(c->ks, c->db, ks_arg(c, i));
    rk_fail(&c->why, RK_UNKNOWN, c->command->offset, "takes from a key that is not kept");
    return RK_OUTCOME_OPAQUE;
}

/* ---- dispatch ----------------------------------------------------------------------------------------------- */

static rk_outcome not_known(ks_call *c)
{
    char shown[80];
    rk_fail(&c->why, RK_UNKNOWN, c->command->offset, "command '%s' is not known",
            rk_slice_print(ks_arg(c, 0), shown, sizeof shown));
    if (ks_argc(c) > 1)
        ks_doubt(c->ks, c->db, ks_arg(c, 1));
    c->ks->all_uncertain = true;
    return RK_OUTCOME_OPAQUE;
}

/* What was uncertain is not, once it has gone or is set as a whole. */
static void restore_trust(ks_call *c)
{
    rk_verb verb = c->command->verb;
    size_t at;
    if (verb == RK_VERB_FLUSHALL) {
        ks_dict_clear(c->ks, &c->ks->doubts);
        c->ks->all_uncertain = false;
    }
    if (verb != RK_VERB_DEL && verb != RK_VERB_UNLINK && verb != RK_VERB_SET)
        return;
    for (size_t n = 0; (at = rk_verb_key(verb, c->command->args, ks_argc(c), n)) != 0; n++)
        ks_trust(c->ks, c->db, ks_arg(c, at));
}

/* Does the command have a form that servers before 6.0 do not log (spec: AOF, "Rewritten forms by version")? */
static bool is_of_6(const ks_call *c)
{
    switch (c->command->verb) {
    case RK_VERB_LMOVE:
    case RK_VERB_COPY:
    case RK_VERB_ZDIFFSTORE:
    case RK_VERB_ZRANGESTORE:
    case RK_VERB_GEOSEARCHSTORE:
        return true;
    case RK_VERB_SET:
        for (size_t i = 3; i < ks_argc(c); i++)
            if (ks_is(ks_arg(c, i), "KEEPTTL") || ks_is(ks_arg(c, i), "PXAT"))
                return true;
        return false;
    default:
        return false;
    }
}

rk_outcome ks_apply(ks_call *c)
{
    rk_verb verb = c->command->verb;
    const rk_verb_row *row = rk_verb_row_of(verb);
    ks_handler *apply = c->ks->handlers[verb];
    if (verb == RK_VERB_UNKNOWN)
        return not_known(c);
    if (ks_argc(c) < (size_t)row->least)
        return ks_fails(c, "%zu arguments are too few", ks_argc(c) - 1);
    if (verb == RK_VERB_SELECT)
        return select_db(c);
    if (!apply && (row->flags & RK_VERB_NO_EFFECT))
        return RK_OUTCOME_DONE;
    if (!touches_wanted(c, row))
        return RK_OUTCOME_UNWANTED;
    if (comes_from_unwanted(c, row))
        return doubt_wanted(c);
    if (!apply)
        return not_known(c);
    c->ks->before_6 = c->ks->before_6 && !is_of_6(c);
    rk_outcome outcome = apply(c);
    if (c->ks->doubts.count > 0 || c->ks->all_uncertain)
        restore_trust(c);
    return outcome;
}
