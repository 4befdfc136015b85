/* poison: what a payload must have to be put back where it was. */
#include "rdbkit/bundle_make.h"

const char *rk_poison_words(rk_poison poison)
{
    static const char *const words[] = {
        "",
        "is not a JSON object",
        "has no class",
        "has no args, or ones that are no array",
        "has tags that are no array",
        "has a queue that is empty",
        "has an `at` that is no number",
        "holds bytes that are not valid UTF-8",
    };
    return (unsigned)poison < sizeof words / sizeof words[0] ? words[poison] : "";
}

static bool is_of_kind(rk_slice payload, const char *name, rk_json_kind kind)
{
    rk_json_value value;
    return !rk_json_member(payload, name, &value) || value.kind == kind;
}

/* A missing one becomes `default`. */
static bool has_empty_queue(rk_slice payload)
{
    rk_json_value value;
    return rk_json_member(payload, "queue", &value) &&
           (value.kind == RK_JSON_NULL || rk_slice_is(value.text, RK_TEXT("\"\"")));
}

rk_poison rk_poison_of(rk_place_kind kind, rk_slice payload)
{
    rk_envelope e;
    if (kind == RK_PLACE_DEAD || kind == RK_PLACE_INTERRUPTED)
        return RK_POISON_NONE;
    if (!rk_envelope_scan(payload, &e))
        return RK_POISON_TEXT;
    if (e.class_name.len == 0)
        return RK_POISON_CLASS;
    if (kind != RK_PLACE_SCHEDULE && kind != RK_PLACE_RETRY)
        return RK_POISON_NONE;
    if (!e.args_is_array)
        return RK_POISON_ARGS;
    if (!is_of_kind(payload, "tags", RK_JSON_ARRAY))
        return RK_POISON_TAGS;
    if (has_empty_queue(payload))
        return RK_POISON_QUEUE;
    if (e.has_at && !is_of_kind(payload, "at", RK_JSON_NUMBER))
        return RK_POISON_AT;
    return rk_slice_utf8(payload) ? RK_POISON_NONE : RK_POISON_UTF8;
}
