/* export: the content of a snapshot as text and as commands, streamed: one key after the other, one element after
 * the other; nothing is held but the string at hand (and small values, which are put in order). */
#ifndef RDBKIT_EXPORT_H
#define RDBKIT_EXPORT_H

#include <stdio.h>

#include "rdbkit/check.h"
#include "rdbkit/filter.h"
#include "rdbkit/snapshot.h"

typedef enum {
    RK_EXPORT_NDJSON,
    RK_EXPORT_JSON,
    RK_EXPORT_CSV,
    RK_EXPORT_RESP,
    RK_EXPORT_KEYS
} rk_export_format;

/* ---- redaction -------------------------------------------------------------------------------------------- */

/* Replaces bytes by the token "r:" and 32 hex digits: their keyed BLAKE2b (16 bytes), so that equal bytes stay equal,
 * be they the name of a key or a value in it, and nobody without the key can try out what they were. The key is the
 * bytes of a file, all of them (a newline at its end, too), 16 at least; of more than 64 the BLAKE2b (64 bytes). */
typedef struct rk_redactor rk_redactor;
rk_redactor *rk_redactor_open(const char *key_file, bool keys, bool values, rk_err *err);
void rk_redactor_close(rk_redactor *redactor);
bool rk_redactor_is_exposed(const rk_redactor *redactor); /* others than its owner may read the key file */
/* The text to show instead of the name of a key, or of a string within a value: borrowed from `room`, or the bytes
 * themselves when that kind is not redacted, or `redactor` is NULL. */
#define RK_REDACTED_TEXT 40
rk_slice rk_redact_key(const rk_redactor *redactor, rk_slice bytes, char room[RK_REDACTED_TEXT]);
rk_slice rk_redact_value(const rk_redactor *redactor, rk_slice bytes, char room[RK_REDACTED_TEXT]);

/* ---- running ---------------------------------------------------------------------------------------------- */

typedef struct {
    rk_export_format format;
    rk_filter
        *filter;    /* NULL: all; its times to live count from the moment of each snapshot (see fixed_now) */
    bool fixed_now; /* they count from what the filter was opened with */
    rk_range size;  /* bytes of the record in the file; then the snapshot must be open for a second look */
    uint64_t limit; /* keys; UINT64_MAX: all */
    const rk_redactor *redactor; /* NULL: nothing */
    bool null_ends;              /* KEYS: the bytes as they are, each name ended by a byte 0 */
    bool restore;                /* RESP: RESTORE with the bytes as they are, where the target takes them */
    bool has_target;
    rk_target target; /* RESP: the server that is to understand the commands; none: the newest Redis */
} rk_export_options;

/* RESP: what rk_export_snapshot writes are commands that build the keys in a server that has none of them: a key that
 * is there is replaced. The snapshot must be open for a second look. Each key is built by commands of its own, of
 * bounded size; its expiry comes last. A key whose time has passed is sent with that time: a server drops it, as it
 * does when it loads the file. What the target cannot hold is left out, or sent in a lesser form, and counted.
 * Neither IDLETIME and FREQ (but by RESTORE) nor counts of duplicates of a stream's producers can be sent. */

typedef struct rk_export rk_export;

/* Begins an export of any number of snapshots to `out`. What `options` points to must outlive it. */
rk_export *rk_export_open(const rk_export_options *options, FILE *out, rk_err *err);

/* Writes the keys of one snapshot that are meant. False when it cannot be read to its end: `err` says why, and what was
 * written is not all. A failure of `out` stops it early, true, and is left to ferror(out); so does the limit: what
 * follows is not read then, and no checksum with it. */
bool rk_export_snapshot(rk_export *run, rk_snapshot *snapshot, rk_err *err);

/* True when there is no more to write: the limit has been reached, or `out` failed. */
bool rk_export_is_done(const rk_export *run);

/* Writes what stands at the end (JSON: the bracket), unless a snapshot could not be read to its end: then what was
 * written stays open, so that nobody takes it for whole. */
void rk_export_finish(rk_export *run);
void rk_export_close(rk_export *run);

/* RESP: what the commands do not bring over, or not as it was. Pulls the i-th kind of it; false behind the last. */
typedef struct {
    bool lost; /* else it is only to be known: commands may fail when the server is not prepared for them */
    const char *id;   /* a stable word: "stream", "field_ttl" ... */
    char what[200];   /* "hash fields lost their time to live: Redis 7.2 has none" */
    uint64_t count;   /* of what `what` names */
    bool has_example; /* the first key of which this is true, as it is called in the output */
    uint32_t db;
    rk_slice key;
} rk_export_loss;
bool rk_export_loss_next(const rk_export *run, size_t i, rk_export_loss *loss);

/* All of this for one snapshot. */
bool rk_export_write(rk_snapshot *snapshot, const rk_export_options *options, FILE *out, rk_err *err);

#endif
