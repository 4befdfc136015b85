/* bit: what bit.c, bitfield.c and bitop.c share. */
#ifndef RDBKIT_KEYSPACE_BIT_H
#define RDBKIT_KEYSPACE_BIT_H

#include "string.h"

/* The offset of a bit as a text gives it, below 8 * KS_STRING_MOST; `#n` stands for the n-th number of `width` bits
 * (0: there is no such form). False: it is none, and ks_fails has been called. */
bool ks_bit_offset(ks_call *c, size_t arg, unsigned width, uint64_t *offset);

ks_handler ks_bitfield, ks_bitop;

#endif
