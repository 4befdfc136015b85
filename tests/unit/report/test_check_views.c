/* views of a check: text, JSON and lines of real files tell the same, hostile names are escaped, and memory that runs
 * short is an error with a word. */
#include <jansson.h>
#include <locale.h>

#include "../unit.h"
#include "rdbkit/check_report.h"

typedef struct {
    rk_check *check;
    rk_err err;
    rk_checked_file file;
} checked;

static void check_path(checked *c, const char *path)
{
    rk_check_options options = { .top = 5, .look_into_jobs = true };
    *c = (checked){ .file.path = path };
    c->check = rk_check_run(path, &options, &c->err);
    c->file.check = c->check;
    c->file.refused = &c->err;
}

/* "REDIS0009", records, and a checksum that is not looked at. */
static void check_bytes(checked *c, rk_slice bytes)
{
    rk_check_options options = { .top = 5 };
    rk_source *source = rk_source_memory(bytes, 0, &c->err);
    *c = (checked){ .file.path = "memory" };
    c->check = rk_check_source(source, &options, &c->err);
    c->file.check = c->check;
    c->file.refused = &c->err;
}

static char *text_of(const checked *c, const rk_check_report_options *options, bool *ok, rk_err *err)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    *ok = rk_check_report_text(&c->file, options, out, err);
    fclose(out);
    return text;
}

static char *json_of(const checked *c, const rk_check_report_options *options, bool *ok, rk_err *err)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    *ok = rk_check_report_json_head(options, out, err) &&
          rk_check_report_json_file(&c->file, true, options, out, err);
    rk_check_report_json_end(0, out);
    fclose(out);
    return text;
}

static char *lines_of(const checked *c, const rk_check_report_options *options, bool *ok, rk_err *err)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    *ok = rk_check_report_ndjson(&c->file, options, out, err);
    fclose(out);
    return text;
}

static json_t *parsed(char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    free(text);
    return json;
}

static const json_t *first_file(const json_t *report)
{
    return json_array_get(json_object_get(report, "files"), 0);
}

static const rk_target targets[] = { { RK_SERVER_REDIS, 6, 2, false }, { RK_SERVER_SIDEKIQ, 8, 0, false } };
static const rk_check_report_options standard = {
    .targets = targets, .target_count = 2, .limit = 20, .verbose = true
};

static void a_sound_file(void)
{
    checked c;
    bool ok;
    rk_err err = { 0 };
    check_path(&c, "testdata/sidekiq/in_progress/new.rdb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(c.check);
    char *text = text_of(&c, &standard, &ok, &err);
    CU_ASSERT(ok);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "WHOLE: 21 keys checked, but not for 1 of 2 targets - exit 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  queue:default                      13\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Sidekiq 8.0 takes it:\n"));
    free(text);
    json_t *json = parsed(json_of(&c, &standard, &ok, &err));
    CU_ASSERT(ok);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first_file(json), "status")), "whole");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(first_file(json), "keys")), 21);
    CU_ASSERT_EQUAL(rk_check_report_exit(&c.file, &standard), 1);
    json_decref(json);
    rk_check_free(c.check);
}

/* A list of one item whose name is hostile: control bytes, a quote, what is no UTF-8; and a key in db 20. */
static void hostile_names(void)
{
    static const char bytes[] = "REDIS0009\xfe\x14\x00\x06\x1b[0m\"\xff\x01v\xff\0\0\0\0\0\0\0\0";
    checked c;
    bool ok;
    rk_err err = { 0 };
    setlocale(LC_CTYPE, "C.UTF-8"); /* as the tools do */
    check_bytes(&c, BYTES(bytes));
    CU_ASSERT_PTR_NOT_NULL_FATAL(c.check);
    char *text = text_of(&c, &standard, &ok, &err);
    CU_ASSERT(ok);
    CU_ASSERT_PTR_NULL(strchr(text, '\033'));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\x1b[0m\"\\xff"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "set `databases 21`"));
    free(text);
    json_t *json = parsed(json_of(&c, &standard, &ok, &err));
    const json_t *big = json_array_get(json_object_get(first_file(json), "biggest"), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_object_get(big, "key"), "b64")),
                           "G1swbSL/");
    json_decref(json);
    rk_check_free(c.check);
}

/* An intset that is not sorted: the problem is told with its key, encoding, step and place. */
static void a_problem(void)
{
    static const char bytes[] =
        "REDIS0009\xfe\x00\x0b\x01s\x0c\x02\0\0\0\x02\0\0\0\x05\0\x01\0\xff\0\0\0\0\0\0\0\0";
    checked c;
    bool ok;
    rk_err err = { 0 };
    rk_check_report_options few = { .limit = 0 };
    check_bytes(&c, BYTES(bytes));
    CU_ASSERT_PTR_NOT_NULL_FATAL(c.check);
    char *text = text_of(&c, &standard, &ok, &err);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "damage: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "set 's' in db 0, intset; intset, byte "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nDAMAGED: 1 problem, "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " - exit 1\n"));
    free(text);
    text = text_of(&c, &few, &ok, &err);
    CU_ASSERT_PTR_NULL(strstr(text, "damage: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "... and 1 more problem"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "loads it: no server that can be trusted with the damage\n"));
    free(text);
    json_t *json = parsed(json_of(&c, &standard, &ok, &err));
    const json_t *problem = json_array_get(json_object_get(first_file(json), "problems"), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(problem, "kind")), "damage");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(problem, "key")), "s");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(problem, "type")), "set");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first_file(json), "status")), "damaged");
    json_decref(json);
    rk_check_free(c.check);
}

static void a_refusal(void)
{
    checked c;
    bool ok;
    rk_err err = { 0 };
    check_path(&c, "testdata/missing.rdb");
    CU_ASSERT_PTR_NULL(c.check);
    CU_ASSERT_EQUAL(rk_check_report_exit(&c.file, &standard), 2);
    char *text = text_of(&c, &standard, &ok, &err);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "CANNOT TELL: "));
    free(text);
    json_t *json = parsed(json_of(&c, &standard, &ok, &err));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first_file(json), "status")), "refused");
    CU_ASSERT_STRING_EQUAL(
        json_string_value(json_object_get(json_object_get(first_file(json), "error"), "code")), "io");
    json_decref(json);
}

/* The n-th allocation fails, for every n: a report is whole, or says that memory is short. */
static void every_allocation(const checked *c)
{
    char *(*const views[])(const checked *, const rk_check_report_options *, bool *,
                           rk_err *) = { text_of, json_of, lines_of };
    for (size_t view = 0; view < 3; view++) {
        bool ok = false;
        for (int64_t n = 0; !ok && n < 10000; n++) {
            rk_err err = { 0 };
            rk_alloc_fail_after(n);
            char *text = views[view](c, &standard, &ok, &err);
            rk_alloc_fail_after(-1);
            CU_ASSERT(ok || err.code == RK_NO_MEMORY);
            free(text);
        }
        CU_ASSERT(ok);
    }
}

static void memory_runs_short(void)
{
    checked c;
    check_path(&c, "testdata/sidekiq/in_progress/new.rdb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(c.check);
    every_allocation(&c);
    rk_check_free(c.check);
}

static void append_only_files(void)
{
    rk_check_report_options options = { .targets = targets, .target_count = 1, .top = 3, .limit = 20 };
    checked c = { .file.path = "testdata/aof/torn_push/appendonlydir" };
    rk_aofcheck *aof = NULL;
    rk_err err = { 0 };
    bool ok;
    CU_ASSERT_FATAL(rk_aofcheck_run(c.file.path, NULL, NULL, &aof, &c.check, &err) && aof);
    c.file.aof = aof;
    c.file.refused = &c.err;
    char *text = text_of(&c, &options, &ok, &err);
    CU_ASSERT(ok &&
              strstr(text, "DAMAGED: 2 problems, 9 commands read, but not for 1 of 1 targets - exit 1\n"));
    CU_ASSERT(strstr(text, "\nRedis 6.2 cannot load it:\n") && strstr(text, "\n  lpush       2\n"));
    free(text);
    char *json = json_of(&c, &options, &ok, &err);
    json_t *object = json_loads(json, 0, NULL);
    json_t *file = json_array_get(json_object_get(object, "files"), 0);
    CU_ASSERT(ok && json_integer_value(json_object_get(file, "commands")) == 9);
    CU_ASSERT(json_array_size(json_object_get(file, "problems")) == 2);
    CU_ASSERT(json_array_size(json_object_get(file, "parts")) == 2);
    json_decref(object);
    free(json);
    CU_ASSERT(rk_check_report_exit(&c.file, &options) == 1);
    every_allocation(&c);
    rk_aofcheck_free(aof);
}

UNIT_MAIN("check views", { "append-only files", append_only_files }, { "a sound file", a_sound_file },
          { "hostile names", hostile_names }, { "a problem, with its place", a_problem },
          { "a file that cannot be read", a_refusal }, { "memory that runs short", memory_runs_short })
