/* sink: writes a file under a name of its own, and gives it the name that was asked for when it is whole. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024, DEFAULT_MODE = 0666 };

struct rk_sink {
    char *path;    /* where the file shall appear; links are followed */
    char *written; /* its name until then; NULL: a temporary file, which has none */
    char *named;   /* as the user named it */
    int fd;
    bool force, failed;
    uint8_t *buf;
    size_t len; /* bytes in the buffer */
    uint64_t total;
};

static bool refuse(const rk_sink *sink, rk_code code, const char *why, rk_err *err)
{
    rk_fail(err, code, RK_NO_OFFSET, "%s", why);
    return rk_err_source(err, sink->named);
}

static bool fail_errno(rk_sink *sink, const char *doing, rk_err *err)
{
    sink->failed = true;
    rk_fail(err, RK_IO, RK_NO_OFFSET, "%s: %s", doing, strerror(errno));
    return rk_err_source(err, sink->named);
}

static char *copy_text(const char *text, size_t len, rk_err *err)
{
    char *copy = rk_alloc(len + 1);
    if (!copy)
        rk_no_memory(err);
    else
        memcpy(copy, text, len);
    return copy;
}

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* What `path` points to, through links; the path itself when there is nothing yet. */
static bool resolve(rk_sink *sink, rk_err *err)
{
    struct stat info;
    const char *named = sink->named;
    if (lstat(named, &info) != 0 || !S_ISLNK(info.st_mode))
        return (sink->path = copy_text(named, strlen(named), err)) != NULL;
    char *real = realpath(named, NULL);
    if (!real)
        return fail_errno(sink, "is a link that leads nowhere", err);
    sink->path = copy_text(real, strlen(real), err);
    free(real);
    return sink->path != NULL;
}

/* May a file of this name appear? */
static bool check_target(rk_sink *sink, const rk_source *input, rk_err *err)
{
    struct stat there, read;
    while (input && input->whole)
        input = input->whole;
    if (*sink->named == 0)
        return refuse(sink, RK_USAGE, "a file to write has no name", err);
    if (stat(sink->path, &there) != 0)
        return errno == ENOENT || fail_errno(sink, "cannot write", err);
    if (S_ISDIR(there.st_mode))
        return refuse(sink, RK_IO, "is a directory", err);
    if (!S_ISREG(there.st_mode))
        return refuse(sink, RK_IO, "is no plain file: what is written must appear whole or not at all", err);
    if (input && input->fd >= 0 && fstat(input->fd, &read) == 0 && read.st_dev == there.st_dev &&
        read.st_ino == there.st_ino)
        return refuse(sink, RK_USAGE, "is the input itself, which is never written to", err);
    if (sink->force)
        return true;
    return refuse(sink, RK_USAGE, "exists already", err);
}

/* The umask can only be read by setting it; the mode is therefore left to open, and no name is tried twice. */
static bool create(rk_sink *sink, unsigned mode, rk_err *err)
{
    size_t folder = folder_length(sink->path), cap = folder + 64;
    sink->written = rk_alloc(cap);
    sink->buf = rk_alloc(BUFFER);
    if (!sink->written || !sink->buf)
        return rk_no_memory(err);
    for (unsigned i = 0; sink->fd < 0 && i < 1000; i++) {
        snprintf(sink->written, cap, "%.*s.rdbkit-%ld-%u.part", (int)folder, sink->path, (long)getpid(), i);
        sink->fd = open(sink->written, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (sink->fd < 0 && errno != EEXIST)
            break;
    }
    return sink->fd >= 0 || fail_errno(sink, "cannot write in its folder", err);
}

rk_sink *rk_sink_open(const char *path, const rk_sink_options *options, rk_err *err)
{
    static const rk_sink_options defaults = { 0 };
    const rk_sink_options *opt = options ? options : &defaults;
    rk_sink *sink = rk_alloc(sizeof *sink);
    if (!sink) {
        rk_no_memory(err);
        return NULL;
    }
    sink->fd = -1;
    sink->force = opt->force;
    sink->named = copy_text(path, strlen(path), err);
    if (sink->named && resolve(sink, err) && check_target(sink, opt->input, err) &&
        create(sink, opt->mode ? opt->mode : DEFAULT_MODE, err))
        return sink;
    rk_sink_close(sink);
    return NULL;
}

void rk_sink_close(rk_sink *sink)
{
    if (!sink)
        return;
    if (sink->fd >= 0) {
        close(sink->fd);
        if (sink->written)
            unlink(sink->written);
    }
    rk_free(sink->path);
    rk_free(sink->written);
    rk_free(sink->named);
    rk_free(sink->buf);
    rk_free(sink);
}

static bool write_out(rk_sink *sink, const uint8_t *bytes, size_t count, rk_err *err)
{
    while (count > 0) {
        ssize_t n = write(sink->fd, bytes, count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(sink, "cannot write", err);
        bytes += n;
        count -= (size_t)n;
    }
    return true;
}

static bool empty_buffer(rk_sink *sink, rk_err *err)
{
    size_t len = sink->len;
    sink->len = 0;
    return write_out(sink, sink->buf, len, err);
}

bool rk_sink_write(rk_sink *sink, rk_slice bytes, rk_err *err)
{
    if (sink->failed)
        return refuse(sink, RK_IO, "could not be written", err);
    sink->total += bytes.len;
    if (bytes.len > BUFFER - sink->len && !empty_buffer(sink, err))
        return false;
    if (bytes.len >= BUFFER)
        return write_out(sink, bytes.ptr, bytes.len, err);
    memcpy(sink->buf + sink->len, bytes.ptr, bytes.len);
    sink->len += bytes.len;
    return true;
}

uint64_t rk_sink_written(const rk_sink *sink)
{
    return sink->total;
}

const char *rk_sink_flush(rk_sink *sink, rk_err *err)
{
    if (sink->failed) {
        refuse(sink, RK_IO, "could not be written", err);
        return NULL;
    }
    if (!sink->written) {
        refuse(sink, RK_USAGE, "has no name", err);
        return NULL;
    }
    if (!empty_buffer(sink, err))
        return NULL;
    if (fsync(sink->fd) == 0)
        return sink->written;
    fail_errno(sink, "cannot write to the disk", err);
    return NULL;
}

/* Gives the file its name; without force, not over one that has appeared meanwhile. */
static bool name_it(rk_sink *sink)
{
    if (sink->force)
        return rename(sink->written, sink->path) == 0;
    if (renameat2(AT_FDCWD, sink->written, AT_FDCWD, sink->path, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS) /* a file system that cannot do it: then by a second name */
        return false;
    return link(sink->written, sink->path) == 0 && unlink(sink->written) == 0;
}

/* A new name is safe when its folder is. Some file systems cannot say so of a folder: then there is no more to do. */
static bool sync_folder(rk_sink *sink, rk_err *err)
{
    size_t len = folder_length(sink->path);
    char *folder = len ? copy_text(sink->path, len, err) : copy_text(".", 1, err);
    if (!folder)
        return false;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd < 0 || fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
    if (!ok)
        fail_errno(sink, "cannot write its folder to the disk", err);
    if (fd >= 0)
        close(fd);
    rk_free(folder);
    return ok;
}

bool rk_sink_commit(rk_sink *sink, rk_err *err)
{
    if (!rk_sink_flush(sink, err))
        return false;
    if (!name_it(sink))
        return fail_errno(sink, errno == EEXIST ? "has appeared meanwhile" : "cannot give the file its name",
                          err);
    close(sink->fd);
    sink->fd = -1; /* from here on there is nothing to take back */
    sink->failed = true;
    return sync_folder(sink, err);
}

/* ---- temporary ones --------------------------------------------------------------------------------------- */

rk_sink *rk_sink_open_temporary(rk_err *err)
{
    static const char name[] = "a temporary file";
    rk_sink *sink = rk_alloc(sizeof *sink);
    if (!sink) {
        rk_no_memory(err);
        return NULL;
    }
    sink->fd = -1;
    sink->named = copy_text(name, sizeof name - 1, err);
    if (sink->named && ((sink->buf = rk_alloc(BUFFER)) || rk_no_memory(err)) &&
        (sink->fd = rk_spool_open(err)) >= 0)
        return sink;
    rk_sink_close(sink);
    return NULL;
}

rk_source *rk_sink_to_source(rk_sink *sink, const char *name, rk_err *err)
{
    rk_source *source = NULL;
    if (sink->failed || sink->written)
        refuse(sink, RK_USAGE, "cannot be read back from here", err);
    else if (empty_buffer(sink, err) &&
             (lseek(sink->fd, 0, SEEK_SET) == 0 || fail_errno(sink, "cannot be read back", err))) {
        source = rk_source_of_file(sink->fd, sink->total, name, err);
        sink->fd = -1;
    }
    rk_sink_close(sink);
    return source;
}
