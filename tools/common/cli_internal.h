/* cli_internal: what the files of cli share. Tools include cli.h alone. */
#ifndef RDBKIT_CLI_INTERNAL_H
#define RDBKIT_CLI_INTERNAL_H

#include "common/cli.h"

/* ---- the table: the tool's rows, and behind them the ones that every tool has ------------------------ */

enum { CLI_ABOUT_HELP, CLI_ABOUT_VERSION, CLI_ABOUT_COMPLETION, CLI_ABOUT_MAN, CLI_ABOUT_COUNT };
extern const cli_option cli_about[CLI_ABOUT_COUNT];

static inline size_t cli_option_count(const cli_tool *tool)
{
    return tool->option_count + CLI_ABOUT_COUNT;
}

static inline const cli_option *cli_option_at(const cli_tool *tool, size_t i)
{
    return i < tool->option_count ? &tool->options[i] : &cli_about[i - tool->option_count];
}

static inline bool cli_option_is_about(const cli_option *option)
{
    return option >= cli_about && option < cli_about + CLI_ABOUT_COUNT;
}

/* "create" of "rdbbundle create". */
static inline const char *cli_command_name(const cli_tool *command)
{
    const char *blank = strrchr(command->name, ' ');
    return blank ? blank + 1 : command->name;
}

/* ---- argv taken apart -------------------------------------------------------------------------------- */

/* One thing of the command line, in its order: an option with its value, or an operand (option is NULL). */
typedef struct {
    const cli_option *option;
    char *value; /* borrowed from argv; NULL for a flag */
} cli_setting;

typedef struct {
    cli_setting *items; /* rk_free */
    size_t count, capacity;
} cli_settings;

/* Takes argv apart and judges no value. Stops behind the first option that asks about the tool itself (--help
 * ...), which is then the last setting. */
bool cli_scan(const cli_tool *tool, int argc, char **argv, cli_settings *settings, rk_err *err);

/* ---- values ------------------------------------------------------------------------------------------ */

/* Splits the next word off `rest`, which becomes NULL behind the last one. False when there is none. */
bool cli_word_next(const char **rest, char separator, rk_slice *word);

/* Reads `value` as the option's kind into its field of `options`. Not for CLI_LIST. */
bool cli_value_store(const cli_option *option, char *value, void *options, rk_err *err);

/* "auto, always or never; default auto" or less: what `help` does not say, from the table and from the
 * defaults in `options`. Returns `out`, "" when there is nothing to add. */
const char *cli_value_note(const cli_option *option, const void *options, char *out, size_t cap);

/* ---- what is made from the table --------------------------------------------------------------------- */

void cli_help_write(const cli_tool *tool, const void *options, FILE *out);
void cli_man_write(const cli_tool *tool, const void *options, FILE *out);
void cli_completion_write(const cli_tool *tool, unsigned shell, FILE *out); /* 0 bash, 1 zsh, 2 fish */

/* ---- streams ----------------------------------------------------------------------------------------- */

/* Ignores SIGPIPE, and opens what is closed of the descriptors 0, 1 and 2 so that no input file takes its
 * place. */
void cli_streams_start(void);

#endif
