/* log: commands in memory for the tests of this room, and what a reader says about them as one text. */
#ifndef RDBKIT_TESTS_AOF_LOG_H
#define RDBKIT_TESTS_AOF_LOG_H

#include "../unit.h"
#include "rdbkit/aof.h"

/* Adds a command of the words in `words`, with blanks between them. */
static inline void log_add(rk_buf *log, const char *words)
{
    rk_err err = { 0 };
    size_t argc = 1;
    for (const char *at = words; *at; at++)
        argc += *at == ' ';
    rk_buf_printf(log, &err, "*%zu\r\n", argc);
    for (const char *at = words;; at++) {
        size_t len = strcspn(at, " ");
        rk_buf_printf(log, &err, "$%zu\r\n%.*s\r\n", len, (int)len, at);
        at += len;
        if (!*at)
            break;
    }
    CU_ASSERT_EQUAL_FATAL(err.code, RK_OK);
}

static inline void log_raw(rk_buf *log, rk_slice bytes)
{
    rk_err err = { 0 };
    CU_ASSERT_TRUE_FATAL(rk_buf_add(log, bytes, &err));
}

/* A line for each command, failure and place where reading goes on, into `out`. With `goes_on`, failures are passed
 * over. The reader is closed. */
static inline void log_tell_all(rk_aof *aof, bool goes_on, rk_buf *out)
{
    rk_err err = { 0 }, none = { 0 };
    rk_aof_command c;
    uint64_t from, to;
    char shown[64], sentence[900];
    CU_ASSERT_PTR_NOT_NULL_FATAL(aof);
    for (bool more = true; more;) {
        while (rk_aof_next(aof, &c, &err)) {
            rk_buf_printf(out, &none, "%s%" PRIu64 " @%" PRIu64 "-%" PRIu64, c.in_multi ? "in " : "",
                          c.number, c.offset, c.end);
            for (size_t i = 0; i < c.argc && i < 5; i++)
                rk_buf_printf(out, &none, " %s", rk_slice_print(c.args[i], shown, sizeof shown));
            if (c.time_s >= 0)
                rk_buf_printf(out, &none, " at %" PRId64, c.time_s);
            rk_buf_printf(out, &none, "\n");
        }
        more = goes_on && err.code != RK_OK;
        if (err.code != RK_OK)
            rk_buf_printf(out, &none, "%s%s, good %" PRIu64 "%s\n",
                          err.code == RK_TRUNCATED ? "cut: " : "bad: ",
                          rk_err_sentence(&err, sentence, sizeof sentence), rk_aof_good(aof),
                          rk_aof_in_open_multi(aof) ? ", open" : "");
        err = none;
        if (more && (more = rk_aof_resume(aof, &from, &to, &err), true))
            rk_buf_printf(out, &none, "%s %" PRIu64 "-%" PRIu64 "%s%s\n", more ? "passed" : "rest", from, to,
                          err.code == RK_OK ? "" : ": ", err.what);
    }
    rk_aof_close(aof);
    CU_ASSERT_EQUAL(none.code, RK_OK);
}

static inline const char *log_tell(rk_slice bytes, size_t step, bool goes_on, rk_buf *out)
{
    rk_err err = { 0 };
    rk_source *source = rk_source_memory(bytes, step, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(source);
    out->len = 0;
    log_tell_all(rk_aof_open(source, &err), goes_on, out);
    rk_source_close(source);
    rk_buf_add(out, BYTES("\0"), &err);
    return (const char *)out->ptr;
}

/* Compares what is told in steps of any size with `want`. */
static inline void log_expect(rk_slice bytes, bool goes_on, const char *want)
{
    static const size_t steps[] = { 0, 1, 2, 3, 7, 64 };
    rk_buf out = { 0 };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const char *told = log_tell(bytes, steps[i], goes_on, &out);
        CU_ASSERT_STRING_EQUAL(told, want);
        if (strcmp(told, want) != 0) {
            printf("# step %zu, wanted:\n%s# told:\n%s", steps[i], want, told);
            break;
        }
    }
    rk_buf_free(&out);
}

#endif
