/* cli_filter: the options that choose keys by name, type and database: the same letters and words in every tool. */
#ifndef RDBKIT_CLI_FILTER_H
#define RDBKIT_CLI_FILTER_H

#include "cli.h"
#include "rdbkit/filter.h"

/* What the user gave. */
typedef struct {
    cli_list keys, ignores, types, dbs;
    bool regex;
} cli_filter;

/* The rows for a tool's table; `member` is the cli_filter in its struct of options. `only` and `none` begin the help:
 * "only keys", "no keys". */
#define CLI_FILTER_ROWS(options, member, only, none)                                                         \
    { 'k',      "key",                                                                                       \
      "GLOB",   only " that match; may be repeated",                                                         \
      CLI_LIST, offsetof(options, member) + offsetof(cli_filter, keys),                                      \
      NULL,     cli_filter_glob_details },                                                                   \
        { 'K',      "ignore",                                                                                \
          "GLOB",   none " that match; may be repeated",                                                     \
          CLI_LIST, offsetof(options, member) + offsetof(cli_filter, ignores),                               \
          NULL,     NULL },                                                                                  \
        { 0,        "re",                                                                                    \
          NULL,     "take the patterns of --key and --ignore for regular expressions",                       \
          CLI_FLAG, offsetof(options, member) + offsetof(cli_filter, regex),                                 \
          NULL,     cli_filter_re_details },                                                                 \
        { 't',      "type",                                                                                  \
          "TYPE",   only " of this type, or of several with commas; may be repeated",                        \
          CLI_LIST, offsetof(options, member) + offsetof(cli_filter, types),                                 \
          NULL,     cli_filter_type_details },                                                               \
    {                                                                                                        \
        'n', "db", "N", only " in this database; may be repeated", CLI_LIST,                                 \
            offsetof(options, member) + offsetof(cli_filter, dbs), NULL, NULL                                \
    }

extern const char cli_filter_glob_details[], cli_filter_re_details[], cli_filter_type_details[];

/* A filter of these words and of what `others` holds of expiries and slots (NULL: nothing). The caller closes the
 * filter, then frees *dbs. False with an error, and nothing to close, when a word is wrong. */
bool cli_filter_open(const cli_filter *words, const rk_filter_options *others, uint32_t **dbs,
                     rk_filter **filter, rk_err *err);

#endif
