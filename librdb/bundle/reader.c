/* reader: opens a bundle, checks all of it, and then hands out its jobs in either direction. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "folder.h"
#include "open.h"

#define MANIFEST_MOST ((uint64_t)64 << 20)

void rk_bundle_close(rk_bundle *bundle)
{
    if (!bundle)
        return;
    rk_bundle_lines_close(&bundle->jobs);
    rk_bundle_lines_close(&bundle->companions);
    rk_bundle_counts_free(&bundle->counts);
    rk_bundle_manifest_free(&bundle->manifest);
    rk_buf_free(&bundle->scratch);
    rk_buf_free(&bundle->again);
    rk_arena_free(&bundle->job_arena);
    rk_arena_free(&bundle->companion_arena);
    rk_free(bundle->folder);
    rk_free(bundle);
}

/* ---- the manifest --------------------------------------------------------------------------------------------- */

static bool read_file(const char *path, rk_buf *text, rk_err *err)
{
    size_t got = 1;
    rk_source *source = rk_source_open(path, NULL, err);
    bool ok = source != NULL;
    while (ok && got > 0) {
        ok = rk_buf_reserve(text, text->len + 64 * 1024, err) &&
             rk_source_read(source, text->ptr + text->len, 64 * 1024, &got, err);
        text->len += ok ? got : 0;
        if (ok && text->len > MANIFEST_MOST)
            ok = rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                         "has more than %" PRIu64 " bytes, too many for a manifest", MANIFEST_MOST);
    }
    rk_source_close(source);
    return ok;
}

static bool read_manifest(rk_bundle *bundle, rk_err *err)
{
    struct stat info;
    rk_buf text = { 0 };
    char *path = rk_bundle_path(bundle->folder, RK_BUNDLE_MANIFEST, err);
    bool ok = path != NULL;
    if (ok && stat(bundle->folder, &info) != 0)
        ok = rk_fail(err, RK_IO, RK_NO_OFFSET, "%s", strerror(errno)) || rk_err_source(err, bundle->folder);
    else if (ok && !S_ISDIR(info.st_mode))
        ok = rk_fail(err, RK_FORMAT, RK_NO_OFFSET, "is no folder, and so no job bundle") ||
             rk_err_source(err, bundle->folder);
    else if (ok && stat(path, &info) != 0 && errno == ENOENT)
        ok =
            rk_fail(err, RK_FORMAT, RK_NO_OFFSET, "has no " RK_BUNDLE_MANIFEST ", and so is no job bundle") ||
            rk_err_source(err, bundle->folder);
    ok = ok && ((read_file(path, &text, err) &&
                 rk_bundle_manifest_read(&bundle->manifest, rk_buf_slice(&text), err)) ||
                rk_err_source(err, path));
    rk_buf_free(&text);
    rk_free(path);
    return ok;
}

/* ---- the other files ------------------------------------------------------------------------------------------ */

static bool compare(const rk_bundle_member *said, const rk_bundle_member *there, rk_err *err)
{
    if (said->size != there->size)
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                       "has %" PRIu64 " bytes, %" PRIu64 " when it was written", there->size, said->size);
    return rk_digest_is(said->digest, there->digest) ||
           rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                   "has changed since it was written: its digest is %016" PRIx64 "%016" PRIx64
                   ", the manifest says %016" PRIx64 "%016" PRIx64,
                   there->digest.hi, there->digest.lo, said->digest.hi, said->digest.lo);
}

static bool check_file(const rk_bundle *bundle, rk_bundle_file file, rk_err *err)
{
    struct stat info;
    rk_bundle_member there;
    const rk_bundle_member *said = &bundle->manifest.files[file];
    char *path = rk_bundle_path(bundle->folder, rk_bundle_file_name(file), err);
    bool found = path && stat(path, &info) == 0, ok = path != NULL;
    if (ok && found != said->there && (found || errno == ENOENT))
        ok = rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "%s",
                     found ? "is there, and the manifest knows nothing of it"
                           : "is missing from the bundle: the manifest names it");
    else if (ok && said->there)
        ok = rk_bundle_measure(bundle, file, &there, err) && compare(said, &there, err);
    if (!ok && path)
        rk_err_source(err, path);
    rk_free(path);
    return ok;
}

static bool check_counts(rk_bundle *bundle, rk_err *err)
{
    json_t *there = rk_bundle_counts_json(&bundle->counts, err);
    bool ok = there && rk_bundle_counts_same(bundle->manifest.counts, there, err);
    json_decref(there);
    if (ok && strcmp(bundle->info.id, bundle->manifest.id) != 0)
        ok = rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "manifest has id %s, what is in the bundle makes %s",
                     bundle->manifest.id, bundle->info.id);
    return ok;
}

/* How many companions there may be: more lines are refused before they take memory. */
static uint64_t counted(const rk_bundle *bundle, const char *name)
{
    json_int_t number = json_integer_value(json_object_get(bundle->manifest.counts, name));
    return number < 0 ? 0 : (uint64_t)number;
}

/* restore.resp is, byte for byte, what follows from the jobs. */
static bool check_restore(rk_bundle *bundle, rk_err *err)
{
    static const rk_restore_options defaults = { 0 };
    rk_window window = { 0 };
    rk_slice due, there;
    char *path = rk_bundle_path(bundle->folder, rk_bundle_file_name(BUNDLE_RESTORE), err);
    rk_source *source = path ? rk_source_open(path, NULL, err) : NULL;
    rk_restore *restore = source ? rk_restore_open(bundle, &defaults, false, err) : NULL;
    bool ok = restore && rk_window_open(&window, source, err);
    uint64_t at = 0, rest = 0;
    while (ok && rk_restore_next(restore, &due, err)) {
        ok = (rk_window_take(&window, due.len, &there, "command", err) && rk_slice_is(due, there)) ||
             rk_fail(err, RK_DAMAGED, at, "command is not the one that follows from the jobs");
        at += due.len;
    }
    ok = ok && err->code == RK_OK && rk_window_skip_rest(&window, &rest, err) &&
         (rest == 0 ||
          rk_fail(err, RK_DAMAGED, at, "%" PRIu64 " bytes follow behind what follows from the jobs", rest));
    if (!ok && path)
        rk_err_source(err, path);
    rk_window_close(&window);
    rk_restore_close(restore);
    rk_source_close(source);
    rk_free(path);
    return ok;
}

static void tell(rk_bundle *bundle)
{
    const rk_bundle_manifest *m = &bundle->manifest;
    bundle->info.version = m->version;
    bundle->info.tool = m->tool;
    bundle->info.made_by = m->made_by;
    bundle->info.reason = m->reason;
    bundle->info.created_s = m->created_s;
    bundle->info.redacted = m->redacted;
    bundle->info.source_count = m->source_count;
    bundle->info.warning_count = m->warning_count;
}

rk_bundle *rk_bundle_open(const char *path, rk_err *err)
{
    rk_bundle *bundle = rk_bundle_new(path, err);
    bool ok = bundle && read_manifest(bundle, err);
    if (ok)
        bundle->sources = bundle->manifest.source_count;
    for (unsigned i = 0; ok && i < BUNDLE_FILES; i++)
        ok = check_file(bundle, (rk_bundle_file)i, err);
    ok = ok && rk_bundle_scan(bundle, bundle->manifest.files[BUNDLE_COMPANIONS].there,
                              counted(bundle, "jobs"), counted(bundle, "companions"), err);
    if (ok && !check_counts(bundle, err)) {
        rk_err_source(err, bundle->folder);
        ok = false;
    }
    if (ok && check_restore(bundle, err)) {
        tell(bundle);
        rk_bundle_rewind(bundle, false);
        rk_bundle_rewind_companions(bundle);
        return bundle;
    }
    rk_bundle_close(bundle);
    return NULL;
}

/* ---- what it tells --------------------------------------------------------------------------------------------- */

const rk_bundle_info *rk_bundle_info_of(const rk_bundle *bundle)
{
    return &bundle->info;
}

const rk_bundle_source *rk_bundle_source_of(const rk_bundle *bundle, size_t i)
{
    return i < bundle->manifest.source_count ? &bundle->manifest.sources[i] : NULL;
}

const char *rk_bundle_warning(const rk_bundle *bundle, size_t i)
{
    return i < bundle->manifest.warning_count ? bundle->manifest.warnings[i] : NULL;
}

/* ---- jobs and companions --------------------------------------------------------------------------------------- */

static bool pull_job(rk_bundle *b, size_t i, rk_bundle_job *job, rk_err *err)
{
    rk_slice line;
    rk_arena_clear(&b->job_arena);
    if (rk_bundle_lines_get(&b->jobs, i, &line, err) &&
        rk_bundle_job_read(line, b->jobs.starts[i], job, &b->scratch, &b->job_arena, err) &&
        rk_bundle_job_check(job, b->sources, RK_DAMAGED, err))
        return true;
    rk_within(err, "line %zu", i + 1);
    return rk_err_source(err, rk_source_name(b->jobs.source));
}

bool rk_bundle_next(rk_bundle *bundle, rk_bundle_job *job, rk_err *err)
{
    return bundle->job_at < bundle->jobs.count && pull_job(bundle, bundle->job_at++, job, err);
}

bool rk_bundle_previous(rk_bundle *bundle, rk_bundle_job *job, rk_err *err)
{
    return bundle->job_at > 0 && pull_job(bundle, --bundle->job_at, job, err);
}

void rk_bundle_rewind(rk_bundle *bundle, bool to_end)
{
    bundle->job_at = to_end ? bundle->jobs.count : 0;
}

bool rk_bundle_next_companion(rk_bundle *bundle, rk_companion *companion, rk_err *err)
{
    rk_slice line;
    size_t i = bundle->companion_at;
    if (i >= bundle->companions.count)
        return false;
    bundle->companion_at++;
    rk_arena_clear(&bundle->companion_arena);
    if (rk_bundle_lines_get(&bundle->companions, i, &line, err) &&
        rk_bundle_companion_read(line, bundle->companions.starts[i], companion, &bundle->scratch,
                                 &bundle->companion_arena, err) &&
        rk_bundle_companion_check(companion, RK_DAMAGED, err))
        return true;
    rk_within(err, "line %zu", i + 1);
    return rk_err_source(err, rk_source_name(bundle->companions.source));
}

void rk_bundle_rewind_companions(rk_bundle *bundle)
{
    bundle->companion_at = 0;
}
