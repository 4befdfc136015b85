/* test_snapshot: what the records of a snapshot tell about it, when it is complete and when partial, and the
 * second look. */
#include <unistd.h>
#include <zlib.h>

#include "../unit.h"
#include "rdbkit/snapshot.h"

/* Reads all keys; the caller closes it. */
static rk_snapshot *read_keys(rk_slice file, rk_err *err)
{
    rk_key key;
    rk_source *source = rk_source_memory(file, 5, err);
    rk_snapshot *snapshot = source ? rk_snapshot_open_source(source, err) : NULL;
    while (snapshot && rk_snapshot_next(snapshot, &key, err))
        ;
    return snapshot;
}

#define END                                   "\377\0\0\0\0\0\0\0\0"
#define AUX(name_len, name, value_len, value) "\372" name_len name value_len value

static const struct {
    const char *name;
    rk_slice file;
    const char *server;
    bool partial;
    const char *reason;
} rows[] = {
    { "no AUX", BYTES("REDIS0006" END), "unknown", false, "" },
    { "Redis", BYTES("REDIS0011" AUX("\11", "redis-ver", "\5", "7.2.6") END), "Redis 7.2.6", false, "" },
    { "Valkey", BYTES("VALKEY080" AUX("\12", "valkey-ver", "\5", "9.1.2") END), "Valkey 9.1.2", false, "" },
    { "KeyDB",
      BYTES("REDIS0009" AUX("\11", "redis-ver", "\5", "6.3.4") AUX(
          "\13", "mvcc-tstamp", "\1", "7") "\2\1s\1\1m" AUX("\23", "keydb-subexpire-key", "\1", "m") END),
      "KeyDB 6.3.4", false, "" },
    { "Dragonfly",
      BYTES("REDIS0009" AUX("\6", "df-ver", "\3", "1.2") AUX("\11", "redis-ver", "\5", "6.2.0") END),
      "Dragonfly 6.2.0", false, "" },
    { "Redis Enterprise", BYTES("REDIS0009" AUX("\14", "big-used-ram", "\1", "7") END), "Redis Enterprise",
      false, "" },
    { "a version to come", BYTES("REDIS0016\0\1k\1v" END), "unknown", true,
      "RDB version 16 is newer than 15, the newest that is known" },
    { "a Valkey to come", BYTES("VALKEY082" END), "unknown", true,
      "RDB version 82 is newer than 81, the newest that is known" },
    { "a type to come", BYTES("REDIS0016\0\1k\1v\42" END), "unknown", true,
      "byte 0x22 is no known type or opcode in RDB 16; 10 bytes were not seen" },
    { "the head of an append-only file",
      BYTES("REDIS0009" AUX("\14", "aof-preamble", "\1", "1") END "*1\r\n$4\r\nPING\r\n"), "unknown", false,
      "" },
    { "the head of an append-only file that is torn",
      BYTES("REDIS0009" AUX("\14", "aof-preamble", "\1", "1") END "*1\r\n$4\r\nPI"), "unknown", true,
      "argument 1 of 1 takes 4 bytes and CR LF, 2 remain; 10 bytes were left out, as servers do" },
    { "the head of an append-only file without commands",
      BYTES("REDIS0009" AUX("\14", "aof-preamble", "\1", "1") END), "unknown", false, "" },
};

static void makers_and_reasons(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err = { 0 };
        rk_snapshot *snapshot = read_keys(rows[i].file, &err);
        CU_ASSERT_FATAL(snapshot != NULL);
        const rk_snapshot_info *info = rk_snapshot_info_of(snapshot);
        CU_ASSERT_EQUAL(err.code, RK_OK);
        CU_ASSERT_STRING_EQUAL(info->server, rows[i].server);
        CU_ASSERT(info->partial == rows[i].partial && info->complete == !rows[i].partial);
        CU_ASSERT_STRING_EQUAL(info->reason.what, rows[i].reason);
        CU_ASSERT(!info->partial || strcmp(info->reason.source, "memory") == 0);
        rk_snapshot_close(snapshot);
    }
}

static void facts(void)
{
    rk_err err = { 0 };
    rk_slice file = BYTES(
        "REDIS0009" AUX("\5", "ctime", "\2", "77") AUX("\10", "used-mem", "\2", "88")
            AUX("\7", "repl-id", "\3", "abc")
                AUX("\13", "repl-offset", "\2", "99") "\376\3\374\1\0\0\0\0\0\0\0\0\1k\1v"
                                                      "\2\1s\1\1m" AUX("\23", "keydb-subexpire-key", "\1",
                                                                       "m") "\7\1m\1\0\153\1" END "tail");
    rk_snapshot *snapshot = read_keys(file, &err);
    CU_ASSERT_FATAL(snapshot != NULL && err.code == RK_OK);
    const rk_snapshot_info *info = rk_snapshot_info_of(snapshot);
    CU_ASSERT(info->ctime == 77 && info->used_memory == 88 && info->repl_offset == 99);
    CU_ASSERT_STRING_EQUAL(info->repl_id, "abc");
    CU_ASSERT(info->keys == 3 && info->expiries == 1 && info->highest_db == 3 && info->module_values == 1);
    CU_ASSERT(info->sub_key_expiries == 1 && info->vendor_records == 1 && info->trailing == 4);
    CU_ASSERT(info->checksum == RK_CHECKSUM_ABSENT && !info->expiry_without_key);
    CU_ASSERT(info->file_size == file.len && info->content_size == file.len);
    rk_snapshot_close(snapshot);

    snapshot = read_keys(
        BYTES("REDIS0009" AUX("\7", "repl-id", "\3", "abc") AUX("\16", "repl-stream-db", "\2", "-1") END),
        &err);
    CU_ASSERT(snapshot && rk_snapshot_info_of(snapshot)->repl_id[0] == 0); /* its history is not valid */
    rk_snapshot_close(snapshot);
}

/* Values and AUX records are counted under the name of their module, whether they are looked at or passed over. */
static void modules(void)
{
    rk_err err = { 0 };
    rk_key key;
    rk_snapshot *snapshot = rk_snapshot_open("testdata/redis-7.2.6-modules.rdb", NULL, &err);
    CU_ASSERT_FATAL(snapshot != NULL);
    while (rk_snapshot_next(snapshot, &key, &err))
        ;
    const rk_snapshot_info *info = rk_snapshot_info_of(snapshot);
    CU_ASSERT_FATAL(info->module_count == 3);
    CU_ASSERT_STRING_EQUAL(info->modules[0].name, "test__rdb");
    CU_ASSERT(info->modules[0].values == 10 && info->modules[0].records == 2);
    CU_ASSERT(info->modules[1].values + info->modules[2].values == 42 && info->module_values == 52);
    rk_snapshot_close(snapshot);
}

/* A failure is an error each time, and never a complete snapshot. */
static void failures(void)
{
    rk_err err = { 0 };
    rk_key key;
    rk_snapshot *snapshot = read_keys(BYTES("REDIS0009\1\1k\2\1a"), &err);
    CU_ASSERT_FATAL(snapshot != NULL);
    CU_ASSERT_STRING_EQUAL(err.what, "list item takes 1 bytes, 0 remain");
    CU_ASSERT_STRING_EQUAL(err.where, "list 'k' in db 0");
    CU_ASSERT(err.code == RK_TRUNCATED && err.offset == 15);
    err = (rk_err){ 0 };
    CU_ASSERT(!rk_snapshot_next(snapshot, &key, &err));
    CU_ASSERT(!rk_snapshot_info_of(snapshot)->complete);
    rk_snapshot_close(snapshot);
}

/* A gzip file that ends within its own checksum: all records are there, and yet something is missing. */
static void cut_gzip(void)
{
    static const uint8_t file[] = "REDIS0004\0\1k\1v\377";
    uint8_t packed[200];
    char path[] = "/tmp/rdbkit-snapshot-XXXXXX";
    z_stream z = { .next_in = (uint8_t *)file,
                   .avail_in = sizeof file - 1,
                   .next_out = packed,
                   .avail_out = sizeof packed };
    CU_ASSERT_FATAL(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    CU_ASSERT_FATAL(deflate(&z, Z_FINISH) == Z_STREAM_END);
    size_t len = z.total_out;
    deflateEnd(&z);
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0 && write(fd, packed, len) == (ssize_t)len);
    for (size_t cut = 0; cut < 4; cut++) {
        rk_err err = { 0 };
        rk_key key;
        CU_ASSERT_FATAL(ftruncate(fd, (off_t)(len - cut)) == 0);
        rk_snapshot *snapshot = rk_snapshot_open(path, NULL, &err);
        while (snapshot && rk_snapshot_next(snapshot, &key, &err))
            ;
        CU_ASSERT(err.code == (cut ? RK_TRUNCATED : RK_OK));
        CU_ASSERT(snapshot && rk_snapshot_info_of(snapshot)->complete == (cut == 0));
        rk_err again = { 0 };
        rk_look *look = cut ? NULL : rk_look_open(snapshot, &again);
        CU_ASSERT(cut ||
                  (!rk_look_key(look, 9, &key, &again) && again.code == RK_USAGE)); /* nothing was spooled */
        rk_look_close(look);
        rk_snapshot_close(snapshot);
    }
    close(fd);
    unlink(path);
}

static rk_logical logical_of(rk_slice file, uint64_t offset)
{
    rk_err err = { 0 };
    rk_key key;
    rk_logical logical = { 0 };
    rk_snapshot *snapshot = read_keys(file, &err);
    rk_look *look = rk_look_open(snapshot, &err);
    CU_ASSERT(rk_look_key(look, offset, &key, &err) && rk_look_logical(look, &logical, &err));
    rk_look_close(look);
    rk_snapshot_close(snapshot);
    return logical;
}

/* The same value in two encodings, in another order, and another value. */
static void logical(void)
{
    rk_logical set = logical_of(BYTES("REDIS0009\2\1k\2\0012\0011" END), 9);
    rk_logical intset = logical_of(BYTES("REDIS0009\13\1k\14\2\0\0\0\2\0\0\0\1\0\2\0" END), 9);
    rk_logical other = logical_of(BYTES("REDIS0009\2\1k\2\0012\0013" END), 9);
    rk_logical list = logical_of(BYTES("REDIS0009\1\1k\2\1a\1b" END), 9);
    rk_logical turned = logical_of(BYTES("REDIS0009\1\1k\2\1b\1a" END), 9);
    rk_logical text = logical_of(BYTES("REDIS0009\3\1k\1\1a\0031.5" END), 9);
    rk_logical binary = logical_of(BYTES("REDIS0009\5\1k\1\1a\0\0\0\0\0\0\370\077" END), 9);
    CU_ASSERT(rk_digest_is(set.core, intset.core) && set.elements == 2 && intset.elements == 2);
    CU_ASSERT(!rk_digest_is(set.core, other.core));
    CU_ASSERT(!rk_digest_is(list.core, turned.core));
    CU_ASSERT(rk_digest_is(text.core, binary.core));
}

UNIT_MAIN("snapshot", { "who wrote it, and why it is partial", makers_and_reasons },
          { "the facts of a file", facts },
          { "counts values and AUX records by the name of their module", modules },
          { "a failure says where", failures }, { "a gzip file that ends within its checksum", cut_gzip },
          { "one value has one logical digest", logical })
