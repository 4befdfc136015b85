/* test_restore: the streams, command by command, and where jobs go by the options. Bare commands are also replayed, to see what
 * a server would have then. */
#include <math.h>

#include "../../../librdb/bundle/restore.h"
#include "../keyspace/replayed.h"
#include "made.h"

/* ---- a stream as text ------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    rk_bundle_op op;
    bool undo;
} scripts[] = {
    { "put", OP_LIST_PUT, false },
    { "replace", OP_LIST_REPLACE, false },
    { "push-back", OP_LIST_PUSH_BACK, false },
    { "zput", OP_ZSET_PUT, false },
    { "zreplace", OP_ZSET_REPLACE, false },
    { "undo-put", OP_LIST_PUT, true },
    { "undo-replace", OP_LIST_REPLACE, true },
    { "undo-push-back", OP_LIST_PUSH_BACK, true },
    { "undo-zput", OP_ZSET_PUT, true },
    { "undo-zreplace", OP_ZSET_REPLACE, true },
};

/* A script by its name, a key of claims as "claims", other arguments as they are. */
static void add_arg(rk_buf *out, rk_slice arg, rk_err *err)
{
    char shown[200];
    for (size_t i = 0; i < MADE_COUNT(scripts); i++)
        if (rk_slice_is(arg, rk_slice_of(rk_bundle_job_script(scripts[i].op, scripts[i].undo))))
            arg = rk_slice_of(scripts[i].name);
    for (rk_type type = RK_STRING; type <= RK_HASH; type++)
        for (int undo = 0; undo < 2; undo++)
            if (rk_slice_is(arg, rk_slice_of(rk_bundle_companion_script(type, undo))))
                arg = undo ? RK_TEXT("undo-companion") : RK_TEXT("companion");
    if (rk_slice_starts(arg, RK_TEXT("rdbkit:restored:")))
        arg = rk_slice_ends(arg, RK_TEXT(":keys")) ? RK_TEXT("notes") : RK_TEXT("claims");
    rk_slice_print(arg, shown, sizeof shown);
    rk_buf_printf(out, err, "%s%s", out->len > 0 && out->ptr[out->len - 1] != '\n' ? " " : "", shown);
}

static uint64_t number_at(rk_slice *rest, char mark)
{
    uint64_t number = 0;
    CU_ASSERT_FATAL(rest->len > 0 && rest->ptr[0] == mark);
    for (*rest = rk_slice_from(*rest, 1); rest->len > 2 && rest->ptr[0] != '\r';
         *rest = rk_slice_from(*rest, 1))
        number = number * 10 + rest->ptr[0] - '0';
    CU_ASSERT_FATAL(rk_slice_starts(*rest, RK_TEXT("\r\n")));
    *rest = rk_slice_from(*rest, 2);
    return number;
}

/* One line a command; each piece must be whole commands. */
static void add_piece(rk_buf *out, rk_slice piece, rk_err *err)
{
    while (piece.len > 0) {
        for (uint64_t args = number_at(&piece, '*'); args > 0; args--) {
            uint64_t len = number_at(&piece, '$');
            CU_ASSERT_FATAL(len + 2 <= piece.len);
            add_arg(out, rk_slice_head(piece, (size_t)len), err);
            piece = rk_slice_from(piece, (size_t)len + 2);
        }
        rk_buf_printf(out, err, "\n");
    }
}

static rk_buf stream_of(const char *path, const rk_restore_options *options, bool undo, bool raw)
{
    rk_err err = { 0 };
    rk_buf text = { 0 };
    rk_slice piece;
    rk_bundle *bundle = rk_bundle_open(path, &err);
    rk_restore *restore = bundle ? rk_restore_open(bundle, options, undo, &err) : NULL;
    CU_ASSERT_FATAL(restore != NULL);
    while (rk_restore_next(restore, &piece, &err))
        if (raw)
            rk_buf_add(&text, piece, &err);
        else
            add_piece(&text, piece, &err);
    CU_ASSERT(err.code == RK_OK);
    if (!raw)
        rk_buf_add(&text, (rk_slice){ (const uint8_t *)"", 1 }, &err);
    rk_restore_close(restore);
    rk_bundle_close(bundle);
    return text;
}

static void streams(const rk_bundle_job *jobs, size_t count, const rk_restore_options *options, bool undo,
                    const char *due)
{
    rk_err err = { 0 };
    const char *path = made_path("a.jobs");
    CU_ASSERT_FATAL(made_bundle(path, jobs, count, NULL, 0, &err));
    rk_buf text = stream_of(path, options, undo, false);
    if (strcmp((const char *)text.ptr, due) != 0)
        printf("# got:\n%s# not:\n%s", (const char *)text.ptr, due);
    CU_ASSERT_STRING_EQUAL((const char *)text.ptr, due);
    rk_buf_free(&text);
    made_remove(path);
}

/* ---- lists ------------------------------------------------------------------------------------------------------ */

static const rk_bundle_job queue[] = {
    QUEUED("new", "q", 0),
    QUEUED("mid", "q", 1),
    QUEUED("old", "q", 2),
    { .key = RK_TEXT("queue:q"),
      .kind = RK_PLACE_WORK,
      .queue = RK_TEXT("q"),
      .payload = RK_TEXT("hand"),
      .may_have_run = true },
    QUEUED("held", "q", 1, .act = RK_ACT_HOLD),
};

static void the_oldest_comes_last_to_the_tail(void)
{
    static const rk_restore_options front = { 0 };
    streams(queue, 5, &front, false,
            "SELECT 0\nEVAL put 4 claims notes queue:q queues RPUSH -1 q 5 new 3 mid 2 old 1 hand\n");
    streams(queue, 5, &front, true,
            "SELECT 0\nEVAL undo-put 4 claims notes queue:q queues LPUSH -1 q 1 hand 2 old 3 mid 5 new\n");
}

static void behind_the_backlog_the_oldest_goes_first(void)
{
    static const rk_restore_options back = { .back = true };
    streams(queue, 5, &back, false,
            "SELECT 0\nEVAL put 4 claims notes queue:q queues LPUSH 1 q 1 hand 2 old 3 mid 5 new\n");
    streams(queue, 5, &back, true,
            "SELECT 0\nEVAL undo-put 4 claims notes queue:q queues RPUSH 1 q 5 new 3 mid 2 old 1 hand\n");
}

static void batches_keep_the_order(void)
{
    static const rk_restore_options two = { .batch = 2 };
    streams(queue, 5, &two, false,
            "SELECT 0\nEVAL put 4 claims notes queue:q queues RPUSH -1 q 5 new 3 mid\n"
            "EVAL put 4 claims notes queue:q queues RPUSH -1 q 2 old 1 hand\n");
}

static void damaged_copies_and_stranded_jobs_are_taken_first(void)
{
    static const rk_restore_options front = { 0 }, other = { .to_queue = "z" };
    static const rk_bundle_job jobs[] = {
        QUEUED("good", "q", 0, .act = RK_ACT_REPLACE, .replaces = RK_TEXT("bad")),
        { .act = RK_ACT_PUSH_BACK,
          .key = RK_TEXT("queue:q"),
          .kind = RK_PLACE_PRIVATE,
          .queue = RK_TEXT("q"),
          .payload = RK_TEXT("p"),
          .from_key = RK_TEXT("private") },
        TIMED("z good", RK_PLACE_RETRY, "retry", 7, .act = RK_ACT_REPLACE, .replaces = RK_TEXT("z bad"),
              .replaces_score = 9.5),
    };
    streams(jobs, 3, &front, false,
            "SELECT 0\nEVAL zreplace 3 claims retry retry 3 7 z good z bad\n"
            "EVAL replace 5 claims notes queue:q queues queue:q RPUSH -1 q 2 good bad\n"
            "EVAL push-back 5 claims notes queue:q queues private RPUSH -1 q 1 p\n");
    streams(jobs, 3, &front, true,
            "SELECT 0\nEVAL undo-push-back 5 claims notes queue:q queues private LPUSH -1 q 1 p\n"
            "EVAL undo-replace 5 claims notes queue:q queues queue:q LPUSH -1 q 2 good bad\n"
            "EVAL undo-zreplace 3 claims retry retry 3 9.5 z good z bad\n");
    streams(jobs, 2, &other, false,
            "SELECT 0\nEVAL replace 5 claims notes queue:z queues queue:q RPUSH -1 z 2 good bad\n"
            "EVAL push-back 5 claims notes queue:z queues private RPUSH -1 z 1 p\n");
}

static void large_jobs_go_alone(void)
{
    static uint8_t large[700 * 1000];
    rk_err err = { 0 };
    rk_bundle_job jobs[] = { QUEUED("a", "q", 0), QUEUED("b", "q", 1), QUEUED("c", "q", 2),
                             QUEUED("d", "q", 3) };
    static const rk_restore_options front = { 0 };
    const char *path = made_path("a.jobs");
    memset(large, 'x', sizeof large);
    jobs[1].payload = jobs[2].payload = (rk_slice){ large, sizeof large };
    CU_ASSERT_FATAL(made_bundle(path, jobs, 4, NULL, 0, &err));
    rk_bundle *bundle = rk_bundle_open(path, &err);
    rk_restore *restore = rk_restore_open(bundle, &front, false, &err);
    rk_slice piece;
    size_t pieces = 0;
    for (; rk_restore_next(restore, &piece, &err); pieces++)
        CU_ASSERT(piece.len < 1100 * 1000);
    CU_ASSERT(pieces == 3 && err.code == RK_OK); /* SELECT, a and b, c and d */
    rk_restore_close(restore);
    rk_bundle_close(bundle);
    made_remove(path);
}

/* ---- where they go ---------------------------------------------------------------------------------------------- */

static void other_queues_prefixes_and_databases(void)
{
    static const rk_bundle_job jobs[] = {
        { .db = 2,
          .prefix = RK_TEXT("app:"),
          .key = RK_TEXT("app:queue:a"),
          .queue = RK_TEXT("a"),
          .payload = RK_TEXT("1"),
          .may_have_run = true },
        { .db = 2,
          .prefix = RK_TEXT("app:"),
          .key = RK_TEXT("app:queue:b:c"),
          .queue = RK_TEXT("b:c"),
          .payload = RK_TEXT("2") },
        { .db = 2,
          .prefix = RK_TEXT("app:"),
          .key = RK_TEXT("app:schedule"),
          .kind = RK_PLACE_SCHEDULE,
          .has_score = true,
          .score = 5,
          .payload = RK_TEXT("3"),
          .may_have_run = true },
    };
    static const rk_rename renames[] = { { RK_TEXT("b:c"), RK_TEXT("d") }, { RK_TEXT("x"), RK_TEXT("y") } };
    static const rk_restore_options rows[] = {
        { 0 },
        { .to_queue = "all", .namespace = "" },
        { .renames = renames, .rename_count = 2, .namespace = "new", .has_db = true },
        { .quarantine = true },
    };
    static const char *const due[] = {
        "SELECT 2\nEVAL zput 2 claims app:schedule 3 5 3\n"
        "EVAL put 4 claims notes app:queue:b:c app:queues RPUSH -1 b:c 2 2\n"
        "EVAL put 4 claims notes app:queue:a app:queues RPUSH -1 a 1 1\n",
        "SELECT 2\nEVAL zput 2 claims schedule 3 5 3\n"
        "EVAL put 4 claims notes queue:all queues RPUSH -1 all 2 2 1 1\n",
        "SELECT 0\nEVAL zput 2 claims new:schedule 3 5 3\n"
        "EVAL put 4 claims notes new:queue:d new:queues RPUSH -1 d 2 2\n"
        "EVAL put 4 claims notes new:queue:a new:queues RPUSH -1 a 1 1\n",
        "SELECT 2\nEVAL zput 2 claims app:schedule 3 5 3\n"
        "EVAL put 4 claims notes app:queue:b:c app:queues RPUSH -1 b:c 2 2\n"
        "EVAL put 4 claims notes app:queue:quarantine app:queues RPUSH -1 quarantine 1 1\n",
    };
    for (size_t i = 0; i < MADE_COUNT(rows); i++)
        streams(jobs, 3, &rows[i], false, due[i]);
}

static void overdue_jobs_are_spread_or_shifted(void)
{
    static const rk_bundle_job jobs[] = {
        TIMED("a", RK_PLACE_RETRY, "retry", -INFINITY), TIMED("b", RK_PLACE_RETRY, "retry", 50),
        TIMED("c", RK_PLACE_RETRY, "retry", 99.5),      TIMED("d", RK_PLACE_RETRY, "retry", 100),
        TIMED("e", RK_PLACE_SCHEDULE, "schedule", 1),   TIMED("f", RK_PLACE_SCHEDULE, "schedule", 1),
        TIMED("g", RK_PLACE_DEAD, "dead", 1),           TIMED("h", RK_PLACE_SCHEDULE, "schedule", 1e300),
    };
    static const rk_restore_options spread = { .spread_s = 30, .now_s = 100 },
                                    shift = { .shift_s = 3, .now_s = 100 };
    streams(jobs, 8, &spread, false,
            "SELECT 0\nEVAL zput 2 claims schedule 8 1.0000000000000001e+300 h 7 115 f 6 100 e\n"
            "EVAL zput 2 claims retry 5 100 d 4 120 c 3 110 b 2 100 a\n"
            "EVAL zput 2 claims dead 1 1 g\n");
    streams(jobs, 8, &shift, false,
            "SELECT 0\nEVAL zput 2 claims schedule 8 1.0000000000000001e+300 h 7 4 f 6 4 e\n"
            "EVAL zput 2 claims retry 5 100 d 4 102.5 c 3 53 b 2 -inf a\n"
            "EVAL zput 2 claims dead 1 1 g\n");
}

static void options_that_contradict_each_other_are_refused(void)
{
    static const rk_rename rename = { RK_TEXT("a"), RK_TEXT("b") };
    static const struct {
        rk_restore_options options;
        const char *what;
    } rows[] = {
        { { .spread_s = 1, .shift_s = 1 }, "overdue jobs can be spread or shifted, not both" },
        { { .spread_s = -1 }, "jobs cannot be spread over a negative time" },
        { { .to_queue = "x", .renames = &rename, .rename_count = 1 },
          "jobs go to one queue, or queues get other names, not both" },
        { { .to_queue = "" }, "queue to restore into has no name" },
        { { .batch = 10001 }, "batch is larger than 10000 jobs" },
    };
    rk_err err = { 0 };
    const char *path = made_path("a.jobs");
    made_all(path);
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT_FATAL(bundle != NULL);
    for (size_t i = 0; i < MADE_COUNT(rows); i++) {
        rk_err why = { 0 };
        CU_ASSERT(rk_restore_open(bundle, &rows[i].options, false, &why) == NULL);
        CU_ASSERT_EQUAL(why.code, RK_USAGE);
        CU_ASSERT_STRING_EQUAL(why.what, rows[i].what);
    }
    rk_bundle_close(bundle);
    made_remove(path);
}

/* ---- companions ------------------------------------------------------------------------------------------------- */

static void companions_go_before_the_jobs_and_come_out_behind_them(void)
{
    static const rk_restore_options as_it_was = { 0 }, moved = { .namespace = "n", .has_db = true, .db = 1 };
    rk_err err = { 0 };
    const char *path = made_path("a.jobs");
    CU_ASSERT_FATAL(made_bundle(path, queue, 1, made_companions, MADE_COUNT(made_companions), &err));
    rk_buf there = stream_of(path, &as_it_was, false, false), undo = stream_of(path, &as_it_was, true, false),
           other = stream_of(path, &moved, false, false);
    CU_ASSERT_STRING_EQUAL((const char *)there.ptr,
                           "SELECT 0\n"
                           "EVAL companion 2 notes it-j0 1:0 1 1 1800000000000 0 ex 1 c \\xff\n"
                           "EVAL companion 2 notes paused 2:0 2 1  0 default\n"
                           "EVAL put 4 claims notes queue:q queues RPUSH -1 q 1 new\n");
    CU_ASSERT_STRING_EQUAL((const char *)undo.ptr,
                           "SELECT 0\n"
                           "EVAL undo-put 4 claims notes queue:q queues LPUSH -1 q 1 new\n"
                           "EVAL undo-companion 3 notes it-j0 claims 1:0 1 1 1800000000000 0 ex 1 c \\xff\n"
                           "EVAL undo-companion 3 notes paused claims 2:0 2 1  0 default\n");
    CU_ASSERT(strstr((const char *)other.ptr, "EVAL companion 2 notes n:paused 2:0 2 1  0 default\n") !=
              NULL);
    CU_ASSERT(strncmp((const char *)other.ptr, "SELECT 1\n", 9) == 0);
    rk_buf_free(&there);
    rk_buf_free(&undo);
    rk_buf_free(&other);
    made_remove(path);
}

static void large_companions_go_in_parts(void)
{
    enum { MANY = 2500 };
    static const rk_restore_options options = { 0 };
    static char names[MANY * 2][16];
    static rk_slice items[MANY * 2];
    rk_err err = { 0 };
    const char *path = made_path("a.jobs");
    for (int i = 0; i < MANY * 2; i++) {
        snprintf(names[i], sizeof names[i], "%d", i);
        items[i] = rk_slice_of(names[i]);
    }
    rk_companion companion = COMPANION("b-1", RK_HASH, "batch", .items = items, .item_count = MANY * 2);
    CU_ASSERT_FATAL(made_bundle(path, queue, 1, &companion, 1, &err));
    rk_buf there = stream_of(path, &options, false, false), undo = stream_of(path, &options, true, false);
    static const char *const parts[] = { "b-1 1:0 1 1  0 0 1 ", "b-1 1:1 1 0  1000 1000 ",
                                         "b-1 1:4 1 0  4000 4000 " };
    for (size_t i = 0; i < MADE_COUNT(parts); i++)
        CU_ASSERT(strstr((const char *)there.ptr, parts[i]) != NULL);
    CU_ASSERT(strstr((const char *)undo.ptr, "b-1 claims 1:0 1 0  0 0 1 ") != NULL);
    CU_ASSERT(strstr((const char *)undo.ptr, "b-1 claims 1:4 1 1  4000 4000 ") != NULL);
    rk_buf_free(&there);
    rk_buf_free(&undo);
    made_remove(path);
}

/* ---- bare commands ---------------------------------------------------------------------------------------------- */

static const rk_bundle_job plain_jobs[] = {
    QUEUED("new", "q", 0),
    QUEUED("old", "q", 1),
    QUEUED("good", "d", 1, .act = RK_ACT_REPLACE, .replaces = RK_TEXT("bad")),
    { .act = RK_ACT_PUSH_BACK,
      .key = RK_TEXT("queue:q"),
      .kind = RK_PLACE_PRIVATE,
      .queue = RK_TEXT("q"),
      .payload = RK_TEXT("p"),
      .from_key = RK_TEXT("private") },
    TIMED("z good", RK_PLACE_RETRY, "retry", 7, .act = RK_ACT_REPLACE, .replaces = RK_TEXT("z bad"),
          .replaces_score = 9.5),
    TIMED("s", RK_PLACE_SCHEDULE, "schedule", 0.1),
    TIMED("held", RK_PLACE_SCHEDULE, "schedule", 0.1, .act = RK_ACT_HOLD),
};

static const char plain_before[] =
    "rpush queue:q live; rpush queue:d a bad b; rpush private p; zadd retry 9.5 \"z bad\"; sadd queues q d";

static void replays(const char *path, const rk_restore_options *options, bool undo_too, const char *state)
{
    rk_err err = { 0 };
    rk_buf all = { 0 };
    replayed_resp(plain_before, &all, &err);
    rk_buf stream = stream_of(path, options, false, true);
    rk_buf_add(&all, rk_buf_slice(&stream), &err);
    if (undo_too) {
        rk_buf undo = stream_of(path, options, true, true);
        rk_buf_add(&all, rk_buf_slice(&undo), &err);
        rk_buf_free(&undo);
    }
    replayed after = replay_bytes(rk_buf_slice(&all), false);
    if (strcmp(after.state, state) != 0)
        printf("# %s\n# not: %s\n", after.state, state);
    CU_ASSERT_STRING_EQUAL(after.state, state);
    replayed_free(&after);
    rk_buf_free(&stream);
    rk_buf_free(&all);
}

static void bare_commands_do_the_same(void)
{
    static const rk_restore_options front = { .plain = true }, back = { .plain = true, .back = true };
    rk_err err = { 0 };
    const char *path = made_path("a.jobs");
    CU_ASSERT_FATAL(made_bundle(path, plain_jobs, MADE_COUNT(plain_jobs), made_companions, 2, &err));
    replays(path, &front, false,
            "list:'queue:q'{'live' 'new' 'old' 'p'} list:'queue:d'{'a' 'good' 'b'} set:'queues'{'q' 'd'} "
            "hash:'it-j0'@1800000000000{'ex'='1' 'c'='\\xff'} set:'paused'{'default'} "
            "zset:'schedule'{'s'=0.10000000000000001} zset:'retry'{'z good'=7}");
    replays(path, &back, false,
            "list:'queue:q'{'new' 'old' 'p' 'live'} list:'queue:d'{'a' 'good' 'b'} set:'queues'{'q' 'd'} "
            "hash:'it-j0'@1800000000000{'ex'='1' 'c'='\\xff'} set:'paused'{'default'} "
            "zset:'retry'{'z good'=7} zset:'schedule'{'s'=0.10000000000000001}");
    replays(path, &front, true,
            "list:'queue:q'{'live'} list:'queue:d'{'a' 'bad' 'b'} set:'queues'{'q' 'd'} "
            "hash:'it-j0'@1800000000000{'ex'='1' 'c'='\\xff'} set:'paused'{'default'} "
            "list:'private'{'p'} zset:'retry'{'z bad'=9.5}");
    made_remove(path);
}

/* ---- memory ----------------------------------------------------------------------------------------------------- */

static void any_allocation_may_fail(void)
{
    static const rk_restore_options all[] = { { .spread_s = 5, .now_s = 1700000001, .namespace = "n" },
                                              { .plain = true, .to_queue = "q" } };
    rk_err made = { 0 };
    rk_slice piece;
    const char *path = made_path("a.jobs");
    made_all(path);
    rk_bundle *bundle = rk_bundle_open(path, &made);
    CU_ASSERT_FATAL(bundle != NULL);
    for (int way = 0; way < 4; way++) {
        rk_code code = RK_NO_MEMORY;
        int64_t n = 0;
        for (; code == RK_NO_MEMORY && n < 10000; n++) {
            rk_err err = { 0 };
            rk_alloc_fail_after(n);
            rk_restore *restore = rk_restore_open(bundle, &all[way / 2], way % 2, &err);
            while (restore && rk_restore_next(restore, &piece, &err))
                ;
            rk_restore_close(restore);
            rk_alloc_fail_after(-1);
            code = err.code;
        }
        CU_ASSERT(code == RK_OK && n > 5);
    }
    rk_bundle_close(bundle);
    made_remove(path);
}

UNIT_MAIN("bundle restore", { "the oldest job comes last, to the tail", the_oldest_comes_last_to_the_tail },
          { "behind the backlog the oldest goes first", behind_the_backlog_the_oldest_goes_first },
          { "batches keep the order", batches_keep_the_order },
          { "damaged copies and stranded jobs are taken first",
            damaged_copies_and_stranded_jobs_are_taken_first },
          { "large jobs go alone", large_jobs_go_alone },
          { "jobs go to other queues, prefixes and databases", other_queues_prefixes_and_databases },
          { "overdue jobs are spread or shifted", overdue_jobs_are_spread_or_shifted },
          { "options that contradict each other are refused",
            options_that_contradict_each_other_are_refused },
          { "companions go before the jobs and come out behind them",
            companions_go_before_the_jobs_and_come_out_behind_them },
          { "large companions go in parts", large_companions_go_in_parts },
          { "bare commands do the same", bare_commands_do_the_same },
          { "any allocation may fail", any_allocation_may_fail })
