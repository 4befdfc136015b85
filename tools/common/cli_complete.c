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

static void write_bash(const cli_tool *tool, FILE *out)
{
    fprintf(out, "# bash completion for %s\n_", tool->name);
    write_identifier(tool->name, out);
    fputs("()\n{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} head=\n"
          "    COMPREPLY=() # what is left empty is completed with files\n"
          "    if [[ $cur == = ]]; then cur= # bash hands on '--name=value' as three words\n"
          "    elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
          "    case $prev in\n",
          out);
    for (size_t i = 0; i < cli_option_count(tool); i++)
        if (cli_option_at(tool, i)->value)
            bash_value(cli_option_at(tool, i), out);
    fputs("    esac\n"
          "    [[ $cur == -* ]] || return\n"
          "    mapfile -t COMPREPLY < <(compgen -W '",
          out);
    for (size_t i = 0; i < cli_option_count(tool); i++) {
        const cli_option *option = cli_option_at(tool, i);
        if (option->letter)
            fprintf(out, "-%c ", option->letter);
        fprintf(out, "--%s ", option->name);
    }
    fputs("' -- \"$cur\")\n}\ncomplete -o default -F _", out);
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

/* The last lines serve both ways to load it: as a file in fpath, which is run as the function, and by
 * `source`. */
static void write_zsh(const cli_tool *tool, FILE *out)
{
    fprintf(out, "#compdef %s\n_", tool->name);
    write_identifier(tool->name, out);
    fputs("()\n{\n    _arguments -s -S \\\n", out);
    for (size_t i = 0; i < cli_option_count(tool); i++) {
        const cli_option *option = cli_option_at(tool, i);
        if (option->letter)
            zsh_option(option, true, out);
        zsh_option(option, false, out);
    }
    fputs(tool->max_operands ? "        '*:file:_files'\n" : "        && return 0\n", out);
    fputs("}\nif [[ ${funcstack[1]} == _", out);
    write_identifier(tool->name, out);
    fputs(" ]]; then\n    _", out);
    write_identifier(tool->name, out);
    fputs(" \"$@\"\nelse\n    compdef _", out);
    write_identifier(tool->name, out);
    fprintf(out, " %s\nfi\n", tool->name);
}

/* ---- fish -------------------------------------------------------------------------------------------- */

static void write_fish(const cli_tool *tool, FILE *out)
{
    fprintf(out, "# fish completion for %s\n", tool->name);
    for (size_t i = 0; i < cli_option_count(tool); i++) {
        const cli_option *option = cli_option_at(tool, i);
        fprintf(out, "complete -c %s", tool->name);
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
        for (const char *c = option->help; *c; c++)
            fprintf(out, *c == '\'' || *c == '\\' ? "\\%c" : "%c", *c);
        fputs("'\n", out);
    }
}

void cli_completion_write(const cli_tool *tool, unsigned shell, FILE *out)
{
    static void (*const writers[])(const cli_tool *, FILE *) = { write_bash, write_zsh, write_fish };
    writers[shell](tool, out);
}
