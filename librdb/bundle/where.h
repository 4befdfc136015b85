/* where: an expression taken apart: tests, and a program that joins what they say. */
#ifndef RDBKIT_BUNDLE_WHERE_H
#define RDBKIT_BUNDLE_WHERE_H

#include "rdbkit/bundle_make.h"
#include "rdbkit/filter.h"

enum { WHERE_MOST = 64 * 1024 }; /* bytes of an expression */

/* One step of a path: into an object by name, or into an array by index. */
typedef struct {
    bool is_index;
    uint64_t index;
    const char *name;
} where_step;

typedef enum { WHERE_PATH, WHERE_TEXT, WHERE_NUMBER, WHERE_WORD } where_operand_kind;

typedef struct {
    where_operand_kind kind;
    where_step *steps; /* PATH */
    size_t step_count;
    rk_slice text;       /* TEXT: the bytes */
    rk_json_value value; /* NUMBER and WORD */
} where_operand;

typedef enum {
    WHERE_TRUTH, /* of `left` alone */
    WHERE_EQUAL,
    WHERE_UNEQUAL,
    WHERE_LESS,
    WHERE_LESS_EQUAL,
    WHERE_GREATER,
    WHERE_GREATER_EQUAL,
    WHERE_MATCH
} where_test_kind;

typedef struct {
    where_test_kind kind;
    where_operand left, right;
    rk_filter *regex;    /* MATCH */
    const char *pattern; /* which the filter borrows */
} where_test;

/* In postfix order. */
typedef enum { WHERE_TEST, WHERE_NOT, WHERE_AND, WHERE_OR, WHERE_PAREN } where_op;

struct rk_where {
    where_test *tests;
    size_t test_count, test_cap;
    uint8_t *ops; /* where_op; each WHERE_TEST is the next test */
    size_t op_count, op_cap;
    bool *stack; /* room for test_count results */
    rk_arena arena;
    rk_buf left, right;
};

#endif
