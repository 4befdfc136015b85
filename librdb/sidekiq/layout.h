/* layout: the inside of this room: what the files that find layouts share. */
#ifndef RDBKIT_SIDEKIQ_LAYOUT_H
#define RDBKIT_SIDEKIQ_LAYOUT_H

#include "rdbkit/sidekiq.h"

/* The work of finding layouts, under way. */
typedef struct {
    rk_layouts *out;
    const rk_evidence *evidence;
    rk_buf text, blob;
    rk_err *err;
} layout_finder;

/* The decoded value of a small string key. False when it cannot be read. */
bool layout_read_string(layout_finder *f, rk_spot spot, rk_slice *value);

/* process.c: reads `processes`, the hashes of its members, and the work hashes. */
bool layout_read_processes(layout_finder *f, rk_layout *layout);
bool layout_read_work(layout_finder *f, rk_layout *layout, rk_candidate *candidate, rk_place *place, rk_slice identity);
const rk_process *layout_process(const rk_layout *layout, rk_slice identity);
bool layout_is_expired(const rk_evidence *evidence, int64_t expire_ms);

/* private.c: is the list, named without the layout's prefix, one of jobs in hand? Then fills queue and owner. */
bool layout_private_list(const rk_layout *layout, rk_slice name, rk_slice *queue, rk_slice *owner);
bool layout_owner_alive(const layout_finder *f, const rk_layout *layout, rk_slice name, rk_slice owner);

#endif
