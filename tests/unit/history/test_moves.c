#include "followed.h"

static void a_job_is_pushed_and_waits(void)
{
    FOLLOWED("sadd queues q\nlpush queue:q @a", "pushed a queue:q | pending a");
    FOLLOWED("zadd schedule 200 @a", "scheduled a schedule | pending a");
    FOLLOWED("lpush queue:q @a @b", "pushed a queue:q, pushed b queue:q | pending a, pending b");
}

static void a_due_job_goes_to_its_queue(void)
{
    FOLLOWED("zadd schedule 200 @a\nzrem schedule @a\nlpush queue:q @a",
             "scheduled a schedule, due a schedule, enqueued a queue:q | pending a");
    FOLLOWED("zadd retry 200 @a\nzremrangebyscore retry 200 200\nlpush queue:q @a",
             "failed a retry, due a retry, enqueued a queue:q | pending a");
    FOLLOWED("zadd retry 200 @a\nzpopmin retry 1\nrpush queue:q @a",
             "failed a retry, due a retry, enqueued a queue:q | pending a");
}

static void a_job_is_killed(void)
{
    FOLLOWED("zadd retry 200 @a\nzrem retry @a\nzadd dead 300 @a",
             "failed a retry, due a retry, died a dead | pending a");
}

static void others_of_the_same_score_are_put_back(void)
{
    FOLLOWED("zadd dead 200 @a 200 @b\nzremrangebyscore dead 200 200\nlpush queue:q @a\nzadd dead 200 @b",
             "died a dead, died b dead, due a dead, due b dead, enqueued a queue:q, rescheduled b dead | "
             "pending a, pending b");
}

static void a_job_is_deleted_by_hand(void)
{
    FOLLOWED("lpush queue:q @a @b\nlrem queue:q 1 @a",
             "pushed a queue:q, pushed b queue:q, removed a deleted_alone | pending b");
    FOLLOWED("#TS:1000\nzadd schedule 9000 @a\n#TS:1001\nzrem schedule @a\n#TS:1002\nset x y",
             "scheduled a schedule, due a schedule, removed a deleted_alone |");
    FOLLOWED("#TS:1000\nzadd dead 900 @a\n#TS:1001\nzrem dead @a",
             "died a dead, due a dead, removed a deleted_alone |");
}

static void a_due_job_may_be_between_two_commands_at_the_end(void)
{
    FOLLOWED("#TS:1000\nzadd schedule 900 @a\nzrem schedule @a",
             "scheduled a schedule, due a schedule | between a");
    FOLLOWED("#TS:1000\nzadd schedule 900 @a\nzrem schedule @a\n#TS:1060\nset x y\nset schedules y\n"
             "sadd queues z",
             "scheduled a schedule, due a schedule, removed a deleted_alone |");
}

static void what_the_scheduler_cannot_push_is_lost(void)
{
    FOLLOWED("#TS:1000\nzadd schedule 900 {\"jid\":\"x\"}\nzrem schedule {\"jid\":\"x\"}",
             "scheduled x schedule, due x schedule, lost x never_pushed |");
}

static void a_cleared_queue_was_cleared_on_purpose(void)
{
    FOLLOWED("sadd queues q\nlpush queue:q @a\nmulti\nunlink queue:q\nsrem queues q\nexec",
             "pushed a queue:q, removed a cleared |");
    FOLLOWED("sadd queues q\nlpush queue:q @a\nmulti\ndel queue:q\nsrem queues q\nexec",
             "pushed a queue:q, removed a cleared |");
    FOLLOWED("sadd queues q\nlpush queue:q @a\nsrem queues q\ndel queue:q",
             "pushed a queue:q, removed a cleared |");
}

static void a_deleted_queue_is_a_loss(void)
{
    FOLLOWED("sadd queues q\nlpush queue:q @a\ndel queue:q", "pushed a queue:q, lost a key_gone |");
    FOLLOWED("sadd queues q r\nlpush queue:q @a\nmulti\nunlink queue:q\nsrem queues r\nexec\nset x y\nset x "
             "y\nset x y",
             "pushed a queue:q, lost a key_gone |");
}

static void a_set_is_cleared_with_unlink(void)
{
    FOLLOWED("zadd retry 200 @a\nunlink retry", "failed a retry, removed a cleared |");
    FOLLOWED("zadd retry 200 @a\ndel retry", "failed a retry, lost a key_gone |");
    FOLLOWED("multi\nhset " P1 ":workers t %b\nexec\nmulti\ndel " P1 ":workers\nhset " P1
             ":workers t %b\nexec\n"
             "zadd retry 200 @a\ndel retry",
             "shown b " P1 ":workers, failed a retry, removed a cleared | in_hand b shown");
}

static void a_flush_loses_all(void)
{
    FOLLOWED("lpush queue:q @a\nzadd dead 200 @b\nflushall",
             "pushed a queue:q, died b dead, lost a flushed, lost b flushed |");
    FOLLOWED("lpush queue:q @a\nselect 1\nlpush queue:q @b\nflushdb",
             "pushed a queue:q, pushed b queue:q, lost b flushed | pending a");
}

static void the_dead_set_is_trimmed(void)
{
    FOLLOWED("zadd dead 100 @a 200 @b\nzremrangebyscore dead -inf (150",
             "died a dead, died b dead, trimmed a age | pending b");
    FOLLOWED("zadd dead 100 @a 200 @b\nzremrangebyrank dead 0 -2",
             "died a dead, died b dead, trimmed a limit | pending b");
}

static void a_list_is_cut(void)
{
    FOLLOWED("rpush queue:q @a @b\nltrim queue:q 0 0",
             "pushed a queue:q, pushed b queue:q, lost b list_cut | pending a");
}

static void a_key_is_renamed(void)
{
    FOLLOWED("lpush queue:q @a\nrename queue:q queue:r", "pushed a queue:q, moved a queue:r | pending a");
    FOLLOWED("lpush queue:q @a\nrename queue:q old", "pushed a queue:q, lost a key_gone |");
    FOLLOWED("lpush queue:q @a\nlpush queue:r @b\nrename queue:q queue:r",
             "pushed a queue:q, pushed b queue:r, moved a queue:r, lost b key_gone | pending a");
}

static void databases_are_swapped(void)
{
    FOLLOWED("lpush queue:q @a\nswapdb 0 1", "pushed a queue:q, moved a queue:q | pending a");
    FOLLOWED("lpush queue:q @a\nmove queue:q 3", "pushed a queue:q, moved a queue:q | pending a");
}

static void a_place_is_overwritten(void)
{
    FOLLOWED("lpush queue:q @a\nset queue:q x", "pushed a queue:q, lost a overwritten |");
    FOLLOWED(
        "lpush queue:q @a @b\nlset queue:q 1 @c",
        "pushed a queue:q, pushed b queue:q, pushed c queue:q, lost a overwritten | pending b, pending c");
}

static void copies_are_counted(void)
{
    FOLLOWED("lpush queue:q @a\nlpush queue:q @a\nrpop queue:q",
             "pushed a queue:q, copied a queue:q, copy_gone a queue:q | pending a");
}

static void a_job_has_another_time(void)
{
    FOLLOWED("zadd schedule 200 @a\nzincrby schedule 50 @a",
             "scheduled a schedule, rescheduled a schedule | pending a");
}

static void namespaces_stand_before_the_names(void)
{
    FOLLOWED(
        "sadd shop:queues a:b\nlpush shop:queue:a:b @a\nzadd shop:x:retry 2 @b\nlpush schedule-queue:q @c",
        "pushed a shop:queue:a:b, failed b shop:x:retry | pending a, pending b");
}

static void other_keys_are_no_places(void)
{
    FOLLOWED("set schedule x\nhset retry a b\nzadd schedules 2 @a\nlpush queues @a\nzadd failed 2 @a", "|");
}

static void reliable_fetchers_keep_lists(void)
{
    FOLLOWED("lpush queue:q @a\nrpoplpush queue:q working:queue:q:" P1 "\nlrem working:queue:q:" P1 " 1 @a",
             "pushed a queue:q, taken_listed a working:queue:q:" P1 ", ended a acknowledged |");
    FOLLOWED("lpush queue:q @a\nlmove queue:q queue:sq|" P1
             "|q right left\nzadd retry 2 @a\nlrem queue:sq|" P1 "|q -1 @a",
             "pushed a queue:q, taken_listed a queue:sq|" P1 "|q, failed a retry, acknowledged a queue:sq|" P1
             "|q | pending a");
    FOLLOWED(
        "lpush queue:q @a\nrpoplpush queue:q queue:q:working\nrpop queue:q:working\nlpush queue:q @a",
        "pushed a queue:q, taken_listed a queue:q:working, due a queue:q:working, pushed_back a queue:q | "
        "pending a");
    FOLLOWED("lpush queue:q @a\nlmove queue:q queue:sq|" P1 "|q right left\nlmove queue:sq|" P1
             "|q queue:q right left",
             "pushed a queue:q, taken_listed a queue:sq|" P1 "|q, pushed_back a queue:q | pending a");
}

static void jobs_without_a_jid_go_by_their_bytes(void)
{
    rk_err err = { 0 };
    rk_history_options options = { 0 };
    char *got = follow_text("rpush queue:q {\"class\":\"A\",\"args\":[1]}\nblpop queue:q 1", &options, &err);
    CU_ASSERT_STRING_EQUAL(got, "pushed  queue:q, taken  queue:q | in_hand  not_beat_yet");
    rk_free(got);
}

static void a_torn_end_is_left_out(void)
{
    rk_err err = { 0 };
    rk_history_options options = { 0 };
    rk_buf resp = { 0 };
    replayed_resp("lpush queue:q x\nlpush queue:q y", &resp, &err);
    char *got = follow((rk_slice){ resp.ptr, resp.len - 3 }, &options, &err);
    CU_ASSERT_STRING_EQUAL(got, "pushed  queue:q | pending ");
    CU_ASSERT_EQUAL(err.code, RK_OK);
    rk_free(got);
    rk_buf_free(&resp);
}

static void events_say_where_they_stand(void)
{
    rk_err err = { 0 };
    rk_buf resp = { 0 };
    rk_job_event e;
    replayed_resp(
        "#TS:1000\nset x y\n#TS:1007\nlpush queue:q {\"class\":\"Aé\",\"args\":[],\"jid\":\"a\"}\nflushall",
        &resp, &err);
    rk_history *h = rk_history_open_source(rk_source_memory(rk_buf_slice(&resp), 0, &err), NULL, &err);
    CU_ASSERT_TRUE_FATAL(rk_history_next(h, &e, &err));
    CU_ASSERT_EQUAL(e.what, RK_LIFE_PUSHED);
    CU_ASSERT_EQUAL(e.spot.offset, 10 + 27 + 10);
    CU_ASSERT_EQUAL(e.spot.number, 2);
    CU_ASSERT_EQUAL(e.spot.time_s, 1007);
    CU_ASSERT_EQUAL(e.spot.verb, RK_VERB_LPUSH);
    CU_ASSERT_TRUE(rk_slice_is(e.class_name, RK_TEXT("Aé")));
    CU_ASSERT_TRUE_FATAL(rk_history_next(h, &e, &err));
    CU_ASSERT_EQUAL(e.what, RK_LIFE_LOST);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e.fate);
    CU_ASSERT_EQUAL(e.fate->kind, RK_FATE_LOST);
    CU_ASSERT_EQUAL(e.fate->pushed.number, 2);
    CU_ASSERT_EQUAL(e.fate->decided.number, 3);
    CU_ASSERT_TRUE(e.fate->pushed_here);
    CU_ASSERT_FALSE(rk_history_next(h, &e, &err));
    CU_ASSERT_EQUAL(err.code, RK_OK);
    rk_history_close(h);
    rk_buf_free(&resp);
}

UNIT_MAIN(
    "moves", { "a job is pushed, and waits", a_job_is_pushed_and_waits },
    { "a due job goes to its queue", a_due_job_goes_to_its_queue }, { "a job is killed", a_job_is_killed },
    { "others of the same score are put back", others_of_the_same_score_are_put_back },
    { "a job is deleted by hand", a_job_is_deleted_by_hand },
    { "a due job may be between two commands at the end", a_due_job_may_be_between_two_commands_at_the_end },
    { "what the scheduler cannot push is lost", what_the_scheduler_cannot_push_is_lost },
    { "a cleared queue was cleared on purpose", a_cleared_queue_was_cleared_on_purpose },
    { "a deleted queue is a loss", a_deleted_queue_is_a_loss },
    { "a set is cleared with UNLINK", a_set_is_cleared_with_unlink },
    { "a flush loses all", a_flush_loses_all }, { "the dead set is trimmed", the_dead_set_is_trimmed },
    { "a list is cut", a_list_is_cut }, { "a key is renamed", a_key_is_renamed },
    { "databases are swapped", databases_are_swapped }, { "a place is overwritten", a_place_is_overwritten },
    { "copies are counted", copies_are_counted }, { "a job has another time", a_job_has_another_time },
    { "namespaces stand before the names", namespaces_stand_before_the_names },
    { "other keys are no places", other_keys_are_no_places },
    { "reliable fetchers keep lists", reliable_fetchers_keep_lists },
    { "jobs without a jid go by their bytes", jobs_without_a_jid_go_by_their_bytes },
    { "a torn end is left out", a_torn_end_is_left_out },
    { "events say where they stand", events_say_where_they_stand })
