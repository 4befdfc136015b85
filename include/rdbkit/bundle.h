/* bundle: jobs that can be given back, once, in order (design: "Job bundle"; spec: Sidekiq, "Restoring"). A bundle is a
 * folder, NAME.jobs/: manifest.json, jobs.ndjson, companions.ndjson (keys that its jobs need; only where there are any)
 * and restore.resp. It appears whole or not at all, file modes 0600, the folder's 0700. Written and read in a stream:
 * what is held is a few tens of bytes a job. */
#ifndef RDBKIT_BUNDLE_H
#define RDBKIT_BUNDLE_H

#include "rdbkit/sidekiq.h"

#define RK_BUNDLE_FORMAT  "rdbkit.bundle"
#define RK_BUNDLE_VERSION 1

/* ---- what is in it ---------------------------------------------------------------------------------------- */

/* What a restore does with a job. */
typedef enum {
    RK_ACT_RESTORE,   /* put it where it was */
    RK_ACT_REPLACE,   /* take out the damaged copy, and put it where that was */
    RK_ACT_PUSH_BACK, /* move it out of the private list of a dead process, to its queue */
    RK_ACT_HOLD, /* nothing: it is kept and shown; `reason` says why (poison, may be running, would block ...) */
    RK_ACTS
} rk_act;

const char *rk_act_name(rk_act act); /* "restore", "replace", "push_back", "hold" */

/* "queue", "schedule", "retry", "dead", "interrupted", "work", "private" */
const char *rk_bundle_place_name(rk_place_kind kind);

/* One job. Slices are borrowed: by whoever adds it until the call returns, by whoever pulls it until the next pull. */
typedef struct {
    uint64_t seq; /* from 1; given at the commit: in each place in the order in which the jobs would run */
    rk_act act;
    uint32_t db;
    rk_slice prefix;              /* of the layout, with its last colon; empty without */
    rk_slice key;                 /* where it goes, in full; begins with the prefix */
    rk_place_kind kind;           /* where it was; one of WORK or PRIVATE goes to its queue */
    rk_slice queue;               /* of QUEUE, WORK and PRIVATE: the name of the queue that it goes to */
    bool has_position, has_score; /* all but QUEUE, WORK and PRIVATE must have a score, which is no NaN */
    uint64_t position;            /* in the list as it was, from the head; for order alone */
    double score;
    rk_slice
        verdict; /* word: "lost", "damaged" ...; "chosen" when it was taken from a snapshot without a comparison */
    rk_slice reason;          /* word; empty: none */
    rk_slice jid, class_name; /* as they are meant; empty: none */
    size_t source;            /* index of the source it was found in */
    bool has_offset;
    uint64_t offset;   /* in bytes into it, of the string that holds the job */
    bool may_have_run; /* was in somebody's hand */
    rk_slice payload;  /* bit for bit what was read */
    rk_slice
        replaces; /* REPLACE: the damaged copy, bit for bit; it lies in `key`, and is not the payload, unless only
                          its score is another */
    double replaces_score; /* REPLACE in a sorted set */
    rk_slice from_key;     /* PUSH_BACK: the private list, in full */
} rk_bundle_job;

/* A key that jobs need: state of an iterable job, of a batch, a lock, a pause flag. It is put back where there is no key
 * of its name (a set or hash that is there gets what it lacks). */
typedef struct {
    uint32_t db;
    rk_slice prefix;   /* of the layout, as in jobs; empty without */
    rk_slice key;      /* in full */
    rk_type type;      /* STRING, LIST, SET, HASH or ZSET */
    int64_t expire_ms; /* or RK_NO_EXPIRY */
    rk_slice why;      /* word: "iteration", "batch", "lock", "paused" */
    const rk_slice *
        items; /* string: 1; set: members; list: head first; hash: field, value ...; zset: member, score text ... */
    size_t item_count;
    bool blocked; /* kept and shown, not put back */
} rk_companion;

/* Where the jobs came from. */
typedef struct {
    const char *path;
    const char *role; /* "old", "new", "source", "minus", "log", "spool" */
    const char *format;
    uint64_t size;
    rk_digest
        digest; /* XXH3-128 of the file; of several files, or a log, of all their bytes one behind the other */
    uint32_t rdb_version;
    const char *server;
    int64_t saved_s; /* Unix seconds, -1: not told */
    const char *repl_id;
    int64_t repl_offset;
} rk_bundle_source;

/* ---- writing ---------------------------------------------------------------------------------------------- */

typedef struct {
    bool force;         /* an existing bundle is replaced */
    const char *tool;   /* "rdbdiff" */
    const char *reason; /* why the bundle was made, a sentence */
    int64_t created_s;  /* Unix seconds; SOURCE_DATE_EPOCH is the caller's to look at */
    bool
        redacted; /* a copy to be shown, with tokens in payloads: all jobs are of act HOLD, all companions blocked */
} rk_bundle_options;

typedef struct rk_bundle_writer rk_bundle_writer;

/* Begins a bundle that will appear as the folder `path`. Fails when there is one already (without force), or anything
 * that is no bundle. The caller closes it: what was not committed is gone then. */
rk_bundle_writer *rk_bundle_create(const char *path, const rk_bundle_options *options, rk_err *err);
void rk_bundle_writer_close(rk_bundle_writer *writer);

/* *index is what jobs give as their source. */
bool rk_bundle_add_source(rk_bundle_writer *writer, const rk_bundle_source *source, size_t *index,
                          rk_err *err);

/* Jobs in any order; the order of the bundle is made at the commit: place by place (database, then key; of one queue
 * first what was in hand), lists from the tail, sorted sets from the lowest score; what says no position, or the same
 * score, in the order of adding, and behind what says one. RK_USAGE for a job that contradicts itself. */
bool rk_bundle_add(rk_bundle_writer *writer, const rk_bundle_job *job, rk_err *err);

/* In the order in which they shall be put back. Of several with the same database and key the first one counts. */
bool rk_bundle_add_companion(rk_bundle_writer *writer, const rk_companion *companion, rk_err *err);

/* A sentence that every reader of the bundle should see. */
bool rk_bundle_warn(rk_bundle_writer *writer, const char *sentence, rk_err *err);

/* Everything to the disk, then the folder gets its name. To be called once, at the end. */
bool rk_bundle_commit(rk_bundle_writer *writer, rk_err *err);

const char *
rk_bundle_writer_id(const rk_bundle_writer *writer); /* behind the commit: see rk_bundle_info.id */

/* ---- reading ---------------------------------------------------------------------------------------------- */

typedef struct {
    char id[33]; /* 32 hex digits: follows from what a restore does, job by job, and from that alone */
    uint32_t version;
    const char *tool, *made_by, *reason; /* "rdbdiff"; "0.1.0", its version; "" for none */
    int64_t created_s;
    uint64_t jobs, acts[RK_ACTS], companions, payload_bytes;
    size_t source_count, warning_count;
    bool redacted; /* rk_restore_open refuses it */
} rk_bundle_info;

typedef struct rk_bundle rk_bundle;

/* Opens the folder and checks all of it before anything is yielded: format and version, that every member is there, sizes,
 * digests, counts, that each line is a job in its order, and that restore.resp is what follows from the jobs. A sentence
 * with file and line where something is wrong. */
rk_bundle *rk_bundle_open(const char *path, rk_err *err);
void rk_bundle_close(rk_bundle *bundle);

const rk_bundle_info *rk_bundle_info_of(const rk_bundle *bundle);
const rk_bundle_source *rk_bundle_source_of(const rk_bundle *bundle, size_t i); /* NULL beyond the last */
const char *rk_bundle_warning(const rk_bundle *bundle, size_t i);               /* the same */

/* The bundle stands between two jobs: pulls the one behind that place, or the one before it, and passes over it. False when
 * there is none and on failure. */
bool rk_bundle_next(rk_bundle *bundle, rk_bundle_job *job, rk_err *err);
bool rk_bundle_previous(rk_bundle *bundle, rk_bundle_job *job, rk_err *err);
void rk_bundle_rewind(rk_bundle *bundle, bool to_end);

bool rk_bundle_next_companion(rk_bundle *bundle, rk_companion *companion, rk_err *err);
void rk_bundle_rewind_companions(rk_bundle *bundle);

/* ---- giving back ------------------------------------------------------------------------------------------ */

typedef struct {
    rk_slice from, to; /* names of queues, without `queue:` */
} rk_rename;

typedef struct {
    bool back;       /* behind what waits in the queues; else at the end that runs first */
    bool plain;      /* bare commands, without a script: not safe to be sent twice */
    bool quarantine; /* jobs that may have run go to the queue `quarantine` instead */

    /* Queues: jobs of queues alone; in the sets it is the payload that names the queue, and its bytes stay. */
    const char *to_queue;     /* all go there; NULL: each to its own */
    const rk_rename *renames; /* borrowed */
    size_t rename_count;

    const char *namespace; /* instead of the prefix, without its last colon; "" for none; NULL: as it was */
    bool has_db;           /* into the database `db`; else as it was */
    uint32_t db;

    /* Overdue jobs of `schedule` and `retry`: those with a score before now_s. Not both. */
    int64_t spread_s; /* they are spread evenly over so many seconds from now_s, in their order; 0: not */
    int64_t shift_s;  /* added to their scores; 0: nothing */
    int64_t now_s;

    uint64_t batch; /* jobs at most in one command; 0: 100 */
} rk_restore_options;

/* Where the jobs of a bundle go by these options. Options are borrowed until the close; RK_USAGE when they do not go
 * together (spread_s with shift_s). Reads the bundle once through when jobs are to be spread, and rewinds it. */
typedef struct rk_restore_plan rk_restore_plan;
rk_restore_plan *rk_restore_plan_open(rk_bundle *bundle, const rk_restore_options *options, rk_err *err);
void rk_restore_plan_close(rk_restore_plan *plan);

/* Of one job of the bundle: database, key (in full; the former content of the buffer goes) and, in a sorted set, score.
 * For shows and verification, too. */
typedef struct {
    uint32_t db;
    bool is_list;
    rk_buf key;    /* owned by whoever asks */
    rk_buf queue;  /* of a list: the name for the set `queues` */
    rk_buf queues; /* of a list: the key of that set */
    rk_buf from;   /* REPLACE, PUSH_BACK: where the damaged copy, or the job, is taken from */
    double score;
} rk_restore_target;
bool rk_restore_plan_target(const rk_restore_plan *plan, const rk_bundle_job *job, rk_restore_target *target,
                            rk_err *err);
void rk_restore_target_free(rk_restore_target *target);

/* The stream for `redis-cli --pipe`: jobs of act RESTORE, REPLACE and PUSH_BACK, companions before them. Each job is
 * applied by a script that claims its seq in the set `rdbkit:restored:ID` of its database, so that a second run changes
 * nothing; what was done for companions and names of queues is noted in `rdbkit:restored:ID:keys`. Both expire 30 days
 * after the last change. What needs no doing any more is claimed, too: a member that is there already, a private list that
 * has lost the job. A damaged copy that is gone is an error reply, once, and its job is not put back.
 *
 * Lists: jobs go in their order, one batch behind the other; workers that take jobs meanwhile see each batch as a whole. A
 * replacement stands where the damaged copy stood, unless it goes to another queue. Sorted sets: only what is not there.
 * Companions: a key that is there gets what it lacks (members, fields), a string or list that is there stays.
 *
 * Scripts name all their keys and use what Redis 2.8 has: SELECT, EVAL, and in them EXISTS, EXPIRE, HSETNX, LINSERT, LPUSH,
 * LREM, PEXPIREAT, RPUSH, SADD, SET, SISMEMBER, ZADD, ZREM, ZSCORE; an undo also DEL, GET, HDEL, HGET, LINDEX, LLEN, SREM. A
 * user's ACL must allow them, and the keys above. A cluster would refuse keys of several slots: one server only.
 *
 * With `undo`: the stream that takes out what a restore with the same options put in and what is not running yet; damaged
 * copies and private lists get back what was taken (a private list at one end, whatever has come since). A job that is not
 * found has been taken by a worker and stays claimed; one that is taken out can be restored again. Companions come behind the
 * jobs, and only where no job of the bundle stays claimed.
 *
 * Plain streams remember nothing: sent twice, queues have jobs twice, and what a member or key had is overwritten (scores,
 * expiry). They leave out companions that are lists, and those that expire before now_s; a plain undo leaves all companions
 * where they are, and gives back what it did not find.
 *
 * The bundle is read by the stream, and by nobody else, until the close; options are borrowed until then. */
typedef struct rk_restore rk_restore;
rk_restore *rk_restore_open(rk_bundle *bundle, const rk_restore_options *options, bool undo, rk_err *err);
bool rk_restore_next(rk_restore *restore, rk_slice *bytes,
                     rk_err *err); /* the next piece; false at the end, too */
void rk_restore_close(rk_restore *restore);

#endif
