/* cli_value: the value of an option, from text to a field of the tool's options and back. */
#include "common/cli_internal.h"

#include <stdio.h>

bool cli_word_next(const char **rest, char separator, rk_slice *word)
{
    if (!*rest)
        return false;
    const char *end = strchr(*rest, separator);
    *word = (rk_slice){ (const uint8_t *)*rest, end ? (size_t)(end - *rest) : strlen(*rest) };
    *rest = end ? end + 1 : NULL;
    return true;
}

bool cli_words_has(const char *words, const char *word)
{
    rk_slice one;
    while (cli_word_next(&words, ',', &one))
        if (rk_slice_is(one, rk_slice_of(word)))
            return true;
    return false;
}

/* The place of `word` in "auto|always|never", or SIZE_MAX. */
static size_t choice_place(const char *choices, rk_slice word)
{
    rk_slice choice;
    for (size_t i = 0; cli_word_next(&choices, '|', &choice); i++)
        if (rk_slice_is(choice, word))
            return i;
    return SIZE_MAX;
}

/* "auto, always or never". */
static const char *choices_print(const char *choices, const char *last_joint, char *out, size_t cap)
{
    size_t used = 0;
    rk_slice choice;
    out[0] = 0;
    while (cli_word_next(&choices, '|', &choice) && used < cap) {
        const char *joint = used == 0 ? "" : choices ? ", " : last_joint;
        used += (size_t)snprintf(out + used, cap - used, "%s%.*s", joint, (int)choice.len, choice.ptr);
    }
    return out;
}

/* Reads the digits that `text` begins with; *unit is what follows them. False when there are none or too
 * many. */
static bool read_number(const char *text, uint64_t *number, const char **unit)
{
    const char *at = text;
    *number = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    *unit = at;
    return at > text;
}

static bool read_duration(const char *text, uint64_t *ms)
{
    static const struct {
        const char *unit;
        uint64_t ms;
    } units[] = { { "ms", 1 },    { "s", 1000 },    { "", 1000 },
                  { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };
    const char *unit;
    uint64_t number;
    if (!read_number(text, &number, &unit))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(unit, units[i].unit) == 0) {
            *ms = number * units[i].ms;
            return number <= UINT64_MAX / units[i].ms;
        }
    return false;
}

static bool fail_value(const cli_option *option, const char *value, const char *wanted, rk_err *err)
{
    char shown[60];
    rk_slice_print(rk_slice_of(value), shown, sizeof shown);
    return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--%s' takes %s, not '%s'", option->name, wanted,
                   shown);
}

static bool store_number(const cli_option *option, const char *value, uint64_t *number, rk_err *err)
{
    const char *unit = "";
    if (option->kind == CLI_DURATION_MS)
        return read_duration(value, number) ||
               fail_value(option, value, "a duration such as 500ms, 2s, 5m, 1h or 1d", err);
    if (option->kind == CLI_LIMIT && strcmp(value, "all") == 0) {
        *number = CLI_ALL;
        return true;
    }
    if (read_number(value, number, &unit) && *unit == 0)
        return true;
    return fail_value(option, value, option->kind == CLI_LIMIT ? "a whole number or 'all'" : "a whole number",
                      err);
}

static bool store_shift(const cli_option *option, const char *value, int64_t *shift, rk_err *err)
{
    uint64_t ms;
    bool sign = value[0] == '+' || value[0] == '-';
    if (!read_duration(value + sign, &ms) || ms > INT64_MAX)
        return fail_value(option, value, "a duration with or without a sign, such as +2h or -30m", err);
    *shift = value[0] == '-' ? -(int64_t)ms : (int64_t)ms;
    return true;
}

/* Many words do not fit into a message: it then says which one is wrong, and leaves the rest to --help. */
static bool fail_choice(const cli_option *option, rk_slice word, rk_err *err)
{
    char shown[60], known[512];
    rk_slice_print(word, shown, sizeof shown);
    choices_print(option->choices, " or ", known, sizeof known);
    if (strlen(known) > 80)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--%s' does not know '%s'", option->name, shown);
    return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--%s' takes %s, not '%s'", option->name, known,
                   shown);
}

static bool check_words(const cli_option *option, const char *value, rk_err *err)
{
    rk_slice word;
    while (cli_word_next(&value, ',', &word))
        if (choice_place(option->choices, word) == SIZE_MAX)
            return fail_choice(option, word, err);
    return true;
}

bool cli_value_store(const cli_option *option, char *value, void *options, rk_err *err)
{
    void *field = (char *)options + option->offset;
    size_t place;
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)field = true;
        return true;
    case CLI_TEXT:
        *(const char **)field = value;
        return true;
    case CLI_CHOICE:
        place = choice_place(option->choices, rk_slice_of(value));
        if (place == SIZE_MAX)
            return fail_choice(option, rk_slice_of(value), err);
        *(unsigned *)field = (unsigned)place;
        return true;
    case CLI_WORDS:
        *(const char **)field = value;
        return check_words(option, value, err);
    case CLI_SHIFT_MS:
        return store_shift(option, value, field, err);
    default:
        return store_number(option, value, field, err);
    }
}

/* "500ms", "90s", "5m": the largest unit that is exact. */
static void duration_print(uint64_t ms, char *out, size_t cap)
{
    if (ms % 1000)
        snprintf(out, cap, "%" PRIu64 "ms", ms);
    else if (ms % 60000)
        snprintf(out, cap, "%" PRIu64 "s", ms / 1000);
    else if (ms % 3600000)
        snprintf(out, cap, "%" PRIu64 "m", ms / 60000);
    else
        snprintf(out, cap, "%" PRIu64 "h", ms / 3600000);
}

/* The default as the user would write it; "" for one that says nothing (a flag, 0, no text). */
static void default_print(const cli_option *option, const void *options, char *out, size_t cap)
{
    const void *field = (const char *)options + option->offset;
    const char *rest = option->choices, *text = NULL;
    rk_slice choice = RK_EMPTY;
    uint64_t number = 0;
    out[0] = 0;
    if (option->kind == CLI_TEXT || option->kind == CLI_WORDS)
        text = *(const char *const *)field;
    if (option->kind == CLI_NUMBER || option->kind == CLI_DURATION_MS || option->kind == CLI_LIMIT)
        number = *(const uint64_t *)field;
    if (option->kind == CLI_CHOICE) {
        for (unsigned i = 0; i <= *(const unsigned *)field; i++)
            cli_word_next(&rest, '|', &choice);
        snprintf(out, cap, "%.*s", (int)choice.len, choice.ptr);
    } else if (text) {
        snprintf(out, cap, "%s", text);
    } else if (number == CLI_ALL && option->kind == CLI_LIMIT) {
        snprintf(out, cap, "all");
    } else if (number && option->kind == CLI_DURATION_MS) {
        duration_print(number, out, cap);
    } else if (number) {
        snprintf(out, cap, "%" PRIu64, number);
    }
}

const char *cli_value_note(const cli_option *option, const void *options, char *out, size_t cap)
{
    char known[512] = "", standard[256] = "";
    if (option->choices)
        choices_print(option->choices, option->kind == CLI_WORDS ? " and " : " or ", known, sizeof known);
    if (!cli_option_is_about(option))
        default_print(option, options, standard, sizeof standard);
    snprintf(out, cap, "%s%s%s%s", known, known[0] && standard[0] ? "; " : "", standard[0] ? "default " : "",
             standard);
    return out;
}
