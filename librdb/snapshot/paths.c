/* paths: the files that are one data set. */
#include "snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool add_path(rk_paths *paths, rk_slice path, rk_err *err)
{
    size_t cap = paths->count; /* grown one by one: there are few */
    if (!rk_grow((void **)&paths->items, &cap, paths->count + 1, sizeof *paths->items, err))
        return false;
    char *own = rk_alloc(path.len + 1);
    if (!own)
        return rk_no_memory(err);
    memcpy(own, path.ptr, path.len);
    paths->items[paths->count++] = own;
    return true;
}

void rk_paths_free(rk_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        rk_free(paths->items[i]);
    rk_free(paths->items);
    *paths = (rk_paths){ 0 };
}

/* Does the content of the file begin like a snapshot? What cannot be read is none, unless it is called like one: a
 * shard must not be missing without a word. */
static bool holds_snapshot(const char *path, bool *yes, rk_err *err)
{
    rk_err why = { 0 };
    uint8_t head[6] = { 0 };
    size_t len = 0, got = 1;
    rk_source *source = rk_source_open(path, NULL, &why);
    while (source && len < sizeof head && got > 0 &&
           rk_source_read(source, head + len, sizeof head - len, &got, &why))
        len += got;
    rk_source_close(source);
    rk_slice magic = { head, len };
    *yes = rk_slice_starts(magic, RK_TEXT("REDIS")) || rk_slice_starts(magic, RK_TEXT("VALKEY"));
    if (why.code == RK_OK || *yes || (why.code != RK_NO_MEMORY && !strstr(path, ".rdb")))
        return true;
    *err = why;
    return rk_err_source(err, path);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Snapshots beside append-only files that no manifest lists: what holds the data set, nobody can know. */
static bool fail_unlisted(const char *path, const char *log, rk_err *err)
{
    char shown[100];
    rk_fail(err, RK_FORMAT, RK_NO_OFFSET, "a directory with append-only files that no manifest lists");
    rk_err_hint(err, "name the file that is meant: '%s', or a snapshot",
                rk_slice_print(rk_slice_of(log), shown, sizeof shown));
    return rk_err_source(err, path);
}

/* A snapshot of a directory of shards; a log is none. `file`: path and name. */
static bool scan_file(const char *file, rk_paths *paths, rk_err *err)
{
    struct stat info;
    bool yes;
    if (stat(file, &info) != 0 || !S_ISREG(info.st_mode))
        return true;
    return holds_snapshot(file, &yes, err) && (!yes || add_path(paths, rk_slice_of(file), err));
}

static bool is_log(const char *name)
{
    rk_slice text = rk_slice_of(name);
    return rk_slice_ends(text, RK_TEXT(".aof")) || rk_slice_ends(text, RK_TEXT(".aof.gz")) ||
           rk_slice_ends(text, RK_TEXT(".aof.zst"));
}

/* A data folder of a server without a snapshot in it may have its log in a folder below. */
static bool fail_empty(const char *path, rk_err *err)
{
    static const char below[] = "appendonlydir";
    char folder[4096];
    rk_aof_kind kind;
    rk_err ignored = { 0 };
    rk_fail(err, RK_FORMAT, RK_NO_OFFSET, "a directory without a snapshot in it");
    if (snprintf(folder, sizeof folder, "%s/%s", path, below) < (int)sizeof folder &&
        rk_aof_kind_of(folder, &kind, &ignored) && kind == RK_AOF_DIRECTORY)
        rk_err_hint(err, "its log is in the folder '%s' below", below);
    return rk_err_source(err, path);
}

static bool scan_directory(const char *path, rk_paths *paths, rk_err *err)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    char file[4096];
    bool ok = true;
    if (!dir) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot open: %s", strerror(errno));
        return rk_err_source(err, path);
    }
    while (ok && (entry = readdir(dir)) != NULL) {
        /* temp-*.rdb is a save that never ended */
        if (entry->d_name[0] == '.' || strncmp(entry->d_name, "temp-", 5) == 0)
            continue;
        if (snprintf(file, sizeof file, "%s/%s", path, entry->d_name) >= (int)sizeof file)
            continue;
        ok = is_log(entry->d_name) ? fail_unlisted(path, entry->d_name, err) : scan_file(file, paths, err);
    }
    closedir(dir);
    if (ok && paths->count == 0)
        ok = fail_empty(path, err);
    if (ok)
        qsort(paths->items, paths->count, sizeof *paths->items, by_name);
    return ok;
}

static bool split_words(rk_slice words, rk_paths *paths, rk_err *err)
{
    size_t from = 0;
    while (from <= words.len) {
        size_t comma = rk_slice_find(words, RK_TEXT(","), from);
        size_t end = comma == SIZE_MAX ? words.len : comma;
        if (end > from && !add_path(paths, (rk_slice){ words.ptr + from, end - from }, err))
            return false;
        from = end + 1;
    }
    return paths->count > 0 || rk_fail(err, RK_USAGE, RK_NO_OFFSET, "no file is named");
}

/* A directory: one source where it is a log, else a set of shards. `words`: with the moment, if any. */
static bool list_directory(const char *words, const char *path, const rk_moment *until, rk_paths *paths,
                           rk_err *err)
{
    rk_aof_kind kind;
    if (!rk_aof_kind_of(path, &kind, err))
        return false;
    if (kind == RK_AOF_DIRECTORY)
        return add_path(paths, rk_slice_of(words), err);
    if (until->kind == RK_MOMENT_END)
        return scan_directory(path, paths, err);
    rk_fail(err, RK_USAGE, RK_NO_OFFSET,
            "no append-only directory, which has a manifest: only these have moments");
    return rk_err_source(err, path);
}

static bool is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

/* Words that are no list: a path, with a moment behind it or without. */
static bool list_single(const char *words, rk_paths *paths, rk_err *err)
{
    size_t len;
    rk_moment until;
    char path[4096];
    if (!rk_moment_split(words, &len, &until, err))
        return false;
    if (snprintf(path, sizeof path, "%.*s", (int)len, words) < (int)sizeof path && is_directory(path))
        return list_directory(words, path, &until, paths, err);
    return add_path(paths, rk_slice_of(words), err);
}

bool rk_paths_of(const char *words, rk_paths *paths, rk_err *err)
{
    *paths = (rk_paths){ 0 };
    bool single = *words && (is_there(words) || !strchr(words, ','));
    bool ok = single ? list_single(words, paths, err) : split_words(rk_slice_of(words), paths, err);
    if (!ok)
        rk_paths_free(paths);
    return ok;
}

bool rk_paths_add(const char *words, rk_paths *paths, rk_err *err)
{
    struct stat info;
    return stat(words, &info) == 0 ? add_path(paths, rk_slice_of(words), err)
                                   : split_words(rk_slice_of(words), paths, err);
}
