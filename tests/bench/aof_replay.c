/* aof_replay: replays a log and tells what it met, for whole-command timing: `aof_replay FILE` keeps every key,
 * `aof_replay --sidekiq FILE` those of Sidekiq alone, and watches them, as a history does. */
#include <stdio.h>

#include "rdbkit/history.h"

static unsigned only_sidekiq(void *self, uint32_t db, rk_slice name)
{
    (void)self;
    (void)db;
    return rk_history_wants(name) ? RK_INTEREST_KEEP | RK_INTEREST_WATCH : 0;
}

int main(int argc, char **argv)
{
    char sentence[1024];
    rk_err err = { 0 };
    rk_replay_options options = { 0 };
    bool sidekiq = argc == 3 && strcmp(argv[1], "--sidekiq") == 0;
    if (argc != 2 && !sidekiq) {
        fprintf(stderr, "usage: aof_replay [--sidekiq] FILE\n");
        return 2;
    }
    if (sidekiq)
        options.interest = only_sidekiq;
    rk_replay *replay = rk_replay_open(argv[argc - 1], &options, &err);
    bool ok = replay && rk_replay_run(replay, &err);
    if (ok) {
        const rk_replay_info *info = rk_replay_info_of(replay);
        printf("%" PRIu64 " commands changed something, %" PRIu64 " did not, %" PRIu64 " failed, %" PRIu64
               " cannot be replayed; %" PRIu64 " keys\n",
               info->done, info->nothing, info->failed, info->opaque,
               rk_keyspace_count(rk_replay_keyspace(replay)));
    } else {
        fprintf(stderr, "aof_replay: %s\n", rk_err_sentence(&err, sentence, sizeof sentence));
    }
    rk_replay_close(replay);
    return ok ? 0 : 2;
}
