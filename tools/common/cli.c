/* cli: the command line of a tool, from argv to its struct of options. */
#include "common/cli_internal.h"

#include <assert.h>

const cli_option cli_about[CLI_ABOUT_COUNT] = {
    { 'h', "help", NULL, "show this help and exit", CLI_FLAG, 0, NULL, NULL },
    { 'V', "version", NULL, "show the version and exit", CLI_FLAG, 0, NULL, NULL },
    { 0, "completion", "SHELL", "print the completions for a shell and exit", CLI_CHOICE, 0, "bash|zsh|fish",
      "Store them where the shell looks for completions: for bash, under the name of the tool in "
      "`~/.local/share/bash-completion/completions/`." },
    { 0, "man", NULL, "print the manual page (roff) and exit", CLI_FLAG, 0, NULL, NULL },
};

/* A table that contradicts itself is our own mistake. */
static void assert_table(const cli_tool *tool)
{
    for (size_t i = 0; i < cli_option_count(tool); i++) {
        const cli_option *option = cli_option_at(tool, i);
        bool chooses = option->kind == CLI_CHOICE || option->kind == CLI_WORDS;
        assert(option->name && option->help);
        assert((option->kind == CLI_FLAG) == (option->value == NULL));
        assert(chooses == (option->choices != NULL));
        for (size_t j = 0; j < i; j++) {
            assert(strcmp(option->name, cli_option_at(tool, j)->name) != 0);
            assert(option->letter == 0 || option->letter != cli_option_at(tool, j)->letter);
        }
        (void)chooses;
    }
}

/* Answers --help and its like. */
static bool tell_about(const cli_tool *tool, const cli_setting *asked, const void *options, rk_err *err)
{
    unsigned shell = 0;
    const cli_tool *whole = tool->whole ? tool->whole : tool;
    switch (asked->option - cli_about) {
    case CLI_ABOUT_HELP:
        cli_help_write(tool, options, stdout);
        break;
    case CLI_ABOUT_VERSION:
        printf("%s (rdbkit) %s\n", whole->name, RDBKIT_VERSION);
        break;
    case CLI_ABOUT_COMPLETION:
        if (!cli_value_store(asked->option, asked->value, &shell, err))
            return false;
        cli_completion_write(whole, shell, stdout);
        break;
    default:
        cli_man_write(whole, options, stdout);
    }
    return true;
}

static bool store_values(const cli_settings *settings, void *options, rk_err *err)
{
    for (size_t i = 0; i < settings->count; i++) {
        const cli_setting *setting = &settings->items[i];
        if (setting->option && setting->option->kind != CLI_LIST &&
            !cli_value_store(setting->option, setting->value, options, err))
            return false;
    }
    return true;
}

/* Gathers the values of `option` (NULL: the operands) at *free_slots of argv. What was there is in `settings`
 * too: an option takes a place of argv or more, and gives back one at most. */
static cli_list gather(const cli_settings *settings, const cli_option *option, char ***free_slots)
{
    cli_list list = { *free_slots, 0 };
    for (size_t i = 0; i < settings->count; i++)
        if (settings->items[i].option == option)
            list.items[list.count++] = settings->items[i].value;
    *free_slots += list.count;
    return list;
}

static void store_lists(const cli_tool *tool, const cli_settings *settings, char **argv, void *options,
                        cli_operands *operands)
{
    char **free_slots = argv + 1;
    *operands = gather(settings, NULL, &free_slots);
    for (size_t i = 0; i < tool->option_count; i++) {
        const cli_option *option = &tool->options[i];
        if (option->kind != CLI_LIST)
            continue;
        cli_list list = gather(settings, option, &free_slots);
        memcpy((char *)options + option->offset, &list, sizeof list);
    }
}

static bool check_operands(const cli_tool *tool, const cli_settings *settings, rk_err *err)
{
    char shown[100];
    const char *rest = tool->operands;
    size_t count = 0;
    rk_slice word = RK_EMPTY;
    for (size_t i = 0; i < settings->count; i++) {
        const cli_setting *setting = &settings->items[i];
        if (!setting->option && ++count > tool->max_operands)
            return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "unexpected operand '%s'",
                           rk_slice_print(rk_slice_of(setting->value), shown, sizeof shown));
    }
    if (count >= tool->min_operands)
        return true;
    for (size_t i = 0; i <= count; i++)
        cli_word_next(&rest, ' ', &word);
    return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "operand %s is missing",
                   rk_slice_print(word, shown, sizeof shown));
}

bool cli_parse(const cli_tool *tool, int argc, char **argv, void *options, cli_operands *operands,
               int *status)
{
    cli_settings settings = { 0 };
    rk_err err = { 0 };
    bool go_on = false;

    assert_table(tool);
    cli_streams_start();
    *operands = (cli_operands){ 0 };
    *status = CLI_TROUBLE;
    if (!cli_scan(tool, argc, argv, &settings, &err))
        goto done;
    const cli_setting *last = settings.count ? &settings.items[settings.count - 1] : NULL;
    if (last && cli_option_is_about(last->option)) {
        *status = tell_about(tool, last, options, &err) ? 0 : CLI_TROUBLE;
        goto done;
    }
    if (!store_values(&settings, options, &err) || !check_operands(tool, &settings, &err))
        goto done;
    store_lists(tool, &settings, argv, options, operands);
    go_on = true;
done:
    rk_free(settings.items);
    if (!go_on)
        *status = cli_finish(tool, *status, &err);
    return go_on;
}

/* ---- commands ---------------------------------------------------------------------------------------- */

static bool find_command(const cli_tool *tool, const char *word, size_t *command)
{
    for (*command = 0; *command < tool->command_count; ++*command)
        if (strcmp(cli_command_name(tool->commands[*command]), word) == 0)
            return true;
    return false;
}

/* "create, show or undo", cut where it is too long. */
static const char *commands_print(const cli_tool *tool, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < tool->command_count && used < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s",
                                 i == 0                         ? ""
                                 : i + 1 == tool->command_count ? " or "
                                                                : ", ",
                                 cli_command_name(tool->commands[i]));
    return out;
}

bool cli_command(const cli_tool *tool, int argc, char **argv, size_t *command, int *status)
{
    char shown[100], known[120];
    cli_operands none;
    rk_err err = { 0 };
    const char *word = argc > 1 ? argv[1] : NULL;
    if (word && find_command(tool, word, command))
        return true;
    if (word && word[0] == '-' && word[1] != 0 && !cli_parse(tool, argc, argv, NULL, &none, status))
        return false; /* --help and its like, or a mistake */
    cli_streams_start();
    commands_print(tool, known, sizeof known);
    if (!word || word[0] == '-')
        rk_fail(&err, RK_USAGE, RK_NO_OFFSET, "a command is missing: %s", known);
    else
        rk_fail(&err, RK_USAGE, RK_NO_OFFSET, "unknown command '%s': it is one of %s",
                rk_slice_print(rk_slice_of(word), shown, sizeof shown), known);
    *status = cli_finish(tool, CLI_TROUBLE, &err);
    return false;
}
