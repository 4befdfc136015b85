/* envelope: the fields of a job that matter, found in one pass over its payload. This runs for every job
 * of a snapshot whose bytes have no twin on the other side, so strings are skipped 16 bytes at a time and
 * what is nested is checked without a look at what it says. */
#include "json_token.h"

#include <math.h>

typedef enum {
    JID,
    BID,
    AT,
    ARGS,
    CLASS,
    QUEUE,
    RETRY,
    WRAPPED,
    OVERRATED,
    FAILED_AT,
    CREATED_AT,
    RETRIED_AT,
    ENQUEUED_AT,
    RETRY_COUNT,
    RETRY_QUEUE,
    ERROR_CLASS,
    INTERRUPTED_COUNT,
    OTHER
} field_id;

typedef enum { TEXT, TIME, COUNT, ANY } field_kind;

enum { NO_FLAG = 0 }; /* no flag lies at offset 0 of the envelope */

/* What is kept of a field: where it goes, and which flags it sets. */
typedef struct {
    const char *name;
    field_kind kind;
    size_t to, present, escaped;
} field_row;

#define TO(member) offsetof(rk_envelope, member)
/* clang-format off */
static const field_row field_table[OTHER] = {
    [JID]         = { "jid",         TEXT,  TO(jid),         TO(has_jid),       TO(jid_escaped) },
    [BID]         = { "bid",         TEXT,  TO(bid),         NO_FLAG,           TO(bid_escaped) },
    [CLASS]       = { "class",       TEXT,  TO(class_name),  TO(has_class),     TO(class_escaped) },
    [QUEUE]       = { "queue",       TEXT,  TO(queue),       NO_FLAG,           TO(queue_escaped) },
    [WRAPPED]     = { "wrapped",     TEXT,  TO(wrapped),     NO_FLAG,           TO(wrapped_escaped) },
    [RETRY_QUEUE] = { "retry_queue", TEXT,  TO(retry_queue), NO_FLAG,           TO(retry_queue_escaped) },
    [ERROR_CLASS] = { "error_class", TEXT,  TO(error_class), NO_FLAG,           TO(error_class_escaped) },
    [ARGS]        = { "args",        ANY,   TO(args),        TO(has_args),      NO_FLAG },
    [RETRY]       = { "retry",       ANY,   TO(retry),       TO(has_retry),     NO_FLAG },
    [AT]          = { "at",          TIME,  TO(at),          TO(has_at),        NO_FLAG },
    [FAILED_AT]   = { "failed_at",   TIME,  TO(failed_at),   NO_FLAG,           NO_FLAG },
    [CREATED_AT]  = { "created_at",  TIME,  TO(created_at),  NO_FLAG,           NO_FLAG },
    [RETRIED_AT]  = { "retried_at",  TIME,  TO(retried_at),  NO_FLAG,           NO_FLAG },
    [ENQUEUED_AT] = { "enqueued_at", TIME,  TO(enqueued_at), NO_FLAG,           NO_FLAG },
    [RETRY_COUNT] = { "retry_count", COUNT, TO(retry_count), NO_FLAG,           NO_FLAG },
    [OVERRATED]   = { "overrated",   COUNT, TO(overrated),   TO(has_overrated), NO_FLAG },
    [INTERRUPTED_COUNT] = { "interrupted_count", COUNT, TO(interrupted_count), NO_FLAG, NO_FLAG },
};
/* clang-format on */
#undef TO

/* Comparisons of a known length cost a load or two, a loop over the table would cost calls. */
#define IS(name) (memcmp(key, name, sizeof(name) - 1) == 0)
static field_id field_of(const uint8_t *key, size_t len)
{
    switch (len) {
    case 2:
        return IS("at") ? AT : OTHER;
    case 3:
        return IS("jid") ? JID : IS("bid") ? BID : OTHER;
    case 4:
        return IS("args") ? ARGS : OTHER;
    case 5:
        return IS("class") ? CLASS : IS("queue") ? QUEUE : IS("retry") ? RETRY : OTHER;
    case 7:
        return IS("wrapped") ? WRAPPED : OTHER;
    case 9:
        return IS("failed_at") ? FAILED_AT : IS("overrated") ? OVERRATED : OTHER;
    case 10:
        return IS("created_at") ? CREATED_AT : IS("retried_at") ? RETRIED_AT : OTHER;
    case 11:
        return IS("enqueued_at")   ? ENQUEUED_AT
               : IS("retry_count") ? RETRY_COUNT
               : IS("error_class") ? ERROR_CLASS
               : IS("retry_queue") ? RETRY_QUEUE
                                   : OTHER;
    case 17:
        return IS("interrupted_count") ? INTERRUPTED_COUNT : OTHER;
    default:
        return OTHER;
    }
}
#undef IS

/* The same for a key that holds escapes, which no generator writes. */
static field_id field_of_escaped(rk_slice raw_key)
{
    field_id id = 0;
    while (id < OTHER && !rk_json_key_is(raw_key, field_table[id].name))
        id++;
    return id;
}

static void keep_count(rk_envelope *envelope, field_id id, rk_slice text, int64_t *count)
{
    bool is_count = rk_slice_int(text, count);
    if (!is_count)
        *count = 0;
    if (id == RETRY_COUNT)
        envelope->has_retry_count = is_count;
}

static void keep_field(rk_envelope *envelope, field_id id, rk_json_kind kind, rk_slice text, bool escaped)
{
    const field_row *row = &field_table[id];
    uint8_t *base = (uint8_t *)envelope;
    void *to = base + row->to;
    bool is_text = kind == RK_JSON_STRING;
    if (row->present != NO_FLAG)
        *(bool *)(void *)(base + row->present) = true;
    switch (row->kind) {
    case TEXT:
        *(rk_slice *)to = is_text ? (rk_slice){ text.ptr + 1, text.len - 2 } : RK_EMPTY;
        *(bool *)(void *)(base + row->escaped) = is_text && escaped;
        break;
    case TIME:
        *(double *)to = rk_json_time_of(kind, text);
        break;
    case COUNT:
        keep_count(envelope, id, text, to);
        break;
    default:
        *(rk_slice *)to = text;
    }
    if (id == ARGS) {
        envelope->args_is_array = kind == RK_JSON_ARRAY;
        if (!envelope->args_is_array)
            envelope->args = RK_EMPTY;
    }
}

/* One member at `at`; returns the byte behind its value, NULL when the text goes wrong. */
static inline const uint8_t *take_member(const uint8_t *at, const uint8_t *end, rk_envelope *envelope)
{
    bool key_escaped = false, value_escaped = false;
    rk_json_kind kind;
    if (at == end || *at != '"')
        return NULL;
    const uint8_t *after = json_string_end(at, end, &key_escaped);
    if (!after)
        return NULL;
    rk_slice raw_key = json_slice(at + 1, after - 1);
    at = json_space_end(after, end);
    if (at == end || *at != ':')
        return NULL;
    at = json_space_end(at + 1, end);
    if (at == end)
        return NULL;
    after = json_value_end(at, end, 1, &kind, &value_escaped);
    if (!after)
        return NULL;
    field_id id = key_escaped ? field_of_escaped(raw_key) : field_of(raw_key.ptr, raw_key.len);
    if (id != OTHER)
        keep_field(envelope, id, kind, json_slice(at, after), value_escaped);
    return after;
}

bool rk_envelope_scan(rk_slice payload, rk_envelope *envelope)
{
    const uint8_t *end = payload.ptr + payload.len, *at = json_space_end(payload.ptr, end);
    *envelope = (rk_envelope){
        .jid = RK_EMPTY,
        .class_name = RK_EMPTY,
        .wrapped = RK_EMPTY,
        .queue = RK_EMPTY,
        .retry_queue = RK_EMPTY,
        .error_class = RK_EMPTY,
        .bid = RK_EMPTY,
        .args = RK_EMPTY,
        .retry = RK_EMPTY,
        .created_at = NAN,
        .enqueued_at = NAN,
        .failed_at = NAN,
        .retried_at = NAN,
        .at = NAN,
    };
    if (at == end || *at != '{')
        return false;
    at = json_space_end(at + 1, end);
    if (at < end && *at == '}')
        return envelope->is_object = json_space_end(at + 1, end) == end;
    for (;;) {
        at = take_member(at, end, envelope);
        if (!at)
            return false;
        at = json_space_end(at, end);
        if (at == end)
            return false;
        if (*at == '}')
            return envelope->is_object = json_space_end(at + 1, end) == end;
        if (*at != ',')
            return false;
        at = json_space_end(at + 1, end);
    }
}

bool rk_envelope_active_job(const rk_envelope *envelope, const char *name, rk_json_value *value)
{
    rk_json_walk args;
    rk_json_value first;
    return rk_json_array_open(&args, envelope->args) && rk_json_array_next(&args, &first) &&
           rk_json_member(first.text, name, value);
}

bool rk_envelope_class(const rk_envelope *envelope, rk_buf *scratch, rk_slice *name, rk_err *err)
{
    rk_json_value job_class;
    bool is_wrapper =
        rk_json_key_is(envelope->class_name, "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper") ||
        rk_json_key_is(envelope->class_name, "Sidekiq::ActiveJob::Wrapper");
    if (is_wrapper && envelope->wrapped.len)
        return rk_json_unescape(envelope->wrapped, scratch, name, err);
    if (is_wrapper && rk_envelope_active_job(envelope, "job_class", &job_class) &&
        job_class.kind == RK_JSON_STRING)
        return rk_json_string(job_class, scratch, name, err);
    return rk_json_unescape(envelope->class_name, scratch, name, err);
}
