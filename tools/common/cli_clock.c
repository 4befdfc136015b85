/* cli_clock: the time that goes into what a tool writes. */
#include "cli_clock.h"

#include <stdlib.h>
#include <time.h>

bool cli_now(int64_t *now_s, rk_err *err)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end;
    *now_s = (int64_t)time(NULL);
    if (!text || !*text)
        return true;
    unsigned long long seconds = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || seconds > INT64_MAX / 1000000)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "SOURCE_DATE_EPOCH is no number of seconds: '%.40s'",
                       text);
    *now_s = (int64_t)seconds;
    return true;
}
