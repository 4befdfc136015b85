/* test_paths: the files that the words of a user name: one, several between commas, those of a directory that are
 * snapshots by their content. */
#include "../unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rdbkit/snapshot.h"

static char folder[] = "/tmp/rdbkit-paths-XXXXXX";

static const char *in_folder(const char *name)
{
    static char paths[4][128];
    static int next;
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

static void put(const char *name, const char *content)
{
    FILE *file = fopen(in_folder(name), "w");
    CU_ASSERT_FATAL(file != NULL);
    fputs(content, file);
    fclose(file);
}

/* "a b c" without the folder, or the error. */
static const char *found(const char *words)
{
    static char text[600];
    rk_paths paths;
    rk_err err = { 0 };
    text[0] = 0;
    if (!rk_paths_of(words, &paths, &err)) {
        CU_ASSERT(paths.count == 0 && paths.items == NULL);
        snprintf(text, sizeof text, "error: %s", err.what);
        return text;
    }
    for (size_t i = 0; i < paths.count; i++) {
        const char *name = strncmp(paths.items[i], folder, strlen(folder)) == 0
                               ? paths.items[i] + strlen(folder) + 1
                               : paths.items[i];
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", name);
    }
    rk_paths_free(&paths);
    return text;
}

static void words(void)
{
    put("with,comma.rdb", "REDIS0011");
    CU_ASSERT_STRING_EQUAL(found("a.rdb"), "a.rdb");
    CU_ASSERT_STRING_EQUAL(found("-"), "-");
    CU_ASSERT_STRING_EQUAL(found("a.rdb,b.rdb"), "a.rdb b.rdb");
    CU_ASSERT_STRING_EQUAL(found(",a.rdb,,b.rdb,"), "a.rdb b.rdb");
    CU_ASSERT_STRING_EQUAL(found(in_folder("with,comma.rdb")), "with,comma.rdb");
    CU_ASSERT_STRING_EQUAL(found(",,"), "error: no file is named");
    CU_ASSERT_STRING_EQUAL(found(""), "error: no file is named");
    unlink(in_folder("with,comma.rdb"));
}

static void directories(void)
{
    CU_ASSERT_STRING_EQUAL(found(folder), "error: a directory without a snapshot in it");
    put("b.rdb", "REDIS0011");
    put("a", "VALKEY080");
    put("notes.rdb", "nothing of the kind");
    put("empty.rdb", "");
    put(".hidden.rdb", "REDIS0011");
    put("temp-123.rdb", "REDIS0011");
    mkdir(in_folder("more.rdb"), 0700);
    CU_ASSERT(mkfifo(in_folder("pipe.rdb"), 0600) == 0);
    CU_ASSERT_STRING_EQUAL(found(folder), "a b.rdb");
    static const char *const names[] = { "b.rdb",        "a",       "notes.rdb", "empty.rdb", ".hidden.rdb",
                                         "temp-123.rdb", "pipe.rdb" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(in_folder(names[i]));
    rmdir(in_folder("more.rdb"));
}

/* A directory with a manifest is one source; append-only files without one are a question. */
static void logs(void)
{
    mkdir(in_folder("set"), 0700);
    put("set/log.1.incr.aof", "*1\r\n$4\r\nPING\r\n");
    put("set/log.manifest", "file log.1.incr.aof seq 1 type i\n");
    char words[400];
    CU_ASSERT_STRING_EQUAL(found(in_folder("set")), "set");
    snprintf(words, sizeof words, "%s@before:FLUSHALL", in_folder("set"));
    CU_ASSERT_STRING_EQUAL(found(words), "set@before:FLUSHALL");
    snprintf(words, sizeof words, "%s,%s@1700000000", in_folder("a.rdb"), in_folder("set"));
    CU_ASSERT(strstr(found(words), "a.rdb ") && strstr(found(words), "set@1700000000"));
    snprintf(words, sizeof words, "%s@before:NOTHING", in_folder("set"));
    CU_ASSERT_STRING_EQUAL(found(words),
                           "error: 'before:NOTHING' is no moment: no command of that name is known");
    CU_ASSERT_STRING_EQUAL(found("user@host.rdb"), "user@host.rdb");
    unlink(in_folder("set/log.manifest"));
    CU_ASSERT_STRING_EQUAL(found(in_folder("set")),
                           "set"); /* of the parts of a set, whoever opens them tells */
    put("set/dump.rdb", "REDIS0011");
    rename(in_folder("set/log.1.incr.aof"), in_folder("set/appendonly.aof"));
    CU_ASSERT_STRING_EQUAL(found(in_folder("set")),
                           "error: a directory with append-only files that no manifest lists");
    rename(in_folder("set/appendonly.aof"), in_folder("set/temp-rewriteaof-1.aof"));
    CU_ASSERT_STRING_EQUAL(found(in_folder("set")), "set/dump.rdb");
    snprintf(words, sizeof words, "%s@1700000000", in_folder("set"));
    CU_ASSERT_STRING_EQUAL(found(words),
                           "error: no append-only directory, which has a manifest: only these have moments");
    unlink(in_folder("set/temp-rewriteaof-1.aof"));
    unlink(in_folder("set/dump.rdb"));
    rmdir(in_folder("set"));
}

static void shards_that_cannot_be_read(void)
{
    put("a.rdb", "REDIS0011");
    put("cut.gz", "\037\213\010"); /* may be anything */
    CU_ASSERT_STRING_EQUAL(found(folder), "a.rdb");
    put("cut.rdb.gz", "\037\213\010");
    CU_ASSERT(strncmp(found(folder), "error: ", 7) == 0);
    unlink(in_folder("cut.rdb.gz"));
    unlink(in_folder("cut.gz"));
    unlink(in_folder("a.rdb"));
}

static void short_of_memory(void)
{
    put("a.rdb", "REDIS0011");
    put("b.rdb", "REDIS0011");
    const char *cases[] = { folder, "a.rdb,b.rdb,c.rdb" };
    for (size_t i = 0; i < 2; i++) {
        bool done = false;
        for (int64_t n = 0; !done && n < 100; n++) {
            rk_paths paths;
            rk_err err = { 0 };
            rk_alloc_fail_after(n);
            done = rk_paths_of(cases[i], &paths, &err);
            rk_alloc_fail_after(-1);
            CU_ASSERT(done || err.code != RK_OK);
            size_t expected = i ? 3 : 2;
            CU_ASSERT(!done || paths.count == expected);
            rk_paths_free(&paths);
        }
        CU_ASSERT(done);
    }
    unlink(in_folder("a.rdb"));
    unlink(in_folder("b.rdb"));
    rmdir(folder);
}

static void make_folder(void)
{
    CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
}

UNIT_MAIN("paths", { "there is a folder", make_folder }, { "words", words }, { "directories", directories },
          { "append-only directories, and moments", logs },
          { "a shard that cannot be read is not passed over", shards_that_cannot_be_read },
          { "short of memory", short_of_memory })
