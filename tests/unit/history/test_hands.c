#include "followed.h"

/* Sidekiq 7 and 8: a heartbeat every 10 s, counters only when there is something to count. */
#define PUSHED "lpush queue:q @a @b\n"
#define EVENTS "pushed a queue:q, pushed b queue:q, "

static void a_heartbeat_that_does_not_show_it_ends_a_job(void)
{
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1010\n" BEAT(P1, "1010.5"),
             EVENTS "taken a queue:q, ended a heartbeats | pending b");
}

static void a_heartbeat_right_behind_proves_nothing(void)
{
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "#TS:1010\nrpop queue:q\n" BEAT(P1, "1010.5"),
             EVENTS "taken a queue:q | in_hand a not_beat_yet, pending b");
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "#TS:1010\nrpop queue:q\n" BEAT(
                 P1, "1010.5") "#TS:1020\n" BEAT(P1, "1020.5"),
             EVENTS "taken a queue:q, ended a heartbeats | pending b");
}

static void a_work_hash_shows_what_is_in_hand(void)
{
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1010\n" SHOW(P1, "a")
                 BEAT(P1, "1010.5"),
             EVENTS "taken a queue:q, shown a " P1 ":work | in_hand a shown, pending b");
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1010\n" SHOW(P1, "a")
                 BEAT(P1, "1010.5") "#TS:1020\nunlink " P1 ":work\n" BEAT(P1, "1020.5"),
             EVENTS "taken a queue:q, shown a " P1 ":work, ended a heartbeats | pending b");
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1010\n" SHOW(P1, "a")
                 BEAT(P1, "1010.5") "#TS:1020\n" SHOW(P1, "a") BEAT(P1, "1020.5"),
             EVENTS "taken a queue:q, shown a " P1 ":work | in_hand a shown, pending b");
}

static void a_clean_stop_ends_what_is_not_pushed_back(void)
{
    FOLLOWED(
        "#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\nrpop queue:q\n#TS:1003\nrpush queue:q @b\n"
                                                "srem processes " P1,
        EVENTS "taken a queue:q, taken b queue:q, pushed_back b queue:q, ended a stopped | pending b");
}

static void a_silent_process_takes_its_jobs_along(void)
{
    FOLLOWED_UNTIL("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1010\n" SHOW(P1, "a")
                       BEAT(P1, "1010.5"),
                   1040, EVENTS "taken a queue:q, shown a " P1 ":work | lost a held_by_dead, pending b");
    FOLLOWED_UNTIL("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n", 1040,
                   EVENTS "taken a queue:q | lost a taken_by_dead, pending b");
    FOLLOWED_UNTIL("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n", 1010,
                   EVENTS "taken a queue:q | in_hand a not_beat_yet, pending b");
}

static void who_takes_a_job_is_alive(void)
{
    FOLLOWED_UNTIL("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1009\nrpop queue:q\n", 1018,
                   EVENTS
                   "taken a queue:q, taken b queue:q | in_hand a not_beat_yet, in_hand b not_beat_yet");
}

static void who_cleans_up_behind_the_dead_did_not_stop(void)
{
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1010\n" SHOW(P1, "a")
                 BEAT(P1, "1010.5") "#TS:1071\ndel " P1 "\ndel " P1 ":work\n#TS:1090\nsrem processes " P1
                                    "\n",
             EVENTS "taken a queue:q, shown a " P1 ":work | lost a held_by_dead, pending b");
}

static void a_job_that_failed_or_died_is_no_longer_in_hand(void)
{
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\nzadd retry 1100 @a\nrpop queue:q\n"
                                                     "zadd dead 1000 @b\n",
             EVENTS "taken a queue:q, failed a retry, taken b queue:q, died b dead | pending a, pending b");
}

static void a_process_that_serves_other_queues_did_not_take_it(void)
{
    FOLLOWED_UNTIL("#TS:1000\nlpush queue:x @a\nsadd processes " P1 "\nhset " P1
                   " info {\"queues\":[\"x\"],\"started_at\":900} beat 1000.1\nsadd processes " P2
                   "\nhset " P2
                   " info {\"queues\":[\"q\"],\"started_at\":900} beat 1000.1\nrpop queue:x\n#TS:1010\n" BEAT(
                       P2, "1010.5") "#TS:1030\n" BEAT(P2, "1030.5"),
                   1031, "pushed a queue:x, taken a queue:x | lost a taken_by_dead");
}

static void counters_tell_who_of_two_had_it(void)
{
    FOLLOWED_UNTIL("set stat:processed 5\n#TS:1000\n" PUSHED START(P1, "1000.5")
                       START(P2, "1000.6") "#TS:1001\nrpop queue:q\n#TS:1010\nincrby stat:processed 1\n" BEAT(
                           P1, "1010.5") "#TS:1030\n" BEAT(P1, "1030.5"),
                   1031, EVENTS "taken a queue:q, ended a counted | pending b");
    FOLLOWED_UNTIL("set stat:processed 5\n#TS:1000\n" PUSHED START(P1, "1000.5")
                       START(P2, "1000.6") "#TS:1001\nrpop queue:q\n#TS:1010\n" BEAT(
                           P1, "1010.5") "#TS:1030\n" BEAT(P1, "1030.5"),
                   1031, EVENTS "taken a queue:q | lost a taken_by_dead, pending b");
    FOLLOWED_UNTIL("set stat:processed 5\n#TS:1000\n" PUSHED START(P1, "1000.5") START(
                       P2, "1000.6") "#TS:1001\nrpop queue:q\nrpop queue:q\n#TS:1010\nincrby stat:processed "
                                     "1\n" BEAT(P1, "1010.5") "#TS:1030\n" BEAT(P1, "1030.5"),
                   1031, EVENTS "taken a queue:q, taken b queue:q | unknown a several, unknown b several");
}

static void a_process_takes_jobs_before_its_first_heartbeat(void)
{
    FOLLOWED("#TS:1000\n" PUSHED "rpop queue:q\nsadd processes " P1 "\nhset " P1
             " info {\"queues\":[\"q\"],\"started_at\":1000.2} beat 1000.3",
             EVENTS "taken a queue:q | in_hand a not_beat_yet, pending b");
}

static void without_a_process_nothing_can_be_told(void)
{
    FOLLOWED_UNTIL("#TS:1000\n" PUSHED "rpop queue:q", 2000,
                   EVENTS "taken a queue:q | unknown a no_process, pending b");
}

static void until_6_5_counters_come_with_the_work_hash(void)
{
    FOLLOWED("#TS:1000\n" PUSHED START(
                 P1, "1000.5") "brpop queue:q 2\n#TS:1005\nmulti\nincrby stat:processed 0\n"
                               "del " P1 ":workers\nhset " P1 ":workers t1 %a\nexec\n" BEAT(
                                   P1, "1005.5") "#TS:1010\nmulti\nincrby stat:processed 1\ndel " P1
                                                 ":workers\nexec\n" BEAT(P1, "1010.5"),
             EVENTS "taken a queue:q, shown a " P1 ":workers, ended a heartbeats | pending b");
}

static void in_3_x_a_thread_takes_its_job_out_of_the_work_hash(void)
{
    FOLLOWED("lpush queue:q @a\nsadd processes h:7\nhmset h:7 info {\"queues\":[\"q\"],\"started_at\":9} "
             "beat 1000.5\n"
             "rpop queue:q\nhmset h:7:workers t %a\nhdel h:7:workers t",
             "pushed a queue:q, taken a queue:q, shown a h:7:workers, ended a heartbeats |");
}

static void in_2_x_each_thread_has_a_key(void)
{
    FOLLOWED(
        "rpush queue:q @a @b\nblpop queue:q 1\nsadd workers h:7-70:default\nset worker:h:7-70:default %a px "
        "9\n"
        "srem workers h:7-70:default\ndel worker:h:7-70:default\nlpop queue:q\nset worker:h:7-70:default %b",
        "pushed a queue:q, pushed b queue:q, taken a queue:q, shown a worker:h:7-70:default, "
        "ended a heartbeats, taken b queue:q, shown b worker:h:7-70:default | in_hand b shown");
}

static void a_process_that_was_flushed_goes_on(void)
{
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1004\nflushall\n#TS:1010\n" SHOW(
                 P1, "a") START(P1, "1010.5") "#TS:1020\nunlink " P1 ":work\n" BEAT(P1, "1020.5"),
             EVENTS "taken a queue:q, lost b flushed, shown a " P1 ":work, ended a heartbeats |");
}

static void without_annotations_two_heartbeats_are_needed(void)
{
    FOLLOWED(PUSHED START(P1, "1000.5") "rpop queue:q\n" BEAT(P1, "1010.5"),
             EVENTS "taken a queue:q | in_hand a not_beat_yet, pending b");
    FOLLOWED(PUSHED START(P1, "1000.5") "rpop queue:q\n" BEAT(P1, "1010.5") BEAT(P1, "1020.5"),
             EVENTS "taken a queue:q, ended a heartbeats | pending b");
}

static void a_quiet_process_takes_nothing(void)
{
    FOLLOWED_UNTIL("#TS:1000\nlpush queue:q @a\n" START(P1, "1000.5") "hset " P1 " quiet true\n" START(
                       P2, "1000.6") "#TS:1002\nrpop queue:q\n#TS:1010\n" BEAT(P2, "1010.6"),
                   1060, "pushed a queue:q, taken a queue:q, ended a heartbeats |");
}

static void an_iterable_job_goes_back_to_the_head(void)
{
    FOLLOWED("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\nlpush queue:q @a\nsrem processes " P1,
             EVENTS "taken a queue:q, pushed_back a queue:q | pending a, pending b");
}

static void jobs_in_hand_come_before_the_log(void)
{
    FOLLOWED("#TS:1000\n" SHOW(P1, "a") START(P1, "1000.5") "#TS:1010\nunlink " P1
                                                            ":work\n" BEAT(P1, "1010.5"),
             "shown a " P1 ":work, ended a heartbeats |");
}

/* Two heartbeats 10 s apart, the second at 1020, and a job in hand. */
#define TEN(id)                                                                                              \
    "#TS:1000\n" PUSHED START(id, "1000.5") "#TS:1010\n" BEAT(id, "1010.5") "rpop queue:q\n#TS:1020\n" SHOW( \
        id, "a") BEAT(id, "1020.5")
#define TEN_EVENTS EVENTS "taken a queue:q, shown a " P1 ":work | "

static void a_process_is_alive_until_its_own_next_heartbeat_is_overdue(void)
{
    FOLLOWED_BY(TEN(P1), TEN_EVENTS "in_hand a shown, pending b", .end_s = 1032, .alive_within_s = 4);
    FOLLOWED_BY(TEN(P1), TEN_EVENTS "lost a held_by_dead, pending b", .end_s = 1033, .alive_within_s = 4);
    FOLLOWED_BY(TEN(P1), TEN_EVENTS "in_hand a shown, pending b", .end_s = 1050, .alive_within_s = 30);
    FOLLOWED_BY("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1005\n" SHOW(P1, "a")
                    BEAT(P1, "1005.5"),
                TEN_EVENTS "in_hand a shown, pending b", .end_s = 1012, .alive_within_s = 4);
    FOLLOWED_BY("#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1005\n" SHOW(P1, "a")
                    BEAT(P1, "1005.5"),
                TEN_EVENTS "lost a held_by_dead, pending b", .end_s = 1013, .alive_within_s = 4);
}

static void each_process_has_its_own_interval(void)
{
    FOLLOWED_BY("#TS:1000\n" PUSHED START(P1, "1000.5") START(P2, "1000.6") "#TS:1005\nrpop queue:q\n" BEAT(
                    P1, "1005.5") "#TS:1010\n" SHOW(P1, "a") BEAT(P1, "1010.5") BEAT(P2, "1010.6"),
                TEN_EVENTS "lost a held_by_dead, pending b", .end_s = 1018, .alive_within_s = 4);
    FOLLOWED_BY("#TS:1000\n" PUSHED START(P2, "1000.5") START(P1, "1000.6") "#TS:1005\nrpop queue:q\n" BEAT(
                    P2, "1005.5") "#TS:1010\n" SHOW(P1, "a") BEAT(P2, "1010.5") BEAT(P1, "1010.6"),
                TEN_EVENTS "in_hand a shown, pending b", .end_s = 1018, .alive_within_s = 4);
}

static void whoever_says_when_a_process_is_dead_is_obeyed(void)
{
    FOLLOWED_BY(TEN(P1), TEN_EVENTS "lost a held_by_dead, pending b", .end_s = 1025, .alive_within_s = 4,
                .alive_strictly = true);
    FOLLOWED_BY(TEN(P1), TEN_EVENTS "in_hand a shown, pending b", .end_s = 1024, .alive_within_s = 4,
                .alive_strictly = true);
}

static void as_all_others_stop_one_that_does_not_is_dead(void)
{
    const char *stop = START(P2, "1000.6") TEN(P1) "#TS:1025\nsrem processes " P2;
    const char *stop_before = "#TS:1000\n" START(P2, "1000.6") "srem processes " P2 "\n" TEN(P1);
    const char *goes_on = START(P2, "1000.6") START("w:3:cccccccccccc", "1000.7") TEN(P1)
        BEAT("w:3:cccccccccccc", "1020.7") BEAT(P2, "1020.6") "#TS:1025\nsrem processes " P2;
    FOLLOWED_BY(stop, TEN_EVENTS "lost a held_by_dead, pending b", .end_s = 1025, .alive_within_s = 4);
    FOLLOWED_BY(stop, TEN_EVENTS "in_hand a shown, pending b", .end_s = 1025, .alive_within_s = 15);
    FOLLOWED_BY(stop_before, TEN_EVENTS "in_hand a shown, pending b", .end_s = 1025, .alive_within_s = 4);
    FOLLOWED_BY(goes_on, TEN_EVENTS "in_hand a shown, pending b", .end_s = 1026, .alive_within_s = 4);
}

/* One thread: it cannot have `b` before it has ended `a`, but neither is it known to have ended `b`. */
static void a_dead_process_had_no_more_in_hand_than_it_has_threads(void)
{
#define ONE(time) "hset " P1 " info {\"queues\":[\"q\"],\"concurrency\":1,\"started_at\":999} beat " time "\n"
    FOLLOWED_UNTIL(
        "#TS:1000\n" PUSHED "sadd processes " P1 "\n" ONE("1000.5") "rpop queue:q\n#TS:1010\n" SHOW(P1, "a")
            ONE("1010.5") "#TS:1012\nrpop queue:q\n",
        1050,
        EVENTS "taken a queue:q, shown a " P1
               ":work, taken b queue:q | unknown a more_than_threads, unknown b more_than_threads");
    FOLLOWED_UNTIL("#TS:1000\n" PUSHED "sadd processes " P1
                   "\n" ONE("1000.5") "rpop queue:q\n#TS:1010\n" SHOW(P1, "a") ONE("1010.5"),
                   1050, TEN_EVENTS "lost a held_by_dead, pending b");
}

/* A thread of it waits for a job as the process puts back what it has; there is none any more that could run it. */
static void what_a_process_takes_after_it_has_put_back_its_jobs_did_not_run(void)
{
    FOLLOWED(
        "#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1005\nrpush queue:q @a\nrpop queue:q\n"
                                                "incrby stat:processed 1\nsrem processes " P1,
        EVENTS "taken a queue:q, pushed_back a queue:q, taken a queue:q | lost a taken_by_dead, pending b");
    FOLLOWED(
        "#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1005\nrpush queue:q @a\nrpop queue:q\n"
                                                "#TS:1008\nincrby stat:processed 2\nsrem processes " P1,
        EVENTS "taken a queue:q, pushed_back a queue:q, taken a queue:q, ended a stopped | pending b");
}

/* Until 6.x a process counts what it ended as it exits, behind its stop. */
static void a_process_counts_behind_its_stop(void)
{
    FOLLOWED_UNTIL("set stat:processed 5\n#TS:1000\n" PUSHED START(P1, "1000.5") START(
                       P2, "1000.6") "#TS:1001\nrpop queue:q\nrpop queue:q\n#TS:1004\nsrem processes " P1
                                     "\nincrby stat:processed 1\n",
                   1050, EVENTS "taken a queue:q, taken b queue:q | unknown a several, unknown b several");
    FOLLOWED_UNTIL("set stat:processed 5\n#TS:1000\n" PUSHED START(P1, "1000.5") START(
                       P2, "1000.6") "#TS:1001\nrpop queue:q\nrpop queue:q\n#TS:1004\nsrem processes " P1
                                     "\nincrby stat:processed 2\n",
                   1050, EVENTS "taken a queue:q, taken b queue:q | ended a counted, ended b counted");
}

/* A server that is down hears of nobody; it selects its database as it comes back. */
static void while_the_server_is_down_nobody_dies(void)
{
    FOLLOWED("select 0\n#TS:1000\n" PUSHED START(
                 P1, "1000.5") "rpop queue:q\n#TS:1200\nselect 0\nset x y\n#TS:1209\n" BEAT(P1, "1209.5"),
             EVENTS "taken a queue:q, ended a heartbeats | pending b");
    FOLLOWED("select 0\n#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1200\nselect 0\nset x y\n",
             EVENTS "taken a queue:q | in_hand a not_beat_yet, pending b");
    FOLLOWED_UNTIL(
        "select 0\n#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1200\nselect 0\nset x y\n", 1220,
        EVENTS "taken a queue:q | lost a taken_by_dead, pending b");
    FOLLOWED("select 0\n#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1200\nset x y\n",
             EVENTS "taken a queue:q, lost a taken_by_dead | pending b");
}

/* The same history, or an error, whichever allocation fails. */
static void memory_may_be_short(void)
{
    rk_err err = { 0 };
    rk_buf text = { 0 }, resp = { 0 };
    bool done = false;
    followed_expand(
        "#TS:1000\n" PUSHED START(P1, "1000.5") "rpop queue:q\n#TS:1010\n" SHOW(P1, "a")
            BEAT(P1, "1010.5") "zadd schedule 900 @c\nzrem schedule @c\nmulti\ndel queue:q\nsrem queues "
                               "q\nexec\n#TS:1100\nset x y",
        &text, &err);
    replayed_resp((const char *)text.ptr, &resp, &err);
    for (int64_t i = 0; !done && i < 2000; i++) {
        rk_job_event event;
        rk_job_fate fate;
        rk_err why = { 0 };
        rk_alloc_fail_after(i);
        rk_source *source = rk_source_memory(rk_buf_slice(&resp), 0, &why);
        rk_history *h = source ? rk_history_open_source(source, NULL, &why) : NULL;
        while (h && rk_history_next(h, &event, &why))
            ;
        while (h && why.code == RK_OK && rk_history_left(h, &fate, &why))
            ;
        rk_history_close(h);
        rk_alloc_fail_after(-1);
        done = why.code == RK_OK;
        CU_ASSERT_TRUE(done || why.code == RK_NO_MEMORY);
    }
    CU_ASSERT_TRUE(done);
    rk_buf_free(&text);
    rk_buf_free(&resp);
}

UNIT_MAIN(
    "hands", { "a heartbeat that does not show it ends a job", a_heartbeat_that_does_not_show_it_ends_a_job },
    { "a heartbeat right behind proves nothing", a_heartbeat_right_behind_proves_nothing },
    { "a work hash shows what is in hand", a_work_hash_shows_what_is_in_hand },
    { "a clean stop ends what is not pushed back", a_clean_stop_ends_what_is_not_pushed_back },
    { "a silent process takes its jobs along", a_silent_process_takes_its_jobs_along },
    { "who takes a job is alive", who_takes_a_job_is_alive },
    { "who cleans up behind the dead did not stop", who_cleans_up_behind_the_dead_did_not_stop },
    { "a job that failed or died is no longer in hand", a_job_that_failed_or_died_is_no_longer_in_hand },
    { "a process that serves other queues did not take it",
      a_process_that_serves_other_queues_did_not_take_it },
    { "counters tell who of two had it", counters_tell_who_of_two_had_it },
    { "a process takes jobs before its first heartbeat", a_process_takes_jobs_before_its_first_heartbeat },
    { "without a process nothing can be told", without_a_process_nothing_can_be_told },
    { "until 6.5 counters come with the work hash", until_6_5_counters_come_with_the_work_hash },
    { "in 3.x a thread takes its job out of the work hash",
      in_3_x_a_thread_takes_its_job_out_of_the_work_hash },
    { "in 2.x each thread has a key", in_2_x_each_thread_has_a_key },
    { "a process that was flushed goes on", a_process_that_was_flushed_goes_on },
    { "without annotations two heartbeats are needed", without_annotations_two_heartbeats_are_needed },
    { "a quiet process takes nothing", a_quiet_process_takes_nothing },
    { "an iterable job goes back to the head", an_iterable_job_goes_back_to_the_head },
    { "jobs in hand come before the log", jobs_in_hand_come_before_the_log },
    { "a process is alive until its own next heartbeat is overdue",
      a_process_is_alive_until_its_own_next_heartbeat_is_overdue },
    { "each process has its own interval", each_process_has_its_own_interval },
    { "whoever says when a process is dead is obeyed", whoever_says_when_a_process_is_dead_is_obeyed },
    { "as all others stop, one that does not is dead", as_all_others_stop_one_that_does_not_is_dead },
    { "a dead process had no more in hand than it has threads",
      a_dead_process_had_no_more_in_hand_than_it_has_threads },
    { "what a process takes after it has put back its jobs did not run",
      what_a_process_takes_after_it_has_put_back_its_jobs_did_not_run },
    { "a process counts behind its stop", a_process_counts_behind_its_stop },
    { "while the server is down nobody dies", while_the_server_is_down_nobody_dies },
    { "memory may be short", memory_may_be_short })
