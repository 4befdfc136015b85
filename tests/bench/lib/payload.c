/* payload: see payload.h. */
#include "payload.h"

#include "rng.h"
#include "text.h"
#include "words.h"

enum { DRAW_JID = 1, DRAW_TEXT = 2 };

static const int64_t SECOND = 1000000;

const char *const gen_queue_names[GEN_QUEUES] = {
    "default",      "mailers",   "low",      "webhooks", "search_index", "push-ios", "push-android",
    "billing",      "thumbs",    "sync_crm", "sync_erp", "analytics",    "events",   "exports",
    "video.encode", "geo:tiles", "pdf",      "reports",  "audit",        "cleanup",  "ml_score",
    "fraud",        "critical",  "imports",  "fax",
};

/* `before` ends in the quote that opens the string. */
static void add_pair(rk_buf *out, const char *before, const char *value)
{
    gen_add_word(out, before);
    gen_add_word(out, value);
    gen_add_byte(out, '"');
}

static void args_id(rk_buf *out, gen_rng *rng)
{
    gen_add_int(out, gen_below(rng, 90000000) + 1000);
    gen_add_word(out, ",{\"reason\":\"");
    gen_add_words(out, rng, 80 + gen_below(rng, 120));
    gen_add_word(out, "\",\"force\":false,\"depth\":");
    gen_add_int(out, gen_below(rng, 5));
    gen_add_byte(out, '}');
}

static void args_mail(rk_buf *out, gen_rng *rng)
{
    static const char *const templates[] = { "order_shipped", "password_reset", "weekly_digest",
                                             "invoice_ready" };
    static const char *const locales[] = { "de", "en", "fr", "ja", "pl" };
    gen_add_int(out, gen_below(rng, 9000000));
    gen_add_word(out, ",\"");
    gen_add_email(out, rng);
    add_pair(out, "\",{\"template\":\"", templates[gen_below(rng, 4)]);
    add_pair(out, ",\"locale\":\"", locales[gen_below(rng, 5)]);
    gen_add_word(out, ",\"vars\":{\"subject\":\"");
    gen_add_words(out, rng, 30 + gen_below(rng, 60));
    gen_add_word(out, "\",\"preview\":\"");
    gen_add_words(out, rng, 40 + gen_below(rng, 160));
    gen_add_word(out, "\",\"order\":\"A-");
    gen_add_int(out, gen_below(rng, 1000000));
    gen_add_word(out, "\"}}");
}

static void args_lines(rk_buf *out, gen_rng *rng)
{
    gen_add_word(out, "\"gid://shop/Order/");
    gen_add_int(out, gen_below(rng, 50000000));
    gen_add_word(out, "\",{\"status\":\"paid\",\"currency\":\"EUR\",\"lines\":[");
    for (uint32_t left = 1 + gen_below(rng, 6); left > 0; left--) {
        gen_add_word(out, "{\"sku\":\"");
        gen_add_hex(out, gen_next(rng), 8);
        gen_add_word(out, "\",\"qty\":");
        gen_add_int(out, 1 + gen_below(rng, 9));
        gen_add_word(out, ",\"price\":");
        gen_add_int(out, gen_below(rng, 500));
        gen_add_word(out, left > 1 ? ".25}," : ".5}");
    }
    gen_add_word(out, "],\"note\":\"line 1\\nsaid \\\"");
    gen_add_word(out, gen_word(rng));
    gen_add_word(out, "\\\"\",\"gift\":null}");
}

static void args_batch(rk_buf *out, gen_rng *rng)
{
    uint32_t id = gen_below(rng, 80000000);
    gen_add_byte(out, '[');
    for (uint32_t left = 8 + gen_below(rng, 30); left > 0; left--) {
        gen_add_int(out, id += 1 + gen_below(rng, 40));
        gen_add_word(out, left > 1 ? "," : "]");
    }
    gen_add_word(out, ",{\"since\":\"2026-11-");
    gen_add_int(out, 10 + gen_below(rng, 12));
    gen_add_word(out, "T00:00:00Z\",\"table\":\"");
    gen_add_words(out, rng, 8);
    gen_add_word(out, "\",\"dry_run\":false}");
}

static void args_hook(rk_buf *out, gen_rng *rng)
{
    gen_add_word(out, "\"https://hooks.example.com/v2/");
    gen_add_hex(out, gen_next(rng), 16);
    gen_add_word(out, "\",\"");
    for (unsigned i = 0; i < 4; i++)
        gen_add_hex(out, gen_next(rng), 16);
    gen_add_word(out, "\",{\"event\":\"customer.updated\",\"data\":{\"id\":");
    gen_add_int(out, gen_below(rng, 9000000));
    gen_add_word(out, ",\"email\":\"");
    gen_add_email(out, rng);
    gen_add_word(out, "\",\"name\":\"");
    gen_add_words(out, rng, 12);
    gen_add_word(out, "\",\"note\":\"");
    gen_add_words(out, rng, 20 + gen_below(rng, 200));
    gen_add_word(out, "\"}}");
}

typedef struct {
    const char *name;
    void (*args)(rk_buf *out, gen_rng *rng); /* without the outer brackets */
} worker_class;

static const worker_class classes[] = {
    { "HardWorker", args_id },
    { "Mailers::DeliverWorker", args_mail },
    { "Orders::CaptureWorker", args_lines },
    { "Search::ReindexWorker", args_batch },
    { "WebhookWorker", args_hook },
    { "Crm::SyncContactWorker", args_hook },
    { "Thumbs::RenderWorker", args_id },
    { "Billing::InvoiceWorker", args_lines },
    { "Reports::MonthlyWorker", args_batch },
    { "PushNotificationWorker", args_mail },
    { "Audit::RecordWorker", args_id },
    { "Erp::ExportOrderWorker", args_lines },
    { "CleanupWorker", args_id },
    { "Fraud::ScoreWorker", args_hook },
    { "Imports::ChunkWorker", args_batch },
    { "DigestMailWorker", args_mail },
};

static const char *const active_jobs[] = { "ActionMailer::MailDeliveryJob", "ActiveStorage::AnalyzeJob",
                                           "Users::RecalculateJob", "Catalog::ImportJob" };

static const char *const errors[][2] = {
    { "Net::ReadTimeout", "Net::ReadTimeout with #<TCPSocket:(closed)>" },
    { "ActiveRecord::RecordNotFound", "Couldn't find Order with 'id'=" },
    { "PaymentGatewayError", "card declined – code " },
    { "Faraday::ServerError", "the server responded with status 503 to request " },
    { "JSON::ParserError", "unexpected token at '<html>' in answer " },
};

void gen_jid(uint64_t seed, uint32_t number, rk_buf *out)
{
    gen_rng rng = gen_rng_for(seed, DRAW_JID, number);
    gen_add_hex(out, gen_next(&rng), 16);
    gen_add_hex(out, gen_next(&rng), 8);
}

static void add_active_job(const gen_job *job, gen_rng *rng, int64_t created_us, rk_buf *out)
{
    const char *name = active_jobs[gen_below(rng, 4)];
    add_pair(out, ",\"wrapped\":\"", name);
    gen_add_word(out, ",\"class\":\"ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper\"");
    add_pair(out, ",\"args\":[{\"job_class\":\"", name);
    gen_add_word(out, ",\"job_id\":\"");
    gen_add_uuid(out, rng);
    add_pair(out, "\",\"provider_job_id\":null,\"queue_name\":\"", gen_queue_names[job->queue]);
    gen_add_word(out, ",\"priority\":null,\"arguments\":[{\"_aj_globalid\":\"gid://shop/User/");
    gen_add_int(out, gen_below(rng, 9000000));
    gen_add_word(out, "\"},\"");
    gen_add_words(out, rng, 20 + gen_below(rng, 160));
    gen_add_word(out,
                 "\",{\"attempt\":1,\"_aj_symbol_keys\":[\"attempt\"]}],\"executions\":0,"
                 "\"exception_executions\":{},\"locale\":\"en\",\"timezone\":\"UTC\",\"enqueued_at\":\"");
    gen_add_iso(out, created_us);
    gen_add_word(out, "\"}]");
}

static void add_plain_job(gen_rng *rng, rk_buf *out)
{
    const worker_class *class = &classes[gen_below(rng, sizeof classes / sizeof classes[0])];
    add_pair(out, ",\"class\":\"", class->name);
    gen_add_word(out, ",\"args\":[");
    class->args(out, rng);
    gen_add_byte(out, ']');
}

/* When a job of a sorted set was last taken by a worker (it failed then), and when for the first time. */
static void failure_times(const gen_job *job, int64_t *first_us, int64_t *last_us)
{
    *last_us =
        job->place == GEN_IN_DEAD ? job->old_us - 300 : job->old_us - gen_retry_delay_us(job->retry_count);
    *first_us = *last_us;
    for (unsigned count = 0; count < job->retry_count; count++)
        *first_us -= gen_retry_delay_us(count) + 4 * SECOND;
}

static void add_failure(const gen_job *job, gen_rng *rng, int64_t first_us, int64_t last_us, rk_buf *out)
{
    bool again = job->form == GEN_FAILED_AGAIN;
    unsigned count = job->retry_count + (unsigned)again;
    uint32_t error = gen_below(rng, sizeof errors / sizeof errors[0]);
    if (again)
        last_us = job->now_us - gen_retry_delay_us(count);
    gen_add_word(out, ",\"enqueued_at\":");
    gen_add_seconds(out, last_us - 40000 - gen_below(rng, 900000));
    gen_add_word(out, ",\"error_message\":\"");
    gen_add_word(out, errors[error][1]);
    gen_add_int(out, gen_below(rng, 9000000));
    add_pair(out, "\",\"error_class\":\"", errors[error][0]);
    gen_add_word(out, ",\"failed_at\":");
    gen_add_seconds(out, first_us);
    gen_add_word(out, ",\"retry_count\":");
    gen_add_int(out, count);
    if (count > 0) {
        gen_add_word(out, ",\"retried_at\":");
        gen_add_seconds(out, last_us);
    }
}

/* Spells the JSON in `out` with a space after each colon and comma, as many scripts do. */
static void rewrite(rk_buf *out)
{
    rk_buf text = { 0 };
    bool inside = false;
    gen_add(&text, out->ptr, out->len);
    out->len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        gen_add_byte(out, byte);
        if (inside && byte == '\\')
            gen_add_byte(out, text.ptr[++i]);
        else if (byte == '"')
            inside = !inside;
        else if (!inside && (byte == ',' || byte == ':'))
            gen_add_byte(out, ' ');
    }
    rk_buf_free(&text);
}

void gen_payload(uint64_t seed, int64_t snapshot_us, const gen_job *job, rk_buf *out)
{
    gen_rng rng = gen_rng_for(seed, DRAW_TEXT, job->number);
    bool failed = job->place == GEN_IN_RETRY || job->place == GEN_IN_DEAD;
    int64_t first_us = 0, last_us = 0, created_us = job->old_us;
    if (failed)
        failure_times(job, &first_us, &last_us);
    if (failed)
        created_us = first_us - SECOND - gen_below(&rng, 20000000);
    else if (job->place == GEN_IN_SCHEDULE)
        created_us = snapshot_us - SECOND - SECOND * gen_below(&rng, 7 * 86400) - gen_below(&rng, 1000000);

    out->len = 0;
    gen_add_word(out, failed || gen_below(&rng, 4) ? "{\"retry\":true" : "{\"retry\":5");
    add_pair(out, ",\"queue\":\"", gen_queue_names[job->queue]);
    if (gen_below(&rng, 5) == 0)
        add_active_job(job, &rng, created_us, out);
    else
        add_plain_job(&rng, out);
    if (gen_below(&rng, 8) == 0)
        gen_add_word(out, ",\"tags\":[\"tenant-7\",\"bulk\"]");
    if (gen_below(&rng, 3) == 0)
        gen_add_word(out, ",\"cattr\":{\"request_id\":null,\"tenant\":\"eu-west\"}");
    gen_add_word(out, ",\"jid\":\"");
    gen_jid(seed, job->number, out);
    gen_add_word(out, "\",\"created_at\":");
    gen_add_seconds(out, created_us);
    if (job->place == GEN_IN_QUEUE || job->form == GEN_ENQUEUED) {
        gen_add_word(out, ",\"enqueued_at\":");
        gen_add_seconds(out, job->now_us + 35);
    }
    if (failed)
        add_failure(job, &rng, first_us, last_us, out);
    gen_add_byte(out, '}');
    if (job->form == GEN_REWRITTEN)
        rewrite(out);
}
