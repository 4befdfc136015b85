/* scan: which identities of jobs that are still alone stand also among those that were matched and are not held one by
 * one? Only now are those decoded, by two threads, and only if anything is asked: all of NEW is counted through, and
 * what is held one by one is taken off. */
#include "run.h"

#include <pthread.h>
#include <stdatomic.h>

/* An identity that is asked for; id 0: a free slot. */
typedef struct {
    uint64_t id;
    uint64_t bytes;         /* part of the digest of the payload of one that asks */
    _Atomic uint32_t found; /* how often the identity stands in NEW's lists and sets */
    _Atomic uint32_t same;  /* how often with those bytes */
} question;

/* Open addressing. */
typedef struct {
    question *slots;
    size_t count;
    rk_spread spread;
} asked;

static question *slot_of(const asked *a, uint64_t id)
{
    size_t mask = a->count - 1, at = rk_spread_slot(a->spread, (rk_digest){ id, id >> 32 }, a->count);
    while (a->slots[at].id && a->slots[at].id != id)
        at = (at + 1) & mask;
    return &a->slots[at];
}

static bool is_asked_for(const side_job *job)
{
    return job->partner == NO_PARTNER || (job->flags & JOB_HELD);
}

static void ask(asked *a, const side *s, bool held_only)
{
    for (size_t i = 0; i < s->job_count; i++) {
        const side_job *job = &s->jobs[i];
        if (!(held_only ? (job->flags & JOB_HELD) != 0 : is_asked_for(job)))
            continue;
        question *q = slot_of(a, identity_of(job));
        q->id = identity_of(job);
        q->bytes = job->payload.lo;
    }
}

/* What is held one by one was counted, too. */
static void take_off(const asked *a, const side *news)
{
    for (size_t i = 0; i < news->job_count; i++) {
        const side_job *job = &news->jobs[i];
        question *q = slot_of(a, identity_of(job));
        if (!q->id || (job->flags & JOB_HELD))
            continue;
        atomic_fetch_sub(&q->found, 1);
        if (job->payload.lo == q->bytes)
            atomic_fetch_sub(&q->same, 1);
    }
}

static void answer(const asked *a, side *s)
{
    for (size_t i = 0; i < s->job_count; i++) {
        side_job *job = &s->jobs[i];
        const question *q = slot_of(a, identity_of(job));
        if (!q->id || atomic_load(&q->found) == 0)
            continue;
        job->flags |= JOB_KNOWN;
        if (atomic_load(&q->same) > 0 && job->payload.lo == q->bytes)
            job->flags |= JOB_KNOWN_BYTES;
    }
}

/* ---- all of NEW ---------------------------------------------------------------------------------------------------- */

enum { CHUNKS = 64 }; /* the units are shared out in so many pieces, to whoever is free */

/* What one thread looks at. */
typedef struct {
    const side *side;
    scan_visit visit;
    void *self;
    _Atomic size_t *next_chunk;
    rk_err err;
    bool ok;
} scan_part;

static bool scan_unit(scan_part *part, payload_reader *reader, uint32_t unit, bool scored)
{
    rk_slice payload;
    double score;
    if (!payload_open_unit(reader, unit, scored, &part->err))
        return false;
    while (payload_next(reader, &payload, &score, &part->err))
        if (!part->visit(part->self, unit, payload, &reader->text, &part->err))
            return false;
    return part->err.code == RK_OK;
}

/* The units among [from, to). */
static bool scan_units(scan_part *part, payload_reader *reader, uint64_t from, uint64_t to)
{
    const side *s = part->side;
    for (size_t i = 0; i < s->candidate_count; i++) {
        const rk_candidate *c = &s->candidates[i];
        const rk_place *place = c->place;
        if (!place || place->kind == RK_PLACE_WORK)
            continue;
        uint64_t end = c->first_unit + c->unit_count < to ? c->first_unit + c->unit_count : to;
        for (uint64_t u = c->first_unit > from ? c->first_unit : from; u < end; u++)
            if (!scan_unit(part, reader, (uint32_t)u, side_place_is_scored(place)))
                return false;
    }
    return true;
}

static bool scan_chunks(scan_part *part)
{
    payload_reader reader;
    uint64_t count = part->side->unit_count;
    bool ok = payload_open(&reader, part->side, &part->err);
    while (ok) {
        size_t chunk = atomic_fetch_add(part->next_chunk, 1);
        if (chunk >= CHUNKS)
            break;
        ok = scan_units(part, &reader, count * chunk / CHUNKS, count * (chunk + 1) / CHUNKS);
    }
    payload_close(&reader);
    return ok;
}

static void *scan_thread(void *argument)
{
    scan_part *part = argument;
    part->ok = scan_chunks(part);
    return NULL;
}

bool run_scan_new(rk_diff *d, scan_visit visit, void *self)
{
    _Atomic size_t next_chunk = 0;
    scan_part parts[2] = { { .side = &d->new, .visit = visit, .self = self, .next_chunk = &next_chunk },
                           { .side = &d->new, .visit = visit, .self = self, .next_chunk = &next_chunk } };
    pthread_t thread;
    bool second = pthread_create(&thread, NULL, scan_thread, &parts[1]) == 0;
    scan_thread(&parts[0]);
    if (second)
        pthread_join(thread, NULL);
    else
        scan_thread(&parts[1]);
    for (size_t i = 0; i < 2; i++)
        if (!parts[i].ok && d->err->code == RK_OK)
            *d->err = parts[i].err;
    return parts[0].ok && parts[1].ok;
}

/* ---- what was asked for ---------------------------------------------------------------------------------------------- */

static bool count_payload(void *self, uint32_t unit, rk_slice payload, rk_buf *scratch, rk_err *err)
{
    const asked *a = self;
    rk_envelope envelope;
    uint64_t id;
    (void)unit;
    rk_envelope_scan(payload, &envelope);
    if (!payload_jid(&envelope, scratch, &id, err))
        return false;
    id = id ? id : rk_digest_of(payload).lo; /* hashed in full only where nothing else tells */
    question *q = slot_of(a, id ? id : 1);
    if (!q->id)
        return true;
    atomic_fetch_add_explicit(&q->found, 1, memory_order_relaxed);
    if (rk_digest_of(payload).lo == q->bytes)
        atomic_fetch_add_explicit(&q->same, 1, memory_order_relaxed);
    return true;
}

static size_t count_asked(const side *s, bool held_only)
{
    size_t count = 0;
    for (size_t i = 0; i < s->job_count; i++)
        count += held_only ? (s->jobs[i].flags & JOB_HELD) != 0 : is_asked_for(&s->jobs[i]);
    return count;
}

bool run_scan(rk_diff *d)
{
    asked a = { .count = 64, .spread = rk_spread_new() };
    size_t count = count_asked(&d->new, false) + count_asked(&d->old, true);
    if (count == 0)
        return true;
    while (a.count < count * 4)
        a.count *= 2;
    a.slots = rk_alloc(a.count * sizeof *a.slots);
    bool ok = a.slots ? true : rk_no_memory(d->err);
    if (ok) {
        ask(&a, &d->new, false);
        ask(&a, &d->old, true);
        ok = run_scan_new(d, count_payload, &a);
    }
    if (ok) {
        take_off(&a, &d->new);
        answer(&a, &d->new);
        answer(&a, &d->old);
    }
    rk_free(a.slots);
    return ok;
}
