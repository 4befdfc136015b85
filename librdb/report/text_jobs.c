/* text_jobs: the jobs that somebody has to look at, in groups of one verdict and one reason. */
#include "text.h"

#include <math.h>

#include "rows.h"
#include "tally.h"

/* The groups in the order in which they are shown. A job that stands in two of these tables (a moved one is
 * irregular or not) is in the first that takes it. */
typedef struct {
    const char *title, *otherwise; /* what is said where there is no reason */
    bool always;                   /* else only when asked for everything */
    rk_verdict verdict;
    bool irregular; /* whatever the verdict */
    bool unseen;    /* in no place of NEW */
} group_kind;

static const group_kind kinds[] = {
    { "LOST", "gone, and nothing says that they ran", true, RK_JOB_LOST, false, false },
    { "UNACCOUNTED FOR", "gone", true, RK_JOB_UNACCOUNTED, false, false },
    { "DAMAGED", "the payload arrived damaged", true, RK_JOB_DAMAGED, false, false },
    { "DUPLICATED", "more copies than before", true, RK_JOB_DUPLICATED, false, false },
    { "RESURRECTED", "pending although they had ended: they will run once more", true, RK_JOB_RESURRECTED,
      false, false },
    { "STRANDED", "in the private list of a process that is not alive: not lost, but to be pushed back", true,
      RK_JOB_STRANDED, false, false },
    { "IRREGULAR", "moved or changed as Sidekiq does not", true, RK_JOB_CHANGED, true, false },
    { "UNEXPECTED", "only in NEW, yet older than OLD", true, RK_JOB_UNEXPECTED, false, false },
    { "IN HAND", "in the hands of a worker, as a log shows", true, RK_JOB_IN_PROGRESS, false, true },
    { "TRIMMED", "cut from the dead set by its limits", false, RK_JOB_TRIMMED, false, false },
    { "REMOVED", "taken out on purpose", false, RK_JOB_REMOVED, false, false },
    { "FINISHED", "a worker took and ended them", false, RK_JOB_FINISHED, false, false },
    { "IN PROGRESS", "in the work hash of a live process", false, RK_JOB_IN_PROGRESS, false, false },
    { "MOVED", "as the life cycle has it", false, RK_JOB_MOVED, false, false },
    { "CHANGED", "as Sidekiq itself changes them", false, RK_JOB_CHANGED, false, false },
    { "RESCHEDULED", "same set and payload, other time", false, RK_JOB_RESCHEDULED, false, false },
    { "ADDED", "only in NEW, created since OLD", false, RK_JOB_ADDED, false, false },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

typedef struct {
    uint64_t count;
    rk_rows rows;
    rk_tally tally;
} group;

typedef struct {
    const rk_text *text;
    uint64_t left; /* jobs of the shown kinds that were not pulled yet */
    group groups[KINDS][RK_WHYS];
} job_list;

static bool takes(const group_kind *kind, const rk_job_finding *f)
{
    if (f->stranded)
        return kind->verdict == RK_JOB_STRANDED;
    if (f->resurrected)
        return kind->verdict == RK_JOB_RESURRECTED;
    if (kind->irregular)
        return f->transition == RK_IRREGULAR && f->verdict < RK_JOB_IN_PROGRESS;
    if (kind->unseen && f->new_side.place)
        return false;
    return kind->verdict == f->verdict;
}

static unsigned kind_of(const rk_job_finding *f)
{
    unsigned i = 0;
    while (i < KINDS && !takes(&kinds[i], f))
        i++;
    return i;
}

/* How many jobs there are to show, so that the walk can end with the last of them. */
static uint64_t shown_jobs(const rk_text *text)
{
    uint64_t count = rk_diff_irregular(text->diff) + rk_diff_stranded_new(text->diff) +
                     rk_diff_resurrected_new(text->diff);
    size_t logs;
    if (text->options->verbose || (rk_diff_logs(text->diff, &logs) && logs > 0))
        return UINT64_MAX;
    for (unsigned i = 0; i < KINDS; i++)
        count +=
            kinds[i].always && !kinds[i].irregular ? rk_report_jobs_with(text->diff, kinds[i].verdict) : 0;
    return count;
}

/* ---- one job
 * ------------------------------------------------------------------------------------------------ */

typedef struct {
    char class_name[100], jid[80], place[260], at[80], enqueued[80], below[900];
} job_cells;

static void fill_place(const rk_text *text, const rk_job_side *side, char *out, size_t cap)
{
    rk_human_place_room name;
    rk_human_place(side->place, text->with_db, &name);
    if (side->has_position)
        snprintf(out, cap, "%s[%" PRIu64 "]", name.text, side->position);
    else
        snprintf(out, cap, "%s", name.text);
}

/* Of a job that only a log knows. */
static void fill_log_place(const rk_text *text, const rk_log_place *place, char *out, size_t cap)
{
    char key[160], prefix[60];
    out[0] = 0;
    if (text->with_db)
        snprintf(out, cap, "db%" PRIu32 " ", place->db);
    if (place->known)
        rk_human_join(out, cap, "", "%s%s", rk_slice_print(place->prefix, prefix, sizeof prefix),
                      rk_slice_print(place->key, key, sizeof key));
}

static void fill_at(const rk_job_side *side, char *out, size_t cap)
{
    rk_human time;
    bool died = side->place->kind == RK_PLACE_DEAD || side->place->kind == RK_PLACE_INTERRUPTED;
    out[0] = 0;
    if (side->has_score)
        snprintf(out, cap, "%s %s", died ? "died" : "due", rk_human_time(side->score, &time));
}

static void fill_jid(const rk_job_finding *f, char *out, size_t cap)
{
    if (f->jid.len > 0)
        rk_slice_print(f->jid, out, cap);
    else
        snprintf(out, cap, "raw:%016" PRIx64, f->payload_hash);
}

/* What differs between the two sides of a job. */
static void fill_change(const rk_text *text, const rk_job_finding *f, job_cells *cells)
{
    char place[260], at[80], fields[400] = "", name[100];
    const rk_job_side *before = &f->old_side, *after = &f->new_side;
    rk_human was, is;
    if (!before->place || !after->place)
        return;
    fill_place(text, after, place, sizeof place);
    fill_at(after, at, sizeof at);
    if (strcmp(place, cells->place) != 0)
        rk_human_join(cells->below, sizeof cells->below, "; ", "now %s%s%s", place, at[0] ? ", " : "", at);
    else if (before->has_score && after->has_score && before->score != after->score)
        rk_human_join(cells->below, sizeof cells->below, "; ", "score %s, was %s",
                      rk_human_score(after->score, &is), rk_human_score(before->score, &was));
    for (size_t i = 0; i < f->field_count; i++) {
        rk_slice field = { (const uint8_t *)f->fields[i], f->field_lengths[i] };
        rk_human_join(fields, sizeof fields, ", ", "%s", rk_slice_print(field, name, sizeof name));
    }
    if (fields[0])
        rk_human_join(cells->below, sizeof cells->below, "; ", "differs in %s", fields);
}

static void fill_cells(const rk_text *text, const rk_job_finding *f, job_cells *cells)
{
    const rk_job_side *side = f->old_side.place ? &f->old_side : &f->new_side;
    rk_human time, span;
    char identity[160];
    cells->below[0] = cells->enqueued[0] = 0;
    rk_slice_print(f->class_name, cells->class_name, sizeof cells->class_name);
    if (!cells->class_name[0])
        snprintf(cells->class_name, sizeof cells->class_name, "?");
    fill_jid(f, cells->jid, sizeof cells->jid);
    cells->place[0] = cells->at[0] = 0;
    if (side->place) {
        fill_place(text, side, cells->place, sizeof cells->place);
        fill_at(side, cells->at, sizeof cells->at);
    } else if (f->log) {
        fill_log_place(text, &f->log->place, cells->place, sizeof cells->place);
    }
    if (isfinite(f->enqueued_at))
        snprintf(cells->enqueued, sizeof cells->enqueued, "%s", rk_human_time(f->enqueued_at, &time));
    else if (isfinite(f->created_at))
        snprintf(cells->enqueued, sizeof cells->enqueued, "(%s)", rk_human_time(f->created_at, &time));
    fill_change(text, f, cells);
    if (f->holder)
        rk_human_join(cells->below, sizeof cells->below, "; ", "held by %s, silent for %s",
                      rk_slice_print(f->holder->identity, identity, sizeof identity),
                      rk_human_span(f->holder->silent_s, &span));
    if (f->log)
        rk_text_log_words(f->log, cells->below, sizeof cells->below);
}

/* ---- all of them
 * -------------------------------------------------------------------------------------------- */

static bool add_job(job_list *list, const rk_job_finding *f)
{
    const rk_report_options *options = list->text->options;
    unsigned kind = kind_of(f);
    job_cells cells;
    if (kind == KINDS || !(kinds[kind].always || options->verbose))
        return true;
    group *g = &list->groups[kind][f->why];
    list->left--;
    if (!rk_tally_add(&g->tally, f->class_name, isfinite(f->enqueued_at) ? f->enqueued_at : f->created_at,
                      list->text->err))
        return false;
    if (g->count++ >= options->limit)
        return true;
    fill_cells(list->text, f, &cells);
    const char *const row[RK_ROWS_COLUMNS] = { cells.class_name, cells.jid,      cells.place,
                                               cells.at,         cells.enqueued, "" };
    return rk_rows_add(&g->rows, row, cells.below, options->limit == UINT64_MAX, list->text->err);
}

static bool pull(job_list *list)
{
    const rk_text *text = list->text;
    rk_job_finding finding;
    rk_job_cursor *cursor = rk_job_cursor_open(text->diff, text->err);
    bool ok = cursor != NULL;
    while (ok && list->left > 0 && rk_job_cursor_next(cursor, &finding, text->err))
        ok = add_job(list, &finding);
    rk_job_cursor_close(cursor);
    return ok && text->err->code == RK_OK;
}

static bool write_group(const job_list *list, unsigned kind, unsigned why)
{
    static const char *const titles[RK_ROWS_COLUMNS] = {
        "CLASS", "JID", "PLACE", "WHEN", "ENQUEUED (OR CREATED), UTC", ""
    };
    const rk_text *text = list->text;
    group *g = (group *)&list->groups[kind][why];
    char heading[300], words[900];
    rk_human count;
    snprintf(heading, sizeof heading, "%s %s: ", rk_human_things(g->count, "job", &count), kinds[kind].title);
    fprintf(text->out, "\n%s%s%s%s\n", rk_text_ink(text, kinds[kind].always ? RK_INK_BAD : RK_INK_BOLD),
            heading, why == RK_WHY_NONE ? kinds[kind].otherwise : rk_why_sentence(why),
            rk_text_ink(text, RK_INK_PLAIN));
    if (!rk_rows_write(&g->rows, titles, "  ", text->out, text->err))
        return false;
    if (g->count > g->rows.count) {
        fprintf(text->out, "  ... and %s more (--limit all)\n",
                rk_human_count(g->count - g->rows.count, &count));
        rk_human_fill(text->out, "  in all: ", rk_tally_words(&g->tally, words, sizeof words));
    }
    return true;
}

bool rk_text_jobs(const rk_text *text)
{
    job_list *list = rk_alloc(sizeof *list);
    bool ok = list != NULL || rk_no_memory(text->err);
    if (ok) {
        list->text = text;
        list->left = shown_jobs(text);
        ok = list->left == 0 || pull(list);
    }
    for (unsigned k = 0; list && k < KINDS; k++)
        for (unsigned w = 0; w < RK_WHYS; w++) {
            if (ok && list->groups[k][w].count > 0 && !ferror(text->out))
                ok = write_group(list, k, w);
            rk_rows_free(&list->groups[k][w].rows);
            rk_tally_free(&list->groups[k][w].tally);
        }
    rk_free(list);
    return ok;
}
