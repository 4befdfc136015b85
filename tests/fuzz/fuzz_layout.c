/* fuzz_layout: the layouts of Sidekiq that are found in a snapshot. The input spells out its keys (grammar.h). What must
 * hold, whatever they are:
 * - a place belongs to one layout, a key to one place; a key's name begins with its layout's prefix;
 * - a place has as many jobs as its keys have items or members, and no job is counted twice;
 * - the order of the keys in the file does not matter. */
#include "grammar.h"
#include "rdbkit/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

/* What is in a key, by the world that the snapshot was written from. */
static uint64_t items_of(const grammar_world *world, const rk_candidate *c)
{
    for (size_t i = 0; i < world->count; i++) {
        const grammar_key *key = &world->keys[i];
        if (key->db == c->db && rk_slice_is(grammar_slice(&key->name), c->name))
            return c->type == RK_LIST || c->type == RK_ZSET ? key->count : 0;
    }
    must(!"a key that is not there");
    return 0;
}

static rk_digest digest_of_place(const rk_place *place)
{
    uint64_t facts[] = { (uint64_t)place->kind, place->jobs, place->alive, place->listed, place->layout->db };
    rk_digest d = rk_digest_of(place->name);
    d = rk_digest_seeded((rk_slice){ (const uint8_t *)&d, sizeof d }, rk_hash64(place->layout->prefix));
    d = rk_digest_seeded((rk_slice){ (const uint8_t *)&d, sizeof d }, rk_hash64(place->queue));
    d = rk_digest_seeded((rk_slice){ (const uint8_t *)&d, sizeof d }, rk_hash64(place->owner));
    return rk_digest_seeded((rk_slice){ (const uint8_t *)facts, sizeof facts }, d.lo);
}

static void check_place(const grammar_world *world, const rk_layout *layout, const rk_place *place)
{
    uint64_t items = 0;
    must(place->layout == layout && place->name.len > 0);
    for (size_t i = 0; i < place->segment_count; i++) {
        const rk_candidate *c = place->segments[i].candidate;
        must(c->place == place && c->db == layout->db && rk_slice_starts(c->name, layout->prefix));
        items += items_of(world, c);
    }
    must(place->kind == RK_PLACE_WORK || place->jobs == items);
}

/* All that is found, whichever comes first. */
static rk_digest look(const grammar_world *world, bool backwards)
{
    rk_err err = { 0 };
    rk_digest all = { 0 };
    rk_buf file = grammar_write(world, 3, backwards);
    rk_source *source = rk_source_memory(rk_buf_slice(&file), 0, &err);
    rk_check *check = rk_check_source(source, NULL, &err);
    must(check != NULL);
    const rk_layouts *layouts = rk_check_facts(check)->sidekiq;
    for (size_t i = 0; layouts && i < layouts->count; i++) {
        const rk_layout *layout = layouts->items[i];
        for (size_t k = 0; k < i; k++)
            must(layouts->items[k]->db != layout->db ||
                 !rk_slice_is(layouts->items[k]->prefix, layout->prefix));
        for (size_t k = 0; k < layout->place_count; k++) {
            check_place(world, layout, layout->places[k]);
            all = rk_digest_sum(all, digest_of_place(layout->places[k]));
        }
        uint64_t counters[] = { layout->has_counters, (uint64_t)layout->processed, (uint64_t)layout->failed,
                                layout->process_count, layout->queue_count };
        all = rk_digest_sum(all, rk_digest_of((rk_slice){ (const uint8_t *)counters, sizeof counters }));
    }
    rk_check_free(check);
    rk_buf_free(&file);
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static grammar_world world;
    grammar_input in = { bytes, bytes + size };
    grammar_read(&in, &world);
    for (size_t i = 0; i < world.count; i++) {
        world.keys[i].sides = 3; /* one snapshot with all of it */
        memset(world.keys[i].item_sides, 3, sizeof world.keys[i].item_sides);
    }
    must(rk_digest_is(look(&world, false), look(&world, true)));
    return 0;
}
