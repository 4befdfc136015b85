/* aofcheck: one pass over a set of files, and what it has found. */
#include "run.h"

#include <strings.h>

enum { PROBLEMS_MOST = 10000, PEEK = 8 };

const char *rk_part_kind_name(rk_part_kind kind)
{
    static const char *const names[] = { [RK_PART_LOADED] = "loaded",
                                         [RK_PART_MISSING] = "missing",
                                         [RK_PART_HISTORY] = "history",
                                         [RK_PART_STRAY] = "stray",
                                         [RK_PART_TEMPORARY] = "temporary" };
    return names[kind];
}

const char *rk_aof_role_name(rk_aof_role role)
{
    static const char *const names[] = {
        [RK_AOF_BASE] = "base", [RK_AOF_INCREMENT] = "increment", [RK_AOF_HISTORY] = "history"
    };
    return names[role];
}

/* ---- one part ------------------------------------------------------------------------------------------------- */

/* Reads what cannot be asked for its size to its end, so that it can be looked at a second time. */
static bool read_on(rk_source *source, rk_err *err)
{
    uint8_t room[16 * 1024];
    size_t got = 1;
    while (rk_source_size(source) == UINT64_MAX && got > 0)
        if (!rk_source_read(source, room, sizeof room, &got, err))
            return false;
    return true;
}

static bool say_empty(rk_aofcheck *c, size_t index, rk_err *err)
{
    const rk_aof_part *part = &c->parts[index].part;
    bool snapshot = rk_slice_ends(rk_slice_of(part->name), RK_TEXT(".rdb"));
    rk_aof_problem p = { .problem = { .kind = snapshot ? RK_PROBLEM_DAMAGE : RK_PROBLEM_NOTICE,
                                      .step = "empty file",
                                      .offset = 0 },
                         .part = index };
    return aofcheck_problem_add(
        c, &p, err,
        snapshot ? "the file is empty, and a snapshot never is: what it held is lost, and a "
                   "server loads the rest without a word"
                 : "the file is empty");
}

/* A base that should be a snapshot, and does not begin like one. */
static bool say_no_snapshot(rk_aofcheck *c, size_t index, rk_err *err)
{
    rk_aof_problem p = { .problem = { .kind = RK_PROBLEM_NOTICE, .step = "header", .offset = 0 },
                         .part = index };
    return aofcheck_problem_add(c, &p, err,
                                "it has the name of a snapshot, and does not begin with REDIS or VALKEY");
}

static bool take_plain(rk_aofcheck *c, size_t index, rk_source *source, rk_err *err)
{
    aofcheck_part *part = &c->parts[index];
    part->own = source;
    part->source = source;
    part->drained = rk_source_size(source) == UINT64_MAX;
    return !part->drained || read_on(source, err);
}

/* What stands in the part, once its head has been checked. */
static bool check_rest(rk_aofcheck *c, size_t index, rk_err *err)
{
    aofcheck_part *part = &c->parts[index];
    bool named = rk_slice_ends(rk_slice_of(part->part.name), RK_TEXT(".rdb"));
    part->part.packing = rk_source_packing(part->source);
    part->part.size = rk_source_size(part->source);
    if (!(part->part.verbs = part->verbs = rk_alloc(RK_VERBS * sizeof *part->verbs)))
        return rk_no_memory(err);
    if (part->part.size == 0 && !say_empty(c, index, err))
        return false;
    if (part->part.size > 0 && !part->head && named && !say_no_snapshot(c, index, err))
        return false;
    return (!part->head || aofcheck_problems_of_head(c, index, err)) && aofcheck_commands(c, index, err);
}

static bool check_part(rk_aofcheck *c, size_t index, rk_source *source, rk_err *err)
{
    rk_check_options options = { .top = c->top, .progress = c->progress, .problems_most = c->problems_most };
    uint8_t first[PEEK];
    size_t got = 0;
    bool log;
    if (!rk_source_peek(source, first, sizeof first, &got, err)) {
        rk_source_close(source);
        return false;
    }
    if (aofcheck_is_snapshot((rk_slice){ first, got }))
        return aofcheck_head(&c->parts[index], source, &options, false, &log, err) &&
               check_rest(c, index, err);
    return take_plain(c, index, source, err) && check_rest(c, index, err);
}

static bool check_parts(rk_aofcheck *c, rk_err *err)
{
    rk_source_options opening = { .second_look = true, .progress = c->progress };
    for (size_t i = 0; i < c->loaded; i++) {
        if (c->parts[i].part.kind == RK_PART_MISSING)
            continue;
        rk_source *source = rk_source_open(c->parts[i].part.path, &opening, err);
        if (!source || !check_part(c, i, source, err))
            return rk_err_source(err, c->parts[i].part.path);
    }
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static rk_aofcheck *new_check(const char *path, const rk_aofcheck_options *options, rk_err *err)
{
    static const rk_aofcheck_options defaults = { 0 };
    const rk_aofcheck_options *opt = options ? options : &defaults;
    rk_aofcheck *c = rk_alloc(sizeof *c);
    if (!c) {
        rk_no_memory(err);
        return NULL;
    }
    c->problems_most = opt->problems_most ? opt->problems_most : PROBLEMS_MOST;
    c->progress = opt->progress;
    c->top = opt->top;
    aofcheck_form_index_make(&c->form_index);
    if (!(c->path = aofcheck_text(c, err, "%s", path))) {
        rk_aofcheck_free(c);
        return NULL;
    }
    return c;
}

/* The folder of a manifest, or the manifest of a folder. */
static bool name_set(rk_aofcheck *c, rk_err *err)
{
    aofcheck_names names = { 0 };
    const char *among = NULL, *slash = strrchr(c->path, '/');
    rk_slice path = rk_slice_of(c->path);
    c->is_folder = true;
    if (rk_slice_ends(path, RK_TEXT(".manifest"))) {
        c->manifest = c->path;
        c->folder = aofcheck_text(c, err, "%.*s", slash ? (int)(slash - c->path + 1) : 0, c->path);
        return c->folder != NULL;
    }
    c->folder = c->path;
    bool ok = aofcheck_names_of(c->path, &names, err) && aofcheck_manifest_among(&names, &among, err);
    if (ok && among) {
        c->manifest =
            aofcheck_text(c, err, "%s%s%s", c->path, rk_slice_ends(path, RK_TEXT("/")) ? "" : "/", among);
        ok = c->manifest != NULL;
    }
    aofcheck_names_free(&names);
    return ok || rk_err_source(err, c->path);
}

static bool finish(rk_aofcheck *c, rk_err *err)
{
    if (!aofcheck_load_judge(c, err))
        return false;
    aofcheck_problems_sort(c);
    return true;
}

static bool run_set(const char *path, const rk_aofcheck_options *options, rk_aofcheck **aof, rk_err *err)
{
    rk_aofcheck *c = new_check(path, options, err);
    if (c && name_set(c, err) && aofcheck_parts_of_set(c, err) && check_parts(c, err) && finish(c, err)) {
        *aof = c;
        return true;
    }
    rk_aofcheck_free(c);
    return false;
}

/* ---- one file, which may be a snapshot ------------------------------------------------------------------------------ */

static bool begins_as_commands(const rk_source *source, rk_slice first)
{
    if (first.len > 0 && (first.ptr[0] == '*' || first.ptr[0] == '#'))
        return true;
    return !aofcheck_is_snapshot(first) &&
           rk_slice_ends(rk_slice_of(rk_source_name(source)), RK_TEXT(".aof"));
}

static bool add_single(rk_aofcheck *c, rk_err *err)
{
    const char *slash = strrchr(c->path, '/');
    const char *folder = aofcheck_text(c, err, "%.*s", slash ? (int)(slash - c->path + 1) : 0, c->path);
    c->loaded = 1;
    return folder && aofcheck_part_add(c, folder, rk_slice_of(slash ? slash + 1 : c->path), err);
}

/* Takes the source. *log false: it is a snapshot alone, whose check is the head of the part. */
static bool check_single(rk_aofcheck *c, rk_source *source, bool commands, const rk_check_options *options,
                         bool *log, rk_err *err)
{
    rk_check_options plain = { .top = c->top, .progress = c->progress };
    *log = true;
    if (!add_single(c, err)) {
        rk_source_close(source);
        return false;
    }
    bool ok = commands ? take_plain(c, 0, source, err)
                       : aofcheck_head(&c->parts[0], source, options ? options : &plain, true, log, err);
    return ok && (!*log || (check_rest(c, 0, err) && finish(c, err)));
}

bool rk_aofcheck_source(rk_source *source, const rk_aofcheck_options *options,
                        const rk_check_options *snapshots, rk_aofcheck **aof, rk_check **snapshot,
                        rk_err *err)
{
    rk_aofcheck *c = new_check(rk_source_name(source), options, err);
    uint8_t first[PEEK];
    size_t got = 0;
    bool log = true;
    *aof = NULL;
    *snapshot = NULL;
    if (!c || !rk_source_peek(source, first, sizeof first, &got, err)) {
        rk_source_close(source);
        rk_aofcheck_free(c);
        return false;
    }
    bool commands = begins_as_commands(source, (rk_slice){ first, got }) && !(snapshots && snapshots->assume);
    bool ok = check_single(c, source, commands, snapshots, &log, err);
    if (ok && log) {
        *aof = c;
        return true;
    }
    if (ok) {
        *snapshot = c->parts[0].head;
        c->parts[0].head = NULL;
    } else {
        rk_err_source(err, c->path);
    }
    rk_aofcheck_free(c);
    return ok;
}

bool rk_aofcheck_run(const char *path, const rk_aofcheck_options *options, const rk_check_options *snapshots,
                     rk_aofcheck **aof, rk_check **snapshot, rk_err *err)
{
    rk_source_options opening = { .second_look = true, .progress = options ? options->progress : NULL };
    bool set;
    *aof = NULL;
    *snapshot = NULL;
    if (!rk_aofcheck_is_set(path, &set, err))
        return false;
    rk_source *source = set ? NULL : rk_source_open(path, &opening, err);
    if (set ? !run_set(path, options, aof, err)
            : !source || !rk_aofcheck_source(source, options, snapshots, aof, snapshot, err))
        return false;
    if (!*aof || !options || !options->replay || aofcheck_replay(*aof, path, err))
        return true;
    rk_err_source(err, path);
    rk_aofcheck_free(*aof);
    *aof = NULL;
    return false;
}

void rk_aofcheck_free(rk_aofcheck *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->part_count; i++) {
        aofcheck_part *part = &c->parts[i];
        rk_check_free(part->head);
        rk_check_free(part->whole);
        rk_source_close(part->own);
        rk_free(part->spans);
        rk_free(part->verbs);
    }
    rk_free(c->parts);
    rk_free(c->problems);
    rk_arena_free(&c->arena);
    rk_free(c);
}
