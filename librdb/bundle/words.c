/* words: what the enums of a bundle are called in its files. */
#include "line.h"

const char *rk_act_name(rk_act act)
{
    static const char *const names[RK_ACTS] = { "restore", "replace", "push_back", "hold" };
    return (unsigned)act < RK_ACTS ? names[act] : "unknown";
}

const char *rk_bundle_place_name(rk_place_kind kind)
{
    static const char *const names[RK_BUNDLE_PLACES] = { "queue",       "schedule", "retry",  "dead",
                                                         "interrupted", "work",     "private" };
    return (unsigned)kind < RK_BUNDLE_PLACES ? names[kind] : "unknown";
}

bool rk_bundle_act_of(rk_slice word, rk_act *act)
{
    for (unsigned i = 0; i < RK_ACTS; i++) {
        *act = (rk_act)i;
        if (rk_slice_is(word, rk_slice_of(rk_act_name(*act))))
            return true;
    }
    return false;
}

bool rk_bundle_place_of(rk_slice word, rk_place_kind *kind)
{
    for (unsigned i = 0; i < RK_BUNDLE_PLACES; i++) {
        *kind = (rk_place_kind)i;
        if (rk_slice_is(word, rk_slice_of(rk_bundle_place_name(*kind))))
            return true;
    }
    return false;
}

bool rk_bundle_type_of(rk_slice word, rk_type *type)
{
    static const rk_type types[] = { RK_STRING, RK_LIST, RK_SET, RK_ZSET, RK_HASH };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        *type = types[i];
        if (rk_slice_is(word, rk_slice_of(rk_type_name(*type))))
            return true;
    }
    return false;
}
