/* manifest_read: reads a manifest, and believes nothing of it that can be checked here. */
#include "manifest.h"

enum { HEX = 32 };

static bool wrong(rk_err *err, const char *member)
{
    return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "member '%s' is missing, or has no value of its kind",
                   member);
}

/* ---- values --------------------------------------------------------------------------------------------------- */

static bool read_text(rk_bundle_manifest *m, const json_t *object, const char *name, const char **text,
                      rk_err *err)
{
    const json_t *value = json_object_get(object, name);
    const char *plain = json_string_value(value), *packed = json_string_value(json_object_get(value, "b64"));
    if (plain)
        return (*text = rk_bundle_manifest_text(m, plain, err)) != NULL;
    if (!packed)
        return wrong(err, name);
    size_t len = strlen(packed), got;
    uint8_t *room = rk_arena_take(&m->arena, len / 4 * 3 + 4, err);
    if (!room)
        return false;
    *text = (const char *)room;
    if (!rk_bundle_base64_read(rk_slice_of(packed), room, &got) || memchr(room, 0, got))
        return wrong(err, name);
    room[got] = 0;
    return true;
}

static bool read_i64(const json_t *object, const char *name, int64_t *number, rk_err *err)
{
    const json_t *value = json_object_get(object, name);
    *number = json_integer_value(value);
    return json_is_integer(value) || wrong(err, name);
}

static bool read_u64(const json_t *object, const char *name, uint64_t *number, rk_err *err)
{
    int64_t value;
    if (!read_i64(object, name, &value, err))
        return false;
    *number = (uint64_t)value;
    return value >= 0 || wrong(err, name);
}

static bool hex_digit(char digit, uint64_t *value)
{
    const char *found = digit ? strchr("0123456789abcdef", digit) : NULL;
    *value = found ? (uint64_t)(found - "0123456789abcdef") : 0;
    return found != NULL;
}

static bool parse_hex(const char *text, rk_digest *digest)
{
    uint64_t parts[2] = { 0, 0 }, value;
    if (!text || strlen(text) != HEX)
        return false;
    for (unsigned i = 0; i < HEX; i++) {
        if (!hex_digit(text[i], &value))
            return false;
        parts[i / 16] = parts[i / 16] << 4 | value;
    }
    *digest = (rk_digest){ .hi = parts[0], .lo = parts[1] };
    return true;
}

static bool read_digest(const json_t *object, const char *name, rk_digest *digest, rk_err *err)
{
    return parse_hex(json_string_value(json_object_get(object, name)), digest) || wrong(err, name);
}

/* ---- parts ---------------------------------------------------------------------------------------------------- */

static bool read_source(rk_bundle_manifest *m, const json_t *json, rk_err *err)
{
    rk_bundle_source s = { 0 };
    uint64_t rdb_version;
    if (!read_text(m, json, "path", &s.path, err) || !read_text(m, json, "role", &s.role, err) ||
        !read_text(m, json, "format", &s.format, err) || !read_u64(json, "size", &s.size, err) ||
        !read_digest(json, "xxh3_128", &s.digest, err) || !read_u64(json, "rdb_version", &rdb_version, err) ||
        !read_text(m, json, "server", &s.server, err) || !read_i64(json, "saved_s", &s.saved_s, err) ||
        !read_text(m, json, "repl_id", &s.repl_id, err) ||
        !read_i64(json, "repl_offset", &s.repl_offset, err))
        return false;
    if (rdb_version > UINT32_MAX)
        return wrong(err, "rdb_version");
    s.rdb_version = (uint32_t)rdb_version;
    if (!rk_grow((void **)&m->sources, &m->source_cap, m->source_count + 1, sizeof s, err))
        return false;
    m->sources[m->source_count++] = s;
    return true;
}

static bool read_lists(rk_bundle_manifest *m, const json_t *json, rk_err *err)
{
    const json_t *sources = json_object_get(json, "sources"), *warnings = json_object_get(json, "warnings");
    if (!json_is_array(sources) || !json_is_array(warnings))
        return wrong(err, json_is_array(sources) ? "warnings" : "sources");
    for (size_t i = 0; i < json_array_size(sources); i++)
        if (!read_source(m, json_array_get(sources, i), err))
            return rk_within(err, "source %zu", i + 1);
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        const char *sentence = json_string_value(json_array_get(warnings, i));
        if (!sentence)
            return wrong(err, "warnings");
        if (!rk_bundle_manifest_add_warning(m, rk_slice_of(sentence), err))
            return false;
    }
    return true;
}

static bool read_files(rk_bundle_manifest *m, const json_t *json, rk_err *err)
{
    const json_t *files = json_object_get(json, "files");
    size_t known = 0;
    for (unsigned i = 0; i < BUNDLE_FILES; i++) {
        const char *name = rk_bundle_file_name((rk_bundle_file)i);
        const json_t *file = json_object_get(files, name);
        m->files[i].there = file != NULL;
        known += file != NULL;
        if (!file && i != BUNDLE_COMPANIONS)
            return wrong(err, name);
        if (file && (!read_u64(file, "size", &m->files[i].size, err) ||
                     !read_digest(file, "xxh3_128", &m->files[i].digest, err)))
            return rk_within(err, "file %s", name);
    }
    return json_object_size(files) == known ||
           rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "manifest names files that no bundle has");
}

static bool read_members(rk_bundle_manifest *m, const json_t *json, rk_err *err)
{
    const char *id = json_string_value(json_object_get(json, "id"));
    rk_digest digest;
    if (!parse_hex(id, &digest))
        return wrong(err, "id");
    memcpy(m->id, id, sizeof m->id);
    m->redacted = json_is_true(json_object_get(json, "redacted"));
    m->counts = json_incref(json_object_get(json, "counts"));
    if (!json_is_object(m->counts))
        return wrong(err, "counts");
    return read_i64(json, "created_s", &m->created_s, err) && read_text(m, json, "tool", &m->tool, err) &&
           read_text(m, json, "tool_version", &m->made_by, err) &&
           read_text(m, json, "reason", &m->reason, err) && read_lists(m, json, err) &&
           read_files(m, json, err);
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

static bool check_version(rk_bundle_manifest *m, const json_t *json, rk_err *err)
{
    const char *format = json_string_value(json_object_get(json, "format"));
    const json_t *version = json_object_get(json, "version");
    if (!format || strcmp(format, RK_BUNDLE_FORMAT) != 0)
        return rk_fail(err, RK_FORMAT, RK_NO_OFFSET, "is no manifest of a job bundle");
    if (!json_is_integer(version) || json_integer_value(version) < 1)
        return wrong(err, "version");
    if (json_integer_value(version) > RK_BUNDLE_VERSION)
        return rk_fail(err, RK_UNKNOWN, RK_NO_OFFSET,
                       "format version is %" JSON_INTEGER_FORMAT ", versions up to %d are known",
                       json_integer_value(version), RK_BUNDLE_VERSION);
    m->version = (uint32_t)json_integer_value(version);
    return true;
}

/* The digest at the very end goes with what stands before it. */
static bool check_digest(rk_slice text, rk_err *err)
{
    static const char before[] = "  \"check\": \"", behind[] = "\"\n}\n";
    size_t tail = sizeof before - 1 + HEX + sizeof behind - 1;
    char hex[HEX + 1] = { 0 };
    rk_digest said, there;
    rk_slice end = rk_slice_from(text, text.len < tail ? text.len : text.len - tail);
    if (end.len != tail || !rk_slice_starts(end, rk_slice_of(before)) ||
        !rk_slice_ends(end, rk_slice_of(behind)))
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "manifest does not end in its own digest");
    memcpy(hex, end.ptr + sizeof before - 1, HEX);
    there = rk_digest_of(rk_slice_head(text, text.len - (sizeof behind - 1) - HEX));
    if (!parse_hex(hex, &said) || !rk_digest_is(said, there))
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                       "has changed since it was written: its digest is %016" PRIx64 "%016" PRIx64
                       ", it says %s",
                       there.hi, there.lo, hex);
    return true;
}

bool rk_bundle_manifest_read(rk_bundle_manifest *manifest, rk_slice text, rk_err *err)
{
    json_error_t where;
    json_t *json = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &where);
    if (!json && json_error_code(&where) == json_error_out_of_memory)
        return rk_no_memory(err);
    if (!json) {
        rk_fail(err, RK_DAMAGED, where.position >= 0 ? (uint64_t)where.position : RK_NO_OFFSET,
                "manifest is no well-formed JSON");
        return rk_within(err, "line %d", where.line);
    }
    bool ok =
        check_version(manifest, json, err) && check_digest(text, err) && read_members(manifest, json, err);
    json_decref(json);
    return ok;
}
