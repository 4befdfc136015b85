/* words: what lives, fates and their reasons are called. */
#include "rdbkit/history.h"

const char *rk_life_name(rk_life life)
{
    static const char *const names[RK_LIVES] = {
        [RK_LIFE_FOUND] = "found",
        [RK_LIFE_PUSHED] = "pushed",
        [RK_LIFE_SCHEDULED] = "scheduled",
        [RK_LIFE_TAKEN] = "taken",
        [RK_LIFE_TAKEN_LISTED] = "taken_listed",
        [RK_LIFE_SHOWN] = "shown",
        [RK_LIFE_ACKNOWLEDGED] = "acknowledged",
        [RK_LIFE_PUSHED_BACK] = "pushed_back",
        [RK_LIFE_FAILED] = "failed",
        [RK_LIFE_DIED] = "died",
        [RK_LIFE_INTERRUPTED] = "interrupted",
        [RK_LIFE_DUE] = "due",
        [RK_LIFE_ENQUEUED] = "enqueued",
        [RK_LIFE_RESCHEDULED] = "rescheduled",
        [RK_LIFE_MOVED] = "moved",
        [RK_LIFE_COPIED] = "copied",
        [RK_LIFE_COPY_GONE] = "copy_gone",
        [RK_LIFE_ENDED] = "ended",
        [RK_LIFE_REMOVED] = "removed",
        [RK_LIFE_TRIMMED] = "trimmed",
        [RK_LIFE_LOST] = "lost",
        [RK_LIFE_UNKNOWN] = "unknown",
    };
    return (unsigned)life < RK_LIVES ? names[life] : NULL;
}

const char *rk_fate_name(rk_fate_kind kind)
{
    static const char *const names[RK_FATES] = {
        [RK_FATE_PENDING] = "pending", [RK_FATE_IN_HAND] = "in_hand", [RK_FATE_BETWEEN] = "between",
        [RK_FATE_ENDED] = "ended",     [RK_FATE_REMOVED] = "removed", [RK_FATE_TRIMMED] = "trimmed",
        [RK_FATE_LOST] = "lost",       [RK_FATE_UNKNOWN] = "unknown",
    };
    return (unsigned)kind < RK_FATES ? names[kind] : NULL;
}

const char *rk_because_name(rk_because because)
{
    static const char *const names[RK_BECAUSES] = {
        [RK_BECAUSE_SHOWN] = "shown",
        [RK_BECAUSE_NOT_BEAT_YET] = "not_beat_yet",
        [RK_BECAUSE_HEARTBEATS] = "heartbeats",
        [RK_BECAUSE_STOPPED] = "stopped",
        [RK_BECAUSE_ACKNOWLEDGED] = "acknowledged",
        [RK_BECAUSE_COUNTED] = "counted",
        [RK_BECAUSE_DELETED_ALONE] = "deleted_alone",
        [RK_BECAUSE_CLEARED] = "cleared",
        [RK_BECAUSE_AGE] = "age",
        [RK_BECAUSE_LIMIT] = "limit",
        [RK_BECAUSE_FLUSHED] = "flushed",
        [RK_BECAUSE_KEY_GONE] = "key_gone",
        [RK_BECAUSE_OVERWRITTEN] = "overwritten",
        [RK_BECAUSE_LIST_CUT] = "list_cut",
        [RK_BECAUSE_HELD_BY_DEAD] = "held_by_dead",
        [RK_BECAUSE_TAKEN_BY_DEAD] = "taken_by_dead",
        [RK_BECAUSE_NEVER_PUSHED] = "never_pushed",
        [RK_BECAUSE_SEVERAL] = "several",
        [RK_BECAUSE_MORE_THAN_THREADS] = "more_than_threads",
        [RK_BECAUSE_NO_PROCESS] = "no_process",
    };
    return (unsigned)because < RK_BECAUSES ? names[because] : NULL;
}
