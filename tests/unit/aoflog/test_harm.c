/* What was taken away: kinds, hands, keys and jobs, from logs as they are typed. */
#include "typed.h"

/* "deleted other queue:a 2->0 [2->0 jobs]" for each. */
static void told(const char *commands, uint64_t least, const char *wanted)
{
    typed_log log = typed(commands);
    rk_harm_options options = { .least = least };
    rk_harm harm;
    rk_buf text = { 0 };
    rk_err err = { 0 }, ignored = { 0 };
    rk_harms *harms = rk_harms_open(log.path, &options, &err);
    while (harms && rk_harms_next(harms, &harm, &err)) {
        rk_buf_printf(&text, &ignored, "%s%s %s%s", text.len ? ", " : "", rk_harm_name(harm.kind),
                      rk_harm_hand_name(harm.hand), rk_harm_counts(&harm) ? "" : " (ordinary)");
        for (size_t i = 0; i < harm.key_count; i++)
            rk_buf_printf(&text, &ignored, " %.*s %" PRIu64 "->%" PRIu64, (int)harm.keys[i].name.len,
                          (const char *)harm.keys[i].name.ptr, harm.keys[i].before, harm.keys[i].after);
        rk_buf_printf(&text, &ignored, " [%" PRIu64 "->%" PRIu64 "]", harm.jobs_before, harm.jobs_after);
    }
    if (err.code != RK_OK)
        rk_buf_printf(&text, &ignored, " error: %s", err.what);
    rk_harms_close(harms);
    typed_is(&text, wanted);
    rk_buf_free(&text);
    typed_close(&log);
}

#define TWO "lpush queue:a " JOB("1") " " JOB("2") "; "

static void deletions(void)
{
    told(TWO "del queue:a", 0, "deleted other queue:a 2->0 [2->0]");
    told(TWO "del x queue:a y", 0, "deleted other queue:a 2->0 [2->0]");
    told(TWO "sadd queues a; multi; unlink queue:a; srem queues a; exec", 0,
         "deleted sidekiq queue:a 2->0 [2->0]");
    told(TWO "sadd queues a b; multi; unlink queue:a; srem queues b; exec", 0,
         "deleted other queue:a 2->0 [2->0]");
    told("sadd n:queues a; lpush n:queue:a " JOB("1") "; multi; srem n:queues a; del n:queue:a; exec", 0,
         "deleted sidekiq n:queue:a 1->0 [1->0]");
    told("sadd m:queues a; lpush n:queue:a " JOB("1") "; multi; srem m:queues a; del n:queue:a; exec", 0,
         "deleted other n:queue:a 1->0 [1->0]");
    told("zadd retry 1 " JOB("1") "; unlink retry", 0, "deleted maybe retry 1->0 [1->0]");
    told("sadd queues a b; del queues", 0, "deleted other queues 2->0 [0->0]");
    told("zadd schedule 1 " JOB("1") "; " TWO "multi; del queue:a; set x 1; del schedule; exec", 0,
         "deleted other queue:a 2->0 [3->1], deleted maybe schedule 1->0 [1->0]");
}

static void not_of_jobs(void)
{
    told("lpush queue:a x y z; del queue:a", 0, "");
    told("lpush l " JOB("1") "; del l", 0, "");
    told("set queue:lock 1; del queue:lock; sadd processes a; del processes", 0, "");
    told(TWO "rpop queue:a; rpop queue:a; del queue:a", 0, "");
    told("zadd retry 1 x; zrem retry x", 0, "");
}

static void expiries(void)
{
    told("#TS:100; " TWO "pexpireat queue:a 150000; #TS:151; del queue:a", 0,
         "expired other (ordinary) queue:a 2->0 [2->0]");
    told("#TS:100; " TWO "pexpireat queue:a 250000; #TS:151; del queue:a", 0,
         "deleted other queue:a 2->0 [2->0]");
    told(TWO "pexpireat queue:a 250000; del queue:a", 0, "expired other (ordinary) queue:a 2->0 [2->0]");
}

static void whole_databases(void)
{
    told(TWO "flushall", 0, "flushed other queue:a 2->0 [2->0]");
    told(TWO "select 1; flushdb", 0, "flushed other (ordinary) [2->2]");
    told("flushall", 0, "flushed other (ordinary) [0->0]");
    told(TWO "swapdb 0 1", 0, "swapped other queue:a 2->0 [2->2]");
    told(TWO "move queue:a 3", 0, "moved other queue:a 2->0 [2->2]");
}

static void other_names(void)
{
    told(TWO "rename queue:a backup", 0, "renamed other queue:a 2->0 [2->0]");
    told(TWO "rename queue:a queue:b", 0, "renamed other queue:a 2->0 [2->2]");
    told(TWO "set x 1; rename x queue:a", 0, "overwritten other queue:a 2->0 [2->0]");
    told(TWO "set queue:a 1", 0, "overwritten other queue:a 2->0 [2->0]");
    told("zadd dead 1 " JOB("1") "; zunionstore dead 1 nix", 0, "overwritten other dead 1->0 [1->0]");
}

#define SIX "rpush queue:a " JOB("1") " " JOB("2") " " JOB("3") " " JOB("4") " " JOB("5") " " JOB("6") "; "
#define SIX_DEAD                                                                                             \
    "zadd dead 1 " JOB("1") " 2 " JOB("2") " 3 " JOB("3") " 4 " JOB("4") " 5 " JOB("5") " 6 " JOB("6") "; "

static void cuts(void)
{
    told(SIX "ltrim queue:a 0 0", 0, "cut other queue:a 6->1 [6->1]");
    told(SIX "ltrim queue:a 0 1", 0, "");
    told(SIX "ltrim queue:a 0 1", 4, "cut other queue:a 6->2 [6->2]");
    told(SIX "rpop queue:a 6", 0, "cut other queue:a 6->0 [6->0]");
    told(SIX "rpop queue:a; rpoplpush queue:a queue:b; lmove queue:a queue:b left left", 1, "");
    told(SIX_DEAD "zremrangebyrank dead 0 4", 0, "trimmed sidekiq (ordinary) dead 6->1 [6->1]");
    told(SIX_DEAD "rename dead retry; zremrangebyscore retry -inf 5", 0,
         "renamed other dead 6->0 [6->6], cut maybe retry 6->1 [6->1]");
    told(SIX_DEAD "rename dead retry; multi; zremrangebyscore retry 2 6; lpush queue:b " JOB("2") " " JOB(
             "3") " " JOB("4") " " JOB("5") " " JOB("6") "; exec",
         0, "renamed other dead 6->0 [6->6], cut maybe (ordinary) retry 6->1 [6->1]");
}

static void small_ones_are_counted(void)
{
    rk_err err = { 0 };
    rk_harm harm;
    rk_harm_options options = { 0 };
    typed_log log = typed(SIX "ltrim queue:a 0 3; ltrim queue:a 0 0; " SIX_DEAD "zremrangebyrank dead 0 0; "
                              "module.cmd queue:a; set s 1");
    rk_harms *harms = rk_harms_open(log.path, &options, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(harms);
    CU_ASSERT_FALSE(rk_harms_next(harms, &harm, &err));
    CU_ASSERT_EQUAL(err.code, RK_OK);
    const rk_harms_info *info = rk_harms_info_of(harms);
    CU_ASSERT_EQUAL(info->small_cuts, 2);
    CU_ASSERT_EQUAL(info->small_cut_jobs, 5);
    CU_ASSERT_EQUAL(info->trims, 1);
    CU_ASSERT_EQUAL(info->trimmed_jobs, 1);
    CU_ASSERT_EQUAL(info->jobs, 6);
    CU_ASSERT_EQUAL(info->keys, 3);
    CU_ASSERT_EQUAL(info->opaque, 1);
    rk_harms_close(harms);
    typed_close(&log);
}

static void details(void)
{
    rk_err err = { 0 };
    rk_harm harm;
    rk_harm_options options = { .sidekiq_only = true };
    typed_log log =
        typed("set other 1; #TS:7; " TWO "lpush queue:a \"{\\\"class\\\":\\\"B\\\",\\\"args\\\":[1]}\"; "
              "multi; set x y; DEL queue:a; exec");
    rk_harms *harms = rk_harms_open(log.path, &options, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(harms);
    CU_ASSERT_TRUE_FATAL(rk_harms_next(harms, &harm, &err));
    CU_ASSERT_EQUAL(harm.spot.number, 6);
    CU_ASSERT_EQUAL(harm.spot.time_s, 7);
    CU_ASSERT_EQUAL(harm.argc, 2);
    CU_ASSERT(rk_slice_is(harm.args[0], RK_TEXT("DEL")));
    CU_ASSERT_TRUE(harm.in_multi);
    CU_ASSERT(harm.unit < harm.spot.offset);
    CU_ASSERT_FALSE(harm.keys_counted);
    CU_ASSERT_EQUAL(harm.looked_at, 3);
    CU_ASSERT_EQUAL_FATAL(harm.class_count, 2);
    CU_ASSERT(rk_slice_is(harm.classes[0].name, RK_TEXT("A")) && harm.classes[0].count == 2);
    CU_ASSERT(rk_slice_is(harm.classes[1].name, RK_TEXT("B")) && harm.classes[1].count == 1);
    CU_ASSERT_FALSE(rk_harms_next(harms, &harm, &err));
    rk_harms_close(harms);
    typed_close(&log);
}

static void of_a_range(void)
{
    static const struct {
        const char *since;
        uint32_t db;
        unsigned found;
    } rows[] = { { NULL, 0, 2 }, { NULL, 1, 1 }, { "before:select", 0, 1 }, { "before:flushall", 1, 1 } };
    typed_log log = typed(TWO "del queue:a; select 1; " TWO "flushall");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err = { 0 };
        rk_harm harm;
        unsigned found = 0;
        rk_aoflog_range range = { .dbs = &rows[i].db, .db_count = 1 };
        rk_harm_options options = { .range = &range };
        CU_ASSERT(!rows[i].since || rk_moment_parse(rows[i].since, &range.since, &err));
        rk_harms *harms = rk_harms_open(log.path, &options, &err);
        while (harms && rk_harms_next(harms, &harm, &err))
            found++;
        CU_ASSERT_EQUAL(found, rows[i].found);
        rk_harms_close(harms);
    }
    typed_close(&log);
}

UNIT_MAIN("harm", { "keys that are deleted, by which hand", deletions },
          { "what holds no jobs is passed over", not_of_jobs }, { "expired keys are told apart", expiries },
          { "flushes, swaps and moves", whole_databases }, { "renames and overwrites", other_names },
          { "cuts of many jobs", cuts }, { "small cuts and trims are counted", small_ones_are_counted },
          { "places, transactions and classes", details }, { "a range chooses what is told", of_a_range })
