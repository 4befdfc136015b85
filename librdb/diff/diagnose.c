/* diagnose: the mistakes that leave a pattern (spec: Sidekiq, "Mistakes seen in copy scripts, and how each shows").
 * Each row of the table looks at the ledger and says its sentence, or nothing. */
#include "run.h"

#include <stdio.h>

static uint64_t gone_of(const rk_ledger_row *row)
{
    return row->counts[RK_JOB_LOST] + row->counts[RK_JOB_UNACCOUNTED];
}

static const char *is_or_are(uint64_t count)
{
    return count == 1 ? "is" : "are";
}

static bool is_queue(const rk_ledger_row *row)
{
    return row->old_place && row->old_place->kind == RK_PLACE_QUEUE;
}

/* Workers empty a list from the same end: where the counters explain what is gone, a cut shows nothing. */
static bool is_worked_off(const rk_diff *d, const rk_ledger_row *row)
{
    const rk_account *a = &d->accounts[d->old_accounts[row->old_place->id]];
    return a->has_counters && a->processed > 0 && a->at_least_lost == 0 && row->counts[RK_JOB_LOST] == 0;
}

/* Sums over the queues with jobs on both sides. */
typedef struct {
    uint64_t queues, changed, reversed, cut, cut_at, whole, doubled, gone_queues;
    bool one_cut;
} queue_facts;

static queue_facts facts_of(const rk_diff *d)
{
    queue_facts f = { .one_cut = true };
    for (size_t i = 0; i < d->row_count; i++) {
        const rk_ledger_row *row = &d->rows[i];
        if (!is_queue(row) || row->old_jobs == 0)
            continue;
        f.queues++;
        f.changed += row->order_changed;
        f.reversed += row->reversed;
        f.doubled += row->doubled;
        f.gone_queues += row->counts[RK_JOB_LOST] == row->old_jobs;
        if (row->cut_at && !is_worked_off(d, row)) {
            f.one_cut &= f.cut == 0 || row->cut_at == f.cut_at;
            f.cut_at = row->cut_at;
            f.cut++;
        }
    }
    for (size_t i = 0; i < d->row_count; i++)
        f.whole += is_queue(&d->rows[i]) && !d->rows[i].cut_at && d->rows[i].old_jobs > f.cut_at && f.cut > 0;
    return f;
}

static bool say_reversed(const rk_diff *d, char *text, size_t cap)
{
    queue_facts f = facts_of(d);
    if (f.reversed == 0)
        return false;
    if (f.reversed == f.queues)
        snprintf(text, cap, "every queue is reversed: copied with LRANGE and LPUSH");
    else
        snprintf(text, cap, "%" PRIu64 " of %" PRIu64 " queues %s reversed: copied with LRANGE and LPUSH",
                 f.reversed, f.queues, is_or_are(f.reversed));
    return true;
}

static bool say_shuffled(const rk_diff *d, char *text, size_t cap)
{
    queue_facts f = facts_of(d);
    if (f.changed == f.reversed)
        return false;
    uint64_t shuffled = f.changed - f.reversed;
    snprintf(text, cap,
             "%" PRIu64 " of %" PRIu64
             " queues %s in another order, not reversed: a script that sorted, or went "
             "through a set",
             shuffled, f.queues, is_or_are(shuffled));
    return true;
}

static bool say_page_limit(const rk_diff *d, char *text, size_t cap)
{
    queue_facts f = facts_of(d);
    if (f.cut < 2 || !f.one_cut || f.whole > 0)
        return false;
    snprintf(text, cap,
             "each list is cut at %" PRIu64 ": a page limit (LRANGE 0 %" PRIu64
             "); the oldest jobs are missing",
             f.cut_at, f.cut_at - 1);
    return true;
}

/* Sorted sets that are gone with all their jobs, while something else is still there. */
static bool say_sets_skipped(const rk_diff *d, char *text, size_t cap)
{
    uint64_t sets = 0, gone = 0, there = 0;
    size_t used = 0;
    char names[200] = "";
    for (size_t i = 0; i < d->row_count; i++) {
        const rk_ledger_row *row = &d->rows[i];
        there += row->counts[RK_JOB_KEPT];
        if (!row->old_place || !side_place_is_scored(row->old_place) || row->old_jobs == 0)
            continue;
        sets++;
        if (gone_of(row) < row->old_jobs || row->counts[RK_JOB_LOST] == 0)
            continue;
        gone++;
        int n = snprintf(names + used, sizeof names - used, "%s%.*s", used ? ", " : "",
                         (int)row->old_place->name.len, (const char *)row->old_place->name.ptr);
        used += n > 0 && (size_t)n < sizeof names - used ? (size_t)n : 0;
    }
    if (gone == 0 || there == 0)
        return false;
    if (gone == sets && gone > 1)
        snprintf(text, cap, "all sorted sets are missing (%s): a copy of the lists alone", names);
    else
        snprintf(text, cap, "%s %s missing whole: left out of the copy, or deleted", names,
                 gone > 1 ? "are" : "is");
    return true;
}

static bool say_queues_gone(const rk_diff *d, char *text, size_t cap)
{
    queue_facts f = facts_of(d);
    if (f.gone_queues == 0 || d->total.counts[RK_JOB_LOST] == d->total.old_jobs)
        return false;
    if (f.gone_queues == f.queues)
        snprintf(text, cap, "every queue is missing whole: a copy without the lists, or all of them deleted");
    else
        snprintf(text, cap,
                 "%" PRIu64 " of %" PRIu64 " queues %s missing whole: deleted, or left out of the copy",
                 f.gone_queues, f.queues, is_or_are(f.gone_queues));
    return true;
}

static bool say_private_left(const rk_diff *d, char *text, size_t cap)
{
    uint64_t lists = 0, jobs = 0;
    for (size_t i = 0; i < d->row_count; i++) {
        const rk_ledger_row *row = &d->rows[i];
        if (!row->old_place || row->old_place->kind != RK_PLACE_PRIVATE || row->old_jobs == 0 ||
            row->counts[RK_JOB_LOST] < row->old_jobs) /* the others may have ended */
            continue;
        lists++;
        jobs += row->old_jobs;
    }
    if (lists == 0)
        return false;
    snprintf(text, cap,
             "%" PRIu64 " private list%s with %" PRIu64
             " job%s in hand %s missing: only the lists named in `queues` "
             "were copied",
             lists, lists == 1 ? "" : "s", jobs, jobs == 1 ? "" : "s", is_or_are(lists));
    return true;
}

static bool say_twice(const rk_diff *d, char *text, size_t cap)
{
    uint64_t doubled = 0;
    for (size_t i = 0; i < d->row_count; i++)
        doubled += d->rows[i].doubled && d->rows[i].old_jobs > 0;
    if (doubled == 0)
        return false;
    snprintf(text, cap, "%" PRIu64 " %s every job twice: the import ran two times", doubled,
             doubled == 1 ? "place has" : "places have");
    return true;
}

static bool say_respelled(const rk_diff *d, char *text, size_t cap)
{
    if (d->reserialised < 3)
        return false;
    snprintf(text, cap,
             "%" PRIu64
             " payloads have the same values in other bytes: a script decoded and encoded the JSON; "
             "rescheduling such a job adds a second one",
             d->reserialised);
    return true;
}

static bool say_scores(const rk_diff *d, char *text, size_t cap)
{
    uint64_t cut = 0;
    for (size_t i = 0; i < d->old.job_count; i++)
        cut += d->old.jobs[i].why == RK_WHY_SCORE_CUT;
    if (cut == 0)
        return false;
    snprintf(text, cap,
             "%" PRIu64
             " scores lost digits, changed their unit or are no times: printed with %%d, %%f or %%g, as "
             "milliseconds, or not at all",
             cut);
    return true;
}

/* `queue:a:b` became `queue:a`. */
static bool say_colon(const rk_diff *d, char *text, size_t cap)
{
    uint64_t jobs = 0;
    for (size_t i = 0; i < d->old.job_count; i++) {
        const side_job *job = &d->old.jobs[i];
        if (job->verdict != RK_JOB_MOVED || job->partner == NO_PARTNER)
            continue;
        const rk_place *from = d->old.layouts.places[job->place];
        const rk_place *to = d->new.layouts.places[d->new.jobs[job->partner].place];
        jobs += from->kind == RK_PLACE_QUEUE && to->kind == RK_PLACE_QUEUE &&
                from->queue.len > to->queue.len && rk_slice_starts(from->queue, to->queue) &&
                from->queue.ptr[to->queue.len] == ':';
    }
    if (jobs == 0)
        return false;
    snprintf(text, cap,
             "%" PRIu64 " jobs are under a queue name that was cut at a colon: nobody reads that queue",
             jobs);
    return true;
}

static bool say_older_state(const rk_diff *d, char *text, size_t cap)
{
    const uint64_t *n = d->total.counts;
    bool back = false;
    for (size_t i = 0; i < d->account_count; i++)
        back |= d->accounts[i].has_counters && (d->accounts[i].processed < 0 || d->accounts[i].failed < 0);
    uint64_t gone = n[RK_JOB_LOST] + n[RK_JOB_UNACCOUNTED];
    if (back && n[RK_JOB_UNEXPECTED] > 0 && gone > 0)
        snprintf(text, cap,
                 "finished jobs are back and the newest are missing: an older snapshot or a lagging replica");
    else if (back && n[RK_JOB_KEPT] == 0 && d->total.old_jobs > 0)
        snprintf(text, cap,
                 "nothing of OLD is left and the counters began anew: a flush, and refilled since");
    else if (back && gone > 0)
        snprintf(text, cap, "the counters went back: reset by hand, flushed, or an older state");
    else if (!back && n[RK_JOB_UNEXPECTED] > 0 && gone > 0 && d->old.now_s > d->new.now_s &&
             d->new.now_s >= 0)
        snprintf(text, cap, "NEW was saved before OLD: are the two the wrong way round?");
    else
        return false;
    return true;
}

static bool say_emptied(const rk_diff *d, char *text, size_t cap)
{
    if (d->total.old_jobs == 0 || d->new.layouts.count > 0)
        return false;
    snprintf(text, cap,
             d->new.catalog.count == 0
                 ? "NEW is empty: flushed, or never filled"
                 : "NEW holds no Sidekiq at all: another instance, database or prefix?");
    return true;
}

static bool say_behind(const rk_diff *d, char *text, size_t cap)
{
    if (rk_diff_proof(d) != RK_PROOF_BEHIND ||
        d->total.counts[RK_JOB_LOST] + d->total.counts[RK_JOB_UNACCOUNTED] == 0)
        return false;
    snprintf(text, cap, "NEW was saved before the replica had all of OLD: wait until the offsets are equal");
    return true;
}

static bool say_ttls(const rk_diff *d, char *text, size_t cap)
{
    if (d->ttl_lost < 3)
        return false;
    snprintf(text, cap, "%" PRIu64 " keys lost their time to live: a copy that did not carry it",
             d->ttl_lost);
    return true;
}

static const struct {
    const char *id;
    bool (*say)(const rk_diff *d, char *text, size_t cap);
} diagnoses[] = {
    { "emptied", say_emptied },
    { "older_state", say_older_state },
    { "replica_behind", say_behind },
    { "reversed", say_reversed },
    { "reordered", say_shuffled },
    { "page_limit", say_page_limit },
    { "sets_skipped", say_sets_skipped },
    { "queues_gone", say_queues_gone },
    { "private_lists_left", say_private_left },
    { "imported_twice", say_twice },
    { "reserialised", say_respelled },
    { "scores_squeezed", say_scores },
    { "name_cut_at_colon", say_colon },
    { "ttl_lost", say_ttls },
};

void run_diagnose(rk_diff *d)
{
    for (size_t i = 0; i < sizeof diagnoses / sizeof diagnoses[0] && d->diagnosis_count < DIAGNOSES_MOST;
         i++) {
        rk_diagnosis *out = &d->diagnoses[d->diagnosis_count];
        if (!diagnoses[i].say(d, out->text, sizeof out->text))
            continue;
        out->id = diagnoses[i].id;
        d->diagnosis_count++;
    }
}
