/* from_diff_warn: what everybody should know who restores a bundle that was made of a comparison. */
#include <stdio.h>

#include "from_diff.h"
#include "notes.h"

/* ---- pauses: without them queues start to run that should not ------------------------------------------------------- */

/* Walks through the members of the set `paused`; *look is NULL where there is none. */
static bool look_at_pauses(const from_diff *b, bool new_side, uint32_t db, rk_slice prefix, rk_look **look,
                           rk_err *err)
{
    rk_buf name = { 0 };
    rk_key seen;
    *look = NULL;
    bool ok = rk_buf_add(&name, prefix, err) && rk_buf_add(&name, RK_TEXT("paused"), err);
    const rk_catalog_key *key =
        ok ? rk_catalog_find(rk_diff_catalog(b->diff, new_side), db, rk_buf_slice(&name)) : NULL;
    if (key && key->type == RK_SET) {
        *look = rk_diff_looks(b->diff, new_side)[rk_spot_shard(key->spot)];
        ok = rk_look_key(*look, rk_spot_offset(key->spot), &seen, err);
    }
    rk_buf_free(&name);
    return ok;
}

/* Queues that are paused in NEW, as hashes of their names. */
static bool learn_pauses(from_diff *b, const rk_layout *layout, rk_bundle_ids *pauses, rk_err *err)
{
    rk_element e;
    rk_look *look;
    uint32_t db;
    bool fresh;
    if (!rk_diff_home(b->diff, layout->db, layout->prefix, &db, &b->prefix, err) ||
        !look_at_pauses(b, true, db, rk_buf_slice(&b->prefix), &look, err))
        return false;
    while (look && rk_look_element(look, &e, err))
        if (!rk_bundle_ids_add(pauses, rk_hash64(e.item), &fresh, err))
            return false;
    return err->code == RK_OK;
}

static bool tell_pauses(from_diff *b, const rk_layout *layout, const rk_bundle_ids *pauses, rk_err *err)
{
    enum { TOLD_MOST = 20 };
    char sentence[400], queue[200];
    rk_element e;
    rk_look *look;
    uint64_t missing = 0;
    if (!look_at_pauses(b, false, layout->db, layout->prefix, &look, err))
        return false;
    while (look && rk_look_element(look, &e, err)) {
        if (rk_bundle_ids_has(pauses, rk_hash64(e.item)) || missing++ >= TOLD_MOST)
            continue;
        snprintf(sentence, sizeof sentence,
                 "queue '%s' was paused in the old instance, and is not in the new one: its jobs run there",
                 rk_slice_print(e.item, queue, sizeof queue));
        if (!rk_bundle_warn(b->writer, sentence, err))
            return false;
    }
    return err->code == RK_OK &&
           rk_bundle_warn_count(b->writer, missing > TOLD_MOST ? missing - TOLD_MOST : 0,
                                "more queue was paused in the old instance, and is not in the new one",
                                "more queues were paused in the old instance, and are not in the new one",
                                err);
}

static bool warn_of_pauses(from_diff *b, rk_err *err)
{
    const rk_layouts *olds = rk_diff_layouts(b->diff, false);
    bool ok = true;
    for (size_t i = 0; ok && i < olds->count; i++) {
        rk_bundle_ids pauses = { 0 };
        ok = learn_pauses(b, olds->items[i], &pauses, err) && tell_pauses(b, olds->items[i], &pauses, err);
        rk_bundle_ids_free(&pauses);
    }
    return ok;
}

/* ---- the rest ----------------------------------------------------------------------------------------------------------- */

static bool warn_of_partial(from_diff *b, rk_err *err)
{
    const rk_snapshot_info *info;
    size_t count;
    const rk_diff_log *logs = rk_diff_logs(b->diff, &count);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; (info = rk_diff_input(b->diff, side, i)) != NULL; i++)
            if (info->partial && !rk_bundle_warn_partial(b->writer, &info->reason, err))
                return false;
    for (size_t i = 0; i < count; i++)
        if ((logs[i].partial || logs[i].uncertain) &&
            !rk_bundle_warn_partial(b->writer, &logs[i].reason, err))
            return false;
    return !rk_diff_is_partial(b->diff) ||
           rk_bundle_warn(
               b->writer,
               "part of the input was not seen: what is here may be in the new instance, or may have "
               "run",
               err);
}

/* The limits that Sidekiq sets to `dead` unless it is told otherwise. */
static bool warn_of_dead(from_diff *b, rk_err *err)
{
    enum { DEAD_MOST = 10000 };
    const rk_layouts *news = rk_diff_layouts(b->diff, true);
    uint64_t there = 0;
    for (size_t i = 0; i < news->place_count; i++)
        if (news->places[i]->kind == RK_PLACE_DEAD)
            there += news->places[i]->jobs;
    return b->dead == 0 || there + b->dead < DEAD_MOST ||
           rk_bundle_warn(
               b->writer,
               "`dead` will be at Sidekiq's limit of 10000 jobs: the next death cuts its oldest ones, "
               "which are the restored ones",
               err);
}

bool rk_from_diff_warn(from_diff *b, rk_err *err)
{
    rk_bundle_writer *w = b->writer;
    return warn_of_partial(b, err) && warn_of_pauses(b, err) &&
           rk_bundle_warn_count(
               w, b->unaccounted,
               "job is unaccounted for: it was gone while workers were busy, and may have run to "
               "its end",
               "jobs are unaccounted for: they were gone while workers were busy, and may have "
               "run to their ends",
               err) &&
           rk_bundle_warn_count(w, b->made->may_have_run - b->unaccounted,
                                "job was in somebody's hand: it may have run in part",
                                "jobs were in somebody's hands: they may have run in part", err) &&
           rk_bundle_warn_count(
               w, b->respelled, "job was changed as Sidekiq changes nothing: it gets back what it was before",
               "jobs were changed as Sidekiq changes nothing: they get back what they were before", err) &&
           rk_bundle_warn_count(
               w, b->overdue, "job of `schedule` and `retry` is overdue: it runs as soon as it is put back",
               "jobs of `schedule` and `retry` are overdue: they all run as soon as they are put "
               "back, unless they are spread",
               err) &&
           rk_bundle_warn_count(w, b->expired, "job has expired: Sidekiq Pro drops it when it is fetched",
                                "jobs have expired: Sidekiq Pro drops them when they are fetched", err) &&
           rk_bundle_warn_count(
               w, b->made->without_payload,
               "more job is lost by a log that does not hold its payload: it is not in here",
               "more jobs are lost by a log that does not hold their payloads: they are not in "
               "here",
               err) &&
           rk_bundle_warn_count(w, b->made->acts[RK_ACT_HOLD],
                                "job is held: it is kept and shown, and not put back",
                                "jobs are held: they are kept and shown, and not put back", err) &&
           warn_of_dead(b, err);
}
