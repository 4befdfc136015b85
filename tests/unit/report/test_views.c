/* views: text, JSON and NDJSON of real pairs tell the same, add up, and fail with a word when memory is
 * short. */
#include <jansson.h>

#include "../unit.h"
#include "rdbkit/report.h"

static const char *const pairs[] = { "lost_tail", "workers_running", "payload_corruption", "private_lists",
                                     "in_progress" };
enum { PAIRS = sizeof pairs / sizeof pairs[0] };

typedef bool (*view)(rk_diff *diff, const rk_report_options *options, FILE *out, rk_err *err);

static rk_diff *diff_of(const char *pair)
{
    char old_path[200], new_path[200];
    rk_err err = { 0 };
    rk_diff_options options = { .ttl_tolerance_ms = 1000, .alive_within_s = 4 };
    snprintf(old_path, sizeof old_path, "testdata/sidekiq/%s/old.rdb", pair);
    snprintf(new_path, sizeof new_path, "testdata/sidekiq/%s/new.rdb", pair);
    bool found =
        rk_paths_of(old_path, &options.old_paths, &err) && rk_paths_of(new_path, &options.new_paths, &err);
    rk_diff *diff = found ? rk_diff_run(&options, &err) : NULL;
    rk_paths_free(&options.old_paths);
    rk_paths_free(&options.new_paths);
    CU_ASSERT_PTR_NOT_NULL_FATAL(diff);
    return diff;
}

/* What a view writes; to be freed. */
static char *seen(view write, rk_diff *diff, const rk_report_options *options, rk_err *err, bool *ok)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    *ok = write(diff, options, out, err);
    fclose(out);
    return text;
}

static char *whole(view write, rk_diff *diff, const rk_report_options *options)
{
    rk_err err = { 0 };
    bool ok;
    char *text = seen(write, diff, options, &err, &ok);
    CU_ASSERT_TRUE(ok && err.code == RK_OK);
    return text;
}

static json_int_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* A row balances unless jobs moved in or out of it; the total always does. */
static void check_row(const json_t *row, bool total)
{
    static const char *const of_old[] = { "kept",        "rescheduled", "changed",     "moved",
                                          "in_progress", "stranded",    "finished",    "removed",
                                          "trimmed",     "lost",        "unaccounted", "damaged" };
    static const char *const left[] = { "finished", "removed", "trimmed", "lost", "unaccounted" };
    static const char *const came[] = { "duplicated", "resurrected", "added", "unexpected" };
    json_int_t before = 0, after = number(row, "old");
    for (size_t i = 0; i < sizeof of_old / sizeof of_old[0]; i++)
        before += number(row, of_old[i]);
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        after -= number(row, left[i]);
    for (size_t i = 0; i < sizeof came / sizeof came[0]; i++)
        after += number(row, came[i]);
    CU_ASSERT_EQUAL(before, number(row, "old"));
    CU_ASSERT_TRUE(!total || after == number(row, "new"));
}

static void check_object(const json_t *report)
{
    const json_t *ledger = json_object_get(report, "ledger"), *total = json_object_get(ledger, "total");
    json_int_t old_jobs = 0, listed[RK_VERDICTS] = { 0 };
    size_t i;
    json_t *item;
    check_row(total, true);
    json_array_foreach(json_object_get(ledger, "places"), i, item)
    {
        check_row(item, false);
        old_jobs += number(item, "old");
    }
    CU_ASSERT_EQUAL(old_jobs, number(total, "old"));
    json_array_foreach(json_object_get(report, "jobs"), i, item)
    {
        for (unsigned v = 0; v < RK_VERDICTS; v++)
            listed[v] += strcmp(json_string_value(json_object_get(item, "verdict")), rk_verdict_name(v)) == 0;
        bool has_jid = json_is_string(json_object_get(item, "jid"));
        CU_ASSERT_EQUAL(has_jid, json_object_get(item, "raw") == NULL);
    }
    CU_ASSERT_EQUAL(listed[RK_JOB_KEPT], 0);
    for (unsigned v = RK_JOB_KEPT + 1; v < RK_VERDICTS; v++)
        CU_ASSERT_EQUAL(listed[v], number(total, rk_verdict_name(v)));
}

static void the_object_is_valid_and_adds_up(void)
{
    rk_report_options options = { 0 };
    for (size_t i = 0; i < PAIRS; i++) {
        rk_diff *diff = diff_of(pairs[i]);
        char *text = whole(rk_report_json, diff, &options);
        json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(report);
        CU_ASSERT_EQUAL(number(report, "exit"), rk_report_exit(diff, &options));
        check_object(report);
        json_decref(report);
        free(text);
        rk_diff_free(diff);
    }
}

/* Takes "type" off and puts the line where the object has it. */
static void collect(json_t *into, const char *line)
{
    json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    char *type = strdup(json_string_value(json_object_get(json, "type")));
    json_object_del(json, "type");
    if (strcmp(type, "summary") == 0)
        json_object_update(into, json);
    else
        json_array_append(json_object_get(into, strcmp(type, "job") == 0 ? "jobs" : "key_findings"), json);
    json_decref(json);
    free(type);
}

static void the_lines_tell_what_the_object_tells(void)
{
    rk_report_options options = { .strict = true };
    for (size_t i = 0; i < PAIRS; i++) {
        rk_diff *diff = diff_of(pairs[i]);
        char *text = whole(rk_report_json, diff, &options), *lines = whole(rk_report_ndjson, diff, &options);
        json_t *report = json_loads(text, 0, NULL),
               *gathered = json_pack("{s:[], s:[]}", "jobs", "key_findings");
        char *rest = lines, *line;
        while ((line = strsep(&rest, "\n")) != NULL && line[0])
            collect(gathered, line);
        CU_ASSERT_TRUE(json_equal(report, gathered));
        json_decref(report);
        json_decref(gathered);
        free(text);
        free(lines);
        rk_diff_free(diff);
    }
}

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word))
        count++;
    return count;
}

static void the_text_ends_with_the_verdict(void)
{
    static const char *const last[] = {
        "\nLOST: 188 jobs lost (evidence: counters did not move) - exit 1\n",
        "\nUNACCOUNTED: 132 jobs unaccounted for (evidence: counters moved by 189) - exit 1\n",
        "(evidence: counters did not move) - exit 1\n",
        "(evidence: counters moved by 14) - exit 1\n",
        "\nUNACCOUNTED: 3 jobs unaccounted for (evidence: counters did not move) - exit 1\n",
    };
    rk_report_options options = { .limit = 20, .verbose = true };
    for (size_t i = 0; i < PAIRS; i++) {
        rk_diff *diff = diff_of(pairs[i]);
        char *text = whole(rk_report_text, diff, &options);
        size_t len = strlen(text), tail = strlen(last[i]);
        CU_ASSERT_TRUE(len > tail && strcmp(text + len - tail, last[i]) == 0);
        CU_ASSERT_EQUAL(count_of(text, "\033"), 0);
        CU_ASSERT_EQUAL(count_of(text, "args\":"), 0);
        free(text);
        rk_diff_free(diff);
    }
}

static void the_limit_holds(void)
{
    static const struct {
        uint64_t limit;
        size_t listed;
        const char *more;
    } cases[] = { { 0, 0, "... and 188 more (--limit all)" },
                  { 5, 5, "... and 183 more (--limit all)" },
                  { 188, 188, NULL },
                  { UINT64_MAX, 188, NULL } };
    rk_diff *diff = diff_of("lost_tail");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rk_report_options options = { .limit = cases[i].limit };
        char *text = whole(rk_report_text, diff, &options);
        CU_ASSERT_EQUAL(count_of(text, "["), cases[i].listed); /* of queue:NAME[N] */
        CU_ASSERT_EQUAL(strstr(text, "(--limit all)") != NULL, cases[i].more != NULL);
        CU_ASSERT_TRUE(!cases[i].more || strstr(text, cases[i].more));
        free(text);
    }
    rk_diff_free(diff);
}

static void what_was_not_asked_for_is_not_told(void)
{
    rk_report_options no_jobs = { .no_jobs = true, .limit = 20, .fail_on = "keys" },
                      no_keys = { .no_keys = true };
    rk_diff *diff = diff_of("lost_tail");
    char *text = whole(rk_report_text, diff, &no_jobs), *json = whole(rk_report_json, diff, &no_jobs);
    json_t *report = json_loads(json, 0, NULL);
    CU_ASSERT_PTR_NULL(strstr(text, "188"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nKEYS EQUAL: 6 keys - exit 0\n"));
    CU_ASSERT_TRUE(json_is_null(json_object_get(report, "ledger")));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(report, "verdict")), "same");
    json_decref(report);
    free(text);
    free(json);
    text = whole(rk_report_text, diff, &no_keys);
    CU_ASSERT_PTR_NULL(strstr(text, "other keys"));
    free(text);
    rk_diff_free(diff);
}

/* The n-th allocation fails, for every n: a sentence, never a crash, and no JSON that says that all is well.
 */
static void short_memory_is_said(void)
{
    static const view views[] = { rk_report_text, rk_report_json, rk_report_ndjson };
    rk_report_options options = { .limit = 20, .verbose = true };
    rk_diff *diff = diff_of("payload_corruption");
    for (size_t v = 0; v < 3; v++) {
        bool ok = false;
        for (int64_t n = 0; !ok && n < 5000; n++) {
            rk_err err = { 0 };
            rk_alloc_fail_after(n);
            char *text = seen(views[v], diff, &options, &err, &ok);
            rk_alloc_fail_after(-1);
            CU_ASSERT_EQUAL(ok, err.code == RK_OK);
            CU_ASSERT_TRUE(ok || err.code == RK_NO_MEMORY);
            CU_ASSERT_TRUE(ok || !strstr(text, "\"status\":\"complete\""));
            free(text);
        }
        CU_ASSERT_TRUE(ok);
    }
    rk_diff_free(diff);
}

/* A stream that takes no byte ends the report early and is no failure of the report. */
static void a_full_disk_is_left_to_the_stream(void)
{
    static const view views[] = { rk_report_text, rk_report_json, rk_report_ndjson };
    rk_report_options options = { .limit = UINT64_MAX };
    rk_diff *diff = diff_of("lost_tail");
    for (size_t v = 0; v < 3; v++) {
        rk_err err = { 0 };
        FILE *out = fopen("/dev/full", "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(out);
        CU_ASSERT_TRUE(views[v](diff, &options, out, &err));
        CU_ASSERT_EQUAL(err.code, RK_OK);
        CU_ASSERT_TRUE(ferror(out) || fflush(out) != 0);
        fclose(out);
    }
    rk_diff_free(diff);
}

UNIT_MAIN("views", { "the object is valid and adds up", the_object_is_valid_and_adds_up },
          { "the lines tell what the object tells", the_lines_tell_what_the_object_tells },
          { "the text ends with the verdict", the_text_ends_with_the_verdict },
          { "the limit holds", the_limit_holds },
          { "what was not asked for is not told", what_was_not_asked_for_is_not_told },
          { "short memory is said", short_memory_is_said },
          { "a full disk is left to the stream", a_full_disk_is_left_to_the_stream })
