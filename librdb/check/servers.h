/* servers: which server loads what: the table of servers, their versions, and the bytes that they know (spec:
 * Compatibility, "Servers and snapshot versions"). */
#ifndef RDBKIT_CHECK_SERVERS_H
#define RDBKIT_CHECK_SERVERS_H

#include "rdbkit/check.h"

/* Lists of numbers are words: "0-4 9-12". */
typedef struct {
    rk_server_kind kind;
    unsigned major, minor; /* from this version on, until the next row of its kind */
    const char *version;   /* "7.2" */
    unsigned
        like; /* the Redis that it goes by where versions differ in what they make of the data: 702 is 7.2 */
    uint32_t oldest, newest;                   /* versions under the magic REDIS that it loads */
    uint32_t valkey, valkey_newest;            /* under VALKEY; 0: none */
    const char *types, *opcodes;               /* that it knows */
    const char *valkey_types, *valkey_opcodes; /* and under the magic VALKEY alone; NULL: no others */
} server_row;

/* All rows, the oldest first in each kind; a Sidekiq is none. */
const server_row *servers(size_t *count);

/* The row that the target is, with what `relaxed` adds; of a Sidekiq there is none: false. */
bool server_of(const rk_target *target, server_row *row);

/* True when the words list the number. */
bool server_lists(const char *words, uint32_t number);

/* What a Sidekiq runs on. */
typedef struct {
    unsigned major, minor;
    unsigned redis_major, redis_minor;
    const char *redis, *others; /* "7.0"; "Valkey 7.2, Dragonfly 1.27", NULL: none is named */
} sidekiq_row;
const sidekiq_row *sidekiq_of(const rk_target *target);

#endif
