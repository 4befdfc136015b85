/* text_log: what logs were read, and what one of them shows of a job, in words. */
#include "text.h"

/* ---- the logs
 * ---------------------------------------------------------------------------------------------------- */

static void span_words(const rk_diff_log *log, char *line, size_t cap)
{
    rk_human first, last;
    if (log->first_s < 0 || log->last_s < 0)
        rk_human_join(line, cap, ", ", "times not told");
    else
        rk_human_join(line, cap, ", ", "%s to %s%s", rk_human_stamp((double)log->first_s, &first),
                      rk_human_stamp((double)log->last_s, &last),
                      log->annotated ? "" : " (by heartbeats, it has no annotations)");
}

static void unusual_words(const rk_diff_log *log, char *line, size_t cap)
{
    char sentence[700];
    rk_human count;
    if (log->goes_beyond_new)
        rk_human_join(line, cap, "; ", "goes on beyond NEW");
    if (log->ends_before_new)
        rk_human_join(line, cap, "; ", "ends before NEW: what came then it does not say");
    if (log->torn)
        rk_human_join(line, cap, "; ",
                      "ends in the middle of a command, as after a crash, which is left out");
    if (log->opaque > 0)
        rk_human_join(line, cap, "; ", "%s could not be replayed",
                      rk_human_things(log->opaque, "command", &count));
    if (log->reason.code != RK_OK)
        rk_human_join(line, cap, log->partial ? "; " : ": ", "%s%s", log->partial ? "read in part: " : "",
                      rk_err_sentence(&log->reason, sentence, sizeof sentence));
    if (log->at_most_lost > 0)
        rk_human_join(line, cap, "; ", "of jobs that cannot be told one from the other, at most %s lost",
                      rk_human_count(log->at_most_lost, &count));
}

void rk_text_logs(const rk_text *text)
{
    size_t count;
    const rk_diff_log *logs = rk_diff_logs(text->diff, &count);
    for (size_t i = 0; i < count; i++) {
        const rk_diff_log *log = &logs[i];
        char path[400], line[500] = "", unusual[1200] = "";
        rk_human commands, jobs;
        fprintf(text->out, "%s%-5s%s%s\n", rk_text_ink(text, RK_INK_BOLD), i ? "" : "LOG",
                rk_slice_print(rk_slice_of(log->path), path, sizeof path), rk_text_ink(text, RK_INK_PLAIN));
        rk_human_join(line, sizeof line, "", "%s, %s, %s",
                      log->of_new ? "of NEW's instance" : "of another instance than NEW's",
                      rk_human_things(log->commands, "command", &commands),
                      rk_human_things(log->jobs, "job", &jobs));
        span_words(log, line, sizeof line);
        rk_human_fill(text->out, "     ", line);
        unusual_words(log, unusual, sizeof unusual);
        if (unusual[0])
            rk_human_fill(text->out, "     ", unusual);
    }
}

/* ---- beside the ledger
 * ------------------------------------------------------------------------------------------- */

void rk_text_log_only(const rk_text *text)
{
    static const rk_verdict shown[] = { RK_JOB_LOST, RK_JOB_UNACCOUNTED, RK_JOB_IN_PROGRESS };
    const uint64_t *n = rk_diff_log_only(text->diff);
    char line[300] = "";
    rk_human count;
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (n[shown[i]] > 0)
            rk_human_join(line, sizeof line, ", ", "%s %s", rk_human_count(n[shown[i]], &count),
                          rk_verdict_words(shown[i]));
    if (line[0])
        rk_human_fill(text->out, "besides, on neither side, only in a log: ", line);
}

/* ---- one job
 * ------------------------------------------------------------------------------------------------------ */

/* "UNLINK at appendonly.aof.2.incr.aof:1234, 2026-11-23 03:11:59" */
static void spot_words(const rk_diff_log *log, const rk_log_spot *spot, char *out, size_t cap)
{
    char name[40], file[120];
    rk_human time;
    size_t i = 0;
    const char *verb = rk_verb_row_of(spot->verb)->name;
    for (; verb[i] && i + 1 < sizeof name; i++)
        name[i] = verb[i] >= 'a' && verb[i] <= 'z' ? (char)(verb[i] - 'a' + 'A') : verb[i];
    name[i] = 0;
    rk_slice_print(spot->file < log->file_count ? rk_slice_of(log->files[spot->file]) : RK_EMPTY, file,
                   sizeof file);
    snprintf(out, cap, "%s at %s:%" PRIu64 "%s%s", name, file, spot->offset, spot->time_s >= 0 ? ", " : "",
             spot->time_s >= 0 ? rk_human_time((double)spot->time_s, &time) : "");
}

/* What the command is that decided. */
static const char *prefix_of(const rk_job_evidence *e)
{
    if (e->because == RK_BECAUSE_HELD_BY_DEAD || e->because == RK_BECAUSE_TAKEN_BY_DEAD)
        return "last heard of by ";
    return e->fate == RK_FATE_ENDED ? "ended by " : e->fate == RK_FATE_PENDING ? "put there by " : "";
}

void rk_text_log_words(const rk_job_evidence *e, char *out, size_t cap)
{
    char words[260], identity[160];
    bool taken = e->taken.known && !e->taken.base, decided = e->decided.known && !e->decided.base;
    if (taken) {
        spot_words(e->log, &e->taken, words, sizeof words);
        rk_human_join(out, cap, "; ", "taken by %s", words);
    }
    if (e->process.len > 0)
        rk_human_join(out, cap, taken ? " " : "; ", "(%s)",
                      rk_slice_print(e->process, identity, sizeof identity));
    if (decided && (!taken || e->decided.offset != e->taken.offset || e->decided.file != e->taken.file)) {
        spot_words(e->log, &e->decided, words, sizeof words);
        rk_human_join(out, cap, "; ", "%s%s", prefix_of(e), words);
    }
}
