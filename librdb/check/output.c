/* output: what is written beside a checked snapshot. */
#include "run.h"

rk_sink *rk_check_sink(const rk_check *check, const char *path, bool force, rk_err *err)
{
    rk_sink_options options = { .force = force, .input = check->source };
    return rk_sink_open(path, &options, err);
}
