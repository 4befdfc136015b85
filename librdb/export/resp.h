/* resp: commands that rebuild a snapshot in a server: what the files that write them share. Commands are put together
 * in `args`, at most RESP_BATCH_BYTES of them at once, and sent with the name of the key in front, so that whatever goes
 * wrong no command is cut in the middle. */
#ifndef RDBKIT_EXPORT_RESP_H
#define RDBKIT_EXPORT_RESP_H

#include "run.h"

enum { RESP_BATCH_BYTES = 64 * 1024, RESP_BATCH_ARGS = 512 };

/* Longer strings than this make a server close the connection (proto-max-bulk-len). */
#define RESP_BULK_MOST (UINT64_C(512) << 20)

/* ---- resp_target.c: what the target knows ----------------------------------------------------------------------- */

typedef enum {
    RESP_ZSETS,
    RESP_HASHES,
    RESP_MANY,      /* several items in one RPUSH, SADD, ZADD */
    RESP_PEXPIREAT, /* else EXPIREAT */
    RESP_RESTORE,
    RESP_REPLACE, /* of RESTORE */
    RESP_HSET,    /* with several fields, else HMSET */
    RESP_STREAMS,
    RESP_ABSTTL,    /* of RESTORE, and IDLETIME and FREQ */
    RESP_CONSUMERS, /* XGROUP CREATECONSUMER, XTRIM MINID */
    RESP_SURVIVES,  /* a RESTORE of a module that it lacks: older servers exit */
    RESP_FUNCTIONS,
    RESP_COUNTERS, /* of streams and groups */
    RESP_FIELD_TTL,
    RESP_IDMP,
    RESP_KEY_META,
    RESP_NACK,
    RESP_ARRAYS,
    RESP_FEATURES
} resp_feature;

typedef struct {
    unsigned redis,
        valkey;    /* version * 100 of the Redis that it is like, and of the Valkey that it is, or 0 */
    char name[24]; /* "Redis 7.2" */
} resp_target;

/* False for a Sidekiq, which takes no commands. */
bool resp_target_of(const rk_export_options *options, resp_target *target, rk_err *err);
bool resp_has(const resp_target *target, resp_feature feature);

/* The RDB version to put on a RESTORE of a value of this type; 0: the target does not take it. `valkey` says whose
 * numbers from 22 on are meant. */
unsigned resp_restore_version(const resp_target *target, uint8_t type_byte, bool valkey, bool has_meta);

/* ---- resp_loss.c: what was not brought over ----------------------------------------------------------------------- */

typedef enum {
    LOSS_ZSET,
    LOSS_HASH,
    LOSS_STREAM,
    LOSS_ARRAY,
    LOSS_MODULE,
    LOSS_OTHER,
    LOSS_FIELD_TTL,
    LOSS_FIELD_TTL_RANGE,
    LOSS_VENDOR_TTL,
    LOSS_SUB_KEY,
    LOSS_KEY_META,
    LOSS_UNOWNED,
    LOSS_PENDING,
    LOSS_NO_FIELDS,
    LOSS_IDMP,
    LOSS_LONG,
    LOSS_SCORE,
    LOSS_FUNCTION,
    LOSS_MODULE_AUX,
    NOTE_COUNTERS, /* from here on: nothing is lost */
    NOTE_LONG,
    NOTE_MODULE,
    NOTE_KEY_META,
    NOTE_DATABASES,
    RESP_LOSSES
} resp_loss_kind;

typedef struct {
    uint64_t count;
    bool has_example;
    uint32_t db;
    rk_buf key;
} resp_loss;

/* ---- the writer ------------------------------------------------------------------------------------------------------ */

/* A pending entry of a group. */
typedef struct {
    rk_stream_id id;
    int64_t time_ms;
    uint64_t count;
    bool sent;
} resp_pending;

/* A stream under way; see resp_stream.c. */
typedef struct {
    rk_stream_id
        *wanted; /* ids that groups and producers name, ascending; those below `made` have got an entry of
                             their own, since the stream has it no more */
    size_t wanted_count, wanted_cap, next, made;
    uint64_t live;
    rk_stream_id first, last; /* of the live entries; of all sent */
    bool has_producers, in_entry, keep_entry;
    uint64_t fields; /* of the entry, still to come */
    rk_element meta, idmp;
    bool in_group, in_consumer, consumer_sent;
    rk_buf group, consumer, producer; /* names, as arguments */
    resp_pending *pending;
    size_t pending_count, pending_cap;
    bool pending_sorted;
    resp_pending claim; /* what the ids in `args` are claimed with */
    size_t claimed;
} resp_stream;

typedef struct resp {
    rk_export *run;
    resp_target target;
    bool hides_values;
    bool has_db, has_key; /* a db has been selected; a key is at hand */
    bool cleared;         /* the key has been deleted, so that it can be built */
    uint32_t db;
    rk_buf name; /* of the key at hand, as it is shown */
    rk_buf key;  /* the same as an argument */
    rk_buf args; /* of the command that is being put together */
    uint64_t arg_count;
    rk_buf after; /* whole commands that go behind it */
    resp_stream stream;
    resp_loss losses[RESP_LOSSES];
} resp;

bool resp_lose(resp *r, resp_loss_kind kind, uint64_t count, rk_err *err); /* of the key at hand */

/* resp_out.c: arguments are added, then sent behind `verb` (one word or two) and, if `keyed`, the key. */
bool resp_arg(rk_buf *out, rk_slice bytes, rk_err *err);
bool resp_add(resp *r, rk_slice bytes, rk_err *err);
bool resp_add_text(resp *r, const char *text, rk_err *err);
bool resp_add_u64(resp *r, uint64_t number, rk_err *err);
bool resp_add_i64(resp *r, int64_t number, rk_err *err);
bool resp_add_id(resp *r, rk_stream_id id, rk_err *err);
bool resp_add_raw(resp *r, const rk_buf *argument, rk_err *err); /* made by resp_arg */
void resp_send(resp *r, const char *verb, bool keyed);

/* A row of a collection (one to three arguments): sent with others of its kind, or alone where it is long or the
 * target takes one at a time. resp_send_rows sends what is left. */
bool resp_add_row(resp *r, const char *verb, const rk_slice *cells, size_t count, bool alone, rk_err *err);
void resp_send_rows(resp *r, const char *verb);

/* Deletes the key, once, before its first command. */
void resp_clear_key(resp *r);

/* A command of which the arguments are not to be held: so many follow behind `verb` and the key. */
void resp_send_head(resp *r, const char *verb, uint64_t args, bool keyed);
void resp_send_bytes(resp *r, rk_slice bytes);
void resp_send_args(resp *r); /* what has been added, behind such a head */

/* Sends what stands in `after`. */
void resp_send_after(resp *r);

/* One file per group of types. */
bool resp_plain(resp *r, const rk_key *key, rk_err *err);
bool resp_write_stream(resp *r, const rk_key *key, rk_err *err);
bool resp_group_element(resp *r, const rk_element *e, rk_err *err);
bool resp_group_end(resp *r, rk_err *err);
bool resp_write_expiry(resp *r, int64_t expire_ms, rk_err *err);
bool resp_restore(resp *r, const rk_key *key, bool *done, rk_err *err); /* !done: it goes by commands */

static inline int resp_id_compare(rk_stream_id a, rk_stream_id b)
{
    return a.ms != b.ms ? (a.ms < b.ms ? -1 : 1) : a.seq != b.seq ? (a.seq < b.seq ? -1 : 1) : 0;
}

#endif
