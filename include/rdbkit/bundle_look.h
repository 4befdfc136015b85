/* bundle_look: what is in a bundle, as people and programs want to know it, and what of it is in a data set now. */
#ifndef RDBKIT_BUNDLE_LOOK_H
#define RDBKIT_BUNDLE_LOOK_H

#include "rdbkit/bundle_make.h"

/* ---- what is in it ------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t jobs, acts[RK_ACTS], payload_bytes, may_have_run;
    bool timed;
    double oldest_s, newest_s; /* enqueued_at, without one created_at; where `timed` */
} rk_bundle_sum;

/* Jobs of one kind that go to one key, in the order of the bundle. */
typedef struct {
    uint32_t db;
    rk_slice key;
    rk_place_kind kind;
    bool scored;
    double first_score, last_score; /* where `scored` */
    rk_bundle_sum sum;
} rk_bundle_place_row;

/* A class, a reason, a verdict or a kind of companion. */
typedef struct {
    rk_slice word;
    rk_bundle_sum sum;
    uint64_t blocked; /* of companions */
} rk_bundle_word_row;

/* The most jobs first (companions in their order); beyond some thousands of words the rest are `others`. */
typedef struct {
    rk_bundle_word_row *rows;
    size_t count, cap;
    uint64_t others;
} rk_bundle_words;

/* When the jobs of `schedule` and `retry` that a restore puts back become due: within so many seconds from now, and not
 * within those of the row before; the first row has those that are overdue, the last one the rest. */
enum { RK_DUE_ROWS = 9 };
typedef struct {
    const char *words; /* "overdue", "within a minute" ... "later" */
    double within_s;
    uint64_t jobs;
} rk_due_row;

typedef struct {
    rk_bundle_sum all;
    rk_bundle_place_row *places;
    size_t place_count, place_cap;
    rk_bundle_words classes, reasons, verdicts, companions;
    rk_due_row due[RK_DUE_ROWS];
    uint64_t at_once; /* jobs that go to queues: they run as soon as somebody is free */
    uint64_t longest_payload;
    rk_arena arena;
} rk_bundle_facts;

/* Reads the bundle once through, and rewinds it. rk_bundle_facts_free, on failure too. */
bool rk_bundle_facts_read(rk_bundle_facts *facts, rk_bundle *bundle, double now_s, rk_err *err);
void rk_bundle_facts_free(rk_bundle_facts *facts);

/* ---- what is there now ----------------------------------------------------------------------------------------- */

typedef enum {
    RK_FOUND_ONCE,    /* with the same bytes, and as often as the bundle has it */
    RK_FOUND_MISSING, /* nowhere */
    RK_FOUND_MORE,    /* more copies than the bundle has, of the same bytes or of the same jid */
    RK_FOUND_OTHER,   /* its jid with other bytes only */
    RK_FOUND_KINDS
} rk_found;

const char *rk_found_name(rk_found found); /* "once", "missing", "more", "other" */

typedef struct {
    uint64_t jobs, found[RK_FOUND_KINDS]; /* those that a restore puts back */
    uint64_t held, held_there; /* those that it does not; of them so many are there with the same bytes */
} rk_comparison_counts;

/* A bundle beside a data set: queues, sets, private lists, and what processes show to have in hand. Held are 32 bytes for
 * each job of the bundle. */
typedef struct rk_comparison rk_comparison;

/* Reads both; the bundle is read by the comparison, and by nobody else, until the close. */
rk_comparison *rk_comparison_open(rk_bundle *bundle, const rk_jobs_options *now, rk_err *err);
void rk_comparison_close(rk_comparison *comparison);

const rk_comparison_counts *rk_comparison_counts_of(const rk_comparison *comparison);

/* Where what was compared was not seen whole: the reason; NULL: it was. */
const rk_err *rk_comparison_partial(const rk_comparison *comparison);

/* Pulls the next job that is not there exactly once; false at the end and on failure. `copies` is how many there are of its
 * jid. */
bool rk_comparison_next(rk_comparison *comparison, rk_bundle_job *job, rk_found *found, uint64_t *copies,
                        rk_err *err);

#endif
