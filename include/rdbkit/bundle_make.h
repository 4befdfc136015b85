/* bundle_make: what it takes to make a bundle of jobs: the jobs of a data set, which of them are meant, which must not go
 * back where they were, and the keys that they need (spec: Sidekiq, "Restoring"). */
#ifndef RDBKIT_BUNDLE_MAKE_H
#define RDBKIT_BUNDLE_MAKE_H

#include "rdbkit/bundle.h"
#include "rdbkit/export.h"

/* ---- the jobs of a data set --------------------------------------------------------------------------------- */

typedef struct {
    const rk_paths *paths;      /* the sources of one data set, as rk_snapshot_open takes them */
    const char *namespace_only; /* jobs under this namespace alone, without its last colon; NULL: all */
    const char *without;        /* see rk_snapshot_options */
    double alive_within_s;      /* a process is alive when it was heard of so shortly before the snapshot */
    rk_progress *progress;      /* one a path, or NULL */
} rk_jobs_options;

/* One job where it lies. Slices are borrowed until the next pull. */
typedef struct {
    const rk_place *place;
    rk_slice key;      /* that holds it */
    size_t source;     /* index of the path */
    uint64_t position; /* in a list, from the head */
    double score;      /* in a sorted set */
    uint64_t offset;   /* of the string that holds it, in bytes into the source as it is unpacked */
    bool echo;         /* shown by a work hash, while a list or a set has it, too */
    rk_slice payload;
    rk_envelope envelope;
    bool is_object;      /* the payload is a well-formed JSON object */
    rk_slice jid;        /* as it is meant; empty: none */
    rk_slice class_name; /* the one that people know, see rk_envelope_class */
    uint64_t id;         /* hash of the jid, or of the payload where there is none */
} rk_job_seen;

typedef struct rk_jobs rk_jobs;

/* Reads the sources once, to their ends, so that every checksum has been seen to hold. Held are what a catalog and layouts
 * take, nothing for each job. */
rk_jobs *rk_jobs_open(const rk_jobs_options *options, rk_err *err);
void rk_jobs_close(rk_jobs *jobs);

/* Pulls the next job, place by place: lists from the head, sorted sets as they lie, work hashes behind all other places.
 * False at the end, and on failure. */
bool rk_jobs_next(rk_jobs *jobs, rk_job_seen *job, rk_err *err);

const rk_snapshot *rk_jobs_snapshot(const rk_jobs *jobs, size_t source); /* NULL beyond the last */
const rk_layouts *rk_jobs_layouts(const rk_jobs *jobs);

/* Keys of kinds that must not be restored: heartbeats, locks of fetchers ... `words` says what they are. False behind the
 * last kind. */
typedef struct {
    const char *words;
    uint64_t count;
} rk_jobs_left_out;
bool rk_jobs_left_out_next(const rk_jobs *jobs, size_t i, rk_jobs_left_out *left_out);

/* Fills in what is known of a source that has been read to its end: path, format, sizes, versions, times, and the digest of
 * the bytes of its file, or of all files of a log. Texts are borrowed from the snapshot and `path`. What cannot be read a
 * second time (a pipe) is digested as it was unpacked. */
bool rk_bundle_source_of_snapshot(const char *path, const char *role, const rk_snapshot *snapshot,
                                  rk_bundle_source *source, rk_err *err);

/* The same of an append-only file that no snapshot was made of: path, format, size and digest. */
bool rk_bundle_source_of_log(const char *path, const char *role, rk_bundle_source *source, rk_err *err);

/* ---- which jobs are meant ------------------------------------------------------------------------------------ */

/* An expression over the members of a payload, such as
 *
 *     class == "MailJob" && (retry_count > 3 || args[0].user_id == 42)
 *
 *   tests        ==  !=  <  <=  >  >=  of two values; =~ of a member and a text that is a regular expression (POSIX extended);
 *                or one value by itself, which holds unless it is missing, null or false
 *   between them !  &&  ||  and parentheses; `!` takes the whole test behind it, && binds closer than ||
 *   values       members (class, args[0].user_id, cattr["user-id"]), "text" with the escapes of JSON, 'text' as it stands,
 *                numbers, true, false, null
 *
 * Numbers are compared as numbers, texts byte by byte; a missing member equals null. Values of two kinds are not equal, and
 * neither is before the other. */
typedef struct rk_where rk_where;

/* RK_USAGE, with the place, for what is no expression. */
rk_where *rk_where_open(const char *text, rk_err *err);
void rk_where_close(rk_where *where);

/* Whether it holds for a payload; it does not for one that is no JSON object. False only when memory is short. */
bool rk_where_holds(rk_where *where, rk_slice payload, bool *holds, rk_err *err);

/* All that is given must hold; of each list of words, one. Texts are borrowed. */
typedef struct {
    const char *const *items;
    size_t count;
} rk_job_words;

typedef struct {
    rk_job_words places;  /* patterns as in KEYS: "schedule", "queue", "queue:mail*", "work", "private" ... */
    rk_job_words queues;  /* patterns, of the queue it goes to sooner or later */
    rk_job_words classes; /* patterns, of the class as people know it */
    rk_job_words jids;    /* exactly */
    rk_where *where;      /* NULL: all */
    bool has_since, has_until; /* by enqueued_at, without one by created_at, Unix seconds, both included; */
    double since_s, until_s;   /* a job that has neither is not meant */
    bool has_due_after, has_due_before; /* by score, both included; a job without one is not meant */
    double due_after_s, due_before_s;
} rk_job_filter;

/* False only when memory is short. */
bool rk_job_filter_wants(const rk_job_filter *filter, const rk_bundle_job *job, rk_buf *scratch, bool *wants,
                         rk_err *err);

/* ---- spool -------------------------------------------------------------------------------------------------- */

/* Jobs that an application wrote to a file while it had no server, a line each: a payload, or an object with `payload` (an
 * object, kept byte for byte as it stands in the line, or a text that holds one) and, if it likes, `queue` and `at`. Where
 * there is an `at` (Unix seconds) in the object or in the payload, the job goes to `schedule`; else to the queue that the
 * object names, or the payload, or `default`. Empty lines are passed over. */
typedef struct rk_job_spool rk_job_spool;

rk_job_spool *rk_job_spool_open(const char *path, const rk_source_options *options, rk_err *err);
void rk_job_spool_close(rk_job_spool *spool);

/* The next job, with everything filled in but source, database and prefix; `key` is without a prefix. Slices are borrowed
 * until the next pull. False at the end, and on failure: RK_DAMAGED, with the number of the line, for one that is no job
 * that a worker would run. */
bool rk_job_spool_next(rk_job_spool *spool, rk_bundle_job *job, rk_err *err);

/* Once it has come to its end: from the beginning again. */
bool rk_job_spool_rewind(rk_job_spool *spool, rk_err *err);

uint64_t rk_job_spool_line(const rk_job_spool *spool); /* the number of the line pulled last, from 1 */

/* As rk_bundle_source_of_snapshot, at its end. */
bool rk_bundle_source_of_spool(const char *path, const rk_job_spool *spool, rk_bundle_source *source,
                               rk_err *err);

/* Words that say why a job is held. */
#define RK_HOLD_POISON    "poison" /* see rk_poison_of */
#define RK_HOLD_LOCKED    "locked" /* its unique lock is held by another job now: it has been enqueued anew */
#define RK_HOLD_OLDER     "older"  /* of a merge: there is a newer copy of it */
#define RK_HOLD_ELSEWHERE "held_elsewhere" /* of a merge: another bundle holds it */
#define RK_HOLD_REDACTED  "redacted"       /* a copy to be shown */
#define RK_HOLD_SCORE     "score"          /* its score is no number: nothing is known of when it is due */
#define RK_HOLD_IN_HAND   "in_hand" /* a process that was alive had it: it may be running, or have ended */

/* ---- poison ----------------------------------------------------------------------------------------------- */

/* What is wrong with a payload, so that it would be destroyed if it were put back (spec: Sidekiq, "Poison"). */
typedef enum {
    RK_POISON_NONE,
    RK_POISON_TEXT,  /* not a well-formed JSON object */
    RK_POISON_CLASS, /* no class, or one that is no text */
    RK_POISON_ARGS,  /* no args, or ones that are no array */
    RK_POISON_TAGS,  /* tags that are no array */
    RK_POISON_QUEUE, /* a queue that is empty or null */
    RK_POISON_AT,    /* an `at` that is no number */
    RK_POISON_UTF8   /* bytes that are no UTF-8 */
} rk_poison;

/* The first reason for which the payload must not go back to such a place. In `schedule` and `retry` all of them count:
 * the scheduler takes the job out, cannot push it, and it is gone. In a queue (of jobs in hand, too) the first two: a
 * worker would drop it, or move it to `dead`. In `dead` and `interrupted` none: nothing looks at what lies there. */
rk_poison rk_poison_of(rk_place_kind kind, rk_slice payload);

/* "is not a JSON object", "has no class" ...; "" for none. */
const char *rk_poison_words(rk_poison poison);

/* ---- companions ------------------------------------------------------------------------------------------- */

/* The keys of a data set, which must outlive whoever is given it: a closed catalog, and a look a shard, which is moved: it
 * must not be the one by which somebody walks through the jobs meanwhile. */
typedef struct {
    const rk_catalog *catalog;
    rk_look **looks;
    int64_t now_s; /* when it was saved: what had expired by then is not there; -1: not known */
} rk_data_set;

rk_data_set rk_jobs_data_set(const rk_jobs *jobs); /* borrows */

/* Gathers the keys that jobs need (spec: Sidekiq, "Locks, batches and other companions", "Where to put what"):
 *
 * - "paused": that their queues are paused, a part of the set `paused`
 * - "batch": of Sidekiq Pro (`b-BID...`) and of sidekiq-batch (`BID-BID...`), the whole of it and of those it belongs to,
 *   with its entry in `batches`
 * - "iteration": where an iterable job stands (`it-JID`)
 * - "lock": the unique lock of a job, if it held it (Enterprise, sidekiq-unique-jobs)
 *
 * Held are some 32 bytes for each such key, and names. */
typedef struct rk_companions rk_companions;

/* `from` is where the jobs were; `now`, where the bundle will go as far as that is known, or NULL. */
rk_companions *rk_companions_open(const rk_data_set *from, const rk_data_set *now, rk_err *err);
void rk_companions_close(rk_companions *companions);

/* The layout of that database and prefix has another one in `now`: there its keys are looked for, and thither they go. To be
 * called before jobs of the layout are asked for. */
bool rk_companions_home(rk_companions *companions, uint32_t db, rk_slice prefix, uint32_t home_db,
                        rk_slice home, rk_err *err);

/* Looks for what a job needs; to be asked before the job is added to a bundle. *blocked: in `now` its lock is held by
 * another job, so that it must be held (RK_HOLD_LOCKED); its lock is then kept and shown only. Of a job that is held
 * nothing is gathered. */
bool rk_companions_want(rk_companions *companions, const rk_bundle_job *job, bool *blocked, rk_err *err);

/* Adds what was found to the bundle, and warnings: queues that were paused, batches that are not there or are of an old
 * form. To be called once, when all jobs were asked for. With a redactor (else NULL) as rk_redact_companion has it. */
bool rk_companions_write(rk_companions *companions, const rk_redactor *redactor, rk_bundle_writer *writer,
                         rk_err *err);

/* ---- redaction ---------------------------------------------------------------------------------------------- */

/* Makes of a job one that can be shown: of its payload all members become tokens but those that say what it is and how it
 * went (class, jid, queue, times, counts ...); of `args` each item by itself. It is held, its verdict stays; what it was to
 * replace goes. The new payload lies in `room`. */
bool rk_redact_job(const rk_redactor *redactor, rk_bundle_job *job, rk_buf *room, rk_err *err);

/* The same of a companion: values of strings and hashes become tokens, it is blocked. `items` is as many slices to use,
 * `arena` takes the tokens. */
bool rk_redact_companion(const rk_redactor *redactor, rk_companion *companion, rk_slice *items,
                         rk_arena *arena, rk_err *err);

/* ---- create ------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *path;             /* of the bundle */
    rk_bundle_options bundle;     /* `redacted` follows from `redactor` */
    const rk_jobs_options *from;  /* where the jobs are; NULL: only in the spool */
    const rk_jobs_options *minus; /* what is there by its jid, or its bytes, is left out; NULL: nothing */
    const char *spool;            /* file of jobs, see rk_job_spool; NULL: none */
    rk_slice spool_prefix;        /* for the keys of its jobs, with its last colon; they go to database 0 */
    rk_job_filter filter;
    bool running;                /* restore what processes that were alive had in hand; else that is held */
    const rk_redactor *redactor; /* NULL: nothing is redacted */
} rk_create_options;

/* How many of the jobs that were read came into the bundle, and why the others did not. */
typedef struct {
    uint64_t read;    /* all; and of these: */
    uint64_t echoes;  /* shown by a work hash, and elsewhere too */
    uint64_t noise;   /* of a class that pushes itself anew for ever */
    uint64_t there;   /* in `minus` */
    uint64_t unmeant; /* by the filter */
    uint64_t doubles; /* of the spool: met before */
    uint64_t jobs;    /* in the bundle; of these: */
    uint64_t held;
} rk_create_counts;

/* Writes a bundle. All of it, or nothing. */
bool rk_bundle_create_from(const rk_create_options *options, rk_create_counts *counts, rk_err *err);

/* ---- merge and split ------------------------------------------------------------------------------------------ */

typedef struct {
    const char *path; /* of the new bundle */
    rk_bundle_options bundle;
    const rk_job_filter *filter; /* NULL: all jobs */
    const rk_redactor *redactor; /* NULL: nothing is redacted */
} rk_combine_options;

typedef struct {
    uint64_t read;    /* all jobs of the bundles; and of these: */
    uint64_t unmeant; /* by the filter */
    uint64_t doubles; /* in a bundle before: the same jid, payload and place */
    uint64_t jobs;    /* in the new bundle; of these: */
    uint64_t held,
        older; /* held; held since another bundle has a newer copy with other bytes or in another place */
} rk_combine_counts;

/* Makes one bundle of several, or of a part of one. Each job of several bundles comes once: where one of them holds it, it is
 * held. Of copies of one jid that differ, in payload or place, the newest (by the times in the payload; else of the bundle
 * that stands first) is what it was, the others are held (RK_HOLD_OLDER). Copies within one bundle are its own affair. Lists
 * of several bundles are put one behind the other: jobs of the first run first. Companions of several: the first of a key
 * counts; with a filter, those that the jobs need. Redacted copies do not go together with others. */
bool rk_bundle_combine(rk_bundle *const *bundles, size_t count, const rk_combine_options *options,
                       rk_combine_counts *counts, rk_err *err);

#endif
