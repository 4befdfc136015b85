/* Bundles made of a log: the keys that jobs need, and what must not go back. */
#include "made.h"

#undef JOB /* here it is a word of a typed command */
#include "../aoflog/typed.h"
#include "rdbkit/bundle_look.h"
#include "rdbkit/bundle_report.h"

/* Members of a payload, as a word of a typed command. */
#define WITH(jid, more)   "\"{\\\"class\\\":\\\"A\\\",\\\"args\\\":[],\\\"jid\\\":\\\"" jid "\\\"," more "}\""
#define TEXT(name, value) "\\\"" name "\\\":\\\"" value "\\\""

static bool make(const char *path, const char *from, const char *minus, rk_create_counts *counts, rk_err *err)
{
    typed_log source = typed(from), now = typed(minus ? minus : "ping");
    char *from_path = source.path, *now_path = now.path;
    rk_paths from_paths = { &from_path, 1 }, now_paths = { &now_path, 1 };
    rk_jobs_options from_options = { .paths = &from_paths, .alive_within_s = 60 },
                    now_options = { .paths = &now_paths, .alive_within_s = 60 };
    rk_create_options options = { .path = path,
                                  .bundle = { .force = true, .tool = "test", .created_s = 1000 },
                                  .from = &from_options,
                                  .minus = minus ? &now_options : NULL,
                                  .spool_prefix = RK_EMPTY };
    bool ok = rk_bundle_create_from(&options, counts, err);
    typed_close(&source);
    typed_close(&now);
    return ok;
}

/* What is in it: "why key[*] item item ..." for companions, "jid act[:reason]" for jobs, "! sentence" for warnings. */
static void tell(const char *path, rk_buf *out)
{
    rk_err err = { 0 };
    rk_bundle_job job;
    rk_companion c;
    const char *sentence;
    rk_bundle *bundle = rk_bundle_open(path, &err);
    if (!bundle)
        printf("# %s\n", err.what);
    CU_ASSERT_FATAL(bundle != NULL);
    while (rk_bundle_next_companion(bundle, &c, &err)) {
        rk_buf_printf(out, &err, "%.*s %.*s%s", (int)c.why.len, c.why.ptr, (int)c.key.len, c.key.ptr,
                      c.blocked ? "*" : "");
        for (size_t i = 0; i < c.item_count; i++)
            rk_buf_printf(out, &err, " %.*s", (int)c.items[i].len, c.items[i].ptr);
        if (c.expire_ms != RK_NO_EXPIRY)
            rk_buf_printf(out, &err, " @%" PRId64, c.expire_ms);
        rk_buf_printf(out, &err, "\n");
    }
    while (rk_bundle_next(bundle, &job, &err))
        rk_buf_printf(out, &err, "%.*s %s%s%.*s\n", (int)job.jid.len, job.jid.ptr, rk_act_name(job.act),
                      job.reason.len ? ":" : "", (int)job.reason.len, job.reason.ptr);
    for (size_t i = 0; (sentence = rk_bundle_warning(bundle, i)) != NULL; i++)
        rk_buf_printf(out, &err, "! %s\n", sentence);
    CU_ASSERT(err.code == RK_OK);
    rk_bundle_close(bundle);
}

static void has(const char *from, const char *minus, const char *wanted)
{
    rk_err err = { 0 };
    rk_buf out = { 0 };
    rk_create_counts counts;
    const char *path = made_path("made.jobs");
    bool ok = make(path, from, minus, &counts, &err);
    if (!ok)
        printf("# %s\n", err.what);
    CU_ASSERT_FATAL(ok);
    tell(path, &out);
    typed_is(&out, wanted);
    rk_buf_free(&out);
}

static void brings_the_state_of_an_iterable_job(void)
{
    has("sadd queues a; lpush queue:a " JOB("j1") " " JOB(
            "j2") "; hset it-j1 ex 2 c 7; pexpireat it-j1 99999999999999; "
                  "hset it-j3 ex 1; set it-j2 odd",
        NULL, "iteration it-j1 ex 2 c 7 @99999999999999\nj1 restore\nj2 restore\n");
}

static void brings_batches_whole(void)
{
    has("sadd queues a; lpush queue:a " WITH("j1", TEXT("bid", "B-1-x")) " " WITH(
            "j2", TEXT("bid",
                       "B-1-x")) " " WITH("j3", TEXT("bid",
                                                     "gone")) "; hset b-B-1-x total 2 parent P; sadd "
                                                              "b-B-1-x-jids j1 j2; hset b-P total 1; "
                                                              "sadd b-P-kids B-1-x; zadd batches 5 B-1-x 6 P "
                                                              "7 other; hset b-other total 1; sadd b-B-1 odd",
        NULL,
        "batch b-B-1-x total 2 parent P\nbatch b-B-1-x-jids j1 j2\nbatch b-P total 1\nbatch b-P-kids B-1-x\n"
        "batch batches B-1-x 5 P 6\nj1 restore\nj2 restore\nj3 restore\n"
        "! 1 job belongs to a batch that is not there: no callback will fire for it\n");
}

static void tells_of_batches_that_pro_8_does_not_know(void)
{
    has("sadd queues a; lpush queue:a " WITH(
            "j1", TEXT("bid", "B")) "; hset b-B total 1; hset b-B-failinfo j1 oops",
        NULL,
        "batch b-B total 1\nbatch b-B-failinfo j1 oops\nj1 restore\n"
        "! there are batches of a form older than Sidekiq Pro 8, which does not process those written before "
        "7.3.6\n");
}

static void keeps_pauses_of_queues_that_have_jobs(void)
{
    has("sadd queues a b; lpush queue:a " JOB("j1") "; sadd paused a b", NULL,
        "paused paused a\nj1 restore\n"
        "! queue 'a' was paused: the flag is put back before its jobs, and they wait for somebody to take it "
        "away\n");
    has("zadd schedule 1795500000 " WITH("j1", TEXT("queue", "b")) "; sadd queues a; sadd paused a b", NULL,
        "paused paused b\nj1 restore\n"
        "! queue 'b' was paused: the flag is put back before its jobs, and they wait for somebody to take it "
        "away\n");
}

#define LOCKED WITH("j1", TEXT("lock_digest", "uj:d"))
static void brings_locks_that_the_jobs_held(void)
{
    has("sadd queues a; lpush queue:a " LOCKED
        " " WITH("j2", TEXT("lock_digest", "uj:e")) "; set uj:d j1; "
                                                    "hset uj:d:LOCKED j1 5 jx 6; zadd uj:digests 5 uj:d 6 "
                                                    "uj:e; set uj:e other; hset uj:e:LOCKED other 1",
        NULL, "lock uj:d j1\nlock uj:d:LOCKED j1 5\nlock uj:digests uj:d 5\nj1 restore\nj2 restore\n");
    has("sadd queues a; lpush queue:a " WITH("j1", "\\\"unique_for\\\":600") " " JOB(
            "j2") "; set unique:abc j1; "
                  "set unique:def j2; set app:unique:x j1",
        NULL, "lock unique:abc j1\nj1 restore\nj2 restore\n");
}

static void holds_a_job_whose_lock_another_one_has(void)
{
    static const char from[] = "sadd queues a; lpush queue:a " LOCKED "; set uj:d j1; hset uj:d:LOCKED j1 5";
    static const char blocked[] = "lock uj:d* j1\nlock uj:d:LOCKED* j1 5\nj1 hold:locked\n";
    has(from, "hset uj:d:LOCKED j9 5", blocked);
    has(from, "set uj:d j9", blocked);
    has(from, "hset uj:d:LOCKED j1 5", "lock uj:d j1\nlock uj:d:LOCKED j1 5\nj1 restore\n");
    has("sadd queues a; lpush queue:a " WITH("j1", "\\\"unique_for\\\":600") "; set unique:abc j1",
        "set unique:abc j9", "lock unique:abc* j1\nj1 hold:locked\n");
}

static void holds_what_would_be_destroyed(void)
{
    has("zadd schedule 1795500000 " JOB(
            "ok") "; zadd schedule 1795500001 \"{\\\"class\\\":\\\"A\\\",\\\"jid\\\":\\\"j1\\\"}\"",
        NULL, "ok restore\nj1 hold:poison\n");
}

static void leaves_out_what_is_there(void)
{
    rk_err err = { 0 };
    rk_create_counts counts;
    const char *path = made_path("made.jobs");
    CU_ASSERT(make(path, "sadd queues a; lpush queue:a " JOB("j1") " " JOB("j2") " " JOB("j3"),
                   "sadd queues b; lpush queue:b " JOB("j2") "; zadd dead 1795500000 " JOB("j3"), &counts,
                   &err));
    CU_ASSERT(counts.read == 3 && counts.there == 2 && counts.jobs == 1 && counts.held == 0);
}

static void keeps_namespaces_apart(void)
{
    has("sadd x:queues a; lpush x:queue:a " JOB("j1") "; sadd queues a; lpush queue:a " JOB(
            "j2") "; hset x:it-j1 ex 1; "
                  "hset it-j1 ex 9; hset x:it-j2 ex 9; hset it-j2 ex 2",
        NULL, "iteration x:it-j1 ex 1\niteration it-j2 ex 2\nj2 restore\nj1 restore\n");
}

/* ---- what is there now --------------------------------------------------------------------------------------------- */

static void compares_with_what_is_there(void)
{
    static const char now_commands[] = "sadd queues a; lpush queue:a " JOB("once") " " JOB("more") " " JOB(
        "more") " " WITH("other", "\\\"x\\\":1") " " JOB("not meant");
    rk_err err = { 0 };
    rk_create_counts counts;
    const char *path = made_path("made.jobs");
    typed_log now = typed(now_commands);
    char *now_path = now.path;
    rk_paths paths = { &now_path, 1 };
    rk_jobs_options options = { .paths = &paths, .alive_within_s = 60 };
    rk_bundle_job job;
    rk_found found;
    uint64_t copies;
    static const struct {
        const char *jid;
        rk_found found;
        uint64_t copies;
    } rows[] = { { "more", RK_FOUND_MORE, 2 },
                 { "missing", RK_FOUND_MISSING, 0 },
                 { "other", RK_FOUND_OTHER, 1 } };
    CU_ASSERT_FATAL(make(
        path, "sadd queues a; rpush queue:a " JOB("other") " " JOB("missing") " " JOB("more") " " JOB("once"),
        NULL, &counts, &err));
    rk_bundle *bundle = rk_bundle_open(path, &err);
    rk_comparison *c = bundle ? rk_comparison_open(bundle, &options, &err) : NULL;
    CU_ASSERT_FATAL(c != NULL);
    const rk_comparison_counts *sums = rk_comparison_counts_of(c);
    CU_ASSERT(sums->jobs == 4 && sums->held == 0 && rk_comparison_partial(c) == NULL);
    for (size_t i = 0; i < RK_FOUND_KINDS; i++)
        CU_ASSERT(sums->found[i] == 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_FATAL(rk_comparison_next(c, &job, &found, &copies, &err));
        CU_ASSERT(rk_slice_is(job.jid, rk_slice_of(rows[i].jid)) && found == rows[i].found &&
                  copies == rows[i].copies);
    }
    CU_ASSERT(!rk_comparison_next(c, &job, &found, &copies, &err) && err.code == RK_OK);
    rk_comparison_close(c);
    rk_bundle_close(bundle);
    typed_close(&now);
}

/* ---- want of memory -------------------------------------------------------------------------------------------------- */

static const char rich[] = "sadd queues a; lpush queue:a " LOCKED " " WITH("j2", TEXT("bid", "B")) " " WITH(
    "j3",
    "\\\"unique_for\\\":1") "; set uj:d j1; "
                            "hset uj:d:LOCKED j1 5; zadd uj:digests 5 uj:d; hset b-B total 1 parent P; hset "
                            "b-P total 1; zadd batches 5 B; "
                            "set unique:x j3; sadd paused a; hset it-j2 ex 1; zadd schedule 1795500000 " JOB(
                                "j4");

static bool look(const char *path, rk_err *err)
{
    rk_bundle_facts facts = { 0 };
    rk_bundle *bundle = rk_bundle_open(path, err);
    FILE *nobody = fopen("/dev/null", "w");
    bool ok = bundle && rk_bundle_facts_read(&facts, bundle, 5, err);
    for (rk_bundle_form form = RK_BUNDLE_TEXT; ok && form <= RK_BUNDLE_NDJSON; form++) {
        rk_bundle_report report = {
            .tool = "t", .path = "p", .form = form, .limit = 9, .payloads = true, .out = nobody
        };
        rk_restore_options how = { 0 };
        rk_restore_plan *plan = NULL;
        ok = rk_bundle_report_show(&report, bundle, &facts, err) &&
             rk_bundle_report_verify(&report, bundle, NULL, err) &&
             (plan = rk_restore_plan_open(bundle, &how, err)) != NULL &&
             rk_bundle_report_plan(&report, bundle, plan, err);
        rk_restore_plan_close(plan);
    }
    fclose(nobody);
    rk_bundle_facts_free(&facts);
    rk_bundle_close(bundle);
    return ok;
}

static bool part(const char *path, const char *to, rk_err *err)
{
    const char *pattern = "queue";
    rk_job_filter filter = { .places = { &pattern, 1 } };
    rk_combine_options options = { .path = to, .bundle = { .force = true, .tool = "t" }, .filter = &filter };
    rk_combine_counts counts;
    rk_bundle *bundle = rk_bundle_open(path, err);
    rk_bundle *const two[] = { bundle, bundle };
    bool ok = bundle && rk_bundle_combine(two, 2, &options, &counts, err);
    rk_bundle_close(bundle);
    return ok;
}

typedef enum { MAKE, LOOK, PART, STEPS } step;

static bool run(step which, rk_err *err)
{
    rk_create_counts counts;
    switch (which) {
    case MAKE:
        return make(made_path("again.jobs"), rich, "hset uj:d:LOCKED j9 5", &counts, err);
    case LOOK:
        return look(made_path("rich.jobs"), err);
    default:
        return part(made_path("rich.jobs"), made_path("part.jobs"), err);
    }
}

static void survives_want_of_memory(void)
{
    rk_err none = { 0 };
    rk_create_counts counts;
    CU_ASSERT_FATAL(make(made_path("rich.jobs"), rich, NULL, &counts, &none));
    for (step which = MAKE; which < STEPS; which++) {
        bool done = false;
        for (int64_t n = 0; !done && n < 20000; n += n < 400 ? 1 : 37) {
            rk_err err = { 0 };
            rk_alloc_fail_after(n);
            done = run(which, &err);
            rk_alloc_fail_after(-1);
            if (!done && err.code != RK_NO_MEMORY)
                printf("# %d: %s (%s)\n", (int)which, err.what, err.where);
            CU_ASSERT(done || err.code == RK_NO_MEMORY);
        }
        CU_ASSERT(done);
    }
    made_remove(made_path(""));
}

UNIT_MAIN("companions", { "brings the state of an iterable job", brings_the_state_of_an_iterable_job },
          { "brings batches whole", brings_batches_whole },
          { "tells of batches that Pro 8 does not know", tells_of_batches_that_pro_8_does_not_know },
          { "keeps pauses of queues that have jobs", keeps_pauses_of_queues_that_have_jobs },
          { "brings locks that the jobs held", brings_locks_that_the_jobs_held },
          { "holds a job whose lock another one has", holds_a_job_whose_lock_another_one_has },
          { "holds what would be destroyed", holds_what_would_be_destroyed },
          { "leaves out what is there", leaves_out_what_is_there },
          { "keeps namespaces apart", keeps_namespaces_apart },
          { "compares with what is there", compares_with_what_is_there },
          { "survives want of memory", survives_want_of_memory })
