/* bit: SETBIT, and offsets of bits (spec: AOF, "Strings"). Bit 0 is the highest one of byte 0. */
#include "bit.h"

bool ks_bit_offset(ks_call *c, size_t arg, unsigned width, uint64_t *offset)
{
    char shown[40];
    rk_slice text = ks_arg(c, arg);
    bool counted = width > 0 && text.len > 0 && text.ptr[0] == '#';
    int64_t at;
    bool fits = ks_int(counted ? rk_slice_from(text, 1) : text, &at) && at >= 0 &&
                (!counted || !__builtin_mul_overflow(at, (int64_t)width, &at)) && at / 8 < KS_STRING_MOST;
    if (fits)
        *offset = (uint64_t)at;
    else
        ks_fails(c, "'%s' is no offset of a bit", rk_slice_print(text, shown, sizeof shown));
    return fits;
}

static rk_outcome setbit(ks_call *c)
{
    bool wrong;
    uint64_t at;
    int64_t on;
    if (!ks_bit_offset(c, 2, 0, &at))
        return RK_OUTCOME_FAILED;
    if (!ks_int(ks_arg(c, 3), &on) || (on & ~INT64_C(1)) != 0)
        return ks_fails(c, "a bit is neither 0 nor 1");
    ks_key *key = ks_string_open_or_make(c, 1, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    size_t byte = (size_t)(at / 8), len = (size_t)key->string.len;
    uint8_t *bytes = ks_string_edit(c->ks, key, len > byte ? len : byte + 1);
    if (!bytes)
        return RK_OUTCOME_FAILED;
    uint8_t mask = (uint8_t)(0x80 >> at % 8);
    bytes[byte] = (uint8_t)(on ? bytes[byte] | mask : bytes[byte] & ~mask);
    ks_string_edited(c->ks, key);
    return RK_OUTCOME_DONE;
}

const ks_verb ks_bit_verbs[] = {
    { RK_VERB_SETBIT, setbit },
    { RK_VERB_BITFIELD, ks_bitfield },
    { RK_VERB_BITOP, ks_bitop },
    { RK_VERB_UNKNOWN, NULL },
};
