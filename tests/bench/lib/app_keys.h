/* app_keys: the keys that the application keeps beside Sidekiq: cached texts, sessions, counters, sets,
 * rankings. All of a key follows from the seed, its index and its revision. */
#ifndef GEN_APP_KEYS_H
#define GEN_APP_KEYS_H

#include "rdb_out.h"
#include "world.h"

/* Buffers to work in; zero them to start. */
typedef struct {
    rk_buf name, value, pack;
} gen_scratch;

void gen_app_name(uint64_t seed, uint32_t index, rk_buf *name);

/* Milliseconds since the epoch, some hours or days behind `snapshot_us`; 0 for a key that stays. */
int64_t gen_app_expire_ms(uint64_t seed, int64_t snapshot_us, uint32_t index);

void gen_app_write(gen_rdb *rdb, uint64_t seed, int64_t snapshot_us, const gen_key *key,
                   gen_scratch *scratch);
void gen_scratch_free(gen_scratch *scratch);

#endif
