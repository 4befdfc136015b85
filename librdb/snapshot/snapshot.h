/* snapshot: the inside of an rk_snapshot, shared by the files of this room. */
#ifndef RDBKIT_SNAPSHOT_SNAPSHOT_H
#define RDBKIT_SNAPSHOT_SNAPSHOT_H

#include "rdbkit/snapshot.h"

struct rk_snapshot {
    rk_source *source;
    rk_rdb *rdb;
    rk_snapshot_info info;
    const char *maker; /* "Redis": who wrote the file, by the surest sign so far */
    int maker_rank;
    char version[40];
    bool repl_invalid, ended, in_module; /* in_module: the key pulled last is a module's, not yet counted */
};

#endif
