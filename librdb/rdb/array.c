/* array: sparse arrays of Redis 8.8 (spec: RDB, "Array"). */
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAG_STRING, TAG_INTEGER, TAG_FLOAT, TAG_SHORT, SHORT_MOST = 7 };

static bool read_head(rk_rdb *rdb, bool *has_cursor, uint64_t *cursor, rk_err *err)
{
    uint64_t flag = 0, offset = rk_window_offset(&rdb->win);
    if (!rdb_count(rdb, &rdb->plain.left, "array size", err))
        return false;
    if (rdb->plain.left == 0)
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "an array without elements");
    offset = rk_window_offset(&rdb->win);
    if (!rdb_len(rdb, &flag, "array cursor flag", err))
        return false;
    if (flag > 1)
        return rk_fail(err, RK_DAMAGED, offset, "array cursor flag is %" PRIu64 ", not 0 or 1", flag);
    *has_cursor = flag == 1;
    return flag == 0 || rdb_len(rdb, cursor, "array cursor", err);
}

bool rdb_array_open(rk_rdb *rdb, rk_err *err)
{
    bool has_cursor = false;
    if (!read_head(rdb, &has_cursor, &rdb->plain.minimum, err))
        return false;
    rdb->plain.in_blob = has_cursor; /* the cursor is still to be told, at the end */
    return true;
}

/* The shortest text that reads back as the same double, with `.0` if it looks like an integer. A server
 * stores as a double only what was written without an exponent. */
static rk_slice float_text(double value, char room[48])
{
    char text[40];
    int precision = 0, len;
    while (precision < 17 &&
           (snprintf(text, sizeof text, "%.*e", precision, value), strtod(text, NULL) != value))
        precision++;
    const char *mark = strchr(text, 'e');                      /* none in inf */
    int exponent = mark ? (int)strtol(mark + 1, NULL, 10) : 0; /* our own %e: two or three digits */
    int decimals = precision > exponent ? precision - exponent : 1;
    if (mark && exponent > -20 && exponent < 20)
        len = snprintf(room, 48, "%.*f", decimals, value);
    else
        len = snprintf(room, 48, "%.*g", precision + 1, value);
    return (rk_slice){ (const uint8_t *)room, (size_t)len };
}

static bool read_payload(rk_rdb *rdb, uint64_t tag, rk_slice *text, rk_err *err)
{
    uint64_t bits = 0, offset = rk_window_offset(&rdb->win);
    double value;
    char *room = rdb->plain.room[0];
    switch (tag) {
    case TAG_STRING:
        return rdb_text(rdb, 0, text, "array string", err);
    case TAG_SHORT:
        if (!rdb_text(rdb, 0, text, "array string", err))
            return false;
        if (text->len > SHORT_MOST)
            rk_fail(&rdb->bad, RK_DAMAGED, offset, "short array string has %zu bytes, 7 at most", text->len);
        return true;
    case TAG_INTEGER:
        if (!rdb_le(rdb, 8, &bits, "array integer", err))
            return false;
        *text = (rk_slice){ (const uint8_t *)room, (size_t)snprintf(room, 48, "%" PRId64, (int64_t)bits) };
        return true;
    default:
        if (!rdb_double(rdb, &value, "array float", err))
            return false;
        *text = float_text(value, room);
        return true;
    }
}

static bool read_tag(rk_rdb *rdb, uint64_t *index, uint64_t *tag, rk_err *err)
{
    uint64_t offset = rk_window_offset(&rdb->win);
    if (!rdb_len(rdb, index, "array index", err) || !rdb_len(rdb, tag, "array tag", err))
        return false;
    if (*index == UINT64_MAX)
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "array index is 2^64-1");
    return *tag <= TAG_SHORT ||
           rk_fail(err, RK_DAMAGED, offset, "array tag is %" PRIu64 ", not 0 to 3", *tag);
}

bool rdb_array_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    uint64_t tag = 0;
    if (rdb->plain.left == 0) {
        element->kind = RK_ELEMENT_CURSOR;
        element->number = rdb->plain.minimum;
        return rdb->plain.in_blob && !(rdb->plain.in_blob = false);
    }
    rdb->plain.left--;
    element->kind = RK_ELEMENT_INDEXED;
    return read_tag(rdb, &element->number, &tag, err) && read_payload(rdb, tag, &element->item, err);
}

bool rdb_array_skip(rk_rdb *rdb, rk_err *err)
{
    bool has_cursor = false;
    uint64_t cursor, index, tag;
    if (!read_head(rdb, &has_cursor, &cursor, err))
        return false;
    for (; rdb->plain.left > 0; rdb->plain.left--) {
        if (!read_tag(rdb, &index, &tag, err))
            return false;
        bool ok = tag == TAG_INTEGER ? rdb_skip_bytes(rdb, 8, "array integer", err)
                  : tag == TAG_FLOAT ? rdb_skip_bytes(rdb, 8, "array float", err)
                                     : rdb_skip_str(rdb, "array string", err);
        if (!ok)
            return false;
    }
    return true;
}
