/* snapshot: see snapshot.h. */
#include "snapshot.h"

#include "app_keys.h"
#include "text.h"

enum { SET_LISTPACK_SINCE = 11 };

static void write_counter(gen_rdb *rdb, const gen_world *world, unsigned counter, gen_scratch *scratch)
{
    const int64_t day_ms = 86400000;
    static const char *const names[GEN_COUNTERS] = { "stat:processed", "stat:failed",
                                                     "stat:processed:", "stat:failed:" };
    static const int64_t before_today[GEN_COUNTERS] = { 0, 0, 48100000, 1890000 };
    scratch->name.len = scratch->value.len = 0;
    gen_add_word(&scratch->name, names[counter]);
    if (before_today[counter])
        gen_add_day(&scratch->name, world->old_us);
    gen_add_int(&scratch->value, (counter % 2 ? world->failed : world->processed) - before_today[counter]);
    gen_rdb_key(rdb, rk_buf_slice(&scratch->name), GEN_TYPE_STRING,
                counter < 2 ? 0 : world->old_us / 1000 + 5 * 365 * day_ms);
    gen_rdb_string(rdb, rk_buf_slice(&scratch->value));
}

static void write_queue_names(gen_rdb *rdb, const gen_world *world, gen_scratch *scratch)
{
    bool packed = gen_rdb_version(rdb) >= SET_LISTPACK_SINCE;
    gen_rdb_key(rdb, RK_TEXT("queues"), packed ? GEN_TYPE_SET_LISTPACK : GEN_TYPE_SET, 0);
    if (packed)
        gen_pack_start(&scratch->pack);
    else
        gen_rdb_len(rdb, GEN_QUEUES);
    for (unsigned i = 0; i < GEN_QUEUES; i++) {
        rk_slice name = rk_slice_of(gen_queue_names[(i * 7 + world->seed) % GEN_QUEUES]);
        if (packed)
            gen_pack_add(&scratch->pack, name);
        else
            gen_rdb_string(rdb, name);
    }
    if (packed)
        gen_rdb_string(rdb, gen_pack_end(&scratch->pack));
}

/* From the head: the newest node first, in it the newest job first. */
static void write_queue(gen_rdb *rdb, const gen_world *world, unsigned index, gen_scratch *scratch)
{
    const gen_queue *queue = &world->queues[index];
    size_t job = queue->end_job;
    scratch->name.len = 0;
    gen_add_word(&scratch->name, "queue:");
    gen_add_word(&scratch->name, gen_queue_names[index]);
    gen_rdb_key(rdb, rk_buf_slice(&scratch->name), GEN_TYPE_LIST_QUICKLIST_2, 0);
    gen_rdb_len(rdb, queue->end_node - queue->first_node);
    for (size_t node = queue->end_node; node-- > queue->first_node;) {
        gen_pack_start(&scratch->pack);
        for (uint32_t left = queue->nodes[node].count; left > 0; left--) {
            gen_payload(world->seed, world->old_us, &queue->jobs[--job], &scratch->value);
            gen_pack_add(&scratch->pack, rk_buf_slice(&scratch->value));
        }
        gen_rdb_len(rdb, GEN_NODE_PACKED);
        gen_rdb_string(rdb, gen_pack_end(&scratch->pack));
    }
}

static void write_set(gen_rdb *rdb, const gen_world *world, unsigned index, gen_scratch *scratch)
{
    static const char *const names[GEN_SETS] = { "schedule", "retry", "dead" };
    const gen_set *set = &world->sets[index];
    gen_rdb_key(rdb, rk_slice_of(names[index]), GEN_TYPE_ZSET_2, 0);
    gen_rdb_len(rdb, set->count);
    for (size_t i = set->count; i-- > 0;) {
        gen_payload(world->seed, world->old_us, &set->jobs[i], &scratch->value);
        gen_rdb_string(rdb, rk_buf_slice(&scratch->value));
        gen_rdb_double(rdb, (double)set->jobs[i].now_us / 1e6);
    }
}

static void write_key(gen_rdb *rdb, const gen_world *world, const gen_key *key, gen_scratch *scratch)
{
    switch ((gen_key_kind)key->kind) {
    case GEN_KEY_APP:
        gen_app_write(rdb, world->seed, world->old_us, key, scratch);
        break;
    case GEN_KEY_QUEUE:
        write_queue(rdb, world, key->index, scratch);
        break;
    case GEN_KEY_QUEUES:
        write_queue_names(rdb, world, scratch);
        break;
    case GEN_KEY_SET:
        write_set(rdb, world, key->index, scratch);
        break;
    case GEN_KEY_COUNTER:
        write_counter(rdb, world, key->index, scratch);
        break;
    }
}

static uint64_t count_expiring(const gen_world *world)
{
    uint64_t count = 0;
    for (size_t i = 0; i < world->key_count; i++) {
        const gen_key *key = &world->keys[i];
        if (key->kind == GEN_KEY_APP)
            count += gen_app_expire_ms(world->seed, world->old_us, key->index) != 0;
        else
            count += key->kind == GEN_KEY_COUNTER && key->index >= 2;
    }
    return count;
}

uint64_t gen_snapshot_write(gen_world *world, const char *path, int version)
{
    gen_scratch scratch = { 0 };
    gen_rdb *rdb = gen_rdb_open(path, version);
    gen_rdb_aux(rdb, "redis-ver", version >= 11 ? RK_TEXT("7.2.6") : RK_TEXT("7.0.15"));
    gen_rdb_aux_int(rdb, "redis-bits", 64);
    gen_rdb_aux_int(rdb, "ctime", world->now_us / 1000000);
    gen_rdb_aux_int(rdb, "used-mem",
                    1000000 + (int64_t)(gen_world_jobs(world) * 700 + world->key_count * 400));
    gen_rdb_aux_int(rdb, "aof-base", 0);
    gen_rdb_db(rdb, 0, world->key_count, count_expiring(world));
    for (size_t i = 0; i < world->key_count; i++)
        write_key(rdb, world, &world->keys[i], &scratch);
    gen_scratch_free(&scratch);
    return gen_rdb_close(rdb);
}
