/* log_pending: jobs of NEW that a log shows to have ended. Where they lie in units that are the same on both sides, they
 * must be looked at one by one. */
#include "run.h"

typedef struct {
    const log_book *book;
    uint8_t *hits; /* by unit */
} search;

/* The id as logs have it. */
static bool id_of(rk_slice payload, rk_buf *scratch, uint64_t *id, rk_err *err)
{
    rk_envelope envelope;
    rk_envelope_scan(payload, &envelope);
    if (!payload_jid(&envelope, scratch, id, err))
        return false;
    if (*id == 0) {
        *id = rk_hash64(payload);
        *id += *id == 0;
    }
    return true;
}

static bool visit(void *self, uint32_t unit, rk_slice payload, rk_buf *scratch, rk_err *err)
{
    const search *s = self;
    uint64_t id;
    if (s->hits[unit])
        return true;
    if (!id_of(payload, scratch, &id, err))
        return false;
    s->hits[unit] = log_has_ended(s->book, id);
    return true;
}

static bool shows_ends(const log_book *book)
{
    for (size_t i = 0; i < book->fact_count; i++)
        if (book->facts[i].fate == RK_FATE_ENDED)
            return true;
    return false;
}

bool run_logs_part(rk_diff *d)
{
    search s = { .book = &d->book };
    if (!shows_ends(&d->book))
        return true;
    s.hits = rk_alloc(d->new.unit_count + 1);
    if (!s.hits)
        return rk_no_memory(d->err);
    bool ok = run_scan_new(d, visit, &s);
    for (size_t u = 0; ok && u < d->new.unit_count; u++) {
        side_unit *unit = &d->new.units[u];
        if (!s.hits[u] || unit->partner == UNIT_ALONE)
            continue;
        d->old.units[unit->partner].partner = UNIT_ALONE;
        unit->partner = UNIT_ALONE;
    }
    rk_free(s.hits);
    return ok;
}

void run_logs_mark(rk_diff *d, const rk_place *place)
{
    size_t count;
    side_job *jobs = jobs_of(&d->new, place, &count);
    for (size_t i = 0; d->book.fact_count && i < count; i++) {
        if (!(jobs[i].flags & JOB_HAS_JID) || !log_has_ended(&d->book, jobs[i].jid))
            continue;
        jobs[i].flags |= JOB_ENDED;
        if (jobs[i].partner != NO_PARTNER)
            d->old.jobs[jobs[i].partner].flags |= JOB_ENDED;
    }
}
