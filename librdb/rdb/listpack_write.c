/* listpack_write: a packed list, written element by element (spec: RDB, "Listpack"). */
#include "rdbkit/rdb_write.h"

enum { HEADER = 6, COUNT_UNKNOWN = 65535, END = 0xff, TEXT_MOST = 20, BACKLEN_MOST = 5 };

#define SIZE_MOST (UINT32_MAX - 64) /* bytes of all elements */

void rk_listpack_write_begin(rk_listpack_writer *out, bool short_backlen)
{
    out->bytes.len = 0;
    out->count = 0;
    out->short_backlen = short_backlen;
}

/* The size of what was written last, 7 bits a byte, highest first; all bytes but the first have their high bit set. */
static size_t backlen(const rk_listpack_writer *out, uint64_t size, uint8_t form[BACKLEN_MOST])
{
    size_t width = 1;
    while (width < BACKLEN_MOST &&
           size > (UINT64_C(1) << (7 * width)) - 1 - (width > 1 && !out->short_backlen))
        width++;
    for (size_t i = 0; i < width; i++)
        form[i] = (uint8_t)((size >> (7 * (width - 1 - i)) & 0x7f) | (i > 0 ? 0x80 : 0));
    return width;
}

/* One element: its head, what follows it, its backlen. */
static bool add(rk_listpack_writer *out, rk_slice head, rk_slice text, rk_err *err)
{
    uint8_t form[BACKLEN_MOST];
    size_t width = backlen(out, (uint64_t)head.len + text.len, form);
    if (out->bytes.len == 0 && !rk_buf_add(&out->bytes, RK_TEXT("\0\0\0\0\0\0"), err))
        return false;
    if (text.len > SIZE_MOST || out->bytes.len + text.len > SIZE_MOST)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "a listpack cannot hold %zu bytes more", text.len);
    out->count++;
    return rk_buf_add(&out->bytes, head, err) && rk_buf_add(&out->bytes, text, err) &&
           rk_buf_add(&out->bytes, (rk_slice){ form, width }, err);
}

static void store_le(uint8_t *at, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

bool rk_listpack_write_int(rk_listpack_writer *out, int64_t value, rk_err *err)
{
    uint8_t form[9];
    uint64_t bits = (uint64_t)value;
    size_t len = 1;
    if (value >= 0 && value < 128) {
        form[0] = (uint8_t)value;
    } else if (value >= -4096 && value < 4096) { /* 13 bits, highest first */
        form[0] = (uint8_t)(0xc0 | (bits >> 8 & 0x1f));
        form[1] = (uint8_t)bits;
        len = 2;
    } else {
        unsigned code = value >= INT16_MIN && value <= INT16_MAX   ? 1
                        : value >= -(1 << 23) && value < 1 << 23   ? 2
                        : value >= INT32_MIN && value <= INT32_MAX ? 3
                                                                   : 4;
        unsigned width = code == 4 ? 8 : code + 1;
        form[0] = (uint8_t)(0xf0 + code);
        store_le(form + 1, bits, width);
        len = 1 + width;
    }
    return add(out, (rk_slice){ form, len }, RK_EMPTY, err);
}

bool rk_listpack_write_text(rk_listpack_writer *out, rk_slice text, rk_err *err)
{
    uint8_t head[5];
    size_t len = 1;
    int64_t value;
    if (text.len <= TEXT_MOST && rk_slice_int(text, &value))
        return rk_listpack_write_int(out, value, err);
    if (text.len < 64) {
        head[0] = (uint8_t)(0x80 | text.len);
    } else if (text.len < 4096) {
        head[0] = (uint8_t)(0xe0 | text.len >> 8);
        head[1] = (uint8_t)text.len;
        len = 2;
    } else {
        head[0] = 0xf0;
        store_le(head + 1, text.len, 4);
        len = 5;
    }
    return add(out, (rk_slice){ head, len }, text, err);
}

bool rk_listpack_write_end(rk_listpack_writer *out, rk_slice *bytes, rk_err *err)
{
    static const uint8_t end = END;
    if (out->bytes.len == 0 && !rk_buf_add(&out->bytes, RK_TEXT("\0\0\0\0\0\0"), err))
        return false;
    if (!rk_buf_add(&out->bytes, (rk_slice){ &end, 1 }, err))
        return false;
    store_le(out->bytes.ptr, out->bytes.len, 4);
    store_le(out->bytes.ptr + 4, out->count < COUNT_UNKNOWN ? out->count : COUNT_UNKNOWN, 2);
    *bytes = rk_buf_slice(&out->bytes);
    return true;
}

void rk_listpack_write_free(rk_listpack_writer *out)
{
    rk_buf_free(&out->bytes);
}
