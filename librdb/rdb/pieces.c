/* pieces: reading a value from its middle: nodes, members, fields or items of a key whose beginning is lost. */
#include "reader.h"

bool rk_rdb_seek_pieces(rk_rdb *rdb, uint8_t type_byte, uint64_t offset, uint64_t left, rk_err *err)
{
    const rdb_value_type *type = rdb_value_type_of(rdb, type_byte);
    if (!type || !rk_rdb_has_pieces(rdb, type_byte))
        return rk_fail(err, RK_USAGE, offset, "a value of type %u has no pieces", (unsigned)type_byte);
    if (!rk_rdb_seek_record(rdb, offset, rdb->db, err))
        return false;
    rdb->type = type;
    rdb->type_byte = type_byte;
    rdb->opened = rdb->by_unit = rdb->value_end = false;
    rdb->in_pieces = true;
    rdb->plain = (rdb_plain){ .left = left, .minimum = 1 };
    rdb->stream = (rdb_stream){ .phase = STREAM_NODE, .nodes = left };
    return true;
}

bool rk_rdb_has_pieces(const rk_rdb *rdb, uint8_t type_byte)
{
    static const bool everywhere[] = {
        [1] = true,  [2] = true,  [3] = true,  [4] = true,  [5] = true, [14] = true,
        [15] = true, [18] = true, [19] = true, [21] = true, [22] = true
    };
    if (type_byte < sizeof everywhere)
        return everywhere[type_byte];
    return !rdb->header.valkey && !rdb->dragonfly && (type_byte == 24 || type_byte == 26 || type_byte == 27);
}

bool rk_rdb_seek_tail(rk_rdb *rdb, uint8_t type_byte, uint64_t offset, rk_err *err)
{
    const rdb_value_type *type = rdb_value_type_of(rdb, type_byte);
    if (!type || type->type != RK_STREAM)
        return rk_fail(err, RK_USAGE, offset, "a value of type %u is no stream", (unsigned)type_byte);
    if (!rk_rdb_seek_pieces(rdb, type_byte, offset, 0, err))
        return false;
    rdb->stream.phase = STREAM_META;
    return true;
}
