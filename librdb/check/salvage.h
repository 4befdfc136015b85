/* salvage: the inside of rk_salvage_write, shared by the files that write one kind of span each. */
#ifndef RDBKIT_CHECK_SALVAGE_H
#define RDBKIT_CHECK_SALVAGE_H

#include "rdbkit/rdb_write.h"
#include "run.h"

/* The snapshot being written. */
typedef struct {
    const rk_check *check;
    rk_rdb *rdb; /* a second reader of the damaged one */
    rk_sink *sink;
    rk_rdb_writer out;
    bool has_db;
    uint32_t db;    /* that holds in what was written so far */
    distinct *keys; /* written so far */
    uint8_t *chunk;
    rk_buf stored, text; /* of a packed value */
    rk_salvage_result *result;
} salvage;

/* The spans of one damaged key: those from `first` up to, and without, `end`. */
typedef struct {
    const rk_damaged_key *key;
    size_t first, end;
} salvage_key;

/* Bytes [from, to) of the damaged snapshot as they are. */
bool salvage_copy(salvage *s, uint64_t from, uint64_t to, rk_err *err);

/* From here on keys belong to `db`. */
bool salvage_db(salvage *s, uint32_t db, rk_err *err);

/* Is it the first key of its name in its database? A second one would stop a server. */
bool salvage_is_new(salvage *s, uint32_t db, rk_slice name, bool *fresh, rk_err *err);

/* The records of a sound span; hints of sizes, which would be wrong, are left out. */
bool salvage_records(salvage *s, const rk_span *span, rk_err *err);

/* What can be saved of a key that is not whole. *pieces tells how many nodes, members, fields or items were written; 0:
 * nothing, and the key is lost. */
bool salvage_pieces(salvage *s, const salvage_key *key, uint64_t *pieces, rk_err *err);
bool salvage_stream(salvage *s, const salvage_key *key, uint64_t *pieces, rk_err *err);
bool salvage_packed(salvage *s, const salvage_key *key, uint64_t *pieces, rk_err *err);

/* The groups and producers of a stream, whose length stands at `tail`, as they are where all of it goes together. Else
 * without pending entries that nobody owns, owned ones that are not pending, and names that were there before; and
 * without producers, which servers keep for minutes. */
typedef struct {
    uint64_t groups;   /* with names of their own */
    uint64_t from, to; /* of what stands behind the number of groups */
    bool cut;          /* something of them does not go together */
} salvage_groups_found;
bool salvage_groups(salvage *s, uint8_t type_byte, uint64_t tail, rk_err *err);

/* Is a value of this type one packed string, of which entries can be decoded though others cannot? */
bool salvage_is_packed(const salvage *s, uint8_t type_byte);

#endif
