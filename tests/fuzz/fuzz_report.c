/* fuzz_report: what rdbdiff and rdbcheck print about snapshots that the input spells out (grammar.h), after its first
 * byte, which damages the second one. What must hold, whatever is in names and payloads:
 * - JSON is one object that parses, NDJSON is one in every line; the exit status in it is the one that is returned;
 * - text has no control byte but the end of a line, and is valid UTF-8. */
#include <jansson.h>

#include "grammar.h"
#include "rdbkit/check_report.h"
#include "rdbkit/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

typedef struct {
    char *text;
    size_t len;
} printed;

static json_t *parse(const char *text, size_t len)
{
    json_error_t why;
    json_t *object = json_loadb(text, len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &why);
    must(json_is_object(object));
    return object;
}

static int exit_of(json_t *object)
{
    must(json_is_integer(json_object_get(object, "exit")));
    return (int)json_integer_value(json_object_get(object, "exit"));
}

static void check_json(printed p, int status)
{
    json_t *object = parse(p.text, p.len);
    must(exit_of(object) == status);
    json_decref(object);
    free(p.text);
}

static void check_lines(printed p)
{
    size_t from = 0;
    must(p.len > 0 && p.text[p.len - 1] == '\n');
    while (from < p.len) {
        const char *end = memchr(p.text + from, '\n', p.len - from);
        json_decref(parse(p.text + from, (size_t)(end - p.text) - from));
        from = (size_t)(end - p.text) + 1;
    }
    free(p.text);
}

static void check_text(printed p)
{
    must(rk_slice_utf8((rk_slice){ (const uint8_t *)p.text, p.len }));
    for (size_t i = 0; i < p.len; i++)
        must((uint8_t)p.text[i] >= 0x20 || p.text[i] == '\n');
    must((uint8_t)p.text[0] != 0x7f);
    free(p.text);
}

typedef bool diff_view(rk_diff *diff, const rk_report_options *options, FILE *out, rk_err *err);
typedef bool check_view(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                        rk_err *err);

static printed print_diff(diff_view *view, rk_diff *diff, const rk_report_options *options)
{
    printed p = { 0 };
    rk_err err = { 0 };
    FILE *out = open_memstream(&p.text, &p.len);
    bool ok = view(diff, options, out, &err);
    must(ok || err.code != RK_OK);
    must(fclose(out) == 0);
    return p;
}

static void report_diff(char *old_path, char *new_path)
{
    rk_err err = { 0 };
    rk_diff_options inputs = { .old_paths = { &old_path, 1 },
                               .new_paths = { &new_path, 1 },
                               .alive_within_s = 60 };
    rk_report_options options = { .limit = 5, .verbose = true };
    printed p = { 0 };
    rk_diff *diff = rk_diff_run(&inputs, &err);
    if (!diff) {
        FILE *out = open_memstream(&p.text, &p.len);
        rk_report_refused(&err, &inputs, &options, false, out);
        fclose(out);
        check_json(p, 2);
        return;
    }
    int status = rk_report_exit(diff, &options);
    p = print_diff(rk_report_json, diff, &options);
    json_t *object = parse(p.text, p.len);
    must(exit_of(object) == status ||
         exit_of(object) == 2); /* what was never decoded may turn out to be damaged */
    json_decref(object);
    free(p.text);
    check_lines(print_diff(rk_report_ndjson, diff, &options));
    check_text(print_diff(rk_report_text, diff, &options));
    rk_diff_free(diff);
}

static printed print_check(check_view *view, const rk_checked_file *file,
                           const rk_check_report_options *options)
{
    printed p = { 0 };
    rk_err err = { 0 };
    FILE *out = open_memstream(&p.text, &p.len);
    must(view(file, options, out, &err) && err.code == RK_OK);
    must(fclose(out) == 0);
    return p;
}

static bool json_of_one(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                        rk_err *err)
{
    bool ok = rk_check_report_json_head(options, out, err) &&
              rk_check_report_json_file(file, true, options, out, err);
    rk_check_report_json_end(rk_check_report_exit(file, options), out);
    return ok;
}

static void report_check(const char *path)
{
    static const rk_target targets[] = { { .kind = RK_SERVER_REDIS, .major = 6, .minor = 2 },
                                         { .kind = RK_SERVER_VALKEY, .major = 8, .minor = 0 },
                                         { .kind = RK_SERVER_SIDEKIQ, .major = 7, .minor = 0 } };
    rk_check_options how = { .top = 3, .look_into_jobs = true };
    rk_check_report_options options = { .targets = targets, .target_count = 3, .limit = 5, .verbose = true };
    rk_err refused = { 0 };
    rk_checked_file file = { .path = path, .refused = &refused };
    rk_check *check = rk_check_run(path, &how, &refused);
    file.check = check;
    check_json(print_check(json_of_one, &file, &options), rk_check_report_exit(&file, &options));
    check_lines(print_check(rk_check_report_ndjson, &file, &options));
    if (check)
        check_text(print_check(rk_check_report_text, &file, &options));
    rk_check_free(check);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static grammar_world world;
    char paths[2][40];
    grammar_input in = { bytes, bytes + size };
    uint8_t damage = grammar_byte(&in);
    grammar_read(&in, &world);
    rk_buf files[2] = { grammar_write(&world, 1, false), grammar_write(&world, 2, false) };
    if (damage)
        files[1].ptr[damage % files[1].len] ^= (uint8_t)(damage | 1);
    int fds[2] = { pair_file(&files[0], paths[0]), pair_file(&files[1], paths[1]) };
    report_diff(paths[0], paths[1]);
    report_check(paths[1]);
    close(fds[0]);
    close(fds[1]);
    return 0;
}
