/* log_book: what the logs say, job by job, and log by log. */
#include "log.h"

/* ---- spots ------------------------------------------------------------------------------------------------------- */

static log_spot pack(const rk_log_spot *spot)
{
    bool timed = spot->time_s > 0 && spot->time_s <= UINT32_MAX;
    return (log_spot){ .at = (uint64_t)spot->file << 48 | spot->offset,
                       .number = (uint32_t)spot->number,
                       .time_s = timed ? (uint32_t)spot->time_s : 0,
                       .verb = (uint16_t)spot->verb,
                       .known = spot->known,
                       .base = spot->base };
}

rk_log_spot log_spot_of(const log_spot *spot)
{
    if (!spot->known)
        return (rk_log_spot){ .time_s = -1 };
    return (rk_log_spot){ .known = true,
                          .base = spot->base,
                          .file = (size_t)(spot->at >> 48),
                          .offset = spot->at & ((UINT64_C(1) << 48) - 1),
                          .number = spot->number,
                          .time_s = spot->time_s ? (int64_t)spot->time_s : -1,
                          .verb = (rk_verb)spot->verb };
}

/* ---- facts ------------------------------------------------------------------------------------------------------- */

static size_t slot_of(const log_book *book, uint64_t id, size_t log)
{
    size_t at = rk_spread_slot(book->spread, (rk_digest){ id, log }, book->slot_count);
    for (;; at = (at + 1) & (book->slot_count - 1)) {
        const log_fact *fact = book->slots[at] ? &book->facts[book->slots[at] - 1] : NULL;
        if (!fact || (fact->id == id && fact->log == log))
            return at;
    }
}

log_fact *log_find(const log_book *book, uint64_t id, size_t log)
{
    uint32_t index = book->slot_count ? book->slots[slot_of(book, id, log)] : 0;
    return index ? &book->facts[index - 1] : NULL;
}

static bool widen(log_book *book, rk_err *err)
{
    size_t count = book->slot_count ? book->slot_count * 2 : 1024;
    uint32_t *slots = rk_alloc(count * sizeof *slots);
    if (!slots)
        return rk_no_memory(err);
    rk_free(book->slots);
    book->slots = slots;
    book->slot_count = count;
    book->spread = rk_spread_new();
    for (size_t i = 0; i < book->fact_count; i++)
        slots[slot_of(book, book->facts[i].id, book->facts[i].log)] = (uint32_t)i + 1;
    return true;
}

log_fact *log_fact_of(log_book *book, uint64_t id, size_t log, rk_err *err)
{
    log_fact *fact = log_find(book, id, log);
    if (fact)
        return fact;
    if (book->fact_count >= UINT32_MAX - 1) {
        rk_fail(err, RK_USAGE, RK_NO_OFFSET, "more than %" PRIu32 " jobs in the logs", UINT32_MAX - 1);
        return NULL;
    }
    if (book->fact_count * 2 >= book->slot_count && !widen(book, err))
        return NULL;
    if (!rk_grow((void **)&book->facts, &book->fact_cap, book->fact_count + 1, sizeof *fact, err))
        return NULL;
    book->slots[slot_of(book, id, log)] = (uint32_t)++book->fact_count;
    fact = &book->facts[book->fact_count - 1];
    *fact = (log_fact){ .id = id, .log = (uint16_t)log };
    return fact;
}

/* Names are few, and the last ones come again. */
static bool name_of(log_book *book, rk_slice name, uint32_t *number, rk_err *err)
{
    *number = 0;
    if (name.len == 0)
        return true;
    for (size_t i = book->name_count; i-- > 0 && !*number;)
        if (rk_slice_is(book->names[i], name))
            *number = (uint32_t)i + 1;
    if (*number)
        return true;
    if (!rk_grow((void **)&book->names, &book->name_cap, book->name_count + 1, sizeof name, err) ||
        !rk_arena_copy(&book->arena, name, &book->names[book->name_count], err))
        return false;
    *number = (uint32_t)++book->name_count;
    return true;
}

bool log_note(log_book *book, size_t log, const rk_job_fate *fate, rk_err *err)
{
    log_fact *fact = log_fact_of(book, fate->id, log, err);
    if (!fact)
        return false;
    fact->fate = (uint8_t)fate->kind;
    fact->because = (uint8_t)fate->because;
    fact->taken = pack(&fate->taken);
    fact->decided = pack(&fate->decided);
    return name_of(book, fate->process, &fact->process, err);
}

bool log_note_job(log_book *book, size_t log, const rk_job_fate *fate, rk_err *err)
{
    log_job job = { .id = fate->id,
                    .place = fate->place,
                    .pushed = pack(&fate->pushed),
                    .log = (uint16_t)log,
                    .pushed_here = fate->pushed_here,
                    .verdict = RK_VERDICTS };
    if (!rk_arena_copy(&book->arena, fate->jid, &job.jid, err) ||
        !rk_arena_copy(&book->arena, fate->class_name, &job.class_name, err) ||
        !rk_arena_copy(&book->arena, fate->place.prefix, &job.place.prefix, err) ||
        !rk_arena_copy(&book->arena, fate->place.key, &job.place.key, err) ||
        !rk_grow((void **)&book->jobs, &book->job_cap, book->job_count + 1, sizeof job, err))
        return false;
    book->jobs[book->job_count++] = job;
    return true;
}

bool log_has_ended(const log_book *book, uint64_t id)
{
    for (size_t i = 0; i < book->file_count; i++) {
        const log_fact *fact = log_find(book, id, i);
        if (fact && fact->fate == RK_FATE_ENDED)
            return true;
    }
    return false;
}

bool log_tick_at(log_file *file, const rk_log_spot *spot, rk_err *err)
{
    const log_tick *last = file->tick_count ? &file->ticks[file->tick_count - 1] : NULL;
    if (spot->base || spot->time_s < 0 || (last && spot->time_s <= last->time_s))
        return true;
    if (!rk_grow((void **)&file->ticks, &file->tick_cap, file->tick_count + 1, sizeof *last, err))
        return false;
    file->ticks[file->tick_count++] = (log_tick){ pack(spot).at, spot->time_s };
    return true;
}

bool log_is_before(const log_file *file, const log_spot *spot, int64_t when)
{
    size_t from = 0, to = file->tick_count;
    if (!spot->time_s || when < 0)
        return false;
    if (file->told.annotated)
        return (int64_t)spot->time_s < when;
    while (from < to) { /* the first tick behind it: by then it had been */
        size_t middle = from + (to - from) / 2;
        if (file->ticks[middle].at <= spot->at)
            from = middle + 1;
        else
            to = middle;
    }
    return from < file->tick_count && file->ticks[from].time_s <= when;
}

void log_book_free(log_book *book)
{
    for (size_t i = 0; i < book->file_count; i++) {
        rk_history_close(book->files[i].history);
        rk_free(book->files[i].path);
        rk_free(book->files[i].ticks);
    }
    rk_free(book->files);
    rk_free(book->told);
    rk_free(book->facts);
    rk_free(book->slots);
    rk_free(book->jobs);
    rk_free(book->names);
    rk_arena_free(&book->arena);
}
