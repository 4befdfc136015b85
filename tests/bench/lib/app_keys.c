/* app_keys: see app_keys.h. */
#include "app_keys.h"

#include <stdio.h>

#include "text.h"
#include "words.h"

enum { DRAW_KIND = 5, DRAW_VALUE = 6, DRAW_EXPIRY = 7 };

/* Where a server changes from a packed encoding to a plain one. */
enum { PACKED_ENTRIES = 128, PACKED_VALUE = 64, INTSET_ENTRIES = 512, SET_LISTPACK_SINCE = 11 };

typedef struct {
    gen_rdb *rdb;
    gen_rng rng;
    rk_slice name;
    int64_t expire_ms;
    uint32_t revision; /* shows in one place of the value */
    gen_scratch *scratch;
} app_value;

static rk_slice value_of(app_value *v)
{
    return rk_buf_slice(&v->scratch->value);
}

static void write_string(app_value *v)
{
    gen_rdb_key(v->rdb, v->name, GEN_TYPE_STRING, v->expire_ms);
    gen_rdb_string(v->rdb, value_of(v));
}

/* A fragment of a page, 50 to 2000 bytes. */
static void cached_page(app_value *v)
{
    rk_buf *out = &v->scratch->value;
    size_t len = 50 + gen_below(&v->rng, 40) * gen_below(&v->rng, 50);
    gen_add_word(out, "<div data-rev=\"");
    gen_add_int(out, 10 + v->revision);
    gen_add_word(out, "\">");
    while (out->len + 60 < len) {
        gen_add_word(out, "<li class=\"item item--compact\"><a href=\"/products/");
        gen_add_int(out, gen_below(&v->rng, 1000000));
        gen_add_word(out, "\">");
        gen_add_words(out, &v->rng, 24);
        gen_add_word(out, "</a></li>");
    }
    gen_add_word(out, "</div>");
    write_string(v);
}

/* A serialised object with an incompressible digest or image in it. */
static void cached_blob(app_value *v)
{
    rk_buf *out = &v->scratch->value;
    gen_add(out, "\x04\x08o: ActiveSupport::Cache::Entry\0", 33);
    gen_add_byte(out, (uint8_t)v->revision);
    for (uint32_t left = 6 + gen_below(&v->rng, 180); left > 0; left--) {
        uint64_t noise = gen_next(&v->rng);
        gen_add(out, &noise, sizeof noise);
    }
    write_string(v);
}

static void counter(app_value *v)
{
    static const uint32_t limits[] = { 100, 30000, 2000000000, 4000000000u };
    uint32_t limit = limits[gen_below(&v->rng, 4)];
    int64_t value = (int64_t)gen_below(&v->rng, limit) * (limit > 2000000000 ? 1000 : 1) + v->revision;
    gen_add_int(&v->scratch->value, value);
    write_string(v);
}

/* One name and one value more of a hash, in the listpack or plainly. */
static void hash_pair(app_value *v, bool packed, const char *field, size_t from)
{
    rk_slice text = rk_slice_from(value_of(v), from);
    if (packed) {
        gen_pack_add(&v->scratch->pack, rk_slice_of(field));
        gen_pack_add(&v->scratch->pack, text);
    } else {
        gen_rdb_string(v->rdb, rk_slice_of(field));
        gen_rdb_string(v->rdb, text);
    }
    v->scratch->value.len = from;
}

static void session(app_value *v)
{
    rk_buf *out = &v->scratch->value;
    bool packed = gen_below(&v->rng, 3) > 0; /* the others carry a long field */
    uint32_t extra = gen_below(&v->rng, 6);
    gen_rdb_key(v->rdb, v->name, packed ? GEN_TYPE_HASH_LISTPACK : GEN_TYPE_HASH, v->expire_ms);
    if (packed)
        gen_pack_start(&v->scratch->pack);
    else
        gen_rdb_len(v->rdb, 3 + extra + 1);
    gen_add_int(out, gen_below(&v->rng, 9000000));
    hash_pair(v, packed, "user_id", 0);
    gen_add_hex(out, gen_next(&v->rng), 16);
    gen_add_hex(out, gen_next(&v->rng), 16);
    hash_pair(v, packed, "csrf_token", 0);
    gen_add_int(out, 1795000000 + gen_below(&v->rng, 400000) + v->revision);
    hash_pair(v, packed, "last_seen", 0);
    for (uint32_t i = 0; i < extra; i++) {
        char field[24];
        snprintf(field, sizeof field, "flash_%u", (unsigned)i);
        gen_add_words(out, &v->rng, 10);
        hash_pair(v, packed, field, 0);
    }
    if (packed) {
        gen_rdb_string(v->rdb, gen_pack_end(&v->scratch->pack));
        return;
    }
    gen_add_word(out, "{\"items\":[");
    gen_add_words(out, &v->rng, PACKED_VALUE + gen_below(&v->rng, 300));
    hash_pair(v, packed, "cart", 0);
}

static void set_of_ids(app_value *v)
{
    int64_t ids[INTSET_ENTRIES];
    uint32_t count = 3 + gen_below(&v->rng, 60), apart = gen_below(&v->rng, 3) ? 100000 : 100;
    int64_t id = v->revision;
    for (uint32_t i = 0; i < count; i++)
        ids[i] = id += 1 + gen_below(&v->rng, apart);
    gen_rdb_key(v->rdb, v->name, GEN_TYPE_SET_INTSET, v->expire_ms);
    gen_rdb_string(v->rdb, gen_intset(&v->scratch->pack, ids, count));
}

static void set_of_tags(app_value *v)
{
    rk_buf *out = &v->scratch->value;
    uint32_t count =
        gen_below(&v->rng, 10) ? 3 + gen_below(&v->rng, 30) : PACKED_ENTRIES + 1 + gen_below(&v->rng, 100);
    bool packed = gen_rdb_version(v->rdb) >= SET_LISTPACK_SINCE && count <= PACKED_ENTRIES;
    gen_rdb_key(v->rdb, v->name, packed ? GEN_TYPE_SET_LISTPACK : GEN_TYPE_SET, v->expire_ms);
    if (packed)
        gen_pack_start(&v->scratch->pack);
    else
        gen_rdb_len(v->rdb, count);
    for (uint32_t i = 0; i < count; i++) {
        out->len = 0;
        gen_add_word(out, gen_word(&v->rng));
        gen_add_byte(out, '-');
        gen_add_int(out, i == 0 ? 1000 + v->revision : i); /* no two are equal */
        if (packed)
            gen_pack_add(&v->scratch->pack, value_of(v));
        else
            gen_rdb_string(v->rdb, value_of(v));
    }
    if (packed)
        gen_rdb_string(v->rdb, gen_pack_end(&v->scratch->pack));
}

/* Small ones ascend in a listpack, large ones are written highest score first. */
static void ranking(app_value *v)
{
    rk_buf *out = &v->scratch->value;
    uint32_t count =
        gen_below(&v->rng, 12) ? 2 + gen_below(&v->rng, 20) : PACKED_ENTRIES + 1 + gen_below(&v->rng, 80);
    bool packed = count <= PACKED_ENTRIES;
    int64_t halves = packed ? 0 : 4000000;
    gen_rdb_key(v->rdb, v->name, packed ? GEN_TYPE_ZSET_LISTPACK : GEN_TYPE_ZSET_2, v->expire_ms);
    if (packed)
        gen_pack_start(&v->scratch->pack);
    else
        gen_rdb_len(v->rdb, count);
    for (uint32_t i = 0; i < count; i++) {
        int64_t step = 3 + gen_below(&v->rng, 5000);
        halves += packed ? step : -step;
        int64_t score = i == 0 ? halves + v->revision : halves;
        out->len = 0;
        gen_add_word(out, "player:");
        gen_add_int(out, (int64_t)i * 1000 + gen_below(&v->rng, 1000));
        if (!packed) {
            gen_rdb_string(v->rdb, value_of(v));
            gen_rdb_double(v->rdb, (double)score / 2);
            continue;
        }
        gen_pack_add(&v->scratch->pack, value_of(v));
        out->len = 0;
        gen_add_int(out, score / 2);
        if (score % 2)
            gen_add_word(out, ".5");
        gen_pack_add(&v->scratch->pack, value_of(v));
    }
    if (packed)
        gen_rdb_string(v->rdb, gen_pack_end(&v->scratch->pack));
}

static void recent_items(app_value *v)
{
    rk_buf *out = &v->scratch->value;
    uint32_t count = 2 + gen_below(&v->rng, 40);
    gen_rdb_key(v->rdb, v->name, GEN_TYPE_LIST_QUICKLIST_2, v->expire_ms);
    gen_pack_start(&v->scratch->pack);
    for (uint32_t i = 0; i < count; i++) {
        out->len = 0;
        if (i % 3)
            gen_add_words(out, &v->rng, 8);
        else
            gen_add_int(out, (int64_t)gen_below(&v->rng, 4000000) - 1000 + (i == 0 ? v->revision : 0));
        gen_pack_add(&v->scratch->pack, value_of(v));
    }
    gen_rdb_len(v->rdb, 1);
    gen_rdb_len(v->rdb, GEN_NODE_PACKED);
    gen_rdb_string(v->rdb, gen_pack_end(&v->scratch->pack));
}

typedef struct {
    const char *prefix;
    uint8_t share;   /* per cent of all keys */
    uint8_t expires; /* per cent of these */
    void (*write)(app_value *v);
} app_kind;

static const app_kind kinds[] = {
    { "cache:views/products/", 45, 60, cached_page },
    { "cache:rails/", 12, 90, cached_blob },
    { "session:2::", 18, 100, session },
    { "counter:page_views:", 9, 0, counter },
    { "product:related:", 5, 0, set_of_ids },
    { "product:tags:", 4, 0, set_of_tags },
    { "leaderboard:week:", 4, 20, ranking },
    { "recent:user:", 3, 0, recent_items },
};

static const app_kind *kind_of(uint64_t seed, uint32_t index, gen_rng *rng)
{
    *rng = gen_rng_for(seed, DRAW_KIND, index);
    uint32_t at = gen_below(rng, 100), kind = 0;
    while (at >= kinds[kind].share)
        at -= kinds[kind++].share;
    return &kinds[kind];
}

void gen_app_name(uint64_t seed, uint32_t index, rk_buf *name)
{
    gen_rng rng;
    const app_kind *kind = kind_of(seed, index, &rng);
    name->len = 0;
    gen_add_word(name, kind->prefix);
    if (kind->write == session || kind->write == cached_blob)
        gen_add_hex(name, gen_next(&rng), 16);
    gen_add_int(name, index);
}

int64_t gen_app_expire_ms(uint64_t seed, int64_t snapshot_us, uint32_t index)
{
    enum { LEAST_S = 7200, SPREAD_S = 14 * 86400 };
    gen_rng rng, draw = gen_rng_for(seed, DRAW_EXPIRY, index);
    const app_kind *kind = kind_of(seed, index, &rng);
    if (gen_below(&draw, 100) >= kind->expires)
        return 0;
    return snapshot_us / 1000 + LEAST_S * 1000 + gen_below(&draw, SPREAD_S * 1000u);
}

void gen_app_write(gen_rdb *rdb, uint64_t seed, int64_t snapshot_us, const gen_key *key, gen_scratch *scratch)
{
    gen_rng rng;
    gen_app_name(seed, key->index, &scratch->name);
    scratch->value.len = 0;
    app_value value = {
        .rdb = rdb,
        .rng = gen_rng_for(seed, DRAW_VALUE, key->index),
        .name = rk_buf_slice(&scratch->name),
        .expire_ms = gen_app_expire_ms(seed, snapshot_us, key->index),
        .revision = key->revision,
        .scratch = scratch,
    };
    kind_of(seed, key->index, &rng)->write(&value);
}

void gen_scratch_free(gen_scratch *scratch)
{
    rk_buf_free(&scratch->name);
    rk_buf_free(&scratch->value);
    rk_buf_free(&scratch->pack);
}
