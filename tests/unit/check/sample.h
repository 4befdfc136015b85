/* sample: a snapshot as a server of 7.0 would write it, made by a seed: a queue of packed nodes, sorted sets, hashes, sets
 * and strings in several databases. */
#ifndef RDBKIT_TESTS_SAMPLE_H
#define RDBKIT_TESTS_SAMPLE_H

#include "damage.h"
#include "rdbkit/rdb_write.h"

enum { SAMPLE_VERSION = 10, SAMPLE_EXPIRY = 1234567 };

typedef struct {
    rk_rdb_writer out;
    rk_err err;
    uint32_t state;
    rk_buf pack;
    unsigned entries; /* in the pack */
} sample;

static inline unsigned sample_pick(sample *s, unsigned most)
{
    return damage_random(&s->state) % most;
}

static inline rk_slice sample_job(sample *s, char *room, size_t cap, const char *queue, unsigned i)
{
    static const char *const words[] = { "mail", "report", "sync", "resize", "audit", "index", "purge" };
    unsigned a = sample_pick(s, 7), b = sample_pick(s, 7), c = sample_pick(s, 100000);
    int len = snprintf(room, cap,
                       "{\"retry\":true,\"queue\":\"%s\",\"class\":\"%sWorker\",\"args\":[%u,\"%s "
                       "%s\"],\"jid\":\"%08x%08x%08x\","
                       "\"created_at\":17000%05u.%03u,\"enqueued_at\":17000%05u.25}",
                       queue, words[a], i, words[b], words[a], damage_random(&s->state),
                       damage_random(&s->state), i, c, c % 1000, c);
    return (rk_slice){ (const uint8_t *)room, (size_t)len };
}

/* One string of 64 to 4095 bytes, or shorter, behind those in the pack. */
static inline void sample_pack(sample *s, rk_slice text)
{
    uint8_t head[2] = { (uint8_t)(0x80 | text.len), 0 }, back[2];
    size_t wide = text.len > 63, size = text.len + 1 + wide;
    if (wide) {
        head[0] = (uint8_t)(0xe0 | text.len >> 8);
        head[1] = (uint8_t)text.len;
    }
    back[0] = size < 128 ? (uint8_t)size : (uint8_t)(size >> 7);
    back[1] = (uint8_t)(size | 0x80);
    if (s->entries++ == 0) {
        s->pack.len = 0;
        rk_buf_add(&s->pack, BYTES("\0\0\0\0\0\0"), &s->err);
    }
    rk_buf_add(&s->pack, (rk_slice){ head, 1 + wide }, &s->err);
    rk_buf_add(&s->pack, text, &s->err);
    rk_buf_add(&s->pack, (rk_slice){ back, size < 128 ? 1 : 2 }, &s->err);
}

static inline void sample_pack_end(sample *s)
{
    rk_buf_add(&s->pack, BYTES("\xff"), &s->err);
    for (unsigned i = 0; i < 4; i++)
        s->pack.ptr[i] = (uint8_t)(s->pack.len >> (8 * i));
    s->pack.ptr[4] = (uint8_t)s->entries;
    s->pack.ptr[5] = (uint8_t)(s->entries >> 8);
    s->entries = 0;
    rk_rdb_write_len(&s->out, s->pack.len, &s->err);
    rk_rdb_write_raw(&s->out, rk_buf_slice(&s->pack), &s->err);
}

static inline void sample_key(sample *s, uint8_t type, const char *name, unsigned i)
{
    char text[80];
    snprintf(text, sizeof text, name, i);
    if (sample_pick(s, 5) == 0)
        rk_rdb_write_expiry(&s->out, INT64_C(1800000000000) + i * SAMPLE_EXPIRY, &s->err);
    rk_rdb_write_key(&s->out, type, rk_slice_of(text), &s->err);
}

static inline void sample_queue(sample *s, const char *name, unsigned nodes)
{
    char room[400];
    char key[60];
    snprintf(key, sizeof key, "queue:%s", name);
    rk_rdb_write_key(&s->out, 18, rk_slice_of(key), &s->err);
    rk_rdb_write_len(&s->out, nodes, &s->err);
    for (unsigned i = 0; i < nodes; i++) {
        rk_rdb_write_len(&s->out, 2, &s->err);
        for (unsigned k = 0; k < 35; k++)
            sample_pack(s, sample_job(s, room, sizeof room, name, i * 35 + k));
        sample_pack_end(s);
    }
}

static inline void sample_scheduled(sample *s, const char *name, unsigned count)
{
    char room[400];
    rk_rdb_write_key(&s->out, 5, rk_slice_of(name), &s->err);
    rk_rdb_write_len(&s->out, count, &s->err);
    for (unsigned i = 0; i < count; i++) {
        rk_rdb_write_str(&s->out, sample_job(s, room, sizeof room, "low", i), &s->err);
        rk_rdb_write_double(&s->out, 1.7e9 - i * 13.25, &s->err);
    }
}

static inline void sample_small(sample *s, unsigned i)
{
    char text[64];
    unsigned n = 3 + sample_pick(s, 12);
    switch (sample_pick(s, 5)) {
    case 0:
        sample_key(s, 0, "cache:fragment:%u", i);
        snprintf(text, sizeof text, "<p>user %u has %u messages</p>", i, i * 7);
        rk_rdb_write_str(&s->out, rk_slice_of(text), &s->err);
        break;
    case 1:
        sample_key(s, 0, "stat:counter:%u", i);
        snprintf(text, sizeof text, "%u", i * 31);
        rk_rdb_write_str(&s->out, rk_slice_of(text), &s->err);
        break;
    case 2:
        sample_key(s, 16, "user:%u", i);
        for (unsigned k = 0; k < n; k++) {
            snprintf(text, sizeof text, "field%u", k);
            sample_pack(s, rk_slice_of(text));
            snprintf(text, sizeof text, "value %u of %u", k, i);
            sample_pack(s, rk_slice_of(text));
        }
        sample_pack_end(s);
        break;
    case 3:
        sample_key(s, 2, "tags:%u", i);
        rk_rdb_write_len(&s->out, n, &s->err);
        for (unsigned k = 0; k < n; k++) {
            snprintf(text, sizeof text, "tag-%u-%u-of-these", k, i);
            rk_rdb_write_str(&s->out, rk_slice_of(text), &s->err);
        }
        break;
    default:
        sample_key(s, 4, "session:%u", i);
        rk_rdb_write_len(&s->out, n, &s->err);
        for (unsigned k = 0; k < n; k++) {
            snprintf(text, sizeof text, "attribute_%u", k);
            rk_rdb_write_str(&s->out, rk_slice_of(text), &s->err);
            snprintf(text, sizeof text, "%u says hello to %u", i, k);
            rk_rdb_write_str(&s->out, rk_slice_of(text), &s->err);
        }
    }
}

/* Writes it to `path`; `scale` 1 is some 1.5 MB. */
static inline void sample_write(const char *path, uint32_t seed, unsigned scale)
{
    sample s = { .state = seed * 2654435761u + 1 };
    rk_sink *sink = rk_sink_open(path, &(rk_sink_options){ .force = true }, &s.err);
    CU_ASSERT_FATAL(sink != NULL);
    rk_rdb_write_magic(&s.out, sink, false, SAMPLE_VERSION, &s.err);
    rk_rdb_write_aux(&s.out, RK_TEXT("redis-ver"), RK_TEXT("7.0.15"), &s.err);
    rk_rdb_write_aux(&s.out, RK_TEXT("redis-bits"), RK_TEXT("64"), &s.err);
    for (uint32_t db = 0; db < 3; db++) {
        rk_rdb_write_db(&s.out, db * 2, &s.err);
        rk_rdb_write_sizes(&s.out, 600, 100, &s.err);
        for (unsigned i = 0; i < 200 * scale; i++)
            sample_small(&s, db * 1000000 + i);
        if (db < 2)
            sample_queue(&s, db ? "low" : "default", 40 * scale);
        sample_scheduled(&s, db ? "retry" : "schedule", 150 * scale);
        for (unsigned i = 0; i < 100 * scale; i++)
            sample_small(&s, db * 1000000 + 500000 + i);
    }
    rk_rdb_write_end(&s.out, &s.err);
    CU_ASSERT_FATAL(s.err.code == RK_OK && rk_sink_commit(sink, &s.err));
    rk_sink_close(sink);
    rk_buf_free(&s.pack);
}

#endif
