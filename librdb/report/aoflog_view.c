/* aoflog_view: what the views of a log share. */
#include "aoflog_view.h"

const char *aoflog_time(int64_t seconds, rk_human *room)
{
    if (seconds >= 0)
        return rk_human_time((double)seconds, room);
    snprintf(room->text, sizeof room->text, "-");
    return room->text;
}

const char *aoflog_place(const rk_aof_set *set, size_t file, uint64_t offset, aoflog_place_room *room)
{
    char name[280];
    if (set->loaded > 1)
        snprintf(room->text, sizeof room->text, "%s:%" PRIu64,
                 rk_slice_print(rk_slice_of(set->files[file].name), name, sizeof name), offset);
    else
        snprintf(room->text, sizeof room->text, "%" PRIu64, offset);
    return room->text;
}

const char *aoflog_role(const rk_aof_set *set, size_t file)
{
    static const char *const roles[] = {
        [RK_AOF_BASE] = "base", [RK_AOF_INCREMENT] = "increment", [RK_AOF_HISTORY] = "history"
    };
    return set->manifest ? roles[set->files[file].role] : "log";
}

void aoflog_write_path(const rk_aoflog_report *report)
{
    char path[400];
    fprintf(report->out, "%s%s%s\n", rk_ink_code(report->colour, RK_INK_BOLD),
            rk_slice_print(rk_slice_of(report->path), path, sizeof path),
            rk_ink_code(report->colour, RK_INK_PLAIN));
}

static void write_end(const rk_aoflog_info *info, size_t file, FILE *out)
{
    const rk_aoflog_file *f = &info->files[file];
    const char *name = info->set->files[file].name;
    char line[900] = "", shown[280];
    rk_human count;
    rk_slice_print(rk_slice_of(name), shown, sizeof shown);
    if (f->torn) {
        rk_human_join(line, sizeof line, "", "%s ends in the middle of a %s: %s behind byte %" PRIu64, shown,
                      f->open_multi ? "transaction" : "command",
                      rk_human_things(f->torn_bytes, "byte", &count), f->good);
        rk_human_join(line, sizeof line, "", " are no whole command; %s",
                      file + 1 < info->set->loaded ? "a server refuses that in a file that is not the last"
                                                   : "a server cuts them off");
        rk_human_fill(out, "torn: ", line);
    }
    for (size_t i = 0; i < f->gap_count && i < RK_AOFLOG_GAPS; i++) {
        line[0] = 0;
        rk_human_join(line, sizeof line, "", "%s, bytes %" PRIu64 " to %" PRIu64 ": %s", shown,
                      f->gaps[i].from, f->gaps[i].to, f->gaps[i].why.what);
        if (f->gaps[i].why.where[0])
            rk_human_join(line, sizeof line, "", " (%s)", f->gaps[i].why.where);
        rk_human_fill(out, "damage: ", line);
    }
    if (f->gap_count > RK_AOFLOG_GAPS)
        fprintf(out, "damage: %s, and %s more\n", shown,
                rk_human_count(f->gap_count - RK_AOFLOG_GAPS, &count));
}

void aoflog_write_ends(const rk_aoflog_info *info, FILE *out)
{
    for (size_t i = 0; i < info->set->loaded; i++)
        write_end(info, i, out);
}

const char *aoflog_bar(double amount, double largest, unsigned most, char *out)
{
    unsigned marks = largest > 0 ? (unsigned)(amount / largest * most + 0.5) : 0;
    if (marks == 0 && amount > 0)
        marks = 1;
    memset(out, '#', marks);
    out[marks] = 0;
    return out;
}

void aoflog_write_doubts(const rk_replay_info *info, FILE *out)
{
    char line[900] = "";
    rk_human number;
    if (info->opaque > 0) {
        const rk_err *first = &info->opaque_first;
        rk_human_join(line, sizeof line, "", "%s could not be replayed; first: %s (%s, byte %" PRIu64 ")",
                      rk_human_things(info->opaque, "command", &number), first->what, first->where,
                      first->offset);
        rk_human_fill(out, "uncertain: ", line);
    }
    if (!info->torn)
        return;
    line[0] = 0;
    rk_human_join(
        line, sizeof line, "", "the last file ends in the middle of a %s: %s, which a server cuts off",
        info->open_multi ? "transaction" : "command", rk_human_things(info->torn_bytes, "byte", &number));
    rk_human_fill(out, "torn: ", line);
}

static bool is_safe(const char *text)
{
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:@%+=-")] ==
           0;
}

const char *aoflog_shell_word(const char *path, const char *moment, char *out, size_t cap)
{
    char whole[700], *to = out;
    snprintf(whole, sizeof whole, "%s%s%s", path, *moment ? "@" : "", moment);
    if (is_safe(whole)) {
        snprintf(out, cap, "%s", whole);
        return out;
    }
    *to++ = '\'';
    for (const char *c = whole; *c && (size_t)(to - out) + 7 < cap; c++) {
        if (*c == '\'') {
            memcpy(to, "'\\''", 4);
            to += 4;
        } else {
            *to++ = *c;
        }
    }
    *to++ = '\'';
    *to = 0;
    return out;
}
