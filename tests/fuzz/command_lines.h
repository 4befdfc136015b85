/* command_lines: a log out of text, a command a line and its words parted by blanks, so that in fuzzing commands meet and
 * not only bytes. What begins like a log or like a snapshot is taken as it is. */
#ifndef RDBKIT_FUZZ_COMMAND_LINES_H
#define RDBKIT_FUZZ_COMMAND_LINES_H

#include <stdlib.h>

#include "rdbkit/base.h"

/* abort() and not assert(): these hold in every build. */
static inline void must(bool holds)
{
    if (!holds)
        abort();
}

static inline void add_bytes(rk_buf *out, rk_slice bytes)
{
    rk_err err = { 0 };
    must(rk_buf_add(out, bytes, &err));
}

/* A line of words as RESP. */
static inline void add_line(rk_buf *out, rk_slice line)
{
    rk_err err = { 0 };
    rk_buf words = { 0 };
    size_t count = 0;
    for (size_t from = 0; from <= line.len;) {
        size_t blank = rk_slice_find(line, RK_TEXT(" "), from), end = blank == SIZE_MAX ? line.len : blank;
        must(rk_buf_printf(&words, &err, "$%zu\r\n", end - from));
        add_bytes(&words, (rk_slice){ line.ptr + from, end - from });
        add_bytes(&words, RK_TEXT("\r\n"));
        from = end + 1;
        count++;
    }
    must(rk_buf_printf(out, &err, "*%zu\r\n", count));
    add_bytes(out, rk_buf_slice(&words));
    rk_buf_free(&words);
}

/* The log; `room` holds it where it had to be made. */
static inline rk_slice command_lines(rk_slice text, rk_buf *room)
{
    if (text.len == 0 || text.ptr[0] == '*' || text.ptr[0] == '#' ||
        rk_slice_starts(text, RK_TEXT("REDIS")) || rk_slice_starts(text, RK_TEXT("VALKEY")))
        return text;
    for (size_t from = 0; from < text.len;) {
        size_t feed = rk_slice_find(text, RK_TEXT("\n"), from), end = feed == SIZE_MAX ? text.len : feed;
        add_line(room, (rk_slice){ text.ptr + from, end - from });
        from = end + 1;
    }
    return rk_buf_slice(room);
}

#endif
