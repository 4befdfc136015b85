/* redact: tokens instead of bytes, by keyed BLAKE2b of libsodium. The same bytes have the same token wherever they
 * stand, name of a key or member of a set, in this file or another, as long as the key is the same: so what is shared
 * can still be joined. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rdbkit/export.h"

enum { KEY_LEAST = 16, KEY_MOST = crypto_generichash_KEYBYTES_MAX, FILE_MOST = 1 << 20, TOKEN_BYTES = 16 };

struct rk_redactor {
    bool keys, values, exposed;
    size_t key_len;
    uint8_t key[KEY_MOST];
};

/* Reads all of the file into `into` (cap bytes) and tells how much there is, at most cap. */
static bool read_all(int fd, uint8_t *into, size_t cap, size_t *len, rk_err *err)
{
    *len = 0;
    while (*len < cap) {
        ssize_t got = read(fd, into + *len, cap - *len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot read: %s", strerror(errno));
        if (got == 0)
            return true;
        *len += (size_t)got;
    }
    return true;
}

/* The bytes of the file are the key; more than BLAKE2b takes are hashed to as many as it takes. */
static bool set_key(rk_redactor *r, const uint8_t *bytes, size_t len, rk_err *err)
{
    if (len < KEY_LEAST)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "a key for redaction has %d bytes at least, this has %zu",
                       KEY_LEAST, len);
    if (len > FILE_MOST)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "a key for redaction has %d bytes at most", FILE_MOST);
    r->key_len = len < KEY_MOST ? len : KEY_MOST;
    if (len <= KEY_MOST)
        memcpy(r->key, bytes, len);
    else
        crypto_generichash(r->key, KEY_MOST, bytes, len, NULL, 0);
    return true;
}

static bool read_key(rk_redactor *r, const char *path, rk_err *err)
{
    struct stat info;
    uint8_t *bytes = rk_alloc(FILE_MOST + 1);
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = false;
    if (!bytes)
        rk_no_memory(err);
    else if (fd < 0 || fstat(fd, &info) != 0)
        rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot open: %s", strerror(errno));
    else
        ok = read_all(fd, bytes, FILE_MOST + 1, &len, err) && set_key(r, bytes, len, err);
    if (ok)
        r->exposed = S_ISREG(info.st_mode) && (info.st_mode & (S_IRGRP | S_IROTH));
    if (bytes)
        sodium_memzero(bytes, FILE_MOST + 1);
    if (fd >= 0)
        close(fd);
    rk_free(bytes);
    return ok || rk_err_source(err, path);
}

rk_redactor *rk_redactor_open(const char *key_file, bool keys, bool values, rk_err *err)
{
    if (!key_file) {
        rk_fail(err, RK_USAGE, RK_NO_OFFSET, "redaction needs a file with a key");
        return NULL;
    }
    if (sodium_init() < 0) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "libsodium cannot be initialised");
        return NULL;
    }
    rk_redactor *r = rk_alloc(sizeof *r);
    if (!r) {
        rk_no_memory(err);
        return NULL;
    }
    r->keys = keys;
    r->values = values;
    if (read_key(r, key_file, err))
        return r;
    rk_redactor_close(r);
    return NULL;
}

void rk_redactor_close(rk_redactor *r)
{
    if (r)
        sodium_memzero(r, sizeof *r);
    rk_free(r);
}

bool rk_redactor_is_exposed(const rk_redactor *r)
{
    return r->exposed;
}

/* "r:" and 32 hex digits. */
static rk_slice token(const rk_redactor *r, rk_slice bytes, char room[RK_REDACTED_TEXT])
{
    uint8_t hash[TOKEN_BYTES];
    crypto_generichash(hash, sizeof hash, bytes.ptr, bytes.len, r->key, r->key_len);
    memcpy(room, "r:", 2);
    sodium_bin2hex(room + 2, RK_REDACTED_TEXT - 2, hash, sizeof hash);
    return (rk_slice){ (const uint8_t *)room, 2 + 2 * sizeof hash };
}

rk_slice rk_redact_key(const rk_redactor *r, rk_slice bytes, char room[RK_REDACTED_TEXT])
{
    return r && r->keys ? token(r, bytes, room) : bytes;
}

rk_slice rk_redact_value(const rk_redactor *r, rk_slice bytes, char room[RK_REDACTED_TEXT])
{
    return r && r->values ? token(r, bytes, room) : bytes;
}
