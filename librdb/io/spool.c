/* spool: the temporary file that holds what cannot be read twice, and the patience for a FIFO. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIFO_STEP_MS = 50 };

int rk_spool_open(rk_err *err)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    if (!folder || !*folder)
        folder = "/tmp";
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && snprintf(path, sizeof path, "%s/rdbkit-XXXXXX", folder) < (int)sizeof path) {
        fd = mkostemp(path, O_CLOEXEC); /* a file system without O_TMPFILE */
        if (fd >= 0)
            unlink(path);
    }
    if (fd < 0) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot make a temporary file in %s: %s", folder, strerror(errno));
        rk_err_hint(err, "TMPDIR names the folder for it");
    }
    return fd;
}

bool rk_spool_write(int fd, const void *bytes, size_t count, rk_err *err)
{
    const uint8_t *from = bytes;
    while (count > 0) {
        ssize_t n = write(fd, from, count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot write the temporary copy: %s", strerror(errno));
            return rk_err_hint(err, "TMPDIR names the folder for it; or give an uncompressed file");
        }
        from += n;
        count -= (size_t)n;
    }
    return true;
}

/* True once somebody has the other end open, or had it: then what he wrote, or the end, can be read. A byte that
 * comes in just while we ask is kept in `head`. */
static bool has_writer(int fd, uint8_t *head, size_t *head_len)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    if (poll(&p, 1, 0) > 0)
        return true; /* data, or POLLHUP: he came and went */
    ssize_t n = read(fd, head, 1);
    *head_len = n > 0 ? 1 : 0;
    return n > 0 || (n < 0 && errno == EAGAIN); /* EAGAIN: it is open, with nothing in it yet */
}

int rk_fifo_open(const char *path, unsigned patience_ms, uint8_t *head, size_t *head_len, bool *nobody)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    *nobody = false;
    if (fd < 0)
        return -1;
    for (unsigned waited = 0; !has_writer(fd, head, head_len); waited += FIFO_STEP_MS) {
        if (waited >= patience_ms) {
            *nobody = true;
            close(fd);
            return -1;
        }
        poll(NULL, 0, FIFO_STEP_MS);
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}
