/* bundle_make: what it takes to make a bundle of jobs: which of them must not go back where they were, and the keys that
 * they need (spec: Sidekiq, "Restoring"). */
#ifndef RDBKIT_BUNDLE_MAKE_H
#define RDBKIT_BUNDLE_MAKE_H

#include "rdbkit/bundle.h"

/* Words that say why a job is held. */
#define RK_HOLD_POISON  "poison"  /* see rk_poison_of */
#define RK_HOLD_LOCKED  "locked"  /* its unique lock is held by another job now: it has been enqueued anew */
#define RK_HOLD_IN_HAND "in_hand" /* a process that was alive had it: it may be running, or have ended */

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

/* The keys of a data set, which must outlive whoever is given it: a closed catalog, and a look a shard. */
typedef struct {
    const rk_catalog *catalog;
    rk_look **looks;
    int64_t now_s; /* when it was saved: what had expired by then is not there; -1: not known */
} rk_data_set;

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

/* Looks for what a job needs; to be asked before the job is added to a bundle. *blocked: in `now` its lock is held by
 * another job, so that it must be held (RK_HOLD_LOCKED); its lock is then kept and shown only. Of a job that is held
 * nothing is gathered. */
bool rk_companions_want(rk_companions *companions, const rk_bundle_job *job, bool *blocked, rk_err *err);

/* Adds what was found to the bundle, and warnings: queues that were paused, batches that are not there or are of an old
 * form. To be called once, when all jobs were asked for. */
bool rk_companions_write(rk_companions *companions, rk_bundle_writer *writer, rk_err *err);

#endif
