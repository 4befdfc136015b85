/* salvage: the inside of rk_aofcheck_salvage. */
#ifndef RDBKIT_AOFCHECK_SALVAGE_H
#define RDBKIT_AOFCHECK_SALVAGE_H

#include "run.h"

typedef struct {
    const rk_aofcheck *check;
    uint8_t *chunk;
    rk_aof_salvage *result;
} salvage_run;

/* Writes what is sound of a part: its head as it is, or salvaged, then its sound spans. */
bool aofcheck_salvage_part(salvage_run *run, const aofcheck_part *part, rk_sink *sink, rk_err *err);

/* Fails unless what was written at `path` (a file or a folder) is whole; `named` is what it is going to be called. */
bool aofcheck_salvage_read_back(const char *path, const char *named, rk_err *err);

/* Fails when `path` is a file that was checked, or its folder. */
bool aofcheck_not_input(const rk_aofcheck *c, const char *path, rk_err *err);

/* salvage_folder.c: a whole set. */
bool aofcheck_salvage_set(salvage_run *run, const char *path, bool force, rk_err *err);

#endif
