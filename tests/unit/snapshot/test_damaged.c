/* test_damaged: every damaged snapshot of the corpus, read to its last element: what must be refused is
 * refused in a sentence that names the source, what must load loads, and none asks for more memory than its
 * size can explain. Prints TAP of its own: one file a line. */
#include "../rdb/events.h"
#include "corpus.h"
#include "rdbkit/snapshot.h"

/* What one reading came to. */
typedef struct {
    bool opened;
    uint64_t keys, elements;
    bool partial, expiry_without_key;
    uint64_t trailing;
    rk_err err; /* why it failed, or is partial */
    size_t largest;
    uint64_t size;
} outcome;

/* What `expect` of the index asks for. */
typedef enum { MUST_FAIL, MUST_LOAD, MAY_DO_EITHER } demand;

/* Expectations that leave the choice to the reader, or that ask for more than a single pass can know (a key
 * that is there twice). All others that begin with "error" or "checksum error" must be refused. */
static const char *const either[] = {
    "error or other content",
    "error or other content; never a crash",
    "error or a warning",
    "error (duplicated key) or a warning",
    "a warning or an error; servers load it",
    "an empty key: servers skip or refuse it",
    "error where there is a checksum, a warning before version 5",
};

static demand demand_of(const char *expect)
{
    for (size_t i = 0; i < sizeof either / sizeof either[0]; i++)
        if (strcmp(expect, either[i]) == 0)
            return MAY_DO_EITHER;
    return strncmp(expect, "loads", 5) == 0 ? MUST_LOAD : MUST_FAIL;
}

static outcome read_all(const char *path)
{
    outcome o = { 0 };
    rk_key key;
    rk_element e;
    rk_alloc_largest();
    rk_snapshot *snapshot = rk_snapshot_open(path, NULL, &o.err);
    o.opened = snapshot != NULL;
    while (snapshot && o.err.code == RK_OK && rk_snapshot_next(snapshot, &key, &o.err)) {
        o.keys++;
        while (rk_snapshot_element(snapshot, &e, &o.err))
            o.elements++;
    }
    if (snapshot && o.err.code == RK_OK) {
        const rk_snapshot_info *info = rk_snapshot_info_of(snapshot);
        o.partial = info->partial;
        o.expiry_without_key = info->expiry_without_key;
        o.trailing = info->trailing;
        o.size = info->content_size;
        if (info->partial)
            o.err = info->reason;
        if (info->partial == info->complete)
            o.err.code = RK_USAGE; /* it must be one of the two */
    }
    rk_snapshot_close(snapshot);
    o.largest = rk_alloc_largest();
    return o;
}

/* Damage that loads, but must be told. */
static bool is_told(const outcome *o, const char *damage)
{
    if (strcmp(damage, "an expiry with no key after it") == 0)
        return o->err.code != RK_OK || o->expiry_without_key;
    if (strcmp(damage, "100 random bytes after the end") == 0)
        return o->err.code != RK_OK || o->trailing == 100;
    return true;
}

/* Why the outcome is not what it should be; NULL: it is. */
static const char *judge(const outcome *o, demand wanted, uint64_t file_size, uint64_t keys)
{
    bool failed = o->err.code != RK_OK;
    if (wanted == MUST_FAIL && !failed)
        return "loads, and must not";
    if (wanted == MUST_LOAD && failed)
        return "does not load";
    if (wanted == MUST_LOAD && keys && o->keys != keys)
        return "has another number of keys";
    if (failed && (!o->err.what[0] || !o->err.source[0]))
        return "fails without a sentence or a source";
    if (failed && o->err.has_offset && o->err.offset > file_size)
        return "fails at an offset beyond its end";
    if (failed && !o->err.has_offset && o->err.code != RK_UNKNOWN)
        return "fails without an offset";
    if (o->largest > 1024 * 1024 + 100 * file_size) /* the first window, and what LZF can yield */
        return "asks for more memory than its bytes can explain";
    return NULL;
}

int main(void)
{
    size_t i;
    int failed = 0;
    json_t *one, *index = json_load_file(corpus_path("damaged/rdb", "index.json"), 0, NULL);
    if (!index) {
        printf("1..1\nok 1 # skip the corpus is not here: 258 damaged snapshots were not read\n");
        return 0;
    }
    printf("1..%zu\n", json_array_size(index));
    json_array_foreach(index, i, one)
    {
        const char *file = json_string_value(json_object_get(one, "file"));
        const char *expect = json_string_value(json_object_get(one, "expect"));
        struct stat info = { 0 };
        char path[1200], sentence[900];
        snprintf(path, sizeof path, "%s", corpus_path("damaged/rdb", file));
        stat(path, &info);
        outcome o = read_all(path);
        const char *damage = json_string_value(json_object_get(one, "damage"));
        const char *fault = judge(&o, demand_of(expect), (uint64_t)info.st_size,
                                  (uint64_t)json_integer_value(json_object_get(one, "keys")));
        if (!fault && !is_told(&o, damage))
            fault = "does not tell of it";
        printf("%sok %zu - %s: %s\n", fault ? "not " : "", i + 1, file, expect);
        if (fault)
            printf("#   %s: %s\n", fault, damage);
        if (o.err.code != RK_OK)
            printf("#   %s\n", rk_err_sentence(&o.err, sentence, sizeof sentence));
        failed += fault != NULL;
    }
    json_decref(index);
    return failed > 0;
}
