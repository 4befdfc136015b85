/* fate_words: what became of a job, and why, as a sentence. */
#include "aoflog_view.h"

/* %P is the place, %O the process. */
static const char *const because_words[RK_BECAUSES] = {
    [RK_BECAUSE_SHOWN] = "%O shows it in its work hash, and is alive",
    [RK_BECAUSE_NOT_BEAT_YET] = "it was taken from %P, and who may have it has had no heartbeat since",
    [RK_BECAUSE_HEARTBEATS] = "it was taken from %P, and no process that may have it shows it any more",
    [RK_BECAUSE_STOPPED] = "it was taken from %P, and its process stopped cleanly without pushing it back",
    [RK_BECAUSE_ACKNOWLEDGED] = "its worker took it out of %P, done",
    [RK_BECAUSE_COUNTED] = "it was taken from %P, and the counters of what was processed cover it",
    [RK_BECAUSE_DELETED_ALONE] = "it was deleted from %P by itself",
    [RK_BECAUSE_CLEARED] = "%P was cleared, as Sidekiq's web interface does",
    [RK_BECAUSE_AGE] = "it was in %P longer than the limit",
    [RK_BECAUSE_LIMIT] = "%P held more than its limit",
    [RK_BECAUSE_FLUSHED] = "it was in %P when the database was flushed",
    [RK_BECAUSE_KEY_GONE] = "it was in %P when that key was taken away",
    [RK_BECAUSE_OVERWRITTEN] = "it was in %P when something else was put in its place",
    [RK_BECAUSE_LIST_CUT] = "it was in the part of %P that was cut off",
    [RK_BECAUSE_HELD_BY_DEAD] = "%O had it in its work hash, and was not heard of any more",
    [RK_BECAUSE_TAKEN_BY_DEAD] = "it was taken from %P, and who may have it was not heard of any more",
    [RK_BECAUSE_NEVER_PUSHED] = "it left %P as due, and was never pushed",
    [RK_BECAUSE_SEVERAL] = "it was taken from %P by a process that went on, or by one that fell silent",
    [RK_BECAUSE_NO_PROCESS] = "it was taken from %P, and no heartbeat tells by whom",
};

static const char *const fate_words[RK_FATES] = {
    [RK_FATE_PENDING] = "pending: it waits in %P",
    [RK_FATE_IN_HAND] = "in hand",
    [RK_FATE_BETWEEN] = "between: it left %P as due, and the log ends before it is pushed: it is in no key",
    [RK_FATE_ENDED] = "ended",
    [RK_FATE_REMOVED] = "removed on purpose",
    [RK_FATE_TRIMMED] = "trimmed",
    [RK_FATE_LOST] = "lost",
    [RK_FATE_UNKNOWN] = "unknown, it may have run",
};

static void add(const rk_job_fate *fate, const char *words, char *out, size_t cap)
{
    char prefix[80] = "", key[140];
    for (const char *c = words; *c; c++) {
        if (c[0] == '%' && c[1] == 'P') {
            c++;
            if (fate->place.known && fate->place.prefix.len)
                rk_slice_print(fate->place.prefix, prefix, sizeof prefix);
            if (!fate->place.known)
                rk_human_join(out, cap, "", "%s", "its queue");
            else
                rk_human_join(out, cap, "", "%s%s", prefix, rk_slice_print(fate->place.key, key, sizeof key));
        } else if (c[0] == '%' && c[1] == 'O') {
            c++;
            rk_human_join(out, cap, "", "%s",
                          fate->process.len ? rk_slice_print(fate->process, key, sizeof key) : "a process");
        } else {
            rk_human_join(out, cap, "", "%c", *c);
        }
    }
}

const char *rk_fate_sentence(const rk_job_fate *fate, char *out, size_t cap)
{
    out[0] = 0;
    add(fate, fate_words[fate->kind], out, cap);
    if (fate->because != RK_BECAUSE_NONE && because_words[fate->because]) {
        rk_human_join(out, cap, "", ": ");
        add(fate, because_words[fate->because], out, cap);
    }
    return out;
}
