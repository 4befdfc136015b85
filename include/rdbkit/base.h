/* base: what every room builds on: slices, errors as values, an arena, a growable buffer, digests and the
 * one bounds-checked cursor through which all input is read. Nothing here knows a file format. */
#ifndef RDBKIT_BASE_H
#define RDBKIT_BASE_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RDBKIT_VERSION "0.1.0"

/* ---- slices ------------------------------------------------------------------------------------------- */

/* Bytes that somebody else owns. `ptr` is never NULL; the bytes may hold zeros and any other value. */
typedef struct {
    const uint8_t *ptr;
    size_t len;
} rk_slice;

#define RK_EMPTY      ((rk_slice){ (const uint8_t *)"", 0 })
#define RK_TEXT(text) ((rk_slice){ (const uint8_t *)(text), sizeof(text) - 1 })

/* The bytes of a C string, without its final zero; it must outlive the slice. */
static inline rk_slice rk_slice_of(const char *text)
{
    return (rk_slice){ (const uint8_t *)text, strlen(text) };
}

static inline bool rk_slice_is(rk_slice a, rk_slice b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static inline bool rk_slice_starts(rk_slice s, rk_slice head)
{
    return s.len >= head.len && memcmp(s.ptr, head.ptr, head.len) == 0;
}

static inline bool rk_slice_ends(rk_slice s, rk_slice tail)
{
    return s.len >= tail.len && memcmp(s.ptr + s.len - tail.len, tail.ptr, tail.len) == 0;
}

/* The bytes from `from` on; empty when there are none. */
static inline rk_slice rk_slice_from(rk_slice s, size_t from)
{
    return from >= s.len ? RK_EMPTY : (rk_slice){ s.ptr + from, s.len - from };
}

/* The first `len` bytes, or all when there are fewer. */
static inline rk_slice rk_slice_head(rk_slice s, size_t len)
{
    return (rk_slice){ s.ptr, len < s.len ? len : s.len };
}

/* Byte order, then length, as Redis sorts members. Negative, 0 or positive. */
int rk_slice_compare(rk_slice a, rk_slice b);

/* Where `needle` first stands in `hay` at or after `from`, or SIZE_MAX. */
size_t rk_slice_find(rk_slice hay, rk_slice needle, size_t from);

/* Parses all of `s` as a decimal integer without leading zeros or plus sign, the way Redis stores one. */
bool rk_slice_int(rk_slice s, int64_t *value);

/* Parses all of `s` as a floating point number (`inf`, `-inf`, `nan`, decimal or exponent form). */
bool rk_slice_double(rk_slice s, double *value);

/* Writes `s` into `out` (cap bytes, always terminated) with control bytes, quotes, backslashes and bytes that
 * are not part of valid UTF-8 escaped as \xNN; ends in "..." when it was cut. Returns `out`. */
const char *rk_slice_print(rk_slice s, char *out, size_t cap);

/* Writes a number with commas, "1,234,567", into `out` (at least 32 bytes). Returns `out`. */
const char *rk_count_print(uint64_t n, char *out);

/* True when the bytes are valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool rk_slice_utf8(rk_slice s);

/* Shell pattern as Redis' KEYS has it: `*`, `?`, `[a-z]`, `[^a]`, `\x`. Linear in time but for one backtrack. */
bool rk_slice_glob(rk_slice pattern, rk_slice s);

/* ---- errors -------------------------------------------------------------------------------------------- */

typedef enum {
    RK_OK = 0,
    RK_IO,        /* the system said no: cannot open, read, write */
    RK_TRUNCATED, /* the input ends before what it announces */
    RK_DAMAGED,   /* the bytes contradict the format, or the checksum does */
    RK_UNKNOWN,   /* a byte that no known version gives a meaning: nothing behind it can be read */
    RK_FORMAT,    /* not a file of a kind that is read here */
    RK_USAGE,     /* the caller asked for something that does not go together */
    RK_NO_MEMORY
} rk_code;

/* What went wrong, for a person and for a program. The caller owns it; nothing in it needs freeing. */
typedef struct {
    rk_code code;     /* RK_OK until something fails; the first failure is the one that is kept */
    bool has_offset;  /* `offset` tells something */
    uint64_t offset;  /* in bytes into the source, of the unreadable thing or the LZF string around it */
    char what[200];   /* "listpack entry takes 70 bytes, 12 remain" */
    char where[200];  /* "list 'queue:default' in db 0", added on the way up by whoever knows it */
    char source[256]; /* the input as the user named it */
    char hint[160];   /* what to try, if anything */
} rk_err;

#define RK_NO_OFFSET UINT64_MAX

/* Records a failure unless one is recorded already. `offset` is in bytes into the source, or RK_NO_OFFSET.
 * Always returns false. */
bool rk_fail(rk_err *err, rk_code code, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds where it happened, unless somebody nearer already has. Always returns false. */
bool rk_within(rk_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds the name of the source, unless it is known already. Always returns false. */
bool rk_err_source(rk_err *err, const char *source);

/* Adds a hint, unless there is one. Always returns false. */
bool rk_err_hint(rk_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Out of memory, as an error like any other. Always returns false. */
bool rk_no_memory(rk_err *err);

/* The whole sentence into `out` (cap bytes): "cannot read new.rdb: ... (list 'x' in db 0, byte 48213)". */
const char *rk_err_sentence(const rk_err *err, char *out, size_t cap);

/* ---- memory -------------------------------------------------------------------------------------------- */

/* All allocation goes through these, so that a test can make the n-th one fail. NULL when there is no memory. */
void *rk_alloc(size_t size);
void *rk_realloc(void *old, size_t size);
void rk_free(void *ptr);

/* For tests: the allocation that comes after `count` more ones fails, and all behind it; -1 never. */
void rk_alloc_fail_after(int64_t count);

/* For tests: the size in bytes of the largest allocation asked for since the last time this was asked. */
size_t rk_alloc_largest(void);

/* Grows an array to hold at least `need` items of `size` bytes; doubles. False, array untouched, when it can't. */
bool rk_grow(void **array, size_t *capacity, size_t need, size_t size, rk_err *err);

/* A growable buffer, owned; zero it to start, rk_buf_free ends it. */
typedef struct {
    uint8_t *ptr;
    size_t len, cap;
} rk_buf;

void rk_buf_free(rk_buf *buf);
bool rk_buf_reserve(rk_buf *buf, size_t total, rk_err *err); /* room for `total` bytes in all */
bool rk_buf_add(rk_buf *buf, rk_slice bytes, rk_err *err);
bool rk_buf_printf(rk_buf *buf, rk_err *err, const char *format, ...) __attribute__((format(printf, 3, 4)));
static inline rk_slice rk_buf_slice(const rk_buf *buf)
{
    return buf->len ? (rk_slice){ buf->ptr, buf->len } : RK_EMPTY;
}

/* Many small things that live and die together. Zero it to start. */
typedef struct rk_arena_block rk_arena_block;
typedef struct {
    rk_arena_block *blocks;
    size_t used, cap; /* of the newest block */
} rk_arena;

void *rk_arena_take(rk_arena *arena, size_t size, rk_err *err); /* zeroed, aligned to 16; NULL on failure */
bool rk_arena_copy(rk_arena *arena, rk_slice bytes, rk_slice *copy, rk_err *err);
void rk_arena_clear(rk_arena *arena); /* all that was taken ends; a block is kept for what is taken next */
void rk_arena_free(rk_arena *arena);

/* ---- digests ------------------------------------------------------------------------------------------- */

/* XXH3-128. Two things with the same digest are taken to be the same. */
typedef struct {
    uint64_t lo, hi;
} rk_digest;

rk_digest rk_digest_of(rk_slice bytes);
rk_digest rk_digest_seeded(rk_slice bytes, uint64_t seed);
uint64_t rk_hash64(rk_slice bytes); /* XXH3-64 */

/* CRC-16 of the key or of its {hash tag}, modulo 16384, as Redis Cluster has it. */
uint16_t rk_key_slot(rk_slice key);

static inline bool rk_digest_is(rk_digest a, rk_digest b)
{
    return a.lo == b.lo && a.hi == b.hi;
}

/* Adds `b` to `a` regardless of order (128-bit sum): the digest of a set of things. */
static inline rk_digest rk_digest_sum(rk_digest a, rk_digest b)
{
    uint64_t lo = a.lo + b.lo;
    return (rk_digest){ lo, a.hi + b.hi + (lo < a.lo) };
}

/* Digest over pieces that arrive one after the other; equal to rk_digest_of over their concatenation. */
typedef struct rk_hasher rk_hasher;
rk_hasher *rk_hasher_new(rk_err *err);
void rk_hasher_start(rk_hasher *hasher);
void rk_hasher_add(rk_hasher *hasher, rk_slice bytes);
rk_digest rk_hasher_end(const rk_hasher *hasher);
void rk_hasher_free(rk_hasher *hasher);

/* Where digests stand in a table of open addressing. A digest tells what a thing is, and can be had by whoever writes the
 * thing: with its low bits as the place, a file could be written whose names all fall into one. Here the place also
 * depends on chance, and no choice of digests puts more into one place than others do. Order and results must not
 * depend on it. */
typedef struct {
    uint64_t lo, hi;
} rk_spread;

rk_spread rk_spread_new(void);

/* The place among `slots`, a power of two from 2 on. */
static inline size_t rk_spread_slot(rk_spread spread, rk_digest digest, size_t slots)
{
    uint64_t mixed = digest.lo * spread.lo + digest.hi * spread.hi;
    mixed = (mixed ^ mixed >> 32) * UINT64_C(0xd6e8feb86659fd93); /* else what lies evenly stays in step */
    return (size_t)((mixed ^ mixed >> 29) >> (64 - __builtin_ctzll(slots)));
}

/* ---- cursor -------------------------------------------------------------------------------------------- */

/* Walks a slice and cannot leave it. The first read that does not fit fails it; every later read yields 0 or an
 * empty slice, so that a decoder reads straight on and asks once. `offset` is where `rest` begins, in bytes into
 * the source; `pinned` keeps it where it is, for bytes that were decompressed (the LZF string's own offset). */
typedef struct {
    rk_slice rest;
    uint64_t offset;
    rk_err *err;
    bool pinned;
} rk_cursor;

rk_slice rk_cursor_take(rk_cursor *c, uint64_t n, const char *what);
uint8_t rk_cursor_u8(rk_cursor *c, const char *what);
uint16_t rk_cursor_u16le(rk_cursor *c, const char *what);
uint32_t rk_cursor_u32le(rk_cursor *c, const char *what);
uint64_t rk_cursor_u64le(rk_cursor *c, const char *what);
uint64_t rk_cursor_u64be(rk_cursor *c, const char *what);

static inline bool rk_cursor_ok(const rk_cursor *c)
{
    return c->err->code == RK_OK;
}

/* Fails the cursor at its present place; always returns false. */
bool rk_cursor_fail(rk_cursor *c, rk_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
