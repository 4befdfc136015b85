/* slot: the hash slot of a key in a cluster: CRC-16/XMODEM, modulo 16384, of what stands between the first `{` and the
 * next `}`, or of the whole key where there is no such pair or nothing in it. */
#include "rdbkit/base.h"

enum { SLOTS = 16384, POLYNOMIAL = 0x1021 };

static uint16_t crc16(rk_slice bytes)
{
    uint16_t crc = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (uint16_t)(bytes.ptr[i] << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ POLYNOMIAL : crc << 1);
    }
    return crc;
}

uint16_t rk_key_slot(rk_slice key)
{
    size_t open = rk_slice_find(key, RK_TEXT("{"), 0);
    size_t close = open == SIZE_MAX ? SIZE_MAX : rk_slice_find(key, RK_TEXT("}"), open + 1);
    if (close != SIZE_MAX && close > open + 1)
        key = (rk_slice){ key.ptr + open + 1, close - open - 1 };
    return crc16(key) % SLOTS;
}
