/* source: the inside of an rk_source, shared by the files of this room. */
#ifndef RDBKIT_IO_SOURCE_H
#define RDBKIT_IO_SOURCE_H

#include "spool.h"

/* Turns the bytes of the file into content; NULL for a plain file. One row per packing. */
typedef struct {
    const char *name; /* "gzip" */
    size_t magic_len;
    uint8_t magic[4]; /* what such a file begins with */
    void *(*open)(rk_err *err);
    /* Unpacks up to `cap` bytes; *got is 0 only at the end. */
    bool (*read)(void *state, rk_source *source, void *into, size_t cap, size_t *got, rk_err *err);
    void (*close)(void *state);
} rk_packing;

extern const rk_packing rk_packing_gzip, rk_packing_zstd;

struct rk_source {
    char *name;
    int fd;       /* -1 for memory */
    int spool;    /* the unlinked copy of what cannot be read again, or -1 */
    bool regular; /* a file with a size, which pread can read again */
    rk_slice memory;
    size_t step;        /* of memory: the most that one read yields */
    uint64_t file_size; /* of a regular file, when it was opened */
    uint64_t file_read; /* bytes of the file read so far */
    uint64_t yielded;   /* bytes of content so far */
    bool ended;
    const rk_packing *packing;
    void *packing_state;
    uint8_t head[4]; /* read to recognise the packing, not yet handed on */
    size_t head_len, head_used;
    const rk_source *whole; /* it is a part of this one; NULL: it is none */
    uint64_t part_from;     /* and begins there */
    rk_progress *progress;
    uint8_t *peeked; /* content that was looked at in advance; NULL: none */
    size_t peeked_len, peeked_used;
};

/* A source over a plain file of `size` bytes that is open, and stands at its beginning. The file is then the source's, on
 * failure too. */
rk_source *rk_source_of_file(int fd, uint64_t size, const char *name, rk_err *err);

/* Reads bytes of the file itself; *got is 0 only at its end. */
bool rk_source_raw(rk_source *source, void *into, size_t cap, size_t *got, rk_err *err);

/* Opens a FIFO for reading, waiting `patience_ms` at most for somebody to write to it (`nobody`: he did not come). A
 * byte that had to be read to find out is in `head`. -1 with errno on failure. */
int rk_fifo_open(const char *path, unsigned patience_ms, uint8_t *head, size_t *head_len, bool *nobody);

#endif
