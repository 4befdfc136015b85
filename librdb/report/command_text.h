/* command_text: a command as a line of text, whole or shortened. */
#ifndef RK_REPORT_COMMAND_TEXT_H
#define RK_REPORT_COMMAND_TEXT_H

#include "rdbkit/base.h"

/* Appends the command to `line`. Arguments with blanks, quotes at their beginning, control bytes or bytes that are no UTF-8
 * stand in "...", with \" \\ \n \r \t and \xHH as redis-cli takes them. Shortened: a payload of a job is told as
 * <CLASS JID>, other arguments lose what is behind 60 bytes, and behind the eighth they are only counted. */
bool rk_command_text(rk_buf *line, const rk_slice *args, size_t argc, bool full, rk_err *err);

#endif
