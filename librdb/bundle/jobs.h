/* jobs: a data set, as whoever walks through its jobs holds it. */
#ifndef RDBKIT_BUNDLE_JOBS_H
#define RDBKIT_BUNDLE_JOBS_H

#include "ids.h"
#include "rdbkit/bundle_make.h"

enum { JOBS_LEFT_OUT = 9 };

struct rk_jobs {
    const rk_jobs_options *options;
    rk_snapshot **shards;
    rk_look **looks;
    size_t shard_count;
    rk_catalog catalog;
    rk_arena arena;
    rk_candidate *candidates;
    size_t candidate_count, candidate_cap;
    rk_layouts layouts;
    int64_t now_s;
    uint64_t left_out[JOBS_LEFT_OUT];

    /* the walk */
    rk_look **walkers;     /* one a shard: the looks are whoever's who looks at keys meanwhile */
    size_t place, segment; /* at hand; places beyond the last: the held jobs */
    bool key_open, unit_open;
    rk_unit unit;
    rk_unit_walk unit_walk;
    rk_err walk_err;
    uint64_t position, told; /* of the next job; jobs of the key so far */
    size_t held;
    rk_bundle_ids shown, listed; /* ids of held jobs; those of them that are in a place, too */
    rk_buf blob, jid, class_name;
};

/* jobs_read.c: reads all shards and finds the layouts. */
bool rk_jobs_read(rk_jobs *jobs, rk_err *err);

#endif
