/* moment: what a person writes behind the @ of a source. Which forms there are is said here once, and by every error. */
#include "rdbkit/keyspace.h"

static bool no_moment(const char *text, const char *why, rk_err *err)
{
    char shown[100];
    rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%s' is no moment%s%s",
            rk_slice_print(rk_slice_of(text), shown, sizeof shown), *why ? ": " : "", why);
    return rk_err_hint(err, "a moment is like 2026-11-23T03:11:59Z, 1795404719 (Unix seconds), "
                            "offset:4118220107, before:FLUSHALL or before:last:DEL");
}

static bool take_word(const char **text, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(*text, word, len) != 0)
        return false;
    *text += len;
    return true;
}

static bool take_digits(const char **text, size_t count, int64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < count; i++, ++*text) {
        if (**text < '0' || **text > '9')
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

/* All of `text` as a number from 0 on. */
static bool read_number(const char *text, uint64_t *value)
{
    *value = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(*value, (uint64_t)10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(*text - '0'), value))
            return false;
    }
    return true;
}

/* ---- times ------------------------------------------------------------------------------------------------ */

static int64_t days_in(int64_t year, int64_t month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01 to a day of the calendar. */
static int64_t days_to(int64_t year, int64_t month, int64_t day)
{
    int64_t before = year - 1, days = before * 365 + before / 4 - before / 100 + before / 400;
    for (int64_t m = 1; m < month; m++)
        days += days_in(year, m);
    return days + day - 1 - 719162;
}

/* Z, or the distance to it: +02:00, -0330. */
static bool take_zone(const char **text, int64_t *seconds)
{
    int64_t hours, minutes;
    *seconds = 0;
    if (take_word(text, "Z") || take_word(text, "z"))
        return true;
    bool west = **text == '-';
    if (!west && **text != '+')
        return false;
    ++*text;
    if (!take_digits(text, 2, &hours))
        return false;
    take_word(text, ":");
    if (!take_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *seconds = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
    return true;
}

/* YYYY-MM-DDTHH:MM[:SS]ZONE; a blank may stand for the T. */
static bool read_date(const char *text, const char **why, int64_t *time_s)
{
    int64_t year, month, day, hour, minute, second = 0, zone;
    *why = "a date is like 2026-11-23T03:11:59Z";
    if (!take_digits(&text, 4, &year) || !take_word(&text, "-") || !take_digits(&text, 2, &month) ||
        !take_word(&text, "-") || !take_digits(&text, 2, &day) ||
        (!take_word(&text, "T") && !take_word(&text, "t") && !take_word(&text, " ")) ||
        !take_digits(&text, 2, &hour) || !take_word(&text, ":") || !take_digits(&text, 2, &minute) ||
        (take_word(&text, ":") && !take_digits(&text, 2, &second)))
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 ||
        minute > 59 || second > 59) {
        *why = "there is no such day or time";
        return false;
    }
    if (!take_zone(&text, &zone) || *text) {
        *why = "it ends in Z, or in the distance to it, like +02:00";
        return false;
    }
    *time_s = ((days_to(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - zone;
    return true;
}

static bool read_time(const char *text, rk_moment *moment, rk_err *err)
{
    uint64_t seconds;
    const char *why = "";
    moment->kind = RK_MOMENT_TIME;
    if (read_number(text, &seconds) && seconds <= INT64_MAX / 1000) {
        moment->time_s = (int64_t)seconds;
        return seconds < UINT64_C(100000000000) ||
               no_moment(text, "seconds are wanted, these look like milliseconds", err);
    }
    if (!*text || !strchr("0123456789", *text))
        return no_moment(text, "", err);
    return read_date(text, &why, &moment->time_s) || no_moment(text, why, err);
}

/* ---- places ----------------------------------------------------------------------------------------------- */

bool rk_moment_parse_offset(const char *text, rk_moment *moment, rk_err *err)
{
    char shown[100];
    const char *colon = strrchr(text, ':'), *number = colon ? colon + 1 : text;
    size_t name = colon ? (size_t)(colon - text) : 0;
    *moment = (rk_moment){ .kind = RK_MOMENT_OFFSET };
    if (name >= sizeof moment->file)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "the name of a file has %zu bytes, not less than %zu",
                       name, sizeof moment->file);
    memcpy(moment->file, text, name);
    if ((!colon || name > 0) && read_number(number, &moment->offset))
        return true;
    return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                   "'%s' is no place of a command, which is like 4118220107 or "
                   "appendonly.aof.5.incr.aof:4118220107",
                   rk_slice_print(rk_slice_of(text), shown, sizeof shown));
}

static bool read_before(const char *text, const char *word, rk_moment *moment, rk_err *err)
{
    moment->kind = RK_MOMENT_BEFORE;
    moment->last = take_word(&word, "last:");
    moment->verb = rk_verb_of(rk_slice_of(word));
    if (moment->verb == RK_VERB_UNKNOWN || strlen(word) >= sizeof moment->word)
        return no_moment(text, "no command of that name is known", err);
    memcpy(moment->word, word, strlen(word) + 1);
    return true;
}

bool rk_moment_parse(const char *text, rk_moment *moment, rk_err *err)
{
    const char *rest = text;
    *moment = (rk_moment){ 0 };
    if (take_word(&rest, "offset:"))
        return rk_moment_parse_offset(rest, moment, err);
    if (take_word(&rest, "before:"))
        return read_before(text, rest, moment, err);
    return read_time(text, moment, err);
}

bool rk_moment_is_like(const char *text)
{
    rk_moment moment;
    rk_err ignored = { 0 };
    const char *rest = text;
    int64_t year;
    return rk_moment_parse(text, &moment, &ignored) || take_word(&rest, "offset:") ||
           take_word(&rest, "before:") || (take_digits(&rest, 4, &year) && take_word(&rest, "-"));
}
