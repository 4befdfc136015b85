/* pair_file: snapshots that are written key by key, into memory, and then named by a file descriptor. */
#ifndef RDBKIT_TESTS_PAIR_FILE_H
#define RDBKIT_TESTS_PAIR_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rdbkit/diff.h"

/* Rows leave out what they do not need: the zeros are meant. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

enum { PAIR_ITEMS = 12 };
#define NO_TIME (-1)

typedef struct {
    const char *text;  /* item, member, field or the value of a string */
    double score;      /* of a sorted set's member */
    const char *value; /* of a hash's field */
} pair_item;

typedef struct {
    rk_type type;
    const char *name;
    pair_item items[PAIR_ITEMS];
    int packed; /* so many items a list node; a sorted set in one listpack */
    uint32_t db;
    int64_t expire_s; /* 0: none */
    size_t shard;
} pair_key;

static inline void pair_add(rk_buf *out, const void *bytes, size_t count)
{
    rk_err err = { 0 };
    if (!rk_buf_add(out, (rk_slice){ bytes, count }, &err))
        abort();
}

static inline void pair_byte(rk_buf *out, uint8_t byte)
{
    pair_add(out, &byte, 1);
}

static inline void pair_length(rk_buf *out, uint64_t n)
{
    uint8_t form[5] = { 0x80, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };
    if (n < 64)
        pair_byte(out, (uint8_t)n);
    else
        pair_add(out, form, sizeof form);
}

static inline void pair_string(rk_buf *out, rk_slice text)
{
    pair_length(out, text.len);
    pair_add(out, text.ptr, text.len);
}

/* An entry of a listpack: a string of 32-bit length, and its length backwards. */
static inline void pair_entry(rk_buf *out, rk_slice text)
{
    uint8_t head[5] = { 0xf0, (uint8_t)text.len, (uint8_t)(text.len >> 8), (uint8_t)(text.len >> 16),
                        (uint8_t)(text.len >> 24) };
    uint8_t back[5];
    size_t count = 0, size = text.len + 5,
           widths = size < 128       ? 1
                    : size < 16384   ? 2
                    : size < 2097152 ? 3
                                     : 4;
    for (size_t i = widths; i-- > 0;)
        back[count++] = (uint8_t)((size >> (7 * i) & 127) | (i + 1 < widths ? 128 : 0));
    pair_add(out, head, sizeof head);
    pair_add(out, text.ptr, text.len);
    pair_add(out, back, count);
}

static inline void pair_listpack(rk_buf *out, const rk_buf *entries, size_t count)
{
    uint32_t total = (uint32_t)entries->len + 7;
    uint8_t head[6] = { (uint8_t)total,         (uint8_t)(total >> 8), (uint8_t)(total >> 16),
                        (uint8_t)(total >> 24), (uint8_t)count,        (uint8_t)(count >> 8) };
    pair_length(out, total);
    pair_add(out, head, sizeof head);
    pair_add(out, entries->ptr, entries->len);
    pair_byte(out, 0xff);
}

/* A list whose nodes hold `each` items. */
static inline void pair_packed_list(rk_buf *out, const rk_slice *items, size_t count, size_t each)
{
    pair_length(out, (count + each - 1) / each);
    for (size_t from = 0; from < count; from += each) {
        size_t here = count - from < each ? count - from : each;
        rk_buf entries = { 0 };
        for (size_t i = 0; i < here; i++)
            pair_entry(&entries, items[from + i]);
        pair_byte(out, 2);
        pair_listpack(out, &entries, here);
        rk_buf_free(&entries);
    }
}

static inline void pair_packed_zset(rk_buf *out, const pair_key *key, size_t count)
{
    rk_buf entries = { 0 };
    char score[40];
    for (size_t i = 0; i < count; i++) {
        snprintf(score, sizeof score, "%.17g", key->items[i].score);
        pair_entry(&entries, rk_slice_of(key->items[i].text));
        pair_entry(&entries, rk_slice_of(score));
    }
    pair_listpack(out, &entries, count * 2);
    rk_buf_free(&entries);
}

/* What stands before the value of a key. */
static inline void pair_head(rk_buf *out, uint32_t db, int64_t expire_s, uint8_t type, const char *name)
{
    int64_t ms = expire_s * 1000;
    pair_byte(out, 0xfe);
    pair_length(out, db);
    if (expire_s) {
        pair_byte(out, 0xfc);
        pair_add(out, &ms, 8);
    }
    pair_byte(out, type);
    pair_string(out, rk_slice_of(name));
}

static inline void pair_list(rk_buf *out, const char *name, const rk_slice *items, size_t count, size_t each)
{
    pair_head(out, 0, 0, each ? 18 : 1, name);
    if (each) {
        pair_packed_list(out, items, count, each);
        return;
    }
    pair_length(out, count);
    for (size_t i = 0; i < count; i++)
        pair_string(out, items[i]);
}

static inline void pair_value(rk_buf *out, const pair_key *key, size_t count)
{
    rk_slice items[PAIR_ITEMS];
    for (size_t i = 0; i < count; i++)
        items[i] = rk_slice_of(key->items[i].text);
    if (key->packed && key->type == RK_ZSET) {
        pair_packed_zset(out, key, count);
        return;
    }
    if (key->packed) {
        pair_packed_list(out, items, count, (size_t)key->packed);
        return;
    }
    if (key->type != RK_STRING)
        pair_length(out, count);
    for (size_t i = 0; i < count; i++) {
        pair_string(out, items[i]);
        if (key->type == RK_ZSET)
            pair_add(out, &key->items[i].score, 8);
        if (key->type == RK_HASH)
            pair_string(out, rk_slice_of(key->items[i].value));
    }
}

static inline void pair_put(rk_buf *out, const pair_key *key)
{
    static const uint8_t types[] = {
        [RK_STRING] = 0, [RK_LIST] = 1, [RK_SET] = 2, [RK_ZSET] = 5, [RK_HASH] = 4
    };
    size_t count = 0;
    uint8_t type = key->packed ? key->type == RK_ZSET ? 17 : 18 : types[key->type];
    while (count < PAIR_ITEMS && key->items[count].text)
        count++;
    pair_head(out, key->db, key->expire_s, type, key->name);
    pair_value(out, key, count);
}

static inline void pair_begin(rk_buf *out, int64_t ctime)
{
    char text[32];
    pair_add(out, "REDIS0011", 9);
    if (ctime == NO_TIME)
        return;
    snprintf(text, sizeof text, "%lld", (long long)ctime);
    pair_byte(out, 0xfa);
    pair_string(out, RK_TEXT("ctime"));
    pair_string(out, rk_slice_of(text));
}

static inline void pair_end(rk_buf *out)
{
    static const uint8_t end[9] = { 0xff };
    pair_add(out, end, sizeof end);
}

static inline void pair_counter(rk_buf *out, const char *name, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    pair_key key = { .type = RK_STRING, .name = name, .items = { { text } } };
    if (value >= 0)
        pair_put(out, &key);
}

/* A snapshot as a file without a name; `path` gets one that can be opened. Frees `out`. */
static inline int pair_file(rk_buf *out, char path[40])
{
    int fd = memfd_create("pair", 0);
    size_t done = 0;
    while (done < out->len) {
        ssize_t n = write(fd, out->ptr + done, out->len - done);
        if (n <= 0)
            abort();
        done += (size_t)n;
    }
    snprintf(path, 40, "/proc/self/fd/%d", fd);
    rk_buf_free(out);
    return fd;
}

#endif
