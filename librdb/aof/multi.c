/* multi: transactions are yielded whole or not at all, as a server applies them (spec: AOF, "Transactions"). */
#include "aof.h"

static bool broken(rk_aof *aof, const aof_frame *multi, size_t at)
{
    aof->broken = (aof_break){
        .failed = true, .in_multi = true, .from = aof_offset(aof, multi->at), .look_at = aof_offset(aof, at)
    };
    return false;
}

bool aof_multi_look(rk_aof *aof, const aof_frame *multi, rk_err *err)
{
    aof_frame f = { .at = multi->end, .number = multi->number + 1 };
    int64_t time_s;
    while (aof_has(aof, f.at + 1, err)) {
        if (*aof_at(aof, f.at) == '#') {
            if (!aof_note(aof, f.at, &f.at, &time_s, err))
                return broken(aof, multi, f.at);
            continue;
        }
        if (!aof_frame_command(aof, &f, false, err))
            return broken(aof, multi, f.at);
        rk_verb verb = aof_verb(aof, &f, true);
        if (verb == RK_VERB_EXEC) {
            aof->exec_end = aof_offset(aof, f.end);
            return true;
        }
        if (verb == RK_VERB_MULTI) {
            rk_fail(err, RK_DAMAGED, aof_offset(aof, f.at),
                    "a MULTI in the transaction that began at byte %" PRIu64, aof_offset(aof, multi->at));
            aof_within(aof, &f, err);
            broken(aof, multi, f.at);
            aof->broken.at_command = true;
            return false;
        }
        f.at = f.end;
        f.number++;
    }
    rk_fail(err, RK_TRUNCATED, aof_offset(aof, f.at), "no EXEC follows on the MULTI at byte %" PRIu64,
            aof_offset(aof, multi->at));
    aof_within(aof, multi, err);
    return broken(aof, multi, f.at);
}
