/* keyspace: a data set in memory, on which the commands of an append-only file are replayed (spec: AOF, "Replay
 * semantics", "Clock rules for replay"). Values of the base that no command touches stay in their file; large strings
 * are held as file, offset and length, and read again when they are asked for. No clock: a key past its time is there
 * until the log deletes it. */
#ifndef RDBKIT_KEYSPACE_H
#define RDBKIT_KEYSPACE_H

#include "rdbkit/aof.h"
#include "rdbkit/rdb_write.h"

typedef struct rk_keyspace rk_keyspace;

/* ---- what a command did ----------------------------------------------------------------------------------- */

typedef enum {
    RK_OUTCOME_DONE,     /* applied */
    RK_OUTCOME_NOTHING,  /* applied, and there was nothing to change (no such key, member ...) */
    RK_OUTCOME_FAILED,   /* fails on a server, too (wrong type, syntax ...), and changes nothing there */
    RK_OUTCOME_OPAQUE,   /* cannot be replayed: the keys that it names are uncertain from here on */
    RK_OUTCOME_UNWANTED, /* touches only keys that nobody wants */
    RK_OUTCOME_LEFT_OUT  /* as asked: rk_replay_options.without */
} rk_outcome;

/* One change of a watched key. Items are those of lists, sets and sorted sets, and fields of hashes. */
typedef enum {
    RK_EFFECT_IN,    /* an item came in; of a hash: the field has this value now */
    RK_EFFECT_OUT,   /* an item left */
    RK_EFFECT_SCORE, /* a member has another score */
    RK_EFFECT_GONE, /* the key went as a whole (deleted, flushed, renamed, overwritten, moved); comes before the OUT of
                        each of its items. Not told where the last item left by itself */
    RK_EFFECT_CAME, /* a key came as a whole whose items are not told (a stream, an array, a value of a module) */
    RK_EFFECT_STRING, /* a string has another value, the item */
    RK_EFFECT_EXPIRY  /* the key has another expiry */
} rk_effect_kind;

typedef struct {
    rk_effect_kind kind;
    rk_type type; /* of the key */
    uint32_t db;
    bool whole;     /* IN, OUT: with the key as a whole (renamed to, restored, copied; see GONE) */
    bool tail;      /* IN, OUT of a list: at its tail; else at its head, or within */
    rk_slice key;   /* borrowed until the next pull */
    uint64_t hash;  /* rk_hash64 of the item */
    uint64_t count; /* GONE: how many items it had */
    double score, score_before;
    int64_t expire_ms;    /* EXPIRY, GONE: or RK_NO_EXPIRY */
    uint32_t item, value; /* for rk_replay_item: what it is, and, of a hash's field, its value */
} rk_effect;

/* ---- moments ---------------------------------------------------------------------------------------------- */

/* Where a replay stops. */
typedef enum {
    RK_MOMENT_END,    /* at the end */
    RK_MOMENT_TIME,   /* before the first annotation that is later than time_s */
    RK_MOMENT_OFFSET, /* before the command at, or the next one behind, an offset */
    RK_MOMENT_BEFORE  /* before the first or last command of a name, or the whole transaction around it */
} rk_moment_kind;

typedef struct {
    rk_moment_kind kind;
    int64_t time_s;
    char file[256];  /* OFFSET: name of the file; empty: the last one of the set */
    uint64_t offset; /* in bytes into the file */
    bool last;
    rk_verb verb;
    char word[32]; /* the name as given */
} rk_moment;

/* What stands behind the @ of a source: `2026-11-23T03:11:59Z`, `1795404719` (Unix seconds), `offset:N`,
 * `offset:FILE:N`, `before:COMMAND`, `before:last:COMMAND`. False, with a sentence, when it is none of these. */
bool rk_moment_parse(const char *text, rk_moment *moment, rk_err *err);

/* Was it meant as one, though it may not be one? Else a file may be called so. */
bool rk_moment_is_like(const char *text);

/* Where the path ends in `PATH@MOMENT`, and the moment; RK_MOMENT_END where there is none. Words are a path where there is
 * a file of that whole name. False: what stands behind the last @ was meant as a moment, and is none. */
bool rk_moment_split(const char *words, size_t *path_len, rk_moment *until, rk_err *err);

/* The place of one command: `N` or `FILE:N`, as in `offset:`. */
bool rk_moment_parse_offset(const char *text, rk_moment *moment, rk_err *err);

/* ---- replay ----------------------------------------------------------------------------------------------- */

enum {
    RK_INTEREST_KEEP = 1, /* the key is replayed */
    RK_INTEREST_WATCH = 2 /* and its changes are told as effects */
};

typedef struct {
    rk_progress *progress;
    /* What is wanted of a key; NULL: all are kept, none is watched. Called once for each name that comes to be; a command
     * that touches a wanted key is applied to all of its keys. */
    unsigned (*interest)(void *self, uint32_t db, rk_slice name);
    void *self;
    rk_moment until;
    bool has_without;
    rk_moment
        without; /* RK_MOMENT_OFFSET: this one command is left out (a transaction: by its MULTI, as a whole) */
    bool may_lack_it; /* it is no error if there is none: rk_replay_info.left_out tells */
} rk_replay_options;

/* One pull: a command that was applied, or, before the first one, a key of the base that is watched. */
typedef struct {
    const rk_aof_command *command; /* NULL: a key of the base */
    size_t file;                   /* index into the set */
    uint32_t db;                   /* to which it was applied */
    rk_outcome outcome;
    const rk_effect *effects; /* in the order in which they happened; borrowed until the next pull */
    size_t effect_count;
    uint64_t keys_before, keys_after; /* in all databases */
} rk_step;

typedef struct {
    uint64_t bytes, good; /* size of the content; where the last whole command ends */
    uint64_t file_bytes;  /* as the file lies on the disk */
    const char *packing;  /* "plain", "gzip" or "zstd" */
    uint64_t commands;    /* read */
    uint64_t base_keys;   /* of a snapshot at its head */
    rk_aof_times times;
} rk_replay_file;

/* What is known of a replay; complete once it has come to its end. */
typedef struct {
    const rk_aof_set *set;
    const rk_replay_file *files; /* one each that is loaded */
    uint64_t done, nothing, failed, opaque, unwanted;
    uint64_t
        uncertain_keys;  /* keys that opaque commands named or made others from, there at the end or not */
    bool all_uncertain;  /* an opaque command named no key */
    rk_err opaque_first; /* the first opaque command, as a sentence */
    rk_err failed_first;
    bool torn; /* the last file ends in the middle of a command or transaction, which was left out as
                                  a server does; `tear` says where */
    bool open_multi;
    uint64_t torn_bytes;
    rk_err tear;
    bool relative_time; /* an expiry was given as a span, and there was no annotation to count it from */
    bool stopped;       /* the moment was reached before the end */
    bool left_out;      /* options.without: it was, or it may lie behind the moment */
    int64_t time_s;     /* of the last annotation, or the ctime of the base, Unix seconds; -1: not known */
    rk_slice server;    /* "redis-ver" or "valkey-ver" of the base; empty: not told */
    bool valkey;
} rk_replay_info;

typedef struct rk_replay rk_replay;

/* Opens what `path` names (a set of any kind; no @). The caller closes it. */
rk_replay *rk_replay_open(const char *path, const rk_replay_options *options, rk_err *err);

/* The same of a source that is open and was opened for a second look; it is then the replay's, on failure too. */
rk_replay *rk_replay_open_source(rk_source *source, const rk_replay_options *options, rk_err *err);
void rk_replay_close(rk_replay *replay);

/* Pulls the next step. False at the end or the moment, and on failure: then err->code is set, and the message has file,
 * offset, number and name of the command. */
bool rk_replay_next(rk_replay *replay, rk_step *step, rk_err *err);

/* Pulls all that is left. */
bool rk_replay_run(rk_replay *replay, rk_err *err);

const rk_replay_info *rk_replay_info_of(const rk_replay *replay);
rk_keyspace *rk_replay_keyspace(rk_replay *replay);

/* The bytes of an effect's item or value, borrowed from `scratch` or the replay until the next pull. */
bool rk_replay_item(rk_replay *replay, uint32_t item, rk_buf *scratch, rk_slice *bytes, rk_err *err);

/* ---- state ------------------------------------------------------------------------------------------------ */

typedef struct {
    rk_type type;
    uint64_t elements;
    int64_t expire_ms; /* or RK_NO_EXPIRY */
    bool uncertain;
} rk_keyspace_key;

uint64_t rk_keyspace_count(const rk_keyspace *keyspace); /* keys in all databases */

/* False: there is no such key (err->code RK_OK), or it could not be read. */
bool rk_keyspace_find(rk_keyspace *keyspace, uint32_t db, rk_slice name, rk_keyspace_key *key, rk_err *err);

/* What became of it. */
typedef struct {
    uint32_t version; /* RDB */
    bool valkey;      /* the magic */
    const char *why;  /* what needs that version, in the plural ("streams"); NULL: nothing does */
    uint64_t keys;
} rk_keyspace_saved;

typedef struct {
    bool
        plain; /* only encodings that servers from 2.6 on load, where the data allow; else what lies untouched in the
                   base is copied as it is */
    bool has_now;
    int64_t now_s;   /* for the AUX field ctime, Unix seconds */
    rk_slice server; /* for redis-ver or valkey-ver; empty: none */
    bool valkey;     /* of the two families, where it matters: is it Valkey's? */
    bool (*wanted)(void *self, uint32_t db, rk_slice name, rk_type type); /* NULL: all keys are */
    void *self;
    rk_keyspace_saved *saved; /* may be NULL */
} rk_keyspace_save_options;

/* Writes all keys (and functions) as a snapshot to the sink, database by database, in the order in which the keys came
 * to be. Plain, the version is the lowest that holds all that is written. Fails, and says what does not go together,
 * when there is none. */
bool rk_keyspace_save(rk_keyspace *keyspace, rk_sink *sink, const rk_keyspace_save_options *options,
                      rk_err *err);

/* ---- HyperLogLogs ----------------------------------------------------------------------------------------- */

enum { RK_HLL_REGISTERS = 1 << 14 };

/* Is the string a HyperLogLog, sparse or dense? Then fills in its registers: what it says, without the count that a server
 * keeps in it, which depends on who computed it last, and when (spec: AOF, "Strings"). */
bool rk_hll_registers(rk_slice bytes, uint8_t registers[RK_HLL_REGISTERS]);

#endif
