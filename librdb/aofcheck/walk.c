/* walk: reads commands leniently, one argument after the other. */
#include "walk.h"

enum { LINE_MOST = 64, NOTE_MOST = 1024, NAME_MOST = 64 };

bool aofcheck_walk_open(aofcheck_walk *w, const rk_source *source, uint64_t offset, rk_err *err)
{
    *w = (aofcheck_walk){ .at = offset };
    return rk_window_open_second(&w->window, source, err) && rk_window_seek(&w->window, offset, err);
}

void aofcheck_walk_close(aofcheck_walk *w)
{
    rk_window_close(&w->window);
}

/* The bytes at the place of the walk, at least `most` of them unless the source ends before. */
static rk_slice look(aofcheck_walk *w, size_t most, rk_err *err)
{
    rk_err ignored = { 0 };
    if (!rk_window_seek(&w->window, w->at, err))
        return RK_EMPTY;
    uint64_t size = rk_source_size(w->window.source), left = size > w->at ? size - w->at : 0;
    size_t wanted = left < most ? (size_t)left : most;
    if (!rk_window_need(&w->window, wanted, "a command", &ignored)) {
        *err = ignored;
        return RK_EMPTY;
    }
    return (rk_slice){ w->window.buf + w->window.pos, w->window.end - w->window.pos };
}

/* A line with a mark, a number, CR and LF. */
static bool take_line(aofcheck_walk *w, uint8_t mark, uint64_t *number, rk_err *err)
{
    rk_slice line = look(w, LINE_MOST, err);
    uint64_t sum = 0;
    size_t at = 1;
    if (line.len < 2 || line.ptr[0] != mark)
        return false;
    for (; at < line.len && at < LINE_MOST - 2 && line.ptr[at] >= '0' && line.ptr[at] <= '9'; at++) {
        if (sum > (uint64_t)INT64_MAX / 10 - 1)
            return false;
        sum = sum * 10 + line.ptr[at] - '0';
    }
    if (at == 1 || at + 1 >= line.len || line.ptr[at] != '\r' || line.ptr[at + 1] != '\n')
        return false;
    *number = sum;
    w->at += at + 2;
    return true;
}

/* Passes over one annotation. */
static bool take_note(aofcheck_walk *w, rk_err *err)
{
    rk_slice line = look(w, NOTE_MOST, err);
    if (line.len == 0 || line.ptr[0] != '#')
        return false;
    const uint8_t *stop = memchr(line.ptr, '\n', line.len < NOTE_MOST ? line.len : NOTE_MOST);
    w->at += stop ? (uint64_t)(stop - line.ptr) + 1 : 0;
    return stop != NULL;
}

bool aofcheck_walk_command(aofcheck_walk *w, rk_err *err)
{
    uint64_t argc;
    w->argc = w->seen = 0;
    w->verb = RK_VERB_UNKNOWN;
    w->name[0] = 0;
    while (take_note(w, err)) {
    }
    w->begin = w->at;
    if (err->code != RK_OK || !take_line(w, '*', &argc, err))
        return false;
    w->argc = argc;
    return argc > 0;
}

static void take_name(aofcheck_walk *w, rk_slice name)
{
    rk_slice_print(rk_slice_head(name, NAME_MOST), w->name, sizeof w->name);
    w->verb = rk_verb_of(name);
}

bool aofcheck_walk_argument(aofcheck_walk *w, aofcheck_argument *a, rk_err *err)
{
    *a = (aofcheck_argument){ .header = w->at, .bytes = RK_EMPTY };
    if (w->seen >= w->argc || !take_line(w, '$', &a->len, err))
        return false;
    uint64_t size = rk_source_size(w->window.source), left = size - w->at;
    a->content = w->at;
    a->there = a->len < left ? a->len : left;
    if (left < 2 || a->len > left - 2) {
        w->argc = w->seen; /* there is no next one */
        return true;
    }
    rk_slice bytes = look(w, (size_t)a->len + 2, err);
    if (err->code != RK_OK)
        return false;
    a->whole = memcmp(bytes.ptr + a->len, "\r\n", 2) == 0;
    a->bytes = rk_slice_head(bytes, (size_t)a->len);
    if (w->seen == 0)
        take_name(w, a->bytes);
    if (!a->whole) {
        w->argc = w->seen;
        return true;
    }
    w->at += a->len + 2;
    w->seen++;
    return true;
}

bool aofcheck_walk_whole(aofcheck_walk *w, rk_err *err)
{
    aofcheck_argument a;
    if (!aofcheck_walk_command(w, err))
        return false;
    uint64_t argc = w->argc;
    while (aofcheck_walk_argument(w, &a, err)) {
    }
    return err->code == RK_OK && w->seen == argc;
}

bool aofcheck_walk_count(const rk_source *source, uint64_t from, uint64_t to, uint64_t *count, uint64_t *end,
                         rk_err *err)
{
    aofcheck_walk w;
    *count = 0;
    *end = from;
    if (!aofcheck_walk_open(&w, source, from, err))
        return false;
    while (w.at < to && aofcheck_walk_whole(&w, err) && w.at <= to) {
        ++*count;
        *end = w.at;
    }
    aofcheck_walk_close(&w);
    return err->code == RK_OK;
}
