/* log_read: the logs that are given, and those that NEW is itself, followed from end to end. */
#include "run.h"

enum { LOGS_MOST = 1000 };

/* SOURCE or SOURCE@MOMENT. */
static bool add_log(rk_diff *d, const char *source)
{
    log_book *book = &d->book;
    log_file *file = &book->files[book->file_count++];
    size_t len;
    file->told.path = source;
    file->told.first_s = file->told.last_s = -1;
    file->after_old = UINT64_MAX;
    if (!rk_moment_split(source, &len, &file->until, d->err))
        return rk_err_source(d->err, source);
    file->path = rk_alloc(len + 1);
    if (!file->path)
        return rk_no_memory(d->err);
    memcpy(file->path, source, len);
    return true;
}

/* The shard is an append-only file: its state is what it comes to, and it is its own log. */
static bool is_log(const side *s, size_t shard)
{
    return rk_snapshot_info_of(s->shards[shard])->log.files > 0;
}

/* When a side was so. Without annotations a log only tells when it began. */
static int64_t moment_of(const side *s)
{
    for (size_t i = 0; i < s->shard_count; i++)
        if (is_log(s, i) && !rk_snapshot_info_of(s->shards[i])->log.annotated)
            return -1;
    return s->now_s;
}

/* What a file holds is told by its name in the report. */
static bool name_files(log_book *book, log_file *file, rk_err *err)
{
    const rk_aof_set *set = rk_history_info_of(file->history)->replay->set;
    const char **names = rk_arena_take(&book->arena, (set->loaded + 1) * sizeof *names, err);
    for (size_t i = 0; names && i < set->loaded; i++) {
        rk_slice copy, name = rk_slice_of(set->files[i].name);
        if (!rk_arena_copy(&book->arena, (rk_slice){ name.ptr, name.len + 1 }, &copy, err))
            return false;
        names[i] = (const char *)copy.ptr;
    }
    file->told.files = names;
    file->told.file_count = names ? set->loaded : 0;
    return names != NULL;
}

/* A final fate is written down; whoever comes back after one is pending until the next. */
static bool note_event(log_book *book, size_t log, const rk_job_event *event, rk_err *err)
{
    if (event->fate) {
        bool gone = event->what == RK_LIFE_LOST || event->what == RK_LIFE_UNKNOWN;
        return log_note(book, log, event->fate, err) && (!gone || log_note_job(book, log, event->fate, err));
    }
    log_fact *fact = log_find(book, event->id, log);
    if (fact)
        fact->fate = RK_FATE_PENDING;
    return true;
}

static bool read_log(rk_diff *d, size_t log)
{
    log_file *file = &d->book.files[log];
    rk_history_options options = { .until = file->until,
                                   .alive_within_s = d->options.alive_within_s,
                                   .alive_strictly = d->options.alive_strictly };
    rk_job_event event;
    file->history = rk_history_open(file->path, &options, d->err);
    if (!file->history || !name_files(&d->book, file, d->err))
        return false;
    const rk_history_info *info = rk_history_info_of(file->history);
    while (rk_history_next(file->history, &event, d->err))
        if (!note_event(&d->book, log, &event, d->err) ||
            (!info->annotated && !log_tick_at(file, &event.spot, d->err)))
            return false;
    if (d->err->code == RK_NO_MEMORY || d->err->code == RK_USAGE)
        return false;
    if (d->err->code != RK_OK) { /* what was read of it still holds */
        file->told.partial = true;
        file->told.reason = *d->err;
        *d->err = (rk_err){ 0 };
    }
    return true;
}

bool run_logs_read(rk_diff *d)
{
    const rk_paths *given = &d->options.logs, *news = &d->options.new_paths;
    size_t most = given->count + news->count;
    if (most > LOGS_MOST)
        return rk_fail(d->err, RK_USAGE, RK_NO_OFFSET, "more than %d logs", LOGS_MOST);
    d->book.files = rk_alloc((most + 1) * sizeof *d->book.files);
    if (!d->book.files)
        return rk_no_memory(d->err);
    d->book.old_s = moment_of(&d->old);
    d->book.new_s = moment_of(&d->new);
    for (size_t i = 0; i < news->count; i++)
        if (is_log(&d->new, i) && !add_log(d, news->items[i]))
            return false;
    for (size_t i = 0; i < given->count; i++)
        if (!add_log(d, given->items[i]))
            return false;
    for (size_t i = 0; i < d->book.file_count; i++)
        if (!read_log(d, i))
            return false;
    return true;
}
