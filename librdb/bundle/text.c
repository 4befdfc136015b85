/* text: JSON strings and base64, in pieces of a size for which room can be had beforehand. */
#include "text.h"

#include <stdio.h>

enum { PIECE = 4095, ESCAPED_MOST = 6, NUMBER_MOST = 32 }; /* PIECE: a multiple of 3, for base64 */

bool rk_bundle_add_word(rk_buf *out, const char *word, rk_err *err)
{
    return rk_buf_add(out, rk_slice_of(word), err);
}

bool rk_bundle_add_u64(rk_buf *out, uint64_t number, rk_err *err)
{
    uint8_t digits[NUMBER_MOST];
    size_t at = sizeof digits;
    do {
        digits[--at] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return rk_buf_add(out, (rk_slice){ digits + at, sizeof digits - at }, err);
}

bool rk_bundle_add_i64(rk_buf *out, int64_t number, rk_err *err)
{
    if (number >= 0)
        return rk_bundle_add_u64(out, (uint64_t)number, err);
    return rk_bundle_add_word(out, "-", err) && rk_bundle_add_u64(out, 0 - (uint64_t)number, err);
}

bool rk_bundle_add_score(rk_buf *out, double score, rk_err *err)
{
    char text[NUMBER_MOST];
    snprintf(text, sizeof text, "%.17g", score);
    return rk_bundle_add_word(out, text, err);
}

/* ---- strings ------------------------------------------------------------------------------------------------ */

static uint8_t *escape(uint8_t byte, uint8_t *out)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt", hex[] = "0123456789abcdef";
    const char *found = memchr(named, byte, sizeof named - 1);
    *out++ = '\\';
    if (found) {
        *out++ = (uint8_t)letters[found - named];
        return out;
    }
    memcpy(out, "u00", 3);
    out[3] = (uint8_t)hex[byte >> 4];
    out[4] = (uint8_t)hex[byte & 15];
    return out + 5;
}

static bool add_string(rk_buf *out, rk_slice bytes, rk_err *err)
{
    bool ok = rk_bundle_add_word(out, "\"", err);
    for (; ok && bytes.len > 0; bytes = rk_slice_from(bytes, PIECE)) {
        rk_slice piece = rk_slice_head(bytes, PIECE);
        if (!rk_buf_reserve(out, out->len + piece.len * ESCAPED_MOST, err))
            return false;
        uint8_t *to = out->ptr + out->len;
        for (size_t i = 0; i < piece.len; i++) {
            uint8_t byte = piece.ptr[i];
            if (byte >= 0x20 && byte != '"' && byte != '\\')
                *to++ = byte;
            else
                to = escape(byte, to);
        }
        out->len = (size_t)(to - out->ptr);
    }
    return ok && rk_bundle_add_word(out, "\"", err);
}

bool rk_bundle_add_bytes(rk_buf *out, rk_slice bytes, rk_err *err)
{
    if (rk_slice_utf8(bytes))
        return add_string(out, bytes, err);
    return rk_bundle_add_word(out, "{\"b64\":\"", err) && rk_bundle_add_base64(out, bytes, err) &&
           rk_bundle_add_word(out, "\"}", err);
}

/* ---- base64 ------------------------------------------------------------------------------------------------- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static uint8_t *add_three(rk_slice bytes, uint8_t *to)
{
    uint32_t bits = (uint32_t)bytes.ptr[0] << 16;
    bits |= bytes.len > 1 ? (uint32_t)bytes.ptr[1] << 8 : 0;
    bits |= bytes.len > 2 ? bytes.ptr[2] : 0;
    to[0] = (uint8_t)alphabet[bits >> 18];
    to[1] = (uint8_t)alphabet[bits >> 12 & 63];
    to[2] = bytes.len > 1 ? (uint8_t)alphabet[bits >> 6 & 63] : '=';
    to[3] = bytes.len > 2 ? (uint8_t)alphabet[bits & 63] : '=';
    return to + 4;
}

bool rk_bundle_add_base64(rk_buf *out, rk_slice bytes, rk_err *err)
{
    for (; bytes.len > 0; bytes = rk_slice_from(bytes, PIECE)) {
        if (!rk_buf_reserve(out, out->len + PIECE / 3 * 4, err))
            return false;
        uint8_t *to = out->ptr + out->len;
        rk_slice piece = rk_slice_head(bytes, PIECE);
        for (; piece.len > 0; piece = rk_slice_from(piece, 3))
            to = add_three(rk_slice_head(piece, 3), to);
        out->len = (size_t)(to - out->ptr);
    }
    return true;
}

/* 64: a byte that is none of the alphabet's. */
static uint32_t value_of(uint8_t byte)
{
    const char *found = byte ? memchr(alphabet, byte, sizeof alphabet - 1) : NULL;
    return found ? (uint32_t)(found - alphabet) : 64;
}

bool rk_bundle_base64_read(rk_slice text, uint8_t *into, size_t *len)
{
    size_t pad = rk_slice_ends(text, RK_TEXT("==")) ? 2 : rk_slice_ends(text, RK_TEXT("=")) ? 1 : 0;
    *len = 0;
    if (text.len % 4 != 0)
        return false;
    for (size_t at = 0; at < text.len; at += 4) {
        size_t missing = at + 4 == text.len ? pad : 0;
        uint32_t bits = 0;
        for (size_t i = 0; i < 4; i++) {
            uint32_t value = i < 4 - missing ? value_of(text.ptr[at + i]) : 0;
            if (value > 63)
                return false;
            bits = bits << 6 | value;
        }
        for (size_t i = 0; i < 3 - missing; i++)
            into[(*len)++] = (uint8_t)(bits >> (16 - 8 * i));
    }
    return true;
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

static bool read_base64(rk_slice text, rk_arena *arena, rk_slice *bytes, bool *fits, rk_err *err)
{
    uint8_t *into = rk_arena_take(arena, text.len / 4 * 3 + 1, err);
    if (!into)
        return false;
    bytes->ptr = into;
    *fits = rk_bundle_base64_read(text, into, &bytes->len);
    return true;
}

bool rk_bundle_read_bytes(rk_json_value value, rk_buf *scratch, rk_arena *arena, rk_slice *bytes, bool *fits,
                          rk_err *err)
{
    rk_json_value inner;
    rk_slice text;
    *bytes = RK_EMPTY;
    *fits = false;
    if (value.kind == RK_JSON_OBJECT)
        *fits = rk_json_member(value.text, "b64", &inner) && inner.kind == RK_JSON_STRING;
    else if (value.kind == RK_JSON_STRING)
        *fits = true;
    if (!*fits)
        return true;
    if (!rk_json_string(value.kind == RK_JSON_OBJECT ? inner : value, scratch, &text, err))
        return false;
    if (value.kind == RK_JSON_OBJECT)
        return read_base64(text, arena, bytes, fits, err);
    return rk_arena_copy(arena, text, bytes, err);
}

bool rk_bundle_read_u64(rk_json_value value, uint64_t *number)
{
    *number = 0;
    if (value.kind != RK_JSON_NUMBER || value.text.len > 20)
        return false;
    for (size_t i = 0; i < value.text.len; i++) {
        uint8_t digit = (uint8_t)(value.text.ptr[i] - '0');
        if (digit > 9 || *number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return true;
}
