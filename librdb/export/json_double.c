/* json_double: doubles as printf's %.17g writes them. printf must be ready for any number; scores are nearly always
 * times, which 128 bits can hold with all their digits. */
#include "json_text.h"

enum { DIGITS = 17, FRACTION_BITS = 52, BIAS = 1023 };

static const uint64_t tens[DIGITS + 1] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
};

/* value * 10^decimals as a whole number, rounded to the nearest, to the even one of two; `value` is from 1 to below
 * 2^53: a mantissa of 53 bits, shifted right by 0 to 52. */
static uint64_t scaled(double value, unsigned decimals)
{
    uint64_t bits, whole;
    memcpy(&bits, &value, sizeof bits);
    unsigned shift = (unsigned)(FRACTION_BITS + BIAS - (int)(bits >> FRACTION_BITS));
    uint64_t mantissa = (bits & ((UINT64_C(1) << FRACTION_BITS) - 1)) | UINT64_C(1) << FRACTION_BITS;
    unsigned __int128 product = (unsigned __int128)mantissa * tens[decimals];
    unsigned __int128 half = ((unsigned __int128)1 << shift) / 2,
                      rest = product & (((unsigned __int128)1 << shift) - 1);
    whole = (uint64_t)(product >> shift);
    return whole + (shift > 0 && (rest > half || (rest == half && whole % 2 == 1)));
}

/* 1 to below 2^53; false where rounding made one digit more, and printf knows better. */
static bool write_digits(export_out *out, double value)
{
    unsigned decimals = DIGITS - 1;
    while (value >= (double)tens[DIGITS - decimals])
        decimals--;
    uint64_t digits = scaled(value, decimals), fraction = digits % tens[decimals];
    if (digits >= tens[DIGITS])
        return false;
    export_out_u64(out, digits / tens[decimals]);
    if (fraction == 0)
        return true;
    for (; fraction % 10 == 0; fraction /= 10)
        decimals--;
    uint8_t *at = export_out_room(out, DIGITS + 1);
    at[0] = '.';
    for (unsigned i = decimals; i > 0; i--, fraction /= 10)
        at[i] = (uint8_t)('0' + fraction % 10);
    export_out_took(out, at + 1 + decimals);
    return true;
}

void export_json_double(export_out *out, double value, int digits)
{
    enum { MOST = 40 };
    export_out_byte(out, '"');
    bool usual = digits == DIGITS && value >= 1 && value < 9007199254740992.0;
    if (!usual || !write_digits(out, value))
        out->len += (size_t)snprintf((char *)export_out_room(out, MOST), MOST, "%.*g", digits, value);
    export_out_byte(out, '"');
}
