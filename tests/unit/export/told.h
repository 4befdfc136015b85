/* told: what an export writes, as text, and what its JSON says, as bytes. For unit tests and fuzzing. */
#ifndef RDBKIT_TESTS_TOLD_H
#define RDBKIT_TESTS_TOLD_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "../snapshot/corpus.h"
#include "rdbkit/export.h"

/* All that an export of `source` writes, which this closes; rk_buf_free frees it. The snapshot is said to be one that
 * can be looked at twice when `options` asks for sizes. */
static inline rk_buf told_by(rk_source *source, const rk_export_options *options, rk_err *err)
{
    char *text = NULL;
    size_t len = 0;
    rk_buf told = { 0 };
    rk_err ignored = { 0 };
    FILE *out = open_memstream(&text, &len);
    rk_snapshot *snapshot = source ? rk_snapshot_open_source(source, err) : NULL;
    if (out && snapshot)
        rk_export_write(snapshot, options, out, err);
    if (out)
        fclose(out);
    rk_buf_add(&told, (rk_slice){ (const uint8_t *)(text ? text : ""), len }, &ignored);
    free(text);
    rk_snapshot_close(snapshot);
    return told;
}

/* The next line of `text` behind `*at`, without its newline. False at the end. */
static inline bool told_line(rk_slice text, size_t *at, rk_slice *line)
{
    if (*at >= text.len)
        return false;
    size_t end = rk_slice_find(text, RK_TEXT("\n"), *at);
    end = end == SIZE_MAX ? text.len : end;
    *line = (rk_slice){ text.ptr + *at, end - *at };
    *at = end + 1;
    return true;
}

static inline int told_digit(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* Base64 of a C string, which must be whole and padded; appended to `bytes`. */
static inline bool told_base64(const char *text, size_t len, rk_buf *bytes, rk_err *err)
{
    if (len % 4)
        return false;
    for (size_t i = 0; i < len; i += 4) {
        unsigned pad = i + 4 == len ? (unsigned)(text[i + 3] == '=') + (text[i + 2] == '=') : 0;
        uint32_t bits = 0;
        for (unsigned k = 0; k < 4; k++) {
            int digit = k >= 4 - pad ? 0 : told_digit(text[i + k]);
            if (digit < 0)
                return false;
            bits = bits << 6 | (uint32_t)digit;
        }
        uint8_t three[3] = { (uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits };
        if (!rk_buf_add(bytes, (rk_slice){ three, 3 - pad }, err))
            return false;
    }
    return true;
}

/* The bytes that a string or {"b64":...} stands for. False when `json` is neither; rk_buf_free frees them. */
static inline bool told_bytes(const json_t *json, rk_buf *bytes)
{
    rk_err err = { 0 };
    const json_t *packed = json_object_size(json) == 1 ? json_object_get(json, "b64") : NULL;
    *bytes = (rk_buf){ 0 };
    if (json_is_string(json))
        return rk_buf_add(
            bytes, (rk_slice){ (const uint8_t *)json_string_value(json), json_string_length(json) }, &err);
    return json_is_string(packed) &&
           told_base64(json_string_value(packed), json_string_length(packed), bytes, &err);
}

/* The same value with each string as the truth writes it: a byte is the code point of the same number. */
static inline json_t *told_as_truth(const json_t *json)
{
    rk_buf bytes;
    const char *name;
    size_t i;
    json_t *member, *all;
    if (told_bytes(json, &bytes)) {
        all = latin_1(rk_buf_slice(&bytes));
        rk_buf_free(&bytes);
        return all;
    }
    rk_buf_free(&bytes);
    if (json_is_array(json)) {
        all = json_array();
        json_array_foreach(json, i, member) json_array_append_new(all, told_as_truth(member));
        return all;
    }
    if (!json_is_object(json))
        return json_deep_copy(json);
    all = json_object();
    json_object_foreach((json_t *)json, name, member) json_object_set_new(all, name, told_as_truth(member));
    return all;
}

static inline json_t *told_parse(rk_slice text, char *why, size_t cap)
{
    json_error_t error;
    json_t *json =
        json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    if (!json && cap)
        snprintf(why, cap, "%s at %d", error.text, error.position);
    return json;
}

#endif
