/* words: what reports call things. Names are for programs and never change; sentences are for people. */
#include "rdbkit/report.h"

/* A sentence goes on from "70 jobs: ". */
static const struct {
    const char *name, *sentence;
} whys[RK_WHYS] = {
    [RK_WHY_NONE] = { NULL, "no reason is known" },
    [RK_WHY_COUNTERS_STILL] = { "counters_still", "gone although no job was processed in between" },
    [RK_WHY_EXPLAINED] = { "explained", "gone, and all that was processed in between were other jobs" },
    [RK_WHY_NOT_DUE] = { "not_due", "gone before the due time" },
    [RK_WHY_DEAD_DOES_NOT_RUN] = { "dead_does_not_run",
                                   "gone from the dead set, where nothing runs, and not by its limits" },
    [RK_WHY_PLACE_GONE] = { "place_gone", "gone with everything that Sidekiq kept there, counters and all" },
    [RK_WHY_MAY_HAVE_RUN] = { "may_have_run", "gone while jobs were processed: may have run" },
    [RK_WHY_MAY_BE_IN_HAND] = { "may_be_in_hand", "gone, and perhaps held by a live process: it has threads "
                                                  "that show no job yet" },
    [RK_WHY_NOT_COUNTED_YET] = { "not_counted_yet", "gone, and may have run: a process at work counts what "
                                                    "it ended with its next "
                                                    "heartbeat" },
    [RK_WHY_HELD_BY_SILENT] = { "held_by_silent", "seen last in the hands of a process that fell silent" },
    [RK_WHY_NO_COUNTERS] = { "no_counters", "gone, and there are no counters that tell whether jobs ran" },
    [RK_WHY_COUNTERS_BACK] = { "counters_back",
                               "gone, and the counters went back: a reset, a flush or an older state" },
    [RK_WHY_NOT_SEEN] = { "not_seen", "not found in the part of NEW that could be read" },
    [RK_WHY_AGE] = { "age", "cut from the dead set by its limit of age" },
    [RK_WHY_LIMIT] = { "limit", "cut from the dead set by its limit of number" },
    [RK_WHY_WRONG_QUEUE] = { "wrong_queue", "moved to a queue that the payload does not name" },
    [RK_WHY_NO_FAILURE] = { "no_failure", "moved to retry or dead without the marks of a failure" },
    [RK_WHY_NOT_A_STEP] = { "not_a_step", "moved where Sidekiq does not move jobs" },
    [RK_WHY_BEFORE_TIME] = { "before_time", "moved before the due time" },
    [RK_WHY_OTHER_LAYOUT] = { "other_layout", "moved to another database or namespace" },
    [RK_WHY_FIELDS] = { "fields", "fields differ that Sidekiq does not write in that step" },
    [RK_WHY_NOT_JSON] = { "not_json", "the payload no longer parses" },
    [RK_WHY_NO_JID] = { "no_jid", "the payload lost its jid" },
    [RK_WHY_NOT_UTF8] = { "not_utf8", "the payload was valid UTF-8 and is not any more" },
    [RK_WHY_SCORE_CUT] = { "score_cut", "the time was cut, scaled or lost on the way" },
    [RK_WHY_RESPELLED] = { "respelled", "same values in other bytes: not written by Sidekiq" },
    [RK_WHY_SAME_BYTES] = { "same_bytes", "more copies than before, byte for byte the same" },
    [RK_WHY_SAME_JID] = { "same_jid", "more copies than before, same jid but other bytes" },
    [RK_WHY_ENDED] = { "ended", "a worker took them and ended them, as the log shows" },
    [RK_WHY_HAD_ENDED] = { "had_ended", "pending although the log shows that they had ended: they will run "
                                        "once more" },
    [RK_WHY_IN_HAND] = { "in_hand", "in the hands of a live worker, as the log shows" },
    [RK_WHY_DELETED_ALONE] = { "deleted_alone", "taken out one by one, on purpose" },
    [RK_WHY_CLEARED] = { "cleared", "their queue or set was cleared, as the web interface does" },
    [RK_WHY_FLUSHED] = { "flushed", "gone with a flush of the data" },
    [RK_WHY_KEY_GONE] = { "key_gone", "gone with their key, which was deleted, renamed or moved" },
    [RK_WHY_OVERWRITTEN] = { "overwritten", "gone because their place was overwritten" },
    [RK_WHY_LIST_CUT] = { "list_cut", "cut from their list by LTRIM" },
    [RK_WHY_HELD_BY_DEAD] = { "held_by_dead", "went down with a worker that showed them in its hands" },
    [RK_WHY_TAKEN_BY_DEAD] = { "taken_by_dead", "went down with the worker that took them: it was not heard "
                                                "of any more" },
    [RK_WHY_NEVER_PUSHED] = { "never_pushed", "taken out as due, and never pushed to a queue" },
    [RK_WHY_ELSEWHERE] = { "elsewhere", "enqueued in another instance after OLD, where they wait: NEW does "
                                        "not have them" },
    [RK_WHY_ONE_OF_SEVERAL] = { "one_of_several", "taken by a worker that went on, or by one that fell "
                                                  "silent: may have run" },
    [RK_WHY_MORE_THAN_THREADS] = { "more_than_threads", "taken by a killed worker, more than it has threads: "
                                                        "some of them had ended" },
    [RK_WHY_NO_PROCESS] = { "no_process",
                            "taken out of the queue, and the log shows no process that may have done so" },
    [RK_WHY_BETWEEN] = { "between", "taken out as due, and the log ends before the push" },
    [RK_WHY_LOG_ENDS] = { "log_ends", "still there when the log ends: what came then it does not say" },
    [RK_WHY_OTHER_LOG] = { "other_log", "gone; they still wait in the other instance, whose log this is: "
                                        "NEW's own would tell" },
    [RK_WHY_NOT_IN_LOG] = { "not_in_log", "no log knows them" },
};

const char *rk_why_name(rk_why why)
{
    return (unsigned)why < RK_WHYS ? whys[why].name : NULL;
}

const char *rk_why_sentence(rk_why why)
{
    return (unsigned)why < RK_WHYS ? whys[why].sentence : NULL;
}

static const struct {
    const char *title, *words;
} verdicts[RK_VERDICTS] = {
    [RK_JOB_KEPT] = { "KEPT", "kept" },
    [RK_JOB_RESCHEDULED] = { "RESCHEDULED", "rescheduled" },
    [RK_JOB_CHANGED] = { "CHANGED", "changed" },
    [RK_JOB_MOVED] = { "MOVED", "moved" },
    [RK_JOB_IN_PROGRESS] = { "IN PROGRESS", "in progress" },
    [RK_JOB_STRANDED] = { "STRANDED", "stranded" },
    [RK_JOB_FINISHED] = { "FINISHED", "finished" },
    [RK_JOB_REMOVED] = { "REMOVED", "removed" },
    [RK_JOB_TRIMMED] = { "TRIMMED", "trimmed" },
    [RK_JOB_LOST] = { "LOST", "lost" },
    [RK_JOB_UNACCOUNTED] = { "UNACCOUNTED", "unaccounted for" },
    [RK_JOB_DAMAGED] = { "DAMAGED", "damaged" },
    [RK_JOB_RESURRECTED] = { "RESURRECTED", "resurrected" },
    [RK_JOB_DUPLICATED] = { "DUPLICATED", "duplicated" },
    [RK_JOB_ADDED] = { "ADDED", "added" },
    [RK_JOB_UNEXPECTED] = { "UNEXPECTED", "unexpected" },
};

const char *rk_verdict_title(rk_verdict v)
{
    return (unsigned)v < RK_VERDICTS ? verdicts[v].title : NULL;
}

const char *rk_verdict_words(rk_verdict v)
{
    return (unsigned)v < RK_VERDICTS ? verdicts[v].words : NULL;
}

const char *rk_evidence_name(rk_evidence_level level)
{
    static const char *const names[] = {
        [RK_BY_SNAPSHOTS] = "snapshots", [RK_BY_COUNTERS] = "counters", [RK_BY_LOG] = "log"
    };
    return (unsigned)level <= RK_BY_LOG ? names[level] : NULL;
}

const char *rk_repl_proof_name(rk_repl_proof proof)
{
    static const char *const names[] = { [RK_PROOF_NONE] = "none",
                                         [RK_PROOF_COMPLETE] = "complete",
                                         [RK_PROOF_BEHIND] = "behind",
                                         [RK_PROOF_OTHER_HISTORY] = "other_history" };
    return (unsigned)proof <= RK_PROOF_OTHER_HISTORY ? names[proof] : NULL;
}

const char *rk_transition_name(rk_transition transition)
{
    return transition == RK_PROGRESS ? "progress" : transition == RK_IRREGULAR ? "irregular" : NULL;
}

const char *rk_code_name(rk_code code)
{
    static const char *const names[] = { [RK_OK] = "ok",
                                         [RK_IO] = "io",
                                         [RK_TRUNCATED] = "truncated",
                                         [RK_DAMAGED] = "damaged",
                                         [RK_UNKNOWN] = "unknown",
                                         [RK_FORMAT] = "format",
                                         [RK_USAGE] = "usage",
                                         [RK_NO_MEMORY] = "no_memory" };
    return (unsigned)code <= RK_NO_MEMORY ? names[code] : NULL;
}
