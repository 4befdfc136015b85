/* The command line, from argv to options, and how a tool ends. */
#include <fcntl.h>
#include <pty.h>

#include "cli_example.h"

/* ---- the parser -------------------------------------------------------------------------------------- */

static void every_spelling(void)
{
    static const run_row rows[] = {
        { "a b", 0, " file=a file=b\n", "" },
        { "-j a b", 1, " json file=a file=b\n", "" },
        { "-jq a b", 1, " json quiet file=a file=b\n", "" },
        { "a -j b --quiet", 1, " json quiet file=a file=b\n", "" },
        { "-l5 a b", 0, " limit=5 file=a file=b\n", "" },
        { "-jql 5 a b", 1, " json quiet limit=5 file=a file=b\n", "" },
        { "-qo- a b", 0, " quiet out=- file=a file=b\n", "" },
        { "--limit 5 a b", 0, " limit=5 file=a file=b\n", "" },
        { "--limit=5 a b", 0, " limit=5 file=a file=b\n", "" },
        { "--output= a b", 0, " out= file=a file=b\n", "" },
        { "--output=x=y a b", 0, " out=x=y file=a file=b\n", "" },
        { "--output --json a b", 0, " out=--json file=a file=b\n", "" },
        { "- b", 0, " file=- file=b\n", "" },
        { "-q -- -j --json", 0, " quiet file=-j file=--json\n", "" },
        { "-- a --", 0, " file=a file=--\n", "" },
        { "--limit 5 --limit 6 a b", 0, " limit=6 file=a file=b\n", "" },
        { "-k x a --ignore=1 -qky --key z b --ignore 2", 0,
          " quiet key=x key=y key=z ignore=1 ignore=2 file=a file=b\n", "" },
        { "-k1 -k2 -k3 a b", 0, " key=1 key=2 key=3 file=a file=b\n", "" },
    };
    CHECK_RUNS(rows);
}

static void every_kind_of_value(void)
{
    static const run_row rows[] = {
        { "--limit all a b", 0, " limit=ALL file=a file=b\n", "" },
        { "--limit 0 a b", 0, " limit=0 file=a file=b\n", "" },
        { "-t 18446744073709551614 a b", 0, " threads=18446744073709551614 file=a file=b\n", "" },
        { "--ttl-tolerance 500ms a b", 0, " tolerance=500 file=a file=b\n", "" },
        { "--ttl-tolerance 2s a b", 0, " tolerance=2000 file=a file=b\n", "" },
        { "--ttl-tolerance 3 a b", 0, " tolerance=3000 file=a file=b\n", "" },
        { "--ttl-tolerance 4m a b", 0, " tolerance=240000 file=a file=b\n", "" },
        { "--ttl-tolerance 5h a b", 0, " tolerance=18000000 file=a file=b\n", "" },
        { "--ttl-tolerance 6d a b", 0, " tolerance=518400000 file=a file=b\n", "" },
        { "--ttl-tolerance 0 a b", 0, " tolerance=0 file=a file=b\n", "" },
        { "--color always a b", 0, " colour=1 file=a file=b\n", "" },
        { "--color=never a b", 0, " colour=2 file=a file=b\n", "" },
        { "--fail-on damaged,in_progress a b", 0, " fail_on=damaged,in_progress file=a file=b\n", "" },
    };
    CHECK_RUNS(rows);
}

#define MISTAKE(text) 2, "", "rdbdiff: " text "; try `rdbdiff --help`\n"
#define NUMBER        "takes a whole number, not "
#define LIMIT         "takes a whole number or 'all', not "
#define DURATION      "takes a duration such as 500ms, 2s, 5m, 1h or 1d, not "

static void every_mistake(void)
{
    static const run_row rows[] = {
        { "", MISTAKE("operand OLD is missing") },
        { "a", MISTAKE("operand NEW is missing") },
        { "a b c d", MISTAKE("unexpected operand 'c'") },
        { "a b c\033[31m", MISTAKE("unexpected operand 'c\\x1b[31m'") },
        { "--jsn a b", MISTAKE("unknown option '--jsn' (did you mean '--json'?)") },
        { "--fail=x a b", MISTAKE("unknown option '--fail' (did you mean '--fail-on'?)") },
        { "--colour=x a b", MISTAKE("unknown option '--colour' (did you mean '--color'?)") },
        { "--hlep", MISTAKE("unknown option '--hlep' (did you mean '--help'?)") },
        { "--frobnicate a b", MISTAKE("unknown option '--frobnicate'") },
        { "--\a a b", MISTAKE("unknown option '--\\x07'") },
        { "-x a b", MISTAKE("unknown option '-x'") },
        { "-jxq a b", MISTAKE("unknown option '-x' in '-jxq'") },
        { "-5 a b", MISTAKE("unknown option '-5'") },
        { "--json=1 a b", MISTAKE("option '--json' takes no value, not '1'") },
        { "a b --key", MISTAKE("option '--key' needs a value (GLOB)") },
        { "a b -jk", MISTAKE("option '--key' needs a value (GLOB)") },
        { "-t x a b", MISTAKE("option '--threads' " NUMBER "'x'") },
        { "-t 5x a b", MISTAKE("option '--threads' " NUMBER "'5x'") },
        { "-t -5 a b", MISTAKE("option '--threads' " NUMBER "'-5'") },
        { "-t +5 a b", MISTAKE("option '--threads' " NUMBER "'+5'") },
        { "--threads= a b", MISTAKE("option '--threads' " NUMBER "''") },
        { "-t 18446744073709551616 a b", MISTAKE("option '--threads' " NUMBER "'18446744073709551616'") },
        { "-t 99999999999999999999999 a b",
          MISTAKE("option '--threads' " NUMBER "'99999999999999999999999'") },
        { "-t all a b", MISTAKE("option '--threads' " NUMBER "'all'") },
        { "-l al a b", MISTAKE("option '--limit' " LIMIT "'al'") },
        { "-l 1.5 a b", MISTAKE("option '--limit' " LIMIT "'1.5'") },
        { "--ttl-tolerance 5y a b", MISTAKE("option '--ttl-tolerance' " DURATION "'5y'") },
        { "--ttl-tolerance ms a b", MISTAKE("option '--ttl-tolerance' " DURATION "'ms'") },
        { "--ttl-tolerance 18446744073709552 a b",
          MISTAKE("option '--ttl-tolerance' " DURATION "'18446744073709552'") },
        { "--color blue a b", MISTAKE("option '--color' takes auto, always or never, not 'blue'") },
        { "--color= a b", MISTAKE("option '--color' takes auto, always or never, not ''") },
        { "--fail-on lost,stolen a b",
          MISTAKE("option '--fail-on' takes lost, damaged or in_progress, not 'stolen'") },
        { "--fail-on lost, a b", MISTAKE("option '--fail-on' takes lost, damaged or in_progress, not ''") },
        { "--completion tcsh", MISTAKE("option '--completion' takes bash, zsh or fish, not 'tcsh'") },
        { "--frobnicate --help", MISTAKE("unknown option '--frobnicate'") },
    };
    CHECK_RUNS(rows);
}

static void no_memory(void)
{
    static outcome end;
    rk_alloc_fail_after(0);
    run("a b", &end);
    rk_alloc_fail_after(-1);
    CU_ASSERT_EQUAL(end.status, 2);
    CU_ASSERT_STRING_EQUAL(end.err, "rdbdiff: out of memory\n");
}

/* ---- the end ----------------------------------------------------------------------------------------- */

static void errors_are_sentences(void)
{
    static const run_row rows[] = {
        { "-j --trouble damaged old.rdb new.rdb", 2, " json file=old.rdb file=new.rdb\n",
          "rdbdiff: cannot read new.rdb: listpack entry takes 70 bytes, 12 remain (list 'queue:default' in "
          "db 0, byte "
          "48213)\nrdbdiff: hint: `rdbcheck new.rdb` shows what can be saved\n" },
        { "--trouble damaged a \033b", 2, " file=a file=\033b\n",
          "rdbdiff: cannot read \\x1bb: listpack entry takes 70 bytes, 12 remain (list 'queue:default' in db "
          "0, byte "
          "48213)\nrdbdiff: hint: `rdbcheck new.rdb` shows what can be saved\n" },
        { "--trouble usage a b", 2, " file=a file=b\n",
          "rdbdiff: '--map' takes OLD=NEW; try `rdbdiff --help`\n" },
    };
    CHECK_RUNS(rows);
}

static void full_disk_is_trouble(void)
{
    static const char *const args[] = { "a b", "--lines 5000 a b", "-j --lines 5000 a b", "--help", "--man" };
    static outcome end;
    int full = open("/dev/full", O_WRONLY);
    CU_ASSERT_FATAL(full >= 0);
    for (size_t i = 0; i < sizeof args / sizeof args[0]; i++) {
        run_to(args[i], full, &end);
        CU_ASSERT_EQUAL(end.status, 2);
        CU_ASSERT_STRING_EQUAL(end.err, "rdbdiff: cannot write standard output: No space left on device\n");
    }
    close(full);
}

static void closed_pipe_is_quiet(void)
{
    static const struct {
        const char *args;
        int status;
        const char *err;
    } rows[] = {
        { "a b", 0, "" },
        { "-j a b", 1, "" },
        { "-j --lines 5000 a b", 1, "" },
        { "--help", 0, "" },
        { "--trouble usage a b", 2, "rdbdiff: '--map' takes OLD=NEW; try `rdbdiff --help`\n" },
    };
    static outcome end;
    int ends[2];
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    close(ends[0]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run_to(rows[i].args, ends[1], &end);
        CU_ASSERT_EQUAL(end.status, rows[i].status);
        CU_ASSERT_STRING_EQUAL(end.err, rows[i].err);
    }
    close(ends[1]);
}

/* Runs the tool with 0 and 1 closed; standard error goes to `err`. */
static int run_closed(FILE *err, int (*run_main)(int argc, char **argv))
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        char args[] = "a b", *argv[8];
        dup2(fileno(err), STDERR_FILENO);
        close(STDIN_FILENO);
        close(STDOUT_FILENO);
        exit(run_main(split_args(args, argv, 8), argv));
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void closed_stdout_is_trouble(void)
{
    FILE *err = tmpfile();
    char text[200];
    CU_ASSERT_EQUAL(run_closed(err, example_main), 2);
    read_back(err, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "rdbdiff: cannot write standard output: Bad file descriptor\n");
}

/* The descriptor that a tool gets for the first file it opens. */
static int first_descriptor(int argc, char **argv)
{
    options opt = { .fail_on = "lost" };
    cli_operands files;
    int status;
    return cli_parse(&tool, argc, argv, &opt, &files, &status) ? open("/dev/zero", O_RDWR) : -1;
}

static void no_file_becomes_stdout(void)
{
    FILE *err = tmpfile();
    CU_ASSERT(run_closed(err, first_descriptor) > STDERR_FILENO);
    fclose(err);
}

static void colour(void)
{
    int ours, theirs;
    FILE *terminal, *file = tmpfile();
    CU_ASSERT_EQUAL_FATAL(openpty(&ours, &theirs, NULL, NULL, NULL), 0);
    terminal = fdopen(theirs, "w");
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    CU_ASSERT(cli_colour(CLI_COLOUR_AUTO, terminal));
    CU_ASSERT(cli_colour(CLI_COLOUR_ALWAYS, file));
    CU_ASSERT(!cli_colour(CLI_COLOUR_AUTO, file));
    CU_ASSERT(!cli_colour(CLI_COLOUR_NEVER, terminal));
    setenv("NO_COLOR", "", 1);
    CU_ASSERT(cli_colour(CLI_COLOUR_AUTO, terminal));
    setenv("NO_COLOR", "1", 1);
    CU_ASSERT(!cli_colour(CLI_COLOUR_AUTO, terminal));
    CU_ASSERT(cli_colour(CLI_COLOUR_ALWAYS, terminal));
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    CU_ASSERT(!cli_colour(CLI_COLOUR_AUTO, terminal));
    fclose(terminal);
    fclose(file);
    close(ours);
}

static void words(void)
{
    CU_ASSERT(cli_words_has("lost,damaged", "lost"));
    CU_ASSERT(cli_words_has("lost,damaged", "damaged"));
    CU_ASSERT(!cli_words_has("lost,damaged", "dam"));
    CU_ASSERT(!cli_words_has("lost,damaged", "lost,damaged"));
    CU_ASSERT(!cli_words_has("", "lost"));
    CU_ASSERT(!cli_words_has(NULL, "lost"));
}

UNIT_MAIN("cli", { "reads every spelling of an option", every_spelling },
          { "reads every kind of value", every_kind_of_value },
          { "tells every mistake in one line that points to --help", every_mistake },
          { "tells that there is no memory", no_memory },
          { "ends an error as a sentence, and status 2", errors_are_sentences },
          { "a full disk is trouble", full_disk_is_trouble },
          { "a closed pipe is quiet and keeps the status", closed_pipe_is_quiet },
          { "a closed standard output is trouble", closed_stdout_is_trouble },
          { "no file takes the place of a closed standard output", no_file_becomes_stdout },
          { "colours on a terminal unless told otherwise", colour }, { "finds a word among words", words })
