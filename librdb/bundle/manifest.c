/* manifest: what it holds while a bundle is written or read. */
#include "manifest.h"

const char *rk_bundle_file_name(rk_bundle_file file)
{
    static const char *const names[BUNDLE_FILES] = { "jobs.ndjson", "companions.ndjson", "restore.resp" };
    return names[file];
}

void rk_bundle_manifest_free(rk_bundle_manifest *manifest)
{
    json_decref(manifest->counts);
    rk_free(manifest->sources);
    rk_free(manifest->warnings);
    rk_arena_free(&manifest->arena);
    *manifest = (rk_bundle_manifest){ 0 };
}

static const char *copy(rk_bundle_manifest *manifest, rk_slice text, rk_err *err)
{
    rk_slice own;
    return rk_arena_copy(&manifest->arena, text, &own, err) ? (const char *)own.ptr : NULL;
}

const char *rk_bundle_manifest_text(rk_bundle_manifest *manifest, const char *text, rk_err *err)
{
    return copy(manifest, rk_slice_of(text ? text : ""), err);
}

bool rk_bundle_manifest_add_source(rk_bundle_manifest *manifest, const rk_bundle_source *source, rk_err *err)
{
    rk_bundle_source own = *source;
    if (!rk_grow((void **)&manifest->sources, &manifest->source_cap, manifest->source_count + 1, sizeof own,
                 err))
        return false;
    if (!(own.path = rk_bundle_manifest_text(manifest, source->path, err)) ||
        !(own.role = rk_bundle_manifest_text(manifest, source->role, err)) ||
        !(own.format = rk_bundle_manifest_text(manifest, source->format, err)) ||
        !(own.server = rk_bundle_manifest_text(manifest, source->server, err)) ||
        !(own.repl_id = rk_bundle_manifest_text(manifest, source->repl_id, err)))
        return false;
    manifest->sources[manifest->source_count++] = own;
    return true;
}

bool rk_bundle_manifest_add_warning(rk_bundle_manifest *manifest, rk_slice sentence, rk_err *err)
{
    if (!rk_grow((void **)&manifest->warnings, &manifest->warning_cap, manifest->warning_count + 1,
                 sizeof *manifest->warnings, err))
        return false;
    const char *own = copy(manifest, sentence, err);
    if (own)
        manifest->warnings[manifest->warning_count++] = own;
    return own != NULL;
}
