/* starved: a replay of commands in which the n-th allocation fails, and all behind it, for every n: it ends with an error
 * of memory and loses nothing, or in the end goes through. */
#ifndef RDBKIT_TESTS_STARVED_H
#define RDBKIT_TESTS_STARVED_H

#include "replayed.h"

/* Replays all, watched, and saves the state; tells the error. */
static inline rk_code starved_run(rk_slice file, int64_t after)
{
    rk_err err = { 0 };
    rk_step step;
    rk_replay_options options = { .interest = replayed_watch };
    rk_keyspace_save_options plain = { .plain = true };
    rk_alloc_fail_after(after);
    rk_source *source = rk_source_memory(file, 0, &err);
    rk_replay *replay = source ? rk_replay_open_source(source, &options, &err) : NULL;
    while (replay && rk_replay_next(replay, &step, &err))
        ;
    rk_sink *sink = replay && err.code == RK_OK ? rk_sink_open_temporary(&err) : NULL;
    if (sink)
        rk_keyspace_save(rk_replay_keyspace(replay), sink, &plain, &err);
    rk_sink_close(sink);
    rk_replay_close(replay);
    rk_alloc_fail_after(-1);
    return err.code;
}

static inline void starved(const char *commands)
{
    rk_buf resp = { 0 };
    rk_err err = { 0 };
    int64_t n = 0;
    rk_code code = RK_NO_MEMORY;
    replayed_resp(commands, &resp, &err);
    for (; code == RK_NO_MEMORY && n < 100000; n++)
        code = starved_run(rk_buf_slice(&resp), n);
    CU_ASSERT_EQUAL(code, RK_OK);
    CU_ASSERT(n > 20); /* it did fail before */
    rk_buf_free(&resp);
}

#endif
