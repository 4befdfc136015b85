/* digest: XXH3 over bytes at once or piece by piece. */
#include "rdbkit/base.h"

#include <xxhash.h>

rk_digest rk_digest_of(rk_slice bytes)
{
    XXH128_hash_t h = XXH3_128bits(bytes.ptr, bytes.len);
    return (rk_digest){ h.low64, h.high64 };
}

rk_digest rk_digest_seeded(rk_slice bytes, uint64_t seed)
{
    /* not by the seed of XXH3: of 4 to 8 bytes, the first and the last one can make up for another small seed */
    XXH128_hash_t h = XXH3_128bits(bytes.ptr, bytes.len);
    return (rk_digest){ h.low64 ^ seed * UINT64_C(0x9e3779b97f4a7c15),
                        h.high64 ^ seed * UINT64_C(0xc2b2ae3d27d4eb4f) };
}

uint64_t rk_hash64(rk_slice bytes)
{
    return XXH3_64bits(bytes.ptr, bytes.len);
}

struct rk_hasher {
    XXH3_state_t *state;
};

rk_hasher *rk_hasher_new(rk_err *err)
{
    rk_hasher *hasher = rk_alloc(sizeof *hasher);
    if (hasher)
        hasher->state = XXH3_createState();
    if (!hasher || !hasher->state) {
        rk_free(hasher);
        rk_no_memory(err);
        return NULL;
    }
    return hasher;
}

void rk_hasher_start(rk_hasher *hasher)
{
    XXH3_128bits_reset(hasher->state);
}

void rk_hasher_add(rk_hasher *hasher, rk_slice bytes)
{
    XXH3_128bits_update(hasher->state, bytes.ptr, bytes.len);
}

rk_digest rk_hasher_end(const rk_hasher *hasher)
{
    XXH128_hash_t h = XXH3_128bits_digest(hasher->state);
    return (rk_digest){ h.low64, h.high64 };
}

void rk_hasher_free(rk_hasher *hasher)
{
    if (!hasher)
        return;
    XXH3_freeState(hasher->state);
    rk_free(hasher);
}
