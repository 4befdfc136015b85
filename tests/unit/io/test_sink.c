/* test_sink: a file appears whole or not at all, and never where something is that must stay. */
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit.h"
#include "rdbkit/io.h"

static char folder[64];

static const char *path_of(const char *name)
{
    static char rooms[8][128];
    static unsigned next;
    char *path = rooms[next++ % 8];
    if (!*folder) {
        snprintf(folder, sizeof folder, "/tmp/rdbkit-sink-XXXXXX");
        CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
    }
    snprintf(path, sizeof rooms[0], "%s/%s", folder, name);
    return path;
}

/* How many names the folder holds; all of them are taken away. */
static int clear(void)
{
    int count = 0;
    struct dirent *entry;
    DIR *dir = opendir(folder);
    CU_ASSERT_FATAL(dir != NULL);
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            count++;
            remove(path_of(entry->d_name));
        }
    closedir(dir);
    return count;
}

static bool holds(const char *path, rk_slice content)
{
    uint8_t bytes[256];
    FILE *file = fopen(path, "rb");
    size_t got = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file)
        fclose(file);
    return file && rk_slice_is((rk_slice){ bytes, got }, content);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_FATAL(file != NULL && fputs(text, file) >= 0);
    fclose(file);
}

static void appears_at_the_commit(void)
{
    rk_err err = { 0 };
    struct stat info;
    const char *path = path_of("new.rdb");
    rk_sink *sink = rk_sink_open(path, &(rk_sink_options){ .mode = 0640 }, &err);
    CU_ASSERT_FATAL(sink != NULL);
    CU_ASSERT(rk_sink_write(sink, RK_TEXT("some "), &err));
    CU_ASSERT(stat(path, &info) != 0);
    CU_ASSERT(rk_sink_write(sink, RK_TEXT("bytes"), &err));
    CU_ASSERT(rk_sink_written(sink) == 10);
    const char *meanwhile = rk_sink_flush(sink, &err);
    CU_ASSERT_FATAL(meanwhile != NULL);
    CU_ASSERT(holds(meanwhile, RK_TEXT("some bytes")) && stat(path, &info) != 0);
    CU_ASSERT(rk_sink_commit(sink, &err));
    rk_sink_close(sink);
    CU_ASSERT(holds(path, RK_TEXT("some bytes")));
    CU_ASSERT(stat(path, &info) == 0 && (info.st_mode & 0137) == 0 && (info.st_mode & 0600) == 0600);
    CU_ASSERT(clear() == 1);
}

static void leaves_nothing_without_commit(void)
{
    rk_err err = { 0 };
    static uint8_t much[600 * 1000];
    rk_sink *sink = rk_sink_open(path_of("new.rdb"), NULL, &err);
    CU_ASSERT_FATAL(sink != NULL);
    CU_ASSERT(rk_sink_write(sink, (rk_slice){ much, sizeof much }, &err));
    rk_sink_close(sink);
    CU_ASSERT(clear() == 0);
}

/* More than the buffer, in pieces around its size. */
static void keeps_the_order_of_all_sizes(void)
{
    rk_err err = { 0 };
    static const size_t sizes[] = { 1, 262143, 262144, 262145, 7, 100000, 200000, 600000, 0, 3 };
    static uint8_t content[2 * 1000 * 1000], read[2 * 1000 * 1000];
    size_t total = 0, got = 0, all = 0;
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i * 2654435761u >> 13);
    const char *path = path_of("long");
    rk_sink *sink = rk_sink_open(path, NULL, &err);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; total += sizes[i++])
        CU_ASSERT(rk_sink_write(sink, (rk_slice){ content + total, sizes[i] }, &err));
    CU_ASSERT(rk_sink_commit(sink, &err) && rk_sink_written(sink) == total);
    rk_sink_close(sink);
    rk_source *source = rk_source_open(path, NULL, &err);
    while (rk_source_read(source, read + all, sizeof read - all, &got, &err) && got > 0)
        all += got;
    rk_source_close(source);
    CU_ASSERT(all == total && memcmp(read, content, total) == 0);
    clear();
}

static void refused(const char *path, bool force, const rk_source *input, const char *what)
{
    rk_err err = { 0 };
    rk_sink *sink = rk_sink_open(path, &(rk_sink_options){ .force = force, .input = input }, &err);
    CU_ASSERT(sink == NULL);
    if (strstr(err.what, what) == NULL)
        printf("# %s: %s, not: %s\n", path, err.what, what);
    CU_ASSERT(strstr(err.what, what) != NULL && strcmp(err.source, path) == 0);
    rk_sink_close(sink);
}

static void refuses_what_must_stay(void)
{
    rk_err err = { 0 };
    const char *old = path_of("old.rdb"), *link_to_it = path_of("link"), *loose = path_of("loose");
    put(old, "old");
    CU_ASSERT_FATAL(symlink(old, link_to_it) == 0 && symlink(path_of("nowhere"), loose) == 0);
    rk_source *input = rk_source_open(old, NULL, &err);
    refused(old, false, NULL, "exists already");
    refused(link_to_it, false, NULL, "exists already");
    refused(old, true, input, "is the input itself");
    refused(link_to_it, true, input, "is the input itself");
    refused(loose, true, NULL, "a link that leads nowhere");
    refused(folder, true, NULL, "is a directory");
    refused("/dev/full", true, NULL, "no plain file");
    refused("", true, NULL, "has no name");
    refused(path_of("none/new.rdb"), false, NULL, "cannot write in its folder: No such file");
    refused(path_of("old.rdb/new.rdb"), false, NULL, "cannot write: Not a directory");
    CU_ASSERT(holds(old, RK_TEXT("old")));
    rk_source_close(input);
    CU_ASSERT(clear() == 3);
}

static void replaces_by_force(void)
{
    rk_err err = { 0 };
    const char *old = path_of("old.rdb"), *link_to_it = path_of("link");
    put(old, "old");
    CU_ASSERT_FATAL(symlink(old, link_to_it) == 0);
    rk_sink *sink = rk_sink_open(link_to_it, &(rk_sink_options){ .force = true }, &err);
    CU_ASSERT_FATAL(sink != NULL);
    CU_ASSERT(rk_sink_write(sink, RK_TEXT("new"), &err));
    CU_ASSERT(holds(old, RK_TEXT("old")));
    CU_ASSERT(rk_sink_commit(sink, &err));
    rk_sink_close(sink);
    CU_ASSERT(holds(old, RK_TEXT("new")));
    CU_ASSERT(clear() == 2);
}

static void yields_to_a_file_that_appears_meanwhile(void)
{
    rk_err err = { 0 };
    const char *path = path_of("new.rdb");
    rk_sink *sink = rk_sink_open(path, NULL, &err);
    CU_ASSERT_FATAL(sink != NULL);
    CU_ASSERT(rk_sink_write(sink, RK_TEXT("mine"), &err));
    put(path, "theirs");
    CU_ASSERT(!rk_sink_commit(sink, &err) && strstr(err.what, "has appeared meanwhile") != NULL);
    rk_sink_close(sink);
    CU_ASSERT(holds(path, RK_TEXT("theirs")));
    CU_ASSERT(clear() == 1);
}

/* A limit on the size of files stands for a full disk and a quota. */
static void says_that_the_disk_is_full(void)
{
    rk_err err = { 0 };
    static uint8_t much[400 * 1000];
    struct rlimit before, small;
    CU_ASSERT_FATAL(getrlimit(RLIMIT_FSIZE, &before) == 0);
    small = (struct rlimit){ 300 * 1000, before.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    rk_sink *sink = rk_sink_open(path_of("new.rdb"), NULL, &err);
    CU_ASSERT_FATAL(sink != NULL && setrlimit(RLIMIT_FSIZE, &small) == 0);
    CU_ASSERT(!rk_sink_write(sink, (rk_slice){ much, sizeof much }, &err));
    CU_ASSERT(err.code == RK_IO && strcmp(err.what, "cannot write: File too large") == 0);
    rk_err later = { 0 };
    CU_ASSERT(!rk_sink_write(sink, RK_TEXT("more"), &later) && !rk_sink_commit(sink, &later));
    rk_sink_close(sink);
    CU_ASSERT(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CU_ASSERT(clear() == 0);
}

static void becomes_a_source_without_a_name(void)
{
    rk_err err = { 0 };
    static uint8_t content[600 * 1000], read[700 * 1000];
    size_t got = 0, all = 0;
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i * 2654435761u >> 13);
    CU_ASSERT_FATAL(path_of("x") && setenv("TMPDIR", folder, 1) == 0);
    rk_sink *sink = rk_sink_open_temporary(&err);
    CU_ASSERT_FATAL(sink != NULL);
    CU_ASSERT(rk_sink_write(sink, (rk_slice){ content, 300 * 1000 }, &err));
    CU_ASSERT(rk_sink_write(sink, (rk_slice){ content + 300 * 1000, 300 * 1000 }, &err));
    CU_ASSERT(clear() == 0);
    rk_source *source = rk_sink_to_source(sink, "what was made", &err);
    CU_ASSERT_FATAL(source != NULL);
    while (rk_source_read(source, read + all, sizeof read - all, &got, &err) && got > 0)
        all += got;
    CU_ASSERT(all == sizeof content && memcmp(read, content, all) == 0);
    CU_ASSERT(rk_source_size(source) == sizeof content && rk_source_file_size(source) == sizeof content);
    CU_ASSERT(rk_source_read_at(source, 299999, read, 2, &got, &err) && got == 2);
    CU_ASSERT(memcmp(read, content + 299999, 2) == 0);
    CU_ASSERT(strcmp(rk_source_name(source), "what was made") == 0);
    rk_source_close(source);
    unsetenv("TMPDIR");
}

static void temporary_is_all_it_is(void)
{
    rk_err err = { 0 };
    rk_sink *sink = rk_sink_open_temporary(&err);
    CU_ASSERT_FATAL(sink != NULL);
    CU_ASSERT(rk_sink_flush(sink, &err) == NULL && strcmp(err.what, "has no name") == 0);
    err = (rk_err){ 0 };
    CU_ASSERT(!rk_sink_commit(sink, &err) && strcmp(err.what, "has no name") == 0);
    rk_sink_close(sink);
    err = (rk_err){ 0 };
    sink = rk_sink_open(path_of("new.rdb"), NULL, &err);
    CU_ASSERT_FATAL(sink != NULL);
    CU_ASSERT(rk_sink_to_source(sink, "x", &err) == NULL && err.code == RK_USAGE);
    CU_ASSERT(clear() == 0);
    err = (rk_err){ 0 };
    setenv("TMPDIR", "/nowhere", 1);
    CU_ASSERT(rk_sink_open_temporary(&err) == NULL && err.code == RK_IO && strstr(err.hint, "TMPDIR"));
    unsetenv("TMPDIR");
}

static void temporary_ones_lack_memory(void)
{
    for (int64_t n = 0;; n++) {
        rk_err err = { 0 };
        rk_alloc_fail_after(n);
        rk_sink *sink = rk_sink_open_temporary(&err);
        rk_source *source = sink ? rk_sink_to_source(sink, "x", &err) : NULL;
        rk_alloc_fail_after(-1);
        CU_ASSERT(source || err.code == RK_NO_MEMORY);
        rk_source_close(source);
        if (source)
            break;
    }
}

static void lack_of_memory(void)
{
    for (int64_t n = 0;; n++) {
        rk_err err = { 0 };
        rk_alloc_fail_after(n);
        rk_sink *sink = rk_sink_open(path_of("new.rdb"), NULL, &err);
        bool ok = sink && rk_sink_write(sink, RK_TEXT("x"), &err) && rk_sink_commit(sink, &err);
        rk_alloc_fail_after(-1);
        rk_sink_close(sink);
        CU_ASSERT(ok || err.code == RK_NO_MEMORY);
        clear();
        if (ok)
            break;
    }
    rmdir(folder);
}

UNIT_MAIN("sink", { "a file appears at the commit", appears_at_the_commit },
          { "without a commit nothing stays", leaves_nothing_without_commit },
          { "pieces of all sizes come in their order", keeps_the_order_of_all_sizes },
          { "what must stay is not written over", refuses_what_must_stay },
          { "force replaces a file, through a link too", replaces_by_force },
          { "a file that appears meanwhile stays", yields_to_a_file_that_appears_meanwhile },
          { "a full disk is an error", says_that_the_disk_is_full },
          { "a temporary file becomes a source", becomes_a_source_without_a_name },
          { "a temporary file has no name and gets none", temporary_is_all_it_is },
          { "the n-th allocation fails, of temporary ones", temporary_ones_lack_memory },
          { "the n-th allocation fails", lack_of_memory })
