/* test_trace: what a reader tells of the bytes that it reads covers them, one thing behind the other, without a gap:
 * in real snapshots, and in crafted ones up to where they cannot be read; whether values are decoded or passed
 * over. */
#include "../snapshot/corpus.h"
#include "../unit.h"
#include "rdbkit/rdb.h"

typedef struct {
    uint64_t next; /* where the next thing must begin */
    uint64_t count, gaps;
} cover;

static void covers(void *self, const rk_traced *traced)
{
    cover *c = self;
    c->count++;
    c->gaps += traced->from != c->next || traced->to <= traced->from || !traced->what[0];
    c->next = traced->to + (traced->kind == RK_TRACE_STRING ? traced->number : 0);
}

/* Reads all of it with a trace; the end of what was covered, or UINT64_MAX where it had gaps. */
static uint64_t covered(rk_slice bytes, bool decode, uint64_t *reached, rk_err *err)
{
    cover c = { 0 };
    rk_record rec = { .kind = RK_RECORD_AUX };
    rk_element e;
    rk_source *source = rk_source_memory(bytes, 0, err);
    rk_rdb *rdb = rk_rdb_open(source, err);
    c.next = rdb ? rk_rdb_offset(rdb) : 0;
    if (rdb)
        rk_rdb_trace(rdb, covers, &c);
    while (rdb && rec.kind != RK_RECORD_END && err->code == RK_OK && rk_rdb_next(rdb, &rec, err))
        while (decode && rec.kind == RK_RECORD_KEY && rk_rdb_element(rdb, &e, err))
            ;
    *reached = rdb ? rk_rdb_offset(rdb) : 0;
    rk_rdb_close(rdb);
    rk_source_close(source);
    return c.gaps ? UINT64_MAX : c.next;
}

static void check_file(const char *path)
{
    rk_buf content = { 0 };
    rk_err err = { 0 };
    CU_ASSERT_FATAL(corpus_read(path, &content, &err));
    for (int decode = 0; decode < 2; decode++) {
        rk_err why = { 0 };
        uint64_t reached, end = covered(rk_buf_slice(&content), decode, &reached, &why);
        bool ok = why.code == RK_OK ? end == reached : end != UINT64_MAX;
        if (!ok)
            printf("# %s, %s: covered to %" PRIu64 ", read to %" PRIu64 " (%s)\n", path,
                   decode ? "decoded" : "passed over", end, reached, why.what);
        CU_ASSERT(ok);
    }
    rk_buf_free(&content);
}

static void check_folder(const char *folder, const char *ending)
{
    struct stat info;
    char path[1400];
    const char *root = stat(folder, &info) == 0 ? folder : corpus_path(folder, "");
    DIR *dir = opendir(root);
    struct dirent *entry;
    int count = 0;
    while (dir && (entry = readdir(dir)) != NULL) {
        if (!strstr(entry->d_name, ending))
            continue;
        CU_ASSERT_FATAL(snprintf(path, sizeof path, "%s/%s", root, entry->d_name) < (int)sizeof path);
        check_file(path);
        count++;
    }
    if (dir)
        closedir(dir);
    printf("# %s: %d files\n", folder, count);
}

static void samples(void)
{
    check_folder("testdata", ".rdb");
}

static void crafted(void)
{
    check_folder("tests/fuzz/seeds/rdb", ".rdb");
}

static void of_the_corpus(void)
{
    check_folder("rdb", ".rdb");
}

/* What is told of one small snapshot. */
typedef struct {
    rk_buf text;
    rk_err err;
} told_text;

static void tells(void *self, const rk_traced *t)
{
    static const char marks[] = { [RK_TRACE_BYTES] = 'b', [RK_TRACE_LENGTH] = 'l', [RK_TRACE_STRING] = 's' };
    told_text *told = self;
    rk_buf_printf(&told->text, &told->err, "%" PRIu64 "-%" PRIu64 "%c%" PRIu64 " %s\n", t->from, t->to,
                  marks[t->kind], t->number, t->what);
}

static void one_by_one(void)
{
    static const char file[] =
        "REDIS0011\xfc\1\0\0\0\0\0\0\0\5\1z\2\xc0\7\0\0\0\0\0\0\0\0\1a\0\0\0\0\0\0\xf0\x3f"
        "\xff\0\0\0\0\0\0\0\0";
    told_text told = { 0 };
    rk_err err = { 0 };
    rk_record rec = { .kind = RK_RECORD_AUX };
    rk_source *source = rk_source_memory(BYTES(file), 0, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err);
    CU_ASSERT_FATAL(rdb != NULL);
    rk_rdb_trace(rdb, tells, &told);
    while (rec.kind != RK_RECORD_END && rk_rdb_next(rdb, &rec, &err))
        ;
    CU_ASSERT_EQUAL(err.code, RK_OK);
    CU_ASSERT(rk_slice_is(rk_buf_slice(&told.text), RK_TEXT("9-10b252 the next record\n"
                                                            "10-18b1 expiry\n"
                                                            "18-19b5 the next record\n"
                                                            "19-20s1 key\n"
                                                            "21-22l2 sorted set size\n"
                                                            "22-24s0 sorted set member\n"
                                                            "24-32b0 score\n"
                                                            "32-33s1 sorted set member\n"
                                                            "34-42b0 score\n"
                                                            "42-43b255 the next record\n"
                                                            "43-51b0 the checksum\n")));
    rk_buf_free(&told.text);
    rk_rdb_close(rdb);
    rk_source_close(source);
}

/* Records are pulled anew from where they stand, by a second reader. */
static void again(void)
{
    uint64_t offsets[64];
    uint32_t dbs[64], db = 0;
    size_t count = 0;
    rk_err err = { 0 };
    rk_record rec = { .kind = RK_RECORD_AUX }, same;
    rk_source *source = rk_source_open("testdata/redis-7.4.1-functions.rdb", NULL, &err);
    rk_rdb *first = rk_rdb_open(source, &err);
    CU_ASSERT_FATAL(first != NULL);
    rk_rdb_trace(first, NULL, NULL);
    for (; rec.kind != RK_RECORD_END && count < 64; count++) {
        dbs[count] = db;
        CU_ASSERT_FATAL(rk_rdb_next(first, &rec, &err));
        offsets[count] = rec.kind == RK_RECORD_KEY ? rec.key.begin : rec.offset;
        db = rec.kind == RK_RECORD_DB ? rec.db : db;
    }
    rk_rdb *second = rk_rdb_second(first, &err);
    for (size_t i = count; i-- > 0;) {
        CU_ASSERT(rk_rdb_seek_record(second, offsets[i], dbs[i], &err));
        for (size_t k = i; k < count; k++)
            CU_ASSERT(rk_rdb_next(second, &same, &err) &&
                      offsets[k] == (same.kind == RK_RECORD_KEY ? same.key.begin : same.offset) &&
                      (same.kind != RK_RECORD_KEY || same.key.db == dbs[k]));
    }
    CU_ASSERT_EQUAL(err.code, RK_OK);
    rk_rdb_close(second);
    rk_rdb_close(first);
    rk_source_close(source);
}

UNIT_MAIN("trace", { "what is read is told piece by piece", one_by_one },
          { "the pieces cover small real snapshots", samples },
          { "the pieces cover crafted snapshots as far as they can be read", crafted },
          { "the pieces cover the snapshots of the corpus", of_the_corpus },
          { "records are pulled again from where they stand", again })
