/* sidekiq: where Sidekiq keeps its jobs (spec: Sidekiq). Recognises layouts, the places in them, the processes
 * that work on them, and the keys that change by themselves. The payloads are read by json.h. */
#ifndef RDBKIT_SIDEKIQ_H
#define RDBKIT_SIDEKIQ_H

#include "rdbkit/catalog.h"
#include "rdbkit/json.h"

typedef enum {
    RK_PLACE_QUEUE,
    RK_PLACE_SCHEDULE,
    RK_PLACE_RETRY,
    RK_PLACE_DEAD,
    RK_PLACE_INTERRUPTED, /* of GitLab's fetcher: like dead */
    RK_PLACE_WORK,        /* the work hash of a process */
    RK_PLACE_PRIVATE      /* a list of jobs in hand: super_fetch, reliable fetch */
} rk_place_kind;

static inline bool rk_place_is_list(rk_place_kind kind)
{
    return kind == RK_PLACE_QUEUE || kind == RK_PLACE_PRIVATE;
}

/* ---- candidates ----------------------------------------------------------------------------------------- */

/* A key whose name and type may make it part of a layout; kept with its name while a snapshot is read. */
typedef struct {
    uint32_t db;
    rk_slice name; /* in the caller's arena */
    rk_type type;
    rk_spot spot;
    int64_t expire_ms;
    uint64_t first_unit, unit_count, jobs; /* of lists and sorted sets; filled by whoever pulls the units */
    void *place; /* set by rk_layouts_find: the rk_place that the key is (part of), or NULL */
} rk_candidate;

/* True when a key of that name and type may belong to a layout. Looks at nothing else, and is quick. */
bool rk_candidate_is(rk_slice name, rk_type type);

/* ---- layouts -------------------------------------------------------------------------------------------- */

/* A part of a place: one key in one shard. */
typedef struct {
    const rk_candidate *candidate;
} rk_segment;

typedef struct {
    rk_place_kind kind;
    rk_slice name;  /* "queue:default", "schedule", "work:IDENTITY", "private:KEY": as reports show it */
    rk_slice queue; /* of a queue its name; of a private list the queue its jobs came from; else empty */
    rk_slice owner; /* of a private list or work hash: the identity of its process; else empty */
    bool alive;     /* the owner is alive, by rk_layouts_find's clock */
    bool listed;    /* of a queue: its name is in the set `queues` */
    rk_segment *segments;
    size_t segment_count, segment_cap;
    uint64_t jobs;
    struct rk_layout *layout;
    size_t id; /* index among all places of the data set */
} rk_place;

/* A process of Sidekiq as its hash shows it. */
typedef struct {
    rk_slice identity;
    double beat;               /* Unix seconds; NaN: no hash */
    double silent_s;           /* from the last beat to the snapshot; NaN: not known */
    int64_t concurrency, busy; /* threads that take jobs, threads that have one */
    int64_t shown;             /* jobs that its work hash shows */
    bool alive;                /* in `processes`, hash there, heard of within the limit */
    bool quiet;                /* was told to take no more jobs */
    rk_slice info;             /* JSON */
} rk_process;

/* A job that the work hash of a process shows to be in hand. */
typedef struct {
    rk_place *place;
    rk_slice payload; /* the exact text; owned by the layouts */
    rk_spot spot;
    size_t order;              /* in which it was read */
    const rk_process *process; /* NULL: not in `processes` */
} rk_held;

typedef struct rk_layout {
    uint32_t db;
    rk_slice prefix; /* with its last colon; empty without */
    rk_place **places;
    size_t place_count, place_cap;
    bool has_counters;
    int64_t processed, failed;
    rk_process *processes;
    size_t process_count, process_cap;
    bool has_queues_set;
    rk_slice *queues; /* the members of `queues` */
    size_t queue_count, queue_cap;
    size_t id; /* index among the layouts of the data set */
} rk_layout;

typedef struct rk_layouts {
    rk_layout **items;
    size_t count, cap;
    rk_place **places; /* of all layouts, by id */
    size_t place_count, place_cap;
    rk_held *held; /* by the ids of their places */
    size_t held_count, held_cap;
    rk_arena arena;
} rk_layouts;

/* What rk_layouts_find may look at. */
typedef struct {
    const rk_catalog *catalog;
    rk_look **looks; /* one a shard */
    rk_candidate *candidates;
    size_t candidate_count;
    int64_t now_s;         /* the time of the snapshot, -1: not known */
    double alive_within_s; /* a process is alive when it was heard of so shortly before */
    bool counts_only; /* jobs in work hashes are counted in their place and not kept; of a set `queues` the
                              first 100,000 members are looked at */
    rk_slice only_prefix; /* with `only`: leave out every other layout */
    bool only;
    const struct rk_layouts
        *hints; /* layouts of another snapshot of the same data, or NULL: there is one here, too,
                                       where there are keys of their names, whatever is in them */
} rk_evidence;

/* Finds the layouts in the evidence and gives each candidate its place (spec: Sidekiq, "Recognising a layout").
 * Free with rk_layouts_free, on failure too. */
bool rk_layouts_find(rk_layouts *layouts, const rk_evidence *evidence, rk_err *err);
void rk_layouts_free(rk_layouts *layouts);

/* True when a live process of the layout takes jobs from that queue. */
bool rk_process_serves(const rk_process *process, rk_slice queue);

/* ---- names ---------------------------------------------------------------------------------------------- */

/* HOST:PID or HOST:PID:12 hex digits (spec: Sidekiq, "Identity"). */
bool rk_identity_is(rk_slice text);

/* True for the name, without the layout's prefix, of a list of jobs in hand; false where only the set `queues` could
 * tell (that of the old reliable_fetch). `queue` is the queue that its jobs came from, `owner` the identity of its
 * process; empty where the name does not tell. A queue of such a name is in `queues`: ask that first. */
bool rk_private_list_is(rk_slice name, rk_slice *queue, rk_slice *owner);

/* True for a key that changes by itself and means nothing for the jobs: heartbeats, counters, metrics, locks of
 * fetchers (spec: Sidekiq, "Ephemeral and noisy keys"). `name` is without the layout's prefix. */
bool rk_key_is_volatile(rk_slice name, rk_type type);

/* True for a payload of sidekiq_alive, which re-enqueues itself for ever. */
bool rk_class_is_volatile(rk_slice class_name);

#endif
