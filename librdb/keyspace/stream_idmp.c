/* stream_idmp: what is known of idempotent producers (Redis 8.6; spec: AOF, "Streams"). */
#include "stream.h"

ks_producer *ks_producer_find(rk_keyspace *ks, const ks_idmp *idmp, rk_slice name)
{
    return ks_dict_find(ks, &idmp->producers, name, rk_hash64(name));
}

ks_producer *ks_producer_add(rk_keyspace *ks, ks_idmp *idmp, rk_slice name)
{
    ks_str own;
    ks_producer *producer = ks_str_of(ks, name, &own) ? ks_dict_add(ks, &idmp->producers, own) : NULL;
    if (producer)
        ks_dict_start(&producer->iids, sizeof(ks_idempotent));
    return producer;
}

ks_idempotent *ks_idempotent_find(rk_keyspace *ks, const ks_producer *producer, rk_slice iid)
{
    return ks_dict_find(ks, &producer->iids, iid, rk_hash64(iid));
}

bool ks_idempotent_add(rk_keyspace *ks, ks_producer *producer, rk_slice iid, rk_stream_id id)
{
    ks_str own;
    ks_idempotent *record = ks_str_of(ks, iid, &own) ? ks_dict_add(ks, &producer->iids, own) : NULL;
    if (record)
        record->id = id;
    return record != NULL;
}

void ks_idmp_forget(rk_keyspace *ks, ks_idmp *idmp)
{
    ks_producer *producer;
    for (uint32_t at = 0; (producer = ks_dict_next(&idmp->producers, &at)) != NULL;)
        ks_dict_clear(ks, &producer->iids);
    ks_dict_clear(ks, &idmp->producers);
}

bool ks_idmp_record(rk_keyspace *ks, ks_idmp *idmp, rk_slice name, rk_slice iid, rk_stream_id id)
{
    ks_producer *producer = ks_producer_find(ks, idmp, name);
    if (!producer && !ks_bad(ks))
        producer = ks_producer_add(ks, idmp, name);
    if (!producer)
        return false;
    ks_idempotent *known = ks_idempotent_find(ks, producer, iid);
    if (known)
        ks_dict_remove(ks, &producer->iids, known);
    while (producer->iids.count > 0 && producer->iids.count >= idmp->most) {
        uint32_t at = 0;
        ks_dict_remove(ks, &producer->iids, ks_dict_next(&producer->iids, &at));
    }
    idmp->added++;
    return ks_idempotent_add(ks, producer, iid, id);
}

/* ---- IDMPAUTO --------------------------------------------------------------------------------------------- */

static uint64_t turned(uint64_t bits)
{
    return bits << 1 | bits >> 63;
}

static void store(uint8_t *at, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

/* XXH3-128 of each field, its length in 8 bytes and its value; the halves of all of them are added up as numbers, and
 * as bits without carry, so that neither the order counts nor equal pairs cancel each other out. */
static bool digest_pair(const ks_call *c, size_t field, rk_digest *digest, rk_buf *text)
{
    uint8_t len[8];
    store(len, ks_arg(c, field).len);
    text->len = 0;
    if (!rk_buf_add(text, ks_arg(c, field), c->ks->err) ||
        !rk_buf_add(text, (rk_slice){ len, sizeof len }, c->ks->err) ||
        !rk_buf_add(text, ks_arg(c, field + 1), c->ks->err))
        return false;
    *digest = rk_digest_of(rk_buf_slice(text));
    return true;
}

bool ks_idmp_auto(const ks_call *c, size_t from, uint8_t iid[16])
{
    rk_digest sum = { 0 }, bits = { 0 };
    for (size_t i = from; i + 1 < ks_argc(c); i += 2) {
        rk_digest pair;
        if (!digest_pair(c, i, &pair, &c->ks->scratch[2]))
            return false;
        sum.lo += pair.lo;
        sum.hi += pair.hi;
        bits.lo ^= pair.lo;
        bits.hi ^= pair.hi;
    }
    store(iid, sum.lo ^ turned(bits.hi));
    store(iid + 8, sum.hi ^ turned(bits.lo));
    return true;
}

/* ---- commands --------------------------------------------------------------------------------------------- */

static bool read_setting(ks_call *c, size_t at, const char *word, int64_t most, uint64_t *value)
{
    int64_t number;
    if (!ks_is(ks_arg(c, at), word))
        return false;
    if (!ks_int(ks_arg(c, at + 1), &number) || number < 1 || number > most) {
        ks_fails(c, "%s is not a number from 1 to %" PRId64, word, most);
        return false;
    }
    *value = (uint64_t)number;
    return true;
}

/* XCFGSET k [IDMP-DURATION s] [IDMP-MAXSIZE n] */
rk_outcome ks_xcfgset(ks_call *c)
{
    bool wrong;
    ks_stream *stream = ks_stream_open(c, 1, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    if (!stream)
        return ks_fails(c, "there is no such key");
    ks_idmp *idmp = &stream->idmp;
    uint64_t duration_s = idmp->duration_s, most = idmp->most;
    for (size_t at = 2; at < ks_argc(c); at += 2)
        if (at + 1 == ks_argc(c) ||
            (!read_setting(c, at, "IDMP-DURATION", KS_IDMP_DURATION_MOST, &duration_s) &&
             (c->why.code != RK_OK || !read_setting(c, at, "IDMP-MAXSIZE", KS_IDMP_ENTRIES_MOST, &most))))
            return ks_fails(c, "argument %zu is no setting", at); /* unless it was told already */
    if (duration_s == idmp->duration_s && most == idmp->most)
        return RK_OUTCOME_NOTHING;
    idmp->duration_s = duration_s;
    idmp->most = most;
    ks_idmp_forget(c->ks, idmp);
    return RK_OUTCOME_DONE;
}

/* XIDMPRECORD k producer iid id */
rk_outcome ks_xidmprecord(ks_call *c)
{
    bool wrong;
    rk_slice name = ks_arg(c, 2), iid = ks_arg(c, 3);
    ks_stream *stream = ks_stream_open(c, 1, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    if (!stream)
        return ks_fails(c, "there is no such key");
    if (!ks_are_ids(c, 4, 5))
        return RK_OUTCOME_FAILED;
    rk_stream_id id = ks_id_arg(c, 4);
    if (name.len == 0 || iid.len == 0)
        return ks_fails(c, "a producer or an idempotent id is empty");
    if (!ks_ids_find(&stream->entries, id))
        return ks_fails(c, "there is no entry %" PRIu64 "-%" PRIu64, id.ms, id.seq);
    ks_producer *producer = ks_producer_find(c->ks, &stream->idmp, name);
    ks_idempotent *known = producer ? ks_idempotent_find(c->ks, producer, iid) : NULL;
    if (known && ks_id_compare(known->id, id) != 0)
        return ks_fails(c, "the idempotent id is that of another entry");
    if (known)
        return RK_OUTCOME_NOTHING;
    ks_idmp_record(c->ks, &stream->idmp, name, iid, id);
    return RK_OUTCOME_DONE;
}
