/* json_string: what a raw JSON string stands for, and whether it stands for a given name. */
#include "json_token.h"

static unsigned hex4(const uint8_t *at)
{
    return json_hex(at[0]) << 12 | json_hex(at[1]) << 8 | json_hex(at[2]) << 4 | json_hex(at[3]);
}

/* UTF-8, surrogates included. Returns the number of bytes. */
static size_t utf8_put(uint8_t out[4], unsigned code)
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(heads[n] | code);
    return n;
}

/* Decodes the escape at `at`, or the two that make a surrogate pair: writes what it stands for and its
 * length. Returns the byte behind it, NULL when it is malformed. */
static const uint8_t *escape_decode(const uint8_t *at, const uint8_t *end, uint8_t out[4], size_t *len)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const uint8_t *after = json_escape_end(at, end);
    if (!after)
        return NULL;
    if (at[1] != 'u') {
        out[0] = (uint8_t)meanings[strchr(letters, at[1]) - letters];
        *len = 1;
        return after;
    }
    unsigned code = hex4(at + 2);
    if ((code & 0xfc00) == 0xd800 && end - after >= 6 && after[0] == '\\' && after[1] == 'u' &&
        json_escape_end(after, end)) {
        unsigned low = hex4(after + 2);
        if ((low & 0xfc00) == 0xdc00) {
            code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
            after += 6;
        }
    }
    *len = utf8_put(out, code);
    return after;
}

bool rk_json_unescape_add(rk_slice raw, rk_buf *buf, rk_err *err)
{
    const uint8_t *at = raw.ptr, *end = at + raw.len;
    uint8_t decoded[4];
    size_t len = 0;
    while (at < end) {
        const uint8_t *escape = memchr(at, '\\', (size_t)(end - at));
        if (!rk_buf_add(buf, json_slice(at, escape ? escape : end), err))
            return false;
        if (!escape)
            return true;
        at = escape_decode(escape, end, decoded, &len);
        if (!at)
            return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                           "JSON string has a malformed escape at byte %zu of %zu",
                           (size_t)(escape - raw.ptr), raw.len);
        if (!rk_buf_add(buf, (rk_slice){ decoded, len }, err))
            return false;
    }
    return true;
}

bool rk_json_unescape(rk_slice raw, rk_buf *scratch, rk_slice *text, rk_err *err)
{
    *text = raw;
    if (!memchr(raw.ptr, '\\', raw.len))
        return true;
    scratch->len = 0;
    if (!rk_json_unescape_add(raw, scratch, err))
        return false;
    *text = rk_buf_slice(scratch);
    return true;
}

bool rk_json_string(rk_json_value value, rk_buf *scratch, rk_slice *text, rk_err *err)
{
    if (value.kind != RK_JSON_STRING || value.text.len < 2)
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "JSON value is of kind %s, not a string",
                       rk_json_kind_name(value.kind));
    return rk_json_unescape((rk_slice){ value.text.ptr + 1, value.text.len - 2 }, scratch, text, err);
}

bool rk_json_key_is(rk_slice raw, const char *name)
{
    const uint8_t *at = raw.ptr, *end = at + raw.len;
    uint8_t decoded[4];
    rk_slice want = rk_slice_of(name);
    while (at < end) {
        size_t len = 1;
        decoded[0] = *at;
        if (*at != '\\')
            at++;
        else if (!(at = escape_decode(at, end, decoded, &len)))
            return false;
        if (!rk_slice_starts(want, (rk_slice){ decoded, len }))
            return false;
        want = rk_slice_from(want, len);
    }
    return want.len == 0;
}
