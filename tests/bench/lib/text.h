/* text: appends to an rk_buf. These end the program when there is no memory: a generator has nothing to save.
 */
#ifndef GEN_TEXT_H
#define GEN_TEXT_H

#include "rdbkit/base.h"

/* Prints "gen_pair: ..." and ends the program with status 2. */
_Noreturn void gen_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

void gen_reserve(rk_buf *buf, size_t more);

/* Grows an array to hold at least `need` items of `size` bytes. */
void gen_grow(void *array, size_t *capacity, size_t need, size_t size);

static inline void gen_add(rk_buf *buf, const void *bytes, size_t len)
{
    if (buf->cap - buf->len < len)
        gen_reserve(buf, len);
    if (len)
        memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
}

static inline void gen_add_byte(rk_buf *buf, uint8_t byte)
{
    gen_add(buf, &byte, 1);
}

/* A C string of our own. */
static inline void gen_add_word(rk_buf *buf, const char *word)
{
    gen_add(buf, word, strlen(word));
}

void gen_add_int(rk_buf *buf, int64_t value);
void gen_add_hex(rk_buf *buf, uint64_t value, unsigned digits);

/* Microseconds as seconds, the way Ruby prints the float: 1795420608.06. Six digits always read back the
 * same. */
void gen_add_seconds(rk_buf *buf, int64_t us);

/* Microseconds since the epoch as 2026-11-23T12:15:42.000000Z. */
void gen_add_iso(rk_buf *buf, int64_t us);

/* Microseconds since the epoch as 2026-11-23. */
void gen_add_day(rk_buf *buf, int64_t us);

#endif
