/* rdb_write: writes a snapshot, byte by byte as a server does: the shortest length forms, integer forms where the text
 * is canonical, no LZF (a writer may always store raw), CRC-64 over everything at the end (spec: RDB, "Length
 * encoding" to "CRC64"). What is written is the caller's to choose; the writer knows how. */
#ifndef RDBKIT_RDB_WRITE_H
#define RDBKIT_RDB_WRITE_H

#include "rdbkit/rdb.h"

/* The caller owns it; nothing in it needs freeing. The sink is borrowed, and committed by the caller. */
typedef struct {
    rk_sink *sink;
    uint32_t version;
    uint64_t crc;
} rk_rdb_writer;

/* Writes the magic: REDIS and four digits, or VALKEY and three. */
bool rk_rdb_write_magic(rk_rdb_writer *out, rk_sink *sink, bool valkey, uint32_t version, rk_err *err);

/* The EOF opcode and, from version 5 on, the checksum. */
bool rk_rdb_write_end(rk_rdb_writer *out, rk_err *err);

/* ---- records; a key's value is written by what follows below ---- */
bool rk_rdb_write_aux(rk_rdb_writer *out, rk_slice name, rk_slice value, rk_err *err);
bool rk_rdb_write_db(rk_rdb_writer *out, uint32_t db, rk_err *err);
bool rk_rdb_write_sizes(rk_rdb_writer *out, uint64_t keys, uint64_t expiries, rk_err *err);
bool rk_rdb_write_expiry(rk_rdb_writer *out, int64_t expire_ms, rk_err *err); /* nothing for RK_NO_EXPIRY; in
                                                                                 seconds up to version 2 */
bool rk_rdb_write_function(rk_rdb_writer *out, rk_slice source, rk_err *err);
bool rk_rdb_write_meta(rk_rdb_writer *out, rk_slice meta, rk_err *err); /* rk_key.meta; nothing when empty */
bool rk_rdb_write_key(rk_rdb_writer *out, uint8_t type_byte, rk_slice name, rk_err *err);

/* ---- parts ---- */
bool rk_rdb_write_raw(rk_rdb_writer *out, rk_slice bytes, rk_err *err); /* as they are */
bool rk_rdb_write_byte(rk_rdb_writer *out, uint8_t byte, rk_err *err);
bool rk_rdb_write_len(rk_rdb_writer *out, uint64_t len,
                      rk_err *err); /* above 2^32-1 only from version 8 on */
bool rk_rdb_write_str(rk_rdb_writer *out, rk_slice text, rk_err *err);
bool rk_rdb_write_le64(rk_rdb_writer *out, uint64_t value, rk_err *err);
bool rk_rdb_write_double(rk_rdb_writer *out, double value, rk_err *err);      /* 8 bytes: type 5 */
bool rk_rdb_write_text_double(rk_rdb_writer *out, double value, rk_err *err); /* type 3 */

/* ---- listpacks (spec: RDB, "Listpack") ---- */

/* Zero it to start; rk_listpack_write_free ends it. */
typedef struct {
    rk_buf bytes;
    uint64_t count; /* elements */
    bool short_backlen;
} rk_listpack_writer;

/* Begins a list; one written before ends, its memory is used again. `short_backlen`: elements of exactly 2^14-1, 2^21-1
 * and 2^28-1 bytes are written as servers from Redis 8.8 on do and expect it; else as all before. */
void rk_listpack_write_begin(rk_listpack_writer *out, bool short_backlen);

/* One element; a text that is a canonical integer of 64 bits becomes one. */
bool rk_listpack_write_text(rk_listpack_writer *out, rk_slice text, rk_err *err);
bool rk_listpack_write_int(rk_listpack_writer *out, int64_t value, rk_err *err);

/* The whole list, borrowed until the next _begin. */
bool rk_listpack_write_end(rk_listpack_writer *out, rk_slice *bytes, rk_err *err);
void rk_listpack_write_free(rk_listpack_writer *out);

#endif
