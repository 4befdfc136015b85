/* An example tool with an option of every kind, run in a child, so that a test sees what it prints and how it
 * ends as a user does. For the tests of cli. */
#ifndef RDBKIT_CLI_EXAMPLE_H
#define RDBKIT_CLI_EXAMPLE_H

#include "common/cli.h"

#include <sys/wait.h>
#include <unistd.h>

#include "../unit.h"

/* ---- the example tool -------------------------------------------------------------------------------- */

typedef struct {
    bool json, quiet;
    const char *out, *fail_on;
    cli_list keys, ignored;
    cli_colour_when colour;
    uint64_t threads, tolerance_ms, limit;
    uint64_t lines; /* how many to print */
    cli_colour_when trouble;
} options;

static const cli_option option_table[] = {
    { 'j', "json", NULL, "print the report as JSON", CLI_FLAG, offsetof(options, json), NULL, NULL },
    { 'q', "quiet", NULL, "print nothing, it's all in the exit status", CLI_FLAG, offsetof(options, quiet),
      NULL, NULL },
    { 'o', "output", "FILE", "write the report to a file", CLI_TEXT, offsetof(options, out), NULL, NULL },
    { 0, "fail-on", "LIST", "verdicts that make the exit status 1", CLI_WORDS, offsetof(options, fail_on),
      "lost|damaged|in_progress",
      "Words:\n\n- lost :: gone, and nothing says that it ran\n- damaged :: see\n\n    rdbdiff \\ "
      "'x'\n\n.end\n" },
    { 'k', "key", "GLOB", "only keys that match [a-z]: `*` is any", CLI_LIST, offsetof(options, keys), NULL,
      NULL },
    { 0, "ignore", "GLOB", "no keys that match", CLI_LIST, offsetof(options, ignored), NULL, NULL },
    { 0, "color", "WHEN", "colour the report", CLI_CHOICE, offsetof(options, colour), CLI_COLOUR_CHOICES,
      NULL },
    { 't', "threads", "N", "read with so many threads", CLI_NUMBER, offsetof(options, threads), NULL, NULL },
    { 0, "ttl-tolerance", "TIME", "by how much expiry times may differ", CLI_DURATION_MS,
      offsetof(options, tolerance_ms), NULL, NULL },
    { 'l', "limit", "N|all", "list so many jobs", CLI_LIMIT, offsetof(options, limit), NULL, NULL },
    { 0, "lines", "N", "print so many lines", CLI_NUMBER, offsetof(options, lines), NULL, NULL },
    { 0, "trouble", "KIND", "end in trouble", CLI_CHOICE, offsetof(options, trouble), "none|damaged|usage",
      NULL },
};

static const cli_example examples[] = {
    { "rdbdiff old.rdb new.rdb", "Was anything lost?" },
    { "rdbdiff --key 'queue:*' old.rdb new.rdb", "Only the queues." },
};

static const cli_section sections[] = {
    { "EXIT STATUS", "- 0 :: nothing is lost\n- 1 :: something is\n\nAs in `diff`(1).\n\n- one\n- two\n" },
    { "MACHINE OUTPUT",
      "    {\"schema\":\"rdbkit.diff/1\",\n     \"exit\":0}\n\n.TH is no request, nor is\n'this one." },
    { "SEE ALSO", "`diff`(1)" },
};

static const cli_tool tool = {
    .name = "rdbdiff",
    .summary = "tell what happened to every job between two snapshots",
    .operands = "OLD NEW",
    .description = "Says of every job in `OLD` what became of it in `NEW`. The lines of a paragraph are "
                   "filled, so that\n"
                   "it does not matter where they end.\n\n- lost :: gone\n\nInputs are never changed.",
    .date = "2026-01-31",
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = examples,
    .example_count = sizeof examples / sizeof examples[0],
    .sections = sections,
    .section_count = sizeof sections / sizeof sections[0],
    .min_operands = 2,
    .max_operands = 2,
};

static void print_list(const char *name, cli_list list)
{
    for (size_t i = 0; i < list.count; i++)
        printf(" %s=%s", name, list.items[i]);
}

/* Prints what differs from the defaults, in the order of the table. */
static void print_options(const options *opt, cli_operands files)
{
    printf("%s%s", opt->json ? " json" : "", opt->quiet ? " quiet" : "");
    if (opt->out)
        printf(" out=%s", opt->out);
    if (strcmp(opt->fail_on, "lost") != 0)
        printf(" fail_on=%s", opt->fail_on);
    print_list("key", opt->keys);
    print_list("ignore", opt->ignored);
    if (opt->colour != CLI_COLOUR_AUTO)
        printf(" colour=%d", (int)opt->colour);
    if (opt->threads)
        printf(" threads=%" PRIu64, opt->threads);
    if (opt->tolerance_ms != 1000)
        printf(" tolerance=%" PRIu64, opt->tolerance_ms);
    if (opt->limit == CLI_ALL)
        printf(" limit=ALL");
    else if (opt->limit != 20)
        printf(" limit=%" PRIu64, opt->limit);
    print_list("file", files);
    printf("\n");
}

static int example_main(int argc, char **argv)
{
    options opt = { .fail_on = "lost", .tolerance_ms = 1000, .limit = 20 };
    cli_operands files;
    rk_err err = { 0 };
    int status;
    if (!cli_parse(&tool, argc, argv, &opt, &files, &status))
        return status;
    print_options(&opt, files);
    for (uint64_t i = 0; i < opt.lines && !ferror(stdout); i++)
        printf("%060" PRIu64 "\n", i);
    if (opt.trouble == 1) {
        rk_fail(&err, RK_DAMAGED, 48213, "listpack entry takes 70 bytes, 12 remain");
        rk_within(&err, "list 'queue:default' in db 0");
        rk_err_source(&err, files.items[1]);
        rk_err_hint(&err, "`rdbcheck %s` shows what can be saved", "new.rdb");
    } else if (opt.trouble == 2) {
        rk_fail(&err, RK_USAGE, RK_NO_OFFSET, "'--map' takes OLD=NEW");
    }
    return cli_finish(&tool, opt.json ? CLI_DIFFERENT : CLI_SAME, &err);
}

/* ---- running it -------------------------------------------------------------------------------------- */

typedef struct {
    int status;
    char out[16000], err[2000];
} outcome;

static void read_back(FILE *file, char *text, size_t cap)
{
    rewind(file);
    text[fread(text, 1, cap - 1, file)] = 0;
    fclose(file);
}

/* Splits `args` at blanks, with the tool's name before them. */
static int split_args(char *args, char **argv, int cap)
{
    static char name[] = "rdbdiff";
    int argc = 0;
    argv[argc++] = name;
    for (char *word = strtok(args, " "); word && argc + 1 < cap; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return argc;
}

/* Runs the tool; its standard output goes to `out_fd`, or into the outcome when that is -1. */
static void run_to(const char *args, int out_fd, outcome *end)
{
    FILE *out = tmpfile(), *err = tmpfile();
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        char copy[1000], *argv[32];
        snprintf(copy, sizeof copy, "%s", args);
        dup2(out_fd < 0 ? fileno(out) : out_fd, STDOUT_FILENO);
        dup2(fileno(err), STDERR_FILENO);
        exit(example_main(split_args(copy, argv, 32), argv));
    }
    waitpid(child, &status, 0);
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    read_back(out, end->out, sizeof end->out);
    read_back(err, end->err, sizeof end->err);
}

static void run(const char *args, outcome *end)
{
    run_to(args, -1, end);
}

typedef struct {
    const char *args;
    int status;
    const char *out, *err;
} run_row;

static void check_runs(const run_row *rows, size_t count)
{
    static outcome end;
    for (size_t i = 0; i < count; i++) {
        run(rows[i].args, &end);
        bool same = end.status == rows[i].status && strcmp(end.out, rows[i].out) == 0 &&
                    strcmp(end.err, rows[i].err) == 0;
        if (!same)
            printf("# rdbdiff %s: %d\n# %s\n# %s\n", rows[i].args, end.status, end.out, end.err);
        CU_ASSERT(same);
    }
}

#define CHECK_RUNS(rows) check_runs(rows, sizeof(rows) / sizeof(rows)[0])

#endif
