/* rdb_out: see rdb_out.h. */
#include "rdb_out.h"

#include <errno.h>
#include <fcntl.h>
#include <isa-l/crc64.h>
#include <liblzf/lzf.h>
#include <stdio.h>
#include <unistd.h>

#include "text.h"

enum { OP_AUX = 0xfa, OP_RESIZEDB = 0xfb, OP_EXPIRETIME_MS = 0xfc, OP_SELECTDB = 0xfe, OP_EOF = 0xff };

enum { FLUSH_AT = 1 << 20, LZF_LONGER_THAN = 20, LZF_SAVES = 4, INTEGER_TEXT_MAX = 11 };

struct gen_rdb {
    int fd, version;
    uint64_t crc, size; /* ISA-L inverts the sum on the way in and out */
    rk_buf pending, compressed;
    char path[];
};

static void flush(gen_rdb *rdb)
{
    rdb->crc = crc64_jones_refl(rdb->crc, rdb->pending.ptr, rdb->pending.len);
    for (size_t done = 0; done < rdb->pending.len;) {
        ssize_t wrote = write(rdb->fd, rdb->pending.ptr + done, rdb->pending.len - done);
        if (wrote < 0 && errno != EINTR)
            gen_die("cannot write %s: %s", rdb->path, strerror(errno));
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    rdb->size += rdb->pending.len;
    rdb->pending.len = 0;
}

static void put(gen_rdb *rdb, const void *bytes, size_t len)
{
    gen_add(&rdb->pending, bytes, len);
    if (rdb->pending.len >= FLUSH_AT)
        flush(rdb);
}

static void put_byte(gen_rdb *rdb, uint8_t byte)
{
    put(rdb, &byte, 1);
}

/* Integers and doubles are written as they lie in memory: this program is for little-endian machines. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "snapshots are little endian");

gen_rdb *gen_rdb_open(const char *path, int version)
{
    char magic[10];
    gen_rdb *rdb = rk_alloc(sizeof *rdb + strlen(path) + 1);
    if (!rdb)
        gen_die("out of memory");
    memcpy(rdb->path, path, strlen(path) + 1);
    rdb->version = version;
    rdb->crc = UINT64_MAX;
    rdb->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (rdb->fd < 0)
        gen_die("cannot create %s: %s", path, strerror(errno));
    gen_reserve(&rdb->pending, FLUSH_AT * 2);
    snprintf(magic, sizeof magic, "REDIS%04d", version);
    put(rdb, magic, 9);
    return rdb;
}

uint64_t gen_rdb_close(gen_rdb *rdb)
{
    put_byte(rdb, OP_EOF);
    flush(rdb);
    uint64_t crc = ~rdb->crc;
    put(rdb, &crc, sizeof crc);
    flush(rdb);
    if (close(rdb->fd) != 0)
        gen_die("cannot write %s: %s", rdb->path, strerror(errno));
    uint64_t size = rdb->size;
    rk_buf_free(&rdb->pending);
    rk_buf_free(&rdb->compressed);
    rk_free(rdb);
    return size;
}

int gen_rdb_version(const gen_rdb *rdb)
{
    return rdb->version;
}

void gen_rdb_len(gen_rdb *rdb, uint64_t len)
{
    uint8_t bytes[9];
    if (len < 1 << 6) {
        put_byte(rdb, (uint8_t)len);
    } else if (len < 1 << 14) {
        bytes[0] = (uint8_t)(0x40 | len >> 8);
        bytes[1] = (uint8_t)len;
        put(rdb, bytes, 2);
    } else {
        unsigned wide = len > UINT32_MAX ? 8 : 4;
        bytes[0] = wide == 8 ? 0x81 : 0x80;
        for (unsigned i = 0; i < wide; i++)
            bytes[1 + i] = (uint8_t)(len >> 8 * (wide - 1 - i));
        put(rdb, bytes, 1 + wide);
    }
}

static bool put_integer(gen_rdb *rdb, rk_slice text)
{
    int64_t value;
    if (text.len > INTEGER_TEXT_MAX || !rk_slice_int(text, &value) || value < INT32_MIN || value > INT32_MAX)
        return false;
    unsigned form = value >= INT8_MIN && value <= INT8_MAX     ? 0
                    : value >= INT16_MIN && value <= INT16_MAX ? 1
                                                               : 2;
    put_byte(rdb, (uint8_t)(0xc0 | form));
    put(rdb, &value, (size_t)1 << form);
    return true;
}

static bool put_compressed(gen_rdb *rdb, rk_slice text)
{
    if (text.len <= LZF_LONGER_THAN)
        return false;
    rdb->compressed.len = 0;
    gen_reserve(&rdb->compressed, text.len);
    unsigned room = (unsigned)(text.len - LZF_SAVES);
    unsigned len = lzf_compress(text.ptr, (unsigned)text.len, rdb->compressed.ptr, room);
    if (!len)
        return false;
    put_byte(rdb, 0xc3);
    gen_rdb_len(rdb, len);
    gen_rdb_len(rdb, text.len);
    put(rdb, rdb->compressed.ptr, len);
    return true;
}

void gen_rdb_string(gen_rdb *rdb, rk_slice text)
{
    if (put_integer(rdb, text) || put_compressed(rdb, text))
        return;
    gen_rdb_len(rdb, text.len);
    put(rdb, text.ptr, text.len);
}

void gen_rdb_double(gen_rdb *rdb, double value)
{
    put(rdb, &value, sizeof value);
}

void gen_rdb_aux(gen_rdb *rdb, const char *name, rk_slice value)
{
    put_byte(rdb, OP_AUX);
    gen_rdb_string(rdb, rk_slice_of(name));
    gen_rdb_string(rdb, value);
}

void gen_rdb_aux_int(gen_rdb *rdb, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    gen_rdb_aux(rdb, name, rk_slice_of(text));
}

void gen_rdb_db(gen_rdb *rdb, uint64_t db, uint64_t keys, uint64_t keys_with_expiry)
{
    put_byte(rdb, OP_SELECTDB);
    gen_rdb_len(rdb, db);
    put_byte(rdb, OP_RESIZEDB);
    gen_rdb_len(rdb, keys);
    gen_rdb_len(rdb, keys_with_expiry);
}

void gen_rdb_key(gen_rdb *rdb, rk_slice key, uint8_t type, int64_t expire_ms)
{
    if (expire_ms) {
        put_byte(rdb, OP_EXPIRETIME_MS);
        put(rdb, &expire_ms, sizeof expire_ms);
    }
    put_byte(rdb, type);
    gen_rdb_string(rdb, key);
}
