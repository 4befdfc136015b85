/* aofcheck: is an append-only file, or a set of them, whole; who can load it, and what can be saved of it (spec: AOF,
 * "Manifest", "RESP framing", "Truncation, repair"). One pass looks at the manifest, at the folder, at each snapshot (by
 * check.h) and at each command, goes on behind damage, and notes which bytes are sound. */
#ifndef RDBKIT_AOFCHECK_H
#define RDBKIT_AOFCHECK_H

#include "rdbkit/aof.h"
#include "rdbkit/check.h"

/* ---- parts -------------------------------------------------------------------------------------------------- */

/* What a file is to a server that loads the set. */
typedef enum {
    RK_PART_LOADED,    /* base or increment */
    RK_PART_MISSING,   /* is to be loaded, and is not there */
    RK_PART_HISTORY,   /* listed, not loaded, about to be deleted */
    RK_PART_STRAY,     /* has the name of a part, and no line of the manifest lists it */
    RK_PART_TEMPORARY, /* left behind by a rewrite or a save that did not end */
    RK_PART_KINDS
} rk_part_kind;

const char *rk_part_kind_name(rk_part_kind kind); /* "loaded", "missing" ... */
const char *rk_aof_role_name(rk_aof_role role);   /* "base", "increment", "history" */

/* A file; what is not loaded is named, and not looked into. Texts are owned by the check. */
typedef struct {
    const char *path, *name; /* as it can be opened; the last part of it */
    rk_part_kind kind;
    rk_aof_role role;
    uint64_t seq;         /* 0: no name or line tells */
    uint64_t line;        /* of the manifest that lists it, from 1; 0: none */
    uint64_t size;        /* bytes, unpacked; of what is not loaded: of the file */
    const char *packing;  /* "plain", "gzip" or "zstd" */
    const rk_check *head; /* the snapshot that it is, or begins with; NULL: none */
    uint64_t begin;       /* where its commands begin: behind the head */
    uint64_t good;        /* all before this byte is whole */
    uint64_t commands;    /* whole ones, MULTI and EXEC included */
    uint64_t transactions;
    uint64_t lost_commands, lost_bytes; /* of commands; at least so many */
    bool
        torn; /* it ends in the middle of a command, or in a transaction without its EXEC, and nothing else is
                       wrong with it */
    bool open_multi; /* it ends in a transaction without its EXEC */
    rk_aof_times times;
    const uint64_t *verbs; /* how many commands of each rk_verb; NULL: not looked into */
} rk_aof_part;

/* Bytes [from, to) of a part. The spans of a part tile what stands from `begin` to its end. */
typedef struct {
    rk_span_kind kind; /* SOUND, LOST, or LEFT_OUT: a whole command that stops a server */
    uint64_t from, to;
    uint64_t commands; /* whole ones */
    int64_t
        select; /* of LOST: the database that a SELECT in it chose, which a salvage chooses instead; -1: none */
} rk_aof_span;

/* ---- problems ----------------------------------------------------------------------------------------------- */

/* What is wrong, where: in the words of check.h, and what is known of a command. Steps beyond those of snapshots:
 * "manifest", "missing", "history", "stray", "temporary", "empty file", "framing", "torn", "zeros", "transaction",
 * "command", "arity", "annotation", "opaque", "database". */
typedef struct {
    rk_problem problem;
    size_t part;         /* SIZE_MAX: of the set as a whole, or of the manifest */
    uint64_t line;       /* of the manifest, from 1; 0: none */
    uint64_t number;     /* of the command in its part, from 1; 0: none */
    const char *command; /* its name, escaped; NULL: none, or it cannot be read */
    bool in_multi;       /* it stands in a transaction */
    uint64_t from, to;   /* what was passed over for it; from == to: nothing */
    const char *follows; /* what comes behind; NULL: not told */
} rk_aof_problem;

/* What could be read of a command that the last part breaks off in. */
typedef struct {
    bool there;
    size_t part;
    uint64_t offset;
    const char *command; /* escaped; NULL: not even its name */
    bool has_key;
    rk_slice key;
    uint64_t argc, whole; /* arguments that it announces, and that are there to their last byte */
    uint64_t values;      /* of those: behind the key */
    uint64_t jobs;        /* of those: with the look of a Sidekiq job */
} rk_aof_torn;

/* ---- running ------------------------------------------------------------------------------------------------ */

typedef struct {
    rk_progress *progress;  /* of the file that is being read */
    uint64_t problems_most; /* as in rk_check_options */
    size_t top;             /* of snapshots: biggest keys to name */
    bool replay;            /* replay the commands, too: see rk_aof_replayed */
} rk_aofcheck_options;

typedef struct rk_aofcheck rk_aofcheck;

/* True when `path` names a set: a manifest, a folder with one, or a folder in which only the manifest is missing. */
bool rk_aofcheck_is_set(const char *path, bool *yes, rk_err *err);

/* Checks what `path` names. It may turn out to be a snapshot without commands behind it: then *snapshot is its check,
 * made with `snapshots` (NULL: defaults), and *aof is NULL. False only when there is nothing to say; `err` says why. The
 * caller frees what it gets. */
bool rk_aofcheck_run(const char *path, const rk_aofcheck_options *options, const rk_check_options *snapshots,
                     rk_aofcheck **aof, rk_check **snapshot, rk_err *err);

/* The same of one open file, which it takes. */
bool rk_aofcheck_source(rk_source *source, const rk_aofcheck_options *options,
                        const rk_check_options *snapshots, rk_aofcheck **aof, rk_check **snapshot,
                        rk_err *err);
void rk_aofcheck_free(rk_aofcheck *aof);

const char *rk_aofcheck_path(const rk_aofcheck *aof);
const char *
rk_aofcheck_manifest(const rk_aofcheck *aof);       /* its path; NULL: a single file, or it is missing */
bool rk_aofcheck_is_folder(const rk_aofcheck *aof); /* several parts, with or without a manifest */

/* Loaded and missing parts in the order of loading, then the others. NULL behind the last. */
const rk_aof_part *rk_aofcheck_part(const rk_aofcheck *aof, size_t i);
const rk_aof_span *rk_aofcheck_span(const rk_aofcheck *aof, size_t part, size_t i);

/* Of the set, then by part and offset. */
const rk_aof_problem *rk_aofcheck_problem(const rk_aofcheck *aof, size_t i);
uint64_t rk_aofcheck_problems(const rk_aofcheck *aof, rk_problem_kind kind);
const rk_aof_torn *rk_aofcheck_torn(const rk_aofcheck *aof);

/* What a replay comes to (keyspace.h), in memory that is proportional to the data. */
typedef struct {
    bool done;     /* it was asked for, and there is no damage */
    uint64_t keys; /* in all databases in the end */
    uint64_t
        failed; /* commands that fail on what they find, and change nothing, as on a server; the first is a problem of
                        its own, step "replay", a notice */
    uint64_t opaque, uncertain_keys; /* commands that cannot be replayed; keys that they named */
} rk_aof_replayed;

const rk_aof_replayed *rk_aofcheck_replayed(const rk_aofcheck *aof);

/* 0 whole, 1 damage, 2 something could not be judged; as rk_check_exit. A torn end is damage: a server cuts it off. */
int rk_aofcheck_exit(const rk_aofcheck *aof);

/* ---- who can load it ------------------------------------------------------------------------------------------ */

/* What a server that knows all commands makes of it. */
typedef enum {
    RK_LOAD_ALL,    /* loads all of it */
    RK_LOAD_CUT,    /* loads what stands before `offset` of the last part, and cuts the rest off */
    RK_LOAD_EMPTY,  /* does not find it, and starts empty */
    RK_LOAD_REFUSED /* does not start */
} rk_load_kind;

const char *rk_load_kind_name(rk_load_kind kind); /* "all", "cut", "empty", "refused" */

typedef struct {
    rk_load_kind with;    /* aof-load-truncated yes, which is the default */
    rk_load_kind without; /* aof-load-truncated no */
    size_t part;          /* in which it stops; SIZE_MAX: none, or the set as a whole */
    uint64_t offset;      /* what stands before is loaded */
    uint64_t bytes;       /* CUT: so many are cut off */
    uint64_t commands;    /* CUT: so many whole commands are among them */
    bool tail;            /* REFUSED: only the end of the last part is wrong; from Redis 8.4 on, `bytes` below
                             aof-load-corrupt-tail-max-size are cut off */
    const char *why;      /* a sentence; NULL: nothing stops it */
} rk_aof_load;

const rk_aof_load *rk_aofcheck_load(const rk_aofcheck *aof);

/* As in check.h, by the snapshots, the commands and their forms (spec: AOF, "Complete list of write commands by first
 * release"). A form that fails without stopping the load blocks, too: what it wrote would be missing. Of a Sidekiq
 * nothing can be told: what the commands push is not looked at. The oldest is told as if nothing were damaged. */
bool rk_aofcheck_obstacle(const rk_aofcheck *aof, const rk_target *target, size_t i, rk_obstacle *obstacle);
bool rk_aofcheck_loads(const rk_aofcheck *aof, const rk_target *target);
const char *rk_aofcheck_oldest_redis(const rk_aofcheck *aof);
const char *rk_aofcheck_oldest_valkey(const rk_aofcheck *aof, bool *relaxed);

/* ---- salvage -------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t files, files_lost; /* written; listed, and not there */
    uint64_t commands, left_out, bytes_left_out;
    uint64_t bytes_written;
    rk_salvage_result heads; /* of all snapshots that had to be salvaged */
} rk_aof_salvage;

/* Writes what is sound, whole or not at all: of one file a file at `path`, of a set a folder with a manifest of its own.
 * Without `force` nothing may be there; with it a file is replaced, and a folder in which nothing but files with the
 * names of a set are. The input is never written to. What was written is read back and checked before it gets its
 * name. */
bool rk_aofcheck_salvage(const rk_aofcheck *aof, const char *path, bool force, rk_aof_salvage *result,
                         rk_err *err);

/* Opens a file to write beside the input, as rk_check_sink. */
rk_sink *rk_aofcheck_sink(const rk_aofcheck *aof, const char *path, bool force, rk_err *err);

/* ---- explain -------------------------------------------------------------------------------------------------- */

/* Explains the byte at `offset` of one file, whatever it is: a snapshot, commands, or both. As rk_explain_run. */
rk_explain *rk_aofcheck_explain(const char *path, uint64_t offset, const rk_explain_options *options,
                                rk_err *err);
rk_explain *rk_aofcheck_explain_source(rk_source *source, uint64_t offset, const rk_explain_options *options,
                                       rk_err *err); /* takes the source, which must allow a second look */

#endif
