/* log: the commands of a set, one after the other, framed and not applied; damage is passed over and told. */
#include "aoflog.h"

#include <stdio.h>

struct rk_aoflog {
    rk_aof_set set;
    const rk_aoflog_range *range; /* NULL: all */
    rk_progress *progress;
    log_bound since, until;
    rk_aoflog_file *files;
    rk_aoflog_info info;
    rk_source *source; /* of the file being read; NULL: the next one is to be opened */
    rk_aof *aof;
    rk_aof_command command;
    size_t file;
    uint32_t db;
    uint64_t unit;  /* where the command, or the transaction around it, begins */
    int64_t unit_s; /* its time: a transaction is within a range, or not, as a whole */
    bool ended;
};

/* ---- opening ------------------------------------------------------------------------------------------------ */

static bool prepare(rk_aoflog *log, const char *path, rk_err *err)
{
    if (!rk_aof_set_open(path, &log->set, err))
        return rk_err_source(err, path);
    log->files = rk_alloc((log->set.loaded + 1) * sizeof *log->files);
    if (!log->files)
        return rk_no_memory(err);
    for (size_t i = 0; i < log->set.loaded; i++)
        log->files[i] = (rk_aoflog_file){ .packing = "plain", .saved_s = -1, .times = { -1, -1, 0, false } };
    log->info = (rk_aoflog_info){ .set = &log->set, .files = log->files };
    return !log->range || (log_bound_find(path, &log->set, &log->range->since, &log->since, err) &&
                           log_bound_find(path, &log->set, &log->range->until, &log->until, err));
}

rk_aoflog *rk_aoflog_open(const char *path, const rk_aoflog_range *range, rk_progress *progress, rk_err *err)
{
    rk_aoflog *log = rk_alloc(sizeof *log);
    if (!log) {
        rk_no_memory(err);
        return NULL;
    }
    log->range = range;
    log->progress = progress;
    if (prepare(log, path, err))
        return log;
    rk_aoflog_close(log);
    return NULL;
}

void rk_aoflog_close(rk_aoflog *log)
{
    if (!log)
        return;
    rk_aof_close(log->aof);
    rk_source_close(log->source);
    for (size_t i = 0; log->files && i < log->set.loaded; i++)
        rk_free(log->files[i].gaps);
    rk_free(log->files);
    rk_aof_set_free(&log->set);
    rk_free(log);
}

const rk_aoflog_info *rk_aoflog_info_of(const rk_aoflog *log)
{
    return &log->info;
}

/* ---- files -------------------------------------------------------------------------------------------------- */

static const char *path_of(const rk_aoflog *log)
{
    return log->set.files[log->file].path;
}

static void close_source(rk_aoflog *log)
{
    rk_aoflog_file *f = &log->files[log->file];
    f->packing = rk_source_packing(log->source);
    f->size = rk_source_size(log->source);
    if (f->size == UINT64_MAX)
        f->size = f->good;
    rk_source_close(log->source);
    log->source = NULL;
    log->file++;
}

static void close_file(rk_aoflog *log, bool whole)
{
    rk_aoflog_file *f = &log->files[log->file];
    f->read = whole;
    f->good = rk_aof_good(log->aof);
    f->times = rk_aof_times_of(log->aof);
    rk_aof_close(log->aof);
    log->aof = NULL;
    close_source(log);
    f->torn_bytes = f->torn && f->size > f->good ? f->size - f->good : 0;
}

static bool note_gap(rk_aoflog_file *f, uint64_t from, uint64_t to, const rk_err *why, rk_err *err)
{
    if (!f->gaps && !(f->gaps = rk_alloc(RK_AOFLOG_GAPS * sizeof *f->gaps)))
        return rk_no_memory(err);
    if (f->gap_count < RK_AOFLOG_GAPS)
        f->gaps[f->gap_count] = (rk_aoflog_gap){ from, to, *why };
    f->gap_count++;
    f->gap_bytes += to - from;
    return true;
}

/* A command could not be read: goes on behind the damage. False: there is no more in this file, or (err) trouble. */
static bool pass_damage(rk_aoflog *log, rk_err *err)
{
    rk_aoflog_file *f = &log->files[log->file];
    rk_err why = *err;
    uint64_t from = 0, to = 0;
    if (err->code != RK_TRUNCATED && err->code != RK_DAMAGED)
        return rk_err_source(err, path_of(log));
    rk_err_source(&why, path_of(log));
    *err = (rk_err){ 0 };
    uint64_t good = rk_aof_good(log->aof);
    bool open_multi = rk_aof_in_open_multi(log->aof);
    if (rk_aof_resume(log->aof, &from, &to, err)) {
        log->info.damaged = true;
        return note_gap(f, from, to, &why, err);
    }
    if (err->code != RK_OK)
        return rk_err_source(err, path_of(log));
    if (why.code == RK_TRUNCATED) {
        f->torn = true;
        f->open_multi = open_multi;
        f->tear = why;
        log->info.damaged |= log->file + 1 < log->set.loaded;
    } else {
        log->info.damaged = true;
        uint64_t size = rk_source_size(log->source);
        note_gap(f, good, size != UINT64_MAX && size > good ? size : good, &why, err);
    }
    return false;
}

/* Opens the file that is next. False: it can be opened, and its snapshot is damaged, so that nothing more can be found in
 * it; or (err) it cannot be opened. */
static bool open_file(rk_aoflog *log, rk_err *err)
{
    rk_source_options options = { .progress = log->progress };
    rk_aoflog_file *f = &log->files[log->file];
    log->db = 0;
    log->source = rk_source_open(path_of(log), &options, err);
    log->aof = log->source ? log_file_open(log->source, f, err) : NULL;
    if (log->aof)
        return true;
    rk_err_source(err, path_of(log));
    if (!log->source || (err->code != RK_TRUNCATED && err->code != RK_DAMAGED && err->code != RK_UNKNOWN))
        return false;
    rk_err why = *err;
    *err = (rk_err){ 0 };
    close_source(log);
    log->info.damaged = true;
    return note_gap(f, why.has_offset && why.offset < f->size ? why.offset : 0, f->size, &why, err) && false;
}

/* ---- commands ----------------------------------------------------------------------------------------------- */

static void follow(rk_aoflog *log)
{
    const rk_aof_command *c = &log->command;
    int64_t db;
    log->files[log->file].commands++;
    if (!c->in_multi || c->verb == RK_VERB_MULTI) {
        log->unit = c->offset;
        log->unit_s = c->time_s;
    }
    if (c->verb == RK_VERB_SELECT && c->argc == 2 && rk_slice_int(c->args[1], &db) && db >= 0 &&
        db <= UINT32_MAX)
        log->db = (uint32_t)db;
}

static bool is_at_end(const rk_aoflog *log)
{
    return log_is_behind(&log->until, log->file, log->unit, log->unit_s);
}

static bool is_wanted(const rk_aoflog *log)
{
    return !log->range || (!log_is_before(&log->since, log->file, log->unit, log->unit_s) &&
                           log_range_has(log->range, log->db, log->command.args[0]));
}

bool rk_aoflog_next(rk_aoflog *log, rk_aoflog_entry *entry, rk_err *err)
{
    while (!log->ended && err->code == RK_OK) {
        if (!log->aof && log->file == log->set.loaded)
            log->ended = true;
        if (log->ended || (!log->aof && !open_file(log, err)))
            continue;
        if (!rk_aof_next(log->aof, &log->command, err)) {
            if (err->code == RK_OK || (!pass_damage(log, err) && err->code == RK_OK))
                close_file(log, true);
            continue;
        }
        follow(log);
        if (is_at_end(log)) {
            log->files[log->file].commands--;
            close_file(log, false);
            log->ended = true;
            continue;
        }
        if (!is_wanted(log))
            continue;
        *entry = (rk_aoflog_entry){ &log->command, log->file, log->db, log->unit };
        return true;
    }
    return false;
}

rk_log_spot rk_aoflog_spot(const rk_aoflog_entry *entry)
{
    const rk_aof_command *c = entry->command;
    return (rk_log_spot){ .known = true,
                          .file = entry->file,
                          .offset = c->offset,
                          .number = c->number,
                          .time_s = c->time_s,
                          .verb = c->verb };
}

const char *rk_aoflog_moment(const rk_aof_set *set, size_t file, uint64_t offset, char *out)
{
    if (set->loaded > 1)
        snprintf(out, 320, "offset:%.255s:%" PRIu64, set->files[file].name, offset);
    else
        snprintf(out, 320, "offset:%" PRIu64, offset);
    return out;
}
