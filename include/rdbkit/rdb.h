/* rdb: Redis and Valkey snapshot files, every version (spec: RDB). A reader is pulled record by record; the value
 * of a key is then pulled element by element (decoded), unit by unit (lists and sorted sets, as they lie in the
 * file), or not at all: what nobody asks for is skipped. */
#ifndef RDBKIT_RDB_H
#define RDBKIT_RDB_H

#include "rdbkit/base.h"
#include "rdbkit/io.h"

#define RK_NO_EXPIRY INT64_MIN

typedef enum {
    RK_STRING,
    RK_LIST,
    RK_SET,
    RK_ZSET,
    RK_HASH,
    RK_STREAM,
    RK_MODULE,
    RK_ARRAY,
    RK_OTHER /* a value of a vendor, or one that has no commands of its own in stock servers */
} rk_type;

const char *rk_type_name(rk_type type); /* "string", "list", ... */

/* ---- strings (spec: RDB, "String encoding") ------------------------------------------------------------- */

typedef enum { RK_STR_RAW, RK_STR_INT, RK_STR_LZF } rk_str_form;

/* A string as it lies in the file. Borrowed: `stored` dies with the next read from its reader. */
typedef struct {
    rk_str_form form;
    rk_slice stored;  /* RAW: the bytes; LZF: the compressed bytes; INT: 1, 2 or 4 bytes */
    uint64_t len;     /* logical length in bytes; for INT that of the decimal text */
    int64_t integer;  /* of INT */
    uint64_t offset;  /* where its first byte stands in the source */
    uint64_t content; /* where the stored bytes begin */
} rk_str;

/* The logical bytes: borrowed from the reader (RAW), else decoded into `scratch`, valid until its next use. */
bool rk_str_bytes(const rk_str *str, rk_buf *scratch, rk_slice *bytes, rk_err *err);

/* The first `n` logical bytes (fewer when the string is shorter) into `out`, decoding no more than these.
 * *got tells how many. */
bool rk_str_peek(const rk_str *str, uint8_t *out, size_t n, size_t *got, rk_err *err);

/* LZF (spec: RDB, "LZF stream"): decodes into exactly `out_len` bytes; anything else is an error at `offset`. */
bool rk_lzf_decode(rk_slice packed, uint8_t *out, size_t out_len, uint64_t offset, rk_err *err);

/* The same checks without an output: whether `packed` decodes into exactly `out_len` bytes. */
bool rk_lzf_check(rk_slice packed, uint64_t out_len, uint64_t offset, rk_err *err);

/* Decodes the first `out_len` bytes only and ignores what follows. */
bool rk_lzf_peek(rk_slice packed, uint8_t *out, size_t out_len, uint64_t offset, rk_err *err);

/* The most that `packed_len` bytes of LZF can yield; an announced length above it is a lie. */
uint64_t rk_lzf_most(uint64_t packed_len);

/* CRC-64 of Redis (spec: RDB, "CRC64") over `bytes`, continuing from `crc` (0 to begin). */
uint64_t rk_crc64(uint64_t crc, rk_slice bytes);

/* ---- packed encodings ----------------------------------------------------------------------------------- */

/* One entry of a packed encoding: bytes of the blob, or an integer that stands for its decimal text. */
typedef struct {
    bool is_int;
    int64_t integer;
    rk_slice text;   /* borrowed from the blob; empty when is_int */
    uint64_t offset; /* in bytes into the source, where the entry begins */
} rk_packed;

#define RK_PACKED_TEXT 24
/* The entry's bytes: `text`, or the decimal text of the integer written into `room` (RK_PACKED_TEXT bytes). */
rk_slice rk_packed_bytes(const rk_packed *entry, char *room);

/* Where a packed blob lies: `bytes` stand `offset` bytes into the source; `pinned` when they were decompressed,
 * and every error is then at `offset`, that of the string's first byte. The bytes must outlive the walk. */
typedef struct {
    rk_slice bytes;
    uint64_t offset;
    bool pinned;
} rk_blob;

/* All `_open` functions check the header against the bytes and fail with a sentence; they allocate nothing.
 * All `_next` functions return true with an entry, false at the end or on failure: then `err` (given at _open)
 * tells which. At the end all checks of the encoding have been made: lengths, chains, counts, the end mark. */

/* ziplist (spec: RDB, "Ziplist") */
typedef struct {
    rk_cursor cursor;
    uint32_t count;       /* as the header has it; 65535: not known */
    uint32_t seen;        /* entries read so far */
    uint32_t previous;    /* size in bytes of the entry before */
    uint64_t last, total; /* offset of the last entry and size, as the header has them */
    bool small_ints;      /* an integer of 24, 8 or 4 bits has been read (RDB 6 and later) */
} rk_ziplist;
bool rk_ziplist_open(rk_ziplist *list, rk_blob blob, rk_err *err);
bool rk_ziplist_next(rk_ziplist *list, rk_packed *entry);

/* listpack (spec: RDB, "Listpack"); accepts both backlen widths at the three boundary sizes */
typedef struct {
    rk_cursor cursor;
    uint32_t count; /* as the header has it; 65535: not known */
    uint32_t seen;
    bool backlen_old, backlen_new; /* an element of a boundary size has been read, with either width */
} rk_listpack;
bool rk_listpack_open(rk_listpack *list, rk_blob blob, rk_err *err);
bool rk_listpack_next(rk_listpack *list, rk_packed *entry);

/* intset (spec: RDB, "Intset"): members strictly ascending */
typedef struct {
    rk_cursor cursor;
    uint32_t width; /* bytes per member: 2, 4 or 8 */
    uint32_t left;  /* members not read yet */
    bool started;
    int64_t before;
} rk_intset;
bool rk_intset_open(rk_intset *set, rk_blob blob, rk_err *err);
bool rk_intset_next(rk_intset *set, rk_packed *entry);

/* zipmap (spec: RDB, "Zipmap"): field and value at each pull */
typedef struct {
    rk_cursor cursor;
    uint8_t count;
    uint32_t seen;
} rk_zipmap;
bool rk_zipmap_open(rk_zipmap *map, rk_blob blob, rk_err *err);
bool rk_zipmap_next(rk_zipmap *map, rk_packed *field, rk_packed *value);

/* ---- records -------------------------------------------------------------------------------------------- */

typedef enum {
    RK_RECORD_AUX,         /* name, value */
    RK_RECORD_DB,          /* db */
    RK_RECORD_SIZES,       /* RESIZEDB: numbers = keys, keys with expiry */
    RK_RECORD_FUNCTION,    /* value = source; name and engine for the pre-release form */
    RK_RECORD_MODULE_AUX,  /* name = module type, version, numbers[0] = when */
    RK_RECORD_SLOT,        /* SLOT_INFO: numbers = slot, keys, keys with expiry */
    RK_RECORD_SLOT_IMPORT, /* name = job; numbers = ranges, first slot, last slot of the first range */
    RK_RECORD_TEMPLATE,    /* numbers = id, fields */
    RK_RECORD_VENDOR,      /* an opcode of a vendor that was skipped: numbers[0] = opcode */
    RK_RECORD_KEY,         /* key */
    RK_RECORD_END /* the EOF opcode; the checksum has been looked at. numbers[0] is 1 when an expiry or
                                the like stands before it, which belongs to no key */
} rk_record_kind;

/* A key and what stands beside its value. Borrowed until the next pull. */
typedef struct {
    uint32_t db;
    rk_slice name;
    rk_type type;
    uint8_t type_byte;
    const char *encoding;  /* "quicklist of listpacks": the name of the type byte's encoding */
    uint64_t offset;       /* of the type byte: where rk_rdb_seek_key finds it again */
    uint64_t begin;        /* of the record, its expiry and the like included */
    int64_t expire_ms;     /* Unix time in ms, or RK_NO_EXPIRY */
    uint8_t expiry_opcode; /* 252 (milliseconds), 253 (seconds), 0 without */
    int64_t idle_s;        /* seconds since the last access (LRU), -1: not told */
    int16_t frequency;     /* LFU counter, -1: not told */
    uint16_t meta_classes; /* classes of key metadata (spec: RDB, "Key metadata") */
    rk_slice meta;         /* the raw KEY_META record behind its opcode; empty without */
} rk_key;

typedef struct {
    rk_record_kind kind;
    uint64_t offset;
    rk_slice name, value, engine;
    uint32_t db;
    uint32_t version;
    uint64_t numbers[4];
    rk_key key;
} rk_record;

/* ---- elements ------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t ms, seq;
} rk_stream_id;

typedef enum {
    RK_ELEMENT_STRING,      /* item: the value of a string */
    RK_ELEMENT_ITEM,        /* item: next item of a list, head first */
    RK_ELEMENT_MEMBER,      /* item: of a set */
    RK_ELEMENT_SCORED,      /* item, score */
    RK_ELEMENT_FIELD,       /* item, value, expire_ms (of the field) */
    RK_ELEMENT_PATH,        /* item: the path to which the fields that follow belong (Valkey path hash) */
    RK_ELEMENT_ENTRY,       /* stream: id; number = fields that follow */
    RK_ELEMENT_ENTRY_FIELD, /* stream: item, value of the entry before */
    RK_ELEMENT_STREAM, /* number = length, id = last id; first, max_deleted, entries_added when has_counters */
    RK_ELEMENT_GROUP, /* item = name, id = last delivered; number = entries read when has_counters (-1: unknown) */
    RK_ELEMENT_PENDING,  /* id, time_ms, number = delivery count; of the group before */
    RK_ELEMENT_CONSUMER, /* item = name, time_ms = seen, active_ms when has_active */
    RK_ELEMENT_OWNED,    /* id: pending at the consumer before */
    RK_ELEMENT_NACKED,   /* id: in the group's NACK zone */
    RK_ELEMENT_IDMP, /* number = duration in s, number2 = max entries; iids added and duplicates in more[] */
    RK_ELEMENT_PRODUCER,   /* item = producer id; comes before RK_ELEMENT_IDMP */
    RK_ELEMENT_IDEMPOTENT, /* item = idempotent id, id; of the producer before */
    RK_ELEMENT_INDEXED,    /* array: number = index, item = text */
    RK_ELEMENT_CURSOR,     /* array: insert cursor, number; only when there is one */
    RK_ELEMENT_MODULE,     /* item = module type name, number = encoding version; opaque values follow */
    RK_ELEMENT_NODE, /* stream: a node begins; id = master id, number and number2 = live and deleted entries;
                         only when they were asked for (rk_rdb_tell_nodes) */
    RK_ELEMENT_OPAQUE /* a value of a module or a vendor: number2 = its rk_opcode, item = a string, or number = the
                         bits of a number */
} rk_element_kind;

/* What a value is that only a module understands (spec: RDB, "Modules"). */
typedef enum {
    RK_OPCODE_SIGNED = 1,
    RK_OPCODE_UNSIGNED,
    RK_OPCODE_FLOAT,
    RK_OPCODE_DOUBLE,
    RK_OPCODE_STRING
} rk_opcode;

/* One decoded element; slices are borrowed until the next pull. */
typedef struct {
    rk_element_kind kind;
    rk_slice item, value;
    double score;
    int64_t expire_ms; /* RK_NO_EXPIRY: none */
    rk_stream_id id, first, max_deleted;
    uint64_t number, number2, more[2];
    int64_t time_ms, active_ms;
    bool has_counters, has_active;
} rk_element;

/* ---- units: lists and sorted sets as they lie in the file ------------------------------------------------- */

typedef enum {
    RK_UNIT_ITEM,    /* one list item, or one member with its score */
    RK_UNIT_ZIPLIST, /* a packed node or a packed sorted set */
    RK_UNIT_LISTPACK
} rk_unit_form;

typedef struct {
    rk_unit_form form;
    bool scored;    /* of a sorted set: packed entries come in pairs */
    rk_str str;     /* the item, or the packed blob */
    rk_slice raw;   /* the string with its length bytes, as in the file */
    uint32_t count; /* items or members in it */
    double score;   /* of a single member */
} rk_unit;

/* Walks the items of one unit; `bytes` is the decoded string of the unit and must outlive the walk. */
typedef struct {
    rk_unit_form form;
    bool scored, done;
    rk_slice single;
    double score;
    rk_err *err;
    rk_ziplist ziplist;
    rk_listpack listpack;
    char room[2][RK_PACKED_TEXT];
} rk_unit_walk;
bool rk_unit_walk_open(rk_unit_walk *walk, const rk_unit *unit, rk_slice bytes, rk_err *err);
bool rk_unit_walk_next(rk_unit_walk *walk, rk_slice *item, double *score);

/* ---- the reader ------------------------------------------------------------------------------------------ */

typedef enum { RK_CHECKSUM_OK, RK_CHECKSUM_ABSENT, RK_CHECKSUM_BAD, RK_CHECKSUM_UNSEEN } rk_checksum;

typedef struct rk_rdb rk_rdb;

/* What a target may stumble over, as it was met since it was asked for last. */
typedef struct {
    uint64_t wide_lengths;   /* the length form 0x81 */
    uint64_t longest_string; /* bytes */
    bool small_ints;         /* ziplist integers of 24, 8 or 4 bits */
    bool backlen_old, backlen_new;
} rk_rdb_traits;

/* Opens the snapshot that `source` holds: reads the magic, after a replication wrapping if there is one. The
 * source must outlive the reader. The caller closes it. */
rk_rdb *rk_rdb_open(rk_source *source, rk_err *err);

/* The same over a window that stands at the magic, and is taken over (it is zeroed), on failure too. */
rk_rdb *rk_rdb_open_window(rk_window *window, rk_err *err);

/* Moves the window out of a reader that has come to the end of its snapshot: it stands at what follows. The reader can
 * then only be closed, or lend its second readers what they need. */
void rk_rdb_hand_over(rk_rdb *rdb, rk_window *window);
void rk_rdb_close(rk_rdb *rdb);

/* What a magic says: REDIS0011 is version 11, VALKEY080 version 80 of valkey. */
typedef struct {
    uint32_t version;
    bool valkey;
} rk_rdb_header;

/* False, and says why: no server writes such a magic. `offset` is where it stands, or RK_NO_OFFSET. */
bool rk_rdb_header_parse(rk_slice magic, uint64_t offset, rk_rdb_header *header, rk_err *err);

/* Opens what has lost its magic: the reader stands at `offset`, as if behind a magic that says `header`, and so do its
 * second readers. The checksum is taken from byte 0. The source must allow a second look, and may have been read from
 * before. */
rk_rdb *rk_rdb_open_headless(rk_source *source, uint64_t offset, rk_rdb_header header, rk_err *err);

/* From here on it is read as if the magic said `header`. */
void rk_rdb_assume(rk_rdb *rdb, rk_rdb_header header);

/* From here on keys have no names, as in the payload of DUMP (spec: RDB, "DUMP payload"): the value stands right behind
 * its type byte. */
void rk_rdb_nameless(rk_rdb *rdb);

/* Pulls the next record; what is left of the key before is skipped. False: `err` says why; after RK_RECORD_END
 * there is nothing to pull. An unknown opcode or type is RK_UNKNOWN: what came before is sound, as far as a
 * checksum that was not reached can tell. */
bool rk_rdb_next(rk_rdb *rdb, rk_record *record, rk_err *err);

/* Pulls the next element of the key pulled last. False at the end, and on failure: then err->code is set. */
bool rk_rdb_element(rk_rdb *rdb, rk_element *element, rk_err *err);

/* Pulls the next unit of the key pulled last, a list or a sorted set. As rk_rdb_element. */
bool rk_rdb_unit(rk_rdb *rdb, rk_unit *unit, rk_err *err);

/* Passes over what is left of the value of the key pulled last. rk_rdb_offset then tells where its record ends. */
bool rk_rdb_pass(rk_rdb *rdb, rk_err *err);

/* After a pull that failed: true when nothing but a content could not be decoded (a string, a node, a score ...)
 * and its length is sound, so that the next pull goes on behind it; rk_rdb_next has then filled in what could be
 * read of the record. False: the framing is lost, and every further pull fails in the same words. */
bool rk_rdb_goes_on(const rk_rdb *rdb);

/* Passes over the string that is the value of the key pulled last (its type must be RK_STRING) and verifies it,
 * without decoding it; `len` is its logical length. False at the end, and on failure, as rk_rdb_element. */
bool rk_rdb_string(rk_rdb *rdb, uint64_t *len, rk_err *err);

/* From now on streams tell where their nodes begin. */
void rk_rdb_tell_nodes(rk_rdb *rdb);

/* Where an expiry or the like begins that has been read and belongs to the key to come; RK_NO_OFFSET: none. Other
 * records may stand between them. */
uint64_t rk_rdb_pending(const rk_rdb *rdb);

/* The key to come is to have none of it: it is lost. */
void rk_rdb_forget_pending(rk_rdb *rdb);

/* How many elements the value of the key pulled last announces that have not been pulled yet; nodes where they lie
 * in nodes; 0 where it is one packed string. */
uint64_t rk_rdb_left(const rk_rdb *rdb);

/* Where the first node or element of that value begins, behind its count; known once one has been asked for. */
uint64_t rk_rdb_pieces_at(const rk_rdb *rdb);

/* Passes over what is left of the value and tells the digest of all its bytes as they lie in the file. Must be
 * asked for before the first element or unit is pulled, by rk_rdb_digest_begin. */
void rk_rdb_digest_begin(rk_rdb *rdb);
bool rk_rdb_digest_end(rk_rdb *rdb, rk_digest *digest, rk_err *err);

/* The name of the module type whose value was read or passed over last: 9 characters and a zero. */
void rk_rdb_module(const rk_rdb *rdb, char name[10]);

uint32_t rk_rdb_version(const rk_rdb *rdb);
rk_rdb_header rk_rdb_header_of(const rk_rdb *rdb);
const rk_source *rk_rdb_source(const rk_rdb *rdb);
bool rk_rdb_is_valkey(const rk_rdb *rdb);  /* by magic: VALKEY */
uint64_t rk_rdb_begin(const rk_rdb *rdb);  /* of the first record, behind the magic */
uint64_t rk_rdb_offset(const rk_rdb *rdb); /* of the next byte that will be read */
rk_checksum rk_rdb_checksum(const rk_rdb *rdb);
rk_rdb_traits rk_rdb_traits_take(rk_rdb *rdb);
uint64_t rk_rdb_trailing(rk_rdb *rdb, rk_err *err); /* bytes behind the checksum, after RK_RECORD_END */

/* How many of them are the end mark of a replication stream, if that is what they are. */
uint64_t rk_rdb_mark(const rk_rdb *rdb);

/* A second reader over the same source, for a second look by offset: seek, then pull. `first` must outlive
 * the second. Several threads may each have one when `first` has been read to its end; before, its own thread may look
 * again at what it has passed. */
rk_rdb *rk_rdb_second(const rk_rdb *first, rk_err *err);

/* Reads the key record whose type byte stands at `offset` again (record->kind is RK_RECORD_KEY; expiry and the
 * like are not looked at). Elements and units can be pulled then. */
bool rk_rdb_seek_key(rk_rdb *rdb, uint64_t offset, rk_record *record, rk_err *err);

/* Moves to the record that stands at `offset`, in database `db`: rk_rdb_next pulls it and those behind. The
 * checksum is not looked at. */
bool rk_rdb_seek_record(rk_rdb *rdb, uint64_t offset, uint32_t db, rk_err *err);

/* Moves into the middle of a value of this type: to the first of `left` pieces (nodes, members with their scores, fields
 * with their values, items) that stand at `offset`. Elements or units can be pulled then; the expiries of fields count
 * from an unknown beginning where the record has a smallest one. Fails when a value of this type has no pieces. */
bool rk_rdb_seek_pieces(rk_rdb *rdb, uint8_t type_byte, uint64_t offset, uint64_t left, rk_err *err);
bool rk_rdb_has_pieces(const rk_rdb *rdb, uint8_t type_byte);

/* Moves behind the nodes of a stream of this type: RK_ELEMENT_STREAM, groups and producers can be pulled then. */
bool rk_rdb_seek_tail(rk_rdb *rdb, uint8_t type_byte, uint64_t offset, rk_err *err);

/* Reads the string that stands at `offset` again. */
bool rk_rdb_seek_str(rk_rdb *rdb, uint64_t offset, rk_str *str, rk_err *err);

/* From here on rk_rdb_next pulls the records that stand at `offset` and behind it, where `db` is selected. No checksum
 * is taken; templates are those that the first reader has met. */
bool rk_rdb_seek_record(rk_rdb *rdb, uint64_t offset, uint32_t db, rk_err *err);

/* ---- trace ---------------------------------------------------------------------------------------------- */

typedef enum {
    RK_TRACE_BYTES,  /* bytes of a fixed number: an opcode, a time, a score, an id */
    RK_TRACE_LENGTH, /* number: its value */
    RK_TRACE_STRING /* the head of a string, or an integer as a whole: str; number: bytes stored behind `to` */
} rk_trace_kind;

/* Something that a reader has just read, in the order of the file. */
typedef struct {
    rk_trace_kind kind;
    const char *what;  /* in the words of errors: "list item", "number of quicklist nodes", "expiry" */
    uint64_t from, to; /* bytes of the source: [from, to) */
    uint64_t number;
    const rk_str *str; /* without `stored` unless it is an integer; dies with the call */
} rk_traced;

/* Has all that is read from now on told to `tell` (NULL: nobody). Values that are passed over are told as well, string
 * by string; what is within a string is not read then. */
void rk_rdb_trace(rk_rdb *rdb, void (*tell)(void *self, const rk_traced *traced), void *self);

#endif
