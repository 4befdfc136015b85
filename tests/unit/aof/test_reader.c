/* test_reader: the framing of commands, annotations and transactions; every way in which bytes can be no command. */
#include "log.h"
#include "rdbkit/rdb.h"

static void commands_are_yielded_as_they_lie(void)
{
    log_expect(BYTES("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$5\r\nlpush\r\n$1\r\nq\r\n$4\r\na\r\n\n\r\n"),
               false, "1 @0-23 SELECT 0\n2 @23-55 lpush q a\\x0d\\x0a\\x0a\n");
    log_expect(BYTES("*0001\r\n$000000000000000000000000000000000000000000000000000000000004\r\nPING\r\n"),
               false, "1 @0-76 PING\n");
    log_expect(BYTES("*2\r\n$3\r\nDEL\r\n$0\r\n\r\n"), false, "1 @0-19 DEL \n");
    log_expect(BYTES(""), false, "");
}

static void verbs_offsets_and_arguments_belong_to_each_other(void)
{
    rk_slice bytes =
        BYTES("*1\r\n$4\r\nping\r\n*3\r\n$3\r\nSeT\r\n$1\r\nk\r\n$2\r\nv\0\r\n*1\r\n$5\r\nNOCMD\r\n");
    rk_err err = { 0 };
    rk_aof_command c;
    rk_source *source = rk_source_memory(bytes, 1, &err);
    rk_aof *aof = rk_aof_open(source, &err);
    CU_ASSERT_TRUE_FATAL(rk_aof_next(aof, &c, &err));
    CU_ASSERT_EQUAL(c.verb, RK_VERB_PING);
    CU_ASSERT_TRUE_FATAL(rk_aof_next(aof, &c, &err));
    CU_ASSERT_EQUAL(c.verb, RK_VERB_SET);
    CU_ASSERT_EQUAL(c.argc, 3);
    CU_ASSERT_EQUAL(rk_aof_good(aof), c.end);
    CU_ASSERT_TRUE(rk_slice_is(c.args[2], BYTES("v\0")));
    for (size_t i = 0; i < c.argc; i++)
        CU_ASSERT_EQUAL(memcmp(bytes.ptr + c.offsets[i], c.args[i].ptr, c.args[i].len), 0);
    CU_ASSERT_TRUE_FATAL(rk_aof_next(aof, &c, &err));
    CU_ASSERT_EQUAL(c.verb, RK_VERB_UNKNOWN);
    CU_ASSERT_FALSE(rk_aof_next(aof, &c, &err));
    CU_ASSERT_EQUAL(err.code, RK_OK);
    CU_ASSERT_FALSE(rk_aof_next(aof, &c, &err));
    CU_ASSERT_EQUAL(err.code, RK_OK);
    rk_aof_close(aof);
    rk_source_close(source);
}

/* What stands behind `*1 $4 PING` (14 bytes), and what is said about it. */
static const struct {
    const char *name;
    rk_slice bytes;
    const char *what;
} bad[] = {
    { "no star", BYTES("PING\r\n"),
      "bad: cannot read memory: a command begins with 'P', not with '*' (command 2, byte 14)" },
    { "a blank line", BYTES("\r\n"),
      "bad: cannot read memory: a command begins with '\\x0d', not with '*' (command 2, byte 14)" },
    { "no count", BYTES("*\r\n"),
      "bad: cannot read memory: the count of arguments has no digits (command 2, byte 15)" },
    { "count 0", BYTES("*0\r\n"), "bad: cannot read memory: a command of 0 arguments (command 2, byte 15)" },
    { "a sign", BYTES("*-1\r\n"),
      "bad: cannot read memory: '-' in the count of arguments (command 2, byte 15)" },
    { "another sign", BYTES("*+1\r\n"),
      "bad: cannot read memory: '+' in the count of arguments (command 2, byte 15)" },
    { "a blank", BYTES("* 1\r\n"),
      "bad: cannot read memory: ' ' in the count of arguments (command 2, byte 15)" },
    { "junk", BYTES("*1x\r\n"),
      "bad: cannot read memory: 'x' in the count of arguments (command 2, byte 16)" },
    { "no CR", BYTES("*1\n$4\r\nPING\r\n"),
      "bad: cannot read memory: '\\x0a' in the count of arguments (command 2, byte 16)" },
    { "no LF", BYTES("*1\r$4\r\nPING\r\n"),
      "bad: cannot read memory: '$' in the count of arguments (command 2, byte 17)" },
    { "a digit behind CR", BYTES("*1\r4\nPING\r\n"),
      "bad: cannot read memory: '4' in the count of arguments (command 2, byte 17)" },
    { "64 bits", BYTES("*9223372036854775808\r\n"),
      "bad: cannot read memory: the count of arguments does not fit into 63 bits (command 2, byte 33)" },
    { "a long line", BYTES("*0000000000000000000000000000000000000000000000000000000000000000001\r\n"),
      "bad: cannot read memory: the count of arguments takes more than 64 bytes (command 2, byte 77)" },
    { "no dollar", BYTES("*1\r\n*4\r\nPING\r\n"),
      "bad: cannot read memory: argument 1 of 1 begins with '*', not with '$' (command 2, byte 18)" },
    { "no length", BYTES("*1\r\n$\r\nPING\r\n"),
      "bad: cannot read memory: the length of argument 1 of 1 has no digits (command 2, byte 19)" },
    { "a null", BYTES("*2\r\n$3\r\nGET\r\n$-1\r\n"),
      "bad: cannot read memory: '-' in the length of argument 2 of 2 (command 2 'GET', byte 28)" },
    { "a short length", BYTES("*2\r\n$3\r\nGET\r\n$2\r\nabc\r\n"),
      "bad: cannot read memory: behind argument 2 of 2, of 2 bytes, stands 'c\\x0d', not CR LF (command 2 "
      "'GET', byte 33)" },
    { "no LF behind", BYTES("*2\r\n$3\r\nGET\r\n$2\r\nab\rc\n"),
      "bad: cannot read memory: behind argument 2 of 2, of 2 bytes, stands '\\x0dc', not CR LF (command 2 "
      "'GET', byte 34)" },
    { "too few arguments", BYTES("*3\r\n$3\r\nGET\r\n$2\r\nab\r\n*1\r\n"),
      "bad: cannot read memory: argument 3 of 3 begins with '*', not with '$' (command 2 'GET', byte 35)" },
    { "too many arguments", BYTES("*1\r\n$4\r\nPING\r\n$2\r\nab\r\n"),
      "2 @14-28 PING\nbad: cannot read memory: a command begins with '$', not with '*' (command 3, byte "
      "28)" },
    { "zeros", BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
      "bad: cannot read memory: 19 zeros up to the end of the file (command 2, byte 14)" },
    { "one zero", BYTES("\0"),
      "bad: cannot read memory: 1 zero up to the end of the file (command 2, byte 14)" },
    { "zeros, then none", BYTES("\0\0\0\0\0\0\0\0\0\0\0x"),
      "bad: cannot read memory: a command begins with '\\x00', not with '*' (command 2, byte 14)" },
    { "zeros in a value", BYTES("*2\r\n$3\r\nGET\r\n$4\r\na\0\0\0\0\0\0\0\0\0"),
      "bad: cannot read memory: 9 zeros up to the end of the file (command 2 'GET', byte 32)" },
    { "zeros in a header", BYTES("*2\r\n$3\r\nGET\r\n$\0\0\0\0"),
      "bad: cannot read memory: 4 zeros up to the end of the file (command 2 'GET', byte 28)" },
};

static void what_is_no_command_is_told_with_its_place(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char want[400];
        rk_buf log = { 0 };
        log_add(&log, "PING");
        log_raw(&log, bad[i].bytes);
        snprintf(want, sizeof want, "1 @0-14 PING\n%s, good %d\n", bad[i].what,
                 strcmp(bad[i].name, "too many arguments") == 0 ? 28 : 14);
        log_expect(rk_buf_slice(&log), false, want);
        rk_buf_free(&log);
    }
}

/* Cut off at every place, a file is truncated: what is whole is yielded, and nothing else. */
static void a_file_cut_anywhere_is_truncated(void)
{
    rk_buf log = { 0 }, out = { 0 };
    size_t ends[16], count = 0;
    static const char *const commands[] = { "SELECT 0", "SADD queues default", "LPUSH queue:default {}",
                                            "DEL x" };
    for (size_t i = 0; i < 4; i++) {
        if (i == 2)
            log_raw(&log, BYTES("#TS:1700000000\r\n"));
        log_add(&log, commands[i]);
        ends[count++] = log.len;
    }
    for (size_t len = 0; len <= log.len; len++) {
        size_t whole = 0, lines = 0, good = 0;
        for (size_t i = 0; i < count; i++)
            if (ends[i] <= len) {
                whole++;
                good = ends[i];
            }
        const char *told = log_tell((rk_slice){ log.ptr, len }, len % 3, false, &out);
        for (const char *at = told; *at; at++)
            lines += *at == '\n';
        bool at_end = good == len || (whole == 2 && len == good + 16);
        CU_ASSERT_EQUAL(lines, whole + !at_end);
        CU_ASSERT_EQUAL(strstr(told, "cut: ") != NULL, !at_end);
        CU_ASSERT_PTR_NULL(strstr(told, "bad: "));
        char want[40];
        snprintf(want, sizeof want, ", good %zu\n", good);
        CU_ASSERT_TRUE(at_end || strstr(told, want));
    }
    rk_buf_free(&log);
    rk_buf_free(&out);
}

static void a_file_that_ends_too_early_says_where(void)
{
    log_expect(
        BYTES("*2\r\n$3\r\nGET\r\n$600\r\nabc\r"), false,
        "cut: cannot read memory: argument 2 of 2 takes 600 bytes and CR LF, 4 remain (command 1 'GET', "
        "byte 19), good 0\n");
    log_expect(
        BYTES("*2\r\n$3\r\nGET\r\n$6"), false,
        "cut: cannot read memory: the file ends in the length of argument 2 of 2 (command 1 'GET', byte 13), "
        "good 0\n");
    log_expect(
        BYTES("*2\r\n$3\r\nGET\r\n"), false,
        "cut: cannot read memory: the file ends in the length of argument 2 of 2 (command 1 'GET', byte 13), "
        "good 0\n");
    log_expect(BYTES("#TS:17000"), false,
               "cut: cannot read memory: the file ends in an annotation (byte 0), good 0\n");
}

static void annotations_tell_the_time(void)
{
    rk_err err = { 0 };
    rk_aof_command c;
    rk_slice bytes =
        BYTES("#TS:100\r\n#!something\n#TS:1x\r\n#TS:\r\n#TS:-5\r\n*1\r\n$4\r\nPING\r\n#TS:99\r\n#TS:120\n");
    rk_source *source = rk_source_memory(bytes, 1, &err);
    rk_aof *aof = rk_aof_open(source, &err);
    CU_ASSERT_EQUAL(rk_aof_times_of(aof).first_s, -1);
    CU_ASSERT_EQUAL(rk_aof_times_of(aof).last_s, -1);
    CU_ASSERT_TRUE_FATAL(rk_aof_next(aof, &c, &err));
    CU_ASSERT_EQUAL(c.time_s, 100);
    CU_ASSERT_EQUAL(c.number, 1);
    CU_ASSERT_FALSE(rk_aof_times_of(aof).stepped_back);
    CU_ASSERT_FALSE(rk_aof_next(aof, &c, &err));
    rk_aof_times times = rk_aof_times_of(aof);
    CU_ASSERT_EQUAL(err.code, RK_OK);
    CU_ASSERT_EQUAL(times.first_s, 100);
    CU_ASSERT_EQUAL(times.last_s, 120);
    CU_ASSERT_EQUAL(times.count, 3);
    CU_ASSERT_TRUE(times.stepped_back);
    rk_aof_close(aof);
    rk_source_close(source);
}

static void an_annotation_ends_within_1024_bytes(void)
{
    char line[2000];
    memset(line, 'x', sizeof line);
    line[0] = '#';
    line[1023] = '\n';
    log_expect((rk_slice){ (const uint8_t *)line, 1024 }, false, "");
    line[1023] = 'x';
    line[1024] = '\n';
    log_expect((rk_slice){ (const uint8_t *)line, 1025 }, false,
               "bad: cannot read memory: an annotation takes more than 1024 bytes (byte 0), good 0\n");
}

static void a_transaction_is_yielded_whole(void)
{
    rk_buf log = { 0 };
    log_add(&log, "PING");
    log_add(&log, "multi");
    log_raw(&log, BYTES("#TS:5\r\n"));
    log_add(&log, "SET a b");
    log_add(&log, "Exec");
    log_add(&log, "PING");
    log_expect(rk_buf_slice(&log), false,
               "1 @0-14 PING\nin 2 @14-29 multi\nin 3 @36-63 SET a b at 5\nin 4 @63-77 Exec at 5\n"
               "5 @77-91 PING at 5\n");
    rk_buf_free(&log);
}

static void an_open_transaction_yields_nothing(void)
{
    rk_buf log = { 0 };
    log_add(&log, "PING");
    log_add(&log, "MULTI");
    log_add(&log, "SET a b");
    log_expect(
        rk_buf_slice(&log), false,
        "1 @0-14 PING\ncut: cannot read memory: no EXEC follows on the MULTI at byte 14 (command 2 'MULTI', "
        "byte 56), good 14, open\n");
    log_raw(&log, BYTES("*1\r\n$4\r\nEXE"));
    log_expect(rk_buf_slice(&log), false,
               "1 @0-14 PING\ncut: cannot read memory: argument 1 of 1 takes 4 bytes and CR LF, 3 remain "
               "(command 4, "
               "byte 64), good 14, open\n");
    rk_buf_free(&log);
}

static void transactions_do_not_nest(void)
{
    rk_buf log = { 0 };
    log_add(&log, "PING");
    log_add(&log, "MULTI");
    log_add(&log, "SET a b");
    log_add(&log, "MULTI");
    log_add(&log, "EXEC");
    log_add(&log, "EXEC");
    log_add(&log, "PING");
    log_expect(
        rk_buf_slice(&log), true,
        "1 @0-14 PING\nbad: cannot read memory: a MULTI in the transaction that began at byte 14 (command 4 "
        "'MULTI', byte 56), good 14, open\npassed 14-56\nin 2 @56-71 MULTI\nin 3 @71-85 EXEC\n"
        "bad: cannot read memory: an EXEC without a MULTI (command 4 'EXEC', byte 85), good 85\n"
        "passed 85-99\n4 @99-113 PING\n");
    rk_buf_free(&log);
}

/* Numbers as they are announced are never taken as sizes. */
static void huge_numbers_allocate_nothing(void)
{
    static const rk_slice logs[] = {
        BYTES("*1000000000\r\n$3\r\nDEL\r\n$1\r\na\r\n"),
        BYTES("*9223372036854775807\r\n$3\r\nDEL\r\n$1\r\na\r\n"),
        BYTES("*2\r\n$3\r\nDEL\r\n$9223372036854775807\r\na\r\n"),
        BYTES("*2\r\n$3\r\nDEL\r\n$99999999999\r\na\r\n"),
    };
    rk_buf out = { 0 };
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        rk_alloc_largest();
        const char *told = log_tell(logs[i], 1, true, &out);
        CU_ASSERT_PTR_NOT_NULL(strstr(told, "cut: "));
        CU_ASSERT_TRUE(rk_alloc_largest() <= 256 * 1024);
    }
    rk_buf_free(&out);
}

static void arguments_by_the_thousand_and_large_ones_are_whole(void)
{
    enum { MANY = 50 * 1000, LARGE = 700 * 1000 };
    rk_err err = { 0 };
    rk_buf log = { 0 };
    rk_aof_command c;
    rk_buf_printf(&log, &err, "*%d\r\n$3\r\nDEL\r\n", MANY + 1);
    for (int i = 0; i < MANY; i++)
        rk_buf_printf(&log, &err, "$5\r\n%05d\r\n", i);
    rk_buf_printf(&log, &err, "*2\r\n$3\r\nDEL\r\n$%d\r\n", LARGE);
    for (int i = 0; i < LARGE / 4; i++)
        rk_buf_add(&log, BYTES("\r\n*1"), &err);
    rk_buf_printf(&log, &err, "\r\n");
    rk_source *source = rk_source_memory(rk_buf_slice(&log), 4096, &err);
    rk_aof *aof = rk_aof_open(source, &err);
    CU_ASSERT_TRUE_FATAL(rk_aof_next(aof, &c, &err));
    CU_ASSERT_EQUAL_FATAL(c.argc, MANY + 1);
    for (int i = 0; i < MANY; i++)
        CU_ASSERT_EQUAL_FATAL(atoi((const char *)c.args[i + 1].ptr), i);
    CU_ASSERT_TRUE_FATAL(rk_aof_next(aof, &c, &err));
    CU_ASSERT_EQUAL(c.args[1].len, LARGE);
    CU_ASSERT_EQUAL(memcmp(c.args[1].ptr, log.ptr + c.offsets[1], LARGE), 0);
    CU_ASSERT_FALSE(rk_aof_next(aof, &c, &err));
    CU_ASSERT_EQUAL(err.code, RK_OK);
    rk_aof_close(aof);
    rk_source_close(source);
    rk_buf_free(&log);
}

static void a_window_is_taken_over_in_the_middle(void)
{
    rk_err err = { 0 };
    rk_window window;
    rk_buf out = { 0 };
    rk_source *source = rk_source_memory(BYTES("snapshot*1\r\n$4\r\nPING\r\nx"), 1, &err);
    CU_ASSERT_TRUE_FATAL(rk_window_open(&window, source, &err));
    CU_ASSERT_TRUE_FATAL(rk_window_skip(&window, 8, "a snapshot", &err));
    rk_aof *aof = rk_aof_open_behind(&window, &err);
    CU_ASSERT_PTR_NULL(window.buf);
    CU_ASSERT_EQUAL(rk_aof_good(aof), 8);
    log_tell_all(aof, false, &out);
    rk_buf_add(&out, BYTES("\0"), &err);
    CU_ASSERT_STRING_EQUAL((const char *)out.ptr,
                           "1 @8-22 PING\nbad: cannot read memory: a command begins with 'x', not with '*' "
                           "(command 2, byte 22), good 22\n");
    CU_ASSERT_TRUE_FATAL(rk_window_open(&window, source, &err));
    rk_alloc_fail_after(0);
    CU_ASSERT_PTR_NULL(rk_aof_open_behind(&window, &err));
    rk_alloc_fail_after(-1);
    CU_ASSERT_EQUAL(err.code, RK_NO_MEMORY);
    CU_ASSERT_PTR_NULL(window.buf);
    rk_source_close(source);
    rk_buf_free(&out);
}

static void commands_behind_a_snapshot_are_read_on(void)
{
    rk_err err = { 0 };
    rk_window window;
    rk_record record = { 0 };
    rk_buf out = { 0 };
    rk_source *source = rk_source_memory(BYTES("REDIS0009\377\0\0\0\0\0\0\0\0*1\r\n$4\r\nPING\r\n"), 1, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err);
    while (record.kind != RK_RECORD_END)
        CU_ASSERT_TRUE_FATAL(rk_rdb_next(rdb, &record, &err));
    rk_rdb_hand_over(rdb, &window);
    CU_ASSERT_EQUAL(rk_window_offset(&window), 18);
    rk_rdb_close(rdb);
    log_tell_all(rk_aof_open_behind(&window, &err), false, &out);
    CU_ASSERT_TRUE(rk_slice_is(rk_buf_slice(&out), BYTES("1 @18-32 PING\n")));
    rk_source_close(source);
    rk_buf_free(&out);
}

/* Reads all, going on behind damage. */
static rk_code read_all(rk_source *source, uint64_t *count)
{
    rk_err err = { 0 };
    rk_aof_command c;
    uint64_t from, to;
    rk_aof *aof = rk_aof_open(source, &err);
    bool more = aof != NULL;
    for (*count = 0; more;) {
        while (rk_aof_next(aof, &c, &err))
            ++*count;
        more = err.code == RK_DAMAGED || err.code == RK_TRUNCATED;
        if (more) {
            err = (rk_err){ 0 };
            more = rk_aof_resume(aof, &from, &to, &err);
        }
    }
    rk_aof_close(aof);
    return err.code;
}

static void each_allocation_may_fail(void)
{
    rk_err err = { 0 };
    rk_buf log = { 0 };
    uint64_t whole, count;
    for (int i = 0; i < 3; i++) {
        rk_buf_printf(&log, &err, "*2\r\n$3\r\nDEL\r\n$%d\r\n%*d\r\n", 300 * 1000, 300 * 1000, i);
        log_add(&log, "DEL 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20");
        log_add(&log, "MULTI");
        log_add(&log, "EXEC");
        log_raw(&log, BYTES("*3\r\n"));
    }
    rk_source *source = rk_source_memory(rk_buf_slice(&log), 0, &err);
    CU_ASSERT_EQUAL(read_all(source, &whole), RK_OK);
    rk_source_close(source);
    CU_ASSERT_EQUAL(whole, 12);
    rk_code code = RK_NO_MEMORY;
    for (int64_t n = 0; code == RK_NO_MEMORY && n < 100; n++) {
        source = rk_source_memory(rk_buf_slice(&log), 0, &err);
        rk_alloc_fail_after(n);
        code = read_all(source, &count);
        rk_alloc_fail_after(-1);
        CU_ASSERT_TRUE(code == RK_OK ? count == whole : code == RK_NO_MEMORY && count < whole);
        rk_source_close(source);
    }
    CU_ASSERT_EQUAL(code, RK_OK);
    rk_buf_free(&log);
}

UNIT_MAIN("aof reader", { "commands are yielded as they lie", commands_are_yielded_as_they_lie },
          { "verbs, offsets and arguments belong to each other",
            verbs_offsets_and_arguments_belong_to_each_other },
          { "what is no command is told with its place", what_is_no_command_is_told_with_its_place },
          { "a file cut anywhere is truncated", a_file_cut_anywhere_is_truncated },
          { "a file that ends too early says where", a_file_that_ends_too_early_says_where },
          { "annotations tell the time", annotations_tell_the_time },
          { "an annotation ends within 1024 bytes", an_annotation_ends_within_1024_bytes },
          { "a transaction is yielded whole", a_transaction_is_yielded_whole },
          { "an open transaction yields nothing", an_open_transaction_yields_nothing },
          { "transactions do not nest", transactions_do_not_nest },
          { "huge numbers allocate nothing", huge_numbers_allocate_nothing },
          { "arguments by the thousand and large ones are whole",
            arguments_by_the_thousand_and_large_ones_are_whole },
          { "a window is taken over in the middle", a_window_is_taken_over_in_the_middle },
          { "commands behind a snapshot are read on", commands_behind_a_snapshot_are_read_on },
          { "each allocation may fail", each_allocation_may_fail })
