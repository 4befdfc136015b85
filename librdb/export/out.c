/* out: the buffer before the FILE, and numbers as text. */
#include "out.h"

#include "json_text.h"

bool export_out_open(export_out *out, FILE *file, rk_err *err)
{
    *out = (export_out){ .file = file, .buf = rk_alloc(EXPORT_OUT_SIZE), .escape = export_escape_new() };
    return (out->buf && out->escape) || rk_no_memory(err);
}

void export_out_close(export_out *out)
{
    rk_free(out->buf);
    rk_free(out->escape);
    *out = (export_out){ 0 };
}

void export_out_flush(export_out *out)
{
    if (!out->failed && out->len > 0)
        out->failed = fwrite(out->buf, 1, out->len, out->file) != out->len;
    out->len = 0;
}

void export_out_bytes(export_out *out, rk_slice bytes)
{
    for (size_t part; bytes.len > 0; bytes = rk_slice_from(bytes, part)) {
        part = bytes.len < EXPORT_ROOM_MOST ? bytes.len : EXPORT_ROOM_MOST;
        memcpy(export_out_room(out, part), bytes.ptr, part);
        out->len += part;
    }
}

void export_out_u64(export_out *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(export_out_room(out, sizeof digits), digits + at, sizeof digits - at);
    out->len += sizeof digits - at;
}

void export_out_i64(export_out *out, int64_t number)
{
    if (number < 0)
        export_out_byte(out, '-');
    export_out_u64(out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

/* RFC 4648, with padding. */
void export_out_base64(export_out *out, rk_slice bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint8_t *at = export_out_room(out, 4);
        uint32_t three = (uint32_t)bytes.ptr[i] << 16;
        three |= left > 1 ? (uint32_t)bytes.ptr[i + 1] << 8 : 0;
        three |= left > 2 ? bytes.ptr[i + 2] : 0;
        at[0] = (uint8_t)digits[three >> 18];
        at[1] = (uint8_t)digits[three >> 12 & 63];
        at[2] = left > 1 ? (uint8_t)digits[three >> 6 & 63] : '=';
        at[3] = left > 2 ? (uint8_t)digits[three & 63] : '=';
        out->len += 4;
    }
}
