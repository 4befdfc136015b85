/* manifest_write: the text of a manifest. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "manifest.h"

enum { HEX = 32 };

static json_t *hex_of(rk_digest digest)
{
    char text[HEX + 1];
    snprintf(text, sizeof text, "%016" PRIx64 "%016" PRIx64, digest.hi, digest.lo);
    return json_string(text);
}

static json_t *time_of(int64_t seconds)
{
    struct tm parts;
    char text[64];
    time_t when = (time_t)seconds;
    if (!gmtime_r(&when, &parts) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        return json_null();
    return json_string(text);
}

/* A text of the user's or of a source: it may be no valid UTF-8. */
static json_t *text_of(const char *text)
{
    rk_buf room = { 0 };
    rk_err err = { 0 };
    json_t *object = NULL;
    if (rk_slice_utf8(rk_slice_of(text)))
        return json_string(text);
    if (rk_bundle_add_base64(&room, rk_slice_of(text), &err))
        object = json_pack("{s:s%}", "b64", (const char *)room.ptr, room.len);
    rk_buf_free(&room);
    return object;
}

static json_t *source_of(const rk_bundle_source *s)
{
    return json_pack("{s:o, s:o, s:o, s:I, s:o, s:I, s:o, s:I, s:o, s:I}", "path", text_of(s->path), "role",
                     text_of(s->role), "format", text_of(s->format), "size", (json_int_t)s->size, "xxh3_128",
                     hex_of(s->digest), "rdb_version", (json_int_t)s->rdb_version, "server",
                     text_of(s->server), "saved_s", (json_int_t)s->saved_s, "repl_id", text_of(s->repl_id),
                     "repl_offset", (json_int_t)s->repl_offset);
}

/* NULL when memory is short, here and below. */
static json_t *sources_of(const rk_bundle_manifest *manifest)
{
    json_t *all = json_array();
    for (size_t i = 0; all && i < manifest->source_count; i++)
        if (json_array_append_new(all, source_of(&manifest->sources[i])) != 0) {
            json_decref(all);
            return NULL;
        }
    return all;
}

static json_t *warnings_of(const rk_bundle_manifest *manifest)
{
    json_t *all = json_array();
    for (size_t i = 0; all && i < manifest->warning_count; i++)
        if (json_array_append_new(all, text_of(manifest->warnings[i])) != 0) {
            json_decref(all);
            return NULL;
        }
    return all;
}

static json_t *files_of(const rk_bundle_manifest *manifest)
{
    json_t *all = json_object();
    for (unsigned i = 0; all && i < BUNDLE_FILES; i++) {
        const rk_bundle_member *file = &manifest->files[i];
        if (file->there && json_object_set_new(all, rk_bundle_file_name((rk_bundle_file)i),
                                               json_pack("{s:I, s:o}", "size", (json_int_t)file->size,
                                                         "xxh3_128", hex_of(file->digest))) != 0) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

static bool add_dump(rk_buf *out, const json_t *json, rk_err *err)
{
    char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
    bool ok = text ? rk_buf_add(out, rk_slice_of(text), err) : rk_no_memory(err);
    free(text);
    return ok;
}

/* The last member is the digest of all that stands before it: first written with zeros, then with what they make. */
bool rk_bundle_manifest_write(const rk_bundle_manifest *manifest, rk_buf *out, rk_err *err)
{
    static const char zeros[] = "00000000000000000000000000000000";
    json_t *json = json_pack(
        "{s:s, s:i, s:s, s:o, s:I, s:o, s:o, s:o, s:o*, s:o, s:o, s:O, s:o, s:s}", "format", RK_BUNDLE_FORMAT,
        "version", RK_BUNDLE_VERSION, "id", manifest->id, "created_at", time_of(manifest->created_s),
        "created_s", (json_int_t)manifest->created_s, "tool", text_of(manifest->tool), "tool_version",
        text_of(manifest->made_by), "reason", text_of(manifest->reason), "redacted",
        manifest->redacted ? json_true() : NULL, "sources", sources_of(manifest), "warnings",
        warnings_of(manifest), "counts", manifest->counts, "files", files_of(manifest), "check", zeros);
    out->len = 0;
    bool ok = add_dump(out, json, err) && rk_bundle_add_word(out, "\n", err);
    json_decref(json);
    if (!ok)
        return false;
    char check[HEX + 1];
    size_t at = out->len - strlen("\"\n}\n") - HEX;
    rk_digest digest = rk_digest_of((rk_slice){ out->ptr, at });
    snprintf(check, sizeof check, "%016" PRIx64 "%016" PRIx64, digest.hi, digest.lo);
    memcpy(out->ptr + at, check, HEX);
    return true;
}
