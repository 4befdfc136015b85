/* key_meta: the metadata of a key (spec: RDB, "Key metadata"), from the raw record that the reader keeps. The reader has
 * walked it before: what is read here again fits. */
#include <stdlib.h>

#include "run.h"

enum { CLASSES_MOST = 7, NAME_LEN = 4 };

/* A class, and where its values begin in the record. */
typedef struct {
    char name[NAME_LEN + 1];
    uint32_t spec;
    rk_cursor values;
} meta_class;

/* The length encoding of the record stream. *encoded: it is the number of a string encoding. */
static uint64_t take_len(rk_cursor *c, bool *encoded)
{
    uint8_t first = rk_cursor_u8(c, "length");
    *encoded = first >> 6 == 3;
    if (first >> 6 == 1)
        return (uint64_t)(first & 63) << 8 | rk_cursor_u8(c, "length");
    if (first >> 6 != 2)
        return first & 63;
    return first == 0x81 ? rk_cursor_u64be(c, "length") : __builtin_bswap32(rk_cursor_u32le(c, "length"));
}

/* A number of so many bytes as text. */
static rk_slice integer_text(rk_cursor *c, uint64_t encoding, rk_buf *room, rk_err *err)
{
    int32_t value = encoding == 0   ? (int8_t)rk_cursor_u8(c, "integer")
                    : encoding == 1 ? (int16_t)rk_cursor_u16le(c, "integer")
                                    : (int32_t)rk_cursor_u32le(c, "integer");
    room->len = 0;
    rk_buf_printf(room, err, "%" PRId32, value);
    return rk_buf_slice(room);
}

/* A string; what has to be decoded lies in `room`. */
static rk_slice take_string(rk_cursor *c, rk_buf *room, rk_err *err)
{
    bool encoded;
    uint64_t len = take_len(c, &encoded), packed;
    if (!encoded)
        return rk_cursor_take(c, len, "string");
    if (len <= 2)
        return integer_text(c, len, room, err);
    packed = take_len(c, &encoded);
    len = take_len(c, &encoded);
    rk_slice lzf = rk_cursor_take(c, packed, "compressed string");
    room->len = 0;
    if (!rk_cursor_ok(c))
        return RK_EMPTY;
    if (len > rk_lzf_most(lzf.len)) {
        rk_fail(err, RK_DAMAGED, c->offset, "%zu bytes of LZF cannot yield %" PRIu64 " bytes", lzf.len, len);
        return RK_EMPTY;
    }
    if (!rk_buf_reserve(room, (size_t)len, err) ||
        !rk_lzf_decode(lzf, room->ptr, (size_t)len, c->offset, err))
        return RK_EMPTY;
    room->len = (size_t)len;
    return rk_buf_slice(room);
}

/* One value of a class; false behind the last, and on failure. */
static bool next_value(rk_cursor *c, uint64_t *opcode, uint64_t *bits, rk_slice *text, rk_buf *room,
                       rk_err *err)
{
    bool encoded;
    *opcode = take_len(c, &encoded);
    *text = RK_EMPTY;
    switch (*opcode) {
    case RK_OPCODE_SIGNED:
    case RK_OPCODE_UNSIGNED:
        *bits = take_len(c, &encoded);
        break;
    case RK_OPCODE_FLOAT:
        *bits = rk_cursor_u32le(c, "float");
        break;
    case RK_OPCODE_DOUBLE:
        *bits = rk_cursor_u64le(c, "double");
        break;
    case RK_OPCODE_STRING:
        *text = take_string(c, room, err);
        break;
    default:
        return false;
    }
    return rk_cursor_ok(c);
}

/* Reads the head of a class and passes over its values. */
static bool read_class(rk_cursor *c, meta_class *class, rk_buf *room, rk_err *err)
{
    /* not the alphabet of module types: the last two are the other way round */
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    uint64_t opcode, bits = 0;
    rk_slice text;
    *class = (meta_class){ .spec = rk_cursor_u32le(c, "metadata class") };
    for (int i = 0; i < NAME_LEN; i++)
        class->name[i] = alphabet[class->spec >> (26 - 6 * i) & 63];
    class->values = *c;
    while (next_value(c, &opcode, &bits, &text, room, err))
        ;
    return rk_cursor_ok(c);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const meta_class *)a)->name, ((const meta_class *)b)->name);
}

static void write_class(rk_export *run, meta_class *class, rk_buf *room, rk_err *err)
{
    export_out *out = &run->out;
    uint64_t opcode, bits = 0;
    rk_slice text;
    const char *before = "";
    export_out_text(out, "[\"");
    export_out_text(out, class->name);
    export_out_text(out, "\",");
    export_out_u64(out, class->spec >> 3 & 31);
    export_out_byte(out, ',');
    export_out_u64(out, class->spec & 7);
    export_out_text(out, ",[");
    for (; next_value(&class->values, &opcode, &bits, &text, room, err); before = ",") {
        export_out_text(out, before);
        export_json_opaque(out, opcode, bits, rk_redact_value(run->options->redactor, text, run->room[0]));
    }
    export_out_text(out, "]]");
}

bool export_json_key_meta(rk_export *run, const rk_key *key, rk_err *err)
{
    meta_class classes[CLASSES_MOST];
    size_t count = 0;
    bool encoded;
    rk_buf room = { 0 };
    rk_cursor c = { key->meta, key->begin, err, true };
    uint64_t announced = take_len(&c, &encoded);
    while (count < announced && count < CLASSES_MOST && read_class(&c, &classes[count], &room, err))
        count++;
    if (rk_cursor_ok(&c)) {
        qsort(classes, count, sizeof classes[0], by_name);
        export_out_byte(&run->out, '[');
        for (size_t i = 0; i < count; i++) {
            if (i)
                export_out_byte(&run->out, ',');
            write_class(run, &classes[i], &room, err);
        }
        export_out_byte(&run->out, ']');
    }
    rk_buf_free(&room);
    return err->code == RK_OK;
}
