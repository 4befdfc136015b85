/* salvage_folder: a set that appears whole or not at all: written to a folder beside, with every file and the folder on
 * the disk, read back, and only then given its name. */
#include "salvage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    salvage_run *run;
    const char *named; /* as the user named it */
    char *path;        /* the same, without slashes at its end */
    char *parent;      /* the folder in which it shall appear */
    char *written;     /* its name until then */
    rk_buf manifest;
    uint64_t seq; /* of the last increment */
    rk_err *err;
} folder;

static bool fail_errno(const folder *f, const char *doing)
{
    rk_fail(f->err, RK_IO, RK_NO_OFFSET, "%s: %s", doing, strerror(errno));
    return rk_err_source(f->err, f->named);
}

static bool refuse(const folder *f, const char *why)
{
    rk_fail(f->err, RK_USAGE, RK_NO_OFFSET, "%s", why);
    return rk_err_source(f->err, f->named);
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

static char *join(const char *folder_path, const char *name, rk_err *err)
{
    size_t len = strlen(folder_path) + strlen(name) + 2;
    char *path = rk_alloc(len);
    if (path)
        snprintf(path, len, "%s/%s", folder_path, name);
    else
        rk_no_memory(err);
    return path;
}

static size_t parent_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static bool take_path(folder *f)
{
    size_t len = strlen(f->named);
    while (len > 1 && f->named[len - 1] == '/')
        len--;
    if (len == 0)
        return refuse(f, "a folder to write has no name");
    if (!(f->path = rk_alloc(len + 1)))
        return rk_no_memory(f->err);
    memcpy(f->path, f->named, len);
    size_t parent = parent_length(f->path);
    if (!(f->parent = rk_alloc(parent + 2)))
        return rk_no_memory(f->err);
    memcpy(f->parent, parent ? f->path : ".", parent ? parent : 1);
    return true;
}

static bool make_folder(folder *f)
{
    size_t parent = parent_length(f->path), cap = parent + 64;
    if (!(f->written = rk_alloc(cap)))
        return rk_no_memory(f->err);
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(f->written, cap, "%.*s.rdbkit-%ld-%u.part", (int)parent, f->path, (long)getpid(), i);
        if (mkdir(f->written, 0777) == 0)
            return true;
        if (errno != EEXIST)
            break;
    }
    f->written[0] = 0;
    return fail_errno(f, "cannot write in its folder");
}

/* ---- what may be replaced ------------------------------------------------------------------------------------------- */

static bool is_of_a_set(const char *name)
{
    aofcheck_name parsed;
    rk_slice text = rk_slice_of(name);
    return rk_slice_ends(text, RK_TEXT(".manifest")) || rk_slice_ends(text, RK_TEXT(".aof")) ||
           aofcheck_name_parse(name, &parsed);
}

/* A folder is only replaced when it holds nothing but plain files with the names of a set. */
static bool may_go(const folder *f)
{
    DIR *dir = opendir(f->path);
    struct dirent *entry;
    struct stat info;
    char shown[80];
    bool ok = dir != NULL || fail_errno(f, "cannot open");
    while (ok && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode) &&
            is_of_a_set(entry->d_name))
            continue;
        rk_fail(f->err, RK_USAGE, RK_NO_OFFSET, "is not replaced: it holds '%s', which is no file of a set",
                rk_slice_print(rk_slice_of(entry->d_name), shown, sizeof shown));
        ok = rk_err_source(f->err, f->named);
    }
    if (dir)
        closedir(dir);
    return ok;
}

static bool check_target(const folder *f, bool force)
{
    struct stat info;
    if (lstat(f->path, &info) != 0)
        return errno == ENOENT || fail_errno(f, "cannot write");
    if (!aofcheck_not_input(f->run->check, f->path, f->err))
        return false;
    if (!force)
        return refuse(f, "exists already");
    return S_ISDIR(info.st_mode) ? may_go(f) : refuse(f, "is no folder: a set is several files");
}

/* Removes a folder of plain files. */
static void remove_folder(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(path);
}

/* ---- files --------------------------------------------------------------------------------------------------------- */

/* A base that was to be a snapshot, and of which nothing can be read. */
static bool is_lost(const aofcheck_part *part)
{
    bool snapshot = rk_slice_ends(rk_slice_of(part->part.name), RK_TEXT(".rdb"));
    return part->part.kind == RK_PART_MISSING || (snapshot && !part->head && part->part.commands == 0);
}

static bool is_plain(rk_slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7f || strchr("\"'\\", name.ptr[i]))
            return false;
    return true;
}

static bool add_name(folder *f, rk_slice name)
{
    if (is_plain(name))
        return rk_buf_add(&f->manifest, name, f->err);
    bool ok = rk_buf_add(&f->manifest, RK_TEXT("\""), f->err);
    for (size_t i = 0; ok && i < name.len; i++)
        ok = is_plain((rk_slice){ name.ptr + i, 1 })
                 ? rk_buf_add(&f->manifest, (rk_slice){ name.ptr + i, 1 }, f->err)
                 : rk_buf_printf(&f->manifest, f->err, "\\x%02x", name.ptr[i]);
    return ok && rk_buf_add(&f->manifest, RK_TEXT("\""), f->err);
}

/* Increments have to rise. */
static bool add_line(folder *f, const rk_aof_part *part)
{
    uint64_t seq = part->seq ? part->seq : 1;
    bool base = part->role == RK_AOF_BASE;
    if (!base && seq <= f->seq)
        seq = f->seq + 1;
    f->seq = base ? f->seq : seq;
    return rk_buf_add(&f->manifest, RK_TEXT("file "), f->err) && add_name(f, rk_slice_of(part->name)) &&
           rk_buf_printf(&f->manifest, f->err, " seq %" PRIu64 " type %s\n", seq, base ? "b" : "i");
}

static bool write_part(folder *f, const aofcheck_part *part)
{
    char *path = join(f->written, part->part.name, f->err);
    rk_sink *sink = path ? rk_sink_open(path, NULL, f->err) : NULL;
    bool ok = sink && aofcheck_salvage_part(f->run, part, sink, f->err) && rk_sink_commit(sink, f->err) &&
              add_line(f, &part->part);
    rk_sink_close(sink);
    rk_free(path);
    return ok;
}

/* The name of the manifest: that of the input, or the beginning of its files' names. */
static const char *manifest_name(const folder *f, char *room, size_t cap)
{
    const rk_aofcheck *c = f->run->check;
    const char *slash = c->manifest ? strrchr(c->manifest, '/') : NULL;
    aofcheck_name parsed;
    if (c->manifest)
        return slash ? slash + 1 : c->manifest;
    snprintf(room, cap, "appendonly.aof.manifest");
    for (size_t i = 0; i < c->loaded; i++)
        if (aofcheck_name_parse(c->parts[i].part.name, &parsed)) {
            snprintf(room, cap, "%.*s.manifest", (int)parsed.prefix, c->parts[i].part.name);
            break;
        }
    return room;
}

static bool write_manifest(folder *f)
{
    char room[300];
    char *path = join(f->written, manifest_name(f, room, sizeof room), f->err);
    rk_sink *sink = path ? rk_sink_open(path, NULL, f->err) : NULL;
    bool ok = sink && rk_sink_write(sink, rk_buf_slice(&f->manifest), f->err) && rk_sink_commit(sink, f->err);
    rk_sink_close(sink);
    rk_free(path);
    return ok;
}

static bool write_files(folder *f)
{
    const rk_aofcheck *c = f->run->check;
    for (size_t i = 0; i < c->loaded; i++) {
        if (is_lost(&c->parts[i]))
            f->run->result->files_lost++;
        else if (!write_part(f, &c->parts[i]))
            return false;
    }
    if (f->run->result->files == 0) {
        rk_fail(f->err, RK_DAMAGED, RK_NO_OFFSET,
                "none of its files can be read: there is nothing to salvage");
        return rk_err_source(f->err, c->path);
    }
    return write_manifest(f) && aofcheck_salvage_read_back(f->written, f->named, f->err);
}

/* ---- the name -------------------------------------------------------------------------------------------------------- */

/* Without force, not over one that has appeared meanwhile; with it, what was there is at the other name then. */
static bool name_it(folder *f, bool force)
{
    bool there = access(f->path, F_OK) == 0;
    unsigned how = there && force ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (renameat2(AT_FDCWD, f->written, AT_FDCWD, f->path, how) == 0)
        return true;
    if (errno == EINVAL && !there && rename(f->written, f->path) == 0) /* onto an empty folder at worst */
        return true;
    return fail_errno(f, errno == EEXIST ? "has appeared meanwhile" : "cannot give the folder its name");
}

/* A new name is safe when its folder is. */
static bool sync_parent(folder *f)
{
    int fd = open(f->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd < 0 || fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
    if (!ok)
        fail_errno(f, "cannot write its folder to the disk");
    if (fd >= 0)
        close(fd);
    return ok;
}

bool aofcheck_salvage_set(salvage_run *run, const char *path, bool force, rk_err *err)
{
    folder f = { .run = run, .named = path, .err = err };
    bool ok = take_path(&f) && check_target(&f, force) && make_folder(&f) && write_files(&f), named = false;
    if (ok)
        ok = named = name_it(&f, force);
    if (f.written && f.written[0] && (!named || access(f.written, F_OK) == 0))
        remove_folder(f.written);
    ok = ok && sync_parent(&f);
    rk_buf_free(&f.manifest);
    rk_free(f.path);
    rk_free(f.parent);
    rk_free(f.written);
    return ok;
}
