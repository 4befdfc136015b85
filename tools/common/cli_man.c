/* cli_man: the manual page, in the man(7) macros that both groff and mandoc know. */
#include "common/cli_internal.h"

#include <ctype.h>

/* ---- bytes ------------------------------------------------------------------------------------------- */

/* What roff would take for its own, or print as a typographic look-alike that cannot be pasted into a shell.
 */
static const char *roff_escape(char c)
{
    switch (c) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    case '"':
        return "\\(dq";
    default:
        return NULL;
    }
}

static void write_char(FILE *out, char c)
{
    const char *escaped = roff_escape(c);
    if (escaped)
        fputs(escaped, out);
    else
        fputc(c, out);
}

/* Text that stands by itself, where a backtick is a backtick. A dot would begin a request only at the line's
 * start, but a zero-width space before it does no harm elsewhere. */
static void write_literal(FILE *out, rk_slice text)
{
    if (text.len && text.ptr[0] == '.')
        fputs("\\&", out);
    for (size_t i = 0; i < text.len; i++)
        write_char(out, (char)text.ptr[i]);
}

static void write_words(FILE *out, const char *text)
{
    write_literal(out, rk_slice_of(text));
}

/* Running text, where `these words` are bold; *bold lasts from line to line of a paragraph. */
static void write_running(FILE *out, rk_slice text, bool *bold)
{
    if (text.len && text.ptr[0] == '.')
        fputs("\\&", out);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '`') {
            *bold = !*bold;
            fputs(*bold ? "\\fB" : "\\fR", out);
        } else {
            write_char(out, (char)text.ptr[i]);
        }
    }
}

/* ---- text of a section ------------------------------------------------------------------------------- */

typedef struct {
    FILE *out;
    bool begun;   /* something stands in this section */
    bool fresh;   /* the next line of text begins a paragraph */
    bool literal; /* between .nf and .fi */
    bool bold;
} section_writer;

static void end_literal(section_writer *w)
{
    if (w->literal)
        fputs(".fi\n.RE\n", w->out);
    w->literal = false;
}

static void end_paragraph(section_writer *w)
{
    if (w->bold) /* a backtick without partner goes no further than its paragraph */
        fputs("\\fR\n", w->out);
    w->bold = false;
    w->fresh = true;
}

static void write_literal_line(section_writer *w, rk_slice line)
{
    if (!w->literal && w->begun && w->fresh)
        fputs(".PP\n", w->out);
    if (!w->literal)
        fputs(".RS 4\n.nf\n", w->out);
    w->literal = w->begun = true;
    write_literal(w->out, line);
    fputc('\n', w->out);
}

static void write_item(section_writer *w, rk_slice line)
{
    size_t split = rk_slice_find(line, RK_TEXT(" :: "), 0);
    end_paragraph(w);
    if (split == SIZE_MAX) {
        fputs(".IP \\(bu 2\n", w->out);
    } else {
        fputs(".TP\n\\fB", w->out);
        write_literal(w->out, rk_slice_head(line, split));
        fputs("\\fR\n", w->out);
        line = rk_slice_from(line, split + 4);
    }
    write_running(w->out, line, &w->bold);
    fputc('\n', w->out);
    w->fresh = false;
}

static void write_line(section_writer *w, rk_slice line)
{
    if (rk_slice_starts(line, RK_TEXT("    "))) {
        write_literal_line(w, rk_slice_from(line, 4));
        return;
    }
    if (w->literal)
        w->fresh = true;
    end_literal(w);
    if (line.len == 0) {
        end_paragraph(w);
        return;
    }
    if (rk_slice_starts(line, RK_TEXT("- "))) {
        write_item(w, rk_slice_from(line, 2));
    } else {
        if (w->fresh && w->begun)
            fputs(".PP\n", w->out);
        while (line.len && line.ptr[0] == ' ') /* a space at the start would break the line */
            line = rk_slice_from(line, 1);
        write_running(w->out, line, &w->bold);
        fputc('\n', w->out);
        w->fresh = false;
    }
    w->begun = true;
}

/* `begun`: other text stands before it. */
static void write_text(FILE *out, const char *text, bool begun)
{
    section_writer w = { .out = out, .begun = begun, .fresh = true };
    rk_slice line;
    while (cli_word_next(&text, '\n', &line))
        write_line(&w, line);
    end_literal(&w);
    if (w.bold)
        end_paragraph(&w);
}

/* ---- the page ---------------------------------------------------------------------------------------- */

static void write_usage(const cli_tool *tool, FILE *out)
{
    fputs(".B ", out);
    write_words(out, tool->name);
    fputs("\n[\\fIOPTION\\fR]...", out);
    const char *rest = tool->operands;
    rk_slice word;
    while (tool->operands[0] && cli_word_next(&rest, ' ', &word)) {
        fputs(" \\fI", out);
        write_literal(out, word);
        fputs("\\fR", out);
    }
    fputc('\n', out);
}

static void write_title(const cli_tool *tool, FILE *out)
{
    fputs(".TH ", out);
    for (const char *c = tool->name; *c; c++)
        write_char(out, (char)toupper((unsigned char)*c));
    fprintf(out, " 1 %s \"rdbkit %s\" \"rdbkit manual\"\n", tool->date, RDBKIT_VERSION);
    fputs(".SH NAME\n", out);
    write_words(out, tool->name);
    fputs(" \\- ", out);
    write_words(out, tool->summary);
    fputs("\n.SH SYNOPSIS\n", out);
    if (!tool->command_count)
        write_usage(tool, out);
    for (size_t i = 0; i < tool->command_count; i++) {
        if (i > 0)
            fputs(".br\n", out);
        write_usage(tool->commands[i], out);
    }
}

/* .TP, then "-j, --json" or "-l N, --limit=N", then what it does. */
static void write_option(const cli_option *option, const void *options, FILE *out)
{
    char note[700];
    bool bold = false;
    fputs(".TP\n", out);
    if (option->letter) {
        fputs("\\fB\\-", out);
        write_char(out, option->letter);
        fputs("\\fR", out);
        if (option->value)
            fprintf(out, " \\fI%s\\fR", option->value);
        fputs(", ", out);
    }
    fputs("\\fB\\-\\-", out);
    write_words(out, option->name);
    fputs("\\fR", out);
    if (option->value)
        fprintf(out, "=\\fI%s\\fR", option->value);
    fputc('\n', out);
    fputc(toupper((unsigned char)option->help[0]), out);
    write_running(out, rk_slice_of(option->help + 1), &bold);
    cli_value_note(option, options, note, sizeof note);
    if (note[0]) {
        fputs(" (", out);
        write_words(out, note);
        fputc(')', out);
    }
    fputs(".\n", out);
    if (option->details) {
        fputs(".RS\n", out);
        write_text(out, option->details, true);
        fputs(".RE\n", out);
    }
}

static void write_tool_examples(const cli_tool *tool, FILE *out)
{
    bool bold = false;
    for (size_t i = 0; i < tool->example_count; i++) {
        fputs(".TP\n", out);
        write_running(out, rk_slice_of(tool->examples[i].explain), &bold);
        fputs("\n.nf\n\\fB", out);
        write_words(out, tool->examples[i].command);
        fputs("\\fR\n.fi\n", out);
    }
}

static void write_examples(const cli_tool *tool, FILE *out)
{
    size_t count = tool->example_count;
    for (size_t i = 0; i < tool->command_count; i++)
        count += tool->commands[i]->example_count;
    if (count)
        fputs(".SH EXAMPLES\n", out);
    write_tool_examples(tool, out);
    for (size_t i = 0; i < tool->command_count; i++)
        write_tool_examples(tool->commands[i], out);
}

/* Options that every command has are told once, behind them. */
static void write_command(const cli_tool *command, FILE *out)
{
    fputs(".SS ", out);
    write_words(out, command->name);
    fputc('\n', out);
    write_text(out, command->description ? command->description : command->summary, false);
    for (size_t i = 0; i < command->option_count; i++)
        write_option(&command->options[i], command->defaults, out);
}

void cli_man_write(const cli_tool *tool, const void *options, FILE *out)
{
    bool examples_written = false;
    write_title(tool, out);
    fputs(".SH DESCRIPTION\n", out);
    write_text(out, tool->description ? tool->description : tool->summary, false);
    if (tool->command_count)
        fputs(".SH COMMANDS\n", out);
    for (size_t i = 0; i < tool->command_count; i++)
        write_command(tool->commands[i], out);
    fputs(".SH OPTIONS\n", out);
    for (size_t i = 0; i < cli_option_count(tool); i++)
        write_option(cli_option_at(tool, i), options, out);
    for (size_t i = 0; i < tool->section_count; i++) {
        if (strcmp(tool->sections[i].title, "SEE ALSO") == 0 && !examples_written) {
            write_examples(tool, out);
            examples_written = true;
        }
        fprintf(out, ".SH %s\n", tool->sections[i].title);
        write_text(out, tool->sections[i].text, false);
    }
    if (!examples_written)
        write_examples(tool, out);
}
