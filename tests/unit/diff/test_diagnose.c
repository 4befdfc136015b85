/* test_diagnose: the mistakes that leave a pattern are named, and what only looks like one is not. */
#include "pair.h"

#define J_OF(jid, queue) J_IN(jid, queue)
#define FOUR(q)                                                                                              \
    LIST("queue:" q, { J_OF(q "1", q) }, { J_OF(q "2", q) }, { J_OF(q "3", q) }, { J_OF(q "4", q) })
#define TWO(q) LIST("queue:" q, { J_OF(q "1", q) }, { J_OF(q "2", q) })
#define BACKWARDS(q)                                                                                         \
    LIST("queue:" q, { J_OF(q "4", q) }, { J_OF(q "3", q) }, { J_OF(q "2", q) }, { J_OF(q "1", q) })
#define COUNTERS(...)                                                                                        \
    {                                                                                                        \
        true, __VA_ARGS__                                                                                    \
    }
#define STILL COUNTERS(10, 2, 10, 2)
#define LATER 1795430000.5

static void check_diagnoses(const pair_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pair p = { 0 };
        size_t said;
        pair_row_side(&p, &rows[i], false);
        pair_row_side(&p, &rows[i], true);
        CU_ASSERT_FATAL(pair_run(&p));
        const rk_diagnosis *d = rk_diff_diagnoses(p.diff, &said);
        for (size_t k = 0; k < said; k++)
            pair_say(&p.told, "%s%s", k ? " " : "", d[k].id);
        pair_check(rows[i].name, "diagnoses", &p.told, rows[i].told);
        pair_close(&p);
    }
}

static void patterns(void)
{
    static const pair_row rows[] = {
        { "nothing is wrong", { FOUR("a") }, { FOUR("a") }, STILL, .told = "" },
        { "reversed",
          { FOUR("a"), FOUR("b") },
          { BACKWARDS("a"), BACKWARDS("b") },
          STILL,
          .told = "reversed" },
        { "one is reversed",
          { FOUR("a"), FOUR("b") },
          { BACKWARDS("a"), FOUR("b") },
          STILL,
          .told = "reversed" },
        { "a page limit", { FOUR("a"), FOUR("b") }, { TWO("a"), TWO("b") }, STILL, .told = "page_limit" },
        { "as many were worked off of both",
          { FOUR("a"), FOUR("b") },
          { TWO("a"), TWO("b") },
          COUNTERS(10, 2, 14, 2),
          .told = "" },
        { "one list alone shows no limit", { FOUR("a") }, { TWO("a") }, STILL, .told = "" },
        { "a longer list is whole",
          { FOUR("a"), FOUR("b"), FOUR("c") },
          { TWO("a"), TWO("b"), FOUR("c") },
          STILL,
          .told = "" },
        { "sorted sets left out",
          { FOUR("a"), ZSET("retry", { J("r"), LATER }), ZSET("schedule", { J("s"), LATER }) },
          { FOUR("a") },
          STILL,
          .told = "sets_skipped" },
        { "a queue is gone", { FOUR("a"), FOUR("b") }, { FOUR("a") }, STILL, .told = "queues_gone" },
        { "imported twice",
          { TWO("a") },
          { LIST("queue:a", { J_OF("a1", "a") }, { J_OF("a2", "a") }, { J_OF("a1", "a") },
                 { J_OF("a2", "a") }) },
          STILL,
          .told = "imported_twice" },
        { "empty", { FOUR("a") }, { { 0 } }, .told = "emptied" },
        { "another application", { FOUR("a") }, { STRING("x", "1") }, .told = "emptied" },
        { "an older state",
          { FOUR("a") },
          { LIST("queue:a", { J_OF("z", "a") }) },
          COUNTERS(10, 2, 8, 2),
          .told = "older_state" },
        { "a name cut at a colon",
          { LIST("queue:a:b", { J_OF("x", "a:b") }) },
          { LIST("queue:a", { J_OF("x", "a:b") }) },
          STILL,
          .told = "name_cut_at_colon" },
        { "scores",
          { ZSET("retry", { J("a"), 1795430000.933207 }) },
          { ZSET("retry", { J("a"), 1795430000 }) },
          STILL,
          .told = "scores_squeezed" },
    };
    check_diagnoses(rows, sizeof rows / sizeof rows[0]);
}

UNIT_MAIN("diagnose", { "patterns", patterns })
