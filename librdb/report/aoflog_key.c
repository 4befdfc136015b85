/* aoflog_key: the life of keys, and who wrote one last, for people. */
#include "aoflog_view.h"
#include "command_text.h"

static const char *amount(bool there, rk_type type, uint64_t elements, rk_human *room)
{
    if (!there)
        snprintf(room->text, sizeof room->text, "none");
    else if (type == RK_STRING || type == RK_OTHER || type == RK_MODULE)
        snprintf(room->text, sizeof room->text, "%s", rk_type_name(type));
    else
        rk_human_count(elements, room);
    return room->text;
}

static void add_expiry(rk_buf *line, const rk_key_event *e, rk_err *err)
{
    rk_human stamp;
    if (!e->has_after || e->expire_ms == e->expire_before_ms)
        return;
    if (e->expire_ms == RK_NO_EXPIRY)
        rk_buf_printf(line, err, " [expires no more]");
    else
        rk_buf_printf(line, err, " [expires %s]", rk_human_stamp((double)e->expire_ms / 1000, &stamp));
}

static void add_elsewhere(rk_buf *line, const rk_key_event *e, rk_err *err)
{
    char name[200];
    if (e->what == RK_KEY_LIFE_RENAMED)
        rk_buf_printf(line, err, " [is '%s' now]", rk_slice_print(e->other, name, sizeof name));
    if (e->what == RK_KEY_LIFE_MOVED)
        rk_buf_printf(line, err, " [is in db %" PRIu32 " now]", e->other_db);
    if (e->expired)
        rk_buf_printf(line, err, " [its time was over]");
}

static bool add_event(rk_buf *line, const rk_aoflog_report *report, const rk_keys_info *info,
                      const rk_key_event *e, rk_err *err)
{
    aoflog_place_room place;
    rk_human when, before, after;
    char key[200];
    rk_slice_print(e->key, key, sizeof key);
    if (!e->command)
        return rk_buf_printf(line, err, "%-19s  %s  found  db%" PRIu32 " %s  %s", "-",
                             e->spot.base ? "in the base" : "-", e->db, key,
                             amount(e->has_after, e->type, e->after, &after));
    return rk_buf_printf(line, err, "%-19s  %s (%" PRIu64 ")  %s  db%" PRIu32 " %s  %s -> %s  ",
                         aoflog_time(e->spot.time_s, &when),
                         aoflog_place(info->replay->set, e->spot.file, e->spot.offset, &place),
                         e->spot.number, rk_key_life_name(e->what), e->db, key,
                         amount(e->has_before, e->type_before, e->before, &before),
                         amount(e->has_after, e->type, e->after, &after)) &&
           rk_command_text(line, e->command->args, e->command->argc, report->full, err);
}

bool aoflog_text_key(const rk_aoflog_report *report, const rk_keys_info *info, const rk_key_event *e,
                     rk_err *err)
{
    rk_buf line = { 0 };
    if (add_event(&line, report, info, e, err)) {
        add_elsewhere(&line, e, err);
        add_expiry(&line, e, err);
        rk_buf_add(&line, RK_TEXT("\n"), err);
    }
    if (err->code == RK_OK)
        fwrite(line.ptr, 1, line.len, report->out);
    rk_buf_free(&line);
    return err->code == RK_OK;
}

void aoflog_text_key_end(const rk_aoflog_report *report, const rk_keys_info *info)
{
    rk_human events, keys;
    fputc('\n', report->out);
    aoflog_write_doubts(info->replay, report->out);
    if (info->keys == 0)
        fprintf(report->out, "no such key is in the log - exit %d\n", report->status);
    else
        fprintf(report->out, "%s of %s - exit %d\n", rk_human_things(info->events, "event", &events),
                rk_human_things(info->keys, "key", &keys), report->status);
}

bool aoflog_text_writer(const rk_aoflog_report *report, const rk_keys_info *info, rk_slice key,
                        const rk_key_event *e, rk_err *err)
{
    rk_aoflog_report full = *report;
    char name[200];
    full.full = true;
    rk_slice_print(key, name, sizeof name);
    if (e && e->command && !aoflog_text_key(&full, info, e, err))
        return false;
    if (!e)
        fprintf(report->out, "no such key is in the log: '%s'\n", name);
    else if (!e->command)
        fprintf(report->out, "no command wrote '%s' in db %" PRIu32 ": it stands in the base, as it is\n",
                name, e->db);
    aoflog_write_doubts(info->replay, report->out);
    return true;
}
