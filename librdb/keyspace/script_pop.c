/* script_pop: a script is brought into one form, and compared with the ones that are known. */
#include "script.h"

enum { FORM_MOST = 256, SOURCE_MOST = 4096, ALIASES_MOST = 4 };

typedef enum { END, NAME, NUMBER, STRING, SIGN, NO_TOKEN } token_kind;

typedef struct {
    token_kind kind;
    rk_slice text; /* of a string: what stands between its quotes */
} token;

/* A variable of the script, and what it stands for. */
typedef struct {
    rk_slice name;
    const char *meaning;
} alias;

typedef struct {
    rk_slice rest;
    alias aliases[ALIASES_MOST];
    size_t alias_count;
    char form[FORM_MOST]; /* what the script comes to, so far */
    size_t len;
    bool ends_in_name;
} script_reader;

/* ---- tokens ------------------------------------------------------------------------------------------------ */

static bool is_word_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_';
}

/* Blanks, semicolons, and comments to the end of a line. */
static void skip_blanks(rk_slice *rest)
{
    while (rest->len > 0) {
        if (rk_slice_starts(*rest, RK_TEXT("--")) && !rk_slice_starts(*rest, RK_TEXT("--[["))) {
            size_t line = rk_slice_find(*rest, RK_TEXT("\n"), 0);
            *rest = line == SIZE_MAX ? RK_EMPTY : rk_slice_from(*rest, line);
        } else if (memchr(" \t\r\n;", rest->ptr[0], 5)) {
            *rest = rk_slice_from(*rest, 1);
        } else {
            return;
        }
    }
}

static token next_token(rk_slice *rest)
{
    size_t len = 0;
    skip_blanks(rest);
    if (rest->len == 0)
        return (token){ END, RK_EMPTY };
    uint8_t first = rest->ptr[0];
    token t = { SIGN, rk_slice_head(*rest, 1) };
    if (first == '\'' || first == '"') {
        len = rk_slice_find(*rest, (rk_slice){ rest->ptr, 1 }, 1);
        if (len == SIZE_MAX || memchr(rest->ptr, '\\', len))
            return (token){ NO_TOKEN, RK_EMPTY };
        t = (token){ STRING, { rest->ptr + 1, len - 1 } };
        len++;
    } else if (is_word_byte(first)) {
        while (len < rest->len && is_word_byte(rest->ptr[len]))
            len++;
        t = (token){ first >= '0' && first <= '9' ? NUMBER : NAME, rk_slice_head(*rest, len) };
    } else {
        len = 1;
    }
    *rest = rk_slice_from(*rest, len);
    return t;
}

static bool is_word(token t, const char *word)
{
    return rk_slice_is(t.text, rk_slice_of(word)) && t.kind != STRING;
}

/* ---- the form ---------------------------------------------------------------------------------------------- */

static bool put(script_reader *r, rk_slice text, bool lower)
{
    if (text.len >= sizeof r->form - r->len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        r->form[r->len++] = (char)(lower && byte >= 'A' && byte <= 'Z' ? byte + 'a' - 'A' : byte);
    }
    r->form[r->len] = 0;
    return true;
}

/* One token as it stands in the form: strings in small letters and single quotes, unless they are numbers; variables by
 * what they mean; a blank only between words. */
static bool put_token(script_reader *r, token t)
{
    int64_t number;
    bool word = t.kind == NAME || t.kind == NUMBER;
    if (t.kind == STRING && !rk_slice_int(t.text, &number))
        return put(r, RK_TEXT("'"), false) && put(r, t.text, true) && put(r, RK_TEXT("'"), false);
    for (size_t i = 0; t.kind == NAME && i < r->alias_count; i++)
        if (rk_slice_is(t.text, r->aliases[i].name))
            t.text = rk_slice_of(r->aliases[i].meaning);
    if (is_word(t, "pcall"))
        t.text = RK_TEXT("call");
    if (word && r->ends_in_name && !put(r, RK_TEXT(" "), false))
        return false;
    r->ends_in_name = word;
    return put(r, t.text, false);
}

static bool add_alias(script_reader *r, rk_slice name, const char *meaning)
{
    if (r->alias_count == ALIASES_MOST)
        return false;
    r->aliases[r->alias_count++] = (alias){ name, meaning };
    return true;
}

/* `KEYS[1]` or `ARGV[1]`; NULL: something else. */
static const char *read_argument(rk_slice *rest)
{
    token name = next_token(rest), open = next_token(rest), one = next_token(rest), close = next_token(rest);
    if (!is_word(open, "[") || !is_word(one, "1") || !is_word(close, "]"))
        return NULL;
    return is_word(name, "KEYS") ? "KEYS[1]" : is_word(name, "ARGV") ? "ARGV[1]" : NULL;
}

/* Behind `local`: names that are given to arguments leave nothing in the form; another one is taken for the jobs. */
static bool read_local(script_reader *r)
{
    rk_slice names[ALIASES_MOST], rest = r->rest;
    size_t count = 0;
    token t;
    do {
        t = next_token(&rest);
        if (t.kind != NAME || count == ALIASES_MOST)
            return false;
        names[count++] = t.text;
        t = next_token(&rest);
    } while (is_word(t, ","));
    if (!is_word(t, "="))
        return false;
    rk_slice values = rest;
    for (size_t i = 0; i < count; i++) {
        const char *meaning = read_argument(&values);
        if (!meaning && i == 0 && count == 1) {
            r->rest = rest;
            return add_alias(r, names[0], "JOBS") && put(r, RK_TEXT("JOBS="), false);
        }
        if (!meaning || !add_alias(r, names[i], meaning) ||
            (i + 1 < count && !is_word(next_token(&values), ",")))
            return false;
    }
    r->rest = values;
    return true;
}

bool ks_script_pops_by_score(rk_slice source)
{
#define TAKE_IT "if JOBS[1]then redis.call('zrem',KEYS[1],JOBS[1])return JOBS[1]end"
    static const char *const known[] = {
        "JOBS=redis.call('zrangebyscore',KEYS[1],'-inf',ARGV[1],'limit',0,1)" TAKE_IT,
        "JOBS=redis.call('zrange',KEYS[1],'-inf',ARGV[1],'byscore','limit',0,1)" TAKE_IT,
        "JOBS=redis.call('zrangebyscore',KEYS[1],'-inf',ARGV[1],'limit',0,1)" TAKE_IT " return nil",
        "JOBS=redis.call('zrange',KEYS[1],'-inf',ARGV[1],'byscore','limit',0,1)" TAKE_IT " return nil",
    };
#undef TAKE_IT
    script_reader r = { .rest = source };
    if (source.len > SOURCE_MOST)
        return false;
    for (token t = next_token(&r.rest); t.kind != END; t = next_token(&r.rest))
        if (t.kind == NO_TOKEN || !(is_word(t, "local") ? read_local(&r) : put_token(&r, t)))
            return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(r.form, known[i]) == 0)
            return true;
    return false;
}
