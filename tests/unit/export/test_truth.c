/* test_truth: what is exported as NDJSON says of every snapshot of the corpus what its server said that it holds, and
 * JSON says the same. Prints TAP of its own: one group a line. */
#include "told.h"

enum { FILES_MOST = 256 };

static int lines;
static unsigned complaints;

static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void complain(const char *format, ...)
{
    va_list args;
    if (complaints++ >= 12)
        return;
    va_start(args, format);
    printf("#   ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
}

static bool say(const char *name, const char *what)
{
    bool ok = complaints == 0;
    printf("%sok %d - %s %s\n", ok ? "" : "not ", ++lines, name, what);
    fflush(stdout);
    complaints = 0;
    return ok;
}

/* The truth has of each class of metadata what its module's command tells: the first string. */
static json_t *meta_as_truth(const json_t *meta)
{
    size_t i, k;
    json_t *class, *value, *all;
    if (!meta)
        return NULL;
    all = json_array();
    json_array_foreach(meta, i, class)
    {
        json_t *text = NULL;
        json_array_foreach(json_array_get(class, 3), k,
                           value) if (!text && strcmp(json_string_value(json_array_get(value, 0)),
                                                      "string") == 0) text = json_array_get(value, 1);
        json_array_append_new(all, json_pack("[O,O?]", json_array_get(class, 0), text));
    }
    return all;
}

static void compare(const char *id, const char *what, const json_t *truth, const json_t *told)
{
    if ((!truth && !told) || (truth && told && json_equal(truth, told)))
        return;
    char *a = truth ? json_dumps(truth, JSON_ENCODE_ANY) : NULL,
         *b = told ? json_dumps(told, JSON_ENCODE_ANY) : NULL;
    complain("%s, %s: told %.300s, in truth %.300s", id, what, b ? b : "nothing", a ? a : "nothing");
    free(a);
    free(b);
}

/* A module's own command tells what nobody else can derive: its name is compared. */
static void compare_value(const char *id, const json_t *truth, const json_t *told)
{
    const json_t *module = json_object_get(truth, "module");
    if (module)
        compare(id, "module", module, json_object_get(told, "module"));
    else
        compare(id, "value", truth, told);
}

static void compare_use(const char *id, const json_t *told, const json_t *lru, const json_t *lfu)
{
    json_int_t idle = json_integer_value(json_object_get(json_object_get(lru, id), "idle_s"));
    const json_t *idle_told = json_object_get(told, "idle_s");
    if ((lru != NULL) != (idle_told != NULL) || llabs(json_integer_value(idle_told) - idle) > 2)
        complain("%s: another idle time", id);
    compare(id, "freq", json_object_get(json_object_get(lfu, id), "freq"), json_object_get(told, "freq"));
}

static void compare_line(const json_t *line, json_t *truth, const json_t *lru, const json_t *lfu)
{
    char id[80];
    static const char *const members[] = { "db", "key", "type", "expire_ms" };
    json_t *told = told_as_truth(line);
    corpus_id((uint64_t)json_integer_value(json_object_get(told, "db")), json_object_get(told, "key"), id);
    const json_t *wanted = json_object_get(truth, id);
    if (!wanted)
        complain("%s is not in the truth", id);
    for (size_t i = 0; wanted && i < sizeof members / sizeof members[0]; i++)
        compare(id, members[i], json_object_get(wanted, members[i]), json_object_get(told, members[i]));
    if (wanted)
        compare_value(id, json_object_get(wanted, "value"), json_object_get(told, "value"));
    json_t *meta = meta_as_truth(json_object_get(told, "key_meta"));
    compare(id, "metadata", json_object_get(wanted, "key_meta"), meta);
    if (!json_string_length(json_object_get(told, "encoding")))
        complain("%s has no encoding", id);
    compare_use(id, told, lru, lfu);
    json_object_del(truth, id);
    json_decref(meta);
    json_decref(told);
}

static rk_buf export_file(const char *path, rk_export_format format)
{
    rk_err err = { 0 };
    char sentence[800];
    rk_export_options options = { .format = format, .limit = UINT64_MAX };
    rk_buf told = told_by(rk_source_open(path, NULL, &err), &options, &err);
    if (err.code != RK_OK)
        complain("%s", rk_err_sentence(&err, sentence, sizeof sentence));
    return told;
}

/* Each line against the truth; returns the lines as a list. */
static json_t *test_lines(const char *folder, const char *name, const char *path)
{
    char why[200];
    rk_err err = { 0 };
    rk_buf told = export_file(path, RK_EXPORT_NDJSON), quoted = { 0 };
    rk_slice line;
    json_t *all = json_array(), *truth = corpus_lines(folder, name, ".truth.ndjson");
    json_t *lru = corpus_lines(folder, name, ".lru.ndjson"), *lfu = corpus_lines(folder, name, ".lfu.ndjson");
    for (size_t at = 0; told_line(rk_buf_slice(&told), &at, &line);) {
        quote_cursor(line, &quoted, &err);
        json_t *json = told_parse(rk_buf_slice(&quoted), why, sizeof why);
        if (!json)
            complain("a line is no JSON: %s", why);
        else
            compare_line(json, truth, lru, lfu);
        json_array_append_new(all, json);
    }
    if (!truth || json_object_size(truth) > 0)
        complain("%zu keys of the truth are not told", json_object_size(truth));
    rk_buf_free(&told);
    rk_buf_free(&quoted);
    json_decref(truth);
    json_decref(lru);
    json_decref(lfu);
    return all;
}

/* The array of JSON holds the objects of NDJSON, each in a line. */
static void test_array(const char *path, const json_t *objects)
{
    char why[200];
    rk_err err = { 0 };
    rk_buf told = export_file(path, RK_EXPORT_JSON), quoted = { 0 }, all = { 0 };
    rk_slice line;
    for (size_t at = 0; told_line(rk_buf_slice(&told), &at, &line);) {
        quote_cursor(line, &quoted, &err);
        rk_buf_add(&all, rk_buf_slice(&quoted), &err);
    }
    json_t *array = told_parse(rk_buf_slice(&all), why, sizeof why);
    if (!array)
        complain("the array is no JSON: %s", why);
    else if (!json_equal(array, objects))
        complain("the array says something else");
    json_decref(array);
    rk_buf_free(&told);
    rk_buf_free(&quoted);
    rk_buf_free(&all);
}

static bool test_file(const char *folder, const char *name)
{
    char file[160], path[1200];
    snprintf(file, sizeof file, "%s.rdb", name);
    if (!corpus_has(folder, file))
        snprintf(file, sizeof file, "%s.rdb.gz", name);
    snprintf(path, sizeof path, "%s", corpus_path(folder, file));
    json_t *objects = test_lines(folder, name, path);
    test_array(path, objects);
    json_decref(objects);
    return say(file, "is exported as it is in truth");
}

/* The truth files of a folder, plain or packed. */
static int list_truth(const char *folder, char names[][128])
{
    int count = corpus_list(folder, ".truth.ndjson", names, FILES_MOST);
    return count + corpus_list(folder, ".truth.ndjson.gz", names + count, FILES_MOST - count);
}

int main(void)
{
    static char names[FILES_MOST][128], own[FILES_MOST][128];
    int failed = 0, files = list_truth("rdb", names);
    const char *before = getenv("RDBKIT_CORPUS");
    setenv("RDBKIT_CORPUS", "testdata", 1);
    int ours = list_truth(".", own);
    printf("1..%d\n", ours + (files ? files : 1));
    for (int i = 0; i < ours; i++)
        failed += !test_file(".", own[i]);
    if (before)
        setenv("RDBKIT_CORPUS", before, 1);
    else
        unsetenv("RDBKIT_CORPUS");
    for (int i = 0; i < files; i++)
        failed += !test_file("rdb", names[i]);
    if (files == 0)
        printf("ok %d # skip the corpus is not here: 90 snapshots were not compared with their truth\n",
               ++lines);
    return failed > 0;
}
