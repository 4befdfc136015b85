/* bundle_text: what is in a bundle, for people. */
#include "bundle_view.h"

/* ---- what it is -------------------------------------------------------------------------------------------------- */

static void write_head(const rk_bundle_report *report, const rk_bundle *bundle, const rk_bundle_facts *facts)
{
    const rk_bundle_info *info = rk_bundle_info_of(bundle);
    char path[300], acts[200], line[900] = "", made_by[100], reason[600], version[50];
    rk_human jobs, companions, size, stamp;
    rk_bundle_view_acts(info->acts, acts, sizeof acts);
    fprintf(report->out, "%s: %s%s%s%s\n", rk_slice_print(rk_slice_of(report->path), path, sizeof path),
            rk_human_things(info->jobs, "job", &jobs), acts[0] ? " (" : "", acts, acts[0] ? ")" : "");
    rk_human_join(line, sizeof line, "", "made %s by %s %s", rk_human_stamp((double)info->created_s, &stamp),
                  rk_bundle_view_sentence(info->tool, made_by, sizeof made_by),
                  rk_bundle_view_sentence(info->made_by, version, sizeof version));
    if (info->reason[0])
        rk_human_join(line, sizeof line, ": ", "%s",
                      rk_bundle_view_sentence(info->reason, reason, sizeof reason));
    fprintf(report->out, "  %s\n", line);
    fprintf(report->out, "  id %s, %s of payloads, the longest %s", info->id,
            rk_human_size(info->payload_bytes, &size), rk_human_size(facts->longest_payload, &jobs));
    if (info->companions > 0)
        fprintf(report->out, ", %s", rk_human_things(info->companions, "companion key", &companions));
    fputc('\n', report->out);
    if (info->redacted)
        fputs("  a redacted copy: it cannot be restored\n", report->out);
    if (facts->all.timed)
        fprintf(report->out, "  %s\n", rk_bundle_view_times(&facts->all, line, sizeof line));
}

static bool write_sources(const rk_bundle_report *report, const rk_bundle *bundle, rk_err *err)
{
    static const char *const titles[] = { "SOURCE", "ROLE", "FORMAT", ">SIZE", "SERVER", "SAVED, UTC", NULL };
    rk_table *table = rk_table_new(titles);
    const rk_bundle_source *s;
    for (size_t i = 0; (s = rk_bundle_source_of(bundle, i)) != NULL; i++) {
        char path[300], format[300], server[100], role[100];
        rk_human size, saved;
        rk_table_row(table,
                     (const char *[]){ rk_slice_print(rk_slice_of(s->path), path, sizeof path),
                                       rk_slice_print(rk_slice_of(s->role), role, sizeof role),
                                       rk_slice_print(rk_slice_of(s->format), format, sizeof format),
                                       rk_human_size(s->size, &size),
                                       rk_slice_print(rk_slice_of(s->server), server, sizeof server),
                                       s->saved_s >= 0 ? rk_human_time((double)s->saved_s, &saved) : "" });
    }
    fputc('\n', report->out);
    return rk_table_write(table, "  ", report->out, err);
}

/* ---- counts ------------------------------------------------------------------------------------------------------ */

static const char *score_or_nothing(const rk_bundle_place_row *row, double score, rk_human *room)
{
    return row->scored ? rk_human_time(score, room) : "";
}

static bool write_places(const rk_bundle_report *report, const rk_bundle_facts *facts, rk_err *err)
{
    static const char *const titles[] = { "PLACE", "FROM",       ">JOBS",     ">HELD",
                                          ">SIZE", "FIRST, UTC", "LAST, UTC", NULL };
    rk_table *table = rk_table_new(titles);
    for (size_t i = 0; i < rk_bundle_view_shown(report, facts->place_count); i++) {
        const rk_bundle_place_row *row = &facts->places[i];
        char key[200];
        rk_human jobs, held, size, first, last;
        rk_table_row(table,
                     (const char *[]){ rk_bundle_view_key(row->db, row->key, key, sizeof key),
                                       rk_bundle_place_name(row->kind), rk_human_count(row->sum.jobs, &jobs),
                                       rk_human_count(row->sum.acts[RK_ACT_HOLD], &held),
                                       rk_human_size(row->sum.payload_bytes, &size),
                                       score_or_nothing(row, row->first_score, &first),
                                       score_or_nothing(row, row->last_score, &last) });
    }
    fputc('\n', report->out);
    if (!rk_table_write(table, "  ", report->out, err))
        return false;
    rk_bundle_view_more(report, facts->place_count, "more place");
    return true;
}

static bool write_classes(const rk_bundle_report *report, const rk_bundle_facts *facts, rk_err *err)
{
    static const char *const titles[] = { "CLASS", ">JOBS",       ">HELD",       ">MAY HAVE RUN",
                                          ">SIZE", "OLDEST, UTC", "NEWEST, UTC", NULL };
    const rk_bundle_words *classes = &facts->classes;
    rk_table *table = rk_table_new(titles);
    for (size_t i = 0; i < rk_bundle_view_shown(report, classes->count); i++) {
        const rk_bundle_sum *sum = &classes->rows[i].sum;
        char name[200];
        rk_human jobs, held, run, size, oldest, newest;
        rk_table_row(table,
                     (const char *[]){
                         classes->rows[i].word.len ? rk_slice_print(classes->rows[i].word, name, sizeof name)
                                                   : "(none)",
                         rk_human_count(sum->jobs, &jobs), rk_human_count(sum->acts[RK_ACT_HOLD], &held),
                         rk_human_count(sum->may_have_run, &run), rk_human_size(sum->payload_bytes, &size),
                         sum->timed ? rk_human_time(sum->oldest_s, &oldest) : "",
                         sum->timed ? rk_human_time(sum->newest_s, &newest) : "" });
    }
    fputc('\n', report->out);
    if (!rk_table_write(table, "  ", report->out, err))
        return false;
    rk_bundle_view_more(report, classes->count, "more class");
    return true;
}

/* A bar of at most 40 signs. */
static const char *bar(uint64_t jobs, uint64_t most, char room[41])
{
    size_t len = most > 0 ? (size_t)((double)jobs / (double)most * 40 + 0.999) : 0;
    len = len < 40 ? len : 40;
    memset(room, '#', len);
    room[len] = 0;
    return room;
}

static bool write_due(const rk_bundle_report *report, const rk_bundle_facts *facts, rk_err *err)
{
    static const char *const titles[] = { "DUE", ">JOBS", "", NULL };
    rk_table *table = rk_table_new(titles);
    uint64_t most = facts->at_once;
    char signs[41];
    rk_human jobs;
    for (size_t i = 0; i < RK_DUE_ROWS; i++)
        most = facts->due[i].jobs > most ? facts->due[i].jobs : most;
    rk_table_row(table, (const char *[]){ "at once, in queues", rk_human_count(facts->at_once, &jobs),
                                          bar(facts->at_once, most, signs) });
    for (size_t i = 0; i < RK_DUE_ROWS; i++)
        if (facts->due[i].jobs > 0)
            rk_table_row(table,
                         (const char *[]){ facts->due[i].words, rk_human_count(facts->due[i].jobs, &jobs),
                                           bar(facts->due[i].jobs, most, signs) });
    fputc('\n', report->out);
    return rk_table_write(table, "  ", report->out, err);
}

/* ---- what else somebody should know --------------------------------------------------------------------------------- */

/* The words that the library itself gives; others are told as they are. */
static const char *reason_words(rk_slice reason)
{
    static const struct {
        const char *word, *words;
    } known[] = {
        { RK_HOLD_POISON, "would be destroyed if they were put back where they were" },
        { RK_HOLD_LOCKED, "have been enqueued anew: another job holds their lock now" },
        { RK_HOLD_IN_HAND,
          "were in the hands of processes that were alive: they may be running, or have ended" },
        { RK_HOLD_REDACTED, "are tokens, not to be restored" },
        { RK_HOLD_SCORE, "have a score that is no number" },
        { RK_HOLD_ELSEWHERE, "are held in another bundle that was merged" },
        { RK_HOLD_OLDER, "are older copies of jobs that are in this bundle, too" },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (rk_slice_is(reason, rk_slice_of(known[i].word)))
            return known[i].words;
    return "";
}

static void write_reasons(const rk_bundle_report *report, const rk_bundle_facts *facts)
{
    for (size_t i = 0; i < facts->reasons.count; i++) {
        const rk_bundle_word_row *row = &facts->reasons.rows[i];
        char word[100], line[500];
        rk_human jobs;
        const char *words = reason_words(row->word);
        snprintf(line, sizeof line, "%s held, '%s'%s%s", rk_human_things(row->sum.jobs, "job", &jobs),
                 rk_slice_print(row->word, word, sizeof word), words[0] ? ": they " : "", words);
        if (i == 0)
            fputc('\n', report->out);
        rk_human_fill(report->out, "  held    ", line);
    }
}

static void write_companions(const rk_bundle_report *report, const rk_bundle_facts *facts)
{
    char line[500] = "";
    for (size_t i = 0; i < facts->companions.count; i++) {
        const rk_bundle_word_row *row = &facts->companions.rows[i];
        char word[100];
        rk_human count;
        rk_human_join(line, sizeof line, ", ", "%s %s", rk_human_count(row->sum.jobs, &count),
                      rk_slice_print(row->word, word, sizeof word));
        if (row->blocked > 0)
            rk_human_join(line, sizeof line, " ", "(%s only kept)", rk_human_count(row->blocked, &count));
    }
    if (line[0])
        fprintf(report->out, "\n  companion keys: %s\n", line);
}

static void write_warnings(const rk_bundle_report *report, const rk_bundle *bundle)
{
    const char *sentence;
    char shown[1200];
    for (size_t i = 0; (sentence = rk_bundle_warning(bundle, i)) != NULL; i++) {
        if (i == 0)
            fputc('\n', report->out);
        rk_human_fill(report->out, "  warning ", rk_bundle_view_sentence(sentence, shown, sizeof shown));
    }
}

bool rk_bundle_text_show(const rk_bundle_report *report, const rk_bundle *bundle,
                         const rk_bundle_facts *facts, rk_err *err)
{
    write_head(report, bundle, facts);
    if (!write_sources(report, bundle, err))
        return false;
    if (facts->all.jobs > 0 && (!write_places(report, facts, err) || !write_classes(report, facts, err) ||
                                !write_due(report, facts, err)))
        return false;
    write_reasons(report, facts);
    write_companions(report, facts);
    write_warnings(report, bundle);
    return true;
}
