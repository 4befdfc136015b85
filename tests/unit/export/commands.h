/* commands: what was written for a server, parsed again: strictly, so that whatever is not the protocol is seen. */
#ifndef RDBKIT_TESTS_COMMANDS_H
#define RDBKIT_TESTS_COMMANDS_H

#include "rdbkit/rdb.h"

enum { COMMAND_ARGS_MOST = 4096 };

typedef struct {
    size_t count; /* arguments; those beyond the most are counted, and not kept */
    rk_slice args[COMMAND_ARGS_MOST];
} command;

/* Takes "<mark><digits>\r\n"; false when something else stands there. */
static inline bool command_number(rk_slice text, size_t *at, char mark, uint64_t *number)
{
    size_t i = *at, first;
    if (i >= text.len || text.ptr[i++] != mark)
        return false;
    *number = 0;
    for (first = i; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && i < first + 18; i++)
        *number = *number * 10 + text.ptr[i] - '0';
    if (i == first || (i > first + 1 && text.ptr[first] == '0'))
        return false;
    if (text.len - i < 2 || text.ptr[i] != '\r' || text.ptr[i + 1] != '\n')
        return false;
    *at = i + 2;
    return true;
}

/* The next command behind `*at`. False at the end, and where it is malformed: then *at is not the end. */
static inline bool command_next(rk_slice text, size_t *at, command *one)
{
    uint64_t count = 0, len = 0;
    size_t next = *at;
    one->count = 0;
    if (!command_number(text, &next, '*', &count) || count == 0)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        if (!command_number(text, &next, '$', &len) || text.len - next < 2 || len > text.len - next - 2)
            return false;
        if (one->count < COMMAND_ARGS_MOST)
            one->args[one->count] = (rk_slice){ text.ptr + next, (size_t)len };
        one->count++;
        next += (size_t)len;
        if (text.ptr[next] != '\r' || text.ptr[next + 1] != '\n')
            return false;
        next += 2;
    }
    *at = next;
    return true;
}

/* True when a payload of RESTORE ends in the checksum of what stands before. */
static inline bool command_payload_holds(rk_slice payload)
{
    uint64_t stored = 0;
    if (payload.len < 11)
        return false;
    for (size_t i = 0; i < 8; i++)
        stored |= (uint64_t)payload.ptr[payload.len - 8 + i] << 8 * i;
    return stored == rk_crc64(0, rk_slice_head(payload, payload.len - 8));
}

#endif
