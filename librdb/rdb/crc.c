/* crc: the checksum behind a snapshot (spec: RDB, "CRC64"): CRC-64 "Jones", reflected, begun at 0, not
 * inverted. ISA-L has the same polynomial but inverts at both ends, which is undone here. */
#include "rdbkit/rdb.h"

#include <isa-l/crc64.h>

uint64_t rk_crc64(uint64_t crc, rk_slice bytes)
{
    return ~crc64_jones_refl(~crc, bytes.ptr, bytes.len);
}
