/* job_filter: which jobs are meant. */
#include <math.h>

#include "rdbkit/bundle_make.h"

static bool is_among(const rk_job_words *words, rk_slice text)
{
    for (size_t i = 0; i < words->count; i++)
        if (rk_slice_glob(rk_slice_of(words->items[i]), text))
            return true;
    return false;
}

/* The kind of place, or of a queue, its whole name. */
static bool is_place(const rk_job_words *words, const rk_bundle_job *job, rk_buf *scratch, bool *is,
                     rk_err *err)
{
    *is = words->count == 0 || is_among(words, rk_slice_of(rk_bundle_place_name(job->kind)));
    if (*is || job->kind != RK_PLACE_QUEUE)
        return true;
    scratch->len = 0;
    if (!rk_buf_add(scratch, RK_TEXT("queue:"), err) || !rk_buf_add(scratch, job->queue, err))
        return false;
    *is = is_among(words, rk_buf_slice(scratch));
    return true;
}

static bool is_jid(const rk_job_words *words, rk_slice jid)
{
    for (size_t i = 0; i < words->count; i++)
        if (rk_slice_is(rk_slice_of(words->items[i]), jid))
            return true;
    return words->count == 0;
}

static bool is_timely(const rk_job_filter *filter, const rk_envelope *envelope)
{
    double time = isnan(envelope->enqueued_at) ? envelope->created_at : envelope->enqueued_at;
    return (!filter->has_since || time >= filter->since_s) && (!filter->has_until || time <= filter->until_s);
}

static bool is_due(const rk_job_filter *filter, const rk_bundle_job *job)
{
    if (!filter->has_due_after && !filter->has_due_before)
        return true;
    return job->has_score && (!filter->has_due_after || job->score >= filter->due_after_s) &&
           (!filter->has_due_before || job->score <= filter->due_before_s);
}

static bool is_queue(const rk_job_filter *filter, const rk_bundle_job *job, const rk_envelope *envelope,
                     rk_buf *scratch, bool *is, rk_err *err)
{
    rk_slice queue = job->queue.len > 0 ? job->queue : envelope->queue;
    if (job->queue.len == 0 && envelope->queue_escaped && !rk_json_unescape(queue, scratch, &queue, err))
        return false;
    *is = is_among(&filter->queues, queue.len > 0 ? queue : RK_TEXT("default"));
    return true;
}

bool rk_job_filter_wants(const rk_job_filter *filter, const rk_bundle_job *job, rk_buf *scratch, bool *wants,
                         rk_err *err)
{
    rk_envelope envelope;
    bool timed = filter->has_since || filter->has_until;
    if (!is_place(&filter->places, job, scratch, wants, err))
        return false;
    *wants = *wants && is_jid(&filter->jids, job->jid) && is_due(filter, job) &&
             (filter->classes.count == 0 || is_among(&filter->classes, job->class_name));
    if (!*wants)
        return true;
    if (timed || filter->queues.count > 0) {
        rk_envelope_scan(job->payload, &envelope);
        if (filter->queues.count > 0 && !is_queue(filter, job, &envelope, scratch, wants, err))
            return false;
        *wants = *wants && (!timed || is_timely(filter, &envelope));
    }
    return !*wants || !filter->where || rk_where_holds(filter->where, job->payload, wants, err);
}
