/* scan: which identities of jobs that are still alone stand also among the jobs that were matched undecoded? Only
 * now are those decoded, by two threads, and only if anything is asked. */
#include "run.h"

#include <pthread.h>
#include <stdatomic.h>

/* The identities that are asked for, in open addressing; 0 is free and stands for itself in `zero`. */
typedef struct {
    uint64_t *slots;
    uint64_t *bytes;        /* part of the digest of the payload of one that asks */
    _Atomic uint8_t *found; /* FOUND_JID, FOUND_BYTES */
    size_t count;
} asked;

enum { FOUND_JID = 1, FOUND_BYTES = 2 };

static size_t slot_of(const asked *a, uint64_t id)
{
    size_t mask = a->count - 1, at = (id ^ id >> 32) & mask;
    while (a->slots[at] && a->slots[at] != id)
        at = (at + 1) & mask;
    return at;
}

static uint64_t identity_of(const side_job *job)
{
    return job->jid ? job->jid : 1;
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
        size_t slot = slot_of(a, identity_of(job));
        a->slots[slot] = identity_of(job);
        a->bytes[slot] = job->payload.lo;
    }
}

static void answer(const asked *a, side *s)
{
    for (size_t i = 0; i < s->job_count; i++) {
        side_job *job = &s->jobs[i];
        size_t slot = slot_of(a, identity_of(job));
        uint8_t found = a->slots[slot] ? atomic_load(&a->found[slot]) : 0;
        job->flags |= found ? JOB_KNOWN : 0;
        job->flags |= found == FOUND_BYTES && job->payload.lo == a->bytes[slot] ? JOB_KNOWN_BYTES : 0;
    }
}

enum { CHUNKS = 64 }; /* the units are shared out in so many pieces, to whoever is free */

/* What one thread looks at. */
typedef struct {
    const side *side;
    const asked *asked;
    _Atomic size_t *next_chunk;
    rk_err err;
    bool ok;
} scan_part;

static bool scan_unit(scan_part *part, payload_reader *reader, uint32_t unit, bool scored)
{
    rk_slice payload;
    rk_envelope envelope;
    double score;
    uint64_t id;
    if (!payload_open_unit(reader, unit, scored, &part->err))
        return false;
    while (payload_next(reader, &payload, &score, &part->err)) {
        rk_envelope_scan(payload, &envelope);
        if (!payload_jid(&envelope, &reader->text, &id, &part->err))
            return false;
        id = id ? id : rk_digest_of(payload).lo; /* hashed in full only where nothing else tells */
        size_t slot = slot_of(part->asked, id ? id : 1);
        if (!part->asked->slots[slot])
            continue;
        bool same = rk_digest_of(payload).lo == part->asked->bytes[slot];
        if (same || !atomic_load_explicit(&part->asked->found[slot], memory_order_relaxed))
            atomic_store_explicit(&part->asked->found[slot], same ? FOUND_BYTES : FOUND_JID, memory_order_relaxed);
    }
    return part->err.code == RK_OK;
}

/* The matched units among [from, to). */
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
            if (s->units[u].partner != UNIT_ALONE &&
                !scan_unit(part, reader, (uint32_t)u, side_place_is_scored(place)))
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

static bool scan_in_two(rk_diff *d, const asked *a)
{
    _Atomic size_t next_chunk = 0;
    scan_part parts[2] = { { .side = &d->new, .asked = a, .next_chunk = &next_chunk },
                           { .side = &d->new, .asked = a, .next_chunk = &next_chunk } };
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

static size_t count_asked(const side *s, bool held_only)
{
    size_t count = 0;
    for (size_t i = 0; i < s->job_count; i++)
        count += held_only ? (s->jobs[i].flags & JOB_HELD) != 0 : is_asked_for(&s->jobs[i]);
    return count;
}

bool run_scan(rk_diff *d)
{
    asked a = { .count = 64 };
    size_t count = count_asked(&d->new, false) + count_asked(&d->old, true);
    if (count == 0)
        return true;
    while (a.count < count * 4)
        a.count *= 2;
    a.slots = rk_alloc(a.count * sizeof *a.slots);
    a.bytes = rk_alloc(a.count * sizeof *a.bytes);
    a.found = rk_alloc(a.count * sizeof *a.found);
    bool ok = a.slots && a.bytes && a.found ? true : rk_no_memory(d->err);
    if (ok) {
        ask(&a, &d->new, false);
        ask(&a, &d->old, true);
        ok = scan_in_two(d, &a);
    }
    if (ok) {
        answer(&a, &d->new);
        answer(&a, &d->old);
    }
    rk_free(a.slots);
    rk_free(a.bytes);
    rk_free((void *)a.found);
    return ok;
}
