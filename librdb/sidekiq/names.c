/* names: what the name of a key says (spec: Sidekiq, "Keys of the free edition", "Keys of community gems",
 * "Ephemeral and noisy keys"). */
#include "rdbkit/sidekiq.h"

/* True when `name` is `anchor`, or ends in it behind a colon. */
static bool ends_in(rk_slice name, const char *anchor)
{
    rk_slice tail = rk_slice_of(anchor);
    return rk_slice_ends(name, tail) && (name.len == tail.len || name.ptr[name.len - tail.len - 1] == ':');
}

static bool ends_in_one_of(rk_slice name, const char *const *anchors)
{
    for (; *anchors; anchors++)
        if (ends_in(name, *anchors))
            return true;
    return false;
}

bool rk_candidate_is(rk_slice name, rk_type type)
{
    static const char *const sets[] = { "queues", "processes", NULL };
    static const char *const zsets[] = { "schedule", "retry", "dead", "interrupted", NULL };
    static const char *const strings[] = { "stat:processed", "stat:failed", NULL };
    static const char *const hashes[] = { "work", "workers", NULL };
    switch (type) {
    case RK_LIST:
        return rk_slice_find(name, RK_TEXT("queue:"), 0) != SIZE_MAX ||
               rk_slice_find(name, RK_TEXT("uniquejobs:working:"), 0) != SIZE_MAX;
    case RK_SET:
        return ends_in_one_of(name, sets);
    case RK_ZSET:
        return ends_in_one_of(name, zsets);
    case RK_STRING:
        return ends_in_one_of(name, strings) ||
               rk_slice_find(name, RK_TEXT("reliable-fetcher-heartbeat-"), 0) != SIZE_MAX;
    case RK_HASH:
        return ends_in_one_of(name, hashes);
    default:
        return false;
    }
}

static size_t digits_before(rk_slice text, size_t end)
{
    size_t count = 0;
    while (count < end && text.ptr[end - 1 - count] >= '0' && text.ptr[end - 1 - count] <= '9')
        count++;
    return count;
}

static bool is_hex(rk_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') || (text.ptr[i] >= 'a' && text.ptr[i] <= 'f')))
            return false;
    return true;
}

/* HOST:PID is what ends there. */
static bool ends_in_pid(rk_slice text, size_t end)
{
    size_t digits = digits_before(text, end);
    return digits > 0 && end - digits >= 2 && text.ptr[end - digits - 1] == ':';
}

bool rk_identity_is(rk_slice text)
{
    size_t end = text.len;
    bool nonce = end > 13 && text.ptr[end - 13] == ':' && is_hex(rk_slice_from(text, end - 12));
    return ends_in_pid(text, end) || (nonce && ends_in_pid(text, end - 13));
}

/* Keys that change by themselves, as patterns over names without a prefix. A type of RK_OTHER stands for any. The
 * patterns are as narrow as the names that Sidekiq and its gems make: an application may have an "exam-marks", a list
 * "orders:QUEUED" and a counter "limit:5" of its own, and their changes must be told. */
static const struct {
    rk_type type;
    const char *pattern;
} volatile_table[] = {
    { RK_SET, "processes" },
    { RK_SET, "workers" }, /* until 2.17, with the next two */
    { RK_STRING, "worker:*:[0-9]*-[0-9]*:default" },
    { RK_STRING, "worker:*:[0-9]*-[0-9]*:default:started" },
    { RK_STRING, "process_cleanup" },
    { RK_STRING, "dear-leader" },
    { RK_STRING, "stat:*" },
    { RK_HASH, "j|*" },
    { RK_STRING, "h|*" },
    { RK_STRING, "[A-Z]*-[0-3][0-9]-[0-2][0-9]:[0-5]" }, /* the histograms of 6.5 to 7.3 */
    { RK_HASH, "[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-marks" },
    { RK_STRING, "deploylock-*" },
    { RK_ZSET, "profiles" },
    { RK_STRING, "reliable-fetcher-*" },
    { RK_SET, "limit:processes" },
    { RK_STRING, "limit:heartbeat:*" },
    { RK_LIST, "limit_fetch:busy:*" },
    { RK_LIST, "limit_fetch:probed:*" },
    { RK_OTHER, "throttled:*" },
    { RK_ZSET, "uniquejobs:changelog" },
    { RK_OTHER, "uniquejobs:reaper" },
    { RK_OTHER, "uniquejobs:live" },
    { RK_OTHER, "uniquejobs:dead" },
    { RK_STRING, "uniquejobs:heartbeat:*" },
    { RK_LIST, "uniquejobs:*:QUEUED" },
    { RK_LIST, "uniquejobs:*:PRIMED" },
    { RK_HASH, "sidekiq:status:*" },
    { RK_OTHER, "sidekiq-alive*" },
    { RK_OTHER, "SIDEKIQ_REGISTERED_INSTANCE::*" },
    { RK_OTHER, "SIDEKIQ::LIVENESS_PROBE_TIMESTAMP::*" },
};

static bool has_nonce(rk_slice identity)
{
    return identity.len > 13 && identity.ptr[identity.len - 13] == ':' && rk_identity_is(identity);
}

/* The name is an identity with `tail` behind it. HOST:PID alone could be anybody's "user:42": only the form with the
 * nonce is taken for a process by its name. */
static bool is_of_process(rk_slice name, rk_slice tail)
{
    return rk_slice_ends(name, tail) && has_nonce(rk_slice_head(name, name.len - tail.len));
}

bool rk_key_is_volatile(rk_slice name, rk_type type)
{
    for (size_t i = 0; i < sizeof volatile_table / sizeof volatile_table[0]; i++)
        if ((volatile_table[i].type == type || volatile_table[i].type == RK_OTHER) &&
            rk_slice_glob(rk_slice_of(volatile_table[i].pattern), name))
            return true;
    if (type == RK_LIST) /* signals came before the nonce */
        return rk_slice_ends(name, RK_TEXT("-signals")) && rk_identity_is(rk_slice_head(name, name.len - 8));
    return type == RK_HASH && (is_of_process(name, RK_EMPTY) || is_of_process(name, RK_TEXT(":work")) ||
                               is_of_process(name, RK_TEXT(":workers")));
}

bool rk_class_is_volatile(rk_slice class_name)
{
    return rk_slice_is(class_name, RK_TEXT("SidekiqAlive::Worker"));
}
