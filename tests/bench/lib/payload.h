/* payload: the JSON texts of Sidekiq 7 jobs (spec: Sidekiq, section 5), 250 to 900 bytes each. A text follows
 * from the seed and the few fields of gen_job alone, so it can be made again at any time and none is kept. */
#ifndef GEN_PAYLOAD_H
#define GEN_PAYLOAD_H

#include "rdbkit/base.h"

enum { GEN_QUEUES = 25 };

typedef enum { GEN_IN_QUEUE, GEN_IN_SCHEDULE, GEN_IN_RETRY, GEN_IN_DEAD } gen_place;

/* What has become of the text since OLD. */
typedef enum {
    GEN_AS_WAS,
    GEN_ENQUEUED,     /* was due, went to its queue: enqueued_at added */
    GEN_FAILED_AGAIN, /* another attempt failed: retry_count one higher, other enqueued_at and retried_at */
    GEN_REWRITTEN     /* the same JSON, spelled with spaces by a script */
} gen_form;

typedef struct {
    int64_t old_us; /* in OLD: when it was pushed, or its score; in microseconds since the epoch */
    int64_t now_us; /* the same at present */
    uint32_t number;
    uint8_t place;       /* gen_place in OLD */
    uint8_t form;        /* gen_form at present */
    uint8_t queue;       /* the queue that the payload names */
    uint8_t retry_count; /* in OLD */
} gen_job;

/* Names of the queues, without `queue:`, the busiest first. */
extern const char *const gen_queue_names[GEN_QUEUES];

/* Puts the text of `job` into `out`, whose former content is dropped. `snapshot_us` is the moment of OLD. */
void gen_payload(uint64_t seed, int64_t snapshot_us, const gen_job *job, rk_buf *out);

/* The jid alone: 24 hex digits. */
void gen_jid(uint64_t seed, uint32_t number, rk_buf *out);

/* The shortest time from the failure that brought `retry_count` to the next attempt. */
static inline int64_t gen_retry_delay_us(unsigned retry_count)
{
    int64_t count = retry_count;
    return (count * count * count * count + 15) * 1000000;
}

#endif
