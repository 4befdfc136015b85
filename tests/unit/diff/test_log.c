/* test_log: what an append-only file decides of the jobs of two snapshots, wherever it begins and ends, and whosever it
 * is. Jobs that are on neither side are told of last, as `aside`. */
#include "pair.h"

#include "../keyspace/replayed.h"

#define D  "queue:default"
#define LD LIST(D, { J("a") }, { J("b") })

/* Times: OLD is taken at 1795420000, NEW at 1795420100. */
#define BEFORE "#TS:1795419900\n"
#define AFTER  "#TS:1795420010\n"
#define LATER  "#TS:1795420060\n"
#define BEYOND "#TS:1795420200\n"
#define A      " " J("a")
#define B      " " J("b")
#define C      " " J("c")
#define W      "w:1:aaaaaaaaaaaa"
#define BEAT(time)                                                                                           \
    "sadd processes " W "\nhset " W " info {\"concurrency\":5,\"queues\":[\"default\"],\"started_at\":"      \
    "1795410000} beat " time "\n"
#define HELD "rpush " D B A "\n" /* what OLD holds: the tail is taken first */

typedef struct {
    pair_row row;
    const char *logs[3]; /* as commands, see replayed.h */
} log_row;

static int log_file_of(const char *commands, char path[40])
{
    rk_buf resp = { 0 }, out = { 0 };
    rk_err err = { 0 };
    replayed_resp(commands, &resp, &err);
    pair_add(&out, (const char *)resp.ptr, resp.len);
    rk_buf_free(&resp);
    return pair_file(&out, path);
}

static void check_balance(const pair *p)
{
    const rk_ledger_row *t = rk_diff_total(p->diff);
    uint64_t old = 0;
    for (size_t v = 0; v < RK_JOB_DUPLICATED; v++)
        old += t->counts[v];
    CU_ASSERT_EQUAL(old, t->old_jobs);
    CU_ASSERT_EQUAL(t->new_jobs, old - t->counts[RK_JOB_FINISHED] - t->counts[RK_JOB_REMOVED] -
                                     t->counts[RK_JOB_TRIMMED] - t->counts[RK_JOB_LOST] -
                                     t->counts[RK_JOB_UNACCOUNTED] + t->counts[RK_JOB_DUPLICATED] +
                                     t->counts[RK_JOB_ADDED] + t->counts[RK_JOB_UNEXPECTED]);
}

static void check_row(const log_row *row)
{
    pair p = { .options = row->row.options };
    char paths[3][40], *words[3];
    int fds[3];
    size_t count = 0;
    for (; count < 3 && row->logs[count]; count++) {
        fds[count] = log_file_of(row->logs[count], paths[count]);
        words[count] = paths[count];
    }
    p.options.logs = (rk_paths){ words, count };
    pair_row_side(&p, &row->row, false);
    pair_row_side(&p, &row->row, true);
    if (!pair_run(&p)) {
        printf("# %s: %s\n", row->row.name, p.err.what);
        CU_FAIL("the pair cannot be compared");
    } else {
        pair_check(row->row.name, "jobs", pair_tell_jobs(&p), row->row.told);
        check_balance(&p);
    }
    pair_close(&p);
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
}

static void check_rows(const log_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_row(&rows[i]);
}

#define CHECK_LOGS(rows) check_rows(rows, sizeof(rows) / sizeof(rows)[0])

static void gone_jobs(void)
{
    static const log_row rows[] = {
        { { "ended", { LD }, { { 0 } }, .told = "a finished ended; b finished ended" },
          { BEFORE HELD BEAT("1795419900.5") AFTER "rpop " D "\nrpop " D "\n" LATER BEAT("1795420060.5") } },
        { { "deleted, cleared", { LD }, { { 0 } }, .told = "a removed deleted_alone; b removed cleared" },
          { BEFORE "sadd queues default\n" HELD AFTER "lrem " D " 1" A "\nmulti\nunlink " D
                   "\nsrem queues default\nexec" } },
        { { "flushed", { LD }, { { 0 } }, .told = "a lost flushed; b lost flushed" },
          { BEFORE HELD AFTER "flushall" } },
        { { "in hand at the end", { LD }, { { 0 } }, .told = "a lost taken_by_dead; b in_progress in_hand" },
          { BEFORE HELD BEAT("1795419900.5") AFTER
            "sadd processes w:2:bbbbbbbbbbbb\nhset w:2:bbbbbbbbbbbb info "
            "{\"queues\":[\"x\"],\"started_at\":1} beat 1795420010\n"
            "rpush queue:x" A "\nlrem " D " 1" A "\nrpop queue:x\n"
            "#TS:1795420098\n" BEAT("1795420098") "rpop " D } },
        { { "trimmed",
            { ZSET("dead", { J("a"), 1795000000.5 }, { J("b"), 1795000001.5 }) },
            { ZSET("dead", { J("b"), 1795000001.5 }) },
            .told = "a trimmed limit" },
          { BEFORE "zadd dead 1795000000.5" A " 1795000001.5" B "\n" AFTER "zremrangebyrank dead 0 0" } },
    };
    CHECK_LOGS(rows);
}

static void what_was_over_before_old_is_another_life(void)
{
    static const log_row rows[] = {
        { { "flushed before OLD",
            { LD },
            { { 0 } },
            .told = "a unaccounted not_in_log; b unaccounted not_in_log" },
          { BEFORE HELD "flushall" } },
        { { "flushed before OLD, and lost after",
            { LIST(D, { J("a") }) },
            { { 0 } },
            .told = "a lost key_gone" },
          { BEFORE HELD "flushall\nrpush " D A "\n" AFTER "del " D } },
    };
    CHECK_LOGS(rows);
}

static void a_log_may_end_before_new(void)
{
    static const log_row rows[] = {
        { { "it waits as the log ends",
            { LD },
            { { 0 } },
            .told = "a unaccounted log_ends; b unaccounted log_ends" },
          { BEFORE HELD AFTER "set x y" } },
        { { "in hand as the log ends, and its process went on",
            { LD },
            { PROCESSES({ W }), PROCESS(W, BEAT_NEW), LIST(D, { J("b") }) },
            .told = "a unaccounted log_ends" },
          { BEFORE HELD BEAT("1795419900.5") AFTER BEAT("1795420010.5") "rpop " D } },
        { { "in hand as the log ends, and its process was not heard of any more",
            { LD },
            { PROCESSES({ W }), PROCESS(W, "1795420010.5"), LIST(D, { J("b") }) },
            .told = "a lost taken_by_dead" },
          { BEFORE HELD BEAT("1795419900.5") AFTER BEAT("1795420010.5") "rpop " D } },
        { { "another log", { LD }, { { 0 } }, .told = "a unaccounted not_in_log; b unaccounted not_in_log" },
          { BEFORE "rpush " D C } },
    };
    CHECK_LOGS(rows);
}

static void what_ran_after_new_is_not_resurrected(void)
{
    static const log_row rows[] = {
        { { "taken beyond NEW", { LD }, { LD }, .told = "" },
          { BEFORE HELD BEAT("1795419900.5") BEYOND "rpop " D "\n#TS:1795420210\n" BEAT("1795420210") } },
    };
    CHECK_LOGS(rows);
}

static void what_had_ended_is_resurrected(void)
{
    static const log_row rows[] = {
        { { "in the other instance", { LD }, { LD }, .told = "a resurrected had_ended" },
          { BEFORE HELD BEAT("1795419900.5") AFTER "rpop " D "\n" LATER BEAT("1795420060.5") } },
        { { "only NEW has it", { { 0 } }, { LD }, .told = "a unexpected had_ended; b unexpected" },
          { AFTER HELD BEAT("1795419900.5") "rpop " D "\n" LATER BEAT("1795420060.5") } },
        { { "pushed anew since",
            { LIST(D, { J("a") }) },
            { LIST(D, { J_AGAIN("a") }) },
            .told = "a changed progress" },
          { BEFORE "rpush " D A "\n" BEAT("1795419900.5") AFTER "rpop " D
                                                                "\n#TS:1795420020\n" BEAT("1795420020") } },
    };
    CHECK_LOGS(rows);
}

static void a_split_brain_leaves_jobs_behind(void)
{
    static const log_row rows[] = {
        { { "NEW has jobs that the log does not know",
            { LIST(D, { J("a") }) },
            { LIST(D, { J_AGAIN("n") }, { J("a") }) },
            .told = "n unexpected; c lost elsewhere aside" },
          { BEFORE "rpush " D A "\n" AFTER "lpush " D C "\n#TS:1795420099\nset x y" } },
        { { "and the log of NEW, in which it ended",
            { LIST(D, { J("a") }) },
            { LIST(D, { J_AGAIN("n") }, { J("a") }) },
            .told = "n unexpected" },
          { BEFORE "rpush " D A "\n" AFTER "lpush " D C "\n#TS:1795420099\nset x y", BEFORE
            "rpush " D A "\n" BEAT("1795419900.5") "#TS:1795420005\nrpush " D C "\nrpop " D "\n"
                                                   "#TS:1795420050\nlpush " D
                                                   " " J_AGAIN("n") "\n" LATER BEAT("1795420060.5") } },
    };
    CHECK_LOGS(rows);
}

static void a_heartbeat_is_in_the_instance_that_it_went_to(void)
{
    static const log_row rows[] = {
        { { "NEW has an earlier one",
            { LIST(D, { J("a") }) },
            { PROCESSES({ W }), PROCESS(W, "1795420002.5"), LIST(D, { J("a") }) },
            .told = "c lost elsewhere aside" },
          { BEFORE "rpush " D A "\n" LATER BEAT("1795420060.5") "#TS:1795420100\nlpush " D C } },
        { { "NEW has that one",
            { LIST(D, { J("a") }) },
            { PROCESSES({ W }), PROCESS(W, "1795420060.5"), LIST(D, { J("a") }) },
            .told = "" },
          { BEFORE "rpush " D A "\n" LATER BEAT("1795420060.5") "#TS:1795420100\nlpush " D C } },
        { { "it tells nothing before OLD",
            { LIST(D, { J("a") }) },
            { PROCESSES({ W }), PROCESS(W, "1795419890.5"), LIST(D, { J("a") }) },
            .told = "" },
          { BEFORE "rpush " D A "\n" BEAT("1795419900.5") "#TS:1795420100\nlpush " D C } },
    };
    CHECK_LOGS(rows);
}

static void what_was_pushed_right_behind_old_tells_whose_the_log_is(void)
{
    static const log_row rows[] = {
        { { "in the same second",
            { LIST(D, { J("a") }) },
            { LIST(D, { J("a") }) },
            .told = "c lost elsewhere aside" },
          { BEFORE "rpush " D A "\n#TS:1795420000\nlpush " D C "\n#TS:1795420099\nset x y" } },
        { { "OLD has it, so that it was there before",
            { LD },
            { LIST(D, { J("a") }) },
            .told = "b unaccounted log_ends" },
          { BEFORE "rpush " D A "\n#TS:1795420000\nlpush " D B "\n#TS:1795420099\nset x y" } },
    };
    CHECK_LOGS(rows);
}

#define WORK "hset " W ":work t {\"queue\":\"default\",\"payload\":" J("c") ",\"run_at\":1}\n"

static void what_is_in_hand_since_before_the_log_is_told(void)
{
    static const log_row rows[] = {
        { { "of a process that is at work",
            { LIST(D, { J("a") }) },
            { PROCESSES({ W }), PROCESS(W, "1795420098.5"), LIST(D, { J("a") }) },
            .told = "c in_progress in_hand aside" },
          { "#TS:1795419990\nrpush " D A "\n" WORK BEAT("1795419990.5") "#TS:1795420040\n" WORK BEAT(
              "1795420040.5") "#TS:1795420098\n" WORK BEAT("1795420098.5") } },
    };
    CHECK_LOGS(rows);
}

static void jobs_that_came_and_were_lost_in_between(void)
{
    static const log_row rows[] = {
        { { "flushed",
            { LIST(D, { J("a") }) },
            { LIST(D, { J_AGAIN("n") }) },
            .told = "a lost flushed; n unexpected; c lost flushed aside" },
          { BEFORE "rpush " D A "\n" AFTER "lpush " D C "\nflushall\n#TS:1795420050\nlpush " D
                   " " J_AGAIN("n") } },
        { { "pushed and lost before OLD",
            { LIST(D, { J("a") }) },
            { LIST(D, { J("a") }, { J_AGAIN("n") }) },
            .told = "n unexpected" },
          { BEFORE "lpush " D C "\nflushall\nrpush " D A "\n#TS:1795420050\nrpush " D " " J_AGAIN("n") } },
        { { "pushed and ended",
            { LIST(D, { J("a") }) },
            { LIST(D, { J("a") }, { J_AGAIN("n") }) },
            .told = "n unexpected" },
          { BEFORE "rpush " D A "\n" BEAT("1795419900.5") AFTER
            "rpush " D C "\nrpop " D "\n#TS:1795420050\nrpush " D
            " " J_AGAIN("n") "\n" LATER BEAT("1795420060.5") } },
    };
    CHECK_LOGS(rows);
}

static void without_times_the_log_lies_behind_old(void)
{
    static const log_row rows[] = {
        { { "deleted", { LD }, { { 0 } }, .told = "a lost key_gone; b lost key_gone" }, { HELD "del " D } },
        { { "pushed and flushed",
            { LD },
            { { 0 } },
            .told = "a lost flushed; b lost flushed; c lost flushed aside" },
          { HELD "lpush " D " {\"class\":\"A\",\"args\":[],\"jid\":\"c\"}\nflushall" } },
    };
    CHECK_LOGS(rows);
}

static void a_namespace_or_a_database_of_its_own(void)
{
    static const log_row rows[] = {
        { { "under a prefix", { LIST("shop:" D, { J("a") }) }, { { 0 } }, .told = "a lost key_gone" },
          { BEFORE "rpush shop:" D A "\n" AFTER "rename shop:" D " old" } },
    };
    CHECK_LOGS(rows);
}

static void a_damaged_log_is_used_as_far_as_it_goes(void)
{
    rk_buf log = { 0 }, out = { 0 };
    rk_err err = { 0 };
    char path[40], *words[1] = { path };
    static const pair_row row = { "cut short", { LD }, { { 0 } } };
    replayed_resp(BEFORE HELD AFTER "lrem " D " 1" A "\nset x y\nflushall\nset x y", &log, &err);
    size_t at = rk_slice_find(rk_buf_slice(&log), RK_TEXT("*1\r\n"), 0);
    CU_ASSERT_NOT_EQUAL_FATAL(at, SIZE_MAX);
    log.ptr[at] = 'x';
    pair_add(&out, (const char *)log.ptr, log.len);
    int fd = pair_file(&out, path);
    pair p = { .options = { .logs = { words, 1 } } };
    pair_row_side(&p, &row, false);
    pair_row_side(&p, &row, true);
    CU_ASSERT_TRUE_FATAL(pair_run(&p));
    pair_check(row.name, "jobs", pair_tell_jobs(&p), "a removed deleted_alone; b unaccounted not_in_log");
    CU_ASSERT_TRUE(rk_diff_is_partial(p.diff));
    size_t count;
    const rk_diff_log *told = rk_diff_logs(p.diff, &count);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_TRUE(told->partial);
    CU_ASSERT_EQUAL(told->reason.code, RK_DAMAGED);
    CU_ASSERT_EQUAL(told->reason.offset, at);
    pair_close(&p);
    close(fd);
    rk_buf_free(&log);
}

static bool run_short_of_memory(const pair_row *row, const char *commands, int64_t after)
{
    char path[40], *words[1] = { path };
    int fd = log_file_of(commands, path);
    pair p = { .options = { .logs = { words, 1 } } };
    pair_row_side(&p, row, false);
    pair_row_side(&p, row, true);
    rk_alloc_fail_after(after);
    bool ok = pair_run(&p);
    rk_job_finding f;
    rk_job_cursor *cursor = ok ? rk_job_cursor_open(p.diff, &p.err) : NULL;
    while (cursor && rk_job_cursor_next(cursor, &f, &p.err))
        ;
    rk_job_cursor_close(cursor);
    rk_alloc_fail_after(-1);
    CU_ASSERT_TRUE(p.err.code == RK_OK || p.err.code == RK_NO_MEMORY);
    ok = p.err.code == RK_OK;
    pair_close(&p);
    close(fd);
    return ok;
}

static void memory_may_be_short(void)
{
    static const pair_row row = { "short of memory", { LD }, { LIST(D, { J("b") }, { J_AGAIN("n") }) } };
    bool done = false;
    for (int64_t i = 0; !done && i < 5000; i++)
        done = run_short_of_memory(&row,
                                   BEFORE HELD BEAT("1795419900.5") AFTER
                                   "rpop " D "\nlpush queue:x" C "\nflushall\n"
                                   "rpush " D B "\n#TS:1795420050\nrpush " D
                                   " " J_AGAIN("n") "\n" LATER BEAT("1795420060.5"),
                                   i);
    CU_ASSERT_TRUE(done);
}

UNIT_MAIN("log", { "gone jobs", gone_jobs },
          { "what was over before OLD is another life", what_was_over_before_old_is_another_life },
          { "a log may end before NEW", a_log_may_end_before_new },
          { "what ran after NEW is not resurrected", what_ran_after_new_is_not_resurrected },
          { "what had ended is resurrected", what_had_ended_is_resurrected },
          { "a split brain leaves jobs behind", a_split_brain_leaves_jobs_behind },
          { "a heartbeat is in the instance that it went to",
            a_heartbeat_is_in_the_instance_that_it_went_to },
          { "what was pushed right behind OLD tells whose the log is",
            what_was_pushed_right_behind_old_tells_whose_the_log_is },
          { "what is in hand since before the log is told", what_is_in_hand_since_before_the_log_is_told },
          { "jobs that came and were lost in between", jobs_that_came_and_were_lost_in_between },
          { "without times the log lies behind OLD", without_times_the_log_lies_behind_old },
          { "a namespace of its own", a_namespace_or_a_database_of_its_own },
          { "a damaged log is used as far as it goes", a_damaged_log_is_used_as_far_as_it_goes },
          { "memory may be short", memory_may_be_short })
