/* where: reads an expression into a postfix program, with a stack of its own for what is open: however deep parentheses are
 * nested, nothing recurses. */
#include "where.h"

#include "where_lex.h"

/* An expression that is being read. */
typedef struct {
    rk_where *where;
    where_lexer lexer;
    where_token token; /* at hand */
    uint8_t *open;     /* operators that wait for what stands behind them */
    size_t open_count, open_cap;
    rk_err *err;
} reading;

static bool advance(reading *r)
{
    return rk_where_lex(&r->lexer, &r->token);
}

static bool emit(reading *r, where_op op)
{
    rk_where *w = r->where;
    if (!rk_grow((void **)&w->ops, &w->op_cap, w->op_count + 1, sizeof *w->ops, r->err))
        return false;
    w->ops[w->op_count++] = (uint8_t)op;
    return true;
}

static bool push(reading *r, where_op op)
{
    if (!rk_grow((void **)&r->open, &r->open_cap, r->open_count + 1, sizeof *r->open, r->err))
        return false;
    r->open[r->open_count++] = (uint8_t)op;
    return true;
}

/* Emits what is open and binds at least as close as `op`; WHERE_PAREN: all up to the parenthesis. */
static bool settle(reading *r, where_op op)
{
    while (r->open_count > 0 && r->open[r->open_count - 1] <= op && r->open[r->open_count - 1] != WHERE_PAREN)
        if (!emit(r, (where_op)r->open[--r->open_count]))
            return false;
    return true;
}

/* ---- tests --------------------------------------------------------------------------------------------------------- */

static bool open_regex(reading *r, where_test *test, size_t at)
{
    if (test->left.kind != WHERE_PATH || test->right.kind != WHERE_TEXT)
        return rk_fail(
            r->err, RK_USAGE, RK_NO_OFFSET,
            "expression goes wrong at byte %zu: '=~' takes a member, and a text that is a regular expression",
            at + 1);
    if (memchr(test->right.text.ptr, 0, test->right.text.len))
        return rk_fail(r->err, RK_USAGE, RK_NO_OFFSET, "regular expression at byte %zu holds a zero byte",
                       at + 1);
    test->pattern = (const char *)test->right.text.ptr;
    const char *const *keys = rk_arena_take(&r->where->arena, sizeof *keys, r->err);
    if (!keys)
        return false;
    memcpy((void *)keys, &test->pattern, sizeof test->pattern);
    rk_filter_options options = { .keys = keys, .key_count = 1, .regex = true };
    test->regex = rk_filter_open(&options, r->err);
    return test->regex != NULL;
}

/* An operand is at hand: reads the test that it begins. */
static bool read_test(reading *r)
{
    rk_where *w = r->where;
    where_test test = { .left = r->token.operand };
    size_t at = r->token.at;
    if (!rk_grow((void **)&w->tests, &w->test_cap, w->test_count + 1, sizeof test, r->err) || !advance(r))
        return false;
    if (r->token.kind == LEX_COMPARE) {
        test.kind = r->token.compare;
        at = r->token.at;
        if (!advance(r))
            return false;
        if (r->token.kind != LEX_OPERAND)
            return rk_where_wrong(&r->lexer, r->token.at, "a value");
        test.right = r->token.operand;
        if ((test.kind == WHERE_MATCH && !open_regex(r, &test, at)))
            return false;
        w->tests[w->test_count++] = test;
        return emit(r, WHERE_TEST) && advance(r);
    }
    w->tests[w->test_count++] = test;
    return emit(r, WHERE_TEST);
}

/* ---- what joins them ------------------------------------------------------------------------------------------------ */

/* `!`, `(` as often as they like, then a test. */
static bool read_operand(reading *r)
{
    for (; r->token.kind == LEX_NOT || r->token.kind == LEX_OPEN;)
        if (!push(r, r->token.kind == LEX_NOT ? WHERE_NOT : WHERE_PAREN) || !advance(r))
            return false;
    if (r->token.kind != LEX_OPERAND)
        return rk_where_wrong(&r->lexer, r->token.at, "a value");
    return read_test(r);
}

/* `)` as often as there is one. */
static bool read_closing(reading *r)
{
    while (r->token.kind == LEX_CLOSE) {
        if (!settle(r, WHERE_PAREN))
            return false;
        if (r->open_count == 0)
            return rk_where_wrong(&r->lexer, r->token.at, "'&&', '||' or the end");
        r->open_count--;
        if (!advance(r))
            return false;
    }
    return true;
}

static bool read_all(reading *r)
{
    if (!advance(r))
        return false;
    for (;;) {
        if (!read_operand(r) || !read_closing(r))
            return false;
        if (r->token.kind == LEX_END)
            break;
        if (r->token.kind != LEX_AND && r->token.kind != LEX_OR)
            return rk_where_wrong(&r->lexer, r->token.at, "'&&', '||' or the end");
        where_op op = r->token.kind == LEX_AND ? WHERE_AND : WHERE_OR;
        if (!settle(r, op) || !push(r, op) || !advance(r))
            return false;
    }
    if (!settle(r, WHERE_PAREN))
        return false;
    return r->open_count == 0 || rk_where_wrong(&r->lexer, r->token.at, "')'");
}

rk_where *rk_where_open(const char *text, rk_err *err)
{
    rk_where *where = rk_alloc(sizeof *where);
    rk_slice kept;
    bool ok = where ? true : rk_no_memory(err);
    if (ok && strlen(text) > WHERE_MOST)
        ok = rk_fail(err, RK_USAGE, RK_NO_OFFSET, "expression has %zu bytes, %d are the most", strlen(text),
                     WHERE_MOST);
    if (ok && rk_arena_copy(&where->arena, rk_slice_of(text), &kept, err)) {
        reading r = { .where = where,
                      .lexer = { .text = kept, .arena = &where->arena, .err = err },
                      .err = err };
        ok = read_all(&r);
        rk_free(r.open);
        rk_buf_free(&r.lexer.scratch);
        if (ok && !(where->stack = rk_alloc(where->test_count * sizeof *where->stack)))
            ok = rk_no_memory(err);
    }
    if (ok && err->code == RK_OK)
        return where;
    rk_where_close(where);
    return NULL;
}

void rk_where_close(rk_where *where)
{
    if (!where)
        return;
    for (size_t i = 0; i < where->test_count; i++)
        rk_filter_close(where->tests[i].regex);
    rk_free(where->tests);
    rk_free(where->ops);
    rk_free(where->stack);
    rk_buf_free(&where->left);
    rk_buf_free(&where->right);
    rk_arena_free(&where->arena);
    rk_free(where);
}
