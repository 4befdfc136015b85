/* loadable_values: what is in the values and keys, whatever their encoding, that some servers stop at, lose or change
 * (spec: Compatibility, "What blocks a load"). */
#include "loadable.h"

#include <stdio.h>

/* A trait, and the servers that it matters to: from `from` on, and before `until` (0: to the newest), as Redis goes. */
static const struct {
    rk_trait_kind trait;
    unsigned from, until;
    bool blocks;
    const char *one, *many, *words, *advice;
} trait_rows[] = {
    { RK_TRAIT_WIDE_LENGTH, 0, 400, true, "length in the form 0x81", "lengths in the form 0x81",
      "knows no lengths of 64 bits", "a shorter form holds any length below 4 GiB" },
    { RK_TRAIT_SMALL_ZIPLIST_INT, 204, 206, true, "integer of 24, 8 or 4 bits in a ziplist",
      "integers of 24, 8 or 4 bits in ziplists", "does not know this form, and reads something else",
      "written in the plain form of its type, nothing is lost" },
    { RK_TRAIT_BACKLEN_OLD, 808, 0, true, "listpack element of a boundary size, as up to Redis 8.6",
      "listpack elements of a boundary size, as up to Redis 8.6",
      "stops there when it checks deeply, or walks astray", "rewritten, nothing is lost" },
    { RK_TRAIT_BACKLEN_NEW, 500, 808, true, "listpack element of a boundary size, as from Redis 8.8 on",
      "listpack elements of a boundary size, as from Redis 8.8 on",
      "stops there when it checks deeply, or walks astray", "rewritten, nothing is lost" },
    { RK_TRAIT_STREAM_LENGTH, 808, 0, true, "stream whose length is not the number of its entries",
      "streams whose length is not the number of their entries", "stops there",
      "rewritten with the true length, nothing is lost" },
    { RK_TRAIT_STREAM_UNOWNED, 700, 0, false, "pending entry without a consumer",
      "pending entries without a consumer",
      "stops there if it checks deeply (sanitize-dump-payload), else may crash later", "" },
    { RK_TRAIT_STREAM_UNOWNED, 500, 700, false, "pending entry without a consumer",
      "pending entries without a consumer", "loads such a stream, and may crash later", "" },
    { RK_TRAIT_DUPLICATE_KEY, 0, 0, true, "key that was there before in its database",
      "keys that were there before in their database", "stops there",
      "`rdbcheck --salvage OUT` keeps the first of them" },
    { RK_TRAIT_DUPLICATE_MEMBER, 0, 0, true, "member or field that is there twice",
      "members or fields that are there twice", "stops there", "" },
    { RK_TRAIT_EMPTY, 0, 602, false, "empty key", "empty keys", "loads such a key, and may crash later", "" },
    { RK_TRAIT_EMPTY, 602, 0, false, "empty key", "empty keys", "passes over such a key: it is gone", "" },
    { RK_TRAIT_LATE_EXPIRY, 0, 206, false, "key that expires after 2038-01-19",
      "keys that expire after 2038-01-19", "has 32 bits for seconds", "without an expiry they would stay" },
};

static void load_traits(load_view *v)
{
    load_words things;
    for (size_t i = 0; i < sizeof trait_rows / sizeof trait_rows[0]; i++) {
        const rk_trait *trait = &v->subject->facts->traits[trait_rows[i].trait];
        bool concerns = v->row->like >= trait_rows[i].from &&
                        (trait_rows[i].until == 0 || v->row->like < trait_rows[i].until);
        rk_obstacle o = load_of_trait(rk_trait_name(trait_rows[i].trait), trait_rows[i].blocks, trait);
        if (trait->count > 0 && concerns)
            load_add(v, &o, load_things(trait->count, trait_rows[i].one, trait_rows[i].many, &things),
                     trait_rows[i].words, trait_rows[i].advice);
    }
}

/* Lengths of strings were 32 bits wide, and signed before that. */
static void load_long_string(load_view *v)
{
    static const uint64_t usual = UINT64_C(512) << 20;
    const rk_facts *facts = v->subject->facts;
    rk_obstacle o = load_of_trait("long_string", false, &facts->traits[RK_TRAIT_LONG_STRING]);
    uint64_t most = v->row->like < 208   ? UINT64_C(2) << 30
                    : v->row->like < 302 ? UINT64_C(4) << 30
                                         : UINT64_MAX;
    char things[100], number[32];
    if (facts->longest_string <= usual)
        return;
    o.blocks = facts->longest_string >= most;
    snprintf(things, sizeof things, "a string of %s bytes", rk_count_print(facts->longest_string, number));
    load_add(v, &o, things,
             o.blocks
                 ? "cannot hold it"
                 : "loads it, but no client can set or read such a string with the default limit of 512 MiB",
             "");
}

static void load_databases(load_view *v)
{
    enum { USUAL = 16 };
    uint32_t highest = v->subject->info->highest_db;
    rk_obstacle o = { .id = "databases", .needs = true, .db = highest };
    char things[40], advice[80];
    if (highest < USUAL)
        return;
    snprintf(things, sizeof things, "database %" PRIu32, highest);
    snprintf(advice, sizeof advice, "set `databases %" PRIu32 "`, or the load stops there", highest + 1);
    load_add(v, &o, things, "has 16 unless it is told otherwise", advice);
}

static void load_scripts(load_view *v)
{
    rk_obstacle o = { .id = "lua" };
    load_words things;
    const rk_facts *facts = v->subject->facts;
    for (size_t i = 0; i < facts->aux_count; i++)
        if (rk_slice_is(facts->aux[i].name, RK_TEXT("lua")))
            o.count = facts->aux[i].count;
    if (o.count > 0 && v->row->like >= 400 && v->row->like < 700)
        load_add(v, &o, load_things(o.count, "cached script", "cached scripts", &things),
                 "compiles them while it loads, and stops at one that it cannot compile", "");
}

static void load_sub_keys(load_view *v)
{
    const rk_trait *trait = &v->subject->facts->traits[RK_TRAIT_SUB_KEY_EXPIRY];
    rk_obstacle o = load_of_trait("sub_key_expiry", false, trait);
    load_words things;
    if (trait->count > 0 && v->row->kind != RK_SERVER_KEYDB)
        load_add(v, &o,
                 load_things(trait->count, "member or field with an expiry of KeyDB",
                             "members or fields with an expiry of KeyDB", &things),
                 "passes over the expiries: they become permanent", "");
}

void load_values(load_view *v)
{
    load_traits(v);
    load_long_string(v);
    load_databases(v);
    load_scripts(v);
    load_sub_keys(v);
}
