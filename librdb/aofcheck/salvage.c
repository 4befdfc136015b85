/* salvage: writes what is sound: whole commands byte for byte, without those that stop a server, and without what is
 * broken. Nothing is invented, and what follows on damage is kept. */
#include "salvage.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { CHUNK = 256 * 1024 };

static bool copy(salvage_run *s, const rk_source *source, uint64_t from, uint64_t to, rk_sink *sink,
                 rk_err *err)
{
    while (from < to) {
        size_t got = 0, most = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
        if (!rk_source_read_at(source, from, s->chunk, most, &got, err))
            return false;
        if (got == 0)
            return rk_fail(err, RK_IO, from, "the file became shorter while it was read");
        if (!rk_sink_write(sink, (rk_slice){ s->chunk, got }, err))
            return false;
        from += got;
    }
    return true;
}

static void add_head(rk_salvage_result *sum, const rk_salvage_result *one)
{
    sum->keys += one->keys;
    sum->whole += one->whole;
    sum->partial += one->partial;
    sum->lost += one->lost;
    sum->left_out += one->left_out;
    sum->suspects += one->suspects;
    sum->pieces += one->pieces;
    sum->bytes_lost += one->bytes_lost;
    sum->bytes_written += one->bytes_written;
}

static bool write_head(salvage_run *s, const aofcheck_part *part, rk_sink *sink, rk_err *err)
{
    rk_salvage_result one;
    if (!part->head)
        return true;
    if (rk_check_problems(part->head, RK_PROBLEM_DAMAGE) == 0)
        return copy(s, part->source, 0, part->part.begin, sink, err);
    if (!rk_salvage_append(part->head, sink, &one, err))
        return false;
    add_head(&s->result->heads, &one);
    return true;
}

/* What is left out has chosen a database. */
static bool write_select(rk_sink *sink, int64_t db, rk_err *err)
{
    char digits[24], command[80];
    snprintf(digits, sizeof digits, "%" PRId64, db);
    snprintf(command, sizeof command, "*2\r\n$6\r\nSELECT\r\n$%zu\r\n%s\r\n", strlen(digits), digits);
    return rk_sink_write(sink, rk_slice_of(command), err);
}

bool aofcheck_salvage_part(salvage_run *s, const aofcheck_part *part, rk_sink *sink, rk_err *err)
{
    if (!write_head(s, part, sink, err))
        return false;
    for (size_t i = 0; i < part->span_count; i++) {
        const rk_aof_span *span = &part->spans[i];
        if (span->kind == RK_SPAN_SOUND ? !copy(s, part->source, span->from, span->to, sink, err)
                                        : span->select >= 0 && !write_select(sink, span->select, err))
            return false;
    }
    s->result->files++;
    s->result->commands += part->part.commands;
    s->result->left_out += part->part.lost_commands;
    s->result->bytes_left_out += part->part.lost_bytes;
    s->result->bytes_written += rk_sink_written(sink);
    return true;
}

/* ---- what was written ------------------------------------------------------------------------------------------- */

static const rk_aof_problem *first_damage(const rk_aofcheck *c)
{
    const rk_aof_problem *p;
    for (size_t i = 0; (p = rk_aofcheck_problem(c, i)) != NULL; i++)
        if (p->problem.kind == RK_PROBLEM_DAMAGE)
            return p;
    return NULL;
}

bool aofcheck_salvage_read_back(const char *path, const char *named, rk_err *err)
{
    rk_aofcheck *again = NULL;
    rk_check *snapshot = NULL;
    rk_err why = { 0 };
    char sentence[700];
    bool read = rk_aofcheck_run(path, NULL, NULL, &again, &snapshot, &why);
    bool whole = read && (again ? rk_aofcheck_exit(again) : rk_check_exit(snapshot)) != 1;
    const rk_aof_problem *p = again && !whole ? first_damage(again) : NULL;
    if (!read)
        rk_fail(err, why.code, RK_NO_OFFSET, "what was written cannot be read back: %s",
                rk_err_sentence(&why, sentence, sizeof sentence));
    else if (!whole)
        rk_fail(err, RK_DAMAGED, p ? p->problem.offset : RK_NO_OFFSET, "what was written is not whole: %s",
                p ? p->problem.what : "it is damaged");
    rk_aofcheck_free(again);
    rk_check_free(snapshot);
    return whole || rk_err_source(err, named);
}

/* ---- not over the input ------------------------------------------------------------------------------------------- */

static bool is_same(const char *path, const struct stat *there)
{
    struct stat info;
    return path && stat(path[0] ? path : ".", &info) == 0 && info.st_dev == there->st_dev &&
           info.st_ino == there->st_ino;
}

bool aofcheck_not_input(const rk_aofcheck *c, const char *path, rk_err *err)
{
    struct stat there;
    bool same = false;
    if (stat(path, &there) != 0)
        return true;
    for (size_t i = 0; i < c->part_count && !same; i++)
        same = is_same(c->parts[i].part.path, &there);
    if (!same && !is_same(c->manifest, &there) && !(c->is_folder && is_same(c->folder, &there)))
        return true;
    rk_fail(err, RK_USAGE, RK_NO_OFFSET, "is the input itself, which is never written to");
    return rk_err_source(err, path);
}

rk_sink *rk_aofcheck_sink(const rk_aofcheck *c, const char *path, bool force, rk_err *err)
{
    rk_sink_options options = { .force = force };
    return aofcheck_not_input(c, path, err) ? rk_sink_open(path, &options, err) : NULL;
}

/* ---- one file ------------------------------------------------------------------------------------------------------- */

static bool salvage_file(salvage_run *s, const char *path, bool force, rk_err *err)
{
    rk_sink *sink = rk_aofcheck_sink(s->check, path, force, err);
    const char *written = NULL;
    bool ok = sink && aofcheck_salvage_part(s, &s->check->parts[0], sink, err) &&
              (written = rk_sink_flush(sink, err)) != NULL;
    if (ok && rk_sink_written(sink) > 0)
        ok = aofcheck_salvage_read_back(written, path, err);
    ok = ok && rk_sink_commit(sink, err);
    rk_sink_close(sink);
    return ok;
}

bool rk_aofcheck_salvage(const rk_aofcheck *c, const char *path, bool force, rk_aof_salvage *result,
                         rk_err *err)
{
    salvage_run s = { .check = c, .result = result, .chunk = rk_alloc(CHUNK) };
    *result = (rk_aof_salvage){ 0 };
    if (!s.chunk)
        return rk_no_memory(err);
    bool ok = c->is_folder ? aofcheck_salvage_set(&s, path, force, err) : salvage_file(&s, path, force, err);
    rk_free(s.chunk);
    return ok;
}
