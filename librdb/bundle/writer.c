/* writer: gathers jobs in an unlinked temporary file, and at the commit puts them into a folder in their order. */
#include <stdio.h>

#include "folder.h"
#include "open.h"
#include "order.h"

struct rk_bundle_writer {
    char *path;   /* where the bundle shall appear; links are followed */
    char *folder; /* where it is written until then; NULL: not yet */
    bool force, committed;
    rk_bundle_manifest manifest;
    rk_sink *jobs, *companions; /* temporary */
    rk_bundle_index index;
    rk_bundle_index companion_keys; /* what has been added */
    uint64_t companion_count;
    rk_buf line;
};

static bool has_begun(rk_bundle_writer *w, const rk_bundle_options *options, rk_err *err)
{
    w->manifest.created_s = options->created_s;
    w->manifest.redacted = options->redacted;
    return (w->manifest.tool = rk_bundle_manifest_text(&w->manifest, options->tool, err)) != NULL &&
           (w->manifest.made_by = rk_bundle_manifest_text(&w->manifest, RDBKIT_VERSION, err)) != NULL &&
           (w->manifest.reason = rk_bundle_manifest_text(&w->manifest, options->reason, err)) != NULL &&
           (w->jobs = rk_sink_open_temporary(err)) != NULL &&
           (w->companions = rk_sink_open_temporary(err)) != NULL;
}

rk_bundle_writer *rk_bundle_create(const char *path, const rk_bundle_options *options, rk_err *err)
{
    rk_bundle_writer *w = rk_alloc(sizeof *w);
    if (!w) {
        rk_no_memory(err);
        return NULL;
    }
    w->force = options->force;
    w->path = rk_bundle_folder_resolve(path, err);
    if (w->path && rk_bundle_folder_check(w->path, w->force, err) && has_begun(w, options, err))
        return w;
    rk_bundle_writer_close(w);
    return NULL;
}

void rk_bundle_writer_close(rk_bundle_writer *writer)
{
    if (!writer)
        return;
    if (writer->folder && !writer->committed)
        rk_bundle_folder_remove(writer->folder);
    rk_sink_close(writer->jobs);
    rk_sink_close(writer->companions);
    rk_bundle_manifest_free(&writer->manifest);
    rk_bundle_index_free(&writer->index);
    rk_bundle_index_free(&writer->companion_keys);
    rk_buf_free(&writer->line);
    rk_free(writer->folder);
    rk_free(writer->path);
    rk_free(writer);
}

bool rk_bundle_add_source(rk_bundle_writer *writer, const rk_bundle_source *source, size_t *index,
                          rk_err *err)
{
    *index = writer->manifest.source_count;
    return rk_bundle_manifest_add_source(&writer->manifest, source, err);
}

bool rk_bundle_warn(rk_bundle_writer *writer, const char *sentence, rk_err *err)
{
    char shown[1024];
    rk_slice text = rk_slice_of(sentence);
    if (!rk_slice_utf8(text))
        text = rk_slice_of(rk_slice_print(text, shown, sizeof shown));
    return rk_bundle_manifest_add_warning(&writer->manifest, text, err);
}

/* In the temporary file: the length of the line's body in 8 bytes, then the body. */
bool rk_bundle_add(rk_bundle_writer *writer, const rk_bundle_job *job, rk_err *err)
{
    uint64_t at = rk_sink_written(writer->jobs), len;
    if (writer->manifest.redacted && job->act != RK_ACT_HOLD)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "a redacted copy cannot hold a job to %s",
                       rk_act_name(job->act));
    writer->line.len = 0;
    if (!rk_bundle_job_check(job, writer->manifest.source_count, RK_USAGE, err) ||
        !rk_bundle_job_body(&writer->line, job, err))
        return false;
    len = writer->line.len;
    return rk_sink_write(writer->jobs, (rk_slice){ (const uint8_t *)&len, sizeof len }, err) &&
           rk_sink_write(writer->jobs, rk_buf_slice(&writer->line), err) &&
           rk_bundle_index_add(&writer->index, job, at, err);
}

bool rk_bundle_add_companion(rk_bundle_writer *writer, const rk_companion *companion, rk_err *err)
{
    rk_bundle_place place = { companion->db, companion->key, RK_PLACE_QUEUE };
    uint32_t id;
    size_t before = writer->companion_keys.place_count;
    if (writer->manifest.redacted && !companion->blocked)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "a redacted copy cannot hold a companion to put back");
    writer->line.len = 0;
    if (!rk_bundle_companion_check(companion, RK_USAGE, err) ||
        !rk_bundle_index_place(&writer->companion_keys, place, &id, err))
        return false;
    if (writer->companion_keys.place_count == before)
        return true;
    writer->companion_count++;
    return rk_bundle_companion_line(&writer->line, companion, err) &&
           rk_sink_write(writer->companions, rk_buf_slice(&writer->line), err);
}

/* ---- the commit ----------------------------------------------------------------------------------------------- */

static rk_sink *open_member(const rk_bundle_writer *w, const char *name, rk_err *err)
{
    char *path = rk_bundle_path(w->folder, name, err);
    rk_sink *sink = path ? rk_sink_open(path, &(rk_sink_options){ .mode = 0600 }, err) : NULL;
    rk_free(path);
    return sink;
}

static bool read_all(const rk_source *source, uint64_t at, uint8_t *into, size_t len, rk_err *err)
{
    for (size_t got = 0; len > 0; at += got, into += got, len -= got)
        if (!rk_source_read_at(source, at, into, len, &got, err) ||
            (got == 0 && !rk_fail(err, RK_TRUNCATED, at, "temporary file has become shorter")))
            return false;
    return true;
}

/* One read for most jobs: a first piece with the length in front, then what is longer. */
static bool copy_job(rk_bundle_writer *w, const rk_source *source, uint64_t at, uint64_t seq, rk_sink *out,
                     rk_err *err)
{
    enum { FIRST = 1536 };
    uint64_t len, size = rk_source_size(source);
    size_t first = size - at < FIRST ? (size_t)(size - at) : FIRST;
    w->line.len = 0;
    if (!rk_bundle_job_head(&w->line, seq, err) || !rk_sink_write(out, rk_buf_slice(&w->line), err) ||
        !rk_buf_reserve(&w->line, FIRST, err) || !read_all(source, at, w->line.ptr, first, err))
        return false;
    memcpy(&len, w->line.ptr, sizeof len);
    if (sizeof len + len > first &&
        (!rk_buf_reserve(&w->line, (size_t)(sizeof len + len), err) ||
         !read_all(source, at + first, w->line.ptr + first, (size_t)(sizeof len + len) - first, err)))
        return false;
    return rk_sink_write(out, (rk_slice){ w->line.ptr + sizeof len, (size_t)len }, err);
}

static bool write_jobs(rk_bundle_writer *w, rk_err *err)
{
    rk_source *source = rk_sink_to_source(w->jobs, "a temporary file", err);
    w->jobs = NULL;
    rk_sink *out = source ? open_member(w, rk_bundle_file_name(BUNDLE_JOBS), err) : NULL;
    bool ok = out && rk_bundle_index_sort(&w->index, err);
    for (size_t i = 0; ok && i < w->index.count; i++)
        ok = copy_job(w, source, w->index.entries[i].at, i + 1, out, err);
    ok = ok && rk_sink_commit(out, err);
    rk_sink_close(out);
    rk_source_close(source);
    rk_bundle_index_free(&w->index);
    return ok;
}

static bool write_companions(rk_bundle_writer *w, rk_err *err)
{
    enum { PIECE = 64 * 1024 };
    if (w->companion_count == 0)
        return true;
    rk_source *source = rk_sink_to_source(w->companions, "a temporary file", err);
    w->companions = NULL;
    rk_sink *out = source ? open_member(w, rk_bundle_file_name(BUNDLE_COMPANIONS), err) : NULL;
    size_t got = 1;
    bool ok = out && rk_buf_reserve(&w->line, PIECE, err);
    while (ok && got > 0)
        ok = rk_source_read(source, w->line.ptr, PIECE, &got, err) &&
             rk_sink_write(out, (rk_slice){ w->line.ptr, got }, err);
    ok = ok && rk_sink_commit(out, err);
    rk_sink_close(out);
    rk_source_close(source);
    rk_bundle_index_free(&w->companion_keys);
    return ok;
}

static bool write_restore(rk_bundle_writer *w, rk_bundle *bundle, rk_err *err)
{
    static const rk_restore_options defaults = { 0 };
    rk_slice piece;
    rk_sink *out = open_member(w, rk_bundle_file_name(BUNDLE_RESTORE), err);
    rk_restore *restore = out ? rk_restore_open(bundle, &defaults, false, err) : NULL;
    bool ok = restore != NULL;
    while (ok && rk_restore_next(restore, &piece, err))
        ok = rk_sink_write(out, piece, err);
    ok = ok && err->code == RK_OK && rk_sink_commit(out, err);
    rk_restore_close(restore);
    rk_sink_close(out);
    return ok;
}

static bool write_manifest(rk_bundle_writer *w, rk_bundle *bundle, rk_err *err)
{
    rk_sink *out = NULL;
    bool ok = true;
    memcpy(w->manifest.id, bundle->info.id, sizeof w->manifest.id);
    for (unsigned i = 0; ok && i < BUNDLE_FILES; i++)
        if (i != BUNDLE_COMPANIONS || w->companion_count > 0)
            ok = rk_bundle_measure(bundle, (rk_bundle_file)i, &w->manifest.files[i], err);
    ok = ok && (w->manifest.counts = rk_bundle_counts_json(&bundle->counts, err)) != NULL &&
         rk_bundle_manifest_write(&w->manifest, &w->line, err) &&
         (out = open_member(w, RK_BUNDLE_MANIFEST, err)) != NULL &&
         rk_sink_write(out, rk_buf_slice(&w->line), err) && rk_sink_commit(out, err);
    rk_sink_close(out);
    return ok;
}

/* What has been written is read back, line by line, as every reader will: what that yields goes into the manifest. */
static bool finish(rk_bundle_writer *w, rk_err *err)
{
    rk_bundle *bundle = rk_bundle_new(w->folder, err);
    bool ok = bundle != NULL;
    if (ok) {
        bundle->sources = w->manifest.source_count;
        ok = rk_bundle_scan(bundle, w->companion_count > 0, UINT64_MAX, UINT64_MAX, err) &&
             write_restore(w, bundle, err) && write_manifest(w, bundle, err);
    }
    rk_bundle_close(bundle);
    return ok;
}

bool rk_bundle_commit(rk_bundle_writer *writer, rk_err *err)
{
    if (writer->folder)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "bundle has been committed already");
    writer->folder = rk_bundle_folder_create(writer->path, err);
    if (!writer->folder || !write_jobs(writer, err) || !write_companions(writer, err) ||
        !finish(writer, err) || !rk_bundle_folder_name(writer->folder, writer->path, writer->force, err))
        return false;
    writer->committed = true;
    return true;
}

const char *rk_bundle_writer_id(const rk_bundle_writer *writer)
{
    return writer->manifest.id;
}
