/* create: a bundle straight from a snapshot, a log or a spool: what is meant, and is not there already. */
#include <math.h>
#include <stdio.h>

#include "ids.h"
#include "notes.h"
#include "rdbkit/bundle_make.h"

typedef struct {
    const rk_create_options *o;
    rk_create_counts *counts;
    rk_bundle_writer *writer;
    rk_jobs *from, *minus;
    rk_job_spool *spool;
    rk_companions *companions;
    rk_bundle_ids there, met; /* in `minus`; put into the bundle, where a spool may hold them again */
    uint64_t may_have_run, expired;
    size_t source; /* index of the first source of `from`, or of the spool */
    rk_buf key, queue, scratch, room;
} run;

/* ---- one job --------------------------------------------------------------------------------------------------------- */

static void hold(rk_bundle_job *job, const char *why)
{
    job->act = RK_ACT_HOLD;
    job->reason = rk_slice_of(why);
}

/* A job that is meant: what must not go back is held, what it needs is noted. */
static bool put(run *r, rk_bundle_job *job, bool in_hand_of_living, rk_err *err)
{
    bool blocked = false;
    if (in_hand_of_living && !r->o->running)
        hold(job, RK_HOLD_IN_HAND);
    if (rk_poison_of(job->kind, job->payload) != RK_POISON_NONE)
        hold(job, RK_HOLD_POISON);
    if (isnan(job->score)) {
        job->score = 0;
        hold(job, RK_HOLD_SCORE);
    }
    if (r->companions && !rk_companions_want(r->companions, job, &blocked, err))
        return false;
    if (blocked)
        hold(job, RK_HOLD_LOCKED);
    r->counts->jobs++;
    r->counts->held += job->act == RK_ACT_HOLD;
    r->may_have_run += job->may_have_run && job->act != RK_ACT_HOLD;
    r->expired += rk_bundle_is_expired(job->payload, r->o->bundle.created_s);
    return (!r->o->redactor || rk_redact_job(r->o->redactor, job, &r->room, err)) &&
           rk_bundle_add(r->writer, job, err);
}

/* ---- jobs of a data set ------------------------------------------------------------------------------------------------ */

static bool goes_to_queue(rk_place_kind kind)
{
    return kind == RK_PLACE_QUEUE || kind == RK_PLACE_WORK || kind == RK_PLACE_PRIVATE;
}

/* The queue of a place, or what the payload says of it. */
static bool queue_of(run *r, const rk_job_seen *seen, rk_slice *queue, rk_err *err)
{
    const rk_envelope *e = &seen->envelope;
    *queue = seen->place->queue.len > 0 ? seen->place->queue
             : e->queue.len > 0         ? e->queue
                                        : RK_TEXT("default");
    return seen->place->queue.len > 0 || !e->queue_escaped ||
           rk_json_unescape(e->queue, &r->queue, queue, err);
}

static bool make_job(run *r, const rk_job_seen *seen, rk_bundle_job *job, rk_err *err)
{
    const rk_layout *layout = seen->place->layout;
    *job = (rk_bundle_job){ .act = RK_ACT_RESTORE,
                            .db = layout->db,
                            .prefix = layout->prefix,
                            .key = seen->key,
                            .kind = seen->place->kind,
                            .queue = RK_EMPTY,
                            .verdict = RK_TEXT("chosen"),
                            .reason = RK_EMPTY,
                            .jid = seen->jid,
                            .class_name = seen->class_name,
                            .source = r->source + seen->source,
                            .has_offset = true,
                            .offset = seen->offset,
                            .may_have_run = seen->place->kind >= RK_PLACE_WORK,
                            .payload = seen->payload,
                            .replaces = RK_EMPTY,
                            .from_key = RK_EMPTY };
    if (!goes_to_queue(job->kind)) {
        job->has_score = true;
        job->score = seen->score;
        return true;
    }
    job->has_position = job->kind != RK_PLACE_WORK;
    job->position = seen->position;
    if (!queue_of(r, seen, &job->queue, err))
        return false;
    if (job->kind == RK_PLACE_QUEUE)
        return true;
    r->key.len = 0;
    if (!rk_buf_add(&r->key, layout->prefix, err) || !rk_buf_add(&r->key, RK_TEXT("queue:"), err) ||
        !rk_buf_add(&r->key, job->queue, err))
        return false;
    job->key = rk_buf_slice(&r->key);
    return true;
}

static bool choose(run *r, const rk_job_seen *seen, rk_err *err)
{
    rk_bundle_job job;
    bool wants, fresh;
    r->counts->read++;
    r->counts->echoes += seen->echo;
    if (seen->echo)
        return true;
    if (rk_class_is_volatile(seen->class_name)) {
        r->counts->noise++;
        return true;
    }
    if (rk_bundle_ids_has(&r->there, seen->id)) {
        r->counts->there++;
        return true;
    }
    if (!make_job(r, seen, &job, err) || !rk_job_filter_wants(&r->o->filter, &job, &r->scratch, &wants, err))
        return false;
    if (!wants) {
        r->counts->unmeant++;
        return true;
    }
    return (!r->o->spool || rk_bundle_ids_add(&r->met, seen->id, &fresh, err)) &&
           put(r, &job, seen->place->alive && job.may_have_run, err);
}

static bool add_sources(run *r, const rk_jobs *jobs, const rk_paths *paths, const char *role, size_t *first,
                        rk_err *err)
{
    rk_bundle_source source;
    size_t index;
    for (size_t i = 0; i < paths->count; i++) {
        if (!rk_bundle_source_of_snapshot(paths->items[i], role, rk_jobs_snapshot(jobs, i), &source, err) ||
            !rk_bundle_add_source(r->writer, &source, &index, err))
            return false;
        if (i == 0)
            *first = index;
    }
    return true;
}

static bool take_from(run *r, rk_err *err)
{
    rk_job_seen seen;
    if (!add_sources(r, r->from, r->o->from->paths, "source", &r->source, err))
        return false;
    while (rk_jobs_next(r->from, &seen, err))
        if (!choose(r, &seen, err))
            return false;
    return err->code == RK_OK;
}

static bool learn_minus(run *r, rk_err *err)
{
    rk_job_seen seen;
    size_t unused;
    bool fresh;
    if (!add_sources(r, r->minus, r->o->minus->paths, "minus", &unused, err))
        return false;
    while (rk_jobs_next(r->minus, &seen, err))
        if (!rk_bundle_ids_add(&r->there, seen.id, &fresh, err))
            return false;
    return err->code == RK_OK;
}

/* ---- jobs of a spool ------------------------------------------------------------------------------------------------- */

static bool choose_spooled(run *r, rk_bundle_job *job, rk_err *err)
{
    uint64_t id = job->jid.len > 0 ? rk_hash64(job->jid) : rk_digest_of(job->payload).lo;
    bool wants, fresh;
    r->counts->read++;
    if (rk_bundle_ids_has(&r->there, id)) {
        r->counts->there++;
        return true;
    }
    if (!rk_job_filter_wants(&r->o->filter, job, &r->scratch, &wants, err) ||
        (wants && !rk_bundle_ids_add(&r->met, id, &fresh, err)))
        return false;
    if (!wants || !fresh) {
        ++*(wants ? &r->counts->doubles : &r->counts->unmeant);
        return true;
    }
    r->key.len = 0;
    if (!rk_buf_add(&r->key, r->o->spool_prefix, err) || !rk_buf_add(&r->key, job->key, err))
        return false;
    job->prefix = r->o->spool_prefix;
    job->key = rk_buf_slice(&r->key);
    job->source = r->source;
    return put(r, job, false, err);
}

/* The digest is known once all of it has been read; jobs name the source before. */
static bool take_spool(run *r, rk_err *err)
{
    rk_bundle_source source;
    rk_bundle_job job;
    while (rk_job_spool_next(r->spool, &job, err)) /* a line that is wrong is told before anything is done */
        ;
    if (err->code != RK_OK || !rk_bundle_source_of_spool(r->o->spool, r->spool, &source, err) ||
        !rk_bundle_add_source(r->writer, &source, &r->source, err) || !rk_job_spool_rewind(r->spool, err))
        return false;
    while (rk_job_spool_next(r->spool, &job, err))
        if (!choose_spooled(r, &job, err))
            return false;
    return err->code == RK_OK;
}

/* ---- what everybody should know ---------------------------------------------------------------------------------------- */

static bool warn_left_out(run *r, rk_err *err)
{
    char sentence[200];
    rk_jobs_left_out out;
    for (size_t i = 0; r->from && rk_jobs_left_out_next(r->from, i, &out); i++) {
        snprintf(sentence, sizeof sentence, "left out, as they must not be restored: %s (%" PRIu64 ")",
                 out.words, out.count);
        if (!rk_bundle_warn(r->writer, sentence, err))
            return false;
    }
    return true;
}

static bool warn_of_partial(run *r, const rk_jobs *jobs, const rk_paths *paths, rk_err *err)
{
    for (size_t i = 0; jobs && i < paths->count; i++) {
        const rk_snapshot_info *info = rk_snapshot_info_of(rk_jobs_snapshot(jobs, i));
        if (info->partial && !rk_bundle_warn_partial(r->writer, &info->reason, err))
            return false;
    }
    return true;
}

static bool warn(run *r, rk_err *err)
{
    const rk_create_options *o = r->o;
    return (!r->from || warn_of_partial(r, r->from, o->from->paths, err)) &&
           (!r->minus || warn_of_partial(r, r->minus, o->minus->paths, err)) &&
           rk_bundle_warn_count(r->writer, r->may_have_run,
                                "job was in somebody's hand: it may have run in part",
                                "jobs were in somebody's hands: they may have run in part", err) &&
           rk_bundle_warn_count(r->writer, r->expired,
                                "job has expired: Sidekiq Pro drops it when it is fetched",
                                "jobs have expired: Sidekiq Pro drops them when they are fetched", err) &&
           rk_bundle_warn_count(r->writer, r->counts->noise,
                                "job of sidekiq_alive was left out, which renews itself",
                                "jobs of sidekiq_alive were left out, which renew themselves", err) &&
           warn_left_out(r, err);
}

/* ---- all of it ----------------------------------------------------------------------------------------------------------- */

static bool open_all(run *r, rk_err *err)
{
    const rk_create_options *o = r->o;
    rk_bundle_options bundle = o->bundle;
    bundle.redacted = o->redactor != NULL;
    r->writer = rk_bundle_create(o->path, &bundle, err);
    if (!r->writer || (o->minus && !(r->minus = rk_jobs_open(o->minus, err))) ||
        (o->from && !(r->from = rk_jobs_open(o->from, err))) ||
        (o->spool && !(r->spool = rk_job_spool_open(o->spool, NULL, err))))
        return false;
    if (!r->from)
        return true;
    rk_data_set from = rk_jobs_data_set(r->from), now;
    if (r->minus)
        now = rk_jobs_data_set(r->minus);
    r->companions = rk_companions_open(&from, r->minus ? &now : NULL, err);
    return r->companions != NULL;
}

static void close_all(run *r)
{
    rk_companions_close(r->companions);
    rk_job_spool_close(r->spool);
    rk_jobs_close(r->from);
    rk_jobs_close(r->minus);
    rk_bundle_writer_close(r->writer);
    rk_bundle_ids_free(&r->there);
    rk_bundle_ids_free(&r->met);
    rk_buf_free(&r->key);
    rk_buf_free(&r->queue);
    rk_buf_free(&r->scratch);
    rk_buf_free(&r->room);
}

bool rk_bundle_create_from(const rk_create_options *options, rk_create_counts *counts, rk_err *err)
{
    run r = { .o = options, .counts = counts };
    *counts = (rk_create_counts){ 0 };
    bool ok = open_all(&r, err) && (!r.minus || learn_minus(&r, err)) && (!r.from || take_from(&r, err)) &&
              (!r.spool || take_spool(&r, err)) && warn(&r, err) &&
              (!r.companions || rk_companions_write(r.companions, options->redactor, r.writer, err)) &&
              rk_bundle_commit(r.writer, err);
    close_all(&r);
    return ok;
}
