/* change: see change.h. */
#include "change.h"

#include <stdlib.h>

#include "text.h"

/* Only a list of at least COPY_FROM jobs has one copied: then it is none of those that may still be popped.
 */
enum { DRAW_CHANGE = 4, TRIES = 1000, KEEP_IN_QUEUE = 3, COPY_FROM = 32 };

static const int64_t SECOND = 1000000;

const char *gen_fate_name(gen_fate fate)
{
    static const char *const names[GEN_FATES] = {
        [GEN_FINISHED] = "finished",   [GEN_NEW] = "new",
        [GEN_MOVED] = "moved",         [GEN_PAYLOAD_CHANGED] = "payload_changed",
        [GEN_LOST] = "lost",           [GEN_DUPLICATED] = "duplicated",
        [GEN_MISROUTED] = "misrouted",
    };
    return names[fate];
}

uint32_t gen_change_count(const gen_change *change, gen_fate fate)
{
    uint32_t count = 0;
    for (size_t i = 0; i < change->event_count; i++)
        count += change->events[i].fate == fate;
    return count;
}

/* `full` in a data set of at least `of`, in proportion in a smaller one. */
static uint32_t share(uint32_t full, uint32_t size, uint32_t of)
{
    return size >= of ? full : (uint32_t)(((uint64_t)full * size + of - 1) / of);
}

gen_wish gen_wish_for(uint32_t jobs, uint32_t app_keys)
{
    return (gen_wish){
        .finished = share(300, jobs, 10000),
        .pushed = share(200, jobs, 10000),
        .due = share(40, jobs, 10000),
        .failed_again = share(25, jobs, 10000),
        .lost = share(12, jobs, 10000),
        .copied_in_queue = share(4, jobs, 10000),
        .copied_in_schedule = share(3, jobs, 10000),
        .misrouted = share(3, jobs, 10000),
        .keys_changed = share(50, app_keys, 2000),
        .keys_removed = share(20, app_keys, 2000),
        .keys_added = share(30, app_keys, 2000),
    };
}

static gen_event *note(gen_change *change, gen_fate fate, uint32_t job)
{
    gen_grow(&change->events, &change->event_cap, change->event_count + 1, sizeof *change->events);
    gen_event *event = &change->events[change->event_count++];
    *event = (gen_event){ .job = job, .fate = (uint8_t)fate };
    return event;
}

/* A queue with jobs to spare, the busier the likelier; GEN_QUEUES when there is none. */
static unsigned some_queue(const gen_world *world, gen_rng *rng, size_t at_least)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < GEN_QUEUES; i++)
        total += gen_queue_len(&world->queues[i]);
    for (unsigned tries = 0; tries < TRIES && total; tries++) {
        uint64_t at = gen_next(rng) % total;
        unsigned queue = 0;
        while (at >= gen_queue_len(&world->queues[queue]))
            at -= gen_queue_len(&world->queues[queue++]);
        if (gen_queue_len(&world->queues[queue]) >= at_least)
            return queue;
    }
    return GEN_QUEUES;
}

static void finish(gen_world *world, gen_rng *rng, uint32_t wanted, gen_change *change)
{
    for (uint32_t i = 0; i < wanted; i++) {
        unsigned queue = some_queue(world, rng, KEEP_IN_QUEUE + 1);
        if (queue == GEN_QUEUES)
            return;
        gen_event *event = note(change, GEN_FINISHED, gen_pop(world, queue).number);
        event->from = "queue:";
        event->from_queue = (uint8_t)queue;
        world->processed++;
    }
}

/* Taken from the tail of one queue, put whole at the head of another: after the pushes, as a script would. */
static void misroute(gen_world *world, gen_rng *rng, uint32_t wanted, gen_change *change)
{
    for (uint32_t tries = 0, done = 0; tries < TRIES && done < wanted; tries++) {
        unsigned from = some_queue(world, rng, KEEP_IN_QUEUE + 1), to = gen_below(rng, GEN_QUEUES);
        if (from == GEN_QUEUES || from == to || gen_queue_len(&world->queues[to]) == 0)
            continue;
        if (world->queues[from].jobs[world->queues[from].first_job].number >= world->job_count)
            continue; /* not one of OLD's */
        gen_job job = gen_pop(world, from);
        gen_event *event = note(change, GEN_MISROUTED, job.number);
        event->from = event->to = "queue:";
        event->from_queue = (uint8_t)from;
        event->to_queue = (uint8_t)to;
        gen_push(world, to, &job);
        done++;
    }
}

static void copy_in_queue(gen_world *world, gen_rng *rng, uint32_t wanted, gen_change *change)
{
    for (uint32_t i = 0; i < wanted; i++) {
        unsigned queue = some_queue(world, rng, COPY_FROM);
        if (queue == GEN_QUEUES)
            return;
        const gen_queue *q = &world->queues[queue];
        gen_job job = q->jobs[q->first_job + gen_queue_len(q) / 8 * (1 + i % 4)];
        gen_event *event = note(change, GEN_DUPLICATED, job.number);
        event->from = event->to = "queue:";
        event->from_queue = event->to_queue = (uint8_t)queue;
        gen_push(world, queue, &job);
    }
}

/* Takes the entries marked in `drop` out of the set. */
static void sweep(gen_set *set, const bool *drop)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++)
        if (!drop[i])
            set->jobs[kept++] = set->jobs[i];
    set->count = kept;
}

/* Moves the due entries into `pushes`, loses some from the middle, doubles some with another spelling. */
static size_t change_schedule(gen_world *world, gen_rng *rng, const gen_wish *wish, gen_job *pushes,
                              gen_change *change)
{
    gen_set *set = &world->sets[GEN_SCHEDULE];
    size_t count = set->count, due = wish->due < count ? wish->due : count, rest = count - due;
    bool *taken = rk_alloc(count + wish->copied_in_schedule + 1);
    if (!taken)
        gen_die("out of memory");
    for (size_t i = 0; i < due; i++) {
        gen_event *event = note(change, GEN_MOVED, set->jobs[i].number);
        event->from = "schedule";
        event->to = "queue:";
        event->to_queue = set->jobs[i].queue;
        pushes[i] = set->jobs[i];
        pushes[i].form = GEN_ENQUEUED;
        pushes[i].now_us += 200000 + gen_below(rng, 8000000);
        taken[i] = true;
    }
    for (uint32_t i = 0; i < wish->lost && rest > 4 * wish->lost; i++) {
        size_t at = due + rest / 4 + gen_below(rng, (uint32_t)(rest / 2));
        if (taken[at]) {
            i--;
            continue;
        }
        taken[at] = true;
        note(change, GEN_LOST, set->jobs[at].number)->from = "schedule";
    }
    for (uint32_t i = 0; i < wish->copied_in_schedule && rest > COPY_FROM; i++) {
        size_t at = due + rest / 8 * (i % 2) + i; /* before the middle: not among the lost */
        gen_job job = set->jobs[at];
        gen_event *event = note(change, GEN_DUPLICATED, job.number);
        event->from = event->to = "schedule";
        job.form = GEN_REWRITTEN;
        gen_set_add(set, &job);
    }
    sweep(set, taken);
    rk_free(taken);
    gen_set_sort(set);
    return due;
}

static void fail_again(gen_world *world, uint32_t wanted, gen_change *change)
{
    gen_set *set = &world->sets[GEN_RETRY];
    for (size_t i = 0; i < wanted && i < set->count; i++) {
        gen_job *job = &set->jobs[i];
        job->form = GEN_FAILED_AGAIN;
        job->now_us = job->old_us + 3 * SECOND + gen_retry_delay_us(job->retry_count + 1u);
        note(change, GEN_PAYLOAD_CHANGED, job->number)->from = "retry";
        world->processed++;
        world->failed++;
    }
    gen_set_sort(set);
}

static int by_time(const void *a, const void *b)
{
    const gen_job *left = a, *right = b;
    return (left->now_us > right->now_us) - (left->now_us < right->now_us);
}

/* New jobs and those that came due, in the order of their times. */
static void push_all(gen_world *world, gen_rng *rng, uint32_t wanted, gen_job *pushes, size_t due,
                     gen_change *change)
{
    for (uint32_t i = 0; i < wanted; i++) {
        int64_t us = world->old_us + 2 * SECOND + (GEN_INTERVAL_US - 10 * SECOND) / wanted * i;
        unsigned queue = some_queue(world, rng, 1);
        gen_job job = { .old_us = us,
                        .now_us = us,
                        .number = world->job_count + i,
                        .place = GEN_IN_QUEUE,
                        .queue = (uint8_t)(queue == GEN_QUEUES ? 0 : queue) };
        gen_event *event = note(change, GEN_NEW, job.number);
        event->to = "queue:";
        event->to_queue = job.queue;
        pushes[due + i] = job;
    }
    qsort(pushes, due + wanted, sizeof *pushes, by_time);
    for (size_t i = 0; i < due + wanted; i++)
        gen_push(world, pushes[i].queue, &pushes[i]);
}

static gen_key *room_for_keys(uint32_t count)
{
    gen_key *keys = rk_alloc(count * sizeof *keys);
    if (!keys)
        gen_die("out of memory");
    return keys;
}

static void change_keys(gen_world *world, gen_rng *rng, const gen_wish *wish, gen_change *change)
{
    change->changed = room_for_keys(wish->keys_changed);
    change->removed = room_for_keys(wish->keys_removed);
    change->added = room_for_keys(wish->keys_added);
    while (change->changed_count < wish->keys_changed) {
        gen_key *key = &world->keys[gen_below(rng, (uint32_t)world->key_count)];
        if (key->kind != GEN_KEY_APP || key->revision)
            continue;
        key->revision = 1;
        change->changed[change->changed_count++] = *key;
    }
    while (change->removed_count < wish->keys_removed) {
        gen_key *key = &world->keys[gen_below(rng, (uint32_t)world->key_count)];
        if (key->kind != GEN_KEY_APP || key->revision)
            continue;
        change->removed[change->removed_count++] = *key;
        size_t behind = (size_t)(world->keys + world->key_count - key) - 1;
        memmove(key, key + 1, behind * sizeof *key);
        world->key_count--;
    }
    gen_grow(&world->keys, &world->key_cap, world->key_count + wish->keys_added, sizeof *world->keys);
    while (change->added_count < wish->keys_added) {
        gen_key added = { .index = world->app_count + (uint32_t)change->added_count, .kind = GEN_KEY_APP };
        size_t at = gen_below(rng, (uint32_t)world->key_count + 1);
        memmove(world->keys + at + 1, world->keys + at, (world->key_count - at) * sizeof added);
        world->keys[at] = added;
        world->key_count++;
        change->added[change->added_count++] = added;
    }
}

/* A queue that had no jobs in OLD may have some now. */
static void show_new_queues(gen_world *world)
{
    bool shown[GEN_QUEUES] = { false };
    for (size_t i = 0; i < world->key_count; i++)
        if (world->keys[i].kind == GEN_KEY_QUEUE)
            shown[world->keys[i].index] = true;
    for (uint32_t i = 0; i < GEN_QUEUES; i++) {
        if (shown[i] || gen_queue_len(&world->queues[i]) == 0)
            continue;
        gen_grow(&world->keys, &world->key_cap, world->key_count + 1, sizeof *world->keys);
        world->keys[world->key_count++] = (gen_key){ .index = i, .kind = GEN_KEY_QUEUE };
    }
}

void gen_change_make(gen_world *world, const gen_wish *wish, gen_change *change)
{
    gen_rng rng = gen_rng_for(world->seed, DRAW_CHANGE, 0);
    gen_job *pushes = rk_alloc(((size_t)wish->due + wish->pushed) * sizeof *pushes);
    if (!pushes)
        gen_die("out of memory");
    finish(world, &rng, wish->finished, change);
    size_t due = change_schedule(world, &rng, wish, pushes, change);
    fail_again(world, wish->failed_again, change);
    copy_in_queue(world, &rng, wish->copied_in_queue, change);
    push_all(world, &rng, wish->pushed, pushes, due, change);
    misroute(world, &rng, wish->misrouted, change);
    change_keys(world, &rng, wish, change);
    show_new_queues(world);
    world->now_us = world->old_us + GEN_INTERVAL_US;
    rk_free(pushes);
}

void gen_change_free(gen_change *change)
{
    rk_free(change->events);
    rk_free(change->changed);
    rk_free(change->removed);
    rk_free(change->added);
}
