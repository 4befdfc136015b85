/* test_corpus: what real servers wrote is whole; of what was damaged on purpose, all that a server refuses is found.
 * Prints TAP of its own: one file a line. */
#include "../snapshot/corpus.h"
#include "rdbkit/check.h"

enum { FILES_MOST = 256 };

static int number, failed;

static void tell(bool good, const char *file, const char *expected, const rk_check *check, const rk_err *err)
{
    char sentence[900];
    number++;
    failed += !good;
    printf("%sok %d - %s: %s\n", good ? "" : "not ", number, file, expected);
    if (!check)
        printf("#   %s\n", rk_err_sentence(err, sentence, sizeof sentence));
    const rk_problem *p;
    for (size_t i = 0; check && i < 20 && (p = rk_check_problem(check, i)) != NULL; i++)
        printf("#   %s, %s, byte %" PRIu64 ": %s\n", rk_problem_kind_name(p->kind), p->step, p->offset,
               p->what);
}

static void whole(const char *folder, const char *ending)
{
    static char names[FILES_MOST][128];
    int count = corpus_list(folder, ending, names, FILES_MOST);
    for (int i = 0; i < count; i++) {
        char file[160];
        rk_err err = { 0 };
        snprintf(file, sizeof file, "%.120s%s", names[i], ending);
        rk_check *check = rk_check_run(corpus_path(folder, file), NULL, &err);
        const rk_span *span = check ? rk_check_span(check, 0) : NULL;
        bool good = check && rk_check_exit(check) == 0 && rk_check_info(check)->complete &&
                    (!span || (span->keys == rk_check_info(check)->keys && !rk_check_span(check, 1)));
        tell(good, file, "whole", check, &err);
        rk_check_free(check);
    }
}

/* Expectations that a check may meet by finding nothing: the content is another, and as good as any. */
static bool may_pass(const char *expect)
{
    return strncmp(expect, "error or other content", 22) == 0;
}

/* No problem lies beyond the file. */
static bool offsets_are_within(const rk_check *check, uint64_t size)
{
    const rk_problem *p;
    for (size_t i = 0; (p = rk_check_problem(check, i)) != NULL; i++)
        if (p->offset != RK_NO_OFFSET && p->offset > size)
            return false;
    return true;
}

static void damaged(json_t *index)
{
    size_t i;
    json_t *one;
    json_array_foreach(index, i, one)
    {
        const char *file = json_string_value(json_object_get(one, "file"));
        const char *expect = json_string_value(json_object_get(one, "expect"));
        rk_err err = { 0 };
        rk_check *check = rk_check_run(corpus_path("damaged/rdb", file), NULL, &err);
        bool found = !check || rk_check_exit(check) != 0;
        bool good = strcmp(expect, "loads") == 0 ? !found : found || may_pass(expect);
        if (check)
            good = good && offsets_are_within(check, rk_check_info(check)->content_size);
        else
            good = good && err.what[0] && err.source[0];
        tell(good, file, expect, check, &err);
        rk_check_free(check);
    }
}

int main(void)
{
    static char names[FILES_MOST][128], pairs[8][128];
    json_t *index = json_load_file(corpus_path("damaged/rdb", "index.json"), 0, NULL);
    if (!index) {
        printf("1..1\nok 1 # skip the corpus is not here: some 350 snapshots were not checked\n");
        return 0;
    }
    int plan = corpus_list("rdb", ".rdb", names, FILES_MOST) +
               corpus_list("rdb", ".rdb.gz", names, FILES_MOST) + (int)json_array_size(index);
    int pair_count = corpus_list("equal", "", pairs, 8);
    char folder[200];
    for (int i = 0; i < pair_count; i++) {
        snprintf(folder, sizeof folder, "equal/%.150s", pairs[i]);
        plan += corpus_list(folder, ".rdb", names, FILES_MOST) +
                corpus_list(folder, ".rdb.gz", names, FILES_MOST);
    }
    printf("1..%d\n", plan);
    whole("rdb", ".rdb");
    whole("rdb", ".rdb.gz");
    for (int i = 0; i < pair_count; i++) {
        snprintf(folder, sizeof folder, "equal/%.150s", pairs[i]);
        whole(folder, ".rdb");
        whole(folder, ".rdb.gz");
    }
    damaged(index);
    json_decref(index);
    return failed > 0;
}
