/* events: all that a reader tells, record by record and element by element, folded into one digest. Two
 * readings are the same when their digests are. For unit tests and fuzzing. */
#ifndef RDBKIT_TESTS_EVENTS_H
#define RDBKIT_TESTS_EVENTS_H

#include "rdbkit/rdb.h"

static inline rk_digest event_chain(rk_digest so_far, rk_digest next)
{
    rk_digest both[2] = { so_far, next };
    return rk_digest_of((rk_slice){ (const uint8_t *)both, sizeof both });
}

static inline rk_digest event_of_element(const rk_element *e)
{
    struct {
        rk_digest item, value;
        uint64_t score, numbers[14];
    } facts = { .item = rk_digest_of(e->item),
                .value = rk_digest_of(e->value),
                .numbers = { (uint64_t)e->kind, (uint64_t)e->expire_ms, e->id.ms, e->id.seq, e->first.ms,
                             e->first.seq, e->max_deleted.ms, e->max_deleted.seq, e->number, e->number2,
                             e->more[0], e->more[1], (uint64_t)e->time_ms, (uint64_t)e->active_ms } };
    memcpy(&facts.score, &e->score, sizeof facts.score);
    rk_digest flags = { e->has_counters, e->has_active };
    return event_chain(rk_digest_of((rk_slice){ (const uint8_t *)&facts, sizeof facts }), flags);
}

static inline rk_digest event_of_key(const rk_key *k)
{
    struct {
        rk_digest name, meta, encoding;
        uint64_t numbers[10];
    } facts = { .name = rk_digest_of(k->name),
                .meta = rk_digest_of(k->meta),
                .encoding = rk_digest_of(rk_slice_of(k->encoding)),
                .numbers = { k->db, (uint64_t)k->type, k->type_byte, k->offset, k->begin,
                             (uint64_t)k->expire_ms, (uint64_t)k->idle_s, (uint64_t)k->frequency,
                             k->meta_classes } };
    return rk_digest_of((rk_slice){ (const uint8_t *)&facts, sizeof facts });
}

static inline rk_digest event_of_record(const rk_record *r)
{
    struct {
        rk_digest name, value, engine, key;
        uint64_t numbers[8];
    } facts = { .name = rk_digest_of(r->name),
                .value = rk_digest_of(r->value),
                .engine = rk_digest_of(r->engine),
                .numbers = { (uint64_t)r->kind, r->offset, r->db, r->version, r->numbers[0], r->numbers[1],
                             r->numbers[2], r->numbers[3] } };
    if (r->kind == RK_RECORD_KEY)
        facts.key = event_of_key(&r->key);
    return rk_digest_of((rk_slice){ (const uint8_t *)&facts, sizeof facts });
}

/* What a whole reading told. */
typedef struct {
    rk_digest all;  /* of every record and, when they were pulled, every element */
    rk_digest keys; /* of the key records alone */
    uint64_t key_count, element_count;
    bool ended; /* the EOF opcode was read */
    uint64_t trailing;
    rk_err err; /* why it stopped before */
} event_log;

/* Reads everything that `source` holds, the values too when `decode`. */
static inline event_log event_log_of(rk_source *source, bool decode)
{
    event_log log = { 0 };
    rk_record rec;
    rk_element e;
    rk_rdb *rdb = rk_rdb_open(source, &log.err);
    while (rdb && !log.ended && rk_rdb_next(rdb, &rec, &log.err)) {
        log.all = event_chain(log.all, event_of_record(&rec));
        log.ended = rec.kind == RK_RECORD_END;
        if (rec.kind != RK_RECORD_KEY)
            continue;
        log.keys = event_chain(log.keys, event_of_key(&rec.key));
        log.key_count++;
        while (decode && rk_rdb_element(rdb, &e, &log.err)) {
            log.all = event_chain(log.all, event_of_element(&e));
            log.element_count++;
        }
        if (log.err.code != RK_OK)
            break;
    }
    if (log.ended)
        log.trailing = rk_rdb_trailing(rdb, &log.err);
    rk_rdb_close(rdb);
    return log;
}

#endif
