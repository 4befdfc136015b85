/* grammar: snapshots that the bytes of an input spell out, key by key: names of the words that Sidekiq and its gems use,
 * or of any bytes; payloads of jobs, or any bytes. Each is a file that a server could have written. */
#ifndef RDBKIT_FUZZ_GRAMMAR_H
#define RDBKIT_FUZZ_GRAMMAR_H

#include "../unit/diff/pair_file.h"

enum { GRAMMAR_KEYS = 40, GRAMMAR_ITEMS = 6, GRAMMAR_NAME = 96, GRAMMAR_TEXT = 200 };

typedef struct {
    const uint8_t *at, *end;
} grammar_input;

typedef struct {
    uint8_t text[GRAMMAR_TEXT];
    size_t len;
} grammar_text;

typedef struct {
    uint8_t kind; /* a row of grammar_kinds */
    uint32_t db;
    int64_t expire_ms; /* 0: none */
    uint8_t sides;     /* bit 0: in the first snapshot, bit 1: in the second */
    grammar_text name, items[GRAMMAR_ITEMS], values[GRAMMAR_ITEMS];
    uint8_t item_sides[GRAMMAR_ITEMS];
    double scores[GRAMMAR_ITEMS];
    size_t count;
} grammar_key;

typedef struct {
    grammar_key keys[GRAMMAR_KEYS];
    size_t count;
} grammar_world;

static const struct {
    rk_type type;
    uint8_t byte;
} grammar_kinds[] = { { RK_LIST, 18 }, { RK_LIST, 1 }, { RK_ZSET, 5 },
                      { RK_SET, 2 },   { RK_HASH, 4 }, { RK_STRING, 0 } };

static const char *const grammar_words[] = {
    "queue:",     "schedule",    "retry",    "dead",      "interrupted",
    "queues",     "processes",   "stat:",    "processed", "failed",
    ":",          "|",           "sq",       "work",      "w:1:0123456789ab",
    "h:7",        "a",           "b",        "myapp",     "working",
    "2026-11-22", "default",     "busy",     "beat",      "info",
    "it-",        "uniquejobs:", "\xc3\xa9", "queue",     "throttled",
    "retries",    "concurrency",
};

static const char *const grammar_payloads[] = {
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j1\",\"queue\":\"a\",\"created_at\":1795400000.5}",
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j2\",\"queue\":\"b\",\"created_at\":1795400000500}",
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j1\",\"retry_count\":2,\"failed_at\":1795420001.5}",
    "{\"class\":\"A\",\"args\":[\"\\u00e9\"],\"jid\":\"j3\",\"queue\":\"a\"}",
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j4\",\"qu",
    "{\"payload\":{\"class\":\"A\",\"args\":[1],\"jid\":\"j5\"},\"queue\":\"a\",\"run_at\":1795420000}",
    "{\"concurrency\":2,\"queues\":[\"a\"],\"identity\":\"w:1:0123456789ab\"}",
    "w:1:0123456789ab",
    "a",
    "b",
    "default",
    "1795420000.5",
    "5",
    "{}",
    "[]",
    "",
};

static inline uint8_t grammar_byte(grammar_input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static inline void grammar_put(grammar_text *text, const void *bytes, size_t len, size_t most)
{
    if (len > most - text->len)
        len = most - text->len;
    memcpy(text->text + text->len, bytes, len);
    text->len += len;
}

/* Up to seven words or bytes. */
static inline void grammar_name(grammar_input *in, grammar_text *name)
{
    enum { WORDS = sizeof grammar_words / sizeof grammar_words[0] };
    for (size_t n = grammar_byte(in) % 8; n > 0; n--) {
        uint8_t b = grammar_byte(in);
        if (b < 224)
            grammar_put(name, grammar_words[b % WORDS], strlen(grammar_words[b % WORDS]), GRAMMAR_NAME);
        else
            grammar_put(name, (uint8_t[]){ grammar_byte(in) }, 1, GRAMMAR_NAME);
    }
}

/* A payload, a name, or raw bytes. */
static inline void grammar_item(grammar_input *in, grammar_text *item)
{
    enum { PAYLOADS = sizeof grammar_payloads / sizeof grammar_payloads[0] };
    uint8_t b = grammar_byte(in);
    if (b < 192) {
        grammar_put(item, grammar_payloads[b % PAYLOADS], strlen(grammar_payloads[b % PAYLOADS]),
                    GRAMMAR_TEXT);
    } else if (b < 224) {
        grammar_name(in, item);
    } else {
        for (size_t n = b & 31; n > 0; n--)
            grammar_put(item, (uint8_t[]){ grammar_byte(in) }, 1, GRAMMAR_TEXT);
    }
}

static inline bool grammar_has(const grammar_text *all, size_t count, const grammar_text *one)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].len == one->len && memcmp(all[i].text, one->text, one->len) == 0)
            return true;
    return false;
}

static inline void grammar_read_key(grammar_input *in, grammar_key *key)
{
    static const double scores[] = { 1795420050.5, 1795430000, 1.5, -1, 1e300, 0 };
    uint8_t b = grammar_byte(in), more = grammar_byte(in);
    *key = (grammar_key){ .kind = b % 6, .db = more % 16 == 15, .sides = b / 6 % 3 + 1 };
    key->expire_ms = more / 16 == 15 ? 1795420000000 + more : 0;
    grammar_name(in, &key->name);
    rk_type type = grammar_kinds[key->kind].type;
    size_t wanted = type == RK_STRING ? 1 : 1 + grammar_byte(in) % GRAMMAR_ITEMS;
    while (key->count < wanted) {
        size_t i = key->count;
        uint8_t how = type == RK_STRING ? 2 : grammar_byte(in);
        key->items[i].len = key->values[i].len = 0;
        grammar_item(in, &key->items[i]);
        if (type == RK_HASH)
            grammar_item(in, &key->values[i]);
        key->item_sides[i] = how % 3 + 1;
        key->scores[i] = scores[how / 3 % 6];
        if (type != RK_LIST && grammar_has(key->items, i, &key->items[i]))
            wanted--;
        else
            key->count++;
    }
}

/* Keys of one name in one database are there once. */
static inline void grammar_read(grammar_input *in, grammar_world *world)
{
    for (world->count = 0; in->at < in->end && world->count < GRAMMAR_KEYS;) {
        grammar_key *key = &world->keys[world->count];
        bool there = false;
        grammar_read_key(in, key);
        for (size_t i = 0; i < world->count; i++)
            there |= world->keys[i].db == key->db && grammar_has(&world->keys[i].name, 1, &key->name);
        world->count += !there;
    }
}

static inline rk_slice grammar_slice(const grammar_text *text)
{
    return (rk_slice){ text->text, text->len };
}

/* What a key holds on the sides of `mask`; false: nothing. */
static inline bool grammar_write_key(rk_buf *out, const grammar_key *key, uint8_t mask)
{
    rk_slice items[GRAMMAR_ITEMS];
    size_t at[GRAMMAR_ITEMS], count = 0;
    rk_type type = grammar_kinds[key->kind].type;
    for (size_t i = 0; i < key->count; i++)
        if (key->item_sides[i] & mask || type == RK_STRING) {
            at[count] = i;
            items[count++] = grammar_slice(&key->items[i]);
        }
    if (!(key->sides & mask) || count == 0)
        return false;
    pair_byte(out, 0xfe);
    pair_length(out, key->db);
    if (key->expire_ms) {
        pair_byte(out, 0xfc);
        pair_add(out, &key->expire_ms, 8);
    }
    pair_byte(out, grammar_kinds[key->kind].byte);
    pair_string(out, grammar_slice(&key->name));
    if (grammar_kinds[key->kind].byte == 18) {
        pair_packed_list(out, items, count, 3);
        return true;
    }
    if (type != RK_STRING)
        pair_length(out, count);
    for (size_t i = 0; i < count; i++) {
        pair_string(out, items[i]);
        if (type == RK_ZSET)
            pair_add(out, &key->scores[at[i]], 8);
        if (type == RK_HASH)
            pair_string(out, grammar_slice(&key->values[at[i]]));
    }
    return true;
}

/* The snapshot of the sides of `mask`, its keys in order or the other way round. */
static inline rk_buf grammar_write(const grammar_world *world, uint8_t mask, bool backwards)
{
    rk_buf out = { 0 };
    pair_begin(&out, mask & 2 ? 1795420100 : 1795420000);
    for (size_t i = 0; i < world->count; i++)
        grammar_write_key(&out, &world->keys[backwards ? world->count - 1 - i : i], mask);
    pair_end(&out);
    return out;
}

#endif
