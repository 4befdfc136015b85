/* convert: the data of any source as a snapshot that servers load: the state of an append-only file as it was at a
 * moment, or of a snapshot, in plain encodings, so that the oldest server loads it whose version has all that is in it
 * (spec: RDB, "Which release writes which version"). */
#ifndef RDBKIT_CONVERT_H
#define RDBKIT_CONVERT_H

#include "rdbkit/filter.h"
#include "rdbkit/keyspace.h"
#include "rdbkit/snapshot.h"

typedef struct {
    const char *words;       /* the source, maybe with @MOMENT */
    const char *without;     /* this one command is left out (see rk_moment_parse_offset); NULL: none */
    const rk_filter *filter; /* which keys; NULL: all */
    const char *path;        /* of the snapshot to be written */
    bool force;              /* may replace a file; never one of the source */
    rk_progress *progress;
} rk_convert_options;

typedef struct {
    rk_keyspace_saved saved;
    char redis[16], valkey[16]; /* the oldest versions that load it: "2.6"; empty: none */
    rk_log_facts log;           /* of the source; log.commands is 0 for a snapshot */
    rk_err partial; /* what of the source could not be replayed, or was left out; RK_OK: all is there */
} rk_converted;

/* Writes the snapshot, and checks it before it gets its name. Nothing is left of it on failure. */
bool rk_convert(const rk_convert_options *options, rk_converted *converted, rk_err *err);

#endif
