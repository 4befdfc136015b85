/* keyspace: the inside of an rk_keyspace, shared by the files of this room. A file per family of commands; each has a
 * table of handlers, and, where it brings a type of value, a row of what can be done with it. */
#ifndef RDBKIT_KEYSPACE_KEYSPACE_H
#define RDBKIT_KEYSPACE_KEYSPACE_H

#include "rdbkit/keyspace.h"

/* ---- strings ---------------------------------------------------------------------------------------------- */

/* Bytes that the keyspace holds, or knows where to find again; 24 bytes, moved by assignment. */
typedef struct {
    union {
        uint8_t small[8]; /* KS_SMALL */
        uint8_t *ptr;     /* KS_HEAP: owned */
        uint64_t offset;  /* from KS_FILE on: into the source of that file */
    };
    uint64_t hash; /* rk_hash64 of the bytes */
    uint64_t len : 40, home : 24;
} ks_str;

enum {
    KS_SMALL, /* the bytes stand in the string itself */
    KS_HEAP,
    KS_HOLE, /* no string: a place in a dict that has become free */
    KS_FILE, /* and above: in the source of file `home - KS_FILE` */
    KS_SMALL_MOST = 8,
    KS_FILE_LEAST = 128 /* bytes: shorter ones are held, since finding them costs as much */
};

/* ---- dicts ------------------------------------------------------------------------------------------------ */

/* Items that begin with a ks_str, their name, each name once. The order is that of arrival. Pointers to items hold
 * until the next ks_dict_add. */
typedef struct {
    uint8_t *items;
    uint32_t *table; /* open addressing: index + 1; 0 free; made when there are more than a few items */
    uint32_t used, count, cap; /* items and holes; items; room */
    uint32_t slots, filled;    /* of the table; those that are not free */
    uint32_t item_size;
} ks_dict;

/* ---- keys ------------------------------------------------------------------------------------------------- */

typedef struct ks_key ks_key;
typedef struct ks_db ks_db;
typedef struct ks_list ks_list;
typedef struct ks_zset ks_zset;
typedef struct ks_stream ks_stream;
typedef struct ks_array ks_array;
typedef struct ks_paths ks_paths;

/* A value that lies untouched in a snapshot of the set: thawed by whoever looks into it. */
typedef struct {
    uint64_t offset; /* of the type byte */
    uint64_t length; /* of type byte, name and value */
    uint32_t base;   /* index into ks->bases */
    uint8_t type_byte;
} ks_stored;

struct ks_key {
    uint64_t hash; /* of the name */
    int64_t expire_ms;
    ks_db *db;
    ks_key *before, *after; /* in the order in which they came to be */
    union {
        ks_str string;
        ks_list *list;
        ks_dict *set; /* of ks_str */
        ks_zset *zset;
        ks_dict *hash_fields; /* of ks_field */
        ks_stream *stream;
        ks_array *array;
        ks_paths *paths; /* RK_OTHER: a path hash of Valkey */
        ks_stored stored;
    };
    rk_slice meta; /* owned: a raw KEY_META record behind its opcode; len 0: none */
    uint32_t name_len;
    uint8_t type; /* rk_type */
    bool is_stored, watched;
    bool is_paths; /* RK_OTHER: a path hash, stored or not */
    uint8_t name[];
};

typedef struct {
    ks_str name, value;
    int64_t expire_ms; /* RK_NO_EXPIRY */
} ks_field;

struct ks_db {
    uint32_t id;
    ks_key **slots;
    size_t slot_count, filled, count; /* filled: with those that were removed */
    ks_key *first, *last;
};

static inline rk_slice ks_name(const ks_key *key)
{
    return (rk_slice){ key->name, key->name_len };
}

/* ---- what can be done with a type of value ---------------------------------------------------------------- */

typedef struct ks_saver ks_saver; /* save.h */

/* One row a type. Failures are told in ks->err. */
typedef struct {
    uint64_t (*count)(const ks_key *key); /* elements */
    void (*free)(rk_keyspace *ks, ks_key *key);

    /* Fills the key, whose value is zeroed, with the elements that `rdb`, which has just read a key, yields. */
    bool (*load)(rk_keyspace *ks, ks_key *key, rk_rdb *rdb);

    /* Fills `to`, whose value is zeroed, with a copy. */
    bool (*copy)(rk_keyspace *ks, const ks_key *from, ks_key *to);

    /* Tells each item as RK_EFFECT_IN or RK_EFFECT_OUT, whole. NULL: there are no items to be told. */
    void (*tell)(rk_keyspace *ks, ks_key *key, rk_effect_kind kind);

    /* Writes type byte, name and value, as `saver` wants it. */
    bool (*save)(ks_saver *saver, const ks_key *key);

    /* The lowest RDB version in which `save` loses nothing of the value, under the magic of Redis or that of Valkey (a
     * version up to 11 means the same under both); 0: there is none. *why: what needs it, in the plural ("streams").
     * NULL: 6, what needs no words. */
    uint32_t (*needs)(rk_keyspace *ks, const ks_key *key, bool valkey, const char **why);
} ks_type;

extern const ks_type ks_string_type, ks_list_type, ks_set_type, ks_zset_type, ks_hash_type, ks_stream_type,
    ks_array_type, ks_paths_type;

/* NULL for a value that only its module or vendor understands: it is stored, and stays so. */
const ks_type *ks_type_of(const ks_key *key);

/* ---- the keyspace ----------------------------------------------------------------------------------------- */

typedef struct ks_call ks_call;

/* Applies one command, whose least number of arguments has been checked. Trouble with memory or a file goes to ks->err,
 * and the outcome is not looked at then. */
typedef rk_outcome ks_handler(ks_call *c);

typedef struct {
    rk_verb verb; /* RK_VERB_UNKNOWN ends a table */
    ks_handler *apply;
} ks_verb;

extern const ks_verb ks_key_verbs[], ks_expiry_verbs[], ks_string_verbs[], ks_bit_verbs[], ks_hll_verbs[],
    ks_list_verbs[], ks_set_verbs[], ks_zset_verbs[], ks_zset_store_verbs[], ks_geo_verbs[], ks_hash_verbs[],
    ks_sort_verbs[], ks_stream_verbs[], ks_group_verbs[], ks_array_verbs[], ks_path_verbs[],
    ks_function_verbs[], ks_restore_verbs[], ks_script_verbs[];

/* A library of functions, by the name in its first line. */
typedef struct {
    ks_str name;
    rk_slice source; /* owned */
} ks_library;

/* A snapshot of the set, open as long as the keyspace, so that what lies in it can be read. */
typedef struct {
    rk_rdb *rdb;    /* the first reader, at its end */
    rk_rdb *second; /* made when something is thawed */
    const rk_source *source;
    rk_rdb_header header;
} ks_base;

struct rk_keyspace {
    ks_db **dbs; /* by number; NULL: no key was ever in it */
    size_t db_count;
    uint64_t count; /* keys in all */
    ks_base *bases;
    size_t base_count, base_cap;
    const rk_source **files; /* where strings of KS_FILE and above are; see ks_keep_file */
    size_t file_count, file_cap;
    ks_dict libraries; /* of ks_library */
    ks_dict doubts;    /* of ks_str: db (4 bytes, low first) and name of the keys that are uncertain */
    ks_dict
        pop_scripts; /* of ks_str: SHA-1 in hexadecimal digits of the scripts that ks_script_pops_by_score knows */
    bool all_uncertain;
    bool before_7; /* as far as is known, the log is of a server before 7.0, where streams worked otherwise: false as soon
                      as it shows what only later ones write */
    bool before_6; /* and by one before 6.0, as far as its version, or what it has logged so far, tells */

    unsigned (*interest)(void *self, uint32_t db, rk_slice name);
    void *self;
    rk_effect *effects; /* of the step under way */
    size_t effect_count, effect_cap;
    ks_str *told; /* what effects refer to */
    size_t told_count, told_cap;
    ks_str *graves; /* strings that end with the step, since effects may refer to them */
    size_t grave_count, grave_cap;
    ks_key *gone; /* keys that do so, in a chain of `after` */

    ks_handler *handlers[RK_VERBS];
    rk_spread spread;
    rk_buf scratch[4]; /* 0 is used by ks_str_is and ks_dict_find, 3 by ks_str_same and ks_dict_find_str; the others are
                          free for a handler */
    rk_err *err;       /* of the call under way */
};

/* One command being applied. */
struct ks_call {
    rk_keyspace *ks;
    const rk_aof_command *command;
    uint32_t db; /* number of the selected database; SELECT writes it */
    uint32_t
        home; /* of strings that are kept where they are: KS_FILE + index; KS_HEAP: they must be copied */
    int64_t now_ms;     /* by the last annotation; -1: not known */
    bool relative_time; /* set by a handler that had to count a span from now_ms */
    rk_err why;         /* set by ks_fails: why a command failed or is opaque */
};

static inline rk_slice ks_arg(const ks_call *c, size_t i)
{
    return c->command->args[i];
}

static inline size_t ks_argc(const ks_call *c)
{
    return c->command->argc;
}

/* True when trouble was met: the handler returns at once, with any outcome. */
static inline bool ks_bad(const rk_keyspace *ks)
{
    return ks->err->code != RK_OK;
}

/* The command fails, as on a server; says why. Returns RK_OUTCOME_FAILED. */
rk_outcome ks_fails(ks_call *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
rk_outcome ks_wrong_type(ks_call *c, const ks_key *key);

/* ---- str.c ------------------------------------------------------------------------------------------------ */

/* Makes a string of bytes, copying them. False: no memory. */
bool ks_str_of(rk_keyspace *ks, rk_slice bytes, ks_str *str);

/* Of argument `i`: long ones stay in their file where that can be read again. */
bool ks_str_of_arg(ks_call *c, size_t i, ks_str *str);

/* The bytes: within the string itself, or read into `scratch`. False: they could not be read. */
bool ks_str_bytes(rk_keyspace *ks, const ks_str *str, rk_buf *scratch, rk_slice *bytes);

/* A second string of the same bytes. */
bool ks_str_copy(rk_keyspace *ks, const ks_str *from, ks_str *to);

/* Are these its bytes? `hash` is rk_hash64 of them. False, too, on trouble. */
bool ks_str_is(rk_keyspace *ks, const ks_str *str, rk_slice bytes, uint64_t hash);
bool ks_str_same(rk_keyspace *ks, const ks_str *a, const ks_str *b);

/* Byte order. 0, too, on trouble. Uses scratch 2 and 3. */
int ks_str_compare(rk_keyspace *ks, const ks_str *a, const ks_str *b);

/* Ends it; while effects have been told in this step, only at the next one. */
void ks_str_free(rk_keyspace *ks, ks_str *str);

/* ---- dict.c ----------------------------------------------------------------------------------------------- */

ks_dict *ks_dict_new(rk_keyspace *ks, size_t item_size); /* NULL: no memory */
void ks_dict_start(ks_dict *dict, size_t item_size);     /* the same in place */
void *ks_dict_find(rk_keyspace *ks, const ks_dict *dict, rk_slice name, uint64_t hash); /* NULL: not there */
void *ks_dict_find_str(rk_keyspace *ks, const ks_dict *dict, const ks_str *name);

/* Adds an item of that name, which must not be there, zeroed behind the name; the string becomes the dict's. NULL: no
 * memory, and the string has been ended. */
void *ks_dict_add(rk_keyspace *ks, ks_dict *dict, ks_str name);

/* Takes the item out; what it owned is the caller's to end before. */
void ks_dict_remove(rk_keyspace *ks, ks_dict *dict, void *item);

/* The item at or behind index *at, which then stands behind it; NULL: no more. Start with 0. */
void *ks_dict_next(const ks_dict *dict, uint32_t *at);

/* Ends the dict's own memory, not what the items own but their names. */
void ks_dict_clear(rk_keyspace *ks, ks_dict *dict);
void ks_dict_free(rk_keyspace *ks, ks_dict *dict); /* and the dict itself; NULL is nothing */

/* ---- space.c ---------------------------------------------------------------------------------------------- */

enum { KS_DBS_MOST = 1 << 20 };

/* The key of that name, its value perhaps still stored; NULL: there is none. */
ks_key *ks_peek(const rk_keyspace *ks, uint32_t db, rk_slice name);

/* The key that argument `arg` names in the selected database, its value ready to be looked at, if it is there and of
 * that type. *wrong: it is there, and of another. */
ks_key *ks_open(ks_call *c, size_t arg, rk_type type, bool *wrong);

/* What a handler returns that got no key from ks_open: it has another type, or is not there. */
static inline rk_outcome ks_no_key(ks_call *c, size_t arg, bool wrong)
{
    return wrong ? ks_wrong_type(c, ks_peek(c->ks, c->db, ks_arg(c, arg))) : RK_OUTCOME_NOTHING;
}

/* The same, of any type. */
ks_key *ks_open_any(ks_call *c, size_t arg);

/* Is a key that was read a path hash, the one value of a vendor that commands can change? */
bool ks_is_paths(const rk_key *key, rk_rdb_header header);

/* The reader that looks again into a base. NULL: no memory. */
rk_rdb *ks_second_reader(rk_keyspace *ks, uint32_t base);

/* Makes the value of a stored key ready. False on trouble. */
bool ks_thaw(rk_keyspace *ks, ks_key *key);

/* A new key without an expiry, its value zeroed: for the caller to fill. There must be none of that name. NULL: no memory. */
ks_key *ks_make(rk_keyspace *ks, uint32_t db, rk_slice name, rk_type type);

/* The key and its value go; watched, they are told as GONE and OUT. */
void ks_drop(rk_keyspace *ks, ks_key *key);

/* The same, without a word of its items: the last one has left by itself. */
void ks_drop_empty(rk_keyspace *ks, ks_key *key);

/* Whatever is called so goes. */
void ks_drop_name(rk_keyspace *ks, uint32_t db, rk_slice name);

/* Value, expiry and metadata of `key` go under another name or into another database, where there must be no such key;
 * told as GONE and IN, whole. `key` ends. NULL: no memory, nothing changed. */
ks_key *ks_carry(rk_keyspace *ks, ks_key *key, uint32_t db, rk_slice name);

/* A key has been filled as a whole (restored, copied, read from a base): its items are told as IN, whole. */
void ks_tell_arrival(rk_keyspace *ks, ks_key *key);

/* Sets an expiry, and tells it. */
void ks_set_expiry(rk_keyspace *ks, ks_key *key, int64_t expire_ms);

/* All keys of a database go; all of them exchange their numbers. */
void ks_flush(rk_keyspace *ks, uint32_t db);
bool ks_swap(rk_keyspace *ks, uint32_t one, uint32_t other);

/* Keys that an opaque command named are uncertain, until they are deleted or set anew as a whole. */
bool ks_doubt(rk_keyspace *ks, uint32_t db, rk_slice name);
void ks_trust(rk_keyspace *ks, uint32_t db, rk_slice name);
bool ks_is_doubtful(rk_keyspace *ks, uint32_t db, rk_slice name);

/* Something of what argument `source` names has gone into what argument `target` does: which is uncertain with it. */
static inline void ks_doubt_with(ks_call *c, size_t source, size_t target)
{
    if (ks_is_doubtful(c->ks, c->db, ks_arg(c, source)))
        ks_doubt(c->ks, c->db, ks_arg(c, target));
}

rk_keyspace *ks_new(rk_err *err);
void ks_free(rk_keyspace *ks);

/* Strings may be kept in that source from here on; its home. KS_HEAP when there is no more room for one. */
uint32_t ks_keep_file(rk_keyspace *ks, const rk_source *source);

/* ---- effects.c: each does nothing unless the key is watched ------------------------------------------------ */

enum { KS_AT_TAIL = 1, KS_WHOLE = 2 };

void ks_tell_in(rk_keyspace *ks, const ks_key *key, const ks_str *item, unsigned flags, double score);

/* Tells that the item left, and ends it, watched or not. */
void ks_tell_out(rk_keyspace *ks, const ks_key *key, ks_str *item, unsigned flags, double score);
void ks_tell_field(rk_keyspace *ks, const ks_key *key, const ks_str *field, const ks_str *value,
                   unsigned flags);
void ks_tell_score(rk_keyspace *ks, const ks_key *key, const ks_str *member, double before, double score);
void ks_tell_string(rk_keyspace *ks, const ks_key *key, const ks_str *value);
void ks_tell_gone(rk_keyspace *ks, const ks_key *key, uint64_t count);
void ks_tell_came(rk_keyspace *ks, const ks_key *key);
void ks_tell_expiry(rk_keyspace *ks, const ks_key *key);

/* For `tell` of a type: the item stays where it is, and is told as `kind`, whole. */
void ks_tell_whole(rk_keyspace *ks, const ks_key *key, const ks_str *item, rk_effect_kind kind, double score);

/* The step is over: what was told is forgotten. */
void ks_effects_clear(rk_keyspace *ks);

/* ---- apply.c ---------------------------------------------------------------------------------------------- */

void ks_fill_handlers(rk_keyspace *ks);

/* Is a key of that name in the selected database kept, or would it be? */
bool ks_is_kept(const ks_call *c, rk_slice name);

/* Applies a command of which MULTI, EXEC and SELECT are known, too. The outcome is RK_OUTCOME_OPAQUE for what is not
 * known. */
rk_outcome ks_apply(ks_call *c);

/* ---- function.c --------------------------------------------------------------------------------------------- */

/* Adds a library under the name in its first line. False on trouble; a text without a name is none, and is passed over. */
bool ks_library_add(rk_keyspace *ks, rk_slice source, bool replace);

/* The same of a record of a snapshot. Uses scratch 2. */
bool ks_library_record(rk_keyspace *ks, const rk_record *record, bool replace);

/* ---- numbers.c: as servers read arguments ------------------------------------------------------------------ */

/* A canonical 64-bit integer. */
static inline bool ks_int(rk_slice text, int64_t *value)
{
    return rk_slice_int(text, value);
}

/* A score or increment: strtod's forms, all of the text, no NaN (spec: AOF, "General rules", 6). */
bool ks_double(rk_slice text, double *value);

/* What counts fractions: strtold's forms, all of the text, no NaN (rule 5). */
enum { KS_LONG_DOUBLE_TEXT = 5 * 1024 };
bool ks_long_double(rk_slice text, long double *value);

/* The sum as a server writes it, in `room` (rule 5): 17 digits behind the point, less the zeros at their end. */
rk_slice ks_long_double_text(long double value, char room[KS_LONG_DOUBLE_TEXT]);

/* True when the argument is that word, in whatever case. */
bool ks_is(rk_slice arg, const char *word);

/* [start, stop] clipped to `count` things, negative ones counted from the end; false: it is empty (rule 4). */
bool ks_range(int64_t start, int64_t stop, uint64_t count, uint64_t *first, uint64_t *last);

#endif
