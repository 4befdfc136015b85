/* test_source: files, pipes and standard input, plain and packed: the same content by every way; and what is
 * refused. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "../unit.h"
#include "rdbkit/io.h"

enum { CONTENT = 700 * 1000 };

static char folder[64];
static uint8_t content[CONTENT];

/* Half of it compresses well, half of it does not. */
static void make_content(void)
{
    uint32_t state = 1;
    for (size_t i = 0; i < CONTENT; i++) {
        state = state * 1664525 + 1013904223;
        content[i] = i % 1000 < 500 ? (uint8_t)(state >> 24) : (uint8_t)(i / 1000);
    }
    snprintf(folder, sizeof folder, "/tmp/rdbkit-source-XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
}

static const char *path_of(const char *name)
{
    static char rooms[4][128];
    static unsigned next;
    char *path = rooms[next++ % 4];
    snprintf(path, sizeof rooms[0], "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *name, const void *bytes, size_t len)
{
    const char *path = path_of(name);
    FILE *file = fopen(path, "wb");
    CU_ASSERT_FATAL(file != NULL && fwrite(bytes, 1, len, file) == len);
    fclose(file);
    return path;
}

/* ---- packed forms of the content
 * ------------------------------------------------------------------------------- */

static rk_buf add_gzip(rk_buf packed, size_t from, size_t len)
{
    rk_err err = { 0 };
    z_stream z = { .next_in = content + from, .avail_in = (uInt)len };
    CU_ASSERT_FATAL(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    CU_ASSERT_FATAL(rk_buf_reserve(&packed, packed.len + deflateBound(&z, len) + 64, &err));
    z.next_out = packed.ptr + packed.len;
    z.avail_out = (uInt)(packed.cap - packed.len);
    CU_ASSERT_FATAL(deflate(&z, Z_FINISH) == Z_STREAM_END);
    packed.len += z.total_out;
    deflateEnd(&z);
    return packed;
}

static rk_buf add_zstd(rk_buf packed, size_t from, size_t len)
{
    rk_err err = { 0 };
    ZSTD_CCtx *z = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
    CU_ASSERT_FATAL(rk_buf_reserve(&packed, packed.len + ZSTD_compressBound(len), &err));
    size_t n = ZSTD_compress2(z, packed.ptr + packed.len, packed.cap - packed.len, content + from, len);
    CU_ASSERT_FATAL(!ZSTD_isError(n));
    packed.len += n;
    ZSTD_freeCCtx(z);
    return packed;
}

typedef struct {
    const char *name, *packing;
    rk_buf (*add)(rk_buf packed, size_t from, size_t len);
    int parts; /* members or frames, one of them empty when there are several */
    const char *behind;
} form;

static const form forms[] = {
    { "plain", "plain", NULL, 1, "" },
    { "gzip", "gzip", add_gzip, 1, "" },
    { "gzip of many members", "gzip", add_gzip, 5, "" },
    { "gzip with junk behind", "gzip", add_gzip, 2, "junk" },
    { "zstd", "zstd", add_zstd, 1, "" },
    { "zstd of many frames", "zstd", add_zstd, 5, "" },
};

enum { FORMS = sizeof forms / sizeof forms[0] };

static rk_buf pack(const form *f)
{
    rk_buf packed = { 0 };
    rk_err err = { 0 };
    if (!f->add)
        rk_buf_add(&packed, (rk_slice){ content, CONTENT }, &err);
    for (int i = 0; f->add && i < f->parts; i++) {
        size_t from = (size_t)i * CONTENT / (size_t)f->parts,
               to = (size_t)(i + 1) * CONTENT / (size_t)f->parts;
        packed = f->add(packed, from, to - from);
        if (f->parts > 1)
            packed = f->add(packed, to, 0);
    }
    rk_buf_add(&packed, rk_slice_of(f->behind), &err);
    return packed;
}

/* ---- reading
 * ---------------------------------------------------------------------------------------------------- */

/* Reads to the end, `cap` bytes at most at a time. */
static bool read_all(rk_source *source, size_t cap, rk_buf *into, rk_err *err)
{
    size_t got = 1;
    while (got > 0) {
        if (!rk_buf_reserve(into, into->len + cap, err) ||
            !rk_source_read(source, into->ptr + into->len, cap, &got, err))
            return false;
        CU_ASSERT_FATAL(got <= cap);
        into->len += got;
    }
    return true;
}

static bool is_content(const rk_buf *read)
{
    return rk_slice_is(rk_buf_slice(read), (rk_slice){ content, CONTENT });
}

/* Any part of the content, read again. */
static void check_read_at(const rk_source *source)
{
    static const uint64_t offsets[] = { 0, 1, 65535, 262144, CONTENT - 10, CONTENT, CONTENT + 100 };
    uint8_t part[300];
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        rk_err err = { 0 };
        size_t got = 0, left = offsets[i] < CONTENT ? CONTENT - (size_t)offsets[i] : 0;
        CU_ASSERT(rk_source_read_at(source, offsets[i], part, sizeof part, &got, &err));
        CU_ASSERT(got == (left < sizeof part ? left : sizeof part));
        CU_ASSERT(memcmp(part, content + (left ? offsets[i] : 0), got) == 0);
    }
}

static void check_source(const char *path, const form *f, uint64_t file_size, bool second_look, size_t cap)
{
    rk_err err = { 0 };
    rk_progress progress = { 0 };
    rk_source_options options = { .second_look = second_look, .progress = &progress };
    rk_buf read = { 0 };
    uint8_t byte;
    size_t got;
    rk_source *source = rk_source_open(path, &options, &err);
    CU_ASSERT_FATAL(source != NULL);
    CU_ASSERT(read_all(source, cap, &read, &err) && is_content(&read));
    CU_ASSERT_STRING_EQUAL(rk_source_packing(source), f->packing);
    CU_ASSERT_EQUAL(rk_source_size(source), CONTENT);
    CU_ASSERT_EQUAL(rk_source_file_size(source), file_size);
    if (!*f->behind)
        CU_ASSERT_EQUAL(atomic_load(&progress.done), file_size);
    if (second_look) {
        check_read_at(source);
    } else if (f->add) {
        CU_ASSERT(!rk_source_read_at(source, 0, &byte, 1, &got, &err) && err.code == RK_USAGE);
    }
    rk_source_close(source);
    rk_buf_free(&read);
}

static void files(void)
{
    make_content();
    for (int i = 0; i < FORMS; i++) {
        rk_buf packed = pack(&forms[i]);
        const char *path = write_file("file", packed.ptr, packed.len);
        check_source(path, &forms[i], packed.len, false, 65536);
        check_source(path, &forms[i], packed.len, true, 65536);
        check_source(path, &forms[i], packed.len, true, 7);
        rk_buf_free(&packed);
    }
}

/* A child that writes `bytes` in small pieces, to `fd` or to the named pipe. */
static pid_t writer(rk_slice bytes, int fd, const char *fifo, unsigned late_ms)
{
    pid_t child = fork();
    CU_ASSERT_FATAL(child >= 0);
    if (child > 0)
        return child;
    usleep(late_ms * 1000);
    if (fifo)
        fd = open(fifo, O_WRONLY);
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len < 5000 ? bytes.len : 5000);
        if (n <= 0)
            _exit(1);
        bytes = rk_slice_from(bytes, (size_t)n);
    }
    _exit(0);
}

static void standard_input(void)
{
    for (int i = 0; i < FORMS; i++) {
        rk_buf packed = pack(&forms[i]);
        int ends[2], keep = dup(STDIN_FILENO);
        CU_ASSERT_FATAL(pipe(ends) == 0);
        pid_t child = writer(rk_buf_slice(&packed), ends[1], NULL, 0);
        close(ends[1]);
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        rk_buf whole = { 0 };
        rk_err err = { 0 };
        rk_source_options options = { .second_look = true };
        rk_source *source = rk_source_open("-", &options, &err);
        CU_ASSERT_FATAL(source != NULL);
        CU_ASSERT(read_all(source, 3000, &whole, &err) && is_content(&whole));
        CU_ASSERT_STRING_EQUAL(rk_source_name(source), "standard input");
        CU_ASSERT_EQUAL(rk_source_file_size(source), packed.len);
        check_read_at(source);
        rk_source_close(source);
        dup2(keep, STDIN_FILENO);
        close(keep);
        waitpid(child, NULL, 0);
        rk_buf_free(&whole);
        rk_buf_free(&packed);
    }
}

static void named_pipe(void)
{
    rk_err err = { 0 };
    rk_buf whole = { 0 };
    rk_source_options options = { .patience_ms = 5000 };
    const char *path = path_of("fifo");
    CU_ASSERT_FATAL(mkfifo(path, 0600) == 0);
    pid_t child = writer((rk_slice){ content, CONTENT }, -1, path, 150);
    rk_source *source = rk_source_open(path, &options, &err);
    CU_ASSERT_FATAL(source != NULL);
    CU_ASSERT(read_all(source, 3000, &whole, &err) && is_content(&whole));
    rk_source_close(source);
    waitpid(child, NULL, 0);
    options.patience_ms = 100;
    CU_ASSERT(rk_source_open(path, &options, &err) == NULL);
    CU_ASSERT_STRING_EQUAL(err.what, "a pipe that nobody writes to");
    rk_buf_free(&whole);
    unlink(path);
}

/* ---- what is refused
 * ---------------------------------------------------------------------------------------------- */

static void expect_no_source(const char *path, const char *what)
{
    rk_err err = { 0 };
    rk_source *source = rk_source_open(path, NULL, &err);
    CU_ASSERT(source == NULL && err.code == RK_IO);
    CU_ASSERT_STRING_EQUAL(err.what, what);
    CU_ASSERT_STRING_EQUAL(err.source, path);
    rk_source_close(source);
}

static void refused(void)
{
    expect_no_source(folder, "is a directory");
    expect_no_source(path_of("none"), "cannot open: No such file or directory");
    const char *path = write_file("locked", "x", 1);
    chmod(path, 0);
    if (geteuid() == 0 && seteuid(65534) != 0)
        return;
    chmod(folder, 0755);
    expect_no_source(path, geteuid() == 0 ? "" : "cannot open: Permission denied");
    CU_ASSERT(getuid() != 0 || seteuid(0) == 0);
    unlink(path);
}

/* A packed file that ends too early, anywhere, is truncated; with a byte changed it is damaged, or its
 * content is. */
static void cut_off(void)
{
    for (int i = 1; i < FORMS; i++) {
        rk_buf packed = pack(&forms[i]), read = { 0 };
        size_t whole = packed.len - strlen(forms[i].behind);
        for (size_t cut = 4; cut < whole; cut += whole / 40 + 1) {
            rk_err err = { 0 };
            rk_source *source = rk_source_open(write_file("cut", packed.ptr, cut), NULL, &err);
            CU_ASSERT_FATAL(source != NULL);
            read.len = 0;
            bool ok = read_all(source, 65536, &read, &err);
            /* between two members or frames nothing tells that there were more */
            CU_ASSERT(ok ? forms[i].parts > 1 && read.len < CONTENT
                         : err.code == RK_TRUNCATED && err.offset == cut);
            CU_ASSERT(memcmp(read.ptr, content, read.len) == 0);
            rk_source_close(source);
        }
        for (size_t at = 30; at < whole; at += whole / 20 + 1) {
            rk_err err = { 0 };
            packed.ptr[at] ^= 0x10;
            rk_source *source = rk_source_open(write_file("bad", packed.ptr, packed.len), NULL, &err);
            read.len = 0;
            CU_ASSERT(!read_all(source, 65536, &read, &err) && err.code != RK_OK && err.source[0]);
            packed.ptr[at] ^= 0x10;
            rk_source_close(source);
        }
        rk_buf_free(&packed);
        rk_buf_free(&read);
    }
}

/* Looked at in advance, then asked for a second look, then read: as if nothing had happened. */
static void peeked(void)
{
    for (size_t i = 0; i < FORMS; i++) {
        rk_err err = { 0 };
        rk_buf packed = pack(&forms[i]), read = { 0 };
        uint8_t head[RK_PEEK_MOST], again[3000];
        size_t got = 0;
        rk_source *source = rk_source_open(write_file("peeked", packed.ptr, packed.len), NULL, &err);
        CU_ASSERT_FATAL(source != NULL);
        CU_ASSERT(rk_source_peek(source, head, 10, &got, &err) && got == 10 &&
                  memcmp(head, content, 10) == 0);
        CU_ASSERT(rk_source_peek(source, head, sizeof head, &got, &err) && got == sizeof head);
        CU_ASSERT(memcmp(head, content, sizeof head) == 0);
        CU_ASSERT(rk_source_peek(source, head, 5, &got, &err) && got == 5);
        CU_ASSERT(rk_source_want_second_look(source, &err));
        CU_ASSERT(read_all(source, 777, &read, &err) && read.len == CONTENT);
        CU_ASSERT(memcmp(read.ptr, content, CONTENT) == 0 && rk_source_size(source) == CONTENT);
        CU_ASSERT(rk_source_read_at(source, 500, again, sizeof again, &got, &err) && got == sizeof again);
        CU_ASSERT(memcmp(again, content + 500, sizeof again) == 0);
        rk_source_close(source);
        rk_buf_free(&packed);
        rk_buf_free(&read);
    }
}

static void peeked_small(void)
{
    rk_err err = { 0 };
    uint8_t head[RK_PEEK_MOST];
    rk_buf read = { 0 };
    size_t got = 1;
    rk_source *source = rk_source_memory(RK_TEXT("REDIS"), 2, &err);
    CU_ASSERT(rk_source_peek(source, head, sizeof head, &got, &err) && got == 5);
    CU_ASSERT(memcmp(head, "REDIS", 5) == 0 && rk_source_want_second_look(source, &err));
    CU_ASSERT(read_all(source, 3, &read, &err) && rk_slice_is(rk_buf_slice(&read), RK_TEXT("REDIS")));
    rk_source_close(source);
    rk_buf_free(&read);
    source = rk_source_memory(RK_EMPTY, 0, &err);
    CU_ASSERT(rk_source_peek(source, head, 6, &got, &err) && got == 0);
    CU_ASSERT(rk_source_read(source, head, 6, &got, &err) && got == 0);
    rk_source_close(source);
}

static void part_of_another(void)
{
    rk_err err = { 0 };
    uint8_t again[10];
    rk_buf read = { 0 };
    size_t got = 0;
    rk_source *whole = rk_source_memory(RK_TEXT("0123456789"), 0, &err);
    rk_source *part = rk_source_part(whole, 3, 7, &err);
    CU_ASSERT_FATAL(part != NULL);
    CU_ASSERT(rk_source_size(part) == 4 && rk_source_file_size(part) == 4);
    CU_ASSERT(strcmp(rk_source_name(part), rk_source_name(whole)) == 0);
    CU_ASSERT(strcmp(rk_source_packing(part), "plain") == 0);
    CU_ASSERT(read_all(part, 3, &read, &err) && rk_slice_is(rk_buf_slice(&read), RK_TEXT("3456")));
    CU_ASSERT(rk_source_read_at(part, 1, again, sizeof again, &got, &err) && got == 3);
    CU_ASSERT(memcmp(again, "456", 3) == 0);
    CU_ASSERT(rk_source_read_at(part, 4, again, sizeof again, &got, &err) && got == 0);
    CU_ASSERT(rk_source_read_at(part, 99, again, sizeof again, &got, &err) && got == 0);
    rk_source_close(part);
    part = rk_source_part(whole, 10, 10, &err);
    CU_ASSERT(rk_source_read(part, again, sizeof again, &got, &err) && got == 0);
    rk_source_close(part);
    rk_source_close(whole);
    rk_buf_free(&read);
}

static void shrinking(void)
{
    rk_err err = { 0 };
    uint8_t part[1000];
    size_t got = 0;
    const char *path = write_file("shrinks", content, 100000);
    rk_source *source = rk_source_open(path, NULL, &err);
    CU_ASSERT_FATAL(source != NULL && rk_source_read(source, part, sizeof part, &got, &err));
    CU_ASSERT_FATAL(truncate(path, 500) == 0);
    while (err.code == RK_OK && rk_source_read(source, part, sizeof part, &got, &err) && got > 0)
        ;
    CU_ASSERT_EQUAL(err.code, RK_IO);
    CU_ASSERT(strncmp(err.what, "the file shrank from 100000 bytes to", 36) == 0);
    rk_source_close(source);
}

static void small(void)
{
    static const char *const texts[] = { "", "R", "RE", "\x1f", "\x1f\x8b", "\x28\xb5\x2f" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        rk_err err = { 0 };
        rk_buf read = { 0 };
        size_t len = strlen(texts[i]);
        rk_source *source = rk_source_open(write_file("small", texts[i], len), NULL, &err);
        bool ok = read_all(source, 10, &read, &err);
        bool cut = !ok && err.code == RK_TRUNCATED,
             same = ok && rk_slice_is(rk_buf_slice(&read), rk_slice_of(texts[i]));
        CU_ASSERT(i == 4 ? cut : same); /* 4: the magic of gzip and nothing else */
        rk_source_close(source);
        rk_buf_free(&read);
    }
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    CU_ASSERT(system(command) == 0);
}

UNIT_MAIN("source", { "files, plain and packed, once and at the second look", files },
          { "standard input is a pipe, and is spooled for the second look", standard_input },
          { "a named pipe, with a late writer and with none", named_pipe },
          { "a directory, nothing, and what may not be read", refused },
          { "a packed file that is cut off or damaged", cut_off },
          { "what was looked at in advance is read all the same", peeked },
          { "there may be less to look at", peeked_small },
          { "a part of a source is a source", part_of_another },
          { "a file that shrinks while it is read", shrinking }, { "files of a few bytes", small })
