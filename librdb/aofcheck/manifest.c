/* manifest: which parts a set has. Each line is judged on its own, so that one run tells all that is wrong; what a line
 * that no server takes was about is found by the names of the files (spec: AOF, "Manifest"). */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MANIFEST_MOST = 1024 * 1024 };

typedef struct {
    rk_aofcheck *c;
    aofcheck_names names; /* in the folder */
    rk_buf text;
    uint64_t last_seq; /* of the increments */
    uint64_t base_line;
    rk_err *err;
} manifest;

static bool bad_line(manifest *m, uint64_t line, uint64_t offset, const char *what)
{
    rk_aof_problem p = { .problem = { .kind = RK_PROBLEM_DAMAGE, .step = "manifest", .offset = offset },
                         .part = SIZE_MAX,
                         .line = line };
    m->c->manifest_bad = true;
    return aofcheck_problem_add(m->c, &p, m->err, "%s", what);
}

/* ---- parts -------------------------------------------------------------------------------------------------- */

aofcheck_part *aofcheck_part_add(rk_aofcheck *c, const char *folder, rk_slice name, rk_err *err)
{
    bool slash = folder[0] && !rk_slice_ends(rk_slice_of(folder), RK_TEXT("/"));
    size_t before = strlen(folder) + slash;
    char *path = rk_arena_take(&c->arena, before + name.len + 1, err);
    if (!path || !rk_grow((void **)&c->parts, &c->part_cap, c->part_count + 1, sizeof *c->parts, err))
        return NULL;
    memcpy(path, folder, strlen(folder));
    if (slash)
        path[before - 1] = '/';
    memcpy(path + before, name.ptr, name.len);
    aofcheck_part *part = &c->parts[c->part_count++];
    *part = (aofcheck_part){ .part = { .path = path,
                                       .name = path + before,
                                       .packing = "plain",
                                       .times = { .first_s = -1, .last_s = -1 } } };
    return part;
}

static aofcheck_part *find_part(const rk_aofcheck *c, rk_slice name)
{
    for (size_t i = 0; i < c->part_count; i++)
        if (rk_slice_is(rk_slice_of(c->parts[i].part.name), name))
            return &c->parts[i];
    return NULL;
}

static bool add_part(manifest *m, rk_slice name, rk_aof_role role, uint64_t seq, uint64_t line)
{
    aofcheck_part *part = aofcheck_part_add(m->c, m->c->folder, name, m->err);
    if (!part)
        return false;
    part->part.role = role;
    part->part.seq = seq;
    part->part.line = line;
    part->part.kind = role == RK_AOF_HISTORY ? RK_PART_HISTORY : RK_PART_LOADED;
    return true;
}

/* ---- lines -------------------------------------------------------------------------------------------------- */

/* What one line says, against those before. */
static bool take_entry(manifest *m, const rk_aof_file *file, uint64_t line, uint64_t offset)
{
    char what[160];
    rk_slice name = rk_slice_of(file->name);
    if (file->role == RK_AOF_BASE && m->base_line) {
        snprintf(what, sizeof what, "a second base, line %" PRIu64 " has the first", m->base_line);
        if (!bad_line(m, line, offset, what))
            return false;
    }
    if (file->role == RK_AOF_INCREMENT && file->seq <= m->last_seq) {
        snprintf(what, sizeof what, "seq %" PRIu64 " of an increment follows on %" PRIu64, file->seq,
                 m->last_seq);
        if (!bad_line(m, line, offset, what))
            return false;
    }
    if (file->role == RK_AOF_BASE && !m->base_line)
        m->base_line = line;
    if (file->role == RK_AOF_INCREMENT && file->seq > m->last_seq)
        m->last_seq = file->seq;
    return find_part(m->c, name) || add_part(m, name, file->role, file->seq, line);
}

/* The first word of a line that is the name of a part which is there. */
static bool take_by_name(manifest *m, rk_slice line, uint64_t number)
{
    char name[256];
    aofcheck_name parsed;
    for (size_t at = 0; at < line.len; at++) {
        size_t end = at;
        while (end < line.len && !memchr(" \t\r\n\"'/\\", line.ptr[end], 9) && line.ptr[end] != 0)
            end++;
        size_t len = end - at;
        if (len > 0 && len < sizeof name) {
            memcpy(name, line.ptr + at, len);
            name[len] = 0;
            if (aofcheck_name_parse(name, &parsed) && aofcheck_names_have(&m->names, name))
                return find_part(m->c, rk_slice_of(name)) ||
                       add_part(m, rk_slice_of(name), parsed.role, parsed.seq, number);
        }
        at = end;
    }
    return true;
}

static bool take_line(manifest *m, rk_slice line, uint64_t number, uint64_t offset)
{
    rk_aof_set set;
    rk_err why = { 0 };
    if (!rk_aof_manifest_parse(line, m->c->folder, "", &set, &why)) {
        if (why.code != RK_DAMAGED) {
            *m->err = why;
            return false;
        }
        return bad_line(m, number, offset, why.what) && take_by_name(m, line, number);
    }
    bool ok = set.count == 0 || take_entry(m, &set.files[0], number, offset);
    rk_aof_set_free(&set);
    return ok;
}

static bool take_lines(manifest *m)
{
    rk_slice text = rk_buf_slice(&m->text);
    uint64_t number = 0;
    bool ok = true;
    if (text.len == 0)
        return bad_line(m, 0, RK_NO_OFFSET, "the manifest is empty");
    for (size_t at = 0; ok && at < text.len;) {
        const uint8_t *stop = memchr(text.ptr + at, '\n', text.len - at);
        size_t len = stop ? (size_t)(stop - text.ptr) + 1 - at : text.len - at;
        ok = take_line(m, (rk_slice){ text.ptr + at, len }, ++number, at);
        at += len;
    }
    if (ok && m->c->part_count == 0 && !m->c->manifest_bad)
        return bad_line(m, 0, RK_NO_OFFSET, "the manifest lists no file");
    return ok;
}

static bool read_manifest(manifest *m)
{
    rk_source *source = rk_source_open(m->c->manifest, NULL, m->err);
    uint8_t chunk[4096];
    size_t got = 1;
    bool ok = source != NULL;
    while (ok && got > 0) {
        ok = rk_source_read(source, chunk, sizeof chunk, &got, m->err) &&
             rk_buf_add(&m->text, (rk_slice){ chunk, got }, m->err);
        if (ok && m->text.len > MANIFEST_MOST) {
            rk_fail(m->err, RK_FORMAT, RK_NO_OFFSET, "more than %d bytes: this is no manifest",
                    MANIFEST_MOST);
            ok = rk_err_source(m->err, m->c->manifest);
        }
    }
    rk_source_close(source);
    return ok;
}

/* ---- by name: where the manifest is gone, or damaged ------------------------------------------------------------ */

static bool has_base(const rk_aofcheck *c)
{
    for (size_t i = 0; i < c->part_count; i++)
        if (c->parts[i].part.role == RK_AOF_BASE)
            return true;
    return false;
}

static uint64_t first_increment(const rk_aofcheck *c)
{
    uint64_t first = UINT64_MAX;
    for (size_t i = 0; i < c->part_count; i++)
        if (c->parts[i].part.role == RK_AOF_INCREMENT && c->parts[i].part.seq < first)
            first = c->parts[i].part.seq;
    return first == UINT64_MAX ? 0 : first;
}

/* Is it worth to be taken, though no line that can be read lists it? An increment is not when it is older than those
 * that are listed, and of bases only the newest is. */
static bool is_wanted(const manifest *m, const aofcheck_name *parsed, bool base, uint64_t first)
{
    aofcheck_name other;
    if (parsed->role == RK_AOF_INCREMENT)
        return parsed->seq > first;
    for (size_t i = 0; i < m->names.count; i++)
        if (aofcheck_name_parse(m->names.names[i], &other) && other.role == RK_AOF_BASE &&
            other.seq > parsed->seq)
            return false;
    return !base;
}

static bool take_unlisted(manifest *m)
{
    rk_aof_problem p = { .problem = { .kind = RK_PROBLEM_NOTICE, .step = "manifest", .offset = RK_NO_OFFSET },
                         .part = SIZE_MAX };
    aofcheck_name parsed;
    bool base = has_base(m->c);
    uint64_t first = first_increment(m->c);
    for (size_t i = 0; i < m->names.count; i++) {
        const char *name = m->names.names[i];
        if (!aofcheck_name_parse(name, &parsed) || find_part(m->c, rk_slice_of(name)) ||
            !is_wanted(m, &parsed, base, first))
            continue;
        if (!add_part(m, rk_slice_of(name), parsed.role, parsed.seq, 0) ||
            !aofcheck_problem_add(m->c, &p, m->err, "'%s' is taken for a part of the set by its name", name))
            return false;
    }
    return true;
}

static bool say_gone(manifest *m)
{
    rk_aof_problem p = { .problem = { .kind = RK_PROBLEM_DAMAGE, .step = "manifest", .offset = RK_NO_OFFSET },
                         .part = SIZE_MAX };
    return aofcheck_problem_add(m->c, &p, m->err,
                                "there is no manifest: a server finds nothing to load, and starts empty");
}

/* ---- what there is ------------------------------------------------------------------------------------------ */

/* Base, increments by seq, then what is not loaded. */
static int by_order(const void *a, const void *b)
{
    const rk_aof_part *x = &((const aofcheck_part *)a)->part, *y = &((const aofcheck_part *)b)->part;
    bool x_loaded = x->kind <= RK_PART_MISSING, y_loaded = y->kind <= RK_PART_MISSING;
    if (x_loaded != y_loaded)
        return x_loaded ? -1 : 1;
    if (x_loaded && x->role != y->role)
        return x->role < y->role ? -1 : 1;
    if (x_loaded && x->seq != y->seq)
        return x->seq < y->seq ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Of several bases the last is loaded. */
static void demote_bases(rk_aofcheck *c)
{
    aofcheck_part *newest = NULL;
    for (size_t i = 0; i < c->part_count; i++) {
        aofcheck_part *part = &c->parts[i];
        if (part->part.role != RK_AOF_BASE || part->part.kind != RK_PART_LOADED)
            continue;
        if (newest && newest->part.seq > part->part.seq)
            part->part.kind = RK_PART_STRAY;
        else if (newest)
            newest->part.kind = RK_PART_STRAY;
        newest = part->part.kind == RK_PART_LOADED ? part : newest;
    }
}

static bool add_beside(manifest *m)
{
    aofcheck_name parsed;
    const char *slash = m->c->manifest ? strrchr(m->c->manifest, '/') : NULL;
    const char *listing = slash ? slash + 1 : m->c->manifest;
    for (size_t i = 0; i < m->names.count; i++) {
        const char *name = m->names.names[i];
        bool temporary = strncmp(name, "temp-", 5) == 0, part = aofcheck_name_parse(name, &parsed);
        if ((listing && strcmp(listing, name) == 0) || find_part(m->c, rk_slice_of(name)) ||
            (!temporary && !part))
            continue;
        if (!add_part(m, rk_slice_of(name), part ? parsed.role : RK_AOF_HISTORY, part ? parsed.seq : 0, 0))
            return false;
        m->c->parts[m->c->part_count - 1].part.kind = temporary ? RK_PART_TEMPORARY : RK_PART_STRAY;
    }
    return true;
}

static bool say_part(manifest *m, size_t i)
{
    static const char *const words[] = {
        [RK_PART_MISSING] = "'%s' is listed, and is not there",
        [RK_PART_HISTORY] = "'%s' is history: no server loads it, and the next one to start deletes it",
        [RK_PART_STRAY] = "'%s' is listed nowhere: no server loads it",
        [RK_PART_TEMPORARY] = "'%s' was left behind by a rewrite or save that did not end",
    };
    rk_aof_part *part = &m->c->parts[i].part;
    struct stat info;
    if (!aofcheck_names_have(&m->names, part->name) && part->kind == RK_PART_LOADED)
        part->kind = RK_PART_MISSING;
    else if (stat(part->path, &info) == 0)
        part->size = (uint64_t)info.st_size;
    if (part->kind == RK_PART_LOADED)
        return true;
    rk_aof_problem p = { .problem = { .kind = part->kind == RK_PART_MISSING ? RK_PROBLEM_DAMAGE
                                                                            : RK_PROBLEM_NOTICE,
                                      .step = rk_part_kind_name(part->kind),
                                      .offset = RK_NO_OFFSET },
                         .part = i,
                         .line = part->line };
    return aofcheck_problem_add(m->c, &p, m->err, words[part->kind], part->name);
}

static bool find_parts(manifest *m)
{
    rk_aofcheck *c = m->c;
    if (!aofcheck_names_of(c->folder[0] ? c->folder : ".", &m->names, m->err))
        return false;
    if (c->manifest ? !read_manifest(m) || !take_lines(m) : !say_gone(m))
        return false;
    c->manifest_gone = !c->manifest;
    if ((c->manifest_gone || c->manifest_bad) && !take_unlisted(m))
        return false;
    demote_bases(c);
    if (!add_beside(m))
        return false;
    if (c->part_count)
        qsort(c->parts, c->part_count, sizeof *c->parts, by_order);
    for (size_t i = 0; i < c->part_count; i++) {
        if (!say_part(m, i))
            return false;
        c->loaded += c->parts[i].part.kind <= RK_PART_MISSING;
    }
    return true;
}

bool aofcheck_parts_of_set(rk_aofcheck *c, rk_err *err)
{
    manifest m = { .c = c, .err = err };
    bool ok = find_parts(&m);
    rk_buf_free(&m.text);
    aofcheck_names_free(&m.names);
    return ok;
}
