/* truth: what gen_pair did, in the form of the scenario corpus' truth.json: the facts that a tool has to
 * find. */
#ifndef GEN_TRUTH_H
#define GEN_TRUTH_H

#include "change.h"

typedef struct {
    uint64_t bytes, keys, jobs;
    int64_t ctime_s;
    int64_t processed, failed;
} gen_side;

/* What is told of a world that was written as a file of `bytes` bytes. */
gen_side gen_side_of(const gen_world *world, uint64_t bytes);

void gen_truth_write(const char *path, const gen_world *world, const gen_side *before, const gen_side *after,
                     const gen_change *change);

#endif
