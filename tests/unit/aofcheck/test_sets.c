/* test_sets: manifests line by line, files that are missing, stray or left behind, and what a salvage of a set is. */
#include "folder_trial.h"

#define SELECT0   "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n"                 /* 23 bytes */
#define SET(k, v) "*3\r\n$3\r\nSET\r\n$1\r\n" k "\r\n$1\r\n" v "\r\n" /* 27 */
#define BASE      "REDIS0010\376\0\0\1a\1b\377\0\0\0\0\0\0\0\0"

#define LINE_BASE "file a.aof.1.base.rdb seq 1 type b\n"
#define LINE_1    "file a.aof.1.incr.aof seq 1 type i\n"
#define LINE_2    "file a.aof.2.incr.aof seq 2 type i\n"

typedef struct {
    const char *step, *what;
    uint64_t line;
} found;

typedef struct {
    const char *name;
    const char *manifest; /* NULL: there is none */
    const char *without;  /* a file that is not there */
    const char *with;     /* one more that is */
    found problems[5];
    int exit;
    rk_load_kind load;
    uint64_t commands;    /* of all parts that are read */
    const char *salvaged; /* the manifest that a salvage writes */
} row;

static const row rows[] = {
    { "whole", LINE_BASE LINE_1 LINE_2, .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "comments, quotes and keys that nobody knows",
      "# a comment\nfile \"a.aof.1.base.rdb\" seq 1 type b color blue\n" LINE_1 LINE_2, .commands = 5,
      .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "no manifest", NULL,
      .problems = { { "manifest", "there is no manifest: a server finds nothing to load, and starts empty",
                      0 },
                    { "manifest", "'a.aof.1.base.rdb' is taken for a part of the set by its name", 0 },
                    { "manifest", "'a.aof.1.incr.aof' is taken for a part of the set by its name", 0 },
                    { "manifest", "'a.aof.2.incr.aof' is taken for a part of the set by its name", 0 } },
      .exit = 1, .load = RK_LOAD_EMPTY, .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "an empty manifest", "",
      .problems = { { "manifest", "the manifest is empty", 0 },
                    { "manifest", "'a.aof.1.base.rdb' is taken for a part of the set by its name", 0 },
                    { "manifest", "'a.aof.1.incr.aof' is taken for a part of the set by its name", 0 },
                    { "manifest", "'a.aof.2.incr.aof' is taken for a part of the set by its name", 0 } },
      .exit = 1, .load = RK_LOAD_REFUSED, .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "every line that is wrong is told",
      "file a.aof.1.base.rdb seq\n" LINE_1 "\nfile a.aof.2.incr.aof seq 2 type q\n",
      .problems = { { "manifest", "3 words, not pairs of them", 1 },
                    { "manifest", "an empty line", 3 },
                    { "manifest", "type is 'q', not b, h or i", 4 } },
      .exit = 1, .load = RK_LOAD_REFUSED, .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "a last line that was cut off", LINE_BASE LINE_1 "file a.aof.2.in",
      .problems = { { "manifest", "'a.aof.2.incr.aof' is taken for a part of the set by its name", 0 },
                    { "manifest", "no newline at its end", 3 } },
      .exit = 1, .load = RK_LOAD_REFUSED, .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "increments in the wrong order", LINE_BASE LINE_2 LINE_1,
      .problems = { { "manifest", "seq 1 of an increment follows on 2", 3 } }, .exit = 1,
      .load = RK_LOAD_REFUSED, .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "a second base", LINE_BASE LINE_BASE LINE_1 LINE_2,
      .problems = { { "manifest", "a second base, line 1 has the first", 2 } }, .exit = 1,
      .load = RK_LOAD_REFUSED, .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "an increment that is not there", LINE_BASE LINE_1 LINE_2, .without = "a.aof.1.incr.aof",
      .problems = { { "missing", "'a.aof.1.incr.aof' is listed, and is not there", 2 } }, .exit = 1,
      .load = RK_LOAD_REFUSED, .commands = 3, .salvaged = LINE_BASE LINE_2 },
    { "history is told, and is no fault", LINE_BASE LINE_1 LINE_2 "file a.aof.0.incr.aof seq 9 type h\n",
      .with = "a.aof.0.incr.aof",
      .problems = { { "history",
                      "'a.aof.0.incr.aof' is history: no server loads it, and the next one to start deletes "
                      "it",
                      4 } },
      .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "a stray file is told, and is no fault", LINE_BASE LINE_1 LINE_2, .with = "a.aof.3.incr.aof",
      .problems = { { "stray", "'a.aof.3.incr.aof' is listed nowhere: no server loads it", 0 } },
      .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "so is one that a rewrite left behind", LINE_BASE LINE_1 LINE_2, .with = "temp-rewriteaof-bg-7.aof",
      .problems = { { "temporary",
                      "'temp-rewriteaof-bg-7.aof' was left behind by a rewrite or save that did not end",
                      0 } },
      .commands = 5, .salvaged = LINE_BASE LINE_1 LINE_2 },
    { "other files beside are nobody's business", LINE_BASE LINE_1 LINE_2, .with = "README", .commands = 5,
      .salvaged = LINE_BASE LINE_1 LINE_2 },
};

static void fill(const char *folder, const row *r)
{
    folder_write(folder, "a.aof.1.base.rdb", BYTES(BASE));
    folder_write(folder, "a.aof.1.incr.aof", BYTES(SELECT0 SET("a", "1")));
    folder_write(folder, "a.aof.2.incr.aof", BYTES(SELECT0 SET("b", "1") SET("c", "1")));
    if (r->manifest)
        folder_write(folder, "a.aof.manifest", rk_slice_of(r->manifest));
    if (r->with)
        folder_write(folder, r->with, BYTES(SELECT0));
    if (r->without) {
        char path[256];
        folder_path(path, folder, r->without);
        unlink(path);
    }
}

static rk_aofcheck *check(const char *folder, rk_err *err)
{
    rk_aofcheck *aof = NULL;
    rk_check *snapshot = NULL;
    bool set;
    CU_ASSERT(rk_aofcheck_is_set(folder, &set, err) && set);
    bool ok = rk_aofcheck_run(folder, NULL, NULL, &aof, &snapshot, err);
    CU_ASSERT(ok == (aof != NULL) && snapshot == NULL);
    return aof;
}

static void check_problems(const row *r, const rk_aofcheck *aof)
{
    const rk_aof_problem *p;
    size_t i = 0;
    for (; (p = rk_aofcheck_problem(aof, i)) != NULL && i < 5 && r->problems[i].what; i++) {
        const found *f = &r->problems[i];
        bool ok = strcmp(p->problem.step, f->step) == 0 && strcmp(p->problem.what, f->what) == 0 &&
                  p->line == f->line;
        if (!ok)
            printf("# %s: %s, line %" PRIu64 " (%s)\n", r->name, p->problem.what, p->line, p->problem.step);
        CU_ASSERT(ok);
    }
    if (p)
        printf("# %s: %s too many\n", r->name, p->problem.what);
    CU_ASSERT(!p && !(i < 5 && r->problems[i].what));
}

static void check_salvage(const row *r, const rk_aofcheck *aof)
{
    rk_aof_salvage result;
    rk_err err = { 0 };
    char into[128];
    snprintf(into, sizeof into, "%s-saved", folder_room);
    CU_ASSERT(rk_aofcheck_salvage(aof, into, false, &result, &err));
    CU_ASSERT(folder_has(into, "a.aof.manifest", r->salvaged));
    CU_ASSERT(result.commands == r->commands && result.left_out == 0 &&
              result.files_lost == (r->without != NULL));
    CU_ASSERT(folder_count(into) == result.files + 1);
    CU_ASSERT(!rk_aofcheck_salvage(aof, into, false, &result, &err) &&
              strcmp(err.what, "exists already") == 0);
    err = (rk_err){ 0 };
    CU_ASSERT(rk_aofcheck_salvage(aof, into, true, &result, &err));
    folder_end(into);
}

static void each_row(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *folder = folder_begin();
        rk_err err = { 0 };
        uint64_t commands = 0;
        const rk_aof_part *part;
        fill(folder, &rows[i]);
        rk_aofcheck *aof = check(folder, &err);
        CU_ASSERT_FATAL(aof != NULL);
        check_problems(&rows[i], aof);
        for (size_t k = 0; (part = rk_aofcheck_part(aof, k)) != NULL; k++)
            commands += part->commands;
        CU_ASSERT(commands == rows[i].commands && rk_aofcheck_exit(aof) == rows[i].exit);
        CU_ASSERT(rk_aofcheck_load(aof)->with == rows[i].load);
        check_salvage(&rows[i], aof);
        rk_aofcheck_free(aof);
        folder_end(folder);
    }
}

/* ---- parts ------------------------------------------------------------------------------------------------------ */

static void only_the_last_part_may_be_torn(void)
{
    const row r = { .manifest = LINE_BASE LINE_1 LINE_2 };
    const char *const names[] = { "a.aof.1.incr.aof", "a.aof.2.incr.aof" };
    for (size_t i = 0; i < 2; i++) {
        const char *folder = folder_begin();
        rk_err err = { 0 };
        fill(folder, &r);
        folder_write(folder, names[i], BYTES(SELECT0 "*3\r\n$3\r\nSE"));
        rk_aofcheck *aof = check(folder, &err);
        const rk_aof_load *load = rk_aofcheck_load(aof);
        CU_ASSERT(load->with == (i == 0 ? RK_LOAD_REFUSED : RK_LOAD_CUT) && load->without == RK_LOAD_REFUSED);
        CU_ASSERT(load->part == i + 1 && load->offset == 23 && load->bytes == 10);
        CU_ASSERT(rk_aofcheck_part(aof, i + 1)->torn && rk_aofcheck_exit(aof) == 1);
        rk_aofcheck_free(aof);
        folder_end(folder);
    }
}

static void empty_parts(void)
{
    const row r = { .manifest = LINE_BASE LINE_1 LINE_2 };
    const char *folder = folder_begin();
    rk_err err = { 0 };
    rk_aof_salvage result;
    char into[128];
    fill(folder, &r);
    folder_write(folder, "a.aof.1.base.rdb", RK_EMPTY);
    folder_write(folder, "a.aof.1.incr.aof", RK_EMPTY);
    rk_aofcheck *aof = check(folder, &err);
    const rk_aof_problem *p = rk_aofcheck_problem(aof, 0), *q = rk_aofcheck_problem(aof, 1);
    CU_ASSERT(p && p->problem.kind == RK_PROBLEM_DAMAGE && strcmp(p->problem.step, "empty file") == 0);
    CU_ASSERT(q && q->problem.kind == RK_PROBLEM_NOTICE && strcmp(q->problem.what, "the file is empty") == 0);
    CU_ASSERT(rk_aofcheck_load(aof)->with == RK_LOAD_ALL && rk_aofcheck_exit(aof) == 1);
    snprintf(into, sizeof into, "%s-saved", folder_room);
    CU_ASSERT(rk_aofcheck_salvage(aof, into, false, &result, &err) && result.files == 2 &&
              result.files_lost == 1);
    CU_ASSERT(folder_has(into, "a.aof.manifest", LINE_1 LINE_2));
    folder_end(into);
    rk_aofcheck_free(aof);
    folder_end(folder);
}

static void what_a_set_is(void)
{
    const char *folder = folder_begin();
    rk_err err = { 0 };
    char path[256];
    bool set = true;
    CU_ASSERT(rk_aofcheck_is_set(folder, &set, &err) && !set);
    folder_write(folder, "dump.rdb", BYTES(BASE));
    CU_ASSERT(rk_aofcheck_is_set(folder, &set, &err) && !set);
    folder_path(path, folder, "dump.rdb");
    CU_ASSERT(rk_aofcheck_is_set(path, &set, &err) && !set);
    folder_write(folder, "x.manifest", BYTES(LINE_1));
    CU_ASSERT(rk_aofcheck_is_set(folder, &set, &err) && set);
    folder_path(path, folder, "x.manifest");
    CU_ASSERT(rk_aofcheck_is_set(path, &set, &err) && set);
    folder_write(folder, "y.manifest", BYTES(LINE_1));
    CU_ASSERT(check(folder, &err) == NULL &&
              strstr(err.what, "holds several manifests, 'x.manifest' and 'y.manifest'"));
    err = (rk_err){ 0 };
    CU_ASSERT(rk_aofcheck_is_set("no such thing", &set, &err) && !set);
    folder_end(folder);
}

/* ---- salvage ---------------------------------------------------------------------------------------------------- */

static void never_over_the_input(void)
{
    const row r = { .manifest = LINE_BASE LINE_1 LINE_2 };
    const char *folder = folder_begin();
    rk_err err = { 0 };
    rk_aof_salvage result;
    char path[256];
    fill(folder, &r);
    rk_aofcheck *aof = check(folder, &err);
    CU_ASSERT(!rk_aofcheck_salvage(aof, folder, true, &result, &err) &&
              strstr(err.what, "is the input itself"));
    err = (rk_err){ 0 };
    folder_path(path, folder, "a.aof.manifest");
    CU_ASSERT(rk_aofcheck_sink(aof, path, true, &err) == NULL && strstr(err.what, "is the input itself"));
    err = (rk_err){ 0 };
    folder_path(path, folder, "a.aof.2.incr.aof");
    CU_ASSERT(rk_aofcheck_sink(aof, path, true, &err) == NULL);
    CU_ASSERT(folder_count(folder) == 4);
    rk_aofcheck_free(aof);
    folder_end(folder);
}

static void nothing_else_is_replaced(void)
{
    const row r = { .manifest = LINE_BASE LINE_1 LINE_2 };
    const char *folder = folder_begin();
    rk_err err = { 0 };
    rk_aof_salvage result;
    char into[128];
    fill(folder, &r);
    rk_aofcheck *aof = check(folder, &err);
    snprintf(into, sizeof into, "%s-other", folder_room);
    CU_ASSERT_FATAL(mkdir(into, 0700) == 0);
    folder_write(into, "notes", BYTES("mine"));
    CU_ASSERT(!rk_aofcheck_salvage(aof, into, true, &result, &err));
    CU_ASSERT(strcmp(err.what, "is not replaced: it holds 'notes', which is no file of a set") == 0);
    CU_ASSERT(folder_has(into, "notes", "mine") && folder_count(into) == 1);
    folder_end(into);
    rk_aofcheck_free(aof);
    folder_end(folder);
}

/* With any allocation failing, the folder appears whole or not at all, and nothing is left beside it. */
static void every_allocation(void)
{
    const row r = { .manifest = LINE_BASE LINE_1 LINE_2 };
    const char *folder = folder_begin();
    rk_err none = { 0 };
    char around[128], into[160];
    bool done = false;
    fill(folder, &r);
    folder_write(folder, "a.aof.2.incr.aof", BYTES(SELECT0 "*3\r\n$3\r\nSET\r\n$x\r\n" SET("c", "1")));
    rk_aofcheck *aof = check(folder, &none);
    snprintf(around, sizeof around, "%s-around", folder_room);
    snprintf(into, sizeof into, "%s/saved", around);
    CU_ASSERT_FATAL(mkdir(around, 0700) == 0);
    for (int64_t n = 0; n < 3000 && !done; n++) {
        rk_err err = { 0 };
        rk_aof_salvage result;
        rk_alloc_fail_after(n);
        done = rk_aofcheck_salvage(aof, into, false, &result, &err);
        rk_alloc_fail_after(-1);
        CU_ASSERT(done || (err.code == RK_NO_MEMORY && access(into, F_OK) != 0));
        CU_ASSERT(folder_count(around) == done);
    }
    CU_ASSERT(done && folder_has(into, "a.aof.2.incr.aof", SELECT0 SET("c", "1")));
    folder_end(into);
    folder_end(around);
    rk_aofcheck_free(aof);
    done = false;
    for (int64_t n = 0; n < 3000 && !done; n++) {
        rk_err err = { 0 };
        rk_check *snapshot = NULL;
        aof = NULL;
        rk_alloc_fail_after(n);
        done = rk_aofcheck_run(folder, NULL, NULL, &aof, &snapshot, &err);
        rk_alloc_fail_after(-1);
        CU_ASSERT(done || (err.code == RK_NO_MEMORY && !aof));
        rk_aofcheck_free(aof);
    }
    CU_ASSERT(done);
    folder_end(folder);
}

UNIT_MAIN("check of sets", { "what is told of manifests and folders, and salvaged of them", each_row },
          { "only the last part may be torn", only_the_last_part_may_be_torn },
          { "an empty snapshot is damage, an empty increment is none", empty_parts },
          { "what a set is", what_a_set_is }, { "a salvage never goes over its input", never_over_the_input },
          { "a folder with anything else in it is not replaced", nothing_else_is_replaced },
          { "every allocation may fail", every_allocation })
