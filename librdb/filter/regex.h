/* regex: POSIX extended regular expressions over bytes: the C library's, made safe for names that hold any byte and for
 * long ones. */
#ifndef RDBKIT_FILTER_REGEX_H
#define RDBKIT_FILTER_REGEX_H

#include <regex.h>

#include "rdbkit/base.h"

/* Compiles `text`; regfree frees it. False, and nothing to free, when it is no regular expression. */
bool filter_regex_open(regex_t *regex, const char *text, rk_err *err);

/* True when some part of the name matches. One pass over it. */
bool filter_regex_matches(const regex_t *regex, rk_slice name);

#endif
