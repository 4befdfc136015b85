/* Jobs that an application wrote to a file, a line each. */
#include "../unit.h"
#include "made.h"
#include "rdbkit/bundle_make.h"

/* What came out: "KEY SCORE JID CLASS PAYLOAD" a line, or the sentence of what went wrong. */
static const char *read_all(rk_slice text, rk_err *err)
{
    static char out[4096];
    const char *path = made_path("spool");
    size_t used = 0;
    rk_bundle_job job;
    made_write(path, text);
    rk_job_spool *spool = rk_job_spool_open(path, NULL, err);
    CU_ASSERT_FATAL(spool != NULL);
    out[0] = 0;
    while (rk_job_spool_next(spool, &job, err)) {
        char score[32] = "-";
        CU_ASSERT(job.act == RK_ACT_RESTORE && job.has_offset && !job.has_position);
        CU_ASSERT(job.has_score == (job.kind == RK_PLACE_SCHEDULE));
        if (job.has_score)
            snprintf(score, sizeof score, "%.17g", job.score);
        used += (size_t)snprintf(out + used, sizeof out - used, "%" PRIu64 " %.*s %s %.*s %.*s %.*s\n",
                                 rk_job_spool_line(spool), (int)job.key.len, job.key.ptr, score,
                                 (int)job.jid.len, job.jid.ptr, (int)job.class_name.len, job.class_name.ptr,
                                 (int)job.payload.len, job.payload.ptr);
    }
    rk_job_spool_close(spool);
    return out;
}

static void is_read(const char *text, const char *wanted)
{
    rk_err err = { 0 };
    const char *got = read_all(rk_slice_of(text), &err);
    if (strcmp(got, wanted) != 0)
        printf("# got %s# wanted %s", got, wanted);
    CU_ASSERT(err.code == RK_OK);
    CU_ASSERT_STRING_EQUAL(got, wanted);
}

#define A1 "{\"class\":\"A\",\"args\":[1],\"jid\":\"j1\"}"

static void takes_payloads(void)
{
    is_read(A1 "\n" A1, "1 queue:default - j1 A " A1 "\n2 queue:default - j1 A " A1 "\n");
    is_read("\n  \r\n" A1 " \r\n", "3 queue:default - j1 A " A1 "\n");
    is_read("", "");
    is_read("{\"class\":\"A\",\"args\":[],\"queue\":\"caf\\u00e9\"}\n",
            "1 queue:caf\303\251 -  A {\"class\":\"A\",\"args\":[],\"queue\":\"caf\\u00e9\"}\n");
    is_read("{\"class\":\"A\",\"args\":[],\"at\":1795418990.933207}\n",
            "1 schedule 1795418990.933207  A {\"class\":\"A\",\"args\":[],\"at\":1795418990.933207}\n");
}

static void takes_objects_around_payloads(void)
{
    is_read("{\"queue\":\"q\", \"payload\": {\"class\":\"A\", \"args\":[1]} }\n",
            "1 queue:q -  A {\"class\":\"A\", \"args\":[1]}\n");
    is_read("{\"payload\":\"{\\\"class\\\":\\\"A\\\",\\\"args\\\":[],\\\"queue\\\":\\\"own\\\"}\"}\n",
            "1 queue:own -  A {\"class\":\"A\",\"args\":[],\"queue\":\"own\"}\n");
    is_read("{\"payload\":" A1 ",\"at\":12.5,\"queue\":\"q\"}\n", "1 schedule 12.5 j1 A " A1 "\n");
    is_read("{\"payload\":" A1 ",\"at\":null,\"queue\":null}\n", "1 queue:default - j1 A " A1 "\n");
    is_read("{\"payload\":{\"class\":\"A\",\"args\":[],\"at\":5},\"queue\":\"q\"}\n",
            "1 schedule 5  A {\"class\":\"A\",\"args\":[],\"at\":5}\n");
}

static void names_the_line_that_is_wrong(void)
{
    static const struct {
        const char *line, *what;
        uint64_t offset;
    } rows[] = {
        { "[1]", "line 3 is not a JSON object", 0 },
        { A1 A1, "line 3 is not a JSON object", 0 },
        { " {\"jid\":\"a\"}", "line 3 holds a payload that has no class", 1 },
        { "{\"payload\":3}", "line 3 has a payload that is neither an object nor a text", 0 },
        { "{\"payload\":\"nonsense\"}", "line 3 holds a payload that is not a JSON object", 0 },
        { "{\"payload\":{\"args\":[]}}", "line 3 holds a payload that has no class", 11 },
        { "{\"payload\":" A1 ",\"at\":\"soon\"}", "line 3 has an `at` that is no time", 11 },
        { "{\"payload\":" A1 ",\"at\":1e999}", "line 3 has an `at` that is no time", 11 },
        { "{\"payload\":" A1 ",\"queue\":\"\"}", "line 3 has a queue that is empty", 11 },
        { "{\"payload\":" A1 ",\"queue\":7}", "line 3 has a queue that is no text", 11 },
        { "{\"payload\":{\"class\":\"A\"},\"at\":1}",
          "line 3 holds a payload that has no args, or ones that are no array", 11 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err = { 0 };
        char text[400];
        int head = snprintf(text, sizeof text, "%s\n\n", A1);
        snprintf(text + head, sizeof text - (size_t)head, "%s\n" A1 "\n", rows[i].line);
        read_all(rk_slice_of(text), &err);
        CU_ASSERT_EQUAL(err.code, RK_DAMAGED);
        if (strcmp(err.what, rows[i].what) != 0 || err.offset != (uint64_t)head + rows[i].offset)
            printf("# %s: %s at %" PRIu64 "\n", rows[i].line, err.what, err.offset - (uint64_t)head);
        CU_ASSERT_STRING_EQUAL(err.what, rows[i].what);
        CU_ASSERT_EQUAL(err.offset, (uint64_t)head + rows[i].offset);
        CU_ASSERT(strstr(err.source, "/spool") != NULL);
    }
}

/* Lines longer than what is read at once, and many of them; then from the beginning again. */
static void reads_long_lines_and_reads_again(void)
{
    enum { LINES = 40, LONG = 300000 };
    rk_err err = { 0 };
    rk_bundle_job job;
    const char *path = made_path("spool");
    FILE *file = fopen(path, "wb");
    CU_ASSERT_FATAL(file != NULL);
    for (int i = 0; i < LINES; i++) {
        fprintf(file, "{\"class\":\"A\",\"args\":[\"");
        for (int j = 0; j < (i % 3 == 0 ? LONG : 10); j++)
            fputc('x', file);
        fprintf(file, "\"],\"jid\":\"%d\"}\n", i);
    }
    fclose(file);
    rk_job_spool *spool = rk_job_spool_open(path, NULL, &err);
    CU_ASSERT_FATAL(spool != NULL);
    CU_ASSERT(!rk_job_spool_rewind(spool, &err));
    err = (rk_err){ 0 };
    for (int round = 0; round < 2; round++) {
        int count = 0;
        char jid[16];
        while (rk_job_spool_next(spool, &job, &err)) {
            snprintf(jid, sizeof jid, "%d", count);
            CU_ASSERT(rk_slice_is(job.jid, rk_slice_of(jid)));
            CU_ASSERT(job.payload.len > (size_t)(count % 3 == 0 ? LONG : 10));
            count++;
        }
        CU_ASSERT(err.code == RK_OK && count == LINES);
        CU_ASSERT(rk_job_spool_rewind(spool, &err));
    }
    rk_job_spool_close(spool);
    made_remove(made_path(""));
}

UNIT_MAIN("spool", { "takes payloads", takes_payloads },
          { "takes objects around payloads", takes_objects_around_payloads },
          { "names the line that is wrong", names_the_line_that_is_wrong },
          { "reads long lines, and reads again", reads_long_lines_and_reads_again })
