/* ink: colours on a terminal. */
#include "ink.h"

const char *rk_ink_code(bool colour, rk_ink ink)
{
    static const char *const codes[] = {
        [RK_INK_PLAIN] = "\033[0m",  [RK_INK_BOLD] = "\033[1m",    [RK_INK_GOOD] = "\033[1;32m",
        [RK_INK_BAD] = "\033[1;31m", [RK_INK_WARN] = "\033[1;33m", [RK_INK_FAINT] = "\033[2m",
    };
    return colour ? codes[ink] : "";
}
