/* write: the parts of a snapshot, as a server writes them (spec: RDB, "Length encoding", "String encoding",
 * "Opcodes"). */
#include "rdbkit/rdb_write.h"

#include "opcode.h"

#include <math.h>
#include <stdio.h>

enum {
    INTEGER_TEXT_MOST = 11, /* bytes of text that servers look at for an integer */
    TEXT_POSITIVE = 254,
    TEXT_NEGATIVE = 255
};

/* `width` bytes of `value`, lowest first. */
static void store_le(uint8_t *at, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static void store_be(uint8_t *at, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> (8 * (width - 1 - i)));
}

bool rk_rdb_write_raw(rk_rdb_writer *out, rk_slice bytes, rk_err *err)
{
    out->crc = rk_crc64(out->crc, bytes);
    return rk_sink_write(out->sink, bytes, err);
}

bool rk_rdb_write_byte(rk_rdb_writer *out, uint8_t byte, rk_err *err)
{
    return rk_rdb_write_raw(out, (rk_slice){ &byte, 1 }, err);
}

bool rk_rdb_write_magic(rk_rdb_writer *out, rk_sink *sink, bool valkey, uint32_t version, rk_err *err)
{
    char magic[32];
    *out = (rk_rdb_writer){ .sink = sink, .version = version };
    if (version == 0 || version > (valkey ? 999 : 9999))
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "no snapshot has the version %" PRIu32, version);
    snprintf(magic, sizeof magic, valkey ? "VALKEY%03" PRIu32 : "REDIS%04" PRIu32, version);
    return rk_rdb_write_raw(out, rk_slice_of(magic), err);
}

bool rk_rdb_write_end(rk_rdb_writer *out, rk_err *err)
{
    uint8_t stored[8];
    if (!rk_rdb_write_byte(out, OP_EOF, err))
        return false;
    store_le(stored, out->crc, 8);
    return out->version < FIRST_CHECKSUM || rk_sink_write(out->sink, (rk_slice){ stored, 8 }, err);
}

bool rk_rdb_write_len(rk_rdb_writer *out, uint64_t len, rk_err *err)
{
    uint8_t form[9];
    size_t width = len < 1 << 6 ? 1 : len < 1 << 14 ? 2 : len <= UINT32_MAX ? 5 : 9;
    if (width == 9 && out->version < FIRST_WIDE)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "RDB %" PRIu32 " cannot write the length %" PRIu64,
                       out->version, len);
    store_be(form + (width > 2), len, (unsigned)(width > 2 ? width - 1 : width));
    if (width == 2)
        form[0] |= 0x40;
    if (width > 2)
        form[0] = width == 5 ? 0x80 : 0x81;
    return rk_rdb_write_raw(out, (rk_slice){ form, width }, err);
}

/* The text as an integer of 1, 2 or 4 bytes, if it is one. */
static bool write_integer(rk_rdb_writer *out, int64_t value, rk_err *err)
{
    uint8_t form[5];
    unsigned number = value >= INT8_MIN && value <= INT8_MAX     ? 0
                      : value >= INT16_MIN && value <= INT16_MAX ? 1
                                                                 : 2;
    form[0] = (uint8_t)(0xc0 | number);
    store_le(form + 1, (uint64_t)value, 1u << number);
    return rk_rdb_write_raw(out, (rk_slice){ form, 1 + (1u << number) }, err);
}

bool rk_rdb_write_str(rk_rdb_writer *out, rk_slice text, rk_err *err)
{
    int64_t value = 0;
    if (text.len <= INTEGER_TEXT_MOST && rk_slice_int(text, &value) && value >= INT32_MIN &&
        value <= INT32_MAX)
        return write_integer(out, value, err);
    return rk_rdb_write_len(out, text.len, err) && rk_rdb_write_raw(out, text, err);
}

bool rk_rdb_write_le64(rk_rdb_writer *out, uint64_t value, rk_err *err)
{
    uint8_t stored[8];
    store_le(stored, value, 8);
    return rk_rdb_write_raw(out, (rk_slice){ stored, 8 }, err);
}

bool rk_rdb_write_double(rk_rdb_writer *out, double value, rk_err *err)
{
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return rk_rdb_write_le64(out, bits, err);
}

bool rk_rdb_write_text_double(rk_rdb_writer *out, double value, rk_err *err)
{
    char text[40];
    if (isinf(value))
        return rk_rdb_write_byte(out, value > 0 ? TEXT_POSITIVE : TEXT_NEGATIVE, err);
    int len = snprintf(text, sizeof text, "%.17g", value);
    return rk_rdb_write_byte(out, (uint8_t)len, err) &&
           rk_rdb_write_raw(out, (rk_slice){ (const uint8_t *)text, (size_t)len }, err);
}

bool rk_rdb_write_aux(rk_rdb_writer *out, rk_slice name, rk_slice value, rk_err *err)
{
    return rk_rdb_write_byte(out, OP_AUX, err) && rk_rdb_write_str(out, name, err) &&
           rk_rdb_write_str(out, value, err);
}

bool rk_rdb_write_db(rk_rdb_writer *out, uint32_t db, rk_err *err)
{
    return rk_rdb_write_byte(out, OP_SELECTDB, err) && rk_rdb_write_len(out, db, err);
}

bool rk_rdb_write_sizes(rk_rdb_writer *out, uint64_t keys, uint64_t expiries, rk_err *err)
{
    return rk_rdb_write_byte(out, OP_RESIZEDB, err) && rk_rdb_write_len(out, keys, err) &&
           rk_rdb_write_len(out, expiries, err);
}

bool rk_rdb_write_expiry(rk_rdb_writer *out, int64_t expire_ms, rk_err *err)
{
    uint8_t stored[4];
    if (expire_ms == RK_NO_EXPIRY)
        return true;
    if (out->version >= FIRST_MS)
        return rk_rdb_write_byte(out, OP_EXPIRETIME_MS, err) &&
               rk_rdb_write_le64(out, (uint64_t)expire_ms, err);
    if (expire_ms / 1000 > INT32_MAX || expire_ms / 1000 < INT32_MIN)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "RDB %" PRIu32 " cannot write the expiry %" PRId64 " ms",
                       out->version, expire_ms);
    store_le(stored, (uint64_t)(expire_ms / 1000), 4);
    return rk_rdb_write_byte(out, OP_EXPIRETIME, err) && rk_rdb_write_raw(out, (rk_slice){ stored, 4 }, err);
}

bool rk_rdb_write_function(rk_rdb_writer *out, rk_slice source, rk_err *err)
{
    return rk_rdb_write_byte(out, OP_FUNCTION2, err) && rk_rdb_write_str(out, source, err);
}

bool rk_rdb_write_meta(rk_rdb_writer *out, rk_slice meta, rk_err *err)
{
    return meta.len == 0 || (rk_rdb_write_byte(out, OP_KEY_META, err) && rk_rdb_write_raw(out, meta, err));
}

bool rk_rdb_write_key(rk_rdb_writer *out, uint8_t type_byte, rk_slice name, rk_err *err)
{
    return rk_rdb_write_byte(out, type_byte, err) && rk_rdb_write_str(out, name, err);
}
