/* file: a file of a set, opened for its commands (spec: AOF, "Kinds of AOF on disk"). */
#include "aoflog.h"

#include <stdio.h>

static void note_aux(const rk_record *rec, rk_aoflog_file *file)
{
    char shown[32];
    bool valkey = rk_slice_is(rec->name, RK_TEXT("valkey-ver"));
    if (valkey || (rk_slice_is(rec->name, RK_TEXT("redis-ver")) && !file->server[0]))
        snprintf(file->server, sizeof file->server, "%s %s", valkey ? "Valkey" : "Redis",
                 rk_slice_print(rec->value, shown, sizeof shown));
    if (rk_slice_is(rec->name, RK_TEXT("ctime")) && !rk_slice_int(rec->value, &file->saved_s))
        file->saved_s = -1;
}

/* Passes over a snapshot, whose values nobody looks at. */
static bool pass_snapshot(rk_rdb *rdb, rk_aoflog_file *file, rk_err *err)
{
    rk_record rec;
    while (rk_rdb_next(rdb, &rec, err)) {
        if (rec.kind == RK_RECORD_END)
            return true;
        if (rec.kind == RK_RECORD_AUX)
            note_aux(&rec, file);
        file->base_keys += rec.kind == RK_RECORD_KEY;
    }
    return false;
}

static bool is_snapshot(rk_window *window, rk_err *err)
{
    rk_err is_short = { 0 };
    bool there = rk_window_need(window, 6, "the magic", &is_short);
    if (!there && is_short.code != RK_TRUNCATED)
        *err = is_short;
    return there && (memcmp(window->buf + window->pos, "REDIS0", 6) == 0 ||
                     memcmp(window->buf + window->pos, "VALKEY", 6) == 0);
}

rk_aof *log_file_open(rk_source *source, rk_aoflog_file *file, rk_err *err)
{
    rk_window window = { 0 };
    if (!rk_window_open(&window, source, err))
        return NULL;
    bool snapshot = is_snapshot(&window, err);
    if (err->code != RK_OK) {
        rk_window_close(&window);
        return NULL;
    }
    if (snapshot) {
        rk_rdb *rdb = rk_rdb_open_window(&window, err);
        bool ok = rdb && pass_snapshot(rdb, file, err);
        if (ok)
            rk_rdb_hand_over(rdb, &window);
        rk_rdb_close(rdb);
        if (!ok)
            return NULL;
    }
    file->begin = file->good = rk_window_offset(&window);
    return rk_aof_open_behind(&window, err);
}
