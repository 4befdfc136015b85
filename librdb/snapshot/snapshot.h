/* snapshot: the inside of an rk_snapshot, shared by the files of this room. */
#ifndef RDBKIT_SNAPSHOT_SNAPSHOT_H
#define RDBKIT_SNAPSHOT_SNAPSHOT_H

#include "info.h"

struct rk_snapshot {
    rk_source *source;
    rk_rdb *rdb;
    rk_info_notes notes;
    bool ended;
};

#endif
