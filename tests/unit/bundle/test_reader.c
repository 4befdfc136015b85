/* test_reader: a bundle that is whole tells all that was put into it; one that is not is refused with the file, the line and
 * what is wrong, before it yields anything. */
#include "../../../librdb/bundle/manifest.h"
#include "made.h"

/* ---- whole ------------------------------------------------------------------------------------------------------ */

static void same_slice(rk_slice a, rk_slice b)
{
    CU_ASSERT(rk_slice_is(a, made_slice(b, RK_EMPTY)));
}

static void same_job(const rk_bundle_job *got, const rk_bundle_job *made)
{
    CU_ASSERT(got->act == made->act && got->db == made->db && got->kind == made->kind);
    CU_ASSERT(got->has_position == made->has_position && got->position == made->position);
    CU_ASSERT(got->has_score == made->has_score && got->score == made->score);
    CU_ASSERT(got->has_offset == made->has_offset && got->offset == made->offset);
    CU_ASSERT(got->source == made->source && got->may_have_run == made->may_have_run);
    CU_ASSERT(got->replaces_score == made->replaces_score);
    same_slice(got->prefix, made->prefix);
    same_slice(got->key, made->key);
    same_slice(got->queue, made->queue);
    same_slice(got->reason, made->reason);
    same_slice(got->jid, made->jid);
    same_slice(got->class_name, made->class_name);
    same_slice(got->payload, made->payload);
    same_slice(got->replaces, made->replaces);
    same_slice(got->from_key, made->from_key);
    same_slice(got->verdict, made_slice(made->verdict, RK_TEXT("lost")));
}

static void yields_every_field_of_every_job(void)
{
    rk_err err = { 0 };
    rk_bundle_job job;
    size_t found = 0;
    const char *path = made_path("a.jobs");
    made_all(path);
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT_FATAL(bundle != NULL);
    while (rk_bundle_next(bundle, &job, &err))
        for (size_t i = 0; i < MADE_COUNT(made_jobs); i++)
            if (rk_slice_is(job.payload, made_jobs[i].payload)) {
                same_job(&job, &made_jobs[i]);
                found++;
            }
    CU_ASSERT(found == MADE_COUNT(made_jobs) && err.code == RK_OK);
    rk_bundle_close(bundle);
    made_remove(path);
}

static void tells_what_it_is(void)
{
    rk_err err = { 0 };
    const char *path = made_path("a.jobs");
    made_all(path);
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT_FATAL(bundle != NULL);
    const rk_bundle_info *info = rk_bundle_info_of(bundle);
    CU_ASSERT_STRING_EQUAL(info->tool, "rdbdiff");
    CU_ASSERT_STRING_EQUAL(info->made_by, RDBKIT_VERSION);
    CU_ASSERT_STRING_EQUAL(info->reason, "a queue was deleted");
    CU_ASSERT(strlen(info->id) == 32 && info->version == 1 && info->created_s == 1700000001);
    CU_ASSERT(info->jobs == 11 && info->companions == 3 && info->payload_bytes == 88);
    CU_ASSERT(info->acts[RK_ACT_RESTORE] == 7 && info->acts[RK_ACT_REPLACE] == 2 &&
              info->acts[RK_ACT_PUSH_BACK] == 1 && info->acts[RK_ACT_HOLD] == 1);
    CU_ASSERT(info->source_count == 1 && info->warning_count == 1);
    CU_ASSERT_STRING_EQUAL(rk_bundle_warning(bundle, 0), "some of these may have run");
    CU_ASSERT(rk_bundle_warning(bundle, 1) == NULL && rk_bundle_source_of(bundle, 1) == NULL);
    const rk_bundle_source *source = rk_bundle_source_of(bundle, 0);
    CU_ASSERT_STRING_EQUAL(source->path, "old \xff.rdb");
    CU_ASSERT_STRING_EQUAL(source->role, "old");
    CU_ASSERT_STRING_EQUAL(source->server, "7.0.15");
    CU_ASSERT(source->size == 4711 && source->digest.lo == 1 && source->digest.hi == 2);
    CU_ASSERT(source->rdb_version == 10 && source->saved_s == 1700000000 && source->repl_offset == -1);
    rk_bundle_close(bundle);
    made_remove(path);
}

static void yields_companions_once_each(void)
{
    rk_err err = { 0 };
    rk_companion c;
    const char *path = made_path("a.jobs");
    made_all(path);
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT_FATAL(bundle != NULL);
    for (int round = 0; round < 2; round++) {
        CU_ASSERT(rk_bundle_next_companion(bundle, &c, &err));
        CU_ASSERT(rk_slice_is(c.key, RK_TEXT("it-j0")) && c.type == RK_HASH && c.expire_ms == 1800000000000);
        CU_ASSERT(c.item_count == 4 && rk_slice_is(c.items[3], RK_TEXT("\377")) && !c.blocked);
        CU_ASSERT(rk_bundle_next_companion(bundle, &c, &err));
        CU_ASSERT(rk_slice_is(c.why, RK_TEXT("paused")) && c.expire_ms == RK_NO_EXPIRY);
        CU_ASSERT(rk_bundle_next_companion(bundle, &c, &err) && c.blocked && c.type == RK_STRING);
        CU_ASSERT(!rk_bundle_next_companion(bundle, &c, &err) && err.code == RK_OK);
        rk_bundle_rewind_companions(bundle);
    }
    rk_bundle_close(bundle);
    made_remove(path);
}

static void an_empty_bundle_is_a_bundle(void)
{
    rk_err err = { 0 };
    rk_bundle_job job;
    const char *path = made_path("a.jobs");
    CU_ASSERT_FATAL(made_bundle(path, NULL, 0, NULL, 0, &err));
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT_FATAL(bundle != NULL);
    CU_ASSERT(!rk_bundle_next(bundle, &job, &err) && !rk_bundle_previous(bundle, &job, &err) &&
              err.code == RK_OK);
    rk_bundle_close(bundle);
    made_remove(path);
}

/* ---- damaged ---------------------------------------------------------------------------------------------------- */

static const char *member_path(const char *path, const char *name)
{
    static char room[300];
    snprintf(room, sizeof room, "%s/%s", path, name);
    return room;
}

static rk_err open_fails(const char *path)
{
    rk_err err = { 0 };
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT(bundle == NULL && err.code != RK_OK);
    rk_bundle_close(bundle);
    return err;
}

static void any_changed_byte_is_seen(void)
{
    static const char *const members[] = { "manifest.json", "jobs.ndjson", "companions.ndjson",
                                           "restore.resp" };
    const char *path = made_path("a.jobs");
    made_all(path);
    for (size_t i = 0; i < MADE_COUNT(members); i++) {
        const char *name = member_path(path, members[i]);
        rk_buf text = made_read(name);
        for (size_t at = 0; at < text.len; at += i == 0 ? 1 : 37) {
            text.ptr[at] ^= 1;
            made_write(name, rk_buf_slice(&text));
            rk_err err = open_fails(path);
            text.ptr[at] ^= 1;
            CU_ASSERT_STRING_EQUAL(err.source, name);
            if (i > 0)
                CU_ASSERT_EQUAL(err.code, RK_DAMAGED);
            if (i > 0)
                CU_ASSERT(strncmp(err.what, "has changed since it was written: its digest is ", 48) == 0);
        }
        made_write(name, rk_buf_slice(&text));
        rk_buf_free(&text);
    }
    rk_err err = { 0 };
    rk_bundle *bundle = rk_bundle_open(path, &err);
    CU_ASSERT(bundle != NULL);
    rk_bundle_close(bundle);
    made_remove(path);
}

static void a_file_that_is_missing_too_long_or_too_many_is_named(void)
{
    static const char *const members[] = { "jobs.ndjson", "companions.ndjson", "restore.resp" };
    rk_err made = { 0 };
    char what[80];
    const char *path = made_path("a.jobs");
    made_all(path);
    for (size_t i = 0; i < MADE_COUNT(members); i++) {
        const char *name = member_path(path, members[i]);
        rk_buf text = made_read(name);
        unlink(name);
        rk_err err = open_fails(path);
        CU_ASSERT_STRING_EQUAL(err.what, "is missing from the bundle: the manifest names it");
        CU_ASSERT_STRING_EQUAL(err.source, name);
        made_write(name, (rk_slice){ text.ptr, text.len - 1 });
        err = open_fails(path);
        snprintf(what, sizeof what, "has %zu bytes, %zu when it was written", text.len - 1, text.len);
        CU_ASSERT_STRING_EQUAL(err.what, what);
        made_write(name, rk_buf_slice(&text));
        rk_buf_free(&text);
    }
    CU_ASSERT(made_bundle(path, made_jobs, 1, NULL, 0, &made));
    made_write(member_path(path, "companions.ndjson"), RK_TEXT("{}\n"));
    CU_ASSERT_STRING_EQUAL(open_fails(path).what, "is there, and the manifest knows nothing of it");
    made_remove(path);
}

static void what_is_no_bundle_is_refused(void)
{
    const char *folder = made_path("folder"), *file = made_path("file");
    rk_err err = open_fails(made_path("nothing"));
    CU_ASSERT(err.code == RK_IO);
    CU_ASSERT_STRING_EQUAL(err.what, "No such file or directory");
    made_write(file, RK_TEXT("x"));
    err = open_fails(file);
    CU_ASSERT(err.code == RK_FORMAT);
    CU_ASSERT_STRING_EQUAL(err.what, "is no folder, and so no job bundle");
    CU_ASSERT_FATAL(mkdir(folder, 0700) == 0);
    err = open_fails(folder);
    CU_ASSERT(err.code == RK_FORMAT);
    CU_ASSERT_STRING_EQUAL(err.what, "has no manifest.json, and so is no job bundle");
    made_remove(folder);
    made_remove(file);
}

/* ---- manifests that were written anew ------------------------------------------------------------------------------ */

/* Replaces the first `from` of a file by `to`. */
static void replace_in(const char *name, const char *from, const char *to)
{
    rk_err err = { 0 };
    rk_buf text = made_read(name), changed = { 0 };
    size_t at = rk_slice_find(rk_buf_slice(&text), rk_slice_of(from), 0);
    CU_ASSERT_FATAL(at != SIZE_MAX);
    rk_buf_add(&changed, rk_slice_head(rk_buf_slice(&text), at), &err);
    rk_buf_add(&changed, rk_slice_of(to), &err);
    rk_buf_add(&changed, rk_slice_from(rk_buf_slice(&text), at + strlen(from)), &err);
    made_write(name, rk_buf_slice(&changed));
    rk_buf_free(&text);
    rk_buf_free(&changed);
}

/* The manifest as somebody would write it who means harm: its own digest, and those of the files, are right. */
static void seal(const char *path)
{
    static const char *const members[] = { "jobs.ndjson", "companions.ndjson", "restore.resp" };
    rk_err err = { 0 };
    char hex[40];
    rk_buf text = made_read(member_path(path, "manifest.json")), sealed = { 0 };
    json_t *json = json_loadb((const char *)text.ptr, text.len, 0, NULL);
    json_t *files = json_object_get(json, "files");
    for (size_t i = 0; i < MADE_COUNT(members); i++) {
        json_t *file = json_object_get(files, members[i]);
        rk_buf bytes = made_read(member_path(path, members[i]));
        rk_digest digest = rk_digest_of(rk_buf_slice(&bytes));
        snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, digest.hi, digest.lo);
        if (file) {
            json_object_set_new(file, "size", json_integer((json_int_t)bytes.len));
            json_object_set_new(file, "xxh3_128", json_string(hex));
        }
        rk_buf_free(&bytes);
    }
    json_object_set_new(json, "check", json_string("00000000000000000000000000000000"));
    char *dumped = json_dumps(json, JSON_INDENT(2));
    rk_buf_add(&sealed, rk_slice_of(dumped), &err);
    rk_buf_add(&sealed, RK_TEXT("\n"), &err);
    size_t at = sealed.len - 4 - 32;
    rk_digest digest = rk_digest_of((rk_slice){ sealed.ptr, at });
    snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, digest.hi, digest.lo);
    memcpy(sealed.ptr + at, hex, 32);
    made_write(member_path(path, "manifest.json"), rk_buf_slice(&sealed));
    free(dumped);
    json_decref(json);
    rk_buf_free(&text);
    rk_buf_free(&sealed);
}

typedef struct {
    const char *file, *from, *to;
    rk_code code;
    const char *what, *where;
    int64_t offset; /* -1: none */
} changed;

static void check_changes(const changed *rows, size_t count)
{
    const char *path = made_path("a.jobs");
    for (size_t i = 0; i < count; i++) {
        made_remove(path);
        made_all(path);
        replace_in(member_path(path, rows[i].file), rows[i].from, rows[i].to);
        seal(path);
        rk_err err = open_fails(path);
        size_t len = strlen(rows[i].what); /* one that ends in a space is a beginning */
        if (rows[i].what[len - 1] == ' ')
            err.what[len] = 0;
        if (strcmp(err.what, rows[i].what) != 0 || strcmp(err.where, rows[i].where) != 0)
            printf("# %s (%s), not: %s (%s)\n", err.what, err.where, rows[i].what, rows[i].where);
        CU_ASSERT_STRING_EQUAL(err.what, rows[i].what);
        CU_ASSERT_STRING_EQUAL(err.where, rows[i].where);
        CU_ASSERT_EQUAL(err.code, rows[i].code);
        if (err.has_offset != (rows[i].offset >= 0) ||
            (err.has_offset && err.offset != (uint64_t)rows[i].offset))
            printf("# offset %" PRIu64 ", not %" PRId64 ": %s\n", err.offset, rows[i].offset, err.what);
        CU_ASSERT(err.has_offset == (rows[i].offset >= 0));
        CU_ASSERT(!err.has_offset || err.offset == (uint64_t)rows[i].offset);
    }
    made_remove(path);
}

static void manifests_are_not_believed(void)
{
#define M "manifest.json"
    static const changed rows[] = {
        { M, "\"version\": 1", "\"version\": 2", RK_UNKNOWN,
          "format version is 2, versions up to 1 are known", "", -1 },
        { M, "\"version\": 1", "\"version\": 0", RK_DAMAGED,
          "member 'version' is missing, or has no value of its kind", "", -1 },
        { M, "rdbkit.bundle", "rdbkit.bungle", RK_FORMAT, "is no manifest of a job bundle", "", -1 },
        { M, "\"tool\"", "\"fool\"", RK_DAMAGED, "member 'tool' is missing, or has no value of its kind", "",
          -1 },
        { M, "\"role\"", "\"hole\"", RK_DAMAGED, "member 'role' is missing, or has no value of its kind",
          "source 1", -1 },
        { M, "\"size\": 4711", "\"size\": -1", RK_DAMAGED,
          "member 'size' is missing, or has no value of its kind", "source 1", -1 },
        { M, "\"restore.resp\"", "\"restore.rasp\"", RK_DAMAGED,
          "member 'restore.resp' is missing, or has no value of its kind", "", -1 },
        { M, "\"jobs\": 11", "\"jobs\": 12", RK_DAMAGED, "manifest counts 12 jobs, 11 are there", "", -1 },
        { M, "\"jobs\": 11", "\"jobs\": 10", RK_DAMAGED, "file has more lines than the 10 of the manifest",
          "", 1831 },
        { M, "\"companions\": 3", "\"companions\": 4", RK_DAMAGED,
          "manifest counts 4 companions, 3 are there", "", -1 },
        { M, "\"hold\": 1", "\"hold\": 0", RK_DAMAGED, "manifest counts 0 jobs of act hold, 1 are there", "",
          -1 },
        { M, "\"lost\": 9", "\"lost\": 8", RK_DAMAGED, "manifest counts 8 jobs of verdict lost, 9 are there",
          "", -1 },
        { M, "\"lost\": 9", "\"lost\": 9, \"more\": 1", RK_DAMAGED,
          "manifest counts more kinds of jobs, or places, than are there", "", -1 },
        { M, "\"place\": \"schedule\",\n        \"jobs\": 3", "\"place\": \"schedule\",\n        \"jobs\": 2",
          RK_DAMAGED, "manifest counts other than the 3 jobs of 'schedule' that are there", "", -1 },
    };
    check_changes(rows, MADE_COUNT(rows));
#undef M
}

static void every_line_is_checked(void)
{
#define J "jobs.ndjson"
#define C "companions.ndjson"
    static const changed rows[] = {
        { J, "{\"seq\":1,", "{\"seq\":2,", RK_DAMAGED, "job has seq 2, not 1", "line 1", 0 },
        { J, "{\"seq\":1,", "{\"seq\":1 ,", RK_DAMAGED, "line is not spelled as bundles are written",
          "line 1", 0 },
        { J, "{\"seq\":1,", "{\"seq\":01,", RK_DAMAGED, "line is no well-formed JSON", "line 1", 7 },
        { J, "{\"seq\":1,", "{\"seq\":-1,", RK_DAMAGED, "member 'seq' has no value of its kind", "line 1",
          7 },
        { J, "{\"seq\":1,", "[\"seq\",1,", RK_DAMAGED, "line is no JSON object", "line 1", 0 },
        { J, "{\"seq\":1,", "\n{\"seq\":1,", RK_DAMAGED, "line 1 is empty", "", 0 },
        { J, "\"act\":\"restore\"", "\"act\":\"destroy\"", RK_DAMAGED,
          "member 'act' has no value of its kind", "line 1", 15 },
        { J, "\"act\":\"restore\"", "\"act\":\"replace\"", RK_DAMAGED, "job replaces nothing, or itself",
          "line 1", 0 },
        { J, "\"act\"", "\"fact\"", RK_DAMAGED, "member 'fact' is not known in format version 1", "line 1",
          16 },
        { J, "\"db\":0", "\"db\":4294967296", RK_DAMAGED, "member 'db' has no value of its kind", "line 1",
          30 },
        { J, "\"db\":0", "\"seq\":1", RK_DAMAGED, "member 'seq' occurs twice", "line 1", 31 },
        { J, "\"db\":0,", "", RK_DAMAGED, "member 'db' is missing", "line 1", 0 },
        { J, "\"source\":0", "\"source\":1", RK_DAMAGED, "job is from source 1 of 1", "line 1", 0 },
        { J, "{\"b64\":\"b3", "{\"b64\":\"-3", RK_DAMAGED, "member 'payload' has no value of its kind",
          "line 4", 740 },
        { J, "{\"b64\":\"b3", "{\"b65\":\"b3", RK_DAMAGED, "member 'payload' has no value of its kind",
          "line 4", 740 },
        { J, "\"position\":7", "\"position\":2", RK_DAMAGED, "job stands behind one that comes after it",
          "line 4", 561 },
        { J, "\"db\":3", "\"db\":2", RK_DAMAGED,
          "manifest counts other than the 1 jobs of 'app:queue:default' that are there", "", -1 },
        { J, "elsewhere", "elsewhera", RK_DAMAGED, "manifest has id ", "", -1 },
        { C, "\"hash\"", "\"list\"", RK_DAMAGED, "manifest has id ", "", -1 },
        { C, "\"hash\"", "\"dash\"", RK_DAMAGED, "member 'type' has no value of its kind", "line 1", 29 },
        { C, "\"ex\",", "", RK_DAMAGED, "companion has a number of items that does not go with its type",
          "line 1", 0 },
        { C, "[\"ex\"", "[1", RK_DAMAGED, "member 'items' has no value of its kind", "line 1", 104 },
    };
    check_changes(rows, MADE_COUNT(rows));
}

static void the_stream_must_follow_from_the_jobs(void)
{
    static const changed rows[] = {
        { "restore.resp", "$6\r\nSELECT", "$6\r\nselect", RK_DAMAGED,
          "command is not the one that follows from the jobs", "", 0 },
        { "restore.resp", "in hand", "in hamd", RK_DAMAGED,
          "command is not the one that follows from the jobs", "", 7128 },
        { "restore.resp", "\r\ns1\r\n", "\r\ns1\r\n*1\r\n$8\r\nFLUSHALL\r\n", RK_DAMAGED,
          "command is not the one that follows from the jobs", "", 3147 },
    };
    check_changes(rows, MADE_COUNT(rows));
}

/* ---- memory ----------------------------------------------------------------------------------------------------- */

static void any_allocation_may_fail(void)
{
    rk_code code = RK_NO_MEMORY;
    int64_t n = 0;
    const char *folder = made_path("room"), *path = made_path("room/a.jobs");
    CU_ASSERT_FATAL(mkdir(folder, 0700) == 0);
    for (; code == RK_NO_MEMORY && n < 100000; n++) {
        rk_err err = { 0 };
        rk_bundle_job job;
        rk_companion companion;
        rk_alloc_fail_after(n);
        bool made = made_bundle(path, made_jobs, MADE_COUNT(made_jobs), made_companions,
                                MADE_COUNT(made_companions), &err);
        rk_bundle *bundle = made ? rk_bundle_open(path, &err) : NULL;
        while (bundle && rk_bundle_next(bundle, &job, &err))
            ;
        while (bundle && err.code == RK_OK && rk_bundle_next_companion(bundle, &companion, &err))
            ;
        rk_bundle_close(bundle);
        rk_alloc_fail_after(-1);
        CU_ASSERT(made_count(folder) == made); /* whole or not at all */
        made_remove(path);
        code = err.code;
    }
    CU_ASSERT_EQUAL(code, RK_OK);
    CU_ASSERT(n > 100);
    made_remove(folder);
}

UNIT_MAIN("bundle reader", { "every field of every job is there again", yields_every_field_of_every_job },
          { "it tells what it is and where it came from", tells_what_it_is },
          { "companions come once each, in their order", yields_companions_once_each },
          { "an empty bundle is one, too", an_empty_bundle_is_a_bundle },
          { "any changed byte is seen", any_changed_byte_is_seen },
          { "a file that is missing, shorter or unknown is named",
            a_file_that_is_missing_too_long_or_too_many_is_named },
          { "what is no bundle is refused", what_is_no_bundle_is_refused },
          { "manifests are not believed", manifests_are_not_believed },
          { "every line is checked", every_line_is_checked },
          { "the stream must follow from the jobs", the_stream_must_follow_from_the_jobs },
          { "any allocation may fail", any_allocation_may_fail })
