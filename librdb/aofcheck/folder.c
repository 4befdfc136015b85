/* folder: the files beside a manifest, and what their names say. */
#include "run.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool add_name(aofcheck_names *names, const char *name, rk_err *err)
{
    size_t len = strlen(name);
    if (!rk_grow((void **)&names->names, &names->cap, names->count + 1, sizeof *names->names, err))
        return false;
    char *own = rk_alloc(len + 1);
    if (!own)
        return rk_no_memory(err);
    memcpy(own, name, len);
    names->names[names->count++] = own;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool aofcheck_names_of(const char *folder, aofcheck_names *names, rk_err *err)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    struct stat info;
    bool ok = true;
    if (!dir) {
        rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot open: %s", strerror(errno));
        return rk_err_source(err, folder);
    }
    while (ok && (entry = readdir(dir)) != NULL)
        if (fstatat(dirfd(dir), entry->d_name, &info, 0) == 0 && S_ISREG(info.st_mode))
            ok = add_name(names, entry->d_name, err);
    closedir(dir);
    if (ok && names->count)
        qsort(names->names, names->count, sizeof *names->names, by_name);
    return ok;
}

void aofcheck_names_free(aofcheck_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        rk_free(names->names[i]);
    rk_free(names->names);
    *names = (aofcheck_names){ 0 };
}

bool aofcheck_names_have(const aofcheck_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->names[i], name) == 0)
            return true;
    return false;
}

bool aofcheck_name_parse(const char *name, aofcheck_name *parsed)
{
    static const struct {
        const char *ending;
        rk_aof_role role;
    } endings[] = { { ".base.rdb", RK_AOF_BASE },
                    { ".base.aof", RK_AOF_BASE },
                    { ".incr.aof", RK_AOF_INCREMENT } };
    rk_slice whole = rk_slice_of(name);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        rk_slice ending = rk_slice_of(endings[i].ending);
        if (!rk_slice_ends(whole, ending))
            continue;
        size_t end = whole.len - ending.len, begin = end;
        while (begin > 0 && name[begin - 1] >= '0' && name[begin - 1] <= '9')
            begin--;
        int64_t seq;
        if (begin < 2 || name[begin - 1] != '.' ||
            !rk_slice_int((rk_slice){ whole.ptr + begin, end - begin }, &seq) || seq < 1)
            return false;
        *parsed = (aofcheck_name){ .prefix = begin - 1, .seq = (uint64_t)seq, .role = endings[i].role };
        return true;
    }
    return false;
}

static bool is_manifest(const char *name)
{
    return rk_slice_ends(rk_slice_of(name), RK_TEXT(".manifest")) && strncmp(name, "temp-", 5) != 0;
}

bool aofcheck_manifest_among(const aofcheck_names *names, const char **manifest, rk_err *err)
{
    *manifest = NULL;
    for (size_t i = 0; i < names->count; i++) {
        if (!is_manifest(names->names[i]))
            continue;
        if (*manifest)
            return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                           "holds several manifests, '%.60s' and '%.60s': name the one that is meant",
                           *manifest, names->names[i]);
        *manifest = names->names[i];
    }
    return true;
}

/* A folder is a set when it has a manifest, or files that are called like the parts of one. */
static bool is_set(const aofcheck_names *names)
{
    aofcheck_name parsed;
    for (size_t i = 0; i < names->count; i++)
        if (is_manifest(names->names[i]) || aofcheck_name_parse(names->names[i], &parsed))
            return true;
    return false;
}

bool rk_aofcheck_is_set(const char *path, bool *yes, rk_err *err)
{
    struct stat info;
    aofcheck_names names = { 0 };
    *yes = false;
    if (stat(path, &info) != 0)
        return true; /* whoever opens it will say so */
    if (!S_ISDIR(info.st_mode)) {
        const char *slash = strrchr(path, '/');
        *yes = S_ISREG(info.st_mode) && is_manifest(slash ? slash + 1 : path);
        return true;
    }
    bool ok = aofcheck_names_of(path, &names, err);
    *yes = ok && is_set(&names);
    aofcheck_names_free(&names);
    return ok;
}
