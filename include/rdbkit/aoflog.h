/* aoflog: what an append-only file tells of the past: how much was written and when, who removed what, the life of one
 * key and of one job. Where the commands alone answer, they are only framed; where the state matters, they are replayed
 * (keyspace.h), with the keys that the question needs. */
#ifndef RDBKIT_AOFLOG_H
#define RDBKIT_AOFLOG_H

#include "rdbkit/filter.h"
#include "rdbkit/history.h"

/* ---- which part of the log is meant ------------------------------------------------------------------------- */

/* Zero it for all of the log. */
typedef struct {
    /* A time: from the first command of that second on. Else: from the command on before which the moment lies.
     * RK_MOMENT_END: from the beginning. */
    rk_moment since;
    rk_moment until; /* as in rk_replay_options */
    const uint32_t *dbs;
    size_t db_count;          /* 0: all */
    const char *const *names; /* of commands, in any case */
    size_t name_count;        /* 0: all */
} rk_aoflog_range;

/* ---- commands, one after the other -------------------------------------------------------------------------- */

/* Bytes that are no command and were passed over. */
typedef struct {
    uint64_t from, to;
    rk_err why;
} rk_aoflog_gap;

enum { RK_AOFLOG_GAPS = 20 }; /* gaps of a file that are told one by one */

/* What is known of a file; complete when it has been read. */
typedef struct {
    bool read;                     /* to its end */
    const char *packing;           /* "plain", "gzip", "zstd" */
    uint64_t size;                 /* bytes, unpacked */
    uint64_t begin;                /* where its commands begin: behind a snapshot at its head */
    uint64_t commands;             /* whole ones, all of them: MULTI, EXEC and SELECT, too */
    uint64_t base_keys;            /* keys of the snapshot at its head */
    int64_t saved_s;               /* when that was saved, Unix seconds; -1: not told, or there is none */
    char server[48];               /* that wrote it: "Redis 7.0.15"; empty: not told */
    rk_aof_times times;            /* of its annotations */
    bool torn;                     /* it ends in the middle of a command or a transaction */
    bool open_multi;               /* of a transaction */
    uint64_t good, torn_bytes;     /* where the last whole command ends; what stands behind it */
    rk_err tear;                   /* where, as a sentence */
    uint64_t gap_count, gap_bytes; /* of all */
    rk_aoflog_gap *gaps;           /* the first RK_AOFLOG_GAPS */
} rk_aoflog_file;

typedef struct {
    const rk_aof_set *set;
    const rk_aoflog_file *files; /* one each that is loaded */
    bool damaged;                /* there is a gap, or a file before the last one is torn */
} rk_aoflog_info;

/* A command and where it stands; borrowed until the next pull. */
typedef struct {
    const rk_aof_command *command;
    size_t file; /* index into the set */
    uint32_t db; /* that is selected */
    uint64_t
        unit; /* where the transaction around it begins, in bytes into the file; without one, where it does */
} rk_aoflog_entry;

typedef struct rk_aoflog rk_aoflog;

/* Opens what `path` names (as rk_replay_open; no @). The range (NULL: all) must outlive it. The caller closes it. */
rk_aoflog *rk_aoflog_open(const char *path, const rk_aoflog_range *range, rk_progress *progress, rk_err *err);
void rk_aoflog_close(rk_aoflog *log);

/* Pulls the next command of the range. Goes on behind damage, which the info tells. False at the end, and on failure:
 * then err->code is set. */
bool rk_aoflog_next(rk_aoflog *log, rk_aoflog_entry *entry, rk_err *err);

const rk_aoflog_info *rk_aoflog_info_of(const rk_aoflog *log);

/* Where the command stands, as history.h tells it. */
rk_log_spot rk_aoflog_spot(const rk_aoflog_entry *entry);

/* A place as a moment: "offset:N", or "offset:FILE:N" in a set of several files. Returns `out` (at least 320 bytes). */
const char *rk_aoflog_moment(const rk_aof_set *set, size_t file, uint64_t offset, char *out);

/* ---- how much, and when ------------------------------------------------------------------------------------- */

/* Numbers along an axis of seconds or bytes, in slots of one width. When it grows too long for its room, slots are
 * joined in pairs. Zero it to start. */
typedef struct {
    int64_t first;  /* where the first slot begins */
    uint64_t width; /* of a slot: a power of two */
    uint64_t *slots;
    size_t count, cap;
    uint64_t total;
    uint64_t early; /* of the total: came before `first`, and was added to the first slot */
} rk_timeline;

bool rk_timeline_add(rk_timeline *line, int64_t at, uint64_t amount, rk_err *err);
void rk_timeline_free(rk_timeline *line);

/* What lies in [from, to), a slot that is cut by its share. */
double rk_timeline_sum(const rk_timeline *line, double from, double to);

/* How many commands of a name there were. Texts are owned by the counts. */
typedef struct {
    rk_slice name; /* as the first one was spelled, in lower case for those that are known */
    rk_verb verb;
    uint64_t commands, bytes;
} rk_aoflog_name;

/* A command that takes away what may hold jobs, by its name and keys alone: what was there, only a replay tells. */
typedef struct {
    rk_log_spot spot;
    uint32_t db;
    rk_slice key; /* the first of its keys that may hold jobs; empty: it names none (FLUSHALL) */
    bool in_multi;
} rk_aoflog_suspect;

/* Commands of a file in the range. */
typedef struct {
    uint64_t commands, writes; /* writes: but for SELECT, MULTI, EXEC and the like */
    uint64_t bytes;
    int64_t first_s, last_s; /* by annotations; -1: not known */
} rk_aoflog_share;

enum { RK_AOFLOG_SUSPECTS = 1000 }; /* that are kept */

/* What counting came to. A base is a state and no history: its commands are counted, but in none of the lines. */
typedef struct {
    const rk_aoflog_info *info;
    const rk_aoflog_share *files; /* one each that is loaded */
    rk_aoflog_share all;
    uint64_t transactions;
    const rk_aoflog_name *names; /* the most frequent first */
    size_t name_count;
    uint64_t other_names;              /* commands of further names */
    rk_timeline times;                 /* writes by second; empty without annotations */
    rk_timeline offsets;               /* by offset, as if the files were one */
    uint64_t untimed;                  /* writes before the first annotation of their file */
    bool stepped_back;                 /* an annotation is earlier than the one before */
    const rk_aoflog_suspect *suspects; /* the first RK_AOFLOG_SUSPECTS */
    uint64_t suspect_count;
} rk_aoflog_counts;

typedef struct rk_aoflog_counter rk_aoflog_counter;

/* Frames all of the log, and counts. NULL on failure; damage is none. */
rk_aoflog_counter *rk_aoflog_count(const char *path, const rk_aoflog_range *range, rk_progress *progress,
                                   rk_err *err);
const rk_aoflog_counts *rk_aoflog_counts_of(const rk_aoflog_counter *counter);
void rk_aoflog_counter_free(rk_aoflog_counter *counter);

/* ---- quiet windows ------------------------------------------------------------------------------------------ */

typedef struct {
    int64_t from_s, to_s; /* Unix seconds */
    uint64_t writes;
} rk_quiet_window;

enum { RK_QUIET_WINDOWS = 3 };

typedef struct {
    uint64_t span_s;                        /* that was asked for */
    int64_t first_s, to_s;                  /* the time that the log covers */
    uint64_t slot_s;                        /* how exactly time is told */
    rk_quiet_window best[RK_QUIET_WINDOWS]; /* the one with the fewest writes first; they do not overlap */
    size_t count;
    uint64_t usual; /* writes of the window in the middle, when all are put in order */
    rk_quiet_window busiest;
    bool has_hours;         /* the log covers two days, so that hours of the day can be compared */
    double hour_writes[24]; /* in an hour that begins at this hour, UTC, on the average */
} rk_quietest;

/* The quietest spans of that length. False when there is none: the log tells no times, or covers less. */
bool rk_quietest_find(const rk_timeline *times, uint64_t span_s, rk_quietest *quiet, rk_err *err);

/* ---- what was taken away ------------------------------------------------------------------------------------ */

typedef enum {
    RK_HARM_FLUSHED,     /* FLUSHALL, FLUSHDB, SFLUSH, TRIMSLOTS, CLUSTER FLUSHSLOT */
    RK_HARM_SWAPPED,     /* SWAPDB */
    RK_HARM_DELETED,     /* DEL, UNLINK ... of keys that held jobs */
    RK_HARM_EXPIRED,     /* the same, of keys whose time had come: a server writes that */
    RK_HARM_RENAMED,     /* a key that held jobs goes by another name */
    RK_HARM_MOVED,       /* into another database */
    RK_HARM_OVERWRITTEN, /* something else took its name */
    RK_HARM_CUT,         /* jobs were cut out of a key, many at once */
    RK_HARM_TRIMMED,     /* out of the dead set, by its limits of age or number: Sidekiq does that */
    RK_HARMS
} rk_harm_kind;

const char *rk_harm_name(rk_harm_kind kind); /* "flushed", "swapped" ... */

/* Does it look like what Sidekiq itself writes, when somebody clears a queue in its web interface, say? */
typedef enum {
    RK_HAND_OTHER,  /* no: Sidekiq does not do that */
    RK_HAND_MAYBE,  /* Sidekiq writes the same, and so does a hand */
    RK_HAND_SIDEKIQ /* yes */
} rk_harm_hand;

const char *rk_harm_hand_name(rk_harm_hand hand); /* "other", "maybe", "sidekiq" */

typedef struct {
    rk_slice name;
    uint64_t count;
} rk_class_count;

/* A key that was taken away, or of which something was. */
typedef struct {
    uint32_t db;
    rk_slice name;
    rk_type type;
    bool jobs;              /* it holds jobs; else it is a set `queues`, or nothing in it looked like a job */
    uint64_t before, after; /* items */
} rk_harm_key;

enum { RK_HARM_KEYS = 1000, RK_HARM_CLASSES = 12 }; /* that are told of one command */

/* Texts are owned by the reader, and go with the next pull. */
typedef struct {
    rk_harm_kind kind;
    rk_harm_hand hand;
    rk_log_spot spot;
    uint32_t db;
    const rk_slice *args; /* the command: all arguments, or the first of very many */
    size_t argc;          /* that it had */
    size_t args_kept;
    bool in_multi;
    uint64_t unit; /* where the transaction around it begins; without one, where it does */
    bool keys_counted;
    uint64_t keys_before, keys_after; /* in all databases */
    uint64_t jobs_before, jobs_after; /* in all keys that hold jobs */
    uint64_t carried;                 /* jobs that came into such keys in the same transaction */
    const rk_harm_key *keys;          /* the first RK_HARM_KEYS that held jobs or were sets `queues` */
    size_t key_count;
    uint64_t more_keys;
    rk_class_count classes[RK_HARM_CLASSES]; /* of the jobs that went, the most frequent first */
    size_t class_count;
    uint64_t looked_at; /* jobs that went and whose class was looked at: the first 10,000 */
} rk_harm;

typedef struct {
    rk_progress *progress;
    const rk_aoflog_range *range; /* NULL: all */
    uint64_t least;               /* a cut of fewer jobs is only counted; 0: 5 */
    bool sidekiq_only;            /* other keys are not kept: less memory, and keys are not counted */
} rk_harm_options;

/* What is known of the log beside; complete at its end. */
typedef struct {
    const rk_replay_info *replay;
    uint64_t told[RK_HARMS];
    uint64_t small_cuts, small_cut_jobs; /* not told: fewer than asked for */
    uint64_t trims, trimmed_jobs;        /* of the dead set, told or not */
    uint64_t keys, jobs;                 /* at the end of what was read */
    uint64_t opaque;                     /* commands that cannot be replayed, and may have taken jobs away */
    uint64_t behind;                     /* writes behind the last one that was told */
} rk_harms_info;

typedef struct rk_harms rk_harms;

/* Replays the log and tells what was taken away. The caller closes it. */
rk_harms *rk_harms_open(const char *path, const rk_harm_options *options, rk_err *err);
void rk_harms_close(rk_harms *harms);

/* Pulls the next one. False at the end, and on failure: then err->code is set. */
bool rk_harms_next(rk_harms *harms, rk_harm *harm, rk_err *err);
const rk_harms_info *rk_harms_info_of(const rk_harms *harms);

/* True when something went that nobody but a person or a fault takes away: all but expired keys, trims of the dead set,
 * flushes of nothing, swaps of databases without jobs, and jobs that the same transaction put elsewhere. */
bool rk_harm_counts(const rk_harm *harm);

/* ---- the life of keys --------------------------------------------------------------------------------------- */

typedef enum {
    RK_KEY_LIFE_FOUND,     /* was there as the log begins */
    RK_KEY_LIFE_CREATED,   /* was not there before */
    RK_KEY_LIFE_CHANGED,   /* its value */
    RK_KEY_LIFE_EXPIRY,    /* only its expiry */
    RK_KEY_LIFE_REPLACED,  /* all of it: another value as a whole */
    RK_KEY_LIFE_RENAMED,   /* goes by `other` from here on, and is followed there */
    RK_KEY_LIFE_MOVED,     /* into database `other_db`, and is followed there */
    RK_KEY_LIFE_EMPTIED,   /* its last item left: it is gone */
    RK_KEY_LIFE_REMOVED,   /* deleted; `expired` when its time had come */
    RK_KEY_LIFE_FLUSHED,   /* with its database, or all */
    RK_KEY_LIFE_UNCERTAIN, /* a command that cannot be replayed named it */
    RK_KEY_LIVES
} rk_key_life;

const char *rk_key_life_name(rk_key_life life); /* "found", "created" ... */

/* Borrowed until the next pull. */
typedef struct {
    rk_key_life what;
    rk_log_spot spot; /* of FOUND: in the base, no command */
    uint32_t db;
    rk_slice key;
    const rk_aof_command *command; /* NULL: FOUND */
    bool in_multi;
    uint64_t unit;   /* where the transaction around it begins; without one, where it does */
    bool has_before; /* it was there before; so the next three tell something */
    rk_type type_before;
    uint64_t before;
    int64_t expire_before_ms; /* or RK_NO_EXPIRY */
    bool has_after;
    rk_type type;
    uint64_t after; /* elements; 1 of a string */
    int64_t expire_ms;
    bool expired;
    rk_slice other; /* RENAMED: its new name */
    uint32_t other_db;
} rk_key_event;

typedef struct {
    rk_progress *progress;
    const rk_aoflog_range
        *range; /* NULL: all; names of commands and `since` choose what is told, not what is known */
    const rk_filter *keys; /* whose life is told, by name; NULL: all */
    bool exact;            /* `key` alone instead: its name, byte by byte */
    rk_slice key;
} rk_keys_options;

/* Complete at the end. */
typedef struct {
    const rk_replay_info *replay;
    uint64_t keys;   /* different ones that were seen, by name and database */
    uint64_t events; /* told */
} rk_keys_info;

typedef struct rk_keys rk_keys;

/* Replays the log with the keys that are meant and those from which something came into them, which a pass over the
 * commands finds before; of standard input, which cannot be read twice, all keys are kept. The caller closes it. */
rk_keys *rk_keys_open(const char *path, const rk_keys_options *options, rk_err *err);
void rk_keys_close(rk_keys *keys);

/* Pulls what happened next. False at the end, and on failure: then err->code is set. */
bool rk_keys_next(rk_keys *keys, rk_key_event *event, rk_err *err);
const rk_keys_info *rk_keys_info_of(const rk_keys *keys);

/* The last command that wrote a key, or took it away. */
typedef struct rk_writer rk_writer;

/* As rk_keys_open, with options->exact. Where the log is damaged, `err` says so, and what was found before is there.
 * NULL when nothing could be read. */
rk_writer *rk_writer_find(const char *path, const rk_keys_options *options, rk_err *err);
void rk_writer_free(rk_writer *writer);
const rk_keys_info *rk_writer_info(const rk_writer *writer);

/* What it did; RK_KEY_LIFE_FOUND: no command did anything to what stands in the base. NULL: there was no such key. */
const rk_key_event *rk_writer_event(const rk_writer *writer);

/* ---- the life of a job -------------------------------------------------------------------------------------- */

typedef struct {
    rk_progress *progress;
    const rk_aoflog_range
        *range; /* NULL: all; `since`, databases and names choose what is told, not what is known */
    rk_slice jid;
} rk_job_life_options;

typedef struct rk_job_life rk_job_life;

/* Follows all jobs (history.h) and tells of one. The caller closes it. */
rk_job_life *rk_job_life_open(const char *path, const rk_job_life_options *options, rk_err *err);
void rk_job_life_close(rk_job_life *life);

/* Pulls what happened next to the job. False at the end, and on failure: then err->code is set. */
bool rk_job_life_next(rk_job_life *life, rk_job_event *event, rk_err *err);

/* Behind the last event: what became of it, where no final event has told that. Several times where the jid lives in
 * several jobs. As rk_job_life_next. */
bool rk_job_life_fate(rk_job_life *life, rk_job_fate *fate, rk_err *err);
const rk_history_info *rk_job_life_info(const rk_job_life *life);

#endif
