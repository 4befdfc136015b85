/* test_manifest: manifests by the rules of the servers, and what a path stands for. */
#include <sys/stat.h>
#include <unistd.h>

#include "../unit.h"
#include "rdbkit/aof.h"

/* The files as "b 1 f/a.rdb 5-6;", those that are not loaded behind a bar. */
static const char *told(const rk_aof_set *set)
{
    static char out[600];
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < set->count; i++) {
        const rk_aof_file *f = &set->files[i];
        CU_ASSERT_PTR_EQUAL(f->name, f->path + strlen(f->path) - strlen(f->name));
        used += (size_t)snprintf(out + used, sizeof out - used,
                                 "%s%c %" PRIu64 " %s %" PRId64 " %" PRId64 ";", i == set->loaded ? "| " : "",
                                 "bih"[f->role], f -> seq, f -> path, f -> start_offset, f -> end_offset);
    }
    return out;
}

static const struct {
    rk_slice text;
    const char *want; /* the files, or the sentence */
} rows[] = {
    { BYTES("file a.2.base.rdb seq 2 type b\nfile a.1.incr.aof seq 1 type i\n"),
      "b 2 d/a.2.base.rdb -1 -1;i 1 d/a.1.incr.aof -1 -1;" },
    { BYTES("file h seq 9 type h\nfile i2 seq 2 type i\nfile b seq 1 type b\nfile i3 seq 7 type incr\nfile h "
            "seq 1 type h\n"),
      "b 1 d/b -1 -1;i 2 d/i2 -1 -1;i 7 d/i3 -1 -1;| h 9 d/h -1 -1;h 1 d/h -1 -1;" },
    { BYTES("#\n# a comment\n  FILE a  Seq\t01 tYpE b  \r\n#"), "b 1 d/a -1 -1;" },
    { BYTES("type i seq 3 startoffset 12 endoffset 90071992547409930 file a\n"),
      "i 3 d/a 12 90071992547409930;" },
    { BYTES("file a seq 3 type i startoffset x endoffset -7 colour red\n"), "i 3 d/a -1 -1;" },
    { BYTES("file a seq 3 type i file b seq 4\n"), "i 4 d/b -1 -1;" },
    { BYTES("file \"a b\\x41\\\"\\n\" 'seq' '1' type 'b'\n"), "b 1 d/a bA\"\n -1 -1;" },
    { BYTES("file 'it\\'s' seq 1 type b\n"), "b 1 d/it's -1 -1;" },
    { BYTES("file a\"b c\" seq 1 type b\n"), "b 1 d/ab c -1 -1;" },
    { BYTES("# nothing else\n"), "" },
    { BYTES(""), "cannot read M: an empty manifest" },
    { BYTES("\n"), "cannot read M: an empty line (line 1, byte 0)" },
    { BYTES("file a seq 1 type b\n \t \n"), "cannot read M: an empty line (line 2, byte 20)" },
    { BYTES("file a seq 1 type b\nfile b seq 1 type i"),
      "cannot read M: no newline at its end (line 2, byte 20)" },
    { BYTES("file a seq 1 type b\0\n"), "cannot read M: a zero byte (line 1, byte 0)" },
    { BYTES("file a seq 1 type b x\n"), "cannot read M: 7 words, not pairs of them (line 1, byte 0)" },
    { BYTES("file a seq 1\n"), "cannot read M: the type is missing (line 1, byte 0)" },
    { BYTES("file a type b\n"), "cannot read M: the seq is missing (line 1, byte 0)" },
    { BYTES("seq 1 type b\n"), "cannot read M: the file is missing (line 1, byte 0)" },
    { BYTES("file a seq 0 type b\n"), "cannot read M: seq is '0', not a number from 1 on (line 1, byte 0)" },
    { BYTES("file a seq -1 type b\n"),
      "cannot read M: seq is '-1', not a number from 1 on (line 1, byte 0)" },
    { BYTES("file a seq 1x type b\n"),
      "cannot read M: seq is '1x', not a number from 1 on (line 1, byte 0)" },
    { BYTES("file a seq '' type b\n"), "cannot read M: seq is '', not a number from 1 on (line 1, byte 0)" },
    { BYTES("file a seq 99999999999999999999 type b\n"),
      "cannot read M: seq is '99999999999999999999', not a number from 1 on (line 1, byte 0)" },
    { BYTES("file a seq 1 type q\n"), "cannot read M: type is 'q', not b, h or i (line 1, byte 0)" },
    { BYTES("file a seq 1 type B\n"), "cannot read M: type is 'B', not b, h or i (line 1, byte 0)" },
    { BYTES("file a seq 1 type ''\n"), "cannot read M: type is '', not b, h or i (line 1, byte 0)" },
    { BYTES("file ../a seq 1 type b\n"), "cannot read M: '../a' is a path, not a name (line 1, byte 0)" },
    { BYTES("file a\\b seq 1 type b\n"), "cannot read M: 'a\\x5cb' is a path, not a name (line 1, byte 0)" },
    { BYTES("file .. seq 1 type b\n"), "cannot read M: '..' is no name of a file (line 1, byte 0)" },
    { BYTES("file \"\" seq 1 type b\n"), "cannot read M: '' is no name of a file (line 1, byte 0)" },
    { BYTES("file \"a\\x00b\" seq 1 type b\n"),
      "cannot read M: 'a\\x00b' is no name of a file (line 1, byte 0)" },
    { BYTES("file \"a seq 1 type b\n"), "cannot read M: a quote is not closed (line 1, byte 0)" },
    { BYTES("file 'a'b seq 1 type b\n"),
      "cannot read M: a closing quote is followed by no blank (line 1, byte 0)" },
    { BYTES("file a seq 1 type b\nfile b seq 2 type b\n"), "cannot read M: a second base (line 2, byte 20)" },
    { BYTES("file a seq 2 type i\nfile b seq 2 type i\n"),
      "cannot read M: seq 2 of an increment follows on 2 (line 2, byte 20)" },
};

static void a_manifest_is_read_as_servers_read_it(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char sentence[900];
        rk_err err = { 0 };
        rk_aof_set set;
        bool ok = rk_aof_manifest_parse(rows[i].text, "d", "M", &set, &err);
        const char *got = ok ? told(&set) : rk_err_sentence(&err, sentence, sizeof sentence);
        CU_ASSERT_STRING_EQUAL(got, rows[i].want);
        if (strcmp(got, rows[i].want) != 0)
            printf("# told: %s, wanted: %s\n", got, rows[i].want);
        CU_ASSERT_EQUAL(ok, err.code == RK_OK);
        CU_ASSERT_TRUE(ok || set.count == 0);
        rk_aof_set_free(&set);
    }
}

static void a_line_has_1024_bytes_at_most(void)
{
    char text[1100], sentence[900];
    rk_aof_set set;
    for (size_t len = 1023; len <= 1025; len++) {
        rk_err err = { 0 };
        memset(text, ' ', sizeof text);
        memcpy(text, "file a seq 1 type b", 19);
        text[len - 1] = '\n';
        bool ok = rk_aof_manifest_parse((rk_slice){ (const uint8_t *)text, len }, "d", "M", &set, &err);
        CU_ASSERT_EQUAL(ok, len <= 1024);
        if (!ok)
            CU_ASSERT_STRING_EQUAL(rk_err_sentence(&err, sentence, sizeof sentence),
                                   "cannot read M: more than 1024 bytes without a newline (line 1, byte 0)");
        rk_aof_set_free(&set);
    }
}

/* ---- paths -------------------------------------------------------------------------------------------------- */

static char folder[64];

static const char *in_folder(const char *name)
{
    static char rooms[4][200];
    static unsigned next;
    char *room = rooms[next++ % 4];
    snprintf(room, sizeof rooms[0], "%s%s%s", folder, *name ? "/" : "", name);
    return room;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/test_manifest-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
}

static void drop_folder(const char *const *names)
{
    for (; *names; names++)
        unlink(in_folder(*names));
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

/* The files, or the sentence and the hint, without the folder's own name. */
static const char *opened(const char *name)
{
    static char out[900];
    char text[1200];
    rk_err err = { 0 };
    rk_aof_set set;
    bool ok = rk_aof_set_open(in_folder(name), &set, &err);
    if (ok) {
        CU_ASSERT_STRING_EQUAL(set.path, in_folder(name));
        snprintf(text, sizeof text, "%s%s", set.manifest ? "M " : "", told(&set));
    } else {
        char sentence[900];
        snprintf(text, sizeof text, "%s%s%s", rk_err_sentence(&err, sentence, sizeof sentence),
                 err.hint[0] ? "; " : "", err.hint);
    }
    size_t used = 0;
    for (const char *at = text; *at && used < sizeof out - 1; at++) {
        if (strncmp(at, folder, strlen(folder)) == 0) {
            out[used++] = '@';
            at += strlen(folder) - 1;
        } else {
            out[used++] = *at;
        }
    }
    out[used] = 0;
    rk_aof_set_free(&set);
    return out;
}

static rk_aof_kind kind(const char *name)
{
    rk_err err = { 0 };
    rk_aof_kind found;
    CU_ASSERT_TRUE(rk_aof_kind_of(in_folder(name), &found, &err));
    return found;
}

static void a_directory_is_what_its_manifest_lists(void)
{
    static const char *const names[] = { "a.manifest", "temp-a.manifest", "b", "i",
                                         "b.manifest", "x.aof",           NULL };
    make_folder();
    CU_ASSERT_EQUAL(kind(""), RK_AOF_NONE);
    CU_ASSERT_STRING_EQUAL(opened(""),
                           "cannot read @: a directory without a manifest and without *.aof files");
    put("x.aof", "");
    put("temp-a.manifest", "file nothing seq 1 type b\n");
    CU_ASSERT_EQUAL(kind(""), RK_AOF_NONE);
    CU_ASSERT_STRING_EQUAL(opened(""),
                           "cannot read @: a directory of append-only files without a manifest: a "
                           "server starts empty on it; name one of its files: x.aof");
    put("a.manifest", "file b seq 1 type b\nfile i seq 1 type i\nfile gone seq 1 type h\n");
    put("b", "");
    CU_ASSERT_EQUAL(kind(""), RK_AOF_DIRECTORY);
    CU_ASSERT_STRING_EQUAL(opened(""),
                           "cannot read @/a.manifest: the manifest lists 'i': No such file or directory");
    put("i", "");
    CU_ASSERT_STRING_EQUAL(opened(""), "M b 1 @/b -1 -1;i 1 @/i -1 -1;| h 1 @/gone -1 -1;");
    CU_ASSERT_STRING_EQUAL(opened("a.manifest"), "M b 1 @/b -1 -1;i 1 @/i -1 -1;| h 1 @/gone -1 -1;");
    put("b.manifest", "");
    CU_ASSERT_STRING_EQUAL(opened(""),
                           "cannot read @: a directory with 2 manifests: a.manifest, b.manifest; name the "
                           "one that is meant");
    CU_ASSERT_STRING_EQUAL(opened("b.manifest"), "cannot read @/b.manifest: an empty manifest");
    put("b.manifest", "# all gone\n");
    CU_ASSERT_STRING_EQUAL(opened("b.manifest"),
                           "cannot read @/b.manifest: a manifest that lists no base and no increment");
    drop_folder(names);
}

static void a_file_is_what_its_content_says(void)
{
    static const struct {
        const char *name, *text;
        rk_aof_kind kind;
    } files[] = {
        { "commands", "*1\r\n$4\r\nPING\r\n", RK_AOF_COMMANDS },
        { "notes", "#TS:1\r\n", RK_AOF_COMMANDS },
        { "noted", "#TS:1\r\n*1\r\n", RK_AOF_COMMANDS },
        { "cut", "*", RK_AOF_COMMANDS },
        { "empty.aof", "", RK_AOF_COMMANDS },
        { "noise.aof", "noise", RK_AOF_COMMANDS },
        { "snapshot.aof", "REDIS0011", RK_AOF_NONE },
        { "valkey.aof", "VALKEY080", RK_AOF_NONE },
        { "replication.aof", "$EOF:", RK_AOF_NONE },
        { "empty", "", RK_AOF_NONE },
        { "noise", "noise", RK_AOF_NONE },
        { "list", "file a seq 1 type b\n", RK_AOF_MANIFEST },
        { "comments", "#\n# x\nSeq 1 type b file a\n", RK_AOF_MANIFEST },
        { "noise.manifest", "noise", RK_AOF_MANIFEST },
        { "files", "files a seq 1\n", RK_AOF_NONE },
    };
    make_folder();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *const names[] = { files[i].name, NULL };
        put(files[i].name, files[i].text);
        CU_ASSERT_EQUAL(kind(files[i].name), files[i].kind);
        if (files[i].kind != RK_AOF_MANIFEST) {
            char want[100];
            snprintf(want, sizeof want, "b 0 @/%s -1 -1;", files[i].name);
            CU_ASSERT_STRING_EQUAL(opened(files[i].name), want);
        }
        unlink(in_folder(names[0]));
    }
    CU_ASSERT_STRING_EQUAL(opened("nothing"),
                           "cannot read @/nothing: cannot open: No such file or directory");
    drop_folder(&(const char *const){ NULL });
    rk_err err = { 0 };
    rk_aof_kind found;
    CU_ASSERT_TRUE(rk_aof_kind_of("-", &found, &err));
    CU_ASSERT_EQUAL(found, RK_AOF_NONE);
}

static void each_allocation_may_fail(void)
{
    static const char *const names[] = { "a.manifest", "b", NULL };
    rk_err err = { 0 };
    rk_aof_set set;
    make_folder();
    put("a.manifest", "file b seq 1 type b\nfile h seq 1 type h\n");
    put("b", "");
    bool ok = false;
    for (int64_t n = 0; !ok && n < 100; n++) {
        err = (rk_err){ 0 };
        rk_alloc_fail_after(n);
        ok = rk_aof_set_open(folder, &set, &err);
        rk_alloc_fail_after(-1);
        CU_ASSERT_TRUE(ok || (err.code == RK_NO_MEMORY && set.files == NULL && set.path == NULL));
    }
    CU_ASSERT_TRUE(ok);
    CU_ASSERT_EQUAL(set.count, 2);
    rk_aof_set_free(&set);
    drop_folder(names);
}

UNIT_MAIN("aof manifest", { "a manifest is read as servers read it", a_manifest_is_read_as_servers_read_it },
          { "a line has 1024 bytes at most", a_line_has_1024_bytes_at_most },
          { "a directory is what its manifest lists", a_directory_is_what_its_manifest_lists },
          { "a file is what its content says", a_file_is_what_its_content_says },
          { "each allocation may fail", each_allocation_may_fail })
