/* range: which part of a log is meant: from a moment to another, some databases, some commands. */
#include "aoflog.h"

#include <stdio.h>
#include <strings.h>

/* ---- moments as places -------------------------------------------------------------------------------------- */

static bool find_file(const rk_aof_set *set, const char *name, size_t *file, rk_err *err)
{
    *file = set->loaded - 1;
    if (!name[0])
        return true;
    for (size_t i = 0; i < set->loaded; i++) {
        *file = i;
        if (strcmp(set->files[i].name, name) == 0)
            return true;
    }
    return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "no file '%.100s' belongs to the log", name);
}

/* As a replay has it: the command that an offset lies in, or that is next behind it. */
static bool is_meant(const rk_moment *moment, const rk_aoflog_entry *entry, size_t file)
{
    if (moment->kind == RK_MOMENT_OFFSET)
        return entry->file == file && entry->command->end > moment->offset;
    return entry->command->verb == moment->verb;
}

/* Looks for the command that is meant; the place is that of the transaction around it, if there is one. */
static bool find_command(const char *path, const rk_moment *moment, log_bound *bound, rk_err *err)
{
    size_t file = bound->file;
    rk_aoflog_entry entry;
    bool found = false;
    rk_aoflog *log = rk_aoflog_open(path, NULL, NULL, err);
    while (log && !(found && !moment->last) && rk_aoflog_next(log, &entry, err)) {
        if (!is_meant(moment, &entry, file))
            continue;
        found = true;
        bound->file = entry.file;
        bound->offset = entry.unit;
    }
    rk_aoflog_close(log);
    if (err->code == RK_OK && !found && moment->kind == RK_MOMENT_BEFORE) {
        rk_fail(err, RK_USAGE, RK_NO_OFFSET, "no command '%s' is in the log", moment->word);
        rk_err_source(err, path);
    }
    return err->code == RK_OK;
}

bool log_bound_find(const char *path, const rk_aof_set *set, const rk_moment *moment, log_bound *bound,
                    rk_err *err)
{
    *bound = (log_bound){ .kind = LOG_BOUND_NONE };
    if (moment->kind == RK_MOMENT_END)
        return true;
    bound->kind = moment->kind == RK_MOMENT_TIME ? LOG_BOUND_TIME : LOG_BOUND_PLACE;
    bound->time_s = moment->time_s;
    bound->offset = moment->offset;
    if (moment->kind == RK_MOMENT_TIME)
        return true;
    if (strcmp(path, "-") == 0)
        return rk_fail(
            err, RK_USAGE, RK_NO_OFFSET,
            "a moment by command or offset needs a file that can be read twice, not standard input");
    if (moment->kind == RK_MOMENT_OFFSET && !find_file(set, moment->file, &bound->file, err))
        return rk_err_source(err, path);
    return find_command(path, moment, bound, err);
}

bool log_is_before(const log_bound *since, size_t file, uint64_t offset, int64_t time_s)
{
    if (since->kind == LOG_BOUND_TIME)
        return time_s < since->time_s;
    return since->kind == LOG_BOUND_PLACE &&
           (file < since->file || (file == since->file && offset < since->offset));
}

bool log_is_behind(const log_bound *until, size_t file, uint64_t offset, int64_t time_s)
{
    if (until->kind == LOG_BOUND_TIME)
        return time_s > until->time_s;
    return until->kind == LOG_BOUND_PLACE &&
           (file > until->file || (file == until->file && offset >= until->offset));
}

/* ---- databases and names ------------------------------------------------------------------------------------ */

static bool is_name(rk_slice name, const char *word)
{
    return strlen(word) == name.len && strncasecmp((const char *)name.ptr, word, name.len) == 0;
}

bool log_range_has(const rk_aoflog_range *range, uint32_t db, rk_slice name)
{
    bool wanted = range->db_count == 0;
    for (size_t i = 0; !wanted && i < range->db_count; i++)
        wanted = range->dbs[i] == db;
    if (!wanted || range->name_count == 0)
        return wanted;
    for (size_t i = 0; i < range->name_count; i++)
        if (is_name(name, range->names[i]))
            return true;
    return false;
}
