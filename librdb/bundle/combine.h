/* combine: several bundles on their way into one. */
#ifndef RDBKIT_BUNDLE_COMBINE_H
#define RDBKIT_BUNDLE_COMBINE_H

#include "ids.h"
#include "rdbkit/bundle_make.h"

/* ---- doubles.c: jobs that several bundles have --------------------------------------------------------------------- */

typedef enum { COPY_KEPT, COPY_HELD, COPY_OLDER, COPY_DROPPED } copy_fate; /* HELD: as another bundle does */

typedef struct {
    uint64_t id, bytes, place; /* hashes */
    double time;               /* the latest in the payload, -1: none */
    uint64_t seq;
    uint32_t bundle;
    bool held;
    uint8_t fate;
} bundle_copy;

/* Zero it to start. */
typedef struct {
    bundle_copy *copies; /* of ids that more than one bundle has; by bundle and seq */
    size_t count, cap;
} bundle_doubles;

bool rk_bundle_doubles_find(bundle_doubles *doubles, rk_bundle *const *bundles, size_t count, rk_err *err);
copy_fate rk_bundle_doubles_fate(const bundle_doubles *doubles, size_t bundle, uint64_t seq);
void rk_bundle_doubles_free(bundle_doubles *doubles);

/* ---- needs.c: companions that a part of the jobs need --------------------------------------------------------------- */

/* Notes what a job names: jid, batch, lock, queue. */
bool rk_bundle_needs_note(rk_bundle_ids *needs, const rk_bundle_job *job, rk_buf *scratch, rk_err *err);

/* The batches to which the batches belong that are needed, as far as the bundle has them. */
bool rk_bundle_needs_parents(rk_bundle_ids *needs, rk_bundle *bundle, rk_err *err);

/* Leaves in the companion what is needed; *needed is false when that is nothing. `items` is room for as many as it has. */
void rk_bundle_needs_filter(const rk_bundle_ids *needs, rk_companion *companion, rk_slice *items,
                            bool *needed);

#endif
