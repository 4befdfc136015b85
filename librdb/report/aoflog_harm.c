/* aoflog_harm: what was taken away, and what to do now, for people. */
#include "aoflog_view.h"
#include "command_text.h"

void rk_harm_tally_add(rk_harm_tally *tally, const rk_harms_info *info, const rk_harm *harm)
{
    if (!rk_harm_counts(harm) || tally->counted++)
        return;
    rk_aoflog_moment(info->replay->set, harm->spot.file, harm->unit, tally->first);
    snprintf(tally->without, sizeof tally->without, "%s", tally->first + strlen("offset:"));
}

/* ---- one of them -------------------------------------------------------------------------------------------- */

static void write_title(const rk_aoflog_report *report, const rk_harms_info *info, const rk_harm *harm,
                        FILE *out)
{
    static const char *const titles[] = {
        [RK_HARM_FLUSHED] = "FLUSHED",         [RK_HARM_SWAPPED] = "SWAPPED", [RK_HARM_DELETED] = "DELETED",
        [RK_HARM_EXPIRED] = "EXPIRED",         [RK_HARM_RENAMED] = "RENAMED", [RK_HARM_MOVED] = "MOVED",
        [RK_HARM_OVERWRITTEN] = "OVERWRITTEN", [RK_HARM_CUT] = "CUT",         [RK_HARM_TRIMMED] = "TRIMMED",
    };
    aoflog_place_room place;
    rk_human when, number;
    fprintf(out, "\n%s%s%s  %s%s, %s (command %s), db %" PRIu32 "%s\n",
            rk_ink_code(report->colour, rk_harm_counts(harm) ? RK_INK_BAD : RK_INK_BOLD), titles[harm->kind],
            rk_ink_code(report->colour, RK_INK_PLAIN),
            harm->spot.time_s < 0 ? "time not told" : aoflog_time(harm->spot.time_s, &when),
            harm->spot.time_s < 0 ? "" : " UTC",
            aoflog_place(info->replay->set, harm->spot.file, harm->spot.offset, &place),
            rk_human_count(harm->spot.number, &number), harm->db, harm->in_multi ? ", in a transaction" : "");
}

static bool write_command(const rk_aoflog_report *report, const rk_harm *harm, FILE *out, rk_err *err)
{
    rk_buf line = { 0 };
    bool ok = rk_command_text(&line, harm->args, harm->args_kept, report->full, err);
    if (ok && harm->argc > harm->args_kept)
        ok = rk_buf_printf(&line, err, " ...(%zu more)", harm->argc - harm->args_kept);
    if (ok)
        fprintf(out, "  %.*s\n", (int)line.len, line.ptr);
    rk_buf_free(&line);
    return ok;
}

static const char *hand_words(const rk_harm *harm)
{
    if (harm->kind == RK_HARM_EXPIRED)
        return "the time to live was over: the server removed it";
    if (harm->kind == RK_HARM_TRIMMED)
        return "Sidekiq keeps its dead set within limits of age and number";
    if (harm->kind == RK_HARM_CUT && harm->carried + harm->jobs_after >= harm->jobs_before)
        return "the same transaction put as many jobs into other keys";
    if (harm->hand == RK_HAND_SIDEKIQ)
        return "as Sidekiq clears a queue: somebody did that in its web interface, or by its API";
    if (harm->hand == RK_HAND_MAYBE)
        return harm->kind == RK_HARM_CUT ? "Sidekiq 2.0 to 2.8 took due jobs so; later ones do not"
                                         : "Sidekiq clears a set so, in its web interface; a person may, too";
    if (harm->kind == RK_HARM_DELETED && harm->key_count > 0 && harm->keys[0].type == RK_LIST)
        return "not as Sidekiq clears a queue, which takes its name out of `queues` in the same transaction";
    return "not what Sidekiq does";
}

static void write_change(const rk_harm *harm, FILE *out)
{
    char line[300] = "";
    rk_human before, after;
    if (harm->keys_counted)
        rk_human_join(line, sizeof line, "", "keys: %s before, %s after; ",
                      rk_human_count(harm->keys_before, &before), rk_human_count(harm->keys_after, &after));
    rk_human_join(line, sizeof line, "", "jobs: %s before, %s after",
                  rk_human_count(harm->jobs_before, &before), rk_human_count(harm->jobs_after, &after));
    fprintf(out, "  %s\n", line);
}

static bool write_keys(const rk_aoflog_report *report, const rk_harm *harm, FILE *out, rk_err *err)
{
    static const char *const titles[] = { "KEY", "TYPE", ">BEFORE", ">AFTER", "", NULL };
    size_t shown = harm->key_count < report->limit ? harm->key_count : (size_t)report->limit;
    uint64_t more = harm->more_keys + harm->key_count - shown;
    rk_human before, after, number;
    if (shown == 0)
        return true;
    rk_table *table = rk_table_new(titles);
    for (size_t i = 0; i < shown; i++) {
        const rk_harm_key *k = &harm->keys[i];
        char name[220], shown_name[200];
        rk_slice_print(k->name, shown_name, sizeof shown_name);
        if (k->db != harm->db)
            snprintf(name, sizeof name, "db%" PRIu32 " %s", k->db, shown_name);
        else
            snprintf(name, sizeof name, "%s", shown_name);
        rk_table_row(table, (const char *[]){ name, rk_type_name(k->type), rk_human_count(k->before, &before),
                                              rk_human_count(k->after, &after), k->jobs ? "jobs" : "" });
    }
    if (!rk_table_write(table, "    ", out, err))
        return false;
    if (more > 0)
        fprintf(out, "    ... and %s%s\n", rk_human_things(more, "more key", &number),
                report->limit == UINT64_MAX ? "" : " (--limit all)");
    return true;
}

static void write_classes(const rk_harm *harm, FILE *out)
{
    char line[1200] = "", name[100];
    rk_human count;
    uint64_t named = 0;
    for (size_t i = 0; i < harm->class_count; i++) {
        named += harm->classes[i].count;
        rk_human_join(line, sizeof line, ", ", "%s %s", rk_human_count(harm->classes[i].count, &count),
                      harm->classes[i].name.len ? rk_slice_print(harm->classes[i].name, name, sizeof name)
                                                : "without a class");
    }
    if (harm->looked_at > named)
        rk_human_join(line, sizeof line, ", ", "%s others", rk_human_count(harm->looked_at - named, &count));
    if (line[0])
        rk_human_fill(out, "  by class: ", line);
}

bool aoflog_text_harm(const rk_aoflog_report *report, const rk_harms_info *info, const rk_harm *harm,
                      rk_err *err)
{
    FILE *out = report->out;
    write_title(report, info, harm, out);
    if (!write_command(report, harm, out, err))
        return false;
    write_change(harm, out);
    if (!write_keys(report, harm, out, err))
        return false;
    write_classes(harm, out);
    rk_human_fill(out, "  ", hand_words(harm));
    return true;
}

/* ---- what to do --------------------------------------------------------------------------------------------- */

static void write_advice(const rk_aoflog_report *report, const rk_harm_tally *tally, FILE *out)
{
    char path[600];
    const char *log = strcmp(report->path, "-") == 0 ? "FILE" : report->path;
    fprintf(out, "\n%sFIRST AID%s, as long as the server runs:\n", rk_ink_code(report->colour, RK_INK_BOLD),
            rk_ink_code(report->colour, RK_INK_PLAIN));
    rk_human_fill(
        out, "  1. ",
        "redis-cli CONFIG SET auto-aof-rewrite-percentage 0: a rewrite replaces this log by the present "
        "state, and what is in it is gone");
    rk_human_fill(out, "  2. ",
                  "redis-cli CONFIG SET save \"\": a save replaces dump.rdb, which may still hold the jobs");
    rk_human_fill(
        out, "  3. ",
        "no plain SHUTDOWN, which saves when save points are set; if it must stop: SHUTDOWN NOSAVE");
    aoflog_shell_word(log, "", path, sizeof path);
    fprintf(out, "  4. copy it before anything else: cp -a %s /some/other/disk/\n", path);
    fprintf(out, "\n%sREWIND%s:\n", rk_ink_code(report->colour, RK_INK_BOLD),
            rk_ink_code(report->colour, RK_INK_PLAIN));
    aoflog_shell_word(log, tally->first, path, sizeof path);
    fprintf(out, "  as it was before the first of them:\n    rdbconv %s -o before.rdb\n", path);
    aoflog_shell_word(log, "", path, sizeof path);
    fprintf(out,
            "  as it would be now without it, with all that came later:\n    rdbconv %s --without %s -o "
            "without.rdb\n",
            path, tally->without);
}

static void write_beside(const rk_harms_info *info, FILE *out)
{
    rk_human number, jobs;
    if (info->small_cuts > 0)
        fprintf(out, "not listed: %s that took %s in all (--least)\n",
                rk_human_things(info->small_cuts, "small cut", &number),
                rk_human_things(info->small_cut_jobs, "job", &jobs));
    if (info->trims > info->told[RK_HARM_TRIMMED])
        fprintf(out, "dead sets: Sidekiq trimmed them %s times, %s in all\n",
                rk_human_count(info->trims, &number), rk_human_things(info->trimmed_jobs, "job", &jobs));
    aoflog_write_doubts(info->replay, out);
}

void aoflog_text_harm_end(const rk_aoflog_report *report, const rk_harms_info *info,
                          const rk_harm_tally *tally)
{
    FILE *out = report->out;
    rk_human counted, writes, jobs;
    if (tally->counted > 0)
        write_advice(report, tally, out);
    fputc('\n', out);
    write_beside(info, out);
    fprintf(out, "%s%s%s: ",
            rk_ink_code(report->colour, report->status == 1   ? RK_INK_BAD
                                        : report->status == 2 ? RK_INK_WARN
                                                              : RK_INK_GOOD),
            report->status == 2   ? "CANNOT TELL"
            : report->status == 1 ? "TAKEN AWAY"
                                  : "NOTHING TAKEN AWAY",
            rk_ink_code(report->colour, RK_INK_PLAIN));
    if (tally->counted > 0)
        fprintf(out, "%s, and %s after the last; ", rk_human_things(tally->counted, "command", &counted),
                rk_human_things(info->behind, "write", &writes));
    fprintf(out, "%s at the end - exit %d\n", rk_human_things(info->jobs, "job", &jobs), report->status);
}
