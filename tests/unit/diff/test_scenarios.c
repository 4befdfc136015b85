/* Every scenario that a real Sidekiq lived through gets, job by job, a verdict that the truth allows; and where it has a
 * log, with it the one that the truth demands. One TAP line a scenario and kind of fate; what is wrong is named. */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rdbkit/diff.h"

/* What the diff says of one jid. */
typedef struct {
    char jid[80];
    rk_verdict verdict;
    rk_transition transition;
} told;

typedef struct {
    const char *name;
    json_t *truth;
    rk_diff *diff;
    told *items;
    size_t count, cap;
    bool with_log, other_log; /* a log is given; it is of another instance than NEW's */
    bool still;               /* stat:processed did not move */
    bool newest_old;          /* OLD is what the truth calls old.rdb */
} scenario;

static int test_number, failures;

static void result(bool ok, const scenario *s, const char *what, const char *detail)
{
    failures += !ok;
    printf("%sok %d - %s%s: %s\n", ok ? "" : "not ", ++test_number, s->name,
           s->with_log ? " with its log" : "", what);
    if (!ok && detail)
        printf("# %s\n", detail);
}

static const char *jid_of(json_t *fate)
{
    return json_is_string(fate) ? json_string_value(fate) : json_string_value(json_object_get(fate, "jid"));
}

/* The next thing told of a jid, from index `from` on; SIZE_MAX when there is none. */
static size_t find_told(const scenario *s, const char *jid, size_t from)
{
    for (size_t i = from; i < s->count; i++)
        if (strcmp(s->items[i].jid, jid) == 0)
            return i;
    return SIZE_MAX;
}

/* ---- what each fate allows --------------------------------------------------------------------------------------- */

typedef bool (*allows)(const scenario *s, json_t *fate,
                       const told *t); /* t NULL: nothing told, that is kept */

static bool allow_unchanged(const scenario *s, json_t *fate, const told *t)
{
    (void)s, (void)fate;
    return !t;
}

static bool allow_moved(const scenario *s, json_t *fate, const told *t)
{
    (void)s, (void)fate;
    return t && t->verdict == RK_JOB_MOVED && t->transition == RK_PROGRESS;
}

static bool allow_changed(const scenario *s, json_t *fate, const told *t)
{
    (void)s, (void)fate;
    return t && ((t->verdict == RK_JOB_CHANGED && t->transition == RK_PROGRESS) ||
                 t->verdict == RK_JOB_RESCHEDULED);
}

static bool allow_new(const scenario *s, json_t *fate, const told *t)
{
    (void)s, (void)fate;
    return t && t->verdict == RK_JOB_ADDED;
}

/* The log of another instance does not say what ran in NEW's. */
static bool allow_ended(const scenario *s, json_t *fate, const told *t)
{
    (void)fate;
    if (s->with_log)
        return t && (t->verdict == RK_JOB_FINISHED || (s->other_log && t->verdict == RK_JOB_UNACCOUNTED));
    return t && (t->verdict == RK_JOB_UNACCOUNTED || (s->still && t->verdict == RK_JOB_LOST));
}

static bool allow_deleted(const scenario *s, json_t *fate, const told *t)
{
    return s->with_log ? t && t->verdict == RK_JOB_REMOVED : allow_ended(s, fate, t);
}

/* Two snapshots show no more than that it is there. */
static bool allow_resurrected(const scenario *s, json_t *fate, const told *t)
{
    return s->with_log ? t && t->verdict == RK_JOB_RESURRECTED : allow_unchanged(s, fate, t);
}

static bool allow_in_progress(const scenario *s, json_t *fate, const told *t)
{
    bool seen = s->with_log || json_is_true(json_object_get(fate, "seen_in_work_hash"));
    return t && t->verdict == (seen ? RK_JOB_IN_PROGRESS : RK_JOB_UNACCOUNTED);
}

static bool allow_trimmed(const scenario *s, json_t *fate, const told *t)
{
    (void)s, (void)fate;
    return t && t->verdict == RK_JOB_TRIMMED;
}

static bool allow_lost(const scenario *s, json_t *fate, const told *t)
{
    if (s->with_log)
        return t && t->verdict == RK_JOB_LOST;
    if (json_array_size(json_object_get(fate, "from")) == 0)
        return !t; /* it never was in OLD */
    return t && (t->verdict == RK_JOB_LOST || (!s->still && t->verdict == RK_JOB_UNACCOUNTED));
}

static bool allow_corrupted(const scenario *s, json_t *fate, const told *t)
{
    (void)s, (void)fate;
    return t &&
           (t->verdict == RK_JOB_DAMAGED || (t->verdict == RK_JOB_CHANGED && t->transition == RK_IRREGULAR));
}

static bool allow_misrouted(const scenario *s, json_t *fate, const told *t)
{
    (void)s, (void)fate;
    return t && t->verdict == RK_JOB_MOVED && t->transition == RK_IRREGULAR;
}

static bool allow_duplicated(const scenario *s, json_t *fate, const told *t)
{
    json_int_t copies = json_integer_value(json_object_get(fate, "copies"));
    size_t at = 0, found = 0;
    while ((at = find_told(s, jid_of(fate), at)) != SIZE_MAX)
        found += s->items[at++].verdict == RK_JOB_DUPLICATED;
    return t && (json_int_t)found == copies - 1;
}

static bool allow_stranded(const scenario *s, json_t *fate, const told *t)
{
    (void)s, (void)fate;
    return t && t->verdict == RK_JOB_STRANDED;
}

static bool allow_transient(const scenario *s, json_t *fate, const told *t)
{
    (void)s, (void)fate;
    return !t;
}

static const struct {
    const char *fate;
    allows allow;
} fates[] = {
    { "unchanged", allow_unchanged },     { "moved", allow_moved },
    { "payload_changed", allow_changed }, { "new", allow_new },
    { "finished", allow_ended },          { "discarded", allow_ended },
    { "deleted", allow_deleted },         { "in_progress", allow_in_progress },
    { "trimmed", allow_trimmed },         { "lost", allow_lost },
    { "corrupted", allow_corrupted },     { "misrouted", allow_misrouted },
    { "duplicated", allow_duplicated },   { "stranded_private", allow_stranded },
    { "transient", allow_transient },     { "resurrected", allow_resurrected },
};

static void check_fate(const scenario *s, const char *name, json_t *list, allows allow)
{
    size_t i, wrong = 0;
    json_t *fate;
    char what[80], detail[240] = "";
    json_array_foreach(list, i, fate)
    {
        size_t at = find_told(s, jid_of(fate), 0);
        const told *t = at == SIZE_MAX ? NULL : &s->items[at];
        if (allow(s, fate, t))
            continue;
        if (wrong++ == 0)
            snprintf(detail, sizeof detail, "%s is %s, %s", jid_of(fate),
                     t ? rk_verdict_name(t->verdict) : "kept",
                     t && t->transition == RK_IRREGULAR ? "irregular"
                     : t && t->transition               ? "progress"
                                                        : "no transition");
    }
    snprintf(what, sizeof what, "%zu jobs %s", json_array_size(list), name);
    result(wrong == 0, s, what, detail);
}

/* ---- order ---------------------------------------------------------------------------------------------------------- */

static const rk_ledger_row *row_named(const scenario *s, const char *place)
{
    size_t count;
    const rk_ledger_row *rows = rk_diff_rows(s->diff, &count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].old_place && rk_slice_is(rows[i].old_place->name, rk_slice_of(place)))
            return &rows[i];
    return NULL;
}

static void check_order(const scenario *s)
{
    const char *place;
    json_t *order;
    bool ok = true;
    char detail[200] = "";
    json_object_foreach(json_object_get(s->truth, "order"), place, order)
    {
        const rk_ledger_row *row = row_named(s, place);
        const char *word = json_string_value(order);
        bool reversed = strcmp(word, "reversed") == 0, shuffled = strcmp(word, "shuffled") == 0;
        if (row && row->order_changed == (reversed || shuffled) && row->reversed == reversed)
            continue;
        ok = false;
        snprintf(detail, sizeof detail, "%s should be %s", place, word);
    }
    size_t changed = rk_diff_orders_changed(s->diff), told_of = 0;
    json_object_foreach(json_object_get(s->truth, "order"), place, order) told_of +=
        strcmp(json_string_value(order), "reversed") == 0 ||
        strcmp(json_string_value(order), "shuffled") == 0;
    result(ok && changed == told_of, s, "the order of the queues", detail);
}

/* ---- ledger --------------------------------------------------------------------------------------------------------- */

static void check_ledger(const scenario *s)
{
    const rk_ledger_row *t = rk_diff_total(s->diff);
    const uint64_t *n = t->counts;
    uint64_t old = 0, gone, own;
    for (size_t v = 0; v < RK_JOB_DUPLICATED; v++)
        old += n[v];
    gone =
        n[RK_JOB_FINISHED] + n[RK_JOB_REMOVED] + n[RK_JOB_TRIMMED] + n[RK_JOB_LOST] + n[RK_JOB_UNACCOUNTED];
    own = n[RK_JOB_DUPLICATED] + n[RK_JOB_ADDED] + n[RK_JOB_UNEXPECTED];
    result(old == t->old_jobs && t->new_jobs == old - gone + own, s, "the ledger balances", NULL);
    uint64_t jobs = (uint64_t)json_integer_value(json_object_get(json_object_get(s->truth, "old"), "jobs"));
    result(t->old_jobs == jobs, s, "OLD has as many jobs as the server said", NULL);
    size_t expected = json_array_size(json_object_get(json_object_get(s->truth, "fates"), "new"));
    result(n[RK_JOB_ADDED] == expected && n[RK_JOB_UNEXPECTED] == 0, s, "nothing else is new", NULL);
}

/* ---- what may be restored --------------------------------------------------------------------------------------------- */

static bool is_restorable(rk_verdict verdict)
{
    return verdict == RK_JOB_LOST || verdict == RK_JOB_DAMAGED || verdict == RK_JOB_STRANDED;
}

/* With the log, all that must be restored is judged so that it is, and nothing else. */
static void check_restore(const scenario *s)
{
    json_t *expect = json_object_get(s->truth, "expect"), *jid;
    char detail[200] = "";
    size_t i, wrong = 0;
    json_array_foreach(json_object_get(expect, "restore"), i, jid)
    {
        size_t at = find_told(s, json_string_value(jid), 0);
        bool ok = at != SIZE_MAX && is_restorable(s->items[at].verdict);
        if (!ok && wrong++ == 0)
            snprintf(detail, sizeof detail, "%s would not be restored", json_string_value(jid));
    }
    json_array_foreach(json_object_get(expect, "must_not_restore"), i, jid)
    {
        size_t at = find_told(s, json_string_value(jid), 0);
        bool ok = at == SIZE_MAX || s->items[at].verdict != RK_JOB_LOST;
        if (!ok && wrong++ == 0)
            snprintf(detail, sizeof detail, "%s would be restored", json_string_value(jid));
    }
    result(wrong == 0, s, "what must be restored, and what must not", detail);
}

/* ---- running ---------------------------------------------------------------------------------------------------------- */

static bool collect(scenario *s, rk_err *err)
{
    rk_job_cursor *cursor = rk_job_cursor_open(s->diff, err);
    rk_job_finding f;
    while (cursor && rk_job_cursor_next(cursor, &f, err)) {
        if (!rk_grow((void **)&s->items, &s->cap, s->count + 1, sizeof *s->items, err))
            break;
        told *t = &s->items[s->count++];
        *t = (told){ .verdict = f.verdict, .transition = f.transition };
        rk_slice_print(f.jid, t->jid, sizeof t->jid);
    }
    rk_job_cursor_close(cursor);
    return err->code == RK_OK;
}

/* Sum of the counters called stat:processed, whatever the prefix. */
static json_int_t processed(json_t *side)
{
    const char *key;
    json_t *value;
    json_int_t sum = 0;
    json_object_foreach(json_object_get(side, "stats"), key, value)
    {
        size_t len = strlen(key);
        if (len >= 14 && strcmp(key + len - 14, "stat:processed") == 0)
            sum += json_integer_value(value);
    }
    return sum;
}

static void run_scenario(const char *corpus, const char *name, bool with_log)
{
    char path[4][2048], sentence[900];
    scenario s = { .name = name, .with_log = with_log };
    rk_err err = { 0 };
    rk_diff_options options = { .ttl_tolerance_ms = 1000, .alive_within_s = 4 };
    snprintf(path[0], sizeof path[0], "%s/%s/truth.json", corpus, name);
    s.truth = json_load_file(path[0], 0, NULL);
    snprintf(path[1], sizeof path[1], "%s/%s/old.rdb", corpus, name);
    snprintf(path[2], sizeof path[2], "%s/%s/new.rdb", corpus, name);
    snprintf(path[3], sizeof path[3], "%s/%s/aof", corpus, name);
    if (rk_paths_of(path[1], &options.old_paths, &err) && rk_paths_of(path[2], &options.new_paths, &err) &&
        (!with_log || rk_paths_add(path[3], &options.logs, &err)))
        s.diff = rk_diff_run(&options, &err);
    size_t logs;
    s.other_log = s.diff && rk_diff_logs(s.diff, &logs) && logs && !rk_diff_logs(s.diff, &logs)->of_new;
    s.still = processed(json_object_get(s.truth, "old")) == processed(json_object_get(s.truth, "new"));
    bool ok = s.truth && s.diff && collect(&s, &err);
    result(ok, &s, "the pair is read and judged", rk_err_sentence(&err, sentence, sizeof sentence));
    for (size_t i = 0; ok && i < sizeof fates / sizeof fates[0]; i++) {
        json_t *list = json_object_get(json_object_get(s.truth, "fates"), fates[i].fate);
        if (json_array_size(list) > 0)
            check_fate(&s, fates[i].fate, list, fates[i].allow);
    }
    if (ok) {
        check_order(&s);
        check_ledger(&s);
        if (with_log)
            check_restore(&s);
    }
    rk_diff_free(s.diff);
    rk_paths_free(&options.old_paths);
    rk_paths_free(&options.new_paths);
    rk_paths_free(&options.logs);
    json_decref(s.truth);
    free(s.items);
}

static int is_folder(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !strchr(entry->d_name, '.');
}

static void run_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_folder, alphasort);
    for (int i = 0; i < count; i++) {
        char log[2048];
        snprintf(log, sizeof log, "%s/%s/aof", folder, entries[i]->d_name);
        run_scenario(folder, entries[i]->d_name, false);
        if (access(log, R_OK) == 0)
            run_scenario(folder, entries[i]->d_name, true);
        free(entries[i]);
    }
    free(entries);
}

int main(void)
{
    const char *corpus = getenv("RDBKIT_CORPUS");
    char folder[2048];
    run_folder("testdata/sidekiq");
    if (corpus && *corpus) {
        snprintf(folder, sizeof folder, "%s/sidekiq", corpus);
        run_folder(folder);
    } else {
        printf("ok %d - the scenarios of the corpus # SKIP it is not here\n", ++test_number);
    }
    printf("1..%d\n", test_number);
    return failures > 0;
}
