/* from_diff_job: from a finding to a job of a bundle: which ones are meant, where each goes, with which bytes (spec: Sidekiq,
 * "Where to put what"). */
#include "from_diff.h"

#include <math.h>

/* ---- which are meant ------------------------------------------------------------------------------------------------- */

enum { LOST = 1, DAMAGED = 2, IRREGULAR = 4, STRANDED = 8, UNACCOUNTED = 16, REMOVED = 32, TRIMMED = 64 };

bool rk_from_diff_words(const char *verdicts, unsigned *meant, rk_err *err)
{
    static const char *const words[] = { "lost",        "damaged", "irregular", "stranded",
                                         "unaccounted", "removed", "trimmed" };
    rk_slice rest = rk_slice_of(verdicts ? verdicts : RK_BUNDLE_VERDICTS_STANDARD);
    *meant = 0;
    while (rest.len > 0) {
        size_t comma = rk_slice_find(rest, RK_TEXT(","), 0), len = comma == SIZE_MAX ? rest.len : comma,
               i = 0;
        rk_slice word = rk_slice_head(rest, len);
        while (i < sizeof words / sizeof words[0] && !rk_slice_is(word, rk_slice_of(words[i])))
            i++;
        if (i == sizeof words / sizeof words[0])
            return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.*s' is no verdict of which a bundle is made",
                           (int)(len < 40 ? len : 40), (const char *)word.ptr);
        *meant |= 1u << i;
        rest = rk_slice_from(rest, len + (len < rest.len));
    }
    return true;
}

/* Changed as Sidekiq changes nothing, where it stands. */
static bool is_irregular(const rk_job_finding *f)
{
    return f->transition == RK_IRREGULAR && f->old_side.place && f->new_side.place &&
           f->old_side.place->kind == f->new_side.place->kind;
}

/* What a log shows to have ended runs no second time, whatever else is said of it; and what pushes itself anew for ever
 * needs nobody for it. */
bool rk_from_diff_means(const from_diff *b, const rk_job_finding *f)
{
    if ((f->log && f->log->fate == RK_FATE_ENDED) || f->resurrected || rk_class_is_volatile(f->class_name))
        return false;
    switch (f->verdict) {
    case RK_JOB_LOST:
        return b->meant & LOST;
    case RK_JOB_UNACCOUNTED:
        return b->meant & UNACCOUNTED;
    case RK_JOB_REMOVED:
        return b->meant & REMOVED;
    case RK_JOB_TRIMMED:
        return b->meant & TRIMMED;
    case RK_JOB_DAMAGED:
        return b->meant & DAMAGED;
    case RK_JOB_CHANGED:
        return (b->meant & IRREGULAR) && is_irregular(f);
    case RK_JOB_STRANDED:
        return b->meant & STRANDED;
    default:
        return (b->meant & STRANDED) && f->stranded;
    }
}

/* ---- what is known of its way ------------------------------------------------------------------------------------------- */

/* It was taken by a worker, and its end is not known. */
static bool was_taken(rk_why why)
{
    static const rk_why whys[] = { RK_WHY_HELD_BY_SILENT, RK_WHY_HELD_BY_DEAD,      RK_WHY_TAKEN_BY_DEAD,
                                   RK_WHY_ONE_OF_SEVERAL, RK_WHY_MORE_THAN_THREADS, RK_WHY_NO_PROCESS,
                                   RK_WHY_IN_HAND };
    for (size_t i = 0; i < sizeof whys / sizeof whys[0]; i++)
        if (why == whys[i])
            return true;
    return false;
}

static bool may_have_run(const from_diff *b, const rk_job_finding *f, rk_place_kind kind)
{
    int64_t old_s = rk_diff_saved_s(b->diff, false);
    bool taken = f->log && f->log->taken.known && !f->log->taken.base &&
                 (f->log->taken.time_s < 0 || f->log->taken.time_s >= old_s);
    return taken || kind >= RK_PLACE_WORK || was_taken(f->why) || f->verdict == RK_JOB_UNACCOUNTED;
}

static rk_bundle_job blank(const rk_job_finding *f, rk_act act)
{
    return (rk_bundle_job){ .act = act,
                            .prefix = RK_EMPTY,
                            .key = RK_EMPTY,
                            .queue = RK_EMPTY,
                            .verdict = rk_slice_of(rk_verdict_name(f->verdict)),
                            .reason = RK_EMPTY,
                            .jid = f->jid,
                            .class_name = f->class_name,
                            .payload = RK_EMPTY,
                            .replaces = RK_EMPTY,
                            .from_key = RK_EMPTY };
}

/* ---- where it goes -------------------------------------------------------------------------------------------------------- */

/* The name of a key of a place, in full. */
static rk_slice key_of(const rk_place *place)
{
    return place->segment_count > 0 ? place->segments[0].candidate->name : RK_EMPTY;
}

static bool set_key(from_diff *b, rk_bundle_job *job, rk_slice head, rk_slice rest, rk_err *err)
{
    b->key.len = 0;
    if (!rk_buf_add(&b->key, job->prefix, err) || !rk_buf_add(&b->key, head, err) ||
        !rk_buf_add(&b->key, rest, err))
        return false;
    job->key = rk_buf_slice(&b->key);
    return true;
}

/* Where no place tells the queue, the payload does. */
static bool to_queue(from_diff *b, rk_bundle_job *job, rk_slice queue, rk_err *err)
{
    rk_envelope e;
    job->queue = queue;
    if (queue.len == 0) {
        rk_envelope_scan(job->payload, &e);
        job->queue = e.queue.len > 0 ? e.queue : RK_TEXT("default");
        if (e.queue.len > 0 && e.queue_escaped && !rk_json_unescape(e.queue, &b->queue, &job->queue, err))
            return false;
    }
    return set_key(b, job, RK_TEXT("queue:"), job->queue, err);
}

static void found_at(from_diff *b, const rk_job_side *side, bool in_new, rk_bundle_job *job)
{
    job->source = (in_new ? b->first_new : b->first_old) + side->shard;
    job->has_offset = rk_diff_input(b->diff, in_new, side->shard)->log.files == 0;
    job->offset = job->has_offset ? side->offset : 0;
}

/* ---- the acts -------------------------------------------------------------------------------------------------------------- */

/* Into its place in OLD. What a worker had taken, out of a set by way of a queue, goes to its queue, in front of what waited
 * there. */
static bool restore(from_diff *b, const rk_job_finding *f, rk_bundle_job *job, from_diff_origin *at,
                    rk_err *err)
{
    const rk_job_side *side = &f->old_side;
    const rk_layout *layout = side->place->layout;
    bool taken = was_taken(f->why) && side->place->kind < RK_PLACE_WORK, scored = side->has_score && !taken;
    *job = blank(f, RK_ACT_RESTORE);
    at->db = layout->db;
    at->prefix = layout->prefix;
    at->expected = f->new_side.place ? 1 : 0; /* in hand, of one who is taken to be dead */
    job->kind = taken ? RK_PLACE_WORK : side->place->kind;
    job->may_have_run = may_have_run(b, f, job->kind);
    job->payload = side->payload;
    found_at(b, side, false, job);
    if (!rk_diff_home(b->diff, layout->db, layout->prefix, &job->db, &b->prefix, err))
        return false;
    job->prefix = rk_buf_slice(&b->prefix);
    job->has_score = scored;
    job->score = scored ? side->score : 0;
    if (scored)
        return set_key(b, job, rk_slice_from(key_of(side->place), layout->prefix.len), RK_EMPTY, err);
    job->has_position = side->has_position;
    job->position = side->has_position ? side->position : 0;
    return to_queue(b, job, side->has_score ? RK_EMPTY : side->place->queue, err);
}

/* Instead of the copy in NEW, where that is. Of one that is cut to nothing there is nothing to be found again. */
static bool replace(from_diff *b, const rk_job_finding *f, rk_bundle_job *job, from_diff_origin *at,
                    rk_err *err)
{
    const rk_job_side *was = &f->old_side, *is = &f->new_side;
    rk_envelope e;
    rk_slice jid;
    if (is->payload.len == 0) {
        bool ok = restore(b, f, job, at, err);
        at->expected = 0;
        return ok;
    }
    *job = blank(f, RK_ACT_REPLACE);
    at->db = was->place->layout->db;
    at->prefix = was->place->layout->prefix;
    job->db = is->place->layout->db;
    job->prefix = is->place->layout->prefix;
    job->kind = is->place->kind;
    job->payload = was->payload;
    job->replaces = is->payload;
    job->has_position = is->has_position;
    job->position = is->has_position ? is->position : 0;
    job->has_score = is->has_score;
    job->score = was->has_score ? was->score : is->has_score ? is->score : 0;
    job->replaces_score = is->has_score && !isnan(is->score) ? is->score : 0;
    found_at(b, was, false, job);
    rk_envelope_scan(is->payload, &e); /* the copy may still bear the jid */
    jid = e.jid;
    if (e.jid_escaped && !rk_json_unescape(e.jid, &b->queue, &jid, err))
        return false;
    at->expected = jid.len > 0 && rk_slice_is(jid, f->jid);
    if (!is->has_score && !to_queue(b, job, is->place->queue, err))
        return false;
    if (is->has_score || is->place->kind == RK_PLACE_QUEUE)
        job->key = key_of(is->place);
    if (is->place->kind >= RK_PLACE_WORK) {
        job->act = RK_ACT_HOLD;
        job->reason = RK_TEXT(RK_HOLD_IN_HAND);
        job->may_have_run = true;
    }
    return true;
}

/* Out of the private list in NEW. */
static bool push_back(from_diff *b, const rk_job_finding *f, rk_bundle_job *job, from_diff_origin *at,
                      rk_err *err)
{
    const rk_job_side *side = &f->new_side;
    *job = blank(f, RK_ACT_PUSH_BACK);
    at->db = job->db = side->place->layout->db;
    at->prefix = job->prefix = side->place->layout->prefix;
    at->expected = 1;
    job->kind = RK_PLACE_PRIVATE;
    job->may_have_run = true;
    job->payload = side->payload;
    job->from_key = key_of(side->place);
    job->has_position = true;
    job->position = side->position;
    found_at(b, side, true, job);
    return to_queue(b, job, side->place->queue, err);
}

/* ---- of a job that only a log knows ------------------------------------------------------------------------------------------ */

/* Where the layout of a log is in NEW: in its own log it is there already. */
static bool home_of_log(from_diff *b, const rk_job_finding *f, rk_bundle_job *job, rk_err *err)
{
    const rk_log_place *place = &f->log->place;
    if (!f->log->log->of_new) {
        if (!rk_diff_home(b->diff, place->db, place->prefix, &job->db, &b->prefix, err))
            return false;
        job->prefix = rk_buf_slice(&b->prefix);
        return true;
    }
    job->db = place->db;
    job->prefix = place->prefix;
    return true;
}

static size_t source_of_log(const from_diff *b, const rk_diff_log *log)
{
    size_t count;
    return b->log_sources[log - rk_diff_logs(b->diff, &count)];
}

static bool restore_logged(from_diff *b, const rk_job_finding *f, rk_bundle_job *job, from_diff_origin *at,
                           bool *there, rk_err *err)
{
    const rk_log_place *place = f->log ? &f->log->place : NULL;
    const rk_log_payload *found = NULL;
    rk_slice queue = RK_EMPTY, owner;
    *job = blank(f, RK_ACT_RESTORE);
    if (place && place->known)
        found = rk_log_payloads_find(&b->payloads, f, &job->payload, err);
    *there = found != NULL;
    if (!found)
        return err->code == RK_OK;
    at->db = place->db;
    at->prefix = place->prefix;
    at->expected = 0;
    bool scored = place->kind != RK_PLACE_QUEUE && place->kind < RK_PLACE_WORK;
    job->kind = was_taken(f->why) && place->kind < RK_PLACE_WORK ? RK_PLACE_WORK : place->kind;
    job->may_have_run = may_have_run(b, f, job->kind);
    job->source = source_of_log(b, f->log->log);
    if (!home_of_log(b, f, job, err))
        return false;
    if (scored && job->kind != RK_PLACE_WORK) {
        job->has_score = true;
        job->score = found->score;
        return set_key(b, job, place->key, RK_EMPTY, err);
    }
    if (place->kind == RK_PLACE_PRIVATE)
        rk_private_list_is(place->key, &queue, &owner);
    else if (rk_slice_starts(place->key, RK_TEXT("queue:")))
        queue = rk_slice_from(place->key, strlen("queue:"));
    return to_queue(b, job, queue, err);
}

bool rk_from_diff_job(from_diff *b, const rk_job_finding *f, rk_bundle_job *job, from_diff_origin *at,
                      bool *there, rk_err *err)
{
    *there = true;
    if (rk_from_diff_is_log_only(f))
        return restore_logged(b, f, job, at, there, err);
    if (f->verdict == RK_JOB_DAMAGED || f->verdict == RK_JOB_CHANGED)
        return replace(b, f, job, at, err);
    if (f->verdict == RK_JOB_STRANDED || !f->old_side.place)
        return push_back(b, f, job, at, err);
    return restore(b, f, job, at, err);
}
