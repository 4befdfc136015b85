/* test_judge: what it means that a job is now here: each step of the life cycle (spec: Sidekiq, "Classes of change of
 * one jid"), also those that are impossible, and each rule for the fields of a payload. */
#include "pair.h"

#define DUE     1795420050.5
#define NOT_DUE 1795430000.5
#define DEATH   1795410000.5

static void steps_into_queues(void)
{
    static const pair_row rows[] = {
        { "kept", { LIST("queue:default", { J("a") }) }, { LIST("queue:default", { J("a") }) }, .told = "" },
        { "a due job of the schedule, pushed anew",
          { ZSET("schedule", { J("a"), DUE }) }, { LIST("queue:default", { J_AGAIN("a") }) },
          .told = "a moved progress" },
        { "a due job of the schedule, with unchanged bytes, as 2.x and the reliable scheduler push it",
          { ZSET("schedule", { J("a"), DUE }) }, { LIST("queue:default", { J("a") }) }, .told = "a moved progress" },
        { "a job of the schedule, before its time, with unchanged bytes",
          { ZSET("schedule", { J("a"), NOT_DUE }) }, { LIST("queue:default", { J("a") }) },
          .told = "a moved irregular before_time" },
        { "a job of the schedule, before its time, by hand",
          { ZSET("schedule", { J("a"), NOT_DUE }) }, { LIST("queue:default", { J_AGAIN("a") }) },
          .told = "a moved progress" },
        { "a job of the schedule, when NEW's time is not known",
          { ZSET("schedule", { J("a"), NOT_DUE }) }, { LIST("queue:default", { J("a") }) }, .new_time = NO_TIME,
          .told = "a moved progress" },
        { "a due retry", { ZSET("retry", { J_FAILED("a", "0", "1795400100.5"), DUE }) },
          { LIST("queue:default", { JOB("a", "default", "HardJob", "[1]", ",\"enqueued_at\":1795420051.5"
                                        FAILED("0", "1795400100.5")) }) }, .told = "a moved progress" },
        { "a retry by hand takes one off the count",
          { ZSET("retry", { J_FAILED("a", "0", "1795400100.5"), NOT_DUE }) },
          { LIST("queue:default", { JOB("a", "default", "HardJob", "[1]", ",\"enqueued_at\":1795420051.5"
                                        FAILED("-1", "1795400100.5")) }) }, .told = "a moved progress" },
        { "a retry whose count fell by two",
          { ZSET("retry", { J_FAILED("a", "3", "1795400100.5"), DUE }) },
          { LIST("queue:default", { JOB("a", "default", "HardJob", "[1]", ",\"enqueued_at\":1795420051.5"
                                        FAILED("1", "1795400100.5")) }) }, .told = "a moved irregular fields" },
        { "a dead job by hand", { ZSET("dead", { J_FAILED("a", "25", "1795400100.5"), DEATH }) },
          { LIST("queue:default", { JOB("a", "default", "HardJob", "[1]", ",\"enqueued_at\":1795420051.5"
                                        FAILED("24", "1795400100.5")) }) }, .told = "a moved progress" },
        { "a dead job with unchanged bytes: Sidekiq would have pushed it anew",
          { ZSET("dead", { J("a"), DEATH }) }, { LIST("queue:default", { J("a") }) },
          .told = "a moved irregular not_a_step" },
        { "another queue, same bytes", { LIST("queue:a", { J_IN("a", "a") }) }, { LIST("queue:b", { J_IN("a", "a") }) },
          .told = "a moved irregular wrong_queue" },
        { "another queue, same bytes, which name no queue", { LIST("queue:a", { "{\"class\":\"A\",\"args\":[],\"jid\":\"a\"}" }) },
          { LIST("queue:b", { "{\"class\":\"A\",\"args\":[],\"jid\":\"a\"}" }) }, .told = "a moved irregular not_a_step" },
        { "from the schedule into a queue that it does not name",
          { ZSET("schedule", { J("a"), DUE }) }, { LIST("queue:other", { J("a") }) },
          .told = "a moved irregular wrong_queue" },
        { "by way of a retry into its retry_queue",
          { LIST("queue:a", { JOB("a", "a", "W", "[]", ",\"retry_queue\":\"slow\",\"enqueued_at\":1795400000.5") }) },
          { LIST("queue:slow", { JOB("a", "slow", "W", "[]", ",\"retry_queue\":\"slow\",\"enqueued_at\":1795420050.5"
                                     FAILED("0", "1795420001.5")) }) }, .told = "a moved progress" },
        { "from its retry into its retry_queue, which the payload does not name",
          { ZSET("retry", { JOB("a", "a", "W", "[]", ",\"retry_queue\":\"slow\"" FAILED("0", "1795400100.5")), DUE }) },
          { LIST("queue:slow", { JOB("a", "a", "W", "[]", ",\"retry_queue\":\"slow\"" FAILED("0", "1795400100.5")) }) },
          .told = "a moved progress" },
        { "a queue's name with an escape", { ZSET("schedule", { JOB("a", "a\\\"b", "W", "[]", ""), DUE }) },
          { LIST("queue:a\"b", { JOB("a", "a\\\"b", "W", "[]", "") }) }, .told = "a moved progress" },
    };
    CHECK_PAIRS(rows);
}

static void steps_into_sets(void)
{
    static const pair_row rows[] = {
        { "a queued job that failed", { LIST("queue:default", { J("a") }) },
          { ZSET("retry", { J_FAILED("a", "0", "1795420001.5"), NOT_DUE }) }, .told = "a moved progress" },
        { "a queued job in retry without the marks of a failure", { LIST("queue:default", { J("a") }) },
          { ZSET("retry", { J("a"), NOT_DUE }) }, .told = "a moved irregular no_failure" },
        { "a queued job in retry with the marks of an older failure only",
          { LIST("queue:default", { J_FAILED("a", "0", "1795400100.5") }) },
          { ZSET("retry", { J_FAILED("a", "0", "1795400100.5"), NOT_DUE }) },
          .told = "a moved irregular no_failure" },
        { "a queued job that failed once more", { LIST("queue:default", { J_FAILED("a", "0", "1795400100.5") }) },
          { ZSET("retry", { J_FAILED("a", "1", "1795420001.5"), NOT_DUE }) }, .told = "a moved progress" },
        { "a queued job that died", { LIST("queue:default", { J("a") }) },
          { ZSET("dead", { J_FAILED("a", "0", "1795420001.5"), 1795420001.5 }) }, .told = "a moved progress" },
        { "a queued job in dead without a failure", { LIST("queue:default", { J("a") }) },
          { ZSET("dead", { J("a"), 1795420001.5 }) }, .told = "a moved irregular no_failure" },
        { "what is not JSON dies unchanged", { LIST("queue:default", { J("k") }, { "{\"jid\":\"a\",nonsense" }) },
          { LIST("queue:default", { J("k") }), ZSET("dead", { "{\"jid\":\"a\",nonsense", 1795420001.5 }) },
          .told = "a moved progress" },
        { "failed again", { ZSET("retry", { J_FAILED("a", "1", "1795400100.5"), DUE }) },
          { ZSET("retry", { J_FAILED("a", "2", "1795420060.5"), NOT_DUE }) }, .told = "a changed progress" },
        { "retried by hand, failed again: the same count",
          { ZSET("retry", { J_FAILED("a", "1", "1795400100.5"), NOT_DUE }) },
          { ZSET("retry", { JOB("a", "default", "HardJob", "[1]", ",\"enqueued_at\":1795420001.5"
                                FAILED("1", "1795420060.5")), 1795429000.5 }) }, .told = "a changed progress" },
        { "a retry whose count fell by one, in the retry set",
          { ZSET("retry", { J_FAILED("a", "2", "1795420060.5"), NOT_DUE }) },
          { ZSET("retry", { J_FAILED("a", "1", "1795400100.5"), DUE }) }, .told = "a changed irregular fields" },
        { "a retry whose count fell by two",
          { ZSET("retry", { J_FAILED("a", "3", "1795400100.5"), NOT_DUE }) },
          { ZSET("retry", { J_FAILED("a", "1", "1795420060.5"), NOT_DUE }) }, .told = "a changed irregular fields" },
        { "an earlier time with the same count, and not pushed since",
          { ZSET("retry", { J_FAILED("a", "1", "1795400100.5"), NOT_DUE }) },
          { ZSET("retry", { J_FAILED("a", "1", "1795400160.5"), 1795425000.5 }) },
          .told = "a changed irregular fields" },
        { "rescheduled by hand", { ZSET("schedule", { J("a"), NOT_DUE }) }, { ZSET("schedule", { J("a"), 1795440000.25 }) },
          .told = "a rescheduled" },
        { "exhausted", { ZSET("retry", { J_FAILED("a", "24", "1795400100.5"), DUE }) },
          { ZSET("dead", { J_FAILED("a", "25", "1795420060.5"), 1795420060.5 }) }, .told = "a moved progress" },
        { "killed by hand, unchanged", { ZSET("retry", { J_FAILED("a", "2", "1795400100.5"), NOT_DUE }) },
          { ZSET("dead", { J_FAILED("a", "2", "1795400100.5"), 1795420060.5 }) }, .told = "a moved progress" },
        { "scheduled, ran, failed", { ZSET("schedule", { J("a"), DUE }) },
          { ZSET("retry", { J_FAILED("a", "0", "1795420060.5"), NOT_DUE }) }, .told = "a moved progress" },
        { "from the schedule to retry without a failure", { ZSET("schedule", { J("a"), DUE }) },
          { ZSET("retry", { J("a"), NOT_DUE }) }, .told = "a moved irregular no_failure" },
        { "scheduled, ran, died", { ZSET("schedule", { J("a"), DUE }) },
          { ZSET("dead", { J_FAILED("a", "0", "1795420060.5"), 1795420060.5 }) }, .told = "a moved progress" },
        { "dead, started by hand, failed again",
          { ZSET("dead", { J_FAILED("a", "25", "1795400100.5"), DEATH }) },
          { ZSET("retry", { J_FAILED("a", "25", "1795420060.5"), NOT_DUE }) }, .told = "a moved progress" },
        { "from dead to retry, unchanged", { ZSET("dead", { J_FAILED("a", "25", "1795400100.5"), DEATH }) },
          { ZSET("retry", { J_FAILED("a", "25", "1795400100.5"), NOT_DUE }) },
          .told = "a moved irregular no_failure" },
        { "from retry to the schedule: impossible", { ZSET("retry", { J_FAILED("a", "2", "1795400100.5"), DUE }) },
          { ZSET("schedule", { J_FAILED("a", "2", "1795400100.5"), NOT_DUE }) },
          .told = "a moved irregular not_a_step" },
        { "from dead to the schedule: impossible", { ZSET("dead", { J("a"), DEATH }) },
          { ZSET("schedule", { J("a"), NOT_DUE }) }, .told = "a moved irregular not_a_step" },
        { "from a queue to the schedule", { LIST("queue:default", { J("a") }) },
          { ZSET("schedule", { J("a"), NOT_DUE }) }, .told = "a moved irregular not_a_step" },
        { "a limiter put it back", { LIST("queue:default", { J("a") }) },
          { ZSET("schedule", { JOB("a", "default", "HardJob", "[1]", ",\"enqueued_at\":1795400000.5,\"overrated\":1"),
                               NOT_DUE }) }, .told = "a moved progress" },
        { "a limiter put it back again", { ZSET("schedule", { JOB("a", "default", "W", "[1]", ",\"overrated\":1"), DUE }) },
          { ZSET("schedule", { JOB("a", "default", "W", "[1]", ",\"overrated\":2,\"enqueued_at\":1795420051.5"), NOT_DUE }) },
          .told = "a changed progress" },
        { "a due retry that a limiter put back", { ZSET("retry", { J_FAILED("a", "2", "1795400100.5"), DUE }) },
          { ZSET("schedule", { JOB("a", "default", "HardJob", "[1]", ",\"enqueued_at\":1795420051.5"
                                   FAILED("2", "1795400100.5") ",\"overrated\":1"), NOT_DUE }) },
          .told = "a moved progress" },
        { "interrupted three times, out of a queue", { LIST("queue:default", { J("a") }) },
          { ZSET("interrupted", { JOB("a", "default", "HardJob", "[1]",
                                      ",\"enqueued_at\":1795400000.5,\"interrupted_count\":3"), 1795420060.5 }) },
          .told = "a moved progress" },
        { "from dead to interrupted", { ZSET("dead", { J("a"), DEATH }) }, { ZSET("interrupted", { J("a"), DEATH }),
                                                                             LIST("queue:default", { J("k") }) },
          .told = "a moved irregular not_a_step; k unexpected" },
    };
    CHECK_PAIRS(rows);
}

/* One field of a job that stays in its queue. */
static void field_rules_hold(void)
{
#define STAYS(what, before, after, expected) \
    { what, { LIST("queue:default", { before }) }, { LIST("queue:default", { after }) }, .told = expected }
#define PLAIN(more) JOB("a", "default", "W", "[1]", more)
    static const pair_row rows[] = {
        STAYS("enqueued_at", PLAIN(",\"enqueued_at\":1.5"), PLAIN(",\"enqueued_at\":1795420001.5"), "a changed progress"),
        STAYS("enqueued_at is lost, in a queue", PLAIN(",\"enqueued_at\":1.5"), PLAIN(""), "a changed irregular fields"),
        STAYS("enqueued_at appears", PLAIN(""), PLAIN(",\"enqueued_at\":1795420001.5"), "a changed progress"),
        STAYS("retry_count is lost", PLAIN(",\"retry_count\":1,\"enqueued_at\":1.5"), PLAIN(",\"enqueued_at\":1795420001.5"),
              "a changed irregular fields"),
        STAYS("failed_at is lost", PLAIN(",\"failed_at\":1.5,\"enqueued_at\":1.5"), PLAIN(",\"enqueued_at\":1795420001.5"),
              "a changed irregular fields"),
        STAYS("the backtrace goes", PLAIN(",\"error_backtrace\":\"x\",\"enqueued_at\":1.5"),
              PLAIN(",\"enqueued_at\":1795420001.5"), "a changed progress"),
        STAYS("interrupted_count", PLAIN(""), PLAIN(",\"interrupted_count\":1"), "a changed progress"),
        STAYS("at goes, as it was pushed", PLAIN(",\"at\":1.5"), PLAIN(",\"enqueued_at\":1795420001.5"), "a changed progress"),
        STAYS("a field of a gem appears with the push", PLAIN(""), PLAIN(",\"enqueued_at\":1795420001.5,\"trace\":\"x\""),
              "a changed progress"),
        STAYS("a field of a gem is written anew with the push", PLAIN(",\"trace\":\"y\""),
              PLAIN(",\"trace\":\"x\",\"enqueued_at\":1795420001.5"), "a changed progress"),
        STAYS("a field of a gem changes alone", PLAIN(",\"trace\":\"y\""), PLAIN(",\"trace\":\"x\""),
              "a changed irregular fields"),
        STAYS("a field of a gem is lost", PLAIN(",\"trace\":\"y\""), PLAIN(",\"enqueued_at\":1795420001.5"),
              "a changed irregular fields"),
        STAYS("tags may be added", PLAIN(""), PLAIN(",\"tags\":[],\"enqueued_at\":1795420001.5"), "a changed progress"),
        STAYS("tags must not change", PLAIN(",\"tags\":[1]"), PLAIN(",\"tags\":[2],\"enqueued_at\":1795420001.5"),
              "a changed irregular fields"),
        STAYS("bid must not change", PLAIN(",\"bid\":\"a\""), PLAIN(",\"bid\":\"b\",\"enqueued_at\":1795420001.5"),
              "a changed irregular fields"),
        STAYS("wrapped must not change", PLAIN(",\"wrapped\":\"a\""), PLAIN(",\"wrapped\":\"b\",\"enqueued_at\":1795420001.5"),
              "a changed irregular fields"),
        STAYS("args must not change", PLAIN(""), JOB("a", "default", "W", "[2]", ",\"enqueued_at\":1795420001.5"),
              "a changed irregular fields"),
        STAYS("a big integer was squeezed", JOB("a", "default", "W", "[12345678901234567891]", ""),
              JOB("a", "default", "W", "[12345678901234567000]", ""), "a changed irregular fields"),
        STAYS("class must not change", PLAIN(""), JOB("a", "default", "V", "[1]", ",\"enqueued_at\":1795420001.5"),
              "a changed irregular fields"),
        STAYS("queue takes the name of the queue it ran from", JOB("a", "other", "W", "[]", ""),
              JOB("a", "default", "W", "[]", ",\"enqueued_at\":1795420001.5"), "a changed progress"),
        STAYS("queue takes a name from nowhere", PLAIN(""), JOB("a", "other", "W", "[1]", ",\"enqueued_at\":1795420001.5"),
              "a changed irregular fields"),
        STAYS("retry must not change", "{\"class\":\"W\",\"args\":[],\"jid\":\"a\",\"retry\":3}",
              "{\"class\":\"W\",\"args\":[],\"jid\":\"a\",\"retry\":4,\"enqueued_at\":1795420001.5}",
              "a changed irregular fields"),
        STAYS("created_at must not change", "{\"class\":\"W\",\"args\":[],\"jid\":\"a\",\"created_at\":1795400000.5}",
              "{\"class\":\"W\",\"args\":[],\"jid\":\"a\",\"created_at\":1795400001.5,\"enqueued_at\":1795420001.5}",
              "a changed irregular fields"),
        STAYS("created_at and retry may be added", "{\"class\":\"W\",\"args\":[],\"jid\":\"a\"}",
              "{\"class\":\"W\",\"args\":[],\"jid\":\"a\",\"created_at\":1795400001.5,\"retry\":true,"
              "\"enqueued_at\":1795420001.5}", "a changed progress"),
        STAYS("seconds became milliseconds", "{\"class\":\"W\",\"args\":[],\"jid\":\"a\",\"created_at\":1795400000.1234}",
              "{\"class\":\"W\",\"args\":[],\"jid\":\"a\",\"created_at\":1795400000123,\"enqueued_at\":1795420001500}",
              "a changed progress"),
        STAYS("the order of keys, with a push", "{\"class\":\"W\",\"args\":[],\"jid\":\"a\",\"enqueued_at\":1.5}",
              "{\"args\":[],\"class\":\"W\",\"enqueued_at\":1795420001.5,\"jid\":\"a\"}", "a changed progress"),
        STAYS("respelled", "{\"class\":\"W\",\"args\":[\"é\"],\"jid\":\"a\"}",
              "{\"class\": \"W\", \"args\": [\"\\u00e9\"], \"jid\": \"a\"}", "a changed irregular respelled"),
        STAYS("respelled, the jid too", "{\"class\":\"W\",\"args\":[],\"jid\":\"in/1\"}",
              "{\"class\":\"W\",\"args\":[],\"jid\":\"in\\/1\"}", "in/1 changed irregular respelled"),
        STAYS("counts beyond any", PLAIN(",\"retry_count\":-9223372036854775808,\"enqueued_at\":1.5"),
              PLAIN(",\"retry_count\":9223372036854775807,\"enqueued_at\":1795420001.5"), "a changed progress"),
    };
    CHECK_PAIRS(rows);
}

static void scores_that_were_squeezed(void)
{
    static const struct {
        const char *name;
        double before, after; /* or a format that makes one of the other */
        bool cut;
        const char *format;
    } cases[] = {
        { "%d", 1795430000.933207, 1795430000, true, NULL },
        { "rounded", 1795430000.933207, 0, true, "%.0f" },
        { "%g", 1795433123.933207, 0, true, "%g" },
        { "%f", 1795430000.9332073, 0, true, "%f" },
        { "%.2f", 1795430000.933207, 0, true, "%.2f" },
        { "%.15g", 1795430000.9332073, 0, true, "%.15g" },
        { "milliseconds", 1795430000.933207, 1795430000933, true, NULL },
        { "milliseconds with a fraction", 1795430000.5, 1795430000500, true, NULL },
        { "another day", 1795430000.933207, 1795516400.933207, false, NULL },
        { "a minute later, whole", 1795430000.933207, 1795430060, false, NULL },
        { "infinite", 1795430000.933207, (double)INFINITY, true, NULL },
        { "no time", 1795430000.933207, 0, true, NULL },
        { "no time before", 0, 1795430000.933207, false, NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        double after = cases[i].after;
        if (cases[i].format) {
            snprintf(text, sizeof text, cases[i].format, cases[i].before);
            after = strtod(text, NULL);
        }
        pair_row row = { cases[i].name, { ZSET("schedule", { J("a"), cases[i].before }) },
                         { ZSET("schedule", { J("a"), after }) },
                         .told = cases[i].cut ? "a damaged score_cut" : "a rescheduled" };
        pair_check_row(&row, false);
    }
}

static void steps_across_layouts(void)
{
    static const pair_row rows[] = {
        { "into another namespace of two",
          { LIST("a:queue:default", { J("a") }, { J("k") }), LIST("b:queue:default", { J("l") }) },
          { LIST("a:queue:default", { J("k") }), LIST("b:queue:default", { J("l") }, { J("a") }) },
          .told = "a moved irregular other_layout" },
        { "one layout a side is one application under another prefix",
          { LIST("a:queue:default", { J("a") }), ZSET("a:retry", { J("b"), DUE }) },
          { LIST("queue:default", { J("a") }), ZSET("retry", { J("b"), DUE }) }, .told = "" },
        { "another database, one layout a side", { LIST("queue:default", { J("a") }) },
          { { .type = RK_LIST, .name = "queue:default", .items = { { J("a") } }, .db = 3 } }, .told = "" },
    };
    CHECK_PAIRS(rows);
}

UNIT_MAIN("judge", { "steps into queues", steps_into_queues }, { "steps into sorted sets", steps_into_sets },
          { "each rule for a field", field_rules_hold }, { "scores that were squeezed", scores_that_were_squeezed },
          { "steps across layouts", steps_across_layouts })
