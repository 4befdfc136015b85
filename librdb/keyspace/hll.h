/* hll: HyperLogLog strings: a header of 16 bytes ("HYLL", encoding, 3 unused bytes, the count that was computed last in 8
 * bytes, low first, its highest bit set when it no longer holds) and 16384 registers, dense (6 bits each) or sparse (runs).
 * What is written equals, byte by byte, what a server writes that has the default hll-sparse-max-bytes, from 5.0 on: older
 * ones make the target of PFMERGE dense, and estimate the count by other formulas. */
#ifndef RDBKIT_KEYSPACE_HLL_H
#define RDBKIT_KEYSPACE_HLL_H

#include "string.h"

enum { KS_HLL_REGISTERS = RK_HLL_REGISTERS };

/* Starts an empty, sparse one. */
bool ks_hll_start(rk_buf *hll, rk_err *err);

/* Is this one, as far as header and length tell? */
bool ks_hll_is(rk_slice bytes);
bool ks_hll_is_dense(rk_slice bytes);

/* The register of an element, and the value that it gives to it at least. */
unsigned ks_hll_place(rk_slice element, uint8_t *value);

typedef enum { KS_HLL_SAME, KS_HLL_CHANGED, KS_HLL_BROKEN, KS_HLL_TROUBLE } ks_hll_outcome;

/* Raises a register to at least `value`; a sparse one becomes dense when it would be too large. BROKEN: its runs do not
 * cover the registers. TROUBLE: no memory. */
ks_hll_outcome ks_hll_raise(rk_buf *hll, unsigned place, uint8_t value, rk_err *err);
ks_hll_outcome ks_hll_make_dense(rk_buf *hll, rk_err *err);

/* Raises each of the registers in `most` to that of the string. False: its runs do not cover the registers. */
bool ks_hll_merge(rk_slice hll, uint8_t most[KS_HLL_REGISTERS]);

/* The count from the registers (Ertl, "New cardinality estimation algorithms for HyperLogLog sketches"). */
uint64_t ks_hll_estimate(const uint8_t registers[KS_HLL_REGISTERS]);

/* The count in the header no longer holds; is the one that does. */
void ks_hll_spoil_count(rk_buf *hll);
bool ks_hll_has_count(rk_slice hll);
void ks_hll_set_count(rk_buf *hll, uint64_t count);

#endif
