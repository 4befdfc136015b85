/* made: bundles for tests, in a folder of their own; files of a bundle read, changed and put back. */
#ifndef RDBKIT_TESTS_MADE_H
#define RDBKIT_TESTS_MADE_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit.h"
#include "rdbkit/bundle.h"
#include "rdbkit/rdb.h"

/* Jobs and companions in an initialiser; what is left out is filled in by made_add. */
#define JOB(...)                                                                                             \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }
#define QUEUED(text, name, at, ...)                                                                          \
    {                                                                                                        \
        .key = RK_TEXT("queue:" name), .queue = RK_TEXT(name), .has_position = true, .position = (at),       \
        .payload = RK_TEXT(text), __VA_ARGS__                                                                \
    }
#define TIMED(text, where, name, at, ...)                                                                    \
    {                                                                                                        \
        .key = RK_TEXT(name), .kind = (where), .has_score = true, .score = (at), .payload = RK_TEXT(text),   \
        __VA_ARGS__                                                                                          \
    }
#define COMPANION(name, form, reason, ...)                                                                   \
    {                                                                                                        \
        .key = RK_TEXT(name), .type = (form), .why = RK_TEXT(reason), __VA_ARGS__                            \
    }

static inline rk_slice made_slice(rk_slice slice, rk_slice otherwise)
{
    return slice.ptr ? slice : otherwise;
}

static inline bool made_add(rk_bundle_writer *writer, const rk_bundle_job *job, rk_err *err)
{
    rk_bundle_job full = *job;
    full.prefix = made_slice(job->prefix, RK_EMPTY);
    full.key = made_slice(job->key, RK_EMPTY);
    full.queue = made_slice(job->queue, RK_EMPTY);
    full.verdict = made_slice(job->verdict, RK_TEXT("lost"));
    full.reason = made_slice(job->reason, RK_EMPTY);
    full.jid = made_slice(job->jid, RK_EMPTY);
    full.class_name = made_slice(job->class_name, RK_EMPTY);
    full.payload = made_slice(job->payload, RK_EMPTY);
    full.replaces = made_slice(job->replaces, RK_EMPTY);
    full.from_key = made_slice(job->from_key, RK_EMPTY);
    return rk_bundle_add(writer, &full, err);
}

/* One that expires at 0 does not expire. */
static inline bool made_add_companion(rk_bundle_writer *writer, const rk_companion *companion, rk_err *err)
{
    rk_companion full = *companion;
    full.prefix = made_slice(companion->prefix, RK_EMPTY);
    full.expire_ms = companion->expire_ms ? companion->expire_ms : RK_NO_EXPIRY;
    return rk_bundle_add_companion(writer, &full, err);
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

/* A name in the room of this program, which made_clear takes away. */
static inline const char *made_path(const char *name)
{
    static char room[64], paths[8][200];
    static unsigned next;
    char *path = paths[next++ % 8];
    if (!*room) {
        snprintf(room, sizeof room, "/tmp/rdbkit-bundle-XXXXXX");
        CU_ASSERT_FATAL(mkdtemp(room) != NULL);
    }
    snprintf(path, sizeof paths[0], "%s/%s", room, name);
    return path;
}

/* Takes away a file or a folder with all in it; tells how many names there were in it. */
static inline int made_remove(const char *path)
{
    int count = 0;
    char name[1024];
    struct dirent *entry;
    DIR *folder = opendir(path);
    while (folder && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < (int)sizeof name && remove(name) != 0)
            made_remove(name);
    }
    if (folder)
        closedir(folder);
    remove(path);
    return count;
}

static inline int made_count(const char *path)
{
    int count = 0;
    DIR *folder = opendir(path);
    struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL)
        count += entry->d_name[0] != '.' || (entry->d_name[1] != 0 && entry->d_name[1] != '.');
    if (folder)
        closedir(folder);
    return count;
}

static inline rk_buf made_read(const char *path)
{
    rk_err err = { 0 };
    rk_buf text = { 0 };
    FILE *file = fopen(path, "rb");
    int c;
    while (file && (c = getc(file)) != EOF) {
        uint8_t byte = (uint8_t)c;
        rk_buf_add(&text, (rk_slice){ &byte, 1 }, &err);
    }
    if (file)
        fclose(file);
    return text;
}

static inline void made_write(const char *path, rk_slice bytes)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_FATAL(file != NULL);
    CU_ASSERT(fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len);
    fclose(file);
}

/* ---- bundles ---------------------------------------------------------------------------------------------------- */

static inline rk_bundle_writer *made_begin(const char *path, bool force, rk_err *err)
{
    size_t index;
    rk_bundle_source source = { .path = "old \xff.rdb",
                                .role = "old",
                                .format = "rdb",
                                .size = 4711,
                                .digest = { 1, 2 },
                                .rdb_version = 10,
                                .server = "7.0.15",
                                .saved_s = 1700000000,
                                .repl_id = "abc",
                                .repl_offset = -1 };
    rk_bundle_options options = {
        .force = force, .tool = "rdbdiff", .reason = "a queue was deleted", .created_s = 1700000001
    };
    rk_bundle_writer *writer = rk_bundle_create(path, &options, err);
    if (writer && !rk_bundle_add_source(writer, &source, &index, err)) {
        rk_bundle_writer_close(writer);
        return NULL;
    }
    return writer;
}

static inline bool made_bundle(const char *path, const rk_bundle_job *jobs, size_t job_count,
                               const rk_companion *companions, size_t companion_count, rk_err *err)
{
    rk_bundle_writer *writer = made_begin(path, true, err);
    bool ok = writer != NULL;
    for (size_t i = 0; ok && i < job_count; i++)
        ok = made_add(writer, &jobs[i], err);
    for (size_t i = 0; ok && i < companion_count; i++)
        ok = made_add_companion(writer, &companions[i], err);
    ok = ok && rk_bundle_warn(writer, "some of these may have run", err) && rk_bundle_commit(writer, err);
    rk_bundle_writer_close(writer);
    return ok;
}

/* All kinds of jobs, in no order. */
static const rk_bundle_job made_jobs[] = {
    TIMED("s2", RK_PLACE_SCHEDULE, "schedule", 1795418990.933207),
    QUEUED("newest", "default", 0, .jid = RK_TEXT("j0"), .class_name = RK_TEXT("MailJob")),
    QUEUED("oldest \"caf\303\251\" \\ \n\001", "default", 7, .has_offset = true, .offset = 99),
    QUEUED("other \0 \377 bytes", "default", 3, .reason = RK_TEXT("flushed")),
    JOB(.key = RK_TEXT("queue:default"), .kind = RK_PLACE_WORK, .queue = RK_TEXT("default"),
        .may_have_run = true, .payload = RK_TEXT("in hand")),
    JOB(.act = RK_ACT_PUSH_BACK, .key = RK_TEXT("queue:default"), .kind = RK_PLACE_PRIVATE,
        .queue = RK_TEXT("default"), .payload = RK_TEXT("stranded"),
        .from_key = RK_TEXT("queue:sq|h:1|default"), .verdict = RK_TEXT("stranded")),
    QUEUED("mended", "late", 1, .act = RK_ACT_REPLACE, .replaces = RK_TEXT("broken"),
           .verdict = RK_TEXT("damaged")),
    TIMED("r mended", RK_PLACE_RETRY, "retry", 1700000000.5, .act = RK_ACT_REPLACE,
          .replaces = RK_TEXT("r broken"), .replaces_score = 3),
    TIMED("poison", RK_PLACE_SCHEDULE, "schedule", 5, .act = RK_ACT_HOLD, .reason = RK_TEXT("poison")),
    TIMED("s1", RK_PLACE_SCHEDULE, "schedule", -2.5),
    JOB(.db = 3, .prefix = RK_TEXT("app:"), .key = RK_TEXT("app:queue:default"), .queue = RK_TEXT("default"),
        .payload = RK_TEXT("elsewhere")),
};

static const rk_slice made_fields[] = { RK_TEXT("ex"), RK_TEXT("1"), RK_TEXT("c"), RK_TEXT("\377") };
static const rk_slice made_paused[] = { RK_TEXT("default") };
static const rk_companion made_companions[] = {
    COMPANION("it-j0", RK_HASH, "iteration", .items = made_fields, .item_count = 4,
              .expire_ms = 1800000000000),
    COMPANION("paused", RK_SET, "paused", .items = made_paused, .item_count = 1),
    COMPANION("it-j0", RK_SET, "twice", .items = made_paused, .item_count = 1),
    COMPANION("unique:1", RK_STRING, "lock", .items = made_paused, .item_count = 1, .blocked = true),
};

#define MADE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline void made_all(const char *path)
{
    rk_err err = { 0 };
    char sentence[512];
    bool ok = made_bundle(path, made_jobs, MADE_COUNT(made_jobs), made_companions,
                          MADE_COUNT(made_companions), &err);
    if (!ok)
        printf("# %s\n", rk_err_sentence(&err, sentence, sizeof sentence));
    CU_ASSERT_FATAL(ok);
}

#endif
