/* typed: a log of commands as a person types them (see replayed.h), as a file that has a name while it is there. */
#ifndef RDBKIT_TESTS_TYPED_H
#define RDBKIT_TESTS_TYPED_H

#include <sys/mman.h>
#include <unistd.h>

#include "rdbkit/aoflog.h"

#include "../keyspace/replayed.h"

typedef struct {
    int fd;
    char path[64];
} typed_log;

static inline typed_log typed_bytes(rk_slice bytes)
{
    typed_log log;
    log.fd = memfd_create("log", 0);
    CU_ASSERT_FATAL(log.fd >= 0 && write(log.fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len);
    snprintf(log.path, sizeof log.path, "/proc/self/fd/%d", log.fd);
    return log;
}

static inline typed_log typed(const char *commands)
{
    rk_buf resp = { 0 };
    rk_err err = { 0 };
    replayed_resp(commands, &resp, &err);
    typed_log log = typed_bytes(rk_buf_slice(&resp));
    rk_buf_free(&resp);
    return log;
}

static inline void typed_close(typed_log *log)
{
    close(log->fd);
}

/* A job's payload, as a word of a typed command. */
#define JOB(jid) "\"{\\\"class\\\":\\\"A\\\",\\\"args\\\":[],\\\"jid\\\":\\\"" jid "\\\"}\""

/* Compares a text with what is wanted, and shows both where they differ. */
static inline void typed_is(const rk_buf *text, const char *wanted)
{
    bool same = text->len == strlen(wanted) && memcmp(rk_buf_slice(text).ptr, wanted, text->len) == 0;
    if (!same)
        printf("# got    %.*s\n# wanted %s\n", (int)text->len, (const char *)rk_buf_slice(text).ptr, wanted);
    CU_ASSERT(same);
}

#endif
