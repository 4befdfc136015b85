/* test_door: append-only files of every kind behind the one door, their moments, and what is known of them. */
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "../unit.h"
#include "rdbkit/snapshot.h"

#define END "\377\0\0\0\0\0\0\0\0"
#define PREAMBLE                                                                                             \
    "REDIS0009\372\11redis-ver\0066.2.16\372\5ctime\302\0\361\123\145\372\14aof-"                            \
    "preamble\300\1\0\3old\1v" END
#define SET(key) "*3\r\n$3\r\nSET\r\n$1\r\n" key "\r\n$1\r\n1\r\n" /* 27 bytes */
#define FLUSH    "*1\r\n$8\r\nFLUSHALL\r\n"
#define LOG      SET("a") FLUSH SET("b")

static char folder[] = "/tmp/rdbkit-door-XXXXXX";

static const char *in_folder(const char *name)
{
    static char paths[8][256];
    static int next;
    next = (next + 1) % 8;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

static const char *put(const char *name, rk_slice content)
{
    const char *path = in_folder(name);
    FILE *file = fopen(path, "wb");
    CU_ASSERT_FATAL(file != NULL && fwrite(content.ptr, 1, content.len, file) == content.len);
    fclose(file);
    return path;
}

static void make_folder(void)
{
    CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
}

static void remove_folder(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", folder);
    CU_ASSERT(system(command) == 0);
}

/* "a b": the names of the keys; or the error. The info is copied, without what it points to. */
static const char *keys_of(rk_snapshot *snapshot, rk_err *err, rk_snapshot_info *info)
{
    static char text[600];
    rk_key key;
    text[0] = 0;
    while (snapshot && rk_snapshot_next(snapshot, &key, err))
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", *text ? " " : "",
                 (int)key.name.len, (const char *)key.name.ptr);
    if (snapshot)
        *info = *rk_snapshot_info_of(snapshot);
    rk_snapshot_close(snapshot);
    if (err->code != RK_OK)
        snprintf(text, sizeof text, "error: %s", err->what);
    return text;
}

static rk_snapshot_info last;

static const char *opened(const char *words)
{
    rk_err err = { 0 };
    return keys_of(rk_snapshot_open(words, NULL, &err), &err, &last);
}

static const char *opened_at(const char *path, const char *moment)
{
    char words[400];
    snprintf(words, sizeof words, "%s@%s", path, moment);
    return opened(words);
}

static const char *opened_without(const char *words, const char *without)
{
    rk_err err = { 0 };
    rk_snapshot_options options = { .without = without };
    return keys_of(rk_snapshot_open_with(words, &options, &err), &err, &last);
}

/* ---- kinds ------------------------------------------------------------------------------------------------ */

static void single_files(void)
{
    const char *path = put("plain", BYTES(LOG));
    CU_ASSERT_STRING_EQUAL(opened(path), "b");
    CU_ASSERT(strcmp(last.format, "aof") == 0 && last.complete && !last.partial && last.rdb_version == 0);
    CU_ASSERT(last.log.files == 1 && last.log.commands == 3 && last.log.base_keys == 0 && !last.log.stopped);
    CU_ASSERT(last.file_size == sizeof LOG - 1 && last.content_size == sizeof LOG - 1 && last.ctime == -1);
    CU_ASSERT(last.checksum == RK_CHECKSUM_ABSENT && strcmp(last.server, "unknown") == 0);
    CU_ASSERT_STRING_EQUAL(opened(put("noted", BYTES("#TS:1700000000\r\n" SET("a")))), "a");
    CU_ASSERT(last.ctime == 1700000000 && last.log.annotated);
    CU_ASSERT_STRING_EQUAL(opened(put("empty.aof", BYTES(""))), "");
    CU_ASSERT(strcmp(last.format, "aof") == 0 && last.complete);
}

static void heads(void)
{
    CU_ASSERT_STRING_EQUAL(opened(put("head", BYTES(PREAMBLE SET("a")))), "old a");
    CU_ASSERT(strcmp(last.format, "aof") == 0 && last.log.commands == 1 && last.log.base_keys == 1);
    CU_ASSERT(strcmp(last.server, "Redis 6.2.16") == 0 && last.ctime == 1700000000 && !last.log.annotated);
    CU_ASSERT_STRING_EQUAL(opened(put("alone", BYTES(PREAMBLE))), "old");
    CU_ASSERT(strcmp(last.format, "rdb") == 0 && last.log.files == 0 && last.rdb_version == 9 &&
              last.aof_preamble);
    CU_ASSERT_STRING_EQUAL(
        opened(put("broken", BYTES("REDIS0009\372\14aof-preamble\300\1\1\3old\2\1a" SET("a")))),
        "error: list item takes 42 bytes, 26 remain");
}

static void packed(void)
{
    static const struct {
        const char *name;
        rk_slice content;
        const char *keys, *format;
    } rows[] = {
        { "plain.gz", BYTES(LOG), "b", "aof" },
        { "head.gz", BYTES(PREAMBLE SET("a")), "old a", "aof" },
        { "alone.gz", BYTES(PREAMBLE), "old", "rdb" },
        { "rdb.gz", BYTES("REDIS0009\0\1k\1v" END), "k", "rdb" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gzFile file = gzopen(in_folder(rows[i].name), "wb");
        CU_ASSERT_FATAL(file && gzwrite(file, rows[i].content.ptr, (unsigned)rows[i].content.len) > 0);
        gzclose(file);
        CU_ASSERT_STRING_EQUAL(opened(in_folder(rows[i].name)), rows[i].keys);
        CU_ASSERT_STRING_EQUAL(last.format, rows[i].format);
        CU_ASSERT_STRING_EQUAL(last.packing, "gzip");
        CU_ASSERT(last.content_size == rows[i].content.len && last.file_size != last.content_size);
    }
}

/* What cannot be opened again: a source in memory, byte by byte. */
static void sources(void)
{
    static const struct {
        rk_slice content;
        const char *keys;
    } rows[] = { { BYTES(LOG), "b" },
                 { BYTES(PREAMBLE SET("a")), "old a" },
                 { BYTES(PREAMBLE), "old" },
                 { BYTES("REDIS0009\0\1k\1v" END), "k" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t step = 0; step < 3; step++) {
            rk_err err = { 0 };
            rk_source *source = rk_source_memory(rows[i].content, step, &err);
            CU_ASSERT_STRING_EQUAL(keys_of(rk_snapshot_open_source(source, &err), &err, &last), rows[i].keys);
        }
}

static void sets(void)
{
    mkdir(in_folder("set"), 0700);
    put("set/log.1.base.rdb", BYTES("REDIS0010\372\10aof-base\300\1\0\4base\1v" END));
    put("set/log.1.incr.aof", BYTES(SET("a")));
    put("set/log.2.incr.aof", BYTES("#TS:1700000000\r\n" SET("b") "#TS:1700000009\r\n" SET("c")));
    const char *manifest =
        put("set/log.manifest", BYTES("file log.1.base.rdb seq 1 type b\nfile log.1.incr.aof seq 1 type i\n"
                                      "file log.2.incr.aof seq 2 type i\n"));
    CU_ASSERT_STRING_EQUAL(opened(in_folder("set")), "base a b c");
    CU_ASSERT(last.log.files == 3 && last.log.commands == 3 && last.log.base_keys == 1 &&
              last.ctime == 1700000009);
    CU_ASSERT_STRING_EQUAL(opened(manifest), "base a b c");
    CU_ASSERT_STRING_EQUAL(opened(in_folder("set/log.1.incr.aof")), "a");
    CU_ASSERT_STRING_EQUAL(opened(in_folder("set/log.1.base.rdb")), "base");
    CU_ASSERT(last.log.files == 0);
    CU_ASSERT_STRING_EQUAL(opened_at(in_folder("set"), "1700000000"), "base a b");
    CU_ASSERT(last.log.stopped && last.ctime == 1700000000 && last.complete);
    CU_ASSERT_STRING_EQUAL(opened_at(in_folder("set"), "1700000008"), "base a b");
    CU_ASSERT(last.ctime == 1700000008);
    CU_ASSERT_STRING_EQUAL(opened_at(in_folder("set"), "offset:log.1.incr.aof:0"), "base");
    CU_ASSERT_STRING_EQUAL(opened_at(in_folder("set"), "offset:log.1.incr.aof:1000"), "base a");
    CU_ASSERT(last.log.stopped);
    CU_ASSERT_STRING_EQUAL(opened_without(in_folder("set"), "log.1.incr.aof:0"), "base b c");
    CU_ASSERT(last.log.left_out);
    unlink(in_folder("set/log.1.incr.aof"));
    CU_ASSERT(strstr(opened(in_folder("set")), "error: the manifest lists 'log.1.incr.aof'") != NULL);
}

/* ---- moments ---------------------------------------------------------------------------------------------- */

static void moments(void)
{
    const char *path = put("log", BYTES(LOG));
    CU_ASSERT_STRING_EQUAL(opened_at(path, "before:FLUSHALL"), "a");
    CU_ASSERT(last.log.stopped && last.complete && strstr(last.format, "aof"));
    CU_ASSERT_STRING_EQUAL(opened_at(path, "before:last:set"), "");
    CU_ASSERT_STRING_EQUAL(opened_at(path, "offset:27"), "a");
    CU_ASSERT_STRING_EQUAL(opened_at(path, "before:SWAPDB"), "error: no command 'SWAPDB' is in the log");
    CU_ASSERT(strstr(opened_at(path, "1700000000"), "error: a moment by time needs annotations") != NULL);
    CU_ASSERT_STRING_EQUAL(opened_at(path, "before:NOTHING"),
                           "error: 'before:NOTHING' is no moment: no command of that name is known");
    CU_ASSERT(strstr(opened_at(put("rdb", BYTES("REDIS0009\0\1k\1v" END)), "offset:7"),
                     "error: a snapshot is of one moment") != NULL);
    CU_ASSERT(strstr(opened_at(in_folder("none"), "before:SET"), "error: cannot open: No such file") != NULL);
    CU_ASSERT_STRING_EQUAL(opened(put("odd@before:SET", BYTES(LOG))), "b"); /* a file that is called so */
    CU_ASSERT_STRING_EQUAL(opened_at(in_folder("odd@before:SET"), "before:FLUSHALL"), "a");
}

static void without(void)
{
    const char *path = put("log", BYTES(LOG));
    CU_ASSERT_STRING_EQUAL(opened_without(path, "27"), "a b");
    CU_ASSERT(last.log.left_out);
    CU_ASSERT_STRING_EQUAL(opened_without(path, "log:27"), "a b");
    CU_ASSERT_STRING_EQUAL(opened_without(path, "28"), "b");
    CU_ASSERT(!last.log.left_out);
    CU_ASSERT_STRING_EQUAL(opened_without(path, "other:27"), "b");
    CU_ASSERT(!last.log.left_out);
    CU_ASSERT_STRING_EQUAL(opened_without(put("rdb", BYTES("REDIS0009\0\1k\1v" END)), "27"), "k");
    CU_ASSERT(!last.log.left_out);
    CU_ASSERT(strstr(opened_without(path, "here"), "error: 'here' is no place of a command") != NULL);
}

/* ---- what is not whole ------------------------------------------------------------------------------------ */

static void torn(void)
{
    CU_ASSERT_STRING_EQUAL(opened(put("torn", BYTES(SET("a") "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$5\r\nxx"))),
                           "a");
    CU_ASSERT(last.partial && !last.complete && last.log.torn && !last.log.open_multi &&
              last.log.torn_bytes == 26);
    CU_ASSERT_STRING_EQUAL(
        last.reason.what,
        "argument 3 of 3 takes 5 bytes and CR LF, 2 remain; 26 bytes were left out, as servers do");
    CU_ASSERT_STRING_EQUAL(last.reason.where, "command 2 'SET'");
    CU_ASSERT(last.reason.has_offset && strcmp(last.reason.source, in_folder("torn")) == 0);
    CU_ASSERT_STRING_EQUAL(opened(put("open", BYTES(SET("a") "*1\r\n$5\r\nMULTI\r\n" SET("b")))), "a");
    CU_ASSERT(last.partial && last.log.torn && last.log.open_multi && last.log.torn_bytes == 42);
    CU_ASSERT_STRING_EQUAL(opened_at(in_folder("torn"), "offset:27"), "a");
    CU_ASSERT(last.complete && !last.log.torn && last.log.stopped); /* not come so far */
    CU_ASSERT_STRING_EQUAL(opened_at(in_folder("torn"), "offset:1000"), "a");
    CU_ASSERT(last.log.torn);
}

static void opaque(void)
{
    CU_ASSERT_STRING_EQUAL(opened(put("opaque", BYTES(SET("a") "*2\r\n$7\r\nNOTHING\r\n$1\r\na\r\n" SET(
                                                    "b") "*2\r\n$7\r\nNOTHING\r\n$1\r\nx\r\n"))),
                           "a b");
    CU_ASSERT(last.partial && last.log.opaque == 2 && last.log.all_uncertain && last.log.commands == 4);
    CU_ASSERT_STRING_EQUAL(last.reason.what,
                           "2 commands could not be replayed, the first: command 'NOTHING' is not known");
    CU_ASSERT(last.reason.has_offset && last.reason.offset == 27 && last.reason.code == RK_UNKNOWN);
    CU_ASSERT_STRING_EQUAL(
        opened(put("failed", BYTES(SET("a") "*3\r\n$5\r\nRPUSH\r\n$1\r\na\r\n$1\r\nx\r\n"))), "a");
    CU_ASSERT(last.complete && last.log.failed == 1);
    CU_ASSERT_STRING_EQUAL(last.log.first_failed.what, "'a' is a string");
    CU_ASSERT_STRING_EQUAL(
        opened(put("span", BYTES("*5\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n$2\r\nEX\r\n$2\r\n10\r\n"))), "a");
    CU_ASSERT(last.complete && last.log.relative_times);
}

static void damaged(void)
{
    rk_err err = { 0 };
    rk_snapshot *snapshot = rk_snapshot_open(put("bad", BYTES(SET("a") "*1\r\nx4\r\nPING\r\n")), NULL, &err);
    CU_ASSERT(snapshot == NULL && err.code == RK_DAMAGED && err.offset == 31);
    CU_ASSERT(strcmp(err.source, in_folder("bad")) == 0 && strstr(err.where, "command 2"));
    CU_ASSERT_STRING_EQUAL(opened_at(in_folder("bad"), "offset:27"), "a");
    CU_ASSERT(last.complete && last.log.stopped); /* up to the damage all is well */
    CU_ASSERT(strncmp(opened_at(in_folder("bad"), "offset:33"), "error: ", 7) == 0);
}

/* ---- looks ------------------------------------------------------------------------------------------------ */

/* The image can be looked at again, as a snapshot is. */
static void second_look(void)
{
    rk_err err = { 0 };
    rk_key key, again;
    rk_element e;
    rk_snapshot *snapshot = rk_snapshot_open(put("log", BYTES(LOG)), NULL, &err);
    CU_ASSERT_FATAL(snapshot != NULL && rk_snapshot_next(snapshot, &key, &err));
    uint64_t offset = key.offset;
    CU_ASSERT(!rk_snapshot_next(snapshot, &key, &err) && err.code == RK_OK);
    rk_look *look = rk_look_open(snapshot, &err);
    CU_ASSERT(rk_look_key(look, offset, &again, &err) && rk_slice_is(again.name, RK_TEXT("b")));
    CU_ASSERT(rk_look_element(look, &e, &err) && rk_slice_is(e.item, RK_TEXT("1")));
    rk_look_close(look);
    rk_snapshot_close(snapshot);
}

static void short_of_memory(void)
{
    static const char *const names[] = { "log", "head", "plain.gz", "head.gz", "torn" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        rk_code code = RK_NO_MEMORY;
        int64_t n = 0;
        for (; code == RK_NO_MEMORY && n < 10000; n++) {
            rk_err err = { 0 };
            rk_key key;
            rk_alloc_fail_after(n);
            rk_snapshot *snapshot = rk_snapshot_open(in_folder(names[i]), NULL, &err);
            while (snapshot && rk_snapshot_next(snapshot, &key, &err))
                ;
            rk_alloc_fail_after(-1);
            rk_snapshot_close(snapshot);
            code = err.code;
        }
        CU_ASSERT(code == RK_OK && n > 10);
    }
}

UNIT_MAIN("door", { "there is a folder", make_folder }, { "single files", single_files },
          { "snapshots with commands behind them, and without", heads }, { "packed files", packed },
          { "sources that cannot be opened again", sources }, { "sets", sets }, { "moments", moments },
          { "without one command", without }, { "torn logs", torn },
          { "what cannot be replayed, or fails", opaque }, { "damage", damaged },
          { "a second look", second_look }, { "short of memory", short_of_memory },
          { "the folder goes", remove_folder })
