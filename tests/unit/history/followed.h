/* followed: commands as a person types them, and what a history tells of the jobs in them, as text.
 *
 *     FOLLOWED("rpush queue:q @a; rpop queue:q", "pushed a queue:q, taken a queue:q | in_hand a not_beat_yet");
 *
 * The commands are those of replayed.h; @a stands for a payload with the jid `a`, %a for what a work hash says of the job.
 * Before the bar stand the events, behind it what is left at the end; a final event has its reason behind it. */
#ifndef RDBKIT_TESTS_FOLLOWED_H
#define RDBKIT_TESTS_FOLLOWED_H

#include "rdbkit/history.h"

#include "../keyspace/replayed.h"

#define P1 "w:1:aaaaaaaaaaaa"
#define P2 "w:2:bbbbbbbbbbbb"

/* A heartbeat of Sidekiq 7: what it has in hand stands in its work hash by then. */
#define BEAT(id, time)                                                                                       \
    "hset " id " info {\"queues\":[\"q\"],\"concurrency\":5,\"started_at\":999} busy 0 beat " time "\n"
#define START(id, time) "sadd processes " id "\n" BEAT(id, time)
#define SHOW(id, job)   "multi\nunlink " id ":work\nhset " id ":work t1 %" job "\nexec\n"

static inline rk_slice followed_payload(char *room, size_t cap, char jid, bool shown)
{
    const char *form = shown ? "{\"queue\":\"q\",\"payload\":\"{\\\"class\\\":\\\"A\\\",\\\"args\\\":[],"
                               "\\\"jid\\\":\\\"%c\\\"}\",\"run_at\":100}"
                             : "{\"class\":\"A\",\"args\":[],\"jid\":\"%c\"}";
    int len = snprintf(room, cap, form, jid);
    return (rk_slice){ (const uint8_t *)room, (size_t)len };
}

/* The text with its payloads written out. */
static inline void followed_expand(const char *text, rk_buf *out, rk_err *err)
{
    char room[200];
    for (; *text; text++) {
        bool job = (*text == '@' || *text == '%') && text[1] >= 'a' && text[1] <= 'z';
        rk_slice bytes = job ? followed_payload(room, sizeof room, text[1], *text == '%')
                             : (rk_slice){ (const uint8_t *)text, 1 };
        rk_buf_add(out, bytes, err);
        text += job;
    }
    rk_buf_add(out, (rk_slice){ (const uint8_t *)"", 1 }, err);
}

static inline void followed_event(const rk_job_event *e, rk_buf *out, rk_err *err)
{
    rk_buf_printf(out, err, "%s%s %.*s", out->len ? ", " : "", rk_life_name(e->what), (int)e->jid.len,
                  (const char *)e->jid.ptr);
    if (e->fate)
        rk_buf_printf(out, err, " %s", rk_because_name(e->fate->because));
    else
        rk_buf_printf(out, err, " %.*s%.*s", (int)e->place.prefix.len, (const char *)e->place.prefix.ptr,
                      (int)e->place.key.len, (const char *)e->place.key.ptr);
}

static inline void followed_left(const rk_job_fate *f, rk_buf *out, rk_err *err)
{
    const char *because = rk_because_name(f->because);
    rk_buf_printf(out, err, "%s%s %.*s%s%s", out->len && out->ptr[out->len - 1] != '|' ? ", " : " ",
                  rk_fate_name(f->kind), (int)f->jid.len, (const char *)f->jid.ptr, because ? " " : "",
                  because ? because : "");
}

/* The history of a log; the caller frees it. */
static inline char *follow(rk_slice log, const rk_history_options *options, rk_err *err)
{
    rk_buf out = { 0 };
    rk_job_event event;
    rk_job_fate fate;
    uint64_t fates = 0;
    rk_source *source = rk_source_memory(log, 0, err);
    rk_history *history = source ? rk_history_open_source(source, options, err) : NULL;
    while (history && rk_history_next(history, &event, err))
        followed_event(&event, &out, err);
    rk_buf_printf(&out, err, "%s|", out.len ? " " : "");
    while (history && rk_history_left(history, &fate, err))
        followed_left(&fate, &out, err);
    for (size_t i = 0; history && i < RK_FATES; i++)
        fates += rk_history_info_of(history)->fates[i];
    if (err->code == RK_OK)
        CU_ASSERT_EQUAL(fates, rk_history_info_of(history)->jobs);
    rk_history_close(history);
    return replayed_text(&out);
}

static inline char *follow_text(const char *commands, const rk_history_options *options, rk_err *err)
{
    rk_buf text = { 0 }, resp = { 0 };
    followed_expand(commands, &text, err);
    replayed_resp((const char *)text.ptr, &resp, err);
    char *out = follow(rk_buf_slice(&resp), options, err);
    rk_buf_free(&text);
    rk_buf_free(&resp);
    return out;
}

static inline void followed_is(const char *commands, const rk_history_options *options, const char *expected)
{
    rk_err err = { 0 };
    char *got = follow_text(commands, options, &err);
    if (err.code != RK_OK || strcmp(got, expected) != 0) {
        printf("# %s\n#   got: %s %s\n#   expected: %s\n", commands, got, err.what, expected);
        CU_FAIL("not as expected");
    }
    CU_PASS("");
    rk_free(got);
}

#define FOLLOWED_BY(commands, expected, ...)                                                                 \
    followed_is(commands, &(rk_history_options){ __VA_ARGS__ }, expected)
#define FOLLOWED(commands, expected) FOLLOWED_BY(commands, expected, .alive_within_s = 15)
#define FOLLOWED_UNTIL(commands, end, expected)                                                              \
    FOLLOWED_BY(commands, expected, .end_s = end, .alive_within_s = 15)

#endif
