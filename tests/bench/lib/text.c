/* text: see text.h. */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void gen_die(const char *format, ...)
{
    va_list args;
    fputs("gen_pair: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(2);
}

void gen_grow(void *array, size_t *capacity, size_t need, size_t size)
{
    rk_err err = { 0 };
    if (!rk_grow(array, capacity, need, size, &err))
        gen_die("out of memory");
}

void gen_reserve(rk_buf *buf, size_t more)
{
    rk_err err = { 0 };
    if (!rk_buf_reserve(buf, buf->len + more, &err))
        gen_die("out of memory");
}

void gen_add_int(rk_buf *buf, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        gen_add_byte(buf, '-');
    gen_add(buf, digits + at, sizeof digits - at);
}

void gen_add_hex(rk_buf *buf, uint64_t value, unsigned digits)
{
    char text[16];
    for (unsigned i = 0; i < digits; i++)
        text[digits - 1 - i] = "0123456789abcdef"[value >> (4 * i) & 15];
    gen_add(buf, text, digits);
}

void gen_add_seconds(rk_buf *buf, int64_t us)
{
    char digits[6];
    size_t len = sizeof digits;
    int64_t fraction = us % 1000000;
    for (size_t i = len; i-- > 0; fraction /= 10)
        digits[i] = (char)('0' + fraction % 10);
    while (len > 1 && digits[len - 1] == '0')
        len--;
    gen_add_int(buf, us / 1000000);
    gen_add_byte(buf, '.');
    gen_add(buf, digits, len);
}

static void add_time(rk_buf *buf, int64_t us, const char *format)
{
    char text[40];
    struct tm parts;
    time_t seconds = (time_t)(us / 1000000);
    gmtime_r(&seconds, &parts);
    gen_add(buf, text, strftime(text, sizeof text, format, &parts));
}

void gen_add_iso(rk_buf *buf, int64_t us)
{
    add_time(buf, us, "%Y-%m-%dT%H:%M:%S.");
    char digits[16];
    snprintf(digits, sizeof digits, "%06dZ", (int)(us % 1000000));
    gen_add_word(buf, digits);
}

void gen_add_day(rk_buf *buf, int64_t us)
{
    add_time(buf, us, "%Y-%m-%d");
}
