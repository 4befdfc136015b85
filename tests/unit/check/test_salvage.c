/* test_salvage: snapshots, damaged in many seeded ways: what lies outside the damage is saved, nothing is invented that is
 * not called suspect. SALVAGE_SEEDS sets how many seeds each way gets, SALVAGE_LOUD shows what went wrong. */
#include "../snapshot/corpus.h"
#include "salvage_trial.h"
#include "sample.h"

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

static uint32_t seeds_or(uint32_t usual)
{
    const char *named = getenv("SALVAGE_SEEDS");
    return named ? (uint32_t)atoi(named) : usual;
}

/* At most `lost` of 10,000 keys outside the damage may be missing, and `strange` keys may come of one trial without
 * being called suspect: a flipped bit in a name cannot be seen. */
static void check_sums(const char *name, const trial_sums *s, unsigned lost, double strange)
{
    trial_print(name, s);
    CU_ASSERT(s->refused == 0);
    CU_ASSERT((s->intact - s->saved) * 10000 <= s->intact * lost);
    CU_ASSERT((double)s->invented <= strange * (double)s->trials + 1);
}

/* Queues and the like, as a server writes them; nothing of it looks like something else by design. */
static void of_a_sidekiq(void)
{
    static trial_sums sums[DAMAGE_KINDS];
    const char *path = trial_path("sound.rdb");
    sample_write(trial_path("other.rdb"), 99, 1);
    rk_buf other = trial_get(trial_path("other.rdb"));
    for (uint32_t world = 1; world <= 2; world++) {
        sample_write(path, world, 1);
        rk_buf sound = trial_get(path);
        contents before = contents_read(rk_buf_slice(&sound));
        CU_ASSERT_FATAL(before.whole);
        for (unsigned kind = 0; kind < DAMAGE_KINDS; kind++)
            for (uint32_t seed = 1; seed <= seeds_or(12); seed++)
                try_one("sample", rk_buf_slice(&sound), &before, kind, seed * 2654435761u + kind * 77 + world,
                        rk_buf_slice(&other), false, &sums[kind]);
        contents_free(&before);
        rk_buf_free(&sound);
    }
    rk_buf_free(&other);
    for (unsigned kind = 0; kind < DAMAGE_KINDS; kind++) {
        check_sums(damage_names[kind], &sums[kind], kind == DAMAGE_OTHER ? 200 : 1, 0.1);
        CU_ASSERT(sums[kind].nodes_saved == sums[kind].nodes);
        CU_ASSERT(sums[kind].pieces - sums[kind].pieces_saved <= sums[kind].pieces / 20);
    }
}

/* Cut off at any place. */
static void of_truncated_files(void)
{
    static trial_sums sums;
    const char *path = trial_path("sound.rdb");
    sample_write(path, 5, 1);
    rk_buf sound = trial_get(path);
    contents before = contents_read(rk_buf_slice(&sound));
    for (uint32_t seed = 1; seed <= seeds_or(12); seed++) {
        uint32_t state = seed * 2654435761u;
        size_t cut = 9 + damage_random(&state) % (sound.len - 9);
        trial t = { .name = "cut",
                    .before = &before,
                    .damaged = { sound.ptr, cut },
                    .from = cut,
                    .to = sound.len,
                    .loud = getenv("SALVAGE_LOUD"),
                    .sums = &sums };
        trial_run(&t);
    }
    check_sums("cut off", &sums, 0, 0);
    CU_ASSERT(sums.pieces == sums.pieces_saved);
    contents_free(&before);
    rk_buf_free(&sound);
}

static void try_corpus(bool head)
{
    static char names[FILES_MOST][128];
    trial_sums sums[DAMAGE_KINDS] = { 0 };
    int count = corpus_list("rdb", ".meta.json", names, FILES_MOST);
    const char *only = getenv("SALVAGE_ONLY");
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
                for (uint32_t seed = 1; seed <= seeds_or(1); seed++)
                    try_one(file, rk_buf_slice(&sound), &before, kind,
                            seed * 2654435761u + (uint32_t)i + kind * 77, rk_buf_slice(&other), head,
                            &sums[kind]);
            contents_free(&before);
        }
        rk_buf_free(&sound);
    }
    for (unsigned kind = 0; kind < DAMAGE_KINDS; kind++)
        if (head) {
            trial_print(damage_names[kind], &sums[kind]);
            CU_ASSERT_EQUAL(sums[kind].refused, 0);
        } else {
            check_sums(damage_names[kind], &sums[kind], kind == DAMAGE_OTHER ? 100 : 50, 2);
        }
    rk_buf_free(&other);
}

static void of_the_corpus(void)
{
    try_corpus(false);
}

static void without_heads(void)
{
    try_corpus(true);
    trial_clean();
}

UNIT_MAIN("salvage", { "a Sidekiq, damaged", of_a_sidekiq }, { "files cut off", of_truncated_files },
          { "snapshots of the corpus, damaged", of_the_corpus },
          { "snapshots of the corpus, their first bytes damaged", without_heads })
