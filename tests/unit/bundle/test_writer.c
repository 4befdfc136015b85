/* test_writer: a bundle appears whole or not at all, says the same for the same jobs, and keeps their bytes. */
#include <math.h>

#include "made.h"

static bool same_file(const char *a, const char *b, const char *name)
{
    char path[2][300];
    snprintf(path[0], sizeof path[0], "%s/%s", a, name);
    snprintf(path[1], sizeof path[1], "%s/%s", b, name);
    rk_buf one = made_read(path[0]), two = made_read(path[1]);
    bool same = one.len > 0 && rk_slice_is(rk_buf_slice(&one), rk_buf_slice(&two));
    rk_buf_free(&one);
    rk_buf_free(&two);
    return same;
}

static void has_modes_and_members(void)
{
    struct stat info;
    char name[300];
    static const char *const members[] = { "manifest.json", "jobs.ndjson", "companions.ndjson",
                                           "restore.resp" };
    const char *path = made_path("a.jobs");
    made_all(path);
    CU_ASSERT(stat(path, &info) == 0 && (info.st_mode & 0777) == 0700);
    for (size_t i = 0; i < MADE_COUNT(members); i++) {
        snprintf(name, sizeof name, "%s/%s", path, members[i]);
        CU_ASSERT(stat(name, &info) == 0 && (info.st_mode & 0777) == 0600);
    }
    CU_ASSERT(made_remove(path) == 4);
    rk_err err = { 0 };
    CU_ASSERT(made_bundle(path, made_jobs, 1, NULL, 0, &err));
    CU_ASSERT(made_remove(path) == 3);
}

static void same_jobs_same_bytes(void)
{
    static const char *const members[] = { "manifest.json", "jobs.ndjson", "companions.ndjson",
                                           "restore.resp" };
    rk_err err = { 0 };
    rk_bundle_job turned[MADE_COUNT(made_jobs)];
    const char *a = made_path("a.jobs"), *b = made_path("b.jobs");
    for (size_t i = 0; i < MADE_COUNT(made_jobs); i++)
        turned[i] = made_jobs[MADE_COUNT(made_jobs) - 1 - i];
    made_all(a);
    CU_ASSERT(made_bundle(b, turned, MADE_COUNT(turned), made_companions, MADE_COUNT(made_companions), &err));
    for (size_t i = 0; i < MADE_COUNT(members); i++)
        CU_ASSERT(same_file(a, b, members[i]));
    made_remove(a);
    made_remove(b);
}

/* By database, key, what was in hand, lists from the tail, sets from the lowest score. */
static void jobs_stand_as_they_would_run(void)
{
    static const char *const due[] = { "in hand",  "stranded", "oldest", "other", "newest",   "mended",
                                       "r mended", "s1",       "poison", "s2",    "elsewhere" };
    rk_err err = { 0 };
    rk_bundle_job job;
    size_t i = 0;
    const char *path = made_path("a.jobs");
    made_all(path);
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT_FATAL(bundle != NULL);
    for (; rk_bundle_next(bundle, &job, &err) && i < MADE_COUNT(due); i++) {
        CU_ASSERT(job.seq == i + 1);
        CU_ASSERT(rk_slice_starts(job.payload, rk_slice_of(due[i])));
    }
    CU_ASSERT(i == MADE_COUNT(due) && err.code == RK_OK);
    for (; rk_bundle_previous(bundle, &job, &err) && i > 0; i--)
        CU_ASSERT(job.seq == i);
    CU_ASSERT(i == 0 && err.code == RK_OK);
    rk_bundle_close(bundle);
    made_remove(path);
}

static void what_says_no_position_comes_behind_in_the_order_of_adding(void)
{
    static const rk_bundle_job jobs[] = {
        JOB(.key = RK_TEXT("queue:q"), .queue = RK_TEXT("q"), .payload = RK_TEXT("c")),
        JOB(.key = RK_TEXT("queue:q"), .queue = RK_TEXT("q"), .payload = RK_TEXT("d")),
        QUEUED("b", "q", 0),
        QUEUED("a", "q", UINT64_MAX),
        TIMED("i", RK_PLACE_DEAD, "zset", INFINITY),
        TIMED("g", RK_PLACE_DEAD, "zset", 0.0),
        TIMED("h", RK_PLACE_DEAD, "zset", -0.0),
        TIMED("f", RK_PLACE_DEAD, "zset", -1e-300),
        TIMED("e", RK_PLACE_DEAD, "zset", -INFINITY),
    };
    rk_err err = { 0 };
    rk_bundle_job job;
    char order[16] = { 0 };
    const char *path = made_path("a.jobs");
    CU_ASSERT_FATAL(made_bundle(path, jobs, MADE_COUNT(jobs), NULL, 0, &err));
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT_FATAL(bundle != NULL);
    while (rk_bundle_next(bundle, &job, &err))
        order[job.seq - 1] = (char)job.payload.ptr[0];
    CU_ASSERT_STRING_EQUAL(order, "abcdefghi");
    rk_bundle_close(bundle);
    made_remove(path);
}

/* The id names what a restore does, whatever is told about it. */
static void the_id_follows_from_the_jobs_alone(void)
{
    rk_bundle_job jobs[] = { QUEUED("a", "q", 0), QUEUED("b", "q", 1) };
    char ids[4][33];
    rk_err err = { 0 };
    const char *path = made_path("a.jobs");
    for (int i = 0; i < 4; i++) {
        if (i == 1) {
            jobs[0].verdict = RK_TEXT("chosen");
            jobs[0].has_offset = true;
            jobs[0].position = 5;
            jobs[1].position = 9;
        } else if (i == 2) {
            jobs[0].position = 10; /* the other order */
        } else if (i == 3) {
            jobs[1].payload = RK_TEXT("B");
        }
        CU_ASSERT_FATAL(made_bundle(path, jobs, 2, NULL, 0, &err));
        rk_bundle *bundle = rk_bundle_open(path, &err);
        CU_ASSERT_FATAL(bundle != NULL);
        memcpy(ids[i], rk_bundle_info_of(bundle)->id, sizeof ids[i]);
        rk_bundle_close(bundle);
    }
    CU_ASSERT_STRING_EQUAL(ids[0], ids[1]);
    CU_ASSERT_STRING_NOT_EQUAL(ids[1], ids[2]);
    CU_ASSERT_STRING_NOT_EQUAL(ids[2], ids[3]);
    made_remove(path);
}

static void leaves_nothing_without_commit(void)
{
    rk_err err = { 0 };
    const char *folder = made_path("room"), *path = made_path("room/a.jobs");
    CU_ASSERT_FATAL(mkdir(folder, 0700) == 0);
    rk_bundle_writer *writer = made_begin(path, false, &err);
    CU_ASSERT(writer && made_add(writer, &made_jobs[0], &err));
    rk_bundle_writer_close(writer);
    CU_ASSERT(made_count(folder) == 0 && err.code == RK_OK);
    made_remove(folder);
}

static void refused(const char *path, bool force, rk_code code, const char *what)
{
    rk_err err = { 0 };
    rk_bundle_writer *writer = made_begin(path, force, &err);
    CU_ASSERT(writer == NULL);
    CU_ASSERT_EQUAL(err.code, code);
    CU_ASSERT_STRING_EQUAL(err.what, what);
    CU_ASSERT_STRING_EQUAL(err.source, path);
    rk_bundle_writer_close(writer);
}

static void replaces_only_a_bundle_and_only_by_force(void)
{
    rk_err err = { 0 };
    const char *folder = made_path("room"), *path = made_path("room/a.jobs"),
               *other = made_path("room/other"), *note = made_path("room/a.jobs/note.txt"),
               *link = made_path("room/link");
    CU_ASSERT_FATAL(mkdir(folder, 0700) == 0 && mkdir(other, 0700) == 0);
    CU_ASSERT(made_bundle(path, made_jobs, 2, NULL, 0, &err));
    refused(path, false, RK_USAGE, "exists already");
    CU_ASSERT(symlink("a.jobs", link) == 0);
    CU_ASSERT(made_bundle(link, made_jobs, 3, made_companions, 1, &err)); /* by force, through the link */
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT_FATAL(bundle != NULL);
    CU_ASSERT(rk_bundle_info_of(bundle)->jobs == 3);
    rk_bundle_close(bundle);
    CU_ASSERT(made_count(folder) == 3);
    refused(other, true, RK_USAGE, "is a folder that is no job bundle, and is not replaced");
    made_write(note, RK_TEXT("mine"));
    refused(path, true, RK_USAGE, "is a folder that is no job bundle, and is not replaced");
    refused(note, true, RK_USAGE, "is no folder, and is not replaced by a bundle");
    refused("", true, RK_USAGE, "a bundle to write has no name");
    made_remove(folder);
}

static void refuses_what_has_appeared_meanwhile(void)
{
    rk_err err = { 0 };
    const char *folder = made_path("room"), *path = made_path("room/a.jobs");
    CU_ASSERT_FATAL(mkdir(folder, 0700) == 0);
    rk_bundle_writer *writer = made_begin(path, false, &err);
    CU_ASSERT_FATAL(writer != NULL);
    CU_ASSERT(mkdir(path, 0700) == 0);
    CU_ASSERT(!rk_bundle_commit(writer, &err));
    CU_ASSERT_STRING_EQUAL(err.what, "has appeared meanwhile");
    rk_bundle_writer_close(writer);
    CU_ASSERT(made_count(folder) == 1);
    made_remove(folder);
}

static void refuses_jobs_that_contradict_themselves(void)
{
    static const struct {
        rk_bundle_job job;
        const char *what;
    } rows[] = {
        { JOB(.payload = RK_TEXT("a")), "key of the job is empty, or does not begin with its prefix" },
        { QUEUED("a", "q", 0, .prefix = RK_TEXT("app:")),
          "key of the job is empty, or does not begin with its prefix" },
        { JOB(.key = RK_TEXT("queue:"), .payload = RK_TEXT("a")), "job goes to a queue without a name" },
        { JOB(.key = RK_TEXT("retry"), .kind = RK_PLACE_RETRY, .payload = RK_TEXT("a")),
          "job goes to a sorted set without a score" },
        { TIMED("a", RK_PLACE_RETRY, "retry", NAN), "score is no number" },
        { QUEUED("a", "q", 0, .act = RK_ACT_REPLACE), "job replaces nothing, or itself" },
        { QUEUED("a", "q", 0, .act = RK_ACT_REPLACE, .replaces = RK_TEXT("a")),
          "job replaces nothing, or itself" },
        { QUEUED("a", "q", 0, .act = RK_ACT_PUSH_BACK),
          "job is pushed back from nowhere, or not to a queue" },
        { QUEUED("a", "q", 0, .replaces = RK_TEXT("b")),
          "job says what it replaces, or where it is taken from, and its act does neither" },
        { QUEUED("a", "q", 0, .act = RK_ACTS), "job has an act or a place that is not known" },
        { QUEUED("a", "q", 0, .source = 1), "job is from source 1 of 1" },
    };
    rk_err err = { 0 };
    rk_bundle_writer *writer = made_begin(made_path("a.jobs"), false, &err);
    CU_ASSERT_FATAL(writer != NULL);
    for (size_t i = 0; i < MADE_COUNT(rows); i++) {
        rk_err why = { 0 };
        CU_ASSERT(!made_add(writer, &rows[i].job, &why));
        CU_ASSERT_EQUAL(why.code, RK_USAGE);
        if (strcmp(why.what, rows[i].what) != 0)
            printf("# %s, not: %s\n", why.what, rows[i].what);
        CU_ASSERT_STRING_EQUAL(why.what, rows[i].what);
    }
    rk_bundle_writer_close(writer);
}

static void refuses_companions_that_contradict_themselves(void)
{
    static const rk_slice odd[] = { RK_TEXT("a"), RK_TEXT("no number"), RK_TEXT("c") };
    static const struct {
        rk_companion companion;
        const char *what;
    } rows[] = {
        { COMPANION("s", RK_STREAM, "x", .items = odd, .item_count = 1),
          "companion has a type that cannot be put back" },
        { COMPANION("s", RK_SET, "x"), "companion has a number of items that does not go with its type" },
        { COMPANION("s", RK_STRING, "x", .items = odd, .item_count = 2),
          "companion has a number of items that does not go with its type" },
        { COMPANION("s", RK_HASH, "x", .items = odd, .item_count = 3),
          "companion has a number of items that does not go with its type" },
        { COMPANION("s", RK_ZSET, "x", .items = odd, .item_count = 2),
          "score of the companion is no number" },
    };
    rk_err err = { 0 };
    rk_bundle_writer *writer = made_begin(made_path("a.jobs"), false, &err);
    CU_ASSERT_FATAL(writer != NULL);
    for (size_t i = 0; i < MADE_COUNT(rows); i++) {
        rk_err why = { 0 };
        CU_ASSERT(!made_add_companion(writer, &rows[i].companion, &why));
        CU_ASSERT_EQUAL(why.code, RK_USAGE);
        CU_ASSERT_STRING_EQUAL(why.what, rows[i].what);
    }
    rk_bundle_writer_close(writer);
}

/* Order, places and lengths of all kinds, some beyond every buffer. */
static void keeps_many_jobs(void)
{
    enum { MANY = 3000 };
    static uint8_t payload[700 * 1000];
    rk_err err = { 0 };
    rk_bundle_job job;
    uint64_t count = 0;
    char key[32];
    const char *path = made_path("a.jobs");
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)(i * 2654435761u >> 11);
    rk_bundle_writer *writer = made_begin(path, true, &err);
    for (uint64_t i = 0; i < MANY; i++) {
        snprintf(key, sizeof key, "queue:%d", (int)(i * 7 % 97));
        rk_bundle_job next = JOB(.key = rk_slice_of(key), .queue = rk_slice_of(key + 6), .has_position = true,
                                 .position = i * 1009 % MANY, .payload = { payload, (i * i) % 2000 });
        next.payload.len = i % 1000 == 77 ? sizeof payload - i : next.payload.len;
        CU_ASSERT(made_add(writer, &next, &err));
    }
    CU_ASSERT(rk_bundle_commit(writer, &err));
    rk_bundle_writer_close(writer);
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT_FATAL(bundle != NULL);
    while (rk_bundle_next(bundle, &job, &err)) {
        CU_ASSERT(memcmp(job.payload.ptr, payload, job.payload.len) == 0);
        count += job.payload.len > 600 * 1000;
    }
    CU_ASSERT(count == 3 && rk_bundle_info_of(bundle)->jobs == MANY && err.code == RK_OK);
    rk_bundle_close(bundle);
    made_remove(path);
}

UNIT_MAIN("bundle writer", { "has its members, for the owner's eyes alone", has_modes_and_members },
          { "same jobs, same bytes", same_jobs_same_bytes },
          { "jobs stand as they would run", jobs_stand_as_they_would_run },
          { "what says no position comes behind, in the order of adding",
            what_says_no_position_comes_behind_in_the_order_of_adding },
          { "the id follows from the jobs alone", the_id_follows_from_the_jobs_alone },
          { "nothing is left without a commit", leaves_nothing_without_commit },
          { "only a bundle is replaced, and only by force", replaces_only_a_bundle_and_only_by_force },
          { "what has appeared meanwhile stays", refuses_what_has_appeared_meanwhile },
          { "jobs that contradict themselves are refused", refuses_jobs_that_contradict_themselves },
          { "companions that contradict themselves are refused",
            refuses_companions_that_contradict_themselves },
          { "many jobs of all lengths are kept", keeps_many_jobs })
