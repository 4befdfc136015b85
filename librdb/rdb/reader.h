/* reader: the inside of an rk_rdb, shared by the files that read one kind of value each. */
#ifndef RDBKIT_RDB_READER_H
#define RDBKIT_RDB_READER_H

#include "rdbkit/rdb.h"

/* Bytes that pass by while something is being read are shown to a tap: the digest of a value, the copy of a
 * record. */
typedef struct {
    bool on, fed;
    uint64_t from; /* offset in the source of the first byte not yet shown */
} rdb_tap;

typedef struct {
    uint64_t id, offset; /* of the record */
    uint64_t count;
    rk_slice *fields;
} rdb_template;

/* How far a plain or packed value has been read. */
typedef struct {
    uint64_t left;     /* nodes or elements not read yet */
    uint64_t minimum;  /* of HASH_METADATA: the smallest expiry */
    uint64_t position; /* fields read so far, of a template hash */
    const rdb_template *template;
    bool in_blob, in_ziplist;
    bool broken; /* the packed value cannot be read further: it is at its end */
    rk_ziplist ziplist;
    rk_listpack listpack;
    rk_intset intset;
    rk_zipmap zipmap;
    char room[3][48];
} rdb_plain;

typedef enum {
    STREAM_NODE,
    STREAM_ENTRY,
    STREAM_FIELD,
    STREAM_META,
    STREAM_GROUP,
    STREAM_PENDING,
    STREAM_CONSUMER,
    STREAM_OWNED,
    STREAM_NACK,
    STREAM_PRODUCER,
    STREAM_IDEMPOTENT,
    STREAM_IDMP_END,
    STREAM_DONE
} rdb_stream_phase;

/* How far a stream has been read (spec: RDB, "Streams"). */
typedef struct {
    rdb_stream_phase phase;
    uint64_t nodes, groups, pending, consumers, owned, nacked, producers, idempotents;
    rk_listpack pack;          /* of the node being read, behind its master entry */
    rk_listpack master_fields; /* stands before the first field name of the master entry */
    rk_listpack names;         /* the field names of a SAMEFIELDS entry */
    rk_stream_id master;
    int64_t live, deleted; /* entries of the node that are still to come */
    int64_t master_count;  /* fields of the master entry */
    int64_t fields;        /* of the entry being read, still to come */
    int64_t lp_count;      /* what the entry's last element must say */
    bool same_fields, skip_entry;
    uint64_t idmp_duration, idmp_max;
    char room[2][48];
} rdb_stream;

typedef struct rdb_value_type rdb_value_type;

struct rk_rdb {
    rk_source *source;
    rk_window win;
    const rk_rdb *first; /* of a second reader: where the templates are */
    rk_rdb_header header;
    bool dragonfly, second, ended, nameless;
    uint64_t crc;
    rk_checksum checksum;
    uint64_t records_at; /* offset of the first record */
    rk_err bad;          /* what could not be decoded in this pull, though its length is sound */
    rk_err lost;         /* why the framing is lost: the answer to every further pull */
    bool goes_on, tell_nodes;
    rk_rdb_traits traits;
    size_t wrapping; /* bytes of a replication end mark that may follow the checksum */

    void (*trace)(void *self, const rk_traced *traced); /* NULL: nobody asks */
    void *trace_self;

    rk_hasher *hasher; /* made when the first digest is asked for */
    rdb_tap digest_tap, copy_tap;
    rk_buf copy; /* what copy_tap was shown */

    uint32_t db;
    int64_t expire_ms, idle_s; /* of the key to come */
    int16_t frequency;
    uint8_t expiry_opcode;
    uint16_t meta_classes;
    uint64_t begin; /* where the key's record began, or RK_NO_OFFSET */

    rk_buf name, text[3]; /* the key's name; decoded strings */
    rk_buf meta;
    const rdb_value_type *type; /* of the key pulled last, until its value has been read; else NULL */
    uint8_t type_byte;
    bool opened, by_unit; /* some of the value has been read, and how */
    bool in_pieces;       /* the value is read from its middle: see pieces.c */
    bool value_end;
    uint64_t pieces_at; /* behind what the value begins with */
    rdb_plain plain;
    rdb_stream stream;
    uint64_t module_id;

    rk_arena arena; /* holds the templates */
    rdb_template *templates;
    size_t template_count, template_cap;
    uint32_t *template_slots; /* finds a template by its id; see template.c */
    size_t template_slot_cap;
    rk_spread template_spread;
    rk_arena value_arena;   /* holds the fields of a value that brings its own */
    struct rk_probe *probe; /* of a second reader, when it was asked for */
};

/* One row per value type (spec: RDB, "Value types"). `open` reads up to the first element; `next` reads one
 * element, false at the end or on failure; `skip` passes over a value of which nothing has been read. */
typedef bool rdb_step(rk_rdb *rdb, rk_err *err);
typedef bool rdb_pull(rk_rdb *rdb, rk_element *element, rk_err *err);
struct rdb_value_type {
    rk_type type;
    const char *encoding;
    rdb_step *open;
    rdb_pull *next;
    rdb_step *skip;
};

/* The row for a type byte in this reader's branch (Redis, Valkey, Dragonfly), or NULL: unknown. */
const rdb_value_type *rdb_value_type_of(const rk_rdb *rdb, uint8_t type_byte);

/* tap.c: what passes by. rdb_drain is what the window shows it to; a copy holds what is read between its
 * begin and its end, in rdb->copy. */
void rdb_drain(void *self, const uint8_t *bytes, size_t count);
void rdb_copy_begin(rk_rdb *rdb);
bool rdb_copy_end(rk_rdb *rdb, rk_err *err);

/* Passes over what is left of the value pulled last. */
bool rdb_skip_rest(rk_rdb *rdb, rk_err *err);

/* The two kinds of failure. What cannot be decoded, though its length is sound, is noted in rdb->bad and passed
 * over as if it were empty; what leaves nobody knowing where the next thing begins goes to `err`, and ends all
 * reading. rdb_start begins a pull; rdb_settle ends it, and makes one error of both. */
bool rdb_start(rk_rdb *rdb, rk_err *err);
bool rdb_settle(rk_rdb *rdb, bool ok, rk_err *err);

/* A string could not be decoded: true, that is noted; false: there was no memory. */
bool rdb_put_off(rk_rdb *rdb, rk_err *err);

/* Adds to a failure where it happened: the key or the record, and the source. Always returns false. */
bool rdb_say_where(rk_rdb *rdb, rk_err *err);

/* Nothing that stands before a key is known of the key to come. */
void rdb_reset_attributes(rk_rdb *rdb);

/* Reads the key whose type byte has been read from `offset`. */
bool rdb_read_key(rk_rdb *rdb, uint8_t byte, uint64_t offset, rk_record *rec, rk_err *err);

/* again.c: tells the trace what stood from `from` to where the window is. */
void rdb_tell(const rk_rdb *rdb, rk_trace_kind kind, const char *what, uint64_t from, uint64_t number,
              const rk_str *str);

static inline void rdb_trace(const rk_rdb *rdb, rk_trace_kind kind, const char *what, uint64_t from,
                             uint64_t number, const rk_str *str)
{
    if (__builtin_expect(rdb->trace != NULL, 0))
        rdb_tell(rdb, kind, what, from, number, str);
}

/* plain.c: passes over a value that is a count and, for each that it counts, strings and then 8 bytes, if any. */
typedef struct {
    const char *count, *strings[4], *fixed; /* what they are; `strings` ends in NULL */
} rdb_counted;
bool rdb_skip_counted(rk_rdb *rdb, const rdb_counted *all, rk_err *err);

/* str.c: lengths and strings (spec: RDB, "Length encoding", "String encoding") */
bool rdb_len(rk_rdb *rdb, uint64_t *len, const char *what, rk_err *err);
bool rdb_count(rk_rdb *rdb, uint64_t *count, const char *what,
               rk_err *err); /* a length that needs as many bytes */
bool rdb_str(rk_rdb *rdb, rk_str *str, const char *what, rk_err *err);
/* A decoded string, borrowed until the next read; slot 0..2 holds it where it had to be decoded. `_kept`
 * outlives the next read: it ends with the next use of its slot. */
bool rdb_text(rk_rdb *rdb, unsigned slot, rk_slice *bytes, const char *what, rk_err *err);
bool rdb_text_kept(rk_rdb *rdb, unsigned slot, rk_slice *bytes, const char *what, rk_err *err);
/* Passes over a string; `verify` also makes sure that it could be decoded. */
bool rdb_verify_str(rk_rdb *rdb, uint64_t *len, const char *what, rk_err *err);
bool rdb_skip_str(rk_rdb *rdb, const char *what, rk_err *err);
bool rdb_skip_bytes(rk_rdb *rdb, unsigned bytes, const char *what, rk_err *err);
bool rdb_u8(rk_rdb *rdb, uint8_t *value, const char *what, rk_err *err);
bool rdb_le(rk_rdb *rdb, unsigned bytes, uint64_t *value, const char *what, rk_err *err);
bool rdb_double(rk_rdb *rdb, double *value, const char *what, rk_err *err);
bool rdb_text_double(rk_rdb *rdb, double *value, rk_err *err);
bool rdb_stream_id(rk_rdb *rdb, rk_stream_id *id, const char *what, rk_err *err);     /* 16 raw bytes */
bool rdb_stream_id_len(rk_rdb *rdb, rk_stream_id *id, const char *what, rk_err *err); /* two lengths */

/* lzf_fast.c: decodes `packed` into exactly `out_len` bytes; false: it is not sound, and `out` means nothing. */
bool rdb_lzf_fast(rk_slice packed, uint8_t *out, size_t out_len);

/* A string whose decoded bytes are a packed encoding; `slot` as in rdb_text. */
bool rdb_blob(rk_rdb *rdb, unsigned slot, rk_blob *blob, const char *what, rk_err *err);

/* module.c (spec: RDB, "Modules") */
bool rdb_skip_module_values(rk_rdb *rdb, rk_err *err);
void rdb_module_name(uint64_t id, char name[10]);

/* template.c (spec: RDB, "Hash templates") */
bool rdb_read_template(rk_rdb *rdb, rk_record *record, rk_err *err);
const rdb_template *rdb_find_template(const rk_rdb *rdb, uint64_t id);

/* The next entry of the packed value that is open; false at its end, and once it cannot be read further. */
bool rdb_packed_next(rk_rdb *rdb, rk_packed *entry);

/* A packed score: an integer or text. */
bool rdb_packed_score(const rk_packed *entry, double *score, rk_err *err);

/* The open, next and skip functions of the rows, one file per group of encodings. */
rdb_step rdb_array_open, rdb_cron_open, rdb_hash_listpack_ex_open, rdb_hash_metadata_open,
    rdb_hash_metadata_pre_open, rdb_hash_open, rdb_intset_open, rdb_list_open, rdb_listpack_open,
    rdb_module_open, rdb_number_open, rdb_path_hash_open, rdb_quicklist_open, rdb_set_open, rdb_stream_open,
    rdb_string_open, rdb_template_array_open, rdb_template_array_ref_open, rdb_template_listpack_open,
    rdb_template_listpack_ref_open, rdb_ziplist_open, rdb_zipmap_open, rdb_zset_open, rdb_zset_text_open,
    rdb_array_skip, rdb_blob_skip, rdb_cron_skip, rdb_dragonfly_hash_skip, rdb_dragonfly_set_skip,
    rdb_hash_2_skip, rdb_hash_listpack_ex_skip, rdb_hash_metadata_pre_skip, rdb_hash_metadata_skip,
    rdb_hash_skip, rdb_json_skip, rdb_list_skip, rdb_module_skip, rdb_number_skip, rdb_path_hash_skip,
    rdb_quicklist_2_skip, rdb_quicklist_skip, rdb_set_skip, rdb_stream_skip, rdb_string_skip,
    rdb_template_array_ref_skip, rdb_template_array_skip, rdb_template_listpack_skip, rdb_zset_skip,
    rdb_zset_text_skip;
rdb_pull rdb_array_next, rdb_cron_next, rdb_dragonfly_hash_next, rdb_dragonfly_set_next, rdb_hash_2_next,
    rdb_hash_listpack_ex_next, rdb_hash_metadata_next, rdb_hash_next, rdb_intset_next, rdb_json_next,
    rdb_list_next, rdb_module_next, rdb_number_next, rdb_packed_field_next, rdb_packed_item_next,
    rdb_packed_member_next, rdb_packed_scored_next, rdb_path_hash_next, rdb_quicklist_2_next,
    rdb_quicklist_next, rdb_set_next, rdb_stream_next, rdb_string_next, rdb_template_array_next,
    rdb_template_listpack_next, rdb_zipmap_next, rdb_zset_next, rdb_zset_text_next;

#endif
