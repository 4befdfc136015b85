/* world: see world.h. */
#include "world.h"

#include <stdlib.h>

#include "rdb_out.h"
#include "text.h"

enum {
    DRAW_BUILD = 3,
    LISTPACK_FRAME = 7,
    NODE_ESTIMATE = 8 /* what a server adds to be on the safe side */
};

static const int64_t SECOND = 1000000;

/* Shares of the queues in the queued jobs, in thousandths. */
static const uint16_t queue_shares[GEN_QUEUES] = { 300, 140, 100, 80, 60, 50, 45, 40, 35, 30, 25, 20, 15,
                                                   12,  10,  8,   7,  6,  5,  4,  3,  2,  1,  1,  1 };

static size_t entry_size(gen_world *world, const gen_job *job)
{
    gen_payload(world->seed, world->old_us, job, &world->text);
    return gen_pack_size(world->text.len);
}

void gen_push(gen_world *world, unsigned queue, const gen_job *job)
{
    gen_queue *q = &world->queues[queue];
    size_t size = entry_size(world, job), len = world->text.len;
    gen_node *head = q->end_node > q->first_node ? &q->nodes[q->end_node - 1] : NULL;
    if (!head || head->bytes + len + NODE_ESTIMATE > world->node_bytes) {
        gen_grow(&q->nodes, &q->node_cap, q->end_node + 1, sizeof *q->nodes);
        head = &q->nodes[q->end_node++];
        *head = (gen_node){ 0, LISTPACK_FRAME };
    }
    gen_grow(&q->jobs, &q->job_cap, q->end_job + 1, sizeof *q->jobs);
    q->jobs[q->end_job++] = *job;
    head->count++;
    head->bytes += (uint32_t)size;
}

gen_job gen_pop(gen_world *world, unsigned queue)
{
    gen_queue *q = &world->queues[queue];
    gen_job job = q->jobs[q->first_job++];
    gen_node *tail = &q->nodes[q->first_node];
    tail->bytes -= (uint32_t)entry_size(world, &job);
    if (--tail->count == 0)
        q->first_node++;
    return job;
}

void gen_set_add(gen_set *set, const gen_job *job)
{
    gen_grow(&set->jobs, &set->cap, set->count + 1, sizeof *set->jobs);
    set->jobs[set->count++] = *job;
}

static int by_score(const void *a, const void *b)
{
    const gen_job *left = a, *right = b;
    if (left->now_us != right->now_us)
        return left->now_us < right->now_us ? -1 : 1;
    return (left->form < right->form) - (left->form > right->form); /* a space sorts before a letter */
}

void gen_set_sort(gen_set *set)
{
    qsort(set->jobs, set->count, sizeof *set->jobs, by_score);
}

/* The i-th of n moments from `from` on, spread over `span_us`; none is met twice. */
static int64_t moment(gen_rng *rng, int64_t from, int64_t span_us, uint32_t i, uint32_t n)
{
    int64_t step = span_us / n;
    return from + step * i + gen_below(rng, (uint32_t)(step > 1 << 30 ? 1 << 30 : step));
}

static uint32_t build_queues(gen_world *world, gen_rng *rng, uint32_t number, uint32_t total)
{
    for (uint32_t q = 0, done = 0, shares = 0; q < GEN_QUEUES; q++) {
        const int64_t span = 3 * 3600 * SECOND;
        shares += queue_shares[q];
        uint32_t count = (uint32_t)((uint64_t)total * shares / 1000) - done;
        uint32_t popped = count > 0 ? gen_below(rng, 14) % count : 0;
        gen_job job = {
            .old_us = world->old_us, .now_us = world->old_us, .place = GEN_IN_QUEUE, .queue = (uint8_t)q
        };
        done += count;
        for (uint32_t i = 0; i < popped; i++) { /* these were in the tail node before OLD */
            job.number = number + i;
            gen_push(world, q, &job);
        }
        for (uint32_t i = 0; i < count; i++) {
            job.number = number++;
            job.old_us = job.now_us = moment(rng, world->old_us - SECOND - span, span, i, count);
            gen_push(world, q, &job);
        }
        for (uint32_t i = 0; i < popped; i++)
            gen_pop(world, q);
    }
    return number;
}

/* The first `due` entries have scores between OLD and NEW, the others later ones. */
static uint32_t build_schedule(gen_world *world, gen_rng *rng, uint32_t number, uint32_t total, uint32_t due)
{
    gen_job job = { .place = GEN_IN_SCHEDULE };
    for (uint32_t i = 0; i < total; i++) {
        job.number = number++;
        job.queue = (uint8_t)gen_below(rng, GEN_QUEUES);
        job.old_us = i < due ? moment(rng, world->old_us + SECOND, GEN_INTERVAL_US - 20 * SECOND, i, due)
                             : moment(rng, world->old_us + GEN_INTERVAL_US + 60 * SECOND, 14 * 86400 * SECOND,
                                      i - due, total - due);
        job.now_us = job.old_us;
        gen_set_add(&world->sets[GEN_SCHEDULE], &job);
    }
    return number;
}

/* A count whose delay is at least the time from OLD to the score: the failure must lie before OLD. */
static uint8_t retry_count_for(gen_rng *rng, int64_t until_us, unsigned least)
{
    unsigned count = least;
    while (gen_retry_delay_us(count) < until_us)
        count++;
    return (uint8_t)(count + gen_below(rng, count < 23 ? 24 - count : 1) / 3);
}

static uint32_t build_retry(gen_world *world, gen_rng *rng, uint32_t number, uint32_t total, uint32_t due)
{
    enum { LEAST_OF_DUE = 6 }; /* their next delay must reach beyond NEW */
    gen_job job = { .place = GEN_IN_RETRY };
    for (uint32_t i = 0; i < total; i++) {
        job.number = number++;
        job.queue = (uint8_t)gen_below(rng, GEN_QUEUES);
        job.old_us = i < due ? moment(rng, world->old_us + SECOND, GEN_INTERVAL_US - 20 * SECOND, i, due)
                             : moment(rng, world->old_us + GEN_INTERVAL_US + 60 * SECOND, 3 * 86400 * SECOND,
                                      i - due, total - due);
        job.now_us = job.old_us;
        job.retry_count = retry_count_for(rng, job.old_us - world->old_us, i < due ? LEAST_OF_DUE : 0);
        gen_set_add(&world->sets[GEN_RETRY], &job);
    }
    return number;
}

static uint32_t build_dead(gen_world *world, gen_rng *rng, uint32_t number, uint32_t total)
{
    const int64_t span = 150 * 86400 * SECOND;
    gen_job job = { .place = GEN_IN_DEAD, .retry_count = 25 };
    for (uint32_t i = 0; i < total; i++) {
        job.number = number++;
        job.queue = (uint8_t)gen_below(rng, GEN_QUEUES);
        job.old_us = job.now_us = moment(rng, world->old_us - SECOND - span, span, i, total);
        gen_set_add(&world->sets[GEN_DEAD], &job);
    }
    return number;
}

static void add_key(gen_world *world, gen_key_kind kind, uint32_t index)
{
    gen_grow(&world->keys, &world->key_cap, world->key_count + 1, sizeof *world->keys);
    world->keys[world->key_count++] = (gen_key){ .index = index, .kind = (uint8_t)kind };
}

static void build_keys(gen_world *world)
{
    for (uint32_t i = 0; i < world->app_count; i++)
        add_key(world, GEN_KEY_APP, i);
    for (uint32_t i = 0; i < GEN_QUEUES; i++)
        if (gen_queue_len(&world->queues[i]) > 0)
            add_key(world, GEN_KEY_QUEUE, i);
    for (uint32_t i = 0; i < GEN_SETS; i++)
        add_key(world, GEN_KEY_SET, i);
    for (uint32_t i = 0; i < GEN_COUNTERS; i++)
        add_key(world, GEN_KEY_COUNTER, i);
    add_key(world, GEN_KEY_QUEUES, 0);
}

void gen_world_shuffle_keys(gen_world *world, uint32_t draw)
{
    gen_rng rng = gen_rng_for(world->seed, DRAW_BUILD, UINT64_C(1) << 40 | draw);
    for (size_t i = world->key_count; i > 1; i--) {
        size_t other = gen_below(&rng, (uint32_t)i);
        gen_key key = world->keys[i - 1];
        world->keys[i - 1] = world->keys[other];
        world->keys[other] = key;
    }
}

void gen_world_build(gen_world *world, gen_due due)
{
    gen_rng rng = gen_rng_for(world->seed, DRAW_BUILD, 0);
    uint32_t total = world->job_count, number = 0;
    uint32_t schedule = (uint32_t)((uint64_t)total * 25 / 100), retry = total / 10, dead = total / 20;
    world->now_us = world->old_us;
    world->processed = 48213977;
    world->failed = 1893321;
    number = build_queues(world, &rng, number, total - schedule - retry - dead);
    number = build_schedule(world, &rng, number, schedule, due.scheduled);
    number = build_retry(world, &rng, number, retry, due.retried);
    build_dead(world, &rng, number, dead);
    build_keys(world);
    gen_world_shuffle_keys(world, 0);
}

void gen_world_free(gen_world *world)
{
    for (unsigned i = 0; i < GEN_QUEUES; i++) {
        rk_free(world->queues[i].jobs);
        rk_free(world->queues[i].nodes);
    }
    for (unsigned i = 0; i < GEN_SETS; i++)
        rk_free(world->sets[i].jobs);
    rk_free(world->keys);
    rk_buf_free(&world->text);
}

uint64_t gen_world_jobs(const gen_world *world)
{
    uint64_t jobs = 0;
    for (unsigned i = 0; i < GEN_QUEUES; i++)
        jobs += gen_queue_len(&world->queues[i]);
    for (unsigned i = 0; i < GEN_SETS; i++)
        jobs += world->sets[i].count;
    return jobs;
}
