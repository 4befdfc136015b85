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

bool rk_identity_is(rk_slice text)
{
    size_t end = text.len;
    if (end > 13 && text.ptr[end - 13] == ':' && is_hex(rk_slice_from(text, end - 12)))
        end -= 13;
    size_t digits = digits_before(text, end);
    return digits > 0 && end - digits >= 2 && text.ptr[end - digits - 1] == ':';
}

/* How a pattern meets a name. */
typedef enum { WHOLE, HEAD, TAIL, INSIDE } how;

/* Keys that change by themselves. A type of RK_OTHER stands for any. */
static const struct {
    how how;
    rk_type type;
    const char *text;
} volatile_table[] = {
    { WHOLE, RK_SET, "processes" },
    { WHOLE, RK_SET, "workers" },
    { HEAD, RK_STRING, "worker:" },
    { WHOLE, RK_STRING, "process_cleanup" },
    { WHOLE, RK_STRING, "dear-leader" },
    { HEAD, RK_STRING, "stat:" },
    { HEAD, RK_HASH, "j|" },
    { HEAD, RK_STRING, "h|" },
    { TAIL, RK_HASH, "-marks" },
    { HEAD, RK_STRING, "deploylock-" },
    { WHOLE, RK_ZSET, "profiles" },
    { HEAD, RK_STRING, "reliable-fetcher-" },
    { WHOLE, RK_SET, "limit:processes" },
    { HEAD, RK_STRING, "limit:heartbeat:" },
    { HEAD, RK_LIST, "limit_fetch:busy:" },
    { HEAD, RK_LIST, "limit_fetch:probed:" },
    { HEAD, RK_OTHER, "throttled:" },
    { WHOLE, RK_ZSET, "uniquejobs:changelog" },
    { WHOLE, RK_OTHER, "uniquejobs:reaper" },
    { WHOLE, RK_OTHER, "uniquejobs:live" },
    { WHOLE, RK_OTHER, "uniquejobs:dead" },
    { HEAD, RK_STRING, "uniquejobs:heartbeat:" },
    { TAIL, RK_LIST, ":QUEUED" },
    { TAIL, RK_LIST, ":PRIMED" },
    { HEAD, RK_HASH, "sidekiq:status:" },
    { HEAD, RK_OTHER, "sidekiq-alive" },
    { HEAD, RK_OTHER, "SIDEKIQ_REGISTERED_INSTANCE::" },
    { HEAD, RK_OTHER, "SIDEKIQ::LIVENESS_PROBE_TIMESTAMP::" },
    { TAIL, RK_LIST, "-signals" },
};

static bool meets(how way, rk_slice name, rk_slice text)
{
    switch (way) {
    case WHOLE:
        return rk_slice_is(name, text);
    case HEAD:
        return rk_slice_starts(name, text);
    case TAIL:
        return rk_slice_ends(name, text) && name.len > text.len;
    default:
        return rk_slice_find(name, text, 0) != SIZE_MAX;
    }
}

/* CLASS-DD-HH:M, the histograms of 6.5 to 7.3. */
static bool is_histogram(rk_slice name)
{
    size_t n = name.len;
    if (n < 9 || !(name.ptr[0] >= 'A' && name.ptr[0] <= 'Z'))
        return false;
    const uint8_t *p = name.ptr + n - 8; /* -DD-HH:M */
    return p[0] == '-' && p[3] == '-' && p[6] == ':' && digits_before(name, n) == 1 && digits_before(name, n - 2) == 2 &&
           digits_before(name, n - 5) == 2;
}

bool rk_key_is_volatile(rk_slice name, rk_type type)
{
    for (size_t i = 0; i < sizeof volatile_table / sizeof volatile_table[0]; i++)
        if ((volatile_table[i].type == type || volatile_table[i].type == RK_OTHER) &&
            meets(volatile_table[i].how, name, rk_slice_of(volatile_table[i].text)))
            return true;
    if (type == RK_STRING)
        return is_histogram(name);
    if (type != RK_HASH)
        return false;
    if (rk_slice_ends(name, RK_TEXT(":work")))
        return rk_identity_is(rk_slice_head(name, name.len - 5));
    if (rk_slice_ends(name, RK_TEXT(":workers")))
        return rk_identity_is(rk_slice_head(name, name.len - 8));
    /* HOST:PID alone could be anybody's "user:42": only the form with the nonce is taken for a process here */
    return name.len > 13 && name.ptr[name.len - 13] == ':' && rk_identity_is(name);
}

bool rk_class_is_volatile(rk_slice class_name)
{
    return rk_slice_is(class_name, RK_TEXT("SidekiqAlive::Worker"));
}
