/* where_holds: an expression and a payload: does it hold? */
#include "where.h"

typedef enum { MISSING, TEXT, NUMBER, YES, NO, NOTHING, NESTED } value_kind;

typedef struct {
    value_kind kind;
    rk_slice text; /* TEXT: decoded; NUMBER and NESTED: as it stands */
    rk_json_value raw;
} value;

static bool member_of(rk_slice payload, const where_operand *path, rk_json_value *found)
{
    rk_json_walk walk;
    found->text = payload;
    for (size_t i = 0; i < path->step_count; i++) {
        const where_step *step = &path->steps[i];
        if (!step->is_index) {
            if (!rk_json_member(found->text, step->name, found))
                return false;
            continue;
        }
        uint64_t left = step->index;
        bool there = rk_json_array_open(&walk, found->text) && rk_json_array_next(&walk, found);
        while (there && left-- > 0)
            there = rk_json_array_next(&walk, found);
        if (!there)
            return false;
    }
    return true;
}

static bool from_json(rk_json_value raw, rk_buf *scratch, value *v, rk_err *err)
{
    static const value_kind kinds[] = {
        [RK_JSON_STRING] = TEXT,  [RK_JSON_NUMBER] = NUMBER, [RK_JSON_TRUE] = YES,     [RK_JSON_FALSE] = NO,
        [RK_JSON_NULL] = NOTHING, [RK_JSON_OBJECT] = NESTED, [RK_JSON_ARRAY] = NESTED,
    };
    *v = (value){ .kind = kinds[raw.kind], .text = raw.text, .raw = raw };
    return v->kind != TEXT || rk_json_string(raw, scratch, &v->text, err);
}

static bool value_of(const where_operand *operand, rk_slice payload, rk_buf *scratch, value *v, rk_err *err)
{
    rk_json_value found;
    *v = (value){ .kind = MISSING, .text = RK_EMPTY };
    switch (operand->kind) {
    case WHERE_TEXT:
        *v = (value){ .kind = TEXT, .text = operand->text };
        return true;
    case WHERE_PATH:
        return !member_of(payload, operand, &found) || from_json(found, scratch, v, err);
    default:
        return from_json(operand->value, scratch, v, err);
    }
}

/* Whole numbers of 64 bits digit by digit, others as doubles. */
static int compare_numbers(const value *a, const value *b)
{
    int64_t i, j;
    double x = 0, y = 0;
    bool integer;
    if (rk_slice_int(a->text, &i) && rk_slice_int(b->text, &j))
        return i < j ? -1 : i > j;
    rk_json_number(a->raw, &x, &integer);
    rk_json_number(b->raw, &y, &integer);
    return x < y ? -1 : x > y;
}

static bool is_equal(const value *a, const value *b)
{
    value_kind kind = a->kind == MISSING ? NOTHING : a->kind;
    if (kind != (b->kind == MISSING ? NOTHING : b->kind))
        return false;
    if (kind == NUMBER)
        return compare_numbers(a, b) == 0;
    return (kind != TEXT && kind != NESTED) || rk_slice_is(a->text, b->text);
}

static bool is_ordered(where_test_kind kind, const value *a, const value *b)
{
    if (a->kind != b->kind || (a->kind != NUMBER && a->kind != TEXT))
        return false;
    int order = a->kind == NUMBER ? compare_numbers(a, b) : rk_slice_compare(a->text, b->text);
    switch (kind) {
    case WHERE_LESS:
        return order < 0;
    case WHERE_LESS_EQUAL:
        return order <= 0;
    case WHERE_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool run_test(rk_where *w, const where_test *test, rk_slice payload, bool *holds, rk_err *err)
{
    value left, right = { .kind = MISSING, .text = RK_EMPTY };
    if (!value_of(&test->left, payload, &w->left, &left, err) ||
        (test->kind != WHERE_TRUTH && !value_of(&test->right, payload, &w->right, &right, err)))
        return false;
    switch (test->kind) {
    case WHERE_TRUTH:
        *holds = left.kind != MISSING && left.kind != NOTHING && left.kind != NO;
        return true;
    case WHERE_EQUAL:
    case WHERE_UNEQUAL:
        *holds = is_equal(&left, &right) == (test->kind == WHERE_EQUAL);
        return true;
    case WHERE_MATCH:
        *holds = left.kind == TEXT && rk_filter_wants_name(test->regex, left.text);
        return true;
    default:
        *holds = is_ordered(test->kind, &left, &right);
        return true;
    }
}

bool rk_where_holds(rk_where *where, rk_slice payload, bool *holds, rk_err *err)
{
    rk_envelope envelope;
    size_t depth = 0, test = 0;
    *holds = false;
    if (!rk_envelope_scan(payload, &envelope))
        return true;
    for (size_t i = 0; i < where->op_count; i++) {
        bool *top = where->stack + depth;
        switch (where->ops[i]) {
        case WHERE_TEST:
            if (!run_test(where, &where->tests[test++], payload, top, err))
                return false;
            depth++;
            break;
        case WHERE_NOT:
            top[-1] = !top[-1];
            break;
        case WHERE_AND:
            top[-2] = top[-2] && top[-1];
            depth--;
            break;
        default:
            top[-2] = top[-2] || top[-1];
            depth--;
        }
    }
    *holds = where->stack[0];
    return true;
}
