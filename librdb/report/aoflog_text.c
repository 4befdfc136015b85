/* aoflog_text: what was written, by file and by command, for people. */
#include "aoflog_view.h"
#include "command_text.h"

/* ---- files -------------------------------------------------------------------------------------------------- */

static void add_file(rk_table *table, const char *name, const char *role, uint64_t size,
                     const rk_aoflog_share *share)
{
    rk_human bytes, commands, writes, from, to;
    rk_table_row(table,
                 (const char *[]){ name, role, rk_human_size(size, &bytes),
                                   rk_human_count(share->commands, &commands),
                                   rk_human_count(share->writes, &writes), aoflog_time(share->first_s, &from),
                                   aoflog_time(share->last_s, &to) });
}

static bool write_files(const rk_aoflog_counts *counts, FILE *out, rk_err *err)
{
    static const char *const titles[] = { "FILE",    "ROLE",      ">SIZE",   ">COMMANDS",
                                          ">WRITES", "FROM, UTC", "TO, UTC", NULL };
    const rk_aoflog_info *info = counts->info;
    rk_table *table = rk_table_new(titles);
    uint64_t size = 0;
    for (size_t i = 0; i < info->set->loaded; i++) {
        char name[280];
        size += info->files[i].size;
        add_file(table, rk_slice_print(rk_slice_of(info->set->files[i].name), name, sizeof name),
                 aoflog_role(info->set, i), info->files[i].size, &counts->files[i]);
    }
    if (info->set->loaded > 1)
        add_file(table, "TOTAL", "", size, &counts->all);
    return rk_table_write(table, "  ", out, err);
}

/* What is told of a snapshot at the head of a file, and of how it is packed. */
static void write_heads(const rk_aoflog_info *info, FILE *out)
{
    for (size_t i = 0; i < info->set->loaded; i++) {
        const rk_aoflog_file *f = &info->files[i];
        char line[500] = "", name[280];
        rk_human keys, stamp;
        if (f->begin > 0)
            rk_human_join(line, sizeof line, "", "begins with a snapshot of %s%s%s",
                          rk_human_things(f->base_keys, "key", &keys), f->server[0] ? " by " : "", f->server);
        if (f->begin > 0 && f->saved_s >= 0)
            rk_human_join(line, sizeof line, ", ", "saved %s", rk_human_stamp((double)f->saved_s, &stamp));
        if (strcmp(f->packing, "plain") != 0)
            rk_human_join(line, sizeof line, "; ", "packed with %s", f->packing);
        if (line[0])
            fprintf(out, "  %s %s\n",
                    rk_slice_print(rk_slice_of(info->set->files[i].name), name, sizeof name), line);
    }
}

/* ---- names -------------------------------------------------------------------------------------------------- */

static bool write_names(const rk_aoflog_report *report, const rk_aoflog_counts *counts, FILE *out,
                        rk_err *err)
{
    static const char *const titles[] = { "COMMAND", ">COUNT", ">SHARE", ">SIZE", NULL };
    rk_table *table = rk_table_new(titles);
    rk_human number, size, share;
    size_t shown = counts->name_count < report->limit ? counts->name_count : (size_t)report->limit;
    for (size_t i = 0; i < shown; i++) {
        const rk_aoflog_name *n = &counts->names[i];
        char name[100];
        snprintf(share.text, sizeof share.text, "%.1f%%",
                 100.0 * (double)n->commands / (double)counts->all.commands);
        rk_table_row(table, (const char *[]){ rk_slice_print(n->name, name, sizeof name),
                                              rk_human_count(n->commands, &number), share.text,
                                              rk_human_size(n->bytes, &size) });
    }
    fputc('\n', out);
    if (!rk_table_write(table, "  ", out, err))
        return false;
    if (shown < counts->name_count)
        fprintf(out, "  ... and %s (--limit all)\n",
                rk_human_things(counts->name_count - shown, "more name", &number));
    if (counts->other_names > 0)
        fprintf(out, "  %s of further names\n", rk_human_things(counts->other_names, "command", &number));
    return true;
}

/* ---- what may have taken jobs away ------------------------------------------------------------------------- */

static bool write_suspects(const rk_aoflog_report *report, const rk_aoflog_counts *counts, FILE *out,
                           rk_err *err)
{
    static const char *const titles[] = { "TIME, UTC", "PLACE IN THE LOG", ">DB", "COMMAND", NULL };
    rk_table *table;
    rk_human time, number;
    uint64_t kept = counts->suspect_count < RK_AOFLOG_SUSPECTS ? counts->suspect_count : RK_AOFLOG_SUSPECTS;
    size_t shown = kept < report->limit ? (size_t)kept : (size_t)report->limit;
    if (counts->suspect_count == 0)
        return true;
    table = rk_table_new(titles);
    for (size_t i = 0; i < shown; i++) {
        const rk_aoflog_suspect *s = &counts->suspects[i];
        aoflog_place_room place;
        char command[260], key[200] = "", db[16];
        if (s->key.len > 0)
            rk_slice_print(s->key, key, sizeof key);
        snprintf(command, sizeof command, "%s%s%s", rk_verb_row_of(s->spot.verb)->name, key[0] ? " " : "",
                 key);
        snprintf(db, sizeof db, "%" PRIu32, s->db);
        rk_table_row(table,
                     (const char *[]){ aoflog_time(s->spot.time_s, &time),
                                       aoflog_place(counts->info->set, s->spot.file, s->spot.offset, &place),
                                       db, command });
    }
    fprintf(out, "\n%s%s may have taken jobs away, by name alone (--destructive tells what was there):%s\n",
            rk_ink_code(report->colour, RK_INK_WARN),
            rk_human_things(counts->suspect_count, "command", &number),
            rk_ink_code(report->colour, RK_INK_PLAIN));
    if (!rk_table_write(table, "  ", out, err))
        return false;
    if (shown < counts->suspect_count)
        fprintf(out, "  ... and %s more%s\n", rk_human_count(counts->suspect_count - shown, &number),
                report->limit == UINT64_MAX ? "" : " (--limit all)");
    return true;
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

static void write_verdict(const rk_aoflog_report *report, const rk_aoflog_counts *counts, FILE *out)
{
    rk_human commands, writes, transactions;
    fprintf(out, "%s%s%s: %s, %s in %s",
            rk_ink_code(report->colour, report->status ? RK_INK_BAD : RK_INK_GOOD),
            report->status ? "DAMAGED" : "READ", rk_ink_code(report->colour, RK_INK_PLAIN),
            rk_human_things(counts->all.commands, "command", &commands),
            rk_human_things(counts->all.writes, "write", &writes),
            rk_human_things(counts->transactions, "transaction", &transactions));
    fprintf(out, " - exit %d\n", report->status);
}

static void write_hint(const rk_aoflog_report *report, FILE *out)
{
    char path[600], line[700];
    aoflog_shell_word(report->path, "", path, sizeof path);
    snprintf(line, sizeof line, "`rdbcheck %s` shows what can be saved", path);
    rk_human_fill(out, "hint: ", line);
}

bool aoflog_text_counts(const rk_aoflog_report *report, const rk_aoflog_counts *counts, rk_err *err)
{
    FILE *out = report->out;
    rk_human number;
    aoflog_write_path(report);
    if (!write_files(counts, out, err))
        return false;
    write_heads(counts->info, out);
    if (counts->name_count == 0)
        fputs("\n  no commands: a snapshot alone has no history\n", out);
    if ((counts->name_count > 0 && !write_names(report, counts, out, err)) ||
        !aoflog_write_line(counts, out, err))
        return false;
    if (counts->times.count > 0 && counts->untimed > 0)
        fprintf(out, "  %s before the first annotation\n",
                rk_human_things(counts->untimed, "write", &number));
    if (counts->stepped_back)
        fputs("  the clock stepped back in this log: times are as it told them\n", out);
    if (!write_suspects(report, counts, out, err))
        return false;
    fputc('\n', out);
    aoflog_write_ends(counts->info, out);
    if (counts->info->damaged)
        write_hint(report, out);
    write_verdict(report, counts, out);
    return true;
}

bool aoflog_text_entry(const rk_aoflog_report *report, const rk_aof_set *set, const rk_aoflog_entry *entry,
                       rk_err *err)
{
    const rk_aof_command *c = entry->command;
    aoflog_place_room place;
    rk_human stamp;
    rk_buf line = { 0 };
    bool ok =
        rk_buf_printf(&line, err, "%s %s %" PRIu32 " ", aoflog_place(set, entry->file, c->offset, &place),
                      c->time_s < 0 ? "-" : rk_human_stamp((double)c->time_s, &stamp), entry->db) &&
        rk_command_text(&line, c->args, c->argc, report->full, err) && rk_buf_add(&line, RK_TEXT("\n"), err);
    if (ok)
        fwrite(line.ptr, 1, line.len, report->out);
    rk_buf_free(&line);
    return ok;
}
