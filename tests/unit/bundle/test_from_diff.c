/* test_from_diff: which jobs a comparison puts into a bundle, where they go, and which are held. A row is a pair of snapshots,
 * perhaps logs, and what the bundle holds, job by job in its order:
 *
 *     "restore a queue:default; hold b retry=1795420000.5 poison; + it-a iteration"
 *
 * A `?` behind the act: it may have run; `3:` in front of the key: the database; companions stand last. */
#include "../diff/pair.h"

#include "../keyspace/replayed.h"
#include "rdbkit/bundle_diff.h"

#define D      "queue:default"
#define BEFORE "#TS:1795419900\n"
#define AFTER  "#TS:1795420010\n"
#define STILL  .counters = { true, 10, 1, 10, 1 }

typedef struct {
    pair_row row;
    const char *logs[2]; /* as commands, see replayed.h */
    const char *verdicts;
    const char *warning; /* words of one of the warnings; NULL: not asked */
    uint64_t without_payload;
    rk_diff_bundle_outcome outcome;
    bool although_partial;
} made_row;

/* ---- a bundle in words ---------------------------------------------------------------------------------------------- */

static void tell_job(rk_buf *told, const rk_bundle_job *job)
{
    char jid[80], key[200], from[200];
    pair_say(told, "%s%s%s %s ", told->len ? "; " : "", rk_act_name(job->act), job->may_have_run ? "?" : "",
             job->jid.len ? rk_slice_print(job->jid, jid, sizeof jid) : "-");
    if (job->db)
        pair_say(told, "%u:", job->db);
    pair_say(told, "%s", rk_slice_print(job->key, key, sizeof key));
    if (job->has_score)
        pair_say(told, "=%.17g", job->score);
    if (job->act == RK_ACT_REPLACE && job->has_score)
        pair_say(told, " was %.17g", job->replaces_score);
    if (job->from_key.len > 0)
        pair_say(told, " from %s", rk_slice_print(job->from_key, from, sizeof from));
    if (job->reason.len > 0)
        pair_say(told, " %.*s", (int)job->reason.len, (const char *)job->reason.ptr);
}

static void tell_bundle(rk_bundle *bundle, rk_buf *told)
{
    rk_bundle_job job;
    rk_companion companion;
    rk_err err = { 0 };
    char key[200];
    while (rk_bundle_next(bundle, &job, &err))
        tell_job(told, &job);
    while (rk_bundle_next_companion(bundle, &companion, &err))
        pair_say(told, "; + %s %.*s%s", rk_slice_print(companion.key, key, sizeof key),
                 (int)companion.why.len, (const char *)companion.why.ptr,
                 companion.blocked ? " blocked" : "");
    CU_ASSERT(err.code == RK_OK);
}

static void check_warning(rk_bundle *bundle, const made_row *row)
{
    const char *warning;
    bool there = false;
    for (size_t i = 0; (warning = rk_bundle_warning(bundle, i)) != NULL; i++)
        there |= strstr(warning, row->warning) != NULL;
    if (!there)
        printf("# %s: no warning says '%s'\n", row->row.name, row->warning);
    CU_ASSERT(there);
}

static void look_at(const char *path, const made_row *row, rk_buf *told)
{
    rk_err err = { 0 };
    rk_bundle *bundle = rk_bundle_open(path, &err);
    if (!bundle) {
        printf("# %s: %s\n", row->row.name, err.what);
        CU_FAIL("the bundle cannot be opened");
        return;
    }
    tell_bundle(bundle, told);
    if (row->warning)
        check_warning(bundle, row);
    rk_bundle_close(bundle);
}

static void remove_bundle(const char *path)
{
    static const char *const names[] = { "manifest.json", "jobs.ndjson", "companions.ndjson",
                                         "restore.resp" };
    char name[200];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(name, sizeof name, "%s/%s", path, names[i]);
        unlink(name);
    }
    rmdir(path);
}

static void make_bundle(rk_diff *diff, const made_row *row)
{
    char room[] = "/tmp/rdbkit-from-diff-XXXXXX", path[80];
    rk_err err = { 0 };
    rk_buf told = { 0 };
    rk_diff_bundle made;
    CU_ASSERT_FATAL(mkdtemp(room) != NULL);
    snprintf(path, sizeof path, "%s/lost.jobs", room);
    rk_diff_bundle_options options = {
        .path = path,
        .bundle = { .tool = "test", .reason = "a test", .created_s = 1795430000 },
        .verdicts = row->verdicts,
        .although_partial = row->although_partial
    };
    bool ok = rk_bundle_create_from_diff(diff, &options, &made, &err);
    if (!ok)
        printf("# %s: %s\n", row->row.name, err.what);
    CU_ASSERT(ok);
    CU_ASSERT_EQUAL(made.outcome, row->outcome);
    CU_ASSERT_EQUAL(made.without_payload, row->without_payload);
    CU_ASSERT_EQUAL(access(path, F_OK) == 0, made.outcome == RK_DIFF_BUNDLE_WRITTEN);
    if (ok && made.outcome == RK_DIFF_BUNDLE_WRITTEN)
        look_at(path, row, &told);
    pair_check(row->row.name, "bundle", &told, row->row.told);
    rk_buf_free(&told);
    remove_bundle(path);
    rmdir(room);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static int log_file_of(const char *commands, char path[40])
{
    rk_buf resp = { 0 }, out = { 0 };
    rk_err err = { 0 };
    replayed_resp(commands, &resp, &err);
    pair_add(&out, (const char *)resp.ptr, resp.len);
    rk_buf_free(&resp);
    return pair_file(&out, path);
}

static void check_row(const made_row *row)
{
    pair p = { .options = row->row.options };
    char paths[2][40], *words[2];
    int fds[2];
    size_t count = 0;
    for (; count < 2 && row->logs[count]; count++) {
        fds[count] = log_file_of(row->logs[count], paths[count]);
        words[count] = paths[count];
    }
    p.options.logs = (rk_paths){ words, count };
    pair_row_side(&p, &row->row, false);
    pair_row_side(&p, &row->row, true);
    bool ok = pair_run(&p);
    if (!ok)
        printf("# %s: %s\n", row->row.name, p.err.what);
    CU_ASSERT(ok);
    if (ok)
        make_bundle(p.diff, row);
    pair_close(&p);
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
}

#define CHECK_ROWS(rows)                                                                                     \
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows)[0]; i++)                                              \
    check_row(&(rows)[i])

static void lost_jobs_go_back_to_their_places(void)
{
    static const made_row rows[] = {
        { { "the tail of a queue runs first",
            { LIST(D, { J("a") }, { J("b") }, { J("c") }) },
            { LIST(D, { J("a") }) },
            STILL,
            .told = "restore c queue:default; restore b queue:default" } },
        { { "sets keep their scores",
            { ZSET("retry", { J("a"), 1795430000.25 }), ZSET("schedule", { J("b"), 1795440000.125 }),
              ZSET("dead", { J("c"), 1795300000.5 }) },
            { LIST(D, { J("x") }) },
            STILL,
            .told = "restore c dead=1795300000.5; restore a retry=1795430000.25; restore b "
                    "schedule=1795440000.125" } },
        { { "another namespace",
            { LIST("shop:queue:default", { J("a") }), ZSET("shop:dead", { J("b"), 1795300000.5 }),
              STRING("shop:stat:processed", "10"), STRING("shop:stat:failed", "1") },
            { ZSET("schedule", { J("c"), 1795440000 }), STRING("stat:processed", "10"),
              STRING("stat:failed", "1") },
            .told = "restore b dead=1795300000.5; restore a queue:default" } },
        { { "another database",
            { LIST(D, { J("a") }), STRING("stat:processed", "10"), STRING("stat:failed", "1") },
            { { .type = RK_ZSET, .name = "schedule", .db = 3, .items = { { J("c"), 1795440000 } } },
              { .type = RK_STRING, .name = "stat:processed", .db = 3, .items = { { "10" } } },
              { .type = RK_STRING, .name = "stat:failed", .db = 3, .items = { { "1" } } } },
            .told = "restore a 3:queue:default" } },
        { { "nothing is lost", { LIST(D, { J("a") }) }, { LIST(D, { J("a") }) }, STILL, .told = "" },
          .outcome = RK_DIFF_BUNDLE_EMPTY },
        { { "without a jid each is its own",
            { LIST(D, { "{\"class\":\"A\",\"args\":[]}" }, { "{\"class\":\"A\",\"args\":[]}" },
                   { "{\"class\":\"A\",\"args\":[]}" }) },
            { LIST(D, { "{\"class\":\"A\",\"args\":[]}" }) },
            STILL,
            .told = "restore - queue:default; restore - queue:default" } },
    };
    CHECK_ROWS(rows);
}

static void what_must_not_run_twice_is_held(void)
{
    static const made_row rows[] = {
        { { "one copy of two is lost",
            { LIST(D, { J("a") }), LIST("queue:other", { J("a") }) },
            { LIST("queue:other", { J("a") }) },
            STILL,
            .told = "hold a queue:default there" },
          .warning = "1 job is held" },
        { { "two copies are lost",
            { LIST(D, { J("a") }), ZSET("retry", { J("a"), 1795430000.5 }) },
            { LIST(D, { J("x") }) },
            STILL,
            .told = "restore a queue:default; hold a retry=1795430000.5 double" } },
        { { "poison",
            { ZSET("schedule", { "{\"class\":\"A\",\"jid\":\"a\"}", 1795440000.5 }), LIST(D, { "no job" }) },
            { LIST("queue:other", { J("x") }) },
            STILL,
            .told = "hold - queue:default poison; hold a schedule=1795440000.5 poison" } },
    };
    CHECK_ROWS(rows);
}

static void damaged_copies_give_way(void)
{
    static const made_row rows[] = {
        { { "in a list",
            { LIST(D, { J("a") }, { J("b") }) },
            { LIST(D, { "{\"class\":\"HardJob\",\"args\":[1],\"created_at\":1795400000.25}" }, { J("b") }) },
            STILL,
            .told = "replace a queue:default" } },
        { { "only the score",
            { ZSET("schedule", { J("a"), 1795440000.125 }) },
            { ZSET("schedule", { J("a"), 1795440000 }) },
            STILL,
            .told = "replace a schedule=1795440000.125 was 1795440000" } },
        { { "cut to nothing",
            { LIST(D, { J("a") }, { J("b") }) },
            { LIST(D, { "" }, { J("b") }) },
            STILL,
            .told = "restore a queue:default" } },
        { { "irregular, and left out",
            { LIST(D, { JOB("a", "default", "A", "[1]", "") }) },
            { LIST(D, { JOB("a", "default", "A", "[2]", "") }) },
            STILL,
            .told = "" },
          .verdicts = "lost,damaged",
          .outcome = RK_DIFF_BUNDLE_EMPTY },
        { { "irregular",
            { LIST(D, { JOB("a", "default", "A", "[1]", "") }) },
            { LIST(D, { JOB("a", "default", "A", "[2]", "") }) },
            STILL,
            .told = "replace a queue:default" },
          .warning = "1 job was changed as Sidekiq changes nothing" },
        { { "the jid is in NEW besides",
            { LIST(D, { J("a") }), LIST("queue:other", { J_IN("b", "other") }) },
            { LIST(D, { J("a") "x" }), LIST("queue:other", { J_IN("b", "other") }, { J("a") }) },
            STILL,
            .told = "hold a queue:default there" } },
    };
    CHECK_ROWS(rows);
}

#define PRIVATE "working:queue:default:web:5:0123456789ab"

static void stranded_jobs_are_pushed_back(void)
{
    static const made_row rows[] = {
        { { "of OLD, and of NEW alone",
            { LIST(D, { J("a") }), PROCESSES({ IDENTITY }), PROCESS(IDENTITY, BEAT_OLD) },
            { LIST(PRIVATE, { J("n") }, { J("a") }), PROCESSES({ IDENTITY }), PROCESS(IDENTITY, BEAT_NEW) },
            .told =
                "push_back? a queue:default from " PRIVATE "; push_back? n queue:default from " PRIVATE } },
        { { "there since OLD",
            { LIST(PRIVATE, { J("a") }), PROCESSES({ IDENTITY }), PROCESS(IDENTITY, BEAT_OLD) },
            { LIST(PRIVATE, { J("a") }), PROCESSES({ IDENTITY }), PROCESS(IDENTITY, BEAT_NEW) },
            .told = "push_back? a queue:default from " PRIVATE } },
        { { "lost out of one",
            { LIST(PRIVATE, { J("a") }), LIST(D, { J("b") }), PROCESSES({ IDENTITY }),
              PROCESS(IDENTITY, BEAT_OLD) },
            { LIST(D, { J("b") }), PROCESSES({ IDENTITY }), PROCESS(IDENTITY, BEAT_NEW) },
            STILL,
            .told = "restore? a queue:default" } },
    };
    CHECK_ROWS(rows);
}

static void unaccounted_ones_must_be_named(void)
{
    static const made_row rows[] = {
        { { "not named",
            { LIST(D, { J("a") }) },
            { LIST("queue:x", { J_IN("x", "x") }) },
            .counters = { true, 10, 1, 20, 1 },
            .told = "" },
          .outcome = RK_DIFF_BUNDLE_EMPTY },
        { { "named",
            { LIST(D, { J("a") }) },
            { LIST("queue:x", { J_IN("x", "x") }) },
            .counters = { true, 10, 1, 20, 1 },
            .told = "restore? a queue:default" },
          .verdicts = "unaccounted",
          .warning = "1 job is unaccounted for" },
        { { "partial",
            { LIST(D, { J("a") }) },
            { LIST("queue:x", { J_IN("x", "x") }) },
            STILL,
            .partial_new = true,
            .told = "" },
          .verdicts = "lost,unaccounted",
          .outcome = RK_DIFF_BUNDLE_PARTIAL },
        { { "partial, and wanted all the same",
            { LIST(D, { J("a") }) },
            { LIST("queue:x", { J_IN("x", "x") }) },
            STILL,
            .partial_new = true,
            .told = "restore? a queue:default" },
          .verdicts = "lost,unaccounted",
          .warning = "part of the input was not seen",
          .although_partial = true },
    };
    CHECK_ROWS(rows);
}

/* What its work hash says of a thread. */
#define SHOWN                                                                                                \
    "{\"queue\":\"default\",\"payload\":\"{\\\"class\\\":\\\"A\\\",\\\"args\\\":[],\\\"jid\\\":\\\"c\\\","   \
    "\\\"queue\\\":"                                                                                         \
    "\\\"default\\\"}\",\"run_at\":1}"

#define A " " J("a")
#define B " " J("b")
#define C " " J("c")

static void what_only_a_log_knows_comes_with_its_last_payload(void)
{
    static const made_row rows[] = {
        { { "pushed after OLD, and flushed",
            { LIST(D, { J("a") }) },
            { { 0 } },
            .told = "restore a queue:default; restore b queue:default; restore c retry=1795420500.25" },
          { BEFORE "rpush " D A "\n" AFTER "lpush " D B "\nzadd schedule 1795420100.5" C "\nzrem schedule" C
                   "\nzadd retry 1795420400.5" C "\nzadd retry 1795420500.25" C "\nflushall" } },
        { { "those without a jid are no others than OLD's",
            { LIST(D, { "{\"class\":\"A\",\"args\":[]}" }) },
            { { 0 } },
            .told = "restore - queue:default" },
          { BEFORE "rpush " D " {\"class\":\"A\",\"args\":[]}\n" AFTER "flushall" } },
        { { "in the hands of a dead process",
            { LIST(D, { J("a") }), ZSET("retry", { J("b"), 1795419000.5 }) },
            { { 0 } },
            .told = "restore? a queue:default; restore? b queue:default; restore? c queue:default" },
          { BEFORE
            "rpush " D A "\nzadd retry 1795419000.5" B "\n" AFTER
            "sadd processes w:1:aaaaaaaaaaaa\nhset w:1:aaaaaaaaaaaa info {\"concurrency\":5,\"queues\":"
            "[\"default\"],\"started_at\":1795410000} beat 1795420010\nzrem retry" B "\nlpush " D B
            "\nlpush " D C "\nrpop " D "\nrpop " D "\nrpop " D
            "\n#TS:1795420098\nsadd processes w:2:bbbbbbbbbbbb\nhset w:2:bbbbbbbbbbbb info "
            "{\"concurrency\":5,\"queues\":[\"x\"],\"started_at\":1795410000} beat 1795420098" } },
        { { "in the hands of a dead process since before the log began",
            { LIST(D, { J("a") }) },
            { LIST(D, { J("a") }) },
            .told = "restore? c queue:default" },
          { BEFORE
            "rpush " D A "\n#TS:1795420005\nhset w:1:aaaaaaaaaaaa:work t1 " SHOWN
            "\nsadd processes w:1:aaaaaaaaaaaa\nhset w:1:aaaaaaaaaaaa info {\"concurrency\":5,\"queues\":"
            "[\"default\"],\"started_at\":1795410000} beat 1795420005" } },
    };
    CHECK_ROWS(rows);
}

static void what_they_need_comes_along(void)
{
    static const made_row rows[] = {
        { { "under the new prefix",
            { LIST("shop:queue:default", { J("a") }), HASH("shop:it-a", { "ex", .value = "1" }),
              SET("shop:paused", { "default" }, { "low" }), STRING("shop:stat:processed", "10"),
              STRING("shop:stat:failed", "1") },
            { ZSET("schedule", { J("c"), 1795440000 }), STRING("stat:processed", "10"),
              STRING("stat:failed", "1") },
            .told = "restore a queue:default; + paused paused; + it-a iteration" },
          .warning = "queue 'low' was paused in the old instance, and is not in the new one" },
        { { "a lock that another job holds now",
            { LIST(D, { JOB("a", "default", "A", "[1]", ",\"lock_digest\":\"uniquejobs:d\"") }),
              STRING("uniquejobs:d", "a") },
            { LIST(D, { JOB("b", "default", "A", "[1]", ",\"lock_digest\":\"uniquejobs:d\"") }),
              STRING("uniquejobs:d", "b") },
            STILL,
            .told = "hold a queue:default locked; + uniquejobs:d lock blocked" } },
    };
    CHECK_ROWS(rows);
}

static void unknown_words_are_refused(void)
{
    made_row row = { { "row", { LIST(D, { J("a") }) }, { LIST(D, { J("a") }) }, .told = "" } };
    pair p = { .options = row.row.options };
    rk_diff_bundle made;
    rk_err err = { 0 };
    pair_row_side(&p, &row.row, false);
    pair_row_side(&p, &row.row, true);
    CU_ASSERT_FATAL(pair_run(&p));
    rk_diff_bundle_options options = { .path = "/nowhere/x", .verdicts = "lost,finished" };
    CU_ASSERT_FALSE(rk_bundle_create_from_diff(p.diff, &options, &made, &err));
    CU_ASSERT_EQUAL(err.code, RK_USAGE);
    CU_ASSERT_STRING_EQUAL(err.what, "'finished' is no verdict of which a bundle is made");
    pair_close(&p);
}

/* Tries with the n-th allocation failing: the bundle, or that error and no bundle. */
static bool make_short_of_memory(rk_diff *diff, const char *path, int64_t after)
{
    rk_err err = { 0 };
    rk_diff_bundle made;
    rk_diff_bundle_options options = { .path = path, .bundle = { .tool = "test", .reason = "a test" } };
    rk_alloc_fail_after(after);
    bool ok = rk_bundle_create_from_diff(diff, &options, &made, &err);
    rk_alloc_fail_after(-1);
    CU_ASSERT_EQUAL(ok, err.code == RK_OK);
    CU_ASSERT_TRUE(ok || err.code == RK_NO_MEMORY);
    CU_ASSERT_EQUAL(access(path, F_OK) == 0, ok);
    return ok;
}

static void memory_may_be_short(void)
{
    static const pair_row row = { "short of memory",
                                  { LIST(D, { J("a") }, { "{\"class\":\"A\",\"args\":[]}" }, { J("d") }),
                                    ZSET("schedule", { J("s"), 1795440000.5 }), SET("paused", { "default" }),
                                    HASH("it-a", { "ex", .value = "1" }) },
                                  { ZSET("schedule", { J("s"), 1795440000 }), LIST(PRIVATE, { J("d") }) } };
    char room[] = "/tmp/rdbkit-from-diff-XXXXXX", path[80], log[40], *words[1] = { log };
    int fd = log_file_of(
        BEFORE "rpush " D A " {\"class\":\"A\",\"args\":[]}\n" AFTER "lpush " D B "\nflushall", log);
    pair p = { .options = { .logs = { words, 1 } } };
    bool done = false;
    CU_ASSERT_FATAL(mkdtemp(room) != NULL);
    snprintf(path, sizeof path, "%s/lost.jobs", room);
    pair_row_side(&p, &row, false);
    pair_row_side(&p, &row, true);
    CU_ASSERT_FATAL(pair_run(&p));
    for (int64_t i = 0; !done && i < 5000; i++)
        done = make_short_of_memory(p.diff, path, i);
    CU_ASSERT(done);
    pair_close(&p);
    close(fd);
    remove_bundle(path);
    CU_ASSERT_EQUAL(rmdir(room), 0);
}

UNIT_MAIN("from_diff", { "lost jobs go back to their places", lost_jobs_go_back_to_their_places },
          { "what must not run twice is held", what_must_not_run_twice_is_held },
          { "damaged copies give way", damaged_copies_give_way },
          { "stranded jobs are pushed back", stranded_jobs_are_pushed_back },
          { "unaccounted ones must be named", unaccounted_ones_must_be_named },
          { "what only a log knows comes with its last payload",
            what_only_a_log_knows_comes_with_its_last_payload },
          { "what they need comes along", what_they_need_comes_along },
          { "unknown words are refused", unknown_words_are_refused },
          { "memory may be short", memory_may_be_short })
