/* scan: reads all jobs and companions of a bundle once, and checks each line. */
#include <stdio.h>

#include "folder.h"
#include "open.h"
#include "order.h"

/* What is known of the lines before the one at hand. */
typedef struct {
    rk_bundle *bundle;
    rk_hasher *hasher; /* of the identities */
    rk_buf key;        /* of the place at hand */
    rk_bundle_place place;
    rk_bundle_turn turn;
    size_t sources;
} scan;

static rk_source *open_member(const rk_bundle *bundle, rk_bundle_file file, rk_err *err)
{
    char *path = rk_bundle_path(bundle->folder, rk_bundle_file_name(file), err);
    rk_source *source = path ? rk_source_open(path, &(rk_source_options){ .second_look = true }, err) : NULL;
    if (source && strcmp(rk_source_packing(source), "plain") != 0) {
        rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "is packed as %s, and is plain in every bundle",
                rk_source_packing(source));
        rk_err_source(err, path);
        rk_source_close(source);
        source = NULL;
    }
    rk_free(path);
    return source;
}

bool rk_bundle_measure(const rk_bundle *bundle, rk_bundle_file file, rk_bundle_member *member, rk_err *err)
{
    enum { PIECE = 64 * 1024 };
    rk_source *source = open_member(bundle, file, err);
    rk_hasher *hasher = source ? rk_hasher_new(err) : NULL;
    uint8_t *piece = hasher ? rk_alloc(PIECE) : NULL;
    size_t got = 1;
    bool ok = hasher && (piece || rk_no_memory(err));
    *member = (rk_bundle_member){ .there = true };
    if (ok)
        rk_hasher_start(hasher);
    for (; ok && got > 0; member->size += got) {
        ok = rk_source_read(source, piece, PIECE, &got, err);
        rk_hasher_add(hasher, (rk_slice){ piece, got });
    }
    if (ok)
        member->digest = rk_hasher_end(hasher);
    rk_free(piece);
    rk_hasher_free(hasher);
    rk_source_close(source);
    return ok;
}

/* ---- jobs ----------------------------------------------------------------------------------------------------- */

/* The line is the one that its job is written as. */
static bool is_canonical(rk_bundle *b, const rk_bundle_job *job, rk_slice line, rk_err *err)
{
    b->again.len = 0;
    if (!rk_bundle_job_head(&b->again, job->seq, err) || !rk_bundle_job_body(&b->again, job, err))
        return false;
    return rk_slice_is(rk_slice_head(rk_buf_slice(&b->again), b->again.len - 1), line) ||
           rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "line is not spelled as bundles are written");
}

static bool is_in_order(scan *s, const rk_bundle_job *job, size_t i, rk_err *err)
{
    rk_bundle_turn turn = rk_bundle_turn_of(job);
    rk_bundle_place place = { job->db, job->key, job->kind };
    int places = i == 0 ? -1 : rk_bundle_place_compare(&s->place, &place);
    if (job->seq != i + 1)
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "job has seq %" PRIu64 ", not %zu", job->seq, i + 1);
    if (places > 0 || (places == 0 && rk_bundle_turn_compare(s->turn, turn) > 0))
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "job stands behind one that comes after it");
    if (places != 0) {
        s->key.len = 0;
        if (!rk_buf_add(&s->key, job->key, err))
            return false;
        place.key = rk_buf_slice(&s->key);
        s->place = place;
    }
    s->turn = turn;
    return true;
}

static bool scan_job(scan *s, size_t i, rk_err *err)
{
    rk_bundle *b = s->bundle;
    rk_bundle_job job;
    rk_slice line;
    rk_arena_clear(&b->job_arena);
    if (!rk_bundle_lines_get(&b->jobs, i, &line, err) ||
        !rk_bundle_job_read(line, b->jobs.starts[i], &job, &b->scratch, &b->job_arena, err) ||
        !rk_bundle_job_check(&job, s->sources, RK_DAMAGED, err) || !is_in_order(s, &job, i, err) ||
        !is_canonical(b, &job, line, err) || !rk_bundle_counts_add(&b->counts, &job, err))
        return false;
    rk_digest identity = rk_bundle_job_identity(&job, &b->scratch, err);
    rk_hasher_add(s->hasher, (rk_slice){ (const uint8_t *)&identity, sizeof identity });
    return err->code == RK_OK;
}

/* ---- companions ----------------------------------------------------------------------------------------------- */

static bool scan_companion(scan *s, size_t i, rk_err *err)
{
    rk_bundle *b = s->bundle;
    rk_companion companion;
    rk_slice line;
    rk_arena_clear(&b->companion_arena);
    if (!rk_bundle_lines_get(&b->companions, i, &line, err) ||
        !rk_bundle_companion_read(line, b->companions.starts[i], &companion, &b->scratch, &b->companion_arena,
                                  err) ||
        !rk_bundle_companion_check(&companion, RK_DAMAGED, err))
        return false;
    b->again.len = 0;
    if (!rk_bundle_companion_line(&b->again, &companion, err))
        return false;
    if (!rk_slice_is(rk_slice_head(rk_buf_slice(&b->again), b->again.len - 1), line))
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "line is not spelled as bundles are written");
    rk_digest identity = rk_digest_of(line);
    rk_hasher_add(s->hasher, (rk_slice){ (const uint8_t *)&identity, sizeof identity });
    b->counts.companions++;
    return true;
}

/* ---- both ----------------------------------------------------------------------------------------------------- */

static bool scan_lines(scan *s, rk_bundle_lines *lines, bool (*each)(scan *s, size_t i, rk_err *err),
                       rk_err *err)
{
    for (size_t i = 0; i < lines->count; i++)
        if (!each(s, i, err)) {
            if (err->code != RK_NO_MEMORY && !err->has_offset) {
                err->has_offset = true;
                err->offset = lines->starts[i];
            }
            rk_within(err, "line %zu", i + 1);
            return rk_err_source(err, rk_source_name(lines->source));
        }
    return true;
}

static bool open_lines(rk_bundle *b, rk_bundle_file file, rk_bundle_lines *lines, uint64_t most, rk_err *err)
{
    rk_source *source = open_member(b, file, err);
    return source &&
           (rk_bundle_lines_open(lines, source, most, err) || rk_err_source(err, rk_source_name(source)));
}

rk_bundle *rk_bundle_new(const char *folder, rk_err *err)
{
    rk_bundle *bundle = rk_alloc(sizeof *bundle);
    if (!bundle) {
        rk_no_memory(err);
        return NULL;
    }
    bundle->folder = rk_bundle_folder_resolve(folder, err);
    if (bundle->folder && rk_bundle_counts_start(&bundle->counts, err))
        return bundle;
    rk_bundle_close(bundle);
    return NULL;
}

bool rk_bundle_scan(rk_bundle *bundle, bool has_companions, uint64_t jobs_most, uint64_t companions_most,
                    rk_err *err)
{
    scan s = { .bundle = bundle, .hasher = rk_hasher_new(err), .sources = bundle->sources };
    bool ok = s.hasher != NULL;
    if (ok)
        rk_hasher_start(s.hasher);
    ok = ok && open_lines(bundle, BUNDLE_JOBS, &bundle->jobs, jobs_most, err) &&
         (!has_companions ||
          open_lines(bundle, BUNDLE_COMPANIONS, &bundle->companions, companions_most, err)) &&
         scan_lines(&s, &bundle->jobs, scan_job, err) &&
         scan_lines(&s, &bundle->companions, scan_companion, err);
    if (ok) {
        rk_digest id = rk_hasher_end(s.hasher);
        snprintf(bundle->info.id, sizeof bundle->info.id, "%016" PRIx64 "%016" PRIx64, id.hi, id.lo);
        bundle->info.jobs = bundle->counts.jobs;
        bundle->info.companions = bundle->counts.companions;
        bundle->info.payload_bytes = bundle->counts.payload_bytes;
        memcpy(bundle->info.acts, bundle->counts.acts, sizeof bundle->info.acts);
    }
    rk_buf_free(&s.key);
    rk_hasher_free(s.hasher);
    return ok;
}
