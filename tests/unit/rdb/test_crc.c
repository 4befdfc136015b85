/* crc: Redis's CRC-64. */
#include "packed_rows.h"

static void vectors(void)
{
    const struct {
        rk_slice bytes;
        uint64_t crc;
    } rows[] = {
        { RK_EMPTY, 0 },
        { BYTES("123456789"), UINT64_C(0xe9c6d914c4b8d9ca) },
        { BYTES("foo"), UINT64_C(0xaf39838d6b1c944e) },
        /* spec: RDB, minimal file of version 6 and a DUMP payload */
        { BYTES("REDIS0006\xfe\0\0\1k\1v\xff"), UINT64_C(0x221818985576a9ad) },
        { BYTES("\0\1v\x0b\0"), UINT64_C(0x4763a7e4c173d7f8) },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        row_number("crc", rk_crc64(0, rows[i].bytes), rows[i].crc);
}

/* The definition, bit by bit. */
static uint64_t slow_crc(rk_slice bytes)
{
    uint64_t crc = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= bytes.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT64_C(0x95ac9329ac4bc9b5) : 0);
    }
    return crc;
}

/* Long enough for the folding code, at every alignment. */
static void lengths(void)
{
    uint8_t bytes[700];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 ^ i >> 3);
    for (size_t len = 0; len + 16 <= sizeof bytes; len++) {
        rk_slice part = { bytes + len % 16, len };
        CU_ASSERT_EQUAL(rk_crc64(0, part), slow_crc(part));
    }
}

static void splits(void)
{
    uint8_t bytes[600];
    rk_slice all = { bytes, sizeof bytes };
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 91);
    uint64_t whole = rk_crc64(0, all);
    for (size_t at = 0; at <= all.len; at++)
        CU_ASSERT_EQUAL(rk_crc64(rk_crc64(0, rk_slice_head(all, at)), rk_slice_from(all, at)), whole);
    rk_slice digits = BYTES("123456789");
    for (size_t at = 0; at <= digits.len; at++)
        CU_ASSERT_EQUAL(rk_crc64(rk_crc64(0, rk_slice_head(digits, at)), rk_slice_from(digits, at)),
                        UINT64_C(0xe9c6d914c4b8d9ca));
}

UNIT_MAIN("crc", { "matches the known values", vectors },
          { "matches the definition at every length", lengths },
          { "can be continued from every point", splits })
