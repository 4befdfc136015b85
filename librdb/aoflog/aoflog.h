/* aoflog: what the files of this room share: the walk over the commands of a set, and which of them are meant. */
#ifndef RDBKIT_AOFLOG_AOFLOG_H
#define RDBKIT_AOFLOG_AOFLOG_H

#include "rdbkit/aoflog.h"

/* ---- range.c ------------------------------------------------------------------------------------------------ */

/* A moment as a place of the log, or a time. */
typedef struct {
    enum { LOG_BOUND_NONE, LOG_BOUND_TIME, LOG_BOUND_PLACE } kind;
    int64_t time_s;
    size_t file;
    uint64_t offset;
} log_bound;

/* The moment in `set`, which lies at `path`. A moment by command or offset takes a pass over the files. */
bool log_bound_find(const char *path, const rk_aof_set *set, const rk_moment *moment, log_bound *bound,
                    rk_err *err);

/* True when the command at that place and time stands before the bound (`since`: so that it is not wanted yet), or
 * behind it (`until`: so that nothing more is). */
bool log_is_before(const log_bound *since, size_t file, uint64_t offset, int64_t time_s);
bool log_is_behind(const log_bound *until, size_t file, uint64_t offset, int64_t time_s);

/* True when database and name are among those of the range. */
bool log_range_has(const rk_aoflog_range *range, uint32_t db, rk_slice name);

/* ---- file.c ------------------------------------------------------------------------------------------------- */

/* Opens a file for its commands: passes over the snapshot at its head, if there is one, and notes what it tells. `source`
 * must outlive the reader. */
rk_aof *log_file_open(rk_source *source, rk_aoflog_file *file, rk_err *err);

/* ---- places.c ----------------------------------------------------------------------------------------------- */

/* True when a key of that name may hold jobs, or the names of queues, whatever its type. */
bool log_may_hold_jobs(rk_slice name);

/* The same of a key whose type is known. */
bool log_holds_jobs(rk_slice name, rk_type type);

/* By its name and keys alone, the command takes away what may hold jobs. *key: the first of the keys for which that is
 * so, or empty. */
bool log_is_suspect(const rk_aof_command *command, rk_slice *key);

/* Of a command that cannot be replayed: it names a key that may hold jobs, or it may touch keys that it does not name. */
bool log_may_touch_jobs(const rk_aof_command *command);

/* ---- map.c -------------------------------------------------------------------------------------------------- */

/* Numbers by digest. Zero it to start. */
typedef struct {
    struct {
        rk_digest key;
        uint32_t value; /* + 1; 0: free */
    } * slots;
    size_t slot_count, count;
    rk_spread spread;
} log_map;

enum { LOG_MAP_NONE = UINT32_MAX };

uint32_t log_map_get(const log_map *map, rk_digest key); /* LOG_MAP_NONE: not there */

/* Puts a key that is not there yet. */
bool log_map_put(log_map *map, rk_digest key, uint32_t value, rk_err *err);
void log_map_free(log_map *map);

/* The digest of a key's name in a database. */
rk_digest log_key_digest(uint32_t db, rk_slice name);

/* ---- tally.c ------------------------------------------------------------------------------------------------ */

/* A key that may hold jobs, as it is now. */
typedef struct {
    uint32_t db;
    rk_slice name; /* in the tally's arena */
    rk_type type;
    uint64_t items;
    bool jobs;                   /* something in it looked like a job */
    unsigned looked;             /* items that were looked at for that */
    uint64_t out, out_whole, in; /* items, in this step */
    bool gone;                   /* as a whole, in this step */
    int64_t expire_ms;           /* that it had when it went */
    uint64_t before;             /* items, before this step */
} log_place;

/* All keys that may hold jobs, kept by the effects of a replay. Zero it to start. */
typedef struct {
    log_place *places;
    size_t count, cap;
    log_map map;
    uint32_t *touched; /* places that the last step touched */
    size_t touched_count, touched_cap;
    uint64_t jobs; /* items of places with jobs */
    rk_arena arena;
    rk_buf scratch;
} log_tally;

/* Takes the effects of a step. */
bool log_tally_step(log_tally *tally, rk_replay *replay, const rk_step *step, rk_err *err);
void log_tally_free(log_tally *tally);

/* True when the bytes are the payload of a job: JSON with class and arguments. */
bool log_is_job(rk_slice bytes, rk_envelope *envelope);

/* ---- links.c ------------------------------------------------------------------------------------------------ */

/* Names between which commands carry data, in groups. Zero it to start. */
typedef struct {
    log_map map;
    uint32_t *parent; /* of each name: another one of its group, or itself */
    bool *wanted; /* the name is wanted for itself; of those that are their own parent: one of the group is */
    size_t count, cap, wanted_cap;
    bool all; /* a command may have read keys that it does not name */
} log_links;

/* Goes over the commands of the log; `wants` says which names are wanted for themselves. */
bool log_links_find(log_links *links, const char *path, bool (*wants)(void *self, rk_slice name), void *self,
                    rk_progress *progress, rk_err *err);

/* True when something of the name may come into a wanted one, or come from there. */
bool log_links_has(const log_links *links, rk_slice name);
void log_links_free(log_links *links);

#endif
