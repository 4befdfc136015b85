/* test_names: what the names of keys say: identities of processes, keys that change by themselves, candidates for
 * places of jobs. */
#include "../unit.h"
#include "rdbkit/sidekiq.h"

static void identities(void)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        { "web.1:4:0123456789ab", true },
        { "host:1", true },
        { "host:12345", true },
        { "a host:with colons:7:abcdefabcdef", true },
        { "::1:9", true },
        { "", false },
        { ":1", false },
        { "1", false },
        { "host", false },
        { "host:", false },
        { "host:x", false },
        { "host:1x", false },
        { "host:1:0123456789a", false },
        { "host:1:0123456789AB", false },
        { "host:1:0123456789abc", false },
        { ":1:0123456789ab", false },
        { "host:0123456789ab", false },
        { "host:012345678901", true }, /* a pid may be anything */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rk_identity_is(rk_slice_of(rows[i].text)) != rows[i].is)
            printf("# %s\n", rows[i].text);
        CU_ASSERT(rk_identity_is(rk_slice_of(rows[i].text)) == rows[i].is);
    }
}

/* Each pattern of the spec's list, and next to it what an application might have. */
static void volatile_keys(void)
{
    static const struct {
        const char *name;
        rk_type type;
        bool is;
    } rows[] = {
        { "processes", RK_SET, true },
        { "processes", RK_HASH, false },
        { "my:processes", RK_SET, false }, /* whoever asks has taken the prefix off */
        { "host:1:0123456789ab", RK_HASH, true },
        { "host:1:0123456789ab", RK_STRING, false },
        { "user:42", RK_HASH, false },
        { "host:1:0123456789ab:work", RK_HASH, true },
        { "host:1:0123456789ab:workers", RK_HASH, true },
        { "order:12:work", RK_HASH, false },
        { "team:5:workers", RK_HASH, false },
        { "host:1:0123456789ab-signals", RK_LIST, true },
        { "host:1-signals", RK_LIST, true },
        { "traffic-signals", RK_LIST, false },
        { "process_cleanup", RK_STRING, true },
        { "dear-leader", RK_STRING, true },
        { "stat:processed", RK_STRING, true },
        { "stat:failed:2026-11-23", RK_STRING, true },
        { "j|20261123|7:5", RK_HASH, true },
        { "j|261123|7:05", RK_HASH, true },
        { "h|HardJob-23-7:5", RK_STRING, true },
        { "HardJob-23-07:4", RK_STRING, true },
        { "Billing::ChargeJob-01-23:5", RK_STRING, true },
        { "shift-23-07:4", RK_STRING, false },
        { "HardJob-23-07:45", RK_STRING, false },
        { "20261123-marks", RK_HASH, true },
        { "exam-marks", RK_HASH, false },
        { "deploylock-v1.2", RK_STRING, true },
        { "profiles", RK_ZSET, true },
        { "profiles", RK_HASH, false },
        { "reliable-fetcher-heartbeat-host-1-ab", RK_STRING, true },
        { "reliable-fetcher-cleanup-lock", RK_STRING, true },
        { "limit:processes", RK_SET, true },
        { "limit:heartbeat:8a1f", RK_STRING, true },
        { "limit:5", RK_STRING, false },
        { "limit_fetch:busy:default", RK_LIST, true },
        { "limit_fetch:probed:default", RK_LIST, true },
        { "limit_fetch:pause:default", RK_STRING, false },
        { "limit_fetch:limit:default", RK_STRING, false },
        { "throttled:X:concurrency.v2", RK_ZSET, true },
        { "throttled:X:threshold", RK_LIST, true },
        { "uniquejobs:changelog", RK_ZSET, true },
        { "uniquejobs:0123456789abcdef0123456789abcdef:QUEUED", RK_LIST, true },
        { "uniquejobs:0123456789abcdef0123456789abcdef:PRIMED", RK_LIST, true },
        { "uniquejobs:0123456789abcdef0123456789abcdef:LOCKED", RK_HASH, false },
        { "uniquejobs:digests", RK_ZSET, false },
        { "orders:QUEUED", RK_LIST, false },
        { "sidekiq:status:abc", RK_HASH, true },
        { "sidekiq-alive-hostnames", RK_ZSET, true },
        { "SIDEKIQ_REGISTERED_INSTANCE::web", RK_STRING, true },
        { "SIDEKIQ::LIVENESS_PROBE_TIMESTAMP::web", RK_STRING, true },
        { "workers", RK_SET, true },
        { "worker:web.1:1234-70199230:default", RK_STRING, true },
        { "worker:web.1:1234-70199230:default:started", RK_STRING, true },
        { "worker:42", RK_STRING, false },
        { "queues", RK_SET, false },
        { "paused", RK_SET, false },
        { "it-0123456789abcdef01234567", RK_HASH, false },
        { "b-vTF1-9QvLPnREQ", RK_HASH, false },
        { "cron_job:a:enqueued", RK_ZSET, false },
        { "schedules", RK_HASH, false },
        { "interrupted", RK_ZSET, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool is = rk_key_is_volatile(rk_slice_of(rows[i].name), rows[i].type);
        if (is != rows[i].is)
            printf("# %s\n", rows[i].name);
        CU_ASSERT(is == rows[i].is);
    }
    CU_ASSERT(rk_class_is_volatile(RK_TEXT("SidekiqAlive::Worker")));
    CU_ASSERT(!rk_class_is_volatile(RK_TEXT("SidekiqAlive::WorkerB")) && !rk_class_is_volatile(RK_EMPTY));
}

static void candidates(void)
{
    static const struct {
        const char *name;
        rk_type type;
        bool is;
    } rows[] = {
        { "queue:default", RK_LIST, true },
        { "prod:blog:queue:geo:tiles", RK_LIST, true },
        { "working:queue:default:host:1", RK_LIST, true },
        { "uniquejobs:working:host:1", RK_LIST, true },
        { "queue:default", RK_SET, false },
        { "queue", RK_LIST, false },
        { "schedule", RK_ZSET, true },
        { "a:b:schedule", RK_ZSET, true },
        { "schedules", RK_ZSET, false },
        { "reschedule", RK_ZSET, false },
        { "schedule", RK_HASH, false },
        { "retry", RK_ZSET, true },
        { "dead", RK_ZSET, true },
        { "x:interrupted", RK_ZSET, true },
        { "queues", RK_SET, true },
        { "processes", RK_SET, true },
        { "super_processes", RK_SET, false },
        { "stat:processed", RK_STRING, true },
        { "stat:processed:2026-11-23", RK_STRING, false },
        { "host:1:work", RK_HASH, true },
        { "homework", RK_HASH, false },
        { "", RK_LIST, false },
        { "queue:", RK_STREAM, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool is = rk_candidate_is(rk_slice_of(rows[i].name), rows[i].type);
        if (is != rows[i].is)
            printf("# %s\n", rows[i].name);
        CU_ASSERT(is == rows[i].is);
    }
}

UNIT_MAIN("names", { "identities of processes", identities },
          { "keys that change by themselves", volatile_keys },
          { "candidates for places of jobs", candidates })
