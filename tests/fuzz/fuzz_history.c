/* fuzz_history: the lives of jobs in any log. The input is a log as it lies on a disk when it begins like one or like a
 * snapshot; else it is text, a command a line and its words parted by blanks, where @x stands for the payload of a job x,
 * and %x for what a work hash says of it. What must hold:
 * - an event that is not of the base, and an error, name an offset within the input;
 * - a job has one final event behind its others, or is left at the end, and never both;
 * - fates add up to the jobs, events to what was counted, whatever end of the log is assumed. */
#include <stdio.h>
#include <stdlib.h>

#include "rdbkit/history.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static void add(rk_buf *out, rk_slice bytes)
{
    rk_err err = { 0 };
    must(rk_buf_add(out, bytes, &err));
}

/* ---- text ---------------------------------------------------------------------------------------------------- */

static void add_word(rk_buf *out, rk_slice word)
{
    char room[200];
    rk_err err = { 0 };
    bool job = word.len == 2 && (word.ptr[0] == '@' || word.ptr[0] == '%');
    if (job) {
        int len = snprintf(room, sizeof room,
                           word.ptr[0] == '@' ? "{\"class\":\"A\",\"args\":[],\"jid\":\"%02x\"}"
                                              : "{\"payload\":\"{\\\"jid\\\":\\\"%02x\\\"}\"}",
                           word.ptr[1]);
        word = (rk_slice){ (const uint8_t *)room, (size_t)len };
    }
    must(rk_buf_printf(out, &err, "$%zu\r\n", word.len));
    add(out, word);
    add(out, RK_TEXT("\r\n"));
}

static void add_line(rk_buf *out, rk_slice line)
{
    rk_err err = { 0 };
    rk_buf words = { 0 };
    size_t count = 0;
    if (line.len > 0 && line.ptr[0] == '#') {
        add(out, line);
        add(out, RK_TEXT("\r\n"));
        return;
    }
    for (size_t from = 0; from <= line.len; count++) {
        size_t blank = rk_slice_find(line, RK_TEXT(" "), from), end = blank == SIZE_MAX ? line.len : blank;
        add_word(&words, (rk_slice){ line.ptr + from, end - from });
        from = end + 1;
    }
    must(rk_buf_printf(out, &err, "*%zu\r\n", count));
    add(out, rk_buf_slice(&words));
    rk_buf_free(&words);
}

static rk_slice as_log(rk_slice text, rk_buf *room)
{
    bool annotated =
        text.len > 0 && text.ptr[0] == '#' && rk_slice_find(text, RK_TEXT("\r\n"), 0) != SIZE_MAX;
    if (text.len == 0 || text.ptr[0] == '*' || annotated || rk_slice_starts(text, RK_TEXT("REDIS")) ||
        rk_slice_starts(text, RK_TEXT("VALKEY")))
        return text;
    for (size_t from = 0; from < text.len;) {
        size_t feed = rk_slice_find(text, RK_TEXT("\n"), from), end = feed == SIZE_MAX ? text.len : feed;
        add_line(room, (rk_slice){ text.ptr + from, end - from });
        from = end + 1;
    }
    return rk_buf_slice(room);
}

/* ---- jobs ---------------------------------------------------------------------------------------------------- */

enum { SEEN = 1 << 12 };

/* Which jobs are alive, as the events have it. */
typedef struct {
    uint64_t ids[SEEN];
    bool alive[SEEN];
    size_t count;
} seen;

static bool *alive_of(seen *s, uint64_t id)
{
    size_t at = (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 52);
    while (s->ids[at] && s->ids[at] != id)
        at = (at + 1) % SEEN;
    s->count += !s->ids[at];
    s->ids[at] = id;
    return s->count < SEEN / 2 ? &s->alive[at] : NULL;
}

static bool may_begin(rk_life what)
{
    return what != RK_LIFE_TAKEN && what != RK_LIFE_ACKNOWLEDGED && what != RK_LIFE_DUE &&
           what != RK_LIFE_RESCHEDULED && what != RK_LIFE_COPY_GONE && !rk_life_is_final(what);
}

static void check_event(seen *s, const rk_job_event *e, size_t size)
{
    bool *alive = alive_of(s, e->id);
    must(e->spot.known && (e->spot.base || e->spot.offset < size));
    must(rk_life_name(e->what) != NULL && rk_life_is_final(e->what) == (e->fate != NULL));
    if (e->fate)
        must(e->fate->id == e->id && rk_because_name(e->fate->because) && e->fate->decided.known);
    if (!alive)
        return;
    must(*alive || may_begin(e->what));
    *alive = !e->fate;
}

static void check_left(rk_history *h, seen *s)
{
    rk_err err = { 0 };
    rk_job_fate fate;
    uint64_t fates = 0;
    while (rk_history_left(h, &fate, &err)) {
        const bool *alive = alive_of(s, fate.id);
        must(!alive || *alive);
        must(rk_history_knows(h, fate.id));
    }
    must(err.code == RK_OK);
    const rk_history_info *info = rk_history_info_of(h);
    for (size_t i = 0; i < RK_FATES; i++)
        fates += info->fates[i];
    must(fates == info->jobs);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_buf room = { 0 };
    rk_err err = { 0 };
    rk_job_event event;
    seen *s = calloc(1, sizeof *s);
    uint64_t lives = 0, counted = 0;
    rk_slice log = as_log((rk_slice){ bytes, size }, &room);
    rk_source *source = rk_source_memory(log, 0, &err);
    must(s && source);
    rk_history *h = rk_history_open_source(source, NULL, &err);
    must(h != NULL);
    for (; rk_history_next(h, &event, &err); lives++)
        check_event(s, &event, log.len);
    must(!err.has_offset || err.offset <= log.len);
    if (err.code == RK_OK) {
        check_left(h, s);
        rk_history_known_until(h, INT64_MAX);
        check_left(h, s);
    }
    for (size_t i = 0; i < RK_LIVES; i++)
        counted += rk_history_info_of(h)->lives[i];
    must(err.code != RK_OK || counted == lives);
    rk_history_close(h);
    rk_buf_free(&room);
    free(s);
    return 0;
}
