/* companions: what the files that gather the keys of jobs share. */
#ifndef RDBKIT_BUNDLE_COMPANIONS_H
#define RDBKIT_BUNDLE_COMPANIONS_H

#include "ids.h"
#include "rdbkit/bundle_make.h"

/* In the order in which they go back: no job of a paused queue may be there before the flag. */
typedef enum { COMPANION_PAUSED, COMPANION_BATCH, COMPANION_ITERATION, COMPANION_LOCK } companion_why;

typedef struct {
    uint32_t db;
    rk_slice prefix;
    uint32_t home_db; /* where it is in `now`, and shall be put back */
    rk_slice home;
} companion_layout;

/* A key that a job needs, or one member of it. */
typedef struct {
    uint32_t key;    /* index in the catalog */
    uint32_t layout; /* index */
    uint8_t why;
    bool part; /* `member` alone: of a set, a hash or a sorted set */
    bool blocked;
    uint32_t order; /* of asking */
    rk_slice member;
} companion_wish;

/* A lock of Sidekiq Enterprise, whose name does not follow from the job. */
typedef struct {
    uint64_t jid; /* hash of its holder */
    uint32_t key;
} companion_lock;

struct rk_companions {
    rk_data_set from, now;
    bool has_now;
    companion_layout *layouts;
    size_t layout_count, layout_cap, layout_at;
    companion_wish *wishes;
    size_t wish_count, wish_cap;
    rk_bundle_ids batches, queues; /* that were asked for, by name and layout */
    rk_slice *open_batches;        /* to be looked at */
    size_t open_count, open_cap;
    companion_lock *locks; /* by jid */
    size_t lock_count, lock_cap;
    bool locks_known;
    uint64_t jobs_without_batch;
    bool old_batches; /* of a form that Pro 8 does not process */
    rk_slice *items;  /* of the key at hand */
    size_t item_count, item_cap;
    rk_buf name, scratch;
    rk_arena arena, item_arena;
};

/* A job as its companions see it. */
typedef struct {
    uint32_t layout;
    rk_slice payload, jid; /* the jid is decoded; empty: none */
    const rk_envelope *envelope;
} companion_job;

/* The key whose name is the prefix of the layout and two further parts, if it is there and has not expired. False when
 * memory is short. */
bool rk_companion_find(rk_companions *c, const rk_data_set *set, uint32_t layout, rk_slice head,
                       rk_slice tail, const rk_catalog_key **key, rk_err *err);

/* Notes a wish; `member` is copied, RK_EMPTY is all of the key. */
bool rk_companion_wish(rk_companions *c, const rk_catalog_key *key, uint32_t layout, companion_why why,
                       rk_slice member, bool blocked, rk_err *err);

/* Makes the value of a key readable by rk_look_element. */
rk_look *rk_companion_look(const rk_data_set *set, const rk_catalog_key *key, rk_key *seen, rk_err *err);

/* Why a part of a payload cannot be had: memory. A text member of the payload by its name, decoded into `scratch`; *there is
 * false when there is none. */
bool rk_companion_text(rk_slice payload, const char *name, rk_buf *scratch, rk_slice *text, bool *there,
                       rk_err *err);

/* companion_batch.c */
bool rk_companion_want_batch(rk_companions *c, const companion_job *job, rk_err *err);

/* companion_lock.c */
bool rk_companion_want_lock(rk_companions *c, const companion_job *job, bool *blocked, rk_err *err);

#endif
