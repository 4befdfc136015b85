/* gen_log: writes the append-only file of a busy Sidekiq server: jobs pushed one by one and by the thousand, taken, some
 * failed, put to retry, due again, heartbeats, annotations. Most jobs end within it; what is alive at its end does not
 * grow with it. The same seed gives the same log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/payload.h"
#include "lib/rng.h"
#include "lib/text.h"

enum { BULK = 1000, BEAT_EVERY = 400, TICK_EVERY = 900, BACKLOG = 20000, RETRIES_MOST = 5000 };

#define START_S INT64_C(1795420800)

typedef struct {
    gen_rng rng;
    uint64_t seed;
    rk_buf payload, command;
    uint32_t pushed;
    uint32_t waiting[GEN_QUEUES]; /* jobs in each queue */
    uint64_t total_waiting, done, failed;
    struct {
        uint32_t number;
        uint8_t queue;
        int64_t pushed_s;
    } retry[RETRIES_MOST]; /* the jobs in retry, oldest first, as a ring */
    size_t retry_first, retry_count;
    int64_t now_s;
} generator;

static void bulk(generator *g, const void *bytes, size_t len)
{
    gen_add_byte(&g->command, '$');
    gen_add_int(&g->command, (int64_t)len);
    gen_add_word(&g->command, "\r\n");
    gen_add(&g->command, bytes, len);
    gen_add_word(&g->command, "\r\n");
}

static void word(generator *g, const char *text)
{
    bulk(g, text, strlen(text));
}

static void begin(generator *g, size_t argc)
{
    gen_add_byte(&g->command, '*');
    gen_add_int(&g->command, (int64_t)argc);
    gen_add_word(&g->command, "\r\n");
}

static void flush(generator *g)
{
    fwrite(g->command.ptr, 1, g->command.len, stdout);
    g->command.len = 0;
}

static void queue_key(generator *g, uint32_t queue)
{
    char name[64];
    snprintf(name, sizeof name, "queue:%s", gen_queue_names[queue]);
    word(g, name);
}

static void payload(generator *g, uint32_t number, uint32_t queue, gen_place place, int64_t at_s)
{
    gen_job job = {
        .old_us = at_s * 1000000, .number = number, .queue = (uint8_t)queue, .place = (uint8_t)place
    };
    job.now_us = job.old_us;
    gen_payload(g->seed, START_S * 1000000, &job, &g->payload);
    bulk(g, g->payload.ptr, g->payload.len);
}

static void push(generator *g, uint32_t count)
{
    uint32_t queue = gen_below(&g->rng, GEN_QUEUES);
    begin(g, 2 + count);
    word(g, "lpush");
    queue_key(g, queue);
    for (uint32_t i = 0; i < count; i++)
        payload(g, g->pushed++, queue, GEN_IN_QUEUE, g->now_s);
    g->waiting[queue] += count;
    g->total_waiting += count;
}

/* A job of the queue has failed: some job, so far as the log goes. */
static void fail_one(generator *g, uint32_t queue)
{
    char score[32];
    if (g->retry_count == RETRIES_MOST)
        return;
    uint32_t number = (uint32_t)(UINT32_MAX - g->failed++);
    begin(g, 4), word(g, "zadd"), word(g, "retry");
    snprintf(score, sizeof score, "%" PRId64 ".25", g->now_s + 30);
    word(g, score);
    payload(g, number, queue, GEN_IN_RETRY, g->now_s);
    size_t at = (g->retry_first + g->retry_count++) % RETRIES_MOST;
    g->retry[at].number = number;
    g->retry[at].queue = (uint8_t)queue;
    g->retry[at].pushed_s = g->now_s;
}

/* The oldest retry is due. */
static void enqueue_one(generator *g)
{
    if (!g->retry_count)
        return;
    size_t at = g->retry_first;
    g->retry_first = (at + 1) % RETRIES_MOST;
    g->retry_count--;
    begin(g, 3), word(g, "zrem"), word(g, "retry");
    payload(g, g->retry[at].number, g->retry[at].queue, GEN_IN_RETRY, g->retry[at].pushed_s);
    begin(g, 3), word(g, "lpush"), queue_key(g, g->retry[at].queue);
    payload(g, g->retry[at].number, g->retry[at].queue, GEN_IN_QUEUE, g->now_s);
    g->waiting[g->retry[at].queue]++;
    g->total_waiting++;
}

static void take(generator *g)
{
    uint32_t queue = gen_below(&g->rng, GEN_QUEUES);
    if (g->waiting[queue] == 0)
        return;
    begin(g, 2);
    word(g, "RPOP");
    queue_key(g, queue);
    g->waiting[queue]--;
    g->total_waiting--;
    g->done++;
    if (gen_below(&g->rng, 50) == 0)
        fail_one(g, queue);
}

/* The sixtieth part of what a process says of itself, in a transaction as servers write it. */
static void beat(generator *g)
{
    char number[32];
    begin(g, 1), word(g, "MULTI");
    begin(g, 3), word(g, "incrby"), word(g, "stat:processed");
    snprintf(number, sizeof number, "%d", BEAT_EVERY);
    word(g, number);
    begin(g, 2), word(g, "UNLINK"), word(g, "worker-1:4711:0123456789ab:work");
    begin(g, 6), word(g, "hset"), word(g, "worker-1:4711:0123456789ab"), word(g, "busy"), word(g, "5"),
        word(g, "beat");
    snprintf(number, sizeof number, "%" PRId64 ".5", g->now_s);
    word(g, number);
    begin(g, 3), word(g, "PEXPIREAT"), word(g, "worker-1:4711:0123456789ab");
    snprintf(number, sizeof number, "%" PRId64, (g->now_s + 60) * 1000);
    word(g, number);
    begin(g, 1), word(g, "EXEC");
}

static void tick(generator *g)
{
    char line[40];
    g->now_s++;
    snprintf(line, sizeof line, "#TS:%" PRId64 "\r\n", g->now_s);
    gen_add_word(&g->command, line);
}

int main(int argc, char **argv)
{
    generator g = { .now_s = START_S };
    if (argc != 3)
        gen_die("usage: gen_log SEED JOBS");
    g.seed = strtoull(argv[1], NULL, 10);
    g.rng = gen_rng_for(g.seed, 2, 0);
    uint64_t jobs = strtoull(argv[2], NULL, 10), steps = 0;
    tick(&g);
    begin(&g, 2), word(&g, "SELECT"), word(&g, "0");
    for (; g.done < jobs; steps++) {
        if (g.total_waiting < BACKLOG / 2 && gen_below(&g.rng, 100) == 0)
            push(&g, BULK);
        else if (g.total_waiting < BACKLOG && gen_below(&g.rng, 2))
            push(&g, 1);
        else
            take(&g);
        if (g.retry_count > RETRIES_MOST / 2 || gen_below(&g.rng, 120) == 0)
            enqueue_one(&g);
        if (steps % BEAT_EVERY == 0)
            beat(&g);
        if (steps % TICK_EVERY == 0)
            tick(&g);
        flush(&g);
    }
    rk_buf_free(&g.payload);
    rk_buf_free(&g.command);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 2;
}
