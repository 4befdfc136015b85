/* fuzz_restore: the payload of RESTORE, and of FUNCTION RESTORE. The first byte of the input chooses the RDB version, its
 * highest bit which of the two; the rest is what stands before the trailer, which is added without a checksum. What must
 * hold:
 * - the command is done, fails, or is told to be opaque: never trouble of another kind;
 * - a string, list, set, sorted set or hash that was restored is what the reader of snapshots finds in the payload, by its
 *   logical digest (of a stream or an array the payload may say things that do not go together, and servers put right);
 * - saved as it is, and in plain encodings, it is read back as the same value. */
#include <stdlib.h>

#include "rdbkit/keyspace.h"
#include "rdbkit/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static const uint8_t versions[] = { 6, 9, 10, 11, 12, 13, 14, 15, 80, 81 };

/* The log: one command. */
static void write_log(rk_buf *log, rk_slice body, uint8_t version, bool function)
{
    static const uint8_t zeros[8] = { 0 };
    uint8_t trailer[2] = { version, 0 };
    rk_err err = { 0 };
    must(rk_buf_printf(log, &err,
                       function ? "*3\r\n$8\r\nFUNCTION\r\n$7\r\nRESTORE\r\n"
                                : "*4\r\n$7\r\nRESTORE\r\n"
                                  "$1\r\nk\r\n$1\r\n0\r\n") &&
         rk_buf_printf(log, &err, "$%zu\r\n", body.len + 10) && rk_buf_add(log, body, &err) &&
         rk_buf_add(log, (rk_slice){ trailer, 2 }, &err) && rk_buf_add(log, (rk_slice){ zeros, 8 }, &err) &&
         rk_buf_add(log, RK_TEXT("\r\n"), &err));
}

/* The value of the key that stands at `offset`, or of the first key. */
static rk_logical value_of(rk_rdb *first, uint64_t offset)
{
    rk_err err = { 0 };
    rk_key key;
    rk_logical logical = { 0 };
    rk_look *look = rk_look_open_rdb(first, &err);
    must(look && rk_look_key(look, offset, &key, &err) && rk_look_logical(look, &logical, &err));
    rk_look_close(look);
    return logical;
}

static rk_logical in_payload(rk_slice body, uint8_t version, rk_type *type)
{
    rk_err err = { 0 };
    rk_record rec;
    rk_source *source = rk_source_memory(body, 0, &err);
    rk_rdb *rdb = rk_rdb_open_headless(source, 0, (rk_rdb_header){ version, version >= 80 }, &err);
    must(rdb != NULL);
    rk_rdb_nameless(rdb);
    must(rk_rdb_next(rdb, &rec, &err) && rec.kind == RK_RECORD_KEY);
    *type = rec.key.type;
    rk_logical logical = value_of(rdb, rec.key.offset);
    rk_rdb_close(rdb);
    rk_source_close(source);
    return logical;
}

static rk_logical in_snapshot(rk_replay *replay, bool plain, uint8_t version)
{
    rk_err err = { 0 };
    rk_record rec = { 0 };
    rk_keyspace_save_options options = { .plain = plain, .valkey = version >= 80 };
    rk_sink *sink = rk_sink_open_temporary(&err);
    must(sink && rk_keyspace_save(rk_replay_keyspace(replay), sink, &options, &err));
    rk_source *source = rk_sink_to_source(sink, "saved", &err);
    rk_rdb *rdb = source ? rk_rdb_open(source, &err) : NULL;
    rk_logical logical = { 0 };
    while (rdb && rk_rdb_next(rdb, &rec, &err) && rec.kind != RK_RECORD_END)
        if (rec.kind == RK_RECORD_KEY)
            logical = value_of(rdb, rec.key.offset);
    must(err.code == RK_OK && rk_rdb_checksum(rdb) == RK_CHECKSUM_OK);
    rk_rdb_close(rdb);
    rk_source_close(source);
    return logical;
}

static bool same(rk_logical a, rk_logical b)
{
    return rk_digest_is(a.core, b.core) && a.elements == b.elements &&
           (!a.has_details || !b.has_details || rk_digest_is(a.details, b.details));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_err err = { 0 };
    rk_buf log = { 0 };
    if (size == 0)
        return 0;
    uint8_t version = versions[(bytes[0] & 0x7f) % sizeof versions];
    bool function = bytes[0] & 0x80;
    rk_slice body = { bytes + 1, size - 1 };
    write_log(&log, body, version, function);
    rk_source *source = rk_source_memory(rk_buf_slice(&log), 0, &err);
    rk_replay *replay = source ? rk_replay_open_source(source, NULL, &err) : NULL;
    must(replay && rk_replay_run(replay, &err));
    const rk_replay_info *info = rk_replay_info_of(replay);
    must(info->done + info->nothing + info->failed + info->opaque == 1);
    if (info->done && !function) {
        rk_type type;
        rk_logical there = in_payload(body, version, &type), saved = in_snapshot(replay, false, version);
        must(type > RK_HASH || same(saved, there));
        must(same(in_snapshot(replay, true, version), saved));
    } else if (info->done) {
        in_snapshot(replay, true, version);
    }
    rk_replay_close(replay);
    rk_buf_free(&log);
    return 0;
}
