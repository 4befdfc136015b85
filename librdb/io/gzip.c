/* gzip: content of a gzip file of one or more members, by zlib. */
#include "source.h"

#include <zlib.h>

enum { GZIP_INPUT = 64 * 1024 };

typedef struct {
    z_stream stream;
    bool in_member, ended;
    uint8_t input[GZIP_INPUT];
} gzip_state;

static void *gzip_open(rk_err *err)
{
    gzip_state *z = rk_alloc(sizeof *z);
    if (!z || inflateInit2(&z->stream, 15 + 16) != Z_OK) {
        rk_free(z);
        rk_no_memory(err);
        return NULL;
    }
    z->in_member = true;
    return z;
}

/* Gets more of the file; at its end, `ended`. */
static bool gzip_refill(gzip_state *z, rk_source *source, rk_err *err)
{
    size_t got = 0;
    if (z->stream.avail_in > 0 || z->ended)
        return true;
    if (!rk_source_raw(source, z->input, sizeof z->input, &got, err))
        return false;
    z->stream.next_in = z->input;
    z->stream.avail_in = (uInt)got;
    z->ended = got == 0;
    return true;
}

static bool gzip_read(void *state, rk_source *source, void *into, size_t cap, size_t *got, rk_err *err)
{
    gzip_state *z = state;
    size_t wanted = cap < 1u << 30 ? cap : 1u << 30;
    z->stream.next_out = into;
    z->stream.avail_out = (uInt)wanted;
    while (z->stream.avail_out == wanted) {
        if (!gzip_refill(z, source, err))
            return false;
        if (z->ended && !z->in_member)
            break;
        if (z->ended)
            return rk_fail(err, RK_TRUNCATED, source->file_read, "the gzip stream ends before its end");
        if (!z->in_member) {
            if (z->stream.next_in[0] != 0x1f) { /* padding or junk behind the last member */
                z->stream.avail_in = 0;
                z->ended = true;
                break;
            }
            inflateReset(&z->stream);
            z->in_member = true;
        }
        int status = inflate(&z->stream, Z_NO_FLUSH);
        if (status == Z_STREAM_END)
            z->in_member = false;
        else if (status != Z_OK && status != Z_BUF_ERROR)
            return rk_fail(err, RK_DAMAGED, source->file_read - z->stream.avail_in, "gzip: %s",
                           z->stream.msg ? z->stream.msg : "the data is damaged");
    }
    *got = wanted - z->stream.avail_out;
    return true;
}

static void gzip_close(void *state)
{
    gzip_state *z = state;
    inflateEnd(&z->stream);
    rk_free(z);
}

const rk_packing rk_packing_gzip = { "gzip", 2, { 0x1f, 0x8b }, gzip_open, gzip_read, gzip_close };
