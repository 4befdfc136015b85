/* check: is a snapshot whole, what is in it, who can load it, and what can be saved of it. One pass verifies every
 * length, every entry of every packed encoding and what must not occur twice (spec: RDB, "Integrity"), collects the
 * facts of a summary, and notes which bytes are sound, so that a salvage can copy them. */
#ifndef RDBKIT_CHECK_H
#define RDBKIT_CHECK_H

#include "rdbkit/sidekiq.h"
#include "rdbkit/snapshot.h"

/* ---- problems ------------------------------------------------------------------------------------------- */

typedef enum {
    RK_PROBLEM_DAMAGE, /* the bytes contradict the format, or a server refuses or changes them */
    RK_PROBLEM_UNSEEN, /* what cannot be judged: an unknown byte, a newer version */
    RK_PROBLEM_NOTICE  /* legal, yet worth knowing */
} rk_problem_kind;

const char *rk_problem_kind_name(rk_problem_kind kind); /* "damage", "unseen", "notice" */

/* What is wrong, where. Texts are owned by the check. */
typedef struct {
    rk_problem_kind kind;
    const char *step; /* what was being checked, a stable word: "header", "record", "length", "string", "lzf",
                         "listpack", "ziplist", "intset", "zipmap", "quicklist", "score", "stream", "ttl", "module",
                         "duplicate key", "duplicate member", "empty", "order", "checksum", "end", "trailing" ... */
    uint64_t offset;  /* in bytes into the (decompressed) file; RK_NO_OFFSET: of the file as a whole */
    bool has_key;
    uint32_t db;
    rk_slice key;
    rk_type type;
    const char *encoding; /* of the key's type byte; NULL without a key */
    const char *what;     /* "listpack entry takes 70 bytes, 12 remain" */
} rk_problem;

/* ---- what is sound: the damage map ------------------------------------------------------------------------ */

typedef enum {
    RK_SPAN_SOUND,   /* whole records, to be copied as they are */
    RK_SPAN_PIECES,  /* some nodes, members, fields or items of a key of which others are lost */
    RK_SPAN_LOST,    /* bytes that mean nothing any more */
    RK_SPAN_LEFT_OUT /* a record that is well formed and yet stops a server: a key that was there before, one
                        that is empty, a packed value in which something is there twice */
} rk_span_kind;

const char *rk_span_kind_name(rk_span_kind kind); /* "sound", "pieces", "lost", "left_out" */

/* Spans lie one behind the other without a gap, in the order of the file, from the first byte behind the header (from
 * byte 0 when that is lost) to the
 * EOF opcode (or to the end where there is none); what stands behind the checksum is LOST.
 *
 * Of a damaged key whose value is a count and so many nodes, members, fields or items, what stands before the first of
 * them (attributes, type, name, count) is a span PIECES of count 0, and so is what stands behind the nodes of a
 * stream, when it is sound: nothing to be counted, and not to be copied as it is. All other damaged keys are LOST. */
typedef struct {
    rk_span_kind kind;
    uint64_t from, to; /* offsets: [from, to) */
    uint32_t db;       /* that holds at `from` */
    bool db_known; /* a SELECTDB may have stood in the lost bytes before: the db is the last that was seen */
    bool suspect;  /* found behind lost bytes, and with little to prove that it is no chance: see rescue.h */
    uint64_t
        keys; /* that begin in a SOUND or LEFT_OUT span; where a span was cut in the end, the last part has them */
    uint64_t jobs; /* of a PIECES span: 0; for whoever counts them */
    size_t key; /* of PIECES, LEFT_OUT, and of LOST when it begins within a key: index of an rk_damaged_key,
                            else SIZE_MAX */
    uint64_t count; /* of PIECES: how many (nodes, members, fields, items) */
} rk_span;

/* A key that is not whole, or that is left out. Its attributes and name were read soundly. */
typedef struct {
    uint32_t db;
    rk_slice name; /* owned by the check */
    rk_type type;
    uint8_t type_byte;
    const char *encoding;
    uint64_t begin, offset; /* of the record and of its type byte */
    uint64_t value;         /* of the first byte behind the name */
    uint64_t announced;     /* pieces that the record counts; 0: it is one packed string, or that is lost */
    uint64_t pieces;        /* that are sound */
} rk_damaged_key;

/* ---- facts: the summary ------------------------------------------------------------------------------------ */

/* The facts take a few megabytes whatever the file holds: names are cut at RK_FACTS_NAME bytes, and so many
 * databases, AUX names and libraries are told apart; what is beyond is counted. They speak of keys that were read to
 * their end. */
enum { RK_FACTS_NAME = 1024, RK_FACTS_DBS = 1024, RK_FACTS_AUX = 256, RK_FACTS_FUNCTIONS = 1024 };

typedef struct {
    uint32_t db;
    uint64_t keys[RK_OTHER + 1];     /* by rk_type */
    uint64_t expiries[RK_OTHER + 1]; /* keys with an expiry */
    uint64_t bytes[RK_OTHER + 1];    /* of their records in the file */
    uint64_t elements[RK_OTHER + 1]; /* items, members, fields, entries */
} rk_db_facts;

typedef struct {
    uint8_t type_byte;
    rk_type type;
    const char *encoding;
    uint64_t keys, bytes;
    uint32_t example_db;
    rk_slice example; /* name of the first such key */
} rk_encoding_facts;

typedef struct {
    uint32_t db;
    rk_slice name;
    rk_type type;
    const char *encoding;
    uint64_t bytes;    /* of the record in the file */
    uint64_t elements; /* items, members, fields, entries; 1 for a string */
} rk_big_key;

typedef struct {
    rk_slice name, value; /* value cut at 256 bytes */
    uint64_t count;       /* how often the field occurs */
} rk_aux_field;

/* What of a job's payload some versions of Sidekiq do not know (spec: Sidekiq, "The payload"). */
typedef enum {
    RK_FORM_MS_TIME,     /* times in integer milliseconds: written by 8.0 and later */
    RK_FORM_MS_LIMIT,    /* and a limit in time on retries, which 7.x then takes for an endless one */
    RK_FORM_TEXT_TIME,   /* times in words: written until 2.17 */
    RK_FORM_NEW_WRAPPER, /* Sidekiq::ActiveJob::Wrapper: there from 7.3.3 on */
    RK_FORM_EXTENSION,   /* Sidekiq::Extensions: gone in 7.0 */
    RK_FORM_NO_JID,      /* written before 2.2, or not by Sidekiq */
    RK_FORM_BROKEN,      /* no JSON object with a class */
    RK_FORM_COUNT
} rk_job_form;

const char *rk_job_form_name(rk_job_form form); /* "ms_time" ... */

/* Something that stands in the way of a server, or that it would lose, and the first key that has it. */
typedef struct {
    uint64_t count;
    bool has_example;
    uint32_t db;
    rk_slice key;
} rk_trait;

typedef enum {
    RK_TRAIT_FIELD_TTL, /* hashes with at least one live field TTL; fields in count2 */
    RK_TRAIT_STREAM,
    RK_TRAIT_STREAM_COUNTERS, /* types 19 and up: counters that 5.0 to 6.2 have not */
    RK_TRAIT_STREAM_IDMP,     /* streams with producers or other than default IDMP */
    RK_TRAIT_STREAM_NACK,
    RK_TRAIT_STREAM_LENGTH,  /* announced length differs from the live entries */
    RK_TRAIT_STREAM_UNOWNED, /* pending entries without a consumer, outside the NACK zone */
    RK_TRAIT_ARRAY,
    RK_TRAIT_MODULE, /* module values; names in rk_snapshot_info.modules */
    RK_TRAIT_KEY_META,
    RK_TRAIT_IDLE,        /* IDLE or FREQ opcodes */
    RK_TRAIT_LATE_EXPIRY, /* expiry after 2038-01-19, before which 32-bit seconds end */
    RK_TRAIT_EMPTY,       /* collections without an element */
    RK_TRAIT_DUPLICATE_KEY,
    RK_TRAIT_DUPLICATE_MEMBER,
    RK_TRAIT_WIDE_LENGTH,       /* the length form 0x81 */
    RK_TRAIT_LONG_STRING,       /* above 512 MB */
    RK_TRAIT_SMALL_ZIPLIST_INT, /* ziplist integers of 24, 8 and 4 bits */
    RK_TRAIT_BACKLEN_OLD,       /* listpack elements at a boundary size, backlen as up to Redis 8.6 */
    RK_TRAIT_BACKLEN_NEW,       /* the same, backlen as from Redis 8.8 on */
    RK_TRAIT_SUB_KEY_EXPIRY,    /* KeyDB */
    RK_TRAIT_COUNT
} rk_trait_kind;

typedef struct {
    uint64_t opcodes[256]; /* by byte: records and attributes; types are in encodings */
    uint64_t keys, expiries;
    rk_trait traits[RK_TRAIT_COUNT];
    uint64_t field_ttls; /* fields that have one */
    uint64_t longest_string;
    rk_db_facts *dbs; /* ascending */
    size_t db_count;
    uint64_t keys_elsewhere;      /* in further databases */
    rk_encoding_facts *encodings; /* by type byte, ascending */
    size_t encoding_count;
    rk_big_key *biggest; /* by bytes, descending */
    size_t biggest_count;
    rk_aux_field *aux;
    size_t aux_count;
    uint64_t aux_elsewhere; /* fields with further names */
    rk_slice *functions;    /* names of libraries, as their first line has them */
    size_t function_count;
    const rk_layouts
        *sidekiq; /* layouts with the number of jobs in each place; NULL: not looked for, or not to
                                  be had from a file that is damaged where they lie */
    bool jobs_looked_into;
    rk_trait job_forms[RK_FORM_COUNT]; /* jobs, and the first key with one; when they were looked into */
    uint64_t sidekiq_unseen;           /* keys that may be Sidekiq's beyond those that were looked at */
} rk_facts;

const char *rk_trait_name(rk_trait_kind kind); /* "field_ttl", "stream" ... */

/* ---- running ------------------------------------------------------------------------------------------------ */

typedef struct {
    rk_progress *progress;
    uint64_t problems_most; /* kept with their texts; further ones are counted (0: 10,000) */
    size_t top;             /* biggest keys to name */
    bool look_into_jobs;    /* count what only some versions of Sidekiq know: rk_facts.job_forms */

    /* Where the header cannot be read it is damage like any other, as long as records are found behind it that are no
     * chance. Its version is guessed by them, and told in a notice. */
    bool header_may_be_lost;
    const rk_rdb_header *assume; /* the same, and the header is this one, whatever the file says; or NULL */

    /* Commands may stand behind the checksum (an append-only file with a snapshot as its head): somebody else checks them,
     * and rk_snapshot_info.trailing says how many bytes they are. */
    bool commands_behind;
} rk_check_options;

typedef struct rk_check rk_check;

/* Checks what `path` names to its end, through damage where it can. False only when there is nothing to say: it
 * cannot be opened or read, or is no snapshot; `err` says why. The caller frees the check. */
rk_check *rk_check_run(const char *path, const rk_check_options *options, rk_err *err);
rk_check *rk_check_source(rk_source *source, const rk_check_options *options,
                          rk_err *err); /* takes the source */
void rk_check_free(rk_check *check);

const rk_snapshot_info *rk_check_info(const rk_check *check);
const rk_facts *rk_check_facts(const rk_check *check);

/* In the order of their offsets; NULL behind the last. */
const rk_problem *rk_check_problem(const rk_check *check, size_t i);
uint64_t rk_check_problems(const rk_check *check, rk_problem_kind kind); /* found, listed or not */
const rk_span *rk_check_span(const rk_check *check, size_t i);
const rk_damaged_key *rk_check_damaged(const rk_check *check, size_t i);

/* The source that is checked. */
const rk_source *rk_check_source_of(const rk_check *check);

/* Opens a file to write beside the snapshot: never the snapshot itself, and none that is there without `force`. */
rk_sink *rk_check_sink(const rk_check *check, const char *path, bool force, rk_err *err);

/* Checks the snapshot that was written to `sink`, before it gets its name: false when it is not whole. `path`: its name to
 * be, for messages. *again: the check, the caller's to free; NULL: it is not wanted. */
bool rk_check_read_back(rk_sink *sink, const char *path, rk_check **again, rk_err *err);

/* 0 whole, 1 damage was found (whatever else could not be judged), 2 something could not be judged.
 *
 * A byte that is no known type or opcode leaves open what follows. In a file of a version newer than all that are
 * known, and in one whose checksum holds, it is UNSEEN: somebody wrote it there. In a file of a known version whose
 * checksum does not hold, or that has none and is damaged elsewhere, it is DAMAGE. */
int rk_check_exit(const rk_check *check);

/* ---- salvage -------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t keys, whole, partial, lost, left_out, suspects; /* keys */
    uint64_t pieces;                                         /* saved of partial keys */
    uint64_t bytes_lost;
    uint64_t bytes_written;
} rk_salvage_result;

/* Writes the sound spans and pieces as a snapshot of their own at `path`, whole or not at all; fails when `path` is
 * the input. The check must stay open. Then reads it back and checks it: a salvage that is not whole is an error. */
bool rk_salvage_write(const rk_check *check, const char *path, bool force, rk_salvage_result *result,
                      rk_err *err);

/* The same behind what was written to a sink before. Whoever commits the sink reads it back. */
bool rk_salvage_append(const rk_check *check, rk_sink *sink, rk_salvage_result *result, rk_err *err);

/* ---- who can load it ------------------------------------------------------------------------------------------ */

typedef enum {
    RK_SERVER_REDIS,
    RK_SERVER_VALKEY,
    RK_SERVER_KEYDB,
    RK_SERVER_DRAGONFLY,
    RK_SERVER_SIDEKIQ
} rk_server_kind;

/* A server and its version as a user names it: "redis:6.2", "valkey:8" (the oldest 8), "valkey:9:relaxed"
 * (`rdb-version-check relaxed`), "keydb:6", "dragonfly", "sidekiq:8.1". A version between two that are known is as the
 * older of them; one beyond the newest that is known, or before the oldest, is refused. */
typedef struct {
    rk_server_kind kind;
    unsigned major, minor;
    bool relaxed;
} rk_target;

bool rk_target_parse(const char *words, rk_target *target, rk_err *err);

typedef struct {
    char text[48];
} rk_target_room;
const char *rk_target_name(const rk_target *target, rk_target_room *room); /* "Valkey 9.0 (relaxed)" */

typedef struct {
    bool blocks;    /* the load aborts (of a Sidekiq: jobs do not run); else something is lost or changed */
    bool needs;     /* it loads where something is there that a plain server has not: a module, a setting */
    const char *id; /* stable word: "version", "magic", "field_ttl" ... */
    uint64_t count; /* of keys, records or jobs; 0: it is about the file */
    bool has_example;
    uint32_t db;
    rk_slice key;     /* owned by the check */
    char what[240];   /* "3 hashes with field TTL (5 fields): Redis 7.2 cannot load them" */
    char advice[240]; /* "" or what a downgrade would do, and lose */
} rk_obstacle;

/* What stands between the checked snapshot and the target, from its facts and the compatibility matrix (spec:
 * Compatibility). Pulls the i-th obstacle; false behind the last. */
bool rk_obstacle_next(const rk_check *check, const rk_target *target, size_t i, rk_obstacle *obstacle);

/* True when nothing of that blocks. */
bool rk_target_loads(const rk_check *check, const rk_target *target);

/* The oldest Redis (and the oldest Valkey) that loads the file as it is: "2.6", or NULL: none does. It may need modules
 * that the file names; with *relaxed it is a Valkey whose version check is told to be. */
const char *rk_oldest_redis(const rk_check *check);
const char *rk_oldest_valkey(const rk_check *check, bool *relaxed);

/* ---- explain ----------------------------------------------------------------------------------------------------- */

/* A stretch of bytes and what it is, from the outside in: record, key, string, node, entry, encoding byte. */
typedef struct {
    uint64_t offset,
        len;        /* bytes of the file; of what was decompressed: those of the LZF string it comes from */
    unsigned depth; /* of a record: 0; what belongs to it stands behind it, one deeper */
    bool decoded;   /* it lies in a decompressed string: `inner_len` bytes, `inner` bytes into it */
    uint64_t inner, inner_len;
    bool holds;     /* the byte that was asked for; of what was decompressed: bytes that come from it */
    uint64_t asked; /* if so: which of its bytes is it, or the first that comes from it */
    bool has_parts; /* the items behind it that are deeper and lie within tell of its bytes */
    bool error;     /* here it cannot be read on; `text` says why */
    char text[240]; /* "length of the key: 13 (6 bits)" */
} rk_explained;

/* Where the byte that was asked for lies. Texts are owned by the rk_explain. */
typedef struct {
    const char *path, *packing; /* as in rk_snapshot_info */
    uint64_t offset;            /* that was asked for; counted in the decompressed file, as all offsets are */
    uint64_t size;
    bool in_record;
    uint64_t begin, end; /* of the record; `end` is where reading stopped when it is damaged */
    const char *record;  /* "AUX", "key", "header", "end" ... */
    bool has_key;
    uint32_t db;
    rk_slice key;
    rk_type type;
    const char *encoding;
    rk_err damage; /* what stopped the reading before all was shown; code RK_OK: nothing did */
} rk_explained_place;

typedef struct {
    uint64_t span; /* so many bytes before and behind are told of, too (0: 64) */
    rk_progress *progress;
} rk_explain_options;

typedef struct rk_explain rk_explain;

/* Explains the byte at `offset` of what `path` names, damaged or not. False only when it cannot be opened or read, or
 * ends before: `err` says why. The caller frees it. */
rk_explain *rk_explain_run(const char *path, uint64_t offset, const rk_explain_options *options, rk_err *err);
rk_explain *rk_explain_source(rk_source *source, uint64_t offset, const rk_explain_options *options,
                              rk_err *err); /* takes the source, which must allow a second look */
void rk_explain_free(rk_explain *explain);

const rk_explained_place *rk_explain_where(const rk_explain *explain);

/* In the order of the file; what was decompressed stands behind the LZF string it comes from. What is not told of lies
 * too far away. NULL behind the last. */
const rk_explained *rk_explain_item(const rk_explain *explain, size_t i);

/* Up to `count` bytes of the item, from its byte `from` on; returns how many there were. */
size_t rk_explain_bytes(const rk_explain *explain, const rk_explained *item, uint64_t from, uint8_t *into,
                        size_t count);

#endif
