/* keys: the commands that treat keys as a whole (spec: AOF, "Keys"). */
#include "keys.h"

#include <stdio.h>

/* ---- deleting --------------------------------------------------------------------------------------------- */

static rk_outcome del(ks_call *c)
{
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    for (size_t i = 1; i < ks_argc(c); i++) {
        ks_key *key = ks_peek(c->ks, c->db, ks_arg(c, i));
        if (!key)
            continue;
        ks_drop(c->ks, key);
        outcome = RK_OUTCOME_DONE;
    }
    return outcome;
}

/* Deletes the string of argument 1 if it is equal to argument `operand` (or its digest is), or if it is not. */
static rk_outcome del_if(ks_call *c, size_t operand, bool by_digest, bool equal)
{
    bool wrong;
    rk_slice bytes;
    char digest[17];
    ks_key *key = ks_open(c, 1, RK_STRING, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    if (!ks_str_bytes(c->ks, &key->string, &c->ks->scratch[1], &bytes))
        return RK_OUTCOME_FAILED;
    snprintf(digest, sizeof digest, "%016" PRIx64, rk_hash64(bytes));
    bool is = by_digest ? ks_is(ks_arg(c, operand), digest) : rk_slice_is(bytes, ks_arg(c, operand));
    if (is != equal)
        return RK_OUTCOME_NOTHING;
    ks_drop(c->ks, key);
    return RK_OUTCOME_DONE;
}

static rk_outcome delifeq(ks_call *c)
{
    return del_if(c, 2, false, true);
}

/* DELEX key [IFEQ value|IFNE value|IFDEQ digest|IFDNE digest] */
static rk_outcome delex(ks_call *c)
{
    if (ks_argc(c) == 2)
        return del(c);
    bool same = ks_is(ks_arg(c, 2), "ifeq"), digest = ks_is(ks_arg(c, 2), "ifdeq");
    bool other = ks_is(ks_arg(c, 2), "ifne"), other_digest = ks_is(ks_arg(c, 2), "ifdne");
    if (ks_argc(c) != 4 || (!same && !digest && !other && !other_digest))
        return ks_fails(c, "the condition is not known");
    return del_if(c, 3, digest || other_digest, same || digest);
}

static rk_outcome getdel(ks_call *c)
{
    bool wrong;
    ks_key *key = ks_open(c, 1, RK_STRING, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    ks_drop(c->ks, key);
    return RK_OUTCOME_DONE;
}

/* ---- carrying --------------------------------------------------------------------------------------------- */

/* What is called `name` in that database is as uncertain as the key that now goes by that name. */
static void carry_doubt(ks_call *c, bool doubtful, uint32_t db, rk_slice name)
{
    if (doubtful)
        ks_doubt(c->ks, db, name);
    else
        ks_trust(c->ks, db, name);
}

/* The key of argument 1 is not there to be carried or copied. Where a command that could not be replayed may have made
 * it, it goes to the other name unseen. */
static rk_outcome no_source(ks_call *c, uint32_t db, rk_slice name)
{
    if (!ks_is_doubtful(c->ks, c->db, ks_arg(c, 1)))
        return RK_OUTCOME_NOTHING;
    ks_doubt(c->ks, db, name);
    rk_fail(&c->why, RK_UNKNOWN, c->command->offset, "takes from a key that is uncertain");
    return RK_OUTCOME_OPAQUE;
}

static rk_outcome rename_key(ks_call *c, bool only_new)
{
    rk_slice from = ks_arg(c, 1), to = ks_arg(c, 2);
    ks_key *key = ks_peek(c->ks, c->db, from);
    bool doubtful = ks_is_doubtful(c->ks, c->db, from);
    if (!key && !doubtful)
        return ks_fails(c, "there is no such key");
    if (!key) {
        rk_outcome outcome = no_source(c, c->db, to);
        if (!only_new)
            ks_trust(c->ks, c->db, from); /* whatever it was, it is called so no longer */
        return outcome;
    }
    if (rk_slice_is(from, to) || (only_new && ks_peek(c->ks, c->db, to)))
        return RK_OUTCOME_NOTHING;
    ks_drop_name(c->ks, c->db, to);
    if (ks_carry(c->ks, key, c->db, to)) {
        ks_trust(c->ks, c->db, from);
        carry_doubt(c, doubtful, c->db, to);
    }
    return RK_OUTCOME_DONE;
}

static rk_outcome rename_any(ks_call *c)
{
    return rename_key(c, false);
}

static rk_outcome renamenx(ks_call *c)
{
    return rename_key(c, true);
}

/* The number of a database. False, and why: there is none of that number. */
static bool read_db(ks_call *c, size_t arg, uint32_t *db)
{
    int64_t number;
    if (!ks_int(ks_arg(c, arg), &number) || number < 0 || number >= KS_DBS_MOST) {
        ks_fails(c, "there is no such database");
        return false;
    }
    *db = (uint32_t)number;
    return true;
}

static rk_outcome move(ks_call *c)
{
    uint32_t db;
    rk_slice name = ks_arg(c, 1);
    if (!read_db(c, 2, &db))
        return RK_OUTCOME_FAILED;
    if (db == c->db)
        return ks_fails(c, "source and target are the same");
    ks_key *key = ks_peek(c->ks, c->db, name);
    bool doubtful = ks_is_doubtful(c->ks, c->db, name);
    if (!key)
        return no_source(c, db, name);
    if (ks_peek(c->ks, db, name))
        return RK_OUTCOME_NOTHING;
    if (ks_carry(c->ks, key, db, name)) {
        ks_trust(c->ks, c->db, name);
        carry_doubt(c, doubtful, db, name);
    }
    return RK_OUTCOME_DONE;
}

/* ---- copying ---------------------------------------------------------------------------------------------- */

/* Makes `to`, which is new and empty, a copy. What only its module understands stays where it is stored. */
static bool copy_value(rk_keyspace *ks, ks_key *from, ks_key *to)
{
    const ks_type *type = ks_type_of(from);
    to->expire_ms = from->expire_ms;
    to->is_paths = from->is_paths;
    if (from->meta.len) {
        uint8_t *meta = rk_alloc(from->meta.len);
        if (!meta)
            return rk_no_memory(ks->err);
        memcpy(meta, from->meta.ptr, from->meta.len);
        to->meta = (rk_slice){ meta, from->meta.len };
    }
    if (type)
        return type->copy(ks, from, to);
    to->is_stored = true;
    to->stored = from->stored;
    return true;
}

/* COPY source destination [DB n] [REPLACE] */
static rk_outcome copy(ks_call *c)
{
    uint32_t db = c->db;
    bool replace = false;
    for (size_t i = 3; i < ks_argc(c); i++) {
        if (ks_is(ks_arg(c, i), "replace"))
            replace = true;
        else if (!ks_is(ks_arg(c, i), "db") || i + 1 >= ks_argc(c))
            return ks_fails(c, "an option is neither DB with a number nor REPLACE");
        else if (!read_db(c, ++i, &db))
            return RK_OUTCOME_FAILED;
    }
    if (db == c->db && rk_slice_is(ks_arg(c, 1), ks_arg(c, 2)))
        return ks_fails(c, "source and target are the same");
    ks_key *from = ks_open_any(c, 1);
    bool doubtful = ks_is_doubtful(c->ks, c->db, ks_arg(c, 1));
    if (!from)
        return no_source(c, db, ks_arg(c, 2));
    if (!replace && ks_peek(c->ks, db, ks_arg(c, 2)))
        return RK_OUTCOME_NOTHING;
    ks_drop_name(c->ks, db, ks_arg(c, 2));
    ks_key *to = ks_make(c->ks, db, ks_arg(c, 2), (rk_type)from->type);
    if (to && copy_value(c->ks, from, to))
        ks_tell_arrival(c->ks, to);
    carry_doubt(c, doubtful, db, ks_arg(c, 2));
    return RK_OUTCOME_DONE;
}

/* ---- databases -------------------------------------------------------------------------------------------- */

static rk_outcome swapdb(ks_call *c)
{
    uint32_t one, other;
    if (!read_db(c, 1, &one) || !read_db(c, 2, &other))
        return RK_OUTCOME_FAILED;
    if (one == other)
        return RK_OUTCOME_NOTHING;
    ks_swap(c->ks, one, other);
    return RK_OUTCOME_DONE;
}

static rk_outcome flushdb(ks_call *c)
{
    uint64_t before = c->ks->count;
    ks_flush(c->ks, c->db);
    return c->ks->count < before ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

static rk_outcome flushall(ks_call *c)
{
    uint64_t before = c->ks->count;
    for (size_t db = 0; db < c->ks->db_count; db++)
        ks_flush(c->ks, (uint32_t)db);
    return before > 0 ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

const ks_verb ks_key_verbs[] = {
    { RK_VERB_DEL, del },
    { RK_VERB_UNLINK, del },
    { RK_VERB_DELEX, delex },
    { RK_VERB_DELIFEQ, delifeq },
    { RK_VERB_GETDEL, getdel },
    { RK_VERB_RENAME, rename_any },
    { RK_VERB_RENAMENX, renamenx },
    { RK_VERB_MOVE, move },
    { RK_VERB_COPY, copy },
    { RK_VERB_SWAPDB, swapdb },
    { RK_VERB_FLUSHDB, flushdb },
    { RK_VERB_FLUSHALL, flushall },
    { RK_VERB_SFLUSH, ks_sflush },
    { RK_VERB_TRIMSLOTS, ks_trimslots },
    { RK_VERB_CLUSTER, ks_cluster },
    { RK_VERB_UNKNOWN, NULL },
};
