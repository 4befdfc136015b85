/* test_write: what the writer writes is what a server would have written, and what the reader reads. */
#include <unistd.h>

#include "../unit.h"
#include "rdbkit/rdb_write.h"

static char path[64];

/* The bytes that `write` makes; they live until the next call. */
static rk_slice written(bool (*write)(rk_rdb_writer *out, rk_err *err), bool valkey, uint32_t version)
{
    static uint8_t bytes[4096];
    rk_err err = { 0 };
    rk_rdb_writer out;
    snprintf(path, sizeof path, "/tmp/rdbkit-write-%ld", (long)getpid());
    rk_sink *sink = rk_sink_open(path, NULL, &err);
    CU_ASSERT_FATAL(sink != NULL);
    CU_ASSERT(rk_rdb_write_magic(&out, sink, valkey, version, &err) && write(&out, &err) &&
              rk_rdb_write_end(&out, &err));
    FILE *file = fopen(rk_sink_flush(sink, &err), "rb");
    CU_ASSERT_FATAL(file != NULL);
    size_t got = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    rk_sink_close(sink);
    return (rk_slice){ bytes, got };
}

static bool one_key(rk_rdb_writer *out, rk_err *err)
{
    return rk_rdb_write_db(out, 0, err) && (out->version < 7 || rk_rdb_write_sizes(out, 1, 0, err)) &&
           rk_rdb_write_key(out, 0, RK_TEXT("k"), err) && rk_rdb_write_str(out, RK_TEXT("v"), err);
}

/* spec: RDB, "DUMP payload": the two minimal files, checksum included */
static void minimal_files(void)
{
    CU_ASSERT(rk_slice_is(written(one_key, false, 6),
                          BYTES("REDIS0006\xfe\0\0\1k\1v\xff\xad\xa9\x76\x55\x98\x18\x18\x22")));
    CU_ASSERT(rk_slice_is(written(one_key, false, 11),
                          BYTES("REDIS0011\xfe\0\xfb\1\0\0\1k\1v\xff\x82\x0b\x95\x88\x5e\x25\x63\x13")));
    CU_ASSERT(rk_slice_is(written(one_key, false, 2), BYTES("REDIS0002\xfe\0\0\1k\1v\xff")));
    CU_ASSERT(rk_slice_starts(written(one_key, true, 80), BYTES("VALKEY080\xfe\0\xfb\1\0")));
}

static bool all_lengths(rk_rdb_writer *out, rk_err *err)
{
    static const uint64_t lengths[] = { 0, 63, 64, 16383, 16384, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        if (!rk_rdb_write_len(out, lengths[i], err))
            return false;
    return true;
}

static void lengths(void)
{
    rk_slice file = written(all_lengths, false, 8);
    CU_ASSERT(rk_slice_starts(rk_slice_from(file, 9),
                              BYTES("\0\x3f\x40\x40\x7f\xff\x80\0\0\x40\0\x80\xff\xff\xff\xff"
                                    "\x81\0\0\0\1\0\0\0\0\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff")));
    rk_err err = { 0 };
    rk_rdb_writer old = { .version = 7 };
    CU_ASSERT(!rk_rdb_write_len(&old, UINT64_C(1) << 32, &err) && err.code == RK_USAGE);
    rk_err none = { 0 };
    CU_ASSERT(!rk_rdb_write_magic(&old, NULL, false, 0, &none) && none.code == RK_USAGE);
}

static bool all_strings(rk_rdb_writer *out, rk_err *err)
{
    static const char *const texts[] = { "",     "0",     "-1",    "127",         "128",        "-128",
                                         "-129", "32767", "32768", "-2147483648", "2147483647", "2147483648",
                                         "01",   "+1",    "-0",    " 1",          "1a" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!rk_rdb_write_str(out, rk_slice_of(texts[i]), err))
            return false;
    return true;
}

static void strings(void)
{
    CU_ASSERT(rk_slice_starts(
        rk_slice_from(written(all_strings, false, 9), 9),
        BYTES("\0\xc0\0\xc0\xff\xc0\x7f\xc1\x80\0\xc0\x80\xc1\x7f\xff\xc1\xff\x7f\xc2\0\x80\0\0\xc2\0\0\0\x80"
              "\xc2\xff\xff\xff\x7f\x0a"
              "2147483648\2"
              "01\2+1\2-0\2 1\2"
              "1a\xff")));
}

static bool numbers(rk_rdb_writer *out, rk_err *err)
{
    double infinite = 1e308 * 10;
    return rk_rdb_write_aux(out, RK_TEXT("ctime"), RK_TEXT("7"), err) &&
           rk_rdb_write_expiry(out, RK_NO_EXPIRY, err) && rk_rdb_write_expiry(out, 5000, err) &&
           rk_rdb_write_double(out, 1.5, err) && rk_rdb_write_text_double(out, 1.5, err) &&
           rk_rdb_write_text_double(out, infinite, err) && rk_rdb_write_text_double(out, -infinite, err);
}

static void records_and_numbers(void)
{
    static const char rest[] = "\0\0\0\0\0\0\xf8\x3f\x03"
                               "1.5\xfe\xff\xff";
    rk_slice file = written(numbers, false, 3);
    CU_ASSERT(rk_slice_starts(rk_slice_from(file, 9), BYTES("\xfa\5ctime\xc0\7\xfc\x88\x13\0\0\0\0\0\0")));
    CU_ASSERT(rk_slice_ends(file, BYTES(rest)));
    file = written(numbers, false, 2);
    CU_ASSERT(rk_slice_starts(rk_slice_from(file, 9), BYTES("\xfa\5ctime\xc0\7\xfd\5\0\0\0")));
}

UNIT_MAIN("write", { "the two minimal files of the spec", minimal_files },
          { "lengths in their shortest form", lengths },
          { "integers only where the text is canonical", strings },
          { "AUX, expiries and doubles", records_and_numbers })
