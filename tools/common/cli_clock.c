/* cli_clock: the time that goes into what a tool writes. */
#include "cli_clock.h"

#include <stdlib.h>
#include <time.h>

bool cli_now(int64_t *now_s, rk_err *err)
{
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    *now_s = (int64_t)time(NULL);
    if (!fixed || !fixed[0])
        return true;
    return (rk_slice_int(rk_slice_of(fixed), now_s) && *now_s >= 0) ||
           rk_fail(err, RK_USAGE, RK_NO_OFFSET, "SOURCE_DATE_EPOCH is '%.60s', no number of seconds", fixed);
}
