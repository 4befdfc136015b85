/* pair_items: two sides of a Sidekiq, made of a few names and payloads as an input says, three bytes an item, for the fuzz
 * targets that compare them. */
#ifndef RDBKIT_FUZZ_PAIR_ITEMS_H
#define RDBKIT_FUZZ_PAIR_ITEMS_H

#include "../unit/diff/pair_file.h"

static const struct {
    const char *name;
    rk_type type;
} places[] = {
    { "queue:a", RK_LIST },
    { "queue:b", RK_LIST },
    { "schedule", RK_ZSET },
    { "retry", RK_ZSET },
    { "dead", RK_ZSET },
    { "interrupted", RK_ZSET },
    { "queue:sq|w:1:0123456789ab|a", RK_LIST },
    { "queue:a:working", RK_LIST },
    { "w:1:0123456789ab:work", RK_HASH },
    { "a:queue:a", RK_LIST },
    { "a:retry", RK_ZSET },
    { "queues", RK_SET },
    { "stat:processed", RK_STRING },
    { "stat:failed", RK_STRING },
    { "processes", RK_SET },
    { "a:stat:processed", RK_STRING },
};
enum { PLACES = sizeof places / sizeof places[0], ITEMS_MOST = 24, FORMS = 12 };

/* `%d` is the jid; forms from 8 on have none. */
static const char *const forms[FORMS] = {
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j%d\",\"queue\":\"a\",\"created_at\":1795400000.5}",
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j%d\",\"queue\":\"a\",\"created_at\":1795400000.5,\"enqueued_"
    "at\":1795420050.5}",
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j%d\",\"queue\":\"b\",\"created_at\":1795420050.5}",
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j%d\",\"queue\":\"a\",\"failed_at\":1795420001.5,\"retry_"
    "count\":0,\"error_class\":\"E\"}",
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j%d\",\"queue\":\"a\",\"failed_at\":1795420001.5,\"retry_"
    "count\":3,\"retried_at\":1795420060.5}",
    " {\"class\":\"A\",\"args\":[1],\"jid\":\"j%d\",\"queue\":\"a\",\"created_at\":1795400000500}",
    "{\"class\":\"A\",\"args\":[1],\"jid\":\"j%d\",\"queue\":\"a\",\"cre",
    "{\"class\":\"SidekiqAlive::Worker\",\"args\":[],\"jid\":\"j%d\"}",
    "{\"class\":\"A\",\"args\":[%d],\"queue\":\"a\"}",
    "{\"class\":\"A\",\"args\":[%d],\"queue\":\"a\",\"failed_at\":1795420001.5,\"retry_count\":0}",
    "{\"class\":\"A\",\"args\":[%d",
    "%d",
};
static const double scores[4] = { 1795420050.5, 1795430000.933207, 1795430000, 1.5 };

typedef struct {
    char texts[ITEMS_MOST][200];
    double scores[ITEMS_MOST];
    size_t count;
} items;

static items sides[2][PLACES];
static bool has_twins; /* a list holds the same bytes twice */

/* Which side (or both), which place, which payload. */
static void add_item(const uint8_t *op)
{
    size_t place = op[1] % PLACES;
    char text[200];
    snprintf(text, sizeof text, forms[op[2] % FORMS], (op[2] / FORMS) % 6);
    if (places[place].type == RK_STRING)
        snprintf(text, sizeof text, "%d", op[2] % 7);
    if (strcmp(places[place].name, "processes") == 0)
        snprintf(text, sizeof text, "w:1:0123456789ab");
    if (places[place].type == RK_HASH) /* a text in a string would need escapes: as an object */
        snprintf(text, sizeof text, "{\"payload\":{\"class\":\"A\",\"args\":[1],\"jid\":\"j%d\"}}",
                 op[2] % 6);
    for (int side = 0; side < 2; side++) {
        items *all = &sides[side][place];
        if (!((op[0] % 3 + 1) >> side & 1) || all->count == ITEMS_MOST)
            continue;
        bool there = places[place].type == RK_STRING && all->count > 0;
        for (size_t i = 0; i < all->count; i++)
            there |= strcmp(all->texts[i], text) == 0;
        has_twins |= there && places[place].type == RK_LIST;
        if (there && places[place].type != RK_LIST)
            continue;
        memcpy(all->texts[all->count], text, sizeof text);
        all->scores[all->count++] = scores[op[0] / 3 % 4];
    }
}

static void put_place(rk_buf *out, size_t place, const items *all, size_t node)
{
    static const uint8_t types[] = {
        [RK_STRING] = 0, [RK_LIST] = 1, [RK_SET] = 2, [RK_ZSET] = 5, [RK_HASH] = 4
    };
    rk_slice slices[ITEMS_MOST];
    rk_type type = places[place].type;
    for (size_t i = 0; i < all->count; i++)
        slices[i] = rk_slice_of(all->texts[i]);
    if (type == RK_LIST) {
        pair_list(out, places[place].name, slices, all->count, node);
        return;
    }
    pair_head(out, 0, 0, types[type], places[place].name);
    if (type != RK_STRING)
        pair_length(out, all->count);
    for (size_t i = 0; i < all->count; i++) {
        if (type == RK_HASH)
            pair_string(out, rk_slice_of(i % 2 ? "t1" : "t2"));
        pair_string(out, slices[i]);
        if (type == RK_ZSET)
            pair_add(out, &all->scores[i], 8);
    }
}

static int write_side(int side, size_t node, uint8_t flags, char *path)
{
    rk_buf out = { 0 };
    char beat[32];
    int64_t now = side ? 1795420100 : 1795420000;
    pair_begin(&out, flags >> side & 1 ? NO_TIME : now);
    for (size_t i = 0; i < PLACES; i++)
        if (sides[side][i].count)
            put_place(&out, i, &sides[side][i], node);
    snprintf(beat, sizeof beat, "%lld", (long long)(now - (flags >> 2 & 15)));
    pair_key process = { .type = RK_HASH,
                         .name = "w:1:0123456789ab",
                         .items = { { "beat", .value = beat }, { "info", .value = "{\"concurrency\":2}" } } };
    if (sides[side][14].count)
        pair_put(&out, &process);
    pair_end(&out);
    return pair_file(&out, path);
}

/* Fills both sides anew. */
static void make_sides(const uint8_t *bytes, size_t size)
{
    memset(sides, 0, sizeof sides);
    has_twins = false;
    for (size_t i = 0; i + 3 <= size && i < 3 * 120; i += 3)
        add_item(bytes + i);
}

#endif
