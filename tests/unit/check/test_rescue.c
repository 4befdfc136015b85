/* test_rescue: behind damage, the first record is found that was not touched. */

#include "../../../librdb/check/rescue.h"
#include "../snapshot/corpus.h"
#include "rdbkit/check.h"
#include "damage.h"

enum { FILES_MOST = 200, SIZE_MOST = 3 * 1000 * 1000 };

typedef struct {
    unsigned tried, exact, early, late, early_suspect, late_suspect;
} score;

static rescue_landing rescue(rk_slice file, uint64_t from)
{
    rk_err err = { 0 };
    rescue_landing landing = { 0 };
    rk_source *source = rk_source_memory(file, 0, &err);
    rk_rdb *first = rk_rdb_open(source, &err), *second = first ? rk_rdb_second(first, &err) : NULL;
    CU_ASSERT_FATAL(second != NULL);
    CU_ASSERT(check_rescue(second, from, NULL, 0, &landing, &err));
    rk_rdb_close(second);
    rk_rdb_close(first);
    rk_source_close(source);
    return landing;
}

static void try_one(const char *name, rk_slice sound, const damage_map *map, damage_kind kind, uint32_t seed,
                    rk_slice other, score *s)
{
    static const size_t sizes[] = { 1, 16, 200, 4096, 65536 };
    rk_buf copy = { 0 };
    rk_err err = { 0 };
    size_t size = sizes[damage_random(&seed) % 5];
    if (size > sound.len / 3)
        size = sound.len / 3 + 1;
    if (kind == DAMAGE_FLIP)
        size = 1;
    size_t from = 9 + damage_random(&seed) % (sound.len - 9 - size), to = from + size;
    CU_ASSERT_FATAL(rk_buf_add(&copy, sound, &err));
    damage_do(copy.ptr, from, to, kind, seed, other);
    const damage_record *expected = damage_after(map, to);
    uint64_t at = expected ? expected->begin : sound.len;
    rescue_landing landing = rescue(rk_buf_slice(&copy), from);
    s->tried++;
    bool early = landing.from<at, late = landing.from> at;
    s->exact += !early && !late;
    s->early += early && !landing.suspect;
    s->late += late && !landing.suspect;
    s->early_suspect += early && landing.suspect;
    s->late_suspect += late && landing.suspect;
    if ((early || late) && getenv("RESCUE_LOUD"))
        printf("# %s %s [%zu,%zu): landed at %" PRIu64 "%s (to %" PRIu64 "), expected %" PRIu64
               " type %d end %" PRIu64 "\n",
               name, damage_names[kind], from, to, landing.from, landing.suspect ? " (suspect)" : "",
               landing.to, at, expected ? expected->is_key ? expected->type_byte : -1 : -2,
               expected ? expected->end : 0);
    if (early && getenv("RESCUE_LOUD")) {
        printf("#    ");
        for (uint64_t i = landing.from; i < landing.from + 48 && i < copy.len; i++)
            printf("%02x%s", copy.ptr[i], i % 4 == 3 ? " " : "");
        puts("");
    }
    rk_buf_free(&copy);
}

static void of_the_corpus(void)
{
    static char names[FILES_MOST][128];
    static score scores[DAMAGE_KINDS];
    int count = corpus_list("rdb", ".meta.json", names, FILES_MOST);
    rk_err err = { 0 };
    rk_buf other = { 0 };
    if (count == 0) {
        printf("# SKIP the corpus is not here\n");
        return;
    }
    CU_ASSERT_FATAL(corpus_read(corpus_path("rdb", "redis-6.2.16-types.rdb.gz"), &other, &err));
    for (int i = 0; i < count; i++) {
        char file[160];
        rk_buf sound = { 0 };
        snprintf(file, sizeof file, "%s.rdb", names[i]);
        if (!corpus_has("rdb", file))
            snprintf(file, sizeof file, "%s.rdb.gz", names[i]);
        CU_ASSERT_FATAL(corpus_read(corpus_path("rdb", file), &sound, &err));
        damage_map map = damage_records(rk_buf_slice(&sound));
        if (map.whole && sound.len > 300 && sound.len < SIZE_MOST)
            for (unsigned kind = 0; kind < DAMAGE_KINDS; kind++)
                for (uint32_t seed = 1; seed <= 20; seed++)
                    try_one(file, rk_buf_slice(&sound), &map, kind, seed * 2654435761u + (uint32_t)i,
                            rk_buf_slice(&other), &scores[kind]);
        rk_free(map.at);
        rk_buf_free(&sound);
    }
    for (unsigned kind = 0; kind < DAMAGE_KINDS; kind++) {
        const score *s = &scores[kind];
        printf("# %s: %u tried, %u exact, %u early, %u late; suspect: %u early, %u late\n",
               damage_names[kind], s->tried, s->exact, s->early, s->late, s->early_suspect, s->late_suspect);
    }
    rk_buf_free(&other);
}

/* ---- what it may cost ---- */

enum { LARGE = 6 * 1000 * 1000 };

static void fill_zeros(uint8_t *at, size_t i, uint32_t *state)
{
    (void)i;
    (void)state;
    *at = 0;
}

static void fill_ones(uint8_t *at, size_t i, uint32_t *state)
{
    (void)i;
    (void)state;
    *at = 0xff;
}

static void fill_random(uint8_t *at, size_t i, uint32_t *state)
{
    (void)i;
    *at = (uint8_t)(damage_random(state) >> 9);
}

static void fill_text(uint8_t *at, size_t i, uint32_t *state)
{
    static const char text[] = "{\"class\":\"HardWorker\",\"args\":[1,2,3]} ";
    (void)state;
    *at = (uint8_t)text[i % (sizeof text - 1)];
}

/* Every few bytes begins a string of megabytes under a short name. */
static void fill_long_strings(uint8_t *at, size_t i, uint32_t *state)
{
    static const uint8_t pattern[] = { 0, 4, 'n', 'a', 'm', 'e', 0x80, 0, 0x30, 0, 0 };
    size_t place = i % sizeof pattern;
    *at = place > 1 && place < 6 ? (uint8_t)('a' + damage_random(state) % 26) : pattern[place];
}

/* Every few bytes begins a set that announces millions of members. */
static void fill_long_sets(uint8_t *at, size_t i, uint32_t *state)
{
    static const uint8_t pattern[] = { 2, 3, 's', 'e', 't', 0x80, 0, 0x30, 0, 0, 3, 'a', 'b', 'c' };
    size_t place = i % sizeof pattern;
    bool letter = (place > 1 && place < 5) || place > 10;
    *at = letter ? (uint8_t)('a' + damage_random(state) % 26) : pattern[place];
}

/* Every few bytes begins a list whose first node is a listpack of megabytes, if its first bytes are believed. */
static void fill_long_packs(uint8_t *at, size_t i, uint32_t *state)
{
    static const uint8_t pattern[] = { 16, 2, 'k', 'y', 0x80, 0, 0x10, 0, 0, 0, 0, 0x10, 0, 1, 0, 0, 1 };
    size_t place = i % sizeof pattern;
    *at = place == 2 || place == 3 ? (uint8_t)('a' + damage_random(state) % 26) : pattern[place];
}

typedef struct {
    const char *name;
    void (*fill)(uint8_t *at, size_t i, uint32_t *state);
} filling;

/* Behind a few sound keys: a check that took a quadratic step would not come to its end. */
static void costs_little(void)
{
    static const filling fillings[] = { { "zeros", fill_zeros },
                                        { "0xff", fill_ones },
                                        { "random bytes", fill_random },
                                        { "text", fill_text },
                                        { "long strings", fill_long_strings },
                                        { "long sets", fill_long_sets },
                                        { "long listpacks", fill_long_packs } };
    static const char head[] = "REDIS0011\xfe\0\xfb\2\0\0\1a\1b\0\1c\1d\xfe\xff";
    uint8_t *bytes = malloc(LARGE);
    CU_ASSERT_FATAL(bytes != NULL);
    for (size_t k = 0; k < sizeof fillings / sizeof fillings[0]; k++) {
        uint32_t state = 77;
        rk_err err = { 0 };
        memcpy(bytes, head, sizeof head - 1);
        for (size_t i = sizeof head - 1; i < LARGE; i++)
            fillings[k].fill(&bytes[i], i, &state);
        rk_check *check = rk_check_source(rk_source_memory((rk_slice){ bytes, LARGE }, 0, &err), NULL, &err);
        CU_ASSERT(check != NULL && rk_check_exit(check) == 1);
        printf("# %d bytes of %s\n", LARGE, fillings[k].name);
        rk_check_free(check);
    }
    free(bytes);
}

UNIT_MAIN("rescue", { "megabytes of anything are looked through", costs_little },
          { "snapshots of the corpus, damaged", of_the_corpus })
