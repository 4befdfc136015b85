/* diff: what happened to every job and key between two data sets (design: "Verdicts"). Both sides are read once,
 * in two threads; what lies byte for byte the same in the same place is matched undecoded, and only the rest is
 * looked at again. */
#ifndef RDBKIT_DIFF_H
#define RDBKIT_DIFF_H

#include "rdbkit/filter.h"
#include "rdbkit/history.h"
#include "rdbkit/sidekiq.h"

typedef enum {
    RK_JOB_KEPT,
    RK_JOB_RESCHEDULED,
    RK_JOB_CHANGED,
    RK_JOB_MOVED,
    RK_JOB_IN_PROGRESS,
    RK_JOB_STRANDED,
    RK_JOB_FINISHED,
    RK_JOB_REMOVED,
    RK_JOB_TRIMMED,
    RK_JOB_LOST,
    RK_JOB_UNACCOUNTED,
    RK_JOB_DAMAGED,
    RK_JOB_RESURRECTED,
    RK_JOB_DUPLICATED, /* from here on: jobs of NEW that are nobody's partner */
    RK_JOB_ADDED,
    RK_JOB_UNEXPECTED,
    RK_VERDICTS
} rk_verdict;

const char *rk_verdict_name(rk_verdict verdict); /* "kept", "in_progress" ... */

typedef enum { RK_TRANSITION_NONE, RK_PROGRESS, RK_IRREGULAR } rk_transition;

/* Why a verdict is what it is; words are chosen by the report. */
typedef enum {
    RK_WHY_NONE,
    RK_WHY_COUNTERS_STILL,    /* gone, and no job was processed meanwhile */
    RK_WHY_EXPLAINED,         /* gone, and all that was processed is accounted for by others */
    RK_WHY_NOT_DUE,           /* gone before its time */
    RK_WHY_DEAD_DOES_NOT_RUN, /* gone from the dead set, untrimmed */
    RK_WHY_PLACE_GONE,        /* the whole layout is gone, counters and all */
    RK_WHY_MAY_HAVE_RUN,      /* gone while jobs were processed */
    RK_WHY_MAY_BE_IN_HAND,    /* gone, and a live process has a thread that may hold it */
    RK_WHY_NOT_COUNTED_YET, /* gone, and a process that may have run it counts only with its next heartbeat */
    RK_WHY_HELD_BY_SILENT,  /* in the work hash of a process that was not heard of any more */
    RK_WHY_NO_COUNTERS,     /* gone, and there are no counters to ask */
    RK_WHY_COUNTERS_BACK,   /* gone, and the counters went back: reset, flush or an older state */
    RK_WHY_NOT_SEEN,        /* part of NEW could not be read */
    RK_WHY_AGE,
    RK_WHY_LIMIT,        /* trimmed by age, by number */
    RK_WHY_WRONG_QUEUE,  /* moved to a queue that its payload does not name */
    RK_WHY_NO_FAILURE,   /* moved to retry or dead without the marks of a failure */
    RK_WHY_NOT_A_STEP,   /* moved where Sidekiq does not move jobs */
    RK_WHY_BEFORE_TIME,  /* moved before it was due, unchanged */
    RK_WHY_OTHER_LAYOUT, /* moved to another database or namespace */
    RK_WHY_FIELDS,       /* fields differ that Sidekiq does not write in that step */
    RK_WHY_NOT_JSON,     /* no longer parses */
    RK_WHY_NO_JID,       /* lost its jid */
    RK_WHY_NOT_UTF8,     /* was valid UTF-8, is not any more */
    RK_WHY_SCORE_CUT,    /* the score lost digits, or was scaled */
    RK_WHY_RESPELLED,    /* same values, other bytes: something else than Sidekiq wrote it */
    RK_WHY_SAME_BYTES,
    RK_WHY_SAME_JID, /* duplicated: how the copy looks */
    /* by a log: */
    RK_WHY_ENDED,             /* taken, and its heartbeats, stop or acknowledgement show that it ended */
    RK_WHY_HAD_ENDED,         /* the same, and it is pending again */
    RK_WHY_IN_HAND,           /* taken, and who may have it is alive, and had no heartbeat since */
    RK_WHY_DELETED_ALONE,     /* removed: this job, by its bytes or its score */
    RK_WHY_CLEARED,           /* removed: its place was cleared as the web interface does */
    RK_WHY_FLUSHED,           /* lost: FLUSHALL, FLUSHDB */
    RK_WHY_KEY_GONE,          /* lost: its key was deleted, renamed or moved */
    RK_WHY_OVERWRITTEN,       /* lost: its key was overwritten */
    RK_WHY_LIST_CUT,          /* lost: LTRIM */
    RK_WHY_HELD_BY_DEAD,      /* lost: shown in the hands of a process that was not heard of any more */
    RK_WHY_TAKEN_BY_DEAD,     /* lost: taken by one */
    RK_WHY_NEVER_PUSHED,      /* lost: taken out of a sorted set as due, and not pushed */
    RK_WHY_ELSEWHERE,         /* lost: it waits in the instance of the log, and not in NEW */
    RK_WHY_ONE_OF_SEVERAL,    /* taken by a process that went on, or by one that fell silent */
    RK_WHY_MORE_THAN_THREADS, /* taken by a process that died, more than it has threads: some had ended */
    RK_WHY_NO_PROCESS,        /* taken, and no process of Sidekiq that may have done so is in the log */
    RK_WHY_BETWEEN,           /* taken out of a sorted set, and the log ends before the push */
    RK_WHY_LOG_ENDS,          /* pending or in hand as the log ends, before NEW */
    RK_WHY_OTHER_LOG,         /* pending as the log ends, which is of another instance than NEW's */
    RK_WHY_NOT_IN_LOG,        /* no log says anything about it */
    RK_WHYS
} rk_why;

/* The clock and the log are what verdicts rest on. */
typedef enum { RK_BY_SNAPSHOTS, RK_BY_COUNTERS, RK_BY_LOG } rk_evidence_level;

/* One row of the ledger: a place as both sides have it. */
typedef struct {
    const rk_place *old_place, *new_place; /* one may be NULL */
    uint64_t old_jobs, new_jobs;
    uint64_t counts[RK_VERDICTS];
    uint64_t moved_in;
    uint64_t irregular;    /* of changed and moved */
    uint64_t shared;       /* jobs of a list that both sides have in it */
    uint64_t out_of_order; /* of them: how many would have to move to restore the order */
    uint64_t backward;     /* of them: how many stand in reversed order */
    bool order_changed, reversed;
    uint64_t cut_at; /* the list was cut here: all gone jobs stood behind, none before; 0: no */
    bool doubled;    /* every job of the list or set is there twice */
} rk_ledger_row;

typedef struct {
    uint64_t equal, equal_other_encoding, changed, only_old, only_new, volatile_keys, expired, empty;
} rk_key_counts;

/* The accounting of one pair of layouts (spec: Sidekiq, "Accounting with the counters"). */
typedef struct {
    const rk_layout *old_layout, *new_layout; /* one may be NULL */
    bool has_counters;
    int64_t processed, failed;         /* how far the counters moved */
    uint64_t visible;                  /* executions that show in jobs still there */
    uint64_t gone_runnable, gone_idle; /* gone jobs that could run by themselves, and that could not */
    uint64_t at_least_lost;            /* of the unaccounted ones: so many at least did not end */
    bool emptied;                      /* no job of OLD is in its place any more, or elsewhere */
    bool lagging; /* of the gone ones some may have ended uncounted: before a next heartbeat, or a kill */
    uint64_t
        logged_ended; /* of the gone ones a log shows that so many ended; the counts above are without those of
                              which a log says what became */
} rk_account;

typedef enum { RK_PROOF_NONE, RK_PROOF_COMPLETE, RK_PROOF_BEHIND, RK_PROOF_OTHER_HISTORY } rk_repl_proof;

typedef struct {
    const char *id; /* "reversed", "page_limit" ... */
    char text[400]; /* a sentence */
} rk_diagnosis;

typedef struct {
    rk_paths old_paths, new_paths;
    rk_progress *old_progress, *new_progress; /* one a path, or NULL */
    const char *without; /* of the logs among them: see rk_snapshot_options; NULL: none */
    bool no_jobs, no_keys;
    const char *namespace_only;    /* NULL: all */
    const char *map_old, *map_new; /* prefixes without their last colon; NULL: none given */
    const rk_filter
        *filter; /* of the keys that are no jobs: by name, type (in OLD, where it is there), db; NULL: all */
    int64_t ttl_tolerance_ms;
    double alive_within_s;
    bool alive_strictly; /* with logs: as in rk_history_options */
    rk_paths
        logs; /* append-only files, manifests or their folders, of the old or the new instance, each perhaps
                      with @MOMENT; what is one in new_paths is a log by itself */
} rk_diff_options;

typedef struct rk_diff rk_diff;

/* Reads both sides and judges. NULL: `err` says why; nothing that was read may be trusted then. What the options point to is
 * borrowed until rk_diff_free. */
rk_diff *rk_diff_run(const rk_diff_options *options, rk_err *err);
void rk_diff_free(rk_diff *diff);

/* What was read of a log. */
typedef struct {
    const char *path;         /* as it was named */
    const char *const *files; /* names of its files, by rk_log_spot.file */
    size_t file_count;
    bool of_new;  /* it is the log of NEW's instance; else of another, or that cannot be seen */
    bool partial; /* it could not be read to its end; `reason` says why */
    bool
        uncertain; /* a command that may have touched Sidekiq's keys could not be replayed; `reason` tells the first */
    rk_err reason;
    bool
        torn; /* it ends in the middle of a command, as after a crash, which is left out; `tear` says where */
    rk_err tear;
    uint64_t commands, jobs, opaque;
    int64_t first_s, last_s; /* -1: not known */
    bool annotated;          /* the times are from annotations */
    bool goes_beyond_new, ends_before_new;
    uint64_t at_most_lost; /* of jobs that cannot be told one from the other: no more are lost */
} rk_diff_log;

/* What a log says of one job. */
typedef struct {
    const rk_diff_log *log;
    rk_fate_kind fate;
    rk_because because;
    rk_log_spot taken, decided; /* taken by a worker; what decided its fate */
    rk_slice process;           /* who has or had it; empty: not known */
    rk_log_place place;         /* of a job that only the log knows: where it was last */
} rk_job_evidence;

/* ---- what came out ------------------------------------------------------------------------------------------ */

bool rk_diff_is_partial(const rk_diff *diff);
rk_evidence_level rk_diff_evidence(const rk_diff *diff);
const rk_snapshot_info *rk_diff_input(const rk_diff *diff, bool new_side,
                                      size_t i); /* NULL beyond the last */
uint64_t rk_diff_input_jobs(const rk_diff *diff, bool new_side, size_t i);
const rk_layouts *rk_diff_layouts(const rk_diff *diff, bool new_side);
const rk_ledger_row *rk_diff_rows(const rk_diff *diff, size_t *count);
const rk_ledger_row *rk_diff_total(const rk_diff *diff);
uint64_t rk_diff_irregular(const rk_diff *diff);      /* changed and moved jobs that are irregular */
uint64_t rk_diff_stranded_new(const rk_diff *diff);   /* added jobs that stand in a dead process' list */
uint64_t rk_diff_orders_changed(const rk_diff *diff); /* queues */
const rk_key_counts *rk_diff_keys(const rk_diff *diff);
const rk_account *rk_diff_accounts(const rk_diff *diff, size_t *count);
const rk_diagnosis *rk_diff_diagnoses(const rk_diff *diff, size_t *count);
rk_repl_proof rk_diff_proof(const rk_diff *diff);
uint64_t rk_diff_shadows(const rk_diff *diff, bool new_side); /* keys that stand twice in one file */
const rk_diff_log *rk_diff_logs(const rk_diff *diff, size_t *count);

/* Jobs that are in neither side: only a log knows them. Beside the ledger: lost, in_progress or unaccounted; those
 * that came and ended in between are not counted. */
const uint64_t *rk_diff_log_only(const rk_diff *diff); /* by verdict */
uint64_t
rk_diff_resurrected_new(const rk_diff *diff); /* added and unexpected jobs that a log shows to have ended */

/* ---- the data sets that were compared, for whoever goes on with what was found -------------------------------- */

const rk_diff_options *rk_diff_options_of(const rk_diff *diff);
const rk_snapshot *rk_diff_snapshot(const rk_diff *diff, bool new_side, size_t i); /* NULL beyond the last */
const rk_catalog *rk_diff_catalog(const rk_diff *diff, bool new_side);
rk_look **rk_diff_looks(const rk_diff *diff,
                        bool new_side); /* one a snapshot; the key cursor uses them, too */
int64_t rk_diff_saved_s(const rk_diff *diff, bool new_side); /* Unix seconds, -1: not known */

/* The database and the prefix that a layout of OLD has in NEW: its own, where no other was found or given. */
bool rk_diff_home(const rk_diff *diff, uint32_t db, rk_slice prefix, uint32_t *new_db, rk_buf *new_prefix,
                  rk_err *err);

/* How often each of these jobs is in NEW: in a queue or a set, in a private list, or shown in the hands of a living
 * process. A job is known by the hash of its jid (0: not asked for). Reads the jobs of NEW once more, and holds some 30
 * bytes for each that is asked for. */
uint64_t rk_diff_jid_hash(rk_slice jid); /* 0 for none */
bool rk_diff_count_in_new(rk_diff *diff, const uint64_t *jids, size_t count, uint32_t *counts, rk_err *err);

/* ---- job by job ------------------------------------------------------------------------------------------------ */

/* One side of a job. */
typedef struct {
    const rk_place *place; /* NULL: not on this side */
    bool has_position, has_score;
    uint64_t position; /* from the head of the list */
    double score;
    uint64_t offset; /* in bytes into the source, of the string that holds the job */
    size_t shard;
    rk_slice payload;
} rk_job_side;

typedef struct {
    rk_verdict verdict;
    rk_transition transition;
    rk_why why;
    bool stranded;            /* an added job in the list of a dead process */
    bool resurrected;         /* an added or unexpected job that had ended */
    rk_slice jid, class_name; /* decoded; jid is empty when it cannot be read */
    uint64_t payload_hash;    /* XXH3-64 of the payload, for a job without a jid */
    double created_at, enqueued_at;
    rk_slice error_class;
    rk_job_side old_side, new_side;
    const char *const *fields; /* names of fields that differ, decoded; not ended by a zero */
    const size_t *field_lengths;
    size_t field_count;
    const rk_process *holder;   /* RK_WHY_HELD_BY_SILENT */
    const rk_job_evidence *log; /* what the verdict rests on; NULL: not on a log */
} rk_job_finding;

/* Pulls the next job whose verdict is not `kept`: those of OLD, those of NEW's own, and last those that only a log knows,
 * which have a place on neither side. Everything in it is borrowed until the next pull. */
typedef struct rk_job_cursor rk_job_cursor;
rk_job_cursor *rk_job_cursor_open(rk_diff *diff, rk_err *err);
bool rk_job_cursor_next(rk_job_cursor *cursor, rk_job_finding *finding, rk_err *err);
void rk_job_cursor_close(rk_job_cursor *cursor);

typedef enum { RK_KEY_CHANGED, RK_KEY_ONLY_OLD, RK_KEY_ONLY_NEW, RK_KEY_EXPIRED } rk_key_verdict;
const char *rk_key_verdict_name(rk_key_verdict verdict);

typedef struct {
    rk_key_verdict verdict;
    rk_slice name;
    uint32_t db;
    rk_type old_type, new_type;
    bool value_differs, ttl_differs, type_differs;
    int64_t old_expire_ms, new_expire_ms;
    uint64_t old_elements, new_elements;
    uint64_t old_offset, new_offset;
    size_t old_shard, new_shard;
} rk_key_finding;

typedef struct rk_key_cursor rk_key_cursor;
rk_key_cursor *rk_key_cursor_open(rk_diff *diff, rk_err *err);
bool rk_key_cursor_next(rk_key_cursor *cursor, rk_key_finding *finding, rk_err *err);
void rk_key_cursor_close(rk_key_cursor *cursor);

#endif
