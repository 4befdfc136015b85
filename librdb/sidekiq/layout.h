/* layout: the inside of this room: what the files that find layouts share. */
#ifndef RDBKIT_SIDEKIQ_LAYOUT_H
#define RDBKIT_SIDEKIQ_LAYOUT_H

#include "rdbkit/sidekiq.h"

/* index.c: what there is, by name; names of a kind are apart from others, and so are those of each layout. */
typedef enum { LAYOUT_PREFIX, LAYOUT_QUEUE, LAYOUT_PLACE, LAYOUT_PROCESS } layout_kind;

typedef struct {
    rk_digest key;
    void *thing; /* NULL: free */
} layout_slot;

typedef struct {
    layout_slot *slots;
    size_t slot_count, count;
    rk_spread spread;
} layout_index;

rk_digest layout_key(rk_slice name, uint64_t scope, layout_kind kind);
void *layout_index_get(const layout_index *index, rk_digest key); /* NULL: not there */
bool layout_index_put(layout_index *index, rk_digest key, void *thing, rk_err *err);
void layout_index_free(layout_index *index);

/* The work of finding layouts, under way. */
typedef struct {
    rk_layouts *out;
    const rk_evidence *evidence;
    layout_index index;
    rk_buf text, blob;
    rk_err *err;
} layout_finder;

/* layout.c: the layout of that prefix, if it has been accepted; accepts it; what stands before `anchor` when the name
 * ends in it and that is empty or ends in a colon; the decoded value of a small string key. */
rk_layout *layout_find(const layout_finder *f, uint32_t db, rk_slice prefix);
bool layout_accept(layout_finder *f, uint32_t db, rk_slice prefix);
bool layout_prefix_before(rk_slice name, const char *anchor, rk_slice *prefix);
bool layout_read_string(layout_finder *f, rk_spot spot, rk_slice *value);

/* The longest accepted prefix of a key's name, or NULL. */
rk_layout *layout_of(const layout_finder *f, uint32_t db, rk_slice name);

/* evidence.c: accepts the prefixes for which something speaks. */
bool layout_gather_evidence(layout_finder *f);

/* places.c: gives each candidate its place. */
bool layout_give_places(layout_finder *f);

/* process.c: reads `processes`, the hashes of its members, and the work hashes. */
bool layout_read_processes(layout_finder *f, rk_layout *layout);
bool layout_read_work(layout_finder *f, rk_candidate *candidate, rk_place *place);
rk_process *layout_process(const layout_finder *f, const rk_layout *layout, rk_slice identity);
bool layout_is_expired(const rk_evidence *evidence, int64_t expire_ms);

/* True when the hash holds what a worker is at: JSON with a payload. False, too, when it cannot be read. */
bool layout_is_work(layout_finder *f, const rk_candidate *candidate);

/* private.c: is the list, named without the layout's prefix, one of jobs in hand? Then fills queue and owner. */
bool layout_private_list(const layout_finder *f, const rk_layout *layout, rk_slice name, rk_slice *queue,
                         rk_slice *owner);
bool layout_owner_alive(const layout_finder *f, const rk_layout *layout, rk_slice name, rk_slice owner);

/* `name` is in the set `queues`. */
bool layout_is_listed(const layout_finder *f, const rk_layout *layout, rk_slice queue);

#endif
