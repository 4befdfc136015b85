/* log_end: whose a log is, NEW's own or that of another instance, and what it has left at its end. */
#include "run.h"

#include <math.h>

enum {
    STALE_S =
        60, /* the log of another instance that ends so long before NEW says nothing of what was in hand then */
    BEAT_LIVES_S = 60, /* a heartbeat is kept */
    LATE_S = 2         /* clocks of hosts differ */
};

/* Signs for and against: NEW comes out of this log. */
typedef struct {
    size_t agree, contradict;
    size_t later; /* jobs of NEW that came when the log had ended */
} signs;

/* ---- what NEW has of its own ---------------------------------------------------------------------------------------- */

static double born_at(rk_diff *d, const side_job *job)
{
    rk_slice payload;
    rk_envelope e;
    if (!payload_get(&d->new.reader, job, &payload, d->err))
        return NAN;
    rk_envelope_scan(payload, &e);
    return !isnan(e.enqueued_at) ? e.enqueued_at : e.created_at;
}

/* The log was being written then, and would have the job. */
static bool was_recording(const rk_history_info *info, double when)
{
    return info->first_s >= 0 && info->last_s >= 0 && when >= (double)info->first_s + 1 &&
           when <= (double)info->last_s - 1;
}

/* Jobs that only NEW has came to it by its own log, or by none. */
static bool weigh_own_jobs(rk_diff *d, size_t log, signs *s)
{
    const log_file *file = &d->book.files[log];
    const rk_history_info *info = rk_history_info_of(file->history);
    for (size_t i = 0; i < d->new.job_count; i++) {
        const side_job *job = &d->new.jobs[i];
        if (!is_alone(job) || !(job->flags & JOB_HAS_JID))
            continue;
        if (rk_history_knows(file->history, job->jid) || log_find(&d->book, job->jid, log))
            s->agree++;
        else if (was_recording(info, born_at(d, job)))
            s->contradict++;
        else
            s->later += info->last_s >= 0 && born_at(d, job) > (double)info->last_s + 1;
    }
    return d->err->code == RK_OK;
}

/* ---- what the log has -------------------------------------------------------------------------------------------------- */

static bool is_before_new(const rk_diff *d, const log_spot *spot)
{
    return !spot->time_s || d->book.new_s < 0 || (int64_t)spot->time_s < d->book.new_s;
}

/* What ended in NEW's own log before NEW is not pending in NEW. */
static void weigh_ended(const rk_diff *d, size_t log, signs *s)
{
    for (size_t i = 0; i < d->new.job_count; i++) {
        const side_job *job = &d->new.jobs[i];
        const log_fact *fact =
            (job->flags & JOB_ENDED) && !(job->flags & JOB_HELD) ? log_find(&d->book, job->jid, log) : NULL;
        s->contradict +=
            fact && fact->fate == RK_FATE_ENDED && fact->decided.time_s && is_before_new(d, &fact->decided);
    }
}

/* What was pushed in NEW's own log before NEW, and waits, is in NEW. What was there before OLD is in OLD.
 * Asked only where nothing else tells. */
static bool weigh_waiting(rk_diff *d, size_t log, const join *olds, const join *news, signs *s)
{
    rk_job_fate fate;
    while (rk_history_left(d->book.files[log].history, &fate, d->err)) {
        if (fate.kind != RK_FATE_PENDING || !fate.pushed_here || !fate.has_jid || fate.decided.time_s < 0)
            continue;
        bool there = join_peek(news, (rk_digest){ fate.id, 1 }) != JOIN_NONE;
        bool before = d->book.new_s >= 0 && fate.decided.time_s + 1 < d->book.new_s;
        bool after_old =
            fate.pushed.time_s >= d->book.old_s && join_peek(olds, (rk_digest){ fate.id, 1 }) == JOIN_NONE;
        s->agree += there;
        s->contradict += !there && before && after_old;
    }
    return d->err->code == RK_OK;
}

/* NEW's processes, by name. */
static bool index_processes(rk_diff *d, join *names, const rk_process ***processes)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < d->new.layouts.count; i++)
        count += d->new.layouts.items[i]->process_count;
    *processes = rk_alloc((count + 1) * sizeof **processes);
    if (!*processes)
        return rk_no_memory(d->err);
    if (!join_start(names, count, d->err))
        return false;
    for (size_t i = 0; i < d->new.layouts.count; i++) {
        const rk_layout *layout = d->new.layouts.items[i];
        for (size_t j = 0; j < layout->process_count; j++, at++) {
            (*processes)[at] = &layout->processes[j];
            join_add(names, (rk_digest){ rk_hash64(layout->processes[j].identity), 0 }, (uint32_t)at);
        }
    }
    return true;
}

/* A heartbeat between OLD and NEW is in the instance that it went to, and in no other. */
static void weigh_heartbeat(const rk_diff *d, const rk_log_process *p, const rk_process *is, signs *s)
{
    double old_s = (double)d->book.old_s, new_s = (double)d->book.new_s;
    if (!p->listed || !(p->beat > old_s + 1 && p->beat < new_s - LATE_S))
        return;
    bool expired = isnan(is->beat) && p->beat + BEAT_LIVES_S < new_s;
    s->agree += is->beat >= p->beat;
    s->contradict += !(is->beat >= p->beat) && !expired;
}

static bool weigh_heartbeats(rk_diff *d, const rk_history_info *info, signs *s)
{
    join names = { 0 };
    const rk_process **processes = NULL;
    bool ok = index_processes(d, &names, &processes);
    for (size_t i = 0; ok && i < info->process_count; i++) {
        uint32_t at = join_peek(&names, (rk_digest){ rk_hash64(info->processes[i].identity), 0 });
        if (at != JOIN_NONE)
            weigh_heartbeat(d, &info->processes[i], processes[at], s);
    }
    join_free(&names);
    rk_free(processes);
    return ok;
}

/* Does it hold all up to NEW? A process that NEW heard of later has left no trace in it then. */
static bool reaches_new(const rk_diff *d, const rk_history_info *info)
{
    for (size_t i = 0; info->last_s >= 0 && i < d->new.layouts.count; i++) {
        const rk_layout *layout = d->new.layouts.items[i];
        for (size_t j = 0; j < layout->process_count; j++)
            if (layout->processes[j].beat > (double)info->last_s + LATE_S)
                return false;
    }
    return true;
}

static bool decide_whose(rk_diff *d, size_t log, const join *olds, const join *news)
{
    signs s = { 0 };
    const rk_history_info *info = rk_history_info_of(d->book.files[log].history);
    if (!weigh_own_jobs(d, log, &s))
        return false;
    weigh_ended(d, log, &s);
    if (!weigh_heartbeats(d, info, &s))
        return false;
    if (s.agree + s.contradict == 0 && !weigh_waiting(d, log, olds, news, &s))
        return false;
    d->book.files[log].told.ends_before_new = s.later > 0 || !reaches_new(d, info);
    if (s.agree + s.contradict == 0) /* nothing tells: does it cover the time in between? */
        d->book.files[log].told.of_new =
            d->book.old_s < 0 || info->last_s < 0 || info->last_s >= d->book.old_s;
    else
        d->book.files[log].told.of_new = s.agree > s.contradict;
    return true;
}

/* ---- what is left ------------------------------------------------------------------------------------------------------ */

/* Only those are written down that may matter: NEW's and OLD's jobs that simply wait in their places do not. */
static bool note_left(rk_diff *d, size_t log, const join *olds, const join *news)
{
    rk_job_fate fate;
    while (rk_history_left(d->book.files[log].history, &fate, d->err)) {
        rk_digest key = { fate.id, fate.has_jid };
        bool gone = join_peek(olds, key) != JOIN_NONE, there = join_peek(news, key) != JOIN_NONE;
        bool waits = fate.kind == RK_FATE_PENDING;
        if ((gone || !waits) && !log_note(&d->book, log, &fate, d->err))
            return false;
        if (gone || there || (waits && (!fate.pushed_here || d->book.files[log].told.of_new)))
            continue;
        if (!log_note(&d->book, log, &fate, d->err) || !log_note_job(&d->book, log, &fate, d->err))
            return false;
    }
    return d->err->code == RK_OK;
}

static void tell_of(rk_diff *d, log_file *file)
{
    const rk_history_info *info = rk_history_info_of(file->history);
    rk_diff_log *told = &file->told;
    for (size_t i = 0; i < info->replay->set->loaded; i++)
        told->commands += info->replay->files[i].commands;
    told->jobs = info->jobs;
    told->opaque = info->opaque;
    told->first_s = info->first_s;
    told->last_s = info->last_s;
    told->annotated = info->annotated;
    told->torn = info->replay->torn;
    told->tear = info->replay->tear;
    told->at_most_lost = info->at_most_lost;
    told->goes_beyond_new = d->book.new_s >= 0 && info->last_s > d->book.new_s + 1;
    bool stale = d->book.new_s >= 0 && info->last_s >= 0 && info->last_s + STALE_S < d->book.new_s;
    told->ends_before_new = told->of_new ? told->ends_before_new : stale;
    told->uncertain = info->uncertain;
    if (info->uncertain && !told->partial)
        told->reason = info->replay->opaque_first;
}

static bool end_log(rk_diff *d, size_t log, const join *olds, const join *news)
{
    log_file *file = &d->book.files[log];
    bool broken = file->told.partial;
    bool ok = broken || decide_whose(d, log, olds, news);
    bool covers = file->told.of_new && !file->told.ends_before_new;
    if (ok && !broken) /* from the beginning, for those who asked what is left */
        rk_history_known_until(file->history, covers && d->book.new_s >= 0 ? d->book.new_s : 0);
    ok = ok && (broken || note_left(d, log, olds, news));
    tell_of(d, file);
    rk_history_close(file->history);
    file->history = NULL;
    return ok;
}

static rk_digest key_of(const side_job *job, uint64_t payload_hash)
{
    bool has_jid = job->flags & JOB_HAS_JID;
    return (rk_digest){ has_jid ? job->jid : payload_hash, has_jid };
}

/* The ids of a side's jobs, as logs have them; all of them, or the gone ones. */
static bool index_side(rk_diff *d, side *s, bool alone_only, join *ids)
{
    rk_slice payload;
    if (!join_start(ids, s->job_count, d->err))
        return false;
    for (size_t i = 0; i < s->job_count; i++) {
        const side_job *job = &s->jobs[i];
        uint64_t hash = 0;
        if (alone_only && !is_alone(job))
            continue;
        if (!(job->flags & JOB_HAS_JID)) {
            if (!payload_get(&s->reader, job, &payload, d->err))
                return false;
            hash = rk_hash64(payload);
            hash += hash == 0;
        }
        join_add(ids, key_of(job, hash), (uint32_t)i);
    }
    return true;
}

bool run_logs_end(rk_diff *d)
{
    log_book *book = &d->book;
    join olds = { 0 }, news = { 0 };
    if (book->file_count == 0)
        return true;
    bool ok = index_side(d, &d->old, true, &olds) && index_side(d, &d->new, false, &news);
    for (size_t i = 0; ok && i < book->file_count; i++)
        ok = end_log(d, i, &olds, &news);
    join_free(&olds);
    join_free(&news);
    book->told = ok ? rk_alloc(book->file_count * sizeof *book->told) : NULL;
    if (!book->told)
        return ok ? rk_no_memory(d->err) : false;
    for (size_t i = 0; i < book->file_count; i++)
        book->told[i] = book->files[i].told;
    return true;
}
