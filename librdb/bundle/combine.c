/* combine: several bundles into one, or a part of one. */
#include <stdio.h>

#include "combine.h"

typedef struct {
    rk_bundle *const *bundles;
    size_t count;
    const rk_combine_options *o;
    rk_combine_counts *counts;
    rk_bundle_writer *writer;
    bundle_doubles doubles;
    rk_bundle_ids needs; /* of the bundle at hand */
    rk_buf scratch, room;
    rk_slice *items;
    size_t item_cap;
    rk_arena arena;
} run;

/* ---- jobs ---------------------------------------------------------------------------------------------------------------- */

static void judge(run *r, size_t bundle, rk_bundle_job *job, bool *dropped)
{
    copy_fate fate = rk_bundle_doubles_fate(&r->doubles, bundle, job->seq);
    *dropped = fate == COPY_DROPPED;
    r->counts->doubles += *dropped;
    if (fate == COPY_KEPT || *dropped || job->act == RK_ACT_HOLD)
        return;
    job->act = RK_ACT_HOLD;
    job->replaces = RK_EMPTY;
    job->from_key = RK_EMPTY;
    job->reason = fate == COPY_OLDER ? RK_TEXT(RK_HOLD_OLDER) : RK_TEXT(RK_HOLD_ELSEWHERE);
    r->counts->older += fate == COPY_OLDER;
}

static bool take_job(run *r, size_t bundle, size_t first_source, rk_bundle_job *job, rk_err *err)
{
    bool wants = true, dropped = false;
    r->counts->read++;
    if (r->o->filter && !rk_job_filter_wants(r->o->filter, job, &r->scratch, &wants, err))
        return false;
    if (!wants) {
        r->counts->unmeant++;
        return true;
    }
    judge(r, bundle, job, &dropped);
    if (dropped)
        return true;
    job->source += first_source;
    if (r->count > 1)
        job->has_position = false; /* they count in different lists */
    if (!rk_bundle_needs_note(&r->needs, job, &r->scratch, err))
        return false;
    if (r->o->redactor && !rk_redact_job(r->o->redactor, job, &r->room, err))
        return false;
    r->counts->jobs++;
    r->counts->held += job->act == RK_ACT_HOLD;
    return rk_bundle_add(r->writer, job, err);
}

/* ---- what stands beside them ------------------------------------------------------------------------------------------------ */

static bool take_companions(run *r, rk_bundle *bundle, rk_err *err)
{
    rk_companion c;
    bool needed = true;
    if (r->o->filter && !rk_bundle_needs_parents(&r->needs, bundle, err))
        return false;
    rk_bundle_rewind_companions(bundle);
    while (rk_bundle_next_companion(bundle, &c, err)) {
        rk_arena_clear(&r->arena);
        if (!rk_grow((void **)&r->items, &r->item_cap, c.item_count + 1, sizeof *r->items, err))
            return false;
        if (r->o->filter)
            rk_bundle_needs_filter(&r->needs, &c, r->items, &needed);
        if (!needed)
            continue;
        if ((r->o->redactor && !rk_redact_companion(r->o->redactor, &c, r->items, &r->arena, err)) ||
            !rk_bundle_add_companion(r->writer, &c, err))
            return false;
    }
    return err->code == RK_OK;
}

static bool is_told_before(const run *r, size_t bundle, const char *sentence)
{
    const char *told;
    for (size_t i = 0; i < bundle; i++)
        for (size_t j = 0; (told = rk_bundle_warning(r->bundles[i], j)) != NULL; j++)
            if (strcmp(told, sentence) == 0)
                return true;
    return false;
}

static bool take_head(run *r, size_t bundle, size_t *first_source, rk_err *err)
{
    const rk_bundle_source *source;
    const char *sentence;
    size_t index;
    *first_source = 0;
    for (size_t i = 0; (source = rk_bundle_source_of(r->bundles[bundle], i)) != NULL; i++) {
        if (!rk_bundle_add_source(r->writer, source, &index, err))
            return false;
        if (i == 0)
            *first_source = index;
    }
    for (size_t i = 0; (sentence = rk_bundle_warning(r->bundles[bundle], i)) != NULL; i++)
        if (!is_told_before(r, bundle, sentence) && !rk_bundle_warn(r->writer, sentence, err))
            return false;
    return true;
}

static bool take_bundle(run *r, size_t bundle, rk_err *err)
{
    rk_bundle_job job;
    size_t first_source;
    rk_bundle_ids_free(&r->needs);
    if (!take_head(r, bundle, &first_source, err))
        return false;
    rk_bundle_rewind(r->bundles[bundle], false);
    while (rk_bundle_next(r->bundles[bundle], &job, err))
        if (!take_job(r, bundle, first_source, &job, err))
            return false;
    return err->code == RK_OK && take_companions(r, r->bundles[bundle], err);
}

/* ---- all of it --------------------------------------------------------------------------------------------------------------- */

static bool check_redacted(const run *r, bool *redacted, rk_err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++)
        count += rk_bundle_info_of(r->bundles[i])->redacted;
    *redacted = count > 0 || r->o->redactor;
    return count == 0 || count == r->count ||
           rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                   "%zu of %zu bundles are redacted copies: they do not go together", count, r->count);
}

static bool warn_of_older(run *r, rk_err *err)
{
    char sentence[200];
    snprintf(sentence, sizeof sentence,
             "%" PRIu64
             " %s held, of which another bundle has a newer copy with other bytes or in another place",
             r->counts->older, r->counts->older == 1 ? "job is" : "jobs are");
    return r->counts->older == 0 || rk_bundle_warn(r->writer, sentence, err);
}

bool rk_bundle_combine(rk_bundle *const *bundles, size_t count, const rk_combine_options *options,
                       rk_combine_counts *counts, rk_err *err)
{
    run r = { .bundles = bundles, .count = count, .o = options, .counts = counts };
    rk_bundle_options bundle = options->bundle;
    *counts = (rk_combine_counts){ 0 };
    bool ok = check_redacted(&r, &bundle.redacted, err) &&
              (r.writer = rk_bundle_create(options->path, &bundle, err)) != NULL &&
              (count < 2 || rk_bundle_doubles_find(&r.doubles, bundles, count, err));
    for (size_t i = 0; ok && i < count; i++)
        ok = take_bundle(&r, i, err);
    ok = ok && warn_of_older(&r, err) && rk_bundle_commit(r.writer, err);
    rk_bundle_writer_close(r.writer);
    rk_bundle_doubles_free(&r.doubles);
    rk_bundle_ids_free(&r.needs);
    rk_buf_free(&r.scratch);
    rk_buf_free(&r.room);
    rk_free(r.items);
    rk_arena_free(&r.arena);
    return ok;
}
