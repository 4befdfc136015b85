/* ink: colours on a terminal. */
#ifndef RK_REPORT_INK_H
#define RK_REPORT_INK_H

#include <stdbool.h>

typedef enum { RK_INK_PLAIN, RK_INK_BOLD, RK_INK_GOOD, RK_INK_BAD, RK_INK_WARN, RK_INK_FAINT } rk_ink;

/* What switches to the colour; "" when there is none. */
const char *rk_ink_code(bool colour, rk_ink ink);

#endif
