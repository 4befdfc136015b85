/* rdb_out: writes a snapshot byte for byte as a Redis server does (spec: RDB, sections 2 to 6 and 11):
 * shortest length forms, integer strings, LZF for strings above 20 bytes when it saves 4, listpacks, CRC-64
 * at the end. Any failure ends the program with a sentence. */
#ifndef GEN_RDB_OUT_H
#define GEN_RDB_OUT_H

#include "rdbkit/base.h"

enum {
    GEN_TYPE_STRING = 0,
    GEN_TYPE_SET = 2,
    GEN_TYPE_HASH = 4,
    GEN_TYPE_ZSET_2 = 5,
    GEN_TYPE_SET_INTSET = 11,
    GEN_TYPE_HASH_LISTPACK = 16,
    GEN_TYPE_ZSET_LISTPACK = 17,
    GEN_TYPE_LIST_QUICKLIST_2 = 18,
    GEN_TYPE_SET_LISTPACK = 20 /* RDB 11 */
};

enum { GEN_NODE_PACKED = 2 };

typedef struct gen_rdb gen_rdb;

/* Creates or overwrites `path` and writes the magic. `version` is 10 or 11. */
gen_rdb *gen_rdb_open(const char *path, int version);

/* Writes EOF and checksum, and closes. Returns the size of the file in bytes. */
uint64_t gen_rdb_close(gen_rdb *rdb);

int gen_rdb_version(const gen_rdb *rdb);
void gen_rdb_aux(gen_rdb *rdb, const char *name, rk_slice value);
void gen_rdb_aux_int(gen_rdb *rdb, const char *name, int64_t value);
void gen_rdb_db(gen_rdb *rdb, uint64_t db, uint64_t keys, uint64_t keys_with_expiry);

/* What stands before a value: expiry (in ms; 0 for none), type, key. */
void gen_rdb_key(gen_rdb *rdb, rk_slice key, uint8_t type, int64_t expire_ms);

void gen_rdb_len(gen_rdb *rdb, uint64_t len);
void gen_rdb_string(gen_rdb *rdb, rk_slice text);
void gen_rdb_double(gen_rdb *rdb, double value);

/* A listpack in `pack`: start empties it, end writes its header and returns the blob. Text that is a
 * canonical integer becomes one. The bytes live until the next start. */
void gen_pack_start(rk_buf *pack);
void gen_pack_add(rk_buf *pack, rk_slice element);
rk_slice gen_pack_end(rk_buf *pack);

/* Size in a listpack of a string of `len` bytes that is not an integer. */
size_t gen_pack_size(size_t len);

/* An intset of `count` ascending integers in `set`; the bytes live as long as `set` is left alone. */
rk_slice gen_intset(rk_buf *set, const int64_t *values, size_t count);

#endif
