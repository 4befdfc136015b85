/* redact_job: a copy of a job that can be shown. */
#include "rdbkit/bundle_make.h"

#include "text.h"

/* Members that say what a job is and how it went, and nothing of what it was given. */
static bool is_plain(rk_slice raw_key)
{
    static const char *const plain[] = {
        "jid",
        "class",
        "wrapped",
        "queue",
        "retry",
        "retry_count",
        "retry_for",
        "retry_queue",
        "error_class",
        "created_at",
        "enqueued_at",
        "failed_at",
        "retried_at",
        "at",
        "bid",
        "dead",
        "backtrace",
        "expiry",
        "expires_in",
        "overrated",
        "unique_for",
        "log_level",
        "interrupted_count",
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (rk_slice_is(raw_key, rk_slice_of(plain[i])))
            return true;
    return false;
}

static bool add_token(const rk_redactor *redactor, rk_slice bytes, rk_buf *out, rk_err *err)
{
    char room[RK_REDACTED_TEXT];
    return rk_bundle_add_bytes(out, rk_redact_value(redactor, bytes, room), err);
}

static bool add_items(const rk_redactor *redactor, rk_slice array, rk_buf *out, rk_err *err)
{
    rk_json_walk walk;
    rk_json_value item;
    bool first = true, ok = rk_json_array_open(&walk, array) && rk_buf_add(out, RK_TEXT("["), err);
    while (ok && rk_json_array_next(&walk, &item)) {
        ok = (first || rk_buf_add(out, RK_TEXT(","), err)) && add_token(redactor, item.text, out, err);
        first = false;
    }
    return ok && rk_buf_add(out, RK_TEXT("]"), err);
}

static bool add_members(const rk_redactor *redactor, rk_slice payload, rk_buf *out, rk_err *err)
{
    rk_json_walk walk;
    rk_json_value value;
    rk_slice key;
    bool first = true, ok = rk_json_open(&walk, payload) && rk_buf_add(out, RK_TEXT("{"), err);
    while (ok && rk_json_next(&walk, &key, &value)) {
        bool nested = value.kind == RK_JSON_OBJECT || value.kind == RK_JSON_ARRAY;
        ok = rk_buf_add(out, first ? RK_TEXT("\"") : RK_TEXT(",\""), err) && rk_buf_add(out, key, err) &&
             rk_buf_add(out, RK_TEXT("\":"), err);
        if (ok && value.kind == RK_JSON_ARRAY && rk_slice_is(key, RK_TEXT("args")))
            ok = add_items(redactor, value.text, out, err);
        else if (ok)
            ok = is_plain(key) && !nested ? rk_buf_add(out, value.text, err)
                                          : add_token(redactor, value.text, out, err);
        first = false;
    }
    return ok && rk_buf_add(out, RK_TEXT("}"), err);
}

/* What is no object is a token as a whole. */
static bool redact_payload(const rk_redactor *redactor, rk_slice *payload, rk_buf *room, rk_err *err)
{
    rk_envelope envelope;
    room->len = 0;
    if (!(rk_envelope_scan(*payload, &envelope) ? add_members(redactor, *payload, room, err)
                                                : add_token(redactor, *payload, room, err)))
        return false;
    *payload = rk_buf_slice(room);
    return true;
}

bool rk_redact_job(const rk_redactor *redactor, rk_bundle_job *job, rk_buf *room, rk_err *err)
{
    if (job->act != RK_ACT_HOLD)
        job->reason = RK_TEXT(RK_HOLD_REDACTED);
    job->act = RK_ACT_HOLD;
    job->replaces = RK_EMPTY;
    job->from_key = RK_EMPTY;
    return redact_payload(redactor, &job->payload, room, err);
}

bool rk_redact_companion(const rk_redactor *redactor, rk_companion *companion, rk_slice *items,
                         rk_arena *arena, rk_err *err)
{
    char room[RK_REDACTED_TEXT];
    bool pairs = companion->type == RK_HASH;
    companion->blocked = true;
    for (size_t i = 0; i < companion->item_count; i++) {
        items[i] = companion->items[i];
        if ((companion->type == RK_STRING || (pairs && i % 2 == 1)) &&
            !rk_arena_copy(arena, rk_redact_value(redactor, items[i], room), &items[i], err))
            return false;
    }
    companion->items = items;
    return true;
}
