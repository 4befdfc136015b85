/* explain_holds: what must hold of annotated bytes, whatever they are. For unit tests and fuzzing. */
#ifndef RDBKIT_TESTS_EXPLAIN_HOLDS_H
#define RDBKIT_TESTS_EXPLAIN_HOLDS_H

#include "rdbkit/check.h"

/* The byte lies in an item that has no parts, and in all that is above it; items
 * of the file come in the order of the file, parts within what they are parts of. */
static inline bool explain_holds_together(const rk_explain *e)
{
    const rk_explained_place *place = rk_explain_where(e);
    uint64_t ends[32] = { 0 }, before = 0;
    const rk_explained *item;
    bool found = false, ok = true;
    for (size_t i = 0; (item = rk_explain_item(e, i)) != NULL; i++) {
        uint64_t from = item->decoded ? item->inner : item->offset;
        uint64_t end = from + (item->decoded ? item->inner_len : item->len);
        ok = ok && item->depth < 16 && item->text[0] && item->offset + item->len <= place->size;
        if (item->error || item->decoded)
            continue;
        bool within = item->depth == 0 || end <= ends[item->depth - 1] || from >= ends[item->depth - 1];
        ok = ok && from >= before && within;
        ok = ok && item->holds == (from <= place->offset && place->offset < end);
        found = found || (item->holds && !item->has_parts);
        before = from;
        for (unsigned d = item->depth; d < 32; d++)
            ends[d] = item->has_parts ? end : UINT64_MAX;
    }
    return ok && found;
}

#endif
