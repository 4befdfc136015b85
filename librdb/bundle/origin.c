/* origin: path, versions and digest of a source. */
#include "origin.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rdbkit/aof.h"
#include "rdbkit/keyspace.h"

enum { PIECE = 256 * 1024 };

/* All that a file holds, packed or not, as it lies on the disk. */
static bool add_file(rk_hasher *hasher, const char *path, uint8_t *room, uint64_t *size, rk_err *err)
{
    ssize_t got = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (got = read(fd, room, PIECE)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        rk_hasher_add(hasher, (rk_slice){ room, (size_t)got });
        *size += (uint64_t)got;
    }
    bool ok = fd >= 0 && got == 0;
    if (!ok) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "%s", strerror(errno));
        rk_err_source(err, path);
    }
    if (fd >= 0)
        close(fd);
    return ok;
}

/* ---- what to digest -------------------------------------------------------------------------------------------------- */

static bool add_set(rk_hasher *hasher, const char *path, uint8_t *room, uint64_t *size, rk_err *err)
{
    rk_aof_set set;
    bool ok = rk_aof_set_open(path, &set, err);
    for (size_t i = 0; ok && i < set.loaded; i++)
        ok = add_file(hasher, set.files[i].path, room, size, err);
    rk_aof_set_free(&set);
    return ok;
}

static bool add_snapshot(rk_hasher *hasher, const rk_snapshot *snapshot, uint8_t *room, uint64_t *size,
                         rk_err *err)
{
    uint64_t all = rk_snapshot_info_of(snapshot)->content_size;
    for (; *size < all;) {
        size_t piece = all - *size < PIECE ? (size_t)(all - *size) : PIECE;
        if (!rk_snapshot_bytes(snapshot, *size, room, piece, err))
            return false;
        rk_hasher_add(hasher, (rk_slice){ room, piece });
        *size += piece;
    }
    return true;
}

static bool add_open(rk_hasher *hasher, const rk_source *source, uint8_t *room, uint64_t *size, rk_err *err)
{
    size_t got = 0;
    do {
        if (!rk_source_read_at(source, *size, room, PIECE, &got, err))
            return false;
        rk_hasher_add(hasher, (rk_slice){ room, got });
        *size += got;
    } while (got > 0);
    return true;
}

static bool is_plain_file(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* With neither `snapshot` nor `open` it is a log. */
static bool digest(const char *path, const rk_snapshot *snapshot, const rk_source *open,
                   rk_bundle_source *source, rk_err *err)
{
    rk_hasher *hasher = rk_hasher_new(err);
    uint8_t *room = rk_alloc(PIECE);
    bool is_log = snapshot ? rk_snapshot_info_of(snapshot)->log.files > 0 : !open;
    bool ok = hasher && (room || rk_no_memory(err));
    source->size = 0;
    if (ok) {
        rk_hasher_start(hasher);
        ok = is_log                ? add_set(hasher, path, room, &source->size, err)
             : is_plain_file(path) ? add_file(hasher, path, room, &source->size, err)
             : snapshot            ? add_snapshot(hasher, snapshot, room, &source->size, err)
                                   : add_open(hasher, open, room, &source->size, err);
    }
    if (ok)
        source->digest = rk_hasher_end(hasher);
    rk_free(room);
    rk_hasher_free(hasher);
    return ok;
}

/* ---- all of it --------------------------------------------------------------------------------------------------------- */

/* The path without its moment; to be freed. NULL on failure. */
static char *file_of(const char *path, rk_err *err)
{
    rk_moment until;
    size_t len;
    char *file = rk_alloc(strlen(path) + 1);
    if (!file)
        rk_no_memory(err);
    else if (rk_moment_split(path, &len, &until, err)) {
        memcpy(file, path, len);
        return file;
    }
    rk_free(file);
    return NULL;
}

bool rk_bundle_source_of_snapshot(const char *path, const char *role, const rk_snapshot *snapshot,
                                  rk_bundle_source *source, rk_err *err)
{
    const rk_snapshot_info *info = rk_snapshot_info_of(snapshot);
    *source = (rk_bundle_source){ .path = path,
                                  .role = role,
                                  .format = info->format,
                                  .rdb_version = info->rdb_version,
                                  .server = info->server,
                                  .saved_s = info->ctime,
                                  .repl_id = info->repl_id,
                                  .repl_offset = info->repl_offset };
    char *file = file_of(path, err);
    bool ok = file && digest(file, snapshot, NULL, source, err);
    rk_free(file);
    return ok;
}

/* What is told of a source without a snapshot. */
static rk_bundle_source plain_source(const char *path, const char *role, const char *format)
{
    return (rk_bundle_source){ .path = path,
                               .role = role,
                               .format = format,
                               .server = "",
                               .saved_s = -1,
                               .repl_id = "",
                               .repl_offset = -1 };
}

bool rk_bundle_source_of_log(const char *path, const char *role, rk_bundle_source *source, rk_err *err)
{
    char *file = file_of(path, err);
    *source = plain_source(path, role, "aof");
    bool ok = file && digest(file, NULL, NULL, source, err);
    rk_free(file);
    return ok;
}

bool rk_bundle_source_of_file(const char *path, const char *role, const rk_source *open,
                              rk_bundle_source *source, rk_err *err)
{
    *source = plain_source(path, role, "ndjson");
    return digest(path, NULL, open, source, err);
}
