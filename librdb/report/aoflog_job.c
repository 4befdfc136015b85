/* aoflog_job: the life of a job, for people. */
#include "aoflog_view.h"

static const char *const life_words[RK_LIVES] = {
    [RK_LIFE_FOUND] = "found in",
    [RK_LIFE_PUSHED] = "pushed to",
    [RK_LIFE_SCHEDULED] = "scheduled in",
    [RK_LIFE_TAKEN] = "taken from",
    [RK_LIFE_TAKEN_LISTED] = "taken into",
    [RK_LIFE_SHOWN] = "shown in",
    [RK_LIFE_ACKNOWLEDGED] = "acknowledged in",
    [RK_LIFE_PUSHED_BACK] = "pushed back to",
    [RK_LIFE_FAILED] = "failed, into",
    [RK_LIFE_DIED] = "died, into",
    [RK_LIFE_INTERRUPTED] = "interrupted, into",
    [RK_LIFE_DUE] = "due, out of",
    [RK_LIFE_ENQUEUED] = "enqueued in",
    [RK_LIFE_RESCHEDULED] = "rescheduled in",
    [RK_LIFE_MOVED] = "moved to",
    [RK_LIFE_COPIED] = "copied into",
    [RK_LIFE_COPY_GONE] = "a copy left",
    [RK_LIFE_ENDED] = "ended, from",
    [RK_LIFE_REMOVED] = "removed from",
    [RK_LIFE_TRIMMED] = "trimmed from",
    [RK_LIFE_LOST] = "lost from",
    [RK_LIFE_UNKNOWN] = "may have ended, from",
};

static void write_place(const rk_log_place *place, FILE *out)
{
    char prefix[80] = "", key[140];
    if (!place->known)
        return;
    if (place->prefix.len)
        rk_slice_print(place->prefix, prefix, sizeof prefix);
    fprintf(out, " %s%s", prefix, rk_slice_print(place->key, key, sizeof key));
    if (place->db)
        fprintf(out, " in db %" PRIu32, place->db);
}

static void write_spot(const rk_log_spot *spot, const rk_aof_set *set, FILE *out)
{
    aoflog_place_room place;
    rk_human when;
    if (!spot->known)
        fprintf(out, "%-19s  %s", "-", "not in the log");
    else if (spot->base)
        fprintf(out, "%-19s  %s", "-", "in the base");
    else
        fprintf(out, "%-19s  %s (%" PRIu64 ") %s", aoflog_time(spot->time_s, &when),
                aoflog_place(set, spot->file, spot->offset, &place), spot->number,
                rk_verb_row_of(spot->verb)->name);
}

void aoflog_text_job(const rk_aoflog_report *report, const rk_history_info *info, const rk_job_event *e)
{
    FILE *out = report->out;
    char process[120];
    rk_human score;
    write_spot(&e->spot, info->replay->set, out);
    fprintf(out, "  %s", life_words[e->what]);
    write_place(&e->place, out);
    if (e->has_end)
        fprintf(out, ", at its %s", e->tail ? "tail" : "head");
    if (e->has_score)
        fprintf(out, ", for %s", rk_human_stamp(e->score, &score));
    if (e->process.len)
        fprintf(out, ", by %s", rk_slice_print(e->process, process, sizeof process));
    fputc('\n', out);
    if (e->fate)
        aoflog_text_fate(report, info, e->fate);
}

void aoflog_text_fate(const rk_aoflog_report *report, const rk_history_info *info, const rk_job_fate *fate)
{
    FILE *out = report->out;
    char sentence[600], first[120], jid[60], class_name[80];
    aoflog_place_room place;
    rk_human when;
    bool bad = fate->kind == RK_FATE_LOST || fate->kind == RK_FATE_UNKNOWN || fate->kind == RK_FATE_BETWEEN;
    rk_fate_sentence(fate, sentence, sizeof sentence);
    if (fate->decided.known && !fate->decided.base) {
        rk_human_join(sentence, sizeof sentence, "", " (%s at %s", rk_verb_row_of(fate->decided.verb)->name,
                      aoflog_place(info->replay->set, fate->decided.file, fate->decided.offset, &place));
        if (fate->decided.time_s >= 0)
            rk_human_join(sentence, sizeof sentence, ", ", "%s UTC",
                          aoflog_time(fate->decided.time_s, &when));
        rk_human_join(sentence, sizeof sentence, "", ")");
    }
    snprintf(first, sizeof first, "%.50s %.60s: ",
             fate->class_name.len ? rk_slice_print(fate->class_name, class_name, sizeof class_name) : "job",
             rk_slice_print(fate->jid, jid, sizeof jid));
    fputs(rk_ink_code(report->colour, bad ? RK_INK_BAD : RK_INK_GOOD), out);
    rk_human_fill(out, first, sentence);
    fputs(rk_ink_code(report->colour, RK_INK_PLAIN), out);
}

void aoflog_text_job_end(const rk_aoflog_report *report, const rk_history_info *info)
{
    FILE *out = report->out;
    char path[300];
    rk_human jobs;
    aoflog_write_doubts(info->replay, out);
    if (report->events == 0)
        fprintf(out, "no such job is in %s, which tells of %s\n",
                rk_slice_print(rk_slice_of(report->path), path, sizeof path),
                rk_human_things(info->jobs, "job", &jobs));
}
