/* cli_scan: takes argv apart into options with their values, and operands. */
#include "common/cli_internal.h"

typedef struct {
    const cli_tool *tool;
    char **argv;
    int argc, at; /* argv[at] is being read */
    cli_settings *settings;
    rk_err *err;
} scan;

enum { SHOWN = 80 }; /* of an argument, in a message */

static bool add(scan *s, const cli_option *option, char *value)
{
    cli_settings *all = s->settings;
    if (!rk_grow((void **)&all->items, &all->capacity, all->count + 1, sizeof *all->items, s->err))
        return false;
    all->items[all->count++] = (cli_setting){ option, value };
    return true;
}

static const cli_option *find_letter(const cli_tool *tool, char letter)
{
    for (size_t i = 0; i < cli_option_count(tool); i++)
        if (cli_option_at(tool, i)->letter == letter)
            return cli_option_at(tool, i);
    return NULL;
}

static const cli_option *find_name(const cli_tool *tool, rk_slice name)
{
    for (size_t i = 0; i < cli_option_count(tool); i++)
        if (rk_slice_is(rk_slice_of(cli_option_at(tool, i)->name), name))
            return cli_option_at(tool, i);
    return NULL;
}

/* How many letters must be put in, taken out or replaced to make `b` of `a`; big when `b` is too long to ask.
 */
static size_t edits_between(rk_slice a, rk_slice b)
{
    size_t row[32];
    if (b.len >= sizeof row / sizeof row[0])
        return SIZE_MAX;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            size_t shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = replaced < shorter ? replaced : shorter;
        }
    }
    return row[b.len];
}

/* What the user may have meant by `name`: the one that it begins, or the nearest by two edits at most; or
 * NULL. */
static const cli_option *nearest_name(const cli_tool *tool, rk_slice name)
{
    const cli_option *nearest = NULL;
    size_t fewest = 3;
    for (size_t i = 0; i < cli_option_count(tool) && name.len >= 2; i++) {
        const cli_option *option = cli_option_at(tool, i);
        rk_slice other = rk_slice_of(option->name);
        size_t edits = rk_slice_starts(other, name) ? 0 : edits_between(name, other);
        if (edits < fewest && edits < other.len) {
            fewest = edits;
            nearest = option;
        }
    }
    return nearest;
}

static bool fail_unknown_name(scan *s, rk_slice name)
{
    char shown[SHOWN];
    const cli_option *meant = nearest_name(s->tool, name);
    rk_slice_print(name, shown, sizeof shown);
    if (meant)
        return rk_fail(s->err, RK_USAGE, RK_NO_OFFSET, "unknown option '--%s' (did you mean '--%s'?)", shown,
                       meant->name);
    return rk_fail(s->err, RK_USAGE, RK_NO_OFFSET, "unknown option '--%s'", shown);
}

/* Adds an option whose value is `value` or, when that is NULL, the next argument. */
static bool add_with_value(scan *s, const cli_option *option, char *value)
{
    if (!value && s->at + 1 >= s->argc)
        return rk_fail(s->err, RK_USAGE, RK_NO_OFFSET, "option '--%s' needs a value (%s)", option->name,
                       option->value);
    return add(s, option, value ? value : s->argv[++s->at]);
}

static bool scan_long(scan *s, char *text)
{
    char shown[SHOWN];
    char *equals = strchr(text, '=');
    rk_slice name = { (const uint8_t *)text, equals ? (size_t)(equals - text) : strlen(text) };
    const cli_option *option = find_name(s->tool, name);
    if (!option)
        return fail_unknown_name(s, name);
    if (option->kind != CLI_FLAG)
        return add_with_value(s, option, equals ? equals + 1 : NULL);
    if (equals)
        return rk_fail(s->err, RK_USAGE, RK_NO_OFFSET, "option '--%s' takes no value, not '%s'", option->name,
                       rk_slice_print(rk_slice_of(equals + 1), shown, sizeof shown));
    return add(s, option, NULL);
}

/* `letters` is what stands behind the dash: flags, the last of which may take a value. */
static bool scan_letters(scan *s, char *letters)
{
    char shown[SHOWN], whole[SHOWN];
    for (char *at = letters; *at; at++) {
        const cli_option *option = find_letter(s->tool, *at);
        if (!option && letters[1])
            return rk_fail(s->err, RK_USAGE, RK_NO_OFFSET, "unknown option '-%s' in '-%s'",
                           rk_slice_print((rk_slice){ (const uint8_t *)at, 1 }, shown, sizeof shown),
                           rk_slice_print(rk_slice_of(letters), whole, sizeof whole));
        if (!option)
            return rk_fail(s->err, RK_USAGE, RK_NO_OFFSET, "unknown option '-%s'",
                           rk_slice_print(rk_slice_of(letters), shown, sizeof shown));
        if (option->kind != CLI_FLAG)
            return add_with_value(s, option, at[1] ? at + 1 : NULL);
        if (!add(s, option, NULL))
            return false;
        if (cli_option_is_about(option))
            return true;
    }
    return true;
}

bool cli_scan(const cli_tool *tool, int argc, char **argv, cli_settings *settings, rk_err *err)
{
    scan s = { tool, argv, argc, 1, settings, err };
    bool options_ended = false;
    for (; s.at < argc; s.at++) {
        char *text = argv[s.at];
        bool read = true;
        if (options_ended || text[0] != '-' || text[1] == 0)
            read = add(&s, NULL, text);
        else if (strcmp(text, "--") == 0)
            options_ended = true;
        else
            read = text[1] == '-' ? scan_long(&s, text + 2) : scan_letters(&s, text + 1);
        if (!read)
            return false;
        if (settings->count && cli_option_is_about(settings->items[settings->count - 1].option))
            return true;
    }
    return true;
}
