/* fuzz_diff: two snapshots and what the diff makes of them. The first two bytes tell where the second one begins.
 * What must hold, whatever the bytes:
 * - the ledger balances, in each row and in all;
 * - every finding can be pulled, and there are as many as the ledger counts;
 * - a snapshot compared with itself tells of no job that is not where it was (in hand, left behind in the list of a
 *   dead process), and of no key. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "diff_holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int file_of(const uint8_t *bytes, size_t size, char *path)
{
    int fd = memfd_create("fuzz", 0);
    must(fd >= 0 && (size == 0 || write(fd, bytes, size) == (ssize_t)size));
    snprintf(path, 40, "/proc/self/fd/%d", fd);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char paths[2][40];
    if (size < 2)
        return 0;
    size_t rest = size - 2, split = ((size_t)bytes[0] << 8 | bytes[1]) % (rest + 1);
    int fds[2] = { file_of(bytes + 2, split, paths[0]), file_of(bytes + 2 + split, rest - split, paths[1]) };
    diff_holds(paths[0], paths[1], true);
    diff_holds(paths[0], paths[0], true);
    diff_holds(paths[1], paths[1], true);
    close(fds[0]);
    close(fds[1]);
    return 0;
}
