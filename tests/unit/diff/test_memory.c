/* test_memory: a comparison during which the n-th allocation fails, for every n: an error, and nothing is left over. */
#include "pair.h"

#define NOT_DUE 1795430000.5

/* A little of everything: echoes, private lists, damage, copies, keys in two encodings, a namespace that changed. */
static const pair_row rich = {
    .name = "rich",
    .old = { LIST("a:queue:default", { J("a") }, { J("b") }, { "{\"class\":\"A\",\"args\":[1]}" },
                  { J("in\\/1") }),
             ZSET("a:retry", { J_FAILED("r", "1", "1795400100.5"), NOT_DUE },
                  { JOB("cut", "x", "W", "[\"x\"]", ""), 1.5 }),
             SET("a:queues", { "default" }, { "x" }), ZSET("a:dead", { J("dead"), 1.5 }),
             STRING("a:stat:processed", "5"), SET("a:things", { "1" }, { "2" }), STRING("a:gone", "1"),
             LIST("a:queue:default:working", { J("w") }), SET("a:processes", { IDENTITY }),
             HASH("a:" IDENTITY, { "info", .value = "{\"concurrency\":5}" }, { "beat", .value = BEAT_OLD }),
             HASH("a:" IDENTITY ":work", { "t", .value = "{\"payload\":" J("h") "}" }) },
    .new = { LIST("queue:default", { " " J("a") }, { "{\"class\":\"A\",\"args\":[1]}" }, { J("in/1") },
                  { J("in/1") }),
             ZSET("retry", { J_FAILED("r", "2", "1795420060.5"), NOT_DUE + 9 },
                  { "{\"retry\":true,\"que", 1.5 }),
             SET("queues", { "default" }), STRING("stat:processed", "9"), SET("things", { "2" }, { "1" }),
             STRING("new", "1"), LIST("queue:sq|" IDENTITY "|default", { J("w") }),
             LIST("queue:b", { J_IN("b", "b") }), SET("processes", { IDENTITY }),
             HASH(IDENTITY, { "info", .value = "{\"concurrency\":5}" }, { "beat", .value = "1.5" }),
             HASH(IDENTITY ":work", { "t", .value = "{\"payload\":" J("dead") "}" }) },
};

static void close_files(pair *p)
{
    rk_diff_free(p->diff);
    p->diff = NULL;
    p->err = (rk_err){ 0 };
}

/* Runs the pair and pulls all that it tells; false when memory was short. */
static bool run_all(pair *p)
{
    rk_job_finding job;
    rk_key_finding key;
    bool ok = pair_run(p);
    rk_job_cursor *jobs = ok ? rk_job_cursor_open(p->diff, &p->err) : NULL;
    while (jobs && rk_job_cursor_next(jobs, &job, &p->err))
        ;
    rk_job_cursor_close(jobs);
    rk_key_cursor *keys = ok && p->err.code == RK_OK ? rk_key_cursor_open(p->diff, &p->err) : NULL;
    while (keys && rk_key_cursor_next(keys, &key, &p->err))
        ;
    rk_key_cursor_close(keys);
    return p->err.code == RK_OK;
}

static void every_allocation_fails(void)
{
    for (int packed = 0; packed < 2; packed++) {
        pair p = { 0 };
        pair_row row = rich;
        for (size_t i = 0; packed && i < PAIR_KEYS; i++) {
            row.old[i].packed = row.old[i].type == RK_LIST || row.old[i].type == RK_ZSET;
            row.new[i].packed = row.new[i].type == RK_LIST || row.new[i].type == RK_ZSET;
        }
        pair_row_side(&p, &row, false);
        pair_row_side(&p, &row, true);
        bool done = false;
        int64_t n = 0;
        for (; !done && n < 5000; n++) {
            rk_alloc_fail_after(n);
            done = run_all(&p);
            rk_alloc_fail_after(-1);
            CU_ASSERT(done || p.err.code == RK_NO_MEMORY);
            if (!done && p.err.code != RK_NO_MEMORY)
                printf("# after %d: %s\n", (int)n, p.err.what);
            close_files(&p);
        }
        CU_ASSERT(done && n > 100);
        pair_close(&p);
    }
}

UNIT_MAIN("memory", { "every allocation fails in its turn", every_allocation_fails })
