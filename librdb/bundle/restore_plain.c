/* restore_plain: jobs by bare commands, for servers that run no scripts. Nothing remembers what has been done: a stream that
 * is sent twice puts jobs twice into queues. */
#include <stdio.h>

#include "restore.h"

static bool send(rk_restore *r, const rk_slice *args, size_t count, rk_err *err)
{
    return rk_bundle_command_add(&r->plain, args, count, err);
}

/* The damaged copy, or the one in the private list, is the first of two and the other one its place. */
static bool swap_in_list(rk_restore *r, rk_slice key, rk_slice gone, rk_slice there, rk_err *err)
{
    return send(r, (rk_slice[]){ RK_TEXT("LINSERT"), key, RK_TEXT("BEFORE"), gone, there }, 5, err) &&
           send(r, (rk_slice[]){ RK_TEXT("LREM"), key, RK_TEXT("1"), gone }, 4, err);
}

static bool list_name(rk_restore *r, rk_err *err)
{
    rk_slice key = rk_buf_slice(&r->target.key);
    if (rk_slice_is(rk_buf_slice(&r->listed), key))
        return true;
    r->listed.len = 0;
    return rk_buf_add(&r->listed, key, err) &&
           send(r,
                (rk_slice[]){ RK_TEXT("SADD"), rk_buf_slice(&r->target.queues),
                              rk_buf_slice(&r->target.queue) },
                3, err);
}

static bool put_in_list(rk_restore *r, const rk_bundle_job *job, rk_err *err)
{
    rk_slice key = rk_buf_slice(&r->target.key), from = rk_buf_slice(&r->target.from);
    rk_slice push = r->options->back ? RK_TEXT("LPUSH") : RK_TEXT("RPUSH");
    rk_slice gone = job->act == RK_ACT_REPLACE ? job->replaces : job->payload;
    if (!list_name(r, err))
        return false;
    if (job->act == RK_ACT_REPLACE && rk_slice_is(key, from))
        return swap_in_list(r, key, job->replaces, job->payload, err);
    if (job->act != RK_ACT_RESTORE &&
        !send(r, (rk_slice[]){ RK_TEXT("LREM"), from, RK_TEXT("1"), gone }, 4, err))
        return false;
    return send(r, (rk_slice[]){ push, key, job->payload }, 3, err);
}

static bool take_from_list(rk_restore *r, const rk_bundle_job *job, rk_err *err)
{
    rk_slice key = rk_buf_slice(&r->target.key), from = rk_buf_slice(&r->target.from);
    rk_slice push = r->options->back ? RK_TEXT("RPUSH") : RK_TEXT("LPUSH");
    rk_slice count = r->options->back ? RK_TEXT("1") : RK_TEXT("-1");
    if (job->act == RK_ACT_REPLACE && rk_slice_is(key, from))
        return swap_in_list(r, key, job->payload, job->replaces, err);
    if (!send(r, (rk_slice[]){ RK_TEXT("LREM"), key, count, job->payload }, 4, err))
        return false;
    return job->act == RK_ACT_RESTORE ||
           send(r, (rk_slice[]){ push, from, job->act == RK_ACT_REPLACE ? job->replaces : job->payload }, 3,
                err);
}

static bool put_in_set(rk_restore *r, const rk_bundle_job *job, rk_err *err)
{
    char score[40];
    rk_slice key = rk_buf_slice(&r->target.key), from = rk_buf_slice(&r->target.from);
    rk_slice gone = r->undo ? job->payload : job->replaces, there = r->undo ? job->replaces : job->payload;
    bool replace = job->act == RK_ACT_REPLACE;
    snprintf(score, sizeof score, "%.17g", r->undo ? job->replaces_score : r->target.score);
    if ((r->undo || replace) && !send(r, (rk_slice[]){ RK_TEXT("ZREM"), r->undo ? key : from, gone }, 3, err))
        return false;
    return (r->undo && !replace) ||
           send(r, (rk_slice[]){ RK_TEXT("ZADD"), r->undo ? from : key, rk_slice_of(score), there }, 4, err);
}

bool rk_bundle_restore_plain(rk_restore *r, const rk_bundle_job *job, rk_slice *bytes, rk_err *err)
{
    r->plain.len = 0;
    bool ok = !r->target.is_list ? put_in_set(r, job, err)
              : r->undo          ? take_from_list(r, job, err)
                                 : put_in_list(r, job, err);
    *bytes = rk_buf_slice(&r->plain);
    return ok;
}
