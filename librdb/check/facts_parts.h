/* facts_parts: the inside of the facts, shared by the files that fill them. */
#ifndef RDBKIT_CHECK_FACTS_PARTS_H
#define RDBKIT_CHECK_FACTS_PARTS_H

#include "facts.h"

/* One of the biggest keys so far; its name lies in a buffer that is used again. */
typedef struct {
    rk_big_key key;
    rk_buf name;
    uint64_t order; /* in which it was read: of two that are as big the first one stays */
} facts_big;

struct check_facts {
    rk_facts out;
    rk_arena arena; /* holds the names */
    size_t db_cap, encoding_cap, aux_cap, function_cap;
    size_t db_at, aux_at;        /* the rows that were met last */
    uint16_t encoding_rows[256]; /* by type byte: index + 1, 0: none yet */
    size_t top;                  /* biggest keys to keep */
    facts_big *heap;             /* the smallest of them first */
    size_t heap_count, heap_cap;

    rk_catalog catalog; /* the keys that may be Sidekiq's, and no other */
    rk_candidate *candidates;
    size_t candidate_count, candidate_cap;
    uint64_t candidate_bytes; /* of their names */
    rk_layouts layouts;
    bool look_into_jobs;
};

/* A copy of a name, cut at RK_FACTS_NAME bytes. */
bool facts_keep(check_facts *facts, rk_slice name, rk_slice *kept, rk_err *err);

/* facts_top.c: the biggest keys; at the end they are put in order. */
bool facts_top_add(check_facts *facts, const rk_key *key, uint64_t elements, uint64_t bytes, rk_err *err);
bool facts_top_end(check_facts *facts, rk_err *err);
void facts_top_free(check_facts *facts);

/* facts_outside.c: what stands outside of keys: AUX fields, function libraries. */
bool facts_aux_add(check_facts *facts, rk_slice name, rk_slice value, rk_err *err);
bool facts_function_add(check_facts *facts, const rk_record *record, rk_err *err);

/* facts_sidekiq.c: keys that may be Sidekiq's, and at the end the layouts. */
bool facts_sidekiq_add(check_facts *facts, const rk_key *key, uint64_t elements, rk_err *err);
bool facts_sidekiq_end(check_facts *facts, const rk_rdb *first, int64_t now_s, rk_err *err);
void facts_sidekiq_free(check_facts *facts);

/* facts_jobs.c: which forms the jobs of the layouts have. */
bool facts_jobs_look(check_facts *facts, rk_look *look, rk_err *err);

#endif
