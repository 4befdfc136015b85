/* Tools that have commands, and what only they take. What is printed is looked at from outside (tests/e2e). */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit.h"
#include "common/cli.h"

typedef struct {
    int64_t shift_ms;
} options;

static const cli_option option_table[] = {
    { 0, "shift", "SPAN", "later or earlier", CLI_SHIFT_MS, offsetof(options, shift_ms), NULL, NULL },
};

static const options defaults = { 0 };
static const cli_tool whole;
static const cli_tool move_tool = { .name = "job move",
                                    .summary = "move jobs",
                                    .operands = "FILE",
                                    .options = option_table,
                                    .option_count = 1,
                                    .max_operands = 1,
                                    .whole = &whole,
                                    .defaults = &defaults };
static const cli_tool look_tool = {
    .name = "job look", .summary = "look at jobs", .operands = "", .whole = &whole
};
static const cli_tool *const commands[] = { &move_tool, &look_tool };
static const cli_tool whole = { .name = "job",
                                .summary = "keep jobs",
                                .operands = "",
                                .date = "2026-01-31",
                                .commands = commands,
                                .command_count = 2 };

/* In a child, whose output is read: what `job WORDS` prints on either stream, and its exit status. */
static int run(char **words, int count, char *printed, size_t cap)
{
    int ends[2], status = 0;
    size_t used = 0;
    ssize_t got;
    fflush(NULL);
    CU_ASSERT_FATAL(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        size_t command;
        options opt = defaults;
        cli_operands operands;
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        if (!cli_command(&whole, count, words, &command, &status) ||
            !cli_parse(commands[command], count - 1, words + 1, &opt, &operands, &status))
            _exit(status);
        printf("%s %lld %zu\n", commands[command]->name, (long long)opt.shift_ms, operands.count);
        _exit(cli_finish(commands[command], 0, NULL));
    }
    close(ends[1]);
    while (used + 1 < cap && (got = read(ends[0], printed + used, cap - 1 - used)) > 0)
        used += (size_t)got;
    printed[used] = 0;
    close(ends[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

typedef struct {
    const char *words[4];
    int status;
    const char *printed; /* all of it, or its beginning */
} row;

static void check(const row *rows, size_t count)
{
    static char printed[20000];
    for (size_t i = 0; i < count; i++) {
        char *words[6] = { (char *)(uintptr_t) "job" };
        int n = 1;
        for (; n < 5 && rows[i].words[n - 1]; n++)
            words[n] = (char *)(uintptr_t)rows[i].words[n - 1];
        int status = run(words, n, printed, sizeof printed);
        if (status != rows[i].status || strncmp(printed, rows[i].printed, strlen(rows[i].printed)) != 0)
            printf("# %d %s", status, printed);
        CU_ASSERT(status == rows[i].status);
        CU_ASSERT(strncmp(printed, rows[i].printed, strlen(rows[i].printed)) == 0);
    }
}
#define CHECK(rows) check(rows, sizeof rows / sizeof rows[0])

static void finds_the_command(void)
{
    static const row rows[] = {
        { { "move" }, 0, "job move 0 0\n" },
        { { "move", "file" }, 0, "job move 0 1\n" },
        { { "look" }, 0, "job look 0 0\n" },
        { { NULL }, 2, "job: a command is missing: move or look; try `job --help`\n" },
        { { "--" }, 2, "job: a command is missing: move or look; try `job --help`\n" },
        { { "mov" }, 2, "job: unknown command 'mov': it is one of move or look; try `job --help`\n" },
        { { "--frob" }, 2, "job: unknown option '--frob'; try `job --help`\n" },
        { { "look", "x" }, 2, "job look: unexpected operand 'x'; try `job look --help`\n" },
        { { "look", "--shift", "1" }, 2, "job look: unknown option '--shift'; try `job look --help`\n" },
    };
    CHECK(rows);
}

static void tells_about_the_whole_and_its_parts(void)
{
    static const row rows[] = {
        { { "--help" },
          0,
          "Usage: job COMMAND [OPTION]...\nKeep jobs.\n\nCommands:\n  move            move jobs\n" },
        { { "move", "--help" },
          0,
          "Usage: job move [OPTION]... FILE\nMove jobs.\n\nOptions:\n      --shift SPAN " },
        { { "-V" }, 0, "job (rdbkit) " },
        { { "move", "-V" }, 0, "job (rdbkit) " },
        { { "--completion", "fish" },
          0,
          "# fish completion for job\ncomplete -c job -n __fish_use_subcommand -f -a move " },
    };
    static char printed[20000];
    char *words[] = { (char *)(uintptr_t) "job", (char *)(uintptr_t) "--man",
                      NULL }; /* of a command it is the whole one, too */
    CHECK(rows);
    CU_ASSERT(run(words, 2, printed, sizeof printed) == 0);
    CU_ASSERT(
        strstr(printed, ".SH SYNOPSIS\n.B job move\n[\\fIOPTION\\fR]... \\fIFILE\\fR\n.br\n.B job look\n") !=
        NULL);
    CU_ASSERT(strstr(printed, ".SH COMMANDS\n.SS job move\n") != NULL &&
              strstr(printed, ".SS job look\n") != NULL);
    CU_ASSERT(strstr(printed, "\\-\\-shift") != NULL);
}

static void reads_spans_with_a_sign(void)
{
    static const row rows[] = {
        { { "move", "--shift", "+2h" }, 0, "job move 7200000 0\n" },
        { { "move", "--shift=-30m" }, 0, "job move -1800000 0\n" },
        { { "move", "--shift", "5" }, 0, "job move 5000 0\n" },
        { { "move", "--shift", "+-5" },
          2,
          "job move: option '--shift' takes a duration with or without a sign, such as +2h or -30m, not "
          "'+-5'" },
        { { "move", "--shift", "-" }, 2, "job move: option '--shift' takes a duration" },
        { { "move", "--shift", "18446744073709551615ms" }, 2, "job move: option '--shift' takes a duration" },
    };
    CHECK(rows);
}

UNIT_MAIN("cli commands", { "finds the command", finds_the_command },
          { "tells about the whole and its parts", tells_about_the_whole_and_its_parts },
          { "reads spans with a sign", reads_spans_with_a_sign })
