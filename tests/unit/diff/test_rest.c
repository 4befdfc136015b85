/* test_rest: what was not matched in its own place: jobs in hand and in private lists, work hashes that echo a list,
 * copies, damaged payloads, jobs without a jid, and jobs of NEW's own. */
#include "pair.h"

#define DUE     1795420050.5
#define NOT_DUE 1795430000.5

#define IN_QUOTES(jid)                                                                                       \
    "{\\\"retry\\\":true,\\\"queue\\\":\\\"default\\\",\\\"class\\\":\\\"HardJob\\\",\\\"args\\\":[1],"      \
    "\\\"jid\\\":\\\"" jid "\\\",\\\"created_at\\\":1795400000.25,\\\"enqueued_at\\\":1795400000.5}"
/* A work hash: the payload in a string, as from 6.0.2 on, or as an object. */
#define WORK(identity, jid)                                                                                  \
    HASH(identity ":work",                                                                                   \
         { "t1", .value = "{\"queue\":\"default\",\"payload\":\"" IN_QUOTES(jid) "\",\"run_at\":1}" })
#define WORKERS(identity, jid)                                                                               \
    HASH(identity ":workers",                                                                                \
         { "t1", .value = "{\"queue\":\"default\",\"payload\":" J(jid) ",\"run_at\":1}" })
#define ALIVE(identity)     PROCESSES({ identity }), PROCESS(identity, BEAT_NEW)
#define ALIVE_OLD(identity) PROCESSES({ identity }), PROCESS(identity, BEAT_OLD)
#define SILENT(identity)    PROCESSES({ identity }), PROCESS(identity, BEAT_OLD)
#define K                   LIST("queue:k", { J_IN("k", "k") })

static void jobs_in_hand(void)
{
    static const pair_row rows[] = {
        { "in the work hash of a live process",
          { LIST("queue:default", { J("a") }) },
          { WORK(IDENTITY, "a"), ALIVE(IDENTITY), K },
          .told = "a in_progress; k unexpected" },
        { "in the form of 6.0.1, of a process without a nonce",
          { LIST("queue:default", { J("a") }) },
          { WORKERS("web:7", "a"), ALIVE("web:7"), K },
          .told = "a in_progress; k unexpected" },
        { "of a silent process",
          { LIST("queue:default", { J("a") }) },
          { WORK(IDENTITY, "a"), SILENT(IDENTITY), K },
          .told = "a unaccounted held_by_silent; k unexpected" },
        { "of a process that is in no set",
          { LIST("queue:default", { J("a") }) },
          { WORK(IDENTITY, "a"), PROCESS(IDENTITY, BEAT_NEW), K },
          .told = "a unaccounted held_by_silent; k unexpected" },
        { "of a process whose hash has run out",
          { LIST("queue:default", { J("a") }) },
          { WORK(IDENTITY, "a"),
            PROCESSES({ IDENTITY }),
            { .type = RK_HASH,
              .name = IDENTITY,
              .items = { { "beat", .value = BEAT_NEW } },
              .expire_s = OLD_TIME },
            K },
          .told = "a unaccounted held_by_silent; k unexpected" },
        { "of a process without a hash",
          { LIST("queue:default", { J("a") }) },
          { WORK(IDENTITY, "a"), PROCESSES({ IDENTITY }), K },
          .told = "a unaccounted held_by_silent; k unexpected" },
        { "in a queue and in a work hash: one job",
          { LIST("queue:default", { J("a") }) },
          { LIST("queue:default", { J("a") }), WORK(IDENTITY, "a"), ALIVE(IDENTITY) },
          .told = "" },
        { "it failed, and the work hash is a heartbeat behind",
          { LIST("queue:default", { J("a") }) },
          { ZSET("retry", { J_FAILED("a", "0", "1795420001.5"), NOT_DUE }), WORK(IDENTITY, "a"),
            ALIVE(IDENTITY) },
          .told = "a moved progress" },
        { "in a queue and in a work hash of OLD, in hand in NEW",
          { LIST("queue:default", { J("a") }), WORK(IDENTITY, "a"), ALIVE_OLD(IDENTITY) },
          { WORK(IDENTITY, "a"), ALIVE(IDENTITY), K },
          .told = "a in_progress; k unexpected" },
        { "in hand on both sides",
          { WORK(IDENTITY, "a"), ALIVE_OLD(IDENTITY), K },
          { WORK(IDENTITY, "a"), ALIVE(IDENTITY), K },
          .told = "a in_progress" },
        { "in hand, then pushed back",
          { WORK(IDENTITY, "a"), ALIVE_OLD(IDENTITY), K },
          { LIST("queue:default", { J("a") }), K },
          .told = "a moved progress" },
        { "in hand, then failed",
          { WORK(IDENTITY, "a"), ALIVE_OLD(IDENTITY), K },
          { ZSET("retry", { J_FAILED("a", "0", "1795420001.5"), NOT_DUE }), K },
          .told = "a moved progress" },
        { "in hand, then in dead without a failure",
          { WORK(IDENTITY, "a"), ALIVE_OLD(IDENTITY), K },
          { ZSET("dead", { J("a"), 1795420001.5 }), K },
          .told = "a moved irregular no_failure" },
        { "in hand, then gone",
          { WORK(IDENTITY, "a"), ALIVE_OLD(IDENTITY), K },
          { K },
          .told = "a unaccounted no_counters" },
        { "in hand in OLD of a silent process, in no list: not a job of OLD",
          { WORK(IDENTITY, "a"), PROCESSES({ IDENTITY }), PROCESS(IDENTITY, "1795419000.5"), K },
          { K },
          .told = "" },
        { "from the schedule into hand",
          { ZSET("schedule", { J("a"), DUE }) },
          { WORK(IDENTITY, "a"), ALIVE(IDENTITY), K },
          .told = "a in_progress; k unexpected" },
        { "an application's hash that is called like one",
          { LIST("queue:default", { J("a") }), HASH("order:12:work", { "x", .value = "1" }) },
          { LIST("queue:default", { J("a") }), HASH("order:12:work", { "x", .value = "2" }) },
          .told = "",
          .keys = "changed 'order:12:work' value" },
    };
    CHECK_PAIRS(rows);
}

#define OTHER        "web.1:4:ba9876543210" /* the same host and pid, another life */
#define HEARTBEAT(s) STRING("reliable-fetcher-heartbeat-" s, "1")

static void private_lists(void)
{
    static const struct {
        const char *name, *list;
        bool is_private;   /* and not a queue of that name */
        const char *owner; /* its process */
        const char *heartbeat;
    } lists[] = {
        { "super_fetch", "queue:sq|" IDENTITY "|default", true, IDENTITY, NULL },
        { "super_fetch of Pro 3.4", "queue:sq_" IDENTITY "_default", true, IDENTITY, NULL },
        { "super_fetch of a host with underscores", "queue:sq_my_host:4:0123456789ab_default", true,
          "my_host:4:0123456789ab", NULL },
        { "GitLab's fetcher", "working:queue:default:web.1:4:0123456789ab", true, "web.1:4:aaaaaaaaaaaa",
          "reliable-fetcher-heartbeat-web.1-4-0123456789ab" },
        { "GitLab's fetcher, older", "working:queue:default:web.1:4", true, "web.1:4:aaaaaaaaaaaa",
          "reliable-fetcher-heartbeat-web.1-4" },
        { "sidekiq-reliable-fetch", "queue:default:working", true, IDENTITY, NULL },
        { "the old reliable_fetch", "queue:default_web.1_0", true, IDENTITY, NULL },
        { "unique-jobs 9", "uniquejobs:working:web.1:4", true, IDENTITY, NULL },
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        pair_row row = { lists[i].name,
                         { LIST("queue:default", { J("a") }), SET("queues", { "default" }, { "k" }), K },
                         { LIST(lists[i].list, { J("a") }), K, SET("queues", { "default" }, { "k" }),
                           PROCESSES({ lists[i].owner }), PROCESS(lists[i].owner, BEAT_NEW) },
                         .told = "a moved progress" };
        pair_key heartbeat = STRING(lists[i].heartbeat, "1");
        row.new[5] = heartbeat;
        pair_check_row(&row, false);
        row.name = "the process is silent";
        row.new[4].items[2].value = BEAT_OLD;
        row.told = "a stranded";
        pair_check_row(&row, false);
        row.name = "in the same list on both sides, the process is silent";
        row.old[0].name = lists[i].list;
        pair_check_row(&row, false);
        pair_check_row(&row, true);
    }
}

static void owners_of_private_lists(void)
{
    static const pair_row rows[] = {
        { "another process of the same host and pid is not the owner",
          { LIST("queue:default", { J("a") }) },
          { LIST("queue:sq|" IDENTITY "|default", { J("a") }), ALIVE(OTHER) },
          .told = "a stranded" },
        { "GitLab's fetcher without its heartbeat",
          { LIST("queue:default", { J("a") }) },
          { LIST("working:queue:default:" IDENTITY, { J("a") }), ALIVE(IDENTITY) },
          .told = "a stranded" },
        { "GitLab's fetcher whose heartbeat has run out",
          { LIST("queue:default", { J("a") }) },
          { LIST("working:queue:default:" IDENTITY, { J("a") }),
            ALIVE(IDENTITY),
            { .type = RK_STRING,
              .name = "reliable-fetcher-heartbeat-web.1-4-0123456789ab",
              .items = { { "1" } },
              .expire_s = OLD_TIME } },
          .told = "a stranded" },
        { "a due job, taken by a worker with a list of its own",
          { ZSET("schedule", { J("a"), DUE }) },
          { LIST("queue:sq|" IDENTITY "|default", { J_AGAIN("a") }), ALIVE(IDENTITY) },
          .told = "a moved progress" },
        { "a due retry, taken",
          { ZSET("retry", { J_FAILED("a", "0", "1795400100.5"), DUE }) },
          { LIST("queue:sq|" IDENTITY "|default", { J_FAILED("a", "0", "1795400100.5") }), ALIVE(IDENTITY) },
          .told = "a moved progress" },
        { "a job of the schedule, taken before its time",
          { ZSET("schedule", { J("a"), NOT_DUE }) },
          { LIST("queue:sq|" IDENTITY "|default", { J("a") }), ALIVE(IDENTITY) },
          .told = "a moved irregular before_time" },
        { "a dead job in hand, unchanged",
          { ZSET("dead", { J("a"), DUE }) },
          { LIST("queue:sq|" IDENTITY "|default", { J("a") }), ALIVE(IDENTITY) },
          .told = "a moved irregular not_a_step" },
        { "taken from a queue that its payload does not name",
          { LIST("queue:default", { J_IN("a", "x") }) },
          { LIST("queue:sq|" IDENTITY "|default", { J_IN("a", "x") }), ALIVE(IDENTITY) },
          .told = "a moved progress" },
        { "and back",
          { LIST("queue:sq|" IDENTITY "|default", { J_IN("a", "x") }) },
          { LIST("queue:default", { J_IN("a", "x") }) },
          .told = "a moved progress" },
        { "in the list for another queue",
          { LIST("queue:default", { J("a") }) },
          { LIST("queue:sq|" IDENTITY "|low", { J("a") }), ALIVE(IDENTITY) },
          .told = "a moved irregular wrong_queue" },
        { "a job of NEW in the list of a dead process",
          { LIST("queue:default", { J("k") }) },
          { LIST("queue:default", { J("k") }), LIST("queue:sq|" IDENTITY "|default", { J("a") }) },
          .told = "a unexpected stranded" },
        { "stays in the list of its process",
          { LIST("queue:sq|" IDENTITY "|default", { J("a") }) },
          { LIST("queue:sq|" IDENTITY "|default", { J("a") }), ALIVE(IDENTITY) },
          .told = "" },
        { "in its process' list and its work hash",
          { LIST("queue:default", { J("a") }) },
          { LIST("queue:sq|" IDENTITY "|default", { J("a") }), WORK(IDENTITY, "a"), ALIVE(IDENTITY) },
          .told = "a moved progress" },
    };
    CHECK_PAIRS(rows);
}

static void copies(void)
{
#define D "queue:default"
    static const pair_row rows[] = {
        { "same bytes in the same queue",
          { LIST(D, { J("a") }) },
          { LIST(D, { J("a") }, { J("a") }) },
          .told = "a duplicated same_bytes" },
        { "same bytes elsewhere",
          { LIST(D, { J("a") }) },
          { LIST(D, { J("a") }), LIST("queue:b", { J("a") }) },
          .told = "a duplicated same_bytes" },
        { "the same jid, respelled",
          { LIST(D, { J("a") }) },
          { LIST(D, { J("a") }, { "{ \"jid\": \"a\", \"class\": \"HardJob\", \"args\": [ 1 ] }" }) },
          .told = "a duplicated same_jid" },
        { "still in the schedule and in its queue, too",
          { ZSET("schedule", { J("a"), DUE }) },
          { ZSET("schedule", { J("a"), DUE }), LIST(D, { J_AGAIN("a") }) },
          .told = "a duplicated same_jid" },
        { "twice in OLD, twice in NEW",
          { LIST(D, { J("a") }, { J("a") }) },
          { LIST(D, { J("a") }, { J("a") }) },
          .told = "" },
        { "twice in OLD, once in NEW",
          { LIST(D, { J("a") }, { J("k") }, { J("a") }) },
          { LIST(D, { J("a") }, { J("k") }) },
          .told = "a unaccounted no_counters" },
        { "twice in OLD with other bytes, once in NEW",
          { LIST(D, { J("a") }), ZSET("retry", { J_FAILED("a", "0", "1.5"), DUE }) },
          { LIST(D, { J("a") }) },
          .told = "a unaccounted no_counters" },
        { "twice in OLD, three times in NEW",
          { LIST(D, { J("a") }, { J("a") }) },
          { LIST(D, { J("a") }, { J("a") }), LIST("queue:b", { J("a") }) },
          .told = "a duplicated same_bytes" },
        { "a sorted set with a copy at another time",
          { ZSET("retry", { J("a"), DUE }) },
          { ZSET("retry", { J("a"), DUE }, { J_AGAIN("a"), DUE + 1 }) },
          .told = "a duplicated same_jid" },
        { "two that are new, with one jid",
          { K },
          { K, LIST(D, { J("a") }), ZSET("retry", { J("a"), DUE }) },
          .told = "a unexpected; a duplicated same_bytes" },
        { "no jid at all, the same bytes",
          { LIST(D, { "{\"class\":\"A\",\"args\":[]}" }), K },
          { LIST(D, { "{\"class\":\"A\",\"args\":[]}" }, { "{\"class\":\"A\",\"args\":[]}" }), K },
          .told = "- duplicated same_bytes" },
    };
    CHECK_PAIRS(rows);
}

static void own_jobs(void)
{
    static const pair_row rows[] = {
        { "created since",
          { K },
          { K, LIST(D, { "{\"class\":\"A\",\"args\":[],\"jid\":\"a\",\"created_at\":1795420001.5}" }) },
          .told = "a added" },
        { "created since, in ms",
          { K },
          { K, LIST(D, { "{\"class\":\"A\",\"args\":[],\"jid\":\"a\",\"created_at\":1795420001500}" }) },
          .told = "a added" },
        { "created within the second of OLD's time",
          { K },
          { K, LIST(D, { "{\"class\":\"A\",\"args\":[],\"jid\":\"a\",\"created_at\":1795419999.2}" }) },
          .told = "a added" },
        { "created before", { K }, { K, LIST(D, { J("a") }) }, .told = "a unexpected" },
        { "no created_at: when it was pushed",
          { K },
          { K, LIST(D, { "{\"class\":\"A\",\"args\":[],\"jid\":\"a\",\"enqueued_at\":1.5}" }) },
          .told = "a unexpected" },
        { "no time at all",
          { K },
          { K, LIST(D, { "{\"class\":\"A\",\"args\":[],\"jid\":\"a\"}" }) },
          .told = "a added" },
        { "OLD's time is not known",
          { K },
          { K, LIST(D, { J("a") }) },
          .old_time = NO_TIME,
          .told = "a added" },
        { "what is no job", { K }, { K, LIST(D, { "nonsense" }) }, .told = "- added" },
    };
    CHECK_PAIRS(rows);
}

static void damage(void)
{
#define X(jid) JOB(jid, "default", "HardJob", "[\"" jid "\",\"\303\251\"]", "")
    static const char truncated[] = "{\"retry\":true,\"queue\":\"default\",\"class\":\"HardJob\",\"args\":["
                                    "\"a\",\"\303\251\"],\"jid\":\"a\",\"cr";
    static const char headless[] =
        "{\"retry\":true,\"queue\":\"default\",\"class\":\"HardJob\",\"args\":[\"a\",\"\303";
    static const pair_row rows[] = {
        { "cut behind its jid",
          { LIST(D, { X("a") }, { X("b") }) },
          { LIST(D, { truncated }, { X("b") }) },
          .told = "a damaged not_json" },
        { "cut before its jid",
          { LIST(D, { X("b") }, { X("a") }) },
          { LIST(D, { X("b") }, { headless }) },
          .told = "a damaged not_json" },
        { "each cut before its jid",
          { LIST(D, { X("c") }, { X("b") }, { X("a") }) },
          { LIST(D, { "{\"retry\":true,\"queue\":\"default\",\"class\":\"HardJob\",\"args\":[\"c" },
                 { "{\"retry\":true,\"queue\":\"default\",\"class\":\"HardJob\",\"args\":[\"b" },
                 { "{\"retry\":true,\"queue\":\"default\",\"class\":\"HardJob\",\"args\":[\"a" }),
            K },
          .told = "c damaged not_json; b damaged not_json; a damaged not_json; k unexpected" },
        { "in a sorted set, by its score",
          { ZSET("retry", { X("a"), DUE }, { X("b"), DUE + 1 }) },
          { ZSET("retry", { "garbage", DUE }, { X("b"), DUE + 1 }) },
          .told = "a damaged not_json" },
        { "bytes that are no UTF-8",
          { LIST(D, { X("a") }) },
          { LIST(D, { JOB("a", "default", "HardJob", "[\"a\",\"\351\"]", "") }) },
          .told = "a damaged not_utf8" },
        { "the jid is lost",
          { LIST(D, { X("a") }, { X("b") }) },
          { LIST(D, { "{\"class\":\"HardJob\",\"args\":[\"a\",\"\303\251\"]}" }, { X("b") }) },
          .told = "a damaged no_jid" },
        { "the jid became a number",
          { LIST(D, { X("a") }) },
          { LIST(D, { "{\"class\":\"HardJob\",\"args\":[\"a\",\"\303\251\"],\"jid\":7}" }) },
          .told = "a damaged no_jid" },
        { "a whole job without a jid is no damaged copy of another one",
          { LIST(D, { X("a") }, { X("k") }) },
          { LIST(D, { "{\"retry\":true,\"queue\":\"default\",\"class\":\"Other\",\"args\":[]}" },
                 { X("k") }) },
          .told = "a unaccounted no_counters; - added" },
        { "what never parsed is kept",
          { LIST(D, { "nonsense" }, { X("k") }) },
          { LIST(D, { "nonsense" }, { X("k") }) },
          .told = "" },
        { "what never parsed, gone",
          { LIST(D, { "nonsense" }, { X("k") }) },
          { LIST(D, { X("k") }) },
          .told = "- unaccounted no_counters" },
    };
    CHECK_PAIRS(rows);
}

/* Sidekiq 2.0 and 2.1: class, args and queue are all there is. */
static void jobs_without_a_jid(void)
{
#define BARE(args) "{\"retry\":true,\"queue\":\"default\",\"class\":\"A\",\"args\":[" args "]}"
#define BARE_FAILED(args)                                                                                    \
    "{\"retry\":true,\"queue\":\"default\",\"class\":\"A\",\"args\":[" args                                  \
    "],\"error_class\":\"E\",\"error_message\":\"m\",\"failed_at\":\"2026-11-23 07:47:00 "                   \
    "UTC\",\"retry_count\":0}"
    static const pair_row rows[] = {
        { "kept", { LIST(D, { BARE("1") }), K }, { LIST(D, { BARE("1") }), K }, .told = "" },
        { "failed",
          { LIST(D, { BARE("1") }, { BARE("2") }), K },
          { LIST(D, { BARE("1") }), ZSET("retry", { BARE_FAILED("2"), NOT_DUE }), K },
          .told = "- moved progress" },
        { "failed again",
          { ZSET("retry", { BARE_FAILED("2"), DUE }), K },
          { ZSET("retry",
                 { "{\"retry\":true,\"queue\":\"default\",\"class\":\"A\",\"args\":[2],\"error_class\":\"E\","
                   "\"error_message\":\"m\",\"failed_at\":\"2026-11-23 07:47:00 UTC\",\"retry_count\":1,"
                   "\"retried_at\":\"2026-11-23 07:47:30 UTC\"}",
                   NOT_DUE }),
            K },
          .told = "- changed progress" },
        { "it was given a jid as it was pushed",
          { ZSET("schedule", { BARE("1"), DUE }), K },
          { LIST(D, { JOB("a", "default", "A", "[1]", ",\"enqueued_at\":1795420051.5") }), K },
          .told = "- moved progress" },
        { "gone", { LIST(D, { BARE("1") }), K }, { K }, .told = "- unaccounted no_counters" },
        { "new", { K }, { LIST(D, { BARE("1") }), K }, .told = "- added" },
        { "other args are another job",
          { LIST(D, { BARE("1") }), K },
          { ZSET("retry", { BARE_FAILED("2"), NOT_DUE }), K },
          .told = "- unaccounted no_counters; - added" },
    };
    CHECK_PAIRS(rows);
}

static void sidekiq_alive(void)
{
#define ALIVE_JOB(jid) JOB(jid, "sidekiq-alive-web.1", "SidekiqAlive::Worker", "[]", "")
    static const pair_row rows[] = {
        { "its job is gone, another is there",
          { ZSET("schedule", { ALIVE_JOB("a"), NOT_DUE }, { J("b"), NOT_DUE }) },
          { ZSET("schedule", { ALIVE_JOB("c"), NOT_DUE + 60 }, { J("b"), NOT_DUE }) },
          .told = "" },
        { "its queue is gone",
          { LIST("queue:sidekiq-alive-web.1", { ALIVE_JOB("a") }), K },
          { K },
          .told = "" },
    };
    CHECK_PAIRS(rows);
}

enum { MANY = 10000 };

/* Many that look alike, many that are damaged: it ends, and the numbers are right. */
static void many(void)
{
    static rk_slice items[MANY + 50];
    static char texts[MANY + 50][120];
    for (int kind = 0; kind < 4; kind++) { /* alike; cut; alike but for the jid; one jid for all */
        pair p = { 0 };
        rk_buf old = { 0 }, new = { 0 };
        static const char *const forms[] = { "{\"class\":\"A\",\"args\":[1]}",
                                             "{\"class\":\"A\",\"args\":[%d],\"jid\":\"%d\"}",
                                             "{\"class\":\"A\",\"args\":[1],\"jid\":\"%d\"}",
                                             "{\"class\":\"A\",\"args\":[%d],\"jid\":\"x\"}" };
        for (int i = 0; i < MANY + 50; i++) {
            snprintf(texts[i], sizeof texts[i], forms[kind], i, i);
            items[i] = rk_slice_of(texts[i]);
        }
        pair_begin(&old, OLD_TIME);
        pair_list(&old, D, items, MANY, kind & 1 ? 0 : 100);
        pair_end(&old);
        for (int i = 0; kind == 1 && i < MANY; i++)
            items[i].len -= 3 + strlen("\"jid\":\"") + (size_t)snprintf(NULL, 0, "%d", i);
        pair_begin(&new, NEW_TIME);
        pair_list(&new, D, items + (kind == 1), kind == 1 ? MANY - 1 : MANY + 50, kind & 1 ? 0 : 99);
        pair_list(&new, "queue:k", &(rk_slice){ (const uint8_t *)J("k"), sizeof J("k") - 1 }, 1, 0);
        pair_end(&new);
        pair_snapshot(&p, false, &old);
        pair_snapshot(&p, true, &new);
        CU_ASSERT_FATAL(pair_run(&p));
        const uint64_t *n = rk_diff_total(p.diff)->counts;
        CU_ASSERT(n[RK_JOB_DAMAGED] == (kind == 1 ? MANY - 1 : 0));
        CU_ASSERT(n[RK_JOB_KEPT] == (kind == 1 ? 0 : MANY));
        CU_ASSERT(n[RK_JOB_DUPLICATED] == (kind == 0 || kind == 3 ? 50 : 0));
        CU_ASSERT(n[RK_JOB_ADDED] == (kind == 2 ? 50 : 0));
        pair_close(&p);
    }
}

UNIT_MAIN("rest", { "jobs in hand", jobs_in_hand }, { "private lists of every fetcher", private_lists },
          { "owners of private lists", owners_of_private_lists }, { "copies", copies },
          { "jobs of NEW's own", own_jobs }, { "damaged payloads", damage },
          { "jobs without a jid", jobs_without_a_jid },
          { "the jobs of sidekiq_alive are noise", sidekiq_alive }, { "ten thousand of a kind", many })
