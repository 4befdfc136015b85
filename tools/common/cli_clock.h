/* cli_clock: the time that goes into what a tool writes, so that the same inputs can make the same bytes. */
#ifndef CLI_CLOCK_H
#define CLI_CLOCK_H

#include "rdbkit/base.h"

/* Unix seconds: those of the environment variable SOURCE_DATE_EPOCH where it is set and not empty, else now. RK_USAGE when it
 * is no number. */
bool cli_now(int64_t *now_s, rk_err *err);

#endif
