/* count: how often jobs are anywhere in NEW: in its lists and sets, in its private lists, in the hands that its living
 * processes show. */
#include "run.h"

#include <stdatomic.h>

typedef struct {
    join ids; /* by id: the index of the first that asks for it */
    _Atomic uint32_t *counts;
} tallies;

static void note(const tallies *t, uint64_t id)
{
    uint32_t at = join_peek(&t->ids, (rk_digest){ id, 0 });
    if (at != JOIN_NONE)
        atomic_fetch_add(&t->counts[at], 1);
}

static bool visit(void *self, uint32_t unit, rk_slice payload, rk_buf *scratch, rk_err *err)
{
    rk_envelope envelope;
    uint64_t id;
    (void)unit;
    rk_envelope_scan(payload, &envelope);
    if (!payload_jid(&envelope, scratch, &id, err))
        return false;
    if (id)
        note(self, id);
    return true;
}

/* What a work hash shows, and no list has besides. */
static void note_held(const rk_diff *d, const tallies *t)
{
    for (size_t i = 0; i < d->new.job_count; i++) {
        const side_job *job = &d->new.jobs[i];
        if ((job->flags & JOB_HELD) && (job->flags & JOB_HAS_JID) && !(job->flags & JOB_ECHO))
            note(t, job->jid);
    }
}

bool rk_diff_count_in_new(rk_diff *diff, const uint64_t *jids, size_t count, uint32_t *counts, rk_err *err)
{
    tallies t = { .counts = rk_alloc((count + 1) * sizeof *t.counts) };
    diff->err = err;
    bool ok = t.counts ? join_start(&t.ids, count, err) : rk_no_memory(err);
    for (size_t i = 0; ok && i < count; i++)
        if (jids[i] && join_peek(&t.ids, (rk_digest){ jids[i], 0 }) == JOIN_NONE)
            join_add(&t.ids, (rk_digest){ jids[i], 0 }, (uint32_t)i);
    if (ok && t.ids.count > 0) {
        note_held(diff, &t);
        ok = run_scan_new(diff, visit, &t);
    }
    for (size_t i = 0; ok && i < count; i++) {
        uint32_t at = jids[i] ? join_peek(&t.ids, (rk_digest){ jids[i], 0 }) : JOIN_NONE;
        counts[i] = at == JOIN_NONE ? 0 : atomic_load(&t.counts[at]);
    }
    rk_free(t.counts);
    join_free(&t.ids);
    return ok;
}

uint64_t rk_diff_jid_hash(rk_slice jid)
{
    uint64_t hash = rk_hash64(jid);
    return jid.len == 0 ? 0 : hash + (hash == 0);
}
