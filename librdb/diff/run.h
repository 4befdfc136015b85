/* run: one comparison under way, and its result. */
#ifndef RDBKIT_DIFF_RUN_H
#define RDBKIT_DIFF_RUN_H

#include "join.h"
#include "log.h"
#include "side.h"

enum { DIAGNOSES_MOST = 16 };
#define NO_ROW UINT32_MAX

/* A key that is not equal on both sides; indexes into the catalogs, or NO_KEY. */
#define NO_KEY UINT32_MAX
typedef struct {
    uint32_t old_key, new_key;
    uint8_t verdict;
    bool value_differs, ttl_differs, type_differs;
} key_difference;

/* A run of jobs that stand in a list of both sides one behind the other. */
typedef struct {
    uint64_t before, after; /* position of its first job */
    uint64_t count;
    uint32_t old_shard, new_shard;
} stretch;

/* Jobs of a row that were matched one by one and found to be kept: counted, and no longer held one by one. */
typedef struct {
    uint64_t jobs;
    double lowest; /* score among them; infinity without */
    size_t first_stretch, stretch_count;
} folded;

/* A gone job of OLD that the work hash of a silent process in NEW shows. */
typedef struct {
    uint32_t job, held;
} silent_holding;

struct rk_diff {
    rk_diff_options options;
    side old, new;
    rk_account *accounts; /* one a pair of layouts */
    size_t account_count, account_cap;
    rk_ledger_row *rows;
    size_t row_count, row_cap;
    folded *folds;      /* one a row */
    stretch *stretches; /* of folded jobs of lists, row by row */
    size_t stretch_count, stretch_cap;
    uint32_t *old_rows, *new_rows;         /* place id to row */
    uint32_t *old_accounts, *new_accounts; /* place id to account */
    rk_ledger_row total;
    rk_key_counts keys;
    key_difference *differences;
    size_t difference_count, difference_cap;
    silent_holding *holdings; /* by job */
    size_t holding_count, holding_cap;
    uint64_t irregular, stranded_new, orders_changed, reserialised, ttl_lost;
    rk_diagnosis diagnoses[DIAGNOSES_MOST];
    size_t diagnosis_count;
    const rk_process **laggards; /* who may have ended jobs uncounted, account by account */
    size_t laggard_count, laggard_cap, *first_laggard;
    double *lag_from; /* by OLD's place id: what was runnable from then on may have run so; NaN: not asked */
    log_book book;
    uint64_t log_only[RK_VERDICTS], resurrected_new;
    join table;
    rk_buf scratch[4];
    rk_err *err;
};

/* Each is one step, in this order; false: d->err says why. */
bool run_pair(rk_diff *d);          /* pair.c: layouts and places of both sides */
bool run_logs_read(rk_diff *d);     /* log_read.c: what the logs say of every job */
bool run_match_units(rk_diff *d);   /* units.c */
bool run_logs_part(rk_diff *d);     /* log_pending.c: units with jobs that a log shows to have ended */
bool run_match_jobs(rk_diff *d);    /* jobs.c: within a place, by bytes and jid; what is kept is folded */
bool run_scan(rk_diff *d);          /* scan.c: which jids of NEW's rest are among the jobs matched as units */
bool run_match_rest(rk_diff *d);    /* rest.c: across places, copies; asks the next two */
bool run_match_work(rk_diff *d);    /* work.c: jobs without a jid, by what they do */
bool run_match_damaged(rk_diff *d); /* damaged.c */
bool run_judge(rk_diff *d);         /* judge.c: what a pair means */
bool run_lag(rk_diff *d);           /* lag.c: who may have ended jobs that the counters do not show */
bool run_logs_end(rk_diff *d);      /* log_end.c: whose the logs are, and what is left at their ends */
bool run_logs_judge(rk_diff *d);    /* log_judge.c: what they decide, of gone jobs and of pending ones */
bool run_judge_gone(rk_diff *d);    /* gone.c: what it means that a job is gone */
bool run_logs_why(rk_diff *d);      /* log_judge.c: why they could not decide of the others */
bool run_logs_alone(rk_diff *d);    /* log_alone.c: jobs that are in neither side */
bool run_order(rk_diff *d);         /* order.c */
bool run_ledger(rk_diff *d);        /* ledger.c */
bool run_keys(rk_diff *d);          /* keys.c */
void run_diagnose(rk_diff *d);      /* diagnose.c */

/* True when the gone job may have run without being counted. */
bool run_may_lag(rk_diff *d, const side_job *job);

/* True when the process that holds the job has missed a heartbeat. */
bool run_holder_is_dead(const rk_held *held);

/* Jobs of one place. */
static inline side_job *jobs_of(const side *s, const rk_place *place, size_t *count)
{
    *count = place ? s->place_jobs[place->id] : 0;
    return *count ? s->jobs + s->first_job[place->id] : NULL;
}

/* What tells one job from another: its jid, or its bytes; never 0. */
static inline uint64_t identity_of(const side_job *job)
{
    return job->jid ? job->jid : 1;
}

/* Without a partner, and no echo of another: in OLD it is gone, in NEW it is its own. */
static inline bool is_alone(const side_job *job)
{
    return job->partner == NO_PARTNER && !(job->flags & JOB_ECHO);
}

static inline void set_partners(rk_diff *d, uint32_t old_job, uint32_t new_job, rk_verdict verdict)
{
    d->old.jobs[old_job].partner = new_job;
    d->new.jobs[new_job].partner = old_job;
    d->old.jobs[old_job].verdict = d->new.jobs[new_job].verdict = (uint8_t)verdict;
}

/* scan.c: every payload of NEW's lists and sets, by two threads at once: `visit` is called by both, but for one unit by
 * one of them only. `scratch` is the thread's. */
typedef bool (*scan_visit)(void *self, uint32_t unit, rk_slice payload, rk_buf *scratch, rk_err *err);
bool run_scan_new(rk_diff *d, scan_visit visit, void *self);

/* log_pending.c: marks the jobs of a place in NEW that a log shows to have ended, and their partners. */
void run_logs_mark(rk_diff *d, const rk_place *place);

/* log_judge.c: what the logs say of a job whose verdict rests on them, and why they decide so. */
bool run_logs_evidence(rk_diff *d, uint64_t id, rk_job_evidence *evidence);

/* fold.c: takes the kept jobs of a row, the last ones expanded, out of both sides' arrays. */
bool run_fold(rk_diff *d, size_t row);

/* work.c: class and args of a payload, and its queue if asked, as one digest. False when it has none, and when it
 * cannot be read: d->err tells. */
bool run_work_digest(rk_diff *d, side *s, const side_job *job, bool with_queue, rk_digest *digest);

/* The name that an OLD key has in NEW, where namespaces are mapped; false when it stays as it is. */
bool run_map_name(rk_diff *d, uint32_t db, rk_slice name, uint32_t *new_db, rk_buf *mapped);
bool run_has_mapping(const rk_diff *d);

#endif
