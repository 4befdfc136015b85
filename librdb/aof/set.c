/* set: what a path stands for: a file of commands, or the files that a manifest lists. */
#include "rdbkit/aof.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MANIFEST_MOST = 16 * 1024 * 1024, HEAD = 4096, NAMES_SHOWN = 3 };

/* ---- names -------------------------------------------------------------------------------------------------- */

/* Names of a directory, sorted; owned. */
typedef struct {
    char **items;
    size_t count, cap;
} name_list;

static void free_names(name_list *names)
{
    for (size_t i = 0; i < names->count; i++)
        rk_free(names->items[i]);
    rk_free(names->items);
    *names = (name_list){ 0 };
}

static char *copy(const char *text, rk_err *err)
{
    char *own = rk_alloc(strlen(text) + 1);
    if (!own)
        rk_no_memory(err);
    else
        memcpy(own, text, strlen(text));
    return own;
}

static bool add_name(name_list *names, const char *name, rk_err *err)
{
    if (!rk_grow((void **)&names->items, &names->cap, names->count + 1, sizeof *names->items, err))
        return false;
    names->items[names->count] = copy(name, err);
    return names->items[names->count] && ++names->count;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends(const char *name, const char *tail)
{
    return rk_slice_ends(rk_slice_of(name), rk_slice_of(tail));
}

/* Temporary files of a server that was killed are no part of a set. */
static bool is_left_over(const char *name)
{
    return name[0] == '.' || strncmp(name, "temp-", 5) == 0;
}

/* What a directory has of a set. */
typedef struct {
    name_list manifests, logs; /* logs: *.aof */
    bool has_parts;            /* files named as those of a set are */
} folder_content;

static void free_content(folder_content *content)
{
    free_names(&content->manifests);
    free_names(&content->logs);
}

static bool list_folder(const char *path, folder_content *content, rk_err *err)
{
    bool ok = true;
    struct dirent *entry;
    DIR *dir = opendir(path);
    *content = (folder_content){ 0 };
    if (!dir) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot open: %s", strerror(errno));
        return rk_err_source(err, path);
    }
    while (ok && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;
        if (is_left_over(name))
            continue;
        content->has_parts |= ends(name, ".incr.aof") || ends(name, ".base.aof") || ends(name, ".base.rdb");
        if (ends(name, ".manifest"))
            ok = add_name(&content->manifests, name, err);
        else if (ends(name, ".aof"))
            ok = add_name(&content->logs, name, err);
    }
    closedir(dir);
    if (content->manifests.count)
        qsort(content->manifests.items, content->manifests.count, sizeof(char *), by_name);
    if (content->logs.count)
        qsort(content->logs.items, content->logs.count, sizeof(char *), by_name);
    return ok;
}

/* "a, b, c and 4 more" */
static const char *print_names(const name_list *names, char out[160])
{
    char shown[48];
    size_t used = 0;
    for (size_t i = 0; i < names->count && i < NAMES_SHOWN; i++)
        used += (size_t)snprintf(out + used, 160 - used, "%s%s", i ? ", " : "",
                                 rk_slice_print(rk_slice_of(names->items[i]), shown, sizeof shown));
    if (names->count > NAMES_SHOWN)
        snprintf(out + used, 160 - used, " and %zu more", names->count - NAMES_SHOWN);
    return out;
}

/* ---- kinds -------------------------------------------------------------------------------------------------- */

static bool is_key(rk_slice line)
{
    static const char *const keys[] = { "file", "seq", "type", "startoffset", "endoffset" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t len = strlen(keys[i]);
        if (line.len > len && strncasecmp((const char *)line.ptr, keys[i], len) == 0 &&
            (line.ptr[len] == ' ' || line.ptr[len] == '\t'))
            return true;
    }
    return false;
}

/* By the first line that is no comment and no annotation. */
static rk_aof_kind kind_of_head(rk_slice head)
{
    rk_slice line = head;
    while (line.len > 0 && line.ptr[0] == '#') {
        size_t stop = rk_slice_find(line, RK_TEXT("\n"), 0);
        line = stop == SIZE_MAX ? RK_EMPTY : rk_slice_from(line, stop + 1);
    }
    if ((line.len > 0 && line.ptr[0] == '*') || (line.len == 0 && rk_slice_starts(head, RK_TEXT("#TS:"))))
        return RK_AOF_COMMANDS;
    return is_key(line) ? RK_AOF_MANIFEST : RK_AOF_NONE;
}

/* A name decides where the content says nothing: the file is empty, or broken from its beginning on. */
static rk_aof_kind kind_of_name(const char *path)
{
    if (ends(path, ".manifest") || ends(path, ".manifest.gz") || ends(path, ".manifest.zst"))
        return RK_AOF_MANIFEST;
    return ends(path, ".aof") || ends(path, ".aof.gz") || ends(path, ".aof.zst") ? RK_AOF_COMMANDS
                                                                                 : RK_AOF_NONE;
}

static bool is_snapshot(rk_slice head)
{
    return rk_slice_starts(head, RK_TEXT("REDIS")) || rk_slice_starts(head, RK_TEXT("VALKEY")) ||
           rk_slice_starts(head, RK_TEXT("$"));
}

static bool kind_of_file(const char *path, rk_aof_kind *kind, rk_err *err)
{
    uint8_t bytes[HEAD];
    size_t len = 0, got = 1;
    bool ok = true;
    rk_err broken = { 0 };
    rk_source *source = rk_source_open(path, NULL, err);
    if (!source)
        return false;
    while (ok && got > 0 && len < HEAD) {
        ok = rk_source_read(source, bytes + len, HEAD - len, &got, &broken);
        len += ok ? got : 0;
    }
    rk_source_close(source);
    if (!ok && len == 0)
        *err = broken; /* else the head tells, and the break is found by whoever reads on */
    rk_slice head = { bytes, len };
    *kind = is_snapshot(head) ? RK_AOF_NONE : kind_of_head(head);
    if (*kind == RK_AOF_NONE && !is_snapshot(head))
        *kind = kind_of_name(path);
    return err->code == RK_OK;
}

bool rk_aof_kind_of(const char *path, rk_aof_kind *kind, rk_err *err)
{
    struct stat info;
    folder_content content;
    *kind = RK_AOF_NONE;
    if (strcmp(path, "-") == 0)
        return true;
    if (stat(path, &info) != 0) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot open: %s", strerror(errno));
        return rk_err_source(err, path);
    }
    if (S_ISREG(info.st_mode))
        return kind_of_file(path, kind, err);
    if (!S_ISDIR(info.st_mode))
        return true;
    bool ok = list_folder(path, &content, err);
    if (ok && (content.manifests.count > 0 || content.has_parts))
        *kind = RK_AOF_DIRECTORY;
    free_content(&content);
    return ok;
}

/* ---- sets --------------------------------------------------------------------------------------------------- */

void rk_aof_set_free(rk_aof_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        rk_free(set->files[i].path);
    rk_free(set->files);
    rk_free(set->path);
    rk_free(set->manifest);
    *set = (rk_aof_set){ 0 };
}

static bool open_single(const char *path, rk_aof_set *set, rk_err *err)
{
    const char *slash = strrchr(path, '/');
    set->files = rk_alloc(sizeof *set->files);
    if (!set->files)
        return rk_no_memory(err);
    set->files[0] = (rk_aof_file){ .path = copy(path, err), .start_offset = -1, .end_offset = -1 };
    set->count = set->loaded = 1;
    if (!set->files[0].path)
        return false;
    set->files[0].name = set->files[0].path + (slash ? slash + 1 - path : 0);
    return true;
}

static bool read_text(const char *path, rk_buf *text, rk_err *err)
{
    size_t got = 1;
    bool ok = true;
    rk_source *source = rk_source_open(path, NULL, err);
    if (!source)
        return false;
    while (ok && got > 0 && text->len <= MANIFEST_MOST) {
        ok = rk_buf_reserve(text, text->len + HEAD, err) &&
             rk_source_read(source, text->ptr + text->len, HEAD, &got, err);
        text->len += ok ? got : 0;
    }
    rk_source_close(source);
    if (ok && text->len > MANIFEST_MOST)
        ok = rk_fail(err, RK_FORMAT, RK_NO_OFFSET, "a manifest of more than %d bytes", MANIFEST_MOST);
    return ok;
}

/* Servers refuse a set of which a file is missing, too; those of its history are about to be deleted. */
static bool check_files(const rk_aof_set *set, rk_err *err)
{
    char shown[100];
    struct stat info;
    if (set->loaded == 0)
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "a manifest that lists no base and no increment");
    for (size_t i = 0; i < set->loaded; i++) {
        rk_slice_print(rk_slice_of(set->files[i].name), shown, sizeof shown);
        if (stat(set->files[i].path, &info) != 0)
            return rk_fail(err, RK_IO, RK_NO_OFFSET, "the manifest lists '%s': %s", shown, strerror(errno));
        if (!S_ISREG(info.st_mode))
            return rk_fail(err, RK_IO, RK_NO_OFFSET, "the manifest lists '%s', which is no plain file",
                           shown);
    }
    return true;
}

/* The part of a path before its last one; owned. */
static char *folder_of(const char *path, rk_err *err)
{
    char *folder = copy(path, err);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        slash[slash == folder] = 0;
    else if (folder)
        folder[0] = 0;
    return folder;
}

static bool open_manifest(const char *path, rk_aof_set *set, rk_err *err)
{
    rk_buf text = { 0 };
    char *folder = folder_of(path, err);
    bool ok = folder && read_text(path, &text, err) &&
              rk_aof_manifest_parse(rk_buf_slice(&text), folder, path, set, err) &&
              (set->manifest = copy(path, err)) != NULL && check_files(set, err);
    rk_buf_free(&text);
    rk_free(folder);
    return ok || rk_err_source(err, path);
}

static bool no_manifest(const folder_content *content, rk_err *err)
{
    char shown[160];
    if (content->logs.count == 0)
        return rk_fail(err, RK_FORMAT, RK_NO_OFFSET,
                       "a directory without a manifest and without *.aof files");
    rk_fail(err, RK_FORMAT, RK_NO_OFFSET,
            "a directory of append-only files without a manifest: a server starts empty on it");
    return rk_err_hint(err, "name one of its files: %s", print_names(&content->logs, shown));
}

static bool open_folder(const char *path, rk_aof_set *set, rk_err *err)
{
    char shown[160], *manifest = NULL;
    folder_content content;
    bool ok = list_folder(path, &content, err);
    if (ok && content.manifests.count == 0) {
        ok = no_manifest(&content, err);
    } else if (ok && content.manifests.count > 1) {
        ok = rk_fail(err, RK_FORMAT, RK_NO_OFFSET, "a directory with %zu manifests: %s",
                     content.manifests.count, print_names(&content.manifests, shown));
        rk_err_hint(err, "name the one that is meant");
    } else if (ok) {
        size_t len = strlen(path) + strlen(content.manifests.items[0]) + 2;
        manifest = rk_alloc(len);
        if (manifest)
            snprintf(manifest, len, "%s%s%s", path, ends(path, "/") ? "" : "/", content.manifests.items[0]);
        ok = manifest ? open_manifest(manifest, set, err) : rk_no_memory(err);
    }
    rk_free(manifest);
    free_content(&content);
    return ok || rk_err_source(err, path);
}

bool rk_aof_set_open(const char *path, rk_aof_set *set, rk_err *err)
{
    struct stat info;
    rk_aof_kind kind;
    *set = (rk_aof_set){ 0 };
    bool ok = rk_aof_kind_of(path, &kind, err);
    bool folder = ok && strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    if (ok)
        ok = folder                    ? open_folder(path, set, err)
             : kind == RK_AOF_MANIFEST ? open_manifest(path, set, err)
                                       : open_single(path, set, err);
    if (ok)
        ok = (set->path = copy(path, err)) != NULL;
    if (ok)
        return true;
    rk_aof_set_free(set);
    return rk_err_source(err, path);
}
