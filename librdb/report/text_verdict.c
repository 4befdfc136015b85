/* text_verdict: the last line: what it comes to, what that rests on, and the exit status. */
#include "text.h"

/* What is counted, worst first; the first one with jobs gives the line its name. */
static const struct {
    const char *name;
    rk_verdict verdict;
} worst[] = {
    { "LOST", RK_JOB_LOST },
    { "UNACCOUNTED", RK_JOB_UNACCOUNTED },
    { "DAMAGED", RK_JOB_DAMAGED },
    { "DUPLICATED", RK_JOB_DUPLICATED },
    { "RESURRECTED", RK_JOB_RESURRECTED },
    { "STRANDED", RK_JOB_STRANDED },
};

typedef struct {
    const char *name;
    char text[700];
    uint64_t parts;
} verdict_line;

/* "70 jobs lost, 3 duplicated". */
static void add(verdict_line *line, uint64_t count, const char *thing, const char *words)
{
    rk_human number;
    if (count == 0)
        return;
    rk_human_join(line->text, sizeof line->text, ", ", "%s %s",
                  thing ? rk_human_things(count, thing, &number) : rk_human_count(count, &number), words);
    line->parts++;
}

/* Which ones is not known, but so many of the unaccounted ones cannot have run. */
static uint64_t at_least_lost(const rk_diff *diff)
{
    size_t count;
    uint64_t lost = 0;
    const rk_account *accounts = rk_diff_accounts(diff, &count);
    for (size_t i = 0; i < count; i++)
        lost += accounts[i].at_least_lost;
    return lost;
}

static void add_jobs(verdict_line *line, const rk_text *text)
{
    const rk_diff *diff = text->diff;
    uint64_t lost = at_least_lost(diff);
    rk_human number;
    if (lost > 0)
        line->name = "LOST";
    for (size_t i = 0; i < sizeof worst / sizeof worst[0]; i++) {
        rk_verdict verdict = worst[i].verdict;
        uint64_t count = rk_report_jobs_with(diff, verdict) +
                         (verdict == RK_JOB_STRANDED      ? rk_diff_stranded_new(diff)
                          : verdict == RK_JOB_RESURRECTED ? rk_diff_resurrected_new(diff)
                                                          : 0);
        if (count > 0 && !line->name)
            line->name = worst[i].name;
        add(line, count, line->parts ? NULL : "job", rk_verdict_words(worst[i].verdict));
        if (lost > 0 && worst[i].verdict == RK_JOB_UNACCOUNTED)
            rk_human_join(line->text, sizeof line->text, "", " (at least %s of them lost)",
                          rk_human_count(lost, &number));
    }
    if (!line->name && rk_diff_irregular(diff) > 0)
        line->name = "IRREGULAR";
    add(line, rk_diff_irregular(diff), line->parts ? NULL : "job", "moved or changed irregularly");
    if (!line->name && rk_diff_orders_changed(diff) > 0)
        line->name = "ORDER CHANGED";
    add(line, rk_diff_orders_changed(diff), "queue", "out of order");
}

/* What counts only because it was asked for. */
static void add_strict(verdict_line *line, const rk_text *text)
{
    static const rk_verdict others[] = { RK_JOB_RESCHEDULED, RK_JOB_CHANGED,  RK_JOB_MOVED,
                                         RK_JOB_IN_PROGRESS, RK_JOB_FINISHED, RK_JOB_REMOVED,
                                         RK_JOB_TRIMMED,     RK_JOB_ADDED,    RK_JOB_UNEXPECTED };
    const uint64_t *n = rk_diff_total(text->diff)->counts;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (rk_report_counts(text->options, rk_verdict_name(others[i])))
            add(line, n[others[i]], line->parts ? NULL : "job", rk_verdict_words(others[i]));
}

static void add_keys(verdict_line *line, const rk_text *text)
{
    const rk_key_counts *keys = rk_diff_keys(text->diff);
    if (!text->options->no_keys && rk_report_counts(text->options, "keys")) {
        add(line, keys->changed, "key", "changed");
        add(line, keys->only_old, "key", "only in OLD");
        add(line, keys->only_new, "key", "only in NEW");
    }
}

/* ---- evidence
 * ----------------------------------------------------------------------------------------------- */

static void counters_words(const rk_diff *diff, char *out, size_t cap)
{
    size_t count;
    const rk_account *accounts = rk_diff_accounts(diff, &count);
    int64_t processed = 0;
    bool still = true, back = false;
    rk_human number;
    for (size_t i = 0; i < count; i++) {
        if (!accounts[i].has_counters)
            continue;
        processed += accounts[i].processed;
        still = still && accounts[i].processed == 0 && accounts[i].failed == 0;
        back = back || accounts[i].processed < 0 || accounts[i].failed < 0;
    }
    snprintf(out, cap,
             back    ? "counters went back"
             : still ? "counters did not move"
                     : "counters moved by %s",
             rk_human_count((uint64_t)processed, &number));
}

static const char *evidence_words(const rk_text *text, char *out, size_t cap)
{
    rk_evidence_level level = rk_diff_evidence(text->diff);
    if (level == RK_BY_LOG)
        snprintf(out, cap, "log");
    else if (level == RK_BY_COUNTERS)
        counters_words(text->diff, out, cap);
    else
        snprintf(out, cap, "two snapshots");
    if (rk_diff_proof(text->diff) == RK_PROOF_COMPLETE)
        rk_human_join(out, cap, ", ", "replication complete");
    return out;
}

/* ---- the line
 * ----------------------------------------------------------------------------------------------- */

static void nothing_words(verdict_line *line, const rk_text *text)
{
    const rk_ledger_row *total = rk_diff_total(text->diff);
    uint64_t count = total->old_jobs, unexpected = total->counts[RK_JOB_UNEXPECTED];
    rk_human jobs;
    if (count == 0)
        snprintf(line->text, sizeof line->text, "OLD holds no jobs");
    else
        snprintf(line->text, sizeof line->text,
                 count == 1 ? "the only job is accounted for" : "all %s accounted for",
                 rk_human_things(count, "job", &jobs));
    if (unexpected > 0)
        rk_human_join(line->text, sizeof line->text, ", ", "and NEW has %s more that are older than OLD",
                      rk_human_count(unexpected, &jobs));
}

static void compose_jobs(verdict_line *line, const rk_text *text)
{
    add_jobs(line, text);
    bool named = line->name != NULL;
    if (!named) /* else they would be counted twice: what is irregular was moved or changed */
        add_strict(line, text);
    add_keys(line, text);
    if (!named)
        line->name = line->parts ? "DIFFERENT, BUT NOTHING LOST" : "NOTHING LOST";
    if (!line->parts)
        nothing_words(line, text);
}

static void compose_keys(verdict_line *line, const rk_text *text)
{
    const rk_key_counts *keys = rk_diff_keys(text->diff);
    rk_human count;
    add(line, keys->changed, "key", "changed");
    add(line, keys->only_old, "key", "only in OLD");
    add(line, keys->only_new, "key", "only in NEW");
    line->name = line->parts ? "KEYS DIFFER" : "KEYS EQUAL";
    if (!line->parts)
        snprintf(line->text, sizeof line->text, "%s",
                 rk_human_things(keys->equal + keys->equal_other_encoding, "key", &count));
}

void rk_text_verdict(const rk_text *text)
{
    verdict_line line = { .parts = 0 };
    char evidence[160];
    int status = rk_report_exit(text->diff, text->options);
    if (text->options->no_jobs)
        compose_keys(&line, text);
    else
        compose_jobs(&line, text);
    bool partial = rk_diff_is_partial(text->diff);
    rk_ink ink = partial ? RK_INK_WARN : line.parts ? RK_INK_BAD : RK_INK_GOOD;
    fprintf(text->out, "%s%s%s: %s", rk_text_ink(text, ink), partial ? "CANNOT TELL" : line.name,
            rk_text_ink(text, RK_INK_PLAIN), partial ? "part of the input was not seen; in what was: " : "");
    fputs(partial && !line.parts ? "nothing that counts" : line.text, text->out);
    if (!text->options->no_jobs)
        fprintf(text->out, " (evidence: %s)", evidence_words(text, evidence, sizeof evidence));
    fprintf(text->out, " - exit %d\n", status);
}
