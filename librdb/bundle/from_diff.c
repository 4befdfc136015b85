/* from_diff: a bundle of what a comparison found: twice through the findings, first to learn which jobs are meant, then,
 * when it is known what of them is in NEW and what a log has of them, to put them into the bundle. */
#include "from_diff.h"

#include <math.h>

#include "notes.h"

const char *rk_diff_bundle_outcome_name(rk_diff_bundle_outcome outcome)
{
    static const char *const names[] = { "written", "empty", "partial" };
    return (unsigned)outcome < sizeof names / sizeof names[0] ? names[outcome] : "unknown";
}

/* ---- first: which ------------------------------------------------------------------------------------------------------- */

static bool learn(from_diff *b, const rk_job_finding *f, rk_err *err)
{
    if (!rk_grow((void **)&b->jids, &b->jid_cap, b->jid_count + 1, sizeof *b->jids, err))
        return false;
    b->jids[b->jid_count++] = rk_diff_jid_hash(f->jid);
    return !rk_from_diff_is_log_only(f) || !f->log || rk_log_payloads_ask(&b->payloads, f, err);
}

/* Each finding that is meant, to `each`. */
static bool go_through(from_diff *b, bool (*each)(from_diff *b, const rk_job_finding *f, rk_err *err),
                       rk_err *err)
{
    rk_job_finding finding;
    rk_job_cursor *cursor = rk_job_cursor_open(b->diff, err);
    bool ok = cursor != NULL;
    while (ok && rk_job_cursor_next(cursor, &finding, err))
        ok = !rk_from_diff_means(b, &finding) || each(b, &finding, err);
    rk_job_cursor_close(cursor);
    return ok && err->code == RK_OK;
}

static bool learn_all(from_diff *b, rk_err *err)
{
    if (!go_through(b, learn, err))
        return false;
    if (b->jid_count == 0)
        return true;
    b->counts = rk_alloc(b->jid_count * sizeof *b->counts);
    if (!b->counts)
        return rk_no_memory(err);
    bool ok = rk_diff_count_in_new(b->diff, b->jids, b->jid_count, b->counts, err);
    rk_free(b->jids);
    b->jids = NULL;
    return ok && rk_log_payloads_read(&b->payloads, err);
}

/* ---- sources ---------------------------------------------------------------------------------------------------------------- */

static bool add_snapshots(from_diff *b, const rk_paths *paths, bool new_side, size_t *first, rk_err *err)
{
    rk_bundle_source source;
    size_t index;
    for (size_t i = 0; i < paths->count; i++) {
        if (!rk_bundle_source_of_snapshot(paths->items[i], new_side ? "new" : "old",
                                          rk_diff_snapshot(b->diff, new_side, i), &source, err) ||
            !rk_bundle_add_source(b->writer, &source, &index, err))
            return false;
        if (i == 0)
            *first = index;
    }
    return true;
}

/* NEW's own logs are there already. */
static bool add_logs(from_diff *b, const rk_paths *news, rk_err *err)
{
    rk_bundle_source source;
    size_t count;
    const rk_diff_log *logs = rk_diff_logs(b->diff, &count);
    b->log_sources = rk_alloc((count + 1) * sizeof *b->log_sources);
    if (!b->log_sources)
        return rk_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        while (same < news->count && strcmp(news->items[same], logs[i].path) != 0)
            same++;
        b->log_sources[i] = b->first_new + same;
        if (same == news->count && (!rk_bundle_source_of_log(logs[i].path, "log", &source, err) ||
                                    !rk_bundle_add_source(b->writer, &source, &b->log_sources[i], err)))
            return false;
    }
    return true;
}

static bool add_sources(from_diff *b, rk_err *err)
{
    const rk_diff_options *inputs = rk_diff_options_of(b->diff);
    return add_snapshots(b, &inputs->old_paths, false, &b->first_old, err) &&
           add_snapshots(b, &inputs->new_paths, true, &b->first_new, err) &&
           add_logs(b, &inputs->new_paths, err);
}

/* ---- then: each of them ------------------------------------------------------------------------------------------------------ */

static void hold(rk_bundle_job *job, const char *why)
{
    job->act = RK_ACT_HOLD;
    job->reason = rk_slice_of(why);
    job->replaces = job->from_key = RK_EMPTY;
    job->replaces_score = 0;
}

/* What must not be given back, and why. */
static bool guard(from_diff *b, rk_bundle_job *job, const from_diff_origin *at, uint32_t copies, rk_err *err)
{
    uint64_t id = rk_diff_jid_hash(job->jid);
    bool fresh = true, blocked = false;
    if (job->act == RK_ACT_HOLD)
        hold(job, RK_HOLD_IN_HAND);
    else if (id && copies > at->expected)
        hold(job, RK_HOLD_THERE);
    else if (id && !rk_bundle_ids_add(&b->met, id, &fresh, err))
        return false;
    else if (!fresh)
        hold(job, RK_HOLD_DOUBLE);
    else if (rk_poison_of(job->kind, job->payload) != RK_POISON_NONE)
        hold(job, RK_HOLD_POISON);
    if (isnan(job->score)) {
        job->score = 0;
        hold(job, RK_HOLD_SCORE);
    }
    if (job->act != RK_ACT_RESTORE)
        return true;
    rk_bundle_job where_it_was = *job;
    where_it_was.db = at->db;
    where_it_was.prefix = at->prefix;
    if (!rk_companions_want(b->companions, &where_it_was, &blocked, err))
        return false;
    if (blocked)
        hold(job, RK_HOLD_LOCKED);
    return true;
}

static void count(from_diff *b, const rk_job_finding *f, const rk_bundle_job *job)
{
    bool acts = job->act != RK_ACT_HOLD,
         timed = job->kind == RK_PLACE_SCHEDULE || job->kind == RK_PLACE_RETRY;
    b->made->jobs++;
    b->made->acts[job->act]++;
    b->made->may_have_run += acts && job->may_have_run;
    b->unaccounted += acts && f->verdict == RK_JOB_UNACCOUNTED;
    b->respelled += acts && f->verdict == RK_JOB_CHANGED;
    b->expired += acts && rk_bundle_is_expired(job->payload, b->o->bundle.created_s);
    b->overdue += acts && timed && job->score < (double)b->o->bundle.created_s;
    b->dead += job->act == RK_ACT_RESTORE && job->kind == RK_PLACE_DEAD;
}

static bool put(from_diff *b, const rk_job_finding *f, rk_err *err)
{
    rk_bundle_job job;
    from_diff_origin at;
    bool there;
    uint32_t copies = b->counts[b->jid_count++];
    if (!rk_from_diff_job(b, f, &job, &at, &there, err))
        return false;
    if (!there) {
        b->made->without_payload++;
        return true;
    }
    if (!guard(b, &job, &at, copies, err))
        return false;
    count(b, f, &job);
    return rk_bundle_add(b->writer, &job, err);
}

/* ---- what they need ------------------------------------------------------------------------------------------------------------ */

static bool open_companions(from_diff *b, rk_err *err)
{
    rk_data_set sets[2];
    const rk_layouts *olds = rk_diff_layouts(b->diff, false);
    for (int side = 0; side < 2; side++)
        sets[side] = (rk_data_set){ .catalog = rk_diff_catalog(b->diff, side),
                                    .looks = rk_diff_looks(b->diff, side),
                                    .now_s = rk_diff_saved_s(b->diff, side) };
    b->companions = rk_companions_open(&sets[0], &sets[1], err);
    bool ok = b->companions != NULL;
    for (size_t i = 0; ok && i < olds->count; i++) {
        const rk_layout *layout = olds->items[i];
        uint32_t home_db;
        ok = rk_diff_home(b->diff, layout->db, layout->prefix, &home_db, &b->prefix, err) &&
             rk_companions_home(b->companions, layout->db, layout->prefix, home_db, rk_buf_slice(&b->prefix),
                                err);
    }
    return ok;
}

/* ---- all of it ---------------------------------------------------------------------------------------------------------------------- */

static bool write_bundle(from_diff *b, rk_err *err)
{
    b->writer = rk_bundle_create(b->o->path, &b->o->bundle, err);
    b->jid_count = 0;
    if (!b->writer || !add_sources(b, err) || !open_companions(b, err) || !go_through(b, put, err))
        return false;
    if (b->made->jobs == 0) /* of all that is meant no payload is left */
        return true;
    if (!rk_from_diff_warn(b, err) || !rk_companions_write(b->companions, NULL, b->writer, err) ||
        !rk_bundle_commit(b->writer, err))
        return false;
    b->made->outcome = RK_DIFF_BUNDLE_WRITTEN;
    memcpy(b->made->id, rk_bundle_writer_id(b->writer), sizeof b->made->id);
    return true;
}

bool rk_bundle_create_from_diff(rk_diff *diff, const rk_diff_bundle_options *options, rk_diff_bundle *made,
                                rk_err *err)
{
    from_diff b = { .diff = diff, .o = options, .made = made };
    *made = (rk_diff_bundle){ .outcome = RK_DIFF_BUNDLE_EMPTY, .path = options->path };
    bool ok = rk_from_diff_words(options->verdicts, &b.meant, err);
    if (ok && rk_diff_is_partial(diff) && !options->although_partial)
        made->outcome = RK_DIFF_BUNDLE_PARTIAL;
    else
        ok = ok && learn_all(&b, err) && (b.jid_count == 0 || write_bundle(&b, err));
    rk_companions_close(b.companions);
    rk_bundle_writer_close(b.writer);
    rk_log_payloads_free(&b.payloads);
    rk_bundle_ids_free(&b.met);
    rk_free(b.log_sources);
    rk_free(b.jids);
    rk_free(b.counts);
    rk_buf_free(&b.key);
    rk_buf_free(&b.prefix);
    rk_buf_free(&b.queue);
    return ok;
}
