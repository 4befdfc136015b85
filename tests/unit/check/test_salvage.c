/* test_salvage: snapshots of many servers, damaged in many seeded ways: what lies outside the damage is saved, nothing is
 * invented. SALVAGE_SEEDS sets how many seeds each way gets, SALVAGE_LOUD shows what went wrong. */
#include "../snapshot/corpus.h"
#include "salvage_trial.h"

enum { FILES_MOST = 200, SIZE_MOST = 700 * 1000 };

static const size_t sizes[] = { 1, 7, 100, 4096, 65536 };

/* `head`: the first bytes are damaged, the magic among them. */
static void try_one(const char *name, rk_slice sound, const contents *before, damage_kind kind, uint32_t seed,
                    rk_slice other, bool head, trial_sums *sums)
{
    rk_buf copy = { 0 };
    rk_err err = { 0 };
    size_t size = kind == DAMAGE_FLIP ? 1 : sizes[damage_random(&seed) % 5];
    if (size > sound.len / 3)
        size = sound.len / 3 + 1;
    size_t from = head ? 0 : 9 + damage_random(&seed) % (sound.len - 9 - size);
    if (head && size < 9)
        size = 9;
    CU_ASSERT_FATAL(rk_buf_add(&copy, sound, &err));
    damage_do(copy.ptr, from, from + size, kind, seed, other);
    trial t = { .name = name,
                .sound = sound,
                .before = before,
                .damaged = rk_buf_slice(&copy),
                .from = from,
                .to = from + size,
                .loud = getenv("SALVAGE_LOUD"),
                .sums = sums };
    if (t.loud)
        printf("# --- %s\n", damage_names[kind]);
    trial_run(&t);
    rk_buf_free(&copy);
}

static void try_corpus(bool head)
{
    static char names[FILES_MOST][128];
    trial_sums sums[DAMAGE_KINDS] = { 0 };
    int count = corpus_list("rdb", ".meta.json", names, FILES_MOST);
    const char *seeds = getenv("SALVAGE_SEEDS"), *only = getenv("SALVAGE_ONLY");
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
        snprintf(file, sizeof file, "%.120s.rdb", names[i]);
        if (!corpus_has("rdb", file))
            snprintf(file, sizeof file, "%.120s.rdb.gz", names[i]);
        if (only && !strstr(file, only))
            continue;
        CU_ASSERT_FATAL(corpus_read(corpus_path("rdb", file), &sound, &err));
        if (sound.len > 300 && sound.len < SIZE_MOST) {
            contents before = contents_read(rk_buf_slice(&sound));
            for (unsigned kind = 0; before.whole && kind < DAMAGE_KINDS; kind++)
                for (uint32_t seed = 1; seed <= (seeds ? (uint32_t)atoi(seeds) : 2); seed++)
                    try_one(file, rk_buf_slice(&sound), &before, kind,
                            seed * 2654435761u + (uint32_t)i + kind * 77, rk_buf_slice(&other), head,
                            &sums[kind]);
            contents_free(&before);
        }
        rk_buf_free(&sound);
    }
    for (unsigned kind = 0; kind < DAMAGE_KINDS; kind++)
        trial_print(damage_names[kind], &sums[kind]);
    for (unsigned kind = 0; head && kind < DAMAGE_KINDS; kind++)
        CU_ASSERT_EQUAL(sums[kind].refused, 0);
    rk_buf_free(&other);
}

static void of_the_corpus(void)
{
    try_corpus(false);
}

static void without_heads(void)
{
    try_corpus(true);
}

UNIT_MAIN("salvage", { "snapshots of the corpus, damaged", of_the_corpus },
          { "snapshots of the corpus, their first bytes damaged", without_heads })
