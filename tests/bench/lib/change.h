/* change: turns OLD into NEW by a known small difference and writes down what became of whom. */
#ifndef GEN_CHANGE_H
#define GEN_CHANGE_H

#include "world.h"

/* The fates that a job can have; the words are those of the scenario corpus. */
typedef enum {
    GEN_FINISHED,
    GEN_NEW,
    GEN_MOVED,
    GEN_PAYLOAD_CHANGED,
    GEN_LOST,
    GEN_DUPLICATED,
    GEN_MISROUTED,
    GEN_FATES
} gen_fate;

typedef struct {
    uint32_t job; /* its number */
    uint8_t fate;
    const char *from, *to; /* kinds of places, or NULL; with `queue:` when a queue's number follows */
    uint8_t from_queue, to_queue;
} gen_event;

/* How many of each are wanted; where the data set is too small there are fewer. */
typedef struct {
    uint32_t finished, pushed, due, failed_again, lost, copied_in_queue, copied_in_schedule, misrouted;
    uint32_t keys_changed, keys_removed, keys_added;
} gen_wish;

typedef struct {
    gen_event *events;
    size_t event_count, event_cap;
    gen_key *changed, *removed, *added; /* application keys */
    size_t changed_count, removed_count, added_count;
} gen_change;

const char *gen_fate_name(gen_fate fate);
uint32_t gen_change_count(const gen_change *change, gen_fate fate);

/* What is wanted by default of so many jobs and application keys. */
gen_wish gen_wish_for(uint32_t jobs, uint32_t app_keys);

/* Changes `world`, which is OLD, into NEW. `change` starts zeroed and ends with gen_change_free. */
void gen_change_make(gen_world *world, const gen_wish *wish, gen_change *change);
void gen_change_free(gen_change *change);

#endif
