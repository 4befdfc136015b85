/* harm: replays a log and tells what took jobs away: flushes, deletions, renames, overwrites, swaps, cuts. */
#include "harm.h"

enum { CUT_LEAST = 5 };

/* ---- opening ------------------------------------------------------------------------------------------------ */

static unsigned interest(void *self, uint32_t db, rk_slice name)
{
    const rk_harms *h = self;
    (void)db;
    bool watch = log_may_hold_jobs(name);
    return (watch || !h->options.sidekiq_only ? RK_INTEREST_KEEP : 0) | (watch ? RK_INTEREST_WATCH : 0);
}

rk_harms *rk_harms_open(const char *path, const rk_harm_options *options, rk_err *err)
{
    rk_harms *h = rk_alloc(sizeof *h);
    if (!h) {
        rk_no_memory(err);
        return NULL;
    }
    h->options = *options;
    if (h->options.least == 0)
        h->options.least = CUT_LEAST;
    rk_replay_options replay = { .progress = options->progress, .interest = interest, .self = h };
    if (options->range)
        replay.until = options->range->until;
    h->replay = rk_replay_open(path, &replay, err);
    h->info.replay = h->replay ? rk_replay_info_of(h->replay) : NULL;
    if (h->replay && (!options->range ||
                      log_bound_find(path, h->info.replay->set, &options->range->since, &h->since, err)))
        return h;
    rk_harms_close(h);
    return NULL;
}

void rk_harms_close(rk_harms *h)
{
    if (!h)
        return;
    rk_replay_close(h->replay);
    log_tally_free(&h->tally);
    rk_free(h->pending);
    rk_free(h->unlisted);
    rk_arena_free(&h->arena);
    rk_buf_free(&h->scratch);
    rk_buf_free(&h->text);
    rk_free(h);
}

const rk_harms_info *rk_harms_info_of(const rk_harms *h)
{
    return &h->info;
}

/* ---- one step ----------------------------------------------------------------------------------------------- */

static bool is_in_range(const rk_harms *h, const rk_step *step)
{
    const rk_aoflog_range *range = h->options.range;
    bool keyless = rk_verb_row_of(step->command->verb)->flags & RK_VERB_KEYLESS;
    if (!range)
        return true;
    if (log_is_before(&h->since, step->file, h->unit, h->unit_s))
        return false;
    rk_aoflog_range names = *range; /* a flush of all or a swap concerns every database */
    names.db_count = keyless && step->command->verb != RK_VERB_FLUSHDB ? 0 : range->db_count;
    return log_range_has(&names, step->db, step->command->args[0]);
}

/* Small cuts are counted, and not told. */
static bool is_told(rk_harms *h, rk_harm_kind kind)
{
    uint64_t cut = kind == RK_HARM_CUT || kind == RK_HARM_TRIMMED ? harm_cut(h) : 0;
    if (kind == RK_HARM_TRIMMED) {
        h->info.trims++;
        h->info.trimmed_jobs += cut;
    }
    if (kind == RK_HARM_CUT && cut > 1 && cut < h->options.least) {
        h->info.small_cuts++;
        h->info.small_cut_jobs += cut;
    }
    return cut == 0 || (cut > 1 && cut >= h->options.least);
}

static bool find_harm(rk_harms *h, const rk_step *step, uint64_t jobs_before, rk_err *err)
{
    const rk_aof_command *c = step->command;
    rk_harm_kind kind;
    if (!harm_kind_of(h, step, &kind) || !is_in_range(h, step) || !is_told(h, kind))
        return true;
    if (!rk_grow((void **)&h->pending, &h->pending_cap, h->pending_count + 1, sizeof *h->pending, err))
        return false;
    rk_harm *harm = &h->pending[h->pending_count];
    *harm = (rk_harm){ .kind = kind,
                       .spot = { .known = true,
                                 .file = step->file,
                                 .offset = c->offset,
                                 .number = c->number,
                                 .time_s = c->time_s,
                                 .verb = c->verb },
                       .db = step->db,
                       .in_multi = c->in_multi,
                       .unit = h->unit,
                       .keys_counted = !h->options.sidekiq_only,
                       .keys_before = step->keys_before,
                       .keys_after = step->keys_after,
                       .jobs_before = jobs_before,
                       .jobs_after = h->tally.jobs };
    if (!harm_fill(h, step, harm, err))
        return false;
    h->pending_count++;
    h->info.told[kind]++;
    h->info.behind = 0;
    return true;
}

static bool take_step(rk_harms *h, const rk_step *step, rk_err *err)
{
    const rk_aof_command *c = step->command;
    uint64_t jobs_before = h->tally.jobs;
    if (c && (!c->in_multi || c->verb == RK_VERB_MULTI)) {
        h->unit = c->offset;
        h->unit_s = c->time_s;
        h->unit_in = 0;
    }
    h->in_multi = c && c->in_multi && c->verb != RK_VERB_EXEC;
    if (!log_tally_step(&h->tally, h->replay, step, err))
        return false;
    h->unit_in += harm_came(h);
    h->info.jobs = h->tally.jobs;
    h->info.keys = step->keys_after;
    if (!c)
        return true;
    h->info.behind += !(rk_verb_row_of(c->verb)->flags & RK_VERB_NO_EFFECT);
    if (step->outcome == RK_OUTCOME_OPAQUE)
        h->info.opaque += log_may_touch_jobs(c);
    bool nothing =
        step->outcome != RK_OUTCOME_DONE && !(step->outcome == RK_OUTCOME_NOTHING && harm_is_flush(step));
    return nothing || (harm_note_unlisted(h, step, err) && find_harm(h, step, jobs_before, err));
}

bool rk_harms_next(rk_harms *h, rk_harm *harm, rk_err *err)
{
    rk_step step;
    while (h->told == h->pending_count || h->in_multi) {
        if (!h->in_multi) { /* all that was found has been told */
            h->told = h->pending_count = h->unlisted_count = 0;
            rk_arena_clear(&h->arena);
        }
        if (h->ended)
            return false;
        if (!rk_replay_next(h->replay, &step, err)) {
            h->ended = true;
            h->in_multi = false;
        } else if (!take_step(h, &step, err)) {
            return false;
        }
    }
    *harm = h->pending[h->told++];
    harm->hand = harm_hand_of(h, harm);
    harm->carried = harm->in_multi ? h->unit_in : 0;
    return true;
}
