/* stream: streams as values (spec: RDB, "Streams"; AOF, "Streams"): entries in the order of their ids, groups with what
 * is pending in them and their consumers, idempotent producers. */
#ifndef RDBKIT_KEYSPACE_STREAM_H
#define RDBKIT_KEYSPACE_STREAM_H

#include "ids.h"

/* Field, value, field, value ... as they stand in a log, from `$` on: `$4\r\ntype\r\n$1\r\nx`. Long bodies therefore
 * can stay there as a whole. The string's hash means nothing. */
typedef struct {
    rk_stream_id id;
    ks_str body;
} ks_entry;

typedef struct {
    int64_t seen_ms, active_ms; /* -1: never active */
    uint64_t pending;
    uint32_t mark; /* its number while the group is copied or written */
} ks_consumer;

typedef struct {
    ks_str name; /* held, not in a file: as those of groups and producers are */
    ks_consumer *consumer;
} ks_consumer_row;

typedef struct {
    rk_stream_id id;
    ks_consumer *owner; /* NULL: it is in the NACK zone */
    int64_t time_ms;    /* of the last delivery */
    uint64_t deliveries;
    uint64_t zone; /* in the NACK zone: entries stand there in the order of these numbers */
} ks_pending;

enum { KS_READ_UNKNOWN = -1 };

typedef struct {
    rk_stream_id last; /* delivered */
    int64_t read;      /* entries read, or KS_READ_UNKNOWN */
    ks_ids pending;    /* of ks_pending */
    ks_dict consumers; /* of ks_consumer_row */
    uint64_t nacks;    /* numbers given in the NACK zone */
    uint64_t nacked;   /* entries in it */
} ks_group;

typedef struct {
    ks_str name;
    ks_group *group;
} ks_group_row;

typedef struct {
    ks_str iid;
    rk_stream_id id;
} ks_idempotent;

typedef struct {
    ks_str name;
    ks_dict iids; /* of ks_idempotent, oldest first */
} ks_producer;

enum { KS_IDMP_USUAL = 100, KS_IDMP_DURATION_MOST = 86400, KS_IDMP_ENTRIES_MOST = 10000 };

/* What is kept of idempotent producers. Records do not expire: they would by a clock. */
typedef struct {
    uint64_t duration_s, most; /* entries a producer */
    uint64_t added, duplicates;
    ks_dict producers; /* of ks_producer */
} ks_idmp;

struct ks_stream {
    ks_ids entries; /* of ks_entry */
    rk_stream_id last, max_deleted;
    uint64_t added; /* entries that ever were */
    ks_dict groups; /* of ks_group_row */
    ks_idmp idmp;
    bool has_active; /* the base told when consumers were active */
};

/* ---- stream.c --------------------------------------------------------------------------------------------- */

ks_stream *ks_stream_new(rk_keyspace *ks); /* NULL: no memory */

/* The stream of argument `arg`; NULL: there is none, or (*wrong) it is of another type, or trouble. */
ks_stream *ks_stream_open(ks_call *c, size_t arg, bool *wrong);

/* The same, made where there is none. */
ks_stream *ks_stream_open_or_make(ks_call *c, size_t arg, bool *wrong);

/* Fails: the key is of another type. */
rk_outcome ks_stream_wrong(ks_call *c, size_t arg);

/* An entry goes, and its body ends. False: there was none. */
bool ks_stream_remove(rk_keyspace *ks, ks_stream *stream, rk_stream_id id);

/* ---- stream_body.c ---------------------------------------------------------------------------------------- */

/* Makes a body piece by piece; uses scratch 2. */
void ks_body_begin(rk_keyspace *ks);
bool ks_body_add(rk_keyspace *ks, rk_slice piece);
bool ks_body_end(rk_keyspace *ks, ks_str *body);

/* That of a command whose fields and values are the arguments from `from` on. */
bool ks_body_of_args(ks_call *c, size_t from, ks_str *body);

/* The next piece of a body whose bytes are `rest`; false: there is no more, or, *bad, the file has other bytes now. */
bool ks_body_next(rk_slice *rest, rk_slice *piece, bool *bad);

/* ---- stream_args.c ---------------------------------------------------------------------------------------- */

/* `ms-seq`, or `ms` alone, whose sequence is `seq` then. */
bool ks_stream_id(rk_slice text, uint64_t seq, rk_stream_id *id);

/* A number from 0 to 2^64-1. */
bool ks_unsigned(rk_slice text, uint64_t *value);

/* Are the arguments [from, to) ids? Else the command fails, and says so. */
bool ks_are_ids(ks_call *c, size_t from, size_t to);

/* `IDS n id ...` at argument `at`: *first and *behind are the arguments of the ids. False: the command fails. */
bool ks_ids_argument(ks_call *c, size_t at, size_t *first, size_t *behind);

/* The id of an argument that is known to be one. */
rk_stream_id ks_id_arg(const ks_call *c, size_t i);

/* What becomes of references to an entry that is deleted (Redis 8.2). */
typedef enum { KS_KEEPREF, KS_DELREF, KS_ACKED } ks_refs;
bool ks_refs_word(rk_slice word, ks_refs *refs);

/* ---- stream_trim.c ---------------------------------------------------------------------------------------- */

typedef enum { KS_TRIM_NOT, KS_TRIM_LENGTH, KS_TRIM_ID } ks_trim_kind;

typedef struct {
    ks_trim_kind kind;
    uint64_t length; /* what is left */
    rk_stream_id id; /* the first that is left */
    bool about;      /* `~`: how much is left depends on the server's nodes */
    ks_refs refs;
} ks_trim;

/* Reads an option of trimming that stands at argument *at, and steps behind it. False: there is none, or, then
 * `c->why` is set, it is wrong. */
bool ks_trim_option(ks_call *c, size_t *at, ks_trim *trim);

/* Trims. True when entries have gone; *unsure: some would have to go, and it cannot be known which. */
bool ks_trim_apply(rk_keyspace *ks, ks_stream *stream, const ks_trim *trim, bool *unsure);

/* The command is opaque, since it trimmed about so much: nothing has gone, and the key is uncertain. */
rk_outcome ks_trim_unsure(ks_call *c);

/* ---- stream_del.c ----------------------------------------------------------------------------------------- */

/* Deletes an entry as XDEL does, but for what `refs` says. False: there was none, or somebody needs it. */
bool ks_stream_delete(rk_keyspace *ks, ks_stream *stream, rk_stream_id id, ks_refs refs);

/* Is there a group that has not been given the entry yet, or in which it is pending? */
bool ks_stream_needs(const ks_stream *stream, rk_stream_id id);

/* It is pending in no group any more. False: it was in none. */
bool ks_stream_drop_refs(ks_stream *stream, rk_stream_id id);

/* ---- group.c ---------------------------------------------------------------------------------------------- */

/* NULL: there is none, or trouble. */
ks_group *ks_group_find(rk_keyspace *ks, const ks_stream *stream, rk_slice name);
ks_group *ks_group_add(rk_keyspace *ks, ks_stream *stream, rk_slice name); /* NULL: no memory */
void ks_group_free(rk_keyspace *ks, ks_group *group);

ks_consumer *ks_consumer_find(rk_keyspace *ks, const ks_group *group, rk_slice name);
ks_consumer *ks_consumer_add(rk_keyspace *ks, ks_group *group, rk_slice name);

/* Nobody or somebody else owns what is pending. */
void ks_pending_own(ks_group *group, ks_pending *pending, ks_consumer *owner);
void ks_pending_nack(ks_group *group, ks_pending *pending);

/* What was pending is not any more. False: it was not. */
bool ks_pending_remove(ks_group *group, rk_stream_id id);

/* ---- stream_idmp.c ---------------------------------------------------------------------------------------- */

ks_producer *ks_producer_find(rk_keyspace *ks, const ks_idmp *idmp, rk_slice name);
ks_producer *ks_producer_add(rk_keyspace *ks, ks_idmp *idmp, rk_slice name); /* NULL: no memory */
ks_idempotent *ks_idempotent_find(rk_keyspace *ks, const ks_producer *producer, rk_slice iid);
bool ks_idempotent_add(rk_keyspace *ks, ks_producer *producer, rk_slice iid, rk_stream_id id);
void ks_idmp_forget(rk_keyspace *ks, ks_idmp *idmp); /* all producers */

/* A record comes, those beyond the most leave, oldest first; counted. */
bool ks_idmp_record(rk_keyspace *ks, ks_idmp *idmp, rk_slice producer, rk_slice iid, rk_stream_id id);

/* The idempotent id that IDMPAUTO makes of the fields and values from argument `from` on. Uses scratch 2. */
bool ks_idmp_auto(const ks_call *c, size_t from, uint8_t iid[16]);

/* ---- stream_load.c, stream_save.c ------------------------------------------------------------------------- */

bool ks_stream_load(rk_keyspace *ks, ks_key *key, rk_rdb *rdb);
bool ks_stream_save(ks_saver *saver, const ks_key *key);
uint32_t ks_stream_needs_version(rk_keyspace *ks, const ks_key *key, bool valkey, const char **why);

/* ---- handlers --------------------------------------------------------------------------------------------- */

rk_outcome ks_xadd(ks_call *c), ks_xtrim(ks_call *c), ks_xdel(ks_call *c), ks_xdelex(ks_call *c),
    ks_xack(ks_call *c), ks_xackdel(ks_call *c), ks_xsetid(ks_call *c), ks_xcfgset(ks_call *c),
    ks_xidmprecord(ks_call *c), ks_xclaim(ks_call *c), ks_xnack(ks_call *c);

#endif
