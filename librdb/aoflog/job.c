/* job: the life of one job, out of the history of all. */
#include "aoflog.h"

struct rk_job_life {
    rk_history *history;
    rk_job_life_options options;
    log_bound since;
};

rk_job_life *rk_job_life_open(const char *path, const rk_job_life_options *options, rk_err *err)
{
    rk_job_life *life = rk_alloc(sizeof *life);
    if (!life) {
        rk_no_memory(err);
        return NULL;
    }
    const rk_aoflog_range *range = options->range;
    life->options = *options;
    rk_history_options history = { .progress = options->progress };
    if (range)
        history.until = range->until;
    life->history = rk_history_open(path, &history, err);
    if (life->history && (!range || log_bound_find(path, rk_job_life_info(life)->replay->set, &range->since,
                                                   &life->since, err)))
        return life;
    rk_job_life_close(life);
    return NULL;
}

void rk_job_life_close(rk_job_life *life)
{
    if (life)
        rk_history_close(life->history);
    rk_free(life);
}

static bool is_meant(const rk_job_life *life, bool has_jid, rk_slice jid)
{
    return has_jid && rk_slice_is(jid, life->options.jid);
}

static bool is_in_range(const rk_job_life *life, const rk_job_event *event)
{
    const rk_aoflog_range *range = life->options.range;
    const rk_log_spot *spot = &event->spot;
    if (!range)
        return true;
    if (spot->base && life->since.kind != LOG_BOUND_NONE)
        return false;
    return !log_is_before(&life->since, spot->file, spot->offset, spot->time_s) &&
           log_range_has(range, event->place.db, rk_slice_of(rk_verb_row_of(spot->verb)->name));
}

bool rk_job_life_next(rk_job_life *life, rk_job_event *event, rk_err *err)
{
    while (rk_history_next(life->history, event, err))
        if (is_meant(life, event->has_jid, event->jid) && is_in_range(life, event))
            return true;
    return false;
}

bool rk_job_life_fate(rk_job_life *life, rk_job_fate *fate, rk_err *err)
{
    while (rk_history_left(life->history, fate, err))
        if (is_meant(life, fate->has_jid, fate->jid))
            return true;
    return false;
}

const rk_history_info *rk_job_life_info(const rk_job_life *life)
{
    return rk_history_info_of(life->history);
}
