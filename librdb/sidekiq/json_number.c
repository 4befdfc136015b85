/* json_number: the double that a JSON number stands for, and the point in time that a value stands for. */
#include "json_token.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DIGITS_KEPT = 800, /* two neighbouring doubles are never told apart by a later digit than the 768th */
    EXPONENT_MAX = 1000000000
};

/* Powers of ten that a double holds exactly. */
static const double ten_to[] = { 1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };

/* A number without exponent in a few operations, where each of them is exact or the rounding is proven right:
 * up to 15 digits are an exact integer over an exact power of ten; and seconds of our days (2^30 to 2^33)
 * plus a fraction of up to 12 digits cannot lie near the middle between two doubles, unless on it. */
static bool quick_number(rk_slice digits, double *number)
{
    uint64_t sum = 0, whole = 0;
    size_t fraction = 0, point = digits.len;
    if (digits.len > 23)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] == '.') {
            point = i;
            whole = sum;
            sum = 0;
        } else {
            unsigned digit = (unsigned)digits.ptr[i] - '0';
            if (digit > 9) /* an exponent */
                return false;
            sum = sum * 10 + digit;
        }
    }
    fraction = point < digits.len ? digits.len - point - 1 : 0;
    if (point > 15 || fraction > 12)
        return false;
    if (fraction == 0) {
        *number = (double)sum;
        return true;
    }
    if (point + fraction <= 15) {
        *number = (whole * ten_to[fraction] + (double)sum) / ten_to[fraction];
        return true;
    }
    *number = (double)whole + (double)sum / ten_to[fraction];
    return whole >= UINT64_C(1) << 30 && whole < UINT64_C(1) << 33;
}

/* Any number: its digits as one integer and a power of ten for strtod, so that no decimal point (which a
 * locale may spell otherwise) is in it and the length is bounded. */
static double any_number(rk_slice text)
{
    char digits[DIGITS_KEPT + 32];
    size_t n = 0, at = 0;
    int64_t exponent = 0, written = 0;
    bool fraction = false, lost = false;
    for (; at < text.len && (text.ptr[at] | 0x20) != 'e'; at++) {
        uint8_t c = text.ptr[at];
        fraction = fraction || c == '.';
        if (c == '.')
            continue;
        bool keep = n < DIGITS_KEPT && (n > 0 || c != '0');
        lost = lost || (!keep && c != '0');
        if (keep)
            digits[n++] = (char)c;
        exponent += (n == DIGITS_KEPT && !keep) - fraction;
    }
    if (n == 0)
        return 0;
    bool negative = at + 1 < text.len && text.ptr[at + 1] == '-';
    for (at++; at < text.len; at++)
        if ((unsigned)text.ptr[at] - '0' <= 9 && written < EXPONENT_MAX * INT64_C(1000000))
            written = written * 10 + text.ptr[at] - '0';
    exponent += negative ? -written : written;
    if (lost) { /* what was dropped only has to be more than nothing */
        digits[n++] = '1';
        exponent--;
    }
    exponent = exponent > EXPONENT_MAX ? EXPONENT_MAX : exponent < -EXPONENT_MAX ? -EXPONENT_MAX : exponent;
    snprintf(digits + n, sizeof digits - n, "e%d", (int)exponent);
    return strtod(digits, NULL);
}

bool rk_json_number(rk_json_value value, double *number, bool *is_integer)
{
    rk_slice digits = value.text;
    if (value.kind != RK_JSON_NUMBER)
        return false;
    bool negative = digits.len > 0 && digits.ptr[0] == '-';
    if (negative)
        digits = rk_slice_from(digits, 1);
    *is_integer = true;
    for (size_t i = 0; i < digits.len && *is_integer; i++)
        *is_integer = (unsigned)digits.ptr[i] - '0' <= 9;
    if (!quick_number(digits, number))
        *number = any_number(digits);
    if (negative)
        *number = -*number;
    return true;
}

/* `count` digits at the head of `s`, which it loses; false when there are fewer, or when the number is above
 * `most`. */
static bool take_digits(rk_slice *s, size_t count, unsigned most, unsigned *number)
{
    *number = 0;
    if (s->len < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned)s->ptr[i] - '0';
        if (digit > 9)
            return false;
        *number = *number * 10 + digit;
    }
    *s = rk_slice_from(*s, count);
    return *number <= most;
}

static bool take_byte(rk_slice *s, const char *any_of)
{
    if (s->len == 0 || s->ptr[0] == 0 || !strchr(any_of, s->ptr[0]))
        return false;
    *s = rk_slice_from(*s, 1);
    return true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, by years that begin in March. */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t days_before_month = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5;
    return year * 365 + year / 4 - year / 100 + year / 400 + days_before_month + day - 1 - 719468;
}

/* "2013-05-01 12:34:56 UTC", "2013-05-01T12:34:56.123Z"; NaN for anything else. */
static double time_of_text(rk_slice s)
{
    unsigned year, month, day, hour, minute, second, digit;
    double fraction = 0, scale = 1;
    bool dated = take_digits(&s, 4, 9999, &year) && take_byte(&s, "-") && take_digits(&s, 2, 12, &month) &&
                 take_byte(&s, "-") && take_digits(&s, 2, 31, &day) && take_byte(&s, " T") && month > 0 &&
                 day > 0;
    bool timed = dated && take_digits(&s, 2, 23, &hour) && take_byte(&s, ":") &&
                 take_digits(&s, 2, 59, &minute) && take_byte(&s, ":") && take_digits(&s, 2, 60, &second);
    if (!timed)
        return NAN;
    if (take_byte(&s, "."))
        while (s.len > 0 && take_digits(&s, 1, 9, &digit))
            fraction += digit * (scale /= 10);
    if (!rk_slice_is(s, RK_TEXT(" UTC")) && !rk_slice_is(s, RK_TEXT("Z")) &&
        !rk_slice_is(s, RK_TEXT(" +0000")) && !rk_slice_is(s, RK_TEXT("+00:00")))
        return NAN;
    int64_t days = days_from_civil(year, month, day);
    return (double)(days * 86400 + hour * 3600 + minute * 60 + second) + fraction;
}

double rk_json_time(rk_json_value value)
{
    double number = NAN;
    bool is_integer = false;
    if (value.kind == RK_JSON_STRING && value.text.len > 2)
        return time_of_text((rk_slice){ value.text.ptr + 1, value.text.len - 2 });
    if (!rk_json_number(value, &number, &is_integer))
        return NAN;
    return is_integer && number > 1e11 ? number / 1000 : number;
}
