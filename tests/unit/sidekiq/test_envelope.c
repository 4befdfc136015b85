/* What the envelope scan finds in payloads as Sidekiq 2 to 8 write them, and in odd ones. */
#include <math.h>

#include "rdbkit/json.h"
#include "unit.h"

static rk_envelope scan(rk_slice payload)
{
    rk_envelope envelope;
    CU_ASSERT(rk_envelope_scan(payload, &envelope));
    CU_ASSERT(envelope.is_object);
    return envelope;
}

static bool is(rk_slice slice, const char *text)
{
    return rk_slice_is(slice, rk_slice_of(text));
}

static void a_queued_job(void)
{
    rk_envelope e = scan(
        RK_TEXT("{\"retry\":true,\"queue\":\"video.encode\",\"class\":\"QuickJob\",\"args\":[7,\"\xc3\xa9\"],"
                "\"jid\":\"905036ed73593166754240c8\",\"created_at\":1795420039.0563622,"
                "\"enqueued_at\":1795420039.0571}"));
    CU_ASSERT(is(e.jid, "905036ed73593166754240c8") && is(e.class_name, "QuickJob") &&
              is(e.queue, "video.encode"));
    CU_ASSERT(is(e.args, "[7,\"\xc3\xa9\"]") && is(e.retry, "true"));
    CU_ASSERT(e.has_jid && e.has_class && e.has_args && e.args_is_array && e.has_retry);
    CU_ASSERT(e.created_at == 1795420039.0563622 && e.enqueued_at == 1795420039.0571);
    CU_ASSERT(isnan(e.failed_at) && isnan(e.retried_at) && isnan(e.at) && !e.has_at);
    CU_ASSERT(!e.has_retry_count && !e.has_overrated && e.interrupted_count == 0);
    CU_ASSERT(e.bid.len == 0 && e.error_class.len == 0 && e.wrapped.len == 0 && e.retry_queue.len == 0);
    CU_ASSERT(!e.jid_escaped && !e.class_escaped && !e.queue_escaped);
}

static void a_failed_job_of_version_8(void)
{
    rk_envelope e = scan(RK_TEXT(
        "{\"retry\":8,\"queue\":\"low\",\"class\":\"A\",\"args\":[],\"jid\":\"j\",\"created_at\":"
        "1795420039056,"
        "\"error_message\":\"said "
        "\\\"no\\\"\",\"error_class\":\"Net::ReadTimeout\",\"failed_at\":1795420040000,"
        "\"retry_count\":-1,\"retried_at\":1795420041500,\"retry_queue\":\"slow\",\"bid\":\"vTF1-9QvLPnREQ\","
        "\"overrated\":2,\"interrupted_count\":3}"));
    CU_ASSERT(is(e.error_class, "Net::ReadTimeout") && is(e.bid, "vTF1-9QvLPnREQ") &&
              is(e.retry_queue, "slow"));
    CU_ASSERT(is(e.retry, "8") && is(e.args, "[]"));
    CU_ASSERT(e.has_retry_count && e.retry_count == -1);
    CU_ASSERT(e.has_overrated && e.overrated == 2 && e.interrupted_count == 3);
    CU_ASSERT(fabs(e.created_at - 1795420039.056) < 1e-6 && e.failed_at == 1795420040 &&
              e.retried_at == 1795420041.5);
    CU_ASSERT(isnan(e.enqueued_at));
}

static void a_job_of_version_2(void)
{
    rk_envelope e =
        scan(RK_TEXT("{\"class\":\"A\",\"args\":[1],\"retry\":true,\"queue\":\"default\",\"at\":1367411700.5,"
                     "\"failed_at\":\"2013-05-01 12:34:56 UTC\",\"retry_count\":0}"));
    CU_ASSERT(!e.has_jid && e.jid.len == 0);
    CU_ASSERT(e.failed_at == 1367411696 && e.has_at && e.at == 1367411700.5);
    CU_ASSERT(e.has_retry_count && e.retry_count == 0);
}

static void fields_of_another_kind(void)
{
    rk_envelope e =
        scan(RK_TEXT("{\"jid\":12,\"class\":null,\"queue\":{},\"args\":{\"a\":1},\"retry\":null,\"at\":[],"
                     "\"created_at\":true,\"retry_count\":\"2\",\"overrated\":1.5,\"bid\":[\"x\"],"
                     "\"interrupted_count\":99999999999999999999}"));
    CU_ASSERT(e.has_jid && e.has_class && e.has_args && e.has_retry && e.has_at && e.has_overrated);
    CU_ASSERT(e.jid.len == 0 && e.class_name.len == 0 && e.queue.len == 0 && e.bid.len == 0 &&
              e.args.len == 0);
    CU_ASSERT(!e.args_is_array && is(e.retry, "null"));
    CU_ASSERT(isnan(e.at) && isnan(e.created_at));
    CU_ASSERT(!e.has_retry_count && e.retry_count == 0 && e.overrated == 0 && e.interrupted_count == 0);
}

static void the_last_of_duplicates_counts(void)
{
    rk_envelope e = scan(RK_TEXT("{\"jid\":\"a\\n\",\"args\":[1],\"created_at\":1.5,\"retry_count\":1,"
                                 "\"jid\":\"b\",\"args\":\"x\",\"created_at\":null,\"retry_count\":null}"));
    CU_ASSERT(is(e.jid, "b") && !e.jid_escaped);
    CU_ASSERT(e.has_args && !e.args_is_array && e.args.len == 0);
    CU_ASSERT(isnan(e.created_at) && !e.has_retry_count && e.retry_count == 0);
    e = scan(RK_TEXT("{\"jid\":\"a\",\"jid\":7}"));
    CU_ASSERT(e.has_jid && e.jid.len == 0);
}

static void escapes_are_flagged(void)
{
    rk_envelope e = scan(RK_TEXT("{\"j\\u0069d\":\"\\u0061b\",\"queue\":\"a\\/"
                                 "b\",\"class\":\"A\",\"\\u0063lass\":\"B\",\"\\u0078\":1}"));
    CU_ASSERT(e.has_jid && e.jid_escaped && is(e.jid, "\\u0061b"));
    CU_ASSERT(e.queue_escaped && is(e.queue, "a\\/b"));
    CU_ASSERT(is(e.class_name, "B") && !e.class_escaped);
}

static void nested_fields_are_not_the_jobs(void)
{
    rk_envelope e = scan(RK_TEXT("{\"args\":[{\"jid\":\"inner\",\"queue\":\"inner\"}],\"cattr\":{\"class\":"
                                 "\"inner\"},\"jid\":\"outer\"}"));
    CU_ASSERT(is(e.jid, "outer") && e.queue.len == 0 && !e.has_class);
}

static void names_that_only_look_alike(void)
{
    rk_envelope e = scan(
        RK_TEXT("{\"Jid\":\"a\",\"jids\":\"a\",\"klass\":\"a\",\"classe\":\"a\",\"\":\"a\",\"retry_at_x\":1,"
                "\"created_on\":1.5,\"interrupted_counts\":4}"));
    CU_ASSERT(!e.has_jid && !e.has_class && !e.has_retry && isnan(e.created_at) && e.interrupted_count == 0);
}

static void a_text_that_goes_wrong(void)
{
    rk_envelope e;
    CU_ASSERT_FALSE(rk_envelope_scan(RK_TEXT("{\"jid\":\"905036ed73593166754240c8\",\"args\":[1,"), &e));
    CU_ASSERT_FALSE(e.is_object);
    CU_ASSERT(is(e.jid, "905036ed73593166754240c8") && !e.has_args);
    CU_ASSERT_FALSE(rk_envelope_scan(RK_EMPTY, &e));
    CU_ASSERT(e.jid.ptr != NULL && e.args.ptr != NULL && isnan(e.at));
}

static void the_class_that_people_know(void)
{
    static const struct {
        rk_slice payload;
        const char *name;
    } rows[] = {
        { BYTES("{\"class\":\"QuickJob\",\"wrapped\":\"B\"}"), "QuickJob" },
        { BYTES("{\"class\":\"Sidekiq::ActiveJob::Wrapper\",\"wrapped\":\"MailJob\"}"), "MailJob" },
        { BYTES("{\"class\":\"ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper\",\"wrapped\":"
                "\"M\\u0061il\"}"),
          "Mail" },
        { BYTES("{\"class\":\"Sidekiq::\\u0041ctiveJob::Wrapper\",\"args\":[{\"job_class\":\"Old\\u004aob\"}]"
                "}"),
          "OldJob" },
        { BYTES("{\"class\":\"Sidekiq::ActiveJob::Wrapper\",\"args\":[]}"), "Sidekiq::ActiveJob::Wrapper" },
        { BYTES("{\"class\":\"Sidekiq::ActiveJob::Wrapper\",\"args\":[{\"job_class\":7}]}"),
          "Sidekiq::ActiveJob::Wrapper" },
        { BYTES("{\"class\":\"Sidekiq::ActiveJob::Wrapper\",\"args\":{\"job_class\":\"A\"}}"),
          "Sidekiq::ActiveJob::Wrapper" },
        { BYTES("{\"class\":\"Sidekiq::ActiveJob::WrapperX\",\"wrapped\":\"A\"}"),
          "Sidekiq::ActiveJob::WrapperX" },
        { BYTES("{\"class\":\"A\\/B\"}"), "A/B" },
        { BYTES("{\"wrapped\":\"A\"}"), "" },
    };
    rk_buf scratch = { 0 };
    rk_err err = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_envelope e = scan(rows[i].payload);
        rk_slice name;
        CU_ASSERT(rk_envelope_class(&e, &scratch, &name, &err));
        if (!is(name, rows[i].name))
            printf("# %s\n", rows[i].name);
        CU_ASSERT(is(name, rows[i].name));
    }
    rk_envelope e = scan(RK_TEXT("{\"args\":[{\"job_id\":\"5f0c\",\"executions\":2},1]}"));
    rk_json_value value;
    CU_ASSERT(rk_envelope_active_job(&e, "job_id", &value) && is(value.text, "\"5f0c\""));
    CU_ASSERT(rk_envelope_active_job(&e, "executions", &value) && value.kind == RK_JSON_NUMBER);
    CU_ASSERT_FALSE(rk_envelope_active_job(&e, "queue_name", &value));
    rk_buf_free(&scratch);
}

UNIT_MAIN("envelope", { "a queued job", a_queued_job },
          { "a failed job of version 8", a_failed_job_of_version_8 },
          { "a job of version 2", a_job_of_version_2 },
          { "fields of another kind than usual", fields_of_another_kind },
          { "the last of duplicate keys counts", the_last_of_duplicates_counts },
          { "escapes are flagged", escapes_are_flagged },
          { "nested fields are not the job's", nested_fields_are_not_the_jobs },
          { "names that only look alike", names_that_only_look_alike },
          { "a text that goes wrong", a_text_that_goes_wrong },
          { "the class that people know", the_class_that_people_know })
