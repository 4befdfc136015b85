/* restore: the stream that gives jobs back, or takes them out again. Jobs that are pushed at the end that runs first go from
 * the newest to the oldest, so that the oldest is the last one there; at the other end, and when taken out, the other way
 * round (spec: Sidekiq, "Which order a restore must keep"). */
#include "restore.h"

#include <stdio.h>

rk_restore *rk_restore_open(rk_bundle *bundle, const rk_restore_options *options, bool undo, rk_err *err)
{
    if (bundle->info.redacted) {
        rk_fail(err, RK_USAGE, RK_NO_OFFSET, "bundle is a redacted copy, which cannot be restored");
        return NULL;
    }
    rk_restore *r = rk_alloc(sizeof *r);
    if (!r) {
        rk_no_memory(err);
        return NULL;
    }
    r->bundle = bundle;
    r->options = options;
    r->undo = undo;
    r->forward = options->back != undo;
    r->phase = undo ? RESTORE_JOBS : RESTORE_COMPANIONS;
    snprintf(r->guard, sizeof r->guard, "rdbkit:restored:%s", bundle->info.id);
    snprintf(r->notes, sizeof r->notes, "rdbkit:restored:%s:keys", bundle->info.id);
    r->plan = rk_restore_plan_open(bundle, options, err);
    if (!r->plan) {
        rk_restore_close(r);
        return NULL;
    }
    rk_bundle_rewind(bundle, !r->forward);
    rk_bundle_rewind_companions(bundle);
    return r;
}

void rk_restore_close(rk_restore *restore)
{
    if (!restore)
        return;
    rk_restore_plan_close(restore->plan);
    rk_restore_target_free(&restore->target);
    rk_restore_target_free(&restore->other);
    rk_buf_free(&restore->command.bytes);
    rk_buf_free(&restore->plain);
    rk_buf_free(&restore->listed);
    rk_buf_free(&restore->companion_key);
    rk_free(restore);
}

bool rk_bundle_restore_select(rk_restore *r, uint32_t db, rk_slice *bytes, bool *ok, rk_err *err)
{
    *ok = true;
    if (r->has_db && r->db == db)
        return false;
    r->has_db = true;
    r->db = db;
    r->listed.len = 0;
    *ok = rk_bundle_command_start(&r->command, err) && rk_bundle_command_word(&r->command, "SELECT", err) &&
          rk_bundle_command_u64(&r->command, db, err);
    if (*ok)
        *bytes = rk_bundle_command_end(&r->command);
    return true;
}

/* ---- jobs ------------------------------------------------------------------------------------------------------ */

/* The next job that something is done with. */
static bool pull(rk_restore *r, rk_bundle_job *job, rk_err *err)
{
    while (r->forward ? rk_bundle_next(r->bundle, job, err) : rk_bundle_previous(r->bundle, job, err))
        if (job->act != RK_ACT_HOLD)
            return true;
    return false;
}

/* The job pulled last is pulled again next time. */
static void put_back(rk_restore *r)
{
    if (r->forward)
        r->bundle->job_at--;
    else
        r->bundle->job_at++;
}

static bool is_same(const rk_buf *a, const rk_buf *b)
{
    return rk_slice_is(rk_buf_slice(a), rk_buf_slice(b));
}

static bool goes_along(const rk_restore_target *a, const rk_restore_target *b)
{
    return a->db == b->db && is_same(&a->key, &b->key) && is_same(&a->queue, &b->queue) &&
           is_same(&a->queues, &b->queues) && is_same(&a->from, &b->from);
}

/* EVAL, script, keys and what stands before the jobs: see script.c. */
static bool begin(rk_restore *r, rk_bundle_op op, rk_err *err)
{
    rk_bundle_command *c = &r->command;
    const rk_restore_target *t = &r->target;
    bool has_from = op == OP_LIST_REPLACE || op == OP_LIST_PUSH_BACK || op == OP_ZSET_REPLACE;
    bool at_tail = !r->options->back;
    if (!rk_bundle_command_start(c, err) || !rk_bundle_command_word(c, "EVAL", err) ||
        !rk_bundle_command_word(c, rk_bundle_job_script(op, r->undo), err) ||
        !rk_bundle_command_u64(c, (t->is_list ? 4U : 2U) + has_from, err) ||
        !rk_bundle_command_word(c, r->guard, err))
        return false;
    if (t->is_list && !rk_bundle_command_word(c, r->notes, err))
        return false;
    if (!rk_bundle_command_arg(c, rk_buf_slice(&t->key), err) ||
        (t->is_list && !rk_bundle_command_arg(c, rk_buf_slice(&t->queues), err)) ||
        (has_from && !rk_bundle_command_arg(c, rk_buf_slice(&t->from), err)))
        return false;
    return !t->is_list || (rk_bundle_command_word(c, at_tail != r->undo ? "RPUSH" : "LPUSH", err) &&
                           rk_bundle_command_word(c, at_tail ? "-1" : "1", err) &&
                           rk_bundle_command_arg(c, rk_buf_slice(&t->queue), err));
}

static bool add(rk_restore *r, rk_bundle_op op, const rk_restore_target *target, const rk_bundle_job *job,
                rk_err *err)
{
    rk_bundle_command *c = &r->command;
    double score = r->undo && op == OP_ZSET_REPLACE ? job->replaces_score : target->score;
    return rk_bundle_command_u64(c, job->seq, err) &&
           (target->is_list || rk_bundle_command_score(c, score, err)) &&
           rk_bundle_command_arg(c, job->payload, err) &&
           (job->act != RK_ACT_REPLACE || rk_bundle_command_arg(c, job->replaces, err));
}

/* More jobs of the same kind for the same place, as far as they fit. */
static bool fill(rk_restore *r, rk_bundle_op op, rk_err *err)
{
    rk_bundle_job job;
    uint64_t most = r->options->batch ? r->options->batch : BATCH_JOBS;
    for (uint64_t count = 1; count < most && pull(r, &job, err); count++) {
        if (rk_bundle_op_of(&job) != op ||
            r->command.bytes.len + job.payload.len + job.replaces.len > BATCH_BYTES) {
            put_back(r);
            return true;
        }
        if (!rk_restore_plan_target(r->plan, &job, &r->other, err))
            return false;
        if (!goes_along(&r->target, &r->other)) {
            put_back(r);
            return true;
        }
        if (!add(r, op, &r->other, &job, err))
            return false;
    }
    return err->code == RK_OK;
}

static bool next_jobs(rk_restore *r, rk_slice *bytes, rk_err *err)
{
    rk_bundle_job job;
    bool ok;
    if (!pull(r, &job, err) || !rk_restore_plan_target(r->plan, &job, &r->target, err))
        return false;
    if (rk_bundle_restore_select(r, r->target.db, bytes, &ok, err)) {
        put_back(r);
        return ok;
    }
    if (r->options->plain)
        return rk_bundle_restore_plain(r, &job, bytes, err);
    rk_bundle_op op = rk_bundle_op_of(&job);
    if (!begin(r, op, err) || !add(r, op, &r->target, &job, err) || !fill(r, op, err))
        return false;
    *bytes = rk_bundle_command_end(&r->command);
    return true;
}

bool rk_restore_next(rk_restore *restore, rk_slice *bytes, rk_err *err)
{
    if (restore->phase == RESTORE_COMPANIONS) {
        if (rk_bundle_restore_companion(restore, bytes, err))
            return true;
        restore->phase = RESTORE_JOBS;
    }
    if (restore->phase == RESTORE_JOBS && err->code == RK_OK) {
        if (next_jobs(restore, bytes, err))
            return true;
        restore->phase = restore->undo ? RESTORE_UNDO_COMPANIONS : RESTORE_ENDED;
    }
    if (restore->phase == RESTORE_UNDO_COMPANIONS && err->code == RK_OK) {
        if (rk_bundle_restore_companion(restore, bytes, err))
            return true;
        restore->phase = RESTORE_ENDED;
    }
    return false;
}
