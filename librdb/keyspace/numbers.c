/* numbers: arguments as servers read them (spec: AOF, "General rules"). */
#include "keyspace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

bool ks_double(rk_slice text, double *value)
{
    char copy[400], *end;
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.ptr, 0, text.len) ||
        memchr(" \t\n\v\f\r", text.ptr[0], 6))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    *value = strtod(copy, &end);
    return *end == 0 && !isnan(*value);
}

bool ks_long_double(rk_slice text, long double *value)
{
    char copy[KS_LONG_DOUBLE_TEXT], *end;
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.ptr, 0, text.len) ||
        memchr(" \t\n\v\f\r", text.ptr[0], 6))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    *value = strtold(copy, &end);
    return *end == 0 && !isnan(*value);
}

rk_slice ks_long_double_text(long double value, char room[KS_LONG_DOUBLE_TEXT])
{
    int len = snprintf(room, KS_LONG_DOUBLE_TEXT, "%.17Lf", value);
    if (memchr(room, '.', (size_t)len)) {
        while (room[len - 1] == '0')
            len--;
        len -= room[len - 1] == '.';
    }
    rk_slice text = { (uint8_t *)room, (size_t)len };
    return rk_slice_is(text, RK_TEXT("-0")) ? RK_TEXT("0") : text;
}

bool ks_is(rk_slice arg, const char *word)
{
    return arg.len == strlen(word) && strncasecmp((const char *)arg.ptr, word, arg.len) == 0;
}

bool ks_range(int64_t start, int64_t stop, uint64_t count, uint64_t *first, uint64_t *last)
{
    int64_t most = count > INT64_MAX ? INT64_MAX : (int64_t)count;
    start = start < 0 ? start + most : start;
    stop = stop < 0 ? stop + most : stop;
    start = start < 0 ? 0 : start;
    if (start > stop || start >= most)
        return false;
    *first = (uint64_t)start;
    *last = (uint64_t)(stop >= most ? most - 1 : stop);
    return true;
}
