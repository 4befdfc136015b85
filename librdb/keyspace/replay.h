/* replay: the inside of an rk_replay. */
#ifndef RDBKIT_KEYSPACE_REPLAY_H
#define RDBKIT_KEYSPACE_REPLAY_H

#include "base.h"

/* A place in a set. */
typedef struct {
    size_t file;
    uint64_t offset;
} replay_place;

struct rk_replay {
    rk_aof_set set;
    rk_replay_options options;
    rk_replay_info info;
    rk_replay_file *files;
    rk_source **sources; /* one a file, once it has been opened; open as long as strings may be in it */
    rk_source *given;    /* what the first source is, instead of a path */
    rk_keyspace *ks;
    rk_aof *aof;            /* of the file being read; NULL: the next one is to be opened */
    rk_aof_command command; /* pulled last */
    size_t file;            /* being read, or to be opened next */
    uint32_t telling;       /* database whose keys of the base are told */
    ks_key *told;           /* the last one that was */
    bool base_told;         /* all of them have been told */
    ks_call call;
    ks_base_facts base;
    bool has_stop, leaving_out, left_out, ended;
    replay_place stop, without;
};

/* moment_place.c: finds where a moment lies, by a pass over the files: the command, or the transaction around it. */
bool replay_find_stop(rk_replay *r, rk_err *err);

/* The index of the file of a moment by offset: by name, or the last. */
bool replay_find_file(const rk_replay *r, const rk_moment *moment, size_t *file, rk_err *err);

#endif
