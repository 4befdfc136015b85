/* info: what the records of a snapshot tell about it as a whole, collected while they are pulled. Shared by whoever
 * reads a snapshot from end to end. */
#ifndef RDBKIT_SNAPSHOT_INFO_H
#define RDBKIT_SNAPSHOT_INFO_H

#include "rdbkit/snapshot.h"

typedef struct {
    rk_snapshot_info info;
    const char *maker; /* "Redis": who wrote the file, by the surest sign so far */
    int maker_rank;
    char version[40];
    bool repl_invalid, in_module; /* in_module: the key noted last is a module's, not yet counted */
} rk_info_notes;

void rk_info_begin(rk_info_notes *notes, const rk_source *source, const rk_rdb *rdb);

/* A record that was pulled, keys included. */
void rk_info_record(rk_info_notes *notes, const rk_record *record);

/* The value of the key noted last has been read or passed over: now its module is known. */
void rk_info_value_read(rk_info_notes *notes, const rk_rdb *rdb);

/* The source has been read. Checksum, trailing bytes and completeness are the caller's to tell. */
void rk_info_end(rk_info_notes *notes, const rk_source *source);

/* The newest RDB version that is known under this snapshot's magic. */
uint32_t rk_info_newest(const rk_info_notes *notes);

#endif
