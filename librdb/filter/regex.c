/* regex: what is asked of the C library. Left alone it tries a match at each byte, which is quadratic for a long name:
 * so the expression is anchored and may begin with anything. It is compiled in the C locale, where a byte is a
 * character. */
#include "regex.h"

#include <limits.h>
#include <locale.h>

#define ANY_BYTE "(.|[^a])" /* `.` alone leaves out the byte 0 */
static const char anything[] = "\\`" ANY_BYTE "*(";

/* Where the bracket expression ends whose `[` stands at `at`: behind its `]`. */
static const char *bracket_end(const char *at)
{
    at += at[1] == '^' ? 2 : 1;
    at += *at == ']';
    while (*at && *at != ']') {
        if (*at == '[' && (at[1] == ':' || at[1] == '.' || at[1] == '=')) {
            const char mark[3] = { at[1], ']', 0 }, *end = strstr(at + 2, mark);
            if (!end)
                return at + strlen(at);
            at = end + 1;
        }
        at++;
    }
    return *at ? at + 1 : at;
}

/* Copies the expression into the group that follows `anything`. Refuses what the group, or the promise of one pass,
 * would not bear. `.` becomes any byte; `^` and `$` become the marks for the ends of all bytes: within a group the C library lets `^` match
 * behind a newline, too. */
static bool rewrite(const char *text, rk_buf *out, rk_err *err)
{
    size_t open = 0;
    for (const char *at = text, *end = at; *at; at = end) {
        end = *at == '[' ? bracket_end(at) : at + (*at == '\\' && at[1] ? 2 : 1);
        if (*at == '\\' && at[1] >= '1' && at[1] <= '9')
            return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "the regular expression '%.60s' has a back-reference",
                           text);
        open += *at == '(';
        if (*at == ')' && open-- == 0)
            return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "the regular expression '%.60s' has a ')' too many",
                           text);
        rk_slice piece = *at == '^'   ? RK_TEXT("\\`")
                         : *at == '$' ? RK_TEXT("\\'")
                         : *at == '.' ? RK_TEXT(ANY_BYTE)
                                      : (rk_slice){ (const uint8_t *)at, (size_t)(end - at) };
        if (!rk_buf_add(out, piece, err))
            return false;
    }
    return true;
}

static bool compile(regex_t *regex, const char *text, int *code, rk_err *err)
{
    locale_t bytes = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (bytes == (locale_t)0)
        return rk_no_memory(err);
    locale_t before = uselocale(bytes);
    *code = regcomp(regex, text, REG_EXTENDED | REG_NOSUB);
    uselocale(before);
    freelocale(bytes);
    return *code != REG_ESPACE || rk_no_memory(err);
}

/* Is it a regular expression, as the user gave it? */
static bool check(const char *text, rk_err *err)
{
    regex_t regex;
    int code = 0;
    char why[80];
    if (!compile(&regex, text, &code, err))
        return false;
    if (code == 0) {
        regfree(&regex);
        return true;
    }
    regerror(code, &regex, why, sizeof why);
    return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.60s' is no regular expression: %s", text, why);
}

bool filter_regex_open(regex_t *regex, const char *text, rk_err *err)
{
    rk_buf whole = { 0 };
    int code = 0;
    bool ok = check(text, err) && rk_buf_add(&whole, rk_slice_of(anything), err) &&
              rewrite(text, &whole, err) && rk_buf_add(&whole, (rk_slice){ (const uint8_t *)")", 2 }, err) &&
              compile(regex, (const char *)whole.ptr, &code, err);
    rk_buf_free(&whole);
    return ok && (code == 0 || rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                                       "the regular expression '%.60s' cannot be used", text));
}

/* Not regexec: it takes an end, too (REG_STARTEND), but sanitizers look for a zero there. */
bool filter_regex_matches(const regex_t *regex, rk_slice name)
{
    regex_t again = *regex; /* nothing of it is changed, whatever the C library's declaration says */
    return name.len <= INT_MAX && re_match(&again, (const char *)name.ptr, (regoff_t)name.len, 0, NULL) >= 0;
}
