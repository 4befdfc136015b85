/* Redaction: what a token is, and what makes it the same. */
#include <sys/stat.h>
#include <unistd.h>

#include "rdbkit/export.h"
#include "unit.h"

/* A file of its own for each key; the caller unlinks it. */
static const char *key_file(rk_slice bytes, mode_t mode)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/rdbkit-redact-XXXXXX");
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len || fchmod(fd, mode) != 0)
        abort();
    close(fd);
    return path;
}

static rk_redactor *open_with(rk_slice bytes, mode_t mode, rk_err *err)
{
    const char *path = key_file(bytes, mode);
    rk_redactor *r = rk_redactor_open(path, true, true, err);
    unlink(path);
    return r;
}

#define KEY_16 BYTES("0123456789abcdef")

static bool same_token(const rk_redactor *a, const rk_redactor *b, rk_slice bytes)
{
    char room[2][RK_REDACTED_TEXT];
    return rk_slice_is(rk_redact_key(a, bytes, room[0]), rk_redact_value(b, bytes, room[1]));
}

static void tokens(void)
{
    rk_err err = { 0 };
    char room[RK_REDACTED_TEXT], other[RK_REDACTED_TEXT];
    rk_redactor *a = open_with(KEY_16, 0600, &err), *again = open_with(KEY_16, 0600, &err);
    rk_redactor *b = open_with(BYTES("0123456789abcdeg"), 0600, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(a && again && b ? a : NULL);
    rk_slice token = rk_redact_key(a, BYTES("user:1"), room);
    CU_ASSERT_EQUAL(token.len, 34);
    CU_ASSERT(rk_slice_starts(token, RK_TEXT("r:")));
    CU_ASSERT(same_token(a, again, BYTES("user:1")));
    CU_ASSERT(same_token(a, again, BYTES("")));
    CU_ASSERT(same_token(a, again, BYTES("a\0b")));
    CU_ASSERT_FALSE(same_token(a, b, BYTES("user:1")));
    CU_ASSERT_FALSE(rk_slice_is(token, rk_redact_key(a, BYTES("user:2"), other)));
    rk_redactor_close(a);
    rk_redactor_close(again);
    rk_redactor_close(b);
}

/* Key and messages of the published vectors of BLAKE2b (00 01 02 ...), with 16 bytes of output: that is another
 * function than the first 16 of 64. Computed by another implementation, Python's hashlib. */
static void vectors(void)
{
    static const struct {
        size_t len; /* of the message 00 01 02 ... */
        const char *token;
    } rows[] = {
        { 0, "r:2ae6b02df83c8d5a85eb7ab86fe3a11f" },
        { 1, "r:c06a03cf64b4bf5b16081e8fb36d3762" },
        { 255, "r:5a867fe7ef93d24a0509b446ce554530" },
    };
    uint8_t key[64], message[255];
    rk_err err = { 0 };
    for (size_t i = 0; i < 255; i++)
        message[i] = (uint8_t)i;
    memcpy(key, message, sizeof key);
    rk_redactor *r = open_with((rk_slice){ key, sizeof key }, 0600, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char room[RK_REDACTED_TEXT];
        rk_slice token = rk_redact_value(r, (rk_slice){ message, rows[i].len }, room);
        CU_ASSERT(rk_slice_is(token, rk_slice_of(rows[i].token)));
    }
    rk_redactor_close(r);
}

static void what_is_not_asked_for_stays(void)
{
    rk_err err = { 0 };
    char room[RK_REDACTED_TEXT];
    const char *path = key_file(KEY_16, 0600);
    rk_redactor *keys = rk_redactor_open(path, true, false, &err);
    rk_slice bytes = BYTES("secret");
    CU_ASSERT_PTR_NOT_EQUAL(rk_redact_key(keys, bytes, room).ptr, bytes.ptr);
    CU_ASSERT_PTR_EQUAL(rk_redact_value(keys, bytes, room).ptr, bytes.ptr);
    CU_ASSERT_PTR_EQUAL(rk_redact_value(NULL, bytes, room).ptr, bytes.ptr);
    rk_redactor_close(keys);
    unlink(path);
}

static void keys_of_all_sizes(void)
{
    uint8_t long_key[100];
    rk_err err = { 0 };
    memset(long_key, 'k', sizeof long_key);
    CU_ASSERT_PTR_NULL(open_with(BYTES("0123456789abcde"), 0600, &err));
    CU_ASSERT_STRING_EQUAL(err.what, "a key for redaction has 16 bytes at least, this has 15");
    err = (rk_err){ 0 };
    rk_redactor *a = open_with((rk_slice){ long_key, 64 }, 0600, &err);
    rk_redactor *b = open_with((rk_slice){ long_key, 65 }, 0600, &err);
    rk_redactor *c = open_with((rk_slice){ long_key, 66 }, 0644, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(a && b && c ? a : NULL);
    CU_ASSERT_FALSE(same_token(a, b, BYTES("x")));
    CU_ASSERT_FALSE(same_token(b, c, BYTES("x")));
    CU_ASSERT_FALSE(rk_redactor_is_exposed(a));
    CU_ASSERT(rk_redactor_is_exposed(c));
    rk_redactor_close(a);
    rk_redactor_close(b);
    rk_redactor_close(c);
}

static void no_key(void)
{
    rk_err err = { 0 };
    CU_ASSERT_PTR_NULL(rk_redactor_open(NULL, true, true, &err));
    CU_ASSERT_EQUAL(err.code, RK_USAGE);
    err = (rk_err){ 0 };
    CU_ASSERT_PTR_NULL(rk_redactor_open("/nowhere/key", true, true, &err));
    CU_ASSERT_STRING_EQUAL(err.what, "cannot open: No such file or directory");
    CU_ASSERT_STRING_EQUAL(err.source, "/nowhere/key");
    err = (rk_err){ 0 };
    CU_ASSERT_PTR_NULL(rk_redactor_open("/", true, true, &err));
    CU_ASSERT_EQUAL(err.code, RK_IO);
}

UNIT_MAIN("redact", { "tokens", tokens }, { "the vectors of another implementation", vectors },
          { "what is not asked for stays", what_is_not_asked_for_stays },
          { "keys of all sizes", keys_of_all_sizes }, { "no key", no_key })
