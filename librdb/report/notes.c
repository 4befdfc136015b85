/* notes: what else somebody should know before a cutover. */
#include "notes.h"

#include "human.h"

uint64_t rk_report_unseen(const rk_snapshot_info *info)
{
    if (info->log.files > 0)
        return info->log.torn_bytes;
    if (!info->partial || !info->reason.has_offset || info->content_size <= info->reason.offset)
        return 0;
    return info->content_size - info->reason.offset;
}

static bool add(rk_notes *notes, rk_err *err, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool add(rk_notes *notes, rk_err *err, const char *id, const char *format, ...)
{
    va_list args;
    if (!rk_grow((void **)&notes->items, &notes->cap, notes->count + 1, sizeof *notes->items, err))
        return false;
    rk_note *note = &notes->items[notes->count++];
    note->id = id;
    va_start(args, format);
    vsnprintf(note->text, sizeof note->text, format, args);
    va_end(args);
    return true;
}

/* ---- inputs
 * ------------------------------------------------------------------------------------------------- */

/* The reason says how many bytes were not seen, where that is known. */
static bool partial_input(rk_notes *notes, const rk_snapshot_info *info, const char *side, rk_err *err)
{
    char sentence[700], path[300];
    rk_err reason = info->reason;
    reason.source[0] = 0;
    return add(notes, err, "partial_input", "%s (%s) was %s in part: %s", side,
               rk_slice_print(rk_slice_of(info->path), path, sizeof path),
               info->log.files > 0 ? "replayed" : "read",
               rk_err_sentence(&reason, sentence, sizeof sentence));
}

static bool inputs(rk_notes *notes, const rk_diff *diff, bool new_side, rk_err *err)
{
    const rk_snapshot_info *info;
    const char *side = new_side ? "NEW" : "OLD";
    rk_human count;
    char path[300];
    bool ok = true;
    for (size_t i = 0; ok && (info = rk_diff_input(diff, new_side, i)) != NULL; i++) {
        if (info->partial)
            ok = partial_input(notes, info, side, err);
        else if (info->aof_preamble)
            ok = add(notes, err, "aof_preamble",
                     "%s (%s) is the head of an append-only file: what was written since is not in it", side,
                     rk_slice_print(rk_slice_of(info->path), path, sizeof path));
    }
    uint64_t shadows = rk_diff_shadows(diff, new_side);
    if (ok && shadows > 0)
        ok = add(notes, err, "double_keys",
                 "%s holds %s twice: a server refuses such a file or keeps one of them", side,
                 rk_human_things(shadows, "key", &count));
    return ok;
}

static bool clocks(rk_notes *notes, const rk_diff *diff, rk_err *err)
{
    const rk_snapshot_info *old_info = rk_diff_input(diff, false, 0),
                           *new_info = rk_diff_input(diff, true, 0);
    rk_human span;
    if (!old_info || !new_info || old_info->ctime < 0 || new_info->ctime < 0 ||
        new_info->ctime >= old_info->ctime)
        return true;
    return add(notes, err, "older", "NEW was saved %s before OLD: are the two in the right order?",
               rk_human_span((double)(old_info->ctime - new_info->ctime), &span));
}

/* ---- layouts
 * ------------------------------------------------------------------------------------------------ */

static bool matched_layouts(rk_notes *notes, const rk_diff *diff, rk_err *err)
{
    size_t count;
    const rk_account *accounts = rk_diff_accounts(diff, &count);
    for (size_t i = 0; i < count; i++) {
        const rk_layout *before = accounts[i].old_layout, *after = accounts[i].new_layout;
        rk_human_place_room was, is;
        bool with_db = before && after && before->db != after->db;
        if (!before || !after || (!with_db && rk_slice_is(before->prefix, after->prefix)))
            continue;
        if (!add(notes, err, "other_layout", "%s in OLD is taken to be %s in NEW",
                 rk_human_layout(before, with_db, &was), rk_human_layout(after, with_db, &is)))
            return false;
    }
    return true;
}

static bool no_layout(rk_notes *notes, const rk_diff *diff, rk_err *err)
{
    if (rk_diff_layouts(diff, false)->count > 0)
        return true;
    return add(notes, err, "no_layout",
               "nothing in OLD looks like Sidekiq: there was no job that could be missed");
}

/* ---- places of NEW
 * ------------------------------------------------------------------------------------------ */

static bool is_unlisted(const rk_place *place)
{
    return place->kind == RK_PLACE_QUEUE && !place->listed;
}

/* Who takes jobs is only known while a process shows that it is alive. */
static bool is_unserved(const rk_place *place)
{
    const rk_layout *layout = place->layout;
    uint64_t alive = 0;
    if (place->kind != RK_PLACE_QUEUE)
        return false;
    for (size_t i = 0; i < layout->process_count; i++) {
        const rk_process *process = &layout->processes[i];
        if (process->alive && (process->info.len == 0 || rk_process_serves(process, place->queue)))
            return false;
        alive += process->alive;
    }
    return alive > 0;
}

static bool is_left_behind(const rk_place *place)
{
    return place->kind == RK_PLACE_PRIVATE && !place->alive;
}

/* Sidekiq sets none on what waits. */
static bool is_expiring(const rk_place *place)
{
    if (place->kind == RK_PLACE_WORK)
        return false;
    for (size_t i = 0; i < place->segment_count; i++)
        if (place->segments[i].candidate->expire_ms != RK_NO_EXPIRY)
            return true;
    return false;
}

static const struct {
    const char *id;
    bool (*is)(const rk_place *place);
    const char *words; /* the places follow */
} place_notes[] = {
    { "unlisted_queue", is_unlisted,
      "queues in NEW that are missing from the set `queues`, so that the web UI and the API do not show "
      "them" },
    { "unserved_queue", is_unserved, "queues in NEW from which no live process takes jobs" },
    { "expiring_place", is_expiring, "keys in NEW with a time to live, which takes their jobs along" },
    { "dead_process", is_left_behind,
      "lists of processes in NEW that are not alive; their jobs must be pushed back" },
};

enum { PLACES_NAMED = 5 };

static bool places(rk_notes *notes, const rk_diff *diff, size_t kind, rk_err *err)
{
    const rk_layouts *layouts = rk_diff_layouts(diff, true);
    bool with_db = rk_report_many_dbs(diff);
    char names[PLACES_NAMED * 260] = "";
    uint64_t count = 0;
    rk_human jobs;
    for (size_t i = 0; i < layouts->place_count; i++) {
        const rk_place *place = layouts->places[i];
        rk_human_place_room name;
        if (place->jobs == 0 || !place_notes[kind].is(place) || count++ >= PLACES_NAMED)
            continue;
        rk_human_join(names, sizeof names, ", ", "%s (%s)", rk_human_place(place, with_db, &name),
                      rk_human_things(place->jobs, "job", &jobs));
    }
    if (count > PLACES_NAMED)
        rk_human_join(names, sizeof names, ", ", "and %s more", rk_human_count(count - PLACES_NAMED, &jobs));
    return count == 0 || add(notes, err, place_notes[kind].id, "%s: %s", place_notes[kind].words, names);
}

bool rk_report_many_dbs(const rk_diff *diff)
{
    for (int side = 0; side < 2; side++) {
        const rk_layouts *layouts = rk_diff_layouts(diff, side);
        for (size_t i = 0; i < layouts->count; i++)
            if (layouts->items[i]->db != 0)
                return true;
    }
    return false;
}

/* ---- all
 * ---------------------------------------------------------------------------------------------------- */

bool rk_notes_gather(rk_notes *notes, const rk_diff *diff, const rk_report_options *options, rk_err *err)
{
    bool ok = inputs(notes, diff, false, err) && inputs(notes, diff, true, err) && clocks(notes, diff, err);
    if (ok && !options->no_jobs)
        ok = no_layout(notes, diff, err) && matched_layouts(notes, diff, err);
    for (size_t i = 0; ok && !options->no_jobs && i < sizeof place_notes / sizeof place_notes[0]; i++)
        ok = places(notes, diff, i, err);
    return ok;
}

/* `paused` decides what runs after a cutover. Its name stands behind the prefix of a layout. */
bool rk_notes_key(rk_notes *notes, const rk_diff *diff, const rk_key_finding *finding, rk_err *err)
{
    const rk_layouts *layouts = rk_diff_layouts(diff, finding->verdict == RK_KEY_ONLY_NEW);
    if (!rk_slice_ends(finding->name, RK_TEXT("paused")))
        return true;
    for (size_t i = 0; i < layouts->count; i++) {
        const rk_layout *layout = layouts->items[i];
        if (layout->db != finding->db || !rk_slice_starts(finding->name, layout->prefix) ||
            finding->name.len != layout->prefix.len + strlen("paused"))
            continue;
        return add(notes, err, "paused",
                   finding->verdict == RK_KEY_ONLY_OLD
                       ? "the set `paused` is gone: queues that were paused start to run at the cutover"
                       : "the set `paused` differs: other queues are paused than before");
    }
    return true;
}

void rk_notes_free(rk_notes *notes)
{
    rk_free(notes->items);
    *notes = (rk_notes){ 0 };
}
