/* aoflog_manual: what --help and the manual page of aoflog say beside its options (see cli_section). */
#ifndef AOFLOG_MANUAL_H
#define AOFLOG_MANUAL_H

#include "common/cli.h"

static const char manual_description[] = "Tells the history that an append-only file holds.";

static const cli_example manual_examples[] = {
    { "aoflog testdata/aof/flushall", "What was written, and when?" },
};

static const cli_section manual_sections[] = {
    { "SEE ALSO", "`rdbdiff`(1), `rdbcheck`(1), `rdbconv`(1), `redis-check-aof`(1), `jq`(1)" },
};

#endif
