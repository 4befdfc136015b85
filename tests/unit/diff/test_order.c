/* test_order: how many jobs that both sides share left their order: against brute force on small lists, with jobs that
 * were pushed back, with units of any size, over shards, and on long lists. */
#include "pair.h"

enum { LONGEST = 200000 };

static char texts[LONGEST][64];
static rk_slice jobs[LONGEST], there[LONGEST];

static void name_jobs(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        snprintf(texts[i], sizeof texts[i], "{\"class\":\"A\",\"args\":[],\"jid\":\"j%zu\"}", i);
        jobs[i] = rk_slice_of(texts[i]);
    }
}

/* A queue in both sides: OLD has jobs 0, 1, 2 ..., NEW those that `order` names; `node` jobs a node. */
static rk_ledger_row row_of(size_t count, const uint32_t *order, size_t new_count, size_t node,
                            int64_t failed)
{
    pair p = { 0 };
    rk_buf old = { 0 }, new = { 0 };
    rk_ledger_row row = { 0 };
    for (size_t i = 0; i < new_count; i++)
        there[i] = jobs[order[i]];
    pair_begin(&old, OLD_TIME);
    pair_counter(&old, "stat:processed", 0);
    pair_list(&old, "queue:default", jobs, count, node);
    pair_end(&old);
    pair_begin(&new, NEW_TIME);
    pair_counter(&new, "stat:processed", failed);
    pair_counter(&new, "stat:failed", failed);
    pair_list(&new, "queue:default", there, new_count, node);
    pair_end(&new);
    pair_snapshot(&p, false, &old);
    pair_snapshot(&p, true, &new);
    CU_ASSERT(pair_run(&p));
    size_t rows;
    if (p.diff && rk_diff_rows(p.diff, &rows) && rows == 1)
        row = rk_diff_rows(p.diff, &rows)[0];
    pair_close(&p);
    return row;
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* The longest sequence of `order` that ascends, or descends, by trying all subsets. */
static uint64_t longest(const uint32_t *order, size_t count, bool descending)
{
    uint64_t best = 0;
    for (uint32_t set = 0; set < UINT32_C(1) << count; set++) {
        uint64_t size = 0;
        int64_t last = -1;
        bool ok = true;
        for (size_t i = 0; ok && i < count; i++) {
            int64_t value = descending ? 100 - (int64_t)order[i] : (int64_t)order[i];
            if (!(set >> i & 1))
                continue;
            ok = value > last;
            last = value;
            size++;
        }
        best = ok && size > best ? size : best;
    }
    return best;
}

static void against_brute_force(void)
{
    uint64_t state = 7;
    name_jobs(16);
    for (int round = 0; round < 300; round++) {
        uint32_t order[16];
        size_t count = 2 + next_random(&state) % 9, kept = 0;
        for (uint32_t i = 0; i < count; i++) /* some are gone */
            if (next_random(&state) % 8 || i == 0)
                order[kept++] = i;
        for (size_t swaps = next_random(&state) % 6; swaps > 0; swaps--) {
            size_t a = next_random(&state) % kept, b = next_random(&state) % kept;
            uint32_t swap = order[a];
            order[a] = order[b];
            order[b] = swap;
        }
        uint64_t up = longest(order, kept, false), down = longest(order, kept, true);
        for (size_t node = 0; node < 5; node++) {
            rk_ledger_row row = row_of(count, order, kept, node, 0);
            CU_ASSERT(row.shared == kept && row.out_of_order == kept - up);
            CU_ASSERT(row.order_changed == (up < kept));
            CU_ASSERT(row.reversed == (up < kept && down == kept && kept > 2));
        }
    }
}

static void patterns(void)
{
    enum { N = 12 };
    static const struct {
        const char *name;
        uint32_t order[N];
        size_t count;
        int64_t pushed_back; /* the counter of failures moved by so much */
        uint64_t out_of_order;
        bool reversed;
    } rows[] = {
        { "as it was", { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 12, 0, 0, false },
        { "reversed", { 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 }, 12, 0, 11, true },
        { "two, the other way round: nobody can tell", { 1, 0 }, 2, 0, 1, false },
        { "rotated by four: three nodes of four in another order are not reversed",
          { 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3 },
          12,
          0,
          4,
          false },
        { "whole nodes of four backwards", { 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3 }, 12, 0, 8, false },
        { "one moved to the head", { 11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 12, 0, 1, false },
        { "gone from the tail", { 0, 1, 2, 3 }, 4, 0, 0, false },
        { "two were pushed back at the tail, in another order",
          { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 10 },
          12,
          2,
          0,
          false },
        { "the same while nobody was stopped", { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 10 }, 12, 0, 1, false },
        { "older ones were pushed back behind newer ones",
          { 0, 1, 2, 3, 4, 5, 6, 9, 11, 10, 8, 7 },
          12,
          5,
          0,
          false },
        { "what was pushed back does not explain the head",
          { 1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 11, 10 },
          12,
          2,
          2,
          false },
    };
    name_jobs(N);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t node = 0; node < 7; node++) {
            rk_ledger_row row = row_of(N, rows[i].order, rows[i].count, node, rows[i].pushed_back);
            if (row.out_of_order != rows[i].out_of_order || row.reversed != rows[i].reversed)
                printf("# %s, nodes of %zu: %" PRIu64 " out of order%s\n", rows[i].name, node,
                       row.out_of_order, row.reversed ? ", reversed" : "");
            CU_ASSERT(row.out_of_order == rows[i].out_of_order && row.reversed == rows[i].reversed);
        }
    }
}

#define K          LIST("queue:k", { J_IN("k", "k") })
#define BARE(args) "{\"class\":\"A\",\"args\":[" args "]}"

static void payloads_that_changed(void)
{
    static const pair_row rows[] = {
        { "pushed anew at the head",
          { LIST("queue:default", { J("a") }, { J("b") }, { J("c") }) },
          { LIST("queue:default", { J_AGAIN("c") }, { J("a") }, { J("b") }) },
          .told = "c changed progress",
          .facts = "" },
        { "respelled and reversed",
          { LIST("queue:default", { J("a") }, { J("b") }, { J("c") }) },
          { LIST("queue:default", { " " J("c") }, { " " J("b") }, { " " J("a") }) },
          .told =
              "a changed irregular respelled; b changed irregular respelled; c changed irregular respelled",
          .facts = "queue:default 2 of 3 out of order, reversed" },
        { "respelled and reversed, without enqueued_at",
          { LIST("queue:default", { JOB("a", "default", "W", "[]", "") },
                 { JOB("b", "default", "W", "[]", "") }, { JOB("c", "default", "W", "[]", "") }) },
          { LIST("queue:default", { " " JOB("c", "default", "W", "[]", "") },
                 { " " JOB("b", "default", "W", "[]", "") }, { " " JOB("a", "default", "W", "[]", "") }) },
          .told =
              "a changed irregular respelled; b changed irregular respelled; c changed irregular respelled",
          .facts = "queue:default 2 of 3 out of order, reversed" },
        { "a list of jobs in hand has no order",
          { LIST("queue:default:working", { J("a") }, { J("b") }) },
          { LIST("queue:default:working", { J("b") }, { J("a") }), PROCESSES({ IDENTITY }),
            PROCESS(IDENTITY, BEAT_NEW) },
          .told = "",
          .facts = "" },
        { "some without a jid are alike, the others are out of order",
          { LIST("queue:default", { BARE("1") }, { J("a") }, { BARE("1") }, { J("b") }), K },
          { LIST("queue:default", { BARE("1") }, { J("b") }, { BARE("1") }, { J("a") }), K },
          .told = "",
          .facts = "queue:default 1 of 2 out of order" },
        { "each shard has an order of its own",
          { LIST("queue:default", { J("a") }, { J("b") }),
            { .type = RK_LIST, .name = "queue:default", .items = { { J("c") }, { J("d") } }, .shard = 1 } },
          { LIST("queue:default", { J("a") }, { J("b") }),
            { .type = RK_LIST, .name = "queue:default", .items = { { J("d") }, { J("c") } }, .shard = 1 } },
          .told = "",
          .facts = "queue:default 1 of 4 out of order" },
        { "the shards have changed places",
          { LIST("queue:default", { J("a") }, { J("b") }),
            { .type = RK_LIST, .name = "queue:default", .items = { { J("c") }, { J("d") } }, .shard = 1 } },
          { LIST("queue:default", { J("c") }, { J("d") }),
            { .type = RK_LIST, .name = "queue:default", .items = { { J("a") }, { J("b") } }, .shard = 1 } },
          .told = "",
          .facts = "" },
    };
    CHECK_PAIRS(rows);
}

/* Not in nodes: those that are matched whole are not looked into, and may hold what looks alike elsewhere. */
static void jobs_that_look_alike(void)
{
    static const pair_row row = { "many without a jid look alike: two were worked off, one was pushed",
                                  { LIST("queue:default", { BARE("1") }, { BARE("2") }, { BARE("1") },
                                         { BARE("2") }, { BARE("1") }, { BARE("2") }),
                                    K },
                                  { LIST("queue:default", { BARE("2") }, { BARE("1") }, { BARE("2") },
                                         { BARE("1") }, { BARE("2") }),
                                    K },
                                  .told = "- unaccounted no_counters",
                                  .facts = "" };
    pair_check_row(&row, false);
}

static void long_lists(void)
{
    static uint32_t order[LONGEST];
    name_jobs(LONGEST);
    for (uint32_t i = 0; i < LONGEST; i++)
        order[i] = LONGEST - 1 - i;
    rk_ledger_row row = row_of(LONGEST, order, LONGEST, 0, 0);
    CU_ASSERT(row.shared == LONGEST && row.out_of_order == LONGEST - 1 && row.reversed);
    for (uint32_t i = 0; i < LONGEST; i++)
        order[i] = (i + LONGEST / 4) % LONGEST;
    row = row_of(LONGEST, order, LONGEST, 100, 0);
    CU_ASSERT(row.shared == LONGEST && row.out_of_order == LONGEST / 4 && !row.reversed);
}

UNIT_MAIN("order", { "against brute force", against_brute_force }, { "patterns", patterns },
          { "payloads that changed, private lists, shards", payloads_that_changed },
          { "jobs that look alike", jobs_that_look_alike }, { "two hundred thousand jobs", long_lists })
