/* history: every Sidekiq job followed through an append-only file, from place to place and to its end (spec: Sidekiq,
 * "Life cycle, command by command", "Reading the AOF"). A replay of Sidekiq's keys alone tells which job a command
 * took or put; heartbeats and counters tell which of the taken ones ended. Memory follows the jobs that are alive,
 * not the log. */
#ifndef RDBKIT_HISTORY_H
#define RDBKIT_HISTORY_H

#include "rdbkit/keyspace.h"
#include "rdbkit/sidekiq.h"

/* ---- one command ------------------------------------------------------------------------------------------ */

/* Where in the log something was done. */
typedef struct {
    bool known;      /* false: nothing in the log shows it (all else is 0 then, time_s -1) */
    bool base;       /* in the snapshot at the head of the log: no command */
    size_t file;     /* index into the set */
    uint64_t offset; /* in bytes into that file */
    uint64_t number; /* of the command in its file, from 1 */
    int64_t
        time_s; /* Unix seconds: of the last annotation, without any of the last heartbeat or push; -1: not known */
    rk_verb verb;
} rk_log_spot;

/* ---- what happened to a job ------------------------------------------------------------------------------- */

typedef enum {
    RK_LIFE_FOUND,        /* was in a place, or in hand, as the log begins */
    RK_LIFE_PUSHED,       /* came into a queue, from nowhere that the log knows */
    RK_LIFE_SCHEDULED,    /* came into `schedule` */
    RK_LIFE_TAKEN,        /* left a queue, into a worker's hand */
    RK_LIFE_TAKEN_LISTED, /* the same, into a private list */
    RK_LIFE_SHOWN,        /* stands in the work hash of a process for the first time since it was taken */
    RK_LIFE_ACKNOWLEDGED, /* left a private list, done */
    RK_LIFE_PUSHED_BACK,  /* came back from a worker's hand, or out of a private list, into a queue */
    RK_LIFE_FAILED,       /* came into `retry` */
    RK_LIFE_DIED,         /* came into `dead` */
    RK_LIFE_INTERRUPTED,  /* came into `interrupted` */
    RK_LIFE_DUE,          /* left `schedule`, `retry`, `dead` or `interrupted`, to be pushed */
    RK_LIFE_ENQUEUED,     /* came from there into a queue */
    RK_LIFE_RESCHEDULED,  /* has another score */
    RK_LIFE_MOVED,  /* is in another key, by a command that Sidekiq does not use: RENAME, SWAPDB, LMOVE ... */
    RK_LIFE_COPIED, /* came into a place a second time, or is there while it waits in another */
    RK_LIFE_COPY_GONE, /* one of several copies left */
    RK_LIFE_ENDED,     /* final from here on: it has rk_job_event.fate */
    RK_LIFE_REMOVED,
    RK_LIFE_TRIMMED,
    RK_LIFE_LOST,
    RK_LIFE_UNKNOWN, /* was taken; whether it ended cannot be told */
    RK_LIVES
} rk_life;

const char *rk_life_name(rk_life life); /* "pushed", "taken_listed" ... */

/* True when the job is in no place and in no hand any more. */
static inline bool rk_life_is_final(rk_life life)
{
    return life >= RK_LIFE_ENDED;
}

typedef enum {
    RK_FATE_PENDING, /* waits in a place */
    RK_FATE_IN_HAND, /* of a worker that is alive, as far as can be seen */
    RK_FATE_BETWEEN, /* out of a sorted set, and the log ends before its push */
    RK_FATE_ENDED,   /* a worker took it and ended it */
    RK_FATE_REMOVED, /* somebody took it out on purpose */
    RK_FATE_TRIMMED, /* cut from the dead set by its limits */
    RK_FATE_LOST,
    RK_FATE_UNKNOWN, /* taken, and it cannot be told whether it ended */
    RK_FATES
} rk_fate_kind;

const char *rk_fate_name(rk_fate_kind kind); /* "pending", "in_hand" ... */

/* What a fate rests on. */
typedef enum {
    RK_BECAUSE_NONE,
    RK_BECAUSE_SHOWN,         /* IN_HAND: in the work hash of `process` */
    RK_BECAUSE_NOT_BEAT_YET,  /* IN_HAND: taken, and who may have it has had no heartbeat since */
    RK_BECAUSE_HEARTBEATS,    /* ENDED: no process that may have taken it shows it any more */
    RK_BECAUSE_STOPPED,       /* ENDED: its process stopped cleanly, and did not push it back */
    RK_BECAUSE_ACKNOWLEDGED,  /* ENDED: taken out of the private list */
    RK_BECAUSE_COUNTED,       /* ENDED: the counters cover it */
    RK_BECAUSE_DELETED_ALONE, /* REMOVED: LREM, ZREM, ZREMRANGEBYSCORE ... of it */
    RK_BECAUSE_CLEARED,       /* REMOVED: its queue or set was cleared as the web interface does */
    RK_BECAUSE_AGE,
    RK_BECAUSE_LIMIT,         /* TRIMMED: by score, by rank */
    RK_BECAUSE_FLUSHED,       /* LOST: FLUSHALL, FLUSHDB */
    RK_BECAUSE_KEY_GONE,      /* LOST: its key was deleted, expired, renamed or moved out of sight */
    RK_BECAUSE_OVERWRITTEN,   /* LOST: another value was put in the place of its key or of itself */
    RK_BECAUSE_LIST_CUT,      /* LOST: LTRIM */
    RK_BECAUSE_HELD_BY_DEAD,  /* LOST: in the work hash of `process`, which was not heard of any more */
    RK_BECAUSE_TAKEN_BY_DEAD, /* LOST: taken, and who may have it was not heard of any more */
    RK_BECAUSE_NEVER_PUSHED, /* LOST: out of a sorted set as due, and never pushed: poison, or a kill between */
    RK_BECAUSE_SEVERAL,      /* UNKNOWN: a process that went on may have taken it, or one that fell silent */
    RK_BECAUSE_MORE_THAN_THREADS, /* UNKNOWN: with a dead process, that took more than it has threads: some it ended */
    RK_BECAUSE_NO_PROCESS, /* UNKNOWN: no heartbeat of a process that takes from its queue */
    RK_BECAUSES
} rk_because;

const char *rk_because_name(rk_because because); /* "heartbeats", NULL for none ... */

/* A place by name; slices are borrowed until the next pull. */
typedef struct {
    bool known;
    rk_place_kind kind;
    uint32_t db;
    rk_slice prefix; /* with its last colon; empty without */
    rk_slice key;    /* without the prefix: "queue:default", "schedule", "queue:sq|ID|default" */
} rk_log_place;

/* What became of a job. */
typedef struct {
    rk_fate_kind kind;
    rk_because because;
    uint64_t id; /* rk_hash64 of the jid as it is meant, or of the payload where there is none; never 0 */
    bool has_jid;
    rk_slice jid, class_name; /* empty: none; borrowed until the next pull */
    rk_log_place place;       /* where it is, or was last; unknown: was in hand as the log begins */
    rk_log_spot pushed;       /* how it came to be, as far as the log knows */
    rk_log_spot taken;        /* of the last time that it was taken */
    rk_log_spot
        decided; /* the command that ended or lost it, or put it where it is; a heartbeat, for ENDED; of what went
                            down with a process the last sign of either */
    rk_slice process; /* who has or had it; empty: not known */
    bool pushed_here; /* it is new in this log: neither in its base nor in hand as it begins */
} rk_job_fate;

typedef struct {
    rk_life what;
    uint64_t id;
    bool has_jid;
    rk_slice jid, class_name; /* as in the fate */
    rk_log_place place;       /* where it came in, or which it left; of SHOWN the work hash */
    bool has_end, tail;       /* at the tail of the list, or at its head */
    bool has_score;
    double score;
    rk_slice process;
    rk_log_spot spot;
    const rk_job_fate *fate; /* of the final ones; else NULL */
} rk_job_event;

/* ---- following a log -------------------------------------------------------------------------------------- */

typedef struct {
    rk_progress *progress;
    rk_moment until; /* where to stop: as in rk_replay_options */
    int64_t end_s;   /* the log is known to hold all up to then, Unix seconds; 0: up to its last annotation */
    double alive_within_s; /* at the end, a process is alive when it was heard of so shortly before; 0: 15 */
    bool
        alive_strictly; /* and is dead else; by default also alive until its next heartbeat is overdue, unless all others
                              have stopped since its last one */
} rk_history_options;

typedef struct rk_history rk_history;

/* Opens what `path` names, as rk_replay_open. The caller closes it. */
rk_history *rk_history_open(const char *path, const rk_history_options *options, rk_err *err);

/* The same of a source that was opened for a second look; it is then the history's, on failure too. */
rk_history *rk_history_open_source(rk_source *source, const rk_history_options *options, rk_err *err);
void rk_history_close(rk_history *history);

/* Pulls what happened next to a job. An end that only heartbeats show is told when they have shown it: with that
 * heartbeat's place, or later. False at the end, and on failure: then err->code is set. */
bool rk_history_next(rk_history *history, rk_job_event *event, rk_err *err);

/* Behind the last event: the log is known to hold all up to then, Unix seconds (as rk_history_options.end_s). Who was not
 * heard of for long by then is dead. rk_history_left begins anew. */
void rk_history_known_until(rk_history *history, int64_t end_s);

/* True when a job of that id is in a place or in a hand, as far as the log has been followed. */
bool rk_history_knows(const rk_history *history, uint64_t id);

/* Behind the last event: pulls the jobs that are left: PENDING, IN_HAND and BETWEEN, and those that were taken and of which
 * only the end of the log decides: ENDED, LOST and UNKNOWN. Every job of the log is either here or had one final event
 * behind its last other one. The order depends on the log alone. */
bool rk_history_left(rk_history *history, rk_job_fate *fate, rk_err *err);

/* ---- the log itself --------------------------------------------------------------------------------------- */

/* A process of Sidekiq as the log shows it. */
typedef struct {
    rk_slice identity; /* owned by the history */
    double beat;       /* of its last heartbeat, Unix seconds; NaN: none */
    bool stopped;      /* cleanly */
    bool alive;        /* at the end */
    bool listed;       /* at the end: in `processes`, and its hash is there */
    uint64_t shown;    /* jobs in its work hash */
} rk_log_process;

/* What is known of the log; complete at its end. */
typedef struct {
    const rk_replay_info *replay;
    uint64_t jobs; /* different ones that were seen; one that comes back after its end counts again */
    uint64_t lives[RK_LIVES]; /* events */
    uint64_t fates[RK_FATES]; /* of jobs; adds up to `jobs`, once rk_history_left was asked */
    uint64_t at_most_lost;    /* of the UNKNOWN ones: by the counters no more are lost */
    uint64_t opaque;          /* commands that could not be replayed and named a key of Sidekiq */
    bool uncertain;           /* some command could not be replayed that may have touched Sidekiq's keys */
    int64_t first_s, last_s;  /* time of the first and the last command, as in rk_log_spot; -1: not known */
    bool annotated;           /* times are from annotations */
    const rk_log_process *processes;
    size_t process_count;
} rk_history_info;

const rk_history_info *rk_history_info_of(const rk_history *history);

/* True when the key may belong to Sidekiq, by its name alone (rk_replay_options.interest): what a replay for jobs needs. */
bool rk_history_wants(rk_slice name);

#endif
