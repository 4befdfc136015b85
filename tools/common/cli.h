/* cli: what every tool has in common at the command line. One table of options makes the parser, --help, the
 * manual page (--man) and the shell completions (--completion); one call at the end turns an error into a
 * sentence and a half-written standard output into exit status 2.
 *
 * Options: `-j`, `-l 5`, `-l5`, `-jq`, `--json`, `--limit 5`, `--limit=5`, before, between or behind the
 * operands; `--` ends them; `-` is an operand. Names are never guessed from a beginning, so that a script
 * keeps its meaning when an option is added. An option given twice: the last one holds (CLI_LIST: all).
 *
 * A tool may have commands (`rdbbundle create ...`): each is a cli_tool of its own, and their pages are one. */
#ifndef RDBKIT_CLI_H
#define RDBKIT_CLI_H

#include <stdio.h>

#include "rdbkit/base.h"

/* What an option takes, and the type of the field at `offset` in the tool's struct of options. */
typedef enum {
    CLI_FLAG,   /* nothing; bool */
    CLI_TEXT,   /* any text; const char *, borrowed from argv */
    CLI_LIST,   /* any text, as often as wanted; cli_list */
    CLI_CHOICE, /* one word of `choices`; an enum or unsigned: the word's place in `choices`, from 0 */
    CLI_WORDS,  /* some words of `choices`, with commas; const char *, borrowed from argv (cli_words_has) */
    CLI_NUMBER, /* a whole number from 0; uint64_t */
    CLI_DURATION_MS, /* 500ms, 2s, 5m, 1h, 1d, or whole seconds; uint64_t, in milliseconds */
    CLI_SHIFT_MS,    /* the same with a sign, if one is given: +2h, -30m; int64_t, in milliseconds */
    CLI_LIMIT        /* a whole number from 0, or "all"; uint64_t, CLI_ALL for "all" */
} cli_kind;

#define CLI_ALL UINT64_MAX

/* Texts of the user, in order; borrowed from argv. */
typedef struct {
    char **items;
    size_t count;
} cli_list;

typedef cli_list cli_operands;

/* One row of the table. --help, --version, --completion and --man are added behind the tool's own rows. */
typedef struct {
    char letter;       /* 'j', or 0 for none */
    const char *name;  /* "json" */
    const char *value; /* "N", as the help shows it; NULL for a flag; FILE, DIR, PATH are completed as such */
    const char *help;  /* one sentence without capital and full stop; choices and default are added to it */
    cli_kind kind;
    size_t offset;       /* offsetof(options, json) */
    const char *choices; /* "auto|always|never"; NULL where there is no choice */
    const char *details; /* text (see cli_section) for the manual page alone, or NULL */
} cli_option;

/* Shown at the end of --help as "  explain" and below it "    $ command". */
typedef struct {
    const char *command, *explain;
} cli_example;

/* A section of the manual page. In its text an empty line ends a paragraph, a line of "- TERM :: text" begins
 * an entry of a definition list, "- text" one of a plain list (a line each); lines that begin with four
 * spaces are shown as they are; `these words` are bold in the manual page. Nothing else is special. */
typedef struct {
    const char *title, *text;
} cli_section;

typedef struct cli_tool cli_tool;
struct cli_tool {
    const char *name;        /* "rdbdiff"; of a command with that of its tool: "rdbbundle create" */
    const char *summary;     /* "tell what happened to every job between two snapshots" */
    const char *operands;    /* "OLD NEW": a word each; "" for none */
    const char *description; /* text for --help and the manual page, or NULL */
    const char *date;        /* of the last change to the manual page, "2026-01-31" */
    const cli_option *options;
    size_t option_count;
    const cli_example *examples;
    size_t example_count;
    const cli_section *sections; /* behind OPTIONS, in this order; EXAMPLES come last, but for SEE ALSO */
    size_t section_count;
    size_t min_operands, max_operands; /* max: SIZE_MAX where there is no limit */

    const cli_tool *const *commands; /* of a tool that has commands; it has neither options nor operands */
    size_t command_count;
    const cli_tool *whole; /* of a command: the tool, which has the sections and the date for both */
    const void
        *defaults; /* of a command: its struct of options as it is before cli_parse, for the manual page */
};

/* Exit status, as in diff(1). */
typedef enum { CLI_SAME = 0, CLI_DIFFERENT = 1, CLI_TROUBLE = 2 } cli_status;

/* Reads the command line into `options`, which holds the defaults, and into `operands`. argv is put into
 * another order and must outlive both. False: exit with *status, which is 0 after --help, --version, --man
 * and --completion (which print on standard output) and 2 after a mistake, told in one line on standard error
 * that points to --help. From here on SIGPIPE is ignored, and the descriptors 0, 1 and 2 are open, if only to
 * fail. */
bool cli_parse(const cli_tool *tool, int argc, char **argv, void *options, cli_operands *operands,
               int *status);

/* Finds the command that stands first at the command line of a tool that has commands: its place in tool->commands. What
 * follows is that command's to parse: cli_parse(tool->commands[i], argc - 1, argv + 1, ...). False: exit with *status, as
 * in cli_parse. */
bool cli_command(const cli_tool *tool, int argc, char **argv, size_t *command, int *status);

/* The last call of a tool: closes standard output and returns the exit status: `status`, or 2 when `err`
 * (which may be NULL) holds an error, then told as "rdbdiff: <sentence>" and "rdbdiff: hint: <hint>" on
 * standard error, or when standard output could not be written to its end, which is told likewise. When the
 * reader of a pipe went away (`| head`) nothing is told about it and `status` stands, so whoever writes to
 * standard output should stop at ferror(stdout) and leave `err` alone. An RK_USAGE error points to --help,
 * like any mistake at the command line. */
int cli_finish(const cli_tool *tool, int status, const rk_err *err);

/* For an option `--color` of kind CLI_CHOICE with CLI_COLOUR_CHOICES. */
typedef enum { CLI_COLOUR_AUTO, CLI_COLOUR_ALWAYS, CLI_COLOUR_NEVER } cli_colour_when;
#define CLI_COLOUR_CHOICES "auto|always|never"

/* Whether to colour what goes to `stream`. AUTO: on a terminal that is not dumb, unless NO_COLOR is set and
 * not empty. */
bool cli_colour(cli_colour_when when, FILE *stream);

/* True when `words` ("lost,damaged"; NULL is none) holds `word`. */
bool cli_words_has(const char *words, const char *word);

#endif
