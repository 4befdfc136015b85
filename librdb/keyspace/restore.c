/* restore: RESTORE, whose argument is a value as DUMP yields it (spec: AOF, "Keys"; RDB, "DUMP payload"): key metadata
 * if any, type byte and value, the RDB version in 2 bytes, and the CRC-64 of all before in 8. */
#include "expiry.h"
#include "payload.h"

typedef struct {
    bool replace, absolute;
    int64_t ttl_ms; /* 0: none */
} restore_options;

/* A word that is followed by a number, which says how lately or often the key was used: no part of the data. */
static bool is_use(rk_slice word)
{
    return ks_is(word, "idletime") || ks_is(word, "freq");
}

static bool read_options(ks_call *c, restore_options *o)
{
    int64_t use;
    *o = (restore_options){ 0 };
    if (!ks_int(ks_arg(c, 2), &o->ttl_ms) || o->ttl_ms < 0)
        return ks_fails(c, "the time to live is no number from 0 on"), false;
    for (size_t i = 4; i < ks_argc(c); i++) {
        if (ks_is(ks_arg(c, i), "replace"))
            o->replace = true;
        else if (ks_is(ks_arg(c, i), "absttl"))
            o->absolute = true;
        else if (is_use(ks_arg(c, i)) && i + 1 < ks_argc(c) && ks_int(ks_arg(c, i + 1), &use))
            i++;
        else
            return ks_fails(c, "argument %zu is no word of RESTORE", i), false;
    }
    return true;
}

/* When the key ends. */
static bool expiry_of(ks_call *c, const restore_options *o, int64_t *expire_ms)
{
    *expire_ms = RK_NO_EXPIRY;
    return o->ttl_ms == 0 || ks_when(c, 2, o->absolute ? 0 : KS_AS_SPAN, false, expire_ms);
}

/* The value is in `value`, a key that is in no database. Its metadata are borrowed from the reader. */
static bool decode(ks_call *c, ks_payload *p, ks_key *value, bool *opaque)
{
    rk_record rec;
    rk_err *err = c->ks->err;
    if (!rk_rdb_next(p->rdb, &rec, err))
        return false;
    if (rec.kind != RK_RECORD_KEY || rec.key.expiry_opcode || ks_payload_refers(rec.key.type_byte, p->header))
        return rk_fail(err, RK_DAMAGED, rec.offset, "the payload holds no value");
    value->type = (uint8_t)rec.key.type;
    value->is_paths = ks_is_paths(&rec.key, p->header);
    value->meta = rec.key.meta;
    const ks_type *type = ks_type_of(value);
    *opaque = !type || (value->type == RK_OTHER && !value->is_paths);
    if (*opaque)
        return true;
    if (!type->load(c->ks, value, p->rdb) || ks_bad(c->ks) || !rk_rdb_pass(p->rdb, err))
        return false;
    if (rk_rdb_offset(p->rdb) != p->len)
        return rk_fail(err, RK_DAMAGED, rk_rdb_offset(p->rdb), "%" PRIu64 " bytes stand behind the value",
                       p->len - rk_rdb_offset(p->rdb));
    bool may_be_empty = value->type == RK_STRING || value->type == RK_STREAM;
    return may_be_empty || type->count(value) > 0 || rk_fail(err, RK_DAMAGED, 0, "the value has no elements");
}

/* Puts the value under its name. */
static bool settle(ks_call *c, ks_key *value, int64_t expire_ms)
{
    rk_keyspace *ks = c->ks;
    uint8_t *meta = value->meta.len ? rk_alloc(value->meta.len) : NULL;
    if (value->meta.len && !meta)
        return rk_no_memory(ks->err);
    ks_drop_name(ks, c->db, ks_arg(c, 1));
    ks_key *key = ks_bad(ks) ? NULL : ks_make(ks, c->db, ks_arg(c, 1), (rk_type)value->type);
    if (!key) {
        rk_free(meta);
        return false;
    }
    if (meta)
        memcpy(meta, value->meta.ptr, value->meta.len);
    key->meta = meta ? (rk_slice){ meta, value->meta.len } : RK_EMPTY;
    key->string = value->string; /* whatever the value is: no member of the union is larger */
    key->is_paths = value->is_paths;
    key->expire_ms = expire_ms;
    value->is_stored = true; /* owns no value any more */
    ks_trust(ks, c->db, ks_arg(c, 1));
    ks_tell_arrival(ks, key);
    return !ks_bad(ks);
}

static rk_outcome restore_value(ks_call *c, ks_payload *p, const restore_options *o)
{
    char shown[100];
    bool opaque = false;
    int64_t expire_ms;
    ks_key value = { .expire_ms = RK_NO_EXPIRY, .meta = RK_EMPTY };
    rk_outcome outcome = RK_OUTCOME_DONE;
    if (!decode(c, p, &value, &opaque)) {
        outcome = ks_payload_fails(c);
    } else if (opaque) {
        ks_drop_name(c->ks, c->db, ks_arg(c, 1));
        ks_doubt(c->ks, c->db, ks_arg(c, 1));
        rk_fail(&c->why, RK_UNKNOWN, c->command->offset,
                "restores '%s', a value that only its module understands",
                rk_slice_print(ks_arg(c, 1), shown, sizeof shown));
        return RK_OUTCOME_OPAQUE;
    } else if (!expiry_of(c, o, &expire_ms)) {
        outcome = RK_OUTCOME_FAILED;
    } else {
        settle(c, &value, expire_ms);
    }
    if (!value.is_stored && ks_type_of(&value))
        ks_type_of(&value)->free(c->ks, &value);
    return outcome;
}

static rk_outcome restore(ks_call *c)
{
    ks_payload p;
    restore_options o;
    if (!read_options(c, &o))
        return RK_OUTCOME_FAILED;
    if (!o.replace && ks_peek(c->ks, c->db, ks_arg(c, 1)))
        return ks_fails(c, "the key is there already");
    if (!ks_payload_open(&p, c, 3))
        return ks_payload_fails(c);
    rk_outcome outcome = restore_value(c, &p, &o);
    ks_payload_close(&p);
    return outcome;
}

const ks_verb ks_restore_verbs[] = {
    { RK_VERB_RESTORE, restore },
    { RK_VERB_RESTORE_ASKING, restore },
    { RK_VERB_UNKNOWN, NULL },
};
