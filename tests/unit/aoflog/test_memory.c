/* The n-th allocation fails, and all behind it, for every n: an error of memory and nothing lost, or it goes through. */
#include "rdbkit/aoflog_report.h"

#include "typed.h"

static const char commands[] = "#TS:100; sadd queues a; lpush queue:a " JOB("1") " " JOB(
    "2") "; rename queue:a queue:b; "
         "multi; unlink queue:b; srem queues b; exec; nope 1; zadd retry 1 " JOB(
             "3") "; pexpireat retry 5; flushall";

static rk_aoflog_form form;

/* A report that nobody reads. */
static rk_aoflog_report report_of(rk_aoflog_question question)
{
    rk_aoflog_report report = {
        .tool = "test", .path = "log", .question = question, .form = form, .limit = 5
    };
    report.out = fopen("/dev/null", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(report.out);
    return report;
}

static void count(const char *path, rk_err *err)
{
    rk_quietest quiet;
    rk_aoflog_report report = report_of(RK_AOFLOG_SUMMARY);
    rk_aoflog_counter *counter = rk_aoflog_count(path, NULL, NULL, err);
    if (counter && rk_quietest_find(&rk_aoflog_counts_of(counter)->times, 1, &quiet, err) &&
        rk_aoflog_report_counts(&report, rk_aoflog_counts_of(counter), err))
        rk_aoflog_report_quietest(&report, rk_aoflog_counts_of(counter), &quiet, err);
    rk_aoflog_counter_free(counter);
    fclose(report.out);
}

static void harms(const char *path, rk_err *err)
{
    rk_harm harm;
    rk_harm_options options = { 0 };
    rk_aoflog_report report = report_of(RK_AOFLOG_DESTRUCTIVE);
    rk_harms *h = rk_harms_open(path, &options, err);
    while (h && rk_harms_next(h, &harm, err) &&
           rk_aoflog_report_harm(&report, rk_harms_info_of(h), &harm, err))
        ;
    rk_harms_close(h);
    fclose(report.out);
}

static void keys(const char *path, rk_err *err)
{
    rk_key_event event;
    rk_keys_options options = { 0 };
    rk_aoflog_report report = report_of(RK_AOFLOG_KEY);
    rk_keys *k = rk_keys_open(path, &options, err);
    while (k && rk_keys_next(k, &event, err) &&
           rk_aoflog_report_key(&report, rk_keys_info_of(k), &event, err))
        ;
    rk_keys_close(k);
    fclose(report.out);
}

static void writer(const char *path, rk_err *err)
{
    rk_keys_options options = { .exact = true, .key = RK_TEXT("queue:a") };
    rk_writer_free(rk_writer_find(path, &options, err));
}

static void job(const char *path, rk_err *err)
{
    rk_job_event event;
    rk_job_fate fate;
    rk_job_life_options options = { .jid = RK_TEXT("1") };
    rk_job_life *life = rk_job_life_open(path, &options, err);
    while (life && rk_job_life_next(life, &event, err))
        ;
    while (life && err->code == RK_OK && rk_job_life_fate(life, &fate, err))
        ;
    rk_job_life_close(life);
}

static void starve_in(rk_aoflog_form as, void (*run)(const char *path, rk_err *err))
{
    form = as;
    typed_log log = typed(commands);
    rk_code code = RK_NO_MEMORY;
    int64_t n = 0;
    for (; code == RK_NO_MEMORY && n < 100000; n++) {
        rk_err err = { 0 };
        rk_alloc_fail_after(n);
        run(log.path, &err);
        rk_alloc_fail_after(-1);
        code = err.code;
    }
    CU_ASSERT_EQUAL(code, RK_OK);
    CU_ASSERT(n > 10); /* it did fail before */
    typed_close(&log);
}

static void starve(void (*run)(const char *path, rk_err *err))
{
    starve_in(RK_AOFLOG_TEXT, run);
    starve_in(RK_AOFLOG_JSON, run);
}

static void counting(void)
{
    starve(count);
}

static void taking_away(void)
{
    starve(harms);
}

static void lives(void)
{
    starve(keys);
    starve(writer);
}

static void jobs(void)
{
    starve(job);
}

UNIT_MAIN("memory", { "counting", counting }, { "what was taken away", taking_away },
          { "the life of keys", lives }, { "the life of a job", jobs })
