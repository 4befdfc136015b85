/* explain: the inside of an rk_explain. What is read is told by a trace (explain_trace.c) in the reader's words; a table
 * gives them their place (explain_words.c); strings are taken apart (explain_string.c, explain_lzf.c, explain_packed.c,
 * explain_stream.c); explain_items.c keeps what is near the byte that was asked for, and the path that leads there. */
#ifndef RDBKIT_CHECK_EXPLAIN_H
#define RDBKIT_CHECK_EXPLAIN_H

#include "rdbkit/check.h"

enum { EXPLAIN_DEPTHS = 16, EXPLAIN_HEADS = 24, EXPLAIN_SPAN = 64, EXPLAIN_RECENT = 61 };

/* Where an item lies: in the file, or `inner`: in the decompressed string. */
typedef struct {
    unsigned depth;
    uint64_t from, len;
    bool inner, has_parts;
    bool head; /* of a record: told with whatever of the record is told */
    bool error;
    const rk_traced *preview; /* NULL, or a string to be shown */
} explain_spot;

/* A string of which the beginning is shown when its item is kept. */
typedef struct {
    bool is;
    rk_str_form form;
    uint64_t content, stored, len;
} explain_preview;

/* An item that has been met, and where it stands among those that are kept. */
typedef struct {
    rk_explained item;
    bool head;
    explain_preview preview;
    size_t kept_at; /* SIZE_MAX: it is not */
} explain_met;

/* The elements that the last count at each depth announced. */
typedef struct {
    uint64_t seen, total;
    bool counted;
} explain_counter;

/* How bytes of a fixed number are shown. */
typedef enum {
    SHOW_UNSIGNED,
    SHOW_SIGNED,
    SHOW_DOUBLE,
    SHOW_FLOAT,
    SHOW_TIME_MS,
    SHOW_SECONDS,
    SHOW_ID,
    SHOW_TEXT,
    SHOW_SCORE,     /* a double in 8 bytes, or one byte: the length of a text, or a special value */
    SHOW_EXPIRY,    /* 4 bytes of seconds or 8 of milliseconds */
    SHOW_MODULE,    /* a module's name and version */
    SHOW_CLASS,     /* of key metadata */
    SHOW_MODULE_OP, /* what follows in a module's value */
    SHOW_CONTAINER, /* of a quicklist node */
    SHOW_ARRAY_TAG,
    SHOW_CHECKSUM,
    SHOW_OPCODE
} explain_show;

typedef enum {
    ROLE_PART,  /* stands by itself, or belongs to the element before */
    ROLE_COUNT, /* how many elements follow, one deeper */
    ROLE_EACH,  /* begins an element */
    ROLE_NODE,  /* belongs to the container before it, or is an element where there is none */
    ROLE_PAIR   /* an id in two lengths: milliseconds, then sequence */
} explain_role;

/* One row per word of the reader. Depths count from the value, or from the operands of an opcode. */
typedef struct {
    const char *what;
    explain_role role;
    unsigned depth;
    explain_show show;
} explain_word;

enum { DEPTH_OF_COUNT = 99 }; /* one deeper than the last count, whichever that was */

typedef enum { PACK_NONE, PACK_ZIPLIST, PACK_LISTPACK, PACK_INTSET, PACK_ZIPMAP } explain_packing;

/* What the entries of a packed string are, in turn; `first` stands before them once. */
typedef struct {
    const char *what, *encoding; /* the word of the string; of the key */
    rk_type type;
    explain_packing packing;
    const char *first, *names[3];
    bool stream;
} explain_pack;

/* Bytes that lie in the file or in the decompressed string. */
typedef struct {
    rk_slice bytes;
    size_t there;  /* so many are; where decompression failed, zeros stand for the rest */
    uint64_t from; /* where they begin there */
    bool inner;
    unsigned depth;
} explain_blob;

struct rk_explain {
    rk_source *source, *whole; /* of which `source` is a part; or NULL */
    rk_rdb *first, *again;
    uint64_t offset, span;
    rk_explained_place place;
    rk_arena arena;
    rk_err trouble; /* no memory, or the source cannot be read */

    rk_explained *items;
    size_t count, cap;
    explain_met path[EXPLAIN_DEPTHS]; /* the last item at each depth below `depth` */
    unsigned depth;
    explain_met heads[EXPLAIN_HEADS];
    size_t head_count, later_heads; /* met before the byte, and behind it */

    bool open, headed;     /* a record has begun; it has been pulled, so that its value follows */
    uint64_t begin, next;  /* of the record; of what has not been told of yet */
    rk_record record;      /* pulled last; its slices are not to be used */
    rk_slice name;         /* of the key pulled last */
    uint64_t container;    /* of the quicklist node that follows */
    const char *pair_what; /* the word of an id of which the first half has been told */
    explain_counter counters[EXPLAIN_DEPTHS];
    unsigned last_count; /* the depth of the count told last */

    const char *recent_what[EXPLAIN_RECENT]; /* see explain_word_of */
    const explain_word *recent[EXPLAIN_RECENT];

    rk_buf stored, decoded;                           /* the string that holds the byte */
    uint64_t string_from, string_len, string_content; /* where it lies in the file */
    uint64_t near_from, near_to, hit_from, hit_to; /* in `decoded`: what is near, what comes from the byte */
};

/* explain.c: one that has told nothing yet; takes the source. NULL for want of memory. */
rk_explain *explain_new(rk_source *source, uint64_t offset, const rk_explain_options *options, rk_err *err);

/* explain_items.c */
void explain_add(rk_explain *e, explain_spot spot, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void explain_error(rk_explain *e, unsigned depth, bool inner, uint64_t at, const char *what);
bool explain_is_past(const rk_explain *e, bool inner, uint64_t at);  /* nothing from there on is near */
bool explain_holds(const rk_explain *e, uint64_t from, uint64_t to); /* the byte lies in it */
bool explain_is_near(const rk_explain *e, bool inner, uint64_t from, uint64_t to);
void explain_retell(rk_explain *e, explain_met *met, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void explain_start_record(rk_explain *e, uint64_t at);
void explain_end_record(rk_explain *e, uint64_t at);
size_t explain_read(rk_explain *e, uint64_t from, void *into, size_t count);    /* bytes of the file */
const char *explain_quote(rk_slice bytes, uint64_t len, char *out, size_t cap); /* 'the first of them'... */

/* explain.c: a record that ends, and may be the one that holds the byte */
void explain_record_ends(rk_explain *e, uint64_t end);

/* explain_trace.c: what the reader tells */
void explain_told(void *self, const rk_traced *traced);

/* explain_words.c */
const explain_word *explain_word_of(rk_explain *e, const char *what); /* NULL: a word without a row */
const char *explain_opcode_name(uint8_t byte, bool valkey);
const explain_pack *explain_pack_of(const char *what, const rk_record *record, uint64_t container);
void explain_show_bytes(const rk_explain *e, explain_show show, rk_slice bytes, char *out, size_t cap);
void explain_show_number(explain_show show, uint64_t number, char *out, size_t cap);

/* explain_string.c: a string that has been met; `name` says what it is */
void explain_string(rk_explain *e, unsigned depth, bool head, const char *name, const rk_traced *traced,
                    const explain_pack *pack);

/* explain_lzf.c: the runs of an LZF string whose compressed bytes are e->stored; they end up in e->decoded */
void explain_lzf(rk_explain *e, unsigned depth, uint64_t len);

/* explain_packed.c: the entries of a packed string */
void explain_packed(rk_explain *e, const explain_blob *blob, const explain_pack *pack);

/* explain_stream.c: what the elements of a stream node are, one after the other */
typedef struct {
    int step;
    uint64_t fields, left, entries;
    bool same_fields;
} explain_stream;
void explain_stream_name(explain_stream *s, const rk_packed *entry, char *out, size_t cap);

#endif
