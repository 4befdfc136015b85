/* finding: what came out, job by job and key by key; everything is read again from the files as it is pulled. */
#include "run.h"

#include <math.h>
#include <stdlib.h>

struct rk_job_cursor {
    rk_diff *diff;
    bool in_new; /* the jobs of OLD have all been told */
    size_t next;
    rk_buf jid, class_name, error, scratch;
    rk_buf names;    /* of fields that differ */
    size_t next_log; /* of the jobs that only a log knows */
    rk_job_evidence evidence;
    const char **fields;
    size_t *lengths;
    size_t field_cap, length_cap;
};

rk_job_cursor *rk_job_cursor_open(rk_diff *diff, rk_err *err)
{
    rk_job_cursor *c = rk_alloc(sizeof *c);
    if (!c)
        rk_no_memory(err);
    else
        c->diff = diff;
    return c;
}

void rk_job_cursor_close(rk_job_cursor *c)
{
    if (!c)
        return;
    rk_buf_free(&c->jid);
    rk_buf_free(&c->class_name);
    rk_buf_free(&c->error);
    rk_buf_free(&c->scratch);
    rk_buf_free(&c->names);
    rk_free(c->fields);
    rk_free(c->lengths);
    rk_free(c);
}

static bool fill_side(side *s, const side_job *job, rk_job_side *out, rk_err *err)
{
    const rk_place *place = s->layouts.places[job->place];
    rk_spot spot = job->flags & JOB_HELD ? s->layouts.held[job->unit].spot : s->units[job->unit].spot;
    *out = (rk_job_side){ .place = place, .offset = rk_spot_offset(spot), .shard = rk_spot_shard(spot) };
    out->has_score = side_place_is_scored(place);
    out->has_position = rk_place_is_list(place->kind);
    if (out->has_score)
        out->score = job->score;
    else
        out->position = job->position;
    return payload_get(&s->reader, job, &out->payload, err);
}

static bool decode(rk_slice raw, bool escaped, rk_buf *room, rk_slice *text, rk_err *err)
{
    *text = raw;
    return !escaped || rk_json_unescape(raw, room, text, err);
}

/* What the payload says; a damaged one tells as much as can be read. */
static bool fill_envelope(rk_job_cursor *c, rk_slice payload, rk_job_finding *f, rk_err *err)
{
    rk_envelope e;
    rk_envelope_scan(payload, &e);
    f->created_at = e.created_at;
    f->enqueued_at = e.enqueued_at;
    return decode(e.jid, e.jid_escaped, &c->jid, &f->jid, err) &&
           decode(e.error_class, e.error_class_escaped, &c->error, &f->error_class, err) &&
           rk_envelope_class(&e, &c->class_name, &f->class_name, err);
}

/* The names are collected first: the buffer may move while it grows. */
static bool fill_fields(rk_job_cursor *c, rk_job_finding *f, rk_err *err)
{
    rk_json_differ differ;
    rk_json_difference diff;
    rk_slice name;
    c->names.len = 0;
    f->field_count = 0;
    if (!f->old_side.place || !f->new_side.place || rk_slice_is(f->old_side.payload, f->new_side.payload))
        return true;
    rk_envelope envelope; /* what does not parse has no fields to compare */
    if (!rk_envelope_scan(f->old_side.payload, &envelope) ||
        !rk_envelope_scan(f->new_side.payload, &envelope))
        return true;
    if (!rk_json_differ_open(&differ, f->old_side.payload, f->new_side.payload, &c->scratch, err))
        return false;
    while (rk_json_differ_next(&differ, &diff, err)) {
        size_t i = f->field_count;
        rk_buf room = { 0 };
        if (!rk_grow((void **)&c->lengths, &c->length_cap, i + 1, sizeof *c->lengths, err))
            return false;
        bool ok = rk_json_unescape(diff.raw_key, &room, &name, err) && rk_buf_add(&c->names, name, err);
        c->lengths[i] = name.len;
        rk_buf_free(&room);
        if (!ok)
            return false;
        f->field_count++;
    }
    if (err->code != RK_OK ||
        !rk_grow((void **)&c->fields, &c->field_cap, f->field_count, sizeof *c->fields, err))
        return false;
    for (size_t i = 0, at = 0; i < f->field_count; at += c->lengths[i++])
        c->fields[i] = (const char *)c->names.ptr + at;
    f->fields = c->fields;
    f->field_lengths = c->lengths;
    return true;
}

/* The process whose work hash shows the job although it is not heard of any more. */
static int by_job(const void *key, const void *item)
{
    uint32_t job = *(const uint32_t *)key, here = ((const silent_holding *)item)->job;
    return (job > here) - (job < here);
}

static const rk_process *silent_holder(const rk_diff *d, const side_job *job)
{
    uint32_t index = (uint32_t)(job - d->old.jobs);
    const silent_holding *h =
        d->holding_count ? bsearch(&index, d->holdings, d->holding_count, sizeof *h, by_job) : NULL;
    const rk_place *place = h ? d->new.layouts.held[h->held].place : NULL;
    for (size_t p = 0; place && p < place->layout->process_count; p++)
        if (rk_slice_is(place->layout->processes[p].identity, place->owner))
            return &place->layout->processes[p];
    return NULL;
}

/* What the verdict rests on, where that is a log. */
static void fill_evidence(rk_job_cursor *c, const side_job *job, rk_job_finding *f)
{
    uint64_t id = job->flags & JOB_HAS_JID ? job->jid : f->payload_hash + (f->payload_hash == 0);
    if ((job->flags & JOB_LOGGED) && run_logs_evidence(c->diff, id, &c->evidence))
        f->log = &c->evidence;
    f->resurrected = c->in_new && job->why == RK_WHY_HAD_ENDED;
}

static bool fill(rk_job_cursor *c, const side_job *job, rk_job_finding *f, rk_err *err)
{
    rk_diff *d = c->diff;
    const side_job *old = c->in_new ? NULL : job;
    const side_job *new = c->in_new ? job : job->partner == NO_PARTNER ? NULL : &d->new.jobs[job->partner];
    *f = (rk_job_finding){ .verdict = job->verdict,
                           .transition = job->transition,
                           .why = job->why,
                           .jid = RK_EMPTY,
                           .class_name = RK_EMPTY,
                           .error_class = RK_EMPTY,
                           .created_at = NAN,
                           .enqueued_at = NAN };
    if (old && !fill_side(&d->old, old, &f->old_side, err))
        return false;
    if (new && !fill_side(&d->new, new, &f->new_side, err))
        return false;
    rk_slice payload = old ? f->old_side.payload : f->new_side.payload;
    f->payload_hash = rk_hash64(payload);
    f->stranded = c->in_new && f->new_side.place->kind == RK_PLACE_PRIVATE && !f->new_side.place->alive;
    f->holder = job->why == RK_WHY_HELD_BY_SILENT ? silent_holder(d, job) : NULL;
    fill_evidence(c, job, f);
    return fill_envelope(c, payload, f, err) && fill_fields(c, f, err);
}

/* A job that only a log knows. False: there are no more. */
static bool fill_log_job(rk_job_cursor *c, rk_job_finding *f)
{
    const log_book *book = &c->diff->book;
    while (c->next_log < book->job_count && book->jobs[c->next_log].verdict == RK_VERDICTS)
        c->next_log++;
    if (c->next_log == book->job_count)
        return false;
    const log_job *job = &book->jobs[c->next_log++];
    *f = (rk_job_finding){ .verdict = job->verdict,
                           .why = job->why,
                           .jid = job->jid,
                           .class_name = job->class_name,
                           .error_class = RK_EMPTY,
                           .payload_hash = job->id,
                           .created_at = NAN,
                           .enqueued_at = NAN };
    if (run_logs_evidence(c->diff, job->id, &c->evidence)) {
        c->evidence.log = &book->told[job->log];
        c->evidence.place = job->place;
        f->log = &c->evidence;
    }
    return true;
}

/* The next job that is told of: of OLD all that were not kept, of NEW those without a partner. */
static const side_job *next_job(rk_job_cursor *c)
{
    for (;;) {
        const side *s = c->in_new ? &c->diff->new : &c->diff->old;
        if (c->next == s->job_count) {
            if (c->in_new)
                return NULL;
            c->in_new = true;
            c->next = 0;
            continue;
        }
        const side_job *job = &s->jobs[c->next++];
        if (!(job->flags & JOB_ECHO) &&
            (c->in_new ? job->partner == NO_PARTNER : job->verdict != RK_JOB_KEPT))
            return job;
    }
}

bool rk_job_cursor_next(rk_job_cursor *c, rk_job_finding *finding, rk_err *err)
{
    const side_job *job = c->diff->options.no_jobs ? NULL : next_job(c);
    if (job)
        return fill(c, job, finding, err);
    return !c->diff->options.no_jobs && fill_log_job(c, finding);
}

struct rk_key_cursor {
    rk_diff *diff;
    size_t next;
};

rk_key_cursor *rk_key_cursor_open(rk_diff *diff, rk_err *err)
{
    rk_key_cursor *c = rk_alloc(sizeof *c);
    if (!c)
        rk_no_memory(err);
    else
        c->diff = diff;
    return c;
}

void rk_key_cursor_close(rk_key_cursor *c)
{
    rk_free(c);
}

/* Counts the elements of a key; its name is borrowed from the look. */
static bool measure(side *s, const rk_catalog_key *k, rk_slice *name, uint64_t *elements, rk_err *err)
{
    rk_key key;
    rk_element e;
    rk_look *look = s->looks[rk_spot_shard(k->spot)];
    *elements = 0;
    if (!rk_look_key(look, rk_spot_offset(k->spot), &key, err))
        return false;
    while (rk_look_element(look, &e, err))
        *elements += e.kind != RK_ELEMENT_ENTRY_FIELD;
    *name = key.name;
    return err->code == RK_OK;
}

bool rk_key_cursor_next(rk_key_cursor *c, rk_key_finding *f, rk_err *err)
{
    rk_diff *d = c->diff;
    if (c->next == d->difference_count)
        return false;
    const key_difference *diff = &d->differences[c->next++];
    const rk_catalog_key *old = diff->old_key == NO_KEY ? NULL : &d->old.catalog.keys[diff->old_key];
    const rk_catalog_key *new = diff->new_key == NO_KEY ? NULL : &d->new.catalog.keys[diff->new_key];
    *f = (rk_key_finding){ .verdict = diff->verdict,
                           .value_differs = diff->value_differs,
                           .ttl_differs = diff->ttl_differs,
                           .type_differs = diff->type_differs,
                           .old_expire_ms = RK_NO_EXPIRY,
                           .new_expire_ms = RK_NO_EXPIRY,
                           .name = RK_EMPTY };
    if (new) {
        f->new_type = new->type;
        f->db = new->db;
        f->new_expire_ms = new->expire_ms;
        f->new_offset = rk_spot_offset(new->spot);
        f->new_shard = rk_spot_shard(new->spot);
        if (!measure(&d->new, new, &f->name, &f->new_elements, err))
            return false;
    }
    if (old) {
        f->old_type = old->type;
        f->db = old->db;
        f->old_expire_ms = old->expire_ms;
        f->old_offset = rk_spot_offset(old->spot);
        f->old_shard = rk_spot_shard(old->spot);
        if (!measure(&d->old, old, &f->name, &f->old_elements, err))
            return false;
    }
    return true;
}
