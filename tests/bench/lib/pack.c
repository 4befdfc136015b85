/* pack: the structures that a server writes as one string: listpack and intset (spec: RDB, 6.5 and 6.6). */
#include "rdb_out.h"
#include "text.h"

enum { PACK_HEADER = 6, PACK_COUNT_AT = 4, PACK_INTEGER_TEXT_MAX = 20 };

void gen_pack_start(rk_buf *pack)
{
    pack->len = 0;
    gen_add(pack, "\0\0\0\0\0", PACK_HEADER);
}

/* Width of the backlen behind an element of `len` bytes: servers before 8.8 use one byte too many at the
 * limits. */
static unsigned backlen_width(size_t len)
{
    return len <= 127 ? 1 : len < 16383 ? 2 : len < 2097151 ? 3 : len < 268435455 ? 4 : 5;
}

static void add_backlen(rk_buf *pack, size_t len)
{
    unsigned width = backlen_width(len);
    for (unsigned left = width; left-- > 0;)
        gen_add_byte(pack, (uint8_t)((len >> 7 * left & 127) | (left + 1 == width ? 0 : 128)));
}

static void add_integer(rk_buf *pack, int64_t value)
{
    static const uint8_t lead[] = { 0xf1, 0xf2, 0xf3, 0xf4 };
    static const uint8_t width[] = { 2, 3, 4, 8 };
    if (value >= 0 && value <= 127) {
        gen_add_byte(pack, (uint8_t)value);
    } else if (value >= -4096 && value <= 4095) {
        gen_add_byte(pack, (uint8_t)(0xc0 | (value >> 8 & 31)));
        gen_add_byte(pack, (uint8_t)value);
    } else {
        unsigned form = 0;
        while (form < 3 && (value < -(INT64_C(1) << (8 * width[form] - 1)) ||
                            value >= INT64_C(1) << (8 * width[form] - 1)))
            form++;
        gen_add_byte(pack, lead[form]);
        gen_add(pack, &value, width[form]);
    }
}

static void add_text(rk_buf *pack, rk_slice text)
{
    if (text.len < 64) {
        gen_add_byte(pack, (uint8_t)(0x80 | text.len));
    } else if (text.len < 4096) {
        gen_add_byte(pack, (uint8_t)(0xe0 | text.len >> 8));
        gen_add_byte(pack, (uint8_t)text.len);
    } else {
        uint32_t len = (uint32_t)text.len;
        gen_add_byte(pack, 0xf0);
        gen_add(pack, &len, sizeof len);
    }
    gen_add(pack, text.ptr, text.len);
}

size_t gen_pack_size(size_t len)
{
    size_t size = len + (len < 64 ? 1 : len < 4096 ? 2 : 5);
    return size + backlen_width(size);
}

void gen_pack_add(rk_buf *pack, rk_slice element)
{
    size_t start = pack->len;
    int64_t value;
    if (element.len <= PACK_INTEGER_TEXT_MAX && rk_slice_int(element, &value))
        add_integer(pack, value);
    else
        add_text(pack, element);
    add_backlen(pack, pack->len - start);
    uint16_t count;
    memcpy(&count, pack->ptr + PACK_COUNT_AT, sizeof count);
    count += count < UINT16_MAX; /* 65535: unknown, walk */
    memcpy(pack->ptr + PACK_COUNT_AT, &count, sizeof count);
}

rk_slice gen_pack_end(rk_buf *pack)
{
    gen_add_byte(pack, 0xff);
    uint32_t size = (uint32_t)pack->len;
    memcpy(pack->ptr, &size, sizeof size);
    return rk_buf_slice(pack);
}

rk_slice gen_intset(rk_buf *set, const int64_t *values, size_t count)
{
    uint32_t width = 2, members = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        if (width < 4 && (values[i] < INT16_MIN || values[i] > INT16_MAX))
            width = 4;
        if (width < 8 && (values[i] < INT32_MIN || values[i] > INT32_MAX))
            width = 8;
    }
    set->len = 0;
    gen_add(set, &width, sizeof width);
    gen_add(set, &members, sizeof members);
    for (size_t i = 0; i < count; i++)
        gen_add(set, &values[i], width);
    return rk_buf_slice(set);
}
