/* from_diff: what the files share that make a bundle of a comparison. */
#ifndef RDBKIT_BUNDLE_FROM_DIFF_H
#define RDBKIT_BUNDLE_FROM_DIFF_H

#include "ids.h"
#include "log_payloads.h"
#include "rdbkit/bundle_diff.h"

typedef struct {
    rk_diff *diff;
    const rk_diff_bundle_options *o;
    rk_diff_bundle *made;
    unsigned meant; /* bits of the words of RK_BUNDLE_VERDICTS_CHOICES, in their order */
    rk_bundle_writer *writer;
    rk_companions *companions;
    rk_log_payloads payloads; /* of jobs that only a log knows */
    size_t first_old, first_new, *log_sources;
    uint64_t *jids;   /* of the jobs that are meant, one by one; see rk_diff_jid_hash */
    uint32_t *counts; /* how often each is in NEW */
    size_t jid_count, jid_cap;
    rk_bundle_ids met;
    uint64_t expired, overdue, dead, unaccounted, respelled;
    rk_buf key, prefix, queue;
} from_diff;

/* Which of the findings are meant; and whether one is of a job that only a log knows. */
bool rk_from_diff_words(const char *verdicts, unsigned *meant, rk_err *err);
bool rk_from_diff_means(const from_diff *b, const rk_job_finding *finding);

static inline bool rk_from_diff_is_log_only(const rk_job_finding *finding)
{
    return !finding->old_side.place && !finding->new_side.place;
}

/* The job that a finding becomes; *there is false where its payload is nowhere. Borrowed from the finding and from `b` until
 * the next one. `at` has the database and the prefix of where it was found, for what it needs. */
typedef struct {
    uint32_t db;
    rk_slice prefix;
    uint32_t expected; /* so often its jid is in NEW by what the finding says */
} from_diff_origin;
bool rk_from_diff_job(from_diff *b, const rk_job_finding *finding, rk_bundle_job *job, from_diff_origin *at,
                      bool *there, rk_err *err);

/* from_diff_warn.c: what everybody should know, when all jobs are in. */
bool rk_from_diff_warn(from_diff *b, rk_err *err);

#endif
