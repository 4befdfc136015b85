/* test_resume: where commands go on behind what is broken, and what is not taken for commands. */
#include "log.h"

enum { MOST = 8 };

/* Commands and raw bytes (those that begin with '=') one after the other, and what is told of them. */
static const struct {
    const char *name;
    const char *parts[MOST];
    const char *want;
} rows[] = {
    { "noise between commands",
      { "PING", "=noise", "DEL a" },
      "1 @0-14 PING\nbad: cannot read memory: a command begins with 'n', not with '*' (command 2, byte 14), "
      "good 14\n"
      "passed 14-19\n2 @19-39 DEL a\n" },
    { "noise up to the end",
      { "PING", "=noise" },
      "1 @0-14 PING\nbad: cannot read memory: a command begins with 'n', not with '*' (command 2, byte 14), "
      "good 14\n"
      "rest 14-19\n" },
    { "a missing CR LF",
      { "PING", "=*2\r\n$3\r\nDEL\r\n$1\r\na", "DEL b", "DEL c" },
      "1 @0-14 PING\nbad: cannot read memory: behind argument 2 of 2, of 1 bytes, stands '*2', not CR LF "
      "(command 2 "
      "'DEL', byte 32), good 14\npassed 14-32\n2 @32-52 DEL b\n3 @52-72 DEL c\n" },
    { "a missing CR LF before the last command",
      { "=*2\r\n$3\r\nDEL\r\n$1\r\na", "DEL b" },
      "bad: cannot read memory: behind argument 2 of 2, of 1 bytes, stands '*2', not CR LF (command 1 'DEL', "
      "byte 18), "
      "good 0\npassed 0-18\n1 @18-38 DEL b\n" },
    { "a lost header",
      { "PING", "=$3\r\nDEL\r\n$1\r\na\r\n", "DEL b" },
      "1 @0-14 PING\nbad: cannot read memory: a command begins with '$', not with '*' (command 2, byte 14), "
      "good 14\n"
      "passed 14-30\n2 @30-50 DEL b\n" },
    { "a length that is too large",
      { "=*2\r\n$3\r\nDEL\r\n$900\r\na\r\n", "DEL b" },
      "cut: cannot read memory: argument 2 of 2 takes 900 bytes and CR LF, 23 remain (command 1 'DEL', byte "
      "19), good 0\n"
      "passed 0-22\n1 @22-42 DEL b\n" },
    { "commands in a value whose header is whole",
      { "=*3\r\nx3\r\nSET\r\n$1\r\nk\r\n$48\r\n*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nDEL\r\n$1\r\nx\r\n*1\r\n$"
        "4\r\nPING\r\n\r\n",
        "DEL b" },
      "bad: cannot read memory: argument 1 of 3 begins with 'x', not with '$' (command 1, byte 4), good 0\n"
      "passed 0-75\n1 @75-95 DEL b\n" },
    { "commands in a value whose header is lost",
      { "=*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4x\r\n*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nDEL\r\n$1\r\nx\r\n*1\r\n$"
        "4\r\nPING\r\n\r\n",
        "DEL b" },
      "bad: cannot read memory: 'x' in the length of argument 3 of 3 (command 1 'SET', byte 22), good 0\n"
      "passed 0-75\n1 @75-95 DEL b\n" },
    { "one command in a value whose header is lost",
      { "=*2\r\n$3\r\nDEL\r\n$x\r\n*1\r\n$4\r\nPING\r\n\r\n", "DEL b" },
      "bad: cannot read memory: 'x' in the length of argument 2 of 2 (command 1 'DEL', byte 14), good 0\n"
      "passed 0-33\n1 @33-53 DEL b\n" },
    { "an unknown command is not believed, one with too few arguments neither",
      { "=x", "NOCMD a", "SET k", "DEL b" },
      "bad: cannot read memory: a command begins with 'x', not with '*' (command 1, byte 0), good 0\n"
      "passed 0-43\n1 @43-63 DEL b\n" },
    { "an annotation is kept",
      { "=x\r\n#TS:77\r\n", "DEL b" },
      "bad: cannot read memory: a command begins with 'x', not with '*' (command 1, byte 0), good 0\n"
      "passed 0-3\n1 @11-31 DEL b at 77\n" },
    { "a transaction is passed over whole",
      { "MULTI", "DEL a", "=x", "DEL b", "EXEC", "DEL c" },
      "bad: cannot read memory: a command begins with 'x', not with '*' (command 3, byte 35), good 0, open\n"
      "passed 0-70\n1 @70-90 DEL c\n" },
    { "a transaction without its EXEC ends before the next one",
      { "MULTI", "DEL a", "=x", "DEL b", "MULTI", "DEL c", "EXEC" },
      "bad: cannot read memory: a command begins with 'x', not with '*' (command 3, byte 35), good 0, open\n"
      "passed 0-56\nin 1 @56-71 MULTI\nin 2 @71-91 DEL c\nin 3 @91-105 EXEC\n" },
    { "a transaction that is broken twice",
      { "MULTI", "=x", "DEL b", "=x", "DEL c", "EXEC", "DEL d" },
      "bad: cannot read memory: a command begins with 'x', not with '*' (command 2, byte 15), good 0, open\n"
      "passed 0-71\n1 @71-91 DEL d\n" },
    { "a transaction whose MULTI is lost",
      { "PING", "=*1\r\n$5\r\nMxLTI\r", "DEL b", "EXEC", "DEL c" },
      "1 @0-14 PING\nbad: cannot read memory: behind argument 1 of 1, of 5 bytes, stands '\\x0d*', not CR LF "
      "(command 2, "
      "byte 28), good 14\npassed 14-62\n2 @62-82 DEL c\n" },
    { "a broken transaction at the end",
      { "PING", "MULTI", "DEL a", "=x", "DEL b" },
      "1 @0-14 PING\nbad: cannot read memory: a command begins with 'x', not with '*' (command 4, byte 49), "
      "good 14, "
      "open\nrest 14-70\n" },
    { "zeros in the middle",
      { "PING", "=@@@@@@@@", "DEL b" }, /* '@' becomes a zero */
      "1 @0-14 PING\nbad: cannot read memory: a command begins with '\\x00', not with '*' (command 2, byte "
      "14), good 14\n"
      "passed 14-22\n2 @22-42 DEL b\n" },
};

static void reading_goes_on_where_commands_do(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_buf log = { 0 };
        for (size_t p = 0; p < MOST && rows[i].parts[p]; p++) {
            const char *part = rows[i].parts[p];
            if (*part == '=')
                log_raw(&log, rk_slice_of(part + 1));
            else
                log_add(&log, part);
        }
        for (size_t at = 0; at < log.len; at++)
            log.ptr[at] = log.ptr[at] == '@' ? 0 : log.ptr[at];
        unsigned failures = CU_get_number_of_failures();
        log_expect(rk_buf_slice(&log), true, rows[i].want);
        if (CU_get_number_of_failures() > failures)
            printf("# in: %s\n", rows[i].name);
        rk_buf_free(&log);
    }
}

static void there_is_nothing_to_go_on_from_without_a_failure(void)
{
    rk_err err = { 0 };
    uint64_t from, to;
    rk_source *source = rk_source_memory(BYTES("*1\r\n$4\r\nPING\r\n"), 0, &err);
    rk_aof *aof = rk_aof_open(source, &err);
    CU_ASSERT_FALSE(rk_aof_resume(aof, &from, &to, &err));
    CU_ASSERT_EQUAL(err.code, RK_USAGE);
    rk_aof_close(aof);
    rk_source_close(source);
}

/* Reads all, going on behind damage; the code at the end. */
static rk_code pass_all(const rk_buf *log)
{
    rk_err err = { 0 };
    rk_aof_command c;
    uint64_t from, to;
    rk_source *source = rk_source_memory(rk_buf_slice(log), 65536, &err);
    rk_aof *aof = rk_aof_open(source, &err);
    for (bool more = true; more;) {
        while (rk_aof_next(aof, &c, &err))
            ;
        more = err.code != RK_OK;
        err = (rk_err){ 0 };
        more = more && rk_aof_resume(aof, &from, &to, &err);
    }
    rk_aof_close(aof);
    rk_source_close(source);
    return err.code;
}

enum { HALF = 4 * 1024 * 1024, SIZE = 2 * HALF };

static void fill_up(rk_buf *log, size_t len, char byte)
{
    rk_err err = { 0 };
    rk_buf_reserve(log, len, &err);
    memset(log->ptr + log->len, byte, len - log->len);
    log->len = len;
}

/* None of these would come to an end if what one broken command has gone through were gone through again by each of
 * those that lie in it. */

static void zeros_behind_many_commands_are_looked_through_once(void)
{
    rk_err err = { 0 };
    rk_buf log = { 0 };
    while (log.len < HALF) /* each with a value that ends in the zeros */
        rk_buf_printf(&log, &err, "*2\r\n$3\r\nDEL\r\n$%zu\r\n*1\r\n$4\r\nPING\r\n",
                      HALF + HALF / 2 - log.len);
    fill_up(&log, SIZE, 0);
    log_raw(&log, BYTES("x"));
    CU_ASSERT_EQUAL(pass_all(&log), RK_OK);
    rk_buf_free(&log);
}

static void arguments_behind_many_commands_are_framed_a_few_times(void)
{
    enum { HEAD = 35 };
    rk_err err = { 0 };
    rk_buf log = { 0 };
    while (log.len <
           HALF) /* each with a value that ends where the arguments begin; they are too few for all */
        rk_buf_printf(&log, &err, "*99999999\r\n$3\r\nDEL\r\n$%012zu\r\n",
                      (size_t)HALF + 100 - log.len - HEAD);
    fill_up(&log, HALF + 100, '.');
    while (log.len < SIZE)
        rk_buf_printf(&log, &err, "\r\n$0\r\n");
    CU_ASSERT_EQUAL(pass_all(&log), RK_DAMAGED);
    rk_buf_free(&log);
}

static void bytes_that_many_commands_reach_ahead_for_are_not_moved_each_time(void)
{
    enum { HEAD = 14 + 13 + 10, LENGTH = HALF - HEAD - 2 };
    rk_err err = { 0 };
    rk_buf log = { 0 };
    while (log.len < SIZE) /* each with a value that ends just where the window does */
        rk_buf_printf(&log, &err, "*2\r\n$3\r\nDEL\r\n$%d\r\n*1\r\n$4\r\nPING\r\n", LENGTH);
    CU_ASSERT_EQUAL(pass_all(&log), RK_OK);
    rk_buf_free(&log);
}

UNIT_MAIN("aof resume", { "reading goes on where commands do", reading_goes_on_where_commands_do },
          { "there is nothing to go on from without a failure",
            there_is_nothing_to_go_on_from_without_a_failure },
          { "zeros behind many commands are looked through once",
            zeros_behind_many_commands_are_looked_through_once },
          { "arguments behind many commands are framed a few times",
            arguments_behind_many_commands_are_framed_a_few_times },
          { "bytes that many commands reach ahead for are not moved each time",
            bytes_that_many_commands_reach_ahead_for_are_not_moved_each_time })
