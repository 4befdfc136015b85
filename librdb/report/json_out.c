/* json_out: text, numbers and errors as JSON. */
#include "json_out.h"

#include <math.h>

/* RFC 4648, with padding. */
static json_t *base64(rk_slice bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = (bytes.len + 2) / 3 * 4, at = 0;
    char *text = rk_alloc(len + 1);
    json_t *json = NULL;
    if (!text)
        return NULL;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t three = (uint32_t)bytes.ptr[i] << 16;
        three |= left > 1 ? (uint32_t)bytes.ptr[i + 1] << 8 : 0;
        three |= left > 2 ? bytes.ptr[i + 2] : 0;
        text[at++] = digits[three >> 18];
        text[at++] = digits[three >> 12 & 63];
        text[at++] = left > 1 ? digits[three >> 6 & 63] : '=';
        text[at++] = left > 2 ? digits[three & 63] : '=';
    }
    json = json_stringn_nocheck(text, len);
    rk_free(text);
    return json;
}

json_t *rk_json_out_text(rk_slice text)
{
    if (rk_slice_utf8(text))
        return json_stringn((const char *)text.ptr, text.len);
    return json_pack("{s:o}", "b64", base64(text));
}

json_t *rk_json_out_string(const char *text)
{
    return text ? rk_json_out_text(rk_slice_of(text)) : json_null();
}

json_t *rk_json_out_string_or_null(const char *text)
{
    return rk_json_out_string(text && text[0] ? text : NULL);
}

json_t *rk_json_out_namespace(const rk_layout *layout)
{
    size_t len = layout->prefix.len;
    return rk_json_out_text(rk_slice_head(layout->prefix, len > 0 ? len - 1 : 0));
}

json_t *rk_json_out_score(double score)
{
    if (isnan(score))
        return json_string("nan");
    if (isinf(score))
        return json_string(score > 0 ? "inf" : "-inf");
    return json_real(score);
}

json_t *rk_json_out_time(double seconds)
{
    return isfinite(seconds) ? json_real(seconds) : json_null();
}

json_t *rk_json_out_count(uint64_t count)
{
    return json_integer(count > INT64_MAX ? INT64_MAX : (json_int_t)count);
}

json_t *rk_json_out_known(int64_t number)
{
    return number < 0 ? json_null() : json_integer(number);
}

json_t *rk_json_out_error(const rk_err *err)
{
    if (err->code == RK_OK)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "code", rk_code_name(err->code), "what",
                     rk_json_out_string(err->what), "where", rk_json_out_string_or_null(err->where), "source",
                     rk_json_out_string_or_null(err->source), "offset",
                     err->has_offset ? rk_json_out_count(err->offset) : json_null(), "hint",
                     rk_json_out_string_or_null(err->hint));
}

json_t *rk_json_append(json_t *list, json_t *item)
{
    if (list && json_array_append_new(list, item) == 0)
        return list;
    if (!list)
        json_decref(item);
    json_decref(list);
    return NULL;
}

json_t *rk_json_set(json_t *object, const char *name, json_t *value)
{
    if (object && json_object_set_new(object, name, value) == 0)
        return object;
    if (!object)
        json_decref(value);
    json_decref(object);
    return NULL;
}

json_t *rk_json_join(json_t *object, json_t *more)
{
    if (object && more && json_object_update(object, more) == 0) {
        json_decref(more);
        return object;
    }
    json_decref(object);
    json_decref(more);
    return NULL;
}

bool rk_json_out_dump(json_t *json, bool members, FILE *out, rk_err *err)
{
    size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(17) | (members ? JSON_EMBED : 0);
    if (!json)
        return rk_no_memory(err);
    int failed = json_dumpf(json, out, flags);
    json_decref(json);
    return !failed || ferror(out) || rk_no_memory(err);
}
