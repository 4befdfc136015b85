/* bitfield: BITFIELD: a string as an array of numbers of 1 to 64 bits (spec: AOF, "Strings"). */
#include "bit.h"

typedef enum { WRAP, SATURATE, FAIL } overflow_mode;
typedef enum { GET, SET, ADD } field_kind;

typedef struct {
    field_kind kind;
    bool is_signed;
    bool old; /* of a server before 6.0, which takes every negative i64 for -1 */
    unsigned width; /* bits */
    uint64_t offset;
    int64_t value; /* of SET and ADD */
    overflow_mode mode;
} field_op;

/* ---- reading the operations ------------------------------------------------------------------------------- */

static bool not_an_operation(ks_call *c, size_t arg)
{
    char shown[40];
    ks_fails(c, "'%s' is no operation of BITFIELD, or not a whole one",
             rk_slice_print(ks_arg(c, arg), shown, sizeof shown));
    return false;
}

/* i1 to i64, u1 to u63. */
static bool read_type(ks_call *c, size_t arg, field_op *op)
{
    int64_t width;
    rk_slice text = ks_arg(c, arg);
    uint8_t sign = text.len ? text.ptr[0] : 0;
    op->is_signed = sign == 'i';
    if ((sign != 'i' && sign != 'u') || !ks_int(rk_slice_from(text, 1), &width) || width < 1 ||
        width > 63 + op->is_signed)
        return not_an_operation(c, arg);
    op->width = (unsigned)width;
    return true;
}

/* Pulls the operation at argument *at, which then stands behind it; `op->mode` holds from one to the next. False at the
 * end, and when it is none: *sound is false then. */
static bool next_op(ks_call *c, size_t *at, field_op *op, bool *sound)
{
    *sound = true;
    while (*at + 1 < ks_argc(c) && ks_is(ks_arg(c, *at), "overflow")) {
        rk_slice mode = ks_arg(c, *at + 1);
        if (!ks_is(mode, "wrap") && !ks_is(mode, "sat") && !ks_is(mode, "fail"))
            return *sound = not_an_operation(c, *at + 1);
        op->mode = ks_is(mode, "wrap") ? WRAP : ks_is(mode, "sat") ? SATURATE : FAIL;
        *at += 2;
    }
    if (*at >= ks_argc(c))
        return false;
    rk_slice word = ks_arg(c, *at);
    op->kind = ks_is(word, "get") ? GET : ks_is(word, "set") ? SET : ADD;
    size_t words = op->kind == GET ? 3 : 4;
    if ((op->kind == ADD && !ks_is(word, "incrby")) || *at + words > ks_argc(c))
        return *sound = not_an_operation(c, *at);
    if (!read_type(c, *at + 1, op) || !ks_bit_offset(c, *at + 2, op->width, &op->offset))
        return *sound = false;
    if (op->kind != GET && !ks_int(ks_arg(c, *at + 3), &op->value))
        return *sound = not_an_operation(c, *at + 3);
    *at += words;
    return true;
}

/* ---- numbers of any width --------------------------------------------------------------------------------- */

static uint64_t read_bits(const uint8_t *bytes, const field_op *op)
{
    uint64_t value = 0;
    for (uint64_t at = op->offset; at < op->offset + op->width; at++)
        value = value << 1 | (bytes[at / 8] >> (7 - at % 8) & 1);
    bool negative = op->is_signed && (value >> (op->width - 1) & 1);
    if (negative && op->width == 64 && op->old)
        return UINT64_MAX;
    if (negative && op->width < 64)
        value |= UINT64_MAX << op->width;
    return value;
}

static void write_bits(uint8_t *bytes, const field_op *op, uint64_t value)
{
    for (unsigned i = 0; i < op->width; i++) {
        uint64_t at = op->offset + i;
        uint8_t mask = (uint8_t)(0x80 >> at % 8);
        bool on = value >> (op->width - 1 - i) & 1;
        bytes[at / 8] = (uint8_t)(on ? bytes[at / 8] | mask : bytes[at / 8] & ~mask);
    }
}

/* The sum, and on which side of the type's numbers it lies: 0 within, else what it is when it saturates. */
static int add_signed(const field_op *op, int64_t value, int64_t more, uint64_t *sum, uint64_t *saturated)
{
    int64_t most = INT64_MAX >> (64 - op->width), least = -most - 1, exact;
    int side = __builtin_add_overflow(value, more, &exact) ? (more > 0 ? 1 : -1)
               : exact > most                              ? 1
               : exact < least                             ? -1
                                                           : 0;
    *sum = (uint64_t)value + (uint64_t)more;
    *saturated = (uint64_t)(side > 0 ? most : least);
    return side;
}

static int add_unsigned(const field_op *op, uint64_t value, int64_t more, uint64_t *sum, uint64_t *saturated)
{
    uint64_t most = UINT64_MAX >> (64 - op->width);
    int side = value > most                                ? 1
               : more > 0 && (uint64_t)more > most - value ? 1
               : more < 0 && 0 - (uint64_t)more > value    ? -1
                                                           : 0;
    *sum = value + (uint64_t)more;
    *saturated = side > 0 ? most : 0;
    return side;
}

/* Applies one operation that writes; the string is long enough. False: it overflows, and is not done. */
static bool apply(uint8_t *bytes, const field_op *op)
{
    uint64_t sum, saturated;
    uint64_t base = op->kind == SET ? (uint64_t)op->value : read_bits(bytes, op);
    int64_t more = op->kind == SET ? 0 : op->value;
    int side = op->is_signed ? add_signed(op, (int64_t)base, more, &sum, &saturated)
                             : add_unsigned(op, base, more, &sum, &saturated);
    if (side != 0 && op->mode == FAIL)
        return false;
    write_bits(bytes, op, side != 0 && op->mode == SATURATE ? saturated : sum);
    return true;
}

/* ---- the command ------------------------------------------------------------------------------------------ */

rk_outcome ks_bitfield(ks_call *c)
{
    bool wrong, sound, changed = false;
    size_t at = 2, need = 0;
    field_op op = { .mode = WRAP, .old = c->ks->before_6 };
    while (next_op(c, &at, &op, &sound))
        if (op.kind != GET && (op.offset + op.width - 1) / 8 + 1 > need)
            need = (size_t)((op.offset + op.width - 1) / 8 + 1);
    if (!sound)
        return RK_OUTCOME_FAILED;
    if (need == 0)
        return RK_OUTCOME_NOTHING;
    ks_key *key = ks_string_open_or_make(c, 1, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    bool grows = key->string.len < need;
    uint8_t *bytes = ks_string_edit(c->ks, key, grows ? need : (size_t)key->string.len);
    if (!bytes)
        return RK_OUTCOME_FAILED;
    op = (field_op){ .mode = WRAP, .old = c->ks->before_6 };
    for (at = 2; next_op(c, &at, &op, &sound);)
        if (op.kind != GET)
            changed |= apply(bytes, &op);
    if (changed || grows)
        ks_string_edited(c->ks, key);
    return changed || grows ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}
