/* fuzz_hll: a register of a HyperLogLog is raised: two bytes say which, one to what, the rest is the string. What must
 * hold of a string whose registers can be read:
 * - that register has at least the value then, and no other one has changed;
 * - it counts as changed only if it was lower, and the count in the header no longer holds then;
 * - made dense, it has the same registers.
 * One that cannot be read gives an answer, and stays within its bytes. */
#include <stdlib.h>

#include "../../librdb/keyspace/hll.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void same_registers(rk_slice hll, const uint8_t *expected)
{
    static uint8_t got[KS_HLL_REGISTERS];
    memset(got, 0, sizeof got);
    must(ks_hll_is(hll) && ks_hll_merge(hll, got));
    must(memcmp(got, expected, sizeof got) == 0);
}

static void raise_and_look(rk_buf *hll, unsigned place, uint8_t value)
{
    static uint8_t registers[KS_HLL_REGISTERS];
    rk_err err = { 0 };
    memset(registers, 0, sizeof registers);
    bool sound = ks_hll_merge(rk_buf_slice(hll), registers);
    ks_hll_outcome outcome = ks_hll_raise(hll, place, value, &err);
    must(outcome != KS_HLL_TROUBLE);
    if (!sound)
        return;
    must(outcome == (registers[place] < value ? KS_HLL_CHANGED : KS_HLL_SAME));
    must(outcome == KS_HLL_SAME || !ks_hll_has_count(rk_buf_slice(hll)));
    registers[place] = value > registers[place] ? value : registers[place];
    same_registers(rk_buf_slice(hll), registers);
    ks_hll_estimate(registers);
    must(ks_hll_make_dense(hll, &err) != KS_HLL_BROKEN);
    must(ks_hll_is_dense(rk_buf_slice(hll)));
    same_registers(rk_buf_slice(hll), registers);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_buf hll = { 0 };
    rk_err err = { 0 };
    if (size < 3)
        return 0;
    unsigned place = (bytes[0] | (unsigned)bytes[1] << 8) % KS_HLL_REGISTERS;
    must(rk_buf_add(&hll, (rk_slice){ bytes + 3, size - 3 }, &err));
    if (ks_hll_is(rk_buf_slice(&hll)))
        raise_and_look(&hll, place, (uint8_t)(1 + bytes[2] % 51));
    rk_buf_free(&hll);
    return 0;
}
