#include "run.h"
rk_sink *rk_aofcheck_sink(const rk_aofcheck *aof, const char *path, bool force, rk_err *err)
{ (void)aof; rk_sink_options o={.force=force}; return rk_sink_open(path,&o,err);}
bool rk_aofcheck_salvage(const rk_aofcheck *aof, const char *path, bool force, rk_aof_salvage *result, rk_err *err)
{ (void)aof;(void)path;(void)force;(void)result; return rk_fail(err,RK_USAGE,RK_NO_OFFSET,"not yet"); }
rk_explain *rk_aofcheck_explain(const char *path, uint64_t offset, const rk_explain_options *options, rk_err *err)
{ return rk_explain_run(path,offset,options,err);}
