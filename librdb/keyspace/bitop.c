/* bitop: BITOP: bit by bit from one or more strings to another; what a string is shorter than the longest one counts as
 * zeros (spec: AOF, "Strings"). */
#include "bit.h"
#include "family.h"

typedef enum { AND, OR, XOR, NOT, DIFF, DIFF1, ANDOR, ONE, NO_OPERATION } bit_operation;

/* The result as it comes to be, from one source after the other. */
typedef struct {
    bit_operation operation;
    uint8_t *bits;  /* of DIFF, DIFF1, ANDOR: those of all sources but the first */
    uint8_t *twice; /* ONE: bits that have been seen more than once */
    size_t len;
} bit_result;

static bit_operation operation_of(rk_slice word)
{
    static const char *const words[] = { "and", "or", "xor", "not", "diff", "diff1", "andor", "one" };
    unsigned i = 0;
    while (i < NO_OPERATION && !ks_is(word, words[i]))
        i++;
    return (bit_operation)i;
}

/* Has the first source to wait for all others? */
static bool first_is_last(bit_operation operation)
{
    return operation == DIFF || operation == DIFF1 || operation == ANDOR;
}

static void combine_and(bit_result *r, rk_slice source)
{
    for (size_t i = 0; i < source.len; i++)
        r->bits[i] &= source.ptr[i];
    memset(r->bits + source.len, 0, r->len - source.len);
}

static void combine_one(bit_result *r, rk_slice source)
{
    for (size_t i = 0; i < source.len; i++) {
        r->twice[i] |= r->bits[i] & source.ptr[i];
        r->bits[i] |= source.ptr[i];
    }
}

/* Takes in the source that is the `n`-th from 0 on. */
static void combine(bit_result *r, size_t n, rk_slice source)
{
    if (r->operation == AND && n > 0) {
        combine_and(r, source);
    } else if (r->operation == ONE) {
        combine_one(r, source);
    } else if (r->operation == XOR) {
        for (size_t i = 0; i < source.len; i++)
            r->bits[i] ^= source.ptr[i];
    } else {
        for (size_t i = 0; i < source.len; i++)
            r->bits[i] |= source.ptr[i];
    }
}

/* What is left to do when all sources are in; `first`: the one that had to wait. */
static void finish(bit_result *r, rk_slice first)
{
    for (size_t i = 0; i < r->len; i++) {
        uint8_t x = i < first.len ? first.ptr[i] : 0, *bits = &r->bits[i];
        switch (r->operation) {
        case NOT:
            *bits = (uint8_t) ~*bits;
            break;
        case DIFF:
            *bits = x & (uint8_t) ~*bits;
            break;
        case DIFF1:
            *bits = *bits & (uint8_t)~x;
            break;
        case ANDOR:
            *bits &= x;
            break;
        case ONE:
            *bits &= (uint8_t)~r->twice[i];
            break;
        default:
            return;
        }
    }
}

/* The length of the longest source. False: one of them is no string, or trouble; *outcome tells. */
static bool measure(ks_call *c, bit_result *r, rk_outcome *outcome)
{
    for (size_t i = 3; i < ks_argc(c); i++) {
        bool wrong;
        ks_key *key = ks_open(c, i, RK_STRING, &wrong);
        *outcome = ks_no_key(c, i, wrong);
        if (wrong || ks_bad(c->ks))
            return false;
        if (key && key->string.len > r->len)
            r->len = (size_t)key->string.len;
    }
    return true;
}

/* The bytes of the source that argument `i` names; empty when there is none. */
static bool source_bytes(ks_call *c, size_t i, rk_slice *bytes)
{
    ks_key *key = ks_peek(c->ks, c->db, ks_arg(c, i));
    *bytes = RK_EMPTY;
    return !key || ks_string_bytes(c->ks, key, &c->ks->scratch[2], bytes);
}

static bool fill(ks_call *c, bit_result *r)
{
    rk_slice source;
    bool waits = first_is_last(r->operation);
    r->bits = rk_alloc(r->len);
    r->twice = r->operation == ONE ? rk_alloc(r->len) : NULL;
    if (!r->bits || (r->operation == ONE && !r->twice))
        return rk_no_memory(c->ks->err);
    for (size_t i = 3 + waits; i < ks_argc(c); i++) {
        if (!source_bytes(c, i, &source))
            return false;
        combine(r, i - 3, source);
    }
    source = RK_EMPTY;
    if (waits && !source_bytes(c, 3, &source))
        return false;
    finish(r, source);
    return true;
}

static rk_outcome store(ks_call *c, bit_result *r)
{
    ks_str value = { .ptr = r->bits, .len = r->len, .home = KS_HEAP };
    value.hash = rk_hash64((rk_slice){ r->bits, r->len });
    r->bits = NULL;
    ks_string_set(c->ks, c->db, ks_arg(c, 2), value, RK_NO_EXPIRY);
    return RK_OUTCOME_DONE;
}

/* BITOP AND|OR|XOR|NOT|DIFF|DIFF1|ANDOR|ONE target source [source ...] */
rk_outcome ks_bitop(ks_call *c)
{
    bit_result r = { .operation = operation_of(ks_arg(c, 1)) };
    size_t sources = ks_argc(c) - 3;
    rk_outcome outcome = RK_OUTCOME_FAILED;
    if (r.operation == NO_OPERATION)
        return ks_fails(c, "the operation is not known");
    if ((r.operation == NOT && sources != 1) || (first_is_last(r.operation) && sources < 2))
        return ks_fails(c, "%zu sources do not fit the operation", sources);
    if (!measure(c, &r, &outcome))
        return outcome;
    ks_doubt_like(c, 2, 3, sources);
    if (r.len > 0 && fill(c, &r)) {
        outcome = store(c, &r);
    } else if (r.len == 0) {
        outcome = ks_peek(c->ks, c->db, ks_arg(c, 2)) ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
        ks_drop_name(c->ks, c->db, ks_arg(c, 2));
    }
    rk_free(r.bits);
    rk_free(r.twice);
    return outcome;
}
