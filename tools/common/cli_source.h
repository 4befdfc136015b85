/* cli_source: what all tools say and ask of their sources. */
#ifndef RDBKIT_CLI_SOURCE_H
#define RDBKIT_CLI_SOURCE_H

#include "cli.h"
#include "rdbkit/base.h"

/* The row for a tool's table; `member` is a const char * in its struct of options. */
#define CLI_WITHOUT_ROW(options, member)                                                                     \
    {                                                                                                        \
        0, "without", "[FILE:]OFFSET", "replay a log without the command that begins at this byte",          \
            CLI_TEXT, offsetof(options, member), NULL, cli_without_details                                   \
    }

extern const char cli_without_details[];

/* False when there was to be a command without which a source is replayed, and none of the sources has it. */
bool cli_without_check(const char *without, bool left_out, rk_err *err);

/* The section of the manual page. */
#define CLI_SOURCES_TITLE "SOURCES"
extern const char cli_sources_text[];

#endif
