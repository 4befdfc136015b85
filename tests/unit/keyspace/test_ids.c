/* test_ids: things in the order of their ids, against a table that simply has a place for each. */
#include "../../../librdb/keyspace/ids.h"
#include "../unit.h"

enum { PLACES = 1500 };

typedef struct {
    rk_stream_id id;
    uint64_t number;
} thing;

static rk_err err;

static rk_stream_id id_of(uint32_t place)
{
    return (rk_stream_id){ place / 7, place % 7 };
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* All things, from the first one whose place is `from` or behind. */
static void same_from(const ks_ids *ids, const uint64_t *numbers, uint32_t from)
{
    ks_ids_place place = ks_ids_seek(ids, id_of(from));
    for (uint32_t i = from; i < PLACES; i++) {
        if (!numbers[i])
            continue;
        thing *t = ks_ids_next(ids, &place);
        if (!t || ks_id_compare(t->id, id_of(i)) != 0 || t->number != numbers[i]) {
            CU_FAIL("another thing comes next");
            return;
        }
    }
    CU_ASSERT_PTR_NULL(ks_ids_next(ids, &place));
}

static void same(const ks_ids *ids, const uint64_t *numbers)
{
    uint32_t first = PLACES, last = 0, count = 0;
    for (uint32_t i = 0; i < PLACES; i++) {
        if (!numbers[i])
            continue;
        first = first == PLACES ? i : first;
        last = i;
        count++;
    }
    CU_ASSERT_EQUAL(ids->count, count);
    thing *head = ks_ids_first(ids), *tail = ks_ids_last(ids);
    CU_ASSERT(count == 0 ? !head && !tail
                         : head && tail && !ks_id_compare(head->id, id_of(first)) &&
                               !ks_id_compare(tail->id, id_of(last)));
    for (uint32_t from = 0; from < PLACES; from += 211)
        same_from(ids, numbers, from);
}

/* `grow` of 8 steps put something in, the others take something out, anywhere or, `in_order`, at the ends. */
static void run(uint32_t seed, uint32_t grow, bool in_order)
{
    static uint64_t numbers[PLACES];
    rk_keyspace ks = { .err = &err };
    ks_ids ids;
    uint32_t newest = 0, oldest = 0;
    memset(numbers, 0, sizeof numbers);
    ks_ids_start(&ids, sizeof(thing));
    for (uint64_t step = 1; step < 6000; step++) {
        bool puts = next_random(&seed) % 8 < grow;
        uint32_t at = next_random(&seed) % PLACES;
        if (in_order)
            at = puts ? newest++ % PLACES : oldest < newest ? oldest++ % PLACES : 0;
        thing *found = ks_ids_find(&ids, id_of(at));
        CU_ASSERT_EQUAL(found ? found->number : 0, numbers[at]);
        if (puts && !found) {
            thing *t = ks_ids_put(&ks, &ids, id_of(at));
            CU_ASSERT_FATAL(t != NULL && t->number == 0);
            t->number = numbers[at] = step;
        } else if (!puts) {
            ks_ids_remove(&ids, id_of(at));
            numbers[at] = 0;
        }
        if (step % 500 == 0)
            same(&ids, numbers);
    }
    ks_ids_clear(&ids);
    CU_ASSERT(ids.count == 0 && ks_ids_first(&ids) == NULL && err.code == RK_OK);
}

static void anywhere(void)
{
    for (uint32_t grow = 2; grow < 8; grow++)
        run(grow, grow, false);
}

static void at_the_ends(void)
{
    for (uint32_t grow = 4; grow < 8; grow++)
        run(grow, grow, true);
}

static void while_walking(void)
{
    rk_keyspace ks = { .err = &err };
    ks_ids ids;
    ks_ids_place place = { 0 };
    thing *t;
    uint32_t seen = 0;
    ks_ids_start(&ids, sizeof(thing));
    for (uint32_t i = 0; i < 1000; i++)
        CU_ASSERT_FATAL(ks_ids_put(&ks, &ids, id_of(i)) != NULL);
    while ((t = ks_ids_next(&ids, &place)) != NULL) {
        CU_ASSERT_EQUAL(ks_id_compare(t->id, id_of(seen)), 0);
        if (seen % 3 != 0 || (seen > 200 && seen < 500))
            ks_ids_remove_before(&ids, &place);
        seen++;
    }
    CU_ASSERT(seen == 1000 && ids.count == 334 - 100);
    CU_ASSERT(ks_ids_find(&ids, id_of(198)) && !ks_ids_find(&ids, id_of(300)) &&
              ks_ids_find(&ids, id_of(999)));
    ks_ids_clear(&ids);
}

UNIT_MAIN("ids", { "things come and go anywhere", anywhere },
          { "things come and go at the ends", at_the_ends },
          { "things are taken out while they are walked", while_walking })
