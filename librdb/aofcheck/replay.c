/* replay: what the commands come to, and which of them fail on the data that they find. No server says more of these than a
 * line in its log, and goes on. */
#include "rdbkit/keyspace.h"
#include "run.h"

#include <sys/stat.h>

/* The part that an error speaks of. */
static size_t part_of(const rk_aofcheck *c, const rk_err *why)
{
    for (size_t i = 0; i < c->loaded; i++)
        if (strcmp(c->parts[i].part.path, why->source) == 0)
            return i;
    return 0;
}

static bool say_failed(rk_aofcheck *c, const rk_replay_info *info, rk_err *err)
{
    const rk_err *first = &info->failed_first;
    rk_aof_problem p = { .problem = { .kind = RK_PROBLEM_NOTICE,
                                      .step = "replay",
                                      .offset = first->has_offset ? first->offset : RK_NO_OFFSET },
                         .part = part_of(c, first) };
    return info->failed == 0 ||
           aofcheck_problem_add(
               c, &p, err, "%" PRIu64 " command%s on what %s, and change%s nothing, as on a server%s: %s, %s",
               info->failed, info->failed == 1 ? " fails" : "s fail",
               info->failed == 1 ? "it finds" : "they find", info->failed == 1 ? "s" : "",
               info->failed == 1 ? "" : "; the first", first->what, first->where);
}

bool aofcheck_replay(rk_aofcheck *c, const char *path, rk_err *err)
{
    rk_replay_options options = { .progress = c->progress };
    struct stat info;
    bool again =
        c->is_folder || (stat(path, &info) == 0 && S_ISREG(info.st_mode)); /* it can be opened again */
    if (c->found[RK_PROBLEM_DAMAGE] > 0 || !again)
        return true;
    rk_replay *replay = rk_replay_open(path, &options, err);
    bool ok = replay && rk_replay_run(replay, err);
    if (ok) {
        const rk_replay_info *done = rk_replay_info_of(replay);
        c->replayed = (rk_aof_replayed){ .done = true,
                                         .keys = rk_keyspace_count(rk_replay_keyspace(replay)),
                                         .failed = done->failed,
                                         .opaque = done->opaque,
                                         .uncertain_keys = done->uncertain_keys };
        ok = say_failed(c, done, err);
        aofcheck_problems_sort(c);
    }
    rk_replay_close(replay);
    return ok;
}
