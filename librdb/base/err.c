/* err: failures as values that end as a sentence. */
#include "rdbkit/base.h"

#include <stdio.h>

bool rk_fail(rk_err *err, rk_code code, uint64_t offset, const char *format, ...)
{
    va_list args;
    if (err->code != RK_OK)
        return false;
    err->code = code;
    err->has_offset = offset != RK_NO_OFFSET;
    err->offset = err->has_offset ? offset : 0;
    va_start(args, format);
    vsnprintf(err->what, sizeof err->what, format, args);
    va_end(args);
    return false;
}

bool rk_within(rk_err *err, const char *format, ...)
{
    va_list args;
    if (err->code == RK_OK || err->where[0])
        return false;
    va_start(args, format);
    vsnprintf(err->where, sizeof err->where, format, args);
    va_end(args);
    return false;
}

bool rk_err_source(rk_err *err, const char *source)
{
    if (err->code != RK_OK && !err->source[0])
        snprintf(err->source, sizeof err->source, "%s", source);
    return false;
}

bool rk_err_hint(rk_err *err, const char *format, ...)
{
    va_list args;
    if (err->code == RK_OK || err->hint[0])
        return false;
    va_start(args, format);
    vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
    return false;
}

bool rk_no_memory(rk_err *err)
{
    return rk_fail(err, RK_NO_MEMORY, RK_NO_OFFSET, "out of memory");
}

const char *rk_err_sentence(const rk_err *err, char *out, size_t cap)
{
    char source[512], place[280] = "";
    rk_slice_print(rk_slice_of(err->source), source, sizeof source);
    if (err->where[0] && err->has_offset)
        snprintf(place, sizeof place, " (%s, byte %" PRIu64 ")", err->where, err->offset);
    else if (err->where[0])
        snprintf(place, sizeof place, " (%s)", err->where);
    else if (err->has_offset)
        snprintf(place, sizeof place, " (byte %" PRIu64 ")", err->offset);
    if (err->source[0])
        snprintf(out, cap, "cannot read %s: %s%s", source, err->what, place);
    else
        snprintf(out, cap, "%s%s", err->what, place);
    return out;
}
