/* json_token: where a JSON token ends. Private to this room, and inline because the envelope scan spends its
 * time here. Every function takes the place of a token's first byte and the end of the text, and returns the
 * byte behind the token, or NULL when the token is malformed or cut off. */
#ifndef RDBKIT_JSON_TOKEN_H
#define RDBKIT_JSON_TOKEN_H

#include "rdbkit/json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The byte behind the object or array at `at`, which lies `depth` levels deep (0: outermost). */
const uint8_t *rk_json_nested_end(const uint8_t *at, const uint8_t *end, unsigned depth);

/* rk_json_time of a value in pieces, which travel in registers. */
double rk_json_time_of(rk_json_kind kind, rk_slice text);

/* Appends the string that `raw` stands for to `buf`. */
bool rk_json_unescape_add(rk_slice raw, rk_buf *buf, rk_err *err);

/* rk_json_digest, but with its working space behind what `scratch` holds, which stays. */
bool rk_json_digest_behind(rk_slice value_text, rk_buf *scratch, rk_digest *digest, rk_err *err);

static inline rk_slice json_slice(const uint8_t *from, const uint8_t *to)
{
    return (rk_slice){ from, (size_t)(to - from) };
}

static inline const uint8_t *json_space_end(const uint8_t *at, const uint8_t *end)
{
    while (at < end && *at <= ' ' && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
        at++;
    return at;
}

/* The first quote, backslash or control character from `at` on, or `end`. */
static inline const uint8_t *json_plain_end(const uint8_t *at, const uint8_t *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
    while (end - at >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i stops = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        stops = _mm_or_si128(stops, _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
        unsigned mask = (unsigned)_mm_movemask_epi8(stops);
        if (mask)
            return at + __builtin_ctz(mask);
        at += 16;
    }
#endif
    while (at < end && *at != '"' && *at != '\\' && *at >= 0x20)
        at++;
    return at;
}

/* The value of a hexadecimal digit, or more than 15. */
static inline unsigned json_hex(uint8_t c)
{
    unsigned digit = (unsigned)c - '0', letter = ((unsigned)c | 0x20) - 'a';
    return digit <= 9 ? digit : letter <= 5 ? letter + 10 : 16;
}

static inline const uint8_t *json_escape_end(const uint8_t *at, const uint8_t *end)
{
    if (end - at < 2)
        return NULL;
    switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return at + 2;
    case 'u':
        if (end - at < 6 || (json_hex(at[2]) | json_hex(at[3]) | json_hex(at[4]) | json_hex(at[5])) > 15)
            return NULL;
        return at + 6;
    default:
        return NULL;
    }
}

/* Sets `escaped` when the string holds an escape, and leaves it alone otherwise. */
static inline const uint8_t *json_string_end(const uint8_t *at, const uint8_t *end, bool *escaped)
{
    at++;
    for (;;) {
        at = json_plain_end(at, end);
        if (at == end || *at < 0x20)
            return NULL;
        if (*at == '"')
            return at + 1;
        *escaped = true;
        at = json_escape_end(at, end);
        if (!at)
            return NULL;
    }
}

static inline const uint8_t *json_digits_end(const uint8_t *at, const uint8_t *end)
{
    while (at < end && (unsigned)*at - '0' <= 9)
        at++;
    return at;
}

static inline const uint8_t *json_number_end(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *from;
    if (*at == '-')
        at++;
    at = json_digits_end(from = at, end);
    if (at == from || (*from == '0' && at - from > 1))
        return NULL;
    if (at < end && *at == '.') {
        at = json_digits_end(from = at + 1, end);
        if (at == from)
            return NULL;
    }
    if (at < end && (*at | 0x20) == 'e') {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        at = json_digits_end(from = at, end);
        if (at == from)
            return NULL;
    }
    return at;
}

static inline const uint8_t *json_word_end(const uint8_t *at, const uint8_t *end, const char *word,
                                           size_t len)
{
    return (size_t)(end - at) >= len && memcmp(at, word, len) == 0 ? at + len : NULL;
}

/* A string, number or word, and its kind. `at` must lie before `end`. */
static inline const uint8_t *json_scalar_end(const uint8_t *at, const uint8_t *end, rk_json_kind *kind,
                                             bool *escaped)
{
    switch (*at) {
    case '"':
        *kind = RK_JSON_STRING;
        return json_string_end(at, end, escaped);
    case 't':
        *kind = RK_JSON_TRUE;
        return json_word_end(at, end, "true", 4);
    case 'f':
        *kind = RK_JSON_FALSE;
        return json_word_end(at, end, "false", 5);
    case 'n':
        *kind = RK_JSON_NULL;
        return json_word_end(at, end, "null", 4);
    default:
        *kind = RK_JSON_NUMBER;
        return json_number_end(at, end);
    }
}

/* Any value, `depth` levels deep, and its kind. `at` must lie before `end`. */
static inline const uint8_t *json_value_end(const uint8_t *at, const uint8_t *end, unsigned depth,
                                            rk_json_kind *kind, bool *escaped)
{
    if (*at != '{' && *at != '[')
        return json_scalar_end(at, end, kind, escaped);
    *kind = *at == '{' ? RK_JSON_OBJECT : RK_JSON_ARRAY;
    return rk_json_nested_end(at, end, depth);
}

#endif
