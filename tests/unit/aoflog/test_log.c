/* The commands of a log: which are in a range, what is counted, what is told of damage. */
#include "typed.h"

/* Names of the commands of a range, with their databases. */
static void names_of(const typed_log *log, const rk_aoflog_range *range, const char *wanted)
{
    rk_aoflog_entry entry;
    rk_buf text = { 0 };
    rk_err err = { 0 }, ignored = { 0 };
    rk_aoflog *walk = rk_aoflog_open(log->path, range, NULL, &err);
    while (walk && rk_aoflog_next(walk, &entry, &err))
        rk_buf_printf(&text, &ignored, "%s%.*s@%" PRIu32, text.len ? " " : "",
                      (int)entry.command->args[0].len, (const char *)entry.command->args[0].ptr, entry.db);
    if (err.code != RK_OK)
        rk_buf_printf(&text, &ignored, "%s", err.what);
    rk_aoflog_close(walk);
    typed_is(&text, wanted);
    rk_buf_free(&text);
}

static const char sample[] =
    "select 1; set a 1; #TS:100; del a; #TS:105; select 0; multi; set b 1; #TS:106; flushdb; exec; "
    "lpush l x";

static void range_of_moments(void)
{
    static const struct {
        const char *since, *until, *names;
    } rows[] = {
        { NULL, NULL, "select@1 set@1 del@1 select@0 multi@0 set@0 flushdb@0 exec@0 lpush@0" },
        { "100", NULL, "del@1 select@0 multi@0 set@0 flushdb@0 exec@0 lpush@0" },
        { "106", NULL, "lpush@0" }, /* the transaction began before */
        { NULL, "104", "select@1 set@1 del@1" },
        { NULL, "105", "select@1 set@1 del@1 select@0 multi@0 set@0 flushdb@0 exec@0" },
        { "before:FLUSHDB", NULL, "multi@0 set@0 flushdb@0 exec@0 lpush@0" },
        { NULL, "before:FLUSHDB", "select@1 set@1 del@1 select@0" },
        { "before:del", "before:lpush", "del@1 select@0 multi@0 set@0 flushdb@0 exec@0" },
        { "before:last:set", NULL, "multi@0 set@0 flushdb@0 exec@0 lpush@0" },
        { "offset:23", "offset:60", "set@1" },
        { "before:rename", NULL, "no command 'rename' is in the log" },
        { "offset:other.aof:3", NULL, "no file 'other.aof' belongs to the log" },
    };
    typed_log log = typed(sample);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_aoflog_range range = { 0 };
        rk_err err = { 0 };
        CU_ASSERT(!rows[i].since || rk_moment_parse(rows[i].since, &range.since, &err));
        CU_ASSERT(!rows[i].until || rk_moment_parse(rows[i].until, &range.until, &err));
        names_of(&log, &range, rows[i].names);
    }
    typed_close(&log);
}

static void range_of_names(void)
{
    uint32_t zero = 0;
    const char *names[] = { "SET", "flushDB" };
    typed_log log = typed(sample);
    names_of(&log, &(rk_aoflog_range){ .names = names, .name_count = 2 }, "set@1 set@0 flushdb@0");
    names_of(&log, &(rk_aoflog_range){ .dbs = &zero, .db_count = 1, .names = names, .name_count = 2 },
             "set@0 flushdb@0");
    typed_close(&log);
}

static void counts(void)
{
    rk_err err = { 0 };
    typed_log log =
        typed("#TS:100; select 0; lpush queue:a x; lpush queue:a y; #TS:160; del cache; del queue:a other; "
              "NOPE 1; json.set k . 1; nope 2; flushall; zremrangebyrank dead 0 -10; "
              "rename x queue:b; ltrim queue:b 0 5");
    rk_aoflog_counter *counter = rk_aoflog_count(log.path, NULL, NULL, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(counter);
    const rk_aoflog_counts *c = rk_aoflog_counts_of(counter);
    CU_ASSERT_EQUAL(c->all.commands, 12);
    CU_ASSERT_EQUAL(c->all.writes, 11);
    CU_ASSERT_EQUAL(c->all.first_s, 100);
    CU_ASSERT_EQUAL(c->all.last_s, 160);
    CU_ASSERT_EQUAL(c->times.total, 11);
    CU_ASSERT_DOUBLE_EQUAL(rk_timeline_sum(&c->times, 160, 161), 9, 1e-9);
    CU_ASSERT(rk_slice_is(c->names[0].name, RK_TEXT("NOPE")) || c->names[0].commands == 2);
    uint64_t commands = c->other_names, bytes = 0;
    for (size_t i = 0; i < c->name_count; i++) {
        commands += c->names[i].commands;
        bytes += c->names[i].bytes;
        CU_ASSERT(i == 0 || c->names[i].commands <= c->names[i - 1].commands);
    }
    CU_ASSERT_EQUAL(commands, c->all.commands);
    CU_ASSERT_EQUAL(bytes, c->all.bytes);
    CU_ASSERT_EQUAL_FATAL(c->suspect_count, 4); /* the dead set is cut by Sidekiq itself */
    CU_ASSERT(rk_slice_is(c->suspects[0].key, RK_TEXT("queue:a")));
    CU_ASSERT_EQUAL(c->suspects[0].spot.verb, RK_VERB_DEL);
    CU_ASSERT_EQUAL(c->suspects[0].spot.time_s, 160);
    CU_ASSERT_EQUAL(c->suspects[1].spot.verb, RK_VERB_FLUSHALL);
    CU_ASSERT(rk_slice_is(c->suspects[2].key, RK_TEXT("queue:b")));
    CU_ASSERT_EQUAL(c->suspects[3].spot.verb, RK_VERB_LTRIM);
    rk_aoflog_counter_free(counter);
    typed_close(&log);
}

/* What is told of the file's damage and end. */
static void told(rk_slice bytes, uint64_t commands, const char *gap, bool torn, bool open_multi,
                 uint64_t torn_bytes)
{
    rk_err err = { 0 };
    typed_log log = typed_bytes(bytes);
    rk_aoflog_counter *counter = rk_aoflog_count(log.path, NULL, NULL, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(counter);
    const rk_aoflog_info *info = rk_aoflog_counts_of(counter)->info;
    const rk_aoflog_file *f = &info->files[0];
    CU_ASSERT_EQUAL(f->commands, commands);
    CU_ASSERT_EQUAL(f->gap_count, gap ? 1 : 0);
    CU_ASSERT_EQUAL(info->damaged, gap != NULL);
    if (gap && f->gap_count == 1)
        CU_ASSERT_STRING_EQUAL(f->gaps[0].why.what, gap);
    CU_ASSERT_EQUAL(f->torn, torn);
    CU_ASSERT_EQUAL(f->open_multi, open_multi);
    CU_ASSERT_EQUAL(f->torn_bytes, torn_bytes);
    CU_ASSERT_EQUAL(f->size, bytes.len);
    rk_aoflog_counter_free(counter);
    typed_close(&log);
}

static void damage(void)
{
    told(BYTES("*1\r\n$8\r\nflushall\r\n"), 1, NULL, false, false, 0);
    told(BYTES("*1\r\n$8\r\nflushall\r\n*2\r\n$3\r\nde"), 1, NULL, true, false, 10);
    told(BYTES("*1\r\n$8\r\nflushall\r\n*1\r\n$5\r\nmulti\r\n*2\r\n$3\r\ndel\r\n$1\r\na\r\n"), 1, NULL, true,
         true, 35);
    told(BYTES("*2\r\n$3\r\ndel\r\n$1\r\na\r\n*2\r\n$x\r\ndel\r\n$1\r\nb\r\n*2\r\n$3\r\ndel\r\n$1\r\nc\r\n"
               "*2\r\n$3\r\ndel\r\n$1\r\nd\r\n"),
         3, "'x' in the length of argument 1 of 2", false, false, 0);
    told(BYTES(""), 0, NULL, false, false, 0);
}

static void moments(void)
{
    rk_aof_file files[] = { { .name = "a.aof" }, { .name = "b.aof" } };
    rk_aof_set one = { .files = files, .count = 1, .loaded = 1 },
               two = { .files = files, .count = 2, .loaded = 2 };
    char text[330];
    CU_ASSERT_STRING_EQUAL(rk_aoflog_moment(&one, 0, 17, text), "offset:17");
    CU_ASSERT_STRING_EQUAL(rk_aoflog_moment(&two, 1, 17, text), "offset:b.aof:17");
}

UNIT_MAIN("log", { "a range of moments, transactions as a whole", range_of_moments },
          { "a range of databases and names", range_of_names },
          { "counts by name, time and suspicion", counts },
          { "goes on behind damage and tells torn ends", damage }, { "places as moments", moments })
