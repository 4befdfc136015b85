/* bench_envelope: what a look at a payload costs beside the least that can be done with its bytes. Scans a
 * few hundred thousand payloads of the shapes that Sidekiq writes, hashes the same bytes with XXH3 and copies
 * them, all in one run; prints the raw figures and, last, the ratios that may be compared between machines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rdbkit/json.h"

enum { PAYLOADS = 200000, ROUNDS = 15 };

typedef struct {
    uint8_t *bytes;
    rk_slice payloads[PAYLOADS];
    size_t size;
} corpus;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The same numbers in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* A plain job, a job with a hash as argument, an ActiveJob, a failed job. */
static bool add_payload(rk_buf *buf, uint64_t *random, rk_err *err)
{
    static const char *const queues[] = {
        "default", "critical", "mailers", "geo:tiles", "low", "search_index"
    };
    static const char *const classes[] = { "QuickJob", "Billing::InvoiceJob", "ExportWorker", "MailerJob" };
    uint64_t id = next_random(random), high = next_random(random);
    const char *queue = queues[id % 6], *class_name = classes[high % 4];
    double at = 1795420038 + (double)id / 1e4;
    if (!rk_buf_printf(buf, err, "{\"retry\":true,\"queue\":\"%s\",", queue))
        return false;
    bool added = false;
    switch (next_random(random) % 4) {
    case 0:
        added = rk_buf_printf(buf, err,
                              "\"class\":\"%s\",\"args\":[%" PRIu64 ",\"SKU-%" PRIu64 "\",\"us\"],\"tags\":"
                              "[\"nightly\",\"eu-west-1\"],\"cattr\":{\"tenant\":\"acme-%" PRIu64
                              "\",\"request_id\":"
                              "\"5f0c2f9e-1c5d-4c52-a6c6-%012" PRIx64 "\"},",
                              class_name, id % 100000, high, id % 500, id);
        break;
    case 1:
        added = rk_buf_printf(
            buf, err,
            "\"class\":\"%s\",\"args\":[{\"id\":%" PRIu64 ",\"email\":\"user%" PRIu64
            "@example.com\",\"tags\":[\"a\",\"b\",null,true,false],\"nested\":{\"x\":[1,[2,[3]]]},"
            "\"note\":\"said \\\"hello\\\" and left, as one does on a Monday\"}],",
            class_name, id % 100000, high % 1000);
        break;
    case 2:
        added = rk_buf_printf(
            buf, err,
            "\"class\":\"Sidekiq::ActiveJob::Wrapper\",\"wrapped\":\"%s\",\"args\":[{"
            "\"job_class\":\"%s\",\"job_id\":\"5f0c2f9e-1c5d-4c52-a6c6-%012" PRIx64 "\","
            "\"provider_job_id\":null,\"queue_name\":\"%s\",\"priority\":null,\"arguments\":[{"
            "\"_aj_globalid\":\"gid://shop/Order/%" PRIu64 "\"}],\"executions\":0,"
            "\"exception_executions\":{},\"locale\":\"en\",\"timezone\":\"UTC\",\"enqueued_at\":"
            "\"2026-11-23T03:11:59.123456789Z\",\"scheduled_at\":null}],",
            class_name, class_name, high, queue, id % 100000);
        break;
    default:
        added = rk_buf_printf(buf, err,
                              "\"class\":\"%s\",\"args\":[%" PRIu64 "],\"error_message\":\"Net::ReadTimeout "
                              "with #<TCPSocket:(closed)> while reading from upstream host api-%" PRIu64
                              ".example.com:443\",\"error_class\":\"Net::ReadTimeout\",\"failed_at\":%.7f,"
                              "\"retry_count\":%" PRIu64 ",\"retried_at\":%.7f,",
                              class_name, id % 100000, high % 50, at, id % 9, at + 77);
    }
    return added && rk_buf_printf(buf, err,
                                  "\"jid\":\"%012" PRIx64 "%012" PRIx64 "\",\"created_at\":%.7f,"
                                  "\"enqueued_at\":%.7f}",
                                  id, high, at, at + 0.0004);
}

static bool corpus_make(corpus *made, rk_err *err)
{
    static size_t ends[PAYLOADS];
    rk_buf buf = { 0 };
    uint64_t random = 42;
    for (size_t i = 0; i < PAYLOADS; i++) {
        if (!add_payload(&buf, &random, err))
            return false;
        ends[i] = buf.len;
    }
    made->bytes = buf.ptr;
    made->size = buf.len;
    for (size_t i = 0, from = 0; i < PAYLOADS; from = ends[i++])
        made->payloads[i] = (rk_slice){ buf.ptr + from, ends[i] - from };
    return true;
}

static uint64_t scan_all(const corpus *of, uint8_t *copy)
{
    uint64_t found = 0;
    rk_envelope envelope;
    (void)copy;
    for (size_t i = 0; i < PAYLOADS; i++)
        found += rk_envelope_scan(of->payloads[i], &envelope) + envelope.jid.len;
    return found;
}

static uint64_t hash_all(const corpus *of, uint8_t *copy)
{
    uint64_t sum = 0;
    (void)copy;
    for (size_t i = 0; i < PAYLOADS; i++)
        sum += rk_digest_of(of->payloads[i]).lo;
    return sum;
}

static uint64_t copy_all(const corpus *of, uint8_t *copy)
{
    for (size_t i = 0; i < PAYLOADS; i++)
        memcpy(copy + (of->payloads[i].ptr - of->bytes), of->payloads[i].ptr, of->payloads[i].len);
    return copy[of->size / 2];
}

/* What is measured; all take turns, so that what else the machine does falls on all of them. */
static struct {
    const char *name;
    uint64_t (*run)(const corpus *, uint8_t *);
    uint64_t result;
    double best_s;
} passes[] = { { "scan", scan_all, 0, 1e9 },
               { "xxh3-128", hash_all, 0, 1e9 },
               { "memcpy", copy_all, 0, 1e9 } };

static void measure(const corpus *of, uint8_t *copy)
{
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < 3; i++) {
            double from_s = now_s();
            passes[i].result = passes[i].run(of, copy);
            double took_s = now_s() - from_s;
            passes[i].best_s = took_s < passes[i].best_s ? took_s : passes[i].best_s;
        }
}

int main(void)
{
    static corpus payloads;
    rk_err err = { 0 };
    uint8_t *copy = NULL;
    if (!corpus_make(&payloads, &err) || !(copy = rk_alloc(payloads.size))) {
        fprintf(stderr, "bench_envelope: %s\n", err.what);
        return 2;
    }
    measure(&payloads, copy);
    printf("payloads %d, mean %zu bytes\n", PAYLOADS, payloads.size / PAYLOADS);
    for (size_t i = 0; i < 3; i++)
        printf("%-8s %6.2f GB/s\n", passes[i].name, (double)payloads.size / passes[i].best_s / 1e9);
    printf("scan/xxh3 %.3f\n", passes[1].best_s / passes[0].best_s);
    printf("scan/memcpy %.3f\n", passes[2].best_s / passes[0].best_s);
    rk_free(copy);
    rk_free(payloads.bytes);
    return passes[0].result == (uint64_t)PAYLOADS * 25 ? 0
                                                       : 1; /* each is an object with a jid of 24 digits */
}
