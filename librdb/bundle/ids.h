/* ids: a set of 64-bit hashes of jids or payloads, 16 bytes each on the average. */
#ifndef RDBKIT_BUNDLE_IDS_H
#define RDBKIT_BUNDLE_IDS_H

#include "rdbkit/json.h"

/* Zero it to start; rk_bundle_ids_free ends it. */
typedef struct {
    uint64_t *slots; /* open addressing; 0: free */
    size_t count, cap;
    rk_spread spread;
} rk_bundle_ids;

bool rk_bundle_ids_add(rk_bundle_ids *ids, uint64_t id, bool *fresh, rk_err *err); /* id 0 counts as 1 */
bool rk_bundle_ids_has(const rk_bundle_ids *ids, uint64_t id);
void rk_bundle_ids_free(rk_bundle_ids *ids);

/* What a job is known by: its jid as it is meant, without one its bytes. */
bool rk_bundle_id_of(rk_slice payload, const rk_envelope *envelope, rk_buf *scratch, uint64_t *id,
                     rk_err *err);

#endif
