/* cli_complete: completions for bash, zsh and fish. Operands are files; so are values that are called FILE,
 * DIR or PATH; a choice is completed with its words; any other value with nothing. */
#include "common/cli_internal.h"

static bool takes_path(const cli_option *option)
{
    const char *value = option->value;
    return value && (strcmp(value, "FILE") == 0 || strcmp(value, "DIR") == 0 || strcmp(value, "PATH") == 0);
}

static void write_choices(const cli_option *option, FILE *out)
{
    for (const char *c = option->choices; *c; c++)
        fputc(*c == '|' ? ' ' : *c, out);
}

/* Text within single quotes; `special` are characters that need a backslash for the shell's own reasons. */
static void write_quoted(const char *text, const char *special, FILE *out)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'')
            fputs("'\\''", out);
        else if (strchr(special, *c))
            fprintf(out, "\\%c", *c);
        else
            fputc(*c, out);
    }
}

/* A name that a shell function may bear. */
static void write_identifier(const char *name, FILE *out)
{
    for (const char *c = name; *c; c++)
        fputc(*c == '-' ? '_' : *c, out);
}

/* ---- bash -------------------------------------------------------------------------------------------- */

static void bash_value(const cli_option *option, FILE *out)
{
    if (option->letter)
        fprintf(out, "    -%c | --%s) ", option->letter, option->name);
    else
        fprintf(out, "    --%s) ", option->name);
    if (option->kind == CLI_CHOICE) {
        fputs("mapfile -t COMPREPLY < <(compgen -W '", out);
        write_choices(option, out);
        fputs("' -- \"$cur\"); return ;;\n", out);
    } else if (option->kind == CLI_WORDS) {
        fputs("[[ $cur == *,* ]] && head=${cur%,*},\n        mapfile -t COMPREPLY < <(compgen -P \"$head\" "
              "-W '",
              out);
        write_choices(option, out);
        fputs("' -- \"${cur##*,}\")\n        compopt -o nospace; return ;;\n", out);
    } else if (takes_path(option)) {
        fputs("return ;;\n", out);
    } else {
        fputs("compopt +o default; return ;;\n", out);
    }
}

static void bash_values(const cli_tool *tool, FILE *out)
{
    fputs("    case $prev in\n", out);
    for (size_t i = 0; i < cli_option_count(tool); i++)
        if (cli_option_at(tool, i)->value)
            bash_value(cli_option_at(tool, i), out);
    fputs("    esac\n", out);
}

static void bash_names(const cli_tool *tool, FILE *out)
{
    fputs("    mapfile -t COMPREPLY < <(compgen -W '", out);
    for (size_t i = 0; i < cli_option_count(tool); i++) {
        const cli_option *option = cli_option_at(tool, i);
        if (option->letter)
            fprintf(out, "-%c ", option->letter);
        fprintf(out, "--%s ", option->name);
    }
    fputs("' -- \"$cur\")\n", out);
}

/* Names of commands at first, then what the command takes. */
static void bash_commands(const cli_tool *tool, FILE *out)
{
    fputs("    if [[ $COMP_CWORD == 1 && $cur != -* ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W '",
          out);
    for (size_t i = 0; i < tool->command_count; i++)
        fprintf(out, "%s ", cli_command_name(tool->commands[i]));
    fputs("' -- \"$cur\")\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n", out);
    for (size_t i = 0; i < tool->command_count; i++) {
        fprintf(out, "    %s)\n", cli_command_name(tool->commands[i]));
        bash_values(tool->commands[i], out);
        fputs("    [[ $cur == -* ]] || return\n", out);
        bash_names(tool->commands[i], out);
        fputs("    return ;;\n", out);
    }
    fputs("    esac\n", out);
}

static void write_bash(const cli_tool *tool, FILE *out)
{
    fprintf(out, "# bash completion for %s\n_", tool->name);
    write_identifier(tool->name, out);
    fputs("()\n{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} head=\n"
          "    COMPREPLY=() # what is left empty is completed with files\n"
          "    if [[ $cur == = ]]; then cur= # bash hands on '--name=value' as three words\n"
          "    elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi\n",
          out);
    if (tool->command_count)
        bash_commands(tool, out);
    bash_values(tool, out);
    fputs("    [[ $cur == -* ]] || return\n", out);
    bash_names(tool, out);
    fputs("}\ncomplete -o default -F _", out);
    write_identifier(tool->name, out);
    fprintf(out, " %s\n", tool->name);
}

/* ---- zsh --------------------------------------------------------------------------------------------- */

static void zsh_action(const cli_option *option, FILE *out)
{
    if (!option->value)
        return;
    fputc(':', out);
    write_quoted(option->value, ":\\", out);
    fputc(':', out);
    if (option->kind == CLI_CHOICE) {
        fputc('(', out);
        write_choices(option, out);
        fputc(')', out);
    } else if (option->kind == CLI_WORDS) {
        fprintf(out, " _values -s , %s ", option->value);
        write_choices(option, out);
    } else if (takes_path(option)) {
        fputs("_files", out);
    } else {
        fputc(' ', out);
    }
}

/* A line for each spelling; an option that may be given once excludes its other spelling. */
static void zsh_option(const cli_option *option, bool by_letter, FILE *out)
{
    fputs("        '", out);
    if (option->kind == CLI_LIST)
        fputc('*', out);
    else if (option->letter)
        fprintf(out, "(-%c --%s)", option->letter, option->name);
    if (by_letter)
        fprintf(out, "-%c%s[", option->letter, option->value ? "+" : "");
    else
        fprintf(out, "--%s%s[", option->name, option->value ? "=" : "");
    write_quoted(option->help, "[]:\\", out);
    fputc(']', out);
    zsh_action(option, out);
    fputs("' \\\n", out);
}

static void zsh_options(const cli_tool *tool, FILE *out)
{
    for (size_t i = 0; i < cli_option_count(tool); i++) {
        const cli_option *option = cli_option_at(tool, i);
        if (option->letter)
            zsh_option(option, true, out);
        zsh_option(option, false, out);
    }
    fputs(tool->max_operands ? "        '*:file:_files'\n" : "        && return 0\n", out);
}

static void zsh_commands(const cli_tool *tool, FILE *out)
{
    fputs("    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n        local -a commands=(", out);
    for (size_t i = 0; i < tool->command_count; i++) {
        fprintf(out, "\n            '%s:", cli_command_name(tool->commands[i]));
        write_quoted(tool->commands[i]->summary, ":\\", out);
        fputc('\'', out);
    }
    fputs(")\n        _describe command commands\n        return\n    fi\n    case $words[2] in\n", out);
    for (size_t i = 0; i < tool->command_count; i++) {
        fprintf(out, "    %s)\n    shift words; (( CURRENT-- ))\n    _arguments -s -S \\\n",
                cli_command_name(tool->commands[i]));
        zsh_options(tool->commands[i], out);
        fputs("    return ;;\n", out);
    }
    fputs("    esac\n", out);
}

/* The last lines serve both ways to load it: as a file in fpath, which is run as the function, and by
 * `source`. */
static void write_zsh(const cli_tool *tool, FILE *out)
{
    fprintf(out, "#compdef %s\n_", tool->name);
    write_identifier(tool->name, out);
    fputs("()\n{\n", out);
    if (tool->command_count)
        zsh_commands(tool, out);
    fputs("    _arguments -s -S \\\n", out);
    zsh_options(tool, out);
    fputs("}\nif [[ ${funcstack[1]} == _", out);
    write_identifier(tool->name, out);
    fputs(" ]]; then\n    _", out);
    write_identifier(tool->name, out);
    fputs(" \"$@\"\nelse\n    compdef _", out);
    write_identifier(tool->name, out);
    fprintf(out, " %s\nfi\n", tool->name);
}

/* ---- fish -------------------------------------------------------------------------------------------- */

static void fish_text(const char *text, FILE *out)
{
    for (const char *c = text; *c; c++)
        fprintf(out, *c == '\'' || *c == '\\' ? "\\%c" : "%c", *c);
}

/* `command` is NULL where the options are the tool's own. */
static void fish_option(const cli_tool *tool, const cli_tool *command, const cli_option *option, FILE *out)
{
    fprintf(out, "complete -c %s", tool->name);
    if (command)
        fprintf(out, " -n '__fish_seen_subcommand_from %s'", cli_command_name(command));
    else if (tool->command_count)
        fputs(" -n __fish_use_subcommand", out);
    if (option->letter)
        fprintf(out, " -s %c", option->letter);
    fprintf(out, " -l %s", option->name);
    if (option->choices) {
        fputs(" -x -a '", out);
        write_choices(option, out);
        fputc('\'', out);
    } else if (option->value) {
        fputs(takes_path(option) ? " -r -F" : " -x", out);
    }
    fputs(" -d '", out);
    fish_text(option->help, out);
    fputs("'\n", out);
}

static void write_fish(const cli_tool *tool, FILE *out)
{
    fprintf(out, "# fish completion for %s\n", tool->name);
    for (size_t i = 0; i < tool->command_count; i++) {
        const cli_tool *command = tool->commands[i];
        fprintf(out, "complete -c %s -n __fish_use_subcommand -f -a %s -d '", tool->name,
                cli_command_name(command));
        fish_text(command->summary, out);
        fputs("'\n", out);
        for (size_t j = 0; j < cli_option_count(command); j++)
            fish_option(tool, command, cli_option_at(command, j), out);
    }
    for (size_t i = 0; i < cli_option_count(tool); i++)
        fish_option(tool, NULL, cli_option_at(tool, i), out);
}

void cli_completion_write(const cli_tool *tool, unsigned shell, FILE *out)
{
    static void (*const writers[])(const cli_tool *, FILE *) = { write_bash, write_zsh, write_fish };
    writers[shell](tool, out);
}
