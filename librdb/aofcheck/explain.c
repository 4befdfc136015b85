#include "rdbkit/aofcheck.h"
rk_explain *rk_aofcheck_explain(const char *path, uint64_t offset, const rk_explain_options *options,
                                rk_err *err)
{
    return rk_explain_run(path, offset, options, err);
}
