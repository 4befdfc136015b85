/* where_lex: the words of an expression. */
#ifndef RDBKIT_BUNDLE_WHERE_LEX_H
#define RDBKIT_BUNDLE_WHERE_LEX_H

#include "where.h"

typedef enum {
    LEX_END,
    LEX_OPEN,
    LEX_CLOSE,
    LEX_NOT,
    LEX_AND,
    LEX_OR,
    LEX_COMPARE, /* `compare` tells which */
    LEX_OPERAND
} where_token_kind;

typedef struct {
    where_token_kind kind;
    where_test_kind compare;
    where_operand operand;
    size_t at; /* byte of the expression where it begins */
    size_t len;
} where_token;

typedef struct {
    rk_slice text;
    size_t at;
    rk_arena *arena;
    rk_buf scratch;
    rk_err *err;
} where_lexer;

/* The next word; LEX_END at the end. False for what is none, and when memory is short. */
bool rk_where_lex(where_lexer *lexer, where_token *token);

/* What is wrong, and where. Returns false. */
bool rk_where_wrong(const where_lexer *lexer, size_t at, const char *what);

#endif
