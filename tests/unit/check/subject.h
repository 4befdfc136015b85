/* subject: the facts of a file, filled from its records without the deep checks; what these alone tell of the values
 * is told here as far as tests need it. */
#ifndef RDBKIT_TESTS_SUBJECT_H
#define RDBKIT_TESTS_SUBJECT_H

#include "../../../librdb/check/facts.h"
#include "../../../librdb/check/loadable.h"

typedef struct {
    rk_source *source;
    rk_rdb *rdb;
    rk_snapshot *snapshot; /* for what is known of the file as a whole */
    check_facts *facts;
    rk_err err;
} read_facts;

static inline uint8_t subject_opcode(const rk_record *rec)
{
    static const uint8_t opcodes[] = {
        [RK_RECORD_AUX] = 250,      [RK_RECORD_DB] = 254,          [RK_RECORD_SIZES] = 251,
        [RK_RECORD_FUNCTION] = 245, [RK_RECORD_MODULE_AUX] = 247,  [RK_RECORD_SLOT] = 244,
        [RK_RECORD_TEMPLATE] = 242, [RK_RECORD_SLOT_IMPORT] = 243, [RK_RECORD_END] = 255,
    };
    if (rec->kind == RK_RECORD_VENDOR)
        return (uint8_t)rec->numbers[0];
    return rec->kind == RK_RECORD_FUNCTION && rec->engine.len ? 246 : opcodes[rec->kind];
}

static inline bool subject_key(read_facts *s, const rk_key *borrowed)
{
    rk_element e;
    uint64_t elements = 0, ttls = 0;
    rk_key key = *borrowed;
    rk_buf name = { 0 };
    rk_buf_add(&name, key.name, &s->err);
    key.name = rk_buf_slice(&name);
    while (rk_rdb_element(s->rdb, &e, &s->err)) {
        elements += e.kind != RK_ELEMENT_ENTRY_FIELD;
        ttls += e.kind == RK_ELEMENT_FIELD && e.expire_ms != RK_NO_EXPIRY;
        check_facts_string(s->facts, e.item.len);
    }
    bool ok = s->err.code == RK_OK &&
              check_facts_key(s->facts, &key, elements, rk_rdb_offset(s->rdb) - key.begin, &s->err) &&
              (ttls == 0 || check_facts_trait(s->facts, RK_TRAIT_FIELD_TTL, ttls, &key, &s->err));
    rk_buf_free(&name);
    return ok;
}

static inline bool subject_read(read_facts *s, bool jobs)
{
    rk_record rec = { 0 };
    if (jobs)
        check_facts_look_into_jobs(s->facts);
    while (rec.kind != RK_RECORD_END && rk_rdb_next(s->rdb, &rec, &s->err))
        if (!(rec.kind == RK_RECORD_KEY ? subject_key(s, &rec.key)
                                        : check_facts_record(s->facts, &rec, subject_opcode(&rec), &s->err)))
            return false;
    return s->err.code == RK_OK &&
           check_facts_end(s->facts, s->rdb, rk_snapshot_info_of(s->snapshot)->ctime, &s->err);
}

/* The facts of both of two sources over the same bytes, which it then owns. */
static inline bool subject_open_sources(read_facts *s, rk_source *source, rk_source *again, size_t top,
                                        bool jobs)
{
    rk_key key;
    s->source = source;
    s->snapshot = again ? rk_snapshot_open_source(again, &s->err) : NULL;
    if (!source || !s->snapshot)
        return false;
    while (rk_snapshot_next(s->snapshot, &key, &s->err))
        ;
    return s->err.code == RK_OK && (s->rdb = rk_rdb_open(s->source, &s->err)) != NULL &&
           (s->facts = check_facts_new(top, &s->err)) != NULL && subject_read(s, jobs);
}

static inline bool subject_open(read_facts *s, const char *path, size_t top, bool jobs)
{
    rk_source_options options = { .second_look = true };
    *s = (read_facts){ 0 };
    return subject_open_sources(s, rk_source_open(path, &options, &s->err),
                                rk_source_open(path, NULL, &s->err), top, jobs);
}

static inline void subject_close(read_facts *s)
{
    check_facts_free(s->facts);
    rk_rdb_close(s->rdb);
    rk_source_close(s->source);
    rk_snapshot_close(s->snapshot);
}

static inline load_subject subject_of(const read_facts *s)
{
    return (load_subject){ .info = rk_snapshot_info_of(s->snapshot), .facts = check_facts_of(s->facts) };
}

#endif
