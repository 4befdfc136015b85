/* source: opens a file, a pipe or standard input and yields its content, unpacked if need be. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 10 * 1000 };

static const rk_packing *const packings[] = { &rk_packing_gzip, &rk_packing_zstd };

static bool fail_errno(rk_source *s, const char *doing, rk_err *err)
{
    rk_fail(err, RK_IO, RK_NO_OFFSET, "%s: %s", doing, strerror(errno));
    return rk_err_source(err, s->name);
}

static bool open_path(rk_source *s, const char *path, unsigned patience_ms, rk_err *err)
{
    struct stat info;
    bool nobody = false;
    if (strcmp(path, "-") == 0)
        s->fd = dup(STDIN_FILENO);
    else if (stat(path, &info) == 0 && S_ISFIFO(info.st_mode))
        s->fd = rk_fifo_open(path, patience_ms, s->head, &s->head_len, &nobody);
    else
        s->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (nobody) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "a pipe that nobody writes to");
        return rk_err_source(err, s->name);
    }
    if (s->fd < 0 || fstat(s->fd, &info) != 0)
        return fail_errno(s, "cannot open", err);
    if (S_ISDIR(info.st_mode)) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "is a directory");
        return rk_err_source(err, s->name);
    }
    off_t at = S_ISREG(info.st_mode) ? lseek(s->fd, 0, SEEK_CUR) : -1;
    s->regular = at == 0; /* standard input may stand in the middle of a file: then it is read like a pipe */
    s->file_size = s->regular ? (uint64_t)info.st_size : 0;
    if (s->regular)
        posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return true;
}

/* Reads the first bytes and chooses the packing by them. */
static bool recognise(rk_source *s, rk_err *err)
{
    while (s->head_len < sizeof s->head) {
        size_t got = 0;
        uint8_t *into = s->head + s->head_len;
        s->head_used = s->head_len; /* nothing of the head may be handed out yet */
        if (!rk_source_raw(s, into, sizeof s->head - s->head_len, &got, err))
            return false;
        if (got == 0)
            break;
        s->head_len += got;
    }
    s->head_used = 0;
    for (size_t i = 0; i < sizeof packings / sizeof packings[0]; i++) {
        const rk_packing *p = packings[i];
        if (s->head_len >= p->magic_len && memcmp(s->head, p->magic, p->magic_len) == 0)
            s->packing = p;
    }
    return !s->packing || (s->packing_state = s->packing->open(err)) != NULL;
}

static rk_source *new_source(const char *name, rk_err *err)
{
    rk_source *s = rk_alloc(sizeof *s);
    if (!s) {
        rk_no_memory(err);
        return NULL;
    }
    s->fd = s->spool = -1;
    s->name = rk_alloc(strlen(name) + 1);
    if (!s->name) {
        rk_no_memory(err);
        rk_free(s);
        return NULL;
    }
    memcpy(s->name, name, strlen(name) + 1);
    return s;
}

rk_source *rk_source_open(const char *path, const rk_source_options *options, rk_err *err)
{
    static const rk_source_options defaults = { 0 };
    const rk_source_options *opt = options ? options : &defaults;
    rk_source *s = new_source(strcmp(path, "-") == 0 ? "standard input" : path, err);
    if (!s)
        return NULL;
    s->progress = opt->progress;
    bool ok = open_path(s, path, opt->patience_ms ? opt->patience_ms : PATIENCE_MS, err) && recognise(s, err);
    if (ok && opt->progress)
        atomic_store(&opt->progress->total, s->file_size);
    if (ok && opt->second_look)
        ok = rk_source_want_second_look(s, err);
    if (!ok) {
        rk_err_source(err, s->name);
        rk_source_close(s);
        return NULL;
    }
    return s;
}

rk_source *rk_source_of_file(int fd, uint64_t size, const char *name, rk_err *err)
{
    rk_source *s = new_source(name, err);
    if (!s) {
        close(fd);
        return NULL;
    }
    s->fd = fd;
    s->regular = true;
    s->file_size = size;
    return s;
}

rk_source *rk_source_memory(rk_slice bytes, size_t step, rk_err *err)
{
    rk_source *s = new_source("memory", err);
    if (!s)
        return NULL;
    s->memory = bytes;
    s->step = step;
    s->regular = true;
    s->file_size = bytes.len;
    return s;
}

rk_source *rk_source_part(const rk_source *whole, uint64_t from, uint64_t to, rk_err *err)
{
    rk_source *s = new_source(whole->name, err);
    if (!s)
        return NULL;
    s->whole = whole;
    s->part_from = from;
    s->regular = true;
    s->file_size = to - from;
    return s;
}

void rk_source_close(rk_source *s)
{
    if (!s)
        return;
    if (s->packing_state)
        s->packing->close(s->packing_state);
    if (s->fd >= 0)
        close(s->fd);
    if (s->spool >= 0)
        close(s->spool);
    rk_free(s->peeked);
    rk_free(s->name);
    rk_free(s);
}

static bool read_memory(rk_source *s, void *into, size_t cap, size_t *got)
{
    size_t left = s->memory.len - (size_t)s->file_read;
    size_t n = cap < left ? cap : left;
    if (s->step && n > s->step)
        n = s->step;
    memcpy(into, s->memory.ptr + s->file_read, n);
    s->file_read += n;
    *got = n;
    return true;
}

static bool read_part(rk_source *s, void *into, size_t cap, size_t *got, rk_err *err)
{
    if (!rk_source_read_at(s, s->file_read, into, cap, got, err))
        return false;
    s->file_read += *got;
    return true;
}

bool rk_source_raw(rk_source *s, void *into, size_t cap, size_t *got, rk_err *err)
{
    if (s->whole)
        return read_part(s, into, cap, got, err);
    if (s->fd < 0)
        return read_memory(s, into, cap, got);
    if (s->head_used < s->head_len) {
        *got = s->head_len - s->head_used < cap ? s->head_len - s->head_used : cap;
        memcpy(into, s->head + s->head_used, *got);
        s->head_used += *got;
        return true;
    }
    ssize_t n;
    do
        n = read(s->fd, into, cap);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fail_errno(s, "cannot read", err);
    s->file_read += (uint64_t)n;
    *got = (size_t)n;
    if (n == 0 && s->regular && s->file_read < s->file_size)
        return rk_fail(err, RK_IO, s->file_read,
                       "the file shrank from %" PRIu64 " bytes to %" PRIu64 " while it was read",
                       s->file_size, s->file_read);
    if (s->progress)
        atomic_store_explicit(&s->progress->done, s->file_read, memory_order_relaxed);
    return true;
}

/* The content behind what has come so far. */
static bool read_on(rk_source *s, void *into, size_t cap, size_t *got, rk_err *err)
{
    bool ok = s->packing ? s->packing->read(s->packing_state, s, into, cap, got, err)
                         : rk_source_raw(s, into, cap, got, err);
    if (ok && s->spool >= 0)
        ok = rk_spool_write(s->spool, into, *got, err);
    if (!ok)
        return rk_err_source(err, s->name);
    s->yielded += *got;
    s->ended |= *got == 0;
    return true;
}

bool rk_source_read(rk_source *s, void *into, size_t cap, size_t *got, rk_err *err)
{
    size_t left = s->peeked_len - s->peeked_used;
    if (left == 0)
        return read_on(s, into, cap, got, err);
    *got = cap < left ? cap : left;
    memcpy(into, s->peeked + s->peeked_used, *got);
    s->peeked_used += *got;
    return true;
}

bool rk_source_peek(rk_source *s, void *into, size_t cap, size_t *got, rk_err *err)
{
    size_t more = 1;
    rk_err broken = { 0 };
    if (!s->peeked && !(s->peeked = rk_alloc(RK_PEEK_MOST)))
        return rk_no_memory(err);
    while (s->peeked_len < cap && more > 0) {
        if (!read_on(s, s->peeked + s->peeked_len, cap - s->peeked_len, &more, &broken)) {
            if (s->peeked_len == 0)
                *err = broken;
            break;
        }
        s->peeked_len += more;
    }
    *got = s->peeked_len < cap ? s->peeked_len : cap;
    memcpy(into, s->peeked, *got);
    return err->code == RK_OK;
}

bool rk_source_want_second_look(rk_source *s, rk_err *err)
{
    if (s->fd < 0 || s->spool >= 0 || (s->regular && !s->packing))
        return true;
    return (s->spool = rk_spool_open(err)) >= 0 && rk_spool_write(s->spool, s->peeked, s->peeked_len, err);
}

bool rk_source_read_at(const rk_source *s, uint64_t offset, void *into, size_t cap, size_t *got, rk_err *err)
{
    if (s->whole) {
        uint64_t rest = offset < s->file_size ? s->file_size - offset : 0;
        size_t most = cap < rest ? cap : (size_t)rest;
        *got = 0;
        return most == 0 || rk_source_read_at(s->whole, s->part_from + offset, into, most, got, err);
    }
    if (s->fd < 0) {
        size_t left = offset < s->memory.len ? s->memory.len - (size_t)offset : 0;
        *got = cap < left ? cap : left;
        memcpy(into, s->memory.ptr + (left ? offset : 0), *got);
        return true;
    }
    if (s->spool < 0 && (s->packing || !s->regular)) {
        rk_fail(err, RK_USAGE, RK_NO_OFFSET, "was not opened for a second look");
        return rk_err_source(err, s->name);
    }
    ssize_t n;
    do
        n = pread(s->spool >= 0 ? s->spool : s->fd, into, cap, (off_t)offset);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        rk_fail(err, RK_IO, offset, "cannot read again: %s", strerror(errno));
        return rk_err_source(err, s->name);
    }
    *got = (size_t)n;
    return true;
}

const char *rk_source_name(const rk_source *s)
{
    return s->name;
}

uint64_t rk_source_size(const rk_source *s)
{
    if (s->regular && !s->packing)
        return s->file_size;
    return s->ended ? s->yielded : UINT64_MAX;
}

uint64_t rk_source_file_size(const rk_source *s)
{
    return s->regular ? s->file_size : s->file_read;
}

const char *rk_source_packing(const rk_source *s)
{
    if (s->whole)
        return rk_source_packing(s->whole);
    return s->packing ? s->packing->name : "plain";
}
