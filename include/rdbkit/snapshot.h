/* snapshot: the one door. Opens any source of keys and yields them in one form, whatever the file is: a snapshot
 * of any version, or an append-only file of any kind, which is replayed first; plain or compressed, a file or a pipe.
 * Says what is known about it, and whether all of it was seen. */
#ifndef RDBKIT_SNAPSHOT_H
#define RDBKIT_SNAPSHOT_H

#include "rdbkit/io.h"
#include "rdbkit/rdb.h"

#define RK_MODULES_NAMED 32

/* A module that left values or AUX records in the snapshot. */
typedef struct {
    char name[10];
    uint64_t records; /* AUX records, outside keys */
    uint64_t values;  /* keys */
} rk_module_use;

/* What is known of the log, where the source is an append-only file: its commands were replayed into a temporary image,
 * from which the keys come. Where they stand in it says nothing about the files. */
typedef struct {
    uint64_t files;    /* that were loaded; 0: the source is a snapshot, and nothing was replayed */
    uint64_t commands; /* that were read */
    uint64_t base_keys;
    uint64_t failed, opaque; /* commands that fail on a server, too; that could not be replayed */
    uint64_t uncertain_keys; /* that the opaque ones named, and that are there */
    bool all_uncertain;      /* an opaque one may have touched any key */
    bool torn; /* the last file ends in the middle of a command or transaction, left out as servers do */
    bool open_multi; /* of a transaction */
    uint64_t torn_bytes;
    bool annotated;      /* by annotations ctime is known; else it is that of the base */
    bool relative_times; /* spans to live that count from no known time: those keys have no expiry */
    bool stopped;        /* at the moment that was asked for, before the end */
    bool left_out;       /* the one command that was not wanted; or it lies behind the moment */
    rk_err first_failed, first_opaque;
} rk_log_facts;

/* The facts of a replay that has come to its end. The reason for which it is partial: what could not be replayed, or was
 * left out at the torn end; RK_OK: it is not. */
struct rk_replay;
rk_log_facts rk_log_facts_of(const struct rk_replay *replay, rk_err *reason);

/* What is known of a snapshot; complete once it has been read to its end. Texts are owned by the snapshot. */
typedef struct {
    const char *path;
    const char *format;   /* "rdb" or "aof" */
    const char *packing;  /* "plain", "gzip" or "zstd" */
    uint32_t rdb_version; /* of a log: 0 */
    bool valkey_magic;
    char server[64];     /* "Redis 7.0.15", "Valkey 9.1.2"; "unknown" when no AUX field tells */
    int64_t ctime;       /* Unix seconds when the save began, -1: not told; of a log: of its last annotation,
                                         or the moment, or when its base was saved */
    int64_t used_memory; /* bytes, -1: not told */
    char repl_id[64];    /* empty: not told */
    int64_t repl_offset; /* bytes, -1: not told */
    bool aof_preamble;   /* the head of an append-only file: what follows is not in here */
    uint64_t file_size, content_size; /* bytes of the file, and of what it holds when decompressed */
    uint64_t keys, expiries, functions, module_values, slot_imports, sub_key_expiries, vendor_records,
        trailing;
    uint32_t highest_db;
    rk_module_use modules[RK_MODULES_NAMED]; /* further ones are counted in other_modules alone */
    size_t module_count;
    uint64_t other_modules;
    rk_checksum checksum;
    bool expiry_without_key;
    bool complete; /* read to its end, every byte understood, checksum not bad */
    bool partial;  /* something was not seen or not understood; `reason` says what */
    rk_err reason;
    rk_log_facts log;
} rk_snapshot_info;

typedef struct rk_snapshot rk_snapshot;

/* Opens what `words` name: a file of any kind ("-": standard input), a manifest, or a directory with one; of an
 * append-only file as it was at a moment: `PATH@MOMENT` (see rk_moment_parse), unless a file of that whole name is
 * there. The caller closes it. */
rk_snapshot *rk_snapshot_open(const char *words, const rk_source_options *options, rk_err *err);

typedef struct {
    rk_source_options source;
    const char *
        without; /* of an append-only file: this one command is left out (see rk_moment_parse_offset), if it is
                            in it: log.left_out tells. NULL: none */
} rk_snapshot_options;
rk_snapshot *rk_snapshot_open_with(const char *words, const rk_snapshot_options *options, rk_err *err);

/* The state of an append-only file (`PATH@MOMENT`, or at its end) as a snapshot in plain encodings in a temporary file,
 * for who looks at the bytes of snapshots. `reason` tells what could not be replayed, or was left out at a torn end; RK_OK: nothing. The caller
 * closes the source. */
rk_source *rk_snapshot_image(const char *words, rk_progress *progress, rk_err *reason, rk_err *err);

/* The same over a source that is open; the snapshot then owns it, on failure too. */
rk_snapshot *rk_snapshot_open_source(rk_source *source, rk_err *err);

void rk_snapshot_close(rk_snapshot *snapshot);

/* Pulls the next key; every slice in it is borrowed and dies with the next pull. False at the end, with err->code
 * RK_OK: then the info tells whether it was complete or partial. False with err->code set: it could not be read,
 * and nothing that was pulled before may be trusted. */
bool rk_snapshot_next(rk_snapshot *snapshot, rk_key *key, rk_err *err);

/* The same, and all that is no key, too (AUX, functions ...): record->kind tells. The end is no record. */
bool rk_snapshot_next_record(rk_snapshot *snapshot, rk_record *record, rk_err *err);

/* Where reading goes on: right after a pull, where the value begins. */
uint64_t rk_snapshot_offset(const rk_snapshot *snapshot);

/* The value of the key pulled last, as in rdb.h: by element, by unit, or the digest of its raw bytes. */
bool rk_snapshot_element(rk_snapshot *snapshot, rk_element *element, rk_err *err);
bool rk_snapshot_unit(rk_snapshot *snapshot, rk_unit *unit, rk_err *err);

/* Passes over what is left of the value and tells the offset behind it, where the record ends. */
bool rk_snapshot_pass(rk_snapshot *snapshot, uint64_t *end, rk_err *err);
void rk_snapshot_digest_begin(rk_snapshot *snapshot);
bool rk_snapshot_digest_end(rk_snapshot *snapshot, rk_digest *digest, rk_err *err);

const rk_snapshot_info *rk_snapshot_info_of(const rk_snapshot *snapshot);

/* "ok", "absent" or "bad"; "unseen" where the file ends before it. */
const char *rk_checksum_name(rk_checksum checksum);

/* ---- second look ---------------------------------------------------------------------------------------- */

/* Reads keys and strings again by the offsets that the first pass told; the snapshot must have been opened for a
 * second look and must outlive it. One thread each, once the snapshot has been read to its end; before, the thread that
 * reads it may look at keys that it has passed. */
typedef struct rk_look rk_look;
rk_look *rk_look_open(const rk_snapshot *snapshot, rk_err *err);
rk_look *rk_look_open_rdb(const rk_rdb *first, rk_err *err); /* the same of a reader; see rk_rdb_second */
void rk_look_close(rk_look *look);
bool rk_look_key(rk_look *look, uint64_t offset, rk_key *key, rk_err *err);
bool rk_look_element(rk_look *look, rk_element *element, rk_err *err);
bool rk_look_unit(rk_look *look, rk_unit *unit, rk_err *err);
bool rk_look_str(rk_look *look, uint64_t offset, rk_str *str, rk_err *err);

/* Where the look stands: right after rk_look_key, where the value begins. */
uint64_t rk_look_offset(const rk_look *look);

/* Fills `into` with the `count` bytes that stand at `offset` of the file as it is unpacked. */
bool rk_snapshot_bytes(const rk_snapshot *snapshot, uint64_t offset, void *into, size_t count, rk_err *err);

/* The digest of the logical value of the key looked at last: the same whatever the encoding, the compression, the
 * server version, and for unordered types the order. `elements` (may be NULL) is their number: 0 is an empty key,
 * which a server drops on loading. What only newer servers tell is apart, in `details`; compare it when both sides
 * have it. */
typedef struct {
    rk_digest core;
    uint64_t elements;
    bool has_details;
    rk_digest details;
} rk_logical;
bool rk_look_logical(rk_look *look, rk_logical *logical, rk_err *err);

/* ---- several files as one data set ------------------------------------------------------------------------ */

/* The sources that the words of a user name: "a.rdb", "a.rdb,b.rdb", "a.aof@before:FLUSHALL"; or a directory: one with a
 * manifest is an append-only file, of any other the snapshots are found by content. Fails when there is none, and where
 * a directory holds append-only files without a manifest. rk_paths_free frees the list. */
typedef struct {
    char **items;
    size_t count;
} rk_paths;
bool rk_paths_of(const char *words, rk_paths *paths, rk_err *err);

/* Adds names to a list, without a look at what they are: all of `words` where there is a file of that name, else what
 * stands between its commas. */
bool rk_paths_add(const char *words, rk_paths *paths, rk_err *err);
void rk_paths_free(rk_paths *paths);

#endif
