/* family: what handlers of several families share. */
#include "family.h"

bool ks_look(ks_call *c, size_t arg, rk_type type, ks_key **key, rk_outcome *outcome)
{
    bool wrong = false;
    *key = ks_open(c, arg, type, &wrong);
    if (wrong)
        *outcome = ks_wrong_type(c, ks_peek(c->ks, c->db, ks_arg(c, arg)));
    return !wrong && !ks_bad(c->ks);
}

void ks_leave(rk_keyspace *ks, const ks_key *key, ks_dict *dict, void *item, double score)
{
    ks_str *name = item, left = *name;
    name->home = KS_SMALL; /* so that the dict does not end what is told here */
    ks_dict_remove(ks, dict, item);
    ks_tell_out(ks, key, &left, 0, score);
}

bool ks_numkeys(ks_call *c, size_t arg, size_t *count)
{
    int64_t number = 0;
    if (ks_int(ks_arg(c, arg), &number) && number > 0 && (uint64_t)number <= ks_argc(c) - arg - 1) {
        *count = (size_t)number;
        return true;
    }
    ks_fails(c, "argument %zu does not count the keys behind it", arg);
    return false;
}

ks_key *ks_replace(ks_call *c, size_t arg, rk_type type)
{
    ks_drop_name(c->ks, c->db, ks_arg(c, arg));
    return ks_bad(c->ks) ? NULL : ks_make(c->ks, c->db, ks_arg(c, arg), type);
}

rk_outcome ks_replace_by_nothing(ks_call *c, size_t arg)
{
    if (!ks_peek(c->ks, c->db, ks_arg(c, arg)))
        return RK_OUTCOME_NOTHING;
    ks_drop_name(c->ks, c->db, ks_arg(c, arg));
    return RK_OUTCOME_DONE;
}

void ks_doubt_like(ks_call *c, size_t arg, size_t first, size_t count)
{
    bool doubtful = false;
    for (size_t i = first; i < first + count && !doubtful; i++)
        doubtful = !ks_is_kept(c, ks_arg(c, i)) || ks_is_doubtful(c->ks, c->db, ks_arg(c, i));
    if (doubtful)
        ks_doubt(c->ks, c->db, ks_arg(c, arg));
    else
        ks_trust(c->ks, c->db, ks_arg(c, arg));
}
