/* str: lengths, strings and numbers of the record stream (spec: RDB, "Length encoding" and "String encoding"). */
#include "reader.h"

#include <math.h>
#include <stdio.h>

static uint64_t load_le(const uint8_t *p, unsigned n)
{
    uint64_t value = 0;
    memcpy(&value, p,
           n); /* all machines that are built for are little endian; see rk_cursor for the others */
    return value;
}

/* Reads a length, or, when *encoded comes back true, the number of a string encoding. */
static bool read_any_len(rk_rdb *rdb, uint64_t *len, bool *encoded, const char *what, rk_err *err)
{
    rk_window *w = &rdb->win;
    if (!rk_window_need(w, 1, what, err))
        return false;
    const uint8_t *p = w->buf + w->pos;
    unsigned form = p[0] >> 6, more;
    *encoded = form == 3;
    *len = p[0] & 63;
    if (form == 0 || form == 3) {
        w->pos++;
        return true;
    }
    bool wide = p[0] == 0x81;
    rdb->traits.wide_lengths += wide;
    if (form == 2 && p[0] != 0x80 && !wide &&
        rdb->header.version > 7) /* older loaders ignored these six bits */
        return rk_fail(err, RK_DAMAGED, rk_window_offset(w), "%s has the undefined length form 0x%02x", what,
                       p[0]);
    more = form == 1 ? 2 : wide ? 9 : 5;
    if (!rk_window_need(w, more, what, err))
        return false;
    p = w->buf + w->pos;
    if (form == 1)
        *len = (uint64_t)(p[0] & 63) << 8 | p[1];
    else
        *len = __builtin_bswap64(load_le(p + 1, more - 1)) >> (wide ? 0 : 32);
    w->pos += more;
    return true;
}

/* The same; most lengths are below 64, and one byte. */
static inline bool read_len(rk_rdb *rdb, uint64_t *len, bool *encoded, const char *what, rk_err *err)
{
    rk_window *w = &rdb->win;
    if (w->pos == w->end || w->buf[w->pos] >= 64)
        return read_any_len(rdb, len, encoded, what, err);
    *encoded = false;
    *len = w->buf[w->pos++];
    return true;
}

/* A length, and no string encoding. */
static bool read_size(rk_rdb *rdb, uint64_t *len, const char *what, rk_err *err)
{
    bool encoded = false;
    uint64_t offset = rk_window_offset(&rdb->win);
    if (!read_len(rdb, len, &encoded, what, err))
        return false;
    return !encoded || rk_fail(err, RK_DAMAGED, offset, "%s is the string encoding %" PRIu64 ", not a length",
                               what, *len);
}

bool rdb_len(rk_rdb *rdb, uint64_t *len, const char *what, rk_err *err)
{
    uint64_t offset = rk_window_offset(&rdb->win);
    if (!read_size(rdb, len, what, err))
        return false;
    rdb_trace(rdb, RK_TRACE_LENGTH, what, offset, *len, NULL);
    return true;
}

bool rdb_count(rk_rdb *rdb, uint64_t *count, const char *what, rk_err *err)
{
    uint64_t offset = rk_window_offset(&rdb->win), size = rk_source_size(rdb->source);
    if (!rdb_len(rdb, count, what, err))
        return false;
    uint64_t remain = size == UINT64_MAX ? UINT64_MAX : size - rk_window_offset(&rdb->win);
    return *count <= remain || rk_fail(err, RK_TRUNCATED, offset,
                                       "%s is %" PRIu64 ", %" PRIu64 " bytes remain", what, *count, remain);
}

static uint64_t decimal_length(int64_t value)
{
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value, digits = 1;
    while (rest >= 10) {
        rest /= 10;
        digits++;
    }
    return digits + (value < 0);
}

/* The integer forms: 1, 2 or 4 bytes. */
static bool read_int(rk_rdb *rdb, unsigned bytes, rk_str *str, const char *what, rk_err *err)
{
    if (!rk_window_take(&rdb->win, bytes, &str->stored, what, err))
        return false;
    uint64_t raw = load_le(str->stored.ptr, bytes);
    str->form = RK_STR_INT;
    str->integer = bytes == 1 ? (int8_t)raw : bytes == 2 ? (int16_t)raw : (int32_t)raw;
    str->len = decimal_length(str->integer);
    return true;
}

static void note_length(rk_rdb *rdb, uint64_t len)
{
    if (len > rdb->traits.longest_string)
        rdb->traits.longest_string = len;
}

/* Reads the head of a string: its form, and how many stored bytes follow (0 for an integer, already taken). */
static bool take_head(rk_rdb *rdb, rk_str *str, uint64_t *stored, const char *what, rk_err *err)
{
    bool encoded = false;
    uint64_t len = 0;
    str->offset = rk_window_offset(&rdb->win);
    *stored = 0;
    if (!read_len(rdb, &len, &encoded, what, err))
        return false;
    str->content = rk_window_offset(&rdb->win);
    if (!encoded) {
        str->form = RK_STR_RAW;
        str->len = *stored = len;
        note_length(rdb, len);
        return true;
    }
    if (len <= 2)
        return read_int(rdb, 1u << len, str, what, err);
    if (len != 3)
        return rk_fail(err, RK_DAMAGED, str->offset, "%s has the undefined string encoding %" PRIu64, what,
                       len);
    str->form = RK_STR_LZF;
    if (!read_size(rdb, stored, "compressed size", err) ||
        !read_size(rdb, &str->len, "decompressed size", err))
        return false;
    str->content = rk_window_offset(&rdb->win);
    if (*stored == 0 || str->len == 0 || str->len > rk_lzf_most(*stored)) {
        rk_fail(&rdb->bad, RK_DAMAGED, str->offset,
                "%s: %" PRIu64 " bytes of LZF cannot yield %" PRIu64 " bytes", what, *stored, str->len);
        str->len = 0; /* so that nobody tries */
    }
    note_length(rdb, str->len);
    return true;
}

static bool read_head(rk_rdb *rdb, rk_str *str, uint64_t *stored, const char *what, rk_err *err)
{
    if (!take_head(rdb, str, stored, what, err))
        return false;
    rdb_trace(rdb, RK_TRACE_STRING, what, str->offset, *stored, str);
    return true;
}

bool rdb_str(rk_rdb *rdb, rk_str *str, const char *what, rk_err *err)
{
    uint64_t stored = 0;
    if (!read_head(rdb, str, &stored, what, err))
        return false;
    if (str->form == RK_STR_LZF && str->len == 0) {
        str->stored = RK_EMPTY;
        return rk_window_skip(&rdb->win, stored, what, err);
    }
    return str->form == RK_STR_INT || rk_window_take(&rdb->win, stored, &str->stored, what, err);
}

bool rdb_skip_str(rk_rdb *rdb, const char *what, rk_err *err)
{
    rk_str str;
    uint64_t stored = 0;
    return read_head(rdb, &str, &stored, what, err) && rk_window_skip(&rdb->win, stored, what, err);
}

bool rdb_skip_bytes(rk_rdb *rdb, unsigned bytes, const char *what, rk_err *err)
{
    if (!rk_window_skip(&rdb->win, bytes, what, err))
        return false;
    rdb_trace(rdb, RK_TRACE_BYTES, what, rk_window_offset(&rdb->win) - bytes, 0, NULL);
    return true;
}

bool rdb_verify_str(rk_rdb *rdb, uint64_t *len, const char *what, rk_err *err)
{
    rk_str str;
    uint64_t stored = 0;
    if (!read_head(rdb, &str, &stored, what, err))
        return false;
    *len = str.len;
    if (str.form != RK_STR_LZF || str.len == 0)
        return rk_window_skip(&rdb->win, stored, what, err);
    if (!rk_window_take(&rdb->win, stored, &str.stored, what, err))
        return false;
    rk_lzf_check(str.stored, str.len, str.offset, &rdb->bad);
    return true;
}

bool rk_str_bytes(const rk_str *str, rk_buf *scratch, rk_slice *bytes, rk_err *err)
{
    if (str->form == RK_STR_RAW) {
        *bytes = str->stored;
        return true;
    }
    scratch->len = 0;
    if (!rk_buf_reserve(scratch, str->form == RK_STR_INT ? 32 : (size_t)str->len, err))
        return false;
    if (str->form == RK_STR_INT)
        scratch->len = (size_t)snprintf((char *)scratch->ptr, 32, "%" PRId64, str->integer);
    else if (rk_lzf_decode(str->stored, scratch->ptr, (size_t)str->len, str->offset, err))
        scratch->len = (size_t)str->len;
    else
        return false;
    *bytes = rk_buf_slice(scratch);
    return true;
}

bool rk_str_peek(const rk_str *str, uint8_t *out, size_t n, size_t *got, rk_err *err)
{
    char digits[32];
    *got = n < str->len ? n : (size_t)str->len;
    if (str->form == RK_STR_LZF)
        return rk_lzf_peek(str->stored, out, *got, str->offset, err);
    if (str->form == RK_STR_INT)
        snprintf(digits, sizeof digits, "%" PRId64, str->integer);
    memcpy(out, str->form == RK_STR_INT ? (const uint8_t *)digits : str->stored.ptr, *got);
    return true;
}

bool rdb_text(rk_rdb *rdb, unsigned slot, rk_slice *bytes, const char *what, rk_err *err)
{
    rk_str str;
    if (!rdb_str(rdb, &str, what, err))
        return false;
    if (rk_str_bytes(&str, &rdb->text[slot], bytes, &rdb->bad))
        return true;
    *bytes = RK_EMPTY;
    return rdb_put_off(rdb, err);
}

bool rdb_text_kept(rk_rdb *rdb, unsigned slot, rk_slice *bytes, const char *what, rk_err *err)
{
    rk_buf *own = &rdb->text[slot];
    if (!rdb_text(rdb, slot, bytes, what, err))
        return false;
    if (bytes->ptr == own->ptr)
        return true;
    own->len = 0;
    if (!rk_buf_add(own, *bytes, err))
        return false;
    *bytes = rk_buf_slice(own);
    return true;
}

bool rdb_blob(rk_rdb *rdb, unsigned slot, rk_blob *blob, const char *what, rk_err *err)
{
    rk_str str;
    *blob = (rk_blob){ .bytes = RK_EMPTY };
    if (!rdb_str(rdb, &str, what, err))
        return false;
    blob->pinned = str.form != RK_STR_RAW;
    blob->offset = blob->pinned ? str.offset : str.content;
    if (rk_str_bytes(&str, &rdb->text[slot], &blob->bytes, &rdb->bad))
        return true;
    blob->bytes = RK_EMPTY;
    return rdb_put_off(rdb, err);
}

bool rdb_u8(rk_rdb *rdb, uint8_t *value, const char *what, rk_err *err)
{
    if (!rk_window_need(&rdb->win, 1, what, err))
        return false;
    *value = rdb->win.buf[rdb->win.pos++];
    rdb_trace(rdb, RK_TRACE_BYTES, what, rk_window_offset(&rdb->win) - 1, *value, NULL);
    return true;
}

bool rdb_le(rk_rdb *rdb, unsigned bytes, uint64_t *value, const char *what, rk_err *err)
{
    rk_slice taken;
    if (!rk_window_take(&rdb->win, bytes, &taken, what, err))
        return false;
    *value = load_le(taken.ptr, bytes);
    rdb_trace(rdb, RK_TRACE_BYTES, what, rk_window_offset(&rdb->win) - bytes, *value, NULL);
    return true;
}

bool rdb_double(rk_rdb *rdb, double *value, const char *what, rk_err *err)
{
    uint64_t bits = 0, offset = rk_window_offset(&rdb->win);
    if (!rdb_le(rdb, 8, &bits, what, err))
        return false;
    memcpy(value, &bits, 8);
    if (isnan(*value))
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "%s is not a number", what);
    return true;
}

/* spec: RDB, "Doubles in type 3" */
bool rdb_text_double(rk_rdb *rdb, double *value, rk_err *err)
{
    uint8_t n = 0;
    rk_slice text;
    char shown[64];
    uint64_t offset = rk_window_offset(&rdb->win);
    if (!rdb_u8(rdb, &n, "score", err))
        return false;
    if (n == 253)
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "score is not a number");
    if (n >= 253) {
        *value = n == 254 ? INFINITY : -INFINITY;
        return true;
    }
    if (!rk_window_take(&rdb->win, n, &text, "score", err))
        return false;
    if (n)
        rdb_trace(rdb, RK_TRACE_BYTES, "score text", offset + 1, 0, NULL);
    if (!rk_slice_double(text, value) || isnan(*value))
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "score '%s' is not a number",
                rk_slice_print(text, shown, sizeof shown));
    return true;
}

bool rdb_stream_id(rk_rdb *rdb, rk_stream_id *id, const char *what, rk_err *err)
{
    rk_slice raw;
    if (!rk_window_take(&rdb->win, 16, &raw, what, err))
        return false;
    id->ms = __builtin_bswap64(load_le(raw.ptr, 8));
    id->seq = __builtin_bswap64(load_le(raw.ptr + 8, 8));
    rdb_trace(rdb, RK_TRACE_BYTES, what, rk_window_offset(&rdb->win) - 16, 0, NULL);
    return true;
}

bool rdb_stream_id_len(rk_rdb *rdb, rk_stream_id *id, const char *what, rk_err *err)
{
    return rdb_len(rdb, &id->ms, what, err) && rdb_len(rdb, &id->seq, what, err);
}
