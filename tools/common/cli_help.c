/* cli_help: what --help prints: plain text, 80 columns, examples last. */
#include "common/cli_internal.h"

#include <ctype.h>

enum { WIDTH = 80, HELP_COLUMN = 26, ITEM_COLUMN = 18 };

/* Writes `text` word by word from column `column` on; further lines begin at `indent`. */
static void write_wrapped(FILE *out, rk_slice text, int column, int indent)
{
    bool first = true;
    size_t at = 0;
    for (;;) {
        while (at < text.len && strchr(" \n", text.ptr[at]))
            at++;
        size_t end = at;
        while (end < text.len && !strchr(" \n", text.ptr[end]))
            end++;
        if (end == at)
            break;
        int length = (int)(end - at);
        if (!first && column + 1 + length >= WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (!first) {
            fputc(' ', out);
            column++;
        }
        fwrite(text.ptr + at, 1, end - at, out);
        column += length;
        at = end;
        first = false;
    }
    fputc('\n', out);
}

/* "- TERM :: text" as two columns, "- text" as it is. */
static void write_item(FILE *out, rk_slice line)
{
    size_t split = rk_slice_find(line, RK_TEXT(" :: "), 0);
    if (split == SIZE_MAX) {
        fputs("  - ", out);
        write_wrapped(out, line, 4, 4);
        return;
    }
    int used = fprintf(out, "  %-*.*s", ITEM_COLUMN - 4, (int)split, line.ptr);
    fputs("  ", out);
    write_wrapped(out, rk_slice_from(line, split + 4), used + 2, ITEM_COLUMN);
}

/* Text as cli_section has it, with its paragraphs filled. */
static void write_text(FILE *out, const char *text)
{
    rk_slice line, paragraph = RK_EMPTY; /* lines that are not written yet */
    while (cli_word_next(&text, '\n', &line)) {
        bool literal = rk_slice_starts(line, RK_TEXT("    ")), item = rk_slice_starts(line, RK_TEXT("- "));
        if (line.len && !literal && !item) {
            paragraph.ptr = paragraph.len ? paragraph.ptr : line.ptr;
            paragraph.len = (size_t)(line.ptr + line.len - paragraph.ptr);
            continue;
        }
        if (paragraph.len)
            write_wrapped(out, paragraph, 0, 0);
        paragraph = RK_EMPTY;
        if (item)
            write_item(out, rk_slice_from(line, 2));
        else
            fprintf(out, "%.*s\n", (int)line.len, line.ptr);
    }
    if (paragraph.len)
        write_wrapped(out, paragraph, 0, 0);
}

static void write_option(FILE *out, const cli_option *option, const void *options)
{
    char head[80], note[700], help[1200];
    char letter[5] = { '-', option->letter, ',', ' ', 0 };
    int used = snprintf(head, sizeof head, "  %s--%s%s%s", option->letter ? letter : "    ", option->name,
                        option->value ? " " : "", option->value ? option->value : "");
    cli_value_note(option, options, note, sizeof note);
    snprintf(help, sizeof help, note[0] ? "%s (%s)" : "%s%s", option->help, note);
    if (used + 2 > HELP_COLUMN)
        fprintf(out, "%s\n%*s", head, HELP_COLUMN, "");
    else
        fprintf(out, "%-*s", HELP_COLUMN, head);
    write_wrapped(out, rk_slice_of(help), HELP_COLUMN, HELP_COLUMN);
}

static void write_command(FILE *out, const cli_tool *command)
{
    int used = fprintf(out, "  %-*s", ITEM_COLUMN - 4, cli_command_name(command));
    fputs("  ", out);
    write_wrapped(out, rk_slice_of(command->summary), used + 2, ITEM_COLUMN);
}

static void write_commands(const cli_tool *tool, FILE *out)
{
    if (tool->command_count)
        fputs("\nCommands:\n", out);
    for (size_t i = 0; i < tool->command_count; i++)
        write_command(out, tool->commands[i]);
    if (tool->command_count)
        fprintf(out, "\n`%s COMMAND --help` tells more of each.\n", tool->name);
}

void cli_help_write(const cli_tool *tool, const void *options, FILE *out)
{
    fprintf(out, "Usage: %s %s[OPTION]...%s%s\n", tool->name, tool->command_count ? "COMMAND " : "",
            tool->operands[0] ? " " : "", tool->operands);
    fprintf(out, "%c%s.\n", toupper((unsigned char)tool->summary[0]), tool->summary + 1);
    if (tool->description) {
        fputc('\n', out);
        write_text(out, tool->description);
    }
    write_commands(tool, out);
    fputs("\nOptions:\n", out);
    for (size_t i = 0; i < cli_option_count(tool); i++)
        write_option(out, cli_option_at(tool, i), options);
    if (tool->example_count)
        fputs("\nExamples:\n", out);
    for (size_t i = 0; i < tool->example_count; i++)
        fprintf(out, "  %s\n    $ %s\n", tool->examples[i].explain, tool->examples[i].command);
}
