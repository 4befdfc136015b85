/* damage: copies of a snapshot with one place of it destroyed, by a seed; and where its records lie. */
#ifndef RDBKIT_TESTS_DAMAGE_H
#define RDBKIT_TESTS_DAMAGE_H

#include "../unit.h"
#include "rdbkit/rdb.h"

typedef enum {
    DAMAGE_ZEROS,
    DAMAGE_ONES,
    DAMAGE_RANDOM,
    DAMAGE_TEXT,
    DAMAGE_OTHER, /* bytes of another snapshot */
    DAMAGE_FLIP,  /* one bit */
    DAMAGE_KINDS
} damage_kind;

static const char *const damage_names[] = { "zeros", "0xff", "random", "text", "another's", "a bit" };

static inline uint32_t damage_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Destroys [from, to) of `bytes`; `other` is what another snapshot holds. */
static inline void damage_do(uint8_t *bytes, size_t from, size_t to, damage_kind kind, uint32_t seed,
                             rk_slice other)
{
    static const char text[] =
        "{\"class\":\"HardWorker\",\"args\":[1,\"two\",null],\"jid\":\"b4a577edbccf1d805744efa9\","
        "\"created_at\":1700000000.123,\"queue\":\"default\"} lorem ipsum; ";
    size_t place = other.len > to - from ? damage_random(&seed) % (other.len - (to - from)) : 0;
    for (size_t i = from; i < to; i++)
        switch (kind) {
        case DAMAGE_ZEROS:
            bytes[i] = 0;
            break;
        case DAMAGE_ONES:
            bytes[i] = 0xff;
            break;
        case DAMAGE_RANDOM:
            bytes[i] = (uint8_t)(damage_random(&seed) >> 11);
            break;
        case DAMAGE_TEXT:
            bytes[i] = (uint8_t)text[(i + seed) % (sizeof text - 1)];
            break;
        case DAMAGE_OTHER:
            bytes[i] = other.ptr[(place + i - from) % other.len];
            break;
        default:
            if (i == from)
                bytes[i] ^= (uint8_t)(1u << (seed % 8));
        }
}

/* One record of a sound snapshot: [begin, end). */
typedef struct {
    uint64_t begin, end;
    bool is_key;
    uint8_t type_byte;
} damage_record;

typedef struct {
    damage_record *at;
    size_t count, cap;
    bool whole; /* it could be read to its end */
} damage_map;

static inline damage_map damage_records(rk_slice file)
{
    damage_map map = { 0 };
    rk_err err = { 0 };
    rk_record rec;
    rk_source *source = rk_source_memory(file, 0, &err);
    rk_rdb *rdb = source ? rk_rdb_open(source, &err) : NULL;
    while (rdb && rk_rdb_next(rdb, &rec, &err)) {
        uint64_t begin = rec.kind == RK_RECORD_KEY ? rec.key.begin : rec.offset;
        if (map.count)
            map.at[map.count - 1].end = begin;
        if (!rk_grow((void **)&map.at, &map.cap, map.count + 1, sizeof *map.at, &err))
            break;
        map.at[map.count++] = (damage_record){ .begin = begin,
                                               .end = file.len,
                                               .is_key = rec.kind == RK_RECORD_KEY,
                                               .type_byte = rec.key.type_byte };
        if ((map.whole = rec.kind == RK_RECORD_END))
            break;
    }
    rk_rdb_close(rdb);
    rk_source_close(source);
    return map;
}

/* The first record that begins at `offset` or behind it; NULL: there is none. */
static inline const damage_record *damage_after(const damage_map *map, uint64_t offset)
{
    size_t low = 0, high = map->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (map->at[middle].begin < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < map->count ? &map->at[low] : NULL;
}

#endif
