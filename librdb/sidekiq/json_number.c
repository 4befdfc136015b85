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

/* Adds the digits from `at` on to `sum` and returns where they end; eight at a time where there are as many.
 */
static size_t sum_digits(rk_slice text, size_t at, uint64_t *sum)
{
    for (; text.len - at >= 8; at += 8) {
        uint64_t eight = 0;
        for (size_t i = 0; i < 8; i++) /* one load: the first digit in the lowest byte */
            eight |= (uint64_t)text.ptr[at + i] << (8 * i);
        uint64_t digits = eight - UINT64_C(0x3030303030303030);
        if (((digits + UINT64_C(0x7676767676767676)) | digits | eight) & UINT64_C(0x8080808080808080))
            break;
        digits = digits * 10 + (digits >> 8); /* pairs, then fours, then all */
        digits = ((digits & UINT64_C(0x000000ff000000ff)) * (100 + (UINT64_C(1000000) << 32)) +
                  (digits >> 16 & UINT64_C(0x000000ff000000ff)) * (1 + (UINT64_C(10000) << 32))) >>
                 32;
        *sum = *sum * 100000000 + (uint32_t)digits;
    }
    for (; at < text.len && (unsigned)text.ptr[at] - '0' <= 9; at++)
        *sum = *sum * 10 + text.ptr[at] - '0';
    return at;
}

/* A number without exponent in a few operations, where each of them is exact or the rounding is proven right:
 * up to 15 digits are an exact integer over an exact power of ten; and seconds of our days (2^30 to 2^33)
 * plus a fraction of up to 12 digits cannot lie near the middle between two doubles, unless on it. */
static bool quick_number(rk_slice text, double *number, bool *is_integer)
{
    uint64_t whole = 0, parts = 0;
    if (text.len > 23)
        return false;
    size_t point = sum_digits(text, 0, &whole);
    *is_integer = point == text.len;
    *number = (double)whole;
    if (*is_integer)
        return point <= 15;
    if (point > 10 || text.ptr[point] != '.' || sum_digits(text, point + 1, &parts) < text.len)
        return false;
    size_t fraction = text.len - point - 1;
    if (fraction > 12)
        return false;
    if (point + fraction <= 15)
        *number = ((double)whole * ten_to[fraction] + (double)parts) / ten_to[fraction];
    else
        *number = (double)whole + (double)parts / ten_to[fraction];
    return point + fraction <= 15 || (whole >= UINT64_C(1) << 30 && whole < UINT64_C(1) << 33);
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

/* Takes the text by itself: a slice travels in registers, a value through memory. */
static double number_of(rk_slice text, bool *is_integer)
{
    double number = 0;
    bool negative = text.len > 0 && text.ptr[0] == '-';
    rk_slice digits = negative ? rk_slice_from(text, 1) : text;
    if (!quick_number(digits, &number, is_integer)) {
        number = any_number(digits);
        *is_integer = memchr(digits.ptr, '.', digits.len) == NULL &&
                      memchr(digits.ptr, 'e', digits.len) == NULL &&
                      memchr(digits.ptr, 'E', digits.len) == NULL;
    }
    return negative ? -number : number;
}

bool rk_json_number(rk_json_value value, double *number, bool *is_integer)
{
    if (value.kind != RK_JSON_NUMBER)
        return false;
    *number = number_of(value.text, is_integer);
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

double rk_json_time_of(rk_json_kind kind, rk_slice text)
{
    bool is_integer = false;
    if (kind == RK_JSON_STRING && text.len > 2)
        return time_of_text((rk_slice){ text.ptr + 1, text.len - 2 });
    if (kind != RK_JSON_NUMBER)
        return NAN;
    double number = number_of(text, &is_integer);
    return is_integer && number > 1e11 ? number / 1000 : number;
}

double rk_json_time(rk_json_value value)
{
    return rk_json_time_of(value.kind, value.text);
}
