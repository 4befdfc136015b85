/* snapshot: the inside of an rk_snapshot, shared by the files of this room. */
#ifndef RDBKIT_SNAPSHOT_SNAPSHOT_H
#define RDBKIT_SNAPSHOT_SNAPSHOT_H

#include "info.h"
#include "rdbkit/keyspace.h"

struct rk_snapshot {
    rk_source *source;
    rk_rdb *rdb;
    rk_info_notes notes;
    bool ended;
    char *words;                      /* of a log: as the user named it; info.path */
    uint64_t file_size, content_size; /* of a log: of its files, while those of the image are in `source` */
};

/* snapshot.c: over a source that holds a snapshot; it is then the snapshot's, on failure too. */
rk_snapshot *snapshot_of_source(rk_source *source, rk_err *err);

/* log.c: runs the replay, and yields what the keyspace is then. `words`: as the user named it. The replay is closed, on
 * failure too. */
rk_snapshot *snapshot_of_log(rk_replay *replay, const char *words, const rk_moment *until, rk_err *err);

/* Has something not been seen, or not been understood? The first reason is kept. */
void snapshot_set_partial(rk_snapshot *snapshot, const rk_err *reason);

#endif
