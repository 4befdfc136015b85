/* zstandard: content of a zstd file of one or more frames, by libzstd. */
#include "source.h"

#include <zstd.h>

enum { ZSTD_INPUT = 128 * 1024 };

typedef struct {
    ZSTD_DStream *stream;
    ZSTD_inBuffer in;
    size_t pending; /* not 0: in the middle of a frame */
    bool ended;
    uint8_t input[ZSTD_INPUT];
} zstd_state;

static void zstd_close(void *state)
{
    zstd_state *z = state;
    ZSTD_freeDStream(z->stream);
    rk_free(z);
}

static void *zstd_open(rk_err *err)
{
    zstd_state *z = rk_alloc(sizeof *z);
    if (!z || !(z->stream = ZSTD_createDStream())) {
        rk_free(z);
        rk_no_memory(err);
        return NULL;
    }
    z->in.src = z->input;
    return z;
}

static bool zstd_read(void *state, rk_source *source, void *into, size_t cap, size_t *got, rk_err *err)
{
    zstd_state *z = state;
    ZSTD_outBuffer out = { into, cap, 0 };
    while (out.pos == 0) {
        if (z->in.pos == z->in.size && !z->ended) {
            size_t n = 0;
            if (!rk_source_raw(source, z->input, sizeof z->input, &n, err))
                return false;
            z->in.size = n;
            z->in.pos = 0;
            z->ended = n == 0;
        }
        if (z->ended && z->pending == 0)
            break;
        size_t consumed = z->in.pos;
        size_t status = ZSTD_decompressStream(z->stream, &out, &z->in);
        if (ZSTD_isError(status))
            return rk_fail(err, RK_DAMAGED, source->file_read, "zstd: %s", ZSTD_getErrorName(status));
        z->pending = status;
        if (z->ended && out.pos == 0 && z->in.pos == consumed)
            return rk_fail(err, RK_TRUNCATED, source->file_read, "the zstd stream ends before its end");
    }
    *got = out.pos;
    return true;
}

const rk_packing rk_packing_zstd = {
    "zstd", 4, { 0x28, 0xb5, 0x2f, 0xfd }, zstd_open, zstd_read, zstd_close
};
