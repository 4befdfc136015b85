/* folder_trial: folders with files of a set in them, for tests. */
#ifndef RDBKIT_TESTS_FOLDER_TRIAL_H
#define RDBKIT_TESTS_FOLDER_TRIAL_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rdbkit/aofcheck.h"
#include "unit.h"

static char folder_room[64];

static inline const char *folder_begin(void)
{
    const char *named = getenv("TMPDIR");
    snprintf(folder_room, sizeof folder_room, "%.30s/rdbkit-aof-XXXXXX", named && *named ? named : "/tmp");
    CU_ASSERT_FATAL(mkdtemp(folder_room) != NULL);
    return folder_room;
}

static inline void folder_path(char out[256], const char *folder, const char *name)
{
    snprintf(out, 256, "%s/%s", folder, name);
}

static inline void folder_write(const char *folder, const char *name, rk_slice bytes)
{
    char path[256];
    folder_path(path, folder, name);
    FILE *file = fopen(path, "wb");
    CU_ASSERT_FATAL(file != NULL);
    CU_ASSERT(fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len);
    fclose(file);
}

/* The whole file; the caller frees it. */
static inline rk_buf folder_read(const char *folder, const char *name)
{
    char path[256];
    uint8_t chunk[4096];
    size_t got;
    rk_buf bytes = { 0 };
    rk_err err = { 0 };
    folder_path(path, folder, name);
    FILE *file = fopen(path, "rb");
    CU_ASSERT_FATAL(file != NULL);
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        CU_ASSERT(rk_buf_add(&bytes, (rk_slice){ chunk, got }, &err));
    fclose(file);
    return bytes;
}

static inline bool folder_has(const char *folder, const char *name, const char *text)
{
    rk_buf bytes = folder_read(folder, name);
    bool same = rk_slice_is(rk_buf_slice(&bytes), rk_slice_of(text));
    if (!same)
        printf("# %s: %.*s\n", name, (int)bytes.len, bytes.ptr ? (const char *)bytes.ptr : "");
    rk_buf_free(&bytes);
    return same;
}

/* How many things are in it. */
static inline size_t folder_count(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;
    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    return count > 2 ? count - 2 : 0;
}

/* Removes a folder of plain files. */
static inline void folder_end(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(folder);
}

#endif
