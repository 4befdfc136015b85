/* restore: what the files that make the streams share: scripts, keys, commands in the form of the protocol (spec: AOF, "RESP
 * framing"). */
#ifndef RDBKIT_BUNDLE_RESTORE_H
#define RDBKIT_BUNDLE_RESTORE_H

#include "open.h"

/* Jobs, or items of a companion, at most in one command by default, and bytes of them about at most. */
enum { BATCH_JOBS = 100, BATCH_JOBS_MOST = 10000, BATCH_ITEMS = 1000, BATCH_BYTES = 1024 * 1024 };

/* ---- script.c: what the server does ---------------------------------------------------------------------------- */

typedef enum {
    OP_LIST_PUT,
    OP_LIST_REPLACE,
    OP_LIST_PUSH_BACK,
    OP_ZSET_PUT,
    OP_ZSET_REPLACE,
    OP_JOBS
} rk_bundle_op;

rk_bundle_op rk_bundle_op_of(const rk_bundle_job *job); /* of an act that does something */
const char *rk_bundle_job_script(rk_bundle_op op, bool undo);
const char *rk_bundle_companion_script(rk_type type, bool undo);

/* ---- command.c -------------------------------------------------------------------------------------------------- */

/* A piece of the stream. It begins with room for the head of one command whose arguments are counted as they come. */
typedef struct {
    rk_buf bytes;
    uint64_t args;
} rk_bundle_command;

bool rk_bundle_command_start(rk_bundle_command *c, rk_err *err);
bool rk_bundle_command_arg(rk_bundle_command *c, rk_slice arg, rk_err *err);
bool rk_bundle_command_word(rk_bundle_command *c, const char *arg, rk_err *err);
bool rk_bundle_command_u64(rk_bundle_command *c, uint64_t arg, rk_err *err);
bool rk_bundle_command_score(rk_bundle_command *c, double score, rk_err *err);
rk_slice rk_bundle_command_end(rk_bundle_command *c); /* borrowed until the next start */

/* Adds a whole command to a buffer. */
bool rk_bundle_command_add(rk_buf *out, const rk_slice *args, size_t count, rk_err *err);

/* ---- restore.c -------------------------------------------------------------------------------------------------- */

struct rk_restore {
    rk_bundle *bundle;
    const rk_restore_options *options;
    rk_restore_plan *plan;
    bool undo, forward; /* the order in which jobs are gone through */
    enum { RESTORE_COMPANIONS, RESTORE_JOBS, RESTORE_UNDO_COMPANIONS, RESTORE_ENDED } phase;
    bool has_db;
    uint32_t db; /* selected */
    rk_restore_target target, other;
    rk_bundle_command command;
    rk_buf plain;              /* bare commands */
    rk_buf listed;             /* plain: the key of the queue whose name has been added last */
    char guard[64], notes[64]; /* keys */
    bool has_companion;        /* one is under way */
    rk_companion companion;
    size_t item; /* of it, still to come */
    uint64_t companion_number, chunk;
    rk_buf companion_key;
};

/* Selects a database: true when that is a piece of its own, which has to go first. */
bool rk_bundle_restore_select(rk_restore *r, uint32_t db, rk_slice *bytes, bool *ok, rk_err *err);

/* restore_companions.c: the next piece of them; false at their end and on failure. */
bool rk_bundle_restore_companion(rk_restore *r, rk_slice *bytes, rk_err *err);

/* restore_plain.c: the commands of one job. */
bool rk_bundle_restore_plain(rk_restore *r, const rk_bundle_job *job, rk_slice *bytes, rk_err *err);

/* target.c: a key with another prefix, by the options. */
bool rk_bundle_restore_key(const rk_restore_options *options, rk_slice prefix, rk_slice key, rk_buf *out,
                           rk_err *err);

#endif
