/* folder: makes, names and replaces folders of bundles. */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifest.h"

enum { NAME_ROOM = 64, TRIES = 1000 };

static bool fail_errno(const char *path, const char *doing, rk_err *err)
{
    rk_fail(err, RK_IO, RK_NO_OFFSET, "%s: %s", doing, strerror(errno));
    return rk_err_source(err, path);
}

static bool refuse(const char *path, rk_code code, const char *why, rk_err *err)
{
    rk_fail(err, code, RK_NO_OFFSET, "%s", why);
    return rk_err_source(err, path);
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

char *rk_bundle_path(const char *folder, const char *name, rk_err *err)
{
    size_t cap = strlen(folder) + strlen(name) + 2;
    char *path = rk_alloc(cap);
    if (!path)
        rk_no_memory(err);
    else
        snprintf(path, cap, "%s/%s", folder, name);
    return path;
}

char *rk_bundle_folder_resolve(const char *named, rk_err *err)
{
    struct stat info;
    size_t len = strlen(named);
    while (len > 1 && named[len - 1] == '/')
        len--;
    char *path = copy_text(named, len, err);
    if (!path || lstat(path, &info) != 0 || !S_ISLNK(info.st_mode))
        return path;
    char *real = realpath(path, NULL);
    if (!real)
        fail_errno(path, "is a link that leads nowhere", err);
    rk_free(path);
    path = real ? copy_text(real, strlen(real), err) : NULL;
    free(real);
    return path;
}

/* ---- is it a bundle? ------------------------------------------------------------------------------------------ */

static bool is_member(const char *name)
{
    for (unsigned i = 0; i < BUNDLE_FILES; i++)
        if (strcmp(name, rk_bundle_file_name((rk_bundle_file)i)) == 0)
            return true;
    return strcmp(name, RK_BUNDLE_MANIFEST) == 0;
}

static bool has_only_members(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    bool only = folder != NULL;
    while (only && (entry = readdir(folder)) != NULL)
        only =
            strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || is_member(entry->d_name);
    if (folder)
        closedir(folder);
    return only;
}

/* A damaged one is still one, and may be replaced: its manifest must only begin as manifests do. */
static bool is_bundle(const char *path, rk_err *err)
{
    static const char begin[] = "{\n  \"format\": \"" RK_BUNDLE_FORMAT "\"";
    char head[sizeof begin] = { 0 };
    char *manifest = rk_bundle_path(path, RK_BUNDLE_MANIFEST, err);
    int fd = manifest ? open(manifest, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    bool is = fd >= 0 && read(fd, head, sizeof begin - 1) == (ssize_t)sizeof begin - 1 &&
              memcmp(head, begin, sizeof begin - 1) == 0 && has_only_members(path);
    if (fd >= 0)
        close(fd);
    rk_free(manifest);
    return is;
}

bool rk_bundle_folder_check(const char *path, bool force, rk_err *err)
{
    struct stat info;
    if (!*path)
        return refuse(path, RK_USAGE, "a bundle to write has no name", err);
    if (stat(path, &info) != 0)
        return errno == ENOENT || fail_errno(path, "cannot write", err);
    if (!S_ISDIR(info.st_mode))
        return refuse(path, RK_USAGE, "is no folder, and is not replaced by a bundle", err);
    if (!is_bundle(path, err))
        return err->code == RK_OK
                   ? refuse(path, RK_USAGE, "is a folder that is no job bundle, and is not replaced", err)
                   : false;
    return force || refuse(path, RK_USAGE, "exists already", err);
}

/* ---- making and naming ---------------------------------------------------------------------------------------- */

static size_t parent_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

char *rk_bundle_folder_create(const char *path, rk_err *err)
{
    size_t parent = parent_length(path), cap = parent + NAME_ROOM;
    char *name = rk_alloc(cap);
    if (!name) {
        rk_no_memory(err);
        return NULL;
    }
    for (unsigned i = 0; i < TRIES; i++) {
        snprintf(name, cap, "%.*s.rdbkit-%ld-%u.part", (int)parent, path, (long)getpid(), i);
        if (mkdir(name, 0700) == 0)
            return name;
        if (errno != EEXIST)
            break;
    }
    fail_errno(path, "cannot make a folder beside it", err);
    rk_free(name);
    return NULL;
}

static int open_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Some file systems cannot say so of a folder, and some folders cannot be read: then there is no more to do. */
static bool sync_folder(int fd, const char *path, rk_err *err)
{
    bool ok = fd < 0 || fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
    return ok || fail_errno(path, "cannot write the folder to the disk", err);
}

/* For file systems that cannot exchange two names: there is a moment at which neither has the name. */
static bool exchange_by_hand(const char *written, const char *path, rk_err *err)
{
    char *aside = rk_bundle_folder_create(path, err);
    if (!aside)
        return false;
    bool moved = rename(path, aside) == 0, ok = moved && rename(written, path) == 0;
    if (!ok)
        fail_errno(path, "cannot give the bundle its name", err);
    if (!ok && moved && rename(aside, path) != 0)
        rk_err_hint(err, "the old bundle is %s", aside);
    else
        rk_bundle_folder_remove(aside);
    rk_free(aside);
    return ok;
}

static bool replace(const char *written, const char *path, rk_err *err)
{
    if (!rk_bundle_folder_check(path, true, err))
        return false;
    if (renameat2(AT_FDCWD, written, AT_FDCWD, path, RENAME_EXCHANGE) == 0) {
        rk_bundle_folder_remove(written); /* which is the old one now */
        return true;
    }
    if (errno != EINVAL && errno != ENOSYS)
        return fail_errno(path, "cannot give the bundle its name", err);
    return exchange_by_hand(written, path, err);
}

static bool appear(const char *written, const char *path, rk_err *err)
{
    struct stat info;
    if (renameat2(AT_FDCWD, written, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return true;
    if ((errno == EINVAL || errno == ENOSYS) && lstat(path, &info) != 0 && errno == ENOENT &&
        rename(written, path) == 0) /* the file system cannot ask and rename in one */
        return true;
    if (errno == EEXIST || errno == ENOTEMPTY)
        return refuse(path, RK_USAGE, "has appeared meanwhile", err);
    return fail_errno(path, "cannot give the bundle its name", err);
}

/* All that can fail for want of memory is done before the name is given. */
bool rk_bundle_folder_name(const char *written, const char *path, bool force, rk_err *err)
{
    struct stat info;
    size_t len = parent_length(path);
    char *name = len ? copy_text(path, len, err) : copy_text(".", 1, err);
    if (!name)
        return false;
    int folder = open_folder(written), parent = open_folder(name);
    bool ok = sync_folder(folder, written, err) &&
              (force && lstat(path, &info) == 0 ? replace(written, path, err) : appear(written, path, err)) &&
              sync_folder(parent, name, err);
    if (folder >= 0)
        close(folder);
    if (parent >= 0)
        close(parent);
    rk_free(name);
    return ok;
}

void rk_bundle_folder_remove(const char *path)
{
    char name[4096];
    for (unsigned i = 0; i <= BUNDLE_FILES; i++) {
        const char *member = i < BUNDLE_FILES ? rk_bundle_file_name((rk_bundle_file)i) : RK_BUNDLE_MANIFEST;
        if (snprintf(name, sizeof name, "%s/%s", path, member) < (int)sizeof name)
            unlink(name);
    }
    rmdir(path);
}
