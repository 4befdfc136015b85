/* sort: what sort.c and sort_weigh.c share. */
#ifndef RDBKIT_KEYSPACE_SORT_H
#define RDBKIT_KEYSPACE_SORT_H

#include "keyspace.h"

typedef struct {
    rk_slice element;
    rk_slice weight; /* ALPHA with BY: what it is compared by */
    bool has_weight;
    double score; /* unless ALPHA */
    size_t index; /* as it was found */
} sort_item;

/* What a SORT asks for, and the elements. All bytes are in the arena. */
typedef struct {
    size_t by, store; /* indexes of arguments; 0: none */
    bool as_found, alpha, descending,
        patterns;       /* as_found: BY a pattern without *; patterns: other keys are read */
    int64_t skip, most; /* LIMIT; most < 0: all */
    size_t gets;
    sort_item *items;
    size_t count, cap;
    rk_arena arena;
} sort_job;

/* What the pattern in argument `pattern` yields for an element: `#` the element itself; else the string (`a*b`) or the
 * field of a hash (`a*b->field`) whose name has the element in place of the *. *found: there is such a one. False:
 * trouble. */
bool ks_sort_follow(ks_call *c, sort_job *job, size_t pattern, rk_slice element, rk_slice *value,
                    bool *found);

/* Gives the elements what they are compared by. False: trouble, or one is no number; *outcome tells. */
bool ks_sort_weigh(ks_call *c, sort_job *job, rk_outcome *outcome);

/* Brings them into their order. */
void ks_sort_order(sort_job *job);

#endif
