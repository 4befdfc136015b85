/* io: where bytes come from, and where they go. A source is read forward once, in a window; a plain file, or a source
 * opened for a second look, can also be read again by offset. gzip and zstd are recognised by content, never by name.
 * Nothing is ever written to an input, and no file is mapped. A sink is a file that appears whole or not at all. */
#ifndef RDBKIT_IO_H
#define RDBKIT_IO_H

#include <stdatomic.h>

#include "rdbkit/base.h"

/* How far a source has been read, for whoever wants to show it. Bytes of the file as it lies on the disk. */
typedef struct {
    _Atomic uint64_t done;
    _Atomic uint64_t total; /* 0: not known (a pipe) */
} rk_progress;

typedef struct {
    bool second_look; /* rk_source_read_at will be wanted: what cannot be read again (a pipe, gzip, zstd) is
                              kept in an unlinked temporary file while it is read */
    rk_progress *progress; /* updated while reading, when not NULL; must outlive the source */
    unsigned patience_ms;  /* how long to wait for somebody to open a named pipe for writing; 0: 10 s */
} rk_source_options;

typedef struct rk_source rk_source;

/* Opens `path`, read-only; "-" is standard input. Fails on a directory, on what may not be read, on nothing.
 * The caller closes it. */
rk_source *rk_source_open(const char *path, const rk_source_options *options, rk_err *err);

/* Bytes in memory as a source; they must outlive it. For tests and fuzzing. `step` (0: no limit) is the most that
 * one read yields. */
rk_source *rk_source_memory(rk_slice bytes, size_t step, rk_err *err);

/* The bytes [from, to) of another source, which must be there for a second look and outlive it; offsets count from `from`.
 * It goes by the name of the other. */
rk_source *rk_source_part(const rk_source *whole, uint64_t from, uint64_t to, rk_err *err);

void rk_source_close(rk_source *source);

/* Reads up to `cap` bytes behind the last ones read; *got is 0 only at the end. Where unpacking fails, the offset in
 * `err` counts bytes of the packed file. */
bool rk_source_read(rk_source *source, void *into, size_t cap, size_t *got, rk_err *err);

#define RK_PEEK_MOST 1024

/* The first bytes, up to `cap` (at most RK_PEEK_MOST), before any has been read; they are read again then. *got is less
 * than `cap` only where there are no more, or no more can be read: whoever reads finds that out. */
bool rk_source_peek(rk_source *source, void *into, size_t cap, size_t *got, rk_err *err);

/* As if it had been opened for a second look. To be asked before anything has been read; peeking is no reading. */
bool rk_source_want_second_look(rk_source *source, rk_err *err);

/* Reads up to `cap` bytes that stand `offset` bytes into the (decompressed) source. May be called from several
 * threads once reading forward is over. */
bool rk_source_read_at(const rk_source *source, uint64_t offset, void *into, size_t cap, size_t *got,
                       rk_err *err);

/* As the user named it. */
const char *rk_source_name(const rk_source *source);

/* Size in bytes of the decompressed content, or UINT64_MAX while it is not known. */
uint64_t rk_source_size(const rk_source *source);

/* Size in bytes of the file itself; what was read of it where there is no size (a pipe). */
uint64_t rk_source_file_size(const rk_source *source);

/* "plain", "gzip" or "zstd". */
const char *rk_source_packing(const rk_source *source);

/* ---- window -------------------------------------------------------------------------------------------- */

/* The part of a source that is in memory. It moves forward; what lies before `pos` is forgotten, after `drain`
 * (when not NULL) has been shown it, so that a checksum can be taken of all that passes. */
typedef struct {
    rk_source *source;
    uint8_t *buf;
    size_t cap, pos, end; /* the bytes [pos, end) of buf are there and not consumed */
    uint64_t base;        /* offset of buf[0] in the source */
    bool ended;           /* the source has no more */
    bool second;          /* reads by rk_source_read_at */
    bool holding;         /* what stands behind `held` is not forgotten yet */
    size_t held;
    void (*drain)(void *self, const uint8_t *bytes, size_t count);
    void *self;
    size_t drained; /* drain has seen all before this place of buf */
} rk_window;

/* Starts at the beginning of the source, or, for a second look, at `offset`. rk_window_close frees the buffer. */
bool rk_window_open(rk_window *w, rk_source *source, rk_err *err);
bool rk_window_open_second(rk_window *w, const rk_source *source, rk_err *err);
bool rk_window_seek(rk_window *w, uint64_t offset, rk_err *err);
void rk_window_close(rk_window *w);

/* The slow ways of the three functions below. */
bool rk_window_fill(rk_window *w, uint64_t n, const char *what, rk_err *err);
bool rk_window_skip_far(rk_window *w, uint64_t n, const char *what, rk_err *err);

/* Passes over all that the source still has and tells how many bytes that was. */
bool rk_window_skip_rest(rk_window *w, uint64_t *count, rk_err *err);
void rk_window_drain(rk_window *w); /* shows `drain` what has been consumed and not yet shown */

static inline uint64_t rk_window_offset(const rk_window *w)
{
    return w->base + w->pos;
}

/* From here on nothing is forgotten, however much is read, until rk_window_let_go: the bytes at any offset since
 * then are found by rk_window_at. What was borrowed before may move. */
static inline void rk_window_hold(rk_window *w)
{
    w->holding = true;
    w->held = w->pos;
}

static inline void rk_window_let_go(rk_window *w)
{
    w->holding = false;
}

/* The byte at `offset` of the source, which must be in the window. */
static inline const uint8_t *rk_window_at(const rk_window *w, uint64_t offset)
{
    return w->buf + (size_t)(offset - w->base);
}

/* Makes the next `n` bytes lie in one piece at buf + pos; fails when the source ends before. Memory grows with
 * the bytes that arrive, never with the number asked for. */
static inline bool rk_window_need(rk_window *w, uint64_t n, const char *what, rk_err *err)
{
    return n <= w->end - w->pos || rk_window_fill(w, n, what, err);
}

/* Takes the next `n` bytes; they are borrowed until the next call that reads. */
static inline bool rk_window_take(rk_window *w, uint64_t n, rk_slice *bytes, const char *what, rk_err *err)
{
    if (!rk_window_need(w, n, what, err))
        return false;
    *bytes = (rk_slice){ w->buf + w->pos, (size_t)n };
    w->pos += (size_t)n;
    return true;
}

/* Passes over the next `n` bytes without holding them. */
static inline bool rk_window_skip(rk_window *w, uint64_t n, const char *what, rk_err *err)
{
    if (n > w->end - w->pos)
        return rk_window_skip_far(w, n, what, err);
    w->pos += (size_t)n;
    return true;
}

/* ---- sink ---------------------------------------------------------------------------------------------- */

typedef struct {
    unsigned mode;          /* of the new file, less the umask; 0: 0666 */
    bool force;             /* an existing file is replaced */
    const rk_source *input; /* which must not be replaced, not even by force; NULL: none */
} rk_sink_options;

/* A file that is being written under another name in the same folder, and gets its own at the commit. */
typedef struct rk_sink rk_sink;

/* Fails when `path` is there already (without force), is no plain file, or is the input; a symbolic link is
 * followed, to replace what it points to. The caller closes it: what was not committed is gone then. */
rk_sink *rk_sink_open(const char *path, const rk_sink_options *options, rk_err *err);
void rk_sink_close(rk_sink *sink);

/* Buffered: a full disk may be told by a later call, by the commit at last. After a failure the sink can only be
 * closed. */
bool rk_sink_write(rk_sink *sink, rk_slice bytes, rk_err *err);

uint64_t rk_sink_written(const rk_sink *sink); /* bytes so far */

/* Everything to the disk, so that the file can be read back under the name by which it goes until the commit;
 * NULL on failure. */
const char *rk_sink_flush(rk_sink *sink, rk_err *err);

/* The file gets its name, and name and content survive a power cut. To be called once, at the end. */
bool rk_sink_commit(rk_sink *sink, rk_err *err);

/* A sink without a name: an unlinked temporary file (in TMPDIR, else /tmp), for what is only to be read again. It cannot
 * be flushed or committed. */
rk_sink *rk_sink_open_temporary(rk_err *err);

/* What was written to a temporary sink becomes a source, which can be read forward and again by offset, and is called
 * `name` in messages. The sink is closed, on failure too. */
rk_source *rk_sink_to_source(rk_sink *sink, const char *name, rk_err *err);

#endif
