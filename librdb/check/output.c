/* output: what is written beside a checked snapshot. */
#include "run.h"

rk_sink *rk_check_sink(const rk_check *check, const char *path, bool force, rk_err *err)
{
    rk_sink_options options = { .force = force, .input = check->source };
    return rk_sink_open(path, &options, err);
}

bool rk_check_read_back(rk_sink *sink, const char *path, rk_check **kept, rk_err *err)
{
    const char *written = rk_sink_flush(sink, err);
    rk_err why = { 0 };
    char sentence[700];
    if (!written)
        return false;
    rk_check *again = rk_check_run(written, NULL, &why);
    const rk_problem *problem = NULL;
    for (size_t i = 0; again && (problem = rk_check_problem(again, i)) && problem->kind != RK_PROBLEM_DAMAGE;)
        i++;
    bool whole = again && rk_check_problems(again, RK_PROBLEM_DAMAGE) == 0;
    if (!again)
        rk_fail(err, why.code, RK_NO_OFFSET, "what was written cannot be read back: %s",
                rk_err_sentence(&why, sentence, sizeof sentence));
    else if (!whole)
        rk_fail(err, RK_DAMAGED, problem ? problem->offset : RK_NO_OFFSET,
                "what was written is not whole: %s", problem ? problem->what : "it is damaged");
    if (kept && whole)
        *kept = again;
    else
        rk_check_free(again);
    return whole || rk_err_source(err, path);
}
