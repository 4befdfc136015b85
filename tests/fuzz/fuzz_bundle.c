/* fuzz_bundle: manifests, and lines of jobs and companions. The first byte of the input says what the rest is. What must hold,
 * whatever the bytes:
 * - what is refused has a sentence, and an offset within the input if any, and leaves nothing allocated;
 * - a line that is read and makes sense is written again, and the written one reads as the same and is written the same;
 * - a manifest that is read, and written again with its counts, is read again with all it says;
 * - jobs and companions that make sense, put into a bundle, make one that opens, with all of them in it, in an order, and its
 *   streams can be drawn with any options. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../librdb/bundle/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_be_told(const rk_err *err, size_t size)
{
    must(err->code != RK_OK && err->what[0] && (!err->has_offset || err->offset <= size));
}

typedef struct {
    rk_buf scratch, text, again;
    rk_arena arena, second;
} room;

static void leave(room *r)
{
    rk_buf_free(&r->scratch);
    rk_buf_free(&r->text);
    rk_buf_free(&r->again);
    rk_arena_free(&r->arena);
    rk_arena_free(&r->second);
}

/* ---- manifests -------------------------------------------------------------------------------------------------- */

static void try_manifest(rk_slice text)
{
    rk_err err = { 0 };
    rk_buf again = { 0 }, third = { 0 };
    rk_bundle_manifest one = { 0 }, two = { 0 };
    if (rk_bundle_manifest_read(&one, text, &err)) {
        must(rk_bundle_manifest_write(&one, &again, &err));
        must(rk_bundle_manifest_read(&two, rk_buf_slice(&again), &err));
        must(one.source_count == two.source_count && one.warning_count == two.warning_count);
        must(strcmp(one.id, two.id) == 0 && strcmp(one.tool, two.tool) == 0 &&
             one.created_s == two.created_s);
        must(json_equal(one.counts, two.counts) && rk_bundle_counts_same(one.counts, two.counts, &err));
        must(rk_bundle_manifest_write(&two, &third, &err));
        must(rk_slice_is(rk_buf_slice(&again), rk_buf_slice(&third)));
    } else {
        must_be_told(&err, text.len);
    }
    rk_bundle_manifest_free(&one);
    rk_bundle_manifest_free(&two);
    rk_buf_free(&again);
    rk_buf_free(&third);
}

/* The same with the digest at its end made right, so that what stands before it is looked at. */
static void try_sealed_manifest(rk_slice text)
{
    static const char tail[] = "  \"check\": \"00000000000000000000000000000000\"\n}\n";
    rk_err err = { 0 };
    rk_buf sealed = { 0 };
    char hex[33];
    must(rk_buf_add(&sealed, text, &err) && rk_buf_add(&sealed, rk_slice_of(tail), &err));
    size_t at = sealed.len - 4 - 32;
    rk_digest digest = rk_digest_of((rk_slice){ sealed.ptr, at });
    snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, digest.hi, digest.lo);
    memcpy(sealed.ptr + at, hex, 32);
    try_manifest(rk_buf_slice(&sealed));
    rk_buf_free(&sealed);
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

/* False for a line that is no job, or none that makes sense. */
static bool try_job(rk_slice line, room *r, rk_bundle_job *job)
{
    rk_err err = { 0 };
    rk_bundle_job again;
    rk_arena_clear(&r->arena);
    if (!rk_bundle_job_read(line, 0, job, &r->scratch, &r->arena, &err) ||
        !rk_bundle_job_check(job, 1, RK_DAMAGED, &err)) {
        must_be_told(&err, line.len);
        return false;
    }
    r->text.len = r->again.len = 0;
    must(rk_bundle_job_head(&r->text, job->seq, &err) && rk_bundle_job_body(&r->text, job, &err));
    rk_arena_clear(&r->second);
    must(rk_bundle_job_read(rk_slice_head(rk_buf_slice(&r->text), r->text.len - 1), 0, &again, &r->scratch,
                            &r->second, &err));
    must(rk_slice_is(again.payload, job->payload) && rk_slice_is(again.key, job->key));
    must(rk_digest_is(rk_bundle_job_identity(&again, &r->scratch, &err),
                      rk_bundle_job_identity(job, &r->scratch, &err)));
    must(rk_bundle_job_head(&r->again, again.seq, &err) && rk_bundle_job_body(&r->again, &again, &err));
    must(rk_slice_is(rk_buf_slice(&r->text), rk_buf_slice(&r->again)) && err.code == RK_OK);
    return true;
}

static bool try_companion(rk_slice line, room *r, rk_companion *companion)
{
    rk_err err = { 0 };
    rk_companion again;
    rk_arena_clear(&r->arena);
    if (!rk_bundle_companion_read(line, 0, companion, &r->scratch, &r->arena, &err) ||
        !rk_bundle_companion_check(companion, RK_DAMAGED, &err)) {
        must_be_told(&err, line.len);
        return false;
    }
    r->text.len = r->again.len = 0;
    must(rk_bundle_companion_line(&r->text, companion, &err));
    rk_arena_clear(&r->second);
    must(rk_bundle_companion_read(rk_slice_head(rk_buf_slice(&r->text), r->text.len - 1), 0, &again,
                                  &r->scratch, &r->second, &err));
    must(again.item_count == companion->item_count && rk_slice_is(again.key, companion->key));
    must(rk_bundle_companion_line(&r->again, &again, &err));
    must(rk_slice_is(rk_buf_slice(&r->text), rk_buf_slice(&r->again)));
    return true;
}

/* ---- a whole bundle --------------------------------------------------------------------------------------------- */

static void draw(rk_bundle *bundle, const rk_restore_options *options, bool undo)
{
    rk_err err = { 0 };
    rk_slice piece;
    rk_restore *restore = rk_restore_open(bundle, options, undo, &err);
    must(restore != NULL);
    while (rk_restore_next(restore, &piece, &err))
        must(piece.len == 0 || (piece.ptr[0] == '*' && rk_slice_ends(piece, RK_TEXT("\r\n"))));
    must(err.code == RK_OK);
    rk_restore_close(restore);
}

static void check_bundle(const char *path, uint64_t jobs)
{
    static const rk_restore_options ways[] = { { .back = true, .batch = 1 },
                                               { .plain = true, .namespace = "" },
                                               { .quarantine = true, .spread_s = 9, .now_s = 9 } };
    rk_err err = { 0 };
    rk_bundle_job job;
    uint64_t count = 0;
    rk_bundle *bundle = rk_bundle_open(path, &err);
    must(bundle != NULL && rk_bundle_info_of(bundle)->jobs == jobs);
    while (rk_bundle_next(bundle, &job, &err))
        must(job.seq == ++count);
    while (rk_bundle_previous(bundle, &job, &err))
        must(job.seq == count--);
    must(count == 0 && err.code == RK_OK);
    for (size_t i = 0; i < 2 * (sizeof ways / sizeof ways[0]); i++)
        draw(bundle, &ways[i / 2], i % 2);
    rk_bundle_close(bundle);
}

static void remove_bundle(const char *path)
{
    char name[128];
    static const char *const members[] = { "manifest.json", "jobs.ndjson", "companions.ndjson",
                                           "restore.resp" };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        snprintf(name, sizeof name, "%s/%s", path, members[i]);
        unlink(name);
    }
    rmdir(path);
}

/* Lines of either kind, one under the other. */
static void try_bundle(rk_slice text)
{
    char path[64];
    room r = { 0 };
    rk_err err = { 0 };
    rk_bundle_job job;
    rk_companion companion;
    uint64_t jobs = 0;
    size_t index;
    rk_bundle_options options = { .force = true };
    rk_bundle_source source = { .path = "x" };
    snprintf(path, sizeof path, "%s/rdbkit-fuzz-%ld.jobs",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
             (long)getpid()); /* in memory where that can be: the disk would be waited for most of the time */
    rk_bundle_writer *writer = rk_bundle_create(path, &options, &err);
    must(writer && rk_bundle_add_source(writer, &source, &index, &err));
    while (text.len > 0) {
        size_t end = rk_slice_find(text, RK_TEXT("\n"), 0);
        rk_slice line = rk_slice_head(text, end);
        text = rk_slice_from(text, end == SIZE_MAX ? text.len : end + 1);
        if (try_job(line, &r, &job)) {
            must(rk_bundle_add(writer, &job, &err));
            jobs++;
        } else if (try_companion(line, &r, &companion)) {
            must(rk_bundle_add_companion(writer, &companion, &err));
        }
    }
    if (jobs > 0) {
        must(rk_bundle_commit(writer, &err));
        check_bundle(path, jobs);
        remove_bundle(path);
    }
    rk_bundle_writer_close(writer);
    leave(&r);
}

/* The lines alone. */
static void try_lines(rk_slice text)
{
    room r = { 0 };
    rk_bundle_job job;
    rk_companion companion;
    while (text.len > 0) {
        size_t end = rk_slice_find(text, RK_TEXT("\n"), 0);
        try_job(rk_slice_head(text, end), &r, &job);
        try_companion(rk_slice_head(text, end), &r, &companion);
        text = rk_slice_from(text, end == SIZE_MAX ? text.len : end + 1);
    }
    leave(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    rk_slice rest = { bytes + 1, size - 1 };
    if (bytes[0] == 'm')
        try_manifest(rest);
    else if (bytes[0] == 's')
        try_sealed_manifest(rest);
    else if (bytes[0] == 'b')
        try_bundle(rest);
    else
        try_lines(rest);
    return 0;
}
