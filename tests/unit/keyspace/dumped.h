/* dumped: payloads as DUMP yields them, as a word of a command in replayed.h. */
#ifndef RDBKIT_TESTS_DUMPED_H
#define RDBKIT_TESTS_DUMPED_H

#include "replayed.h"

/* The bytes, the version and their checksum (`sum` 0: none, 1: right, 2: wrong), as a quoted word, in a room of its own
 * out of a few. */
static inline const char *dumped(rk_slice bytes, unsigned version, int sum)
{
    static char rooms[4][4096];
    static unsigned next;
    char *room = rooms[next++ % 4];
    uint8_t all[1000];
    CU_ASSERT_FATAL(bytes.len + 10 <= sizeof all);
    memcpy(all, bytes.ptr, bytes.len);
    all[bytes.len] = (uint8_t)version;
    all[bytes.len + 1] = (uint8_t)(version >> 8);
    uint64_t crc = sum == 0 ? 0 : rk_crc64(0, (rk_slice){ all, bytes.len + 2 }) + (sum == 2);
    for (int i = 0; i < 8; i++)
        all[bytes.len + 2 + (size_t)i] = (uint8_t)(crc >> 8 * i);
    size_t used = 0;
    room[used++] = '"';
    for (size_t i = 0; i < bytes.len + 10; i++)
        used += (size_t)snprintf(room + used, sizeof rooms[0] - used, "\\x%02x", all[i]);
    snprintf(room + used, sizeof rooms[0] - used, "\"");
    return room;
}

/* Replays `before`, the command up to the payload, the payload, and what follows. */
static inline replayed dumped_replay(const char *before, const char *payload, const char *behind, bool watch)
{
    char commands[8192];
    snprintf(commands, sizeof commands, "%s %s %s", before, payload, behind);
    return replay_text(commands, watch);
}

#endif
