/* slice: comparing, parsing and printing bytes that somebody else owns. */
#include "rdbkit/base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int rk_slice_compare(rk_slice a, rk_slice b)
{
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

size_t rk_slice_find(rk_slice hay, rk_slice needle, size_t from)
{
    if (from > hay.len || needle.len > hay.len - from)
        return SIZE_MAX;
    if (needle.len == 0)
        return from;
    const uint8_t *end = hay.ptr + hay.len - needle.len + 1;
    for (const uint8_t *at = hay.ptr + from; at < end; at++) {
        at = memchr(at, needle.ptr[0], (size_t)(end - at));
        if (!at)
            return SIZE_MAX;
        if (memcmp(at, needle.ptr, needle.len) == 0)
            return (size_t)(at - hay.ptr);
    }
    return SIZE_MAX;
}

bool rk_slice_int(rk_slice s, int64_t *value)
{
    size_t at = 0;
    bool negative = s.len > 0 && s.ptr[0] == '-';
    uint64_t sum = 0;
    if (negative)
        at++;
    if (at == s.len || s.len > 20 || (s.ptr[at] == '0' && s.len > 1))
        return false;
    for (; at < s.len; at++) {
        unsigned digit = (unsigned)s.ptr[at] - '0';
        if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    if (sum > (uint64_t)INT64_MAX + negative)
        return false;
    *value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

bool rk_slice_double(rk_slice s, double *value)
{
    char text[512];
    char *end = NULL;
    if (s.len == 0 || s.len >= sizeof text || s.ptr[0] == ' ' || (s.ptr[0] >= '\t' && s.ptr[0] <= '\r'))
        return false;
    if (memchr(s.ptr, 'x', s.len) || memchr(s.ptr, 'X', s.len))
        return false; /* strtod would read hexadecimal */
    memcpy(text, s.ptr, s.len);
    text[s.len] = 0;
    *value = strtod(text, &end);
    return end == text + s.len;
}

/* The length of the valid UTF-8 sequence that `s` begins with, or 0. */
static size_t utf8_length(const uint8_t *p, size_t left)
{
    uint8_t a = p[0];
    if (a < 0x80)
        return 1;
    size_t n = a >= 0xc2 && a <= 0xdf ? 2 : (a & 0xf0) == 0xe0 ? 3 : a >= 0xf0 && a <= 0xf4 ? 4 : 0;
    if (n == 0 || left < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (a == 0xe0 && p[1] < 0xa0) || (a == 0xf0 && p[1] < 0x90);
    bool beyond = (a == 0xed && p[1] > 0x9f) || (a == 0xf4 && p[1] > 0x8f);
    return overlong || beyond ? 0 : n;
}

bool rk_slice_utf8(rk_slice s)
{
    size_t at = 0;
    while (at < s.len) {
        uint64_t eight = 0;
        if (s.len - at >= 8) { /* pass over what is ASCII of the next eight bytes */
            memcpy(&eight, s.ptr + at, 8);
            eight &= 0x8080808080808080u;
            at += eight ? (size_t)__builtin_ctzll(eight) / 8 : 8;
            if (!eight)
                continue;
        }
        size_t n = utf8_length(s.ptr + at, s.len - at);
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

const char *rk_slice_print(rk_slice s, char *out, size_t cap)
{
    size_t at = 0, used = 0;
    if (cap < 8)
        return cap ? (out[0] = 0, out) : "";
    while (at < s.len) {
        size_t n = utf8_length(s.ptr + at, s.len - at);
        uint8_t c = s.ptr[at];
        bool c1 = n == 2 && c == 0xc2 && s.ptr[at + 1] < 0xa0; /* U+0080 to U+009F steer terminals, too */
        bool plain = (n > 1 && !c1) || (n == 1 && c >= 0x20 && c != 0x7f && c != '\'' && c != '\\');
        if (used + (plain ? n : 4) + 4 > cap) { /* room for "..." and the final zero */
            memcpy(out + used, "...", 3);
            used += 3;
            break;
        }
        if (plain) {
            memcpy(out + used, s.ptr + at, n);
            used += n;
            at += n;
        } else {
            used += (size_t)snprintf(out + used, cap - used, "\\x%02x", c);
            at++;
        }
    }
    out[used] = 0;
    return out;
}

const char *rk_count_print(uint64_t n, char *out)
{
    char digits[24];
    size_t len = 0, at = 0;
    do
        digits[len++] = (char)('0' + n % 10);
    while (n /= 10);
    while (len > 0) {
        out[at++] = digits[--len];
        if (len > 0 && len % 3 == 0)
            out[at++] = ',';
    }
    out[at] = 0;
    return out;
}
