/* target: where a job goes by the options of a restore. */
#include "restore.h"

/* The overdue jobs of one place: they stand at its beginning. */
typedef struct {
    uint64_t first; /* seq */
    uint64_t count;
} overdue;

struct rk_restore_plan {
    const rk_restore_options *options;
    overdue *overdue; /* by seq */
    size_t count, cap;
};

static bool is_overdue(const rk_restore_options *o, const rk_bundle_job *job)
{
    return (job->kind == RK_PLACE_SCHEDULE || job->kind == RK_PLACE_RETRY) && job->score < (double)o->now_s;
}

/* ---- the plan -------------------------------------------------------------------------------------------------- */

static bool find_overdue(rk_restore_plan *plan, rk_bundle *bundle, rk_err *err)
{
    rk_bundle_job job;
    rk_buf key = { 0 };
    uint32_t db = 0;
    bool ok = true;
    rk_bundle_rewind(bundle, false);
    while (ok && rk_bundle_next(bundle, &job, err)) {
        if (!is_overdue(plan->options, &job))
            continue;
        if (plan->count == 0 || db != job.db || !rk_slice_is(rk_buf_slice(&key), job.key)) {
            db = job.db;
            key.len = 0;
            ok = rk_buf_add(&key, job.key, err) &&
                 rk_grow((void **)&plan->overdue, &plan->cap, plan->count + 1, sizeof *plan->overdue, err);
            if (ok)
                plan->overdue[plan->count++] = (overdue){ job.seq, 0 };
        }
        if (ok)
            plan->overdue[plan->count - 1].count = job.seq - plan->overdue[plan->count - 1].first + 1;
    }
    rk_bundle_rewind(bundle, false);
    rk_buf_free(&key);
    return err->code == RK_OK;
}

static const char *contradiction(const rk_restore_options *o)
{
    if (o->spread_s != 0 && o->shift_s != 0)
        return "overdue jobs can be spread or shifted, not both";
    if (o->spread_s < 0)
        return "jobs cannot be spread over a negative time";
    if (o->to_queue && o->rename_count > 0)
        return "jobs go to one queue, or queues get other names, not both";
    if (o->to_queue && !*o->to_queue)
        return "queue to restore into has no name";
    return o->batch > BATCH_JOBS_MOST ? "batch is larger than 10000 jobs" : NULL;
}

rk_restore_plan *rk_restore_plan_open(rk_bundle *bundle, const rk_restore_options *options, rk_err *err)
{
    const char *wrong = contradiction(options);
    if (wrong) {
        rk_fail(err, RK_USAGE, RK_NO_OFFSET, "%s", wrong);
        return NULL;
    }
    rk_restore_plan *plan = rk_alloc(sizeof *plan);
    if (!plan) {
        rk_no_memory(err);
        return NULL;
    }
    plan->options = options;
    if (options->spread_s == 0 || find_overdue(plan, bundle, err))
        return plan;
    rk_restore_plan_close(plan);
    return NULL;
}

void rk_restore_plan_close(rk_restore_plan *plan)
{
    if (plan)
        rk_free(plan->overdue);
    rk_free(plan);
}

/* ---- one job --------------------------------------------------------------------------------------------------- */

void rk_restore_target_free(rk_restore_target *target)
{
    rk_buf_free(&target->key);
    rk_buf_free(&target->queue);
    rk_buf_free(&target->queues);
    rk_buf_free(&target->from);
    *target = (rk_restore_target){ 0 };
}

static bool add_prefix(const rk_restore_options *o, rk_slice prefix, rk_buf *out, rk_err *err)
{
    out->len = 0;
    if (!o->namespace)
        return rk_buf_add(out, prefix, err);
    return !*o->namespace ||
           (rk_bundle_add_word(out, o->namespace, err) && rk_bundle_add_word(out, ":", err));
}

bool rk_bundle_restore_key(const rk_restore_options *options, rk_slice prefix, rk_slice key, rk_buf *out,
                           rk_err *err)
{
    rk_slice rest = rk_slice_starts(key, prefix) ? rk_slice_from(key, prefix.len) : key;
    return add_prefix(options, prefix, out, err) && rk_buf_add(out, rest, err);
}

static rk_slice queue_of(const rk_restore_options *o, const rk_bundle_job *job)
{
    if (o->quarantine && job->may_have_run)
        return RK_TEXT("quarantine");
    if (o->to_queue)
        return rk_slice_of(o->to_queue);
    for (size_t i = 0; i < o->rename_count; i++)
        if (rk_slice_is(o->renames[i].from, job->queue))
            return o->renames[i].to;
    return job->queue;
}

static bool list_target(const rk_restore_options *o, const rk_bundle_job *job, rk_restore_target *target,
                        rk_err *err)
{
    rk_slice queue = queue_of(o, job);
    target->queue.len = 0;
    if (!rk_buf_add(&target->queue, queue, err) || !add_prefix(o, job->prefix, &target->queues, err) ||
        !rk_bundle_add_word(&target->queues, "queues", err))
        return false;
    if (rk_slice_is(queue, job->queue))
        return rk_bundle_restore_key(o, job->prefix, job->key, &target->key, err);
    return add_prefix(o, job->prefix, &target->key, err) && rk_bundle_add_word(&target->key, "queue:", err) &&
           rk_buf_add(&target->key, queue, err);
}

static double score_of(const rk_restore_plan *plan, const rk_bundle_job *job)
{
    const rk_restore_options *o = plan->options;
    size_t low = 0, high = plan->count;
    if ((o->spread_s == 0 && o->shift_s == 0) || !is_overdue(o, job))
        return job->score;
    if (o->shift_s != 0)
        return job->score + (double)o->shift_s;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (plan->overdue[middle].first <= job->seq)
            low = middle;
        else
            high = middle;
    }
    if (high == 0)
        return job->score;
    return (double)o->now_s + (double)o->spread_s * ((double)(job->seq - plan->overdue[low].first) /
                                                     (double)plan->overdue[low].count);
}

bool rk_restore_plan_target(const rk_restore_plan *plan, const rk_bundle_job *job, rk_restore_target *target,
                            rk_err *err)
{
    const rk_restore_options *o = plan->options;
    rk_slice from = job->act == RK_ACT_PUSH_BACK ? job->from_key : job->key;
    target->db = o->has_db ? o->db : job->db;
    target->is_list = rk_bundle_goes_to_list(job);
    target->score = target->is_list ? 0 : score_of(plan, job);
    target->from.len = 0;
    if ((job->act == RK_ACT_PUSH_BACK || job->act == RK_ACT_REPLACE) &&
        !rk_bundle_restore_key(o, job->prefix, from, &target->from, err))
        return false;
    if (target->is_list)
        return list_target(o, job, target, err);
    target->queue.len = target->queues.len = 0;
    return rk_bundle_restore_key(o, job->prefix, job->key, &target->key, err);
}
