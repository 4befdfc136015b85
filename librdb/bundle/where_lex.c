/* where_lex: from the text of an expression to its words. */
#include "where_lex.h"

bool rk_where_wrong(const where_lexer *lexer, size_t at, const char *what)
{
    char shown[40];
    rk_slice rest = rk_slice_head(rk_slice_from(lexer->text, at), 16);
    if (rest.len == 0)
        return rk_fail(lexer->err, RK_USAGE, RK_NO_OFFSET, "expression ends where %s is expected", what);
    return rk_fail(lexer->err, RK_USAGE, RK_NO_OFFSET,
                   "expression goes wrong at byte %zu: expected %s, found '%s'", at + 1, what,
                   rk_slice_print(rest, shown, sizeof shown));
}

static int peek(const where_lexer *lexer)
{
    return lexer->at < lexer->text.len ? lexer->text.ptr[lexer->at] : 0;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static rk_slice take_name(where_lexer *lexer)
{
    size_t from = lexer->at;
    while (is_letter(peek(lexer)) || is_digit(peek(lexer)))
        lexer->at++;
    return (rk_slice){ lexer->text.ptr + from, lexer->at - from };
}

/* ---- texts and numbers --------------------------------------------------------------------------------------------- */

/* Passes over a text in its quotes, which are part of *raw. */
static bool take_quoted(where_lexer *lexer, rk_slice *raw)
{
    size_t from = lexer->at++;
    int quote = lexer->text.ptr[from];
    for (; lexer->at < lexer->text.len; lexer->at++) {
        if (quote == '"' && peek(lexer) == '\\' && lexer->at + 1 < lexer->text.len)
            lexer->at++;
        else if (peek(lexer) == quote)
            break;
    }
    if (lexer->at == lexer->text.len)
        return rk_fail(lexer->err, RK_USAGE, RK_NO_OFFSET,
                       "expression ends within the text that begins at byte %zu", from + 1);
    lexer->at++;
    *raw = (rk_slice){ lexer->text.ptr + from, lexer->at - from };
    return true;
}

/* The bytes that a text stands for, in the arena, with a zero behind them. */
static bool take_text(where_lexer *lexer, rk_slice *text)
{
    rk_slice raw, bytes;
    rk_json_value value;
    size_t from = lexer->at;
    if (!take_quoted(lexer, &raw))
        return false;
    if (raw.ptr[0] == '\'')
        bytes = (rk_slice){ raw.ptr + 1, raw.len - 2 };
    else if (!rk_json_parse(raw, &value))
        return rk_where_wrong(lexer, from, "a text with the escapes of JSON");
    else if (!rk_json_string(value, &lexer->scratch, &bytes, lexer->err))
        return false;
    uint8_t *room = rk_arena_take(lexer->arena, bytes.len + 1, lexer->err);
    if (!room)
        return false;
    if (bytes.len > 0)
        memcpy(room, bytes.ptr, bytes.len);
    *text = (rk_slice){ room, bytes.len };
    return true;
}

static bool take_number(where_lexer *lexer, where_operand *operand)
{
    size_t from = lexer->at++;
    while (is_digit(peek(lexer)) || is_letter(peek(lexer)) || peek(lexer) == '.' ||
           ((peek(lexer) == '+' || peek(lexer) == '-') && (lexer->text.ptr[lexer->at - 1] | 0x20) == 'e'))
        lexer->at++;
    rk_slice raw = { lexer->text.ptr + from, lexer->at - from };
    operand->kind = WHERE_NUMBER;
    return (rk_json_parse(raw, &operand->value) && operand->value.kind == RK_JSON_NUMBER) ||
           rk_where_wrong(lexer, from, "a number");
}

/* ---- members ------------------------------------------------------------------------------------------------------- */

static bool add_step(where_lexer *lexer, where_operand *operand, size_t *cap, where_step step)
{
    if (operand->step_count == *cap) {
        where_step *wide = rk_arena_take(lexer->arena, (*cap * 2 + 2) * sizeof *wide, lexer->err);
        if (!wide)
            return false;
        if (operand->step_count > 0)
            memcpy(wide, operand->steps, operand->step_count * sizeof *wide);
        operand->steps = wide;
        *cap = *cap * 2 + 2;
    }
    operand->steps[operand->step_count++] = step;
    return true;
}

static bool add_name(where_lexer *lexer, where_operand *operand, size_t *cap, rk_slice name)
{
    char *room = rk_arena_take(lexer->arena, name.len + 1, lexer->err);
    if (!room)
        return false;
    memcpy(room, name.ptr, name.len);
    return add_step(lexer, operand, cap, (where_step){ .name = room });
}

/* `[0]` or `["any name"]`; the bracket has been seen. */
static bool take_bracket(where_lexer *lexer, where_operand *operand, size_t *cap)
{
    where_step step = { .is_index = true };
    size_t from = ++lexer->at;
    rk_slice name;
    if (peek(lexer) == '"' || peek(lexer) == '\'') {
        if (!take_text(lexer, &name))
            return false;
        if (memchr(name.ptr, 0, name.len))
            return rk_where_wrong(lexer, from, "a name without zero bytes");
        step = (where_step){ .name = (const char *)name.ptr };
    } else {
        while (is_digit(peek(lexer)) && step.index < UINT32_MAX)
            step.index = step.index * 10 + (uint64_t)(lexer->text.ptr[lexer->at++] - '0');
        if (lexer->at == from)
            return rk_where_wrong(lexer, from, "an index or a name in quotes");
    }
    if (peek(lexer) != ']')
        return rk_where_wrong(lexer, lexer->at, "']'");
    lexer->at++;
    return add_step(lexer, operand, cap, step);
}

static bool take_path(where_lexer *lexer, where_operand *operand)
{
    size_t cap = 0;
    rk_slice name = take_name(lexer);
    static const char *const words[] = { "true", "false", "null" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (rk_slice_is(name, rk_slice_of(words[i]))) {
            operand->kind = WHERE_WORD;
            return rk_json_parse(name, &operand->value);
        }
    operand->kind = WHERE_PATH;
    if (!add_name(lexer, operand, &cap, name))
        return false;
    for (;;) {
        if (peek(lexer) == '[') {
            if (!take_bracket(lexer, operand, &cap))
                return false;
        } else if (peek(lexer) == '.') {
            lexer->at++;
            name = take_name(lexer);
            if (name.len == 0)
                return rk_where_wrong(lexer, lexer->at, "a name");
            if (!add_name(lexer, operand, &cap, name))
                return false;
        } else {
            return true;
        }
    }
}

/* ---- all of it ------------------------------------------------------------------------------------------------------- */

/* Longer signs come first. */
static const struct {
    const char *sign;
    where_token_kind kind;
    where_test_kind compare;
} signs[] = {
    { "==", LEX_COMPARE, WHERE_EQUAL },      { "!=", LEX_COMPARE, WHERE_UNEQUAL },
    { "<=", LEX_COMPARE, WHERE_LESS_EQUAL }, { ">=", LEX_COMPARE, WHERE_GREATER_EQUAL },
    { "=~", LEX_COMPARE, WHERE_MATCH },      { "<", LEX_COMPARE, WHERE_LESS },
    { ">", LEX_COMPARE, WHERE_GREATER },     { "&&", LEX_AND, WHERE_TRUTH },
    { "||", LEX_OR, WHERE_TRUTH },           { "!", LEX_NOT, WHERE_TRUTH },
    { "(", LEX_OPEN, WHERE_TRUTH },          { ")", LEX_CLOSE, WHERE_TRUTH },
};

static bool take_operand(where_lexer *lexer, where_operand *operand)
{
    int c = peek(lexer);
    if (c == '"' || c == '\'') {
        operand->kind = WHERE_TEXT;
        return take_text(lexer, &operand->text);
    }
    if (c == '-' || is_digit(c))
        return take_number(lexer, operand);
    if (is_letter(c))
        return take_path(lexer, operand);
    return rk_where_wrong(lexer, lexer->at, "a member, a text, a number or an operator");
}

bool rk_where_lex(where_lexer *lexer, where_token *token)
{
    while (lexer->at < lexer->text.len && memchr(" \t\r\n", peek(lexer), 4))
        lexer->at++;
    *token = (where_token){ .kind = LEX_END, .at = lexer->at, .operand = { .text = RK_EMPTY } };
    rk_slice rest = rk_slice_from(lexer->text, lexer->at);
    if (rest.len == 0)
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (rk_slice_starts(rest, rk_slice_of(signs[i].sign))) {
            token->kind = signs[i].kind;
            token->compare = signs[i].compare;
            lexer->at += strlen(signs[i].sign);
            return true;
        }
    token->kind = LEX_OPERAND;
    return take_operand(lexer, &token->operand);
}
