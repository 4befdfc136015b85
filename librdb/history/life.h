/* life: the inside of this room: the jobs, places and processes of a log under way. */
#ifndef RDBKIT_HISTORY_LIFE_H
#define RDBKIT_HISTORY_LIFE_H

#include "rdbkit/history.h"

#define NOTHING UINT32_MAX

enum {
    RENEWED_S = 60,   /* the hash of a process lives so long from its last heartbeat on */
    LATE_S = 2,       /* a heartbeat may be so late */
    GONE_S = 75,      /* who is silent for so long is dead, whatever comes behind */
    BEATING_MOST = 16 /* heartbeats in one command: there is one, but for whoever renames and copies */
};

/* ---- what is where ------------------------------------------------------------------------------------------ */

typedef enum { SPOT_UNKNOWN, SPOT_BASE, SPOT_COMMAND } life_spot_kind;

typedef struct {
    uint64_t at;             /* file << 48 | offset */
    uint32_t number, time_s; /* time_s 0: not known */
    uint16_t verb;
    uint8_t kind; /* life_spot_kind */
} life_spot;

typedef enum {
    JOB_OVER,   /* had its final event, or is about to be made */
    JOB_WAITS,  /* in as many places as `copies` says */
    JOB_TAKEN,  /* in hand */
    JOB_DUE,    /* out of a sorted set or private list, to be pushed */
    JOB_DOOMED, /* its queue was deleted: on purpose, if `queues` loses the name, too */
    JOB_MOVING  /* left its place with the command at hand, which may put it elsewhere */
} life_state;

enum {
    JOB_HAS_JID = 1,
    JOB_NEW_HERE = 2,  /* came to be in this log */
    JOB_UNSHOWN = 4,   /* its holder's work hash was emptied since, and no heartbeat has told more */
    JOB_POISON = 8,    /* DUE: the scheduler cannot push it */
    JOB_NOT_DUE = 16,  /* DUE: its time had not come */
    JOB_UNCOUNTED = 32 /* TAKEN: whoever has had a heartbeat since has not counted it, so it is another's */
};

typedef struct {
    uint64_t id;
    union {
        uint8_t here[24];
        uint8_t *elsewhere; /* owned: a longer one */
    } jid;
    uint64_t since; /* step in which it got into its state, or was shown or unshown */
    life_spot pushed, taken, decided;
    uint32_t jid_len, class_name;
    uint32_t place;                 /* where it is, or was last; NOTHING: not known */
    uint32_t holder;                /* process whose work hash shows it, or showed it last */
    uint32_t suspect;               /* at the end: who may have it */
    uint32_t copies, shown, queued; /* in places, in work hashes, in events not told yet */
    uint32_t next, before;          /* in the list of its state */
    uint8_t state, flags;
    uint8_t fate, because; /* of those in hand, at the end */
} life_job;

typedef struct {
    uint32_t first, last;
    uint64_t count;
} life_list;

typedef enum {
    KEY_OTHER,
    KEY_JOBS,
    KEY_WORK,      /* work hash of a process */
    KEY_WORKER,    /* the one job of a thread, until 2.17 */
    KEY_PROCESS,   /* hash of a process */
    KEY_PROCESSES, /* set of them */
    KEY_QUEUES,
    KEY_PROCESSED /* stat:processed */
} life_role;

typedef struct {
    rk_slice name; /* with prefix; in the arena, as all slices here */
    rk_slice prefix, key, queue, owner;
    uint64_t queue_hash;
    uint32_t db, layout;
    life_role role;
    rk_place_kind kind;
} life_place;

/* The Sidekiq of one prefix in one database. */
typedef struct {
    uint32_t db;
    rk_slice prefix;
    uint64_t counter;          /* value of stat:processed */
    uint64_t started, counted; /* executions that began, and that the counter grew by, in this log */
    uint64_t given_up;         /* begun, and declared lost: nobody will count them */
    uint64_t last_left; /* step in which a job came back from a hand: it is counted with a heartbeat behind */
    uint64_t last_stop; /* step in which a process stopped last; 0: none */
    uint64_t put_back;  /* step in which a job last came back from a hand to the tail, as at a stop */
    int64_t put_back_s; /* when that was; 0: not known */
    int64_t interval_s; /* the longest of its processes */
    bool at_work_before;   /* a process was alive as the log began: what it counts may have begun before */
    bool deletes_with_del; /* heartbeats do, as until 6.0.4 */
} life_layout;

typedef struct {
    rk_slice identity;
    rk_buf info;
    uint32_t layout;
    double beat, started_at;  /* by the clock of its host; NaN: not known */
    int64_t beat_s, before_s; /* by the clock of the log: of the last heartbeat and of the one before; -1 */
    int64_t down_s;           /* how long the server had been down by its last heartbeat */
    int64_t sign_s;           /* when it last took a job that nobody else can have taken; at the end only */
    int64_t interval_s;       /* from heartbeat to heartbeat, the longest seen that is usual; 0: none seen */
    life_spot beat_spot, stop_spot;
    uint64_t first, last,
        before; /* steps: of its first trace, of the last heartbeat and of the one before; 0: none */
    uint64_t stopped, quiet; /* steps; 0: did not */
    int64_t concurrency;
    uint64_t shown;   /* jobs in its work hash */
    uint64_t charged; /* with so many jobs, when it is dead: for settling */
    bool beating;     /* the step at hand is a heartbeat */
    bool hash_there, member, on_roster;
    uint8_t *serves; /* by place: 1 no, 2 yes, 0 not asked yet */
    size_t serves_cap;
} life_process;

/* ---- one table for all that is found by a hash --------------------------------------------------------------- */

/* Of `tag` up to TAG_PLACES: the item of that hash in that place, and the job that it is; above see the tags. */
typedef struct {
    uint64_t hash;
    uint32_t tag, value, count; /* count 0: a free slot */
} life_mark;

enum { TAG_PLACES = 0x7fffffff, TAG_PROCESSES = 0x80000000u }; /* + layout */
#define TAG_LISTED  UINT32_C(0xfffffffb)                       /* by life_listed: names in `queues` */
#define TAG_LAYOUTS UINT32_C(0xfffffffc)
#define TAG_CLASSES UINT32_C(0xfffffffd)
#define TAG_KEYS    UINT32_C(0xfffffffe)
#define TAG_IDS     UINT32_C(0xffffffff)

/* ---- what is to be told --------------------------------------------------------------------------------------- */

typedef struct {
    rk_life what;
    rk_fate_kind fate;
    rk_because because;
    uint32_t job, place, process;
    life_spot spot;
    double score;
    bool has_end, tail, has_score;
} life_event;

struct rk_history {
    rk_history_options options;
    rk_replay *replay;
    rk_step step;
    size_t effect; /* the next one of the step */
    bool stepping, ended, base;
    uint64_t number;  /* of the step, from 1 */
    int64_t now_s;    /* clock of the log; -1 */
    int64_t down_s;   /* for so long in all the server was down */
    size_t last_file; /* of the step before, and the database to which it was applied */
    uint32_t last_db;
    life_spot spot; /* of the step */

    life_job *jobs;
    size_t job_count, job_cap;
    uint32_t free_jobs; /* chain of `next` */
    life_list taken, due, doomed, moving;
    uint64_t unlisted, unlisted_step; /* life_listed of what left `queues` last, and when */

    life_place *places;
    size_t place_count, place_cap;
    life_layout *layouts;
    size_t layout_count, layout_cap;
    life_process *processes;
    size_t process_count, process_cap;
    uint32_t *roster; /* processes that may have something in hand */
    size_t roster_count, roster_cap;
    rk_slice *classes;
    size_t class_count, class_cap;
    rk_arena arena;
    life_mark *marks;
    size_t mark_count, mark_cap;
    rk_spread spread;

    uint32_t beating[BEATING_MOST]; /* processes that have a heartbeat with the step */
    size_t beating_count;

    life_event *events;
    size_t event_count, event_cap, event_next;
    uint32_t told; /* job of the event that was told last, or NOTHING */
    rk_job_fate fate;
    uint64_t paid;     /* for sweeps, by each step, so that they cost no more than so much a step */
    bool asked;        /* a heartbeat came, or a stop */
    int64_t settled_s; /* when it was last asked who died */
    size_t left;       /* next job of rk_history_left */
    bool closed;       /* it has been decided what is left */
    uint64_t final_fates[RK_FATES], final_at_most_lost; /* told as events */

    rk_history_info info;
    rk_log_process *listed;
    rk_buf scratch[4];
    rk_err *err;
};

/* ---- table.c --------------------------------------------------------------------------------------------------- */

life_mark *life_find(const rk_history *h, uint32_t tag, uint64_t hash); /* NULL: not there */

/* The mark, made with count 0 where it is not there yet: the caller counts it up at once. NULL: no memory. */
life_mark *life_mark_of(rk_history *h, uint32_t tag, uint64_t hash);
void life_unmark(rk_history *h, life_mark *mark); /* counts down; at 0 it is gone */

static inline uint64_t life_listed(uint32_t layout, uint64_t queue_hash)
{
    return queue_hash ^ (layout + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

/* ---- places.c -------------------------------------------------------------------------------------------------- */

bool life_place_of(rk_history *h, const rk_effect *effect, uint32_t *place);
bool life_process_named(rk_history *h, uint32_t layout, rk_slice identity, uint32_t *process);
bool life_is_known_process(const rk_history *h, uint32_t db, rk_slice name);

/* The identity in the name of a process' key, and what stands before it. False: it ends in none. */
bool life_split_identity(rk_slice name, rk_slice *prefix, rk_slice *identity);

/* ---- jobs.c ---------------------------------------------------------------------------------------------------- */

/* What a payload says of its job. */
typedef struct {
    uint64_t id;
    rk_slice jid, class_name; /* borrowed until the next one is read */
    double enqueued_at;
    bool has_jid, parsed, poison, failed;
} life_payload;

bool life_read_payload(rk_history *h, rk_slice bytes, life_payload *payload);

/* The job of a payload; a new one is JOB_OVER. */
bool life_job_of(rk_history *h, const life_payload *payload, uint32_t *job);
rk_slice life_jid(const life_job *job);

/* Puts it into a state, and into the list of that state. */
void life_set_state(rk_history *h, uint32_t job, life_state state);

/* The job begins, or begins anew, when it is over. */
void life_begin(rk_history *h, uint32_t job);

/* Adds an event of the job, at the step's place. NULL: no memory. */
life_event *life_tell(rk_history *h, rk_life what, uint32_t job, uint32_t place);

/* Its last event; decided by the step, or by `spot`. */
bool life_end(rk_history *h, uint32_t job, rk_fate_kind fate, rk_because because, const life_spot *spot);

/* Forgets it, if it is over and nothing refers to it. */
void life_release(rk_history *h, uint32_t job);

/* ---- moves.c: effects on places of jobs --------------------------------------------------------------------------- */

bool life_job_effect(rk_history *h, uint32_t place, const rk_effect *effect);

/* The command is over: what left with it and came nowhere. */
bool life_moves_end(rk_history *h);

/* What left `queues`. */
bool life_unlisted(rk_history *h, uint32_t place, uint64_t queue_hash);

/* Decides what is DUE or DOOMED for too long; at the end, all of it. */
bool life_settle_moves(rk_history *h);

/* ---- workers.c: effects on processes and work hashes --------------------------------------------------------------- */

bool life_worker_effect(rk_history *h, uint32_t place, const rk_effect *effect);
bool life_workers_end(rk_history *h); /* the command is over: heartbeats that it was */
void life_base_end(rk_history *h);    /* the base is over: who was at work */

/* The layout of a job in hand. */
size_t life_layout_of(const rk_history *h, const life_job *job);

/* ---- hands.c: which of the taken jobs ended --------------------------------------------------------------------------- */

bool life_sweep(rk_history *h);        /* behind each step */
bool life_hands_at_end(rk_history *h); /* keeps what is to be said with each job in hand */
/* The last sign of a job that went down with a process: when it was taken, or the last heartbeat of that. */
life_spot life_last_sign(const rk_history *h, const life_job *job, uint32_t process);

/* How processes stand to a job that was taken and not shown: how many had a heartbeat since that does not show it, and how
 * many may still have it. */
typedef struct {
    size_t cleared, open, silent;
    uint32_t process; /* the only one; or NOTHING */
    rk_because because;
    life_spot spot; /* of who was cleared last */
} life_standings;

life_standings life_stand(rk_history *h, const life_job *job);

/* reckon.c: what the counters say of those taken and not shown. */
bool life_reckon(rk_history *h);

/* ---- alive.c ------------------------------------------------------------------------------------------------------- */

int64_t life_end_of(const rk_history *h); /* the clock now; at the end what is known of its end */

/* Seconds from one heartbeat of the process to the next. Behind it, one that fell silent took nothing. */
int64_t life_interval_of(const rk_history *h, const life_process *process);
bool life_is_alive(const rk_history *h, const life_process *process);

/* Unix seconds from which on it could be heard again: its last heartbeat, or as much later as the server was down since. */
int64_t life_heard_of(const rk_history *h, const life_process *process);

/* ---- history.c, tell.c ------------------------------------------------------------------------------------------------ */

void life_fill_event(rk_history *h, const life_event *from, rk_job_event *event);
void life_fill_fate(const rk_history *h, const life_job *job, rk_fate_kind kind, rk_because because,
                    rk_job_fate *fate);
rk_log_spot life_log_spot(const life_spot *spot);

#endif
