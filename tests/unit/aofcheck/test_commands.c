/* test_commands: what a check finds in the commands of one file: problems, spans, what a server makes of it. */
#include "rdbkit/aofcheck.h"
#include "unit.h"

#define SELECT0   "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n"                 /* 23 bytes */
#define SET(k, v) "*3\r\n$3\r\nSET\r\n$1\r\n" k "\r\n$1\r\n" v "\r\n" /* 27 */
#define MULTI     "*1\r\n$5\r\nMULTI\r\n"                             /* 15 */
#define EXEC      "*1\r\n$4\r\nEXEC\r\n"                              /* 14 */

typedef struct {
    const char *step, *what;
    uint64_t offset, number;
    const char *command, *follows;
} found;

typedef struct {
    const char *name;
    rk_slice bytes;
    found problems[3];
    uint64_t good, commands, lost, lost_bytes;
    rk_load_kind with, without;
    bool torn, open_multi;
} row;

static const row rows[] = {
    { "whole", BYTES(SELECT0 SET("a", "1")), .good = 50, .commands = 2 },
    { "nothing at all but an annotation", BYTES("#TS:1700000000\r\n"), .good = 16 },
    { "a torn end",
      BYTES(SELECT0 SET("a", "1") "*3\r\n$3\r\nSET\r\n$1\r\nb"),
      { { "torn", "argument 2 of 3 takes 1 bytes and CR LF, 1 remain", 67, 3, "SET", NULL } },
      .good = 50,
      .commands = 2,
      .lost = 1,
      .lost_bytes = 18,
      .with = RK_LOAD_CUT,
      .without = RK_LOAD_REFUSED,
      .torn = true },
    { "a transaction without its end",
      BYTES(SELECT0 MULTI SET("a", "1") SET("b", "2")),
      { { "transaction", "no EXEC follows on the MULTI at byte 23", 92, 2, "MULTI", NULL } },
      .good = 23,
      .commands = 1,
      .lost = 3,
      .lost_bytes = 69,
      .with = RK_LOAD_CUT,
      .without = RK_LOAD_REFUSED,
      .torn = true,
      .open_multi = true },
    { "zeros at the end",
      BYTES(SELECT0 "\0\0\0\0\0\0\0\0"),
      { { "zeros", "8 zeros up to the end of the file", 23, 2, NULL, NULL } },
      .good = 23,
      .commands = 1,
      .lost = 1,
      .lost_bytes = 8,
      .with = RK_LOAD_REFUSED,
      .without = RK_LOAD_REFUSED },
    { "garbage between commands",
      BYTES(SELECT0 "garbage" SET("a", "1")),
      { { "framing", "a command begins with 'g', not with '*'", 23, 2, NULL,
          "goes on at byte 30 with 'SET' in db 0" } },
      .good = 23,
      .commands = 2,
      .lost = 1,
      .lost_bytes = 7,
      .with = RK_LOAD_REFUSED,
      .without = RK_LOAD_REFUSED },
    { "a length that leads behind the end is a cut to a server",
      BYTES(SELECT0 "*3\r\n$3\r\nSET\r\n$99\r\na\r\n$1\r\n1\r\n" SET("a", "1")),
      { { "framing", "argument 2 of 3 takes 99 bytes and CR LF, 37 remain", 41, 2, "SET",
          "goes on at byte 51 with 'SET' in db 0" } },
      .good = 23,
      .commands = 2,
      .lost = 1,
      .lost_bytes = 28,
      .with = RK_LOAD_CUT,
      .without = RK_LOAD_REFUSED },
    { "two problems, and what stands between",
      BYTES(SELECT0
            "*3\r\n$3\r\nSET\r\n$x\r\n" SET("a", "1") "*2\r\n$5\r\nNOCMD\r\n$1\r\n1\r\n" SET("b", "1")),
      { { "framing", "'x' in the length of argument 2 of 3", 37, 2, "SET",
          "goes on at byte 40 with 'SET' in db 0" },
        { "command", "no server that is known has a command 'NOCMD'", 67, 3, "NOCMD", NULL } },
      .good = 23,
      .commands = 3,
      .lost = 2,
      .lost_bytes = 39,
      .with = RK_LOAD_REFUSED,
      .without = RK_LOAD_REFUSED },
    { "too few arguments",
      BYTES(SELECT0 "*2\r\n$3\r\nSET\r\n$1\r\nk\r\n"),
      { { "arity", "2 arguments, 'SET' needs 3 at least", 23, 2, "SET", NULL } },
      .good = 23,
      .commands = 1,
      .lost = 1,
      .lost_bytes = 20,
      .with = RK_LOAD_REFUSED,
      .without = RK_LOAD_REFUSED },
    { "an unknown subcommand",
      BYTES("*4\r\n$6\r\nXGROUP\r\n$4\r\nMAKE\r\n$1\r\ns\r\n$1\r\ng\r\n"),
      { { "command", "no server that is known has a subcommand 'MAKE' of 'XGROUP'", 0, 1, "XGROUP", NULL } },
      .good = 0,
      .lost = 1,
      .lost_bytes = 40,
      .with = RK_LOAD_REFUSED,
      .without = RK_LOAD_REFUSED },
    { "a database that is no number",
      BYTES("*2\r\n$6\r\nSELECT\r\n$1\r\nx\r\n"),
      { { "database", "the database is no number from 0 on", 0, 1, "SELECT", NULL },
        { "database", "a SELECT is broken: what follows may belong to another database than 0", 0, 0, NULL,
          NULL } },
      .lost = 1,
      .lost_bytes = 23,
      .with = RK_LOAD_REFUSED,
      .without = RK_LOAD_REFUSED },
    { "an EXEC alone",
      BYTES(SELECT0 EXEC SET("a", "1")),
      { { "transaction", "an EXEC without a MULTI", 23, 2, NULL, "goes on at byte 37 with 'SET' in db 0" } },
      .good = 23,
      .commands = 2,
      .lost = 1,
      .lost_bytes = 14,
      .with = RK_LOAD_REFUSED,
      .without = RK_LOAD_REFUSED },
    { "a MULTI in a transaction",
      BYTES(MULTI SET("a", "1") MULTI SET("b", "1") EXEC),
      { { "transaction", "a MULTI in the transaction that began at byte 0", 42, 3, NULL,
          "goes on at byte 42 with 'MULTI' in db 0" } },
      .commands = 3,
      .lost = 2,
      .lost_bytes = 42,
      .with = RK_LOAD_REFUSED,
      .without = RK_LOAD_REFUSED },
    { "an opaque command is a notice",
      BYTES("*3\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n0\r\n"),
      { { "opaque", "1 eval: what it does cannot be seen in the file", 0, 0, "eval", NULL } },
      .good = 35,
      .commands = 1 },
    { "a clock that stepped back is a notice",
      BYTES("#TS:1700000002\r\n" SELECT0 "#TS:1700000001\r\n" SET("a", "1")),
      { { "annotation", "the clock stepped back: the times of the annotations do not only rise", RK_NO_OFFSET,
          0, NULL, NULL } },
      .good = 82,
      .commands = 2 },
};

static rk_aofcheck *check(rk_slice bytes, size_t step)
{
    rk_aofcheck *aof = NULL;
    rk_check *snapshot = NULL;
    rk_err err = { 0 };
    rk_source *source = rk_source_memory(bytes, step, &err);
    CU_ASSERT(rk_aofcheck_source(source, NULL, NULL, &aof, &snapshot, &err));
    CU_ASSERT_FATAL(aof != NULL && snapshot == NULL);
    return aof;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_found(const rk_aof_problem *p, const found *f)
{
    bool ok = p && strcmp(p->problem.step, f->step) == 0 && strcmp(p->problem.what, f->what) == 0 &&
              p->problem.offset == f->offset && p->number == f->number && same(p->command, f->command) &&
              same(p->follows, f->follows);
    if (!ok && p)
        printf("# %s: %s at %" PRIu64 ", command %" PRIu64 " %s; %s\n", p->problem.step, p->problem.what,
               p->problem.offset, p->number, p->command ? p->command : "-", p->follows ? p->follows : "-");
    return ok;
}

static void one_row(const row *r)
{
    rk_aofcheck *aof = check(r->bytes, 0);
    const rk_aof_part *part = rk_aofcheck_part(aof, 0);
    const rk_aof_load *load = rk_aofcheck_load(aof);
    size_t i = 0;
    for (; i < 3 && r->problems[i].step; i++)
        if (!is_found(rk_aofcheck_problem(aof, i), &r->problems[i])) {
            printf("# %s: problem %zu\n", r->name, i);
            CU_FAIL("a problem is another");
        }
    CU_ASSERT(rk_aofcheck_problem(aof, i) == NULL);
    bool ok = part->good == r->good && part->commands == r->commands && part->lost_commands == r->lost &&
              part->lost_bytes == r->lost_bytes && part->torn == r->torn &&
              part->open_multi == r->open_multi && load->with == r->with && load->without == r->without;
    if (!ok)
        printf("# %s: good %" PRIu64 ", commands %" PRIu64 ", lost %" PRIu64 " (%" PRIu64
               "), torn %d %d, %d %d\n",
               r->name, part->good, part->commands, part->lost_commands, part->lost_bytes, part->torn,
               part->open_multi, load->with, load->without);
    CU_ASSERT(ok);
    CU_ASSERT(rk_aofcheck_exit(aof) == (r->with != RK_LOAD_ALL));
    rk_aofcheck_free(aof);
}

static void each_row(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        one_row(&rows[i]);
}

/* ---- spans ------------------------------------------------------------------------------------------------------ */

static void spans_of_damage(void)
{
    static const rk_aof_span wanted[] = { { RK_SPAN_SOUND, 0, 39, 1, -1 },
                                          { RK_SPAN_LOST, 39, 56, 0, -1 },
                                          { RK_SPAN_SOUND, 56, 99, 1, -1 },
                                          { RK_SPAN_LEFT_OUT, 99, 121, 1, -1 },
                                          { RK_SPAN_SOUND, 121, 148, 1, -1 } };
    rk_aofcheck *aof = check(BYTES("#TS:1700000000\r\n" SELECT0 "*3\r\n$3\r\nSET\r\n$x\r\n" SET(
                                 "a", "1") "#TS:1700000001\r\n"
                                           "*2\r\n$5\r\nNOCMD\r\n$1\r\n1\r\n" SET("b", "1")),
                             0);
    for (size_t i = 0; i < 5; i++) {
        const rk_aof_span *s = rk_aofcheck_span(aof, 0, i);
        CU_ASSERT_FATAL(s != NULL);
        CU_ASSERT(s->kind == wanted[i].kind && s->from == wanted[i].from && s->to == wanted[i].to);
        CU_ASSERT(s->commands == wanted[i].commands && s->select == -1);
    }
    CU_ASSERT(rk_aofcheck_span(aof, 0, 5) == NULL && rk_aofcheck_span(aof, 1, 0) == NULL);
    CU_ASSERT(rk_aofcheck_part(aof, 0)->times.count == 2 &&
              rk_aofcheck_part(aof, 0)->times.last_s == 1700000001);
    rk_aofcheck_free(aof);
}

static void a_lost_database_is_kept(void)
{
    rk_aofcheck *aof = check(BYTES(SELECT0 MULTI "*2\r\n$6\r\nselect\r\n$2\r\n12\r\n" SET(
                                 "a", "1") "*3\r\n$3\r\nSET\r\n$x\r\n" EXEC SET("b", "1")),
                             0);
    const rk_aof_span *lost = rk_aofcheck_span(aof, 0, 1);
    CU_ASSERT(lost && lost->kind == RK_SPAN_LOST && lost->select == 12);
    CU_ASSERT(strstr(rk_aofcheck_problem(aof, 0)->follows, "in db 12") != NULL);
    CU_ASSERT(rk_aofcheck_problem(aof, 0)->in_multi);
    rk_aofcheck_free(aof);
}

static void a_broken_database_is_told(void)
{
    rk_aofcheck *aof = check(BYTES(SELECT0 "*2\r\n$6\r\nSELECT\r\n$z\r\n5\r\n" SET("b", "1")), 0);
    const rk_aof_problem *p = rk_aofcheck_problem(aof, 0);
    CU_ASSERT_FATAL(p != NULL && rk_aofcheck_problems(aof, RK_PROBLEM_UNSEEN) == 1);
    CU_ASSERT(strcmp(p->problem.what,
                     "a SELECT is broken: what follows may belong to another database than 0") == 0);
    CU_ASSERT(rk_aofcheck_exit(aof) == 1);
    rk_aofcheck_free(aof);
    aof = check(BYTES(SELECT0 "*2\r\n$6\r\nSELEKT\r\n$1\r\n5\r\n" SET("b", "1")), 0);
    CU_ASSERT(rk_aofcheck_problems(aof, RK_PROBLEM_DAMAGE) == 1 &&
              rk_aofcheck_problems(aof, RK_PROBLEM_UNSEEN) == 1);
    rk_aofcheck_free(aof);
}

/* ---- torn commands ---------------------------------------------------------------------------------------------- */

#define JOB "$52\r\n{\"class\":\"Mail\",\"args\":[1],\"jid\":\"0123456789abcdef\"}\r\n"

static void jobs_of_a_torn_push_are_told(void)
{
    rk_aofcheck *aof = check(
        BYTES(SELECT0 "*6\r\n$5\r\nlpush\r\n$13\r\nqueue:default\r\n" JOB "$3\r\nabc\r\n" JOB "$51\r\n{\"cl"),
        0);
    const rk_aof_torn *torn = rk_aofcheck_torn(aof);
    CU_ASSERT(torn->there && torn->part == 0 && torn->offset == 23);
    CU_ASSERT(same(torn->command, "lpush") && torn->has_key &&
              rk_slice_is(torn->key, RK_TEXT("queue:default")));
    CU_ASSERT(torn->argc == 6 && torn->whole == 5 && torn->values == 3 && torn->jobs == 2);
    rk_aofcheck_free(aof);
}

static void a_torn_name_is_told(void)
{
    rk_aofcheck *aof = check(BYTES(SELECT0 "*6\r\n$5\r\nlpu"), 0);
    const rk_aof_torn *torn = rk_aofcheck_torn(aof);
    CU_ASSERT(torn->there && torn->argc == 6 && torn->whole == 0 && !torn->command && !torn->has_key);
    rk_aofcheck_free(aof);
    aof = check(BYTES(SELECT0), 0);
    CU_ASSERT(!rk_aofcheck_torn(aof)->there);
    rk_aofcheck_free(aof);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static void in_small_steps(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_aofcheck *a = check(rows[i].bytes, 0), *b = check(rows[i].bytes, 1);
        const rk_aof_problem *p, *q;
        for (size_t k = 0; (p = rk_aofcheck_problem(a, k)) != NULL; k++) {
            q = rk_aofcheck_problem(b, k);
            CU_ASSERT(q && strcmp(p->problem.what, q->problem.what) == 0 &&
                      p->problem.offset == q->problem.offset);
        }
        CU_ASSERT(rk_aofcheck_part(a, 0)->commands == rk_aofcheck_part(b, 0)->commands);
        rk_aofcheck_free(a);
        rk_aofcheck_free(b);
    }
}

static void cut_at_every_byte(void)
{
    static const char text[] = SELECT0 MULTI SET("a", "1") EXEC "*3\r\n$3\r\nSET\r\n$x\r\n" SET("b", "1");
    for (size_t len = 1; len < sizeof text; len++) {
        rk_aofcheck *aof = check((rk_slice){ (const uint8_t *)text, len }, 0);
        const rk_aof_part *part = rk_aofcheck_part(aof, 0);
        uint64_t end = 0;
        const rk_aof_span *s;
        for (size_t i = 0; (s = rk_aofcheck_span(aof, 0, i)) != NULL; i++) {
            CU_ASSERT(s->from == end);
            end = s->to;
        }
        CU_ASSERT(end == len && part->size == len && part->good <= len);
        rk_aofcheck_free(aof);
    }
}

static void fail_each(rk_slice bytes)
{
    bool done = false;
    for (int64_t n = 0; n < 5000 && !done; n++) {
        rk_err err = { 0 };
        rk_aofcheck *aof = NULL;
        rk_check *snapshot = NULL;
        rk_source *source = rk_source_memory(bytes, 0, &err);
        rk_alloc_fail_after(n);
        done = rk_aofcheck_source(source, NULL, NULL, &aof, &snapshot, &err);
        rk_alloc_fail_after(-1);
        CU_ASSERT(done ? aof != NULL : err.code == RK_NO_MEMORY && !aof && !snapshot);
        rk_aofcheck_free(aof);
    }
    CU_ASSERT(done);
}

static void every_allocation(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        fail_each(rows[i].bytes);
    fail_each(
        BYTES("REDIS0010\372\14aof-preamble\300\1\376\0\0\1a\1b\377\0\0\0\0\0\0\0\0" SELECT0 SET("a", "1")));
    fail_each(
        BYTES("REDIS0010\372\14aof-preamble\300\1\376\0\7\1a\1b\377\0\0\0\0\0\0\0\0" SELECT0 SET("a", "1")));
}

/* ---- heads ------------------------------------------------------------------------------------------------------ */

#define HEAD(key) "REDIS0010\372\14aof-preamble\300\1\376\0\0" key "\1b\377\0\0\0\0\0\0\0\0" /* 41 bytes */

static void a_head_is_checked_as_a_snapshot(void)
{
    rk_aofcheck *aof = check(BYTES(HEAD("\1a") SELECT0 SET("a", "1")), 0);
    const rk_aof_part *part = rk_aofcheck_part(aof, 0);
    CU_ASSERT(part->head && rk_check_facts(part->head)->keys == 1);
    CU_ASSERT(part->begin == 41 && part->commands == 2 && rk_aofcheck_exit(aof) == 0);
    rk_aofcheck_free(aof);
}

static void a_damaged_head_ends_where_commands_begin(void)
{
    rk_aofcheck *aof = check(BYTES(HEAD("\77a") SELECT0 SET("a", "1")), 0);
    const rk_aof_part *part = rk_aofcheck_part(aof, 0);
    CU_ASSERT(part->begin == 41 && part->commands == 2 && rk_aofcheck_exit(aof) == 1);
    CU_ASSERT(rk_aofcheck_load(aof)->with == RK_LOAD_REFUSED);
    rk_aofcheck_free(aof);
}

static void a_snapshot_alone_is_one(void)
{
    static const char *const texts[] = { "REDIS0010\376\0\0\1a\1b\377\0\0\0\0\0\0\0\0",
                                         "REDIS0010\376\0\0\1a\1b\377\0\0\0\0\0\0\0\0garbage" };
    static const size_t lens[] = { 25, 32 };
    for (size_t i = 0; i < 2; i++) {
        rk_aofcheck *aof = NULL;
        rk_check *snapshot = NULL;
        rk_err err = { 0 };
        rk_source *source = rk_source_memory((rk_slice){ (const uint8_t *)texts[i], lens[i] }, 0, &err);
        CU_ASSERT(rk_aofcheck_source(source, NULL, NULL, &aof, &snapshot, &err) && !aof && snapshot);
        CU_ASSERT(snapshot && rk_check_exit(snapshot) == (int)i);
        rk_check_free(snapshot);
    }
}

UNIT_MAIN("check of commands", { "what each kind of damage is told as", each_row },
          { "spans tile the file", spans_of_damage },
          { "what was passed over may have chosen a database", a_lost_database_is_kept },
          { "a broken SELECT leaves open where the rest belongs", a_broken_database_is_told },
          { "jobs that a torn push still holds are told", jobs_of_a_torn_push_are_told },
          { "a command that is torn in its name", a_torn_name_is_told },
          { "in small steps the same is found", in_small_steps }, { "cut at every byte", cut_at_every_byte },
          { "every allocation may fail", every_allocation },
          { "a head is checked as a snapshot", a_head_is_checked_as_a_snapshot },
          { "a damaged head ends where commands begin", a_damaged_head_ends_where_commands_begin },
          { "a snapshot alone is one", a_snapshot_alone_is_one })
