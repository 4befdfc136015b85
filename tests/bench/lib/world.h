/* world: what the generated server holds: queues as quicklists, the sorted sets, the counters, and which keys
 * of the application there are. It is first built as OLD and then changed step by step into NEW (change.h).
 */
#ifndef GEN_WORLD_H
#define GEN_WORLD_H

#include "payload.h"
#include "rng.h"

/* A quicklist node: how many items it has and how large its listpack is. */
typedef struct {
    uint32_t count, bytes;
} gen_node;

/* A list that is pushed at its head and popped at its tail. Both arrays begin at the tail, with the oldest.
 */
typedef struct {
    gen_job *jobs;
    gen_node *nodes;
    size_t first_job, end_job, job_cap;
    size_t first_node, end_node, node_cap;
} gen_queue;

/* A sorted set, lowest score first. */
typedef struct {
    gen_job *jobs;
    size_t count, cap;
} gen_set;

enum { GEN_SCHEDULE, GEN_RETRY, GEN_DEAD, GEN_SETS };

/* The keys: GEN_APP keys are described by app_keys.h, the others are Sidekiq's. `index`: which queue, set,
 * counter or application key. */
typedef enum { GEN_KEY_APP, GEN_KEY_QUEUE, GEN_KEY_QUEUES, GEN_KEY_SET, GEN_KEY_COUNTER } gen_key_kind;
enum { GEN_COUNTERS = 4 }; /* stat:processed, stat:failed and those of the day */

typedef struct {
    uint32_t index;
    uint8_t kind;
    uint8_t revision; /* of an application key's value: 0 in OLD, 1 when it was changed */
} gen_key;

typedef struct {
    uint64_t seed;
    int64_t old_us, now_us; /* the moments of OLD and of what is held at present */
    uint32_t job_count;     /* in OLD */
    uint32_t app_count;     /* in OLD */
    uint32_t node_bytes;    /* list-max-listpack-size */
    gen_queue queues[GEN_QUEUES];
    gen_set sets[GEN_SETS];
    int64_t processed, failed;
    gen_key *keys; /* in the order in which a snapshot shows them */
    size_t key_count, key_cap;
    rk_buf text; /* scratch */
} gen_world;

/* How long passes between OLD and NEW. */
#define GEN_INTERVAL_US INT64_C(600000000)

/* How many of the scheduled and of the retried jobs come due in that time. */
typedef struct {
    uint32_t scheduled, retried;
} gen_due;

/* Builds OLD. The caller has set seed, old_us, job_count, app_count and node_bytes and zeroed the rest. */
void gen_world_build(gen_world *world, gen_due due);
void gen_world_free(gen_world *world);

/* All jobs in queues and sorted sets. */
uint64_t gen_world_jobs(const gen_world *world);

void gen_world_shuffle_keys(gen_world *world, uint32_t draw);
void gen_push(gen_world *world, unsigned queue, const gen_job *job);
gen_job gen_pop(gen_world *world, unsigned queue);
void gen_set_add(gen_set *set, const gen_job *job);
void gen_set_sort(gen_set *set);

static inline size_t gen_queue_len(const gen_queue *queue)
{
    return queue->end_job - queue->first_job;
}

#endif
