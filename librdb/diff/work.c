/* work: jobs that have no jid, as Sidekiq wrote them until 2.2.0: the same class, args and queue are probably the same
 * job (spec: Sidekiq, "When are two payloads the same job?"). */
#include "run.h"

bool run_work_digest(rk_diff *d, side *s, const side_job *job, bool with_queue, rk_digest *digest)
{
    rk_slice payload;
    rk_envelope envelope;
    if (!payload_get(&s->reader, job, &payload, d->err) || !rk_envelope_scan(payload, &envelope) ||
        envelope.args.len == 0 || !rk_json_digest(envelope.args, &d->scratch[0], digest, d->err))
        return false;
    *digest = rk_digest_sum(*digest, rk_digest_of(envelope.class_name));
    if (with_queue) /* one that names none is pushed to `default` */
        *digest = rk_digest_sum(
            *digest, rk_digest_seeded(envelope.queue.len ? envelope.queue : RK_TEXT("default"), 1));
    return true;
}

static bool has_no_jid(const side_job *job)
{
    return is_alone(job) && (job->flags & JOB_PARSED) && !(job->flags & JOB_HAS_JID);
}

/* The scheduler gives a jid to what has none as it pushes it. */
static bool may_get_jid(const rk_place *from, const rk_place *to)
{
    return (from->kind == RK_PLACE_SCHEDULE || from->kind == RK_PLACE_RETRY) && from->kind != to->kind;
}

static rk_digest in_account(rk_digest key, uint32_t account)
{
    key.hi ^= (uint64_t)(account + 1) << 32;
    return key;
}

static bool add_old(rk_diff *d, size_t *count)
{
    rk_digest key;
    *count = 0;
    for (size_t i = 0; i < d->old.job_count; i++)
        *count += has_no_jid(&d->old.jobs[i]);
    if (*count == 0)
        return true;
    if (!join_start(&d->table, *count, d->err))
        return false;
    for (size_t i = d->old.job_count; i-- > 0 && d->err->code == RK_OK;)
        if (has_no_jid(&d->old.jobs[i]) && run_work_digest(d, &d->old, &d->old.jobs[i], true, &key))
            join_add(&d->table, in_account(key, d->old_accounts[d->old.jobs[i].place]), (uint32_t)i);
    return d->err->code == RK_OK;
}

bool run_match_work(rk_diff *d)
{
    rk_digest key;
    size_t count;
    if (!add_old(d, &count))
        return false;
    for (size_t i = 0; count > 0 && i < d->new.job_count && d->err->code == RK_OK; i++) {
        const side_job *job = &d->new.jobs[i];
        const rk_place *to = d->new.layouts.places[job->place];
        if (!is_alone(job) || !(job->flags & JOB_PARSED) || !run_work_digest(d, &d->new, job, true, &key))
            continue;
        key = in_account(key, d->new_accounts[job->place]);
        uint32_t partner = join_peek(&d->table, key);
        if (partner == JOIN_NONE)
            continue;
        const rk_place *from = d->old.layouts.places[d->old.jobs[partner].place];
        if ((job->flags & JOB_HAS_JID) && !may_get_jid(from, to))
            continue;
        bool stays = d->old_rows[from->id] == d->new_rows[to->id];
        set_partners(d, join_take(&d->table, key), (uint32_t)i, stays ? RK_JOB_CHANGED : RK_JOB_MOVED);
    }
    return d->err->code == RK_OK;
}
