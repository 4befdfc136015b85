/* test_gone: what may be said of a job that is nowhere in NEW: by the counters, by its time, by the dead set's limits,
 * by the threads that may hold it, and when NEW was not read to its end. */
#include "pair.h"

#define D       "queue:default"
#define DUE     1795420050.5
#define NOT_DUE 1795430000.5
#define DEATH   1795410000.5
#define K       LIST("queue:k", { J_IN("k", "k") })

#define COUNTERS(...)                                                                                        \
    {                                                                                                        \
        true, __VA_ARGS__                                                                                    \
    }
#define STILL COUNTERS(10, 2, 10, 2)
#define MOVED COUNTERS(10, 2, 20, 2)
#define BACK  COUNTERS(10, 2, 3, 0)

static void by_the_counters(void)
{
    static const pair_row rows[] = {
        { "they stood still", { LIST(D, { J("a") }) }, { { 0 } }, STILL, .told = "a lost counters_still" },
        { "they moved", { LIST(D, { J("a") }) }, { { 0 } }, MOVED, .told = "a unaccounted may_have_run" },
        { "they went back", { LIST(D, { J("a") }) }, { { 0 } }, BACK, .told = "a unaccounted counters_back" },
        { "only failed went back",
          { LIST(D, { J("a") }) },
          { { 0 } },
          COUNTERS(10, 2, 10, 1),
          .told = "a unaccounted counters_back" },
        { "there are none", { LIST(D, { J("a") }), K }, { K }, .told = "a unaccounted no_counters" },
        { "there are none any more",
          { LIST(D, { J("a") }) },
          { K },
          COUNTERS(10, 2, -1, -1),
          .told = "a lost place_gone; k unexpected" },
        { "there were none before",
          { LIST(D, { J("a") }) },
          { { 0 } },
          COUNTERS(-1, -1, 10, 2),
          .told = "a unaccounted no_counters" },
        { "NEW holds nothing",
          { LIST(D, { J("a") }), ZSET("retry", { J("b"), DUE }), ZSET("dead", { J("c"), DEATH }) },
          { { 0 } },
          COUNTERS(10, 2, -1, -1),
          .told = "a lost place_gone; b lost place_gone; c lost place_gone" },
        { "NEW holds nothing, and OLD had no counters",
          { LIST(D, { J("a") }) },
          { { 0 } },
          .told = "a unaccounted no_counters" },
        { "OLD holds nothing", { { 0 } }, { LIST(D, { J("a") }) }, .told = "a unexpected" },
        { "both hold nothing", { { 0 } }, { { 0 } }, .told = "" },
        { "from a list of its process",
          { LIST("queue:sq|" IDENTITY "|default", { J("a") }) },
          { { 0 } },
          STILL,
          .told = "a lost counters_still" },
        { "another namespace's counters say nothing",
          { LIST("a:" D, { J("a") }), LIST("b:" D, { J("b") }), STRING("b:stat:processed", "5") },
          { LIST("a:" D, { J("k") }), STRING("b:stat:processed", "5"),
            LIST("b:queue:x", { J_IN("x", "x") }) },
          .told = "a unaccounted no_counters; b lost counters_still; k unexpected; x unexpected" },
        { "counters that are no numbers",
          { LIST(D, { J("a") }), STRING("stat:processed", "many") },
          { STRING("stat:processed", "more"), K },
          .told = "a lost counters_still; k unexpected" },
        { "counters beyond any",
          { LIST(D, { J("a") }), STRING("stat:processed", "9223372036854775807") },
          { STRING("stat:processed", "-9223372036854775808"), K },
          .told = "a lost counters_still; k unexpected" },
    };
    CHECK_PAIRS(rows);
}

static void by_their_time(void)
{
    static const pair_row rows[] = {
        { "due, the counters moved",
          { ZSET("schedule", { J("a"), DUE }) },
          { { 0 } },
          MOVED,
          .told = "a unaccounted may_have_run" },
        { "due, they stood still",
          { ZSET("retry", { J("a"), DUE }) },
          { { 0 } },
          STILL,
          .told = "a lost counters_still" },
        { "not due, they moved enough for a start by hand",
          { ZSET("schedule", { J("a"), NOT_DUE }) },
          { { 0 } },
          MOVED,
          .told = "a unaccounted may_have_run" },
        { "not due, they moved for others",
          { ZSET("schedule", { J("a"), NOT_DUE }, { J("b"), NOT_DUE }) },
          { { 0 } },
          COUNTERS(10, 2, 11, 2),
          .told = "a lost not_due; b lost not_due" },
        { "not due, they stood still",
          { ZSET("schedule", { J("a"), NOT_DUE }) },
          { { 0 } },
          STILL,
          .told = "a lost counters_still" },
        { "not due, they went back",
          { ZSET("schedule", { J("a"), NOT_DUE }) },
          { { 0 } },
          BACK,
          .told = "a lost not_due" },
        { "not due, no counters",
          { ZSET("retry", { J("a"), NOT_DUE }), K },
          { K },
          .told = "a lost not_due" },
        { "just due",
          { ZSET("schedule", { J("a"), NEW_TIME + 0.9 }), K },
          { K },
          .told = "a unaccounted no_counters" },
        { "a time in ms is never due",
          { ZSET("schedule", { J("a"), 1795420050500 }), K },
          { K },
          .told = "a lost not_due" },
        { "NEW's time is not known",
          { ZSET("schedule", { J("a"), NOT_DUE }), K },
          { K },
          .new_time = NO_TIME,
          .told = "a unaccounted no_counters" },
        { "NEW's time is beyond any",
          { ZSET("schedule", { J("a"), NOT_DUE }), K },
          { K },
          .new_time = INT64_MAX,
          .told = "a unaccounted no_counters" },
    };
    CHECK_PAIRS(rows);
}

/* a, b, c and d are gone; what failed and is still there takes away from what the counters explain. */
static void by_what_is_left_to_explain(void)
{
#define FOUR LIST(D, { J("a") }, { J("b") }, { J("c") }, { J("d") })
#define MAY  " unaccounted may_have_run"
    static const pair_row rows[] = {
        { "more are gone than ended",
          { FOUR },
          { { 0 } },
          COUNTERS(10, 2, 13, 2),
          .told = "a" MAY "; b" MAY "; c" MAY "; d" MAY,
          .facts = "at_least_lost 1" },
        { "as many as ended",
          { FOUR },
          { { 0 } },
          COUNTERS(10, 2, 14, 2),
          .told = "a" MAY "; b" MAY "; c" MAY "; d" MAY,
          .facts = "" },
        { "one failed attempt is accounted for",
          { FOUR, ZSET("retry", { J_FAILED("r", "0", "1795400100.5"), DUE }) },
          { ZSET("retry", { J_FAILED("r", "1", "1795420050.5"), NOT_DUE }) },
          COUNTERS(10, 2, 14, 3),
          .told = "a" MAY "; b" MAY "; c" MAY "; d" MAY "; r changed progress",
          .facts = "visible 1; at_least_lost 1" },
        { "all that was processed failed and is there",
          { FOUR, ZSET("retry", { J_FAILED("r", "0", "1795400100.5"), DUE }) },
          { ZSET("retry", { J_FAILED("r", "3", "1795420050.5"), NOT_DUE }) },
          COUNTERS(10, 2, 13, 5),
          .told =
              "a lost explained; b lost explained; c lost explained; d lost explained; r changed progress",
          .facts = "visible 3" },
        { "a failure that is not counted yet takes nothing away",
          { FOUR, ZSET("retry", { J_FAILED("r", "0", "1795400100.5"), DUE }) },
          { ZSET("retry", { J_FAILED("r", "1", "1795420050.5"), NOT_DUE }) },
          COUNTERS(10, 2, 14, 2),
          .told = "a" MAY "; b" MAY "; c" MAY "; d" MAY "; r changed progress",
          .facts = "visible 1" },
        { "a respelled retry has not failed since",
          { FOUR, ZSET("retry", { J_FAILED("r", "0", "1795400100.5"), NOT_DUE }) },
          { ZSET("retry", { " " J_FAILED("r", "0", "1795400100.5"), NOT_DUE }) },
          COUNTERS(10, 2, 14, 12),
          .told = "a" MAY "; b" MAY "; c" MAY "; d" MAY "; r changed irregular respelled",
          .facts = "" },
        { "one that is new in retry and failed before OLD was taken",
          { FOUR },
          { ZSET("retry", { J_FAILED("n", "4", "1795400100.5"), NOT_DUE }) },
          COUNTERS(10, 2, 14, 12),
          .told = "a" MAY "; b" MAY "; c" MAY "; d" MAY "; n unexpected",
          .facts = "" },
        { "one that was in hand, unseen, and failed for the fifth time: one attempt since",
          { FOUR },
          { ZSET("retry", { J_FAILED("n", "4", "1795420050.5"), NOT_DUE }) },
          COUNTERS(10, 2, 15, 12),
          .told = "a" MAY "; b" MAY "; c" MAY "; d" MAY "; n unexpected",
          .facts = "visible 1" },
        { "nonsense in dead is not counted as processed",
          { FOUR },
          { ZSET("dead", { "nonsense", DUE }) },
          COUNTERS(10, 2, 14, 12),
          .told = "a" MAY "; b" MAY "; c" MAY "; d" MAY "; - added",
          .facts = "" },
        { "counts beyond any",
          { FOUR, ZSET("retry", { J_FAILED("r", "-9223372036854775808", "1795400100.5"), DUE }) },
          { ZSET("retry", { J_FAILED("r", "9223372036854775807", "1795420050.5"), NOT_DUE }) },
          COUNTERS(10, 2, 14, 2),
          .told = "a" MAY "; b" MAY "; c" MAY "; d" MAY "; r changed progress",
          .facts = "visible 1000001" },
    };
    CHECK_PAIRS(rows);
}

#define ALIVE      PROCESSES({ IDENTITY }), PROCESS(IDENTITY, BEAT_NEW) /* five threads on `default` */
#define INFO(text) HASH(IDENTITY, { "info", .value = text }, { "beat", .value = BEAT_NEW })
#define IN_HAND    " unaccounted may_be_in_hand"

static void by_the_threads(void)
{
    static const pair_row rows[] = {
        { "fewer are gone than a process has threads",
          { LIST(D, { J("a") }, { J("b") }) },
          { ALIVE },
          STILL,
          .told = "a" IN_HAND "; b" IN_HAND },
        { "the last ones of the queue are taken first",
          { LIST(D, { J("a") }, { J("b") }, { J("c") }, { J("d") }, { J("e") }, { J("f") }, { J("g") }) },
          { ALIVE },
          STILL,
          .told = "a lost counters_still; b lost counters_still; c" IN_HAND "; d" IN_HAND "; e" IN_HAND
                  "; f" IN_HAND "; g" IN_HAND },
        { "a queue that it does not serve",
          { LIST("queue:low", { J_IN("a", "low") }) },
          { ALIVE },
          STILL,
          .told = "a lost counters_still" },
        { "it is silent",
          { LIST(D, { J("a") }) },
          { PROCESSES({ IDENTITY }), PROCESS(IDENTITY, "1795419980.5") },
          STILL,
          .told = "a lost counters_still" },
        { "a capsule serves it",
          { LIST("queue:low", { J_IN("a", "low") }) },
          { PROCESSES({ IDENTITY }), INFO("{\"concurrency\":5,\"queues\":[\"default\"],\"capsules\":{\"x\":{"
                                          "\"weights\":{\"low\":1}}}}") },
          STILL,
          .told = "a" IN_HAND },
        { "no capsule serves it",
          { LIST(D, { J("a") }) },
          { PROCESSES({ IDENTITY }), INFO("{\"concurrency\":5,\"queues\":[\"default\"],\"capsules\":{\"x\":{"
                                          "\"weights\":{\"low\":1}}}}") },
          STILL,
          .told = "a lost counters_still" },
        { "capsules that tell nothing",
          { LIST(D, { J("a") }) },
          { PROCESSES({ IDENTITY }), INFO("{\"concurrency\":5,\"queues\":[\"default\"],\"capsules\":{}}") },
          STILL,
          .told = "a" IN_HAND },
        { "the queue's name has an escape",
          { LIST("queue:a\"b", { JOB("a", "a\\\"b", "W", "[]", "") }) },
          { PROCESSES({ IDENTITY }), INFO("{\"concurrency\":5,\"queues\":[\"a\\\"b\"]}") },
          STILL,
          .told = "a" IN_HAND },
        { "no number of threads",
          { LIST(D, { J("a") }) },
          { PROCESSES({ IDENTITY }), HASH(IDENTITY, { "concurrency", .value = "9223372036854775807" },
                                          { "info", .value = "{}" }, { "beat", .value = BEAT_NEW }) },
          STILL,
          .told = "a lost counters_still" },
        { "all its threads show what they do",
          { LIST(D, { J("a") }, { J("b") }) },
          { PROCESSES({ IDENTITY }), INFO("{\"concurrency\":1,\"queues\":[\"default\"]}"),
            HASH(IDENTITY ":work", { "t", .value = "{\"payload\":" J("b") "}" }) },
          STILL,
          .told = "a lost counters_still; b in_progress" },
        { "due jobs may be in hand, the earliest first",
          { ZSET("schedule", { J("a"), DUE + 3 }, { J("b"), DUE + 1 }, { J("c"), DUE + 2 }) },
          { PROCESSES({ IDENTITY }), INFO("{\"concurrency\":2,\"queues\":[\"default\"]}") },
          STILL,
          .told = "a lost counters_still; b" IN_HAND "; c" IN_HAND },
        { "what is not due is in no hand",
          { ZSET("schedule", { J("a"), NOT_DUE }) },
          { ALIVE },
          STILL,
          .told = "a lost counters_still" },
        { "what was in hand already waits for no thread",
          { LIST("queue:sq|" IDENTITY "|default", { J("a") }) },
          { ALIVE },
          STILL,
          .told = "a lost counters_still" },
    };
    CHECK_PAIRS(rows);
}

#define LATER " unaccounted not_counted_yet"
#define AT_WORK(beat, ...)                                                                                   \
    PROCESSES({ IDENTITY }),                                                                                 \
        HASH(IDENTITY, { "info", .value = "{\"concurrency\":1,\"queues\":[\"default\"]}" },                  \
             { "busy", .value = "1" }, { "beat", .value = beat }, __VA_ARGS__)
#define STARTED(time)                                                                                        \
    HASH(IDENTITY,                                                                                           \
         { "info", .value = "{\"concurrency\":1,\"queues\":[\"default\"],\"started_at\":" time "}" },        \
         { "busy", .value = "0" }, { "beat", .value = BEAT_NEW })

/* What ended behind the last heartbeat is in no counter. */
static void not_counted_yet(void)
{
    static const pair_row rows[] = {
        { "a process is at work",
          { LIST(D, { J("a") }, { J("b") }) },
          { AT_WORK(BEAT_NEW, { "quiet", .value = "false" }) },
          STILL,
          .told = "a" LATER "; b" IN_HAND },
        { "it is quiet",
          { LIST(D, { J("a") }, { J("b") }) },
          { AT_WORK(BEAT_NEW, { "quiet", .value = "true" }) },
          STILL,
          .told = "a lost counters_still; b lost counters_still" },
        { "it serves another queue",
          { LIST("queue:low", { J_IN("a", "low") }) },
          { AT_WORK(BEAT_NEW, { "rss", .value = "1" }) },
          STILL,
          .told = "a lost counters_still" },
        { "it died since OLD",
          { LIST(D, { J("a") }) },
          { AT_WORK(BEAT_OLD, { "rss", .value = "1" }) },
          STILL,
          .told = "a" LATER },
        { "it died long before OLD",
          { LIST(D, { J("a") }) },
          { AT_WORK("1795419980.5", { "rss", .value = "1" }) },
          STILL,
          .told = "a lost counters_still" },
        { "it died since OLD, and its hash has expired",
          { LIST(D, { J("a") }), AT_WORK(BEAT_OLD, { "rss", .value = "1" }) },
          { PROCESSES({ IDENTITY }) },
          STILL,
          .told = "a" LATER },
        { "a member of `processes` of which nothing is known",
          { LIST(D, { J("a") }) },
          { PROCESSES({ IDENTITY }) },
          STILL,
          .told = "a lost counters_still" },
        { "it stopped, and counted all",
          { LIST(D, { J("a") }), AT_WORK(BEAT_OLD, { "rss", .value = "1" }) },
          { LIST("queue:x", { J_IN("x", "x") }) },
          STILL,
          .told = "a lost counters_still; x unexpected" },
        { "it was idle, but started since OLD",
          { LIST(D, { J("a") }, { J("b") }) },
          { PROCESSES({ IDENTITY }), STARTED("1795420090.5") },
          STILL,
          .told = "a" LATER "; b" IN_HAND },
        { "it started before OLD",
          { LIST(D, { J("a") }, { J("b") }) },
          { PROCESSES({ IDENTITY }), STARTED("1795410090.5") },
          STILL,
          .told = "a lost counters_still; b" IN_HAND },
        { "it was idle, and a job came due since",
          { ZSET("schedule", { J("a"), 1795420098.5 }, { J("b"), 1795420060.5 }) },
          { PROCESSES({ IDENTITY }), STARTED("1795410090.5") },
          STILL,
          .told = "a" LATER "; b" IN_HAND },
        { "two copies of one moment leave no time",
          { LIST(D, { J("a") }, { J("b") }) },
          { AT_WORK(BEAT_OLD, { "rss", .value = "1" }) },
          STILL,
          .new_time = OLD_TIME,
          .told = "a lost counters_still; b" IN_HAND },
        { "more are gone than were counted, but one is at work",
          { LIST(D, { J("a") }, { J("b") }, { J("c") }) },
          { AT_WORK(BEAT_NEW, { "rss", .value = "1" }) },
          COUNTERS(10, 2, 11, 2),
          .told = "a unaccounted may_have_run; b unaccounted may_have_run; c unaccounted may_have_run" },
    };
    CHECK_PAIRS(rows);
}

static void not_seen(void)
{
    static const pair_row rows[] = {
        { "NEW ends in what nobody knows",
          { LIST(D, { J("a") }), ZSET("schedule", { J("b"), NOT_DUE }), ZSET("dead", { J("c"), 1.5 }) },
          { { 0 } },
          STILL,
          .partial_new = true,
          .told = "a unaccounted not_seen; b unaccounted not_seen; c unaccounted not_seen" },
        { "nor are some lost at least",
          { FOUR },
          { { 0 } },
          COUNTERS(10, 2, 11, 2),
          .partial_new = true,
          .told = "a unaccounted not_seen; b unaccounted not_seen; c unaccounted not_seen; d unaccounted "
                  "not_seen",
          .facts = "" },
    };
    CHECK_PAIRS(rows);
}

static void dead_set(void)
{
    static const pair_row rows[] = {
        { "older than 180 days",
          { ZSET("dead", { J("a"), 1779868000.5 }, { J("b"), DEATH }) },
          { ZSET("dead", { J("b"), DEATH }) },
          MOVED,
          .told = "a trimmed age" },
        { "not quite so old",
          { ZSET("dead", { J("a"), 1779868200.5 }, { J("b"), DEATH }) },
          { ZSET("dead", { J("b"), DEATH }) },
          COUNTERS(10, 2, 10, 2),
          .told = "a lost counters_still" },
        { "old, and the whole set is gone: no death did that",
          { ZSET("dead", { J("a"), 1779868000.5 }), K },
          { K },
          .told = "a lost dead_does_not_run" },
        { "what was interrupted is kept for 90 days",
          { ZSET("interrupted", { J("a"), 1787640000.5 }, { J("b"), DEATH }) },
          { ZSET("interrupted", { J("b"), DEATH }) },
          MOVED,
          .told = "a trimmed age" },
        { "a small set of the same size as before is not full",
          { ZSET("dead", { J("a"), DEATH }, { J("b"), DEATH + 1 }) },
          { ZSET("dead", { J("b"), DEATH + 1 }, { J_FAILED("c", "0", "1795420050.5"), DUE }) },
          STILL,
          .told = "a lost counters_still; c unexpected" },
        { "dropped",
          { ZSET("dead", { J("a"), DEATH }, { J("b"), DEATH + 1 }), K },
          { K },
          COUNTERS(10, 2, 11, 2),
          .told = "a lost dead_does_not_run; b lost dead_does_not_run" },
        { "a start by hand, perhaps",
          { ZSET("dead", { J("a"), DEATH }), K },
          { K },
          COUNTERS(10, 2, 11, 2),
          .told = "a unaccounted may_have_run" },
    };
    CHECK_PAIRS(rows);
}

/* A dead set with jobs [from, to), job i scored i. */
static void put_dead(rk_buf *out, int64_t ctime, int from, int to)
{
    char text[200];
    pair_begin(out, ctime);
    pair_counter(out, "stat:processed", 10);
    pair_head(out, 0, 0, 5, "dead");
    pair_length(out, (uint64_t)(to - from));
    for (int i = from; i < to; i++) {
        double score = 1795400000.5 + i;
        snprintf(text, sizeof text, "{\"class\":\"A\",\"args\":[],\"jid\":\"j%d\"}", i);
        pair_string(out, rk_slice_of(text));
        pair_add(out, &score, 8);
    }
    pair_end(out);
}

static void dead_set_at_its_limit(void)
{
    static const struct {
        const char *name;
        int old_from, old_to, new_from, new_to;
        uint64_t trimmed, lost;
    } rows[] = {
        { "full before and after", 0, 9999, 5, 10004, 5, 0 },
        { "full after", 0, 9990, 3, 10002, 3, 0 },
        { "beyond the limit before: it was lowered", 0, 12000, 2002, 12001, 2002, 0 },
        { "another limit", 0, 500, 7, 507, 7, 0 },
        { "not full: the lowest are gone and nobody died", 0, 500, 7, 500, 0, 7 },
        { "not full: fewer than before", 0, 9999, 50, 10000, 0, 50 },
        { "the highest are gone", 0, 9999, 0, 9950, 0, 49 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pair p = { 0 };
        rk_buf old = { 0 }, new = { 0 };
        put_dead(&old, OLD_TIME, rows[i].old_from, rows[i].old_to);
        put_dead(&new, NEW_TIME, rows[i].new_from, rows[i].new_to);
        pair_snapshot(&p, false, &old);
        pair_snapshot(&p, true, &new);
        CU_ASSERT_FATAL(pair_run(&p));
        const uint64_t *n = rk_diff_total(p.diff)->counts;
        if (n[RK_JOB_TRIMMED] != rows[i].trimmed || n[RK_JOB_LOST] != rows[i].lost)
            printf("# %s: %" PRIu64 " trimmed, %" PRIu64 " lost\n", rows[i].name, n[RK_JOB_TRIMMED],
                   n[RK_JOB_LOST]);
        CU_ASSERT(n[RK_JOB_TRIMMED] == rows[i].trimmed && n[RK_JOB_LOST] == rows[i].lost);
        pair_close(&p);
    }
}

UNIT_MAIN("gone", { "by the counters", by_the_counters }, { "by their time", by_their_time },
          { "by what is left to explain", by_what_is_left_to_explain },
          { "by the threads of living processes", by_the_threads },
          { "what is not counted yet", not_counted_yet }, { "not seen is not lost", not_seen },
          { "out of the dead set", dead_set }, { "out of the dead set at its limit", dead_set_at_its_limit })
