/* What is made from the table of options: the help, the manual page and the completions. */
#include "cli_example.h"

static void help_is_complete(void)
{
    static const char wanted[] =
        "Usage: rdbdiff [OPTION]... OLD NEW\n"
        "Tell what happened to every job between two snapshots.\n"
        "\n"
        "Says of every job in `OLD` what became of it in `NEW`. The lines of a paragraph\n"
        "are filled, so that it does not matter where they end.\n"
        "\n"
        "  lost            gone\n"
        "\n"
        "Inputs are never changed.\n"
        "\n"
        "Options:\n"
        "  -j, --json              print the report as JSON\n"
        "  -q, --quiet             print nothing, it's all in the exit status\n"
        "  -o, --output FILE       write the report to a file\n"
        "      --fail-on LIST      verdicts that make the exit status 1 (lost, damaged\n"
        "                          and in_progress; default lost)\n"
        "  -k, --key GLOB          only keys that match [a-z]: `*` is any\n"
        "      --ignore GLOB       no keys that match\n"
        "      --color WHEN        colour the report (auto, always or never; default\n"
        "                          auto)\n"
        "  -t, --threads N         read with so many threads\n"
        "      --ttl-tolerance TIME\n"
        "                          by how much expiry times may differ (default 1s)\n"
        "  -l, --limit N|all       list so many jobs (default 20)\n"
        "      --lines N           print so many lines\n"
        "      --trouble KIND      end in trouble (none, damaged or usage; default none)\n"
        "  -h, --help              show this help and exit\n"
        "  -V, --version           show the version and exit\n"
        "      --completion SHELL  print the completions for a shell and exit (bash, zsh\n"
        "                          or fish)\n"
        "      --man               print the manual page (roff) and exit\n"
        "\n"
        "Examples:\n"
        "  Was anything lost?\n"
        "    $ rdbdiff old.rdb new.rdb\n"
        "  Only the queues.\n"
        "    $ rdbdiff --key 'queue:*' old.rdb new.rdb\n";
    static const run_row rows[] = {
        { "--help", 0, wanted, "" },
        { "-h", 0, wanted, "" },
        { "-qh --frobnicate", 0, wanted, "" },
        { "--limit 5 --help", 0, wanted, "" }, /* the default is the tool's, not the user's */
        { "--version", 0, "rdbdiff (rdbkit) " RDBKIT_VERSION "\n", "" },
        { "-V", 0, "rdbdiff (rdbkit) " RDBKIT_VERSION "\n", "" },
    };
    CHECK_RUNS(rows);
}

/* What a shell command prints, standard error included, and its status; `input` lies in the file "$1", whose
 * name has no ending, since mandoc would compare one like ".3abc" with the page's section. */
static int ask_shell(const char *command, const char *input, char *text, size_t cap)
{
    char path[] = "/tmp/test_cli_XXXXXX", line[600];
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0 && write(fd, input, strlen(input)) == (ssize_t)strlen(input));
    close(fd);
    snprintf(line, sizeof line, "set -- %s; { %s\n} 2>&1", path, command);
    FILE *pipe = popen(line, "r");
    CU_ASSERT_FATAL(pipe != NULL);
    text[fread(text, 1, cap - 1, pipe)] = 0;
    int status = pclose(pipe);
    unlink(path);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A shell or formatter that this machine may lack. */
static bool is_here(const char *program)
{
    char command[100], text[300];
    snprintf(command, sizeof command, "command -v %s", program);
    bool here = ask_shell(command, "", text, sizeof text) == 0;
    if (!here)
        printf("# skipped: %s is not installed\n", program);
    return here;
}

static void manual_is_clean(void)
{
    static const char *const lines[] = {
        "RDBDIFF(1)                       rdbkit manual                      RDBDIFF(1)\n",
        "\n       rdbdiff - tell what happened to every job between two snapshots\n",
        "\n       rdbdiff [OPTION]... OLD NEW\n",
        "\n       -j, --json\n              Print the report as JSON.\n",
        "\n       -k GLOB, --key=GLOB\n              Only keys that match [a-z]: * is any.\n",
        "\n       -l N|all, --limit=N|all\n              List so many jobs (default 20).\n",
        "\n              lost   gone, and nothing says that it ran\n",
        "\n                  rdbdiff \\ 'x'\n\n              .end\n",
        "\nEXIT STATUS\n       0      nothing is lost\n\n       1      something is\n\n",
        "\n       As in diff(1).\n",
        "\n           {\"schema\":\"rdbkit.diff/1\",\n            \"exit\":0}\n",
        "\n       .TH is no request, nor is 'this one.\n",
        "\nEXAMPLES\n       Was anything lost?\n              rdbdiff old.rdb new.rdb\n",
        "\n              rdbdiff --key 'queue:*' old.rdb new.rdb\n\nSEE ALSO\n       diff(1)\n",
    };
    static outcome end;
    static char text[16000];
    run("--man", &end);
    CU_ASSERT_EQUAL(end.status, 0);
    if (!is_here("mandoc"))
        return;
    CU_ASSERT_EQUAL(ask_shell("mandoc -T lint -W warning $1", end.out, text, sizeof text), 0);
    if (text[0])
        printf("# %s", text);
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT_EQUAL(ask_shell("mandoc -T ascii $1 | col -b -x", end.out, text, sizeof text), 0);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (!strstr(text, lines[i]))
            printf("# not in the manual page: %s\n", lines[i]);
        CU_ASSERT(strstr(text, lines[i]) != NULL);
    }
}

static void completions_are_sound(void)
{
    static const char *const shells[] = { "bash", "zsh", "fish" };
    static outcome end;
    char args[40], command[40], text[2000];
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        snprintf(args, sizeof args, "--completion %s", shells[i]);
        snprintf(command, sizeof command, "%s -n $1", shells[i]);
        run(args, &end);
        CU_ASSERT_EQUAL(end.status, 0);
        CU_ASSERT(strstr(end.out, "ttl-tolerance") != NULL);
        if (!is_here(shells[i]))
            continue;
        CU_ASSERT_EQUAL(ask_shell(command, end.out, text, sizeof text), 0);
        CU_ASSERT_STRING_EQUAL(text, "");
    }
}

static void bash_completes(void)
{
    static const struct {
        const char *words, *completed; /* words: as bash splits them; the last one is completed */
    } rows[] = {
        { "rdbdiff --j", "--json\n" },
        { "rdbdiff a --t", "--threads\n--ttl-tolerance\n--trouble\n" },
        { "rdbdiff --color a", "auto\nalways\n" },
        { "rdbdiff --color = n", "never\n" },
        { "rdbdiff --color =", "auto\nalways\nnever\n" },
        { "rdbdiff --fail-on lost,d", "lost,damaged\n" },
        { "rdbdiff --fail-on in", "in_progress\n" },
        { "rdbdiff --threads ''", "" },
        { "rdbdiff ol", "" },
    };
    static outcome end;
    char command[400], text[2000];
    if (!is_here("bash"))
        return;
    run("--completion bash", &end);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(command, sizeof command,
                 "bash -c 'compopt() { :; }; . $0; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _rdbdiff; "
                 "for c in \"${COMPREPLY[@]}\"; do echo \"$c\"; done' $1 %s",
                 rows[i].words);
        CU_ASSERT_EQUAL(ask_shell(command, end.out, text, sizeof text), 0);
        if (strcmp(text, rows[i].completed) != 0)
            printf("# %s: %s\n", rows[i].words, text);
        CU_ASSERT_STRING_EQUAL(text, rows[i].completed);
    }
}

static void fish_completes(void)
{
    static outcome end;
    char text[2000];
    if (!is_here("fish"))
        return;
    run("--completion fish", &end);
    ask_shell("HOME=/nonexistent fish -N -c \"source $1; complete -C 'rdbdiff --js'; complete -C 'rdbdiff "
              "--color n'\"",
              end.out, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "--json\tprint the report as JSON\nnever\tcolour the report\n");
}

UNIT_MAIN("cli pages", { "--help tells all and ends with examples", help_is_complete },
          { "the manual page is clean and complete", manual_is_clean },
          { "the completions are sound", completions_are_sound },
          { "bash completes options and choices", bash_completes },
          { "fish completes options and choices", fish_completes })
